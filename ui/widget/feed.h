/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed: a window on a long list in the database. Only rows near the cursor are in memory; moving on
 * asks for the next page by key, so ten million rows cost what forty cost. A change in the database
 * loads the window again without losing the cursor.
 */
#ifndef MUSTER_UI_WIDGET_FEED_H
#define MUSTER_UI_WIDGET_FEED_H

#include "db/dbq.h"
#include "ui/widget/keys.h"

struct feed;

struct feed_source {
	size_t size; /* of an element */
	void (*from_row)(const struct rows *r, size_t row, void *out);
	int64_t (*id)(const void *element);
	/*
	 * Ask for rows after `from` in the order of the list, or before it (nearest first); NULL: from
	 * the start, or from the end backwards.
	 */
	void (*ask)(void *arg, struct dbq *q, const void *from, bool back, int limit, dbq_rows_fn *fn, struct feed *f);
};

enum feed_load { FEED_IDLE, FEED_REPLACE, FEED_MORE_DOWN, FEED_MORE_UP, FEED_END };

enum { FEED_PAGE = 100, FEED_MAX = 400 };

struct feed {
	const struct feed_source *source;
	void *arg;      /* for source->ask */
	struct dbq *q;
	char *rows;     /* n elements, owned */
	size_t n;
	int cursor, top; /* in rows */
	int height;      /* rows shown, as of the last draw */
	bool at_start, at_end;
	enum feed_load loading;
	bool stick_top;  /* the cursor stays on the first row, whichever that is */
	enum feed_load then; /* asked for while loading; done next */
	bool again;      /* something changed while loading */
	bool loaded;     /* an answer has come at least once */
	struct err err;  /* of the last load; code 0: none */
};

MUST_CHECK int feed_init(struct feed *f, const struct feed_source *source, void *arg, struct dbq *q, struct err *e);
void feed_free(struct feed *f);

/* feed_reset: load from the start, as after a change of filter. feed_reload: the same rows again. */
void feed_reset(struct feed *f);
void feed_reload(struct feed *f);

/* feed_command: moves the cursor; false when cmd is none of a list's. */
bool feed_command(struct feed *f, enum cmd cmd);

/* feed_at: element i, or NULL. feed_current: the one under the cursor, or NULL. */
const void *feed_at(const struct feed *f, int i);
const void *feed_current(const struct feed *f);

/* feed_show: says how many rows are shown, and moves top so that the cursor is among them. */
void feed_show(struct feed *f, int height);

#endif
