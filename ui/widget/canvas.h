/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canvas: a rectangle of character cells that screens draw on. It is memory only: ui/term.c copies
 * it to the terminal, tests read it.
 */
#ifndef MUSTER_UI_WIDGET_CANVAS_H
#define MUSTER_UI_WIDGET_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* What a cell means, not how it looks: term.c maps it to colours or, in mono, to attributes. */
enum style {
	STYLE_NORMAL,
	STYLE_BAR,      /* head and foot of the screen */
	STYLE_BAR_ON,   /* the part of a bar that is active */
	STYLE_HEAD,     /* headings of columns, names of facts */
	STYLE_CURSOR,   /* the row the cursor is on */
	STYLE_MARKED,   /* a selected row */
	STYLE_DIM,
	STYLE_GOOD,
	STYLE_WARN,
	STYLE_BAD,
	STYLE_COUNT,
};

struct cell {
	uint32_t ch; /* 0: the right half of a wide character */
	enum style style;
};

struct canvas {
	int width, height;
	bool ascii; /* only ASCII may be shown */
	bool plain; /* shown for copying: values at full length, on as many rows as they take */
	struct cell *cells;
};

MUST_CHECK int canvas_init(struct canvas *c, int width, int height, struct err *e);
void canvas_free(struct canvas *c);
void canvas_clear(struct canvas *c);

/*
 * canvas_text: write UTF-8 from column x of row y, at most width columns (0 and less: to the edge);
 * control characters become '?', what does not fit is cut, and the cut is marked with an ellipsis.
 * Returns the columns used. Outside the canvas nothing is drawn.
 */
int canvas_text(struct canvas *c, int y, int x, int width, enum style style, const char *text);
int canvas_printf(struct canvas *c, int y, int x, int width, enum style style, const char *fmt, ...)
    PRINTF_LIKE(6, 7);

/*
 * canvas_wrap: as canvas_text on as many rows as the text takes, broken at blanks where there are some, at
 * most `rows`; rows after the first start at column `indent`. Returns the rows used, at least 1.
 */
int canvas_wrap(struct canvas *c, int y, int x, int indent, int rows, enum style style, const char *text);

/* canvas_fill: blanks of a style over part of a row; width 0 and less: to the edge. */
void canvas_fill(struct canvas *c, int y, int x, int width, enum style style);

/* canvas_restyle: change the style of what is there. */
void canvas_restyle(struct canvas *c, int y, int x, int width, enum style style);

/* canvas_box: an empty frame with a title. */
void canvas_box(struct canvas *c, int y, int x, int height, int width, const char *title);

/* canvas_bar: a horizontal bar of n of width columns. */
void canvas_bar(struct canvas *c, int y, int x, int width, double share, enum style style);

/*
 * canvas_chart: a bar of eighths for each of n values, `height` rows high, from row y and column x on; `most`
 * is as high as the chart. Nothing is a dot on the bottom row, a little is never nothing.
 */
void canvas_chart(struct canvas *c, int y, int x, int height, const int64_t *values, size_t n, int64_t most, enum style style);

/* canvas_row: row y as UTF-8 without blanks at the end; for tests and pictures. */
void canvas_row(const struct canvas *c, int y, char *out, size_t size);

/* text_width: columns that a text takes. */
int text_width(const char *text);

#endif
