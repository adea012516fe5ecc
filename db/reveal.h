/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reveal: an Administrator asks for a password, the engine answers with a box that only the asking
 * program can open, and only for two minutes. See muster.reveal in the schema.
 */
#ifndef MUSTER_DB_REVEAL_H
#define MUSTER_DB_REVEAL_H

#include "base/uuid.h"
#include "db/db.h"
#include "db/dbq.h"
#include "secret/seal.h"

enum { REVEALS_MAX = 16, REVEAL_WAIT_MS = 60000, REVEAL_REASON_MAX = 500 };

/* What an engine is asked for. */
struct reveal {
	int64_t id;
	char uuid[UUID_TEXT], kind[8];
	struct sealed sealed; /* for the engine */
	struct seal_public asker;
};
void reveals_free(struct reveal *list, size_t n);

/* reveal_next: what waits for an answer, locked until the end of the transaction. What has expired is closed. */
MUST_CHECK int reveal_next(struct db *db, struct reveal out[REVEALS_MAX], size_t *n, struct err *e);

/* reveal_answer: a box for who asked; NULL: the code and text say why there is none. */
MUST_CHECK int reveal_answer(struct db *db, int64_t id, const struct sealed *box, const struct err *why, struct err *e);

/* reveal_aad: the text an answer is sealed for. */
void reveal_aad(char *out, size_t size, int64_t id);

/*
 * credential_find: the newest password of a kind and state of a device. 1 found, 0 none, -1.
 * reveal_ask: asks for it; *id names the question. ERR_DB_RULE: the reason is too short or too long.
 */
MUST_CHECK int credential_find(struct db *db, const char *uuid, const char *kind, const char *state, int64_t *id, struct err *e);
MUST_CHECK int reveal_ask(struct db *db, int64_t credential, const char *reason, const struct seal_public *asker, int64_t *id,
    struct err *e);
void reveal_ask_send(struct dbq *q, int64_t credential, const char *reason, const struct seal_public *asker, dbq_rows_fn *fn,
    void *arg, const void *owner);

/* The answer: state is waiting, ready, refused or expired; ready only once. Free the box. */
struct reveal_answer {
	char state[12];
	struct sealed sealed;
	int code;
	char says[240];
};
MUST_CHECK int reveal_read(struct db *db, int64_t id, struct reveal_answer *out, struct err *e);
void reveal_read_send(struct dbq *q, int64_t id, dbq_rows_fn *fn, void *arg, const void *owner);
MUST_CHECK int reveal_from_row(const struct rows *r, struct reveal_answer *out, struct err *e);

/* reveal_open: the password of an answer, with the key it was asked with. ERR_SEAL; the answer's own code when it was refused. */
MUST_CHECK int reveal_open(const struct seal_private *key, int64_t id, const struct reveal_answer *a, struct secret *out, struct err *e);

#endif
