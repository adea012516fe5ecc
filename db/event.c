/* SPDX-License-Identifier: Apache-2.0 */
/* event: the event log. Pages go by (at, id), so a page costs the same at any depth. */
#include "db/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/pq.h"

static const char *const level_names[] = {
	[EVENT_ERROR] = "error",
	[EVENT_WARNING] = "warning",
	[EVENT_INFO] = "info",
	[EVENT_VERBOSE] = "verbose",
};

#define EVENT_KEY "(to_timestamp($4::numeric / 1000000), $5::bigint)"

/* No join: a log viewer may read nothing but the log. */
#define EVENT_COLUMNS                                                                        \
	"event_id, (extract(epoch FROM at) * 1000000)::bigint,"                                      \
	" to_char(at, 'YYYY-MM-DD HH24:MI:SS.MS'), level, uuid, node_id, job_id, code, text"
#define EVENT_FROM                                                                           \
	" FROM muster.event_log l WHERE l.level <= $2::int"                                          \
	" AND l.at >= coalesce(nullif($7, '')::timestamptz, '-infinity')"                            \
	" AND l.at < coalesce(nullif($8, '')::timestamptz, 'infinity')"
#define EVENT_ONE " AND l.uuid = $1::uuid"
#define EVENT_ALL " AND $1 = ''"
#define OLDER " AND ($5::bigint = 0 OR (l.at, l.event_id) < " EVENT_KEY ")"
#define NEWER " AND (l.at, l.event_id) > " EVENT_KEY

enum { C_ID, C_US, C_AT, C_LEVEL, C_UUID, C_NODE, C_JOB, C_CODE, C_TEXT, C_MARK };

#define PAGE(var, which, cond, order)                                                              \
	static const struct stmt var = {                                                            \
		.name = #var,                                                                          \
		.nparams = 8,                                                                          \
		.want = WANT_MANY,                                                                     \
		.sql = "SELECT " EVENT_COLUMNS ", false" EVENT_FROM " AND $3 = ''" which cond          \
		       " ORDER BY l.at " order ", l.event_id " order " LIMIT $6::int",                 \
	}
PAGE(event_older, EVENT_ALL, OLDER, "DESC");
PAGE(event_newer, EVENT_ALL, NEWER, "");
PAGE(event_older_one, EVENT_ONE, OLDER, "DESC");
PAGE(event_newer_one, EVENT_ONE, NEWER, "");

/* back is the other order: the first row in it is the last one that was looked through. */
#define SEARCH(var, which, cond, order, back)                                                      \
	static const struct stmt var = {                                                            \
		.name = #var,                                                                          \
		.nparams = 8,                                                                          \
		.want = WANT_MANY,                                                                     \
		.sql = "WITH seen AS MATERIALIZED (SELECT l.*" EVENT_FROM which cond                   \
		       "  ORDER BY l.at " order ", l.event_id " order " LIMIT " SEARCHED               \
		       "), hit AS (SELECT *, false AS mark FROM seen WHERE strpos(lower(text), lower($3)) > 0" \
		       "  ORDER BY at " order ", event_id " order " LIMIT $6::int"                     \
		       "), mark AS (SELECT at, event_id, 4::smallint, NULL::uuid, NULL::int, NULL::bigint, 0," \
		       "  'Searched to here; go on to search further', true FROM seen"                 \
		       "  WHERE (SELECT count(*) FROM seen) = " SEARCHED " AND (SELECT count(*) FROM hit) < $6::int" \
		       "  ORDER BY at " back ", event_id " back " LIMIT 1)"                            \
		       " SELECT " EVENT_COLUMNS ", mark FROM (TABLE hit UNION ALL TABLE mark) x"       \
		       " ORDER BY at " order ", event_id " order ", mark",                             \
	}
#define SEARCHED "100000"
SEARCH(event_search_older, EVENT_ALL, OLDER, "DESC", "");
SEARCH(event_search_newer, EVENT_ALL, NEWER, "", "DESC");
SEARCH(event_search_older_one, EVENT_ONE, OLDER, "DESC", "");
SEARCH(event_search_newer_one, EVENT_ONE, NEWER, "", "DESC");

static const struct stmt estimate = {
	.name = "event_estimate",
	.nparams = 2,
	.want = WANT_ONE,
	.sql = "SELECT CASE WHEN $1 = '' THEN (SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint"
	       " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
	       " WHERE i.inhparent = 'muster.event_log'::regclass)"
	       " ELSE (SELECT count(*) FROM muster.event_log WHERE uuid = nullif($1, '')::uuid AND level <= $2::int) END",
};
static const struct stmt write_lines = {
	.name = "event_write",
	.nparams = 7,
	.want = WANT_ONE,
	.sql = "SELECT muster.event_write($1::int, $2::timestamptz[], $3::smallint[], $4::uuid[],"
	       " $5::bigint[], $6::int[], $7::text[])",
};
static const struct stmt maintain = {
	.name = "event_maintain",
	.want = WANT_ONE,
	.sql = "SELECT muster.event_log_maintain()",
};

