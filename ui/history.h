/* SPDX-License-Identifier: Apache-2.0 */
/* history: the lines somebody typed, the newest last, kept in a file. */
#ifndef MUSTER_UI_HISTORY_H
#define MUSTER_UI_HISTORY_H

#include <stddef.h>

enum { HISTORY_MAX = 200, HISTORY_LINE = 254 };

/* Start with { 0 }. */
struct history {
	char (*lines)[HISTORY_LINE]; /* owned */
	size_t n, at;                /* at: which is shown; n: none */
	char path[1024];             /* "": in memory only */
};

/* history_default_path: $XDG_STATE_HOME/muster/history, else below $HOME; "" when neither is set. */
void history_default_path(char *out, size_t size);

/* history_open: read what there is. Nothing fails: without a file there is no history. */
void history_open(struct history *h, const char *path);
void history_free(struct history *h);

/* history_add: a line that is not the last one again; the file (mode 0600) gets it when it can be written. */
void history_add(struct history *h, const char *line);

/* history_step: the line before (-1) or after (1) the one shown; NULL: there is none. "" after the newest. */
const char *history_step(struct history *h, int step);

#endif
