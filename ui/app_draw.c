/* SPDX-License-Identifier: Apache-2.0 */
/* app_draw: the head, the screen on top, the foot, and a dialog over them. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/app_state.h"

/* Columns kept free: for the keys of every screen, and for the code of what is wrong. */
enum { FOOT_END = 20, DOWN_END = 23, TAB_SHORT = 3 };

/* The two keys that are in every footer, at its right end. */
static const struct key_cmd foot_keys[] = { { UK_F1, CMD_HELP, "Help", 0 }, { UK_F10, CMD_QUIT, "Quit", 0 }, { 0 } };

/* A part of the head or the foot that presses a key when it is clicked. */
static void
hit(struct app *a, int y, int x, int width, int key)
{
	if (a->nhits < HITS_MAX)
		a->hits[a->nhits++] = (struct hit){ y, x, width, key };
}

/* The numbered screens from x to end; where there is no room for all labels, only the one of this screen is whole. */
static void
draw_tabs(struct app *a, struct canvas *c, int x, int end)
{
	int room = 0;

	for (size_t i = 0; i < TABS; i++)
		room += app_tab_offered(a, i) ? text_width(app_tabs[i].label) + 4 : 0;
	bool whole = x + room <= end;

	for (size_t i = 0; i < TABS; i++) {
		if (!app_tab_offered(a, i))
			continue;
		bool on = a->depth > 0 && a->stack[0].screen == app_tabs[i].screen;
		int most = on || whole ? text_width(app_tabs[i].label) : TAB_SHORT;

		int w = canvas_printf(c, 0, x, 0, on ? STYLE_BAR_ON : STYLE_BAR, whole ? " %zu %.*s " : " %zu %.*s", (i + 1) % TABS, most,
		    app_tabs[i].label);
		hit(a, 0, x, w, '0' + (int)((i + 1) % TABS));
		x += w;
	}
}

static void
draw_head(struct app *a, struct canvas *c)
{
	const struct shown *s = app_current(a);
	int x = 8;
	char state[64];

	canvas_fill(c, 0, 0, 0, STYLE_BAR);
	(void)canvas_text(c, 0, 1, 0, STYLE_BAR, "muster");
	if (a->down)
		(void)snprintf(state, sizeof(state), "database away %d s", (int)((clock_ms() - a->down_since_ms) / 1000));
	else if (dbq_silent_ms(a->q) > SILENT_MS)
		(void)snprintf(state, sizeof(state), "no answer %d s", dbq_silent_ms(a->q) / 1000);
	else
		(void)snprintf(state, sizeof(state), "%s", dbq_status(a->q) == DBQ_UP ? "live" : "connecting");
	int w = text_width(state) + 1;
	draw_tabs(a, c, x, c->width - w);
	(void)canvas_text(c, 0, c->width - w, 0, a->down ? STYLE_BAD : STYLE_BAR, state);
	if (s != NULL) {
		char status[200] = "";

		s->screen->status(s->model, status, sizeof(status));
		x = 1 + canvas_text(c, 1, 1, 0, STYLE_HEAD, s->screen->title);
		(void)canvas_text(c, 1, x + 2, 0, STYLE_DIM, status);
	}
}

static int
draw_keys(struct app *a, struct canvas *c, int y, int x, int end, const struct key_cmd *keys, unsigned int have)
{
	char name[16], why[160];

	for (; keys != NULL && keys->cmd != CMD_NONE; keys++) {
		if (keys->label[0] == '\0' || (keys->need & ~have) != 0)
			continue;
		if (!app_offers(app_current(a), keys->cmd, why, sizeof(why)))
			continue;
		key_label(keys->key, name, sizeof(name));
		if (x + text_width(name) + text_width(keys->label) + 2 > end)
			break;
		hit(a, y, x, text_width(name) + text_width(keys->label) + 1, keys->key);
		x += canvas_text(c, y, x, 0, STYLE_BAR_ON, name);
		x += canvas_text(c, y, x, 0, STYLE_BAR, " ");
		x += canvas_text(c, y, x, 0, STYLE_BAR, keys->label);
		x += canvas_text(c, y, x, 0, STYLE_BAR, "  ");
	}
	return x;
}

