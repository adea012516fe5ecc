/* SPDX-License-Identifier: Apache-2.0 */
/* device_parts: the lower half of the Device screen: timeline, facts, certificates, passwords, log. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/device_model.h"
#include "ui/style.h"

enum { NARROW = 64, USUAL = 9 /* columns of what is usual */, BAR_WIDTH = 8, SLOW_TIMES = 3, SLOW_MS = 1000, FACT = 16 };

bool
step_is_slow(int took_ms, int usual_ms)
{
	return usual_ms >= 0 && took_ms > SLOW_TIMES * usual_ms && took_ms - usual_ms > SLOW_MS;
}

static size_t
timeline_rows(const struct device_model *m)
{
	return m->nsteps;
}

static int
longest(const struct device_model *m)
{
	int most = 1;

	for (size_t i = 0; i < m->nsteps; i++)
		most = m->steps[i].took_ms > most ? m->steps[i].took_ms : most;
	return most;
}

/* Narrow: TRY MS OUTCOME STEP; else with start, what is usual, and the duration as a bar. */
static void
timeline_head(const struct device_model *m, struct canvas *c, int y)
{
	if (c->width < NARROW) {
		(void)canvas_text(c, y, 1, 0, STYLE_HEAD, "TRY      MS OUTCOME STEP");
		return;
	}
	int x = 22;

	(void)canvas_text(c, y, 1, 0, STYLE_HEAD, "TRY START         MS");
	if (m->compared_with[0] != '\0') {
		(void)canvas_printf(c, y, x, 8, STYLE_HEAD, "%8s", strcmp(m->compared_with, "median") == 0 ? "MEDIAN" : "LAST RUN");
		x += USUAL;
	}
	(void)canvas_text(c, y, x + BAR_WIDTH + 1, 0, STYLE_HEAD, "OUTCOME STEP");
}

static void
timeline_row(const struct device_model *m, struct canvas *c, int y, size_t i)
{
	const struct step_row *s = &m->steps[i];
	bool narrow = c->width < NARROW, slow = step_is_slow(s->took_ms, s->usual_ms);
	int x = narrow ? 5 : 14;

	(void)canvas_printf(c, y, 1, 3, STYLE_NORMAL, "%3d", s->attempt);
	if (!narrow)
		(void)canvas_text(c, y, 5, 8, STYLE_DIM, s->started);
	(void)canvas_printf(c, y, x, 7, slow ? STYLE_WARN : STYLE_NORMAL, "%7d", s->took_ms);
	x += 7;
	if (slow)
		(void)canvas_text(c, y, x, 1, STYLE_WARN, "!");
	x++;
	if (!narrow && m->compared_with[0] != '\0') {
		if (s->usual_ms >= 0)
			(void)canvas_printf(c, y, x, USUAL - 1, STYLE_DIM, "%8d", s->usual_ms);
		x += USUAL;
	}
	if (!narrow) {
		canvas_bar(c, y, x, BAR_WIDTH, (double)s->took_ms / longest(m), slow ? STYLE_WARN : style_of_outcome(s->outcome));
		x += BAR_WIDTH + 1;
	}
	(void)canvas_text(c, y, x, 7, style_of_outcome(s->outcome), s->outcome);
	x += 8;
	x += canvas_text(c, y, x, 0, STYLE_NORMAL, s->title);
	if (s->detail[0] != '\0')
		(void)canvas_printf(c, y, x + 1, 0, s->code != 0 ? STYLE_BAD : STYLE_DIM, s->code != 0 ? "%s (%d)" : "%s", s->detail, s->code);
}

