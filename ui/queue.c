/* SPDX-License-Identifier: Apache-2.0 */
/* queue: the jobs that are queued or running, by due time, and what operators do with them. */
#include "db/queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ui/app.h"
#include "ui/selection.h"
#include "ui/style.h"
#include "ui/widget/table.h"

/* How often "in 4 min" is made new when nothing else happens; how often jobs are counted when much happens. */
enum { TICK_MS = 10000, COUNT_MS = 2000 };

struct queue {
	struct app *app;
	struct queue_filter filter;
	struct feed feed;
	int64_t count; /* -1: not known yet */
	int64_t counted_ms;
	struct selection chosen;
};

static const char *const parts[QUEUE_PARTS] = { "all", "due", "waiting for retry", "running" };

/* "4 min": a time in its largest unit, rounded down. */
static void
span(int64_t s, char *out, size_t size)
{
	static const struct {
		int64_t from_s, unit_s;
		const char *unit;
	} units[] = { { 2 * 86400, 86400, "d" }, { 2 * 3600, 3600, "h" }, { 100, 60, "min" }, { 0, 1, "s" } };
	size_t i = 0;

	while (s < units[i].from_s)
		i++;
	(void)snprintf(out, size, "%" PRId64 " %s", s / units[i].unit_s, units[i].unit);
}

static void
cell_fqdn(const void *row, char *out, size_t size, enum style *style)
{
	const struct queue_row *v = row;

	if (v->fqdn[0] == '\0')
		*style = STYLE_DIM;
	(void)text_copy(out, size, v->fqdn[0] != '\0' ? v->fqdn : v->uuid);
}

static void
cell_state(const void *row, char *out, size_t size, enum style *style)
{
	const struct queue_row *v = row;

	*style = v->running ? STYLE_GOOD : STYLE_NORMAL;
	(void)text_copy(out, size, v->running ? "running" : "queued");
}

static void
cell_attempt(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)snprintf(out, size, "%3d", ((const struct queue_row *)row)->attempt);
}

static void
cell_next(const void *row, char *out, size_t size, enum style *style)
{
	enum { YEAR_S = 366 * 86400 };
	const struct queue_row *v = row;
	char text[32];

	span(v->in_s < 0 ? -v->in_s : v->in_s, text, sizeof(text));
	if (v->running)
		(void)snprintf(out, size, "for %s", text);
	else if (v->in_s > YEAR_S)
		(void)text_copy(out, size, "in > 1 y");
	else if (v->in_s > 0)
		(void)snprintf(out, size, "in %s", text);
	else if (v->in_s > -5)
		(void)text_copy(out, size, "now");
	else
		(void)snprintf(out, size, "due %s", text);
	if (!v->running && v->in_s < -60)
		*style = STYLE_WARN; /* due, and no worker took it: are there enough? */
}

static void
cell_at(const void *row, char *out, size_t size, enum style *style)
{
	(void)text_copy(out, size, ((const struct queue_row *)row)->run_at);
	*style = STYLE_DIM;
}

static void
cell_engine(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)text_copy(out, size, ((const struct queue_row *)row)->engine);
}

static void
cell_uuid(const void *row, char *out, size_t size, enum style *style)
{
	*style = STYLE_DIM;
	(void)text_copy(out, size, ((const struct queue_row *)row)->uuid);
}

static void
cell_code(const void *row, char *out, size_t size, enum style *style)
{
	const struct queue_row *v = row;

	*style = STYLE_WARN;
	if (v->code != 0)
		(void)snprintf(out, size, "%4d", v->code);
}

static void
cell_reason(const void *row, char *out, size_t size, enum style *style)
{
	const struct queue_row *v = row;

	(void)style;
	if (v->running && v->step[0] != '\0')
		(void)snprintf(out, size, "after: %s", v->step);
	else
		(void)text_copy(out, size, v->running ? "connecting" : v->reason);
}

static const struct column columns[] = {
	{ "DEVICE", 24, 0, cell_fqdn },
	{ "UUID", 36, 160, cell_uuid },
	{ "STATE", 7, 0, cell_state },
	{ "TRY", 3, 0, cell_attempt },
	{ "NEXT", 10, 0, cell_next },
	{ "NEXT AT", 19, 110, cell_at },
	{ "ENGINE", 14, 132, cell_engine },
	{ "CODE", 4, 0, cell_code },
	{ "STEP OR REASON", 35, 0, cell_reason },
	{ 0 },
};

static void
from_row(const struct rows *r, size_t row, void *out)
{
	queue_from_row(r, row, out);
}

static int64_t
id_of(const void *element)
{
	return ((const struct queue_row *)element)->id;
}

static void
ask(void *arg, struct dbq *q, const void *from, bool back, int limit, dbq_rows_fn *fn, struct feed *f)
{
	struct queue *m = arg;

	queue_page_send(q, &m->filter, from, back, limit, fn, f, f);
	app_touch(m->app);
}

static const struct feed_source source = { sizeof(struct queue_row), from_row, id_of, ask };

static void
on_count(void *arg, const struct rows *r, const struct err *e)
{
	struct queue *m = arg;

	if (e == NULL)
		m->count = rows_int(r, 0, 0);
	app_touch(m->app);
}

static void
count(struct queue *m)
{
	m->counted_ms = clock_ms();
	queue_count_send(app_db(m->app), &m->filter, on_count, m, m);
}

static void
load(void *model)
{
	struct queue *m = model;
	int64_t since = clock_ms() - m->counted_ms;

	if (m->feed.loaded || m->feed.loading != FEED_IDLE)
		feed_reload(&m->feed);
	else
		feed_reset(&m->feed);
	if (m->counted_ms == 0 || since >= COUNT_MS)
		count(m);
	app_reload_in(m->app, since >= COUNT_MS ? TICK_MS : (int)(COUNT_MS - since));
}

