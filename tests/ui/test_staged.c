/* SPDX-License-Identifier: Apache-2.0 */
/* test_staged: the screen Staged devices, and the import with its report. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/ui/fixture.h"

static void
begin_staged(const char *user, int width, int height)
{
	(void)db_fresh(NULL);
	(void)sql("UPDATE muster.staged_device SET created_at = test.at(0)");
	begin(user, width, height);
}

static void
an_operator_sees_what_is_staged_by_fqdn(void **state)
{
	(void)state;
	begin_staged("t_operator", 80, 24);
	press(&k, '5');
	assert_has(row(&k, 1), "Staged devices  1 of 6");
	assert_has(cursor(&k), "pc1.corp.example");
	assert_has(draw(&k), "0000000a-0000-4000-8000-00000000000a");
	picture(&k, "staged");
	console_size(&k, 160, 24);
	assert_has(draw(&k), "OU=pcs,DC=corp,DC=example");
	assert_has(draw(&k), "2026-01-15 08:00");
	picture(&k, "staged-wide");
	end();
}

static void
a_log_viewer_has_no_such_screen(void **state)
{
	(void)state;
	begin_staged("t_viewer", 80, 24);
	press(&k, '5');
	assert_has_not(row(&k, 1), "Staged");
	type(&k, ":staged\n");
	assert_has_not(row(&k, 1), "Staged");
	press(&k, '6');
	assert_has_not(row(&k, 1), "Profiles");
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
search_finds_the_start_of_fqdn_uuid_and_profile(void **state)
{
	static const struct {
		const char *text, *count;
	} searches[] = { { "PC1", "1 of 2" }, { "0000000B", "1 of 1" }, { "kio", "1 of 1" }, { "office", "1 of 5" }, { "corp", "0 of 0" },
		{ "%", "0 of 0" }, { "'; --", "0 of 0" }, { "", "1 of 6" } };

	(void)state;
	begin_staged("t_operator", 80, 24);
	press(&k, '5');
	for (size_t i = 0; i < ARRAY_LEN(searches); i++) {
		search(searches[i].text);
		assert_has(row(&k, 1), searches[i].count);
	}
	end();
}

static void
ten_thousand_are_scrolled_page_by_page(void **state)
{
	(void)state;
	(void)sql("SELECT test.reset()");
	(void)sql("INSERT INTO muster.staged_device (uuid, fqdn, profile_id) SELECT test.u(20000 + i), 'x' || lpad(i::text, 5, '0') || '.Corp.example', 1"
		  " FROM generate_series(1, 10000) AS i");
	console_start(&k, "t_operator", 80, 24);
	press(&k, '5');
	assert_has(row(&k, 1), "1 of 10006");
	press(&k, 'G');
	assert_has(cursor(&k), "x10000.Corp.example");
	for (int i = 0; i < 30; i++)
		press(&k, UK_PGUP);
	assert_has_not(cursor(&k), "x10000");
	press(&k, 'g');
	assert_has(cursor(&k), "pc1.corp");
	end();
}

static void
a_device_is_added_changed_and_removed(void **state)
{
	(void)state;
	begin_staged("t_operator", 80, 24);
	press(&k, '5');
	press(&k, 'a');
	assert_has(draw(&k), "Stage a device");
	picture(&k, "staged-add");
	type(&k, "00000100-0000-4000-8000-000000000100\n");
	type(&k, "new.corp.example\n");
	press(&k, '\n');
	type(&k, "OU=x\nfor the lab\n");
	assert_has(row(&k, -2), "Staged");
	assert_string_equal(sql("SELECT concat_ws('|', fqdn, ou, note, created_by) FROM muster.staged_device WHERE uuid = test.u(256)"),
	    "new.corp.example|OU=x|for the lab|t_operator");
	go_to(&k, "new.corp.example");
	press(&k, '\n');
	assert_has(draw(&k), "Change a staged device");
	for (int i = 0; i < 20; i++)
		press(&k, UK_BACKSPACE);
	type(&k, "newer.corp.example\n\n\n\n");
	assert_string_equal(sql("SELECT concat_ws('|', fqdn, ou, note) FROM muster.staged_device WHERE uuid = test.u(256)"), "newer.corp.example|OU=x|for the lab");
	go_to(&k, "newer.corp.example");
	press(&k, 'x');
	assert_has(draw(&k), "Remove newer.corp.example?");
	press(&k, 'n');
	assert_string_equal(sql("SELECT count(*) FROM muster.staged_device WHERE uuid = test.u(256)"), "1");
	press(&k, 'x');
	press(&k, 'y');
	assert_has(row(&k, -2), "Removed");
	assert_string_equal(sql("SELECT count(*) FROM muster.staged_device WHERE uuid = test.u(256)"), "0");
	end();
}

static void
what_is_wrong_is_said_with_its_code(void **state)
{
	static const struct {
		const char *uuid, *fqdn, *says;
	} wrong[] = { { "rubbish", "a.b", "(1006)" }, { "00000100-0000-4000-8000-000000000100", "no fqdn", "(1703)" },
		{ "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "a.b", "(1306)" },
		{ "00000100-0000-4000-8000-000000000100", "pc2.corp.example", "belongs to another device (1105)" } };

	(void)state;
	begin_staged("t_operator", 132, 24);
	press(&k, '5');
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		press(&k, 'a');
		type(&k, wrong[i].uuid);
		press(&k, '\n');
		type(&k, wrong[i].fqdn);
		type(&k, "\n\n\n\n");
		assert_has(row(&k, -2), "Not staged:");
		assert_has(row(&k, -2), wrong[i].says);
	}
	assert_string_equal(sql("SELECT count(*) FROM muster.staged_device"), "6");
	end();
}

/* A file for an import, and i with its name. */
static void
import(const char *text, size_t len)
{
	char dir[256], path[512], here[1024];

	temp_dir(dir, sizeof(dir));
	temp_file(dir, "list.csv", text, len, 0600, path, sizeof(path));
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(dir), 0); /* the path is on the picture */
	press(&k, '5');
	press(&k, 'i');
	type(&k, "list.csv\n");
	assert_int_equal(chdir(here), 0);
	temp_drop(dir);
}

