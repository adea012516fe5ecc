/* SPDX-License-Identifier: Apache-2.0 */
/* log: the event log, newest first, of all devices or of one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/log_model.h"
#include "ui/style.h"
#include "ui/widget/table.h"

static void
cell_time(const void *row, char *out, size_t size, enum style *style)
{
	const struct event *v = row;

	*style = STYLE_DIM;
	(void)text_copy(out, size, strlen(v->at) > 19 ? v->at + 5 : v->at);
	if (size > 14)
		out[14] = '\0'; /* month, day, seconds: the rest is in the picture of one line */
}

static void
cell_text(const void *row, char *out, size_t size, enum style *style)
{
	const struct event *v = row;

	*style = v->mark ? STYLE_HEAD : style_of_level(v->level);
	if (v->code != 0)
		(void)snprintf(out, size, "%s (%d)", v->text, v->code);
	else
		(void)text_copy(out, size, v->text);
}

static void
cell_uuid(const void *row, char *out, size_t size, enum style *style)
{
	*style = STYLE_DIM;
	(void)text_copy(out, size, ((const struct event *)row)->uuid);
}

static void
cell_uuid_short(const void *row, char *out, size_t size, enum style *style)
{
	*style = STYLE_DIM;
	(void)snprintf(out, size, "%.8s", ((const struct event *)row)->uuid);
}

/* Time, UUID, description: the description takes what is left of the width. */
static const struct column all_columns[] = {
	{ "TIME", 14, 0, cell_time },
	{ "UUID", 8, 0, cell_uuid_short },
	{ "DESCRIPTION", 60, 0, cell_text },
	{ 0 },
};
static const struct column wide_columns[] = {
	{ "TIME", 14, 0, cell_time },
	{ "UUID", 36, 0, cell_uuid },
	{ "DESCRIPTION", 60, 0, cell_text },
	{ 0 },
};
static const struct column one_columns[] = {
	{ "TIME", 14, 0, cell_time },
	{ "DESCRIPTION", 60, 0, cell_text },
	{ 0 },
};

static void
from_row(const struct rows *r, size_t row, void *out)
{
	event_from_row(r, row, out);
}

static int64_t
id_of(const void *element)
{
	const struct event *v = element;

	return v->mark ? -v->id : v->id; /* a mark has the number of the line it stands at */
}

/* Behind a mark there is more to search, however few rows came. */
static void
on_page(void *arg, const struct rows *r, const struct err *e)
{
	struct log *l = arg;
	struct event last = { 0 };

	if (e == NULL && rows_count(r) > 0)
		event_from_row(r, rows_count(r) - 1, &last);
	bool back = l->back;
	l->fn(&l->feed, r, e);
	if (last.mark && back)
		l->feed.at_start = false;
	else if (last.mark)
		l->feed.at_end = false;
}

static void
ask(void *arg, struct dbq *q, const void *from, bool back, int limit, dbq_rows_fn *fn, struct feed *f)
{
	struct log *l = arg;
	const struct event *v = from;

	l->fn = fn;
	l->back = back;
	event_page_send(q, &l->filter, v == NULL ? 0 : v->at_us, v == NULL ? 0 : v->id, back, limit, on_page, l, f);
	app_touch(l->app);
}

static const struct feed_source source = { sizeof(struct event), from_row, id_of, ask };

static void
on_count(void *arg, const struct rows *r, const struct err *e)
{
	struct log *l = arg;

	if (e == NULL)
		l->count = rows_int(r, 0, 0);
	app_touch(l->app);
}

static void
load(void *model)
{
	struct log *l = model;

	l->feed.stick_top = l->follow;
	if (l->filter.search[0] != '\0' && l->feed.loaded && !l->follow)
		return; /* what was searched for stands still while it is read */
	if (!l->feed.loaded || (l->follow && !l->feed.at_start))
		feed_reset(&l->feed);
	else
		feed_reload(&l->feed);
	event_estimate_send(app_db(l->app), &l->filter, on_count, l, l);
}

static void *
open_log(struct app *a, const char *arg, struct err *e)
{
	struct log *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		(void)err_set(e, ERR_MEMORY, "log");
		return NULL;
	}
	l->app = a;
	l->follow = true;
	l->filter.level = EVENT_INFO;
	(void)text_copy(l->filter.uuid, sizeof(l->filter.uuid), arg);
	if (feed_init(&l->feed, &source, l, app_db(a), e) < 0) {
		free(l);
		return NULL;
	}
	return l;
}

static void
close_log(void *model)
{
	struct log *l = model;

	log_export_end(l);
	dbq_cancel(app_db(l->app), l);
	feed_free(&l->feed);
	free(l);
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "event_log") == 0;
}

