/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db: connections to the database and the one way to run a statement. No other folder knows SQL or
 * libpq. A struct db belongs to one thread at a time, and is never held while a device is spoken to.
 */
#ifndef MUSTER_DB_DB_H
#define MUSTER_DB_DB_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* The number of the newest migration this program knows; see migrate.h. */
enum { DB_SCHEMA_VERSION = 11 };

struct db;      /* one connection */
struct db_pool; /* connections lent to threads */
struct rows;    /* what a statement gave */

/* How many rows a statement may give; db_run checks it. */
enum want { WANT_NOTHING, WANT_ONE, WANT_MAYBE, WANT_MANY };

struct stmt {
	const char *name; /* prepared once per connection under this name */
	size_t nparams;
	enum want want;
	const char *sql;
};

/*
 * db_open: connect, within 10 seconds unless the connection string says otherwise. user NULL: as the
 * connection string says. ERR_DB_DOWN, ERR_DB_DENIED.
 */
MUST_CHECK int db_open(
    const char *conninfo, const char *user, const char *app, struct db **out, struct err *e);
void db_close(struct db *db); /* takes NULL */
static inline void
db_scoped(struct db **db)
{
	db_close(*db);
}

/* db_passes: the failure is one that ends by itself or by an administrator's hand: trying again later is right. Pure. */
bool db_passes(const struct err *e);

/* db_check_version: ERR_DB_VERSION unless the schema is the one this program was made for. */
MUST_CHECK int db_check_version(struct db *db, struct err *e);

/*
 * db_run: run a statement with text parameters (NULL is SQL NULL). *out may be NULL when the rows do
 * not matter; otherwise free it with rows_free.
 *
 * Returns	0, or -1 with the code that the SQLSTATE stands for: ERR_DB_DOWN (connection lost: the
 *		statement may or may not have been carried out), ERR_DB_DENIED, ERR_DB_RULE,
 *		ERR_DB_NOT_FOUND, ERR_LEASE, ERR_DB
 * Audit	a statement that the role does not allow (ERR_DB_DENIED) is told to the audit log
 */
MUST_CHECK int db_run(struct db *db, const struct stmt *s, const char *const *params, size_t n,
    struct rows **out, struct err *e);

/* db_begin, db_commit, db_rollback: several statements in one transaction. */
MUST_CHECK int db_begin(struct db *db, struct err *e);
MUST_CHECK int db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db);

/* db_listen: hear of a channel. db_wait: wait at most ms for a notification or for wake_fd (-1:
 * none) to become readable. Returns 1 when something came, 0 after the wait, -1 with ERR_DB_DOWN. */
MUST_CHECK int db_listen(struct db *db, const char *channel, struct err *e);
MUST_CHECK int db_wait(struct db *db, int wake_fd, int64_t ms, struct err *e);

/* db_notified: the payload of the next notification, copied; false when there is none. */
bool db_notified(struct db *db, char *channel, size_t channel_size, char *payload, size_t size);

/* Rows. Text is valid until rows_free; SQL NULL reads as "" (see rows_null). */
void rows_free(struct rows *r); /* takes NULL */
static inline void
rows_scoped(struct rows **r)
{
	rows_free(*r);
}
size_t rows_count(const struct rows *r);
const char *rows_text(const struct rows *r, size_t row, int col);
bool rows_null(const struct rows *r, size_t row, int col);
int64_t rows_int(const struct rows *r, size_t row, int col);
bool rows_bool(const struct rows *r, size_t row, int col);

/* rows_bytes: a bytea column into out; the number of bytes, or -1 when it is longer than size. */
long rows_bytes(const struct rows *r, size_t row, int col, void *out, size_t size);

/* rows_bytes_new: a bytea column as memory the caller frees; NULL when there is no memory. */
uint8_t *rows_bytes_new(const struct rows *r, size_t row, int col, size_t *len);

/*
 * The pool: at most max connections, opened when first needed, replaced when broken. db_borrow waits
 * for a free one. Threads: any.
 */
MUST_CHECK int db_pool_new(const char *conninfo, const char *user, const char *app, size_t max,
    struct db_pool **out, struct err *e);
void db_pool_free(struct db_pool *p); /* nothing may be lent out; takes NULL */
MUST_CHECK int db_borrow(struct db_pool *p, struct db **out, struct err *e);
void db_return(struct db_pool *p, struct db *db); /* takes NULL */

#endif