static void
a_report_comes_before_anything_is_stored(void **state)
{
	static const char csv[] = "\xef\xbb\xbfuuid;fqdn;profile;note\r\n"
				  "00000100-0000-4000-8000-000000000100;a.corp.example;office;\"x;\"\"y\"\"\"\r\n"
				  "0000000C-0000-4000-8000-00000000000C;b.corp.example;kiosk;\r\n"
				  "\r\n"
				  "00000005-0000-4000-8000-000000000005;pc5.corp.example;office;changed\r\n";

	(void)state;
	begin_staged("t_operator", 100, 24);
	import(csv, sizeof(csv) - 1);
	assert_has(row(&k, 1), "nothing is stored yet");
	assert_has(draw(&k), "Nothing is wrong; 1 of them wait and will be queued");
	assert_has(row(&k, row_of(&k, "a.corp.example")), "     2  a.corp.example  new");
	assert_has(row(&k, row_of(&k, "b.corp.example")), "new; waits, will be queued");
	assert_has(row(&k, row_of(&k, "     5 ")), "pc5.corp.example  changes: was pc5.corp.example, profile office");
	picture(&k, "import");
	assert_string_equal(sql("SELECT count(*) FROM muster.staged_device"), "6");
	assert_string_equal(sql("SELECT test.state(12)"), "waiting 913");
	assert_string_equal(sql("SELECT count(*) FROM muster.audit_log WHERE who = 't_operator'"), "0");
	press(&k, 's');
	assert_has(draw(&k), "Stage 3 devices?");
	press(&k, 'n');
	assert_string_equal(sql("SELECT count(*) FROM muster.staged_device"), "6");
	press(&k, 's');
	press(&k, 'y');
	assert_has(row(&k, -2), "3 staged, 1 of them queued");
	assert_string_equal(sql("SELECT string_agg(fqdn || ' ' || note, ',' ORDER BY fqdn) FROM muster.staged_device WHERE created_by = 't_operator'"),
	    "a.corp.example x;\"y\",b.corp.example ,pc5.corp.example changed");
	assert_string_equal(sql("SELECT test.state(12)"), "ready 0");
	press(&k, 's'); /* it is done: not offered again */
	assert_has_not(draw(&k), "Stage 3 devices?");
	press(&k, UK_ESC);
	wait_for(&k, "of 8");
	end();
}

static void
nothing_is_stored_while_a_line_is_wrong(void **state)
{
	static const char csv[] = "fqdn,uuid,profile\n"
				  "a.corp.example,00000100-0000-4000-8000-000000000100,office\n"
				  "b.corp.example,00000101-0000-4000-8000-000000000101,nosuch\n"
				  "pc2.corp.example,00000102-0000-4000-8000-000000000102,office\n"
				  "c.corp.example,00000100-0000-4000-8000-000000000100,office\n"
				  "\"open\n"
				  "d,e\n"
				  "bad_,00000103-0000-4000-8000-000000000103,office\n"
				  "pc10.corp.example,00000104-0000-4000-8000-000000000104,office\n"
				  "\x1b[31m,\xff,office\n";

	(void)state;
	begin_staged("t_operator", 80, 24);
	(void)sql("UPDATE muster.staged_device SET fqdn = 'pc10.corp.example' WHERE uuid = test.u(10)");
	import(csv, sizeof(csv) - 1);
	assert_has(draw(&k), "8 refused: mend the file, for nothing is stored while a line is wrong");
	assert_has(row(&k, row_of(&k, "     3 ")), "no profile is called \"nosuch\" (1106)");
	assert_has(row(&k, row_of(&k, "     4 ")), "pc2.corp.example belongs to another device (1105)");
	assert_has(row(&k, row_of(&k, "     5 ")), "this UUID is in the list twice (1105)");
	assert_has(row(&k, row_of(&k, "     6 ")), "want 3 columns (1006)");
	assert_has(row(&k, row_of(&k, "     7 ")), "want 3 columns (1006)");
	assert_has(row(&k, row_of(&k, "     8 ")), "\"bad_\" is not an FQDN (1703)");
	assert_has(row(&k, row_of(&k, "     9 ")), "FQDN pc10.corp.example is staged for another device (1105)");
	assert_has(row(&k, row_of(&k, "    10 ")), "uuid: not UTF-8 (1006)");
	assert_has(row(&k, row_of(&k, "     2 ")), "a.corp.example  new");
	assert_has_not(row(&k, -1), "Store");
	press(&k, 's');
	assert_has_not(draw(&k), "Stage 1 device");
	assert_string_equal(sql("SELECT count(*) FROM muster.staged_device"), "6");
	end();
}

