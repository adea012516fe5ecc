/* SPDX-License-Identifier: Apache-2.0 */
/* device: everything about one device: facts, states, the steps of its last job, actions. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/detail.h"
#include "db/job.h"
#include "db/trace_level.h"
#include "ui/device_model.h"
#include "ui/style.h"
#include "ui/trace.h"

enum { FACTS_WIDTH = 14, PLAIN_ROWS = 20, TALL = 16 /* lines that the upper half is shown whole from */, LOG_LINES = 50 };

/* Cleaned, for all of it comes from devices or people. */
#define TEXT(member, col) text_clean(member, sizeof(member), rows_text(r, i, col), strlen(rows_text(r, i, col)))

/* Each step beside what it usually takes, whichever of the two came first. */
static void
compare(struct device_model *m)
{
	for (size_t i = 0; i < m->nsteps; i++) {
		m->steps[i].usual_ms = -1;
		for (size_t k = 0; k < m->nusual; k++)
			if (strcmp(m->usual[k].step, m->steps[i].step) == 0 && strcmp(m->steps[i].outcome, "skipped") != 0)
				m->steps[i].usual_ms = m->usual[k].ms;
	}
}

static void
on_steps(void *arg, const struct rows *r, const struct err *e)
{
	struct device_model *m = arg;

	app_touch(m->app);
	if (e != NULL)
		return;
	m->nsteps = 0;
	for (size_t i = 0; i < rows_count(r) && m->nsteps < STEPS_MAX; i++) {
		struct step_row *s = &m->steps[m->nsteps++];

		s->attempt = (int)rows_int(r, i, STEP_ATTEMPT);
		s->code = (int)rows_int(r, i, STEP_CODE);
		s->took_ms = (int)rows_int(r, i, STEP_TOOK_MS);
		TEXT(s->step, STEP_ID);
		TEXT(s->title, STEP_TITLE);
		TEXT(s->outcome, STEP_OUTCOME);
		TEXT(s->detail, STEP_DETAIL);
		TEXT(s->started, STEP_STARTED);
	}
	compare(m);
}

static void
on_compare(void *arg, const struct rows *r, const struct err *e)
{
	struct device_model *m = arg;

	app_touch(m->app);
	if (e != NULL)
		return;
	m->nusual = 0;
	m->compared_with[0] = '\0';
	for (size_t i = 0; i < rows_count(r) && m->nusual < COMPARE_MAX; i++) {
		TEXT(m->usual[m->nusual].step, COMPARE_STEP);
		TEXT(m->compared_with, COMPARE_FROM);
		m->usual[m->nusual++].ms = (int)rows_int(r, i, COMPARE_MS);
	}
	compare(m);
}

static void
on_certificates(void *arg, const struct rows *r, const struct err *e)
{
	struct device_model *m = arg;

	app_touch(m->app);
	if (e != NULL)
		return;
	m->ncerts = 0;
	for (size_t i = 0; i < rows_count(r) && m->ncerts < CERTS_MAX; i++) {
		struct cert_row *c = &m->certs[m->ncerts++];

		TEXT(c->serial, DCERT_SERIAL);
		TEXT(c->subject, DCERT_SUBJECT);
		TEXT(c->until, DCERT_UNTIL);
		TEXT(c->issued, DCERT_ISSUED);
		c->in_use = rows_bool(r, i, DCERT_IN_USE);
		c->expired = rows_bool(r, i, DCERT_EXPIRED);
	}
}

static void
on_credentials(void *arg, const struct rows *r, const struct err *e)
{
	struct device_model *m = arg;
	int64_t at = m->ncreds > 0 ? m->creds[m->cursor].id : 0; /* the cursor stays on its row */

	app_touch(m->app);
	if (e != NULL)
		return;
	m->ncreds = 0;
	m->cursor = 0;
	for (size_t i = 0; i < rows_count(r) && m->ncreds < CREDS_MAX; i++) {
		struct cred_row *c = &m->creds[m->ncreds];

		c->id = rows_int(r, i, DCRED_ID);
		TEXT(c->kind, DCRED_KIND);
		TEXT(c->state, DCRED_STATE);
		TEXT(c->since, DCRED_SINCE);
		TEXT(c->note, DCRED_NOTE);
		if (c->id == at)
			m->cursor = (int)m->ncreds;
		m->ncreds++;
	}
}

static void
on_lines(void *arg, const struct rows *r, const struct err *e)
{
	struct device_model *m = arg;

	app_touch(m->app);
	if (e != NULL)
		return;
	m->nlines = 0;
	for (size_t i = 0; i < rows_count(r) && m->nlines < LINES_MAX; i++)
		event_from_row(r, i, &m->lines[m->nlines++]);
}

