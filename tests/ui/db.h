/* SPDX-License-Identifier: Apache-2.0 */
/* db: the second connection of a test: it looks at the database, and changes it behind the console's back. */
#ifndef MUSTER_TESTS_UI_DB_H
#define MUSTER_TESTS_UI_DB_H

#include <stddef.h>

/*
 * db_need: start this program again under tests/ui/with-db unless that has been done. Call it first
 * in main; returns only inside.
 */
void db_need(char **argv);

/* db_conninfo: the test database as a user. */
void db_conninfo(char *out, size_t size, const char *user);

/* sql: run statements as the owner; the first column of the first row, "" when there is none. */
const char *sql(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* sql_close: drop the second connection; it comes back when it is used. */
void sql_close(void);

/* db_fresh: the server runs, and the world of data.sql is made anew. For cmocka_unit_test_setup; state is not looked at. */
int db_fresh(void **state);

/* cluster: "start", "stop" or "kill" (as when the host loses power). */
void cluster(const char *what);

#endif
