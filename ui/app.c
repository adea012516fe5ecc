/* SPDX-License-Identifier: Apache-2.0 */
/* app: the console without a terminal. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/setting.h"
#include "ui/app_state.h"

enum { RELOAD_MS = 250 };

const struct tab app_tabs[TABS] = {
	[0] = { &overview_screen, "Overview", NEED_OPERATOR },
	[1] = { &pending_screen, "Pending", NEED_OPERATOR },
	[2] = { &queue_screen, "Queue", NEED_OPERATOR },
	[3] = { &devices_screen, "Devices", NEED_OPERATOR },
	[4] = { &staged_screen, "Staged", NEED_OPERATOR },
	[5] = { &profiles_screen, "Profiles", NEED_OPERATOR },
	[6] = { &log_screen, "Log", 0 },
	[7] = { &audit_screen, "Audit", NEED_ADMINISTRATOR },
	[8] = { &users_screen, "Users", NEED_ENTERPRISE },
	[9] = { &settings_screen, "Settings", NEED_OPERATOR },
};

static const struct screen_more *const mores[] = { &pending_more, &devices_more, &device_more, &log_more, &outcome_more,
	&queue_more, &staged_more, &audit_more };

const struct screen_more *
app_more(const struct shown *s)
{
	for (size_t i = 0; s != NULL && i < ARRAY_LEN(mores); i++)
		if (mores[i]->screen == s->screen)
			return mores[i];
	return NULL;
}

bool
app_tab_offered(const struct app *a, size_t tab)
{
	return app_tabs[tab].screen != NULL && (app_tabs[tab].need & ~a->rights) == 0;
}

struct shown *
app_current(struct app *a)
{
	return a->depth == 0 ? NULL : &a->stack[a->depth - 1];
}

struct dbq *
app_db(struct app *a)
{
	return a->q;
}

unsigned int
app_rights(const struct app *a)
{
	return a->rights;
}

void
app_touch(struct app *a)
{
	a->dirty = true;
}

bool
app_dirty(struct app *a)
{
	bool was = a->dirty;

	a->dirty = false;
	return was;
}

bool
app_done(const struct app *a)
{
	return a->done;
}

bool
app_busy(const struct app *a)
{
	return dbq_busy(a->q) || a->reload_due || (!a->rights_known && !a->down) || a->depth == 0;
}

void
app_message(struct app *a, enum style style, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(a->message, sizeof(a->message), fmt, ap);
	va_end(ap);
	a->message_style = style;
	app_touch(a);
}

void
app_explain(struct app *a, int code)
{
	char page[32];

	(void)snprintf(page, sizeof(page), "errors/%d", code);
	if (err_info(code) == NULL)
		app_message(a, STYLE_WARN, "There is no code %d", code);
	else
		app_open(a, &text_screen, page);
}

static void
on_rights(void *arg, const struct rows *r, const struct err *e)
{
	struct app *a = arg;

	if (e != NULL)
		return; /* the state line tells */
	a->rights = (rows_bool(r, 0, ROLE_OPERATOR) ? NEED_OPERATOR : 0U) |
		    (rows_bool(r, 0, ROLE_ADMINISTRATOR) ? NEED_ADMINISTRATOR : 0U) |
		    (rows_bool(r, 0, ROLE_ENTERPRISE) ? NEED_ENTERPRISE : 0U);
	a->rights_known = true;
	app_touch(a);
	if (a->depth == 0)
		app_open(a, a->rights != 0 ? &overview_screen : &log_screen, "");
	else
		app_offer_again(a);
}

static void
on_notify(void *arg, const char *table)
{
	struct app *a = arg;
	struct shown *s = app_current(a);

	if (strcmp(table, "user") == 0) /* somebody was given a role, perhaps this login */
		role_send(a->q, on_rights, a, a);
	if (s != NULL && s->screen->cares(s->model, table))
		a->reload_due = true;
}

static void
on_state(void *arg, enum dbq_state state, const struct err *e)
{
	struct app *a = arg;

	app_touch(a);
	if (state == DBQ_UP) {
		a->down = false;
		role_send(a->q, on_rights, a, a);
		a->reload_due = a->depth > 0;
		if (a->was_up)
			app_message(a, STYLE_GOOD, "The database is back");
		a->was_up = true;
	} else if (e != NULL) {
		if (!a->down)
			a->down_since_ms = clock_ms();
		a->down = true;
		a->why_down = *e;
	}
}

int
app_new(const char *conninfo, struct app **out, struct err *e)
{
	struct app *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return err_set(e, ERR_MEMORY, "console");
	if (dbq_new(conninfo, NULL, "muster", on_notify, on_state, a, &a->q, e) < 0) {
		free(a);
		return -1;
	}
	a->dirty = true;
	a->cursor_y = a->click_y = -1;
	*out = a;
	return 0;
}

