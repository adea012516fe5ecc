/* SPDX-License-Identifier: Apache-2.0 */
/* test_page: the form as large as a screen, without a database or a terminal. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit.h"

#include "base/text.h"
#include "ui/widget/keys.h"
#include "ui/widget/page.h"

enum { NAME, MODE, ON, SECRET, FIRST_ITEM = 10 };

static struct page p;
static struct canvas c;

static int
setup(void **state)
{
	struct err e;

	(void)state;
	page_wipe(&p);
	(void)page_section(&p, "One");
	(void)page_section(&p, "Two");
	(void)page_section(&p, "Three");
	(void)page_add(&p, 0, PAGE_NOTE, 0, "A note", "");
	(void)page_add(&p, 0, PAGE_TEXT, NAME, "Name", "the rule of the name");
	struct page_field *mode = page_add(&p, 0, PAGE_CHOICE, MODE, "Mode", "the rule of the mode");
	page_choice(mode, "random");
	page_choice(mode, "fixed");
	(void)page_add(&p, 0, PAGE_SWITCH, ON, "On", "");
	(void)page_add(&p, 0, PAGE_PASSWORD, SECRET, "Secret", "");
	for (int i = 0; i < 30; i++) {
		char label[16];

		(void)snprintf(label, sizeof(label), "item %d", i);
		(void)page_add(&p, 1, PAGE_ITEM, FIRST_ITEM + i, label, "");
	}
	page_go(&p, 0);
	return canvas_init(&c, 80, 24, &e);
}

static int
teardown(void **state)
{
	(void)state;
	canvas_free(&c);
	return 0;
}

static const char *
shown(int width, int height)
{
	static char text[32768];
	size_t used = 0;
	struct err e;

	canvas_free(&c);
	assert_ok(canvas_init(&c, width, height, &e));
	canvas_clear(&c);
	page_draw(&p, &c, 0, height);
	for (int y = 0; y < height; y++) {
		canvas_row(&c, y, text + used, sizeof(text) - used - 2);
		used += strlen(text + used);
		text[used++] = '\n';
	}
	text[used] = '\0';
	return text;
}

static void
type(const char *text)
{
	for (; *text != '\0'; text++)
		(void)page_key(&p, *text);
}

static void
arrows_move_over_notes_and_stop_at_the_ends(void **state)
{
	(void)state;
	assert_int_equal(page_current(&p)->id, NAME);
	assert_int_equal(page_key(&p, UK_UP), PAGE_TAKEN);
	assert_int_equal(page_current(&p)->id, NAME);
	for (int i = 0; i < 9; i++)
		(void)page_key(&p, UK_DOWN);
	assert_int_equal(page_current(&p)->id, SECRET);
	assert_int_equal(page_current(&p)->section, 0);
}

static void
letters_are_no_text_until_enter(void **state)
{
	(void)state;
	assert_int_equal(page_key(&p, 's'), PAGE_PASSED);
	assert_int_equal(page_key(&p, '\n'), PAGE_TAKEN);
	assert_int_equal(page_key(&p, 's'), PAGE_CHANGED);
	type("q1");
	assert_int_equal(page_key(&p, UK_F1), PAGE_PASSED);
	assert_int_equal(page_key(&p, 'S' & 0x1f), PAGE_PASSED);
	assert_int_equal(page_key(&p, '\n'), PAGE_TAKEN);
	assert_string_equal(page_value(page_find(&p, 0, NAME)), "sq1");
	assert_int_equal(page_key(&p, 's'), PAGE_PASSED);
}

static void
esc_takes_back_what_was_typed(void **state)
{
	(void)state;
	(void)page_key(&p, '\n');
	type("old");
	(void)page_key(&p, '\n');
	(void)page_key(&p, '\n');
	type("er");
	assert_int_equal(page_key(&p, UK_ESC), PAGE_CHANGED);
	assert_string_equal(page_value(page_find(&p, 0, NAME)), "old");
	assert_int_equal(page_key(&p, UK_ESC), PAGE_PASSED);
	(void)page_key(&p, '\n');
	assert_int_equal(page_key(&p, UK_ESC), PAGE_TAKEN);
}

static void
down_ends_typing_and_moves(void **state)
{
	(void)state;
	(void)page_key(&p, '\n');
	type("x");
	(void)page_key(&p, UK_DOWN);
	assert_false(p.typing);
	assert_int_equal(page_current(&p)->id, MODE);
}

static void
choices_and_switches_turn(void **state)
{
	(void)state;
	struct page_field *mode = page_find(&p, 0, MODE), *on = page_find(&p, 0, ON);

	page_go_to(&p, mode);
	assert_int_equal(page_key(&p, UK_RIGHT), PAGE_CHANGED);
	assert_string_equal(page_value(mode), "fixed");
	(void)page_key(&p, ' ');
	assert_string_equal(page_value(mode), "random");
	(void)page_key(&p, UK_LEFT);
	assert_string_equal(page_value(mode), "fixed");
	page_go_to(&p, on);
	(void)page_key(&p, '\n');
	assert_string_equal(page_value(on), "true");
	(void)page_key(&p, ' ');
	assert_string_equal(page_value(on), "false");
}

static void
a_password_is_never_shown(void **state)
{
	(void)state;
	page_go_to(&p, page_find(&p, 0, SECRET));
	(void)page_key(&p, '\n');
	type("Geheim");
	assert_has(shown(80, 24), "******");
	assert_has_not(shown(80, 24), "Geheim");
	(void)page_key(&p, '\n');
	assert_has(shown(80, 24), "******");
	assert_has_not(shown(80, 24), "Geheim");
	page_wipe(&p);
	for (size_t i = 0; i < sizeof(p); i++)
		assert_int_equal(((const char *)&p)[i], 0);
}

static void
tab_goes_round_the_sections(void **state)
{
	(void)state;
	(void)page_key(&p, UK_TAB);
	assert_int_equal(p.section, 1);
	(void)page_key(&p, UK_PGDN);
	assert_int_equal(p.section, 2);
	assert_null(page_current(&p)); /* it is empty */
	assert_int_equal(page_key(&p, '\n'), PAGE_PASSED);
	(void)page_key(&p, UK_TAB);
	assert_int_equal(p.section, 0);
	(void)page_key(&p, UK_BACKTAB);
	assert_int_equal(p.section, 2);
}

