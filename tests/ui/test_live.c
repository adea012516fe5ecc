/* SPDX-License-Identifier: Apache-2.0 */
/* test_live: what operators do to devices, what changes under their eyes, and large lists. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/ui/fixture.h"

/* Approving */

static void
approve_puts_a_job_into_the_queue(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '2');
	go_to(&k, "00000006");
	press(&k, 'a');
	assert_has(draw(&k), "Device 00000006-0000-4000-8000-000000000006 will be configured now.");
	assert_has(draw(&k), "< kiosk >  (1 of 2)");
	picture(&k, "approve");
	press(&k, UK_RIGHT);
	press(&k, UK_TAB);
	type(&k, "\x15pc6.corp.example");
	press(&k, '\n');
	type(&k, "OU=desks\n");
	wait_for(&k, "Approve: 1 done");
	assert_string_equal(sql("SELECT d.state || ' ' || d.fqdn || ' ' || d.ou || ' ' || p.name || ' ' || j.state || ' ' || j.asked_by"
	    " FROM muster.device d JOIN muster.profile p USING (profile_id) JOIN muster.job j USING (device_id) WHERE uuid = test.u(6)"),
	    "ready pc6.corp.example OU=desks office queued t_operator");
	wait_gone(&k, "00000006");
	assert_has(row(&k, 1), "of 5");
	end();
}

static void
a_letter_typed_at_the_profile_does_not_choose_another(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '2');
	press(&k, 'a');
	const char *chosen = shows(&k, "< kiosk >") ? "< kiosk >" : "< office >";
	type(&k, "p");
	assert_has(draw(&k), chosen);
	end();
}

static void
a_wrong_fqdn_is_refused_with_its_code(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '2');
	go_to(&k, "00000006");
	type(&k, "a\n\x15not a name\n\n");
	wait_for(&k, "Approve: 0 done, 1 refused, the first one 00000006: \"not a name\" is not an FQDN (1703)");
	assert_string_equal(sql("SELECT test.state(6)"), "waiting 913");
	assert_string_equal(sql("SELECT count(*) FROM muster.job JOIN muster.device USING (device_id) WHERE uuid = test.u(6)"), "0");
	end();
}

static void
many_are_approved_with_a_pattern(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '2');
	go_to(&k, "00000007");
	press(&k, ' ');
	go_to(&k, "00000006");
	type(&k, " ");
	go_to(&k, "0000000c");
	type(&k, " ");
	assert_has(row(&k, 1), "3 selected");
	picture(&k, "pending-selected");
	press(&k, 'a');
	assert_has(draw(&k), "3 devices will be configured now.");
	type(&k, "\n\x15pc-{uuid}.corp.example\n\n");
	wait_for(&k, "Approve: ");
	assert_string_equal(sql("SELECT count(*) FROM muster.device WHERE state = 'ready' AND fqdn LIKE 'pc-00000000000_.corp.example'"), "3");
	end();
}

static void
a_cancelled_dialog_changes_nothing_and_keeps_the_selection(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '2');
	type(&k, "g  ");
	assert_has(row(&k, 1), "2 selected");
	press(&k, 'a');
	press(&k, UK_ESC);
	press(&k, 'h');
	press(&k, 'n');
	assert_string_equal(sql("SELECT count(*) FROM muster.device WHERE state = 'waiting'"), "6");
	assert_has(row(&k, 1), "2 selected");
	end();
}

/* The name of the device before would only be refused: it belongs to that one. */
static void
the_next_device_is_not_offered_the_name_of_the_last(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '2');
	go_to(&k, "00000006");
	press(&k, 'a');
	type(&k, "\n\x15pc6.corp.example\n\n");
	wait_for(&k, "Approve: 1 done");
	go_to(&k, "00000007");
	press(&k, 'a');
	assert_has_not(draw(&k), "pc6.corp.example");
	end();
}

static void
approving_without_a_profile_says_what_to_do(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	(void)sql("SET session_replication_role = replica");
	(void)sql("TRUNCATE muster.profile CASCADE");
	(void)sql("SET session_replication_role = origin");
	(void)sql("INSERT INTO muster.device (uuid, state, reason_code, address, hello_version, hello_count) VALUES (test.u(20), 'waiting', 913,"
	    " '10.0.0.1', 1, 1)");
	press(&k, '2');
	wait_for(&k, "00000014");
	press(&k, 'a');
	assert_has(row(&k, -2), "musterctl profile import (1702)");
	end();
}

