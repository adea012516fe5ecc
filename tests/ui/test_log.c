/* SPDX-License-Identifier: Apache-2.0 */
/* test_log: the Log screen: searches that are bounded, exports, and following while days are dropped. */
#include <dirent.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/ui/fixture.h"
#include "ui/app_state.h"
#include "ui/log_model.h"

static char dir[] = "/tmp/muster-log.XXXXXX", path[64];

static void
at_log(int width, int height)
{
	begin_fresh("t_operator", width, height);
	press(&k, '7');
}

static void
end_log(void)
{
	end();
	(void)unlink(path);
}

static const char *
file(void)
{
	static char text[4 * 1024 * 1024];
	SCOPED(buf) struct buf b = { 0 };
	struct err e;

	assert_ok(file_read(path, sizeof(text) - 1, &b, &e));
	(void)snprintf(text, sizeof(text), "%s", buf_str(&b));
	return text;
}

static size_t
lines_of(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n' ? 1 : 0;
	return n;
}

/* The dialog of x: file and format; then once more for each time. */
static void
export_to(const char *name, bool json)
{
	press(&k, 'x');
	assert_has(draw(&k), "Export the log");
	type(&k, name);
	press(&k, '\n');
	if (json)
		press(&k, UK_RIGHT);
	press(&k, '\n');
	press(&k, '\n');
	press(&k, '\n');
}

