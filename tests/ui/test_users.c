/* SPDX-License-Identifier: Apache-2.0 */
/* test_users: the screen Users on a real database, in memory, with users of the host that the test makes up. */
#include <locale.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/fixture.h"

/* The users of the host: these take the place of libc's for the whole program. */
static size_t host_at;

void
setpwent(void)
{
	host_at = 0;
}

void
endpwent(void)
{
	host_at = 0;
}

struct passwd *
getpwent(void)
{
	static const struct {
		const char *name;
		uid_t uid;
		const char *shell;
	} host[] = { { "root", 0, "/bin/bash" }, { "daemon", 1, "/usr/sbin/nologin" }, { "anna", 1000, "/bin/bash" },
		{ "ben", 1001, "/usr/bin/zsh" }, { "backup-robot", 1002, "/usr/sbin/nologin" }, { "ftp-only", 1003, "/bin/false" },
		{ "Capital", 1004, "/bin/sh" }, { "t_viewer", 1005, "/bin/sh" }, { "pg_cheat", 1006, "/bin/sh" }, { "no-shell", 1007, "" } };
	static struct passwd p;
	static char name[32], shell[32];

	if (host_at == ARRAY_LEN(host))
		return NULL;
	(void)snprintf(name, sizeof(name), "%s", host[host_at].name);
	(void)snprintf(shell, sizeof(shell), "%s", host[host_at].shell);
	p = (struct passwd){ .pw_name = name, .pw_uid = host[host_at].uid, .pw_shell = shell };
	host_at++;
	return &p;
}

static void
at_users(const char *user, int width, int height)
{
	(void)db_fresh(NULL);
	(void)sql("DROP ROLE IF EXISTS anna, ben, carla");
	(void)sql("GRANT muster_enterprise_administrator TO t_enterprise, muster; REVOKE muster_operator, muster_administrator FROM t_enterprise");
	begin(user, width, height);
	press(&k, '9');
}

static const char *
role_of(const char *login)
{
	return sql("SELECT coalesce(muster.user_role('%s'), '')", login);
}

static void
users_are_logins_with_a_role_and_people_of_the_host_who_have_none(void **state)
{
	(void)state;
	at_users("t_enterprise", 80, 24);
	assert_has(row(&k, 0), "9 Users");
	assert_has(row(&k, row_of(&k, "t_admin")), "Administrator");
	assert_has(row(&k, row_of(&k, "t_viewer")), "Log Viewer");
	assert_has(row(&k, row_of(&k, "t_enterprise")), "Enterprise Administrator");
	assert_has(row(&k, row_of(&k, "  muster ")), "superuser: no role binds it");
	assert_has(row(&k, row_of(&k, "anna")), "user of this host");
	assert_has(row(&k, row_of(&k, "no-shell")), "user of this host");
	for (size_t i = 0; i < 7; i++) {
		static const char *const not[] = { "root", "daemon", "backup-robot", "ftp-only", "Capital", "pg_cheat", "muster_engine" };

		assert_int_equal(row_of(&k, not[i]), -1);
	}
	picture(&k, "users");
	console_size(&k, 200, 50);
	assert_has(draw(&k), "superuser: no role binds it");
	end();
}

static void
lesser_roles_have_no_such_screen(void **state)
{
	static const char *const logins[] = { "t_viewer", "t_operator", "t_admin" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(logins); i++) {
		at_users(logins[i], 80, 24);
		assert_has_not(row(&k, 0), "9 ");
		assert_has_not(row(&k, 1), "Users");
		end();
	}
}

static void
enter_gives_a_user_of_the_host_a_role_after_asking(void **state)
{
	(void)state;
	at_users("t_enterprise", 80, 24);
	go_to(&k, "anna");
	press(&k, '\n');
	assert_has(draw(&k), "Login anna");
	assert_has(draw(&k), "< Log Viewer >  (1 of 4)");
	press(&k, UK_RIGHT);
	assert_has(draw(&k), "< Operator >  (2 of 4)");
	picture(&k, "users-role");
	press(&k, '\n');
	assert_has(draw(&k), "anna will be Operator.");
	assert_has(draw(&k), "not there yet is made, without a password");
	assert_string_equal(role_of("anna"), "");
	picture(&k, "users-confirm");
	press(&k, 'y');
	assert_has(row(&k, -2), "anna: login made, role given");
	wait_gone(&k, "anna                   -");
	assert_has(cursor(&k), "anna                   Operator");
	assert_string_equal(role_of("anna"), "muster_operator");
	end();
}

static void
no_is_no(void **state)
{
	(void)state;
	at_users("t_enterprise", 80, 24);
	go_to(&k, "anna");
	press(&k, '\n');
	press(&k, '\n');
	press(&k, 'n');
	press(&k, 'a');
	type(&k, "carla");
	press(&k, UK_ESC);
	go_to(&k, "t_viewer");
	press(&k, 'r');
	press(&k, '\n');
	assert_string_equal(sql("SELECT count(*) FROM pg_roles WHERE rolname IN ('anna', 'carla')"), "0");
	assert_string_equal(role_of("t_viewer"), "muster_log_viewer");
	assert_string_equal(sql("SELECT count(*) FROM muster.audit_log WHERE what = 'user_set'"), "0");
	end();
}

static void
a_adds_a_login_by_name(void **state)
{
	(void)state;
	at_users("t_enterprise", 80, 24);
	press(&k, 'a');
	type(&k, "carla");
	press(&k, '\n');
	press(&k, UK_LEFT);
	press(&k, '\n');
	assert_has(draw(&k), "carla will be Enterprise Administrator.");
	press(&k, 'y');
	wait_for(&k, "  carla ");
	assert_string_equal(role_of("carla"), "muster_enterprise_administrator");
	end();
}

