/* SPDX-License-Identifier: Apache-2.0 */
/* migrate: making the database and bringing its schema up to date. */
#include "db/migrate.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "db/pq.h"

enum { FILE_MAX = 1 << 20 };

static const char schema_base[] =
    "CREATE SCHEMA IF NOT EXISTS muster AUTHORIZATION muster_owner;"
    "SET LOCAL ROLE muster_owner;"
    "CREATE TABLE IF NOT EXISTS muster.schema_migration ("
    " version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,"
    " applied_at timestamptz NOT NULL DEFAULT now(), applied_by text NOT NULL DEFAULT session_user);"
    "COMMENT ON TABLE muster.schema_migration IS 'Migrations applied to this database.'";

static int
exec(struct db *db, const char *sql, const char *what, struct err *e)
{
	PGresult *res = PQexec(db_conn(db), sql);
	ExecStatusType got = PQresultStatus(res);
	bool ok = got == PGRES_COMMAND_OK || got == PGRES_TUPLES_OK;

	if (!ok) {
		const char *line = PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION);

		(void)pq_error(db_conn(db), res, what, e);
		if (e->code == ERR_DB)
			(void)err_set(e, ERR_DB_MIGRATION, "%s: %.150s (character %s)", what,
			    PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY), line == NULL ? "?" : line);
	}
	PQclear(res);
	return ok ? 0 : -1;
}

static const struct stmt database_exists = {
	.name = "database_exists",
	.nparams = 1,
	.want = WANT_MAYBE,
	.sql = "SELECT 1 FROM pg_database WHERE datname = $1",
};
static const struct stmt grant_enterprise = {
	.name = "grant_enterprise",
	.nparams = 1,
	.want = WANT_ONE,
	.sql = "SELECT rolname FROM pg_roles WHERE rolname = coalesce($1, current_user)",
};
static const struct stmt applied_list = {
	.name = "applied_list",
	.want = WANT_MANY,
	.sql = "SELECT version, name, checksum, applied_at::text FROM muster.schema_migration"
	       " ORDER BY version",
};
static const struct stmt checksum_of = {
	.name = "checksum_of",
	.nparams = 1,
	.want = WANT_ONE,
	.sql = "SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')",
};
static const struct stmt remember = {
	.name = "remember",
	.nparams = 3,
	.want = WANT_NOTHING,
	.sql = "INSERT INTO muster.schema_migration (version, name, checksum) VALUES ($1::int, $2, $3)",
};

static int
quoted(struct db *db, const char *fmt, const char *name, const char *what, struct err *e)
{
	char *ident = PQescapeIdentifier(db_conn(db), name, strlen(name));
	char sql[512];

	if (ident == NULL)
		return err_set(e, ERR_MEMORY, "%s", what);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(sql, sizeof(sql), fmt, ident);
#pragma GCC diagnostic pop
	PQfreemem(ident);
	return exec(db, sql, what, e);
}

/*
 * Whoever is no superuser must be a member of the owner to make its objects, and stays one only as
 * long as that takes.
 */
static int
own(struct db *db, bool on, struct err *e)
{
	const char *super = PQparameterStatus(db_conn(db), "is_superuser");

	if (super != NULL && strcmp(super, "on") == 0)
		return 0;
	return exec(db, on ? "GRANT muster_owner TO current_user" : "REVOKE muster_owner FROM current_user", "owner", e);
}

