/* SPDX-License-Identifier: Apache-2.0 */
/* test_screens: each screen of the console on a real database, in memory; and the pictures in doc/screens/. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/fixture.h"

static void
an_operator_starts_on_the_overview(void **state)
{
	(void)state;
	begin_fresh("t_operator", 80, 24);
	assert_has(row(&k, 0), "1 Overview");
	assert_has(row(&k, 0), "live");
	assert_has(row(&k, row_of(&k, "  waiting")), "6");
	assert_has(row(&k, row_of(&k, "  configured")), "1");
	assert_has(draw(&k), "engine one");
	assert_has(draw(&k), "1 of 10 workers busy, 12 hellos");
	assert_has_not(draw(&k), "missing");
	assert_has(row(&k, -1), "F1 Help  F10 Quit");
	assert_has_not(row(&k, -1), "…");
	picture(&k, "overview");
	end();
}

static void
the_overview_says_what_is_missing(void **state)
{
	(void)state;
	(void)sql("SELECT test.reset()");
	(void)sql("UPDATE muster.setup_certificate SET enabled = false");
	(void)sql("UPDATE muster.engine_node SET heartbeat_at = now() - interval '1 hour'");
	console_start(&k, "t_operator", 80, 24);
	assert_has(row(&k, row_of(&k, "missing Setup certificate")), "none is valid: run \"musterctl cert add FILE\"");
	assert_has(row(&k, row_of(&k, "missing Engine")), "none runs: start musterd");
	assert_has(row(&k, row_of(&k, "engine one")), "gone");
	end();
}

static void
pending_shows_the_devices_that_wait_newest_first(void **state)
{
	(void)state;
	begin_fresh("t_operator", 80, 24);
	press(&k, '2');
	assert_has(row(&k, 1), "Pending hellos  1 of 6");
	assert_has(row(&k, 3), "0000000c-0000-4000-8000-00000000000c 10.20.0.12");
	assert_has(draw(&k), "fd00:20::7");
	assert_has_not(draw(&k), "10.20.0.1 ");
	picture(&k, "pending");
	console_size(&k, 132, 24);
	assert_has(draw(&k), "PSK hello with PID AB12-CD34");
	picture(&k, "pending-wide");
	end();
}

static void
devices_shows_every_state_in_its_style(void **state)
{
	static const struct {
		const char *word;
		enum style style;
	} states[] = { { "configured ", STYLE_GOOD }, { "failed", STYLE_BAD }, { "held", STYLE_WARN }, { "ready", STYLE_NORMAL } };

	(void)state;
	begin_fresh("t_operator", 80, 24);
	press(&k, '4');
	assert_has(row(&k, 1), "Devices  1 of 12");
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		assert_int_equal(style_of(&k, states[i].word), states[i].style);
	assert_has(draw(&k), "(no FQDN)");
	picture(&k, "devices");
	console_size(&k, 200, 24);
	assert_has(draw(&k), "none is that of CN=root (1602)");
	assert_has(draw(&k), "connection refused (1401); next attempt 08:02:00");
	picture(&k, "devices-wide");
	end();
}

static void
f_steps_through_the_states_and_back_to_all(void **state)
{
	static const char *const states[] = { "waiting", "ready", "configuring", "configured", "failed", "held", "detected", "setup",
		"unprovisioned" };
	static const char *const counts[] = { "6", "1", "1", "1", "1", "1", "1", "0", "0" };

	(void)state;
	begin_fresh("t_operator", 80, 24);
	press(&k, '4');
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		char want[64];

		press(&k, 'f');
		(void)snprintf(want, sizeof(want), "of %s  state %s", counts[i], states[i]);
		assert_has(row(&k, 1), want);
	}
	assert_has(draw(&k), "No device matches.");
	press(&k, 'f');
	assert_has(row(&k, 1), "1 of 12");
	assert_has_not(row(&k, 1), "state");
	end();
}

static void
search(const char *text)
{
	press(&k, '/');
	press(&k, 'u' & 0x1f);
	type(&k, text);
	press(&k, '\n');
}

static void
search_finds_the_start_of_fqdn_uuid_address_serial_and_model(void **state)
{
	static const struct {
		const char *text, *count;
	} searches[] = { { "pc1", "1 of 2" }, { "PC1.CORP", "1 of 1" }, { "0000000B", "1 of 1" }, { "10.20.0.1", "1 of 4" },
		{ "sn0001", "1 of 1" }, { "OptiPlex", "1 of 1" }, { "corp", "0 of 0" }, { "%", "0 of 0" }, { "pc_", "0 of 0" },
		{ "'; DROP TABLE x; --", "0 of 0" }, { "\\", "0 of 0" }, { "", "1 of 12" } };

	(void)state;
	begin_fresh("t_operator", 80, 24);
	press(&k, '4');
	for (size_t i = 0; i < ARRAY_LEN(searches); i++) {
		search(searches[i].text);
		if (strstr(row(&k, 1), searches[i].count) == NULL)
			fail_msg("search \"%s\": %s", searches[i].text, row(&k, 1));
		assert_has_not(draw(&k), "(11");
	}
	end();
}

static void
a_long_search_in_any_script_is_no_error(void **state)
{
	(void)state;
	begin_fresh("t_operator", 80, 24);
	for (int screen = '4'; screen <= '7'; screen += 3)
		for (int lead = 0; lead < 2; lead++) {
			press(&k, screen);
			press(&k, '/');
			if (lead > 0)
				press(&k, 'x');
			for (int i = 0; i < 120; i++)
				app_key(k.a, 0xe9);
			press(&k, '\n');
			assert_has_not(draw(&k), "(11");
		}
	end();
}

static void
esc_leaves_a_search_as_it_was(void **state)
{
	(void)state;
	begin_fresh("t_operator", 100, 24);
	press(&k, '4');
	press(&k, '/');
	type(&k, "nothing like it");
	assert_has(row(&k, -2), "Search (start of FQDN, UUID, address, serial, model): nothing like it");
	press(&k, UK_ESC);
	assert_has(row(&k, 1), "1 of 12");
	end();
}

static void
a_device_shows_its_facts_and_the_steps_of_its_last_job(void **state)
{
	(void)state;
	begin_fresh("t_operator", 80, 24);
	press(&k, '4');
	go_to(&k, "pc1.corp");
	press(&k, '\n');
	picture(&k, "device");
	console_size(&k, 100, 30);
	assert_has(row(&k, 1), "00000001-0000-4000-8000-000000000001");
	assert_has(draw(&k), "OptiPlex 7060");
	assert_has(draw(&k), "office, revision 1");
	assert_has(draw(&k), "Connect to the device TLS 1.2, certificate pinned");
	assert_has(draw(&k), "Commit the changes connection lost before the answer (1406)");
	assert_int_equal(style_of(&k, "unknown"), STYLE_WARN);
	assert_int_equal(style_of(&k, "skipped"), STYLE_DIM);
	console_size(&k, 80, 16);
	press(&k, UK_END);
	assert_has(draw(&k), "Verify");
	assert_has_not(draw(&k), "Connect to");
	press(&k, UK_HOME);
	assert_has(draw(&k), "Connect to");
	press(&k, UK_ESC);
	assert_has(row(&k, 1), "Devices");
	assert_has(cursor(&k), "pc1.corp");
	end();
}

static void
a_device_that_waits_for_psk_shows_its_pid(void **state)
{
	(void)state;
	begin_fresh("t_operator", 80, 24);
	press(&k, ':');
	type(&k, "device 00000008-0000-4000-8000-000000000008\n");
	assert_has(draw(&k), "PSK, PID AB12-CD34");
	end();
}

static void
the_log_is_newest_first_with_code_and_level(void **state)
{
	(void)state;
	begin_fresh("t_operator", 80, 24);
	press(&k, '7');
	assert_has(row(&k, 1), "level info");
	assert_has(row(&k, 1), "following");
	assert_has(row(&k, 3), "01-15 08:00:");
	assert_has(row(&k, 3), "00000003");
	assert_int_equal(style_of(&k, "Root of the setup"), STYLE_BAD);
	picture(&k, "log");
	console_size(&k, 132, 24);
	assert_has(row(&k, 3), "00000003-0000-4000-8000-000000000003 Cannot contact back AMT");
	assert_has(row(&k, 3), "connection refused (1401)");
	picture(&k, "log-wide");
	end();
}

static void
v_steps_through_the_levels(void **state)
{
	(void)state;
	begin_fresh("t_operator", 132, 40);
	press(&k, '7');
	assert_has_not(draw(&k), "TLS 1.2, certificate pinned");
	press(&k, 'v');
	assert_has(row(&k, 1), "level verbose");
	assert_has(draw(&k), "TLS 1.2, certificate pinned");
	press(&k, 'v');
	assert_has(row(&k, 1), "level error");
	assert_has(row(&k, 3), "(1602)");
	assert_string_equal(row(&k, 4), "");
	press(&k, 'v');
	assert_has(row(&k, 3), "(1401)");
	assert_string_equal(row(&k, 6), "");
	end();
}

static void
the_log_is_searched_anywhere_in_its_text(void **state)
{
	(void)state;
	begin_fresh("t_operator", 132, 24);
	press(&k, '7');
	search("SETUP CERT");
	assert_has(row(&k, 3), "(1602)");
	assert_string_equal(row(&k, 4), "");
	assert_has(row(&k, 1), "/SETUP CERT");
	end();
}

static void
l_shows_the_log_of_one_device(void **state)
{
	(void)state;
	begin_fresh("t_operator", 80, 24);
	press(&k, '4');
	go_to(&k, "pc1.corp");
	press(&k, 'l');
	assert_has(row(&k, 1), "00000001-0000-4000-8000-000000000001  ");
	assert_has(row(&k, 3), "Configuration completed");
	assert_has_not(draw(&k), "10.20.0.2");
	picture(&k, "log-device");
	press(&k, '\n');
	assert_has(row(&k, 1), "Device  00000001");
	press(&k, 'q');
	press(&k, 'q');
	assert_has(row(&k, 1), "Devices");
	end();
}

static void
e_explains_the_code_of_a_device_and_of_a_line(void **state)
{
	(void)state;
	begin_fresh("t_operator", 80, 24);
	press(&k, '4');
	go_to(&k, "failed");
	press(&k, 'e');
	assert_has(draw(&k), "1602");
	picture(&k, "explain");
	press(&k, UK_ESC);
	go_to(&k, "configured ");
	press(&k, 'e'); /* no code: no key */
	assert_has(row(&k, 1), "Devices");
	press(&k, '7');
	press(&k, 'e');
	assert_has(draw(&k), "1401");
	end();
}

