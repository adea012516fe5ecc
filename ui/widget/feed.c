/* SPDX-License-Identifier: Apache-2.0 */
/* feed: a window on a long list in the database. */
#include "ui/widget/feed.h"

#include <stdlib.h>
#include <string.h>

int
feed_init(struct feed *f, const struct feed_source *source, void *arg, struct dbq *q, struct err *e)
{
	*f = (struct feed){ .source = source, .arg = arg, .q = q, .height = 1 };
	f->rows = calloc(FEED_MAX + FEED_PAGE + 1, source->size);
	return f->rows == NULL ? err_set(e, ERR_MEMORY, "list") : 0;
}

void
feed_free(struct feed *f)
{
	dbq_cancel(f->q, f);
	free(f->rows);
	f->rows = NULL;
}

static void *
at(const struct feed *f, size_t i)
{
	return f->rows + i * f->source->size;
}

const void *
feed_at(const struct feed *f, int i)
{
	return i < 0 || (size_t)i >= f->n ? NULL : at(f, (size_t)i);
}

const void *
feed_current(const struct feed *f)
{
	return feed_at(f, f->cursor);
}

static void
clamp(struct feed *f)
{
	if (f->cursor >= (int)f->n)
		f->cursor = (int)f->n - 1;
	if (f->cursor < 0)
		f->cursor = 0;
}

void
feed_show(struct feed *f, int height)
{
	f->height = height < 1 ? 1 : height;
	clamp(f);
	if (f->top > f->cursor)
		f->top = f->cursor;
	if (f->top < f->cursor - f->height + 1)
		f->top = f->cursor - f->height + 1;
	if (f->top > (int)f->n - f->height)
		f->top = (int)f->n - f->height;
	if (f->top < 0)
		f->top = 0;
}

static void
read_rows(struct feed *f, const struct rows *r, size_t first, bool reversed)
{
	size_t n = rows_count(r);

	for (size_t i = 0; i < n; i++)
		f->source->from_row(r, reversed ? n - 1 - i : i, at(f, first + i));
}

/* Where row i of the window is among the ids of an answer; -1 when it is not there. */
static int
position(const struct feed *f, int i, const int64_t *ids, int n)
{
	int64_t id = f->source->id(at(f, (size_t)i));

	for (int j = 0; j < n; j++)
		if (ids[j] == id)
			return j;
	return -1;
}

/*
 * Where the cursor's row is in an answer, or what is nearest to it when it left the list. -1: the answer
 * does not reach it, for `more` follows the answer; or nothing of the window is left.
 */
static int
nearest(const struct feed *f, const struct rows *r, bool more)
{
	int64_t ids[FEED_MAX];
	int n = rows_count(r) > FEED_MAX ? FEED_MAX : (int)rows_count(r), found = -1;
	void *spare = at(f, FEED_MAX + FEED_PAGE);

	for (int i = 0; i < n; i++) {
		f->source->from_row(r, (size_t)i, spare);
		ids[i] = f->source->id(spare);
	}
	for (int i = f->cursor; found < 0 && i < (int)f->n; i++)
		found = position(f, i, ids, n);
	for (int i = f->cursor - 1; !more && found < 0 && i >= 0; i--)
		found = position(f, i, ids, n);
	return found;
}

/*
 * The whole window anew: the cursor stays on its row. When so many rows came above it that the answer
 * does not reach it, the window stays where it is, and what came is above it. False: ask again.
 */
static bool
replace(struct feed *f, const struct rows *r)
{
	int from_top = f->cursor - f->top;
	bool more = f->at_start && rows_count(r) >= FEED_PAGE;
	int at_row = f->stick_top || f->n == 0 ? 0 : nearest(f, r, more);

	if (at_row < 0 && more) {
		f->at_start = false;
		return false;
	}
	f->n = rows_count(r) > FEED_MAX ? FEED_MAX : rows_count(r);
	read_rows(f, r, 0, false);
	f->cursor = at_row < 0 ? 0 : at_row;
	f->top = f->cursor - from_top;
	return true;
}

static void
add_down(struct feed *f, const struct rows *r)
{
	size_t n = rows_count(r);

	read_rows(f, r, f->n, false);
	f->n += n;
	f->at_end = n < FEED_PAGE;
	if (f->n > FEED_MAX) { /* forget the far end */
		size_t drop = f->n - FEED_MAX;

		memmove(f->rows, at(f, drop), FEED_MAX * f->source->size);
		f->n = FEED_MAX;
		f->cursor -= (int)drop;
		f->top -= (int)drop;
		f->at_start = false;
	}
}

static void
add_up(struct feed *f, const struct rows *r)
{
	size_t n = rows_count(r);

	memmove(at(f, n), f->rows, f->n * f->source->size);
	read_rows(f, r, 0, true);
	f->n += n;
	f->cursor += (int)n;
	f->top += (int)n;
	f->at_start = n < FEED_PAGE;
	if (f->n > FEED_MAX) {
		f->n = FEED_MAX;
		f->at_end = false;
	}
}

