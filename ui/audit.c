/* SPDX-License-Identifier: Apache-2.0 */
/* audit: the audit log, newest first: who did what, and what was refused. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/audit.h"
#include "ui/app.h"
#include "ui/widget/table.h"

enum { FIELD_WHO, FIELD_WHAT, FIELD_OBJECT };

struct audit {
	struct app *app;
	struct audit_filter filter;
	struct feed feed;
};

static void
cell_time(const void *row, char *out, size_t size, enum style *style)
{
	const struct audit_row *a = row;

	*style = STYLE_DIM; /* month to minute: the rest is in the row as a whole */
	(void)snprintf(out, size, "%.11s", strlen(a->at) == 19 ? a->at + 5 : a->at);
}

static void
cell_time_long(const void *row, char *out, size_t size, enum style *style)
{
	*style = STYLE_DIM;
	(void)text_copy(out, size, ((const struct audit_row *)row)->at);
}

static void
cell_who(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)text_copy(out, size, ((const struct audit_row *)row)->who);
}

static void
cell_from(const void *row, char *out, size_t size, enum style *style)
{
	const struct audit_row *a = row;

	*style = STYLE_DIM;
	(void)text_copy(out, size, a->from[0] == '\0' ? "(this host)" : a->from);
}

static void
cell_what(const void *row, char *out, size_t size, enum style *style)
{
	const struct audit_row *a = row;

	*style = strcmp(a->what, "denied") == 0 ? STYLE_WARN : *style;
	(void)text_copy(out, size, a->what);
}

static void
cell_object(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)text_copy(out, size, ((const struct audit_row *)row)->object);
}

static void
cell_change(const void *row, char *out, size_t size, enum style *style)
{
	*style = STYLE_DIM;
	(void)text_copy(out, size, ((const struct audit_row *)row)->change);
}

static const struct column columns[] = {
	{ "TIME", 11, 0, cell_time },
	{ "WHO", 12, 0, cell_who },
	{ "WHAT", 15, 0, cell_what },
	{ "OBJECT", 30, 0, cell_object },
	{ 0 },
};
static const struct column wide_columns[] = {
	{ "TIME", 19, 0, cell_time_long },
	{ "WHO", 20, 0, cell_who },
	{ "FROM", 15, 0, cell_from },
	{ "WHAT", 20, 0, cell_what },
	{ "OBJECT", 36, 0, cell_object },
	{ "BEFORE -> AFTER", 20, 0, cell_change },
	{ 0 },
};

static void
from_row(const struct rows *r, size_t row, void *out)
{
	audit_from_row(r, row, out);
}

static int64_t
id_of(const void *element)
{
	return ((const struct audit_row *)element)->id;
}

static void
ask(void *arg, struct dbq *q, const void *from, bool back, int limit, dbq_rows_fn *fn, struct feed *f)
{
	struct audit *u = arg;

	audit_page_send(q, &u->filter, from == NULL ? 0 : id_of(from), back, limit, fn, f, f);
	app_touch(u->app);
}

static const struct feed_source source = { sizeof(struct audit_row), from_row, id_of, ask };

/* On the newest row the list follows. */
static void
load(void *model)
{
	struct audit *u = model;

	u->feed.stick_top = u->feed.cursor == 0 && u->feed.at_start;
	if (u->feed.loaded)
		feed_reload(&u->feed);
	else
		feed_reset(&u->feed);
}

static void *
open_audit(struct app *a, const char *arg, struct err *e)
{
	struct audit *u = calloc(1, sizeof(*u));

	if (u == NULL) {
		(void)err_set(e, ERR_MEMORY, "audit log");
		return NULL;
	}
	u->app = a;
	(void)text_copy(u->filter.object, sizeof(u->filter.object), arg);
	if (feed_init(&u->feed, &source, u, app_db(a), e) < 0) {
		free(u);
		return NULL;
	}
	return u;
}

