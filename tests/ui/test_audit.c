/* SPDX-License-Identifier: Apache-2.0 */
/* test_audit: the screen Audit log on a real database, in memory. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/fixture.h"

/* An audit log of six rows with fixed times, ids from 1 on. */
static void
rows(void)
{
	(void)sql("SELECT test.reset()");
	(void)sql("SET session_replication_role = replica; TRUNCATE muster.audit_log;"
		  " INSERT INTO muster.audit_log SELECT n, test.at(n * 60), who, addr::inet, what, object, b::jsonb, a::jsonb,"
		  " sha256((n - 1)::text::bytea), sha256(n::text::bytea) FROM (VALUES"
		  " (1, 'admin1', NULL, 'setting_set', 'workers', '\"10\"', '\"20\"'),"
		  " (2, 'operator1', '192.0.2.7', 'approve', '00000001-0000-4000-8000-000000000001', NULL,"
		  "  '{\"fqdn\": \"pc1.corp.example\", \"profile\": \"office\"}'),"
		  " (3, 'operator1', '2001:db8::7', 'denied', 'setting_set', NULL, NULL),"
		  " (4, 'admin1', NULL, 'profile_save', 'office', NULL, '{\"tls\": true, \"acl\": [{\"user\": \"helpdesk\"}], \"name\": \"ü\"}'),"
		  " (5, 'enterprise1', NULL, 'user_set', 'operator1', '\"muster_log_viewer\"', '\"muster_operator\"'),"
		  " (6, 'operator1', NULL, 'device_command', '00000004-0000-4000-8000-000000000004', '\"failed\"', '\"held\"'))"
		  " AS v (n, who, addr, what, object, b, a); UPDATE muster.audit_end SET audit_id = 6, hash = sha256('6');"
		  " SELECT setval('muster.audit_log_id', 6); SET session_replication_role = origin");
}

static void
at_audit(const char *user, int width, int height)
{
	rows();
	begin(user, width, height);
	press(&k, '8');
}

static void
it_is_newest_first_and_refused_attempts_stand_out(void **state)
{
	(void)state;
	at_audit("t_admin", 80, 24);
	assert_has(row(&k, 0), "8 Audit");
	assert_has(row(&k, 3), "operator1    device_command  00000004-0000-4000-8000-000000000004");
	assert_has(row(&k, 8), "setting_set     workers");
	assert_int_equal(style_of(&k, "denied"), STYLE_WARN);
	picture(&k, "audit");
	console_size(&k, 160, 24);
	assert_has(draw(&k), "192.0.2.7");
	assert_has(draw(&k), "(this host)");
	assert_has(draw(&k), "\"10\" -> \"20\"");
	picture(&k, "audit-wide");
	end();
}

static void
operators_have_no_such_screen(void **state)
{
	(void)state;
	at_audit("t_operator", 80, 24);
	assert_has_not(row(&k, 0), "8 ");
	assert_has(row(&k, 1), "Overview");
	end();
}

static void
enter_shows_the_whole_row(void **state)
{
	(void)state;
	at_audit("t_admin", 80, 40);
	go_to(&k, "profile_save");
	press(&k, '\n');
	assert_has(row(&k, 1), "Audit log, row  4  line 1 of");
	assert_has(draw(&k), "profile_save");
	assert_has(draw(&k), "\"user\": \"helpdesk\"");
	assert_has(draw(&k), "\"name\": \"ü\"");
	assert_has(draw(&k), "Hash of this row");
	assert_int_equal(row_of(&k, "Before"), -1);
	picture(&k, "audit-row");
	console_size(&k, 40, 12);
	(void)draw(&k);
	press(&k, 'G');
	assert_has(draw(&k), "Hash of this row");
	press(&k, '\n');
	assert_has(cursor(&k), "profile");
	end();
}

static void
hostile_values_are_harmless_and_long_ones_wrapped(void **state)
{
	char *wide;

	(void)state;
	at_audit("t_admin", 80, 24);
	(void)sql("SELECT muster.audit_write(E'\\033[31mred', E'a\\nb\\u202e', NULL, to_jsonb(E'\\u009b1m' || repeat('0123456789', 30)))");
	wait_for(&k, "?[31mred");
	press(&k, 'g');
	press(&k, '\n');
	assert_has(draw(&k), "?1m0123456789");
	wide = strstr(k.text, "?1m0123456789");
	assert_non_null(wide);
	assert_has_not(k.text, "…");
	assert_int_equal(strspn(strstr(k.text, "  ?[31mred") + 3, "\033"), 0);
	end();
}

