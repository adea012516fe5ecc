/* SPDX-License-Identifier: Apache-2.0 */
/* test_queue: the screen Queue: what it shows, and what operators do with jobs. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/fixture.h"

/* Beside the queue of data.sql: pc6 is due since 5 minutes, pc7 in 4. */
static void
at_queue(const char *user)
{
	(void)db_fresh(NULL);
	for (int i = 6; i <= 7; i++)
		(void)sql("SELECT muster.approve(ARRAY[test.u(%d)], 'office', ARRAY['pc%d.corp.example'], NULL)", i, i);
	(void)sql("UPDATE muster.job SET run_at = now() + interval '-5 min -30 s' WHERE job_id = (test.job(6)).job_id");
	(void)sql("UPDATE muster.job SET run_at = now() + interval '4 min 40 s', attempt = 2, last_code = 1402, last_text = 'no TLS handshake'"
	    " WHERE job_id = (test.job(7)).job_id");
	(void)sql("UPDATE muster.job SET started_at = now() - interval '3 min 20 s' WHERE state = 'running'");
	(void)sql("SELECT test.steps(5)");
	begin(user, 80, 24);
	press(&k, '3');
}

static const char *
job(int n)
{
	return sql("SELECT j.state || ' ' || d.state || ' ' || d.reason_code FROM muster.job j JOIN muster.device d USING (device_id)"
		   " WHERE j.job_id = (test.job(%d)).job_id", n);
}

static void
the_queue_shows_what_runs_and_what_is_queued_by_due_time(void **state)
{
	(void)state;
	at_queue("t_operator");
	assert_has(row(&k, 1), "Queue  1 of 4  all");
	assert_has(row(&k, 3), "pc5.corp.example");
	assert_has(row(&k, 3), "running   1 for 3 min");
	assert_has(row(&k, 3), "after: Verify");
	assert_has(row(&k, 4), "pc6.corp.example");
	assert_has(row(&k, 4), "queued    0 due 5 min");
	assert_has(row(&k, 4), "approved by");
	assert_has(row(&k, 5), "queued    2 in 4 min   1402 no TLS handshake");
	assert_has(row(&k, 6), "in > 1 y   1401");
	assert_int_equal(style_of(&k, "due 5 min"), STYLE_WARN);
	picture(&k, "queue");
	(void)sql("UPDATE muster.job SET state = 'cancelled', ended_at = now() WHERE state = 'queued' AND device_id IN (SELECT device_id"
	    " FROM muster.device WHERE uuid IN (test.u(6), test.u(7)))");
	console_size(&k, 160, 24);
	wait_for(&k, "1 of 2");
	assert_has(row(&k, 3), "engine one");
	assert_has(row(&k, 4), "2099-01-15 08:02:00");
	assert_has(row(&k, 4), "00000003-0000-4000-8000-000000000003");
	picture(&k, "queue-wide");
	end();
}

static void
f_steps_through_the_parts_of_the_queue(void **state)
{
	static const char *const parts[] = { "1 of 1  due", "1 of 2  waiting for retry", "1 of 1  running", "1 of 4  all" };

	(void)state;
	at_queue("t_operator");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		press(&k, 'f');
		assert_has(row(&k, 1), parts[i]);
	}
	end();
}

static void
search_finds_the_start_of_fqdn_and_uuid(void **state)
{
	static const struct {
		const char *text, *count;
	} searches[] = { { "PC7", "1 of 1" }, { "00000003", "1 of 1" }, { "corp", "0 of 0" }, { "%", "0 of 0" }, { "", "1 of 4" } };

	(void)state;
	at_queue("t_operator");
	for (size_t i = 0; i < ARRAY_LEN(searches); i++) {
		press(&k, '/');
		press(&k, 'u' & 0x1f);
		type(&k, searches[i].text);
		press(&k, '\n');
		assert_has(row(&k, 1), searches[i].count);
		assert_has_not(draw(&k), "(11");
	}
	end();
}

static void
r_runs_a_job_now(void **state)
{
	(void)state;
	at_queue("t_operator");
	go_to(&k, "pc7");
	press(&k, 'r');
	assert_has(draw(&k), "Retry 1 device?");
	press(&k, 'y');
	wait_for(&k, "Retry: 1 done");
	assert_string_equal(sql("SELECT (run_at <= now())::text FROM muster.job WHERE job_id = (test.job(7)).job_id"), "true");
	wait_gone(&k, "in 4 min");
	end();
}

