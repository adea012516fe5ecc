/* SPDX-License-Identifier: Apache-2.0 */
/* fake_list: a list that is a function, for the tests of feed and table. */
#ifndef MUSTER_TESTS_UI_FAKE_LIST_H
#define MUSTER_TESTS_UI_FAKE_LIST_H

#include <stdio.h>
#include <string.h>

#include "tests/unit.h"

#include "db/pq.h"
#include "ui/widget/feed.h"

/*
 * The list: `total` elements in descending order, `total` first, 1 last, as devices come. What is asked is kept until
 * reply() gives the answer, so a test decides when it comes.
 */
struct list {
	int64_t total;
	int64_t gone; /* this one left the list */
	bool asked;
	int64_t from; /* 0: from an end */
	bool back;
	int limit;
	dbq_rows_fn *fn;
	int asks;
};

struct element {
	int64_t id;
	char pad[24];
};

static void
from_row(const struct rows *r, size_t row, void *out)
{
	struct element v = { .id = rows_int(r, row, 0) };

	memcpy(out, &v, sizeof(v));
}

static int64_t
id_of(const void *element)
{
	return ((const struct element *)element)->id;
}

static void
ask(void *arg, struct dbq *q, const void *from, bool back, int limit, dbq_rows_fn *fn, struct feed *f)
{
	struct list *l = arg;

	(void)q;
	assert_true(!l->asked || f->n == 0); /* never two at once; a reset takes back what was asked */
	assert_in_range(limit, 1, FEED_MAX);
	l->asked = true;
	l->from = from == NULL ? 0 : id_of(from);
	l->back = back;
	l->limit = limit;
	l->fn = fn;
	l->asks++;
}

static const struct feed_source source = { sizeof(struct element), from_row, id_of, ask };

struct world {
	struct feed f;
	struct list l;
	struct dbq *q;
};

static void
on_notify(void *arg, const char *payload)
{
	(void)arg;
	(void)payload;
}

static void
on_state(void *arg, enum dbq_state state, const struct err *e)
{
	(void)arg;
	(void)state;
	(void)e;
}

static void
reply(struct world *w)
{
	char name[] = "id";
	PGresAttDesc attr = { .name = name };
	struct rows rows = { .res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK) };
	struct list *l = &w->l;
	int64_t id = l->back ? l->from == 0 ? 1 : l->from + 1 : l->from == 0 ? l->total : l->from - 1;

	if (!l->back && id > l->total)
		id = l->total;
	assert_true(l->asked);
	assert_int_equal(PQsetResultAttrs(rows.res, 1, &attr), 1);
	for (int i = 0; i < l->limit && id >= 1 && id <= l->total; id += l->back ? 1 : -1) {
		char text[24];

		if (id == l->gone)
			continue;
		int len = snprintf(text, sizeof(text), "%lld", (long long)id);

		assert_int_equal(PQsetvalue(rows.res, i++, 0, text, len), 1);
	}
	l->asked = false;
	l->fn(&w->f, &rows, NULL);
	PQclear(rows.res);
}

static void
settle(struct world *w)
{
	for (int i = 0; i < 10 && w->l.asked; i++)
		reply(w);
	assert_false(w->l.asked);
	feed_show(&w->f, w->f.height);
}

static void
start(struct world *w, int64_t total)
{
	struct err e;

	*w = (struct world){ .l = { .total = total } };
	assert_ok(dbq_new("host=/nonexistent", NULL, "test", on_notify, on_state, NULL, &w->q, &e));
	assert_ok(feed_init(&w->f, &source, &w->l, w->q, &e));
	feed_show(&w->f, 20);
	feed_reset(&w->f);
	settle(w);
}

static void
end(struct world *w)
{
	feed_free(&w->f);
	dbq_free(w->q);
}

#endif
