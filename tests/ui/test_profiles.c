/* SPDX-License-Identifier: Apache-2.0 */
/* test_profiles: the editor of profiles, key by key: fields, passwords, ACL, what is lost by leaving. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/profiles.h"

static void
downs(int n)
{
	for (int i = 0; i < n; i++)
		press(&k, UK_DOWN);
}

/* Enter, the text, Enter; what the field held goes. */
static void
fill(const char *text)
{
	press(&k, '\n');
	press(&k, 'u' & 0x1f);
	for (int i = 0; i < 80; i++)
		press(&k, UK_DELETE);
	type(&k, text);
	press(&k, '\n');
}

static void
from_opening_the_editor_to_a_stored_revision(void **state)
{
	(void)state;
	at_profiles("t_operator", 80, 24);
	edit();
	assert_has(draw(&k), "General");
	picture(&k, "profile");
	fill("For people \xc3\xa9");
	assert_has(row(&k, 1), "changed, not saved");
	tabs(2);
	assert_has(draw(&k), "Answer ICMP echo requests");
	press(&k, ' ');
	tabs(4);
	downs(1);
	fill("70000");
	assert_has(draw(&k), "want a whole number from 0 to 65535");
	press(&k, 's');
	assert_has(row(&k, -2), "Not saved: Idle timeout");
	assert_string_equal(newest("revision"), "1");
	fill("15");
	press(&k, 's');
	assert_has(row(&k, -2), "Saved as revision 2");
	assert_has(row(&k, 1), "lab  revision 2");
	assert_has_not(row(&k, 1), "not saved");
	assert_string_equal(newest("body ->> 'description'"), "For people \xc3\xa9");
	assert_string_equal(newest("body #>> '{network,ping}'"), "false");
	assert_string_equal(newest("body #>> '{power,idle_timeout_min}'"), "15");
	assert_string_equal(newest("r.created_by"), "t_operator");
	assert_string_equal(sql("SELECT count(*) FROM muster.profile_secret s JOIN muster.profile_revision r USING (profile_revision_id)"
				" WHERE r.revision = 2 AND s.name = 'acl/helpdesk' AND s.sealed = '\\x01'"), "1");
	press(&k, 's');
	assert_has(row(&k, -2), "Nothing changed: it is revision 2");
	end();
}

static void
garbage_in_a_field_is_told_beside_it(void **state)
{
	static const char *const bad[] = { "", "-1", "1x", "0x10", "99999999999999999999", " 5", "5 ", "\xe6\xbc\xa2", "1e3", "'; --" };

	(void)state;
	at_profiles("t_operator", 80, 24);
	edit();
	tabs(6);
	downs(1);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		fill(bad[i]);
		assert_has(draw(&k), "want a whole number");
		assert_has(draw(&k), "Power!");
	}
	press(&k, '\n');
	press(&k, UK_ESC); /* takes back nothing: it was so before */
	fill("65535");
	assert_has_not(draw(&k), "Power!");
	end();
}

static void
a_fixed_password_is_typed_twice_and_sealed(void **state)
{
	(void)state;
	at_profiles("t_operator", 80, 24);
	edit();
	tabs(1);
	assert_has(draw(&k), "random: made for each device");
	press(&k, UK_RIGHT);
	assert_has(draw(&k), "Needed: 8 to 32 characters");
	press(&k, 's');
	assert_has(row(&k, -2), "Not saved: Fixed, admin: Needed");
	fill("short");
	assert_has(draw(&k), "8 to 32");
	fill("Geheim!42x");
	assert_has(draw(&k), "Type the password again");
	downs(1);
	fill("Geheim!42y");
	assert_has(draw(&k), "Not the same as above");
	fill("Geheim!42x");
	assert_has(draw(&k), "**********");
	assert_has_not(draw(&k), "Geheim");
	picture(&k, "profile-passwords");
	press(&k, 'S' & 0x1f);
	assert_has(row(&k, -2), "Saved as revision 2");
	assert_has(draw(&k), "Stored: stays as it is");
	assert_has_not(draw(&k), "***");
	assert_sealed("admin", "Geheim!42x");
	press(&k, UK_ESC);
	assert_has(row(&k, 1), "Profiles");
	end();
}

