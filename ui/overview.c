/* SPDX-License-Identifier: Apache-2.0 */
/* overview: counts by state, what happens per minute, engines, and what is missing before devices can be served. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/overview.h"
#include "db/setting.h"
#include "ui/app.h"
#include "ui/style.h"
#include "ui/trace.h"

enum { FACTS_MAX = 32, ENGINES_MAX = 16, ITEMS_MAX = 16, STATES = 9, CHARTS = 3, CHART_LEFT = 46 };
/* Changes come without end on a busy service: what is counted is asked for no more often, and ages grow by themselves. */
enum { LOAD_MS = 2000, TICK_MS = 10000 };
enum { BEYOND = 100000 }; /* as muster.overview() has it */

struct engine_line {
	char name[64], state[12], version[16];
	int64_t age_s, workers, busy, hellos, trace_bytes;
	char trace_dir[128], trace[TRACE_SETTING];
};

/* A line of the readiness list. */
struct item {
	char name[32], state[12], says[160], place[24];
};

struct overview {
	struct app *app;
	int64_t loaded_ms; /* 0: never */
	struct {
		char key[32];
		int64_t value;
	} facts[FACTS_MAX];
	size_t nfacts;
	struct engine_line engines[ENGINES_MAX];
	size_t nengines;
	int64_t chart[CHARTS][ACTIVITY_MINUTES]; /* as charts, below */
	size_t nminutes;
	struct item items[ITEMS_MAX];
	size_t nitems, cursor; /* cursor: among those that are shown */
	struct err err;
};

static const struct {
	const char *title;
	int col;
	enum style style;
} charts[CHARTS] = {
	{ "hellos", ACTIVITY_HELLOS, STYLE_NORMAL },
	{ "completed", ACTIVITY_DONE, STYLE_GOOD },
	{ "failed", ACTIVITY_FAILED, STYLE_BAD },
};

static int64_t
fact(const struct overview *o, const char *key)
{
	for (size_t i = 0; i < o->nfacts; i++)
		if (strcmp(o->facts[i].key, key) == 0)
			return o->facts[i].value;
	return 0;
}

static void
on_facts(void *arg, const struct rows *r, const struct err *e)
{
	struct overview *o = arg;

	app_touch(o->app);
	o->err = e == NULL ? (struct err){ 0 } : *e;
	if (e != NULL)
		return;
	o->nfacts = 0;
	for (size_t i = 0; i < rows_count(r) && o->nfacts < FACTS_MAX; i++) {
		(void)text_copy(o->facts[o->nfacts].key, sizeof(o->facts[0].key), rows_text(r, i, 0));
		o->facts[o->nfacts++].value = rows_int(r, i, 1);
	}
}

static void
on_engines(void *arg, const struct rows *r, const struct err *e)
{
	struct overview *o = arg;

	app_touch(o->app);
	if (e != NULL)
		return;
	o->nengines = 0;
	for (size_t i = 0; i < rows_count(r) && o->nengines < ENGINES_MAX; i++) {
		struct engine_line *l = &o->engines[o->nengines++];

		text_clean(l->name, sizeof(l->name), rows_text(r, i, NODE_NAME), strlen(rows_text(r, i, NODE_NAME)));
		(void)text_copy(l->state, sizeof(l->state), rows_text(r, i, NODE_STATE));
		(void)text_copy(l->version, sizeof(l->version), rows_text(r, i, NODE_VERSION));
		l->age_s = rows_int(r, i, NODE_BEAT_AGE_S);
		l->workers = rows_int(r, i, NODE_WORKERS);
		l->busy = rows_int(r, i, NODE_BUSY);
		l->hellos = rows_int(r, i, NODE_HELLOS);
		l->trace_bytes = rows_int(r, i, NODE_TRACE_BYTES);
		text_clean(l->trace, sizeof(l->trace), rows_text(r, i, NODE_TRACE), strlen(rows_text(r, i, NODE_TRACE)));
		text_clean(l->trace_dir, sizeof(l->trace_dir), rows_text(r, i, NODE_TRACE_DIR), strlen(rows_text(r, i, NODE_TRACE_DIR)));
	}
}

