/* SPDX-License-Identifier: Apache-2.0 */
/* test_widgets: canvas and tables of keys, without a database or a terminal. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit.h"

#include "base/text.h"
#include "ui/app.h"

static struct canvas
canvas(int width, int height)
{
	struct canvas c;
	struct err e;

	assert_ok(canvas_init(&c, width, height, &e));
	return c;
}

static void
assert_row(const struct canvas *c, int y, const char *want)
{
	char row[2048];

	canvas_row(c, y, row, sizeof(row));
	assert_string_equal(row, want);
}

/* A wide character is one cell with it and one with 0, on the same row. */
static void
assert_cells_sound(const struct canvas *c)
{
	for (int y = 0; y < c->height; y++)
		for (int x = 0; x < c->width; x++) {
			uint32_t ch = c->cells[y * c->width + x].ch;

			assert_true(ch == 0 || (ch >= 0x20 && ch != 0x7f && !(ch >= 0x80 && ch < 0xa0)));
			assert_true(!c->ascii || (ch >= 0x20 && ch < 0x7f));
			assert_true(ch != 0 || x > 0);
			assert_true((unsigned int)c->cells[y * c->width + x].style < STYLE_COUNT);
		}
}

static void
a_new_canvas_is_blank_at_every_size(void **state)
{
	static const int sizes[][2] = { { 1, 1 }, { 80, 24 }, { 300, 100 }, { 1, 100 }, { 300, 1 }, { 0, 0 }, { -5, -5 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct canvas c = canvas(sizes[i][0], sizes[i][1]);

		assert_true(c.width >= 1 && c.height >= 1);
		for (int y = 0; y < c.height; y++)
			assert_row(&c, y, "");
		assert_cells_sound(&c);
		canvas_free(&c);
	}
}

static void
nothing_is_drawn_outside_the_canvas(void **state)
{
	static const int at[] = { -1000, -1, 0, 1, 4, 5, 1000 };
	static const int64_t values[] = { 0, 7, 1, INT64_MAX, INT64_MIN };
	struct canvas c = canvas(5, 3);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(at); i++)
		for (size_t j = 0; j < ARRAY_LEN(at); j++)
			for (int width = -2; width < 9; width++) {
				(void)canvas_text(&c, at[i], at[j], width, STYLE_BAD, "漢字text");
				canvas_fill(&c, at[i], at[j], width, STYLE_BAR);
				canvas_restyle(&c, at[i], at[j], width, STYLE_DIM);
				canvas_bar(&c, at[i], at[j], width, 2.0, STYLE_GOOD);
				canvas_chart(&c, at[i], at[j], width, values, ARRAY_LEN(values), 7, STYLE_GOOD);
				canvas_box(&c, at[i], at[j], at[j], width, "title");
			}
	canvas_clear(&c);
	assert_int_equal(canvas_text(&c, -1, 0, 0, STYLE_NORMAL, "x"), 0);
	assert_int_equal(canvas_text(&c, 3, 0, 0, STYLE_NORMAL, "x"), 0);
	assert_int_equal(canvas_text(&c, 0, 5, 0, STYLE_NORMAL, "x"), 0);
	assert_row(&c, 0, "");
	canvas_free(&c);
}

static void
text_that_does_not_fit_ends_with_an_ellipsis(void **state)
{
	struct canvas c = canvas(10, 1);

	(void)state;
	assert_int_equal(canvas_text(&c, 0, 0, 0, STYLE_NORMAL, "0123456789"), 10);
	assert_row(&c, 0, "0123456789");
	assert_int_equal(canvas_text(&c, 0, 0, 0, STYLE_NORMAL, "0123456789a"), 10);
	assert_row(&c, 0, "012345678…");
	assert_int_equal(canvas_text(&c, 0, 0, 4, STYLE_NORMAL, "abcdef"), 4);
	assert_row(&c, 0, "abc…45678…");
	assert_int_equal(canvas_text(&c, 0, 9, 5, STYLE_NORMAL, "abc"), 1);
	assert_row(&c, 0, "abc…45678…");
	canvas_free(&c);
}

