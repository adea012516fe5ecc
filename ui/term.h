/* SPDX-License-Identifier: Apache-2.0 */
/* term: the terminal, through ncurses. The only file that knows curses. */
#ifndef MUSTER_UI_TERM_H
#define MUSTER_UI_TERM_H

#include "ui/widget/canvas.h"

/*
 * term_start: take the terminal over. mono: no colours. ASCII is used unless the locale is UTF-8.
 * ERR_SYSTEM when standard output is no terminal, or of an unknown type.
 */
MUST_CHECK int term_start(bool mono, struct err *e);
void term_stop(void);

/* term_key: the next key that has been pressed, as in keys.h; KEY_NONE_ when there is none. */
int term_key(void);

/* term_fit: make the canvas as large as the terminal; true when its size changed. */
bool term_fit(struct canvas *c);

/* term_show: the canvas onto the terminal; only what changed is sent. */
void term_show(const struct canvas *c);

#endif