static void
on_activity(void *arg, const struct rows *r, const struct err *e)
{
	struct overview *o = arg;

	app_touch(o->app);
	if (e != NULL)
		return;
	o->nminutes = rows_count(r) < ACTIVITY_MINUTES ? rows_count(r) : ACTIVITY_MINUTES;
	for (size_t i = 0; i < o->nminutes; i++)
		for (size_t k = 0; k < CHARTS; k++)
			o->chart[k][i] = rows_int(r, i, charts[k].col);
}

#define TEXT(member, col) text_clean(it->member, sizeof(it->member), rows_text(r, i, col), strlen(rows_text(r, i, col)))

static void
on_readiness(void *arg, const struct rows *r, const struct err *e)
{
	struct overview *o = arg;

	app_touch(o->app);
	if (e != NULL)
		return;
	o->nitems = 0;
	for (size_t i = 0; i < rows_count(r) && o->nitems < ITEMS_MAX; i++) {
		struct item *it = &o->items[o->nitems++];

		TEXT(name, READY_ITEM);
		TEXT(state, READY_STATE);
		TEXT(says, READY_SAYS);
		TEXT(place, READY_PLACE);
	}
}

static void
load(void *model)
{
	struct overview *o = model;
	int64_t since = clock_ms() - o->loaded_ms;

	if (o->loaded_ms != 0 && since < LOAD_MS) {
		app_reload_in(o->app, (int)(LOAD_MS - since));
		return;
	}
	o->loaded_ms = clock_ms();
	overview_send(app_db(o->app), on_facts, o, o);
	node_list_send(app_db(o->app), on_engines, o, o);
	activity_send(app_db(o->app), on_activity, o, o);
	readiness_send(app_db(o->app), on_readiness, o, o);
	app_reload_in(o->app, TICK_MS);
}

static void *
open_overview(struct app *a, const char *arg, struct err *e)
{
	struct overview *o = calloc(1, sizeof(*o));

	(void)arg;
	if (o == NULL)
		(void)err_set(e, ERR_MEMORY, "overview");
	else
		o->app = a;
	return o;
}

static void
close_overview(void *model)
{
	struct overview *o = model;

	dbq_cancel(app_db(o->app), o);
	free(o);
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "event_log") != 0 && strcmp(table, "step_result") != 0;
}

/* Readiness: all of it while something is missing, then what is weak only. */

static bool
is_missing(const struct overview *o)
{
	for (size_t i = 0; i < o->nitems; i++)
		if (strcmp(o->items[i].state, "missing") == 0)
			return true;
	return false;
}

/* The items that are shown; returns how many. */
static size_t
shown(const struct overview *o, const struct item *out[ITEMS_MAX])
{
	bool all = is_missing(o);
	size_t n = 0;

	for (size_t i = 0; i < o->nitems; i++)
		if (all || strcmp(o->items[i].state, "weak") == 0)
			out[n++] = &o->items[i];
	return n;
}

static const struct item *
current(const struct overview *o)
{
	const struct item *list[ITEMS_MAX];
	size_t n = shown(o, list);

	return n == 0 ? NULL : list[o->cursor < n ? o->cursor : n - 1];
}

static unsigned int
have(const void *model)
{
	return current(model) == NULL ? 0 : NEED_ROW;
}

static int
draw_readiness(const struct overview *o, struct canvas *c, int y)
{
	static const struct {
		const char *state, *mark;
		enum style style;
	} marks[] = { { "ok", "\u2713 ok", STYLE_GOOD }, { "weak", "\u00b7 weak", STYLE_WARN }, { "missing", "\u2717 missing", STYLE_BAD } };
	const struct item *list[ITEMS_MAX];
	size_t n = shown(o, list);

	if (o->nitems == 0)
		return y;
	if (n == 0) {
		(void)canvas_text(c, y, 1, 0, STYLE_GOOD, "All is ready.");
		return y + 1;
	}
	(void)canvas_text(c, y++, 1, 0, STYLE_HEAD,
	    is_missing(o) ? "What is needed before devices can be configured" : "Ready, but these are weak");
	for (size_t i = 0; i < n; i++, y++) {
		for (size_t k = 0; k < ARRAY_LEN(marks); k++)
			if (strcmp(marks[k].state, list[i]->state) == 0)
				(void)canvas_text(c, y, 3, 9, marks[k].style, marks[k].mark);
		(void)canvas_text(c, y, 13, 17, STYLE_NORMAL, list[i]->name);
		(void)canvas_text(c, y, 31, 0, STYLE_DIM, list[i]->says);
		if (list[i] == current(o)) {
			(void)canvas_text(c, y, 0, 1, STYLE_CURSOR, ">");
			canvas_restyle(c, y, 0, 0, STYLE_CURSOR);
		}
	}
	return y;
}