static void
the_cursor_stays_in_sight(void **state)
{
	(void)state;
	page_go(&p, 1);
	for (int i = 0; i < 29; i++) {
		char want[16];

		(void)snprintf(want, sizeof(want), "> item %d", i);
		assert_has(shown(40, 8), want);
		(void)page_key(&p, UK_DOWN);
	}
	assert_int_equal(page_key(&p, '\n'), PAGE_OPENED);
	for (int i = 0; i < 40; i++)
		(void)page_key(&p, 'k');
	assert_has(shown(40, 8), "> item 0");
}

static void
what_is_wrong_stands_in_place_of_the_rule(void **state)
{
	(void)state;
	assert_has(shown(80, 24), "the rule of the name");
	struct page_field *f = page_find(&p, 0, NAME);
	(void)text_copy(f->wrong, sizeof(f->wrong), "too short");
	assert_has(shown(80, 24), "too short");
	assert_has_not(shown(80, 24), "the rule of the name");
	assert_has(shown(80, 24), "One!");
	assert_has(shown(40, 8), "too short");
	assert_ptr_equal(page_wrong(&p), f);
	f->wrong[0] = '\0';
	assert_null(page_wrong(&p));
}

static void
dropped_items_leave_the_rest(void **state)
{
	(void)state;
	page_drop(&p, 1, PAGE_ITEM);
	assert_null(page_find(&p, 1, FIRST_ITEM));
	assert_non_null(page_find(&p, 0, SECRET));
	assert_int_equal(p.n, 5);
	for (size_t i = p.n; i < PAGE_FIELDS_MAX; i++)
		(void)page_add(&p, 1, PAGE_ITEM, (int)i, "x", "");
	assert_null(page_add(&p, 1, PAGE_ITEM, 1, "one too many", ""));
}

static void
any_size_and_any_key_is_harmless(void **state)
{
	static const int keys[] = { UK_UP, UK_DOWN, UK_LEFT, UK_RIGHT, UK_TAB, UK_BACKTAB, UK_ESC, '\n', ' ', 'x', 0x6f22, UK_BACKSPACE, UK_DELETE,
		UK_HOME, UK_END, UK_PGUP, UK_PGDN, 1, 0x1f };
	unsigned int r = 1;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		r = r * 1103515245U + 12345U;
		(void)page_key(&p, keys[(r >> 16) % ARRAY_LEN(keys)]);
		if (i % 20 == 0)
			(void)shown(1 + (int)((r >> 8) % 100), 1 + (int)((r >> 20) % 30));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(arrows_move_over_notes_and_stop_at_the_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(letters_are_no_text_until_enter, setup, teardown),
		cmocka_unit_test_setup_teardown(esc_takes_back_what_was_typed, setup, teardown),
		cmocka_unit_test_setup_teardown(down_ends_typing_and_moves, setup, teardown),
		cmocka_unit_test_setup_teardown(choices_and_switches_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(a_password_is_never_shown, setup, teardown),
		cmocka_unit_test_setup_teardown(tab_goes_round_the_sections, setup, teardown),
		cmocka_unit_test_setup_teardown(the_cursor_stays_in_sight, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_wrong_stands_in_place_of_the_rule, setup, teardown),
		cmocka_unit_test_setup_teardown(dropped_items_leave_the_rest, setup, teardown),
		cmocka_unit_test_setup_teardown(any_size_and_any_key_is_harmless, setup, teardown),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
