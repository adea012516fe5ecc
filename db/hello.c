/* SPDX-License-Identifier: Apache-2.0 */
/* hello: batches of hellos made durable, and the ones refused. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "db/job.h"
#include "db/pq.h"

static const struct stmt batch = {
	.name = "hello_batch",
	.nparams = 10,
	.want = WANT_MANY,
	.sql = "SELECT uuid, code FROM muster.hello_batch($1::int, $2::timestamptz[], $3::uuid[], $4::inet[],"
	       " $5::int[], $6::smallint[], $7::bigint[], $8::boolean[], $9::text[], $10::bigint[])",
};
static const struct stmt unknown_of = {
	.name = "hello_unknown",
	.nparams = 1,
	.want = WANT_MANY,
	.sql = "SELECT muster.hello_unknown($1::uuid[])",
};
static const struct stmt set_id = {
	.name = "hash_set_id",
	.nparams = 3,
	.want = WANT_ONE,
	.sql = "SELECT muster.hash_set_id($1::bytea, $2::bytea, $3::int)",
};
static const struct stmt reject = {
	.name = "hello_reject",
	.nparams = 8,
	.want = WANT_MAYBE,
	.sql = "SELECT muster.hello_reject($1::int, $2::timestamptz, $3::inet, $4::int, $5::int, $6, $7::bytea, $8::bigint)",
};
static const struct stmt rejected = {
	.name = "hello_rejected",
	.nparams = 1,
	.want = WANT_MANY,
	.sql = "SELECT to_char(at, 'YYYY-MM-DD HH24:MI:SS'), host(address), port, code, reason, count, encode(bytes, 'hex')"
	       " FROM muster.hello_rejected ORDER BY at DESC, hello_rejected_id DESC LIMIT $1::int",
};
static const struct stmt count_waiting = {
	.name = "waiting_count",
	.want = WANT_ONE,
	.sql = "SELECT count(*) FROM muster.device WHERE state = 'waiting'",
};

int
hello_batch(struct db *db, int node, const struct hello_row *rows, size_t n, struct err *e)
{
	enum { COL_AT, COL_UUID, COL_ADDRESS, COL_PORT, COL_VERSION, COL_RETRY, COL_ADMIN, COL_PID, COL_SET, COLUMNS };
	struct buf b[COLUMNS] = { 0 };
	const char *params[COLUMNS + 1];
	char id[16], at[CLOCK_TEXT];

	for (size_t i = 0; i < n; i++) {
		const struct hello_row *h = &rows[i];

		clock_text(h->at_us, at);
		array_text(&b[COL_AT], at);
		array_text(&b[COL_UUID], h->uuid);
		array_text(&b[COL_ADDRESS], h->address);
		array_int(&b[COL_PORT], h->port);
		array_int(&b[COL_VERSION], h->version);
		array_int(&b[COL_RETRY], h->retries);
		array_text(&b[COL_ADMIN], h->admin_set ? "t" : "f");
		array_text(&b[COL_PID], h->pid[0] == '\0' ? NULL : h->pid);
		if (h->hash_set_id == 0)
			array_text(&b[COL_SET], NULL);
		else
			array_int(&b[COL_SET], h->hash_set_id);
	}
	(void)snprintf(id, sizeof(id), "%d", node);
	params[0] = id;
	for (size_t i = 0; i < COLUMNS; i++)
		params[i + 1] = array_end(&b[i]);
	int rc = db_run(db, &batch, params, ARRAY_LEN(params), NULL, e);
	for (size_t i = 0; i < COLUMNS; i++)
		buf_free(&b[i]);
	return rc;
}

int
hello_unknown(struct db *db, const struct hello_row *rows, size_t n, bool *unknown, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(buf) struct buf list = { 0 };

	for (size_t i = 0; i < n; i++)
		array_text(&list, rows[i].uuid);
	const char *params[] = { array_end(&list) };
	if (db_run(db, &unknown_of, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		unknown[i] = false;
		for (size_t k = 0; k < rows_count(r); k++)
			unknown[i] |= strcmp(rows_text(r, k, 0), rows[i].uuid) == 0;
	}
	return 0;
}

int
hash_set_id(struct db *db, const uint8_t digest[32], const void *entries, size_t len, int count, int64_t *out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(buf) struct buf d = { 0 }, all = { 0 };
	char n[16];

	bytea_text(&d, digest, 32);
	bytea_text(&all, entries, len);
	(void)snprintf(n, sizeof(n), "%d", count);
	const char *params[] = { buf_str(&d), buf_str(&all), n };
	if (db_run(db, &set_id, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	*out = rows_int(r, 0, 0);
	return 0;
}

int
hello_reject(struct db *db, int node, const struct hello_refusal *r, struct err *e)
{
	SCOPED(buf) struct buf bytes = { 0 };
	char id[16], at[CLOCK_TEXT], port[16], code[16], count[24];

	bytea_text(&bytes, r->bytes, r->len);
	clock_text(r->at_us, at);
	(void)snprintf(id, sizeof(id), "%d", node);
	(void)snprintf(port, sizeof(port), "%d", r->port);
	(void)snprintf(code, sizeof(code), "%d", r->code);
	(void)snprintf(count, sizeof(count), "%" PRId64, r->count);
	const char *params[] = { id, at, r->address, port, code, r->reason, buf_str(&bytes), count };
	return db_run(db, &reject, params, ARRAY_LEN(params), NULL, e);
}

int
waiting_count(struct db *db, int64_t *out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (db_run(db, &count_waiting, NULL, 0, &r, e) < 0)
		return -1;
	*out = rows_int(r, 0, 0);
	return 0;
}

int
hello_rejected(struct db *db, int limit, struct rows **out, struct err *e)
{
	char most[16];
	const char *params[] = { most };

	(void)snprintf(most, sizeof(most), "%d", limit);
	return db_run(db, &rejected, params, ARRAY_LEN(params), out, e);
}
