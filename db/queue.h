/* SPDX-License-Identifier: Apache-2.0 */
/* queue: jobs that are queued or running, as operators see and move them. */
#ifndef MUSTER_DB_QUEUE_H
#define MUSTER_DB_QUEUE_H

#include "db/device.h"

/* Which jobs a list of the queue shows. */
enum queue_part { QUEUE_ALL, QUEUE_DUE, QUEUE_RETRY, QUEUE_RUNNING, QUEUE_PARTS };

struct queue_filter {
	enum queue_part part;
	char search[128]; /* start of FQDN or UUID; "" all */
};

struct queue_row {
	int64_t id;     /* of the job */
	int64_t run_us; /* when it is due, since 1970; with id the order of the list */
	int64_t in_s;   /* seconds until then by the database's clock; running: since the attempt began */
	bool running;
	int attempt, code; /* code of the last attempt; 0: none yet */
	char uuid[UUID_TEXT], fqdn[DB_FQDN], run_at[DB_TIME], engine[64];
	char reason[DB_TEXT]; /* of the last attempt; before the first: why it is queued */
	char step[120];       /* running: the last step that ended */
};

/*
 * queue_page_send: up to limit jobs by due time: those after `from` (NULL: from the start). back: those
 * before it, nearest first (NULL: from the end). queue_from_row reads them.
 */
void queue_page_send(struct dbq *q, const struct queue_filter *f, const struct queue_row *from, bool back, int limit,
    dbq_rows_fn *fn, void *arg, const void *owner);
void queue_from_row(const struct rows *r, size_t row, struct queue_row *out);

/* queue_count_send: how many there are, counted up to QUEUE_COUNT_MAX. */
enum { QUEUE_COUNT_MAX = 100000 };
void queue_count_send(struct dbq *q, const struct queue_filter *f, dbq_rows_fn *fn, void *arg, const void *owner);

/* job_delay: the next attempt of queued jobs in so many minutes; rows as of device_command. */
MUST_CHECK int job_delay(struct db *db, const char *const *uuids, size_t n, int minutes, struct rows **out, struct err *e);
void job_delay_send(
    struct dbq *q, const char *const *uuids, size_t n, int minutes, dbq_rows_fn *fn, void *arg, const void *owner);

#endif