static void
f1_helps_on_every_screen_with_the_keys_it_has(void **state)
{
	(void)state;
	begin_fresh("t_operator", 80, 24);
	for (int key = '1'; key <= '9'; key++) {
		press(&k, key);
		press(&k, UK_F1);
		assert_has(row(&k, 1), "Help");
		press(&k, UK_END);
		assert_has(draw(&k), "Quit");
		press(&k, UK_ESC);
		assert_has_not(row(&k, 1), "Help");
	}
	press(&k, '2');
	press(&k, UK_F1);
	picture(&k, "help");
	press(&k, ' ');
	press(&k, '?'); /* help on help */
	press(&k, ' ');
	assert_has(draw(&k), "Keys of Overview");
	end();
}

static void
commands_open_screens_and_unknown_ones_say_what_there_is(void **state)
{
	static const struct {
		const char *line, *title;
	} lines[] = { { ":overview\n", "Overview" }, { ":pending\n", "Pending" }, { ":devices\n", "Devices" }, { ":log\n", "Log" },
		{ ":help\n", "Help" }, { ":explain 1401\n", "Help" }, { ":device 00000001-0000-4000-8000-000000000001\n", "Device" } };

	(void)state;
	begin_fresh("t_operator", 80, 24);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		type(&k, lines[i].line);
		assert_has(row(&k, 1), lines[i].title);
	}
	type(&k, ":nonsense\n");
	assert_has(row(&k, -2), "No such command: nonsense");
	type(&k, ":explain 4711\n");
	assert_has(row(&k, -2), "There is no code 4711");
	type(&k, ":explain x\n");
	assert_has(row(&k, -2), "There is no code");
	type(&k, ":device xyz\n");
	assert_has(row(&k, -2), "No FQDN or UUID starts so");
	type(&k, ":device 99999999-0000-4000-8000-000000000001\n");
	assert_has(draw(&k), "No device has this UUID.");
	assert_false(app_done(k.a));
	type(&k, ":quit\n");
	assert_true(app_done(k.a));
	end();
}

