/* SPDX-License-Identifier: Apache-2.0 */
/* profile_list: the screen Profiles. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "ui/profile_edit.h"
#include "ui/widget/table.h"

struct row {
	int64_t id;
	char name[PROFILE_NAME_MAX], by[64], at[20], description[256];
	int revision;
	int64_t devices;
};

struct list {
	struct app *app;
	char search[64];
	struct feed feed;
	int64_t count; /* -1: not known yet */
};

static void
cell_name(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)text_copy(out, size, ((const struct row *)row)->name);
}

static void
cell_revision(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)snprintf(out, size, "%d", ((const struct row *)row)->revision);
}

static void
cell_devices(const void *row, char *out, size_t size, enum style *style)
{
	const struct row *p = row;

	if (p->devices == 0)
		*style = STYLE_DIM;
	(void)snprintf(out, size, "%" PRId64, p->devices);
}

static void
cell_at(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)text_copy(out, size, ((const struct row *)row)->at);
}

static void
cell_by(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)text_copy(out, size, ((const struct row *)row)->by);
}

static void
cell_description(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)text_copy(out, size, ((const struct row *)row)->description);
}

static const struct column columns[] = {
	{ "PROFILE", 22, 0, cell_name },
	{ "REV", 4, 0, cell_revision },
	{ "USED BY", 7, 0, cell_devices },
	{ "CHANGED", 16, 60, cell_at },
	{ "BY", 12, 80, cell_by },
	{ "DESCRIPTION", 40, 80, cell_description },
	{ 0 },
};

#define TEXT(member, col) text_clean(p.member, sizeof(p.member), rows_text(r, row, col), strlen(rows_text(r, row, col)))

static void
from_row(const struct rows *r, size_t row, void *out)
{
	struct row p = { .revision = (int)rows_int(r, row, PROFILE_REVISION), .devices = rows_int(r, row, PROFILE_DEVICES) };
	uint64_t h = 14695981039346656037U; /* FNV-1a of the name: a number for the cursor to find the row again */

	TEXT(name, PROFILE_NAME);
	TEXT(by, PROFILE_CREATED_BY);
	TEXT(at, PROFILE_CREATED_AT);
	TEXT(description, PROFILE_DESCRIPTION);
	for (const char *s = p.name; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211U;
	p.id = (int64_t)(h >> 1);
	*(struct row *)out = p;
}

static int64_t
id_of(const void *element)
{
	return ((const struct row *)element)->id;
}

static void
ask(void *arg, struct dbq *q, const void *from, bool back, int limit, dbq_rows_fn *fn, struct feed *f)
{
	struct list *l = arg;

	profile_page_send(q, l->search, from == NULL ? "" : ((const struct row *)from)->name, back, limit, fn, f, f);
	app_touch(l->app);
}

static const struct feed_source source = { sizeof(struct row), from_row, id_of, ask };

static void
on_count(void *arg, const struct rows *r, const struct err *e)
{
	struct list *l = arg;

	if (e == NULL)
		l->count = rows_int(r, 0, 0);
	app_touch(l->app);
}

static void
load(void *model)
{
	struct list *l = model;

	if (l->feed.loaded || l->feed.loading != FEED_IDLE)
		feed_reload(&l->feed);
	else
		feed_reset(&l->feed);
	profile_count_send(app_db(l->app), l->search, on_count, l, l);
}

static void *
open_profiles(struct app *a, const char *arg, struct err *e)
{
	struct list *l = calloc(1, sizeof(*l));

	(void)arg;
	if (l == NULL) {
		(void)err_set(e, ERR_MEMORY, "profiles");
		return NULL;
	}
	l->app = a;
	l->count = -1;
	if (feed_init(&l->feed, &source, l, app_db(a), e) < 0) {
		free(l);
		return NULL;
	}
	return l;
}

static void
close_profiles(void *model)
{
	struct list *l = model;

	dbq_cancel(app_db(l->app), l);
	feed_free(&l->feed);
	free(l);
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "profile") == 0 || strcmp(table, "device") == 0;
}

