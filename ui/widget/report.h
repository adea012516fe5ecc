/* SPDX-License-Identifier: Apache-2.0 */
/* report: a text of styled lines that is scrolled: reports, comparisons. */
#ifndef MUSTER_UI_WIDGET_REPORT_H
#define MUSTER_UI_WIDGET_REPORT_H

#include "ui/widget/canvas.h"
#include "ui/widget/keys.h"

struct report_line {
	char *text; /* owned */
	enum style style;
};

struct report {
	struct report_line *list;
	size_t n, cap;
	int top, height; /* height: as of the last draw */
};

void report_free(struct report *l);

/* report_add: one more line; without memory it is left out. */
void report_add(struct report *l, enum style style, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* report_command: scrolls; false when cmd is none of a list's. */
bool report_command(struct report *l, enum cmd cmd);
void report_draw(struct report *l, struct canvas *c, int y, int height);

/* report_status: "lines 1 to 20 of 57". */
void report_status(const struct report *l, char *out, size_t size);

#endif
