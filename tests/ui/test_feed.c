/* SPDX-License-Identifier: Apache-2.0 */
/* test_feed: the window on a long list, against a source that is a function. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/fake_list.h"

static int64_t
here(const struct world *w)
{
	const void *v = feed_current(&w->f);

	return v == NULL ? 0 : id_of(v);
}

/* The window is a run of neighbours in order, and cursor and top are inside it. */
static void
assert_sound(const struct world *w)
{
	const struct feed *f = &w->f;

	assert_in_range(f->n, 0, FEED_MAX);
	for (int i = 1; i < (int)f->n; i++)
		assert_int_equal(id_of(feed_at(f, i)), id_of(feed_at(f, i - 1)) - (id_of(feed_at(f, i - 1)) - 1 == w->l.gone ? 2 : 1));
	assert_true(f->cursor >= 0 && (f->n == 0 || f->cursor < (int)f->n));
	assert_true(f->top >= 0 && f->top <= f->cursor && f->cursor < f->top + f->height);
	assert_null(feed_at(f, -1));
	assert_null(feed_at(f, (int)f->n));
}

static void
commands(struct world *w, enum cmd cmd, int n)
{
	for (int i = 0; i < n; i++) {
		assert_true(feed_command(&w->f, cmd));
		settle(w);
		assert_sound(w);
	}
}

static void
an_empty_list_is_loaded_and_has_no_current_row(void **state)
{
	struct world w;

	(void)state;
	start(&w, 0);
	assert_true(w.f.loaded && w.f.at_end && w.f.at_start);
	commands(&w, CMD_DOWN, 3);
	commands(&w, CMD_LAST, 2);
	commands(&w, CMD_FIRST, 2);
	commands(&w, CMD_PAGE_UP, 2);
	assert_null(feed_current(&w.f));
	end(&w);
}

static void
paging_down_and_up_visits_every_row(void **state)
{
	struct world w;

	(void)state;
	start(&w, 5000);
	for (int64_t want = 5000; want >= 1; want--) {
		assert_int_equal(here(&w), want);
		commands(&w, CMD_DOWN, 1);
	}
	assert_int_equal(here(&w), 1);
	for (int64_t want = 1; want <= 5000; want++) {
		assert_int_equal(here(&w), want);
		commands(&w, CMD_UP, 1);
	}
	assert_int_equal(here(&w), 5000);
	end(&w);
}

static void
pages_skip_no_row_and_end_at_the_ends(void **state)
{
	struct world w;
	int n = 0;

	(void)state;
	start(&w, 1234);
	while (here(&w) > 1 && n++ < 200) {
		int64_t before = here(&w);

		commands(&w, CMD_PAGE_DOWN, 1);
		assert_true(before - here(&w) <= 20);
	}
	assert_int_equal(here(&w), 1);
	assert_in_range(n, 61, 63);
	while (here(&w) < 1234 && n++ < 400)
		commands(&w, CMD_PAGE_UP, 1);
	assert_int_equal(here(&w), 1234);
	end(&w);
}

static void
home_and_end_jump_with_a_constant_number_of_rows(void **state)
{
	struct world w;

	(void)state;
	start(&w, 10000000);
	int before = w.l.asks;
	commands(&w, CMD_LAST, 1);
	assert_int_equal(here(&w), 1);
	assert_true(w.f.n <= FEED_MAX);
	commands(&w, CMD_UP, 1);
	assert_int_equal(here(&w), 2);
	commands(&w, CMD_FIRST, 1);
	assert_int_equal(here(&w), 10000000);
	assert_true(w.l.asks - before <= 3);
	end(&w);
}

static void
memory_is_bounded_however_far_one_goes(void **state)
{
	struct world w;

	(void)state;
	start(&w, 100000);
	commands(&w, CMD_PAGE_DOWN, 300);
	assert_true(w.f.n <= FEED_MAX);
	assert_false(w.f.at_start);
	commands(&w, CMD_PAGE_UP, 310);
	assert_int_equal(here(&w), 100000);
	end(&w);
}

static void
a_list_that_ends_on_a_page_boundary_ends(void **state)
{
	static const int64_t totals[] = { 1, 19, 20, 21, 99, 100, 101, 200, 399, 400, 401, 500 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(totals); i++) {
		struct world w;

		start(&w, totals[i]);
		commands(&w, CMD_DOWN, (int)totals[i] + 30);
		assert_int_equal(here(&w), 1);
		assert_true(w.f.at_end);
		commands(&w, CMD_UP, (int)totals[i] + 30);
		assert_int_equal(here(&w), totals[i]);
		assert_true(w.f.at_start);
		end(&w);
	}
}

