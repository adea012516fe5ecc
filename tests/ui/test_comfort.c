/* SPDX-License-Identifier: Apache-2.0 */
/* test_comfort: the command line, sorting, filters with a name, the mouse, the mode to copy from. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/ui/fixture.h"
#include "ui/history.h"
#include "ui/theme.h"

static int
without_filters(void **state)
{
	(void)db_fresh(state);
	(void)sql("DELETE FROM muster.saved_filter");
	return 0;
}

/* The command line */

static void
tab_completes_what_can_be_completed(void **state)
{
	static const struct {
		const char *typed, *line, *shown;
	} lines[] = {
		{ ":ov", ":overview", "" },
		{ ":d", ":device", "devices  device" },
		{ ":explain 160", ":explain 160", "1601  1602" },
		{ ":explain 13", ":explain 13", "1301  1302" },
		{ ":help pe", ":help pending", "" },
		{ ":device pc1", ":device pc1", "pc1.corp.example  pc11.corp.example" },
		{ ":device PC11", ":device pc11.corp.example", "" },
		{ ":device 00000007", ":device 00000007-0000-4000-8000-000000000007", "" },
		{ ":device 0000000C-0", ":device 0000000c-0000-4000-8000-00000000000c", "" },
		{ ":device zz", ":device zz", "nothing starts so" },
		{ ":zz", ":zz", "nothing starts so" },
		{ ":log x", ":log x", "" },
	};

	(void)state;
	begin("t_operator", 100, 24);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		type(&k, lines[i].typed);
		press(&k, UK_TAB);
		char want[100];
		(void)snprintf(want, sizeof(want), "%.1s %s", lines[i].line, lines[i].line + 1);
		assert_has(row(&k, -2), want);
		assert_has(row(&k, -3), lines[i].shown);
		press(&k, UK_ESC);
	}
	end();
}

static void
a_device_opens_by_the_start_of_its_name(void **state)
{
	(void)state;
	begin("t_operator", 100, 24);
	type(&k, ":device pc11\n");
	assert_has(row(&k, 1), "0000000b-0000-4000-8000-00000000000b");
	type(&k, ":device 00000007\n");
	assert_has(row(&k, 1), "00000007-0000-4000-8000-000000000007");
	type(&k, ":device pc\n");
	assert_has(row(&k, -2), "More than one starts so");
	type(&k, ":device %\n");
	assert_has(row(&k, -2), "No FQDN or UUID starts so");
	end();
}

static void
what_a_role_may_not_do_is_neither_completed_nor_listed(void **state)
{
	(void)state;
	begin("t_viewer", 132, 24);
	type(&k, ":");
	press(&k, UK_TAB);
	assert_has(row(&k, -3), "log  explain  help  plain  quit");
	assert_has_not(row(&k, -3), "device");
	press(&k, UK_ESC);
	type(&k, ":x\n");
	assert_has(row(&k, -2), "No such command: x. There are: log  explain  help  plain  quit");
	type(&k, ":help\nG");
	assert_has(draw(&k), ":explain CODE");
	assert_has_not(draw(&k), ":device");
	end();
}

static void
an_answer_that_comes_late_changes_no_line(void **state)
{
	(void)state;
	begin("t_operator", 100, 24);
	type(&k, ":device pc11");
	app_key(k.a, UK_TAB);
	app_key(k.a, 'x');
	work(&k);
	assert_has(row(&k, -2), ": device pc11x");
	assert_has_not(row(&k, -2), "corp");
	app_key(k.a, UK_TAB);
	app_key(k.a, UK_ESC);
	work(&k);
	assert_has_not(row(&k, -2), "corp");
	end();
}

/* History */

