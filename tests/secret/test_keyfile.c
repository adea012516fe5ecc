/* SPDX-License-Identifier: Apache-2.0 */
/* test_keyfile: the engine's private key on disk. */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "secret/keyfile.h"

static const char head[] = "muster engine key 1\n";
static const char hex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
static char dir[32], path[256];

static int
set_up(void **state)
{
	(void)state;
	temp_dir(dir, sizeof(dir));
	(void)unsetenv("CREDENTIALS_DIRECTORY");
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
write_key(const char *first, const char *second, unsigned int mode)
{
	char text[400];

	(void)snprintf(text, sizeof(text), "%s%s", first, second);
	temp_file(dir, "engine.key", text, strlen(text), mode, path, sizeof(path));
}

static void
what_is_written_is_read_again(void **state)
{
	struct seal_private key, got;
	struct seal_public pub;
	struct stat st;
	struct err e;
	char name[64];

	(void)state;
	(void)snprintf(name, sizeof(name), "%s/new.key", dir);
	assert_ok(seal_keypair(&key, &pub, &e));
	assert_ok(keyfile_write(name, &key, false, &e));
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_ok(keyfile_read(name, &got, &e));
	assert_memory_equal(&got, &key, sizeof(key));
	assert_fails(keyfile_write(name, &key, false, &e), ERR_FILE);
	assert_ok(keyfile_write(name, &key, true, &e));
}

static void
the_form_is_two_lines(void **state)
{
	struct seal_private got;
	struct err e;

	(void)state;
	write_key(head, hex, 0600); /* also without the last line end */
	assert_ok(keyfile_read(path, &got, &e));
	for (int i = 0; i < SEAL_KEY_LEN; i++)
		assert_int_equal(got.key[i], i);
	write_key(head, hex, 0400);
	assert_ok(keyfile_read(path, &got, &e));
}

static void
a_file_that_others_may_touch_is_refused(void **state)
{
	static const unsigned int modes[] = { 0640, 0604, 0660, 0610, 0601, 0644, 0666 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		struct seal_private got;
		struct err e;

		write_key(head, hex, modes[i]);
		assert_fails(keyfile_read(path, &got, &e), ERR_KEY_FILE);
		assert_has(e.text, "want 600");
		assert_int_equal(chmod(path, 0600), 0);
	}
}

static void
what_is_not_a_key_is_refused(void **state)
{
	static const char *const bad[][2] = { { "", "" }, { head, "" }, { "", hex }, { "muster engine key 2\n", hex },
		{ head, "0001" }, { head, "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" },
		{ head, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00" },
		{ "-----BEGIN PRIVATE KEY-----\n", hex } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct seal_private got;
		struct err e;

		write_key(bad[i][0], bad[i][1], 0600);
		assert_fails(keyfile_read(path, &got, &e), ERR_KEY_FILE);
		assert_has_not(e.text, "0001");
	}
}

static void
a_missing_or_oversized_file_is_refused(void **state)
{
	struct seal_private got;
	struct err e;
	char blanks[300];

	(void)state;
	assert_fails(keyfile_read("unit.none/engine.key", &got, &e), ERR_KEY_FILE);
	assert_has(e.text, "No such file");
	memset(blanks, '\n', sizeof(blanks) - 1);
	blanks[sizeof(blanks) - 1] = '\0';
	write_key(head, blanks, 0600);
	assert_fails(keyfile_read(path, &got, &e), ERR_KEY_FILE);
	assert_fails(keyfile_read(dir, &got, &e), ERR_KEY_FILE);
}

static void
a_credential_of_systemd_comes_first(void **state)
{
	struct seal_private got;
	struct err e;

	(void)state;
	write_key(head, hex, 0440); /* systemd's mode */
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", dir, 1), 0);
	assert_ok(keyfile_read("unit.none/engine.key", &got, &e));
	assert_int_equal(got.key[31], 31);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "unit.none", 1), 0);
	assert_fails(keyfile_read("unit.none/engine.key", &got, &e), ERR_KEY_FILE);
	(void)unsetenv("CREDENTIALS_DIRECTORY");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_read_again),
		TEST(the_form_is_two_lines),
		TEST(a_file_that_others_may_touch_is_refused),
		TEST(what_is_not_a_key_is_refused),
		TEST(a_missing_or_oversized_file_is_refused),
		TEST(a_credential_of_systemd_comes_first),
	};

	return cmocka_run_group_tests_name("keyfile", tests, set_up, tear_down);
}
