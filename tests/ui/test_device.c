/* SPDX-License-Identifier: Apache-2.0 */
/* test_device: the Device screen: its parts, the comparison of steps, and a password that is shown and wiped. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/job.h"
#include "db/reveal.h"
#include "tests/ui/fixture.h"
#include "ui/app_state.h"
#include "ui/device_model.h"

static const char uuid[] = "00000001-0000-4000-8000-000000000001";
static const char password[] = "Kq7$wX!rT2mZ@b9Hd#f4";

/* A world in which device 1 has passwords and certificates. */
static void
world(void)
{
	(void)sql("SELECT test.reset()");
	(void)sql("INSERT INTO muster.credential (device_id, kind, state, sealed, since_at, note) SELECT device_id, v.kind, v.state, '\\x01',"
	    " test.at(v.s), v.note FROM muster.device, (VALUES ('admin', 'current', 30, ''), ('mebx', 'current', 31, ''),"
	    " ('admin', 'previous', 10, 'replaced')) AS v (kind, state, s, note) WHERE uuid = '%s'", uuid);
	(void)sql("INSERT INTO muster.ca (certificate, sealed_key, subject, sha256, not_after) SELECT '', '', 'muster CA', sha256('ca'), now()"
	    " WHERE NOT EXISTS (SELECT FROM muster.ca)");
	(void)sql("INSERT INTO muster.certificate (device_id, ca_id, serial, sha256, subject, der, not_after, issued_at)"
	    " SELECT device_id, ca_id, v.serial, sha256(v.serial::bytea), 'CN=pc1.corp.example', '', v.until, test.at(v.s)"
	    " FROM muster.device, muster.ca, (VALUES ('5E0A11', 40, '2099-01-15'::timestamptz), ('5E0A10', 0, '2020-01-15'))"
	    " AS v (serial, s, until) WHERE uuid = '%s'", uuid);
	(void)sql("UPDATE muster.device SET tls_certificate = sha256('5E0A11'), verified_at = configured_at WHERE uuid = '%s'", uuid);
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

static struct device_model *
model(void)
{
	return app_current(k.a)->model;
}

static void
tab_goes_through_the_parts_and_around(void **state)
{
	static const char *const shows_[] = { "[Timeline]", "[Facts]", "[Certificates]", "[Passwords]", "[Log]", "[Timeline]" };

	(void)state;
	world();
	at_device("t_operator", 80, 24);
	for (size_t i = 0; i < ARRAY_LEN(shows_); i++) {
		assert_has(draw(&k), shows_[i]);
		press(&k, UK_TAB);
	}
	press(&k, UK_LEFT);
	press(&k, UK_BACKTAB);
	assert_has(draw(&k), "[Log]");
	assert_has(draw(&k), "Configuration completed");
	press(&k, UK_RIGHT);
	assert_has(draw(&k), "[Timeline]");
	end();
}

static void
each_part_says_what_is_known(void **state)
{
	(void)state;
	world();
	at_device("t_operator", 80, 24);
	press(&k, UK_TAB);
	press(&k, UK_END);
	assert_has(draw(&k), "Serial number   SN0001");
	picture(&k, "device-facts");
	press(&k, UK_TAB);
	assert_has(draw(&k), "2099-01-15  in use  2026-01-15 08:00 CN=pc1.corp.example 5E0A11");
	assert_has(draw(&k), "2020-01-15  expired");
	picture(&k, "device-certificates");
	press(&k, UK_TAB);
	assert_has(draw(&k), "admin  current  2026-01-15 08:00");
	assert_has(draw(&k), "MEBx   current");
	assert_has(draw(&k), "previous 2026-01-15 08:00 replaced");
	picture(&k, "device-passwords");
	end();
}

static void
a_device_without_history_says_so_in_every_part(void **state)
{
	static const char *const says[] = { "No attempt was made yet.", "No certificate was issued", "No password of it is known.", "Nothing was logged." };

	(void)state;
	(void)sql("SELECT test.reset()");
	(void)sql("DELETE FROM muster.event_log");
	console_start(&k, "t_admin", 80, 24);
	type(&k, ":device 00000008-0000-4000-8000-000000000008\n");
	for (size_t i = 0; i < ARRAY_LEN(says); i++) {
		assert_has(draw(&k), says[i]);
		press(&k, UK_TAB);
		if (i == 0)
			press(&k, UK_TAB); /* facts there are always */
	}
	assert_has_not(row(&k, -1), "Password");
	press(&k, 'p');
	assert_has_not(draw(&k), "Show a password");
	end();
}

/* A run that worked, before the one that is shown: of this device, or of another one. */
static void
earlier_run(int device, int64_t job)
{
	(void)sql("INSERT INTO muster.job (job_id, device_id, kind, state, attempt, give_up_at, asked_by, why, ended_at) OVERRIDING SYSTEM VALUE"
	    " SELECT %lld, device_id, 'configure', 'done', 1, now(), 'x', 'x', now() FROM muster.device WHERE uuid = test.u(%d)", (long long)job, device);
	(void)sql("INSERT INTO muster.step_result SELECT %lld, 1, seq, step, title, 'done', 0, '', started_at, CASE step WHEN 'commit' THEN 900 ELSE took_ms END"
	    " FROM muster.step_result WHERE job_id = (test.job(1)).job_id AND attempt = 1", (long long)job);
}

static void
steps_are_compared_with_the_last_run_that_worked(void **state)
{
	(void)state;
	world();
	earlier_run(1, -1);
	at_device("t_operator", 100, 30);
	assert_has(draw(&k), "LAST RUN");
	assert_has(row(&k, row_of(&k, "Commit the changes")), "5003!     900 ");
	assert_has(row(&k, row_of(&k, "Set up TLS")), "1520     1520 ");
	assert_has(row(&k, row_of(&k, "Seed the random")), "      0           ");
	assert_int_equal(style_of(&k, "5003!"), STYLE_WARN);
	console_size(&k, 80, 24);
	picture(&k, "device-compared");
	end();
}

static void
without_one_they_are_compared_with_the_median_of_alike_devices(void **state)
{
	(void)state;
	world();
	(void)sql("UPDATE muster.device SET amt_version = '12.0.1', profile_id = (SELECT profile_id FROM muster.device WHERE uuid = test.u(1))"
	    " WHERE uuid IN (test.u(6), test.u(7))");
	earlier_run(6, -1);
	at_device("t_operator", 100, 30);
	assert_has(draw(&k), "MEDIAN");
	assert_has(row(&k, row_of(&k, "Commit the changes")), "5003!     900 ");
	end();
	(void)sql("UPDATE muster.device SET amt_version = '16.1.1' WHERE uuid IN (test.u(6), test.u(7))");
	at_device("t_operator", 100, 30);
	assert_has_not(draw(&k), "MEDIAN");
	assert_has_not(draw(&k), "!");
	end();
}

static void
slow_is_three_times_as_long_and_a_second_more(void **state)
{
	(void)state;
	assert_false(step_is_slow(100000, -1));
	assert_false(step_is_slow(300, 10));
	assert_false(step_is_slow(3000, 1000));
	assert_true(step_is_slow(3001, 1000));
	assert_true(step_is_slow(1001, 0));
}

static void
every_part_can_be_used_on_every_size(void **state)
{
	static const int sizes[][2] = { { 40, 10 }, { 80, 24 }, { 200, 50 }, { 20, 5 }, { 1, 1 }, { 63, 12 } };

	(void)state;
	world();
	at_device("t_admin", 80, 24);
	for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
		console_size(&k, sizes[s][0], sizes[s][1]);
		for (int part = 0; part < PART_COUNT; part++, press(&k, UK_TAB)) {
			static const int keys[] = { UK_PGDN, UK_PGUP, UK_END, UK_DOWN, UK_UP, UK_HOME, 'j', 'k' };

			k.c.ascii = part % 2 == 1;
			for (size_t i = 0; i < ARRAY_LEN(keys); i++)
				press(&k, keys[i]);
		}
		k.c.ascii = false;
	}
	console_size(&k, 40, 10);
	picture(&k, "device-small");
	press(&k, UK_END);
	assert_has(draw(&k), "Verify");
	press(&k, UK_END);
	press(&k, UK_UP);
	press(&k, UK_UP);
	assert_has_not(draw(&k), "Verify");
	end();
}

