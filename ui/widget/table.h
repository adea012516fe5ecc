/* SPDX-License-Identifier: Apache-2.0 */
/* table: columns picked by the width there is. */
#ifndef MUSTER_UI_WIDGET_TABLE_H
#define MUSTER_UI_WIDGET_TABLE_H

#include "ui/widget/feed.h"
#include "ui/widget/canvas.h"

struct column {
	const char *head;
	int width;   /* columns of text; the last column shown takes what is left */
	int from;    /* shown from this width of the screen on */
	/* The cell as text; *style may be changed. */
	void (*cell)(const void *row, char *out, size_t size, enum style *style);
};

/*
 * table_draw: headings and the rows of a feed; columns end with { 0 }. marked (may be NULL) tells
 * which rows are selected. An empty list says `empty`, or the error of the last load.
 */
void table_draw(struct feed *f, const struct column *cols, const char *empty,
    bool (*marked)(const void *arg, const void *row), const void *arg, struct canvas *c, int y, int height);

#endif