/* All that the row of the device has and the upper half has no room for. */
static size_t
fact(const struct device_model *m, size_t i, const char **name, char *out, size_t size)
{
	const struct device *d = &m->d;
	static const char *const modes[] = { "", "client", "admin" };
	char first[2 * DB_TIME + 48], revision[120] = "", mode[24];

	(void)snprintf(first, sizeof(first), "%" PRId64 ", first %s, last %s", d->hello_count, d->hello_first_at, d->hello_last_at);
	if (d->revision > 0)
		(void)snprintf(revision, sizeof(revision), "%d of %d", d->revision, d->profile_revision);
	(void)snprintf(mode, sizeof(mode), "%s", d->control_mode > 0 && d->control_mode < (int)ARRAY_LEN(modes) ? modes[d->control_mode] : "");
	const char *const all[][2] = { { "UUID", d->uuid }, { "State", d->state }, { "Since", d->state_at }, { "Reason", d->reason },
		{ "FQDN", d->fqdn }, { "OU", d->ou }, { "Mapped by", d->mapped_by }, { "Profile", d->profile }, { "Revision", revision },
		{ "Address", d->address }, { "Hellos", first }, { "PID", d->hello_pid }, { "AMT", d->amt_version }, { "Build", d->amt_build },
		{ "Control mode", mode }, { "TLS", d->configured_at[0] == '\0' ? "" : d->tls ? "yes" : "no" }, { "Model", d->model },
		{ "Serial number", d->serial }, { "MAC", d->mac }, { "Configured", d->configured_at }, { "Verified", d->verified_at },
		{ "Job", d->job_state }, { "Next attempt", d->job_run_at } };
	size_t n = 0;

	for (size_t k = 0; k < ARRAY_LEN(all); k++) {
		if (all[k][1][0] == '\0')
			continue;
		if (n++ == i) {
			*name = all[k][0];
			(void)text_copy(out, size, all[k][1]);
		}
	}
	return n;
}

static size_t
facts_rows(const struct device_model *m)
{
	const char *name;
	char value[DB_TEXT];

	return fact(m, SIZE_MAX, &name, value, sizeof(value));
}

static void
facts_head(const struct device_model *m, struct canvas *c, int y)
{
	(void)m;
	(void)canvas_text(c, y, 1, 0, STYLE_HEAD, "WHAT            VALUE");
}

static void
facts_row(const struct device_model *m, struct canvas *c, int y, size_t i)
{
	const char *name = "";
	char value[DB_TEXT] = "";

	(void)fact(m, i, &name, value, sizeof(value));
	(void)canvas_text(c, y, 1, FACT - 1, STYLE_HEAD, name);
	(void)canvas_text(c, y, 1 + FACT, 0, STYLE_NORMAL, value);
}

static size_t
certs_rows(const struct device_model *m)
{
	return m->ncerts;
}

static void
certs_head(const struct device_model *m, struct canvas *c, int y)
{
	(void)m;
	(void)canvas_text(c, y, 1, 0, STYLE_HEAD, c->width < NARROW ? "VALID UNTIL SUBJECT" : "VALID UNTIL USE     ISSUED           SUBJECT, SERIAL NUMBER");
}

static void
certs_row(const struct device_model *m, struct canvas *c, int y, size_t i)
{
	const struct cert_row *r = &m->certs[i];
	int x = 13;

	(void)canvas_text(c, y, 1, 11, r->expired ? STYLE_BAD : STYLE_NORMAL, r->until);
	if (c->width >= NARROW) {
		(void)canvas_text(c, y, 13, 7, r->in_use ? STYLE_GOOD : STYLE_DIM, r->in_use ? "in use" : r->expired ? "expired" : "-");
		(void)canvas_text(c, y, 21, 16, STYLE_DIM, r->issued);
		x = 38;
	}
	x += canvas_text(c, y, x, 0, STYLE_NORMAL, r->subject) + 1;
	(void)canvas_text(c, y, x, 0, STYLE_DIM, r->serial);
}

static size_t
creds_rows(const struct device_model *m)
{
	return m->ncreds;
}

static void
creds_head(const struct device_model *m, struct canvas *c, int y)
{
	(void)m;
	(void)canvas_text(c, y, 1, 0, STYLE_HEAD, "KIND   STATE    SINCE            NOTE");
}