static void
x_writes_what_is_filtered_to_a_file(void **state)
{
	struct stat st;

	(void)state;
	at_log(80, 24);
	press(&k, 'x');
	picture(&k, "log-export");
	press(&k, UK_ESC);
	export_to(path, false);
	assert_has(row(&k, -2), "Exported ");
	assert_int_equal(lines_of(file()), strtol(sql("SELECT count(*) + 1 FROM muster.event_log WHERE level <= 3"), NULL, 10));
	assert_has(file(), "at,level,uuid,code,job_id,text\r\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	export_to(path, false);
	assert_has(row(&k, -2), "Not exported: ");
	assert_has(row(&k, -2), "exists already");
	(void)unlink(path);
	press(&k, '/');
	type(&k, "setup cert\n");
	export_to(path, true);
	assert_has(row(&k, -2), "Exported 1 lines");
	assert_has(file(), "\"code\":1602");
	assert_int_equal(lines_of(file()), 1);
	end_log();
}

static void
what_cannot_be_exported_says_why_and_leaves_no_file(void **state)
{
	(void)state;
	at_log(132, 24);
	export_to("", false);
	assert_has(row(&k, -2), "a file needs a name");
	export_to("/proc/nosuch/x", false);
	assert_has(row(&k, -2), "(1003)");
	press(&k, 'x');
	type(&k, path);
	press(&k, '\n');
	press(&k, '\n');
	type(&k, "yesteryear\n\n");
	assert_has(row(&k, -2), "Not exported: ");
	assert_has(row(&k, -2), "(1105)");
	assert_int_equal(access(path, F_OK), -1);
	end_log();
}

/* How many files below the folder of the exports this process has open, with a name or without. */
static int
open_files(void)
{
	char link[512], target[128];
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(d);
	for (const struct dirent *entry; (entry = readdir(d)) != NULL;) {
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%s", entry->d_name);
		ssize_t len = readlink(link, target, sizeof(target));
		n += len > (ssize_t)strlen(dir) && strncmp(target, dir, strlen(dir)) == 0;
	}
	(void)closedir(d);
	return n;
}

static void
leaving_the_screen_ends_an_export_and_removes_the_part(void **state)
{
	(void)state;
	(void)sql("SELECT test.reset()");
	(void)sql("SELECT test.many_lines(20000)");
	console_start(&k, "t_operator", 80, 24);
	press(&k, '7');
	press(&k, 'x');
	type(&k, path);
	press(&k, '\n');
	press(&k, '\n');
	press(&k, '\n');
	app_key(k.a, '\n'); /* not press: that would wait for all of it */
	app_work(k.a);
	assert_int_equal(open_files(), 1);
	assert_int_equal(access(path, F_OK), -1);
	app_key(k.a, '4');
	work(&k);
	assert_has(row(&k, 1), "Devices");
	assert_int_equal(open_files(), 0);
	assert_int_equal(rmdir(dir), 0); /* nothing is in it */
	assert_int_equal(mkdir(dir, 0700), 0);
	end_log();
}

static void
keys_work_while_it_exports(void **state)
{
	(void)state;
	(void)sql("SELECT test.reset()");
	(void)sql("SELECT test.many_lines(5000)");
	console_start(&k, "t_operator", 80, 24);
	press(&k, '7');
	press(&k, 'x');
	type(&k, path);
	press(&k, '\n');
	press(&k, '\n');
	press(&k, '\n');
	app_key(k.a, '\n');
	app_work(k.a);
	app_key(k.a, 'v');
	assert_has(row(&k, 1), "level verbose");
	work(&k);
	assert_has(row(&k, -2), "Exported 50");
	assert_true(lines_of(file()) > 5000);
	end_log();
}

static void
a_search_is_bounded_and_goes_on(void **state)
{
	(void)state;
	(void)sql("SELECT test.reset()");
	(void)sql("SELECT test.many_lines(%d)", EVENT_SEARCHED + 5000);
	(void)sql("INSERT INTO muster.event_log (at, level, text) VALUES ('2024-12-31', 3, 'the needle')");
	console_start(&k, "t_operator", 80, 24);
	press(&k, '7');
	press(&k, '/');
	type(&k, "Needle\n");
	assert_has(row(&k, 3), "Searched to here; go on to search further");
	picture(&k, "log-search");
	press(&k, UK_DOWN);
	assert_has(draw(&k), "the needle");
	press(&k, UK_DOWN);
	press(&k, UK_DOWN);
	assert_has(cursor(&k), "the needle");
	/* From the other end too. */
	press(&k, '/');
	press(&k, 'u' & 0x1f);
	type(&k, "TLS 1.2\n");
	press(&k, 'v');
	press(&k, UK_END);
	for (int i = 0; i < 5 && strstr(draw(&k), "TLS 1.2, certificate pinned") == NULL; i++)
		press(&k, UK_UP);
	assert_has(draw(&k), "TLS 1.2, certificate pinned");
	end_log();
}

static void
a_uuid_that_is_searched_for_shows_the_lines_of_that_device(void **state)
{
	(void)state;
	at_log(80, 24);
	press(&k, '/');
	type(&k, "00000001-0000-4000-8000-00000000000\n"); /* a digit is missing: a text like any other */
	assert_has(row(&k, 1), "/00000001-0000");
	assert_has_not(draw(&k), "Configuration completed");
	press(&k, '/');
	press(&k, 'u' & 0x1f);
	type(&k, "00000001000040008000000000000001\n"); /* hyphens or not */
	assert_has(row(&k, 1), "Log  00000001-0000-4000-8000-000000000001");
	assert_has(draw(&k), "Configuration completed");
	press(&k, UK_ESC);
	assert_has(row(&k, 1), "/00000001-0000"); /* the list is as it was */
	end_log();
}

static void
what_was_found_stands_still_while_lines_come(void **state)
{
	(void)state;
	at_log(80, 24);
	press(&k, '/');
	type(&k, "the\n");
	press(&k, UK_DOWN);
	const int before = row_of(&k, "Set the host name");
	(void)sql("SELECT test.line(1, 3, 0, 'the newest of them')");
	run_for(&k, 600);
	assert_int_equal(row_of(&k, "Set the host name"), before);
	assert_has_not(draw(&k), "the newest of them");
	press(&k, 'F');
	wait_for(&k, "the newest of them");
	end_log();
}

static void
following_goes_on_when_a_day_is_dropped(void **state)
{
	(void)state;
	(void)sql("SELECT test.reset()");
	(void)sql("DO $$ DECLARE d date := (now() AT TIME ZONE 'UTC')::date - 200; BEGIN EXECUTE format('CREATE TABLE muster.event_log_%%s PARTITION OF"
	    " muster.event_log FOR VALUES FROM (%%L) TO (%%L)', to_char(d, 'YYYYMMDD'), d || ' 00:00:00+00', (d + 1) || ' 00:00:00+00');"
	    " INSERT INTO muster.event_log (at, level, text) VALUES ((d || ' 12:00:00+00')::timestamptz, 3, 'of a day long ago'); END $$");
	console_start(&k, "t_operator", 80, 40);
	press(&k, '7');
	assert_has(draw(&k), "of a day long ago");
	assert_string_equal(sql("SELECT muster.event_log_maintain()"), "1");
	(void)sql("SELECT test.line(1, 3, 0, 'after the drop')");
	wait_for(&k, "after the drop");
	assert_has_not(draw(&k), "of a day long ago");
	assert_has(row(&k, 1), "following");
	end_log();
}

static void
the_overview_says_that_there_is_a_trace(void **state)
{
	(void)state;
	(void)sql("SELECT test.reset()");
	(void)sql("SELECT muster.node_trace(test.node(), '/var/lib/muster/trace', 12345)");
	console_start(&k, "t_operator", 80, 24);
	assert_has(draw(&k), "debug trace: 13 KiB in /var/lib/muster/trace");
	end_log();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(x_writes_what_is_filtered_to_a_file),
		TEST(what_cannot_be_exported_says_why_and_leaves_no_file),
		TEST(leaving_the_screen_ends_an_export_and_removes_the_part),
		TEST(keys_work_while_it_exports),
		TEST(a_search_is_bounded_and_goes_on),
		TEST(a_uuid_that_is_searched_for_shows_the_lines_of_that_device),
		TEST(what_was_found_stands_still_while_lines_come),
		TEST(following_goes_on_when_a_day_is_dropped),
		TEST(the_overview_says_that_there_is_a_trace),
	};

	(void)argc;
	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 77;
	db_need(argv);
	if (mkdtemp(dir) == NULL)
		return EXIT_FAILURE;
	(void)snprintf(path, sizeof(path), "%s/log.out", dir);
	cmocka_set_test_filter(getenv("MUSTER_TEST"));
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)rmdir(dir);
	sql_close();
	return failed;
}