static void
wide_characters_take_two_columns_and_are_never_halved(void **state)
{
	struct canvas c = canvas(6, 1);

	(void)state;
	assert_int_equal(text_width("漢字"), 4);
	assert_int_equal(canvas_text(&c, 0, 0, 0, STYLE_NORMAL, "漢字"), 4);
	assert_int_equal(c.cells[0].ch, 0x6f22);
	assert_int_equal(c.cells[1].ch, 0);
	assert_row(&c, 0, "漢字");
	canvas_clear(&c);
	assert_int_equal(canvas_text(&c, 0, 0, 3, STYLE_NORMAL, "漢字"), 3);
	assert_row(&c, 0, "漢…");
	canvas_clear(&c);
	assert_int_equal(canvas_text(&c, 0, 0, 2, STYLE_NORMAL, "漢字"), 1);
	assert_row(&c, 0, "…");
	canvas_clear(&c);
	assert_int_equal(canvas_text(&c, 0, 5, 0, STYLE_NORMAL, "漢"), 1);
	assert_row(&c, 0, "     …");
	canvas_free(&c);
}

/* What is drawn over one half of a wide character leaves no other half behind. */
static void
drawing_over_half_a_wide_character_leaves_no_half(void **state)
{
	struct canvas c = canvas(6, 1);

	(void)state;
	(void)canvas_text(&c, 0, 0, 0, STYLE_NORMAL, "漢漢漢");
	(void)canvas_text(&c, 0, 1, 2, STYLE_NORMAL, "ab");
	assert_int_not_equal(c.cells[0].ch, 0x6f22);
	assert_int_not_equal(c.cells[3].ch, 0);
	assert_row(&c, 0, " ab 漢");
	canvas_free(&c);
}

static void
combining_marks_take_no_column(void **state)
{
	struct canvas c = canvas(8, 1);

	(void)state;
	assert_int_equal(text_width("e\xcc\x81x"), 2);
	assert_int_equal(canvas_text(&c, 0, 0, 0, STYLE_NORMAL, "e\xcc\x81\xcc\x81x"), 2);
	assert_row(&c, 0, "ex");
	canvas_free(&c);
}

static void
control_characters_and_broken_utf8_become_question_marks(void **state)
{
	struct canvas c = canvas(40, 1);

	(void)state;
	(void)canvas_text(&c, 0, 0, 0, STYLE_NORMAL, "a\x1b[31mb\r\n\t\x7f" "c\xc2\x9b" "d\xff\xc3" "e\xe2\x80\xae" "f");
	assert_row(&c, 0, "a?[31mb????c?d??e?f");
	assert_cells_sound(&c);
	canvas_free(&c);
}

static void
an_ascii_canvas_holds_ascii_only(void **state)
{
	struct canvas c = canvas(20, 4);

	(void)state;
	c.ascii = true;
	canvas_box(&c, 0, 0, 3, 10, "ä");
	canvas_bar(&c, 3, 0, 5, 1.0, STYLE_GOOD);
	(void)canvas_text(&c, 1, 1, 8, STYLE_NORMAL, "漢é cut here");
	assert_cells_sound(&c);
	assert_row(&c, 0, "+- ? ----+");
	assert_row(&c, 1, "|??? cut~|");
	assert_row(&c, 2, "+--------+");
	assert_row(&c, 3, "#####");
	canvas_free(&c);
}