static void
filter_changed(struct queue *m)
{
	m->count = -1;
	feed_reset(&m->feed);
	count(m);
}

static void *
open_queue(struct app *a, const char *arg, struct err *e)
{
	struct queue *m = calloc(1, sizeof(*m));

	(void)arg;
	if (m == NULL) {
		(void)err_set(e, ERR_MEMORY, "queue");
		return NULL;
	}
	m->app = a;
	m->count = -1;
	if (feed_init(&m->feed, &source, m, app_db(a), e) < 0) {
		free(m);
		return NULL;
	}
	return m;
}

static void
close_queue(void *model)
{
	struct queue *m = model;

	dbq_cancel(app_db(m->app), m);
	feed_free(&m->feed);
	selection_free(&m->chosen);
	free(m);
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "job") == 0 || strcmp(table, "step_result") == 0;
}

static unsigned int
have(const void *model)
{
	const struct queue_row *v = feed_current(&((const struct queue *)model)->feed);

	return v == NULL ? 0 : NEED_ROW | NEED_UUID | (v->code != 0 ? NEED_CODE : 0U);
}

static bool
marked(const void *arg, const void *row)
{
	return selection_has(&((const struct queue *)arg)->chosen, id_of(row));
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct queue *m = model;
	bool whole = m->filter.part == QUEUE_ALL && m->filter.search[0] == '\0';

	table_draw(&m->feed, columns, whole ? "The queue is empty." : "No job matches.", marked, m, c, area.y, area.height);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct queue *m = model;
	char count[48] = "...", chosen[48];

	if (m->count >= 0)
		(void)snprintf(count, sizeof(count), "%d of %" PRId64 "%s", m->feed.n == 0 ? 0 : m->feed.cursor + 1, m->count,
		    m->count == QUEUE_COUNT_MAX ? " or more" : "");
	selection_status(&m->chosen, chosen, sizeof(chosen));
	(void)snprintf(out, size, "%s  %s%s%s%s", count, parts[m->filter.part], m->filter.search[0] != '\0' ? "  /" : "", m->filter.search,
	    chosen);
}

static void
search(void *model, const char *text)
{
	struct queue *m = model;

	(void)text_copy(m->filter.search, sizeof(m->filter.search), text);
	filter_changed(m);
}

static void
filter_get(const void *model, struct saved_filter *out)
{
	const struct queue *m = model;

	(void)text_copy(out->state, sizeof(out->state), parts[m->filter.part]);
	(void)text_copy(out->search, sizeof(out->search), m->filter.search);
}

static void
filter_set(void *model, const struct saved_filter *f)
{
	struct queue *m = model;

	m->filter.part = QUEUE_ALL;
	for (int i = 0; i < QUEUE_PARTS; i++)
		if (strcmp(parts[i], f->state) == 0)
			m->filter.part = (enum queue_part)i;
	search(m, f->search);
}

static void
forget_selection(void *model)
{
	selection_clear(&((struct queue *)model)->chosen);
}

static void
select_loaded(struct queue *m)
{
	for (size_t i = 0; i < m->feed.n; i++) {
		const struct queue_row *v = feed_at(&m->feed, (int)i);

		if (!selection_add(&m->chosen, m->app, v->id, v->uuid))
			return;
	}
}

static void
command(void *model, enum cmd cmd)
{
	struct queue *m = model;
	const struct queue_row *v = feed_current(&m->feed);

	if (feed_command(&m->feed, cmd))
		return;
	switch (cmd) {
	case CMD_OPEN:
		app_open(m->app, &device_screen, v->uuid);
		return;
	case CMD_DEVICE_LOG:
		app_open(m->app, &log_screen, v->uuid);
		return;
	case CMD_EXPLAIN:
		app_explain(m->app, v->code);
		return;
	case CMD_SEARCH:
		app_ask(m->app, "Search (start of FQDN, UUID):", m->filter.search, search);
		return;
	case CMD_FILTER:
		m->filter.part = (m->filter.part + 1) % QUEUE_PARTS;
		filter_changed(m);
		return;
	case CMD_SELECT:
		selection_toggle(&m->chosen, m->app, v->id, v->uuid);
		(void)feed_command(&m->feed, CMD_DOWN);
		return;
	case CMD_SELECT_ALL:
		select_loaded(m);
		return;
	default:
		selection_act(&m->chosen, m->app, cmd, v == NULL ? NULL : v->uuid, NULL, forget_selection);
	}
}

static const struct key_cmd keys[] = {
	{ '\n', CMD_OPEN, "Open", NEED_ROW },
	{ 'r', CMD_RETRY, "Run now", NEED_ROW | NEED_OPERATOR },
	{ 'd', CMD_DELAY, "Delay", NEED_ROW | NEED_OPERATOR },
	{ 'x', CMD_CANCEL, "Cancel", NEED_ROW | NEED_OPERATOR },
	{ 'f', CMD_FILTER, "Filter", 0 },
	{ 'l', CMD_DEVICE_LOG, "Log", NEED_ROW },
	{ 'h', CMD_HOLD, "Hold", NEED_ROW | NEED_OPERATOR },
	{ 'e', CMD_EXPLAIN, "Explain", NEED_ROW | NEED_CODE },
	{ '/', CMD_SEARCH, "Search", 0 },
	{ ' ', CMD_SELECT, "Select", NEED_ROW },
	{ '*', CMD_SELECT_ALL, "Select what is loaded", NEED_ROW },
	{ 0 },
};

const struct screen queue_screen = { "queue", "Queue", keys, true, open_queue, load, cares, have, draw, command, status, close_queue };
const struct screen_more queue_more = { &queue_screen, NULL, filter_get, filter_set };
