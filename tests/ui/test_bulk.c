/* SPDX-License-Identifier: Apache-2.0 */
/* test_bulk: actions on very many devices: parts, progress, cancelling, a lost answer, undoing; and which are offered. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/ui/fixture.h"
#include "ui/bulk.h"

static void
begin_with(int devices)
{
	if (devices > 0)
		(void)sql("SELECT test.many_devices(%d)", devices);
	begin("t_operator", 132, 24);
}

static void
a_running_number_goes_on_from_part_to_part(void **state)
{
	(void)state;
	begin_with(1000);
	type(&k, "2/000004\n*");
	assert_has(row(&k, 1), "256 selected");
	press(&k, 'a');
	assert_has(draw(&k), "256 devices will be configured now.");
	assert_has(draw(&k), "256 devices are asked in parts of 200: Esc cancels the rest.");
	type(&k, "\n\x15pc-{n}.corp.example\n\n");
	wait_for(&k, "Approve: 256 done");
	assert_string_equal(sql("SELECT count(DISTINCT fqdn) || ' ' || bool_and(fqdn ~ '^pc-[0-9]+.corp.example$') || ' ' ||"
	    " max(substring(fqdn, '[0-9]+')::int) FROM muster.device WHERE state = 'ready' AND fqdn LIKE 'pc-%%'"), "256 true 256");
	assert_has(row(&k, 1), "Pending");
	end();
}

static void
ten_thousand_are_approved_while_the_screens_stay_usable(void **state)
{
	bool progress = false;

	(void)state;
	begin_with(9994);
	(void)sql("UPDATE muster.device SET hello_version = 2 WHERE uuid IN (test.u(1500), test.u(2500))");
	type(&k, "2*");
	assert_has(row(&k, -2), "10,000 selected: all that the list has");
	press(&k, 'a');
	type(&k, "\n\x15pc-{uuid}.corp.example\n");
	app_key(k.a, '\n');
	for (int i = 0; i < 200 && !progress; i++) {
		run_for(&k, 5);
		progress = shows(&k, " of 10,000, ") && shows(&k, "refused; Esc cancels the rest");
	}
	assert_true(progress);
	app_key(k.a, '4');
	app_key(k.a, 'j'); /* other screens meanwhile */
	app_key(k.a, UK_F10);
	assert_false(app_done(k.a));
	assert_has(row(&k, -2), "Approve still runs: F10 again quits");
	app_key(k.a, 'j');
	int64_t until = clock_ms() + 60000;
	while (!shows(&k, " done, ") && clock_ms() < until)
		run_for(&k, 20);
	assert_has(row(&k, -2), "Approve: 9,996 done, 4 refused");
	assert_has(row(&k, 1), "Devices"); /* nothing opens over where one went */
	type(&k, ":outcome\n");
	assert_has(row(&k, 1), "of 10,000, 9,996 done, 4 refused");
	assert_has(draw(&k), "PSK");
	assert_has(draw(&k), "(1308)");
	assert_has_not(draw(&k), "not known  ");
	press(&k, UK_END);
	press(&k, '\n');
	assert_has(row(&k, 1), "Device  ");
	end();
}

static void
esc_cancels_the_rest_after_the_part_in_flight(void **state)
{
	(void)state;
	begin_with(1000);
	type(&k, "4*");
	assert_has(row(&k, 1), "1012 selected");
	press(&k, 'h');
	assert_has(draw(&k), "Hold 1,012 devices?");
	app_key(k.a, 'y');
	app_key(k.a, UK_ESC);
	work(&k);
	assert_has(row(&k, 1), "Outcome");
	assert_has(row(&k, -2), "812 cancelled");
	picture(&k, "outcome");
	assert_string_equal(sql("SELECT count(*) FROM muster.device WHERE state = 'held' AND device_id > 12"), "188");
	static const int sizes[][2] = { { 40, 10 }, { 80, 24 }, { 200, 50 }, { 1, 1 }, { 132, 24 } };
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		console_size(&k, sizes[i][0], sizes[i][1]);
		assert_true(k.c.width < 40 || k.c.height < 10 || shows(&k, "00000004-0000-4000-8000-00"));
	}
	press(&k, 'f');
	assert_has(row(&k, 1), "all shown");
	press(&k, 'r');
	wait_for(&k, "Hold: ");
	work(&k);
	assert_string_equal(sql("SELECT count(*) FROM muster.device WHERE state = 'held' AND device_id > 12"), "1000");
	end();
}

static void
a_lost_connection_tells_done_unknown_and_not_asked(void **state)
{
	(void)state;
	begin_with(1000);
	type(&k, "2/000004\n*");
	press(&k, 'h');
	(void)sql("BEGIN; LOCK TABLE muster.device IN SHARE MODE"); /* the first part waits */
	app_key(k.a, 'y');
	run_for(&k, 300);
	assert_has(row(&k, -2), "Hold: 0 of 256, 0 refused; Esc cancels the rest");
	(void)sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'muster'");
	wait_for(&k, "Hold: 0 done, 0 refused, 200 not known, 56 not asked");
	(void)sql("ROLLBACK");
	assert_has(row(&k, 1), "Outcome");
	assert_has(draw(&k), "It was done for all or for none.");
	wait_for(&k, "The database is back"); /* and the head line is what it was */
	picture(&k, "outcome-lost");
	press(&k, 'r');
	wait_for(&k, "Hold: 256 done");
	assert_string_equal(sql("SELECT count(*) FROM muster.device WHERE state = 'held' AND device_id > 12"), "256");
	end();
}