static void
a_chart_shows_eighths_of_rows_and_nothing_as_a_dot(void **state)
{
	static const int64_t values[] = { 0, 1, 8, 9, 12, 16, 17, -3 };
	static const int64_t zeros[] = { 0, 0 };
	static const int64_t one[] = { 1 };
	struct canvas c = canvas(12, 2);

	(void)state;
	canvas_chart(&c, 0, 1, 2, values, ARRAY_LEN(values), 16, STYLE_GOOD);
	assert_row(&c, 0, "    ▁▄██");
	assert_row(&c, 1, " ·▁█████·");
	canvas_clear(&c);
	canvas_chart(&c, 0, 0, 2, zeros, ARRAY_LEN(zeros), 0, STYLE_GOOD);
	assert_row(&c, 1, "··");
	canvas_clear(&c);
	canvas_chart(&c, 0, 0, 2, one, 1, 1000000, STYLE_GOOD);
	assert_row(&c, 1, "▁");
	canvas_clear(&c);
	c.ascii = true;
	canvas_chart(&c, 0, 1, 2, values, ARRAY_LEN(values), 16, STYLE_GOOD);
	assert_row(&c, 0, "    _-##");
	assert_row(&c, 1, " ._#####.");
	canvas_free(&c);
}

static void
a_bar_shows_a_little_as_one_column_and_more_than_all_as_all(void **state)
{
	struct canvas c = canvas(12, 1);

	(void)state;
	canvas_bar(&c, 0, 1, 10, 0.0, STYLE_GOOD);
	assert_row(&c, 0, "");
	canvas_bar(&c, 0, 1, 10, 0.0001, STYLE_GOOD);
	assert_row(&c, 0, " █");
	canvas_bar(&c, 0, 1, 10, 7.0, STYLE_GOOD);
	assert_row(&c, 0, " ██████████");
	assert_int_equal(c.cells[10].style, STYLE_GOOD);
	assert_int_equal(c.cells[11].style, STYLE_NORMAL);
	canvas_free(&c);
}

static void
a_row_that_does_not_fit_the_buffer_is_cut_at_a_character(void **state)
{
	struct canvas c = canvas(6, 1);
	char out[8];

	(void)state;
	(void)canvas_text(&c, 0, 0, 0, STYLE_NORMAL, "漢字é");
	canvas_row(&c, 0, out, sizeof(out));
	assert_string_equal(out, "漢字");
	canvas_row(&c, 0, out, 1);
	assert_string_equal(out, "");
	canvas_free(&c);
}

/* Keys */

static const struct screen *const screens[] = { &overview_screen, &pending_screen, &devices_screen, &device_screen, &log_screen,
	&text_screen, &queue_screen, &settings_screen, &audit_screen, &audit_row_screen, &users_screen, &staged_screen, &import_screen,
	&profiles_screen, &profile_screen, &acl_screen, &revisions_screen, &diff_screen, &plan_screen, &outcome_screen, &filters_screen };

static void
no_table_has_a_key_twice(void **state)
{
	const struct key_cmd *tables[] = { global_keys, list_keys, overview_screen.keys, pending_screen.keys, devices_screen.keys,
		device_screen.keys, log_screen.keys, text_screen.keys, outcome_screen.keys, filters_screen.keys };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		for (const struct key_cmd *k = tables[i]; k->cmd != CMD_NONE; k++)
			for (const struct key_cmd *l = k + 1; l->cmd != CMD_NONE; l++)
				if (k->key == l->key)
					fail_msg("table %zu has key %d twice", i, k->key);
}

static enum cmd
find(const struct key_cmd *keys, int key)
{
	return key_lookup(keys, key, ~0U);
}

static void
a_screen_hides_no_global_key_but_to_do_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(screens); i++)
		for (const struct key_cmd *k = screens[i]->keys; k->cmd != CMD_NONE; k++) {
			enum cmd global = find(global_keys, k->key), list = screens[i]->list ? find(list_keys, k->key) : CMD_NONE;

			if ((global != CMD_NONE && global != k->cmd) || (list != CMD_NONE && list != k->cmd))
				fail_msg("%s: key %d hides another command", screens[i]->name, k->key);
		}
	for (const struct key_cmd *k = list_keys; k->cmd != CMD_NONE; k++)
		assert_int_equal(find(global_keys, k->key), CMD_NONE);
}

