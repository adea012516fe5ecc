/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device_reveal: a password on the screen of an Administrator, for half a minute. It is in this program's
 * memory in one place, which is wiped; it is drawn character by character, so that no copy of it is left on
 * the way; and the cells it was drawn in are drawn over.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/reveal.h"
#include "ui/device_model.h"

enum { SHOW_MS = 30000, TICK_MS = 1000, BOX_WIDTH = 66, BOX_HEIGHT = 6 };

static void tick(void *arg);

static void
taken_away(void *arg)
{
	reveal_end(arg);
}

void
reveal_end(struct device_model *m)
{
	app_wake_cancel(m->app, m);
	app_cover(m->app, NULL, NULL);
	seal_private_wipe(&m->reveal.key);
	secret_wipe(&m->reveal.secret);
	m->reveal.state = REVEAL_NONE;
	app_touch(m->app);
}

static void
failed(struct device_model *m, const struct err *e)
{
	reveal_end(m);
	app_message(m->app, STYLE_BAD, "%s (%d)", e->text, (int)e->code);
}

static void
on_answer(void *arg, const struct rows *r, const struct err *why)
{
	struct device_model *m = arg;
	struct reveal_view *v = &m->reveal;
	struct reveal_answer a = { 0 };
	struct err e;

	if (v->state != REVEAL_WAITS)
		return;
	if (why != NULL) {
		failed(m, why);
		return;
	}
	if (reveal_from_row(r, &a, &e) < 0) {
		failed(m, &e);
		return;
	}
	if (strcmp(a.state, "waiting") == 0)
		return; /* looked for again when something changes */
	int rc = reveal_open(&v->key, v->id, &a, &v->secret, &e);
	sealed_free(&a.sealed);
	seal_private_wipe(&v->key);
	if (rc < 0) {
		failed(m, &e);
	} else if (app_place(m->app) != v->place) {
		reveal_end(m); /* whoever asked looks at something else */
	} else {
		v->state = REVEAL_SHOWN;
		app_cover(m->app, taken_away, m);
		v->until_ms = clock_ms() + SHOW_MS;
		app_wake_at(m->app, clock_ms() + TICK_MS, tick, m);
		app_message(m->app, STYLE_NORMAL, "%s", "");
	}
	app_touch(m->app);
}

void
reveal_changed(struct device_model *m)
{
	if (m->reveal.state == REVEAL_WAITS)
		reveal_read_send(app_db(m->app), m->reveal.id, on_answer, m, m);
}

/* Each second: the answer may be late, the time may be up, and the operator may have gone elsewhere. */
static void
tick(void *arg)
{
	struct device_model *m = arg;
	struct reveal_view *v = &m->reveal;
	struct err e;

	if (v->state == REVEAL_NONE)
		return;
	if (clock_ms() >= v->until_ms && v->state != REVEAL_SHOWN) {
		(void)err_set(&e, ERR_NO_ANSWER, "no engine answered within %d s: is one running?", REVEAL_WAIT_MS / 1000);
		failed(m, &e);
		return;
	}
	if (app_place(m->app) != v->place || clock_ms() >= v->until_ms) {
		reveal_end(m);
		return;
	}
	reveal_changed(m);
	app_wake_at(m->app, clock_ms() + TICK_MS, tick, m);
	app_touch(m->app);
}

static void
on_asked(void *arg, const struct rows *r, const struct err *e)
{
	struct device_model *m = arg;

	if (m->reveal.state != REVEAL_ASKED)
		return;
	if (e != NULL) {
		failed(m, e);
		return;
	}
	m->reveal.id = rows_int(r, 0, 0);
	m->reveal.state = REVEAL_WAITS;
	m->reveal.until_ms = clock_ms() + REVEAL_WAIT_MS;
	app_wake_at(m->app, clock_ms() + TICK_MS, tick, m);
	app_message(m->app, STYLE_NORMAL, "Waiting for an engine to open it ...");
	reveal_changed(m);
}

static void
on_reason(void *model, const struct form *f)
{
	struct device_model *m = model;
	struct seal_public pub;
	struct err e;

	reveal_end(m); /* of a question before */
	if (seal_keypair(&m->reveal.key, &pub, &e) < 0) {
		failed(m, &e);
		return;
	}
	m->reveal.state = REVEAL_ASKED;
	m->reveal.place = app_place(m->app);
	reveal_ask_send(app_db(m->app), m->reveal.credential, form_value(f, 0), &pub, on_asked, m, m);
}

void
reveal_start(struct device_model *m)
{
	const struct cred_row *r = &m->creds[m->cursor];
	struct form *f = app_form_new(m->app, "Show a password");

	if (f == NULL)
		return;
	reveal_end(m);
	m->reveal.credential = r->id;
	(void)text_copy(m->reveal.kind, sizeof(m->reveal.kind), r->kind);
	(void)text_copy(m->reveal.of, sizeof(m->reveal.of), r->state);
	form_line(f, "The %s %s password of", r->state, strcmp(r->kind, "mebx") == 0 ? "MEBx" : r->kind);
	form_line(f, "%s", m->d.fqdn[0] != '\0' ? m->d.fqdn : m->uuid);
	form_line(f, "An engine opens it; it is shown for %d seconds.", SHOW_MS / 1000);
	form_line(f, "You, the time and the reason go into the audit log.");
	(void)form_add(f, "Reason", "needed: 5 characters or more, for example a ticket", "");
	app_form(m->app, on_reason);
}

/* One character at a time: canvas_text keeps what it is given on the stack. */
static void
draw_secret(const struct secret *s, struct canvas *c, int y, int x, int width)
{
	for (size_t i = 0; i < s->len && (int)i < width; i++) {
		const char one[2] = { s->s[i], '\0' };

		(void)canvas_text(c, y, x + (int)i, 1, STYLE_MARKED, one);
	}
}

void
reveal_draw(const struct device_model *m, struct canvas *c, struct area area)
{
	const struct reveal_view *v = &m->reveal;
	int width = c->width - 2 < BOX_WIDTH ? c->width - 2 : BOX_WIDTH;
	int x = (c->width - width) / 2, y = area.y + (area.height - BOX_HEIGHT) / 2;
	int left = (int)((v->until_ms - clock_ms() + 999) / 1000);

	if (v->state != REVEAL_SHOWN)
		return;
	y = y < area.y ? area.y : y;
	canvas_box(c, y, x, BOX_HEIGHT, width, "Password");
	(void)canvas_printf(c, y + 1, x + 2, width - 4, STYLE_NORMAL, "%s, %s, of %s", strcmp(v->kind, "mebx") == 0 ? "MEBx" : v->kind, v->of,
	    m->d.fqdn[0] != '\0' ? m->d.fqdn : m->uuid);
	draw_secret(&v->secret, c, y + 2, x + 2, width - 4);
	(void)canvas_printf(c, y + 3, x + 2, width - 4, STYLE_NORMAL, "Wiped in %d s; Esc wipes it now.", left < 0 ? 0 : left);
	(void)canvas_text(c, y + 4, x + 2, width - 4, STYLE_WARN, "That you saw it is in the audit log.");
}
