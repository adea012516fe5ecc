/* SPDX-License-Identifier: Apache-2.0 */
/* queue: jobs that are queued or running, as operators see and move them. */
#include "db/queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "db/pq.h"

#define KEY "(to_timestamp($3::numeric / 1000000), $4::bigint)"

/* The last step is looked up for what is shown only, so it costs one look into an index a running job. */
#define QUEUE_COLUMNS                                                                                                   \
	"SELECT j.job_id, (extract(epoch FROM j.run_at) * 1000000)::bigint,"                                            \
	" extract(epoch FROM CASE j.state WHEN 'running' THEN now() - j.started_at ELSE j.run_at - now() END)::bigint," \
	" j.state = 'running', j.attempt, j.last_code, d.uuid, d.fqdn, to_char(j.run_at, 'YYYY-MM-DD HH24:MI:SS'),"  \
	" n.name, coalesce(nullif(j.last_text, ''), j.why), CASE j.state WHEN 'running' THEN (SELECT s.title FROM muster.step_result s"                 \
	" WHERE s.job_id = j.job_id AND s.attempt = j.attempt ORDER BY s.seq DESC LIMIT 1) END"                         \
	" FROM (SELECT * FROM ("
/* Queued and running jobs are in two indexes: each is read in its order and no further than needed. */
#define QUEUE_OF(state, parts, limit)                                                                            \
	"(SELECT j.* FROM muster.job j JOIN muster.device d USING (device_id) WHERE j.state = '" state "' AND " parts  \
	" AND ($2 = '' OR starts_with(lower(d.fqdn), lower($2)) OR starts_with(d.uuid::text, lower($2)))" limit ")"
/* Bounds of one form whatever is asked for: also a plan that knows no parameter begins and ends where they are. */
#define QUEUED                                                                          \
	"$1 IN ('0', '1', '2') AND j.run_at <= CASE $1 WHEN '1' THEN now() ELSE 'infinity' END" \
	" AND j.run_at > CASE $1 WHEN '2' THEN now() ELSE '-infinity' END"
#define RUNNING "$1 IN ('0', '3')"
#define QUEUE_TABLES                                                          \
	") j JOIN muster.device d USING (device_id)"                           \
	" LEFT JOIN muster.engine_node n ON j.state = 'running' AND n.node_id = j.node_id"

#define PAGE(var, cond, order)                                                                                                \
	static const struct stmt var = {                                                                                       \
		.name = #var,                                                                                                     \
		.nparams = 5,                                                                                                     \
		.want = WANT_MANY,                                                                                                \
		.sql = QUEUE_COLUMNS QUEUE_OF("queued", QUEUED cond, " ORDER BY j.run_at" order ", j.job_id" order " LIMIT $5::int") \
		    " UNION ALL " QUEUE_OF("running", RUNNING cond, " ORDER BY j.run_at" order ", j.job_id" order " LIMIT $5::int")  \
		    ") b ORDER BY b.run_at" order ", b.job_id" order " LIMIT $5::int" QUEUE_TABLES                                \
		    " ORDER BY j.run_at" order ", j.job_id" order,                                                               \
	}
PAGE(queue_after, " AND (j.run_at, j.job_id) > " KEY, "");
PAGE(queue_before, " AND (j.run_at, j.job_id) < " KEY, " DESC");

static const struct stmt count_part = {
	.name = "queue_count",
	.nparams = 3,
	.want = WANT_ONE,
	.sql = "SELECT count(*) FROM (" QUEUE_OF("queued", QUEUED, " LIMIT $3::int") " UNION ALL "
	    QUEUE_OF("running", RUNNING, " LIMIT $3::int") " LIMIT $3::int) b",
};
/* Without a search no device needs to be looked at. */
static const struct stmt count_all = {
	.name = "queue_count_all",
	.nparams = 2,
	.want = WANT_ONE,
	.sql = "SELECT count(*) FROM ((SELECT FROM muster.job j WHERE j.state = 'queued' AND " QUEUED " LIMIT $2::int) UNION ALL"
	       " (SELECT FROM muster.job j WHERE j.state = 'running' AND " RUNNING " LIMIT $2::int) LIMIT $2::int) b",
};
static const struct stmt delay = {
	.name = "job_delay",
	.nparams = 2,
	.want = WANT_MANY,
	.sql = "SELECT uuid, code, text FROM muster.job_delay($1::uuid[], $2::int)",
};

