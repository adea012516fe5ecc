/* SPDX-License-Identifier: Apache-2.0 */
/* detail: what the console shows of one device beside its row. */
#include "db/detail.h"

#include <inttypes.h>
#include <stdio.h>

/* Of all jobs only the newest 2000 that ended are looked through, so that this costs the same in a large site. */
static const struct stmt compare = {
	.name = "step_compare",
	.nparams = 1,
	.want = WANT_MANY,
	.sql = "WITH me AS ("
	       " SELECT j.job_id, j.device_id, d.profile_id, split_part(d.amt_version, '.', 1) AS major"
	       "  FROM muster.job j JOIN muster.device d USING (device_id) WHERE j.job_id = $1::bigint"
	       "), last AS ("
	       " SELECT max(o.job_id) AS job_id FROM muster.job o, me"
	       "  WHERE o.device_id = me.device_id AND o.state = 'done' AND o.job_id < me.job_id"
	       "), others AS ("
	       " SELECT o.job_id FROM (SELECT job_id, device_id, ended_at FROM muster.job WHERE ended_at IS NOT NULL AND state = 'done'"
	       "  ORDER BY ended_at DESC LIMIT 2000) o JOIN muster.device d USING (device_id), me, last"
	       "  WHERE last.job_id IS NULL AND d.profile_id = me.profile_id AND split_part(d.amt_version, '.', 1) = me.major"
	       "   AND o.device_id <> me.device_id ORDER BY o.ended_at DESC LIMIT 50"
	       ") SELECT s.step, max(s.took_ms), 'last run' FROM muster.step_result s JOIN last USING (job_id)"
	       "  WHERE s.outcome = 'done' GROUP BY s.step"
	       " UNION ALL SELECT s.step, percentile_disc(0.5) WITHIN GROUP (ORDER BY s.took_ms), 'median'"
	       "  FROM muster.step_result s JOIN others USING (job_id) WHERE s.outcome = 'done' GROUP BY s.step",
};
static const struct stmt certificates = {
	.name = "device_certificates",
	.nparams = 1,
	.want = WANT_MANY,
	.sql = "SELECT c.serial, c.subject, to_char(c.not_after, 'YYYY-MM-DD'), to_char(c.issued_at, 'YYYY-MM-DD HH24:MI'),"
	       " c.sha256 = d.tls_certificate, c.not_after < now()"
	       " FROM muster.certificate c JOIN muster.device d USING (device_id) WHERE d.uuid = $1::uuid"
	       " ORDER BY c.issued_at DESC, c.certificate_id DESC LIMIT 100",
};
static const struct stmt credentials = {
	.name = "device_credentials",
	.nparams = 1,
	.want = WANT_MANY,
	.sql = "SELECT c.credential_id, c.kind, c.state, to_char(c.since_at, 'YYYY-MM-DD HH24:MI'), c.note"
	       " FROM muster.credential c JOIN muster.device d USING (device_id) WHERE d.uuid = $1::uuid"
	       " ORDER BY CASE c.state WHEN 'current' THEN 0 WHEN 'pending' THEN 1 ELSE 2 END, c.kind, c.since_at DESC,"
	       " c.credential_id DESC LIMIT 100",
};

void
step_compare_send(struct dbq *q, int64_t job_id, dbq_rows_fn *fn, void *arg, const void *owner)
{
	char id[24];
	const char *params[] = { id };

	(void)snprintf(id, sizeof(id), "%" PRId64, job_id);
	dbq_send(q, &compare, params, ARRAY_LEN(params), fn, arg, owner);
}

void
device_certificates_send(struct dbq *q, const char *uuid, dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { uuid };

	dbq_send(q, &certificates, params, ARRAY_LEN(params), fn, arg, owner);
}

void
device_credentials_send(struct dbq *q, const char *uuid, dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { uuid };

	dbq_send(q, &credentials, params, ARRAY_LEN(params), fn, arg, owner);
}