/* Hold, release, retry, accept */

static void
each_command_asks_first_and_says_what_it_will_do(void **state)
{
	static const struct {
		const char *device, *question, *done, *state;
		int key;
	} commands[] = {
		{ "00000006", "Hold 1 device?", "Hold: 1 done", "SELECT test.state(6)", 'h' },
		{ "00000004", "Release 1 device?", "Release: 1 done", "SELECT test.state(4)", 'R' },
		{ "00000002", "Retry 1 device?", "Retry: 1 done", "SELECT test.state(2)", 'r' },
		{ "0000000b", "Accept again 1 device?", "Accept again: 1 done", "SELECT test.state(11)", 'A' },
	};
	static const char *const after[] = { "held 1813", "waiting 1812", "ready 0", "waiting 1812" };

	(void)state;
	begin("t_operator", 132, 24);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		char before[64];

		(void)snprintf(before, sizeof(before), "%s", sql("%s", commands[i].state));
		press(&k, '4');
		go_to(&k, commands[i].device);
		press(&k, commands[i].key);
		assert_has(draw(&k), commands[i].question);
		assert_has(draw(&k), "y yes   any other key: no");
		if (i == 0)
			picture(&k, "confirm");
		press(&k, 'n');
		assert_string_equal(sql("%s", commands[i].state), before);
		press(&k, commands[i].key);
		press(&k, 'y');
		wait_for(&k, commands[i].done);
		assert_string_equal(sql("%s", commands[i].state), after[i]);
	}
	end();
}

static void
what_cannot_be_done_is_refused_with_code_and_reason(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '4');
	go_to(&k, "00000005");
	press(&k, 'h'); /* not offered for one in this state: selected ones are answered by the database */
	assert_has(row(&k, -2), "Hold is not for a device that is configuring");
	press(&k, ' ');
	press(&k, 'h');
	press(&k, 'y');
	wait_for(&k, "Hold: 0 done, 1 refused, the first one 00000005: an engine is working on it");
	assert_has(row(&k, -2), "(137)");
	go_to(&k, "00000001");
	assert_has_not(row(&k, -1), "Release");
	press(&k, ' ');
	assert_has(row(&k, -1), "Release");
	press(&k, 'R');
	press(&k, 'y');
	wait_for(&k, "cannot release a device that is configured (1105)");
	end();
}

static void
commands_work_on_the_device_screen_too(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	type(&k, ":device 00000002-0000-4000-8000-000000000002\n");
	press(&k, 'r');
	assert_has(draw(&k), "Retry 1 device?");
	press(&k, 'y');
	wait_for(&k, "Retry: 1 done");
	wait_for(&k, "State         ready");
	end();
}

/* Live */

static void
a_new_hello_appears_and_cursor_and_selection_stay(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '2');
	go_to(&k, "00000008");
	press(&k, ' ');
	press(&k, 'k');
	int at = row_of(&k, "00000008");
	for (int i = 20; i < 24; i++)
		(void)sql("SELECT test.hello(%d)", i);
	wait_for(&k, "of 10");
	assert_has(draw(&k), "00000017");
	assert_has(row(&k, 1), "1 selected");
	assert_has(cursor(&k), "00000008");
	assert_has(row(&k, row_of(&k, "00000008")), "*");
	assert_true(at > 0);
	end();
}

static void
a_device_changes_before_ones_eyes(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	type(&k, ":device 00000005-0000-4000-8000-000000000005\n");
	assert_has(draw(&k), "State         configuring");
	(void)sql("SELECT test.steps(5)");
	wait_for(&k, "Connect to the device");
	(void)sql("SELECT test.ends(5, 'done', 0, '')");
	wait_for(&k, "State         configured");
	end();
}

static void
the_overview_counts_live(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	(void)sql("SELECT test.ends(5, 'done', 0, '')");
	wait_for(&k, "configured            2");
	end();
}