static void
lines_come_back_in_the_next_session(void **state)
{
	char dir[] = "/tmp/muster-history.XXXXXX", path[128];
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/state/muster/history", dir);
	begin("t_operator", 100, 24);
	app_history(k.a, path);
	type(&k, ":log\n:explain 1401\n:explain 1401\n");
	end();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	begin("t_operator", 100, 24);
	app_history(k.a, path);
	type(&k, ":");
	press(&k, UK_UP);
	assert_has(row(&k, -2), ": explain 1401");
	press(&k, UK_UP);
	assert_has(row(&k, -2), ": log");
	press(&k, UK_UP);
	assert_has(row(&k, -2), ": log");
	press(&k, UK_DOWN);
	press(&k, UK_DOWN);
	assert_string_equal(row(&k, -2), ":");
	end();
	assert_int_equal(unlink(path), 0);
	(void)snprintf(path, sizeof(path), "%s/state/muster", dir);
	assert_int_equal(rmdir(path), 0);
	(void)snprintf(path, sizeof(path), "%s/state", dir);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void
a_history_is_bounded_and_needs_no_file(void **state)
{
	struct history h = { 0 };
	char line[600];

	(void)state;
	history_open(&h, "/proc/nowhere/history");
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(line, sizeof(line), "line %d %0500d", i, 0);
		history_add(&h, line);
	}
	assert_int_equal(h.n, HISTORY_MAX);
	assert_has(history_step(&h, -1), "line 999");
	for (int i = 0; i < 1000; i++)
		(void)history_step(&h, -1);
	assert_null(history_step(&h, -1));
	assert_has(history_step(&h, 1), "line 801");
	history_free(&h);
}

/* Sorting */

static void
s_steps_through_orders_that_page_without_a_gap(void **state)
{
	static const char *const titles[] = { "sorted by change of state", "sorted by last hello", "sorted by FQDN", "sorted by UUID", "" };
	static const char *const firsts[] = { "SELECT uuid FROM muster.device ORDER BY state_at DESC, device_id DESC LIMIT 1",
		"SELECT uuid FROM muster.device ORDER BY hello_last_at DESC NULLS LAST, device_id DESC LIMIT 1",
		"SELECT uuid FROM muster.device ORDER BY lower(fqdn), device_id DESC LIMIT 1", "SELECT min(uuid::text) FROM muster.device",
		"SELECT uuid FROM muster.device ORDER BY device_id DESC LIMIT 1" };
	static const char *const lasts[] = { "SELECT uuid FROM muster.device ORDER BY state_at, device_id LIMIT 1",
		"SELECT uuid FROM muster.device ORDER BY hello_last_at NULLS FIRST, device_id LIMIT 1",
		"SELECT uuid FROM muster.device WHERE fqdn IS NULL ORDER BY device_id LIMIT 1", "SELECT max(uuid::text) FROM muster.device",
		"SELECT uuid FROM muster.device ORDER BY device_id LIMIT 1" };

	(void)state;
	(void)sql("SELECT test.many_devices(700)");
	(void)sql("UPDATE muster.device SET hello_last_at = NULL WHERE device_id %% 5 = 0");
	(void)sql("UPDATE muster.device SET fqdn = 'x' || device_id || '.corp.example' WHERE device_id %% 2 = 0 AND fqdn IS NULL");
	begin("t_operator", 200, 24);
	press(&k, '4');
	for (size_t i = 0; i < ARRAY_LEN(titles); i++) {
		press(&k, 's');
		assert_has(row(&k, 1), titles[i]);
		assert_has(cursor(&k), sql("%s", firsts[i]));
		for (int page = 0; page < 60; page++)
			press(&k, UK_PGDN);
		assert_has(cursor(&k), sql("%s", lasts[i]));
		for (int page = 0; page < 60; page++)
			press(&k, UK_PGUP);
		assert_has(cursor(&k), sql("%s", firsts[i]));
		press(&k, UK_END);
		assert_has(cursor(&k), sql("%s", lasts[i]));
		for (int page = 0; page < 60; page++)
			press(&k, UK_PGUP);
		assert_has(cursor(&k), sql("%s", firsts[i]));
	}
	end();
}

/* Filters with a name */

static void
a_filter_is_saved_used_and_forgotten(void **state)
{
	(void)state;
	begin("t_operator", 100, 24);
	press(&k, '4');
	press(&k, 'S');
	assert_has(draw(&k), "No filter has a name yet");
	press(&k, UK_ESC);
	type(&k, "fffff/pc2\ns");
	assert_has(row(&k, 1), "state failed  /pc2  sorted by change of state");
	press(&k, 'S');
	type(&k, "nbad ones, é\n");
	picture(&k, "filters");
	assert_has(draw(&k), "bad ones, é");
	assert_has(draw(&k), "state failed  /pc2  sorted by changed");
	press(&k, UK_ESC);
	type(&k, "7");
	press(&k, 'S');
	assert_has_not(draw(&k), "bad ones");
	type(&k, "4");
	assert_has_not(row(&k, 1), "state failed");
	press(&k, 'S');
	press(&k, '\n');
	assert_has(row(&k, 1), "1 of 1  state failed  /pc2  sorted by change of state");
	press(&k, 'S');
	press(&k, 'D');
	assert_has(draw(&k), "No filter has a name yet");
	assert_string_equal(sql("SELECT count(*) FROM muster.saved_filter"), "0");
	type(&k, "1S");
	assert_has(row(&k, -2), "This screen has no filter to save");
	end();
}

