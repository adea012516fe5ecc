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

enum { ARG_MAX_ = 64, RELOAD_MS = 250 };

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
app_cover(struct app *a, void (*taken)(void *arg), void *arg)
{
	a->cover_taken = taken;
	a->cover_arg = arg;
}

/* False: nothing lay over the screen. */
static bool
uncover(struct app *a)
{
	void (*taken)(void *arg) = a->cover_taken;

	a->cover_taken = NULL;
	if (taken != NULL)
		taken(a->cover_arg);
	return taken != NULL;
}

static void
pop(struct app *a)
{
	struct shown *s = app_current(a);

	if (s == NULL)
		return;
	(void)uncover(a);
	s->screen->close(s->model);
	a->depth--;
	a->place++;
	a->reload_at_ms = 0;
	app_touch(a);
}

void
app_hooks(struct app *a, const struct hooks *h)
{
	a->hooks_next = h;
}

/* The screen below is shown again: what it shows may have changed since. */
static void
back(struct app *a)
{
	pop(a);
	a->reload_due = true;
}

static const char *
unsaved_at(const struct app *a, size_t i)
{
	const struct shown *s = &a->stack[i];

	return s->hooks == NULL || s->hooks->unsaved == NULL ? NULL : s->hooks->unsaved(s->model);
}

/* Asks before something is lost. Back loses the screen on top, everything else the whole stack. True: a question is open. */
static bool
ask_first(struct app *a, enum cmd cmd)
{
	const char *what = NULL;

	for (size_t i = cmd == CMD_BACK && a->depth > 0 ? a->depth - 1 : 0; i < a->depth && what == NULL; i++)
		what = unsaved_at(a, i);
	struct form *f = what == NULL ? NULL : app_form_new(a, "Leave without saving?");
	if (f == NULL)
		return false;
	form_line(f, "%s", what);
	a->leave = cmd;
	app_form(a, NULL);
	return true;
}

void
app_open(struct app *a, const struct screen *screen, const char *arg)
{
	struct err e;

	(void)uncover(a);
	if (a->depth == STACK_MAX && a->stack[1].hooks != NULL) { /* it holds what is being edited */
		app_message(a, STYLE_WARN, "Too many screens are open over an editor: go back first");
		return;
	}
	if (a->depth == STACK_MAX) { /* the oldest above the first gives way */
		a->stack[1].screen->close(a->stack[1].model);
		memmove(&a->stack[1], &a->stack[2], (STACK_MAX - 2) * sizeof(a->stack[0]));
		a->depth--;
	}
	a->hooks_next = NULL;
	void *model = screen->open(a, arg, &e);
	if (model == NULL) {
		app_message(a, STYLE_BAD, "%s (%d)", e.text, (int)e.code);
		return;
	}
	a->stack[a->depth++] = (struct shown){ screen, model, a->hooks_next };
	a->place++;
	a->reload_at_ms = 0;
	screen->load(model);
	app_touch(a);
}

/* A tab: what was open before is closed. */
static void
go_to(struct app *a, const struct screen *screen)
{
	while (a->depth > 0)
		pop(a);
	app_open(a, screen, "");
}

static void do_command(struct app *a, enum cmd cmd);

