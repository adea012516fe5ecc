/* SPDX-License-Identifier: Apache-2.0 */
/* audit: the audit log, who did what. Each row carries the hash of the one before it. */
#ifndef MUSTER_DB_AUDIT_H
#define MUSTER_DB_AUDIT_H

#include "db/db.h"
#include "db/dbq.h"

enum { AUDIT_NAME = 64, AUDIT_OBJECT = 256, AUDIT_TIME = 40, AUDIT_CHANGE = 256, AUDIT_HASH = 32 };

/* A row as a list shows it. */
struct audit_row {
	int64_t id;
	char at[AUDIT_TIME]; /* in the time zone of the database session */
	char who[AUDIT_NAME], from[48], what[AUDIT_NAME], object[AUDIT_OBJECT];
	char change[AUDIT_CHANGE]; /* before -> after, cut */
};
void audit_from_row(const struct rows *r, size_t row, struct audit_row *out);

/* Who and what are meant exactly, the object by its beginning; "" is everything. */
struct audit_filter {
	char who[AUDIT_NAME], what[AUDIT_NAME], object[AUDIT_OBJECT];
	char since[AUDIT_TIME], until[AUDIT_TIME]; /* a time as the database reads it; until itself is out */
	char search[64];                           /* anywhere in who, what or object */
};

/* Columns of the lists. Those from AUDIT_AT_UTC on are in audit_list and audit_after only. */
enum { AUDIT_ID, AUDIT_AT, AUDIT_WHO, AUDIT_FROM, AUDIT_WHAT, AUDIT_OBJ, AUDIT_CHANGED, AUDIT_AT_UTC, AUDIT_BEFORE, AUDIT_AFTER,
	AUDIT_PREV_HASH, AUDIT_ROW_HASH };

/* audit_list: the newest limit rows, oldest first. audit_after: rows after this id, oldest first. */
MUST_CHECK int audit_list(struct db *db, const struct audit_filter *f, int limit, struct rows **out, struct err *e);
MUST_CHECK int audit_after(struct db *db, const struct audit_filter *f, int64_t id, int limit, struct rows **out, struct err *e);

/* audit_page_send: up to limit rows older than id (0: the newest), newest first; newer: those after it, oldest first. */
void audit_page_send(struct dbq *q, const struct audit_filter *f, int64_t id, bool newer, int limit, dbq_rows_fn *fn, void *arg,
    const void *owner);

/* audit_one_send: at most one row; before and after are made for reading. */
enum { AUDIT_ONE_AT, AUDIT_ONE_WHO, AUDIT_ONE_FROM, AUDIT_ONE_WHAT, AUDIT_ONE_OBJECT, AUDIT_ONE_BEFORE, AUDIT_ONE_AFTER,
	AUDIT_ONE_PREV_HASH, AUDIT_ONE_HASH };
void audit_one_send(struct dbq *q, int64_t id, dbq_rows_fn *fn, void *arg, const void *owner);

/*
 * To verify the chain. audit_look_begin: everything until db_rollback is seen as it is now. audit_end: the
 * newest row as the log itself has it, no row when somebody took that away. audit_chain: rows after this
 * id in order; text is what the hash is made of beside the hash before it, odd that the address has a
 * netmask, which no row is written with.
 */
MUST_CHECK int audit_look_begin(struct db *db, struct err *e);
enum { AUDIT_END_ID, AUDIT_END_HASH };
MUST_CHECK int audit_end(struct db *db, struct rows **out, struct err *e);
enum { AUDIT_CHAIN_ID, AUDIT_CHAIN_PREV, AUDIT_CHAIN_HASH, AUDIT_CHAIN_TEXT, AUDIT_CHAIN_ODD };
MUST_CHECK int audit_chain(struct db *db, int64_t after, int limit, struct rows **out, struct err *e);

/* audit_estimate: about how many rows there are, for showing progress; 0 when that is not known. */
MUST_CHECK int audit_estimate(struct db *db, int64_t *n, struct err *e);

#endif
