/* SPDX-License-Identifier: Apache-2.0 */
/* test_profile_list: profiles as a whole: the list, revisions, used by, files out and in, dry run. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/ui/profiles.h"

static void
the_list_tells_revision_use_and_who(void **state)
{
	(void)state;
	at_profiles("t_operator", 80, 24);
	assert_has(row(&k, 1), "Profiles  1 of 3");
	assert_has(row(&k, row_of(&k, "office ")), "office                 1    5       2026-01-15 08:00");
	picture(&k, "profiles");
	console_size(&k, 132, 24);
	assert_has(row(&k, row_of(&k, "lab ")), "for the lab");
	press(&k, '/');
	type(&k, "KI\n");
	assert_has(row(&k, 1), "1 of 1");
	end();
}

static void
revisions_are_compared_field_by_field(void **state)
{
	(void)state;
	at_profiles("t_operator", 80, 24);
	(void)sql("SELECT muster.profile_save('lab', '" BODY(", \"tls\": {\"plain\": true}, \"passwords\": {\"mebx\": \"keep\"}") "', NULL, NULL)");
	(void)sql("SELECT muster.profile_save('lab', '{\"name\": \"lab\", \"acl\": [{\"user\": \"eve\", \"realms\": [\"storage\"]}],"
		  " \"passwords\": {\"admin\": \"fixed\"}}', ARRAY['admin', 'acl/eve'], ARRAY['\\x01', '\\x01']::bytea[])");
	(void)sql("ALTER TABLE muster.profile_revision DISABLE TRIGGER USER");
	(void)sql("UPDATE muster.profile_revision SET created_at = test.at(revision * 60)");
	(void)sql("ALTER TABLE muster.profile_revision ENABLE TRIGGER USER");
	go_to(&k, "lab");
	press(&k, 'r');
	assert_has(row(&k, 1), "Revisions  lab");
	assert_has(cursor(&k), "3    2026-01-15 08:03");
	picture(&k, "revisions");
	press(&k, '\n');
	console_size(&k, 80, 40);
	assert_has(row(&k, 1), "What changed  lab  - revision 2  + revision 3");
	assert_has(draw(&k), "ACL entry helpdesk\n   - network: redirection remote-control\n   + (none)");
	assert_has(draw(&k), "Password admin\n   - (none)\n   + stored");
	assert_has(draw(&k), "Password acl/helpdesk");
	picture(&k, "compare");
	press(&k, UK_ESC);
	press(&k, 'j');
	press(&k, ' ');
	press(&k, '\n');
	assert_has(row(&k, 1), "- revision 1  + revision 2");
	assert_has(draw(&k), "Ports without TLS (tls.plain)\n   - false\n   + true");
	assert_has_not(draw(&k), "ACL entry");
	press(&k, UK_ESC);
	press(&k, '\n');
	assert_has(row(&k, 1), "- revision 1  + revision 2");
	press(&k, UK_ESC);
	press(&k, 'g');
	press(&k, '\n');
	assert_has(row(&k, 1), "- revision 2  + revision 3");
	end();
}

static void
u_shows_the_devices_of_a_profile(void **state)
{
	(void)state;
	at_profiles("t_operator", 80, 24);
	go_to(&k, "kiosk");
	press(&k, 'u');
	assert_has(row(&k, 1), "Devices  1 of 1  profile kiosk");
	assert_has(cursor(&k), "pc11.corp.example");
	press(&k, 'f');
	assert_has(row(&k, 1), "0 of 0  profile kiosk  state waiting");
	press(&k, UK_ESC);
	assert_has(row(&k, 1), "Profiles");
	end();
}

static void
export_and_import_are_the_same_file(void **state)
{
	char dir[256], path[512];
	SCOPED(buf) struct buf text = { 0 };
	struct err e;

	(void)state;
	temp_dir(dir, sizeof(dir));
	(void)snprintf(path, sizeof(path), "%s/lab.json", dir);
	at_profiles("t_operator", 132, 24);
	edit();
	press(&k, 'e');
	type(&k, path);
	press(&k, '\n');
	assert_has(row(&k, -2), "Exported to ");
	assert_ok(file_read(path, 1 << 16, &text, &e));
	assert_has(buf_str(&text), "\"description\": \"for the lab\"");
	assert_has_not(buf_str(&text), "secrets");
	press(&k, 'e'); /* a file is not overwritten */
	type(&k, path);
	press(&k, '\n');
	assert_has(row(&k, -2), "Not exported: ");
	assert_has(row(&k, -2), "exists already");
	press(&k, 'e'); /* standard output is the screen */
	type(&k, "-\n");
	assert_has(row(&k, -2), "Not exported: a file needs a name");
	press(&k, UK_ESC);
	press(&k, 'i');
	type(&k, path);
	press(&k, '\n');
	assert_has(row(&k, 1), "Profile  lab  revision 1");
	press(&k, 's');
	tabs(2);
	press(&k, ' ');
	press(&k, 's');
	assert_has(row(&k, -2), "Saved as revision 2");
	end();
	temp_drop(dir);
}

