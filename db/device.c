/* SPDX-License-Identifier: Apache-2.0 */
/* device: one row per UUID, and what operators do with devices. */
#include "db/device.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "db/pq.h"

#define DEVICE_COLUMNS                                                                             \
	"d.device_id, d.uuid, d.state, to_char(d.state_at, 'YYYY-MM-DD HH24:MI:SS'), d.reason_code,"  \
	" d.reason, d.fqdn, d.ou, p.name, d.mapped_by, host(d.address), d.hello_version,"            \
	" d.hello_count, d.hello_retry, to_char(d.hello_first_at, 'YYYY-MM-DD HH24:MI:SS'),"         \
	" to_char(d.hello_last_at, 'YYYY-MM-DD HH24:MI:SS'), d.hello_admin_set, d.hello_pid,"         \
	" h.count, d.amt_version, d.amt_build, d.model, d.serial, d.mac, d.control_mode, d.tls,"      \
	" r.revision, (SELECT max(n.revision) FROM muster.profile_revision n WHERE n.profile_id ="    \
	" d.profile_id), to_char(d.configured_at, 'YYYY-MM-DD HH24:MI:SS'),"                          \
	" to_char(d.verified_at, 'YYYY-MM-DD HH24:MI:SS'), j.state,"                                 \
	" to_char(j.run_at, 'YYYY-MM-DD HH24:MI:SS'), j.attempt,"                                    \
	" (SELECT max(x.job_id) FROM muster.job x WHERE x.device_id = d.device_id),"                 \
	" (extract(epoch FROM d.state_at) * 1000000)::bigint,"                                        \
	" (extract(epoch FROM d.hello_last_at) * 1000000)::bigint"
#define DEVICE_TABLES                                                                              \
	" FROM muster.device d LEFT JOIN muster.profile p USING (profile_id)"                        \
	" LEFT JOIN muster.hash_set h USING (hash_set_id)"                                           \
	" LEFT JOIN muster.profile_revision r USING (profile_revision_id)"                           \
	" LEFT JOIN muster.job j ON j.device_id = d.device_id AND j.state IN ('queued', 'running')"
#define DEVICE_FILTER(profile)                                                                     \
	" WHERE ($1 = '' OR d.state = $1) AND ($2 = '' OR starts_with(lower(d.fqdn), lower($2)) OR"  \
	" starts_with(d.uuid::text, lower($2)) OR starts_with(host(d.address), lower($2)) OR"        \
	" starts_with(lower(d.serial), lower($2)) OR starts_with(lower(d.model), lower($2)))"        \
	" AND (" profile " = '' OR d.profile_id = (SELECT x.profile_id FROM muster.profile x WHERE x.name = " profile "))"

enum col {
	C_ID, C_UUID, C_STATE, C_STATE_AT, C_REASON_CODE, C_REASON, C_FQDN, C_OU, C_PROFILE, C_MAPPED_BY,
	C_ADDRESS, C_HELLO_VERSION, C_HELLO_COUNT, C_HELLO_RETRY, C_HELLO_FIRST, C_HELLO_LAST, C_ADMIN_SET,
	C_PID, C_HASHES, C_AMT, C_BUILD, C_MODEL, C_SERIAL, C_MAC, C_MODE, C_TLS, C_REVISION, C_NEWEST,
	C_CONFIGURED, C_VERIFIED, C_JOB_STATE, C_JOB_RUN, C_JOB_ATTEMPT, C_JOB_ID,
	C_STATE_US, C_HELLO_US,
};

static const struct stmt by_uuid = {
	.name = "device_by_uuid",
	.nparams = 1,
	.want = WANT_MAYBE,
	.sql = "SELECT " DEVICE_COLUMNS DEVICE_TABLES " WHERE d.uuid = $1::uuid",
};
static const struct stmt hashes_of = {
	.name = "device_hashes",
	.nparams = 1,
	.want = WANT_MAYBE,
	.sql = "SELECT h.entries FROM muster.device d JOIN muster.hash_set h USING (hash_set_id) WHERE d.uuid = $1::uuid",
};
/*
 * The orders a list may have. Each pages along an index by a key: the value of the row before ($3, '' for
 * none) and its device ($4, 0: from the start); $6 is the profile. Devices without a value come last, by number.
 */
