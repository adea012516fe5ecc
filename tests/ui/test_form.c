/* SPDX-License-Identifier: Apache-2.0 */
/* test_form: lines being typed and dialogs, without a database or a terminal. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit.h"

#include "base/text.h"
#include "ui/widget/form.h"
#include "ui/widget/keys.h"

static struct canvas
canvas(int width, int height)
{
	struct canvas c;
	struct err e;

	assert_ok(canvas_init(&c, width, height, &e));
	return c;
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

/* Input */

static void
type(struct input *in, const char *text)
{
	for (uint32_t ch; (ch = text_next(&text)) != 0;)
		assert_true(input_key(in, (int)ch));
}

static void
a_line_is_edited_character_by_character(void **state)
{
	struct input in = { 0 };

	(void)state;
	type(&in, "aé漢z");
	assert_string_equal(in.text, "aé漢z");
	assert_true(input_key(&in, UK_LEFT) && input_key(&in, UK_LEFT));
	type(&in, "ü");
	assert_string_equal(in.text, "aéü漢z");
	assert_true(input_key(&in, UK_BACKSPACE) && input_key(&in, UK_BACKSPACE));
	assert_string_equal(in.text, "a漢z");
	assert_true(input_key(&in, UK_DELETE));
	assert_string_equal(in.text, "az");
	assert_true(input_key(&in, UK_HOME) && input_key(&in, UK_LEFT) && input_key(&in, UK_BACKSPACE));
	assert_string_equal(in.text, "az");
	assert_true(input_key(&in, UK_END) && input_key(&in, UK_RIGHT) && input_key(&in, UK_DELETE));
	assert_string_equal(in.text, "az");
	assert_true(input_key(&in, UK_LEFT) && input_key(&in, 'u' & 0x1f));
	assert_string_equal(in.text, "z");
	assert_false(input_key(&in, UK_TAB));
	assert_false(input_key(&in, 0x1b));
	assert_false(input_key(&in, 0x7f));
	assert_string_equal(in.text, "z");
}

static void
ten_thousand_pasted_characters_fill_the_line_and_no_more(void **state)
{
	static const char *const pieces[] = { "x", "é", "漢", "😀" };
	struct canvas c = canvas(20, 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		struct input in = { 0 };

		for (int n = 0; n < 10000; n++)
			type(&in, pieces[i]);
		assert_true(strlen(in.text) < INPUT_MAX && strlen(in.text) + strlen(pieces[i]) >= INPUT_MAX);
		assert_int_equal(strlen(in.text) % strlen(pieces[i]), 0);
		assert_int_equal(in.at, strlen(in.text));
		input_draw(&in, &c, 0, 0, 20, true);
		assert_cells_sound(&c);
	}
	canvas_free(&c);
}

static void
a_default_that_is_too_long_is_cut_at_a_character(void **state)
{
	(void)state;
	for (size_t lead = 0; lead < 2; lead++) {
		struct input in;
		char text[400] = "x";
		const char *p = in.text;
		uint32_t ch;

		for (size_t i = 0; i < 150; i++)
			(void)text_copy(text + lead + 2 * i, 3, "é");
		input_set(&in, text);
		while ((ch = text_next(&p)) != 0)
			assert_int_not_equal(ch, 0xfffd);
	}
}

static void
the_cursor_of_a_long_line_is_always_seen(void **state)
{
	struct canvas c = canvas(30, 1);
	struct input in = { 0 };

	(void)state;
	for (int n = 0; n < 120; n++)
		type(&in, n % 10 == 9 ? "漢" : "x");
	for (int n = 0; n < 125; n++) {
		int seen = 0;

		canvas_clear(&c);
		input_draw(&in, &c, 0, 5, 12, true);
		for (int x = 0; x < c.width; x++)
			if (c.cells[x].style == STYLE_CURSOR) {
				seen++;
				assert_in_range(x, 5, 16);
			}
		assert_int_equal(seen, 1);
		assert_true(input_key(&in, UK_LEFT));
	}
	canvas_free(&c);
}

/* Form */

static struct form
a_form(void)
{
	struct form f = { .title = "Title" };

	form_line(&f, "%d devices", 3);
	struct form_field *p = form_add(&f, "Profile", "choose", "");
	(void)text_copy(p->choices[0], 64, "one");
	(void)text_copy(p->choices[1], 64, "two");
	(void)text_copy(p->choices[2], 64, "three");
	p->nchoices = 3;
	(void)form_add(&f, "FQDN", "hint", "pc.example");
	(void)form_add(&f, "OU", "hint", "");
	return f;
}

static void
enter_alone_takes_every_default(void **state)
{
	struct form f = a_form();

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(f.state, FORM_OPEN);
		form_key(&f, '\n');
	}
	assert_int_equal(f.state, FORM_DONE);
	assert_string_equal(form_value(&f, 0), "one");
	assert_string_equal(form_value(&f, 1), "pc.example");
	assert_string_equal(form_value(&f, 2), "");
}