static unsigned int
have(const void *model)
{
	return feed_current(&((const struct list *)model)->feed) == NULL ? 0 : NEED_ROW;
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct list *l = model;

	table_draw(&l->feed, columns, l->search[0] != '\0' ? "No profile matches." : "There is no profile: a makes one, i imports one.", NULL, NULL, c,
	    area.y, area.height);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct list *l = model;
	char count[48] = "...";

	if (l->count >= 0)
		(void)snprintf(count, sizeof(count), "%d of %" PRId64, l->feed.n == 0 ? 0 : l->feed.cursor + 1, l->count);
	(void)snprintf(out, size, "%s%s%s", count, l->search[0] != '\0' ? "  /" : "", l->search);
}

static void
search(void *model, const char *text)
{
	struct list *l = model;

	(void)text_copy(l->search, sizeof(l->search), text);
	l->count = -1;
	feed_reset(&l->feed);
	profile_count_send(app_db(l->app), l->search, on_count, l, l);
}

static void
make(void *model, const char *name)
{
	struct list *l = model;
	struct profile_given none = { 0 };
	struct profile p;
	struct err e;
	size_t n;

	profile_default(&p);
	if (profile_field_take(&profile_fields(&n)[0], name, &p, &e) < 0)
		app_message(l->app, STYLE_BAD, "%s (%d)", e.text, (int)e.code);
	else
		profile_open_with(l->app, &p, &none, true);
}

static void
import(void *model, const char *path)
{
	struct list *l = model;
	SCOPED(buf) struct buf text = { 0 };
	SCOPED(profile_given) struct profile_given given = { 0 };
	struct profile p;
	struct err e;

	if (path[0] == '\0')
		return;
	if (strcmp(path, "-") == 0 ? err_set(&e, ERR_FILE, "-: want the name of a file") < 0
				   : file_read(path, PROFILE_JSON_MAX, &text, &e) < 0 ||
					 profile_file_parse(buf_str(&text), text.len, NULL, &p, &given, &e) < 0)
		app_message(l->app, STYLE_BAD, "%s (%d)", e.text, (int)e.code);
	else
		profile_open_with(l->app, &p, &given, false);
}

static void
command(void *model, enum cmd cmd)
{
	struct list *l = model;
	const struct row *p = feed_current(&l->feed);
	char filter[80];

	if (feed_command(&l->feed, cmd))
		return;
	switch (cmd) {
	case CMD_OPEN:
		app_open(l->app, &profile_screen, p->name);
		return;
	case CMD_USED_BY:
		(void)snprintf(filter, sizeof(filter), "profile:%s", p->name);
		app_open(l->app, &devices_screen, filter);
		return;
	case CMD_REVISIONS:
		app_open(l->app, &revisions_screen, p->name);
		return;
	case CMD_ADD:
		app_ask(l->app, "Name of the new profile:", "", make);
		return;
	case CMD_IMPORT:
		app_ask(l->app, "Import from the file (JSON):", "", import);
		return;
	default:
		if (cmd == CMD_SEARCH)
			app_ask(l->app, "Search (start of the name):", l->search, search);
	}
}

static const struct key_cmd keys[] = {
	{ '\n', CMD_OPEN, "Edit", NEED_ROW | NEED_OPERATOR },
	{ 'a', CMD_ADD, "Add", NEED_OPERATOR },
	{ 'i', CMD_IMPORT, "Import", NEED_OPERATOR },
	{ 'r', CMD_REVISIONS, "Revisions", NEED_ROW },
	{ 'u', CMD_USED_BY, "Used by", NEED_ROW },
	{ '/', CMD_SEARCH, "Search", 0 },
	{ 0 },
};

const struct screen profiles_screen = { "profiles", "Profiles", keys, true, open_profiles, load, cares, have, draw, command, status,
	close_profiles };
