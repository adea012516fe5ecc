/* SPDX-License-Identifier: Apache-2.0 */
/* test_terminal: the real console in a pseudo terminal, read through a virtual one. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/unit.h"

#include "base/clock.h"
#include "tests/ui/db.h"
#include "tests/ui/pty.h"

#define F10   "\x1b[21~"
#define F1    "\x1bOP"
#define RMCUP "\x1b[?1049l"

static struct pty p;

/* F10 ends it, with 0 and the terminal as it was. */
static void
quit(void)
{
	pty_type(&p, F10);
	pty_wait_end(&p, 5000);
	assert_true(WIFEXITED(p.status));
	assert_int_equal(WEXITSTATUS(p.status), 0);
	assert_true(pty_sent(&p, RMCUP));
	pty_stop(&p);
}

/* The screen is the picture that test_screens made in memory. */
static void
assert_picture(const char *name)
{
	struct buf want = { 0 };
	char row[2048], relative[256];
	int y = 0;

	(void)snprintf(relative, sizeof(relative), "doc/screens/%s.txt", name);
	source_read(relative, &want);
	for (char *line = want.p, *next; y < p.height && line != NULL && *line != '\0'; line = next, y++) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		pty_row(&p, y, row, sizeof(row));
		assert_string_equal(row, line);
	}
	assert_int_equal(y, p.height);
	buf_free(&want);
}

static void
the_terminal_shows_the_pictures_of_the_screens(void **state)
{
	(void)state;
	pty_begin(&p, 80, 24, NULL, NULL);
	pty_type(&p, "2");
	pty_wait(&p, "1 of 6");
	pty_settle(&p);
	assert_picture("pending");
	pty_type(&p, "4");
	pty_wait(&p, "1 of 12");
	pty_settle(&p);
	assert_picture("devices");
	pty_type(&p, "7");
	pty_wait(&p, "level info");
	pty_wait(&p, "connection …");
	pty_settle(&p);
	assert_picture("log");
	quit();
}

static void
a_larger_terminal_is_used_to_its_last_line(void **state)
{
	char row[2048];

	(void)state;
	pty_begin(&p, 132, 40, NULL, NULL);
	pty_type(&p, "7");
	pty_wait(&p, "00000003-0000-4000-8000-000000000003");
	pty_settle(&p);
	pty_row(&p, 39, row, sizeof(row));
	assert_has(row, "F10 Quit");
	quit();
}

static void
meaning_has_a_colour(void **state)
{
	(void)state;
	pty_begin(&p, 80, 24, NULL, NULL);
	pty_type(&p, "4");
	pty_wait(&p, "failed");
	pty_settle(&p);
	VTermScreenCell bad = pty_cell(&p, "failed"), bar = pty_cell(&p, "muster");

	assert_true(VTERM_COLOR_IS_INDEXED(&bad.fg));
	assert_int_equal(bad.fg.indexed.idx, 1);
	assert_true(VTERM_COLOR_IS_INDEXED(&bar.bg));
	assert_int_equal(bar.bg.indexed.idx, 4);
	quit();
}

static void
assert_mono(void)
{
	for (int y = 0; y < p.height; y++)
		for (int x = 0; x < p.width; x++) {
			VTermScreenCell cell;

			(void)vterm_screen_get_cell(p.screen, (VTermPos){ .row = y, .col = x }, &cell);
			assert_true(VTERM_COLOR_IS_DEFAULT_FG(&cell.fg));
			assert_true(VTERM_COLOR_IS_DEFAULT_BG(&cell.bg));
		}
	assert_true(pty_cell(&p, "muster").attrs.reverse);
	assert_true(pty_cell(&p, "failed").attrs.bold);
	assert_true(pty_cell(&p, "failed").attrs.underline);
}

static void
without_colours_the_attributes_tell(void **state)
{
	static const char *const no_color[] = { "NO_COLOR=1", NULL }, *const vt100[] = { "TERM=vt100", NULL };

	(void)state;
	for (int i = 0; i < 3; i++) {
		pty_begin(&p, 80, 24, i == 1 ? no_color : i == 2 ? vt100 : NULL, i == 0 ? "--mono" : NULL);
		pty_type(&p, "4");
		pty_wait(&p, "failed");
		pty_settle(&p);
		assert_mono();
		pty_stop(&p);
	}
}

