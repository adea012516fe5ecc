/* SPDX-License-Identifier: Apache-2.0 */
/* test_overview: charts and the readiness list of the Overview. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/fixture.h"

/* A database in which nothing has happened yet; the key is there. */
static void
empty(void)
{
	(void)sql("SELECT test.reset()");
	(void)sql("TRUNCATE muster.job, muster.staged_device, muster.activity CASCADE");
	(void)sql("SET session_replication_role = replica; TRUNCATE muster.device, muster.profile, muster.engine_node, muster.setup_certificate,"
		  " muster.device_count CASCADE; SET session_replication_role = origin");
}

static void
an_empty_database_greets_with_what_is_needed(void **state)
{
	(void)state;
	empty();
	console_start(&k, "t_admin", 80, 24);
	assert_has(draw(&k), "What is needed before devices can be configured");
	assert_has(row(&k, row_of(&k, "Engine key")), "ok");
	assert_has(row(&k, row_of(&k, " Engine  ")), "missing");
	assert_has(row(&k, row_of(&k, "Setup certificate")), "missing");
	assert_has(row(&k, row_of(&k, " Profile ")), "none: make one");
	assert_has(row(&k, row_of(&k, " Hellos ")), "provisionserver:9971");
	assert_int_equal(style_of(&k, "\u2717 missing"), STYLE_BAD);
	picture(&k, "first-run");
	end();
}

static void
enter_leads_to_the_place_that_puts_it_right(void **state)
{
	(void)state;
	empty();
	console_start(&k, "t_admin", 80, 24);
	assert_has(cursor(&k), "Engine key");
	go_to(&k, "Setup certificate");
	press(&k, '\n');
	assert_has(row(&k, 1), "Help");
	assert_has(draw(&k), "First steps");
	press(&k, UK_ESC);
	assert_has(cursor(&k), "Setup certificate");
	press(&k, 'G');
	press(&k, '\n');
	assert_has(row(&k, 1), "Settings");
	end();
}

static void
when_nothing_is_missing_only_what_is_weak_is_shown(void **state)
{
	(void)state;
	begin_fresh("t_operator", 80, 24);
	assert_has(draw(&k), "Ready, but these are weak");
	assert_has(cursor(&k), "Hellos");
	assert_has_not(draw(&k), "Engine key");
	press(&k, 'j');
	press(&k, 'k');
	press(&k, '\n');
	assert_has(row(&k, 1), "Pending hellos");
	end();
	(void)sql("UPDATE muster.device SET hello_last_at = now() WHERE device_id = 1");
	console_start(&k, "t_operator", 80, 24);
	assert_has(draw(&k), "All is ready.");
	assert_string_equal(cursor(&k), "");
	assert_has_not(row(&k, -1), "Fix");
	press(&k, '\n');
	press(&k, 'j');
	assert_has(draw(&k), "All is ready.");
	end();
}

/* The same in every minute, so that it does not matter which minute it is. */
static void
charts_show_what_happened_per_minute(void **state)
{
	(void)state;
	(void)sql("SELECT test.reset()");
	(void)sql("INSERT INTO muster.activity SELECT date_trunc('minute', now()) + i * interval '1 min', test.node(), 40, 2"
		  " FROM generate_series(-70, 10) i");
	(void)sql("INSERT INTO muster.job (device_id, kind, state, ended_at, asked_by, why, give_up_at) SELECT 1, 'configure', 'done',"
		  " date_trunc('minute', now()) + i * interval '1 min', 't', 't', now() FROM generate_series(-70, 10) i, generate_series(1, 3)");
	console_start(&k, "t_operator", 120, 40);
	assert_has(draw(&k), "Per minute, last 60 minutes");
	assert_has(row(&k, row_of(&k, "completed")), "now 3  peak 3");
	assert_has(row(&k, row_of(&k, "hellos     now")), "now 40  peak 40");
	assert_has(row(&k, row_of(&k, "failed     now")), "now 0  peak 0");
	picture(&k, "overview-wide");
	end();
}

static void
an_engine_that_is_silent_is_marked(void **state)
{
	static const struct {
		const char *age, *word;
		enum style style;
	} ages[] = { { "50 s", "silent", STYLE_WARN }, { "1 hour", "gone", STYLE_BAD } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ages); i++) {
		(void)sql("SELECT test.reset()");
		(void)sql("UPDATE muster.engine_node SET heartbeat_at = now() - interval '%s'", ages[i].age);
		console_start(&k, "t_operator", 80, 24);
		assert_has(row(&k, row_of(&k, "engine one")), ages[i].word);
		assert_int_equal(style_of(&k, ages[i].word), ages[i].style);
		end();
	}
}

static void
the_overview_follows_what_happens(void **state)
{
	(void)state;
	begin_fresh("t_operator", 80, 24);
	(void)sql("SELECT test.many_devices(500)");
	wait_for(&k, "506");
	(void)sql("UPDATE muster.setup_certificate SET enabled = false");
	wait_for(&k, "What is needed before");
	end();
}

static void
the_overview_is_drawn_at_every_size(void **state)
{
	static const int sizes[][2] = { { 40, 10 }, { 80, 24 }, { 200, 50 }, { 20, 5 }, { 1, 1 }, { 3, 100 } };

	(void)state;
	begin_fresh("t_admin", 80, 24);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (int round = 0; round < 2; round++) {
			console_size(&k, sizes[i][0], sizes[i][1]);
			k.c.ascii = round == 1;
			type(&k, "1");
			press(&k, UK_PGDN);
			press(&k, 'G');
			press(&k, '\n');
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
		TEST(an_empty_database_greets_with_what_is_needed),
		TEST(enter_leads_to_the_place_that_puts_it_right),
		TEST(when_nothing_is_missing_only_what_is_weak_is_shown),
		TEST(charts_show_what_happened_per_minute),
		TEST(an_engine_that_is_silent_is_marked),
		TEST(the_overview_follows_what_happens),
		TEST(the_overview_is_drawn_at_every_size),
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
