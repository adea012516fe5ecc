/* SPDX-License-Identifier: Apache-2.0 */
/* table: columns picked by the width there is. */
#include "ui/widget/table.h"

static const struct column *
next_shown(const struct column *col, int width)
{
	for (; col->head != NULL; col++)
		if (col->from <= width)
			return col;
	return NULL;
}

static void
draw_row(const void *row, const struct column *cols, bool is_marked, bool is_cursor, struct canvas *c, int y)
{
	int x = 2;

	if (is_marked)
		(void)canvas_text(c, y, 0, 1, STYLE_MARKED, "*");
	if (is_cursor)
		(void)canvas_text(c, y, is_marked ? 1 : 0, 1, STYLE_CURSOR, ">");
	for (const struct column *col = next_shown(cols, c->width); col != NULL;) {
		const struct column *next = next_shown(col + 1, c->width);
		char text[512] = "";
		enum style style = is_marked ? STYLE_MARKED : STYLE_NORMAL;

		col->cell(row, text, sizeof(text), &style);
		(void)canvas_text(c, y, x, next == NULL ? c->width - x : col->width, style, text);
		x += col->width + 1;
		col = next;
	}
	if (is_cursor)
		canvas_restyle(c, y, 0, 0, STYLE_CURSOR);
}

void
table_draw(struct feed *f, const struct column *cols, const char *empty,
    bool (*marked)(const void *arg, const void *row), const void *arg, struct canvas *c, int y, int height)
{
	int x = 2;

	for (const struct column *col = next_shown(cols, c->width); col != NULL; col = next_shown(col + 1, c->width)) {
		(void)canvas_text(c, y, x, col->width, STYLE_HEAD, col->head);
		x += col->width + 1;
	}
	feed_show(f, height - 1);
	for (int i = 0; i < height - 1; i++) {
		const void *row = feed_at(f, f->top + i);

		if (row == NULL)
			break;
		draw_row(row, cols, marked != NULL && marked(arg, row), f->top + i == f->cursor, c, y + 1 + i);
	}
	if (f->n > 0)
		return;
	if (f->err.code != ERR_NONE)
		(void)canvas_printf(c, y + 2, 2, 0, STYLE_BAD, "%s (%d)", f->err.text, (int)f->err.code);
	else
		(void)canvas_text(c, y + 2, 2, 0, STYLE_DIM, f->loaded ? empty : "Loading ...");
}