static void
in_the_c_locale_only_ascii_is_sent(void **state)
{
	static const char *const c[] = { "LC_ALL=C", NULL };

	(void)state;
	(void)sql("UPDATE muster.device SET reason = 'é漢😀' WHERE device_id = 9");
	pty_begin(&p, 80, 24, c, NULL);
	assert_true(pty_shows(&p, "###"));
	pty_type(&p, "2");
	pty_wait(&p, "1 of 6");
	pty_type(&p, "a");
	pty_wait(&p, "+- Approve a device");
	pty_type(&p, "\xc3\xa9");
	pty_settle(&p);
	assert_int_equal(p.high, 0);
	pty_type(&p, "\x1b");
	pty_run(&p, 100);
	quit();
}

static void
in_a_utf8_locale_boxes_and_wide_characters_are_drawn(void **state)
{
	(void)state;
	(void)sql("UPDATE muster.device SET reason = '漢字 é' WHERE device_id = 12");
	pty_begin(&p, 80, 24, NULL, NULL);
	assert_true(pty_shows(&p, "███"));
	pty_type(&p, "2");
	pty_wait(&p, "漢字 é");
	pty_type(&p, "a");
	pty_wait(&p, "┌─ Approve a device ─");
	pty_type(&p, "\x1b");
	pty_run(&p, 100);
	pty_type(&p, "/\xe6\xbc\xa2");
	pty_wait(&p, "漢");
	pty_type(&p, "\n");
	pty_wait(&p, "/漢");
	quit();
}

static void
a_storm_of_resizes_ends_with_a_full_picture(void **state)
{
	char row[2048];
	uint32_t seed = 3;

	(void)state;
	pty_begin(&p, 80, 24, NULL, NULL);
	pty_type(&p, "4");
	for (int i = 0; i < 150; i++) {
		seed = seed * 1664525 + 1013904223;
		pty_size(&p, 1 + (int)(seed >> 8) % 200, 1 + (int)(seed >> 20) % 70);
		pty_run(&p, i % 4);
	}
	pty_size(&p, 100, 30);
	pty_wait(&p, "pc1.corp.example");
	pty_wait(&p, "F10 Quit");
	pty_settle(&p);
	pty_row(&p, 29, row, sizeof(row));
	assert_has(row, "F10 Quit");
	pty_row(&p, 0, row, sizeof(row));
	assert_has(row, "1 Overview");
	assert_has(row, "live");
	quit();
}

static void
a_resize_answers_no_question(void **state)
{
	(void)state;
	pty_begin(&p, 80, 24, NULL, NULL);
	pty_type(&p, "2");
	pty_wait(&p, "1 of 6");
	pty_type(&p, "h");
	pty_wait(&p, "Hold 1 device?");
	pty_size(&p, 90, 28);
	pty_run(&p, 300);
	assert_true(pty_shows(&p, "Hold 1 device?"));
	pty_type(&p, "y");
	pty_wait(&p, "Hold: 1 done");
	quit();
}

static void
a_megabyte_pasted_leaves_the_console_alive(void **state)
{
	static const char *const starts[] = { "2/", "2", "7" };
	char *text = malloc(1 << 20);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		pty_begin(&p, 80, 24, NULL, NULL);
		pty_type(&p, starts[i]);
		memset(text, i == 1 ? 'a' : 'x', 1 << 20);
		int64_t start = clock_ms();
		pty_send(&p, text, i == 0 ? 1 << 20 : 1 << 15);
		pty_type(&p, "\x1b");
		pty_run(&p, 200);
		pty_type(&p, "\x1b");
		pty_run(&p, 200);
		pty_type(&p, F10);
		pty_wait_end(&p, 60000);
		print_message("paste %zu: %lld ms\n", i, (long long)(clock_ms() - start));
		assert_int_equal(WEXITSTATUS(p.status), 0);
		pty_stop(&p);
	}
	free(text);
}