static void
every_command_has_a_key(void **state)
{
	(void)state;
	for (int cmd = CMD_BACK; cmd <= CMD_FORGET; cmd++) {
		bool found = false;

		for (size_t i = 0; i < ARRAY_LEN(screens) + 2; i++) {
			const struct key_cmd *k = i == 0 ? global_keys : i == 1 ? list_keys : screens[i - 2]->keys;

			for (; k->cmd != CMD_NONE; k++)
				found |= (int)k->cmd == cmd;
		}
		if (!found)
			fail_msg("command %d has no key", cmd);
	}
}

static void
what_changes_devices_needs_an_operator_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(screens); i++)
		for (const struct key_cmd *k = screens[i]->keys; k->cmd != CMD_NONE; k++)
			if (k->cmd >= CMD_APPROVE && k->cmd <= CMD_CANCEL)
				assert_int_equal(k->need & (NEED_ROW | NEED_OPERATOR), NEED_ROW | NEED_OPERATOR);
}

static void
every_key_has_a_printable_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(screens) + 2; i++) {
		const struct key_cmd *k = i == 0 ? global_keys : i == 1 ? list_keys : screens[i - 2]->keys;

		for (; k->cmd != CMD_NONE; k++) {
			char name[16];

			key_label(k->key, name, sizeof(name));
			assert_true(name[0] > ' ' && (unsigned char)name[0] < 0x7f);
			assert_true(strlen(name) < 10);
			assert_non_null(k->label);
		}
	}
}

static void
names_and_titles_of_screens_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(screens); i++)
		for (size_t j = i + 1; j < ARRAY_LEN(screens); j++) {
			assert_string_not_equal(screens[i]->name, screens[j]->name);
			assert_string_not_equal(screens[i]->title, screens[j]->title);
		}
}

static void
a_key_is_found_only_when_its_needs_are_met(void **state)
{
	static const struct key_cmd keys[] = {
		{ 'a', CMD_APPROVE, "Approve", NEED_ROW | NEED_OPERATOR },
		{ 'q', CMD_BACK, "Back", 0 },
		{ 0 },
	};

	(void)state;
	assert_int_equal(key_lookup(keys, 'a', NEED_ROW | NEED_OPERATOR), CMD_APPROVE);
	assert_int_equal(key_lookup(keys, 'a', ~0U), CMD_APPROVE);
	assert_int_equal(key_lookup(keys, 'a', NEED_ROW), CMD_NONE);
	assert_int_equal(key_lookup(keys, 'a', NEED_OPERATOR), CMD_NONE);
	assert_int_equal(key_lookup(keys, 'q', 0), CMD_BACK);
	assert_int_equal(key_lookup(keys, 'z', ~0U), CMD_NONE);
	assert_int_equal(key_lookup(keys, 0, ~0U), CMD_NONE);
	assert_int_equal(key_lookup(NULL, 'q', ~0U), CMD_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_canvas_is_blank_at_every_size),
		TEST(nothing_is_drawn_outside_the_canvas),
		TEST(text_that_does_not_fit_ends_with_an_ellipsis),
		TEST(wide_characters_take_two_columns_and_are_never_halved),
		TEST(drawing_over_half_a_wide_character_leaves_no_half),
		TEST(combining_marks_take_no_column),
		TEST(control_characters_and_broken_utf8_become_question_marks),
		TEST(an_ascii_canvas_holds_ascii_only),
		TEST(a_chart_shows_eighths_of_rows_and_nothing_as_a_dot),
		TEST(a_bar_shows_a_little_as_one_column_and_more_than_all_as_all),
		TEST(a_row_that_does_not_fit_the_buffer_is_cut_at_a_character),
		TEST(no_table_has_a_key_twice),
		TEST(a_screen_hides_no_global_key_but_to_do_the_same),
		TEST(every_command_has_a_key),
		TEST(what_changes_devices_needs_an_operator_everywhere),
		TEST(every_key_has_a_printable_name),
		TEST(names_and_titles_of_screens_are_unique),
		TEST(a_key_is_found_only_when_its_needs_are_met),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
