/* SPDX-License-Identifier: Apache-2.0 */
/* test_file: a file that somebody named is whole or not there, and replaces none. */
#include "tests/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

static char dir[32], name[64];
static bool no_nameless, no_noreplace; /* as on a file system that cannot do it */

/* These stand before those of the C library. */
int
open(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	mode_t mode = va_arg(ap, mode_t);
	va_end(ap);
	if (no_nameless && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int
renameat2(int from, const char *old, int to, const char *new, unsigned int flags)
{
	if (no_noreplace && flags != 0) {
		errno = EINVAL;
		return -1;
	}
	return (int)syscall(SYS_renameat2, from, old, to, new, flags);
}

/* The three ways a file gets its name, from the best file system to the worst. */
enum way { NAMELESS, RENAMED, LINKED, WAYS };

static void
go(enum way way)
{
	no_nameless = way != NAMELESS;
	no_noreplace = way == LINKED;
}

static int
set_up(void **state)
{
	(void)state;
	temp_dir(dir, sizeof(dir));
	(void)snprintf(name, sizeof(name), "%s/export.csv", dir);
	go(NAMELESS);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	temp_drop(dir);
	return 0;
}

/* How many files are in the folder. */
static int
files(void)
{
	DIR *d = opendir(dir);
	int n = 0;

	assert_non_null(d);
	for (const struct dirent *f; (f = readdir(d)) != NULL;)
		n += f->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

static void
holds(const char *want)
{
	SCOPED(buf) struct buf got = { 0 };
	struct err e;

	assert_ok(file_read(name, 100, &got, &e));
	assert_string_equal(buf_str(&got), want);
}

static void
a_file_gets_its_name_when_it_is_complete(void **state)
{
	struct file_out o;
	struct stat st;
	struct err e;

	(void)state;
	(void)umask(0);
	for (enum way way = NAMELESS; way < WAYS; way++) {
		go(way);
		assert_ok(file_out_open(&o, name, &e));
		assert_int_equal(files(), way == NAMELESS ? 0 : 1);
		assert_ok(file_out_write(&o, "one,", 4, &e));
		assert_ok(file_out_write(&o, "two", 3, &e));
		assert_int_equal(access(name, F_OK), -1);
		assert_ok(file_out_close(&o, &e));
		holds("one,two");
		assert_int_equal(stat(name, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(st.st_nlink, 1);
		assert_int_equal(files(), 1);
		file_out_abort(&o);
		assert_int_equal(unlink(name), 0);
	}
}

static void
an_existing_file_is_not_replaced(void **state)
{
	struct file_out o;
	struct err e;

	(void)state;
	assert_ok(file_write_new(name, "old", 3, &e));
	for (enum way way = NAMELESS; way < WAYS; way++) {
		go(way);
		assert_fails(file_out_open(&o, name, &e), ERR_FILE);
		assert_has(e.text, "export.csv: exists already");
		file_out_abort(&o); /* harmless */
		holds("old");
		assert_int_equal(files(), 1);
	}
}

static void
nor_one_that_comes_while_it_is_written(void **state)
{
	struct file_out o;
	struct err e;

	(void)state;
	for (enum way way = NAMELESS; way < WAYS; way++) {
		go(way);
		assert_ok(file_out_open(&o, name, &e));
		assert_ok(file_out_write(&o, "new", 3, &e));
		assert_ok(file_write_new(name, "theirs", 6, &e));
		assert_fails(file_out_close(&o, &e), ERR_FILE);
		assert_has(e.text, "exists already");
		holds("theirs");
		assert_int_equal(files(), 1);
		assert_int_equal(unlink(name), 0);
	}
}

static void
nor_a_link_or_a_folder(void **state)
{
	struct file_out o;
	struct err e;

	(void)state;
	assert_int_equal(symlink("nowhere", name), 0);
	assert_fails(file_out_open(&o, name, &e), ERR_FILE);
	assert_has(e.text, "exists already");
	assert_int_equal(unlink(name), 0);
	assert_fails(file_out_open(&o, dir, &e), ERR_FILE);
	assert_has(e.text, "exists already");
}

static void
what_is_given_up_leaves_nothing(void **state)
{
	struct err e;

	(void)state;
	for (enum way way = NAMELESS; way < WAYS; way++) {
		SCOPED(file_out) struct file_out o = { 0 };

		go(way);
		file_out_abort(&o);
		assert_ok(file_out_open(&o, name, &e));
		assert_ok(file_out_write(&o, "x", 1, &e));
		file_out_abort(&o);
		assert_int_equal(files(), 0);
		file_out_abort(&o);
	}
}

/* A child does something with the file; how it ended. */
static int
in_child(void (*does)(void))
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		does();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
die_in_between(void)
{
	struct file_out o;
	struct err e;

	if (file_out_open(&o, name, &e) == 0 && file_out_write(&o, "half", 4, &e) == 0)
		(void)raise(SIGKILL);
}

static void
a_process_that_is_killed_leaves_no_file_of_that_name(void **state)
{
	(void)state;
	for (enum way way = NAMELESS; way < WAYS; way++) {
		go(way);
		int status = in_child(die_in_between);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(access(name, F_OK), -1);
		assert_int_equal(files(), way); /* and where the file system can do it, none at all */
	}
}

/* Exits with 0 when writing fails as it should. */
static void
write_too_much(void)
{
	const struct rlimit limit = { 4096, 4096 };
	char text[8192] = "";
	struct file_out o;
	struct err e;

	(void)signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0 || file_out_open(&o, name, &e) < 0)
		_exit(1);
	if (file_out_write(&o, text, sizeof(text), &e) == 0 || e.code != ERR_FILE || strstr(e.text, "larger than you may write") == NULL)
		_exit(2);
	file_out_abort(&o);
}

static void
a_file_that_cannot_be_written_in_full_is_removed(void **state)
{
	(void)state;
	for (enum way way = NAMELESS; way < WAYS; way++) {
		go(way);
		assert_int_equal(in_child(write_too_much), 0);
		assert_int_equal(files(), 0);
	}
}

static void
write_to_full(void)
{
	struct file_out o;
	struct err e;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	if (full < 0 || dup2(full, STDOUT_FILENO) < 0 || file_out_open(&o, "-", &e) < 0)
		_exit(1);
	if (file_out_write(&o, "x", 1, &e) == 0 || e.code != ERR_FILE || strcmp(e.text, "standard output: the disk is full") != 0)
		_exit(2);
	file_out_abort(&o);
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
		_exit(3);
}

static void
standard_output_can_be_full_and_stays_open(void **state)
{
	(void)state;
	assert_int_equal(in_child(write_to_full), 0);
}

static void
write_as_nobody(void)
{
	struct file_out o;
	struct err e;

	if (geteuid() == 0 && setuid(65534) < 0)
		_exit(1);
	if (file_out_open(&o, name, &e) == 0 || e.code != ERR_FILE || strstr(e.text, "you may not write into its folder") == NULL)
		_exit(2);
}

static void
a_folder_that_may_not_be_written_is_told(void **state)
{
	(void)state;
	assert_int_equal(chmod(dir, 0555), 0);
	for (enum way way = NAMELESS; way < WAYS; way++) {
		go(way);
		assert_int_equal(in_child(write_as_nobody), 0);
	}
	assert_int_equal(chmod(dir, 0700), 0);
}

static void
what_is_no_name_for_a_file_is_told(void **state)
{
	static const struct {
		const char *end, *why;
	} cases[] = {
		{ "/nosuch/x", "its folder does not exist" },
		{ "/nosuch/", "its folder does not exist" },
		{ "/file/x", "its folder is a file" },
	};
	char path[5000], file[64];
	struct file_out o;
	struct err e;

	(void)state;
	temp_file(dir, "file", "x", 1, 0600, file, sizeof(file));
	for (enum way way = NAMELESS; way < WAYS; way++) {
		go(way);
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			(void)snprintf(path, sizeof(path), "%s%s", dir, cases[i].end);
			assert_fails(file_out_open(&o, path, &e), ERR_FILE);
			assert_has(e.text, cases[i].why);
		}
		assert_fails(file_out_open(&o, "", &e), ERR_FILE);
		assert_has(e.text, "needs a name");
		for (size_t n = 256; n < sizeof(path); n += sizeof(path) - 257) { /* a name, and a path */
			(void)memset(path, 'x', n);
			path[n] = '\0';
			assert_fails(file_out_open(&o, path, &e), ERR_FILE);
			assert_has(e.text, "the name is too long");
		}
	}
	assert_int_equal(files(), 1);
}

static void
a_file_is_replaced_when_that_is_wanted(void **state)
{
	struct stat st;
	struct err e;

	(void)state;
	assert_ok(file_replace(name, "one", 3, &e));
	assert_ok(file_replace(name, "two", 3, &e));
	holds("two");
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(files(), 1);
	assert_fails(file_replace("unit.none/x", "x", 1, &e), ERR_FILE);
	assert_fails(file_replace(dir, "x", 1, &e), ERR_FILE);
	assert_int_equal(files(), 1);
}

#define FILE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FILE_TEST(a_file_gets_its_name_when_it_is_complete),
		FILE_TEST(an_existing_file_is_not_replaced),
		FILE_TEST(nor_one_that_comes_while_it_is_written),
		FILE_TEST(nor_a_link_or_a_folder),
		FILE_TEST(what_is_given_up_leaves_nothing),
		FILE_TEST(a_process_that_is_killed_leaves_no_file_of_that_name),
		FILE_TEST(a_file_that_cannot_be_written_in_full_is_removed),
		FILE_TEST(standard_output_can_be_full_and_stays_open),
		FILE_TEST(a_folder_that_may_not_be_written_is_told),
		FILE_TEST(what_is_no_name_for_a_file_is_told),
		FILE_TEST(a_file_is_replaced_when_that_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
