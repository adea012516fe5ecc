/* SPDX-License-Identifier: Apache-2.0 */
/* table: columns picked by the width there is. */
#include "ui/widget/table.h"

#include "base/buf.h"

/* A row shown for copying takes so many rows of the screen, or fewer. */
enum { PLAIN_ROWS = 4 };

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

/* Every column of a row at full length, on as many rows of the screen as that takes. */
static int
draw_plain_row(const void *row, const struct column *cols, bool is_marked, bool is_cursor, struct canvas *c, int y, int rows)
{
	SCOPED(buf) struct buf line = { 0 };

	for (; cols->head != NULL; cols++) {
		char text[1024] = "";
		enum style style = STYLE_NORMAL;

		cols->cell(row, text, sizeof(text), &style);
		if (text[0] != '\0')
			buf_printf(&line, "%s%s", line.len > 0 ? "  " : "", text);
	}
	(void)canvas_printf(c, y, 0, 2, STYLE_NORMAL, "%s%s", is_marked ? "*" : "", is_cursor ? ">" : "");
	return canvas_wrap(c, y, 2, 2, rows, STYLE_NORMAL, buf_str(&line));
}

/* Rows differ in height: the list starts at the top that feed_show chose, or lower so that the cursor is seen. */
static void
draw_plain_rows(struct feed *f, const struct column *cols, bool (*marked)(const void *arg, const void *row), const void *arg,
    struct canvas *c, int y, int height)
{
	int from = f->cursor - height / PLAIN_ROWS > f->top ? f->cursor - height / PLAIN_ROWS : f->top;

	for (int i = from < 0 ? 0 : from, used = 0; used < height; i++) {
		const void *row = feed_at(f, i);

		if (row == NULL)
			return;
		used += draw_plain_row(row, cols, marked != NULL && marked(arg, row), i == f->cursor, c, y + used, height - used);
	}
}

static void
draw_rows(struct feed *f, const struct column *cols, bool (*marked)(const void *arg, const void *row), const void *arg,
    struct canvas *c, int y, int height)
{
	for (int i = 0; i < height; i++) {
		const void *row = feed_at(f, f->top + i);

		if (row == NULL)
			break;
		draw_row(row, cols, marked != NULL && marked(arg, row), f->top + i == f->cursor, c, y + i);
	}
}

void
table_draw(struct feed *f, const struct column *cols, const char *empty,
    bool (*marked)(const void *arg, const void *row), const void *arg, struct canvas *c, int y, int height)
{
	int x = 2;

	for (const struct column *col = c->plain ? NULL : next_shown(cols, c->width); col != NULL; col = next_shown(col + 1, c->width)) {
		(void)canvas_text(c, y, x, col->width, STYLE_HEAD, col->head);
		x += col->width + 1;
	}
	feed_show(f, height - 1);
	if (c->plain)
		draw_plain_rows(f, cols, marked, arg, c, y, height);
	else
		draw_rows(f, cols, marked, arg, c, y + 1, height - 1);
	if (f->n > 0)
		return;
	if (f->err.code != ERR_NONE)
		(void)canvas_printf(c, y + 2, 2, 0, STYLE_BAD, "%s (%d)", f->err.text, (int)f->err.code);
	else
		(void)canvas_text(c, y + 2, 2, 0, STYLE_DIM, f->loaded ? empty : "Loading ...");
}