static void
search_and_filter(void **state)
{
	(void)state;
	at_audit("t_admin", 80, 24);
	press(&k, '/');
	type(&k, "OPERATOR1");
	press(&k, '\n');
	assert_has(row(&k, 1), "/OPERATOR1");
	assert_int_equal(row_of(&k, "workers"), -1);
	assert_true(row_of(&k, "user_set") > 0);
	press(&k, '/');
	press(&k, 'u' & 0x1f);
	press(&k, '\n');
	assert_true(row_of(&k, "workers") > 0);
	press(&k, 'f');
	picture(&k, "audit-filter");
	type(&k, "operator1");
	press(&k, '\n');
	press(&k, '\n');
	type(&k, "00000001");
	press(&k, '\n');
	assert_has(row(&k, 1), "who operator1  object 00000001");
	assert_has(row(&k, 3), "approve");
	assert_has_not(row(&k, 4), "operator1");
	press(&k, 'f');
	press(&k, UK_DOWN);
	type(&k, "denie");
	press(&k, '\n');
	press(&k, '\n');
	assert_has(draw(&k), "No row matches.");
	end();
}

static void
new_rows_appear_by_themselves_at_the_top(void **state)
{
	(void)state;
	at_audit("t_admin", 80, 24);
	(void)sql("SELECT muster.setting_set('workers', '77')");
	wait_for(&k, "muster       setting_set     workers");
	assert_has(cursor(&k), "muster ");
	press(&k, 'j');
	(void)sql("SELECT muster.setting_set('workers', '10')");
	run_for(&k, 600);
	assert_has(cursor(&k), "device_command");
	end();
}

static void
a_long_log_is_paged(void **state)
{
	(void)state;
	at_audit("t_admin", 80, 24);
	(void)sql("SELECT muster.audit_write('many', 'row ' || lpad(i::text, 4, '0'), NULL, NULL) FROM generate_series(1, 1000) i");
	press(&k, UK_F5);
	wait_for(&k, "row 1000");
	press(&k, 'G');
	assert_has(cursor(&k), "workers");
	press(&k, 'g');
	assert_has(cursor(&k), "row 1000");
	for (int i = 0; i < 15; i++)
		press(&k, UK_PGDN);
	assert_has(cursor(&k), "row 07");
	end();
}

/* The role was taken while the console was open. */
static void
what_is_refused_meanwhile_is_told_and_is_in_the_audit_log(void **state)
{
	(void)state;
	at_audit("t_admin", 80, 24);
	(void)sql("REVOKE muster_administrator FROM t_admin; GRANT muster_operator TO t_admin");
	press(&k, '\n');
	wait_for(&k, "(1104)");
	work(&k);
	assert_string_equal(sql("SELECT string_agg(who || ' ' || object, ', ') FROM muster.audit_log WHERE what = 'denied' AND audit_id > 6"),
	    "t_admin audit_one");
	(void)sql("REVOKE muster_operator FROM t_admin; GRANT muster_administrator TO t_admin");
	end();
}

/* Else the audit log would tell of attempts that nobody made. */
static void
nothing_the_console_does_by_itself_is_refused(void **state)
{
	static const char *const logins[] = { "t_viewer", "t_operator", "t_admin", "t_enterprise" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(logins); i++) {
		at_audit(logins[i], 80, 24);
		for (int key = '0'; key <= '9'; key++) {
			press(&k, key);
			press(&k, '\n');
			press(&k, UK_ESC);
			press(&k, UK_ESC);
			press(&k, 'l');
			press(&k, UK_F5);
		}
		assert_string_equal(sql("SELECT coalesce(string_agg(who || ' ' || object, ', '), '') FROM muster.audit_log WHERE audit_id > 6"), "");
		end();
	}
}

static void
it_is_drawn_at_every_size_and_f1_has_its_keys(void **state)
{
	static const int sizes[][2] = { { 40, 10 }, { 80, 24 }, { 200, 50 }, { 1, 1 } };

	(void)state;
	at_audit("t_admin", 80, 24);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		console_size(&k, sizes[i][0], sizes[i][1]);
		(void)draw(&k);
		press(&k, '\n');
		press(&k, UK_PGDN);
		press(&k, UK_ESC);
		press(&k, 'f');
		press(&k, UK_ESC);
	}
	console_size(&k, 80, 60);
	k.c.ascii = true;
	(void)draw(&k);
	press(&k, UK_F1);
	assert_has(draw(&k), "musterctl audit verify");
	assert_has(draw(&k), "Keys of Audit log");
	end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_newest_first_and_refused_attempts_stand_out),
		TEST(operators_have_no_such_screen),
		TEST(enter_shows_the_whole_row),
		TEST(hostile_values_are_harmless_and_long_ones_wrapped),
		TEST(search_and_filter),
		TEST(new_rows_appear_by_themselves_at_the_top),
		TEST(a_long_log_is_paged),
		TEST(what_is_refused_meanwhile_is_told_and_is_in_the_audit_log),
		TEST(nothing_the_console_does_by_itself_is_refused),
		TEST(it_is_drawn_at_every_size_and_f1_has_its_keys),
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
