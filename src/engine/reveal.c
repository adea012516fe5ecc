/* SPDX-License-Identifier: Apache-2.0 */
/* reveal: an engine's answers to Administrators who ask for a password. */
#include "engine/reveal.h"

#include "base/log.h"
#include "db/job.h"
#include "db/reveal.h"

/* Opened for a moment in this thread's memory, and closed again for who asked. */
static int
seal_for_asker(const struct engine *en, const struct reveal *v, struct sealed *out, struct err *e)
{
	SCOPED(secret) struct secret password = { 0 };
	char from[80], to[40];

	credential_aad(from, sizeof(from), v->uuid, v->kind);
	reveal_aad(to, sizeof(to), v->id);
	if (seal_open_secret(&en->key, from, &v->sealed, &password, e) < 0)
		return -1;
	return seal_close_secret(&v->asker, to, &password, out, e);
}

static int
answer(const struct engine *en, struct db *db, const struct reveal *v, struct err *e)
{
	SCOPED(sealed) struct sealed box = { 0 };
	struct err why;

	if (seal_for_asker(en, v, &box, &why) == 0)
		return reveal_answer(db, v->id, &box, NULL, e);
	log_err(LOG_WARNING, "password not revealed", &why);
	return reveal_answer(db, v->id, NULL, &why, e);
}

/* The rows are locked from the reading to the answer, so that of several engines one answers. */
static int
serve_some(const struct engine *en, struct db *db, size_t *n, struct err *e)
{
	struct reveal list[REVEALS_MAX];

	if (db_begin(db, e) < 0)
		return -1;
	int rc = reveal_next(db, list, n, e);
	for (size_t i = 0; rc == 0 && i < *n; i++)
		rc = answer(en, db, &list[i], e);
	reveals_free(list, *n);
	if (rc < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e);
}

int
reveal_serve(struct engine *en, struct db *db, struct err *e)
{
	size_t n = REVEALS_MAX;

	while (n == REVEALS_MAX)
		if (serve_some(en, db, &n, e) < 0)
			return -1;
	return 0;
}