static void
esc_goes_back_and_never_quits_and_f10_quits(void **state)
{
	(void)state;
	begin_fresh("t_operator", 80, 24);
	press(&k, '4');
	for (int i = 0; i < 12; i++) {
		press(&k, '\n');
		press(&k, 'l');
	}
	for (int i = 0; i < 30; i++)
		press(&k, UK_ESC);
	assert_has(row(&k, 1), "Devices");
	assert_has(row(&k, -2), "F10 quits");
	assert_false(app_done(k.a));
	press(&k, UK_F10);
	assert_true(app_done(k.a));
	end();
}

/* What the last line offers works wherever it is shown. */
static void
f10_quits_under_a_dialog_and_a_question_too(void **state)
{
	static const int keys[] = { 'a', '/', ':' };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		begin_fresh("t_operator", 80, 24);
		press(&k, '2');
		press(&k, keys[i]);
		press(&k, UK_F10);
		assert_true(app_done(k.a));
		end();
	}
}

/* Every size, every screen: nothing crashes, the keys are on the last line, and messages are alone on theirs. */
static void
every_screen_is_drawn_at_every_size(void **state)
{
	static const int sizes[][2] = { { 80, 24 }, { 40, 10 }, { 300, 60 }, { 20, 5 }, { 1, 1 }, { 3, 100 }, { 200, 2 }, { 132, 40 } };
	static const char *const lines[] = { ":overview\n", ":pending\n", ":queue\n", ":devices\n", ":log\n", ":settings\n", ":help\n",
		":device 00000001-0000-4000-8000-000000000001\n" };

	(void)state;
	begin_fresh("t_operator", 80, 24);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		for (size_t j = 0; j < ARRAY_LEN(sizes); j++) {
			console_size(&k, sizes[j][0], sizes[j][1]);
			type(&k, lines[i]);
			press(&k, UK_PGDN);
			type(&k, "ga");
			press(&k, UK_ESC); /* the dialog that a opened */
			type(&k, "g:nowhere\n");
			if (k.c.height > 1 && k.c.width >= 20)
				assert_int_equal(strncmp(row(&k, -2), "No such command: nowhere", 15), 0);
			if (k.c.width >= 40)
				assert_has(row(&k, -1), "F10 Quit");
		}
	console_size(&k, 40, 10);
	press(&k, '4');
	picture(&k, "devices-small");
	end();
}