static void
the_log_keeps_filters_too_also_for_viewers(void **state)
{
	(void)state;
	begin("t_viewer", 100, 24);
	type(&k, "vv/root\n");
	assert_has(row(&k, 1), "level error  /root");
	type(&k, "Snroots\n");
	press(&k, UK_ESC);
	type(&k, "v/nothing\n");
	type(&k, "S\n");
	assert_has(row(&k, 1), "level error  /root");
	end();
}

static void
queue_staged_and_audit_keep_filters_too(void **state)
{
	(void)state;
	begin("t_enterprise", 100, 24);
	type(&k, "3ff/pc9\n");
	assert_has(row(&k, 1), "waiting for retry  /pc9");
	type(&k, "Snretries\n");
	press(&k, UK_ESC);
	type(&k, "f/\n");
	assert_has_not(row(&k, 1), "retry");
	type(&k, "S\n");
	assert_has(row(&k, 1), "waiting for retry  /pc9");
	type(&k, "5/pc\nSnpcs\n");
	press(&k, UK_ESC);
	type(&k, "/none such\nS\n");
	assert_has(row(&k, 1), "/pc");
	type(&k, "8fsomebody");
	press(&k, UK_TAB);
	type(&k, "setting_set");
	press(&k, UK_TAB);
	type(&k, "node\n/x\nSnwhose\n");
	assert_has(draw(&k), "who somebody  what setting_set  object node  /x");
	press(&k, UK_ESC);
	type(&k, "/y\nS\n");
	assert_has(row(&k, 1), "who somebody  what setting_set  object node  /x");
	end();
}

/* The mouse */

static void
a_click_goes_where_it_points(void **state)
{
	(void)state;
	begin("t_operator", 100, 24);
	app_mouse(k.a, MOUSE_CLICK, 0, 24);
	work(&k);
	assert_has(row(&k, 1), "Pending");
	app_mouse(k.a, MOUSE_CLICK, 0, 45);
	work(&k);
	assert_has(row(&k, 1), "Devices");
	(void)draw(&k);
	int y = row_of(&k, "pc3.corp");
	app_mouse(k.a, MOUSE_CLICK, y, 40);
	assert_has(cursor(&k), "pc3.corp");
	app_mouse(k.a, MOUSE_WHEEL_UP, 5, 5);
	assert_has_not(cursor(&k), "pc3.corp");
	app_mouse(k.a, MOUSE_WHEEL_DOWN, 5, 5);
	assert_has(cursor(&k), "pc3.corp");
	app_mouse(k.a, MOUSE_CLICK, 20, 5); /* below the last row */
	(void)draw(&k);
	app_mouse(k.a, MOUSE_CLICK, y, 40);
	(void)draw(&k);
	app_mouse(k.a, MOUSE_CLICK, y, 40);
	work(&k);
	assert_has(row(&k, 1), "Device  00000003");
	(void)draw(&k);
	app_mouse(k.a, MOUSE_CLICK, 23, 17);
	work(&k);
	assert_has(row(&k, 1), "Log  00000003");
	(void)draw(&k);
	app_mouse(k.a, MOUSE_CLICK, 23, 93);
	assert_true(app_done(k.a));
	end();
}

static void
clicks_anywhere_at_any_time_do_no_harm(void **state)
{
	static const int keys[] = { '2', '4', '7', '1', 'a', ':', UK_ESC, '/', '\n', 'S', 'P' };
	uint32_t seed = 5;

	(void)state;
	begin("t_operator", 80, 24);
	for (int i = 0; i < 5000; i++) {
		seed = seed * 1664525 + 1013904223;
		app_mouse(k.a, (enum mouse)((seed >> 8) % 3), (int)((seed >> 10) % 30) - 3, (int)((seed >> 16) % 100) - 10);
		if (seed >> 29 == 0)
			app_key(k.a, keys[(seed >> 12) % ARRAY_LEN(keys)]);
		if (seed >> 30 == 0)
			app_work(k.a);
		if ((seed >> 20) % 4 == 0)
			app_draw(k.a, &k.c);
	}
	end();
}