static void
a_reload_keeps_the_cursor_on_its_row_when_rows_come_above(void **state)
{
	static const int inserted[] = { 1, 5, 19, 50, 99, 150, 600 };

	(void)state;
	for (int down = 0; down < 60; down += 17)
		for (size_t i = 0; i < ARRAY_LEN(inserted); i++) {
			struct world w;

			start(&w, 3000);
			commands(&w, CMD_DOWN, down);
			int64_t id = here(&w);

			w.l.total += inserted[i];
			feed_reload(&w.f);
			settle(&w);
			assert_sound(&w);
			if (here(&w) != id)
				fail_msg("%d rows above row %d: the cursor went to %lld", inserted[i], down, (long long)here(&w));
			end(&w);
		}
}

static void
a_reload_deep_in_the_list_keeps_the_cursor_and_its_line(void **state)
{
	struct world w;

	(void)state;
	start(&w, 9000);
	commands(&w, CMD_PAGE_DOWN, 200);
	int64_t id = here(&w);
	int shown = w.f.cursor - w.f.top;

	for (int i = 0; i < 50; i++) {
		w.l.total += 7;
		feed_reload(&w.f);
		settle(&w);
		assert_sound(&w);
		assert_int_equal(here(&w), id);
		assert_int_equal(w.f.cursor - w.f.top, shown);
	}
	end(&w);
}

static void
a_reload_at_the_end_stays_at_the_end(void **state)
{
	struct world w;

	(void)state;
	start(&w, 9000);
	commands(&w, CMD_LAST, 1);
	for (int i = 0; i < 10; i++) {
		w.l.total++;
		feed_reload(&w.f);
		settle(&w);
		assert_int_equal(here(&w), 1);
	}
	commands(&w, CMD_FIRST, 1);
	assert_int_equal(here(&w), 9010);
	end(&w);
}

static void
rows_that_vanish_leave_the_cursor_inside(void **state)
{
	struct world w;

	(void)state;
	start(&w, 300);
	commands(&w, CMD_DOWN, 90);
	w.l.total = 5;
	feed_reload(&w.f);
	settle(&w);
	assert_sound(&w);
	assert_int_equal(w.f.n, 5);
	w.l.total = 0;
	feed_reload(&w.f);
	settle(&w);
	assert_null(feed_current(&w.f));
	end(&w);
}

/* As a device does that is approved while hundreds wait. */
static void
a_row_that_left_the_list_is_gone_after_a_reload(void **state)
{
	(void)state;
	for (int down = 0; down < 200; down = down * 3 + 1) {
		struct world w;

		start(&w, 3000);
		commands(&w, CMD_DOWN, down);
		w.l.gone = here(&w);
		feed_reload(&w.f);
		settle(&w);
		for (int i = 0; i < (int)w.f.n; i++)
			if (id_of(feed_at(&w.f, i)) == w.l.gone)
				fail_msg("row %d left the list and is still shown", down);
		assert_in_range(here(&w), w.l.gone - 1, w.l.gone + 1);
		w.l.total++;
		feed_reload(&w.f);
		settle(&w);
		if (down < 20) {
			commands(&w, CMD_UP, down + 2);
			assert_int_equal(here(&w), 3001);
		}
		end(&w);
	}
}

static void
a_change_while_loading_loads_once_more_and_no_oftener(void **state)
{
	struct world w;

	(void)state;
	start(&w, 300);
	int before = w.l.asks;
	for (int i = 0; i < 50; i++)
		feed_reload(&w.f);
	settle(&w);
	assert_int_equal(w.l.asks - before, 2);
	end(&w);
}

static void
keys_pressed_while_a_page_is_loading_are_not_lost(void **state)
{
	struct world w;

	(void)state;
	start(&w, 5000);
	feed_reload(&w.f);
	assert_true(feed_command(&w.f, CMD_LAST)); /* the answer to the reload is still to come */
	settle(&w);
	assert_int_equal(here(&w), 1);
	end(&w);
}

/* The next page was asked for behind a reload that finds nothing any more. */
static void
a_page_after_a_list_that_became_empty_is_not_asked_for(void **state)
{
	struct world w;

	(void)state;
	start(&w, 3000);
	feed_reload(&w.f);
	for (int i = 0; i < 5; i++)
		assert_true(feed_command(&w.f, CMD_PAGE_DOWN));
	w.l.total = 0;
	settle(&w);
	assert_int_equal(w.f.n, 0);
	assert_null(feed_current(&w.f));
	end(&w);
}

