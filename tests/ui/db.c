/* SPDX-License-Identifier: Apache-2.0 */
/* db: the second connection of a test, and the cluster below it. */
#include "tests/ui/db.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit.h"

#include <libpq-fe.h>

static PGconn *conn;
static bool stopped; /* the cluster */

void
db_need(char **argv)
{
	char with[1024], self[1024];

	if (getenv("MUSTER_TEST_DB") != NULL)
		return;
	source_path(with, sizeof(with), "tests/ui/with-db");
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = '\0';
		argv[0] = self;
	}
	char *args[] = { with, argv[0], argv[1], NULL };
	(void)execv(with, args);
	perror(with);
	exit(EXIT_FAILURE);
}

void
db_conninfo(char *out, size_t size, const char *user)
{
	(void)snprintf(out, size, "%s user=%s", getenv("MUSTER_TEST_DB"), user);
}

static void
quiet(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

static bool
sqlstate_is(const PGresult *res, const char *state)
{
	const char *got = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	return got != NULL && strcmp(got, state) == 0;
}

const char *
sql(const char *fmt, ...)
{
	static char out[4096];
	char text[8192], info[512];
	va_list ap;

	va_start(ap, fmt);
	int len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert_in_range(len, 1, sizeof(text) - 1);
	if (conn == NULL) {
		db_conninfo(info, sizeof(info), "muster");
		conn = PQconnectdb(info);
		(void)PQsetNoticeProcessor(conn, quiet, NULL);
	}
	PGresult *res = PQexec(conn, text);
	for (int i = 0; i < 5 && sqlstate_is(res, "40P01"); i++) { /* a console that is ending held its locks */
		PQclear(res);
		res = PQexec(conn, text);
	}
	if (PQresultStatus(res) != PGRES_COMMAND_OK && PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", text, PQerrorMessage(conn));
	(void)snprintf(out, sizeof(out), "%s", PQntuples(res) > 0 ? PQgetvalue(res, 0, 0) : "");
	PQclear(res);
	return out;
}

void
sql_close(void)
{
	PQfinish(conn);
	conn = NULL;
}

void
cluster(const char *what)
{
	const char *dir = getenv("MUSTER_TEST_PG");
	char pg[1024], command[4096];

	assert_non_null(dir);
	if (!stopped && strcmp(what, "start") == 0)
		return;
	stopped = strcmp(what, "start") != 0;
	source_path(pg, sizeof(pg), "contrib/muster-pg");
	if (strcmp(what, "kill") == 0)
		(void)snprintf(command, sizeof(command), "kill -QUIT $(head -1 '%s/data/postmaster.pid'); "
		    "while kill -0 $(head -1 '%s/data/postmaster.pid' 2>/dev/null) 2>/dev/null; do sleep 0.02; done", dir, dir);
	else
		(void)snprintf(command, sizeof(command), "timeout 20 '%s' %s '%s' >/dev/null 2>&1", pg, what, dir);
	sql_close();
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
db_fresh(void **state)
{
	(void)state;
	sql_close();
	cluster("start");
	(void)sql("SELECT test.reset()");
	return 0;
}