/* What an engine does, without one. */
static void
answer(const char *with)
{
	SCOPED(buf) struct buf hex = { 0 };
	SCOPED(secret) struct secret s = { 0 };
	SCOPED(sealed) struct sealed box = { 0 };
	struct seal_public asker;
	char aad[40];
	struct err e;
	int64_t id = strtoll(sql("SELECT max(reveal_id) FROM muster.reveal WHERE answered_at IS NULL"), NULL, 10);

	assert_true(id > 0);
	assert_int_equal(hex_decode(sql("SELECT encode(public_key, 'hex') FROM muster.reveal WHERE reveal_id = %lld", (long long)id), asker.key,
			     sizeof(asker.key)), sizeof(asker.key));
	reveal_aad(aad, sizeof(aad), id);
	assert_true(secret_set(&s, with, strlen(with)));
	assert_ok(seal_close_secret(&asker, aad, &s, &box, &e));
	for (size_t i = 0; i < box.len; i++)
		buf_printf(&hex, "%02x", box.p[i]);
	(void)sql("SELECT muster.reveal_answer(%lld, '\\x%s', 0, '')", (long long)id, buf_str(&hex));
}

/* From the passwords to the question that an engine is to answer. */
static void
ask(const char *reason)
{
	if (model()->part != PART_PASSWORDS)
		press(&k, 'p');
	press(&k, 'p');
	assert_has(draw(&k), "Show a password");
	type(&k, reason);
	press(&k, '\n');
}

