/* SPDX-License-Identifier: Apache-2.0 */
/* device: everything about one device: facts, states, the steps of its last job, actions. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/job.h"
#include "ui/app.h"
#include "ui/style.h"

enum { STEPS_MAX = 128, FACTS_WIDTH = 14 };

struct step_row {
	int attempt, code, took_ms;
	char title[120], outcome[12], detail[256], started[16];
};

struct model {
	struct app *app;
	char uuid[UUID_TEXT];
	struct device d;
	bool found, answered;
	struct step_row steps[STEPS_MAX];
	size_t nsteps;
	int scroll;
	struct err err;
};

static void
on_steps(void *arg, const struct rows *r, const struct err *e)
{
	struct model *m = arg;

	app_touch(m->app);
	if (e != NULL)
		return;
	m->nsteps = 0;
	for (size_t i = 0; i < rows_count(r) && m->nsteps < STEPS_MAX; i++) {
		struct step_row *s = &m->steps[m->nsteps++];

		s->attempt = (int)rows_int(r, i, STEP_ATTEMPT);
		s->code = (int)rows_int(r, i, STEP_CODE);
		s->took_ms = (int)rows_int(r, i, STEP_TOOK_MS);
		(void)text_copy(s->title, sizeof(s->title), rows_text(r, i, STEP_TITLE));
		(void)text_copy(s->outcome, sizeof(s->outcome), rows_text(r, i, STEP_OUTCOME));
		(void)text_copy(s->detail, sizeof(s->detail), rows_text(r, i, STEP_DETAIL));
		(void)text_copy(s->started, sizeof(s->started), rows_text(r, i, STEP_STARTED));
	}
}

static void
on_device(void *arg, const struct rows *r, const struct err *e)
{
	struct model *m = arg;

	app_touch(m->app);
	m->answered = true;
	m->err = e == NULL ? (struct err){ 0 } : *e;
	if (e != NULL)
		return;
	m->found = rows_count(r) == 1;
	if (!m->found)
		return;
	device_from_row(r, 0, &m->d);
	if (m->d.job_id != 0)
		step_list_send(app_db(m->app), m->d.job_id, on_steps, m, m);
}

static void
load(void *model)
{
	struct model *m = model;

	device_by_uuid_send(app_db(m->app), m->uuid, on_device, m, m);
}

static void *
open_device(struct app *a, const char *arg, struct err *e)
{
	struct model *m = calloc(1, sizeof(*m));
	struct uuid u;

	if (m == NULL || !uuid_parse(arg, &u)) {
		(void)err_set(e, m == NULL ? ERR_MEMORY : ERR_INPUT, "\"%s\" is not a UUID", arg);
		free(m);
		return NULL;
	}
	m->app = a;
	uuid_text(&u, m->uuid);
	return m;
}

static void
close_device(void *model)
{
	struct model *m = model;

	dbq_cancel(app_db(m->app), m);
	free(m);
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "device") == 0 || strcmp(table, "job") == 0 || strcmp(table, "step_result") == 0;
}

static unsigned int
have(const void *model)
{
	const struct model *m = model;

	return !m->found ? 0 : NEED_ROW | NEED_UUID | (m->d.reason_code != 0 ? NEED_CODE : 0U);
}

static void
line(struct canvas *c, int *y, int x, int width, const char *name, enum style style, const char *value)
{
	if (value[0] == '\0')
		return;
	(void)canvas_text(c, *y, x, FACTS_WIDTH - 1, STYLE_HEAD, name);
	(void)canvas_text(c, (*y)++, x + FACTS_WIDTH, width - FACTS_WIDTH, style, value);
}

/* Two columns of facts; returns the row below them. */
static int
draw_facts(const struct model *m, struct canvas *c, int y)
{
	const struct device *d = &m->d;
	int half = c->width / 2, left = y, right = y;
	char reason[DB_TEXT + 16], hello[120], kind[64], revision[128];

	(void)snprintf(reason, sizeof(reason), d->reason_code != 0 ? "%s (%d)" : "%s", d->reason, d->reason_code);
	(void)snprintf(hello, sizeof(hello), "%" PRId64 ", last %s", d->hello_count, d->hello_last_at);
	if (d->hello_version == 2)
		(void)snprintf(kind, sizeof(kind), "PSK, PID %.4s-%.4s", d->hello_pid, strlen(d->hello_pid) > 4 ? d->hello_pid + 4 : "");
	else
		(void)snprintf(kind, sizeof(kind), "PKI, %d root hashes", d->hashes);
	(void)text_copy(revision, sizeof(revision), d->profile);
	if (d->revision > 0)
		(void)snprintf(revision, sizeof(revision), "%s, revision %d%s", d->profile, d->revision, d->revision < d->profile_revision ? " (a newer one exists)" : "");
	line(c, &left, 1, half - 2, "State", style_of_state(d->state), d->state);
	line(c, &left, 1, half - 2, "Since", STYLE_NORMAL, d->state_at);
	line(c, &left, 1, half - 2, "FQDN", STYLE_NORMAL, d->fqdn);
	line(c, &left, 1, half - 2, "OU", STYLE_NORMAL, d->ou);
	line(c, &left, 1, half - 2, "Profile", STYLE_NORMAL, revision);
	line(c, &left, 1, half - 2, "Mapped by", STYLE_NORMAL, d->mapped_by);
	line(c, &right, half, c->width - half, "Address", STYLE_NORMAL, d->address);
	line(c, &right, half, c->width - half, "Hellos", STYLE_NORMAL, hello);
	line(c, &right, half, c->width - half, "Kind", STYLE_NORMAL, kind);
	line(c, &right, half, c->width - half, "AMT", STYLE_NORMAL, d->amt_version);
	line(c, &right, half, c->width - half, "Model", STYLE_NORMAL, d->model);
	line(c, &right, half, c->width - half, "Configured", STYLE_NORMAL, d->configured_at);
	int below = left > right ? left : right;
	line(c, &below, 1, c->width - 2, "Reason", d->reason_code != 0 ? STYLE_WARN : STYLE_NORMAL, reason);
	line(c, &below, 1, c->width - 2, "Next attempt", STYLE_NORMAL, d->job_run_at);
	return below;
}