static void
the_log_follows_at_its_top_and_stays_where_one_reads(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '7');
	(void)sql("SELECT test.line(1, 3, 0, 'the first new line')");
	wait_for(&k, "the first new line");
	assert_has(cursor(&k), "the first new line");
	type(&k, "jjj");
	assert_has_not(row(&k, 1), "following");
	char here[512];
	(void)snprintf(here, sizeof(here), "%s", cursor(&k));
	(void)sql("SELECT test.line(1, 3, 0, 'the second new line')");
	run_for(&k, 700);
	assert_string_equal(cursor(&k), here);
	press(&k, 'F');
	assert_has(row(&k, 1), "following");
	assert_has(cursor(&k), "the second new line");
	end();
}

static void
the_log_of_one_device_gets_only_its_lines(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '4');
	go_to(&k, "00000002");
	press(&k, 'l');
	(void)sql("SELECT test.line(1, 3, 0, 'not about it')");
	(void)sql("SELECT test.line(2, 3, 0, 'about it')");
	wait_for(&k, "about it");
	assert_has_not(draw(&k), "not about it");
	end();
}

static void
a_thousand_lines_in_a_burst_do_not_move_the_reader(void **state)
{
	char here[512];

	(void)state;
	begin("t_operator", 132, 24);
	(void)sql("SELECT test.many_lines(2000)");
	press(&k, '7');
	type(&k, "jjjjj");
	(void)snprintf(here, sizeof(here), "%s", cursor(&k));
	(void)sql("INSERT INTO muster.event_log (at, level, uuid, text) SELECT clock_timestamp(), 3, test.u(1), 'burst ' || i"
	    " FROM generate_series(1, 1000) i");
	wait_for(&k, "lines");
	run_for(&k, 700);
	assert_string_equal(cursor(&k), here);
	press(&k, 'g');
	assert_has(cursor(&k), "burst 1000");
	end();
}

/* Large lists */

static void
five_thousand_devices_are_paged_to_the_end_and_back(void **state)
{
	int pages = 0;

	(void)state;
	begin("t_operator", 132, 24);
	(void)sql("SELECT test.many_devices(5000)");
	int64_t start = clock_ms();
	press(&k, '4');
	assert_has(row(&k, 1), "1 of 5012");
	while (strstr(draw(&k), "00000001-") == NULL && pages++ < 400)
		press(&k, UK_PGDN);
	assert_in_range(pages, 5012 / 19 - 3, 5012 / 19 + 3);
	press(&k, UK_END);
	assert_has(cursor(&k), "pc1.corp.example");
	press(&k, UK_HOME);
	assert_has(cursor(&k), "00001770"); /* 6000, the newest */
	app_key(k.a, UK_END);
	(void)app_dirty(k.a); /* drawn for the key */
	work(&k);
	assert_true(app_dirty(k.a)); /* and once more for the answer */
	(void)draw(&k);
	assert_has(cursor(&k), "pc1.corp.example");
	press(&k, UK_UP);
	assert_has(cursor(&k), "pc2.corp.example");
	assert_true(clock_ms() - start < 15000);
	end();
}

static void
fifty_thousand_lines_go_to_the_end_and_stay_there(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	(void)sql("SELECT test.many_lines(50000)");
	press(&k, '7');
	press(&k, 'G');
	wait_for(&k, "Line 1\n");
	assert_has(cursor(&k), "Line 1");
	assert_has_not(row(&k, 1), "following");
	(void)sql("SELECT test.line(1, 3, 0, 'far away')");
	run_for(&k, 700);
	assert_has(cursor(&k), "Line 1");
	for (int i = 0; i < 30; i++)
		press(&k, UK_PGUP);
	assert_has_not(draw(&k), "Line 1\n");
	press(&k, UK_HOME);
	assert_has(cursor(&k), "far away");
	end();
}

static void
an_approved_device_leaves_a_long_list(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	(void)sql("SELECT test.many_devices(300)");
	press(&k, '2');
	assert_has(cursor(&k), "00000514-");
	type(&k, "a\n\x15top.corp.example\n\n");
	wait_for(&k, "Approve: 1 done");
	run_for(&k, 600);
	assert_has_not(draw(&k), "00000514-0000");
	assert_has(row(&k, 1), "of 305");
	end();
}

static void
all_that_the_filter_matches_are_selected_by_a_star(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '2');
	press(&k, '*');
	assert_has(row(&k, 1), "6 selected");
	assert_has(row(&k, -2), "6 selected: all that the list has");
	(void)sql("SELECT test.many_devices(21000)");
	press(&k, '*');
	assert_has(row(&k, 1), "20000 selected");
	assert_has(row(&k, -2), "20,000 selected of the 21,006 that the list has: no more at once");
	press(&k, '/');
	type(&k, "000004\n");
	press(&k, '*'); /* in the whole list, not on the rows that are loaded */
	assert_has(row(&k, -2), "256 selected: all that the list has");
	end();
}

