/* SPDX-License-Identifier: Apache-2.0 */
/* app_stack: screens over screens: opened, left, and what is asked before something is lost. */
#include <stdio.h>
#include <string.h>

#include "ui/app_state.h"

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
void
app_back(struct app *a)
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

void
app_close_all(struct app *a)
{
	while (a->depth > 0)
		pop(a);
}

/* A numbered screen; what was open before is closed. */
static void
go_to(struct app *a, const struct screen *screen)
{
	app_close_all(a);
	app_open(a, screen, "");
}

void
app_leave_now(struct app *a, enum cmd cmd)
{
	if (cmd == CMD_QUIT)
		a->done = true;
	else if (cmd != CMD_BACK)
		go_to(a, app_tabs[cmd - CMD_TAB1].screen);
	else if (a->depth > 1)
		app_back(a);
	else
		app_message(a, STYLE_NORMAL, "F10 quits");
}

void
app_leave(struct app *a, enum cmd cmd)
{
	if (cmd >= CMD_TAB1 && cmd <= CMD_TAB10 && !app_tab_offered(a, cmd - CMD_TAB1))
		return;
	if (cmd == CMD_BACK && uncover(a))
		return;
	if (!ask_first(a, cmd))
		app_leave_now(a, cmd);
}

bool
app_go(struct app *a, const char *name)
{
	for (size_t i = 0; i < TABS; i++)
		if (app_tab_offered(a, i) && strcmp(name, app_tabs[i].screen->name) == 0) {
			app_leave(a, (enum cmd)(CMD_TAB1 + (int)i));
			return true;
		}
	return false;
}

void
app_offer_again(struct app *a)
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
