/* SPDX-License-Identifier: Apache-2.0 */
/* profile: profiles, their revisions and sealed passwords. */
#include "db/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/pq.h"

#define PROFILE_ROWS                                                                               \
	"SELECT p.name, r.revision, to_char(r.created_at, 'YYYY-MM-DD HH24:MI'), r.created_by,"       \
	" (SELECT count(*) FROM muster.device d WHERE d.profile_id = p.profile_id), r.body ->> 'description'" \
	" FROM muster.profile p JOIN LATERAL (SELECT * FROM muster.profile_revision v"               \
	" WHERE v.profile_id = p.profile_id ORDER BY v.revision DESC LIMIT 1) r ON true"

static const struct stmt list = {
	.name = "profile_list",
	.want = WANT_MANY,
	.sql = PROFILE_ROWS " ORDER BY p.name",
};
static const struct stmt page_after = {
	.name = "profile_page_after",
	.nparams = 3,
	.want = WANT_MANY,
	.sql = PROFILE_ROWS " WHERE starts_with(lower(p.name), lower($1)) AND ($2 = '' OR p.name > $2) ORDER BY p.name LIMIT $3::int",
};
static const struct stmt page_before = {
	.name = "profile_page_before",
	.nparams = 3,
	.want = WANT_MANY,
	.sql = PROFILE_ROWS " WHERE starts_with(lower(p.name), lower($1)) AND ($2 = '' OR p.name < $2) ORDER BY p.name DESC LIMIT $3::int",
};
static const struct stmt count_filtered = {
	.name = "profile_count",
	.nparams = 1,
	.want = WANT_ONE,
	.sql = "SELECT count(*) FROM muster.profile p WHERE starts_with(lower(p.name), lower($1))",
};
static const struct stmt read_one = {
	.name = "profile_read",
	.nparams = 2,
	.want = WANT_MAYBE,
	.sql = "SELECT r.body, r.revision, r.created_by, (SELECT string_agg(s.name, E'\\n' ORDER BY s.name) FROM muster.profile_secret s"
	       " WHERE s.profile_revision_id = r.profile_revision_id), (SELECT max(n.revision) FROM muster.profile_revision n"
	       " WHERE n.profile_id = r.profile_id) FROM muster.profile_revision r JOIN muster.profile p USING (profile_id)"
	       " WHERE p.name = $1 AND ($2::int = 0 OR r.revision = $2::int) ORDER BY r.revision DESC LIMIT 1",
};
#define REVISION_ROWS                                                                              \
	"SELECT r.revision, to_char(r.created_at, 'YYYY-MM-DD HH24:MI'), r.created_by,"              \
	" (SELECT count(*) FROM muster.device d WHERE d.profile_id = r.profile_id AND d.profile_revision_id = r.profile_revision_id)" \
	" FROM muster.profile_revision r JOIN muster.profile p USING (profile_id) WHERE p.name = $1"
static const struct stmt revision_after = {
	.name = "profile_revision_after",
	.nparams = 3,
	.want = WANT_MANY,
	.sql = REVISION_ROWS " AND ($2::int = 0 OR r.revision < $2::int) ORDER BY r.revision DESC LIMIT $3::int",
};
static const struct stmt revision_before = {
	.name = "profile_revision_before",
	.nparams = 3,
	.want = WANT_MANY,
	.sql = REVISION_ROWS " AND r.revision > $2::int ORDER BY r.revision LIMIT $3::int",
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
	.nparams = 5,
	.want = WANT_ONE,
	.sql = "SELECT muster.profile_save($1, $2::jsonb, $3::text[], $4::bytea[], $5::int)",
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

int
profile_secret_seal(const struct seal_public *pub, const char *profile, const char *name, const struct secret *s,
    struct profile_secret *out, struct err *e)
{
	char aad[128];

	if (password_check(s, e) < 0)
		return err_wrap(e, name);
	*out = (struct profile_secret){ 0 };
	(void)text_copy(out->name, sizeof(out->name), name);
	profile_aad(aad, sizeof(aad), profile, name);
	return seal_close_secret(pub, aad, s, &out->sealed, e);
}

bool
profile_secret_stored(const struct rows *names, const char *name)
{
	for (size_t i = 0; i < rows_count(names); i++)
		if (strcmp(rows_text(names, i, 0), name) == 0)
			return true;
	return false;
}

void
profile_read_send(struct dbq *q, const char *name, int revision, dbq_rows_fn *fn, void *arg, const void *owner)
{
	char want[16];
	const char *params[] = { name, want };

	(void)snprintf(want, sizeof(want), "%d", revision);
	dbq_send(q, &read_one, params, ARRAY_LEN(params), fn, arg, owner);
}

void
profile_page_send(struct dbq *q, const char *search, const char *name, bool back, int limit, dbq_rows_fn *fn, void *arg,
    const void *owner)
{
	char most[16];
	const char *params[] = { search, name, most };

	(void)snprintf(most, sizeof(most), "%d", limit);
	dbq_send(q, back ? &page_before : &page_after, params, ARRAY_LEN(params), fn, arg, owner);
}

void
profile_count_send(struct dbq *q, const char *search, dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { search };

	dbq_send(q, &count_filtered, params, ARRAY_LEN(params), fn, arg, owner);
}

void
profile_revision_page_send(struct dbq *q, const char *name, int revision, bool back, int limit, dbq_rows_fn *fn, void *arg,
    const void *owner)
{
	char from[16], most[16];
	const char *params[] = { name, from, most };

	(void)snprintf(from, sizeof(from), "%d", revision);
	(void)snprintf(most, sizeof(most), "%d", limit);
	dbq_send(q, back ? &revision_before : &revision_after, params, ARRAY_LEN(params), fn, arg, owner);
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

/* The parallel arrays of names and boxes. */
static void
secret_arrays(const struct profile_secret *secrets, size_t n, struct buf *names, struct buf *boxes)
{
	for (size_t i = 0; i < n; i++) {
		array_text(names, secrets[i].name);
		array_bytes(boxes, secrets[i].sealed.p, secrets[i].sealed.len);
	}
	(void)array_end(names);
	(void)array_end(boxes);
}

int
profile_save(struct db *db, const char *name, const char *body, const struct profile_secret *secrets,
    size_t n, int *revision, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(buf) struct buf names = { 0 }, boxes = { 0 };

	secret_arrays(secrets, n, &names, &boxes);
	const char *params[] = { name, body, buf_str(&names), buf_str(&boxes), NULL };
	if (db_run(db, &save, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	*revision = (int)rows_int(r, 0, 0);
	return 0;
}

void
profile_save_send(struct dbq *q, const char *name, const char *body, const struct profile_secret *secrets, size_t n, int base,
    dbq_rows_fn *fn, void *arg, const void *owner)
{
	SCOPED(buf) struct buf names = { 0 }, boxes = { 0 };
	char number[16];

	secret_arrays(secrets, n, &names, &boxes);
	(void)snprintf(number, sizeof(number), "%d", base);
	const char *params[] = { name, body, buf_str(&names), buf_str(&boxes), number };
	dbq_send(q, &save, params, ARRAY_LEN(params), fn, arg, owner);
}