static void
creds_row(const struct device_model *m, struct canvas *c, int y, size_t i)
{
	const struct cred_row *r = &m->creds[i];
	enum style style = strcmp(r->state, "current") == 0 ? STYLE_GOOD : strcmp(r->state, "pending") == 0 ? STYLE_WARN : STYLE_DIM;

	(void)canvas_text(c, y, 1, 6, STYLE_NORMAL, strcmp(r->kind, "mebx") == 0 ? "MEBx" : r->kind);
	(void)canvas_text(c, y, 8, 8, style, r->state);
	(void)canvas_text(c, y, 17, 16, STYLE_NORMAL, r->since);
	(void)canvas_text(c, y, 34, 0, STYLE_DIM, r->note);
	if ((int)i == m->cursor)
		canvas_restyle(c, y, 0, 0, STYLE_CURSOR);
}

static size_t
log_rows(const struct device_model *m)
{
	return m->nlines;
}

static void
log_head(const struct device_model *m, struct canvas *c, int y)
{
	(void)m;
	(void)canvas_text(c, y, 1, 0, STYLE_HEAD, "TIME           DESCRIPTION, newest first; l shows all");
}

static void
log_row(const struct device_model *m, struct canvas *c, int y, size_t i)
{
	const struct event *v = &m->lines[i];

	(void)canvas_printf(c, y, 1, 14, STYLE_DIM, "%.14s", strlen(v->at) > 19 ? v->at + 5 : v->at);
	(void)canvas_printf(c, y, 16, 0, style_of_level(v->level), v->code != 0 ? "%s (%d)" : "%s", v->text, v->code);
}

static const struct {
	const char *name, *brief, *empty;
	size_t (*rows)(const struct device_model *m);
	void (*head)(const struct device_model *m, struct canvas *c, int y);
	void (*row)(const struct device_model *m, struct canvas *c, int y, size_t i);
} parts[PART_COUNT] = {
	[PART_TIMELINE] = { "Timeline", "Time", "No attempt was made yet.", timeline_rows, timeline_head, timeline_row },
	[PART_FACTS] = { "Facts", "Facts", "", facts_rows, facts_head, facts_row },
	[PART_CERTIFICATES] = { "Certificates", "Certs", "No certificate was issued to it.", certs_rows, certs_head, certs_row },
	[PART_PASSWORDS] = { "Passwords", "Passw", "No password of it is known.", creds_rows, creds_head, creds_row },
	[PART_LOG] = { "Log", "Log", "Nothing was logged.", log_rows, log_head, log_row },
};

size_t
device_part_rows(const struct device_model *m)
{
	return parts[m->part].rows(m);
}

static void
draw_names(const struct device_model *m, struct canvas *c, int y)
{
	int x = 0;

	canvas_fill(c, y, 0, 0, STYLE_BAR);
	for (int i = 0; i < PART_COUNT; i++)
		x += canvas_printf(c, y, x, 0, i == (int)m->part ? STYLE_BAR_ON : STYLE_BAR, i == (int)m->part ? "[%s]" : " %s ",
		    c->width < NARROW ? parts[i].brief : parts[i].name);
}

/* Keeps what is shown within the list, and the cursor within what is shown. */
static void
clamp(struct device_model *m, int rows)
{
	int *top = &m->top[m->part];

	if (m->part == PART_PASSWORDS) {
		m->cursor = m->cursor >= rows ? rows - 1 : m->cursor;
		m->cursor = m->cursor < 0 ? 0 : m->cursor;
		*top = m->cursor < *top ? m->cursor : m->cursor >= *top + m->height ? m->cursor - m->height + 1 : *top;
	}
	*top = *top > rows - m->height ? rows - m->height : *top;
	*top = *top < 0 ? 0 : *top;
}

void
device_draw_parts(struct device_model *m, struct canvas *c, struct area area)
{
	int rows = (int)device_part_rows(m), y = area.y;

	if (area.height < 2)
		return;
	draw_names(m, c, y++);
	m->height = area.height - 2;
	clamp(m, rows);
	if (rows == 0) {
		(void)canvas_text(c, y, 1, 0, STYLE_DIM, parts[m->part].empty);
		return;
	}
	parts[m->part].head(m, c, y++);
	for (int i = 0; i < m->height && m->top[m->part] + i < rows; i++)
		parts[m->part].row(m, c, y + i, (size_t)(m->top[m->part] + i));
}