/* Enter: where the item under the cursor is put right. */
static void
fix(struct overview *o)
{
	const struct item *it = current(o);

	if (it == NULL)
		return;
	if (strcmp(it->place, "help") == 0)
		app_open(o->app, &text_screen, "screens/first-steps");
	else if (!app_go(o->app, it->place))
		app_message(o->app, STYLE_WARN, "That is done on the screen \"%s\", which your role does not open", it->place);
}

/* Counts and charts */

static void
draw_states(const struct overview *o, struct canvas *c, int y, int width)
{
	static const char *const states[STATES] = { "waiting", "ready", "configuring", "configured", "failed", "held", "detected", "setup",
		"unprovisioned" };
	int64_t most = 1;
	char key[32];

	(void)canvas_text(c, y++, 1, 0, STYLE_HEAD, "Devices by state");
	for (size_t i = 0; i < STATES; i++) {
		(void)snprintf(key, sizeof(key), "state:%s", states[i]);
		if (fact(o, key) > most)
			most = fact(o, key);
	}
	for (size_t i = 0; i < STATES; i++, y++) {
		(void)snprintf(key, sizeof(key), "state:%s", states[i]);
		int64_t n = fact(o, key);

		(void)canvas_text(c, y, 3, 14, STYLE_NORMAL, states[i]);
		(void)canvas_printf(c, y, 17, 10, n > 0 ? style_of_state(states[i]) : STYLE_DIM, "%9" PRId64, n);
		if (width > 30)
			canvas_bar(c, y, 28, width - 30, (double)n / (double)most, style_of_state(states[i]));
	}
}

/* Fewer columns than minutes: each is the highest of its minutes, so that no peak is lost. */
static size_t
squeeze(const int64_t *minutes, size_t n, size_t columns, int64_t *out)
{
	size_t each = (n + columns - 1) / columns, k = 0;

	for (size_t i = 0; i < n; i++) {
		k = i / each;
		if (i % each == 0 || minutes[i] > out[k])
			out[k] = minutes[i];
	}
	return n == 0 ? 0 : k + 1;
}

static void
draw_charts(const struct overview *o, struct canvas *c, int y, int x, int height)
{
	size_t columns = c->width - x - 1 < 10 ? 10 : (size_t)(c->width - x - 1);

	(void)canvas_text(c, y++, x, 0, STYLE_HEAD, "Per minute, last 60 minutes");
	for (size_t k = 0; k < CHARTS; k++, y += height + 1) {
		int64_t squeezed[ACTIVITY_MINUTES], peak = 0, now = o->nminutes == 0 ? 0 : o->chart[k][o->nminutes - 1];

		for (size_t i = 0; i < o->nminutes; i++)
			if (o->chart[k][i] > peak)
				peak = o->chart[k][i];
		(void)canvas_text(c, y, x, 0, STYLE_NORMAL, charts[k].title);
		(void)canvas_printf(c, y, x + 11, 0, STYLE_DIM, "now %" PRId64 "  peak %" PRId64, now, peak);
		canvas_chart(c, y + 1, x, height, squeezed, squeeze(o->chart[k], o->nminutes, columns, squeezed), peak, charts[k].style);
	}
}

/* States on the left, charts on the right where there is room for them; returns the row below. */
static int
draw_counts(const struct overview *o, struct canvas *c, int y, int rows)
{
	int height = rows >= 30 ? 4 : 2;
	bool wide = c->width >= CHART_LEFT + 20;
	int left = c->width > CHART_LEFT + ACTIVITY_MINUTES ? c->width - ACTIVITY_MINUTES - 1 : CHART_LEFT;

	draw_states(o, c, y, wide ? left : c->width);
	if (wide)
		draw_charts(o, c, y, left, height);
	return y + 1 + (wide && CHARTS * (height + 1) > STATES ? CHARTS * (height + 1) : STATES);
}

