/* SPDX-License-Identifier: Apache-2.0 */
/* job: holding jobs, and how attempts end. */
#include "db/job.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/pq.h"

static const struct stmt claim = {
	.name = "job_claim",
	.nparams = 3,
	.want = WANT_MANY,
	.sql = "SELECT job_id, device_id, attempt, login_round FROM muster.job_claim($1::int, $2::int, $3::int)",
};
static const struct stmt renew = {
	.name = "job_renew",
	.nparams = 4,
	.want = WANT_MANY,
	.sql = "SELECT muster.job_renew($1::int, $2::bigint[], $3::int[], $4::int)",
};
static const struct stmt take_over = {
	.name = "job_take_over",
	.want = WANT_ONE,
	.sql = "SELECT muster.job_take_over()",
};
static const struct stmt next_due = {
	.name = "job_next",
	.want = WANT_ONE,
	.sql = "SELECT coalesce((extract(epoch FROM (SELECT min(run_at) FROM muster.job WHERE state = 'queued')"
	       " - now()) * 1000)::bigint, -1), EXISTS (SELECT FROM muster.job WHERE state = 'queued')",
};
static const struct stmt device_of = {
	.name = "job_device",
	.nparams = 1,
	.want = WANT_ONE,
	.sql = "SELECT d.device_id, d.uuid, d.fqdn, host(d.address), p.name, d.amt_version, d.pin,"
	       " d.tls_certificate, h.entries, (SELECT c.subject FROM muster.certificate c WHERE c.sha256 = d.tls_certificate),"
	       " (SELECT string_agg(c.sha256, ''::bytea ORDER BY c.issued_at DESC) FROM (SELECT sha256, issued_at FROM muster.certificate"
	       " WHERE device_id = d.device_id AND ended_at IS NULL ORDER BY issued_at DESC LIMIT 5) c),"
	       " d.tls IS FALSE, j.kind, j.full_unprovision, j.forced, j.sent, j.from_state = 'configured'"
	       " FROM muster.job j JOIN muster.device d USING (device_id) LEFT JOIN muster.profile p USING (profile_id)"
	       " LEFT JOIN muster.hash_set h USING (hash_set_id) WHERE j.job_id = $1::bigint",
};
enum { D_ID, D_UUID, D_FQDN, D_ADDRESS, D_PROFILE, D_VERSION, D_PIN, D_CERTIFICATE, D_HASHES, D_SUBJECT, D_CERTIFICATES, D_PLAIN, D_KIND,
	D_FULL, D_FORCED, D_SENT, D_KNOWN };
static const struct stmt sent = {
	.name = "job_sent",
	.nparams = 3,
	.want = WANT_ONE,
	.sql = "SELECT muster.job_sent($1::bigint, $2::int, $3::int)",
};
static const struct stmt end = {
	.name = "job_end",
	.nparams = 10,
	.want = WANT_ONE,
	.sql = "SELECT muster.job_end($1::bigint, $2::int, $3::int, $4, $5::int, $6, $7::timestamptz,"
	       " nullif($8, ''), nullif($9::int, 0), $10::boolean)",
};
static const struct stmt write_steps = {
	.name = "step_write",
	.nparams = 10,
	.want = WANT_ONE,
	.sql = "SELECT muster.step_write($1::bigint[], $2::int[], $3::smallint[], $4::text[], $5::text[],"
	       " $6::text[], $7::int[], $8::text[], $9::timestamptz[], $10::int[])",
};
static const struct stmt steps = {
	.name = "step_list",
	.nparams = 1,
	.want = WANT_MANY,
	.sql = "SELECT attempt, seq, title, outcome, code, detail, to_char(started_at, 'HH24:MI:SS'), took_ms, step"
	       " FROM muster.step_result WHERE job_id = $1::bigint ORDER BY attempt DESC, seq",
};

static void
number(char out[24], int64_t v)
{
	(void)snprintf(out, 24, "%" PRId64, v);
}