/* Are these characters in a row of cells? */
static bool
in_cells(const char *text)
{
	size_t n = strlen(text), cells = (size_t)k.c.width * (size_t)k.c.height;

	for (size_t at = 0; at + n <= cells; at++) {
		size_t i = 0;

		while (i < n && k.c.cells[at + i].ch == (uint32_t)text[i])
			i++;
		if (i == n)
			return true;
	}
	return false;
}

static bool
in_model(void)
{
	return memmem(model(), sizeof(struct device_model), password, strlen(password)) != NULL;
}

static void
an_administrator_is_shown_a_password_and_esc_wipes_it(void **state)
{
	static const struct seal_private none;

	(void)state;
	world();
	at_device("t_admin", 80, 24);
	assert_has(row(&k, -1), "p Password");
	press(&k, 'p');
	assert_has(row(&k, -2), "Choose one");
	press(&k, 'p');
	picture(&k, "reveal-ask");
	type(&k, "ticket 4711\n");
	wait_for(&k, "Waiting for an engine");
	answer(password);
	wait_for(&k, password);
	assert_has(draw(&k), "in the audit log");
	assert_has(draw(&k), "Esc wipes it now");
	assert_true(in_cells(password) && in_model());
	assert_memory_equal(&model()->reveal.key, &none, sizeof(none)); /* the key is not needed any more */
	press(&k, UK_ESC);
	assert_false(in_cells(password));
	assert_false(in_model());
	assert_has(row(&k, 1), "Device");
	assert_string_equal(sql("SELECT count(*) FROM muster.audit_log WHERE what IN ('reveal', 'reveal_read') AND who = 't_admin'"), "2");
	press(&k, UK_ESC); /* now it goes back */
	assert_has_not(row(&k, 1), "Device ");
	end();
}

static void
the_shown_password_has_a_picture(void **state)
{
	(void)state;
	world();
	at_device("t_admin", 80, 24);
	ask("ticket 4711");
	wait_for(&k, "Waiting for an engine");
	answer("Not-A-Real-1!");
	wait_for(&k, "Not-A-Real-1!");
	picture(&k, "reveal");
	console_size(&k, 40, 10);
	assert_has(draw(&k), "Not-A-Real-1!");
	end();
}