bool
app_go(struct app *a, const char *name)
{
	for (size_t i = 0; i < TABS; i++)
		if (app_tab_offered(a, i) && strcmp(name, app_tabs[i].screen->name) == 0) {
			do_command(a, (enum cmd)(CMD_TAB1 + (int)i));
			return true;
		}
	return false;
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

/* The role was changed under an open console: a screen it no longer has is left, with the dialog over it. */
static void
leave_what_is_not_offered(struct app *a)
{
	for (size_t i = 0; i < TABS; i++) {
		if (a->depth == 0 || app_tabs[i].screen != a->stack[0].screen || app_tab_offered(a, i))
			continue;
		a->form_shown = a->asking = false;
		go_to(a, a->rights != 0 ? &overview_screen : &log_screen);
		app_message(a, STYLE_WARN, "Your role is another one now");
		return;
	}
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
		leave_what_is_not_offered(a);
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
	*out = a;
	return 0;
}

void
app_free(struct app *a)
{
	if (a == NULL)
		return;
	while (a->depth > 0)
		pop(a);
	dbq_free(a->q);
	free(a->form);
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
	if (told || a->down) /* while it is away, the time since is shown */
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
	free(a->form);
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

void
app_outcomes(struct app *a, const char *what, const struct rows *r)
{
	size_t n = rows_count(r), refused = 0, first = 0;

	for (size_t i = n; i > 0; i--)
		if (rows_int(r, i - 1, OUTCOME_CODE) != 0) {
			refused++;
			first = i - 1;
		}
	if (refused == 0)
		app_message(a, STYLE_GOOD, "%s: %zu done", what, n);
	else
		app_message(a, STYLE_WARN, "%s: %zu done, %zu refused, the first one %.8s: %s (%d)", what, n - refused, refused,
		    rows_text(r, first, OUTCOME_UUID), rows_text(r, first, OUTCOME_TEXT), (int)rows_int(r, first, OUTCOME_CODE));
}

static void
no_such_command(struct app *a, const char *word)
{
	char known[128];
	size_t used = 0;

	known[0] = '\0';
	for (size_t i = 0; i < TABS && used < sizeof(known); i++)
		if (app_tab_offered(a, i))
			used += (size_t)snprintf(known + used, sizeof(known) - used, "%s, ", app_tabs[i].screen->name);
	app_message(a, STYLE_WARN, "No such command: %s. Known: %s%sexplain CODE, help, quit", word, known, a->rights != 0 ? "device UUID, " : "");
}

static void leave_now(struct app *a, enum cmd cmd);

/* ":pending", ":explain 1401", ":quit" */
static void
run_command(struct app *a, const char *text)
{
	char word[32] = "", arg[ARG_MAX_] = "";

	(void)sscanf(text, "%31s %63s", word, arg);
	if (word[0] == '\0')
		return;
	if (app_go(a, word))
		return;
	if (strcmp(word, "q") == 0 || strcmp(word, "quit") == 0)
		do_command(a, CMD_QUIT);
	else if (strcmp(word, "help") == 0)
		app_open(a, &text_screen, "screens/keys");
	else if (strcmp(word, "explain") == 0)
		app_explain(a, (int)strtol(arg, NULL, 10));
	else if (strcmp(word, "device") == 0 && a->rights != 0)
		app_open(a, &device_screen, arg);
	else
		no_such_command(a, word);
}

static void
key_to_line(struct app *a, int key)
{
	struct shown *s = app_current(a);

	if (key == UK_ESC) {
		a->asking = false;
	} else if (key == '\n') {
		a->asking = false;
		if (a->line_done == NULL)
			run_command(a, a->line.text);
		else if (s != NULL)
			a->line_done(s->model, a->line.text);
	} else {
		(void)input_key(&a->line, key);
	}
}

static void
key_to_form(struct app *a, int key)
{
	struct shown *s = app_current(a);

	form_key(a->form, key);
	if (a->form->state == FORM_OPEN)
		return;
	struct form *f = a->form;
	a->form = NULL;
	a->form_shown = false;
	enum cmd leave = a->leave;
	a->leave = CMD_NONE;
	if (f->state == FORM_DONE && leave != CMD_NONE)
		leave_now(a, leave);
	else if (f->state == FORM_DONE && s != NULL)
		a->form_done(s->model, f);
	explicit_bzero(f, sizeof(*f)); /* passwords may have been typed */
	free(f);
}

/* Back, another screen or the end; what is not saved was asked about. */
static void
leave_now(struct app *a, enum cmd cmd)
{
	if (cmd == CMD_QUIT)
		a->done = true;
	else if (cmd != CMD_BACK)
		go_to(a, app_tabs[cmd - CMD_TAB1].screen);
	else if (a->depth > 1)
		back(a);
	else
		app_message(a, STYLE_NORMAL, "F10 quits");
}

static void
do_command(struct app *a, enum cmd cmd)
{
	struct shown *s = app_current(a);
	bool tab = cmd >= CMD_TAB1 && cmd <= CMD_TAB10;
	char page[48];

	if (tab && !app_tab_offered(a, cmd - CMD_TAB1))
		return;
	if (cmd == CMD_BACK && uncover(a))
		return;
	if (tab || cmd == CMD_BACK || cmd == CMD_QUIT) {
		if (!ask_first(a, cmd))
			leave_now(a, cmd);
		return;
	}
	switch (cmd) {
	case CMD_HELP:
		(void)snprintf(page, sizeof(page), "screens/%s", s == NULL ? "keys" : s->screen->name);
		app_open(a, &text_screen, page);
		return;
	case CMD_COMMAND:
		app_ask(a, ":", "", NULL);
		return;
	case CMD_REFRESH:
		a->reload_due = true;
		return;
	default:
		if (s != NULL)
			s->screen->command(s->model, cmd);
	}
}

static enum cmd
lookup(struct app *a, int key)
{
	const struct shown *s = app_current(a);
	unsigned int have = a->rights | (s == NULL ? 0 : s->screen->have(s->model));
	enum cmd cmd = s == NULL ? CMD_NONE : key_lookup(s->screen->keys, key, have);

	if (cmd == CMD_NONE && s != NULL && s->screen->list)
		cmd = key_lookup(list_keys, key, have);
	return cmd != CMD_NONE ? cmd : key_lookup(global_keys, key, have);
}

void
app_key(struct app *a, int key)
{
	app_touch(a);
	if (key == UK_F10) { /* as the last line says, also under a dialog or a question; twice: without a question */
		if (a->leave == CMD_QUIT || !ask_first(a, CMD_QUIT))
			a->done = true;
		return;
	}
	if (a->form_shown) {
		key_to_form(a, key);
		return;
	}
	if (a->asking) {
		key_to_line(a, key);
		return;
	}
	a->message[0] = '\0';
	struct shown *s = app_current(a);
	if (s != NULL && s->hooks != NULL && s->hooks->key != NULL && s->hooks->key(s->model, key))
		return;
	enum cmd cmd = lookup(a, key);
	if (cmd != CMD_NONE)
		do_command(a, cmd);
}