static void
an_import_brings_its_passwords(void **state)
{
	static const char file[] = "{\"name\": \"lab\", \"passwords\": {\"admin\": \"fixed\"}, \"secrets\": {\"admin\": \"Imp0rted!pw\"}}";
	static const char bad[] = "{\"name\": \"lab\", \"colour\": 1}", surplus[] = "{\"name\": \"lab\", \"secrets\": {\"admin\": \"Imp0rted!pw\"}}";
	static const struct {
		const char *text, *says;
	} refused[] = { { bad, "colour: no such key (1701)" }, { surplus, "secrets.admin: the profile has no such password (1701)" }, { "", "(1701)" } };
	char dir[256], path[512];

	(void)state;
	temp_dir(dir, sizeof(dir));
	at_profiles("t_operator", 132, 24);
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		temp_file(dir, "bad.json", refused[i].text, strlen(refused[i].text), 0600, path, sizeof(path));
		press(&k, 'i');
		type(&k, path);
		press(&k, '\n');
		assert_has(row(&k, -2), refused[i].says);
		assert_int_equal(unlink(path), 0);
	}
	temp_file(dir, "good.json", file, sizeof(file) - 1, 0600, path, sizeof(path));
	press(&k, 'i');
	type(&k, path);
	press(&k, '\n');
	assert_has(row(&k, 1), "lab  revision 1  changed, not saved");
	tabs(1);
	assert_has(draw(&k), "***********");
	assert_string_equal(newest("revision"), "1");
	press(&k, 's');
	assert_has(row(&k, -2), "Saved as revision 2");
	assert_sealed("admin", "Imp0rted!pw");
	end();
	temp_drop(dir);
}

static void
the_dry_run_tells_steps_and_calls_of_a_release(void **state)
{
	(void)state;
	at_profiles("t_operator", 80, 24);
	edit();
	tabs(4);
	press(&k, UK_RIGHT); /* no TLS: not saved, but in the dry run */
	press(&k, 'd');
	assert_has(row(&k, 1), "Dry run  lab  AMT 16.1");
	press(&k, 'G');
	assert_has(draw(&k), "fails: AMT 16.1 has no port without TLS: the profile must use TLS (1808)");
	press(&k, UK_LEFT);
	assert_has(row(&k, 1), "AMT 16.0");
	press(&k, 'G');
	assert_has_not(draw(&k), "fails");
	assert_has(draw(&k), "Verify the configuration");
	press(&k, 'g');
	assert_has(draw(&k), "skipped: WS-Management has no such request");
	picture(&k, "dry-run");
	for (int i = 0; i < 6; i++)
		press(&k, UK_LEFT);
	assert_has(row(&k, 1), "AMT 3.2");
	console_size(&k, 80, 100);
	assert_has(draw(&k), "Get CIM_KVMRedirectionSAP  not on this release");
	for (int i = 0; i < 9; i++)
		press(&k, UK_LEFT);
	assert_has(row(&k, 1), "AMT 2.2");
	assert_has(draw(&k), "Invoke SecurityAdministrationService.SetRngKey");
	assert_has(draw(&k), "skipped: the release has no 802.1x");
	press(&k, UK_ESC);
	assert_has(row(&k, 1), "changed, not saved");
	end();
}

static void
a_body_that_is_no_profile_is_told(void **state)
{
	(void)state;
	at_profiles("t_operator", 80, 24);
	go_to(&k, "office");
	press(&k, '\n');
	assert_has(draw(&k), "tls: want an object (1701)");
	press(&k, 's');
	press(&k, 'd');
	press(&k, 'x');
	assert_has(row(&k, 1), "Profile  office");
	press(&k, UK_ESC);
	assert_has(row(&k, 1), "Profiles");
	end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(the_list_tells_revision_use_and_who),
		TEST(revisions_are_compared_field_by_field),
		TEST(u_shows_the_devices_of_a_profile),
		TEST(export_and_import_are_the_same_file),
		TEST(an_import_brings_its_passwords),
		TEST(the_dry_run_tells_steps_and_calls_of_a_release),
		TEST(a_body_that_is_no_profile_is_told),
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
