/* SPDX-License-Identifier: Apache-2.0 */
/* staged: musterctl staged list, add, import, remove. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/uuid.h"
#include "ctl/ctl.h"
#include "db/profile.h"

enum { IMPORT_MAX = 64 << 20, FIELDS_MAX = 16, FIELD_MAX = 512 };
enum { OPT_PROFILE, OPT_OU, OPT_NOTE };

/* One staged device as it stands in a file or on the command line. */
struct entry {
	char uuid[FIELD_MAX], fqdn[FIELD_MAX], profile[FIELD_MAX], ou[FIELD_MAX], note[FIELD_MAX];
};

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
	{ "uuid", offsetof(struct entry, uuid) },
	{ "fqdn", offsetof(struct entry, fqdn) },
	{ "profile", offsetof(struct entry, profile) },
	{ "ou", offsetof(struct entry, ou) },
	{ "note", offsetof(struct entry, note) },
};

static int
list(struct ctl *c, struct err *e)
{
	static const struct ctl_col cols[] = {
		{ "UUID", "uuid", STAGED_UUID, false },
		{ "FQDN", "fqdn", STAGED_FQDN, false },
		{ "PROFILE", "profile", STAGED_PROFILE, false },
		{ "OU", "ou", STAGED_OU, false },
		{ "STAGED", "staged_at", STAGED_AT, false },
		{ "BY", "staged_by", STAGED_BY, false },
		{ "NOTE", "note", STAGED_NOTE, false },
		{ 0 },
	};
	SCOPED(rows) struct rows *r = NULL;

	if (ctl_connect(c, e) < 0 || staged_list(c->db, &r, e) < 0)
		return -1;
	ctl_table(c, r, cols);
	return CTL_OK;
}

static int
stage(struct ctl *c, struct entry *en, bool *queued, struct err *e)
{
	struct uuid u;
	char uuid[UUID_TEXT];

	if (!uuid_parse(en->uuid, &u))
		return err_set(e, ERR_INPUT, "\"%.60s\" is not a UUID", en->uuid);
	if (uuid_bogus(&u))
		return err_set(e, ERR_HELLO_BOGUS, "UUID %.40s is shared by many boards", en->uuid);
	if (!fqdn_valid(en->fqdn))
		return err_set(e, ERR_FQDN, "\"%.60s\" is not an FQDN", en->fqdn);
	uuid_text(&u, uuid);
	return staged_add(c->db, uuid, en->fqdn, en->profile, en->ou, en->note, queued, e);
}

static int
add(struct ctl *c, struct err *e)
{
	struct entry en = { 0 };
	bool queued;

	if (c->opt[OPT_PROFILE] == NULL)
		return err_set(e, ERR_USAGE, "--profile is needed");
	bool fits = text_copy(en.uuid, sizeof(en.uuid), c->args[0]) && text_copy(en.fqdn, sizeof(en.fqdn), c->args[1]) &&
		    text_copy(en.profile, sizeof(en.profile), c->opt[OPT_PROFILE]) &&
		    text_copy(en.ou, sizeof(en.ou), c->opt[OPT_OU] == NULL ? "" : c->opt[OPT_OU]) &&
		    text_copy(en.note, sizeof(en.note), c->opt[OPT_NOTE] == NULL ? "" : c->opt[OPT_NOTE]);
	if (!fits)
		return err_set(e, ERR_INPUT, "an argument is longer than %d bytes", FIELD_MAX - 1);
	if (ctl_connect(c, e) < 0 || stage(c, &en, &queued, e) < 0)
		return -1;
	ctl_say(c, queued ? "was waiting; queued now" : "staged");
	if (c->json)
		ctl_json(json_pack("{s:b}", "queued", queued));
	return CTL_OK;
}

