/* SPDX-License-Identifier: Apache-2.0 */
/* test_mouse: the mouse, themes, the mode to copy from, pastes and sizes in a real terminal. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/unit.h"

#include "tests/ui/db.h"
#include "tests/ui/pty.h"

#define F10      "\x1b[21~"
#define MOUSE_ON "\x1b[?1006;1000h"
#define PASTE_ON "\x1b[?2004h"

static struct pty p;

static void
quit(void)
{
	pty_type(&p, F10);
	pty_wait_end(&p, 5000);
	assert_true(WIFEXITED(p.status));
	assert_int_equal(WEXITSTATUS(p.status), 0);
	pty_stop(&p);
}

/* A click or a turn of the wheel, as xterm reports it. */
static void
mouse(int button, int y, int x)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "\x1b[<%d;%d;%dM", button, x + 1, y + 1);
	pty_type(&p, text);
	(void)snprintf(text, sizeof(text), "\x1b[<%d;%d;%dm", button, x + 1, y + 1);
	if (button == 0)
		pty_type(&p, text);
}

static int
row_of(const char *text)
{
	char row[2048];

	for (int y = 0; y < p.height; y++) {
		pty_row(&p, y, row, sizeof(row));
		if (strstr(row, text) != NULL)
			return y;
	}
	fail_msg("\"%s\" is not shown", text);
	return -1;
}

static void
the_mouse_selects_opens_and_scrolls(void **state)
{
	(void)state;
	pty_begin(&p, 80, 24, NULL, NULL);
	assert_true(pty_sent(&p, MOUSE_ON));
	pty_wait(&p, "0 Set"); /* a click goes to what was drawn */
	pty_settle(&p);
	mouse(0, 0, 34);
	pty_wait(&p, "1 of 12");
	pty_settle(&p);
	int y = row_of("pc3.corp");
	mouse(0, y, 20);
	pty_wait(&p, "> pc3.corp");
	mouse(65, 5, 5);
	pty_wait(&p, "> pc1.corp");
	mouse(64, 5, 5);
	pty_wait(&p, "> pc4.corp");
	mouse(0, y, 20);
	mouse(0, y, 20);
	pty_wait(&p, "Device  00000003-0000");
	pty_wait(&p, "l Log");
	pty_settle(&p);
	mouse(0, 23, 17);
	pty_wait(&p, "Log  00000003-0000");
	quit();
}

static void
the_mouse_is_left_alone_when_it_shall_be(void **state)
{
	(void)state;
	pty_begin(&p, 80, 24, NULL, "--no-mouse");
	assert_false(pty_sent(&p, MOUSE_ON));
	quit();
	pty_start(&p, 80, 24, "t_operator", NULL, "--plain");
	pty_wait(&p, "engine one");
	pty_settle(&p);
	assert_false(pty_sent(&p, MOUSE_ON));
	assert_false(pty_shows(&p, "F10 Quit"));
	pty_type(&p, "P");
	pty_wait(&p, "F10 Quit");
	pty_run(&p, 200);
	assert_true(pty_sent(&p, MOUSE_ON));
	quit();
}