#define US             "(timestamptz 'epoch' + nullif($3, '')::bigint * interval '1 us')"
#define KEYS(more, by) "(SELECT d.device_id FROM muster.device d" DEVICE_FILTER("$6") " AND " more " ORDER BY " by " LIMIT $5::int)"
#define LIST(cond, by)                                                                             \
	.nparams = 6, .want = WANT_MANY,                                                             \
	.sql = "SELECT " DEVICE_COLUMNS DEVICE_TABLES DEVICE_FILTER("$6") " AND " cond " ORDER BY " by " LIMIT $5::int"
#define LIST_OF(first, second, by)                                                                 \
	.nparams = 6, .want = WANT_MANY,                                                             \
	.sql = "SELECT " DEVICE_COLUMNS DEVICE_TABLES " WHERE d.device_id IN (SELECT k.device_id FROM (" first \
	       " UNION ALL " second " LIMIT $5::int) k) ORDER BY " by

static const struct stmt pages[ORDER_COUNT][2] = { /* [1]: back */
	[ORDER_SEEN] = {
	    { .name = "device_seen", LIST("($4::bigint = 0 OR d.device_id < $4::bigint) AND $3 = $3", "d.device_id DESC") },
	    { .name = "device_seen_back", LIST("d.device_id > $4::bigint AND $3 = $3", "d.device_id") } },
	[ORDER_CHANGED] = {
	    { .name = "device_changed", LIST("($4::bigint = 0 OR (d.state_at, d.device_id) < (" US ", $4::bigint))", "d.state_at DESC, d.device_id DESC") },
	    { .name = "device_changed_back", LIST("($4::bigint = 0 OR (d.state_at, d.device_id) > (" US ", $4::bigint))", "d.state_at, d.device_id") } },
	[ORDER_HELLO] = {
	    { .name = "device_hello", LIST_OF(
		KEYS("d.hello_last_at IS NOT NULL AND ($4::bigint = 0 OR (d.hello_last_at, d.device_id) < (" US ", $4::bigint))",
		    "d.hello_last_at DESC, d.device_id DESC"),
		KEYS("d.hello_last_at IS NULL AND ($4::bigint = 0 OR $3 <> '' OR d.device_id < $4::bigint)", "d.device_id DESC"),
		"d.hello_last_at IS NULL, d.hello_last_at DESC, d.device_id DESC") },
	    { .name = "device_hello_back", LIST_OF(
		KEYS("d.hello_last_at IS NULL AND ($4::bigint = 0 OR ($3 = '' AND d.device_id > $4::bigint))", "d.device_id"),
		KEYS("d.hello_last_at IS NOT NULL AND ($4::bigint = 0 OR $3 = '' OR (d.hello_last_at, d.device_id) > (" US ", $4::bigint))",
		    "d.hello_last_at, d.device_id"),
		"d.hello_last_at IS NOT NULL, d.hello_last_at, d.device_id") } },
	[ORDER_FQDN] = {
	    { .name = "device_fqdn", LIST_OF(
		KEYS("d.fqdn IS NOT NULL AND ($4::bigint = 0 OR ($3 <> '' AND lower(d.fqdn) > lower($3)))", "lower(d.fqdn)"),
		KEYS("d.fqdn IS NULL AND ($4::bigint = 0 OR $3 <> '' OR d.device_id < $4::bigint)", "d.device_id DESC"),
		"d.fqdn IS NULL, lower(d.fqdn), d.device_id DESC") },
	    { .name = "device_fqdn_back", LIST_OF(
		KEYS("d.fqdn IS NULL AND ($4::bigint = 0 OR ($3 = '' AND d.device_id > $4::bigint))", "d.device_id"),
		KEYS("d.fqdn IS NOT NULL AND ($4::bigint = 0 OR $3 = '' OR lower(d.fqdn) < lower($3))", "lower(d.fqdn) DESC"),
		"d.fqdn IS NOT NULL, lower(d.fqdn) DESC, d.device_id") } },
	[ORDER_UUID] = {
	    { .name = "device_uuid", LIST("($4::bigint = 0 OR d.uuid > nullif($3, '')::uuid)", "d.uuid") },
	    { .name = "device_uuid_back", LIST("($4::bigint = 0 OR d.uuid < nullif($3, '')::uuid)", "d.uuid DESC") } },
};
static const char *const orders[ORDER_COUNT] = { "seen", "changed", "hello", "fqdn", "uuid" };
static const struct stmt matching = {
	.name = "device_matching",
	.nparams = 4,
	.want = WANT_MANY,
	.sql = "SELECT d.device_id, d.uuid, count(*) OVER () FROM muster.device d" DEVICE_FILTER("$3") " ORDER BY d.device_id DESC LIMIT $4::int",
};
/* Along the two indexes; what is no longer the start of a name ends each part. */
static const struct stmt starting = {
	.name = "device_starting",
	.nparams = 3,
	.want = WANT_MANY,
	.sql = "SELECT uuid, coalesce(fqdn, '') FROM (SELECT d.uuid, d.fqdn FROM muster.device d WHERE lower(d.fqdn) >= lower($1)"
	       " ORDER BY lower(d.fqdn) LIMIT $3::int) f WHERE starts_with(lower(fqdn), lower($1))"
	       " UNION SELECT uuid, coalesce(fqdn, '') FROM (SELECT d.uuid, d.fqdn FROM muster.device d WHERE d.uuid >= nullif($2, '')::uuid"
	       " ORDER BY d.uuid LIMIT $3::int) u WHERE starts_with(replace(uuid::text, '-', ''), replace(lower($1), '-', '')) LIMIT $3::int",
};
static const struct stmt count_filtered = {
	.name = "device_count",
	.nparams = 3,
	.want = WANT_ONE,
	.sql = "SELECT count(*) FROM muster.device d" DEVICE_FILTER("$3"),
};
/* Without a search and of all profiles the triggers have counted already. */
static const struct stmt count_state = {
	.name = "device_count_state",
	.nparams = 1,
	.want = WANT_ONE,
	.sql = "SELECT coalesce(sum(n), 0)::bigint FROM muster.device_count WHERE $1 = '' OR state = $1",
};
static const struct stmt approve = {
	.name = "approve",
	.nparams = 5,
	.want = WANT_MANY,
	/* A running number goes on where the devices before these ended ($5). */
	.sql = "SELECT uuid, code, text FROM muster.approve($1::uuid[], nullif($2, ''), CASE WHEN $3 <> '' THEN"
	       " (SELECT array_agg(replace($3, '{n}', ($5::bigint + n)::text) ORDER BY n)"
	       " FROM generate_series(1, cardinality($1::uuid[])) AS n) END, nullif($4, ''))",
};
static const struct stmt command = {
	.name = "device_command",
	.nparams = 3,
	.want = WANT_MANY,
	.sql = "SELECT uuid, code, text FROM muster.device_command($1::uuid[], $2, $3)",
};