static int
draw_engines(const struct overview *o, struct canvas *c, int y)
{
	(void)canvas_text(c, y++, 1, 0, STYLE_HEAD, "Engines");
	for (size_t i = 0; i < o->nengines; i++, y++) {
		const struct engine_line *l = &o->engines[i];
		bool running = strcmp(l->state, "running") == 0;
		enum style style = running ? STYLE_GOOD : strcmp(l->state, "silent") == 0 ? STYLE_WARN : STYLE_BAD;
		int x = 3 + canvas_printf(c, y, 3, 24, STYLE_NORMAL, "%s", l->name);

		x += canvas_text(c, y, x + 1, 10, style, l->state) + 1;
		if (running)
			(void)canvas_printf(c, y, x + 1, 0, STYLE_NORMAL,
			    "%" PRId64 " of %" PRId64 " workers busy, %" PRId64 " hellos, beat %" PRId64 " s ago", l->busy, l->workers, l->hellos,
			    l->age_s);
		else
			(void)canvas_printf(c, y, x + 1, 0, style, "last beat %" PRId64 " s ago", l->age_s);
		if (running && l->trace_dir[0] != '\0')
			(void)canvas_printf(c, ++y, 5, 0, STYLE_WARN, "debug trace: %" PRId64 " KiB in %s (%s)", (l->trace_bytes + 1023) / 1024, l->trace_dir,
			    l->trace);
	}
	if (o->nengines == 0)
		(void)canvas_text(c, y++, 3, 0, STYLE_BAD, "no engine has ever run: start musterd");
	return y;
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	const struct overview *o = model;
	bool missing = is_missing(o);
	int y = area.y, end = area.y + area.height;

	if (missing)
		y = draw_readiness(o, c, y) + 1;
	if (missing)
		y = draw_engines(o, c, y) + 1;
	y = draw_counts(o, c, y, area.height - (y - area.y)) + 1;
	if (!missing)
		y = draw_engines(o, c, y) + 1;
	if (!missing)
		(void)draw_readiness(o, c, y);
	if (o->err.code != ERR_NONE) {
		canvas_fill(c, end - 1, 0, 0, STYLE_NORMAL);
		(void)canvas_printf(c, end - 1, 1, 0, STYLE_BAD, "%s (%d)", o->err.text, (int)o->err.code);
	}
}

static void
command(void *model, enum cmd cmd)
{
	struct overview *o = model;
	const struct item *list[ITEMS_MAX];
	size_t n = shown(o, list);

	if (o->cursor >= n)
		o->cursor = n == 0 ? 0 : n - 1;
	if (cmd == CMD_DOWN && o->cursor + 1 < n)
		o->cursor++;
	else if (cmd == CMD_UP && o->cursor > 0)
		o->cursor--;
	else if (cmd == CMD_FIRST || cmd == CMD_LAST)
		o->cursor = cmd == CMD_FIRST || n == 0 ? 0 : n - 1;
	else if (cmd == CMD_OPEN)
		fix(o);
	else if (cmd == CMD_TRACE)
		trace_start(o->app, "", "");
}

static void
status(const void *model, char *out, size_t size)
{
	const struct overview *o = model;

	(void)snprintf(out, size, "queue %" PRId64 ", due %" PRId64 "%s, oldest %" PRId64 " s   staged %" PRId64 "%s   refused hellos (1 h) %" PRId64,
	    fact(o, "jobs:queued"), fact(o, "jobs:due"), fact(o, "jobs:due") == BEYOND ? "+" : "", fact(o, "jobs:oldest_s"), fact(o, "staged"),
	    fact(o, "staged") == BEYOND ? "+" : "", fact(o, "rejected_hour"));
}

static const struct key_cmd keys[] = {
	{ '\n', CMD_OPEN, "Fix", NEED_ROW },
	{ '2', CMD_TAB2, "Pending hellos", NEED_OPERATOR },
	{ '3', CMD_TAB3, "Queue", NEED_OPERATOR },
	{ '4', CMD_TAB4, "Devices", NEED_OPERATOR },
	{ '7', CMD_TAB7, "Log", 0 },
	{ 't', CMD_TRACE, "Trace", NEED_ADMINISTRATOR },
	{ 0 },
};

const struct screen overview_screen = { "overview", "Overview", keys, true, open_overview, load, cares, have, draw, command, status,
	close_overview };
