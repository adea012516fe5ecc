/* SPDX-License-Identifier: Apache-2.0 */
/* db: connections, and the one way to run a statement. */
#include "db/db.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/pq.h"

enum { PREPARED_MAX = 64 };

struct db {
	PGconn *conn;
	const struct stmt *prepared[PREPARED_MAX];
	size_t nprepared;
	const char *untold; /* a statement that was refused in a transaction which failed by it */
};

/* SQLSTATE, or its first characters, -> what it is to us. First match counts. */
static const struct {
	const char *state;
	enum err_code code;
} states[] = {
	{ "08", ERR_DB_DOWN },
	{ "57P", ERR_DB_DOWN }, /* shutting down, starting up */
	{ "28", ERR_DB_DENIED },
	{ "42501", ERR_DB_DENIED },
	{ "3D000", ERR_DB_DOWN }, /* no such database */
	{ "40", ERR_DB_UNABLE }, /* deadlock */
	{ "53", ERR_DB_UNABLE }, /* disk full, no memory */
	{ "55P03", ERR_DB_UNABLE }, /* lock not granted */
	{ "57014", ERR_DB_UNABLE }, /* cancelled, time limit */
	{ "58", ERR_DB_UNABLE }, /* input or output error */
	{ "23", ERR_DB_RULE },
	{ "22", ERR_DB_RULE },
	{ "P0002", ERR_DB_NOT_FOUND },
	{ "02000", ERR_DB_NOT_FOUND },
	{ "MU805", ERR_LEASE },
};

static enum err_code
code_of_state(const char *state)
{
	for (size_t i = 0; state != NULL && i < ARRAY_LEN(states); i++)
		if (strncmp(state, states[i].state, strlen(states[i].state)) == 0)
			return states[i].code;
	return ERR_DB;
}

bool
db_passes(const struct err *e)
{
	return e->code == ERR_DB_DOWN || e->code == ERR_DB_UNABLE;
}

/* A refused login has no SQLSTATE in libpq: only its text tells it from a server that is away. */
static bool
refused(const char *line)
{
	static const char *const signs[] = { "authentication", "role \"", "permission denied for database", "pg_hba.conf",
		"no password supplied", "GSSAPI" };

	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (strstr(line, signs[i]) != NULL)
			return strstr(line, "Cannot contact any KDC") == NULL; /* that passes */
	return false;
}

int
pq_error(const PGconn *conn, const PGresult *res, const char *what, struct err *e)
{
	const char *state = res == NULL ? NULL : PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *message = res == NULL ? NULL : PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

	if (state == NULL || PQstatus(conn) == CONNECTION_BAD) {
		char line[200];

		(void)text_copy(line, sizeof(line), PQerrorMessage(conn));
		line[strcspn(line, "\n")] = '\0';
		return err_set(e, refused(line) ? ERR_DB_DENIED : ERR_DB_DOWN, "%s: %s", what, line);
	}
	return err_set(e, code_of_state(state), "%s", message == NULL ? what : message);
}

int
pq_check(const PGconn *conn, const struct stmt *s, const PGresult *res, struct err *e)
{
	ExecStatusType got = PQresultStatus(res);
	int n = PQntuples(res);

	if (got != PGRES_COMMAND_OK && got != PGRES_TUPLES_OK)
		return pq_error(conn, res, s->name, e);
	if ((s->want == WANT_ONE && n != 1) || (s->want == WANT_MAYBE && n > 1))
		return err_set(e, ERR_DB, "%s: %d rows", s->name, n);
	return 0;
}

const struct stmt pq_denied = {
	.name = "audit_denied",
	.nparams = 1,
	.want = WANT_ONE,
	.sql = "SELECT muster.audit_denied($1)",
};

bool
pq_refused(const PGconn *conn, const struct err *e)
{
	return e->code == ERR_DB_DENIED && PQstatus(conn) == CONNECTION_OK;
}

char *
pq_conninfo(const char *conninfo, const char *user, const char *app, const char *dbname)
{
	PQconninfoOption *opts = PQconninfoParse(conninfo, NULL);
	SCOPED(buf) struct buf b = { 0 };

	for (PQconninfoOption *o = opts; o != NULL && o->keyword != NULL; o++) {
		const char *value = o->val;

		if (strcmp(o->keyword, "user") == 0 && user != NULL)
			value = user;
		else if (strcmp(o->keyword, "dbname") == 0 && dbname != NULL)
			value = dbname;
		else if (strcmp(o->keyword, "application_name") == 0 && app != NULL)
			value = app;
		else if (strcmp(o->keyword, "connect_timeout") == 0 && value == NULL)
			value = "10";
		if (value == NULL)
			continue;
		buf_printf(&b, "%s='", o->keyword);
		for (; *value != '\0'; value++) {
			if (*value == '\'' || *value == '\\')
				buf_puts(&b, "\\");
			buf_add(&b, value, 1);
		}
		buf_puts(&b, "' ");
	}
	PQconninfoFree(opts);
	return opts == NULL || b.bad ? strdup(conninfo) : buf_steal(&b);
}

