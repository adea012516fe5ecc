/* SPDX-License-Identifier: Apache-2.0 */
/* test_trace: the debug trace in the console: switched for a device, for an engine, for all; where it is. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/fixture.h"
#include "ui/trace.h"

static const char uuid[] = "00000001-0000-4000-8000-000000000001";

static int
not_traced(void **state)
{
	(void)db_fresh(state);
	(void)sql("SELECT muster.node_start('two', '0.1.0', 1235), muster.node_trace(test.node(), '', 5000)");
	(void)sql("UPDATE muster.setting SET value = '' WHERE name = 'trace'");
	return 0;
}

static void
at_device(const char *user, int width, int height)
{
	char line[64];

	begin(user, width, height);
	(void)snprintf(line, sizeof(line), ":device %s\n", uuid);
	type(&k, line);
	(void)draw(&k);
}

static const char *
setting(void)
{
	return sql("SELECT value FROM muster.setting WHERE name = 'trace'");
}

/* Steps in the dialog from the level it shows to another one. */
static void
choose(int steps)
{
	for (; steps > 0; steps--)
		press(&k, UK_RIGHT);
	for (; steps < 0; steps++)
		press(&k, UK_LEFT);
	press(&k, '\n');
}

static void
t_switches_the_trace_of_a_device(void **state)
{
	(void)state;
	at_device("t_admin", 80, 24);
	assert_has(row(&k, -1), "t Trace");
	assert_has_not(draw(&k), "Debug trace");
	press(&k, 't');
	assert_has(draw(&k), "Engines write what they and pc1.corp.example say to each other");
	assert_has(draw(&k), "Now: off");
	assert_has(draw(&k), "engine one: 5 KiB, writes none now");
	assert_has(draw(&k), "two: 0 KiB");
	assert_has(draw(&k), "< off >  (1 of 4)");
	picture(&k, "device-trace");
	choose(1);
	assert_has(row(&k, -2), "Debug trace is on: 00000001-0000-4000-8000-000000000001:E");
	assert_string_equal(setting(), "00000001-0000-4000-8000-000000000001:E");
	wait_for(&k, "Debug trace   errors, in files of 2 engines");
	assert_string_equal(sql("SELECT who || ' ' || (after #>> '{}') FROM muster.audit_log WHERE object = 'trace'"), "t_admin 00000001-0000-4000-8000-000000000001:E");
	press(&k, 't');
	assert_has(draw(&k), "< errors >  (2 of 4)");
	choose(2);
	assert_string_equal(setting(), uuid);
	wait_for(&k, "Debug trace   verbose");
	press(&k, 't');
	press(&k, UK_ESC);
	assert_string_equal(setting(), uuid);
	press(&k, 't');
	choose(-3);
	assert_has(row(&k, -2), "Debug trace is off now");
	assert_string_equal(setting(), "");
	wait_gone(&k, "Debug trace  ");
	end();
}

static void
t_on_the_overview_is_for_all_and_for_engines(void **state)
{
	(void)state;
	begin("t_admin", 80, 24);
	press(&k, 't');
	assert_has(draw(&k), "< all devices >  (1 of 2)"); /* "engine one" has a blank, which the setting cannot name */
	picture(&k, "trace");
	press(&k, '\n');
	choose(2);
	assert_string_equal(setting(), "all:W");
	press(&k, 't');
	assert_has(draw(&k), "Now: all:W");
	press(&k, UK_RIGHT);
	assert_has(draw(&k), "< two >");
	press(&k, '\n');
	choose(1);
	assert_string_equal(setting(), "all:W engine=two");
	press(&k, 't');
	press(&k, '\n');
	choose(-2);
	assert_string_equal(setting(), "engine=two");
	end();
}

static void
an_operator_sees_it_and_may_not_switch_it(void **state)
{
	(void)state;
	(void)sql("SELECT muster.setting_set('trace', 'engine=two:W')");
	(void)sql("SELECT muster.node_trace((SELECT node_id FROM muster.engine_node WHERE name = 'two'), '/var/lib/muster/trace', 12345)");
	at_device("t_operator", 80, 24);
	assert_has(draw(&k), "Debug trace   warnings and errors, in /var/lib/muster/trace of engine two");
	assert_has_not(row(&k, -1), "Trace");
	press(&k, 't');
	assert_has_not(draw(&k), "Now: ");
	press(&k, '1');
	assert_has(draw(&k), "debug trace: 13 KiB in /var/lib/muster/trace (engine=two:W)");
	press(&k, 't');
	assert_has_not(draw(&k), "Now: ");
	end();
}

static void
what_the_database_refuses_is_told(void **state)
{
	(void)state;
	at_device("t_admin", 132, 24);
	(void)sql("SELECT muster.trace_set(ARRAY(SELECT test.u(i)::text FROM generate_series(2, 13) i), 'W')");
	press(&k, 't');
	choose(3);
	assert_has(row(&k, -2), "Debug trace as before: too many to trace one by one: switch some off, or trace all (1105)");
	end();
}

static void
no_dialog_opens_where_nobody_asked(void **state)
{
	(void)state;
	at_device("t_admin", 80, 24);
	app_key(k.a, 't'); /* not press: that would wait for the answer */
	app_key(k.a, '4');
	work(&k);
	assert_has(row(&k, 1), "Devices");
	assert_has_not(draw(&k), "Now: ");
	end();
}

static void
it_works_on_a_small_screen(void **state)
{
	(void)state;
	at_device("t_admin", 40, 10);
	press(&k, 't');
	assert_has(draw(&k), "< off >");
	choose(1);
	assert_string_equal(setting(), "00000001-0000-4000-8000-000000000001:E");
	end();
}

#define UNTRACED(f) cmocka_unit_test_setup(f, not_traced)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		UNTRACED(t_switches_the_trace_of_a_device),
		UNTRACED(t_on_the_overview_is_for_all_and_for_engines),
		UNTRACED(an_operator_sees_it_and_may_not_switch_it),
		UNTRACED(what_the_database_refuses_is_told),
		UNTRACED(no_dialog_opens_where_nobody_asked),
		UNTRACED(it_works_on_a_small_screen),
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
