/* SPDX-License-Identifier: Apache-2.0 */
/* test_settings: the screen Settings: what it shows, and how settings are changed. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/fixture.h"

static void
at_settings(const char *user)
{
	begin_fresh(user, 80, 24);
	press(&k, '0');
}

static const char *
value(const char *name)
{
	return sql("SELECT value FROM muster.setting WHERE name = '%s'", name);
}

/* Fills in the dialog. */
static void
change(const char *name, const char *text)
{
	go_to(&k, name);
	press(&k, '\n');
	press(&k, 'u' & 0x1f);
	type(&k, text);
	press(&k, '\n');
}

static void
settings_are_shown_with_value_unit_default_and_range(void **state)
{
	(void)state;
	(void)sql("SELECT test.reset()");
	(void)sql("SELECT muster.setting_set('workers', '25')");
	(void)sql("UPDATE muster.setting SET changed_at = test.at(0), changed_by = 't_admin' WHERE name = 'workers'");
	console_start(&k, "t_operator", 80, 24);
	press(&k, '0');
	assert_has(row(&k, 1), "Settings  1 of ");
	assert_has(row(&k, 1), "1 changed");
	go_to(&k, "run_timeout_s");
	assert_has(cursor(&k), "1200            s     1200          10 to 86400");
	assert_has(draw(&k), "How long one attempt at a device may take in all.");
	go_to(&k, "workers");
	assert_has(cursor(&k), "25                    10            1 to 2000");
	assert_has(draw(&k), "changed 2026-01-15 08:00 by t_admin");
	go_to(&k, "log_level");
	assert_has(cursor(&k), "error, warning, info");
	go_to(&k, "lease_s"); /* its description takes two lines */
	assert_has(draw(&k), "another takes it");
	picture(&k, "settings");
	end();
}

static void
an_operator_is_not_offered_to_change_them(void **state)
{
	(void)state;
	at_settings("t_operator");
	assert_has_not(row(&k, -1), "Change");
	press(&k, '\n');
	press(&k, 'd');
	assert_has_not(draw(&k), "Esc cancel");
	end();
}

static void
a_log_viewer_has_no_settings(void **state)
{
	(void)state;
	at_settings("t_viewer");
	assert_has(row(&k, 1), "Log");
	end();
}

static void
an_administrator_changes_a_setting(void **state)
{
	(void)state;
	at_settings("t_admin");
	assert_has(row(&k, -1), "Enter Change  d Default");
	go_to(&k, "workers");
	press(&k, '\n');
	assert_has(draw(&k), "1 to 2000; default 10");
	picture(&k, "settings-change");
	press(&k, UK_ESC);
	assert_string_equal(value("workers"), "10");
	change("workers", "31");
	wait_for(&k, "workers is 31 now");
	assert_string_equal(value("workers"), "31");
	wait_for(&k, "by t_admin");
	assert_has(cursor(&k), "31");
	end();
}

static void
what_the_database_refuses_is_asked_for_again(void **state)
{
	(void)state;
	at_settings("t_admin");
	change("workers", "2001");
	wait_for(&k, "Esc cancel");
	assert_has(draw(&k), "workers must be from 1 to 2000");
	assert_has(row(&k, row_of(&k, "Value")), "2001");
	assert_string_equal(value("workers"), "10");
	press(&k, 'u' & 0x1f);
	type(&k, "many\n");
	wait_for(&k, "workers must be a whole number");
	press(&k, UK_ESC);
	change("retry_minutes", "1,2");
	wait_for(&k, "whole numbers with a blank between");
	press(&k, UK_ESC);
	assert_string_equal(value("retry_minutes"), "1 2 5 15 60");
	end();
}