static void
a_theme_is_chosen_by_option_variable_or_terminal(void **state)
{
	static const char *const light[] = { "COLORFGBG=0;15", NULL };
	static const char *const safe[] = { "MUSTER_THEME=safe", NULL };
	static const char *const wrong[] = { "MUSTER_THEME=nonsense", NULL };
	static const char *const none[] = { "MUSTER_THEME=light", "NO_COLOR=1", NULL };
	static const struct {
		const char *const *env;
		const char *option;
		int head; /* the colour of a heading, -1: the terminal's own */
	} runs[] = { { NULL, NULL, 6 }, { light, NULL, 4 }, { safe, NULL, -1 }, { safe, "--theme=light", 4 }, { wrong, NULL, 6 },
		{ none, NULL, -1 }, { NULL, "--theme=mono", -1 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		pty_begin(&p, 80, 24, runs[i].env, runs[i].option);
		VTermScreenCell head = pty_cell(&p, "Engines");

		if (runs[i].head < 0)
			assert_true(VTERM_COLOR_IS_DEFAULT_FG(&head.fg));
		else
			assert_int_equal(head.fg.indexed.idx, runs[i].head);
		quit();
	}
	pty_start(&p, 80, 24, "t_operator", NULL, "--theme=nonsense");
	pty_wait_end(&p, 5000);
	assert_int_equal(WEXITSTATUS(p.status), 2);
	assert_true(pty_sent(&p, "there are dark, light, safe, mono"));
	pty_stop(&p);
}

static void
five_megabytes_pasted_press_no_keys(void **state)
{
	enum { SIZE = 5 << 20 };
	char *text = malloc(SIZE);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < SIZE; i++)
		text[i] = "hy\nRy\naq4"[i % 9];
	pty_begin(&p, 80, 24, NULL, NULL);
	assert_true(pty_sent(&p, PASTE_ON));
	pty_type(&p, "2");
	pty_wait(&p, "1 of 6");
	pty_type(&p, "\x1b[200~");
	for (int i = 0; i < 5; i++)
		pty_send(&p, text + (size_t)i * (SIZE / 5), SIZE / 5);
	pty_type(&p, "\x1b[201~");
	pty_wait(&p, "Pasted text presses no keys");
	assert_true(pty_shows(&p, "Pending hellos"));
	assert_string_equal(sql("SELECT count(*) FROM muster.device WHERE state = 'held'"), "1");
	pty_type(&p, "4");
	pty_wait(&p, "Devices  1 of 12");
	quit();
	free(text);
}

static void
two_hundred_resizes_at_once_end_with_a_full_picture(void **state)
{
	static const int sizes[][2] = { { 300, 80 }, { 40, 10 }, { 80, 24 } };
	char row[4096];

	(void)state;
	pty_begin(&p, 80, 24, NULL, NULL);
	pty_type(&p, "4");
	pty_wait(&p, "1 of 12");
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		for (int j = 0; j < 200; j++)
			pty_size(&p, 30 + j % 170, 8 + j % 50);
		pty_size(&p, sizes[i][0], sizes[i][1]);
		pty_run(&p, 200);
		pty_wait(&p, "1 of 12");
		pty_wait(&p, "F10 Quit");
		pty_settle(&p); /* it may be drawn anew once more */
		pty_row(&p, p.height - 1, row, sizeof(row));
		assert_has(row, "F10 Quit");
	}
	quit();
}

static void
wide_and_combining_characters_keep_the_columns(void **state)
{
	char row[4096], other[4096];

	(void)state;
	(void)sql("UPDATE muster.device SET reason = E'漢字 e\\u0301 🖥 \\u200b \\U0001F468' WHERE device_id = 12");
	(void)sql("UPDATE muster.device SET reason = '' WHERE device_id = 11");
	pty_begin(&p, 132, 24, NULL, NULL);
	pty_type(&p, "2");
	pty_wait(&p, "漢字");
	pty_settle(&p);
	pty_row(&p, row_of("0000000c-"), row, sizeof(row));
	assert_has(row, "漢字 e");
	pty_row(&p, p.height - 1, other, sizeof(other));
	assert_has(other, "F10 Quit");
	pty_type(&p, "j");
	pty_run(&p, 200);
	pty_row(&p, row_of("0000000c-"), row, sizeof(row));
	assert_has(row, "漢字 e");
	quit();
}

#define FRESH(f) cmocka_unit_test_setup(f, db_fresh)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FRESH(the_mouse_selects_opens_and_scrolls),
		FRESH(the_mouse_is_left_alone_when_it_shall_be),
		FRESH(a_theme_is_chosen_by_option_variable_or_terminal),
		FRESH(five_megabytes_pasted_press_no_keys),
		FRESH(two_hundred_resizes_at_once_end_with_a_full_picture),
		FRESH(wide_and_combining_characters_keep_the_columns),
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