#define TEXT(member, col) text_clean(d.member, sizeof(d.member), rows_text(r, row, col), strlen(rows_text(r, row, col)))

void
device_from_row(const struct rows *r, size_t row, struct device *out)
{
	struct device d = { .id = rows_int(r, row, C_ID) };

	TEXT(uuid, C_UUID);
	TEXT(state, C_STATE);
	TEXT(state_at, C_STATE_AT);
	TEXT(reason, C_REASON);
	TEXT(fqdn, C_FQDN);
	TEXT(ou, C_OU);
	TEXT(profile, C_PROFILE);
	TEXT(mapped_by, C_MAPPED_BY);
	TEXT(address, C_ADDRESS);
	TEXT(hello_first_at, C_HELLO_FIRST);
	TEXT(hello_last_at, C_HELLO_LAST);
	TEXT(hello_pid, C_PID);
	TEXT(amt_version, C_AMT);
	TEXT(amt_build, C_BUILD);
	TEXT(model, C_MODEL);
	TEXT(serial, C_SERIAL);
	TEXT(mac, C_MAC);
	TEXT(configured_at, C_CONFIGURED);
	TEXT(verified_at, C_VERIFIED);
	TEXT(job_state, C_JOB_STATE);
	TEXT(job_run_at, C_JOB_RUN);
	d.reason_code = (int)rows_int(r, row, C_REASON_CODE);
	d.hello_version = (int)rows_int(r, row, C_HELLO_VERSION);
	d.hello_count = rows_int(r, row, C_HELLO_COUNT);
	d.hello_retry = rows_int(r, row, C_HELLO_RETRY);
	d.hello_admin_set = rows_bool(r, row, C_ADMIN_SET);
	d.hashes = (int)rows_int(r, row, C_HASHES);
	d.control_mode = (int)rows_int(r, row, C_MODE);
	d.tls = rows_bool(r, row, C_TLS);
	d.revision = (int)rows_int(r, row, C_REVISION);
	d.profile_revision = (int)rows_int(r, row, C_NEWEST);
	d.job_attempt = (int)rows_int(r, row, C_JOB_ATTEMPT);
	d.job_id = rows_int(r, row, C_JOB_ID);
	d.state_us = rows_int(r, row, C_STATE_US);
	d.hello_us = rows_int(r, row, C_HELLO_US);
	*out = d;
}