enum col { C_ID, C_RUN_US, C_IN_S, C_RUNNING, C_ATTEMPT, C_CODE, C_UUID, C_FQDN, C_RUN_AT, C_ENGINE, C_REASON, C_STEP };

#define TEXT(member, col) text_clean(v.member, sizeof(v.member), rows_text(r, row, col), strlen(rows_text(r, row, col)))

void
queue_from_row(const struct rows *r, size_t row, struct queue_row *out)
{
	struct queue_row v = { .id = rows_int(r, row, C_ID), .run_us = rows_int(r, row, C_RUN_US), .in_s = rows_int(r, row, C_IN_S) };

	v.running = rows_bool(r, row, C_RUNNING);
	v.attempt = (int)rows_int(r, row, C_ATTEMPT);
	v.code = (int)rows_int(r, row, C_CODE);
	TEXT(uuid, C_UUID);
	TEXT(fqdn, C_FQDN);
	TEXT(run_at, C_RUN_AT);
	TEXT(engine, C_ENGINE);
	TEXT(reason, C_REASON);
	TEXT(step, C_STEP);
	*out = v;
}

void
queue_page_send(struct dbq *q, const struct queue_filter *f, const struct queue_row *from, bool back, int limit,
    dbq_rows_fn *fn, void *arg, const void *owner)
{
	static const struct queue_row start = { .run_us = 0 }, end = { .run_us = 253402300799000000, .id = INT64_MAX }; /* year 9999 */
	const struct queue_row *key = from != NULL ? from : back ? &end : &start;
	char part[8], at[24], id[24], most[16];
	const char *params[] = { part, f->search, at, id, most };

	(void)snprintf(part, sizeof(part), "%d", (int)f->part);
	(void)snprintf(at, sizeof(at), "%" PRId64, key->run_us);
	(void)snprintf(id, sizeof(id), "%" PRId64, key->id);
	(void)snprintf(most, sizeof(most), "%d", limit);
	dbq_send(q, back ? &queue_before : &queue_after, params, ARRAY_LEN(params), fn, arg, owner);
}

void
queue_count_send(struct dbq *q, const struct queue_filter *f, dbq_rows_fn *fn, void *arg, const void *owner)
{
	char part[8], most[16];
	const char *params[] = { part, f->search, most };
	const char *all[] = { part, most };

	(void)snprintf(part, sizeof(part), "%d", (int)f->part);
	(void)snprintf(most, sizeof(most), "%d", QUEUE_COUNT_MAX);
	if (f->search[0] == '\0')
		dbq_send(q, &count_all, all, ARRAY_LEN(all), fn, arg, owner);
	else
		dbq_send(q, &count_part, params, ARRAY_LEN(params), fn, arg, owner);
}

int
job_delay(struct db *db, const char *const *uuids, size_t n, int minutes, struct rows **out, struct err *e)
{
	SCOPED(buf) struct buf list = { 0 };
	char min[16];

	array_texts(&list, uuids, n);
	(void)snprintf(min, sizeof(min), "%d", minutes);
	const char *params[] = { buf_str(&list), min };
	return db_run(db, &delay, params, ARRAY_LEN(params), out, e);
}

void
job_delay_send(
    struct dbq *q, const char *const *uuids, size_t n, int minutes, dbq_rows_fn *fn, void *arg, const void *owner)
{
	SCOPED(buf) struct buf list = { 0 };
	char min[16];

	array_texts(&list, uuids, n);
	(void)snprintf(min, sizeof(min), "%d", minutes);
	const char *params[] = { buf_str(&list), min };
	dbq_send(q, &delay, params, ARRAY_LEN(params), fn, arg, owner);
}
