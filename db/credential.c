/* SPDX-License-Identifier: Apache-2.0 */
/* credential: passwords written ahead, facts and certificates of the device a job is about. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/job.h"
#include "db/pq.h"

static const struct stmt list = {
	.name = "credential_list",
	.nparams = 2,
	.want = WANT_MANY,
	.sql = "SELECT credential_id, kind, state, sealed, job_id FROM muster.credential WHERE device_id = $1::bigint"
	       " ORDER BY CASE state WHEN 'pending' THEN 0 WHEN 'current' THEN 1 ELSE 2 END, since_at DESC"
	       " LIMIT $2::int",
};
static const struct stmt pending = {
	.name = "credential_pending",
	.nparams = 5,
	.want = WANT_ONE,
	.sql = "SELECT muster.credential_pending($1::bigint, $2::int, $3::int, $4, $5::bytea)",
};
static const struct stmt settle = {
	.name = "credential_settle",
	.nparams = 4,
	.want = WANT_ONE,
	.sql = "SELECT muster.credential_settle($1::bigint, $2::int, $3::int, $4::bigint)",
};
static const struct stmt refused = {
	.name = "credential_refused",
	.nparams = 5,
	.want = WANT_ONE,
	.sql = "SELECT muster.credential_refused($1::bigint, $2::int, $3::int, $4, $5)",
};
static const struct stmt pin = {
	.name = "device_pin",
	.nparams = 4,
	.want = WANT_ONE,
	.sql = "SELECT muster.device_pin($1::bigint, $2::int, $3::int, $4::bytea)",
};
static const struct stmt facts = {
	.name = "device_facts",
	.nparams = 9,
	.want = WANT_ONE,
	.sql = "SELECT muster.device_facts($1::bigint, $2::int, $3::int, $4, $5, $6, $7, $8, $9::smallint)",
};
static const struct stmt certificate = {
	.name = "certificate_add",
	.nparams = 9,
	.want = WANT_ONE,
	.sql = "SELECT muster.certificate_add($1::bigint, $2::int, $3::int, $4::int, $5, $6::bytea, $7, $8::bytea,"
	       " to_timestamp($9::bigint))",
};

struct hold_text {
	char job[24], node[16], attempt[16];
};

static void
hold_text(const struct hold *h, struct hold_text *out)
{
	(void)snprintf(out->job, sizeof(out->job), "%" PRId64, h->job_id);
	(void)snprintf(out->node, sizeof(out->node), "%d", h->node);
	(void)snprintf(out->attempt, sizeof(out->attempt), "%d", h->attempt);
}

void
credentials_free(struct db_credential *creds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sealed_free(&creds[i].sealed);
}

void
credential_aad(char *out, size_t size, const char *uuid, const char *kind)
{
	(void)snprintf(out, size, "credential/%s/%s", uuid, kind);
}

int
credential_list(struct db *db, int64_t device_id, struct db_credential out[CREDENTIALS_MAX], size_t *n, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	char id[24], most[16];
	const char *params[] = { id, most };

	*n = 0;
	(void)snprintf(id, sizeof(id), "%" PRId64, device_id);
	(void)snprintf(most, sizeof(most), "%d", CREDENTIALS_MAX);
	if (db_run(db, &list, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	for (size_t i = 0; i < rows_count(r); i++) {
		struct db_credential *c = &out[i];

		*c = (struct db_credential){ .id = rows_int(r, i, 0), .job_id = rows_int(r, i, 4) };
		(void)text_copy(c->kind, sizeof(c->kind), rows_text(r, i, 1));
		(void)text_copy(c->state, sizeof(c->state), rows_text(r, i, 2));
		c->sealed.p = rows_bytes_new(r, i, 3, &c->sealed.len);
		*n = i + 1;
		if (c->sealed.p == NULL) {
			credentials_free(out, *n);
			*n = 0;
			return err_set(e, ERR_MEMORY, "credentials");
		}
	}
	return 0;
}

int
credential_pending(struct db *db, const struct hold *h, const char *kind, const struct sealed *box, int64_t *id, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(buf) struct buf sealed = { 0 };
	struct hold_text t;

	hold_text(h, &t);
	bytea_text(&sealed, box->p, box->len);
	const char *params[] = { t.job, t.node, t.attempt, kind, buf_str(&sealed) };
	if (db_run(db, &pending, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	*id = rows_int(r, 0, 0);
	return 0;
}

int
credential_settle(struct db *db, const struct hold *h, int64_t id, struct err *e)
{
	struct hold_text t;
	char which[24];
	const char *params[] = { t.job, t.node, t.attempt, which };

	hold_text(h, &t);
	(void)snprintf(which, sizeof(which), "%" PRId64, id);
	return db_run(db, &settle, params, ARRAY_LEN(params), NULL, e);
}

int
credential_refused(struct db *db, const struct hold *h, const char *kind, const char *note, struct err *e)
{
	struct hold_text t;
	const char *params[] = { t.job, t.node, t.attempt, kind, note };

	hold_text(h, &t);
	return db_run(db, &refused, params, ARRAY_LEN(params), NULL, e);
}

int
device_pin(struct db *db, const struct hold *h, const uint8_t sha256[32], struct err *e)
{
	SCOPED(buf) struct buf b = { 0 };
	struct hold_text t;

	hold_text(h, &t);
	bytea_text(&b, sha256, 32);
	const char *params[] = { t.job, t.node, t.attempt, buf_str(&b) };
	return db_run(db, &pin, params, ARRAY_LEN(params), NULL, e);
}

int
device_facts(struct db *db, const struct hold *h, const struct device_facts *f, struct err *e)
{
	struct hold_text t;
	char mode[16];
	const char *params[] = { t.job, t.node, t.attempt, f->version, f->build, f->model, f->serial, f->mac, mode };

	hold_text(h, &t);
	(void)snprintf(mode, sizeof(mode), "%d", f->control_mode);
	return db_run(db, &facts, params, ARRAY_LEN(params), NULL, e);
}

int
certificate_insert(struct db *db, const struct hold *h, const struct db_certificate *c, struct err *e)
{
	SCOPED(buf) struct buf sha = { 0 }, der = { 0 };
	struct hold_text t;
	char ca[16], after[24];

	hold_text(h, &t);
	bytea_text(&sha, c->sha256, 32);
	bytea_text(&der, c->der, c->len);
	(void)snprintf(ca, sizeof(ca), "%d", c->ca_id);
	(void)snprintf(after, sizeof(after), "%" PRId64, c->not_after);
	const char *params[] = { t.job, t.node, t.attempt, ca, c->serial, buf_str(&sha), c->subject, buf_str(&der), after };
	return db_run(db, &certificate, params, ARRAY_LEN(params), NULL, e);
}