int
device_by_uuid(struct db *db, const char *uuid, struct device *out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	const char *params[] = { uuid };

	if (db_run(db, &by_uuid, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	if (rows_count(r) == 0)
		return 0;
	device_from_row(r, 0, out);
	return 1;
}

int
device_hashes(struct db *db, const char *uuid, uint8_t **out, size_t *len, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	const char *params[] = { uuid };

	*out = NULL;
	*len = 0;
	if (db_run(db, &hashes_of, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	if (rows_count(r) == 1)
		*out = rows_bytes_new(r, 0, 0, len);
	return rows_count(r) == 1 && *out == NULL ? err_set(e, ERR_MEMORY, "root hashes") : 0;
}

const char *
device_order_name(enum device_order order)
{
	return orders[order];
}

enum device_order
device_order_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(orders); i++)
		if (strcmp(orders[i], name) == 0)
			return (enum device_order)i;
	return ORDER_SEEN;
}

/* The parameters of a page; the texts live as long as the struct. */
struct page_params {
	char value[DB_FQDN], id[24], most[16];
	const char *list[6];
};

static void
page_params(struct page_params *p, const struct device_filter *f, const struct device *from, int limit)
{
	*p = (struct page_params){ .list = { f->state, f->search, p->value, p->id, p->most, f->profile } };
	(void)snprintf(p->id, sizeof(p->id), "%" PRId64, from == NULL ? 0 : from->id);
	(void)snprintf(p->most, sizeof(p->most), "%d", limit);
	if (from == NULL)
		return;
	if (f->order == ORDER_CHANGED)
		(void)snprintf(p->value, sizeof(p->value), "%" PRId64, from->state_us);
	else if (f->order == ORDER_HELLO && from->hello_us != 0)
		(void)snprintf(p->value, sizeof(p->value), "%" PRId64, from->hello_us);
	else if (f->order == ORDER_FQDN || f->order == ORDER_UUID)
		(void)text_copy(p->value, sizeof(p->value), f->order == ORDER_FQDN ? from->fqdn : from->uuid);
}

int
device_page(struct db *db, const struct device_filter *f, const struct device *from, bool back, int limit,
    struct rows **out, struct err *e)
{
	struct page_params p;

	page_params(&p, f, from, limit);
	return db_run(db, &pages[f->order][back], p.list, ARRAY_LEN(p.list), out, e);
}

void
device_page_send(struct dbq *q, const struct device_filter *f, const struct device *from, bool back, int limit,
    dbq_rows_fn *fn, void *arg, const void *owner)
{
	struct page_params p;

	page_params(&p, f, from, limit);
	dbq_send(q, &pages[f->order][back], p.list, ARRAY_LEN(p.list), fn, arg, owner);
}

void
device_matching_send(struct dbq *q, const struct device_filter *f, int limit, dbq_rows_fn *fn, void *arg, const void *owner)
{
	char most[16];
	const char *params[] = { f->state, f->search, f->profile, most };

	(void)snprintf(most, sizeof(most), "%d", limit);
	dbq_send(q, &matching, params, ARRAY_LEN(params), fn, arg, owner);
}

void
device_starting_send(struct dbq *q, const char *text, int limit, dbq_rows_fn *fn, void *arg, const void *owner)
{
	char least[33] = "", most[16];
	const char *params[] = { text, least, most };
	size_t n = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '-')
			continue;
		if (n == sizeof(least) - 1 || strchr("0123456789abcdefABCDEF", *p) == NULL) {
			n = 0; /* not the start of a UUID */
			break;
		}
		least[n++] = *p;
	}
	if (n > 0)
		memset(least + n, '0', sizeof(least) - 1 - n);
	else
		least[0] = '\0';
	(void)snprintf(most, sizeof(most), "%d", limit);
	dbq_send(q, &starting, params, ARRAY_LEN(params), fn, arg, owner);
}