int
job_claim(struct db *db, int node, int most, int lease_s, struct claim *out, size_t *n, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	char id[24], limit[24], lease[24];
	const char *params[] = { id, limit, lease };

	*n = 0;
	number(id, node);
	number(limit, most);
	number(lease, lease_s);
	if (db_run(db, &claim, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	for (; *n < rows_count(r) && *n < (size_t)most; (*n)++)
		out[*n] = (struct claim){ .job_id = rows_int(r, *n, 0), .device_id = rows_int(r, *n, 1),
			.attempt = (int)rows_int(r, *n, 2), .login_round = (int)rows_int(r, *n, 3) };
	return 0;
}

int
job_renew(struct db *db, int node, const struct hold *held, size_t n, int lease_s, bool *kept, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(buf) struct buf jobs = { 0 }, attempts = { 0 };
	char id[24], lease[24];

	number(id, node);
	number(lease, lease_s);
	for (size_t i = 0; i < n; i++) {
		array_int(&jobs, held[i].job_id);
		array_int(&attempts, held[i].attempt);
	}
	const char *params[] = { id, array_end(&jobs), array_end(&attempts), lease };
	if (db_run(db, &renew, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		kept[i] = false;
		for (size_t k = 0; k < rows_count(r); k++)
			kept[i] |= rows_int(r, k, 0) == held[i].job_id;
	}
	return 0;
}

int
job_take_over(struct db *db, int *n, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (db_run(db, &take_over, NULL, 0, &r, e) < 0)
		return -1;
	*n = (int)rows_int(r, 0, 0);
	return 0;
}

int
job_next_ms(struct db *db, int64_t *out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (db_run(db, &next_due, NULL, 0, &r, e) < 0)
		return -1;
	*out = rows_bool(r, 0, 1) ? rows_int(r, 0, 0) : -1;
	if (rows_bool(r, 0, 1) && *out < 0)
		*out = 0;
	return 0;
}

static int
job_kind_of(const char *word, enum job_kind *out, struct err *e)
{
	static const char *const words[] = { [JOB_CONFIGURE] = "configure", [JOB_TAKE_OVER] = "take-over", [JOB_UNPROVISION] = "unprovision" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i], word) == 0) {
			*out = (enum job_kind)i;
			return 0;
		}
	return err_set(e, ERR_DB, "no job is of the kind \"%s\"", word);
}

int
job_device(struct db *db, const struct hold *h, struct job_device *out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	char id[24];
	const char *params[] = { id };

	number(id, h->job_id);
	if (db_run(db, &device_of, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	*out = (struct job_device){ .device_id = rows_int(r, 0, D_ID), .plain = rows_bool(r, 0, D_PLAIN), .full = rows_bool(r, 0, D_FULL),
		.forced = rows_bool(r, 0, D_FORCED), .sent = rows_bool(r, 0, D_SENT), .known = rows_bool(r, 0, D_KNOWN) };
	(void)text_copy(out->uuid, sizeof(out->uuid), rows_text(r, 0, D_UUID));
	(void)text_copy(out->fqdn, sizeof(out->fqdn), rows_text(r, 0, D_FQDN));
	(void)text_copy(out->address, sizeof(out->address), rows_text(r, 0, D_ADDRESS));
	(void)text_copy(out->profile, sizeof(out->profile), rows_text(r, 0, D_PROFILE));
	(void)text_copy(out->amt_version, sizeof(out->amt_version), rows_text(r, 0, D_VERSION));
	(void)text_copy(out->tls_subject, sizeof(out->tls_subject), rows_text(r, 0, D_SUBJECT));
	out->has_pin = rows_bytes(r, 0, D_PIN, out->pin, sizeof(out->pin)) == sizeof(out->pin);
	out->has_tls_certificate =
	    rows_bytes(r, 0, D_CERTIFICATE, out->tls_certificate, sizeof(out->tls_certificate)) == sizeof(out->tls_certificate);
	long list = rows_bytes(r, 0, D_CERTIFICATES, &out->certificates[0][0], sizeof(out->certificates));
	out->ncertificates = list < 0 ? 0 : (size_t)list / sizeof(out->certificates[0]);
	long len = rows_bytes(r, 0, D_HASHES, out->hashes, sizeof(out->hashes));
	if (len < 0)
		return err_set(e, ERR_DB, "root hashes of the device are longer than a hello");
	out->hashes_len = (size_t)len;
	return job_kind_of(rows_text(r, 0, D_KIND), &out->kind, e);
}

int
job_sent(struct db *db, const struct hold *h, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	char job[24], node[24], attempt[24];
	const char *params[] = { job, node, attempt };

	number(job, h->job_id);
	number(node, h->node);
	number(attempt, h->attempt);
	return db_run(db, &sent, params, ARRAY_LEN(params), &r, e);
}

int
job_end(struct db *db, const struct hold *h, const struct job_end *how, struct err *e)
{
	char job[24], node[24], attempt[24], code[24], at[CLOCK_TEXT], revision[24];
	const char *params[] = { job, node, attempt, how->outcome, code, how->text, at,
		how->state == NULL ? "" : how->state, revision, how->tls ? "t" : "f" };

	number(job, h->job_id);
	number(node, h->node);
	number(attempt, h->attempt);
	number(code, how->code);
	number(revision, how->revision_id);
	clock_text(how->run_at_us, at);
	return db_run(db, &end, params, ARRAY_LEN(params), NULL, e);
}

int
step_write(struct db *db, const struct step_line *lines, size_t n, struct err *e)
{
	struct buf b[10] = { 0 };
	const char *params[ARRAY_LEN(b)];
	char at[CLOCK_TEXT];

	for (size_t i = 0; i < n; i++) {
		const struct step_line *l = &lines[i];

		clock_text(l->started_us, at);
		array_int(&b[0], l->job_id);
		array_int(&b[1], l->attempt);
		array_int(&b[2], l->seq);
		array_text(&b[3], l->step);
		array_text(&b[4], l->title);
		array_text(&b[5], l->outcome);
		array_int(&b[6], l->code);
		array_text(&b[7], l->detail);
		array_text(&b[8], at);
		array_int(&b[9], l->took_ms);
	}
	for (size_t i = 0; i < ARRAY_LEN(b); i++)
		params[i] = array_end(&b[i]);
	int rc = db_run(db, &write_steps, params, ARRAY_LEN(params), NULL, e);
	for (size_t i = 0; i < ARRAY_LEN(b); i++)
		buf_free(&b[i]);
	return rc;
}

void
step_list_send(struct dbq *q, int64_t job_id, dbq_rows_fn *fn, void *arg, const void *owner)
{
	char id[24];
	const char *params[] = { id };

	number(id, job_id);
	dbq_send(q, &steps, params, ARRAY_LEN(params), fn, arg, owner);
}

int
step_list(struct db *db, int64_t job_id, struct rows **out, struct err *e)
{
	char id[24];
	const char *params[] = { id };

	number(id, job_id);
	return db_run(db, &steps, params, ARRAY_LEN(params), out, e);
}
