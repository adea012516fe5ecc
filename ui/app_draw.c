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

/* The numbered screens from x to end; where there is no room for all labels, only the one of this screen is whole. */
static void
draw_tabs(const struct app *a, struct canvas *c, int x, int end)
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

		x += canvas_printf(c, 0, x, 0, on ? STYLE_BAR_ON : STYLE_BAR, whole ? " %zu %.*s " : " %zu %.*s", (i + 1) % TABS, most,
		    app_tabs[i].label);
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
draw_keys(struct canvas *c, int y, int x, int end, const struct key_cmd *keys, unsigned int have)
{
	char name[16];

	for (; keys != NULL && keys->cmd != CMD_NONE; keys++) {
		if (keys->label[0] == '\0' || (keys->need & ~have) != 0)
			continue;
		key_label(keys->key, name, sizeof(name));
		if (x + text_width(name) + text_width(keys->label) + 2 > end)
			break;
		x += canvas_text(c, y, x, 0, STYLE_BAR_ON, name);
		x += canvas_text(c, y, x, 0, STYLE_BAR, " ");
		x += canvas_text(c, y, x, 0, STYLE_BAR, keys->label);
		x += canvas_text(c, y, x, 0, STYLE_BAR, "  ");
	}
	return x;
}

static void
draw_foot(struct app *a, struct canvas *c)
{
	const struct shown *s = app_current(a);
	unsigned int have = a->rights | (s == NULL ? 0 : s->screen->have(s->model));
	int y = c->height - 1, x = 1;

	canvas_fill(c, y - 1, 0, 0, STYLE_NORMAL);
	if (a->asking) {
		x = canvas_text(c, y - 1, 0, 0, STYLE_HEAD, a->line_label);
		input_draw(&a->line, c, y - 1, x + 1, c->width - x - 1, true);
	} else if (a->message[0] != '\0') {
		(void)canvas_text(c, y - 1, 0, 0, a->message_style, a->message);
	} else if (a->down) {
		x = canvas_text(c, y - 1, 0, c->width - DOWN_END, STYLE_BAD, a->why_down.text);
		(void)canvas_printf(c, y - 1, x, 0, STYLE_BAD, " (%d); trying again", (int)a->why_down.code);
	}
	canvas_fill(c, y, 0, 0, STYLE_BAR);
	if (s != NULL)
		x = draw_keys(c, y, x, c->width - FOOT_END, s->screen->keys, have);
	(void)draw_keys(c, y, c->width - FOOT_END, c->width, foot_keys, have);
}

void
app_draw(struct app *a, struct canvas *c)
{
	struct shown *s = app_current(a);
	struct area area = { .y = 2, .height = c->height - 4 };

	canvas_clear(c);
	if (s != NULL && area.height > 0)
		s->screen->draw(s->model, c, area);
	draw_head(a, c);
	draw_foot(a, c);
	if (a->form_shown)
		form_draw(a->form, c);
}
