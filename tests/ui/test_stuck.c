/* SPDX-License-Identifier: Apache-2.0 */
/* test_stuck: a database that hangs or fails over while the console runs. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/ui/fixture.h"

static void
run(const char *fmt, const char *arg, const char *arg2)
{
	char command[4096];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(command, sizeof(command), fmt, arg, arg2);
#pragma GCC diagnostic pop
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0)
		fail_msg("status %d: %s", status, command);
}

/* The server process of the console. */
static pid_t
backend(void)
{
	return (pid_t)strtol(sql("SELECT max(pid) FROM pg_stat_activity WHERE application_name = 'muster'"), NULL, 10);
}

static void
a_server_process_that_hangs_is_given_up_and_another_one_asked(void **state)
{
	char info[512];
	struct err e;

	(void)state;
	db_conninfo(info, sizeof(info), "t_operator");
	k = (struct console){ 0 };
	assert_ok(app_new(info, &k.a, &e));
	assert_ok(canvas_init(&k.c, 132, 24, &e));
	app_patience(k.a, 4500);
	work(&k);
	press(&k, '4');
	go_to(&k, "pc3.corp");
	pid_t pid = backend();
	assert_true(pid > 1);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	wait_for(&k, "no answer 3 s");
	assert_has(cursor(&k), "pc3.corp.example");
	app_key(k.a, 'j'); /* keys still work */
	assert_has_not(cursor(&k), "pc3.corp.example");
	wait_for(&k, "The database is back");
	assert_int_equal(kill(pid, SIGCONT), 0);
	(void)sql("SELECT test.hello(30)");
	wait_for(&k, "0000001e");
	console_stop(&k);
}

/* A copy of the cluster stands by; the connection string names both. */
static void
a_second_host_takes_over_when_the_first_stops(void **state)
{
	const char *first = getenv("MUSTER_TEST_PG");
	char second[] = "/tmp/muster-second.XXXXXX", pg[1024], info[1024];
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(second));
	source_path(pg, sizeof(pg), "contrib/muster-pg");
	cluster("stop");
	run("chmod 755 '%2$s' && mkdir '%2$s/sock' && cp -a '%1$s/data' '%2$s/data' && chown --reference='%1$s/sock' '%2$s/sock' &&"
	    " sed -i 's|%1$s|%2$s|' '%2$s/data/postgresql.conf' && rm -f '%2$s/data/postmaster.pid'", first, second);
	cluster("start");
	run("'%s' start '%s' >/dev/null", pg, second);
	(void)snprintf(info, sizeof(info), "host=%s/sock,%s/sock dbname=muster user=t_operator", first, second);
	k = (struct console){ 0 };
	assert_ok(app_new(info, &k.a, &e));
	assert_ok(canvas_init(&k.c, 132, 24, &e));
	work(&k);
	press(&k, '4');
	go_to(&k, "pc3.corp");
	cluster("kill");
	wait_for(&k, "The database is back");
	assert_has(cursor(&k), "pc3.corp.example");
	run("psql -qX -d \"host=%s/sock dbname=muster user=muster\" -c 'SELECT test.hello(%s)' >/dev/null", second, "40");
	wait_for(&k, "00000028");
	console_stop(&k);
	run("'%s' stop '%s'", pg, second);
	run("rm -rf '%s'%s", second, "");
}

static void
a_restart_of_the_database_is_seen_and_survived(void **state)
{
	(void)state;
	console_start(&k, "t_operator", 132, 24);
	press(&k, '7');
	assert_has(draw(&k), "Cannot contact back AMT");
	for (int i = 0; i < 2; i++) {
		cluster("stop");
		wait_for(&k, "database away");
		assert_has(draw(&k), "Cannot contact back AMT");
		cluster("start");
		wait_for(&k, "The database is back");
		press(&k, UK_F5);
	}
	(void)sql("SELECT test.line(1, 3, 0, 'after the restart')");
	wait_for(&k, "after the restart");
	console_stop(&k);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FRESH(a_server_process_that_hangs_is_given_up_and_another_one_asked),
		FRESH(a_second_host_takes_over_when_the_first_stops),
		FRESH(a_restart_of_the_database_is_seen_and_survived),
	};

	(void)argc;
	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 77;
	db_need(argv);
	cmocka_set_test_filter(getenv("MUSTER_TEST")); /* a pattern: these only */
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	sql_close();
	return failed;
}