static void
a_part_that_is_refused_whole_changes_nothing(void **state)
{
	(void)state;
	begin_with(1000);
	type(&k, "2/000004\n*");
	press(&k, 'h');
	(void)sql("REVOKE EXECUTE ON FUNCTION muster.device_command FROM muster_operator");
	press(&k, 'y');
	assert_has(row(&k, -2), "(1104)");
	assert_has(row(&k, 1), "256 not asked");
	(void)sql("GRANT EXECUTE ON FUNCTION muster.device_command TO muster_operator");
	press(&k, 'r');
	wait_for(&k, "Hold: 256 done");
	end();
}

static void
u_offers_the_opposite_for_the_same_devices(void **state)
{
	(void)state;
	begin_with(0);
	type(&k, "4U");
	assert_has(row(&k, -2), "There is nothing that can be undone");
	go_to(&k, "0000000c");
	press(&k, ' ');
	go_to(&k, "00000006");
	press(&k, ' ');
	type(&k, "hy");
	wait_for(&k, "Hold: 2 done; U undoes it");
	press(&k, 'U');
	assert_has(draw(&k), "Release 2 devices?");
	press(&k, 'y');
	wait_for(&k, "Release: 2 done; U undoes it");
	assert_string_equal(sql("SELECT test.state(6) || ' ' || test.state(12)"), "waiting 1812 waiting 1812");
	go_to(&k, "00000003");
	press(&k, 'x');
	assert_has(draw(&k), "Cancel the job of 1 device?");
	press(&k, 'y');
	wait_for(&k, "Cancel: 1 done");
	assert_string_equal(sql("SELECT test.state(3)"), "waiting 1812");
	press(&k, 'U');
	assert_has(draw(&k), "Queue again 1 device?");
	press(&k, 'y');
	wait_for(&k, "Approve: 1 done");
	assert_string_equal(sql("SELECT d.state || ' ' || fqdn || ' ' || j.state FROM muster.device d JOIN muster.job j USING (device_id)"
	    " WHERE uuid = test.u(3) ORDER BY job_id DESC LIMIT 1"), "ready pc3.corp.example queued");
	end();
}

/* What is offered in a state is what the database takes in it. */
static void
offers_and_the_database_agree_for_every_state_and_command(void **state)
{
	static const char *const states[] = { "waiting", "ready", "configuring", "configured", "failed", "held", "detected", "setup",
		"unprovisioned" };
	static const struct {
		enum cmd cmd;
		const char *sql;
	} commands[] = {
		{ CMD_APPROVE, "SELECT code FROM muster.approve(ARRAY[test.u(3)], NULL, NULL, NULL)" },
		{ CMD_HOLD, "SELECT code FROM muster.device_command(ARRAY[test.u(3)], 'hold', '')" },
		{ CMD_RELEASE, "SELECT code FROM muster.device_command(ARRAY[test.u(3)], 'release', '')" },
		{ CMD_RETRY, "SELECT code FROM muster.device_command(ARRAY[test.u(3)], 'retry', '')" },
		{ CMD_CANCEL, "SELECT code FROM muster.device_command(ARRAY[test.u(3)], 'cancel', '')" },
		{ CMD_ACCEPT, "SELECT code FROM muster.device_command(ARRAY[test.u(3)], 'accept', '')" },
		{ CMD_REPROVISION, "SELECT code FROM muster.device_reprovision(ARRAY[test.u(3)], NULL, NULL, NULL)" },
		{ CMD_UNPROVISION, "SELECT code FROM muster.device_unprovision(ARRAY[test.u(3)], false, false, '')" },
		{ CMD_TAKE_OVER, "SELECT code FROM muster.device_take_over(test.u(3), NULL, NULL, NULL, NULL, NULL)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		for (size_t j = 0; j < ARRAY_LEN(commands); j++) {
			struct device d = { .fqdn = "pc3.corp.example", .profile = "office" };
			char why[160] = "";

			(void)snprintf(d.state, sizeof(d.state), "%s", states[i]);
			bool offered = actions_offered(&d, commands[j].cmd, why, sizeof(why));
			(void)sql("BEGIN");
			(void)sql("SET LOCAL session_replication_role = replica");
			(void)sql("UPDATE muster.device SET state = '%s' WHERE uuid = test.u(3)", states[i]);
			if (strcmp(states[i], "ready") != 0)
				(void)sql("DELETE FROM muster.job WHERE device_id = (SELECT device_id FROM muster.device WHERE uuid = test.u(3))");
			(void)sql("SET LOCAL session_replication_role = origin");
			bool taken = strcmp(sql("%s", commands[j].sql), "0") == 0;
			(void)sql("ROLLBACK");
			if (offered != taken)
				fail_msg("%s, command %d: the console says %s, the database %s", states[i], (int)commands[j].cmd,
				    offered ? "yes" : "no", taken ? "yes" : "no");
			assert_true(offered || why[0] != '\0');
		}
}

static void
numbers_are_read_by_thousands(void **state)
{
	static const struct {
		size_t n;
		const char *text;
	} numbers[] = { { 0, "0" }, { 999, "999" }, { 1000, "1,000" }, { 12345, "12,345" }, { 1234567, "1,234,567" } };
	char out[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		number_text(numbers[i].n, out, sizeof(out));
		assert_string_equal(out, numbers[i].text);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FRESH(a_running_number_goes_on_from_part_to_part),
		FRESH(ten_thousand_are_approved_while_the_screens_stay_usable),
		FRESH(esc_cancels_the_rest_after_the_part_in_flight),
		FRESH(a_lost_connection_tells_done_unknown_and_not_asked),
		FRESH(a_part_that_is_refused_whole_changes_nothing),
		FRESH(u_offers_the_opposite_for_the_same_devices),
		FRESH(offers_and_the_database_agree_for_every_state_and_command),
		TEST(numbers_are_read_by_thousands),
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
