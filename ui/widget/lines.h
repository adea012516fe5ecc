/* SPDX-License-Identifier: Apache-2.0 */
/* lines: a text to read, line by line. Lines that begin with # are headings; lines too long are wrapped. */
#ifndef MUSTER_UI_WIDGET_LINES_H
#define MUSTER_UI_WIDGET_LINES_H

#include "ui/widget/canvas.h"
#include "ui/widget/keys.h"

enum { LINES_MAX = 4000 }; /* shown of one text; more are cut off, and that is said */

struct lines {
	const char *text; /* not owned */
	struct {
		const char *from;
		int len; /* bytes */
	} line[LINES_MAX];
	size_t n;
	bool cut;
	int top, height, width; /* width the text was split for; 0: not yet */
};

/* lines_set: shows this text, which must stay, from its start. { 0 } shows nothing. */
void lines_set(struct lines *l, const char *text);

void lines_draw(struct lines *l, struct canvas *c, int y, int height);

/* lines_command: moves; false when cmd is none of a list's. */
bool lines_command(struct lines *l, enum cmd cmd);

/* lines_status: "line 1 of 20" */
void lines_status(const struct lines *l, char *out, size_t size);

#endif
