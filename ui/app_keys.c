/* SPDX-License-Identifier: Apache-2.0 */
/* app_keys: what a key or the mouse does: to a dialog, to a line that is typed, or to the screen on top. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ui/app_state.h"

/* Rows of a step of the wheel; rows of the head, and of the foot. */
enum { WHEEL_ROWS = 3, BAR_ROWS = 2, DOUBLE_CLICK_MS = 400, PASTE_END_MS = 2000 };

static void
key_to_line(struct app *a, int key)
{
	struct shown *s = app_current(a);

	a->candidates[0] = '\0';
	if (key == UK_ESC) {
		a->asking = false;
	} else if (a->line_done == NULL && key == UK_TAB) {
		command_complete(a);
	} else if (a->line_done == NULL && (key == UK_UP || key == UK_DOWN)) {
		const char *line = history_step(&a->history, key == UK_UP ? -1 : 1);

		if (line != NULL)
			input_set(&a->line, line);
	} else if (key == '\n') {
		a->asking = false;
		if (a->line_done == NULL) {
			history_add(&a->history, a->line.text);
			command_run(a, a->line.text);
		} else if (s != NULL) {
			a->line_done(s->model, a->line.text);
		}
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
		app_leave_now(a, leave);
	else if (f->state == FORM_DONE && s != NULL)
		a->form_done(s->model, f);
	form_free(f);
}

static void
do_command(struct app *a, enum cmd cmd)
{
	struct shown *s = app_current(a);
	char page[48];

	if ((cmd >= CMD_TAB1 && cmd <= CMD_TAB10) || cmd == CMD_BACK || cmd == CMD_QUIT) {
		app_leave(a, cmd);
		return;
	}
	switch (cmd) {
	case CMD_HELP:
		(void)snprintf(page, sizeof(page), "screens/%s", s == NULL ? "keys" : s->screen->name);
		app_open(a, &text_screen, page);
		return;
	case CMD_COMMAND:
		a->history.at = a->history.n;
		a->candidates[0] = '\0';
		app_ask(a, ":", "", NULL);
		return;
	case CMD_UNDO:
		actions_undo(a);
		return;
	case CMD_PLAIN:
		app_set_plain(a, !a->plain);
		return;
	case CMD_SAVED:
		if (app_more(s) == NULL || app_more(s)->filter_set == NULL)
			app_message(a, STYLE_NORMAL, "This screen has no filter to save");
		else
			app_open(a, &filters_screen, s->screen->name);
		return;
	case CMD_REFRESH:
		a->reload_due = true;
		return;
	default:
		if (s != NULL)
			s->screen->command(s->model, cmd);
	}
}

bool
app_offers(const struct shown *s, enum cmd cmd, char *why, size_t size)
{
	const struct screen_more *more = app_more(s);

	return more == NULL || more->offers == NULL || more->offers(s->model, cmd, why, size);
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

/* Pasted text goes into a line that is typed, without its line ends; it presses no keys. true: it is dealt with. */
static bool
is_pasted(struct app *a, int key)
{
	int64_t now = clock_ms();

	if (a->pasting && now - a->pasted_ms > PASTE_END_MS)
		a->pasting = false; /* its end was lost */
	if (key == UK_PASTE || key == UK_PASTE_END) {
		a->pasting = key == UK_PASTE;
		a->pasted_ms = now;
		return true;
	}
	if (!a->pasting)
		return false;
	a->pasted_ms = now;
	if (a->form_shown || a->asking)
		return key < ' ' || key >= KEY_NONE_;
	app_message(a, STYLE_NORMAL, "Pasted text presses no keys");
	return true;
}

void
app_key(struct app *a, int key)
{
	app_touch(a);
	if (is_pasted(a, key))
		return;
	if (key == UK_F10) { /* as the last line says, also under a dialog or a question; twice: without a question */
		if (a->bulk != NULL && a->bulk->running && !a->leaving)
			a->leaving = true;
		else if (a->leave == CMD_QUIT)
			a->done = true;
		else
			app_leave(a, CMD_QUIT);
		return;
	}
	a->leaving = false;
	if (a->form_shown) {
		key_to_form(a, key);
		return;
	}
	if (a->asking) {
		key_to_line(a, key);
		return;
	}
	if (key == UK_ESC && a->bulk != NULL && a->bulk->running && !a->bulk->cancelled) {
		bulk_cancel(a);
		return;
	}
	a->message[0] = '\0';
	const struct shown *s = app_current(a);
	if (s != NULL && s->hooks != NULL && s->hooks->key != NULL && s->hooks->key(s->model, key))
		return;
	char why[160] = "";
	enum cmd cmd = lookup(a, key);
	if (!app_offers(app_current(a), cmd, why, sizeof(why)))
		app_message(a, STYLE_NORMAL, "%s", why);
	else if (cmd != CMD_NONE)
		do_command(a, cmd);
}

/* The cursor goes where was clicked, as if the arrow had been pressed so often. */
static void
click_row(struct app *a, int y)
{
	const struct shown *s = app_current(a);
	int64_t now = clock_ms();
	bool twice = y == a->click_y && now - a->click_ms < DOUBLE_CLICK_MS;

	a->click_y = twice ? -1 : y;
	a->click_ms = now;
	if (s == NULL || !s->screen->list || a->cursor_y < 0 || y < BAR_ROWS || y >= a->height - BAR_ROWS)
		return;
	for (int n = y - a->cursor_y; n != 0; n += n > 0 ? -1 : 1)
		do_command(a, n > 0 ? CMD_DOWN : CMD_UP);
	a->cursor_y = y;
	if (twice)
		app_key(a, '\n');
}

void
app_mouse(struct app *a, enum mouse what, int y, int x)
{
	const struct shown *s = app_current(a);

	app_touch(a);
	if (what != MOUSE_CLICK) {
		for (int i = 0; i < WHEEL_ROWS && !a->form_shown && !a->asking && s != NULL && s->screen->list; i++)
			do_command(a, what == MOUSE_WHEEL_UP ? CMD_UP : CMD_DOWN);
		return;
	}
	for (size_t i = 0; i < a->nhits; i++)
		if (a->hits[i].y == y && x >= a->hits[i].x && x < a->hits[i].x + a->hits[i].width) {
			app_key(a, a->hits[i].key);
			return;
		}
	if (!a->form_shown && !a->asking)
		click_row(a, y);
}