void
app_free(struct app *a)
{
	if (a == NULL)
		return;
	app_close_all(a);
	bulk_free(a->bulk);
	history_free(&a->history);
	dbq_free(a->q);
	form_free(a->form);
	free(a);
}

int
app_fd(const struct app *a)
{
	return dbq_fd(a->q);
}

short
app_events(const struct app *a)
{
	return dbq_events(a->q);
}

int
app_wait_ms(const struct app *a)
{
	int wait = dbq_wait_ms(a->q);

	if (a->reload_due && wait > RELOAD_MS)
		wait = RELOAD_MS;
	if (a->reload_at_ms != 0) {
		int64_t left = a->reload_at_ms - clock_ms();

		wait = left <= 0 ? 0 : left < wait ? (int)left : wait;
	}
	for (size_t i = 0; i < TIMERS_MAX; i++) {
		int64_t left = a->timers[i].at_ms - clock_ms();

		if (a->timers[i].fn != NULL && left < wait)
			wait = left < 0 ? 0 : (int)left;
	}
	return wait;
}

void
app_reload_in(struct app *a, int ms)
{
	a->reload_at_ms = clock_ms() + ms;
}

void
app_wake_cancel(struct app *a, const void *arg)
{
	for (size_t i = 0; i < TIMERS_MAX; i++)
		if (a->timers[i].arg == arg)
			a->timers[i] = (struct timer){ 0 };
}

void
app_wake_at(struct app *a, int64_t at_ms, void (*fn)(void *arg), void *arg)
{
	app_wake_cancel(a, arg);
	for (size_t i = 0; i < TIMERS_MAX; i++)
		if (a->timers[i].fn == NULL) {
			a->timers[i] = (struct timer){ at_ms, fn, arg };
			return;
		}
}

static void
call_timers(struct app *a)
{
	for (size_t i = 0; i < TIMERS_MAX; i++) {
		struct timer t = a->timers[i];

		if (t.fn == NULL || clock_ms() < t.at_ms)
			continue;
		a->timers[i] = (struct timer){ 0 };
		t.fn(t.arg);
	}
}

void
app_work(struct app *a)
{
	struct shown *s = app_current(a);

	bool told = dbq_work(a->q);
	if (a->reload_at_ms != 0 && clock_ms() >= a->reload_at_ms) {
		a->reload_at_ms = 0;
		a->reload_due = true;
	}
	call_timers(a);
	/* Changes come in bursts: one load for all of a quarter of a second. */
	if (a->reload_due && s != NULL && !a->down && clock_ms() - a->reloaded_ms >= RELOAD_MS) {
		a->reload_due = false;
		a->reload_at_ms = 0;
		a->reloaded_ms = clock_ms();
		s->screen->load(s->model);
	}
	told |= dbq_work(a->q);
	if (told || a->down || dbq_silent_ms(a->q) > SILENT_MS) /* the time since is shown */
		app_touch(a);
}

/* Questions and dialogs */

void
app_ask(struct app *a, const char *label, const char *standard, void (*done)(void *model, const char *text))
{
	(void)text_copy(a->line_label, sizeof(a->line_label), label);
	input_set(&a->line, standard);
	a->line_done = done;
	a->asking = true;
	app_touch(a);
}

unsigned int
app_place(const struct app *a)
{
	return a->place;
}

bool
app_is_at(const struct app *a, unsigned int place)
{
	return a->place == place && !a->form_shown && !a->asking;
}

struct form *
app_form_new(struct app *a, const char *title)
{
	form_free(a->form);
	a->form = calloc(1, sizeof(*a->form));
	a->form_shown = false;
	a->leave = CMD_NONE;
	if (a->form != NULL)
		(void)text_copy(a->form->title, sizeof(a->form->title), title);
	return a->form;
}

void
app_form(struct app *a, void (*done)(void *model, const struct form *f))
{
	a->form_done = done;
	a->form_shown = a->form != NULL;
	app_touch(a);
}

/* Filters with a name */

void
app_filter_now(struct app *a, struct saved_filter *out)
{
	const struct shown *s = app_current(a);
	const struct screen_more *more = app_more(s);

	*out = (struct saved_filter){ 0 };
	if (more != NULL && more->filter_get != NULL)
		more->filter_get(s->model, out);
}

void
app_filter_chosen(struct app *a, const struct saved_filter *f)
{
	app_back(a);
	struct shown *s = app_current(a);
	const struct screen_more *more = app_more(s);
	if (more != NULL && more->filter_set != NULL)
		more->filter_set(s->model, f);
}

/* How it is shown and used */

bool
app_plain(const struct app *a)
{
	return a->plain;
}

void
app_set_plain(struct app *a, bool plain)
{
	a->plain = plain;
	app_touch(a);
}

void
app_history(struct app *a, const char *path)
{
	history_open(&a->history, path);
}

void
app_patience(struct app *a, int ms)
{
	dbq_patience(a->q, ms);
}