static void
on_trace(void *arg, const struct rows *r, const struct err *e)
{
	struct device_model *m = arg;

	app_touch(m->app);
	if (e == NULL)
		trace_place(r, m->uuid, m->trace, sizeof(m->trace));
}

static void
on_device(void *arg, const struct rows *r, const struct err *e)
{
	struct device_model *m = arg;

	app_touch(m->app);
	m->answered = true;
	m->err = e == NULL ? (struct err){ 0 } : *e;
	if (e != NULL)
		return;
	m->found = rows_count(r) == 1;
	if (!m->found)
		return;
	device_from_row(r, 0, &m->d);
	if (m->d.job_id != 0) {
		step_list_send(app_db(m->app), m->d.job_id, on_steps, m, m);
		step_compare_send(app_db(m->app), m->d.job_id, on_compare, m, m);
	}
}

static void
load(void *model)
{
	struct device_model *m = model;
	struct dbq *q = app_db(m->app);
	struct event_filter f = { .level = EVENT_VERBOSE };

	(void)text_copy(f.uuid, sizeof(f.uuid), m->uuid);
	device_by_uuid_send(q, m->uuid, on_device, m, m);
	device_certificates_send(q, m->uuid, on_certificates, m, m);
	device_credentials_send(q, m->uuid, on_credentials, m, m);
	event_page_send(q, &f, 0, 0, false, LOG_LINES, on_lines, m, m);
	trace_list_send(q, on_trace, m, m);
	reveal_changed(m);
}

static void *
open_device(struct app *a, const char *arg, struct err *e)
{
	struct device_model *m = calloc(1, sizeof(*m));
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
	struct device_model *m = model;

	reveal_end(m);
	dbq_cancel(app_db(m->app), m);
	free(m);
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "reveal") == 0 || strcmp(table, "event_log") == 0 || strcmp(table, "device") == 0 || strcmp(table, "job") == 0 || strcmp(table, "step_result") == 0 || strcmp(table, "setting") == 0;
}

static unsigned int
have(const void *model)
{
	const struct device_model *m = model;

	if (!m->found)
		return 0;
	return NEED_ROW | NEED_UUID | (m->d.reason_code != 0 ? NEED_CODE : 0U) | (m->ncreds > 0 ? NEED_PASSWORD : 0U);
}

static void
line(struct canvas *c, int *y, int x, int width, const char *name, enum style style, const char *value)
{
	if (value[0] == '\0')
		return;
	(void)canvas_text(c, *y, x, FACTS_WIDTH - 1, STYLE_HEAD, name);
	if (c->plain) {
		*y += canvas_wrap(c, *y, x + FACTS_WIDTH, x + FACTS_WIDTH, PLAIN_ROWS, style, value);
		return;
	}
	(void)canvas_text(c, (*y)++, x + FACTS_WIDTH, width - FACTS_WIDTH, style, value);
}

/* Two columns of facts; returns the row below them. */
static int
draw_facts(const struct device_model *m, struct canvas *c, int y)
{
	const struct device *d = &m->d;
	int half = c->plain ? 1 : c->width / 2, left = y, second = y;
	int *right = c->plain ? &left : &second; /* for copying: one column */
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
	line(c, right, half, c->width - half, "Address", STYLE_NORMAL, d->address);
	line(c, right, half, c->width - half, "Hellos", STYLE_NORMAL, hello);
	line(c, right, half, c->width - half, "Kind", STYLE_NORMAL, kind);
	line(c, right, half, c->width - half, "AMT", STYLE_NORMAL, d->amt_version);
	line(c, right, half, c->width - half, "Model", STYLE_NORMAL, d->model);
	line(c, right, half, c->width - half, "Configured", STYLE_NORMAL, d->configured_at);
	int below = left > second ? left : second;
	line(c, &below, 1, c->width - 2, "Reason", d->reason_code != 0 ? STYLE_WARN : STYLE_NORMAL, reason);
	line(c, &below, 1, c->width - 2, "Next attempt", STYLE_NORMAL, d->job_run_at);
	line(c, &below, 1, c->width - 2, "Debug trace", STYLE_WARN, m->trace);
	return below;
}

