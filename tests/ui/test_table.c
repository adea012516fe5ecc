/* SPDX-License-Identifier: Apache-2.0 */
/* test_table: columns by width, rows, and what an empty table says. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/fake_list.h"
#include "ui/widget/table.h"

static void
cell_id(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)snprintf(out, size, "%lld", (long long)id_of(row));
}

static void
cell_long(const void *row, char *out, size_t size, enum style *style)
{
	(void)row;
	*style = STYLE_GOOD;
	(void)snprintf(out, size, "%s", "0123456789012345678901234567890123456789");
}

static const struct column columns[] = {
	{ "ID", 6, 0, cell_id },
	{ "WIDE", 5, 50, cell_id },
	{ "WIDER", 5, 80, cell_id },
	{ "REST", 10, 0, cell_long },
	{ 0 },
};

static bool
marked(const void *arg, const void *row)
{
	(void)arg;
	return id_of(row) % 2 == 0;
}

static void
table_row(struct world *w, int width, int height, int y, char *out, size_t size)
{
	struct canvas c;
	struct err e;

	assert_ok(canvas_init(&c, width, height, &e));
	table_draw(&w->f, columns, "Nothing.", marked, NULL, &c, 0, height);
	canvas_row(&c, y, out, size);
	canvas_free(&c);
}

static void
columns_are_picked_by_width_and_the_last_takes_the_rest(void **state)
{
	struct world w;
	char row[256];

	(void)state;
	start(&w, 50);
	table_row(&w, 40, 10, 0, row, sizeof(row));
	assert_string_equal(row, "  ID     REST");
	table_row(&w, 50, 10, 0, row, sizeof(row));
	assert_string_equal(row, "  ID     WIDE  REST");
	table_row(&w, 80, 10, 0, row, sizeof(row));
	assert_string_equal(row, "  ID     WIDE  WIDER REST");
	table_row(&w, 20, 10, 2, row, sizeof(row));
	assert_string_equal(row, "  49     0123456789…");
	table_row(&w, 80, 10, 1, row, sizeof(row));
	assert_string_equal(row, "*>50     50    50    0123456789012345678901234567890123456789");
	table_row(&w, 80, 10, 3, row, sizeof(row));
	assert_string_equal(row, "* 48     48    48    0123456789012345678901234567890123456789");
	end(&w);
}

static void
a_table_is_drawn_at_every_size(void **state)
{
	struct world w;
	char row[512];

	(void)state;
	start(&w, 50);
	for (int width = 1; width < 130; width += 3)
		for (int height = 1; height < 40; height += 3)
			table_row(&w, width, height, 0, row, sizeof(row));
	end(&w);
}

static void
an_empty_table_says_so_or_says_the_error(void **state)
{
	struct world w;
	char row[256];
	struct err e;

	(void)state;
	start(&w, 0);
	table_row(&w, 60, 10, 2, row, sizeof(row));
	assert_string_equal(row, "  Nothing.");
	feed_reset(&w.f);
	table_row(&w, 60, 10, 2, row, sizeof(row));
	assert_string_equal(row, "  Loading ...");
	(void)err_set(&e, ERR_DB_DENIED, "permission denied");
	w.l.asked = false;
	w.l.fn(&w.f, NULL, &e);
	table_row(&w, 60, 10, 2, row, sizeof(row));
	assert_string_equal(row, "  permission denied (1104)");
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(columns_are_picked_by_width_and_the_last_takes_the_rest),
		TEST(a_table_is_drawn_at_every_size),
		TEST(an_empty_table_says_so_or_says_the_error),
	};

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