static void
choices_go_round_both_ways_and_take_no_text(void **state)
{
	struct form f = a_form();

	(void)state;
	form_key(&f, UK_LEFT);
	assert_string_equal(form_value(&f, 0), "three");
	form_key(&f, UK_RIGHT);
	assert_string_equal(form_value(&f, 0), "one");
	form_key(&f, ' ');
	assert_string_equal(form_value(&f, 0), "two");
	form_key(&f, 'x');
	assert_string_equal(form_value(&f, 0), "two");
	form_key(&f, UK_DOWN);
	assert_int_equal(f.active, 1);
	form_key(&f, UK_UP);
	assert_int_equal(f.active, 0);
}

static void
tab_goes_round_the_fields_and_esc_cancels_on_each(void **state)
{
	(void)state;
	for (int n = 0; n < 7; n++) {
		struct form f = a_form();

		for (int i = 0; i < n; i++)
			form_key(&f, UK_TAB);
		assert_int_equal(f.active, n % 3);
		form_key(&f, UK_BACKTAB);
		assert_int_equal(f.active, (n + 2) % 3);
		assert_int_equal(f.state, FORM_OPEN);
		form_key(&f, UK_ESC);
		assert_int_equal(f.state, FORM_CANCELLED);
	}
}

static void
a_question_is_done_by_y_only(void **state)
{
	(void)state;
	for (int key = 0x20; key < 0x7f; key++) {
		struct form f = { .title = "Hold" };

		form_key(&f, key);
		assert_int_equal(f.state, key == 'y' || key == 'Y' ? FORM_DONE : FORM_CANCELLED);
	}
	struct form f = { .title = "Hold" };
	form_key(&f, '\n');
	assert_int_equal(f.state, FORM_CANCELLED);
}

/* F5 is also what a resize of the terminal arrives as. */
static void
a_refresh_answers_no_question(void **state)
{
	struct form f = { .title = "Hold" };

	(void)state;
	form_key(&f, UK_F5);
	assert_int_equal(f.state, FORM_OPEN);
}

static void
more_lines_than_fit_a_form_are_left_out(void **state)
{
	struct form f = { .title = "T" };
	struct canvas c = canvas(80, 24);

	(void)state;
	for (int i = 0; i < 100; i++)
		form_line(&f, "line %d %0200d", i, i);
	assert_int_equal(f.nlines, FORM_LINES_MAX);
	form_draw(&f, &c);
	assert_cells_sound(&c);
	canvas_free(&c);
}

static void
a_form_is_drawn_at_every_size(void **state)
{
	(void)state;
	for (int w = 1; w < 90; w += w < 20 ? 1 : 7)
		for (int h = 1; h < 26; h += 2) {
			struct canvas c = canvas(w, h);
			struct form f = a_form();

			for (int i = 0; i < 3; i++) {
				form_draw(&f, &c);
				assert_cells_sound(&c);
				form_key(&f, UK_TAB);
			}
			canvas_free(&c);
		}
}

static void
a_form_shows_its_fields_at_forty_by_ten(void **state)
{
	struct canvas c = canvas(40, 10);
	struct form f = a_form();
	char all[4096] = "";

	(void)state;
	form_draw(&f, &c);
	for (int y = 0; y < c.height; y++)
		canvas_row(&c, y, all + strlen(all), sizeof(all) - strlen(all));
	assert_has(all, "3 devices");
	assert_has(all, "< one >");
	assert_has(all, "pc.example");
	assert_has(all, "OU");
	canvas_free(&c);
}

/* Random keys: nothing crashes, no cell is unsound. */
static void
a_hundred_thousand_random_keys_do_no_harm(void **state)
{
	struct canvas c = canvas(40, 12);
	struct form f = a_form();
	uint32_t seed = 20260115;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		static const int wild[] = { 0, -1, 0x7f, 0x9b, 0xd800, 0xffff, 0x10ffff, 0x110000, 0x1fffff, KEY_NONE_, UK_BACKTAB + 0x1000 };
		seed = seed * 1664525 + 1013904223;
		uint32_t r = seed >> 8;
		int key = r % 4 == 0 ? UK_UP + (int)(r / 4 % 17) : r % 4 == 1 ? (int)(r / 4 % 0x250) : r % 4 == 2 ? 0x20 + (int)(r / 4 % 0x5f)
		    : wild[r / 4 % ARRAY_LEN(wild)];

		form_key(&f, key);
		if (i % 16 == 0) {
			c.ascii = i % 32 == 0;
			form_draw(&f, &c);
		}
		if (f.state != FORM_OPEN)
			f = a_form();
	}
	canvas_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_edited_character_by_character),
		TEST(ten_thousand_pasted_characters_fill_the_line_and_no_more),
		TEST(a_default_that_is_too_long_is_cut_at_a_character),
		TEST(the_cursor_of_a_long_line_is_always_seen),
		TEST(enter_alone_takes_every_default),
		TEST(choices_go_round_both_ways_and_take_no_text),
		TEST(tab_goes_round_the_fields_and_esc_cancels_on_each),
		TEST(a_question_is_done_by_y_only),
		TEST(a_refresh_answers_no_question),
		TEST(more_lines_than_fit_a_form_are_left_out),
		TEST(a_form_is_drawn_at_every_size),
		TEST(a_form_shows_its_fields_at_forty_by_ten),
		TEST(a_hundred_thousand_random_keys_do_no_harm),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
