/* SPDX-License-Identifier: Apache-2.0 */
/* psk_header: the first line of a key list. */
#include "amt/psk_header.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/text.h"

/* Our own name first (protocol/setup.md 2.3); then what such columns are called, in small letters and digits only. */
static const struct {
	enum psk_field field;
	const char *name;
	const char *also[12];
} fields[PSK_FIELDS] = {
	{ PSK_PID, "pid", { "pid", "provisioningid", "provisionid", "pskid", "pskidentity", "tlspskid", "tlspid", "keyid" } },
	{ PSK_PPS, "pps",
	    { "pps", "passphrase", "provisioningpassphrase", "provisioningkey", "psk", "presharedkey", "tlspsk", "tlspps", "key" } },
	{ PSK_CURRENT, "factory_password",
	    { "factorypassword", "currentpassword", "oldpassword", "defaultpassword", "currentmebxpassword", "oldmebxpassword",
		"factorymebxpassword", "defaultmebxpassword" } },
	{ PSK_NEW, "new_password", { "newpassword", "newmebxpassword", "mebxpassword", "mebxpwd", "mebpassword", "password", "amtpassword" } },
	{ PSK_UUID, "uuid", { "uuid", "guid", "systemuuid", "systemguid", "smbiosuuid", "smbiosguid", "amtuuid", "machineuuid" } },
	{ PSK_MAC, "mac", { "mac", "macaddress", "mac1", "macaddress1", "ethernetaddress", "lanmac", "wiredmac", "networkaddress" } },
};

const char *
psk_field_name(enum psk_field f)
{
	return fields[f].name;
}

/* Small letters and digits of a heading: "PID / Key-ID" becomes "pidkeyid". */
static void
reduce(const char *heading, char *out, size_t size)
{
	size_t n = 0;

	for (; *heading != '\0' && n + 1 < size; heading++)
		if (isascii(*heading) && isalnum((unsigned char)*heading))
			out[n++] = (char)tolower((unsigned char)*heading);
	out[n] = '\0';
}

static int
field_by_name(const char *name)
{
	for (int i = 0; i < PSK_FIELDS; i++)
		if (strcmp(fields[i].name, name) == 0)
			return i;
	return -1;
}

/* Which field a heading means, or -1. */
static int
field_of(const char *heading)
{
	char reduced[PSK_NAME_MAX];

	reduce(heading, reduced, sizeof(reduced));
	for (int i = 0; i < PSK_FIELDS; i++)
		for (size_t k = 0; k < ARRAY_LEN(fields[i].also) && fields[i].also[k] != NULL; k++)
			if (strcmp(fields[i].also[k], reduced) == 0)
				return i;
	return -1;
}

int
psk_map_parse(const char *text, struct psk_map *out, struct err *e)
{
	struct psk_map map = { 0 };

	while (*text != '\0') {
		size_t len = strcspn(text, ","), name = strcspn(text, "=,");
		char field[PSK_NAME_MAX] = "";

		if (name < sizeof(field))
			memcpy(field, text, name);
		int k = field_by_name(field);
		if (k < 0 || name == len)
			return err_set(e, ERR_USAGE, "want FIELD=COLUMN[,...] with the fields pid, pps, factory_password, new_password, uuid, mac");
		if (len - name - 1 >= PSK_NAME_MAX || len - name - 1 == 0)
			return err_set(e, ERR_USAGE, "%s: want the name or the number of a column", field);
		memcpy(map.column[k], text + name + 1, len - name - 1);
		map.column[k][len - name - 1] = '\0';
		text += len + (text[len] == ',' ? 1 : 0);
	}
	*out = map;
	return 0;
}

/* The one of the three that the line has most of, outside quotes. */
static char
find_separator(const char *line)
{
	static const char candidates[] = ",;\t";
	size_t count[sizeof(candidates)] = { 0 }, best = 0;
	bool quoted = false;

	for (; *line != '\0'; line++) {
		const char *c = strchr(candidates, *line);

		quoted ^= *line == '"';
		if (c != NULL && !quoted)
			count[c - candidates]++;
	}
	for (size_t i = 1; i < sizeof(candidates) - 1; i++)
		if (count[i] > count[best])
			best = i;
	return candidates[best];
}

/* The number of a column given by hand, from 0, or -1. */
static int
by_number(const char *given)
{
	char *end;
	unsigned long n = strtoul(given, &end, 10);

	return isdigit((unsigned char)given[0]) && *end == '\0' && n >= 1 && n <= PSK_COLUMNS_MAX ? (int)n - 1 : -1;
}

/* Perhaps mistyped, so that the first key of a list is not taken for headings. */
static bool
like_pps(const char *cell)
{
	size_t n = 0;

	for (; *cell != '\0'; cell++) {
		if (!isascii(*cell) || (!isalnum((unsigned char)*cell) && *cell != '-'))
			return false;
		n += *cell != '-' ? 1 : 0;
	}
	return n >= PPS_LEN - 2 && n <= PPS_LEN + 2;
}

static bool
is_pid(const char *cell)
{
	char pid[PID_LEN + 1];
	struct err why;

	return pid_parse(cell, pid, &why) == 0;
}