static void
what_the_database_refuses_is_told_with_its_text(void **state)
{
	(void)state;
	at_users("t_enterprise", 120, 24);
	press(&k, 'a');
	type(&k, "Not A Login");
	press(&k, '\n');
	press(&k, '\n');
	press(&k, 'y');
	assert_has(row(&k, -2), "a login has small letters");
	assert_has(row(&k, -2), "(1105)");
	go_to(&k, "superuser");
	press(&k, '\n');
	press(&k, '\n');
	press(&k, 'y');
	assert_has(row(&k, -2), "muster is a superuser of PostgreSQL: no role of muster binds it (1105)");
	(void)sql("REVOKE muster_enterprise_administrator FROM muster");
	go_to(&k, "t_enterprise");
	press(&k, 'r');
	assert_has(draw(&k), "t_enterprise is Enterprise Administrator now, and will have no role.");
	press(&k, 'y');
	assert_has(row(&k, -2), "t_enterprise is the last Enterprise Administrator (1105)");
	assert_string_equal(role_of("t_enterprise"), "muster_enterprise_administrator");
	end();
}

static void
r_takes_a_role_and_has_nothing_to_take_where_there_is_none(void **state)
{
	(void)state;
	at_users("t_enterprise", 80, 24);
	(void)sql("CREATE ROLE ben LOGIN IN ROLE muster_administrator");
	press(&k, UK_F5);
	wait_for(&k, "ben                    Administrator");
	go_to(&k, "ben");
	press(&k, 'r');
	press(&k, 'y');
	wait_for(&k, "ben                    -");
	assert_string_equal(role_of("ben"), "");
	go_to(&k, "anna");
	press(&k, 'r');
	assert_has(row(&k, -2), "anna has no role");
	end();
}

static void
search_finds_a_part_of_the_login(void **state)
{
	(void)state;
	at_users("t_enterprise", 80, 24);
	press(&k, '/');
	type(&k, "NN");
	press(&k, '\n');
	assert_has(row(&k, 1), "/NN");
	assert_has(row(&k, 3), "anna");
	assert_int_equal(row_of(&k, "t_viewer"), -1);
	press(&k, '/');
	type(&k, "%'");
	press(&k, '\n');
	assert_has(draw(&k), "No login matches.");
	end();
}

static void
what_somebody_else_gives_appears_by_itself(void **state)
{
	(void)state;
	at_users("t_enterprise", 80, 24);
	(void)sql("SELECT muster.user_set('ben', 'log_viewer')");
	wait_for(&k, "ben                    Log Viewer");
	end();
}

/* The rights of an open console follow its role. */
static void
a_console_takes_another_role_at_once(void **state)
{
	(void)state;
	at_users("t_enterprise", 80, 24);
	go_to(&k, "anna");
	press(&k, '\n');
	(void)sql("SELECT muster.user_set('t_enterprise', 'operator')");
	wait_for(&k, "Your role is another one now");
	work(&k);
	assert_has(row(&k, 1), "Overview");
	assert_has_not(draw(&k), "Login anna");
	assert_has_not(row(&k, 0), "9 ");
	press(&k, '9');
	assert_has(row(&k, 1), "Overview");
	(void)sql("SELECT muster.user_set('t_enterprise', 'enterprise_administrator')");
	wait_for(&k, "9 ");
	press(&k, '9');
	assert_has(row(&k, 1), "Users");
	end();
}

static void
many_logins_are_paged(void **state)
{
	(void)state;
	at_users("t_enterprise", 80, 24);
	(void)sql("DO $$ BEGIN FOR i IN 1..350 LOOP EXECUTE format('CREATE ROLE many_%%s LOGIN IN ROLE muster_operator', lpad(i::text, 3, '0')); END LOOP; END $$");
	press(&k, UK_F5);
	press(&k, 'G');
	assert_has(cursor(&k), "t_viewer");
	for (int i = 0; i < 30; i++)
		press(&k, UK_PGUP);
	assert_has(cursor(&k), "anna");
	(void)sql("DO $$ BEGIN FOR i IN 1..350 LOOP EXECUTE format('DROP ROLE many_%%s', lpad(i::text, 3, '0')); END LOOP; END $$");
	end();
}

static void
it_is_drawn_at_every_size_and_f1_has_its_keys(void **state)
{
	static const int sizes[][2] = { { 40, 10 }, { 80, 24 }, { 200, 50 }, { 1, 1 } };

	(void)state;
	at_users("t_enterprise", 80, 24);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		console_size(&k, sizes[i][0], sizes[i][1]);
		(void)draw(&k);
		press(&k, '\n');
		press(&k, '\n');
		press(&k, UK_ESC);
	}
	console_size(&k, 80, 60);
	k.c.ascii = true;
	(void)draw(&k);
	press(&k, UK_F1);
	assert_has(draw(&k), "Keys of Users");
	assert_has(draw(&k), "r        Remove  (Enterprise Administrators)");
	end();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(users_are_logins_with_a_role_and_people_of_the_host_who_have_none),
		TEST(lesser_roles_have_no_such_screen),
		TEST(enter_gives_a_user_of_the_host_a_role_after_asking),
		TEST(no_is_no),
		TEST(a_adds_a_login_by_name),
		TEST(what_the_database_refuses_is_told_with_its_text),
		TEST(r_takes_a_role_and_has_nothing_to_take_where_there_is_none),
		TEST(search_finds_a_part_of_the_login),
		TEST(what_somebody_else_gives_appears_by_itself),
		TEST(a_console_takes_another_role_at_once),
		TEST(many_logins_are_paged),
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