/* The line below the screen: what is asked, what runs, what was said, or what is wrong. */
static void
draw_line(struct app *a, struct canvas *c, int y)
{
	char text[sizeof(a->message)];
	int x;

	canvas_fill(c, y, 0, 0, STYLE_NORMAL);
	if (a->leaving && a->bulk->running) {
		(void)canvas_printf(c, y, 0, 0, STYLE_WARN, "%s still runs: F10 again quits, and what was not asked stays as it is", a->bulk->op.title);
	} else if (a->asking) {
		x = canvas_text(c, y, 0, 0, STYLE_HEAD, a->line_label);
		input_draw(&a->line, c, y, x + 1, c->width - x - 1, true);
		if (a->candidates[0] != '\0' && a->line_done == NULL) {
			canvas_fill(c, y - 1, 0, 0, STYLE_NORMAL);
			(void)canvas_text(c, y - 1, 1, 0, STYLE_DIM, a->candidates);
		}
	} else if (a->bulk != NULL && a->bulk->running && a->bulk->n > 1) {
		bulk_progress(a->bulk, text, sizeof(text));
		(void)canvas_text(c, y, 0, 0, STYLE_HEAD, text);
	} else if (a->message[0] != '\0') {
		(void)canvas_text(c, y, 0, 0, a->message_style, a->message);
	} else if (a->down) {
		x = canvas_text(c, y, 0, c->width - DOWN_END, STYLE_BAD, a->why_down.text);
		(void)canvas_printf(c, y, x, 0, STYLE_BAD, " (%d); trying again", (int)a->why_down.code);
	}
}

static void
draw_foot(struct app *a, struct canvas *c)
{
	const struct shown *s = app_current(a);
	unsigned int have = a->rights | (s == NULL ? 0 : s->screen->have(s->model));
	int y = c->height - 1, x = 1;

	draw_line(a, c, y - 1);
	canvas_fill(c, y, 0, 0, STYLE_BAR);
	if (s != NULL)
		x = draw_keys(a, c, y, x, c->width - FOOT_END, s->screen->keys, have);
	(void)draw_keys(a, c, y, c->width - FOOT_END, c->width, foot_keys, have);
}

/* To copy from: what the screen says, a title above it and the line below it. */
static void
draw_plain(struct app *a, struct canvas *c)
{
	const struct shown *s = app_current(a);
	char status[200] = "";

	if (s != NULL) {
		s->screen->status(s->model, status, sizeof(status));
		(void)canvas_printf(c, 0, 0, 0, STYLE_NORMAL, "%s  %s%s", s->screen->title, status, a->down ? "  database away" : "");
	}
	draw_line(a, c, c->height - 1);
}

static int
cursor_row(const struct canvas *c)
{
	for (int y = 2; y < c->height - 2; y++)
		if (c->cells[(size_t)y * (size_t)c->width].style == STYLE_CURSOR)
			return y;
	return -1;
}

void
app_draw(struct app *a, struct canvas *c)
{
	struct shown *s = app_current(a);
	struct area area = { .y = 2, .height = c->height - 4 };

	if (a->plain)
		area = (struct area){ .y = 1, .height = c->height - 2 };
	a->nhits = 0;
	a->height = c->height;
	c->plain = a->plain;
	canvas_clear(c);
	if (s != NULL && area.height > 0)
		s->screen->draw(s->model, c, area);
	a->cursor_y = cursor_row(c);
	if (a->plain) {
		draw_plain(a, c);
	} else {
		draw_head(a, c);
		draw_foot(a, c);
	}
	if (a->form_shown)
		form_draw(a->form, c);
	for (int y = 0; a->plain && !a->form_shown && !a->asking && y < c->height; y++)
		canvas_restyle(c, y, 0, 0, STYLE_NORMAL);
}