static void
an_acl_entry_is_added_changed_and_removed(void **state)
{
	(void)state;
	at_profiles("t_operator", 80, 24);
	edit();
	tabs(5);
	assert_has(row(&k, row_of(&k, "helpdesk")), "network: redirection remote-control");
	picture(&k, "profile-acl");
	press(&k, 'a');
	assert_has(row(&k, 1), "ACL entry  new entry of lab  not complete");
	fill("admin");
	assert_has(draw(&k), "\"admin\" is reserved by the device");
	fill("seventeen-letters");
	assert_has(draw(&k), "want 1 to 16 characters");
	fill("a:b");
	assert_has(draw(&k), "a blank, one of");
	fill("helpdesk");
	tabs(1);
	assert_has(draw(&k), "want a list with at least one realm");
	press(&k, ' ');
	assert_has(draw(&k), "open serial-over-LAN");
	picture(&k, "acl-realms");
	tabs(1);
	assert_has(draw(&k), "\"helpdesk\" is there twice");
	press(&k, UK_ESC);
	assert_has(draw(&k), "The entry is not complete");
	press(&k, 'n');
	fill("auditor");
	press(&k, UK_DOWN);
	press(&k, UK_RIGHT);
	downs(1);
	fill("Aud1tor!x");
	downs(1);
	fill("Aud1tor!x");
	assert_has(row(&k, 1), "ACL entry  auditor of lab");
	assert_has_not(row(&k, 1), "not complete");
	picture(&k, "acl");
	press(&k, UK_ESC);
	assert_has(row(&k, row_of(&k, "auditor")), "any: redirection");
	press(&k, 's');
	assert_has(row(&k, -2), "Saved as revision 2");
	assert_string_equal(newest("body -> 'acl' -> 1 ->> 'user'"), "auditor");
	assert_sealed("acl/auditor", "Aud1tor!x");
	downs(1);
	press(&k, '\n');
	fill("auditor2"); /* the password was sealed for another name */
	assert_has(draw(&k), "Needed: 8 to 32");
	fill("auditor");
	assert_has(draw(&k), "Stored: stays");
	press(&k, UK_ESC);
	press(&k, 'x');
	assert_has_not(draw(&k), "any: redirection");
	press(&k, 's');
	assert_has(row(&k, -2), "Saved as revision 3");
	assert_string_equal(newest("(SELECT string_agg(s.name, ',') FROM muster.profile_secret s WHERE s.profile_revision_id = r.profile_revision_id)"),
	    "acl/helpdesk");
	end();
}

static void
leaving_with_changes_asks_first(void **state)
{
	(void)state;
	at_profiles("t_operator", 80, 24);
	edit();
	fill("changed");
	press(&k, UK_ESC);
	assert_has(draw(&k), "The changes of profile lab are not saved.");
	press(&k, 'n');
	assert_has(row(&k, 1), "Profile  lab");
	press(&k, '4');
	assert_has(draw(&k), "not saved.");
	press(&k, UK_ESC);
	assert_has(row(&k, 1), "Profile  lab");
	press(&k, UK_F1);
	assert_has(row(&k, 1), "Help");
	type(&k, ":quit\n");
	assert_has(draw(&k), "not saved.");
	press(&k, 'n');
	assert_false(app_done(k.a));
	press(&k, UK_ESC);
	assert_has(row(&k, 1), "changed, not saved");
	press(&k, UK_F10);
	assert_has(draw(&k), "not saved.");
	assert_false(app_done(k.a));
	press(&k, UK_F10);
	assert_true(app_done(k.a));
	end();
	at_profiles("t_operator", 80, 24);
	edit();
	fill("changed");
	press(&k, '4');
	press(&k, 'y');
	assert_has(row(&k, 1), "Devices");
	assert_string_equal(newest("revision"), "1");
	end();
}

