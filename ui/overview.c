/* SPDX-License-Identifier: Apache-2.0 */
/* overview: counts by state, the queue, engines, and what is missing before devices can be served. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/setting.h"
#include "ui/app.h"
#include "ui/style.h"

enum { FACTS_MAX = 32, ENGINES_MAX = 16, BAR = 30 };

struct engine_line {
	char name[64], state[12], version[16];
	int64_t age_s, workers, busy, hellos;
};

struct overview {
	struct app *app;
	struct {
		char key[32];
		int64_t value;
	} facts[FACTS_MAX];
	size_t nfacts;
	struct engine_line engines[ENGINES_MAX];
	size_t nengines;
	struct err err;
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
	}
}

static void
load(void *model)
{
	struct overview *o = model;

	overview_send(app_db(o->app), on_facts, o, o);
	node_list_send(app_db(o->app), on_engines, o, o);
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

static unsigned int
have(const void *model)
{
	(void)model;
	return 0;
}

static int
draw_states(const struct overview *o, struct canvas *c, int y)
{
	static const char *const states[] = { "waiting", "ready", "configuring", "configured", "failed", "held", "detected", "setup",
		"unprovisioned" };
	int64_t most = 1;
	char key[32];

	(void)canvas_text(c, y++, 1, 0, STYLE_HEAD, "Devices by state");
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		(void)snprintf(key, sizeof(key), "state:%s", states[i]);
		if (fact(o, key) > most)
			most = fact(o, key);
	}
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		(void)snprintf(key, sizeof(key), "state:%s", states[i]);
		int64_t n = fact(o, key);

		(void)canvas_text(c, y, 3, 14, STYLE_NORMAL, states[i]);
		(void)canvas_printf(c, y, 17, 10, n > 0 ? style_of_state(states[i]) : STYLE_DIM, "%9" PRId64, n);
		canvas_bar(c, y, 28, BAR < c->width - 30 ? BAR : c->width - 30, (double)n / (double)most, style_of_state(states[i]));
		y++;
	}
	return y;
}

static int
draw_engines(const struct overview *o, struct canvas *c, int y)
{
	(void)canvas_text(c, y++, 1, 0, STYLE_HEAD, "Engines");
	for (size_t i = 0; i < o->nengines; i++) {
		const struct engine_line *l = &o->engines[i];
		enum style style = strcmp(l->state, "running") == 0 ? STYLE_GOOD : STYLE_BAD;

		int x = 3 + canvas_printf(c, y, 3, 24, STYLE_NORMAL, "%s", l->name);
		x += canvas_printf(c, y, x + 1, 10, style, "%s", l->state) + 1;
		(void)canvas_printf(c, y++, x + 1, 0, STYLE_NORMAL, "%" PRId64 " of %" PRId64 " workers busy, %" PRId64 " hellos, beat %" PRId64 " s ago",
		    l->busy, l->workers, l->hellos, l->age_s);
	}
	if (o->nengines == 0)
		(void)canvas_text(c, y++, 3, 0, STYLE_BAD, "no engine has ever run: start musterd");
	return y;
}

/* What must be there before a device can be configured. Source: requirements A16 277. */
static int
draw_missing(const struct overview *o, struct canvas *c, int y)
{
	bool running = false;

	for (size_t i = 0; i < o->nengines; i++)
		running |= strcmp(o->engines[i].state, "running") == 0;
	if (o->nfacts > 0 && fact(o, "profiles") == 0)
		(void)canvas_text(c, y++, 3, 0, STYLE_WARN, "no profile: musterctl profile import FILE");
	if (o->nfacts > 0 && fact(o, "setup_certificates") == 0)
		(void)canvas_text(c, y++, 3, 0, STYLE_WARN, "no valid setup certificate: musterctl cert add FILE");
	if (o->nengines > 0 && !running)
		(void)canvas_text(c, y++, 3, 0, STYLE_BAD, "no engine is running: devices say hello to nobody");
	return y;
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	const struct overview *o = model;
	int y = draw_states(o, c, area.y);

	y = draw_engines(o, c, y + 1);
	y = draw_missing(o, c, y);
	if (o->err.code != ERR_NONE)
		(void)canvas_printf(c, y, 1, 0, STYLE_BAD, "%s (%d)", o->err.text, (int)o->err.code);
}

static void
command(void *model, enum cmd cmd)
{
	(void)model;
	(void)cmd;
}

static void
status(const void *model, char *out, size_t size)
{
	const struct overview *o = model;

	(void)snprintf(out, size, "queue %" PRId64 ", due %" PRId64 ", oldest %" PRId64 " s   staged %" PRId64 "   refused hellos (1 h) %" PRId64,
	    fact(o, "jobs:queued"), fact(o, "jobs:due"), fact(o, "jobs:oldest_s"), fact(o, "staged"), fact(o, "rejected_hour"));
}

static const struct key_cmd keys[] = {
	{ '2', CMD_TAB2, "Pending hellos", NEED_OPERATOR },
	{ '4', CMD_TAB4, "Devices", NEED_OPERATOR },
	{ '7', CMD_TAB7, "Log", 0 },
	{ 0 },
};

const struct screen overview_screen = { "overview", "Overview", keys, false, open_overview, load, cares, have, draw, command, status,
	close_overview };
