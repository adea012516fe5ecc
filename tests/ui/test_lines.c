/* SPDX-License-Identifier: Apache-2.0 */
/* test_lines: a text to read: wrapping, moving, headings, and texts of any size. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit.h"

#include "base/buf.h"
#include "ui/widget/lines.h"

static struct lines l;
static struct canvas c;

static void
begin(const char *text, int width, int height)
{
	struct err e;

	assert_ok(canvas_init(&c, width, height, &e));
	memset(&l, 0, sizeof(l));
	lines_set(&l, text);
	lines_draw(&l, &c, 0, height);
}

static const char *
row(int y)
{
	static char out[1024];

	canvas_clear(&c);
	lines_draw(&l, &c, 0, c.height);
	canvas_row(&c, y, out, sizeof(out));
	return out;
}

static void
a_short_text_is_shown_as_it_is(void **state)
{
	char status[64];

	(void)state;
	begin("one\n\nthree", 20, 5);
	assert_string_equal(row(0), " one");
	assert_string_equal(row(1), "");
	assert_string_equal(row(2), " three");
	lines_status(&l, status, sizeof(status));
	assert_string_equal(status, "line 1 of 3");
	assert_true(lines_command(&l, CMD_DOWN));
	assert_string_equal(row(0), " one"); /* all of it is seen: nothing to scroll */
	assert_false(lines_command(&l, CMD_OPEN));
	canvas_free(&c);
}

static void
a_long_line_is_wrapped_at_the_width_there_is(void **state)
{
	struct err e;

	(void)state;
	begin("abcdefghij", 5, 5);
	assert_string_equal(row(0), " abcd");
	assert_string_equal(row(1), " efgh");
	assert_string_equal(row(2), " ij");
	canvas_free(&c);
	assert_ok(canvas_init(&c, 20, 5, &e));
	assert_string_equal(row(0), " abcdefghij");
	assert_string_equal(row(1), "");
	canvas_free(&c);
	begin("漢字漢字", 6, 5);
	assert_string_equal(row(0), " 漢字");
	assert_string_equal(row(1), " 漢字");
	canvas_free(&c);
}

static void
headings_lose_their_marks_and_wrapped_text_does_not(void **state)
{
	(void)state;
	begin("## Head", 20, 5);
	assert_string_equal(row(0), " Head");
	assert_int_equal(c.cells[1].style, STYLE_HEAD);
	canvas_free(&c);
	begin("abcd##ef", 5, 5);
	assert_string_equal(row(1), " ##ef");
	assert_int_equal(c.cells[5 + 1].style, STYLE_NORMAL);
	canvas_free(&c);
}

static void
it_scrolls_and_stops_at_both_ends(void **state)
{
	static const enum cmd moves[] = { CMD_UP, CMD_PAGE_UP, CMD_FIRST, CMD_DOWN, CMD_PAGE_DOWN, CMD_LAST, CMD_PAGE_DOWN, CMD_DOWN };
	static const int tops[] = { 0, 0, 0, 1, 3, 7, 7, 7 };

	(void)state;
	begin("0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", 10, 3);
	for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
		char want[8];

		assert_true(lines_command(&l, moves[i]));
		(void)snprintf(want, sizeof(want), " %d", tops[i]);
		assert_string_equal(row(0), want);
	}
	canvas_free(&c);
}

static void
a_text_without_end_is_cut_off_and_that_is_said(void **state)
{
	SCOPED(buf) struct buf b = { 0 };
	char status[64];

	(void)state;
	for (int i = 0; i < LINES_MAX + 10; i++)
		buf_printf(&b, "%d\n", i);
	begin(buf_str(&b), 10, 3);
	lines_status(&l, status, sizeof(status));
	assert_string_equal(status, "line 1 of 4000, cut off");
	canvas_free(&c);
}

static void
no_text_and_no_room_are_harmless(void **state)
{
	(void)state;
	begin("", 10, 3);
	assert_true(lines_command(&l, CMD_LAST));
	assert_string_equal(row(0), "");
	canvas_free(&c);
	begin("漢abc", 1, 1);
	assert_true(lines_command(&l, CMD_LAST));
	(void)row(0);
	canvas_free(&c);
	memset(&l, 0, sizeof(l));
	assert_true(lines_command(&l, CMD_PAGE_DOWN));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_short_text_is_shown_as_it_is),
		TEST(a_long_line_is_wrapped_at_the_width_there_is),
		TEST(headings_lose_their_marks_and_wrapped_text_does_not),
		TEST(it_scrolls_and_stops_at_both_ends),
		TEST(a_text_without_end_is_cut_off_and_that_is_said),
		TEST(no_text_and_no_room_are_harmless),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
