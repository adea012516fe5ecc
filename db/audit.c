/* SPDX-License-Identifier: Apache-2.0 */
/* audit: the audit log. Pages go by id, so a page costs the same at any depth. */
#include "db/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "db/pq.h"

#define SHORT                                                                                      \
	"audit_id, to_char(at, 'YYYY-MM-DD HH24:MI:SS'), who, host(from_addr), what, object,"         \
	" concat_ws(' -> ', left(before::text, 100), left(after::text, 100))"
#define FULL                                                                                       \
	SHORT ", to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), before::text, after::text," \
	      " encode(prev_hash, 'hex'), encode(hash, 'hex')"
#define FILTER                                                                                     \
	" FROM muster.audit_log WHERE ($1 = '' OR who = $1) AND ($2 = '' OR what = $2)"              \
	" AND ($3 = '' OR starts_with(object, $3))"                                                  \
	" AND ($4 = '' OR at >= nullif($4, '')::timestamptz) AND ($5 = '' OR at < nullif($5, '')::timestamptz)" \
	" AND ($6 = '' OR strpos(lower(concat_ws(' ', who, what, object)), lower($6)) > 0)"

static const struct stmt newest = {
	.name = "audit_list",
	.nparams = 8,
	.want = WANT_MANY,
	.sql = "SELECT * FROM (SELECT " FULL FILTER " AND $7::bigint = 0 ORDER BY audit_id DESC LIMIT $8::int) l ORDER BY audit_id",
};
static const struct stmt full_after = {
	.name = "audit_after",
	.nparams = 8,
	.want = WANT_MANY,
	.sql = "SELECT " FULL FILTER " AND audit_id > $7::bigint ORDER BY audit_id LIMIT $8::int",
};
static const struct stmt page_older = {
	.name = "audit_page_older",
	.nparams = 8,
	.want = WANT_MANY,
	.sql = "SELECT " SHORT FILTER " AND ($7::bigint = 0 OR audit_id < $7::bigint) ORDER BY audit_id DESC LIMIT $8::int",
};
static const struct stmt page_newer = {
	.name = "audit_page_newer",
	.nparams = 8,
	.want = WANT_MANY,
	.sql = "SELECT " SHORT FILTER " AND audit_id > $7::bigint ORDER BY audit_id LIMIT $8::int",
};
static const struct stmt one = {
	.name = "audit_one",
	.nparams = 1,
	.want = WANT_MAYBE,
	.sql = "SELECT to_char(at, 'YYYY-MM-DD HH24:MI:SS.US TZ'), who, host(from_addr), what, object, jsonb_pretty(before),"
	       " jsonb_pretty(after), encode(prev_hash, 'hex'), encode(hash, 'hex') FROM muster.audit_log WHERE audit_id = $1::bigint",
};
static const struct stmt as_it_is_now = {
	.name = "audit_snapshot",
	.want = WANT_NOTHING,
	.sql = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
};
static const struct stmt end_of = {
	.name = "audit_end",
	.want = WANT_MAYBE,
	.sql = "SELECT audit_id, hash FROM muster.audit_end",
};
static const struct stmt chain = {
	.name = "audit_chain",
	.nparams = 2,
	.want = WANT_MANY,
	.sql = "SELECT a.audit_id, a.prev_hash, a.hash, muster.audit_row_text(a), coalesce(a.from_addr <> host(a.from_addr)::inet, false)"
	       " FROM muster.audit_log a WHERE a.audit_id > $1::bigint ORDER BY a.audit_id LIMIT $2::int",
};
static const struct stmt estimate = {
	.name = "audit_estimate",
	.want = WANT_ONE,
	.sql = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'muster.audit_log'::regclass",
};

#define TEXT(member, col) text_clean(a.member, sizeof(a.member), rows_text(r, row, col), strlen(rows_text(r, row, col)))

void
audit_from_row(const struct rows *r, size_t row, struct audit_row *out)
{
	struct audit_row a = { .id = rows_int(r, row, AUDIT_ID) };

	TEXT(at, AUDIT_AT);
	TEXT(who, AUDIT_WHO);
	TEXT(from, AUDIT_FROM);
	TEXT(what, AUDIT_WHAT);
	TEXT(object, AUDIT_OBJ);
	TEXT(change, AUDIT_CHANGED);
	*out = a;
}

struct page_params {
	char id[24], limit[16];
	const char *p[8];
};

static void
page_params(const struct audit_filter *f, int64_t id, int limit, struct page_params *out)
{
	(void)snprintf(out->id, sizeof(out->id), "%" PRId64, id);
	(void)snprintf(out->limit, sizeof(out->limit), "%d", limit);
	const char *p[] = { f->who, f->what, f->object, f->since, f->until, f->search, out->id, out->limit };
	memcpy(out->p, p, sizeof(p));
}

int
audit_list(struct db *db, const struct audit_filter *f, int limit, struct rows **out, struct err *e)
{
	struct page_params params = { .id = "" };

	page_params(f, 0, limit, &params);
	return db_run(db, &newest, params.p, ARRAY_LEN(params.p), out, e);
}

int
audit_after(struct db *db, const struct audit_filter *f, int64_t id, int limit, struct rows **out, struct err *e)
{
	struct page_params params = { .id = "" };

	page_params(f, id, limit, &params);
	return db_run(db, &full_after, params.p, ARRAY_LEN(params.p), out, e);
}

void
audit_page_send(struct dbq *q, const struct audit_filter *f, int64_t id, bool newer, int limit, dbq_rows_fn *fn, void *arg,
    const void *owner)
{
	struct page_params params = { .id = "" };

	page_params(f, id, limit, &params);
	dbq_send(q, newer ? &page_newer : &page_older, params.p, ARRAY_LEN(params.p), fn, arg, owner);
}

void
audit_one_send(struct dbq *q, int64_t id, dbq_rows_fn *fn, void *arg, const void *owner)
{
	char text[24];
	const char *params[] = { text };

	(void)snprintf(text, sizeof(text), "%" PRId64, id);
	dbq_send(q, &one, params, ARRAY_LEN(params), fn, arg, owner);
}

int
audit_look_begin(struct db *db, struct err *e)
{
	if (db_begin(db, e) < 0)
		return -1;
	return db_run(db, &as_it_is_now, NULL, 0, NULL, e);
}

int
audit_end(struct db *db, struct rows **out, struct err *e)
{
	return db_run(db, &end_of, NULL, 0, out, e);
}

int
audit_chain(struct db *db, int64_t after, int limit, struct rows **out, struct err *e)
{
	char from[24], most[16];
	const char *params[] = { from, most };

	(void)snprintf(from, sizeof(from), "%" PRId64, after);
	(void)snprintf(most, sizeof(most), "%d", limit);
	return db_run(db, &chain, params, ARRAY_LEN(params), out, e);
}

int
audit_estimate(struct db *db, int64_t *n, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (db_run(db, &estimate, NULL, 0, &r, e) < 0)
		return -1;
	*n = rows_int(r, 0, 0);
	return 0;
}
