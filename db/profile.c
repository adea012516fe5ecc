/* SPDX-License-Identifier: Apache-2.0 */
/* profile: profiles, their revisions and sealed passwords; staged devices. */
#include "db/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/pq.h"

static const struct stmt list = {
	.name = "profile_list",
	.want = WANT_MANY,
	.sql = "SELECT p.name, r.revision, to_char(r.created_at, 'YYYY-MM-DD HH24:MI'), r.created_by,"
	       " (SELECT count(*) FROM muster.device d WHERE d.profile_id = p.profile_id)"
	       " FROM muster.profile p JOIN LATERAL (SELECT * FROM muster.profile_revision v"
	       " WHERE v.profile_id = p.profile_id ORDER BY v.revision DESC LIMIT 1) r ON true ORDER BY p.name",
};
static const struct stmt body_of = {
	.name = "profile_body",
	.nparams = 2,
	.want = WANT_MAYBE,
	.sql = "SELECT r.body, r.profile_revision_id, r.revision FROM muster.profile_revision r"
	       " JOIN muster.profile p USING (profile_id) WHERE p.name = $1"
	       " AND ($2::int = 0 OR r.revision = $2::int) ORDER BY r.revision DESC LIMIT 1",
};
static const struct stmt revisions = {
	.name = "profile_revisions",
	.nparams = 1,
	.want = WANT_MANY,
	.sql = "SELECT r.revision, to_char(r.created_at, 'YYYY-MM-DD HH24:MI'), r.created_by"
	       " FROM muster.profile_revision r JOIN muster.profile p USING (profile_id) WHERE p.name = $1"
	       " ORDER BY r.revision DESC",
};
static const struct stmt secret_names = {
	.name = "profile_secret_names",
	.nparams = 1,
	.want = WANT_MANY,
	.sql = "SELECT s.name FROM muster.profile_secret s WHERE s.profile_revision_id ="
	       " (SELECT r.profile_revision_id FROM muster.profile_revision r JOIN muster.profile p USING (profile_id)"
	       " WHERE p.name = $1 ORDER BY r.revision DESC LIMIT 1) ORDER BY s.name",
};
static const struct stmt secrets_of = {
	.name = "profile_secrets",
	.nparams = 1,
	.want = WANT_MANY,
	.sql = "SELECT name, sealed FROM muster.profile_secret WHERE profile_revision_id = $1::int",
};
static const struct stmt save = {
	.name = "profile_save",
	.nparams = 4,
	.want = WANT_ONE,
	.sql = "SELECT muster.profile_save($1, $2::jsonb, $3::text[], $4::bytea[])",
};
static const struct stmt staged = {
	.name = "staged_list",
	.want = WANT_MANY,
	.sql = "SELECT s.uuid, s.fqdn, p.name, s.ou, s.note, to_char(s.created_at, 'YYYY-MM-DD HH24:MI'), s.created_by"
	       " FROM muster.staged_device s JOIN muster.profile p USING (profile_id) ORDER BY s.fqdn",
};
static const struct stmt stage = {
	.name = "staged_add",
	.nparams = 5,
	.want = WANT_ONE,
	.sql = "SELECT muster.staged_add($1::uuid, $2, $3, nullif($4, ''), $5)",
};
static const struct stmt unstage = {
	.name = "staged_remove",
	.nparams = 1,
	.want = WANT_ONE,
	.sql = "SELECT muster.staged_remove($1::uuid)",
};

void
profile_secrets_free(struct profile_secret *secrets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sealed_free(&secrets[i].sealed);
}

void
profile_aad(char *out, size_t size, const char *profile, const char *secret)
{
	(void)snprintf(out, size, "profile/%s/%s", profile, secret);
}

int
profile_list(struct db *db, struct rows **out, struct err *e)
{
	return db_run(db, &list, NULL, 0, out, e);
}

void
profile_list_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner)
{
	dbq_send(q, &list, NULL, 0, fn, arg, owner);
}

int
profile_body(struct db *db, const char *name, int revision, char **body, int *id, int *number, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	char want[16];
	const char *params[] = { name, want };

	(void)snprintf(want, sizeof(want), "%d", revision);
	if (db_run(db, &body_of, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	if (rows_count(r) == 0)
		return 0;
	*body = strdup(rows_text(r, 0, 0));
	*id = (int)rows_int(r, 0, 1);
	*number = (int)rows_int(r, 0, 2);
	return *body == NULL ? err_set(e, ERR_MEMORY, "profile") : 1;
}

int
profile_revisions(struct db *db, const char *name, struct rows **out, struct err *e)
{
	const char *params[] = { name };

	return db_run(db, &revisions, params, ARRAY_LEN(params), out, e);
}

int
profile_secret_names(struct db *db, const char *name, struct rows **out, struct err *e)
{
	const char *params[] = { name };

	return db_run(db, &secret_names, params, ARRAY_LEN(params), out, e);
}

int
profile_secret_read(struct db *db, int revision_id, struct profile_secret out[PROFILE_SECRETS_MAX], size_t *n, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	char id[16];
	const char *params[] = { id };

	*n = 0;
	(void)snprintf(id, sizeof(id), "%d", revision_id);
	if (db_run(db, &secrets_of, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	for (size_t i = 0; i < rows_count(r) && *n < PROFILE_SECRETS_MAX; i++) {
		struct profile_secret *s = &out[*n];

		*s = (struct profile_secret){ 0 };
		(void)text_copy(s->name, sizeof(s->name), rows_text(r, i, 0));
		s->sealed.p = rows_bytes_new(r, i, 1, &s->sealed.len);
		(*n)++;
		if (s->sealed.p == NULL) {
			profile_secrets_free(out, *n);
			*n = 0;
			return err_set(e, ERR_MEMORY, "profile passwords");
		}
	}
	return 0;
}

int
profile_save(struct db *db, const char *name, const char *body, const struct profile_secret *secrets,
    size_t n, int *revision, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(buf) struct buf names = { 0 }, boxes = { 0 };

	for (size_t i = 0; i < n; i++) {
		array_text(&names, secrets[i].name);
		array_bytes(&boxes, secrets[i].sealed.p, secrets[i].sealed.len);
	}
	const char *params[] = { name, body, array_end(&names), array_end(&boxes) };
	if (db_run(db, &save, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	*revision = (int)rows_int(r, 0, 0);
	return 0;
}

int
staged_list(struct db *db, struct rows **out, struct err *e)
{
	return db_run(db, &staged, NULL, 0, out, e);
}

int
staged_add(struct db *db, const char *uuid, const char *fqdn, const char *profile, const char *ou,
    const char *note, bool *queued, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	const char *params[] = { uuid, fqdn, profile, ou, note };

	if (db_run(db, &stage, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	*queued = strcmp(rows_text(r, 0, 0), "queued") == 0;
	return 0;
}

int
staged_remove(struct db *db, const char *uuid, bool *removed, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	const char *params[] = { uuid };

	if (db_run(db, &unstage, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	*removed = rows_bool(r, 0, 0);
	return 0;
}