static void
a_message_is_alone_on_its_line(void **state)
{
	(void)state;
	begin_fresh("t_operator", 40, 10);
	type(&k, ":x\n");
	assert_has(row(&k, -2), "No such command: x.");
	type(&k, "q");
	assert_string_equal(row(&k, -2), "F10 quits");
	press(&k, UK_F5);
	assert_string_equal(row(&k, -2), "");
	end();
}

/* Hostile data */

static void
hostile_texts_are_harmless_in_every_cell(void **state)
{
	static const char *const bad = "E'\\x1b[2J\\x1b]0;owned\\x07\\r\\n\\tA\\u009b31m\\u202egnp.exe\\u2066\\u200bB\\x7f' || repeat('x', 150)";

	(void)state;
	(void)sql("SELECT test.reset()");
	(void)sql("UPDATE muster.device SET reason = %s, ou = left(%s, 500), model = %s, serial = %s, amt_version = %s, mapped_by = %s,"
	    " mac = %s", bad, bad, bad, bad, bad, bad, bad);
	(void)sql("UPDATE muster.engine_node SET name = %s", bad);
	(void)sql("UPDATE muster.job SET last_text = %s, why = %s", bad, bad);
	(void)sql("INSERT INTO muster.event_log (at, level, uuid, code, text) SELECT now(), 1, test.u(1), 1401, %s || repeat(%s, 20)", bad, bad);
	(void)sql("UPDATE muster.step_result SET title = %s, detail = %s, step = %s", bad, bad, bad);
	console_start(&k, "t_operator", 300, 60);
	for (int round = 0; round < 2; round++) {
		static const char *const lines[] = { ":overview\n", ":pending\n", ":queue\n", ":devices\n", ":log\n",
			":device 00000001-0000-4000-8000-000000000001\n" };

		k.c.ascii = round == 1;
		for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
			type(&k, lines[i]);
			(void)draw(&k);
			for (int n = 0; n < k.c.width * k.c.height; n++) {
				uint32_t ch = k.c.cells[n].ch;

				assert_true(ch == 0 || (ch >= 0x20 && (ch < 0x7f || ch > 0x9f)));
				assert_false((ch >= 0x2028 && ch <= 0x202e) || (ch >= 0x2066 && ch <= 0x2069) || ch == 0x200b || ch == 0xfeff);
				assert_true(!k.c.ascii || ch < 0x7f);
			}
			if (i > 0)
				assert_has(draw(&k), "?[2J?]0;owned?");
		}
	}
	end();
}

