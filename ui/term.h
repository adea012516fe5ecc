/* SPDX-License-Identifier: Apache-2.0 */
/* term: the terminal, through ncurses. The only file that knows curses. */
#ifndef MUSTER_UI_TERM_H
#define MUSTER_UI_TERM_H

#include "ui/theme.h"
#include "ui/widget/canvas.h"
#include "ui/widget/keys.h"

/*
 * term_start: take the terminal over. wanted: NULL for the one that fits the terminal; without colours, or
 * with NO_COLOR, it is mono. ASCII is used unless the locale is UTF-8.
 * ERR_SYSTEM when standard output is no terminal, or of an unknown type.
 */
MUST_CHECK int term_start(const struct theme *wanted, struct err *e);
void term_stop(void);

/* term_key: the next key that has been pressed, as in keys.h; KEY_NONE_ when there is none. */
int term_key(void);

/*
 * term_mouse: take clicks and the wheel (true), or leave them to the terminal. After UK_MOUSE,
 * term_mouse_event tells what happened; false: nothing of use.
 */
void term_mouse(bool on);
bool term_mouse_event(enum mouse *what, int *y, int *x);

/* term_fit: make the canvas as large as the terminal; true when its size changed. */
bool term_fit(struct canvas *c);

/* term_show: the canvas onto the terminal; only what changed is sent. */
void term_show(const struct canvas *c);

#endif