/* Where there are few lines: the two that matter. */
static int
draw_brief(const struct device_model *m, struct canvas *c, int y)
{
	const struct device *d = &m->d;
	int x = 1 + canvas_text(c, y, 1, 0, style_of_state(d->state), d->state) + 1;

	(void)canvas_text(c, y++, x, 0, STYLE_NORMAL, d->fqdn[0] != '\0' ? d->fqdn : d->address);
	if (d->reason[0] != '\0')
		(void)canvas_printf(c, y++, 1, 0, d->reason_code != 0 ? STYLE_WARN : STYLE_NORMAL, d->reason_code != 0 ? "%s (%d)" : "%s", d->reason,
		    d->reason_code);
	return y;
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct device_model *m = model;

	if (m->err.code != ERR_NONE) /* what was shown stays, above it */
		(void)canvas_printf(c, area.y + --area.height, 1, 0, STYLE_BAD, "%s (%d)", m->err.text, (int)m->err.code);
	if (m->found) {
		int y = area.height >= TALL ? draw_facts(m, c, area.y) : draw_brief(m, c, area.y);

		device_draw_parts(m, c, (struct area){ y, area.y + area.height - y });
		reveal_draw(m, c, area);
	} else if (m->err.code == ERR_NONE) {
		(void)canvas_text(c, area.y, 1, 0, STYLE_DIM, m->answered ? "No device has this UUID." : "Loading ...");
	}
}

static bool
offers(const void *model, enum cmd cmd, char *why, size_t size)
{
	const struct device_model *m = model;

	return !m->found || actions_offered(&m->d, cmd, why, size);
}

static void
scroll(struct device_model *m, int rows)
{
	int *at = m->part == PART_PASSWORDS ? &m->cursor : &m->top[m->part];
	int most = (int)device_part_rows(m);

	*at += rows; /* both are brought into range when they are drawn, and here, for who asks before */
	*at = *at >= most ? most - 1 : *at;
	*at = *at < 0 ? 0 : *at;
}

static void
command(void *model, enum cmd cmd)
{
	static const struct {
		enum cmd cmd;
		int pages, rows;
	} moves[] = { { CMD_UP, 0, -1 }, { CMD_DOWN, 0, 1 }, { CMD_PAGE_UP, -1, 0 }, { CMD_PAGE_DOWN, 1, 0 }, { CMD_FIRST, 0, -10000 },
		{ CMD_LAST, 0, 10000 } };
	struct device_model *m = model;
	const char *uuids[] = { m->uuid };

	for (size_t i = 0; i < ARRAY_LEN(moves); i++)
		if (moves[i].cmd == cmd) {
			scroll(m, moves[i].pages * m->height + moves[i].rows);
			return;
		}
	switch (cmd) {
	case CMD_NEXT_PART:
	case CMD_PREV_PART:
		m->part = (enum part)(((int)m->part + (cmd == CMD_NEXT_PART ? 1 : PART_COUNT - 1)) % PART_COUNT);
		return;
	case CMD_REVEAL:
		if (m->part == PART_PASSWORDS)
			reveal_start(m);
		else
			app_message(m->app, STYLE_NORMAL, "Choose one, then p shows it");
		m->part = PART_PASSWORDS;
		return;
	case CMD_TRACE:
		trace_start(m->app, m->uuid, m->d.fqdn[0] != '\0' ? m->d.fqdn : m->uuid);
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
	(void)text_copy(out, size, ((const struct device_model *)model)->uuid);
}

static const struct key_cmd keys[] = {
	{ UK_TAB, CMD_NEXT_PART, "Next part", NEED_ROW },
	{ UK_BACKTAB, CMD_PREV_PART, "", NEED_ROW },
	{ UK_RIGHT, CMD_NEXT_PART, "", NEED_ROW },
	{ UK_LEFT, CMD_PREV_PART, "", NEED_ROW },
	{ 'p', CMD_REVEAL, "Password", NEED_PASSWORD | NEED_ADMINISTRATOR },
	{ 'l', CMD_DEVICE_LOG, "Log", NEED_ROW },
	{ 'a', CMD_APPROVE, "Approve", NEED_ROW | NEED_OPERATOR },
	{ 'r', CMD_RETRY, "Retry", NEED_ROW | NEED_OPERATOR },
	{ 'h', CMD_HOLD, "Hold", NEED_ROW | NEED_OPERATOR },
	{ 'R', CMD_RELEASE, "Release", NEED_ROW | NEED_OPERATOR },
	{ 'x', CMD_CANCEL, "Cancel job", NEED_ROW | NEED_OPERATOR },
	{ 'A', CMD_ACCEPT, "Accept again", NEED_ROW | NEED_OPERATOR },
	{ 't', CMD_TRACE, "Trace", NEED_ROW | NEED_ADMINISTRATOR },
	{ 'c', CMD_REPROVISION, "Reprovision", NEED_ROW | NEED_OPERATOR },
	{ 'u', CMD_UNPROVISION, "Unprovision", NEED_ROW | NEED_OPERATOR },
	{ 'T', CMD_TAKE_OVER, "Take over", NEED_ROW | NEED_ADMINISTRATOR },
	{ 'e', CMD_EXPLAIN, "Explain", NEED_CODE },
	{ 0 },
};

const struct screen device_screen = { "device", "Device", keys, true, open_device, load, cares, have, draw, command, status,
	close_device };
const struct screen_more device_more = { &device_screen, offers, NULL, NULL };
