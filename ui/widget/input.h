/* SPDX-License-Identifier: Apache-2.0 */
/* input: one line of text being typed. */
#ifndef MUSTER_UI_WIDGET_INPUT_H
#define MUSTER_UI_WIDGET_INPUT_H

#include "ui/widget/canvas.h"

enum { INPUT_MAX = 254 };

struct input {
	char text[INPUT_MAX];
	size_t at; /* byte before which the next character goes */
};

void input_set(struct input *in, const char *text);

/* input_key: true when the key was for the line (characters, arrows, Backspace, Home, ...). */
bool input_key(struct input *in, int key);

/* input_draw: the line with its cursor, scrolled so that the cursor is seen. */
void input_draw(const struct input *in, struct canvas *c, int y, int x, int width, bool active);

#endif
