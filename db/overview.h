/* SPDX-License-Identifier: Apache-2.0 */
/* overview: what a service looks like from above: counts, what happened per minute, what is missing. */
#ifndef MUSTER_DB_OVERVIEW_H
#define MUSTER_DB_OVERVIEW_H

#include "db/db.h"
#include "db/dbq.h"

/* overview_send: key, value rows: devices by state, the queue, and so on. */
void overview_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner);

/* activity_send: one row a minute, the newest last, ACTIVITY_MINUTES of them. */
enum { ACTIVITY_MINUTES = 60 };
enum { ACTIVITY_HELLOS, ACTIVITY_REFUSED, ACTIVITY_DONE, ACTIVITY_FAILED };
void activity_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner);

/*
 * readiness: what must be there before a device can be configured, and what should be: item, state ("ok",
 * "weak", "missing"), a sentence, and the place where it is put right: a screen by its name, or "help".
 */
enum { READY_ITEM, READY_STATE, READY_SAYS, READY_PLACE };
MUST_CHECK int readiness(struct db *db, struct rows **out, struct err *e);
void readiness_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner);

#endif
