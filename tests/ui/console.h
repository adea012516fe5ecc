/* SPDX-License-Identifier: Apache-2.0 */
/* console: the console in memory: keys in, cells out, a real database below. */
#ifndef MUSTER_TESTS_UI_CONSOLE_H
#define MUSTER_TESTS_UI_CONSOLE_H

#include "ui/app.h"

enum { CONSOLE_TEXT = 128 * 1024, WAIT_MS = 20000 };

struct console {
	struct app *a;
	struct canvas c;
	char text[CONSOLE_TEXT]; /* what is on the screen, as of the last draw */
};

/* console_start: as a user of data.sql; waits until the first screen is complete. */
void console_start(struct console *k, const char *user, int width, int height);
void console_stop(struct console *k);
void console_size(struct console *k, int width, int height);

/* press: keys, one after another; type: the characters of a text. Both wait for the answers. */
void press(struct console *k, int key);
void type(struct console *k, const char *text);

/* work: until nothing is awaited; draw: and then look. */
void work(struct console *k);
const char *draw(struct console *k);

/* wait_for: until this is on the screen; the test fails after WAIT_MS. wait_gone: until it is not. */
void wait_for(struct console *k, const char *text);
void wait_gone(struct console *k, const char *text);
bool shows(struct console *k, const char *text);

/* run_for: let it run, whether or not it expects something. */
void run_for(struct console *k, int ms);

/* go_to: move the cursor of a list onto the row with a text. */
void go_to(struct console *k, const char *text);

/* row: row y; negative: from below, -1 is the keys and -2 the message. row_of: the row with a text, -1: none. */
const char *row(struct console *k, int y);
int row_of(struct console *k, const char *text);

/* cursor: the row that the cursor is on, "" when there is none. style_of: of the first cell of a text. */
const char *cursor(struct console *k);
enum style style_of(struct console *k, const char *text);

/*
 * picture: compare with doc/screens/NAME.txt, or write that when MUSTER_UPDATE_PICTURES is set. Ages in
 * seconds are replaced.
 */
void picture(struct console *k, const char *name);

#endif
