/* SPDX-License-Identifier: Apache-2.0 */
/*
 * migrate: making the database and bringing its schema up to date with the numbered files of
 * schema/. Each file runs once, in a transaction of its own, and is remembered with its checksum.
 */
#ifndef MUSTER_DB_MIGRATE_H
#define MUSTER_DB_MIGRATE_H

#include "db/db.h"

struct migration {
	int version;
	char name[64];
	char checksum[65];  /* SHA-256 of the file, hex; "" when the file is missing */
	bool applied;
	bool changed;       /* applied, but the file is not the one that was applied */
	char applied_at[40];
};

enum { MIGRATION_MAX = 256 };

/*
 * migrate_create: the roles (bootstrap.sql), the database named in conninfo, and all migrations. The
 * caller must be a superuser, or have CREATEDB and CREATEROLE. grant names the login that becomes
 * the first Enterprise Administrator (made when missing); NULL: the caller.
 * Safe to run again. ERR_DB*, ERR_FILE, ERR_DB_MIGRATION.
 */
MUST_CHECK int migrate_create(const char *conninfo, const char *grant, struct err *e);

/*
 * migrate_upgrade: apply what is missing; *n is set to the number applied. Refuses when an applied
 * file has changed or the database is newer than the files. One at a time (advisory lock).
 */
MUST_CHECK int migrate_upgrade(struct db *db, int *n, struct err *e);

/* migrate_list: files and applied migrations merged, by version. */
MUST_CHECK int migrate_list(
    struct db *db, struct migration out[MIGRATION_MAX], size_t *n, struct err *e);

#endif
