/* SPDX-License-Identifier: Apache-2.0 */
/* pq: what the files of db/ share and nobody else sees: libpq itself. */
#ifndef MUSTER_DB_PQ_H
#define MUSTER_DB_PQ_H

#include <libpq-fe.h>

#include "base/buf.h"
#include "db/db.h"

struct rows {
	PGresult *res; /* owned */
};

/* pq_error: the error of a failed result as a code and a text. Returns -1. */
int pq_error(const PGconn *conn, const PGresult *res, const char *what, struct err *e);

/* pq_check: 0 when the result is of the kind and size that s wants, else -1. */
int pq_check(const PGconn *conn, const struct stmt *s, const PGresult *res, struct err *e);

/*
 * pq_refused: the database refused a statement because of the role, and the connection is still there:
 * that is to be in the audit log. pq_denied: the statement that puts it there, with the name of the one
 * that was refused; it is itself never told about.
 */
bool pq_refused(const PGconn *conn, const struct err *e);
extern const struct stmt pq_denied;

/* pq_conninfo_user: the connection string with user and application name set; free it. */
char *pq_conninfo(const char *conninfo, const char *user, const char *app, const char *dbname);

/* rows_wrap: takes the result; NULL without memory (the result is then cleared). */
struct rows *rows_wrap(PGresult *res);

/* db_conn: the libpq connection inside, for migrate.c. */
PGconn *db_conn(struct db *db);

/*
 * Array literals of PostgreSQL: start with { 0 }, add, end with array_end. A NULL text is SQL NULL.
 */
void array_text(struct buf *b, const char *text);
void array_int(struct buf *b, int64_t v);
void array_bytes(struct buf *b, const void *data, size_t len);
const char *array_end(struct buf *b);

/* array_texts: n texts as one array literal, ended. */
void array_texts(struct buf *b, const char *const *texts, size_t n);

/* bytea_text: bytes as the text form of a bytea parameter. */
void bytea_text(struct buf *b, const void *data, size_t len);

#endif
