/* SPDX-License-Identifier: Apache-2.0 */
/* retire: configured devices again: with another profile, taken over from another service, unprovisioned. */
#include "db/retire.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "db/job.h"
#include "db/pq.h"

static const struct stmt reprovision = {
	.name = "device_reprovision",
	.nparams = 5,
	.want = WANT_MANY,
	/* A running number goes on where the devices before these ended ($5). */
	.sql = "SELECT uuid, code, text FROM muster.device_reprovision($1::uuid[], nullif($2, ''), CASE WHEN $3 <> '' THEN"
	       " (SELECT array_agg(replace($3, '{n}', ($5::bigint + n)::text) ORDER BY n)"
	       " FROM generate_series(1, cardinality($1::uuid[])) AS n) END, nullif($4, ''))",
};
static const struct stmt unprovision = {
	.name = "device_unprovision",
	.nparams = 4,
	.want = WANT_MANY,
	.sql = "SELECT uuid, code, text FROM muster.device_unprovision($1::uuid[], $2::boolean, $3::boolean, nullif($4, ''))",
};
static const struct stmt take_over = {
	.name = "device_take_over",
	.nparams = 6,
	.want = WANT_ONE,
	.sql = "SELECT uuid, code, text FROM muster.device_take_over($1::uuid, nullif($2, ''), nullif($3, ''), nullif($4, ''), $5::bytea[],"
	       " nullif($6, '')::inet)",
};

int
device_reprovision(struct db *db, const char *const *uuids, size_t n, const char *profile, const char *fqdn, const char *ou,
    struct rows **out, struct err *e)
{
	SCOPED(buf) struct buf list = { 0 };

	array_texts(&list, uuids, n);
	const char *params[] = { buf_str(&list), profile, fqdn, ou, "0" };
	return db_run(db, &reprovision, params, ARRAY_LEN(params), out, e);
}

void
device_reprovision_send(struct dbq *q, const char *const *uuids, size_t n, const char *profile, const char *fqdn, const char *ou,
    size_t before, dbq_rows_fn *fn, void *arg, const void *owner)
{
	SCOPED(buf) struct buf list = { 0 };
	char number[24];

	array_texts(&list, uuids, n);
	(void)snprintf(number, sizeof(number), "%zu", before);
	const char *params[] = { buf_str(&list), profile, fqdn, ou, number };
	dbq_send(q, &reprovision, params, ARRAY_LEN(params), fn, arg, owner);
}

int
device_unprovision(struct db *db, const char *const *uuids, size_t n, bool full, bool force, const char *why, struct rows **out,
    struct err *e)
{
	SCOPED(buf) struct buf list = { 0 };

	array_texts(&list, uuids, n);
	const char *params[] = { buf_str(&list), full ? "t" : "f", force ? "t" : "f", why };
	return db_run(db, &unprovision, params, ARRAY_LEN(params), out, e);
}

void
device_unprovision_send(struct dbq *q, const char *const *uuids, size_t n, bool full, bool force, const char *why,
    dbq_rows_fn *fn, void *arg, const void *owner)
{
	SCOPED(buf) struct buf list = { 0 };

	array_texts(&list, uuids, n);
	const char *params[] = { buf_str(&list), full ? "t" : "f", force ? "t" : "f", why };
	dbq_send(q, &unprovision, params, ARRAY_LEN(params), fn, arg, owner);
}

void
take_over_free(struct take_over *t)
{
	for (size_t i = 0; i < t->npasswords; i++)
		sealed_free(&t->passwords[i]);
	t->npasswords = 0;
}

/* Another service may have had other rules, so only the length counts. Source: protocol/wsman.md 7.4. */
int
take_over_add(struct take_over *t, const struct seal_public *pub, const struct secret *s, struct err *e)
{
	char aad[80];

	if (t->npasswords == TAKE_OVER_PASSWORDS)
		return err_set(e, ERR_INPUT, "at most %d passwords: each costs a try before the device locks", TAKE_OVER_PASSWORDS);
	if (s->len == 0 || s->len > 32)
		return err_set(e, ERR_INPUT, "a password of admin has 1 to 32 characters");
	credential_aad(aad, sizeof(aad), t->uuid, "admin");
	if (seal_close_secret(pub, aad, s, &t->passwords[t->npasswords], e) < 0)
		return -1;
	t->npasswords++;
	return 0;
}

static void
sealed_list(const struct take_over *t, struct buf *out)
{
	for (size_t i = 0; i < t->npasswords; i++)
		array_bytes(out, t->passwords[i].p, t->passwords[i].len);
	(void)array_end(out);
}

int
device_take_over(struct db *db, const struct take_over *t, struct rows **out, struct err *e)
{
	SCOPED(buf) struct buf list = { 0 };

	sealed_list(t, &list);
	const char *params[] = { t->uuid, t->profile, t->fqdn, t->ou, buf_str(&list), t->address };
	return db_run(db, &take_over, params, ARRAY_LEN(params), out, e);
}

void
device_take_over_send(struct dbq *q, const struct take_over *t, dbq_rows_fn *fn, void *arg, const void *owner)
{
	SCOPED(buf) struct buf list = { 0 };

	sealed_list(t, &list);
	const char *params[] = { t->uuid, t->profile, t->fqdn, t->ou, buf_str(&list), t->address };
	dbq_send(q, &take_over, params, ARRAY_LEN(params), fn, arg, owner);
}