static void
the_longest_fqdn_and_ou_are_shown_cut(void **state)
{
	(void)state;
	(void)sql("SELECT test.reset()");
	(void)sql("UPDATE muster.device SET fqdn = repeat(repeat('a', 60) || '.', 4) || 'example', ou = repeat('é', 500) WHERE device_id = 2");
	(void)sql("UPDATE muster.device SET reason = repeat('漢', 1000) WHERE device_id = 1");
	console_start(&k, "t_operator", 80, 24);
	press(&k, '4');
	assert_has(draw(&k), "aaaaaaaaaaaaaaaaaaaaaaaaaaa…");
	press(&k, 'G');
	press(&k, 'k');
	press(&k, '\n');
	assert_has(draw(&k), "ééééé…");
	press(&k, 'a');
	assert_has(draw(&k), "Approve a device");
	end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(an_operator_starts_on_the_overview),
		TEST(the_overview_says_what_is_missing),
		TEST(pending_shows_the_devices_that_wait_newest_first),
		TEST(devices_shows_every_state_in_its_style),
		TEST(f_steps_through_the_states_and_back_to_all),
		TEST(search_finds_the_start_of_fqdn_uuid_address_serial_and_model),
		TEST(a_long_search_in_any_script_is_no_error),
		TEST(esc_leaves_a_search_as_it_was),
		TEST(a_device_shows_its_facts_and_the_steps_of_its_last_job),
		TEST(a_device_that_waits_for_psk_shows_its_pid),
		TEST(the_log_is_newest_first_with_code_and_level),
		TEST(v_steps_through_the_levels),
		TEST(the_log_is_searched_anywhere_in_its_text),
		TEST(l_shows_the_log_of_one_device),
		TEST(e_explains_the_code_of_a_device_and_of_a_line),
		TEST(f1_helps_on_every_screen_with_the_keys_it_has),
		TEST(commands_open_screens_and_unknown_ones_say_what_there_is),
		TEST(esc_goes_back_and_never_quits_and_f10_quits),
		TEST(f10_quits_under_a_dialog_and_a_question_too),
		TEST(every_screen_is_drawn_at_every_size),
		TEST(a_message_is_alone_on_its_line),
		TEST(hostile_texts_are_harmless_in_every_cell),
		TEST(the_longest_fqdn_and_ou_are_shown_cut),
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