static void
d_delays_the_next_attempt(void **state)
{
	(void)state;
	at_queue("t_operator");
	go_to(&k, "pc6");
	press(&k, 'd');
	assert_has(draw(&k), "The next attempt at 1 device will be so many minutes from now.");
	assert_has(row(&k, row_of(&k, "Minutes")), "60");
	picture(&k, "queue-delay");
	press(&k, UK_ESC);
	assert_string_equal(sql("SELECT (run_at <= now())::text FROM muster.job WHERE job_id = (test.job(6)).job_id"), "true");
	press(&k, 'd');
	press(&k, '\n');
	wait_for(&k, "Delay: 1 done");
	assert_string_equal(sql("SELECT (run_at BETWEEN now() + interval '50 min' AND now() + interval '60 min')::text"
				" FROM muster.job WHERE job_id = (test.job(6)).job_id"), "true");
	wait_gone(&k, "due 5 min");
	end();
}

static void
a_delay_that_is_no_number_of_minutes_is_asked_for_again(void **state)
{
	static const char *const bad[] = { "", "x", "0", "-5", "10081", "5 min", "1e3", "99999999999999999999" };

	(void)state;
	at_queue("t_operator");
	go_to(&k, "pc6");
	press(&k, 'd');
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		press(&k, 'u' & 0x1f);
		type(&k, bad[i]);
		press(&k, '\n');
		assert_has(draw(&k), "A delay is a number of minutes from 1 to 10080");
	}
	press(&k, 'u' & 0x1f);
	type(&k, "10080\n");
	wait_for(&k, "Delay: 1 done");
	assert_string_equal(sql("SELECT (run_at > now() + interval '6 days')::text FROM muster.job WHERE job_id = (test.job(6)).job_id"), "true");
	end();
}

static void
x_cancels_after_it_said_what_happens(void **state)
{
	(void)state;
	at_queue("t_operator");
	go_to(&k, "pc6");
	press(&k, 'x');
	assert_has(draw(&k), "Cancel the job of 1 device?");
	assert_has(draw(&k), "wait for approval again");
	press(&k, 'n');
	assert_string_equal(job(6), "queued ready 0");
	press(&k, 'x');
	press(&k, 'y');
	wait_for(&k, "Cancel: 1 done");
	assert_string_equal(job(6), "cancelled waiting 1812");
	wait_gone(&k, "pc6.corp");
	end();
}

static void
what_runs_is_not_cut_off(void **state)
{
	(void)state;
	at_queue("t_operator");
	go_to(&k, "pc5");
	press(&k, 'x');
	press(&k, 'y');
	wait_for(&k, "1 refused");
	assert_has(row(&k, -2), "an engine is working on it");
	assert_string_equal(job(5), "running configuring 0");
	end();
}

static void
actions_are_for_all_selected_jobs(void **state)
{
	(void)state;
	at_queue("t_operator");
	press(&k, '*');
	assert_has(row(&k, 1), "4 selected");
	go_to(&k, "pc5");
	press(&k, ' ');
	assert_has(row(&k, 1), "3 selected");
	press(&k, 'x');
	assert_has(draw(&k), "Cancel the job of 3 devices?");
	press(&k, UK_ESC);
	press(&k, 'd');
	assert_has(draw(&k), "The next attempt at 3 devices");
	press(&k, UK_ESC);
	press(&k, 'h');
	press(&k, 'y');
	wait_for(&k, "Hold: 3 done");
	wait_for(&k, "1 of 1");
	assert_has_not(row(&k, 1), "selected");
	end();
}

static void
a_job_leads_to_its_device_its_log_and_its_code(void **state)
{
	(void)state;
	at_queue("t_operator");
	go_to(&k, "pc7");
	press(&k, '\n');
	assert_has(row(&k, 1), "Device  00000007");
	press(&k, UK_ESC);
	press(&k, 'l');
	assert_has(row(&k, 1), "Log  00000007");
	press(&k, UK_ESC);
	press(&k, 'e');
	assert_has(draw(&k), "1402");
	assert_has(row(&k, 1), "Help");
	end();
}

