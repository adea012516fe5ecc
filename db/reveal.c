/* SPDX-License-Identifier: Apache-2.0 */
/* reveal: questions for passwords and their answers. */
#include "db/reveal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/pq.h"

static const struct stmt next = {
	.name = "reveal_next",
	.nparams = 1,
	.want = WANT_MANY,
	.sql = "SELECT reveal_id, uuid, kind, sealed, public_key FROM muster.reveal_next($1::int)",
};
static const struct stmt answer = {
	.name = "reveal_answer",
	.nparams = 4,
	.want = WANT_ONE,
	.sql = "SELECT muster.reveal_answer($1::bigint, $2::bytea, $3::int, $4)",
};
static const struct stmt find = {
	.name = "credential_find",
	.nparams = 3,
	.want = WANT_MAYBE,
	.sql = "SELECT c.credential_id FROM muster.credential c JOIN muster.device d USING (device_id)"
	       " WHERE d.uuid = $1::uuid AND c.kind = $2 AND c.state = $3 ORDER BY c.since_at DESC, c.credential_id DESC LIMIT 1",
};
static const struct stmt ask = {
	.name = "reveal_ask",
	.nparams = 3,
	.want = WANT_ONE,
	.sql = "SELECT muster.reveal_ask($1::bigint, $2, $3::bytea)",
};
static const struct stmt read_answer = {
	.name = "reveal_read",
	.nparams = 1,
	.want = WANT_ONE,
	.sql = "SELECT state, sealed, code, says FROM muster.reveal_read($1::bigint)",
};

enum { N_ID, N_UUID, N_KIND, N_SEALED, N_KEY };
enum { A_STATE, A_SEALED, A_CODE, A_SAYS };

void
reveals_free(struct reveal *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sealed_free(&list[i].sealed);
}

void
reveal_aad(char *out, size_t size, int64_t id)
{
	(void)snprintf(out, size, "reveal:%" PRId64, id);
}

int
reveal_next(struct db *db, struct reveal out[REVEALS_MAX], size_t *n, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	char most[16];
	const char *params[] = { most };

	*n = 0;
	(void)snprintf(most, sizeof(most), "%d", REVEALS_MAX);
	if (db_run(db, &next, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	for (size_t i = 0; i < rows_count(r) && i < REVEALS_MAX; i++) {
		struct reveal *v = &out[i];

		*v = (struct reveal){ .id = rows_int(r, i, N_ID) };
		(void)text_copy(v->uuid, sizeof(v->uuid), rows_text(r, i, N_UUID));
		(void)text_copy(v->kind, sizeof(v->kind), rows_text(r, i, N_KIND));
		(void)rows_bytes(r, i, N_KEY, v->asker.key, sizeof(v->asker.key)); /* the table wants 32 bytes */
		v->sealed.p = rows_bytes_new(r, i, N_SEALED, &v->sealed.len);
		*n = i + 1;
		if (v->sealed.p == NULL) {
			reveals_free(out, *n);
			*n = 0;
			return err_set(e, ERR_MEMORY, "passwords to reveal");
		}
	}
	return 0;
}

int
reveal_answer(struct db *db, int64_t id, const struct sealed *box, const struct err *why, struct err *e)
{
	SCOPED(buf) struct buf sealed = { 0 };
	char which[24], code[16];

	(void)snprintf(which, sizeof(which), "%" PRId64, id);
	(void)snprintf(code, sizeof(code), "%d", box != NULL ? 0 : (int)why->code);
	if (box != NULL)
		bytea_text(&sealed, box->p, box->len);
	const char *params[] = { which, box != NULL ? buf_str(&sealed) : NULL, code, box != NULL ? "" : why->text };
	return db_run(db, &answer, params, ARRAY_LEN(params), NULL, e);
}

int
credential_find(struct db *db, const char *uuid, const char *kind, const char *state, int64_t *id, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	const char *params[] = { uuid, kind, state };

	if (db_run(db, &find, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	if (rows_count(r) == 0)
		return 0;
	*id = rows_int(r, 0, 0);
	return 1;
}

int
reveal_ask(struct db *db, int64_t credential, const char *reason, const struct seal_public *asker, int64_t *id, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(buf) struct buf key = { 0 };
	char which[24];

	(void)snprintf(which, sizeof(which), "%" PRId64, credential);
	bytea_text(&key, asker->key, sizeof(asker->key));
	const char *params[] = { which, reason, buf_str(&key) };
	if (db_run(db, &ask, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	*id = rows_int(r, 0, 0);
	return 0;
}

void
reveal_ask_send(struct dbq *q, int64_t credential, const char *reason, const struct seal_public *asker, dbq_rows_fn *fn,
    void *arg, const void *owner)
{
	SCOPED(buf) struct buf key = { 0 };
	char which[24];

	(void)snprintf(which, sizeof(which), "%" PRId64, credential);
	bytea_text(&key, asker->key, sizeof(asker->key));
	const char *params[] = { which, reason, buf_str(&key) };
	dbq_send(q, &ask, params, ARRAY_LEN(params), fn, arg, owner);
}

int
reveal_from_row(const struct rows *r, struct reveal_answer *out, struct err *e)
{
	struct reveal_answer a = { .code = (int)rows_int(r, 0, A_CODE) };

	(void)text_copy(a.state, sizeof(a.state), rows_text(r, 0, A_STATE));
	text_clean(a.says, sizeof(a.says), rows_text(r, 0, A_SAYS), strlen(rows_text(r, 0, A_SAYS)));
	if (!rows_null(r, 0, A_SEALED)) {
		a.sealed.p = rows_bytes_new(r, 0, A_SEALED, &a.sealed.len);
		if (a.sealed.p == NULL)
			return err_set(e, ERR_MEMORY, "sealed password");
	}
	*out = a;
	return 0;
}

int
reveal_read(struct db *db, int64_t id, struct reveal_answer *out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	char which[24];
	const char *params[] = { which };

	(void)snprintf(which, sizeof(which), "%" PRId64, id);
	if (db_run(db, &read_answer, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	return reveal_from_row(r, out, e);
}

void
reveal_read_send(struct dbq *q, int64_t id, dbq_rows_fn *fn, void *arg, const void *owner)
{
	char which[24];
	const char *params[] = { which };

	(void)snprintf(which, sizeof(which), "%" PRId64, id);
	dbq_send(q, &read_answer, params, ARRAY_LEN(params), fn, arg, owner);
}

int
reveal_open(const struct seal_private *key, int64_t id, const struct reveal_answer *a, struct secret *out, struct err *e)
{
	char aad[40];

	if (strcmp(a->state, "refused") == 0)
		return err_set(e, a->code != 0 ? (enum err_code)a->code : ERR_NO_ANSWER, "%s", a->says);
	if (strcmp(a->state, "ready") != 0)
		return err_set(e, ERR_NO_ANSWER, "the answer has expired");
	reveal_aad(aad, sizeof(aad), id);
	return seal_open_secret(key, aad, &a->sealed, out, e);
}