/* To copy from */

static void
plain_shows_whole_values_and_nothing_else(void **state)
{
	(void)state;
	begin("t_operator", 80, 24);
	press(&k, '4');
	go_to(&k, "pc2.corp");
	press(&k, 'P');
	picture(&k, "devices-plain");
	assert_has(draw(&k), "00000002-0000-4000-8000-000000000002");
	assert_has(draw(&k), "(1602)");
	assert_has_not(draw(&k), "…");
	assert_has_not(draw(&k), "F10");
	for (int i = 0; i < k.c.width * k.c.height; i++)
		assert_int_equal(k.c.cells[i].style, STYLE_NORMAL);
	type(&k, ":device 00000002-0000-4000-8000-000000000002\n");
	assert_has(draw(&k), "the device offers 3 root hashes, none is that of CN=root (1602)");
	press(&k, '7');
	assert_has(draw(&k), "00000003-0000-4000-8000-000000000003");
	press(&k, 'P');
	assert_has(row(&k, -1), "F10 Quit");
	end();
}

static void
pasted_text_presses_no_keys(void **state)
{
	(void)state;
	begin("t_operator", 80, 24);
	press(&k, '2');
	app_key(k.a, UK_PASTE);
	type(&k, "h\ny4q");
	app_key(k.a, UK_PASTE_END);
	assert_has(row(&k, 1), "Pending");
	assert_has(row(&k, -2), "Pasted text presses no keys");
	press(&k, '/');
	app_key(k.a, UK_PASTE);
	type(&k, "0000\n0007\n");
	app_key(k.a, UK_PASTE_END);
	assert_has(row(&k, -2), "00000007");
	press(&k, '\n');
	assert_has(row(&k, 1), "1 of 1");
	end();
}

/* Themes */

static void
every_theme_tells_the_meanings_apart(void **state)
{
	static const enum style meanings[] = { STYLE_NORMAL, STYLE_CURSOR, STYLE_MARKED, STYLE_DIM, STYLE_WARN, STYLE_BAD };
	static const char *const names[] = { "dark", "light", "safe", "mono" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct theme *t = theme_of(names[i]);

		assert_non_null(t);
		for (size_t j = 0; j < ARRAY_LEN(meanings); j++)
			for (size_t l = j + 1; l < ARRAY_LEN(meanings); l++)
				if (memcmp(&t->looks[meanings[j]], &t->looks[meanings[l]], sizeof(struct look)) == 0)
					fail_msg("%s: styles %d and %d look the same", names[i], (int)meanings[j], (int)meanings[l]);
		for (int j = 0; !t->colours && j < STYLE_COUNT; j++)
			assert_true(t->looks[j].front == -1 && t->looks[j].back == -1);
	}
	assert_null(theme_of("nonsense"));
	assert_string_equal(theme_standard(false, NULL)->name, "mono");
	assert_string_equal(theme_standard(true, NULL)->name, "dark");
	assert_string_equal(theme_standard(true, "15;0")->name, "dark");
	assert_string_equal(theme_standard(true, "0;default;15")->name, "light");
	assert_string_equal(theme_standard(true, "nonsense;")->name, "dark");
}

#define CLEAR(f) cmocka_unit_test_setup(f, without_filters)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CLEAR(tab_completes_what_can_be_completed),
		CLEAR(a_device_opens_by_the_start_of_its_name),
		CLEAR(what_a_role_may_not_do_is_neither_completed_nor_listed),
		CLEAR(an_answer_that_comes_late_changes_no_line),
		CLEAR(lines_come_back_in_the_next_session),
		TEST(a_history_is_bounded_and_needs_no_file),
		CLEAR(s_steps_through_orders_that_page_without_a_gap),
		CLEAR(a_filter_is_saved_used_and_forgotten),
		CLEAR(the_log_keeps_filters_too_also_for_viewers),
		CLEAR(queue_staged_and_audit_keep_filters_too),
		CLEAR(a_click_goes_where_it_points),
		CLEAR(clicks_anywhere_at_any_time_do_no_harm),
		CLEAR(plain_shows_whole_values_and_nothing_else),
		CLEAR(pasted_text_presses_no_keys),
		TEST(every_theme_tells_the_meanings_apart),
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