static void
what_changed_meanwhile_stores_nothing_at_all(void **state)
{
	static const char json[] = " [{\"uuid\": \"00000100-0000-4000-8000-000000000100\", \"fqdn\": \"a.corp.example\", \"profile\": \"office\"},"
				   "{\"uuid\": \"00000101-0000-4000-8000-000000000101\", \"fqdn\": \"b.corp.example\", \"profile\": \"office\", \"ou\": null}]";

	(void)state;
	begin_staged("t_operator", 80, 24);
	import(json, sizeof(json) - 1);
	assert_has(draw(&k), "Nothing is wrong");
	(void)sql("SELECT muster.staged_add(test.u(300), 'B.corp.example', 'office', NULL, NULL)");
	press(&k, 's');
	press(&k, 'y');
	assert_has(row(&k, -2), "Nothing was stored: 1 lines are refused now");
	assert_has(draw(&k), "FQDN b.corp.example is staged for another device (1105)");
	assert_string_equal(sql("SELECT count(*) FROM muster.staged_device WHERE created_by = 't_operator'"), "0");
	end();
}

static void
a_file_that_is_none_says_why(void **state)
{
	static const struct {
		const char *text, *says;
	} files[] = { { "", "is empty (1006)" }, { "uuid,fqdn,colour\n", "no column is called \"colour\"" }, { "uuid,uuid\n", "is there twice" },
		{ "[{]", "line 1, column 3" }, { "[1", "column 2" } };

	(void)state;
	begin_staged("t_operator", 132, 24);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		import(files[i].text, strlen(files[i].text));
		assert_has(row(&k, 1), "Staged devices");
		assert_has(row(&k, -2), files[i].says);
	}
	press(&k, 'i');
	type(&k, "/nowhere/x.csv\n");
	assert_has(row(&k, -2), "(1003)");
	press(&k, 'i');
	type(&k, "-\n");
	assert_has(row(&k, -2), "(1003)");
	import("uuid,fqdn,profile\n", 18);
	assert_has(draw(&k), "There is nothing to stage");
	press(&k, 's');
	assert_has_not(draw(&k), "Stage 0");
	end();
}

static void
it_is_drawn_at_every_size(void **state)
{
	static const int sizes[][2] = { { 40, 10 }, { 80, 24 }, { 200, 50 }, { 20, 5 }, { 1, 1 } };

	(void)state;
	begin_staged("t_operator", 80, 24);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		console_size(&k, sizes[i][0], sizes[i][1]);
		press(&k, '5');
		press(&k, 'a');
		press(&k, UK_ESC);
		import("uuid,fqdn,profile\nx,y,z\n", 24);
		press(&k, 'G');
		press(&k, UK_F1);
		press(&k, UK_ESC);
		press(&k, UK_ESC);
	}
	console_size(&k, 40, 10);
	press(&k, '5');
	assert_has(draw(&k), "pc1.corp.example");
	press(&k, 'a');
	type(&k, "x\ny\n\n");
	assert_has(draw(&k), "OU");
	picture(&k, "staged-add-small");
	end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(an_operator_sees_what_is_staged_by_fqdn),
		TEST(a_log_viewer_has_no_such_screen),
		TEST(search_finds_the_start_of_fqdn_uuid_and_profile),
		TEST(ten_thousand_are_scrolled_page_by_page),
		TEST(a_device_is_added_changed_and_removed),
		TEST(what_is_wrong_is_said_with_its_code),
		TEST(a_report_comes_before_anything_is_stored),
		TEST(nothing_is_stored_while_a_line_is_wrong),
		TEST(what_changed_meanwhile_stores_nothing_at_all),
		TEST(a_file_that_is_none_says_why),
		TEST(it_is_drawn_at_every_size),
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