static void
a_revision_saved_meanwhile_is_not_overwritten(void **state)
{
	(void)state;
	at_profiles("t_operator", 132, 24);
	edit();
	fill("mine");
	(void)sql("SELECT muster.profile_save('lab', '" BODY(", \"power\": {\"package\": \"s0\"}") "', NULL, NULL)");
	wait_for(&k, "Revision 2 was saved meanwhile by muster: yours cannot be saved over it");
	press(&k, 's');
	assert_has(row(&k, -2), "Not saved: ");
	assert_has(row(&k, -2), "revision 2 was saved meanwhile by muster (1105)");
	assert_string_equal(newest("revision"), "2");
	press(&k, UK_ESC);
	press(&k, 'y');
	edit();
	assert_has(row(&k, 1), "revision 2");
	(void)sql("SELECT muster.profile_save('lab', '" BODY("") "', NULL, NULL)");
	wait_for(&k, "lab  revision 3"); /* nothing was changed here: it is shown */
	end();
}

static void
a_new_profile_and_a_copy_have_names_of_their_own(void **state)
{
	(void)state;
	at_profiles("t_operator", 100, 24);
	press(&k, 'a');
	type(&k, "-no name\n");
	assert_has(row(&k, -2), "name: want 1 to 63 characters");
	press(&k, 'a');
	type(&k, "lab\n");
	assert_has(draw(&k), "there is a profile \"lab\" already (1105)");
	press(&k, UK_ESC);
	press(&k, 'a');
	type(&k, "lab 2\n");
	assert_has(row(&k, 1), "Profile  lab 2  new  changed, not saved");
	press(&k, 's');
	assert_has(row(&k, -2), "Saved as revision 1");
	press(&k, UK_ESC);
	edit();
	press(&k, 'c');
	type(&k, "lab 3\n");
	assert_has(row(&k, 1), "Profile  lab 3  new");
	press(&k, 's');
	assert_has(row(&k, -2), "Not saved: helpdesk: Its password is missing");
	press(&k, '\n');
	downs(2);
	fill("Helpdesk!1");
	downs(1);
	fill("Helpdesk!1");
	press(&k, UK_ESC);
	press(&k, 's');
	assert_has(row(&k, -2), "Saved as revision 1");
	assert_string_equal(sql("SELECT string_agg(name, ',' ORDER BY name) FROM muster.profile"), "kiosk,lab,lab 2,lab 3,office");
	end();
}

static void
every_page_is_drawn_at_every_size(void **state)
{
	static const int sizes[][2] = { { 40, 10 }, { 80, 24 }, { 200, 50 }, { 20, 5 }, { 1, 1 } };

	(void)state;
	at_profiles("t_operator", 80, 24);
	edit();
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		console_size(&k, sizes[i][0], sizes[i][1]);
		for (int t = 0; t < 7; t++) {
			press(&k, UK_TAB);
			press(&k, 'a');
			press(&k, UK_TAB);
			press(&k, UK_ESC);
			press(&k, 'd');
			press(&k, UK_ESC);
			press(&k, UK_F1);
			press(&k, UK_ESC);
		}
	}
	console_size(&k, 40, 10);
	for (int i = 0; i < 9 && strstr(draw(&k), "Power") == NULL; i++)
		press(&k, UK_TAB);
	downs(1);
	fill("x");
	assert_has(draw(&k), "want a whole number from 0 to");
	picture(&k, "profile-small");
	end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(from_opening_the_editor_to_a_stored_revision),
		TEST(garbage_in_a_field_is_told_beside_it),
		TEST(a_fixed_password_is_typed_twice_and_sealed),
		TEST(an_acl_entry_is_added_changed_and_removed),
		TEST(leaving_with_changes_asks_first),
		TEST(a_revision_saved_meanwhile_is_not_overwritten),
		TEST(a_new_profile_and_a_copy_have_names_of_their_own),
		TEST(every_page_is_drawn_at_every_size),
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