/* Whatever is typed, on whatever is shown: nothing crashes, nothing hangs. */
/* The dialog waits for the profiles; whoever goes elsewhere meanwhile must not find it there. */
static void
a_dialog_never_opens_over_another_screen(void **state)
{
	(void)state;
	begin("t_operator", 132, 24);
	press(&k, '2');
	app_key(k.a, 'a');
	app_key(k.a, '7');
	work(&k);
	assert_has_not(draw(&k), "will be configured now");
	press(&k, '2');
	app_key(k.a, 'a');
	app_key(k.a, 'h');
	work(&k);
	assert_has_not(draw(&k), "will be configured now");
	press(&k, UK_ESC);
	app_key(k.a, 'a');
	app_key(k.a, '/');
	work(&k);
	assert_has(draw(&k), "Search");
	assert_has_not(draw(&k), "will be configured now");
	press(&k, UK_ESC);
	press(&k, 'a');
	assert_has(draw(&k), "will be configured now");
	end();
}

static void
random_keys_on_the_whole_console_do_no_harm(void **state)
{
	static const int keys[] = { '1', '2', '3', '4', '5', '6', '7', '8', '9', '0', 'j', 'k', 'g', 'G', ' ', '*', 'a', 'h', 'R', 'r', 'A', 'l', 'e', 'f', 'v', 'F', '/', ':',
		'?', 'q', '\n', 'y', 'n', 'x', UK_ESC, UK_TAB, UK_BACKTAB, UK_UP, UK_DOWN, UK_LEFT, UK_RIGHT, UK_PGUP, UK_PGDN, UK_HOME, UK_END,
		UK_BACKSPACE, UK_DELETE, UK_F1, UK_F5, 's', 'S', 'U', 'P', 'x', 'D', 'u' & 0x1f, 0xe9, 0x6f22, 0x1f600 };
	uint32_t seed = 1;

	(void)state;
	begin("t_operator", 132, 24);
	for (int i = 0; i < 20000; i++) {
		seed = seed * 1664525 + 1013904223;
		app_key(k.a, keys[(seed >> 8) % ARRAY_LEN(keys)]);
		if (seed >> 30 == 0)
			app_work(k.a);
		if ((seed >> 20) % 64 == 0)
			console_size(&k, 1 + (int)((seed >> 4) % 160), 1 + (int)((seed >> 12) % 50));
		if ((seed >> 16) % 8 == 0)
			app_draw(k.a, &k.c);
	}
	work(&k);
	end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FRESH(approve_puts_a_job_into_the_queue),
		FRESH(a_letter_typed_at_the_profile_does_not_choose_another),
		FRESH(a_wrong_fqdn_is_refused_with_its_code),
		FRESH(many_are_approved_with_a_pattern),
		FRESH(a_cancelled_dialog_changes_nothing_and_keeps_the_selection),
		FRESH(the_next_device_is_not_offered_the_name_of_the_last),
		FRESH(approving_without_a_profile_says_what_to_do),
		FRESH(each_command_asks_first_and_says_what_it_will_do),
		FRESH(what_cannot_be_done_is_refused_with_code_and_reason),
		FRESH(commands_work_on_the_device_screen_too),
		FRESH(a_new_hello_appears_and_cursor_and_selection_stay),
		FRESH(a_device_changes_before_ones_eyes),
		FRESH(the_overview_counts_live),
		FRESH(the_log_follows_at_its_top_and_stays_where_one_reads),
		FRESH(the_log_of_one_device_gets_only_its_lines),
		FRESH(a_thousand_lines_in_a_burst_do_not_move_the_reader),
		FRESH(five_thousand_devices_are_paged_to_the_end_and_back),
		FRESH(fifty_thousand_lines_go_to_the_end_and_stay_there),
		FRESH(an_approved_device_leaves_a_long_list),
		FRESH(all_that_the_filter_matches_are_selected_by_a_star),
		FRESH(a_dialog_never_opens_over_another_screen),
		FRESH(random_keys_on_the_whole_console_do_no_harm),
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