void
device_count_send(struct dbq *q, const struct device_filter *f, dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { f->state, f->search, f->profile };

	if (f->search[0] == '\0' && f->profile[0] == '\0')
		dbq_send(q, &count_state, params, 1, fn, arg, owner);
	else
		dbq_send(q, &count_filtered, params, ARRAY_LEN(params), fn, arg, owner);
}

void
device_by_uuid_send(struct dbq *q, const char *uuid, dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { uuid };

	dbq_send(q, &by_uuid, params, ARRAY_LEN(params), fn, arg, owner);
}

int
device_approve(struct db *db, const char *const *uuids, size_t n, const char *profile, const char *fqdn,
    const char *ou, struct rows **out, struct err *e)
{
	SCOPED(buf) struct buf list = { 0 };

	array_texts(&list, uuids, n);
	const char *params[] = { buf_str(&list), profile, fqdn, ou, "0" };
	return db_run(db, &approve, params, ARRAY_LEN(params), out, e);
}

void
device_approve_send(struct dbq *q, const char *const *uuids, size_t n, const char *profile,
    const char *fqdn, const char *ou, size_t before, dbq_rows_fn *fn, void *arg, const void *owner)
{
	SCOPED(buf) struct buf list = { 0 };
	char number[24];

	array_texts(&list, uuids, n);
	(void)snprintf(number, sizeof(number), "%zu", before);
	const char *params[] = { buf_str(&list), profile, fqdn, ou, number };
	dbq_send(q, &approve, params, ARRAY_LEN(params), fn, arg, owner);
}

int
device_command(struct db *db, const char *const *uuids, size_t n, const char *verb, const char *why,
    struct rows **out, struct err *e)
{
	SCOPED(buf) struct buf list = { 0 };

	array_texts(&list, uuids, n);
	const char *params[] = { buf_str(&list), verb, why };
	return db_run(db, &command, params, ARRAY_LEN(params), out, e);
}

void
device_command_send(struct dbq *q, const char *const *uuids, size_t n, const char *verb,
    const char *why, dbq_rows_fn *fn, void *arg, const void *owner)
{
	SCOPED(buf) struct buf list = { 0 };

	array_texts(&list, uuids, n);
	const char *params[] = { buf_str(&list), verb, why };
	dbq_send(q, &command, params, ARRAY_LEN(params), fn, arg, owner);
}