static int
remove_one(struct ctl *c, struct err *e)
{
	bool removed;
	struct uuid u;

	if (!uuid_parse(c->args[0], &u))
		return err_set(e, ERR_INPUT, "\"%s\" is not a UUID", c->args[0]);
	if (ctl_connect(c, e) < 0 || staged_remove(c->db, c->args[0], &removed, e) < 0)
		return -1;
	if (!removed)
		return err_set(e, ERR_DB_NOT_FOUND, "%s is not staged", c->args[0]);
	ctl_say(c, "removed");
	if (c->json)
		ctl_json(json_pack("{s:b}", "removed", removed));
	return CTL_OK;
}

/* Fields of one CSV line (RFC 4180, no line breaks inside fields). -1: an open quote or too long. */
static int
split_csv(char *line, char *out[FIELDS_MAX])
{
	int n = 0;
	char *s = line;

	while (n < FIELDS_MAX) {
		char *w = s;

		out[n++] = s;
		if (*s == '"') {
			char *r = s + 1;

			while (*r != '\0' && !(*r == '"' && r[1] != '"')) {
				if (*r == '"')
					r++;
				*w++ = *r++;
			}
			if (*r != '"')
				return -1;
			s = r + 1;
		} else {
			s += strcspn(s, ",");
			w = s;
		}
		bool more = *s == ',';
		if (*s != ',' && *s != '\0')
			return -1;
		*w = '\0';
		if (!more)
			return n;
		s++;
	}
	return -1;
}

struct import {
	struct ctl *c;
	int columns[FIELDS_MAX]; /* CSV column -> index in fields */
	int ncolumns;
	size_t line, staged, queued, refused;
	json_t *errors;
};

static void
refuse(struct import *im, const struct err *e)
{
	im->refused++;
	(void)fprintf(stderr, "line %zu: %s (%d)\n", im->line, e->text, (int)e->code);
	(void)json_array_append_new(im->errors, json_pack("{s:i, s:i, s:s}", "line", (int)im->line, "code", (int)e->code, "text", e->text));
}

static int
take_entry(struct import *im, struct entry *en, struct err *e)
{
	bool queued;

	if (stage(im->c, en, &queued, e) == 0) {
		im->staged++;
		im->queued += queued ? 1 : 0;
		return 0;
	}
	if (e->code == ERR_DB_DOWN || e->code == ERR_DB_DENIED)
		return -1; /* the next lines would fail as well */
	refuse(im, e);
	return 0;
}

static int
read_header(struct import *im, char *line, struct err *e)
{
	char *cells[FIELDS_MAX];

	im->ncolumns = split_csv(line, cells);
	for (int i = 0; i < im->ncolumns; i++) {
		im->columns[i] = -1;
		for (size_t k = 0; k < ARRAY_LEN(fields); k++)
			if (strcmp(cells[i], fields[k].name) == 0)
				im->columns[i] = (int)k;
		if (im->columns[i] < 0)
			return err_set(e, ERR_INPUT, "line 1: no column is called \"%.40s\"; known: uuid, fqdn, profile, ou, note", cells[i]);
	}
	return im->ncolumns > 0 ? 0 : err_set(e, ERR_INPUT, "line 1: want the names of the columns");
}

static int
take_csv_line(struct import *im, char *line, struct err *e)
{
	struct entry en = { 0 };
	char *cells[FIELDS_MAX];
	int n = split_csv(line, cells);

	if (n != im->ncolumns) {
		(void)err_set(e, ERR_INPUT, "want %d columns", im->ncolumns);
		refuse(im, e);
		return 0;
	}
	for (int i = 0; i < n; i++)
		if (!text_copy((char *)&en + fields[im->columns[i]].offset, FIELD_MAX, cells[i])) {
			(void)err_set(e, ERR_INPUT, "column %d is longer than %d bytes", i + 1, FIELD_MAX - 1);
			refuse(im, e);
			return 0;
		}
	return take_entry(im, &en, e);
}

static int
import_csv(struct import *im, char *text, struct err *e)
{
	char *line = text;

	while (line != NULL && *line != '\0') {
		char *next = strchr(line, '\n');

		if (next != NULL)
			*next++ = '\0';
		line[strcspn(line, "\r")] = '\0';
		im->line++;
		int rc = im->line == 1 ? read_header(im, line, e) : line[0] == '\0' ? 0 : take_csv_line(im, line, e);
		if (rc < 0)
			return -1;
		line = next;
	}
	return 0;
}