static void
close_audit(void *model)
{
	struct audit *u = model;

	feed_free(&u->feed);
	free(u);
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "audit_log") == 0;
}

static unsigned int
have(const void *model)
{
	const struct audit *u = model;

	return feed_current(&u->feed) == NULL ? 0 : NEED_ROW;
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct audit *u = model;

	table_draw(&u->feed, c->width >= 132 ? wide_columns : columns, "No row matches.", NULL, NULL, c, area.y, area.height);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct audit *u = model;
	const struct audit_filter *f = &u->filter;
	const struct {
		const char *name, *value;
	} parts[] = { { "who ", f->who }, { "what ", f->what }, { "object ", f->object }, { "/", f->search } };
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(parts) && used < size; i++)
		if (parts[i].value[0] != '\0')
			used += (size_t)snprintf(out + used, size - used, "%s%s  ", parts[i].name, parts[i].value);
}

static void
search(void *model, const char *text)
{
	struct audit *u = model;

	(void)text_copy(u->filter.search, sizeof(u->filter.search), text);
	feed_reset(&u->feed);
}

static void
filtered(void *model, const struct form *f)
{
	struct audit *u = model;

	(void)text_copy(u->filter.who, sizeof(u->filter.who), form_value(f, FIELD_WHO));
	(void)text_copy(u->filter.what, sizeof(u->filter.what), form_value(f, FIELD_WHAT));
	(void)text_copy(u->filter.object, sizeof(u->filter.object), form_value(f, FIELD_OBJECT));
	feed_reset(&u->feed);
}

static void
filter_get(const void *model, struct saved_filter *out)
{
	const struct audit_filter *f = &((const struct audit *)model)->filter;

	(void)text_copy(out->who, sizeof(out->who), f->who);
	(void)text_copy(out->what, sizeof(out->what), f->what);
	(void)text_copy(out->object, sizeof(out->object), f->object);
	(void)text_copy(out->search, sizeof(out->search), f->search);
}

static void
filter_set(void *model, const struct saved_filter *f)
{
	struct audit *u = model;

	(void)text_copy(u->filter.who, sizeof(u->filter.who), f->who);
	(void)text_copy(u->filter.what, sizeof(u->filter.what), f->what);
	(void)text_copy(u->filter.object, sizeof(u->filter.object), f->object);
	search(u, f->search);
}

static void
ask_filter(struct audit *u)
{
	struct form *f = app_form_new(u->app, "Show only");

	if (f == NULL)
		return;
	(void)form_add(f, "Who", "A login; empty: everybody", u->filter.who);
	(void)form_add(f, "What", "An action, such as setting_set or denied", u->filter.what);
	(void)form_add(f, "Object", "Its beginning: a UUID, a setting, a profile", u->filter.object);
	app_form(u->app, filtered);
}

static void
command(void *model, enum cmd cmd)
{
	struct audit *u = model;
	const struct audit_row *row = feed_current(&u->feed);
	char id[24];

	if (feed_command(&u->feed, cmd))
		return;
	switch (cmd) {
	case CMD_OPEN:
		(void)snprintf(id, sizeof(id), "%" PRId64, row->id);
		app_open(u->app, &audit_row_screen, id);
		return;
	case CMD_SEARCH:
		app_ask(u->app, "Search in who, what and object:", u->filter.search, search);
		return;
	case CMD_FILTER:
		ask_filter(u);
		return;
	default:
		return;
	}
}

static const struct key_cmd keys[] = {
	{ '\n', CMD_OPEN, "Whole row", NEED_ROW },
	{ '/', CMD_SEARCH, "Search", 0 },
	{ 'f', CMD_FILTER, "Filter", 0 },
	{ 0 },
};

const struct screen audit_screen = { "audit", "Audit log", keys, true, open_audit, load, cares, have, draw, command, status, close_audit };
const struct screen_more audit_more = { &audit_screen, NULL, filter_get, filter_set };
