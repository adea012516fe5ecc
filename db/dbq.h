/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dbq: the asynchronous side of the database layer, for a program that must never wait: one
 * connection, a queue of statements, answers by callback, notifications, and reconnecting by itself.
 * One thread only. Nothing here blocks but name resolution of a TCP host.
 */
#ifndef MUSTER_DB_DBQ_H
#define MUSTER_DB_DBQ_H

#include "db/db.h"

struct dbq;

enum dbq_state { DBQ_DOWN, DBQ_CONNECTING, DBQ_UP };

/* The answer to a statement: rows (valid during the call only), or NULL and *e. */
typedef void dbq_rows_fn(void *arg, const struct rows *rows, const struct err *e);

/* A notification came (channel muster_change): payload is the table. */
typedef void dbq_notify_fn(void *arg, const char *payload);

/* The connection came up (e NULL) or went down (*e says why). */
typedef void dbq_state_fn(void *arg, enum dbq_state state, const struct err *e);

/* dbq_new: starts connecting when dbq_work is called. ERR_MEMORY. */
MUST_CHECK int dbq_new(const char *conninfo, const char *user, const char *app, dbq_notify_fn *notify,
    dbq_state_fn *state, void *arg, struct dbq **out, struct err *e);
void dbq_free(struct dbq *q); /* unanswered statements are dropped without a callback; takes NULL */

/*
 * dbq_send: queue a statement. The parameters are copied. fn is called once from dbq_work, with
 * ERR_DB_DOWN when the connection is down or lost. owner marks the statement for dbq_cancel. What the role
 * does not allow is told to the audit log, as by db_run.
 */
void dbq_send(struct dbq *q, const struct stmt *s, const char *const *params, size_t n,
    dbq_rows_fn *fn, void *arg, const void *owner);

/* dbq_cancel: the callbacks of this owner's statements will not be called any more. */
void dbq_cancel(struct dbq *q, const void *owner);

/* For poll: the socket (-1: none now), the events wanted, and the longest wait in ms. */
int dbq_fd(const struct dbq *q);
short dbq_events(const struct dbq *q);
int dbq_wait_ms(const struct dbq *q);

/* dbq_work: do what can be done without waiting; call after every poll. True: an answer was handed over. */
bool dbq_work(struct dbq *q);

/*
 * dbq_patience: how long an answer may take before the connection is given up (standard: 60 s); after a third of
 * it without a word the database is asked whether it still answers. dbq_silent_ms: how long an
 * answer has been waited for; 0: none is.
 */
void dbq_patience(struct dbq *q, int ms);
int dbq_silent_ms(const struct dbq *q);

enum dbq_state dbq_status(const struct dbq *q);
bool dbq_busy(const struct dbq *q); /* statements are waiting for an answer */

#endif