/* The members of one JSON object, each a text of a known name. */
static int
read_object(json_t *one, struct entry *en, struct err *e)
{
	const char *name;
	json_t *v;

	if (!json_is_object(one))
		return err_set(e, ERR_INPUT, "want a JSON object");
	json_object_foreach (one, name, v) {
		size_t k = 0;

		while (k < ARRAY_LEN(fields) && strcmp(name, fields[k].name) != 0)
			k++;
		if (k == ARRAY_LEN(fields))
			return err_set(e, ERR_INPUT, "\"%.40s\" is not known; known: uuid, fqdn, profile, ou, note", name);
		if (json_is_null(v))
			continue;
		if (!json_is_string(v) || !text_copy((char *)en + fields[k].offset, FIELD_MAX, json_string_value(v)))
			return err_set(e, ERR_INPUT, "%s: want a text of at most %d bytes", name, FIELD_MAX - 1);
	}
	return 0;
}

static int
import_json(struct import *im, const char *text, size_t len, struct err *e)
{
	json_error_t why;
	json_t *root = json_loadb(text, len, 0, &why), *one;
	size_t i;
	int rc = 0;

	if (!json_is_array(root)) {
		json_decref(root);
		return err_set(e, ERR_INPUT, "line %d, column %d: %s", why.line, why.column, root == NULL ? why.text : "want a JSON array");
	}
	json_array_foreach (root, i, one) {
		struct entry en = { 0 };

		im->line = i + 1;
		if (read_object(one, &en, e) < 0)
			refuse(im, e);
		else if ((rc = take_entry(im, &en, e)) < 0)
			break;
	}
	json_decref(root);
	return rc;
}

static int
import(struct ctl *c, struct err *e)
{
	SCOPED(buf) struct buf text = { 0 };
	struct import im = { .c = c, .errors = json_array() };

	if (file_read(c->args[0], IMPORT_MAX, &text, e) < 0 || ctl_connect(c, e) < 0) {
		json_decref(im.errors);
		return -1;
	}
	const char *start = buf_str(&text);
	size_t blanks = strspn(start, " \t\r\n");
	int rc = text.len == 0 ? err_set(e, ERR_INPUT, "%s is empty", c->args[0])
		 : strlen(start) < text.len ? err_set(e, ERR_INPUT, "%s: want UTF-8 text, found a zero byte", c->args[0])
		 : start[blanks] == '[' ? import_json(&im, start, text.len, e)
					: import_csv(&im, text.p, e);
	ctl_say(c, "%zu staged (%zu of them were waiting and are queued), %zu refused", im.staged, im.queued, im.refused);
	if (c->json && rc == 0)
		ctl_json(json_pack("{s:i, s:i, s:i, s:O}", "staged", (int)im.staged, "queued", (int)im.queued, "refused", (int)im.refused, "errors", im.errors));
	json_decref(im.errors);
	if (rc < 0)
		return -1;
	return im.refused == 0 ? CTL_OK : im.staged > 0 ? CTL_PARTLY : CTL_FAILED;
}

static const struct ctl_opt add_opts[] = {
	{ "profile", "NAME", "Profile of the device (needed)" },
	{ "ou", "DN", "Organizational unit of the device" },
	{ "note", "TEXT", "A note for people" },
	{ 0 },
};

const struct command ctl_staged_commands[] = {
	{ "staged", "list", "", 0, 0, "Show the staged devices", NULL, list },
	{ "staged", "add", "UUID FQDN", 2, 2, "Say what a device shall be, before or after it says hello", add_opts, add },
	{ "staged", "import", "FILE|-", 1, 1, "Stage many devices from CSV or JSON; each refused line is told", NULL, import },
	{ "staged", "remove", "UUID", 1, 1, "Forget a staged device", NULL, remove_one },
	{ 0 },
};