const char *
event_level_name(enum event_level level)
{
	return level_names[level];
}

int
event_level_of(const char *name)
{
	for (int i = EVENT_ERROR; i <= EVENT_VERBOSE; i++)
		if (strcmp(level_names[i], name) == 0)
			return i;
	return 0;
}

void
event_from_row(const struct rows *r, size_t row, struct event *out)
{
	struct event v = { .id = rows_int(r, row, C_ID), .at_us = rows_int(r, row, C_US) };
	int level = (int)rows_int(r, row, C_LEVEL);

	v.level = level < EVENT_ERROR || level > EVENT_VERBOSE ? EVENT_ERROR : (enum event_level)level;
	(void)text_copy(v.at, sizeof(v.at), rows_text(r, row, C_AT));
	(void)text_copy(v.uuid, sizeof(v.uuid), rows_text(r, row, C_UUID));
	v.node_id = (int)rows_int(r, row, C_NODE);
	v.job_id = rows_int(r, row, C_JOB);
	v.code = (int)rows_int(r, row, C_CODE);
	v.mark = rows_bool(r, row, C_MARK);
	text_clean(v.text, sizeof(v.text), rows_text(r, row, C_TEXT), strlen(rows_text(r, row, C_TEXT)));
	*out = v;
}

/* By: searched, one device, newer. */
static const struct stmt *const pages[2][2][2] = {
	{ { &event_older, &event_newer }, { &event_older_one, &event_newer_one } },
	{ { &event_search_older, &event_search_newer }, { &event_search_older_one, &event_search_newer_one } },
};

static const struct stmt *
page_of(const struct event_filter *f, bool newer)
{
	return pages[f->search[0] != '\0'][f->uuid[0] != '\0'][newer];
}

struct page_params {
	char level[8], at[24], id[24], limit[16];
	const char *p[8];
};

static void
page_params(const struct event_filter *f, int64_t at_us, int64_t id, int limit, struct page_params *out)
{
	(void)snprintf(out->level, sizeof(out->level), "%d", (int)f->level);
	(void)snprintf(out->at, sizeof(out->at), "%" PRId64, at_us);
	(void)snprintf(out->id, sizeof(out->id), "%" PRId64, id);
	(void)snprintf(out->limit, sizeof(out->limit), "%d", limit);
	const char *p[] = { f->uuid, out->level, f->search, out->at, out->id, out->limit, f->since, f->until };
	memcpy(out->p, p, sizeof(p));
}

int
event_page(struct db *db, const struct event_filter *f, int64_t at_us, int64_t id, bool newer,
    int limit, struct rows **out, struct err *e)
{
	struct page_params params;

	page_params(f, at_us, id, limit, &params);
	return db_run(db, page_of(f, newer), params.p, ARRAY_LEN(params.p), out, e);
}

void
event_page_send(struct dbq *q, const struct event_filter *f, int64_t at_us, int64_t id, bool newer,
    int limit, dbq_rows_fn *fn, void *arg, const void *owner)
{
	struct page_params params;

	page_params(f, at_us, id, limit, &params);
	dbq_send(q, page_of(f, newer), params.p, ARRAY_LEN(params.p), fn, arg, owner);
}

void
event_estimate_send(struct dbq *q, const struct event_filter *f, dbq_rows_fn *fn, void *arg, const void *owner)
{
	char level[8];
	const char *params[] = { f->uuid, level };

	(void)snprintf(level, sizeof(level), "%d", (int)f->level);
	dbq_send(q, &estimate, params, ARRAY_LEN(params), fn, arg, owner);
}

int
event_write(struct db *db, int node, const struct event_line *lines, size_t n, struct err *e)
{
	SCOPED(buf) struct buf at = { 0 }, level = { 0 }, uuid = { 0 }, job = { 0 }, code = { 0 }, text = { 0 };
	char when[CLOCK_TEXT], id[16];

	for (size_t i = 0; i < n; i++) {
		clock_text(lines[i].at_us, when);
		array_text(&at, when);
		array_int(&level, (int)lines[i].level);
		array_text(&uuid, lines[i].uuid[0] == '\0' ? NULL : lines[i].uuid);
		if (lines[i].job_id == 0)
			array_text(&job, NULL);
		else
			array_int(&job, lines[i].job_id);
		array_int(&code, lines[i].code);
		array_text(&text, lines[i].text);
	}
	(void)snprintf(id, sizeof(id), "%d", node);
	const char *params[] = { id, array_end(&at), array_end(&level), array_end(&uuid), array_end(&job),
		array_end(&code), array_end(&text) };
	if (at.bad || text.bad)
		return err_set(e, ERR_MEMORY, "event log lines");
	return db_run(db, &write_lines, params, ARRAY_LEN(params), NULL, e);
}

int
event_maintain(struct db *db, int *dropped, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (db_run(db, &maintain, NULL, 0, &r, e) < 0)
		return -1;
	*dropped = (int)rows_int(r, 0, 0);
	return 0;
}