static void
ignore_notice(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

int
db_open(const char *conninfo, const char *user, const char *app, struct db **out, struct err *e)
{
	SCOPED(mem) char *info = pq_conninfo(conninfo, user, app, NULL);
	struct db *db = calloc(1, sizeof(*db));

	if (db == NULL || info == NULL) {
		free(db);
		return err_set(e, ERR_MEMORY, "database connection");
	}
	db->conn = PQconnectdb(info);
	if (PQstatus(db->conn) != CONNECTION_OK) {
		(void)pq_error(db->conn, NULL, "database", e);
		db_close(db);
		return -1;
	}
	(void)PQsetNoticeProcessor(db->conn, ignore_notice, NULL);
	*out = db;
	return 0;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	PQfinish(db->conn);
	free(db);
}

PGconn *
db_conn(struct db *db)
{
	return db->conn;
}

static int
prepare(struct db *db, const struct stmt *s, struct err *e)
{
	for (size_t i = 0; i < db->nprepared; i++)
		if (db->prepared[i] == s)
			return 0;
	if (db->nprepared == PREPARED_MAX)
		return err_set(e, ERR_DB, "%s: more than %d statements", s->name, PREPARED_MAX);
	PGresult *res = PQprepare(db->conn, s->name, s->sql, (int)s->nparams, NULL);
	bool ok = PQresultStatus(res) == PGRES_COMMAND_OK;
	if (ok)
		db->prepared[db->nprepared++] = s;
	else
		(void)pq_error(db->conn, res, s->name, e);
	PQclear(res);
	return ok ? 0 : -1;
}

/*
 * A refused attempt goes into the audit log, by a transaction of its own. Not by db_run, which would come
 * back here. Its failure is ignored: the refusal is what is told to people, and who has no role of muster
 * at all may not write there either.
 */
static void
tell_refused(struct db *db, const char *what)
{
	const char *params[] = { what };

	if (PQtransactionStatus(db->conn) == PQTRANS_INERROR) { /* nothing can be said before the rollback */
		db->untold = what;
		return;
	}
	db->untold = NULL;
	PQclear(PQexecParams(db->conn, pq_denied.sql, (int)ARRAY_LEN(params), NULL, params, NULL, NULL, 0));
}

static int
run(struct db *db, const struct stmt *s, const char *const *params, size_t n, struct rows **out, struct err *e)
{
	if (n != s->nparams)
		return err_set(e, ERR_DB, "%s: %zu parameters, want %zu", s->name, n, s->nparams);
	if (prepare(db, s, e) < 0)
		return -1;
	PGresult *res = PQexecPrepared(db->conn, s->name, (int)n, params, NULL, NULL, 0);
	if (pq_check(db->conn, s, res, e) < 0) {
		PQclear(res);
		return -1;
	}
	if (out == NULL) {
		PQclear(res);
		return 0;
	}
	*out = rows_wrap(res);
	return *out == NULL ? err_set(e, ERR_MEMORY, "%s: rows", s->name) : 0;
}

int
db_run(struct db *db, const struct stmt *s, const char *const *params, size_t n, struct rows **out,
    struct err *e)
{
	int rc = run(db, s, params, n, out, e);

	if (rc < 0 && pq_refused(db->conn, e))
		tell_refused(db, s->name);
	return rc;
}

static int
simple(struct db *db, const char *sql, struct err *e)
{
	PGresult *res = PQexec(db->conn, sql);
	bool ok = PQresultStatus(res) == PGRES_COMMAND_OK;

	if (!ok)
		(void)pq_error(db->conn, res, sql, e);
	PQclear(res);
	return ok ? 0 : -1;
}

int
db_begin(struct db *db, struct err *e)
{
	return simple(db, "BEGIN", e);
}

int
db_commit(struct db *db, struct err *e)
{
	return simple(db, "COMMIT", e);
}

void
db_rollback(struct db *db)
{
	struct err ignored; /* a lost connection rolls back by itself */

	(void)simple(db, "ROLLBACK", &ignored);
	if (db->untold != NULL)
		tell_refused(db, db->untold);
}

static const struct stmt schema_version = {
	.name = "schema_version",
	.want = WANT_ONE,
	.sql = "SELECT coalesce(max(version), 0) FROM muster.schema_migration",
};

int
db_check_version(struct db *db, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (db_run(db, &schema_version, NULL, 0, &r, e) < 0) {
		if (e->code == ERR_DB)
			return err_set(e, ERR_DB_VERSION, "no muster schema here: run \"musterctl db create\"");
		return -1;
	}
	int64_t have = rows_int(r, 0, 0);
	if (have < DB_SCHEMA_VERSION)
		return err_set(e, ERR_DB_VERSION, "schema version %d, this program wants %d: run \"musterctl db upgrade\"",
		    (int)have, DB_SCHEMA_VERSION);
	if (have > DB_SCHEMA_VERSION)
		return err_set(e, ERR_DB_VERSION, "schema version %d is newer than this program (%d): upgrade muster here",
		    (int)have, DB_SCHEMA_VERSION);
	return 0;
}

int
db_listen(struct db *db, const char *channel, struct err *e)
{
	char sql[80];

	(void)snprintf(sql, sizeof(sql), "LISTEN %.60s", channel); /* names from our own code */
	return simple(db, sql, e);
}

int
db_wait(struct db *db, int wake_fd, int64_t ms, struct err *e)
{
	struct pollfd fds[] = {
		{ .fd = PQsocket(db->conn), .events = POLLIN },
		{ .fd = wake_fd, .events = POLLIN },
	};
	int n = poll(fds, ARRAY_LEN(fds), ms > 60000 ? 60000 : (int)ms);

	if (n < 0)
		return errno == EINTR ? 0 : err_errno(e, ERR_SYSTEM, "poll");
	if (PQconsumeInput(db->conn) != 1 || PQstatus(db->conn) == CONNECTION_BAD)
		return pq_error(db->conn, NULL, "database", e);
	return n > 0 ? 1 : 0;
}

bool
db_notified(struct db *db, char *channel, size_t channel_size, char *payload, size_t size)
{
	PGnotify *note = PQnotifies(db->conn);

	if (note == NULL)
		return false;
	(void)text_copy(channel, channel_size, note->relname);
	(void)text_copy(payload, size, note->extra);
	PQfreemem(note);
	return true;
}
