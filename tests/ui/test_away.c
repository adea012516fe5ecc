/* SPDX-License-Identifier: Apache-2.0 */
/* test_away: a role that may little, statements that are refused, and a database that goes away. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/ui/fixture.h"

/* Roles */

static void
a_log_viewer_sees_the_log_and_nothing_else(void **state)
{
	static const char *const lines[] = { ":overview\n", ":pending\n", ":devices\n", ":device 00000001-0000-4000-8000-000000000001\n" };

	(void)state;
	begin("t_viewer", 132, 24);
	assert_has(row(&k, 1), "Log");
	assert_has_not(row(&k, 0), "Devices");
	assert_has(row(&k, 0), "Log");
	assert_has(draw(&k), "connection refused (1401)");
	picture(&k, "log-viewer");
	type(&k, "123\n");
	assert_has(row(&k, 1), "Log  about");
	assert_has_not(row(&k, -1), "Device");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		type(&k, lines[i]);
		assert_has(row(&k, -2), "No such command");
		assert_has(row(&k, 1), "Log");
	}
	press(&k, 'e');
	assert_has(draw(&k), "1401");
	press(&k, UK_ESC);
	(void)sql("SELECT test.line(1, 3, 0, 'seen by viewers')");
	wait_for(&k, "seen by viewers");
	end();
}

static void
a_login_without_a_role_is_told_so_with_a_code(void **state)
{
	char info[512];
	struct err e;

	(void)state;
	db_conninfo(info, sizeof(info), "t_nobody");
	k = (struct console){ 0 };
	assert_ok(app_new(info, &k.a, &e));
	assert_ok(canvas_init(&k.c, 100, 24, &e));
	wait_for(&k, "(1104)");
	assert_has_not(row(&k, 0), "live");
	(void)sql("GRANT muster_operator TO t_nobody");
	wait_for(&k, "1 Overview");
	wait_for(&k, "engine one");
	(void)sql("REVOKE muster_operator FROM t_nobody");
	end();
}

/* A database that goes away */

/* A statement that is under way when its screen is left must be waited for, not forgotten. */
static void
leaving_a_screen_while_it_loads_keeps_the_connection(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	(void)sql("SELECT test.many_devices(3000)");
	for (int i = 0; i < 60; i++) {
		app_key(k.a, '1' + i % 4);
		app_work(k.a);
		run_for(&k, i % 5);
		assert_has_not(draw(&k), "database away");
	}
	work(&k);
	assert_has_not(draw(&k), "already in progress");
	end();
}

/* The error and the end of its statement may come in two pieces. */
static void
a_refused_statement_keeps_the_connection(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	(void)sql("REVOKE SELECT ON muster.device FROM muster_operator");
	for (int i = 0; i < 30; i++) {
		press(&k, i % 2 == 0 ? '2' : '4');
		assert_has(draw(&k), "permission denied for table device (1104)");
		assert_has_not(draw(&k), "database away");
	}
	(void)sql("GRANT SELECT ON muster.device TO muster_operator");
	press(&k, UK_F5);
	assert_has(draw(&k), "pc1.corp.example");
	end();
}

static void
a_cut_connection_comes_back_by_itself(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '4');
	go_to(&k, "00000003");
	press(&k, ' ');
	for (int i = 0; i < 3; i++) {
		(void)sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'muster'");
		wait_for(&k, "database away");
		assert_has(draw(&k), "pc1.corp.example");
		assert_has(draw(&k), "(1102)");
		wait_for(&k, "The database is back");
		assert_has(draw(&k), "1 selected");
		press(&k, UK_F5);
		work(&k);
	}
	(void)sql("SELECT test.hello(30)");
	wait_for(&k, "0000001e");
	end();
}

/* The connection is lost while an answer is awaited. */
static void
what_a_device_showed_stays_when_the_answer_is_lost(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	type(&k, ":device 00000001-0000-4000-8000-000000000001\n");
	assert_has(draw(&k), "OptiPlex 7060");
	(void)sql("BEGIN; LOCK TABLE muster.device IN ACCESS EXCLUSIVE MODE");
	app_key(k.a, UK_F5);
	run_for(&k, 700);
	assert_true(app_busy(k.a));
	assert_has(draw(&k), "OptiPlex 7060");
	(void)sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'muster'");
	wait_for(&k, "database away");
	assert_has(draw(&k), "OptiPlex 7060");
	(void)sql("ROLLBACK");
	wait_for(&k, "The database is back");
	wait_for(&k, "OptiPlex 7060");
	end();
}

static void
a_stopped_database_leaves_the_screen_and_refreshes_it_later(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '4');
	go_to(&k, "00000003");
	cluster("kill");
	wait_for(&k, "database away");
	wait_for(&k, "(1102)");
	assert_has(cursor(&k), "pc3.corp.example");
	press(&k, 'j'); /* keys still work */
	assert_has_not(cursor(&k), "pc3.corp.example");
	app_key(k.a, '7'); /* a screen that has nothing yet says so */
	assert_has(draw(&k), "Loading ...");
	app_key(k.a, '4');
	cluster("start");
	(void)sql("SELECT test.hello(31)");
	wait_for(&k, "The database is back");
	wait_for(&k, "0000001f");
	end();
}

static void
a_start_without_a_database_waits_for_it(void **state)
{
	char info[512];
	struct err e;

	(void)state;
	cluster("stop");
	db_conninfo(info, sizeof(info), "t_operator");
	k = (struct console){ 0 };
	assert_ok(app_new(info, &k.a, &e));
	assert_ok(canvas_init(&k.c, 80, 24, &e));
	wait_for(&k, "(1102)");
	app_key(k.a, UK_DOWN);
	console_size(&k, 200, 24);
	picture(&k, "no-database");
	cluster("start");
	wait_for(&k, "engine one");
	end();
}

static void
a_schema_of_another_version_is_told_and_waited_for(void **state)
{
	(void)state;
	(void)sql("INSERT INTO muster.schema_migration SELECT (m).* FROM (SELECT jsonb_populate_record(s, '{\"version\": 99, \"name\": \"future\"}') AS m"
	    " FROM muster.schema_migration s ORDER BY version DESC LIMIT 1) x");
	char info[512];
	struct err e;

	db_conninfo(info, sizeof(info), "t_operator");
	k = (struct console){ 0 };
	assert_ok(app_new(info, &k.a, &e));
	assert_ok(canvas_init(&k.c, 100, 24, &e));
	wait_for(&k, "schema version 99, this program wants");
	assert_has(draw(&k), "(1103)");
	picture(&k, "wrong-version");
	(void)sql("DELETE FROM muster.schema_migration WHERE version = 99");
	wait_for(&k, "engine one");
	assert_has_not(draw(&k), "(1103)");
	end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FRESH(a_log_viewer_sees_the_log_and_nothing_else),
		FRESH(a_login_without_a_role_is_told_so_with_a_code),
		FRESH(leaving_a_screen_while_it_loads_keeps_the_connection),
		FRESH(a_refused_statement_keeps_the_connection),
		FRESH(a_cut_connection_comes_back_by_itself),
		FRESH(what_a_device_showed_stays_when_the_answer_is_lost),
		FRESH(a_stopped_database_leaves_the_screen_and_refreshes_it_later),
		FRESH(a_start_without_a_database_waits_for_it),
		FRESH(a_schema_of_another_version_is_told_and_waited_for),
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