/* Which field a cell is by what is in it, or -1. */
static int
field_of_data(const char *cell)
{
	struct uuid u;

	if (like_pps(cell))
		return uuid_parse(cell, &u) ? PSK_UUID : PSK_PPS;
	if (is_pid(cell))
		return PSK_PID;
	return uuid_parse(cell, &u) ? PSK_UUID : -1;
}

/* Columns given by hand, by number or heading. */
static int
map_given(struct psk_header *h, char *const cells[], const struct psk_map *map, struct err *e)
{
	for (int f = 0; f < PSK_FIELDS; f++) {
		const char *given = map->column[f];
		int n = by_number(given);

		h->at[f] = -1;
		if (given[0] == '\0')
			continue;
		for (int i = 0; n < 0 && i < h->n && !h->is_data; i++)
			n = strcasecmp(cells[i], given) == 0 ? i : -1;
		if (n < 0 || n >= h->n)
			return err_set(e, ERR_PSK_LIST, "line 1: no column \"%.60s\" for %s; there are %d", given, fields[f].name, h->n);
		h->at[f] = n;
	}
	return 0;
}

static bool
taken(const struct psk_header *h, int column)
{
	for (int f = 0; f < PSK_FIELDS; f++)
		if (h->at[f] == column)
			return true;
	return false;
}

/* The other columns, by their headings or by what is in them. */
static int
map_found(struct psk_header *h, char *const cells[], const struct psk_map *map, struct err *e)
{
	for (int i = 0; i < h->n; i++) {
		int f = h->is_data ? field_of_data(cells[i]) : field_of(cells[i]);

		if (f < 0 || map->column[f][0] != '\0' || taken(h, i))
			continue;
		if (h->at[f] >= 0)
			return err_set(e, ERR_PSK_LIST, "line 1: columns %d and %d could both be %s; say which by hand", h->at[f] + 1, i + 1, fields[f].name);
		h->at[f] = i;
	}
	return 0;
}

/* Whether the line names a column at all; else it could hold keys, and is not shown. */
static bool
names_columns(const struct psk_header *h, char *const cells[], const struct psk_map *map)
{
	for (int f = 0; f < PSK_FIELDS && !h->is_data; f++)
		if (h->at[f] >= 0 && (field_of(cells[h->at[f]]) == f || strcasecmp(cells[h->at[f]], map->column[f]) == 0))
			return true;
	return false;
}

/* What the columns are called, for people. */
static void
note_headings(struct psk_header *h, char *const cells[], bool named)
{
	size_t used = 0;

	for (int f = 0; f < PSK_FIELDS; f++)
		if (h->at[f] >= 0 && !named)
			(void)snprintf(h->heading[f], PSK_NAME_MAX, "column %d", h->at[f] + 1);
		else if (h->at[f] >= 0)
			text_clean(h->heading[f], PSK_NAME_MAX, cells[h->at[f]], strlen(cells[h->at[f]]));
	for (int i = 0; i < h->n && named; i++) {
		char clean[PSK_NAME_MAX];

		text_clean(clean, sizeof(clean), cells[i], strlen(cells[i]));
		if (taken(h, i) || clean[0] == '\0')
			continue;
		int n = snprintf(h->ignored + used, sizeof(h->ignored) - used, "%s%s", used == 0 ? "" : ", ", clean);
		used += n > 0 && (size_t)n < sizeof(h->ignored) - used ? (size_t)n : 0;
	}
}

int
psk_header_read(const char *line, const struct psk_map *map, struct psk_header *out, struct err *e)
{
	SCOPED(buf) struct buf copy = { 0 };
	struct psk_header h = { .separator = find_separator(line) };
	char *cells[PSK_COLUMNS_MAX];
	struct uuid u;

	buf_puts(&copy, line);
	if (copy.bad)
		return err_set(e, ERR_MEMORY, "key list");
	h.n = csv_split(copy.p, h.separator, cells, PSK_COLUMNS_MAX);
	if (h.n <= 0)
		return err_set(e, ERR_PSK_LIST, "line 1: a quote that is not closed, or more than %d columns", PSK_COLUMNS_MAX);
	for (int i = 0; i < h.n; i++)
		h.is_data |= like_pps(cells[i]) && !uuid_parse(cells[i], &u);
	while (!h.is_data && h.n > 1 && cells[h.n - 1][0] == '\0')
		h.n--; /* columns that spreadsheets add */
	if (map_given(&h, cells, map, e) < 0)
		return -1;
	h.is_data |= h.at[PSK_PID] >= 0 && is_pid(cells[h.at[PSK_PID]]);
	if (map_found(&h, cells, map, e) < 0)
		return -1;
	note_headings(&h, cells, names_columns(&h, cells, map));
	for (int f = PSK_PID; f <= PSK_PPS; f++)
		if (h.at[f] < 0)
			return err_set(e, ERR_PSK_LIST, "line 1: no column for %s among %d%s%.120s; say which by hand", fields[f].name, h.n,
			    h.ignored[0] == '\0' ? "" : ": ", h.ignored);
	*out = h;
	return 0;
}