static void
words_are_chosen_with_the_arrows(void **state)
{
	(void)state;
	at_settings("t_admin");
	go_to(&k, "legacy_tls");
	press(&k, '\n');
	assert_has(draw(&k), "< on >");
	press(&k, UK_RIGHT);
	assert_has(draw(&k), "< off >");
	press(&k, '\n');
	wait_for(&k, "legacy_tls is off now");
	assert_string_equal(value("legacy_tls"), "off");
	end();
}

static void
choose_verbose(void)
{
	go_to(&k, "log_level");
	press(&k, '\n');
	assert_has(draw(&k), "< info >");
	press(&k, UK_RIGHT);
	assert_has(draw(&k), "< verbose >");
	press(&k, '\n');
}

static void
verbose_proposes_to_keep_the_log_for_less_long(void **state)
{
	(void)state;
	at_settings("t_admin");
	choose_verbose();
	wait_for(&k, "Keep the log for less long?");
	assert_has(draw(&k), "the database grow, and it keeps 90 days");
	(void)sql("UPDATE muster.setting SET changed_at = test.at(0)");
	wait_for(&k, "2026-01-15 08:00 by t_admin");
	picture(&k, "settings-verbose");
	press(&k, '\n');
	wait_for(&k, "log_retention_days is 7 now");
	assert_string_equal(value("log_retention_days"), "7");
	assert_string_equal(value("log_level"), "verbose");
	end();
}

static void
esc_leaves_the_retention_and_a_short_one_is_not_asked_for(void **state)
{
	(void)state;
	at_settings("t_admin");
	choose_verbose();
	wait_for(&k, "Keep the log for less long?");
	press(&k, UK_ESC);
	assert_string_equal(value("log_retention_days"), "90");
	assert_string_equal(value("log_level"), "verbose");
	end();
	(void)sql("SELECT test.reset()");
	(void)sql("SELECT muster.setting_set('log_retention_days', '14')");
	console_start(&k, "t_admin", 80, 24);
	press(&k, '0');
	choose_verbose();
	wait_for(&k, "log_level is verbose now");
	assert_has_not(draw(&k), "Keep the log");
	end();
}

static void
d_sets_the_default_again(void **state)
{
	(void)state;
	at_settings("t_admin");
	go_to(&k, "poll_s");
	press(&k, 'd');
	assert_has(row(&k, -2), "poll_s has its default");
	change("poll_s", "60");
	wait_for(&k, "poll_s is 60 now");
	press(&k, 'd');
	assert_has(draw(&k), "It is 60 and becomes 5.");
	press(&k, 'y');
	wait_for(&k, "poll_s is 5 now");
	assert_string_equal(value("poll_s"), "5");
	end();
}

static void
what_somebody_else_changes_is_shown(void **state)
{
	(void)state;
	at_settings("t_operator");
	(void)sql("SELECT muster.setting_set('hello_rate', '4321')");
	wait_for(&k, "4321");
	end();
}

static void
the_list_of_settings_is_drawn_at_every_size(void **state)
{
	static const int sizes[][2] = { { 40, 10 }, { 80, 24 }, { 200, 50 }, { 20, 5 }, { 1, 1 }, { 3, 100 } };

	(void)state;
	at_settings("t_admin");
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (int round = 0; round < 2; round++) {
			console_size(&k, sizes[i][0], sizes[i][1]);
			k.c.ascii = round == 1;
			type(&k, "0");
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
		TEST(settings_are_shown_with_value_unit_default_and_range),
		TEST(an_operator_is_not_offered_to_change_them),
		TEST(a_log_viewer_has_no_settings),
		TEST(an_administrator_changes_a_setting),
		TEST(what_the_database_refuses_is_asked_for_again),
		TEST(words_are_chosen_with_the_arrows),
		TEST(verbose_proposes_to_keep_the_log_for_less_long),
		TEST(esc_leaves_the_retention_and_a_short_one_is_not_asked_for),
		TEST(d_sets_the_default_again),
		TEST(what_somebody_else_changes_is_shown),
		TEST(the_list_of_settings_is_drawn_at_every_size),
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