static void
draw_steps(struct model *m, struct canvas *c, int y, int height)
{
	if (height < 2 || m->nsteps == 0)
		return;
	if (m->scroll > (int)m->nsteps - (height - 1))
		m->scroll = (int)m->nsteps - (height - 1);
	if (m->scroll < 0)
		m->scroll = 0;
	(void)canvas_text(c, y, 1, 0, STYLE_HEAD, "TRY START         MS OUTCOME STEP");
	for (int i = 0; i < height - 1 && m->scroll + i < (int)m->nsteps; i++) {
		const struct step_row *s = &m->steps[m->scroll + i];
		int row = y + 1 + i, x;

		(void)canvas_printf(c, row, 1, 3, STYLE_NORMAL, "%3d", s->attempt);
		(void)canvas_text(c, row, 5, 8, STYLE_DIM, s->started);
		(void)canvas_printf(c, row, 14, 7, STYLE_NORMAL, "%7d", s->took_ms);
		(void)canvas_text(c, row, 22, 7, style_of_outcome(s->outcome), s->outcome);
		x = 30 + canvas_text(c, row, 30, 0, STYLE_NORMAL, s->title);
		if (s->detail[0] != '\0')
			(void)canvas_printf(c, row, x + 1, 0, s->code != 0 ? STYLE_BAD : STYLE_DIM, s->code != 0 ? "%s (%d)" : "%s", s->detail, s->code);
	}
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct model *m = model;

	if (m->err.code != ERR_NONE) /* what was shown stays, above it */
		(void)canvas_printf(c, area.y + --area.height, 1, 0, STYLE_BAD, "%s (%d)", m->err.text, (int)m->err.code);
	if (m->found) {
		int y = draw_facts(m, c, area.y) + 1;

		draw_steps(m, c, y, area.y + area.height - y);
	} else if (m->err.code == ERR_NONE) {
		(void)canvas_text(c, area.y, 1, 0, STYLE_DIM, m->answered ? "No device has this UUID." : "Loading ...");
	}
}

static void
command(void *model, enum cmd cmd)
{
	struct model *m = model;
	const char *uuids[] = { m->uuid };

	switch (cmd) {
	case CMD_UP:
	case CMD_DOWN:
		m->scroll += cmd == CMD_UP ? -1 : 1;
		return;
	case CMD_PAGE_UP:
	case CMD_PAGE_DOWN:
		m->scroll += cmd == CMD_PAGE_UP ? -8 : 8;
		return;
	case CMD_FIRST:
	case CMD_LAST:
		m->scroll = cmd == CMD_FIRST ? 0 : STEPS_MAX;
		return;
	case CMD_DEVICE_LOG:
		app_open(m->app, &log_screen, m->uuid);
		return;
	case CMD_EXPLAIN:
		app_explain(m->app, m->d.reason_code);
		return;
	default:
		actions_start(m->app, cmd, uuids, 1, &m->d, NULL);
	}
}

static void
status(const void *model, char *out, size_t size)
{
	(void)text_copy(out, size, ((const struct model *)model)->uuid);
}

static const struct key_cmd keys[] = {
	{ 'l', CMD_DEVICE_LOG, "Log", NEED_ROW },
	{ 'a', CMD_APPROVE, "Approve", NEED_ROW | NEED_OPERATOR },
	{ 'r', CMD_RETRY, "Retry", NEED_ROW | NEED_OPERATOR },
	{ 'h', CMD_HOLD, "Hold", NEED_ROW | NEED_OPERATOR },
	{ 'R', CMD_RELEASE, "Release", NEED_ROW | NEED_OPERATOR },
	{ 'A', CMD_ACCEPT, "Accept again", NEED_ROW | NEED_OPERATOR },
	{ 'e', CMD_EXPLAIN, "Explain", NEED_CODE },
	{ 0 },
};

const struct screen device_screen = { "device", "Device", keys, true, open_device, load, cares, have, draw, command, status,
	close_device };