static unsigned int
have(const void *model)
{
	const struct log *l = model;
	const struct event *v = feed_current(&l->feed);

	return v == NULL ? 0 : NEED_ROW | (v->code != 0 ? NEED_CODE : 0U) | (v->uuid[0] != '\0' ? NEED_UUID : 0U);
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct log *l = model;
	const struct column *cols = l->filter.uuid[0] != '\0' ? one_columns : c->width >= 132 || c->plain ? wide_columns : all_columns;

	table_draw(&l->feed, cols, "Nothing was logged.", NULL, NULL, c, area.y, area.height);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct log *l = model;
	bool one = l->filter.uuid[0] != '\0';
	char lines[48] = ""; /* of the whole log there is an estimate, and none before the first ANALYZE */

	if (one || l->count > 0)
		(void)snprintf(lines, sizeof(lines), "%s%" PRId64 " lines, ", one ? "  " : "about ", l->count);
	(void)snprintf(out, size, "%s%slevel %s%s%s%s", l->filter.uuid, lines, event_level_name(l->filter.level),
	    l->filter.search[0] != '\0' ? "  /" : "", l->filter.search, l->follow ? "  following" : "");
}

static void
search(void *model, const char *text)
{
	struct log *l = model;
	struct uuid u;
	char uuid[UUID_TEXT];

	if (uuid_parse(text, &u)) { /* texts have none: the lines about that device are meant */
		uuid_text(&u, uuid);
		app_open(l->app, &log_screen, uuid);
		return;
	}
	(void)text_copy(l->filter.search, sizeof(l->filter.search), text);
	feed_reset(&l->feed);
}

static void
filter_get(const void *model, struct saved_filter *out)
{
	const struct log *l = model;

	(void)text_copy(out->search, sizeof(out->search), l->filter.search);
	(void)text_copy(out->uuid, sizeof(out->uuid), l->filter.uuid);
	(void)text_copy(out->level, sizeof(out->level), event_level_name(l->filter.level));
}

static void
filter_set(void *model, const struct saved_filter *f)
{
	struct log *l = model;

	(void)text_copy(l->filter.search, sizeof(l->filter.search), f->search);
	(void)text_copy(l->filter.uuid, sizeof(l->filter.uuid), f->uuid);
	if (event_level_of(f->level) != 0)
		l->filter.level = (enum event_level)event_level_of(f->level);
	feed_reset(&l->feed);
	event_estimate_send(app_db(l->app), &l->filter, on_count, l, l);
}

static void
command(void *model, enum cmd cmd)
{
	struct log *l = model;
	const struct event *v = feed_current(&l->feed);

	if (feed_command(&l->feed, cmd)) {
		l->follow = (cmd == CMD_UP || cmd == CMD_PAGE_UP || cmd == CMD_FIRST) && l->feed.cursor == 0 && l->feed.at_start;
		l->feed.stick_top = l->follow;
		return;
	}
	switch (cmd) {
	case CMD_SEARCH:
		app_ask(l->app, "Search text, or a UUID:", l->filter.search, search);
		return;
	case CMD_LEVEL:
		l->filter.level = l->filter.level == EVENT_VERBOSE ? EVENT_ERROR : (enum event_level)(l->filter.level + 1);
		feed_reset(&l->feed);
		event_estimate_send(app_db(l->app), &l->filter, on_count, l, l);
		return;
	case CMD_EXPORT:
		log_export_start(l);
		return;
	case CMD_FOLLOW:
		l->follow = !l->follow;
		load(l);
		return;
	case CMD_OPEN_DEVICE:
		app_open(l->app, &device_screen, v->uuid);
		return;
	case CMD_DEVICE_LOG:
		app_open(l->app, &log_screen, v->uuid);
		return;
	case CMD_EXPLAIN:
		app_explain(l->app, v->code);
		return;
	default:
		return;
	}
}

static const struct key_cmd keys[] = {
	{ 'v', CMD_LEVEL, "Level", 0 },
	{ 'F', CMD_FOLLOW, "Follow", 0 },
	{ '/', CMD_SEARCH, "Search", 0 },
	{ 'x', CMD_EXPORT, "Export", 0 },
	{ 'l', CMD_DEVICE_LOG, "This UUID", NEED_UUID },
	{ '\n', CMD_OPEN_DEVICE, "Device", NEED_UUID | NEED_OPERATOR },
	{ 'e', CMD_EXPLAIN, "Explain", NEED_CODE },
	{ 0 },
};

const struct screen log_screen = { "log", "Log", keys, true, open_log, load, cares, have, draw, command, status, close_log };
const struct screen_more log_more = { &log_screen, NULL, filter_get, filter_set };