static void
garbage_as_input_does_no_harm(void **state)
{
	uint32_t seed = 99;
	char bytes[4096];

	(void)state;
	pty_begin(&p, 80, 24, NULL, NULL);
	for (int i = 0; i < 16 && !p.eof; i++) {
		for (size_t n = 0; n < sizeof(bytes); n++) {
			do {
				seed = seed * 1664525 + 1013904223;
				bytes[n] = (char)(seed >> 24);
			} while (strchr("\x03\x11\x13\x16\x1a\x1c\x0f", bytes[n]) != NULL); /* what the terminal itself obeys */
		}
		pty_send(&p, bytes, sizeof(bytes));
	}
	pty_run(&p, 500);
	if (waitpid(p.pid, &p.status, WNOHANG) == p.pid) { /* the garbage said F10, or :q */
		assert_true(WIFEXITED(p.status));
		assert_int_equal(WEXITSTATUS(p.status), 0);
	} else {
		p.status = -1;
		pty_type(&p, "\x1b");
		pty_run(&p, 100);
		pty_type(&p, "\x1b");
		pty_run(&p, 100);
		pty_type(&p, F10);
		pty_wait_end(&p, 5000);
		assert_int_equal(WEXITSTATUS(p.status), 0);
	}
	assert_true(pty_sent(&p, RMCUP));
	pty_stop(&p);
}

static void
signals_end_it_at_once_and_restore_the_terminal(void **state)
{
	static const int signals[] = { SIGHUP, SIGTERM, SIGINT };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		pty_begin(&p, 80, 24, NULL, NULL);
		int64_t start = clock_ms();
		(void)kill(p.pid, signals[i]);
		pty_wait_end(&p, 3000);
		print_message("signal %d: ended after %lld ms\n", signals[i], (long long)(clock_ms() - start));
		assert_true(clock_ms() - start < 600);
		assert_true(WIFEXITED(p.status));
		assert_true(pty_sent(&p, RMCUP));
		pty_stop(&p);
	}
}

static void
a_closed_terminal_ends_it(void **state)
{
	(void)state;
	pty_begin(&p, 80, 24, NULL, NULL);
	(void)close(p.fd);
	p.fd = -1;
	p.eof = true;
	pty_wait_end(&p, 3000);
	pty_stop(&p);
}

static void
the_terminal_is_as_it_was_after_the_end(void **state)
{
	struct termios before, after;

	(void)state;
	pty_start(&p, 80, 24, "t_operator", NULL, NULL);
	assert_int_equal(tcgetattr(p.fd, &before), 0);
	pty_wait(&p, "engine one");
	int slave = open(ptsname(p.fd), O_RDWR | O_NOCTTY); /* keeps it open when the console ends */
	assert_true(slave >= 0);
	assert_int_equal(tcgetattr(slave, &after), 0);
	assert_int_equal(after.c_lflag & (tcflag_t)(ECHO | ICANON), 0);
	pty_type(&p, F10);
	pty_wait_end(&p, 5000);
	assert_int_equal(tcgetattr(slave, &after), 0);
	assert_int_equal(after.c_lflag & (tcflag_t)(ECHO | ICANON), before.c_lflag & (tcflag_t)(ECHO | ICANON));
	assert_int_equal(after.c_oflag, before.c_oflag);
	assert_true(pty_sent(&p, RMCUP));
	assert_true(pty_sent(&p, "\x1b[?25h") || pty_sent(&p, "\x1b[?12l"));
	(void)close(slave);
	pty_stop(&p);
}

static void
an_unknown_terminal_type_is_told_with_a_code(void **state)
{
	static const char *const env[] = { "TERM=no-such-terminal", NULL };

	(void)state;
	pty_start(&p, 80, 24, "t_operator", env, NULL);
	pty_wait_end(&p, 3000);
	assert_int_equal(WEXITSTATUS(p.status), EXIT_FAILURE);
	assert_true(pty_sent(&p, "terminal type \"no-such-terminal\" is not known here: set TERM (1005"));
	pty_stop(&p);
}

static void
without_a_terminal_it_says_so_with_a_code(void **state)
{
	char command[2048], out[1024] = "";

	(void)state;
	(void)snprintf(command, sizeof(command), "'%s/muster' </dev/null 2>&1", getenv("BUILD"));
	FILE *f = popen(command, "r");
	assert_non_null(f);
	size_t n = fread(out, 1, sizeof(out) - 1, f);
	assert_true(n > 0);
	assert_int_equal(WEXITSTATUS(pclose(f)), EXIT_FAILURE);
	assert_has(out, "the console needs a terminal; for scripts there is musterctl (1005");
}

