/* SPDX-License-Identifier: Apache-2.0 */
/* test_conf: the configuration file, and whole files in and out. */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/file.h"

static char dir[32], path[256];

static int
set_up(void **state)
{
	(void)state;
	temp_dir(dir, sizeof(dir));
	(void)unsetenv("MUSTER_CONF");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	temp_drop(dir);
	return 0;
}

static void
write_conf(const char *text)
{
	temp_file(dir, "muster.conf", text, strlen(text), 0644, path, sizeof(path));
}

static void
every_key_is_taken(void **state)
{
	struct conf c;
	struct err e;

	(void)state;
	write_conf("# comment\n[database]\nconnection = host=127.0.0.1 dbname=x\nengine_user=me\n\n[engine]\n"
		   "key_file = /k\nname = e1\nlisten = 127.0.0.1 ::1\n");
	assert_ok(conf_load(path, &c, &e));
	assert_string_equal(c.database, "host=127.0.0.1 dbname=x");
	assert_string_equal(c.engine_user, "me");
	assert_string_equal(c.key_file, "/k");
	assert_string_equal(c.name, "e1");
	assert_string_equal(c.listen, "127.0.0.1 ::1");
}

static void
what_is_left_out_takes_its_default(void **state)
{
	struct conf c;
	struct err e;
	char host[64] = "";

	(void)state;
	write_conf("");
	assert_ok(conf_load(path, &c, &e));
	assert_string_equal(c.database, "dbname=muster");
	assert_string_equal(c.engine_user, "muster_engine");
	assert_has(c.key_file, "/muster/engine.key");
	assert_string_equal(c.listen, "*");
	assert_int_equal(gethostname(host, sizeof(host) - 1), 0);
	assert_string_equal(c.name, host);
}

static void
a_bad_line_is_named_with_its_number_and_reason(void **state)
{
	static const struct {
		const char *text, *line, *why;
	} rows[] = {
		{ "[database]\nconnection = x\nconection = y\n", "line 3", "no key \"conection\"" },
		{ "[databse]\nconnection = x\n", "line 2", "[databse]" },
		{ "connection = x\n", "line 1", "connection\"" },
		{ "[database]\n\nnonsense\n", "line 3", "want [section] or key = value" },
		{ "[database\nconnection = x\n", "line 1", "want [section] or key = value" },
		{ "[engine]\nname = 0123456789012345678901234567890123456789012345678901234567890123456789\n", "line 2",
		    "value of name is too long" },
		{ "[engine]\n\033[2J = x\n", "line 2", "?[2J" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct conf c = { .name = "untouched" };
		struct err e;

		write_conf(rows[i].text);
		assert_fails(conf_load(path, &c, &e), ERR_CONFIG);
		assert_has(e.text, path);
		assert_has(e.text, rows[i].line);
		assert_has(e.text, rows[i].why);
		assert_string_equal(c.name, "untouched");
	}
}

static void
the_first_of_two_bad_lines_is_told(void **state)
{
	struct conf c;
	struct err e;

	(void)state;
	write_conf("[engine]\nfirst = 1\nsecond = 2\n");
	assert_fails(conf_load(path, &c, &e), ERR_CONFIG);
	assert_has(e.text, "line 2");
	assert_has(e.text, "\"first\"");
}

static void
a_long_connection_string_goes_on_in_indented_lines(void **state)
{
	char text[1000], want[1000], first[151];
	struct conf c;
	struct err e;

	(void)state;
	memset(first, 'x', 150);
	first[150] = '\0';
	(void)snprintf(want, sizeof(want), "%s host=127.0.0.1,::1 %s", first, first);
	(void)snprintf(text, sizeof(text), "[database]\nconnection = %s\n  host=127.0.0.1,::1\n\t%s\n", first, first);
	write_conf(text);
	assert_ok(conf_load(path, &c, &e));
	assert_string_equal(c.database, want);
}

static void
a_line_longer_than_can_be_read_is_named(void **state)
{
	char text[1000] = "[database]\nconnection = ";
	struct conf c;
	struct err e;

	(void)state;
	memset(text + strlen(text), 'x', 900);
	write_conf(text);
	assert_fails(conf_load(path, &c, &e), ERR_CONFIG);
	assert_has(e.text, "within 198 characters");
}

static void
a_file_that_was_named_must_exist(void **state)
{
	struct conf c;
	struct err e;

	(void)state;
	assert_fails(conf_load("unit.none/muster.conf", &c, &e), ERR_CONFIG);
	assert_has(e.text, "No such file");
	assert_int_equal(setenv("MUSTER_CONF", "unit.none/other.conf", 1), 0);
	assert_fails(conf_load(NULL, &c, &e), ERR_CONFIG);
	assert_has(e.text, "other.conf");
	assert_fails(conf_load(dir, &c, &e), ERR_CONFIG);
	(void)unsetenv("MUSTER_CONF");
}

static void
the_environment_names_the_file(void **state)
{
	struct conf c;
	struct err e;

	(void)state;
	write_conf("[engine]\nname = from-env\n");
	assert_int_equal(setenv("MUSTER_CONF", path, 1), 0);
	assert_ok(conf_load(NULL, &c, &e));
	assert_string_equal(c.name, "from-env");
	(void)unsetenv("MUSTER_CONF");
}

static void
file_read_refuses_one_byte_too_many(void **state)
{
	SCOPED(buf) struct buf fits = { 0 }, over = { 0 }, none = { 0 };
	struct err e;

	(void)state;
	temp_file(dir, "ten", "0123456789", 10, 0644, path, sizeof(path));
	assert_ok(file_read(path, 10, &fits, &e));
	assert_string_equal(buf_str(&fits), "0123456789");
	assert_fails(file_read(path, 9, &over, &e), ERR_FILE);
	assert_has(e.text, "larger than 9 bytes");
	assert_fails(file_read("unit.none/x", 9, &none, &e), ERR_FILE);
	assert_fails(file_read(dir, 9, &none, &e), ERR_FILE);
}

static void
the_data_directory_follows_the_environment(void **state)
{
	char out[4096]; /* the prefix is as long as who builds it likes */

	(void)state;
	assert_int_equal(setenv("MUSTER_DATADIR", "data", 1), 0);
	datadir_path(out, sizeof(out), "help/x.md");
	assert_string_equal(out, "data/help/x.md");
	datadir_path(out, 6, "help/x.md");
	assert_string_equal(out, "data/");
	(void)unsetenv("MUSTER_DATADIR");
	datadir_path(out, sizeof(out), "x");
	assert_has(out, "/x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_key_is_taken),
		TEST(what_is_left_out_takes_its_default),
		TEST(a_bad_line_is_named_with_its_number_and_reason),
		TEST(the_first_of_two_bad_lines_is_told),
		TEST(a_long_connection_string_goes_on_in_indented_lines),
		TEST(a_line_longer_than_can_be_read_is_named),
		TEST(a_file_that_was_named_must_exist),
		TEST(the_environment_names_the_file),
		TEST(file_read_refuses_one_byte_too_many),
		TEST(the_data_directory_follows_the_environment),
	};

	return cmocka_run_group_tests_name("conf", tests, set_up, tear_down);
}
