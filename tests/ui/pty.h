/* SPDX-License-Identifier: Apache-2.0 */
/* pty: the real console in a pseudo terminal, and a virtual terminal that shows what it sends. */
#ifndef MUSTER_TESTS_UI_PTY_H
#define MUSTER_TESTS_UI_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <vterm.h>

enum { PTY_WAIT_MS = 30000, PTY_TAIL = 16384 };

struct pty {
	pid_t pid;
	int fd, sync; /* the terminal's other side; bytes of --sync-fd */
	VTerm *vt;
	VTermScreen *screen;
	int width, height;
	size_t bytes;        /* received in all */
	size_t high;         /* of these, not ASCII */
	size_t syncs, synced; /* bytes of --sync-fd in all, and when a key was sent last */
	char tail[PTY_TAIL]; /* the last bytes received, for texts outside the screen */
	size_t ntail;
	bool eof;
	int status; /* of the program, once it has ended; -1 before */
};

/* pty_start: run the console as a user. env: "NAME=VALUE" texts that end with NULL; option may be NULL. */
void pty_start(struct pty *p, int width, int height, const char *user, const char *const *env, const char *option);
/* pty_begin: the same as t_operator, until the first screen is complete. */
void pty_begin(struct pty *p, int width, int height, const char *const *env, const char *option);
void pty_stop(struct pty *p); /* kills it when it still runs */

void pty_run(struct pty *p, int ms); /* let it run and read what it sends */
void pty_send(struct pty *p, const char *bytes, size_t len);
void pty_type(struct pty *p, const char *text);
void pty_size(struct pty *p, int width, int height);

/* pty_settle: until it has told that the screen is up to date and is silent. */
void pty_settle(struct pty *p);
void pty_wait(struct pty *p, const char *text);
void pty_wait_end(struct pty *p, int ms); /* until the program has ended */
bool pty_shows(struct pty *p, const char *text);
bool pty_sent(const struct pty *p, const char *bytes); /* among the last ones */

/* pty_row: row y as UTF-8 without blanks at the end. pty_cell: where a text starts. */
void pty_row(struct pty *p, int y, char *out, size_t size);
VTermScreenCell pty_cell(struct pty *p, const char *text);

#endif