static void
nothing_is_sent_while_nothing_happens(void **state)
{
	(void)state;
	pty_begin(&p, 80, 24, NULL, NULL);
	for (int key = '4'; key <= '7'; key += 3) {
		pty_send(&p, &(char){ (char)key }, 1);
		pty_run(&p, 400);
		size_t before = p.bytes;

		pty_run(&p, 2000);
		assert_int_equal(p.bytes - before, 0);
	}
	quit();
}

static size_t
bytes_of(const char *keys, int ms)
{
	size_t before = p.bytes;
	pty_type(&p, keys);
	pty_run(&p, ms);
	return p.bytes - before;
}

static void
an_update_sends_little(void **state)
{
	(void)state;
	pty_begin(&p, 80, 24, NULL, NULL);
	print_message("first picture: %zu bytes\n", p.bytes);
	assert_true(p.bytes < 6000);
	(void)bytes_of("4", 300);
	size_t down = bytes_of("j", 200), screen = bytes_of("7", 300);
	size_t before = p.bytes;
	(void)sql("SELECT test.line(1, 3, 0, 'one more line')");
	pty_wait(&p, "one more line");
	pty_run(&p, 200);
	size_t line = p.bytes - before;
	print_message("cursor down: %zu bytes, other screen: %zu, a line of the log: %zu\n", down, screen, line);
	assert_true(down < 400);
	assert_true(screen < 4000);
	assert_true(line < 2500);
	quit();
}

static void
the_first_picture_comes_quickly(void **state)
{
	int64_t least = 1000000;

	(void)state;
	for (int i = 0; i < 5; i++) {
		int64_t start = clock_ms();

		pty_start(&p, 80, 24, "t_operator", NULL, NULL);
		pty_wait(&p, "engine one");
		least = clock_ms() - start < least ? clock_ms() - start : least;
		pty_stop(&p);
	}
	print_message("from start to a complete overview: %lld ms\n", (long long)least);
	assert_true(least < 1000);
}

static void
a_database_that_is_away_is_told_and_keys_work(void **state)
{
	(void)state;
	pty_begin(&p, 80, 24, NULL, NULL);
	pty_type(&p, "4");
	pty_wait(&p, "pc1.corp.example");
	cluster("stop");
	pty_wait(&p, "database away");
	assert_true(pty_shows(&p, "pc1.corp.example"));
	assert_true(pty_shows(&p, "(1102)"));
	pty_type(&p, F1);
	pty_wait(&p, "Help");
	cluster("start");
	pty_wait(&p, "live");
	quit();
}

int
main(int argc, char **argv)
{
#define FRESH(f) cmocka_unit_test_setup(f, db_fresh)
	const struct CMUnitTest tests[] = {
		FRESH(the_terminal_shows_the_pictures_of_the_screens),
		FRESH(a_larger_terminal_is_used_to_its_last_line),
		FRESH(meaning_has_a_colour),
		FRESH(without_colours_the_attributes_tell),
		FRESH(in_the_c_locale_only_ascii_is_sent),
		FRESH(in_a_utf8_locale_boxes_and_wide_characters_are_drawn),
		FRESH(a_storm_of_resizes_ends_with_a_full_picture),
		FRESH(a_resize_answers_no_question),
		FRESH(a_megabyte_pasted_leaves_the_console_alive),
		FRESH(garbage_as_input_does_no_harm),
		FRESH(signals_end_it_at_once_and_restore_the_terminal),
		FRESH(a_closed_terminal_ends_it),
		FRESH(the_terminal_is_as_it_was_after_the_end),
		FRESH(an_unknown_terminal_type_is_told_with_a_code),
		FRESH(without_a_terminal_it_says_so_with_a_code),
		FRESH(nothing_is_sent_while_nothing_happens),
		FRESH(an_update_sends_little),
		FRESH(the_first_picture_comes_quickly),
		FRESH(a_database_that_is_away_is_told_and_keys_work),
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