/* The roles and the database; db is connected to the maintenance database "postgres". */
static int
create_database(struct db *db, const char *name, const char *grant, struct err *e)
{
	SCOPED(buf) struct buf sql = { 0 };
	SCOPED(rows) struct rows *r = NULL, *g = NULL;
	char path[4096];

	datadir_path(path, sizeof(path), "schema/bootstrap.sql");
	if (file_read(path, FILE_MAX, &sql, e) < 0 || exec(db, sql.p, "bootstrap.sql", e) < 0)
		return -1;
	if (grant != NULL) {
		const char *params[] = { grant };

		if (db_run(db, &grant_enterprise, params, ARRAY_LEN(params), &g, e) < 0 &&
		    quoted(db, "CREATE ROLE %s LOGIN", grant, "create role", e) < 0)
			return -1;
		if (quoted(db, "GRANT muster_enterprise_administrator TO %s", grant, "grant", e) < 0)
			return -1;
	} else if (exec(db, "GRANT muster_enterprise_administrator TO current_user", "grant", e) < 0) {
		return -1;
	}
	const char *params[] = { name };
	if (own(db, true, e) < 0 || db_run(db, &database_exists, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	if (rows_count(r) == 0 && quoted(db, "CREATE DATABASE %s OWNER muster_owner", name, "create database", e) < 0)
		return -1;
	if (quoted(db, "REVOKE ALL ON DATABASE %s FROM PUBLIC", name, "revoke", e) < 0 ||
	    quoted(db, "GRANT CONNECT ON DATABASE %s TO muster_log_viewer, muster_engine, CURRENT_USER", name, "grant", e) < 0)
		return -1; /* whoever makes it upgrades it too, and needs no role of people for that */
	return own(db, false, e);
}

int
migrate_create(const char *conninfo, const char *grant, struct err *e)
{
	SCOPED(mem) char *info = pq_conninfo(conninfo, NULL, "musterctl", "postgres");
	SCOPED(db) struct db *maintenance = NULL, *db = NULL;
	PQconninfoOption *opts = PQconninfoParse(conninfo, NULL);
	char name[64] = "muster";
	int n;

	for (PQconninfoOption *o = opts; o != NULL && o->keyword != NULL; o++)
		if (strcmp(o->keyword, "dbname") == 0 && o->val != NULL)
			(void)text_copy(name, sizeof(name), o->val);
	PQconninfoFree(opts);
	if (info == NULL)
		return err_set(e, ERR_MEMORY, "database");
	if (db_open(info, NULL, "musterctl", &maintenance, e) < 0 ||
	    create_database(maintenance, name, grant, e) < 0 ||
	    db_open(conninfo, NULL, "musterctl", &db, e) < 0)
		return -1;
	return migrate_upgrade(db, &n, e);
}

/* "0003_queue.sql" -> 3, "queue"; 0 for other names. */
static int
file_version(const char *file, char name[64])
{
	int version = 0, used = 0;

	if (sscanf(file, "%4d_%n", &version, &used) != 1 || used != 5 || strlen(file) < 10 ||
	    strcmp(file + strlen(file) - 4, ".sql") != 0 || strlen(file) - 9 >= 64)
		return 0;
	memcpy(name, file + 5, strlen(file) - 9);
	name[strlen(file) - 9] = '\0';
	return version;
}

static int
read_file(struct db *db, int version, const char *name, struct buf *sql, char sum[65], struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	char path[4096], file[96];

	(void)snprintf(file, sizeof(file), "schema/%04d_%s.sql", version, name);
	datadir_path(path, sizeof(path), file);
	if (file_read(path, FILE_MAX, sql, e) < 0)
		return -1;
	const char *params[] = { sql->p };
	if (db_run(db, &checksum_of, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	(void)text_copy(sum, 65, rows_text(r, 0, 0));
	return 0;
}

static int
by_version(const void *a, const void *b)
{
	const struct migration *x = a, *y = b;

	return x->version - y->version;
}

static int
list_files(struct db *db, struct migration *out, size_t *n, struct err *e)
{
	char path[4096];
	datadir_path(path, sizeof(path), "schema");
	DIR *dir = opendir(path);

	if (dir == NULL)
		return err_errno(e, ERR_FILE, "%s", path);
	for (struct dirent *d; (d = readdir(dir)) != NULL && *n < MIGRATION_MAX;) {
		SCOPED(buf) struct buf sql = { 0 };
		struct migration m = { 0 };

		m.version = file_version(d->d_name, m.name);
		if (m.version == 0)
			continue;
		if (read_file(db, m.version, m.name, &sql, m.checksum, e) < 0) {
			(void)closedir(dir);
			return -1;
		}
		out[(*n)++] = m;
	}
	(void)closedir(dir);
	return 0;
}

int
migrate_list(struct db *db, struct migration out[MIGRATION_MAX], size_t *n, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	*n = 0;
	if (list_files(db, out, n, e) < 0)
		return -1;
	if (db_run(db, &applied_list, NULL, 0, &r, e) < 0)
		return e->code == ERR_DB ? err_set(e, ERR_DB_VERSION, "no muster schema here: run \"musterctl db create\"") : -1;
	for (size_t i = 0; i < rows_count(r); i++) {
		struct migration *m = NULL;

		for (size_t k = 0; k < *n; k++)
			if (out[k].version == (int)rows_int(r, i, 0))
				m = &out[k];
		if (m == NULL && *n < MIGRATION_MAX) {
			m = &out[(*n)++];
			*m = (struct migration){ .version = (int)rows_int(r, i, 0) };
			(void)text_copy(m->name, sizeof(m->name), rows_text(r, i, 1));
		}
		if (m == NULL)
			continue;
		m->applied = true;
		m->changed = strcmp(m->checksum, rows_text(r, i, 2)) != 0;
		(void)text_copy(m->applied_at, sizeof(m->applied_at), rows_text(r, i, 3));
	}
	qsort(out, *n, sizeof(*out), by_version);
	return 0;
}

static int
apply(struct db *db, const struct migration *m, struct err *e)
{
	SCOPED(buf) struct buf sql = { 0 };
	char sum[65], version[16], what[80];

	(void)snprintf(version, sizeof(version), "%d", m->version);
	(void)snprintf(what, sizeof(what), "%04d_%s", m->version, m->name);
	const char *params[] = { version, m->name, sum };
	if (read_file(db, m->version, m->name, &sql, sum, e) < 0 || db_begin(db, e) < 0)
		return -1;
	if (exec(db, "SET LOCAL ROLE muster_owner", what, e) < 0 || exec(db, sql.p, what, e) < 0 ||
	    db_run(db, &remember, params, ARRAY_LEN(params), NULL, e) < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e);
}

int
migrate_upgrade(struct db *db, int *n, struct err *e)
{
	struct migration *list = calloc(MIGRATION_MAX, sizeof(*list));
	SCOPED(mem) void *freed = list;
	size_t count;

	(void)freed;
	*n = 0;
	if (list == NULL)
		return err_set(e, ERR_MEMORY, "migrations");
	if (exec(db, "SELECT pg_advisory_lock(7031, 0)", "lock", e) < 0)
		return -1;
	int rc = own(db, true, e);
	if (rc == 0)
		rc = db_begin(db, e);
	if (rc == 0 && exec(db, schema_base, "schema", e) < 0) {
		db_rollback(db);
		rc = -1;
	} else if (rc == 0) {
		rc = db_commit(db, e);
	}
	if (rc == 0)
		rc = migrate_list(db, list, &count, e);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (list[i].changed)
			rc = err_set(e, ERR_DB_MIGRATION, "%04d_%s: %s", list[i].version, list[i].name,
			    list[i].checksum[0] == '\0' ? "applied, but this program has no such migration"
							: "applied in another form than this program has");
		else if (!list[i].applied && apply(db, &list[i], e) < 0)
			rc = -1;
		else if (!list[i].applied)
			(*n)++;
	}
	struct err ignored; /* the lock goes with the connection at the latest */

	if (own(db, false, rc == 0 ? e : &ignored) < 0)
		rc = -1;
	(void)exec(db, "SELECT pg_advisory_unlock(7031, 0)", "unlock", &ignored);
	return rc;
}