static void
it_is_wiped_when_its_time_is_up(void **state)
{
	(void)state;
	world();
	at_device("t_admin", 80, 24);
	ask("ticket 4711");
	wait_for(&k, "Waiting for an engine");
	answer(password);
	wait_for(&k, password);
	model()->reveal.until_ms = 0;
	wait_gone(&k, password);
	assert_false(in_cells(password));
	assert_false(in_model());
	end();
}

static void
it_is_wiped_when_the_operator_goes_elsewhere(void **state)
{
	(void)state;
	world();
	at_device("t_admin", 80, 24);
	ask("ticket 4711");
	wait_for(&k, "Waiting for an engine");
	answer(password);
	wait_for(&k, password);
	struct device_model *m = model();
	press(&k, UK_F1); /* over it: the model stays */
	assert_false(in_cells(password));
	assert_null(memmem(m, sizeof(*m), password, strlen(password)));
	press(&k, UK_ESC);
	assert_false(in_cells(password));
	end();
}

static void
an_answer_that_comes_too_late_is_not_shown(void **state)
{
	(void)state;
	world();
	at_device("t_admin", 80, 24);
	ask("ticket 4711");
	wait_for(&k, "Waiting for an engine");
	press(&k, UK_F1);
	answer(password);
	run_for(&k, 1500);
	press(&k, UK_ESC);
	run_for(&k, 1500);
	assert_false(in_cells(password));
	assert_false(in_model());
	end();
}

static void
without_an_engine_it_says_so(void **state)
{
	(void)state;
	world();
	at_device("t_admin", 80, 24);
	ask("ticket 4711");
	wait_for(&k, "Waiting for an engine");
	model()->reveal.until_ms = 0;
	wait_for(&k, "no engine answered within 60 s");
	assert_int_equal(model()->reveal.state, REVEAL_NONE);
	end();
}

static void
what_the_engine_refuses_is_told_with_its_code(void **state)
{
	(void)state;
	world();
	at_device("t_admin", 80, 24);
	ask("ticket 4711");
	wait_for(&k, "Waiting for an engine");
	(void)sql("SELECT muster.reveal_answer(max(reveal_id), NULL, 1203, 'changed') FROM muster.reveal");
	wait_for(&k, "changed (1203)");
	ask("x");
	wait_for(&k, "a reason has 5 to 500 characters (1105)");
	press(&k, 'p');
	press(&k, UK_ESC); /* leaves the dialog: nothing is asked */
	assert_string_equal(sql("SELECT count(*) FROM muster.reveal WHERE asked_by = 't_admin' AND reason = ''"), "0");
	end();
}

static void
an_operator_is_not_offered_it(void **state)
{
	(void)state;
	world();
	at_device("t_operator", 80, 24);
	assert_has_not(row(&k, -1), "Password");
	press(&k, 'p');
	press(&k, 'p');
	assert_has_not(draw(&k), "Show a password");
	assert_string_equal(sql("SELECT count(*) FROM muster.audit_log WHERE what = 'reveal'"), "0");
	end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(tab_goes_through_the_parts_and_around),
		TEST(each_part_says_what_is_known),
		TEST(a_device_without_history_says_so_in_every_part),
		TEST(steps_are_compared_with_the_last_run_that_worked),
		TEST(without_one_they_are_compared_with_the_median_of_alike_devices),
		TEST(slow_is_three_times_as_long_and_a_second_more),
		TEST(every_part_can_be_used_on_every_size),
		TEST(an_administrator_is_shown_a_password_and_esc_wipes_it),
		TEST(the_shown_password_has_a_picture),
		TEST(it_is_wiped_when_its_time_is_up),
		TEST(it_is_wiped_when_the_operator_goes_elsewhere),
		TEST(an_answer_that_comes_too_late_is_not_shown),
		TEST(without_an_engine_it_says_so),
		TEST(what_the_engine_refuses_is_told_with_its_code),
		TEST(an_operator_is_not_offered_it),
	};

	(void)argc;
	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 77;
	db_need(argv);
	cmocka_set_test_filter(getenv("MUSTER_TEST"));
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	sql_close();
	return failed;
}