static void
an_error_keeps_the_rows_and_is_told(void **state)
{
	struct world w;
	struct err e;

	(void)state;
	start(&w, 300);
	commands(&w, CMD_DOWN, 7);
	feed_reload(&w.f);
	(void)err_set(&e, ERR_DB_DOWN, "gone");
	w.l.asked = false;
	w.l.fn(&w.f, NULL, &e);
	assert_int_equal(w.f.err.code, ERR_DB_DOWN);
	assert_int_equal(here(&w), 293);
	assert_int_equal(w.f.n, 100);
	feed_reload(&w.f);
	settle(&w);
	assert_int_equal(w.f.err.code, ERR_NONE);
	assert_int_equal(here(&w), 293);
	end(&w);
}

static void
other_commands_are_not_a_lists(void **state)
{
	struct world w;

	(void)state;
	start(&w, 3);
	for (int cmd = CMD_NONE; cmd <= CMD_FOLLOW; cmd++)
		if (cmd < CMD_UP || cmd > CMD_LAST)
			assert_false(feed_command(&w.f, (enum cmd)cmd));
	end(&w);
}

static bool answered_late;

static void
send_for_real(void *arg, struct dbq *q, const void *from, bool back, int limit, dbq_rows_fn *fn, struct feed *f)
{
	static const struct stmt s = { .name = "s", .want = WANT_MANY, .sql = "SELECT 1" };

	(void)arg;
	(void)from;
	(void)back;
	(void)limit;
	dbq_send(q, &s, NULL, 0, fn, f, f);
}

static void
late(void *arg, const struct rows *rows, const struct err *e)
{
	(void)arg;
	(void)rows;
	(void)e;
	answered_late = true;
}

/* A late answer would write into freed memory. */
static void
a_freed_feed_gets_no_answer(void **state)
{
	static const struct feed_source real = { sizeof(struct element), from_row, id_of, send_for_real };
	static const struct stmt s = { .name = "t", .want = WANT_MANY, .sql = "SELECT 2" };
	struct feed *f = malloc(sizeof(*f));
	struct dbq *q;
	struct err e;

	(void)state;
	assert_non_null(f);
	assert_ok(dbq_new("host=/nonexistent", NULL, "test", on_notify, on_state, NULL, &q, &e));
	assert_ok(feed_init(f, &real, NULL, q, &e));
	feed_reset(f);
	dbq_send(q, &s, NULL, 0, late, NULL, &s);
	feed_free(f);
	free(f);
	(void)dbq_work(q); /* there is no such host: what waits is told */
	assert_true(answered_late);
	assert_false(dbq_busy(q));
	dbq_free(q);
}

static void
random_commands_and_changes_keep_the_window_sound(void **state)
{
	struct world w;
	uint32_t seed = 7;

	(void)state;
	start(&w, 2000);
	for (int i = 0; i < 100000; i++) {
		seed = seed * 1664525 + 1013904223;
		uint32_t r = seed >> 10;

		if (r % 8 < 5)
			(void)feed_command(&w.f, CMD_UP + (enum cmd)(r / 8 % 6));
		else if (r % 8 == 5)
			feed_reload(&w.f);
		else if (r % 8 == 6)
			w.l.total += r / 8 % 3;
		else if (r / 8 % 100 == 1)
			w.l.total = r / 1024 % 4 * 150;
		else if (r / 8 % 500 == 0)
			feed_reset(&w.f);
		if (w.l.asked && r % 3 != 0)
			reply(&w);
		feed_show(&w.f, 1 + (int)(r / 64 % 40));
		assert_true(w.f.n <= FEED_MAX);
		assert_true(w.f.cursor >= 0 && (w.f.n == 0 || w.f.cursor < (int)w.f.n));
	}
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_list_is_loaded_and_has_no_current_row),
		TEST(paging_down_and_up_visits_every_row),
		TEST(pages_skip_no_row_and_end_at_the_ends),
		TEST(home_and_end_jump_with_a_constant_number_of_rows),
		TEST(memory_is_bounded_however_far_one_goes),
		TEST(a_list_that_ends_on_a_page_boundary_ends),
		TEST(a_reload_keeps_the_cursor_on_its_row_when_rows_come_above),
		TEST(a_reload_deep_in_the_list_keeps_the_cursor_and_its_line),
		TEST(a_reload_at_the_end_stays_at_the_end),
		TEST(rows_that_vanish_leave_the_cursor_inside),
		TEST(a_row_that_left_the_list_is_gone_after_a_reload),
		TEST(a_change_while_loading_loads_once_more_and_no_oftener),
		TEST(keys_pressed_while_a_page_is_loading_are_not_lost),
		TEST(a_page_after_a_list_that_became_empty_is_not_asked_for),
		TEST(an_error_keeps_the_rows_and_is_told),
		TEST(other_commands_are_not_a_lists),
		TEST(a_freed_feed_gets_no_answer),
		TEST(random_commands_and_changes_keep_the_window_sound),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