static void
go_end(struct feed *f, const struct rows *r)
{
	f->n = rows_count(r);
	read_rows(f, r, 0, true);
	f->cursor = (int)f->n - 1;
	f->at_end = true;
	f->at_start = f->n < FEED_PAGE;
}

static void ask(struct feed *f, enum feed_load what);

static void
answered(void *arg, const struct rows *r, const struct err *e)
{
	struct feed *f = arg;
	enum feed_load what = f->loading;

	f->loading = FEED_IDLE;
	f->err = e == NULL ? (struct err){ 0 } : *e;
	if (e != NULL) {
		f->again = false;
		f->then = FEED_IDLE;
		return;
	}
	f->loaded = true;
	switch (what) {
	case FEED_REPLACE: {
		size_t wanted = f->n < FEED_PAGE ? FEED_PAGE : f->n;

		if (replace(f, r)) {
			f->at_end = rows_count(r) < wanted;
		} else {
			f->then = f->then == FEED_IDLE ? FEED_MORE_UP : f->then;
			f->again = true;
		}
		break;
	}
	case FEED_MORE_DOWN:
		add_down(f, r);
		break;
	case FEED_MORE_UP:
		add_up(f, r);
		break;
	case FEED_END:
		go_end(f, r);
		break;
	case FEED_IDLE:
		break;
	}
	clamp(f);
	if (f->n == 0 && f->then != FEED_END)
		f->then = FEED_IDLE; /* there is no row to go on from */
	if (f->then != FEED_IDLE) {
		what = f->then;
		f->then = FEED_IDLE;
		ask(f, what);
	} else if (f->again) {
		f->again = false;
		ask(f, FEED_REPLACE);
	} else if (f->n > 0 && !f->at_start && f->cursor < f->height) {
		ask(f, FEED_MORE_UP);
	}
}

/*
 * The window again: from the start of the list, so that new rows show, or from below its first row,
 * which is far above what is seen and is read again with the rows above it.
 */
static void
ask(struct feed *f, enum feed_load what)
{
	size_t want = f->n < FEED_PAGE ? FEED_PAGE : f->n;

	if (f->loading != FEED_IDLE) {
		if (what == FEED_REPLACE)
			f->again = true;
		else
			f->then = what;
		return;
	}
	f->loading = what;
	switch (what) {
	case FEED_REPLACE:
		f->at_start = f->at_start || f->stick_top || f->n == 0;
		f->source->ask(f->arg, f->q, f->at_start ? NULL : at(f, 0), false, (int)want, answered, f);
		return;
	case FEED_MORE_DOWN:
		f->source->ask(f->arg, f->q, at(f, f->n - 1), false, FEED_PAGE, answered, f);
		return;
	case FEED_MORE_UP:
		f->source->ask(f->arg, f->q, at(f, 0), true, FEED_PAGE, answered, f);
		return;
	case FEED_END:
		f->source->ask(f->arg, f->q, NULL, true, FEED_PAGE, answered, f);
		return;
	case FEED_IDLE:
		return;
	}
}

void
feed_reset(struct feed *f)
{
	dbq_cancel(f->q, f);
	f->loading = FEED_IDLE;
	f->n = 0;
	f->cursor = f->top = 0;
	f->at_start = true;
	f->at_end = f->again = f->loaded = false;
	f->then = FEED_IDLE;
	ask(f, FEED_REPLACE);
}

void
feed_reload(struct feed *f)
{
	ask(f, FEED_REPLACE);
}

static void
move_by(struct feed *f, int delta)
{
	f->cursor += delta;
	clamp(f);
	if (f->n == 0)
		return;
	if (!f->at_end && f->cursor + f->height >= (int)f->n)
		ask(f, FEED_MORE_DOWN);
	else if (!f->at_start && f->cursor < f->height)
		ask(f, FEED_MORE_UP);
}

bool
feed_command(struct feed *f, enum cmd cmd)
{
	switch (cmd) {
	case CMD_UP:
		move_by(f, -1);
		return true;
	case CMD_DOWN:
		move_by(f, 1);
		return true;
	case CMD_PAGE_UP:
		f->top -= f->height;
		move_by(f, -f->height);
		return true;
	case CMD_PAGE_DOWN:
		f->top += f->height;
		move_by(f, f->height);
		return true;
	case CMD_FIRST:
		if (f->at_start) {
			f->cursor = f->top = 0;
		} else {
			feed_reset(f);
		}
		return true;
	case CMD_LAST:
		if (f->at_end)
			f->cursor = (int)f->n - 1;
		else
			ask(f, FEED_END);
		clamp(f);
		return true;
	default:
		return false;
	}
}