static void
the_queue_changes_by_itself_under_the_cursor(void **state)
{
	(void)state;
	at_queue("t_operator");
	go_to(&k, "pc7");
	(void)sql("SELECT test.ends(5, 'done', 0, '')");
	wait_gone(&k, "pc5.corp");
	assert_has(cursor(&k), "pc7");
	(void)sql("SELECT muster.approve(ARRAY[test.u(12)], 'office', ARRAY['pc12.corp.example'], NULL)");
	wait_for(&k, "pc12.corp.example");
	assert_has(cursor(&k), "pc7");
	end();
}

static void
an_empty_queue_says_so(void **state)
{
	(void)state;
	at_queue("t_operator");
	(void)sql("UPDATE muster.job SET state = 'cancelled', lease_until = NULL, ended_at = now() WHERE state IN ('queued', 'running')");
	wait_for(&k, "The queue is empty.");
	press(&k, 'f');
	assert_has(draw(&k), "No job matches.");
	press(&k, 'd'); /* of nothing */
	press(&k, 'x');
	assert_has_not(draw(&k), "Cancel the job");
	end();
}

static void
a_long_queue_is_read_by_the_page(void **state)
{
	(void)state;
	at_queue("t_operator");
	(void)sql("SELECT test.many_devices(3000)");
	(void)sql("INSERT INTO muster.job (device_id, kind, state, run_at, asked_by, why, give_up_at) SELECT device_id, 'configure', 'queued',"
		  " now() + interval '1 h' + (device_id / 7) * interval '1 s', 't', 't', now() + interval '1 day' FROM muster.device"
		  " WHERE reason_code = 913 AND fqdn IS NULL AND uuid >= test.u(1001)");
	wait_for(&k, "1 of 3004");
	press(&k, 'G');
	assert_has(cursor(&k), "pc3.corp.example"); /* in 2099 */
	for (int i = 0; i < 40; i++)
		press(&k, UK_PGUP);
	press(&k, 'g');
	assert_has(cursor(&k), "pc5.corp.example");
	for (int i = 0; i < 200; i++)
		press(&k, UK_PGDN);
	assert_has(cursor(&k), "pc3.corp.example");
	end();
}

static void
a_log_viewer_has_no_queue(void **state)
{
	(void)state;
	at_queue("t_viewer");
	assert_has(row(&k, 1), "Log");
	assert_has_not(row(&k, 0), "Queue");
	type(&k, ":queue\n");
	assert_has(row(&k, 1), "Log");
	end();
}

static void
the_queue_is_drawn_at_every_size(void **state)
{
	static const int sizes[][2] = { { 40, 10 }, { 80, 24 }, { 200, 50 }, { 20, 5 }, { 1, 1 }, { 3, 100 } };

	(void)state;
	at_queue("t_admin");
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (int round = 0; round < 2; round++) {
			console_size(&k, sizes[i][0], sizes[i][1]);
			k.c.ascii = round == 1;
			type(&k, "3");
			press(&k, UK_PGDN);
			press(&k, 'G');
			press(&k, 'd');
			(void)draw(&k);
			for (int n = 0; n < k.c.width * k.c.height; n++)
				assert_true(!k.c.ascii || k.c.cells[n].ch < 0x7f);
			press(&k, UK_ESC);
			if (k.c.width >= 40)
				assert_has(row(&k, -1), "F10 Quit");
		}
	end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(the_queue_shows_what_runs_and_what_is_queued_by_due_time),
		TEST(f_steps_through_the_parts_of_the_queue),
		TEST(search_finds_the_start_of_fqdn_and_uuid),
		TEST(r_runs_a_job_now),
		TEST(d_delays_the_next_attempt),
		TEST(a_delay_that_is_no_number_of_minutes_is_asked_for_again),
		TEST(x_cancels_after_it_said_what_happens),
		TEST(what_runs_is_not_cut_off),
		TEST(actions_are_for_all_selected_jobs),
		TEST(a_job_leads_to_its_device_its_log_and_its_code),
		TEST(the_queue_changes_by_itself_under_the_cursor),
		TEST(an_empty_queue_says_so),
		TEST(a_long_queue_is_read_by_the_page),
		TEST(a_log_viewer_has_no_queue),
		TEST(the_queue_is_drawn_at_every_size),
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
