/* SPDX-License-Identifier: Apache-2.0 */
/* test_csv: one line of a CSV file into its cells. */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/csv.h"

/* Cells of a line joined by "|", or "bad". */
static const char *
split(const char *line, char separator)
{
	static char text[200];
	char copy[200], *cells[4];

	(void)snprintf(copy, sizeof(copy), "%s", line);
	int n = csv_split(copy, separator, cells, 4);
	if (n < 0)
		return "bad";
	text[0] = '\0';
	for (int i = 0; i < n; i++) {
		size_t used = strlen(text);

		(void)snprintf(text + used, sizeof(text) - used, "%s%s", i == 0 ? "" : "|", cells[i]);
	}
	return text;
}

static void
cells_are_split_as_rfc_4180_has_it(void **state)
{
	(void)state;
	assert_string_equal(split("a,b,c", ','), "a|b|c");
	assert_string_equal(split("a;b,c", ';'), "a|b,c");
	assert_string_equal(split("a\tb\t", '\t'), "a|b|");
	assert_string_equal(split(",", ','), "|");
	assert_string_equal(split("", ','), "");
	assert_string_equal(split("\"a,b\",\"say \"\"no\"\"\",\"\"", ','), "a,b|say \"no\"|");
	assert_string_equal(split("\"\"\"\",x", ','), "\"|x");
	assert_string_equal(split(" a , b c ,\" d \"", ','), "a|b c| d ");
	assert_string_equal(split("\xc3\xa4,\xff", ','), "\xc3\xa4|\xff");
}

static void
what_is_no_line_of_csv_is_refused(void **state)
{
	static const char *const lines[] = { "\"a", "a,\"b", "\"a\"b,c", "a\"b,c", "a,b,c,d,e", "a\nb", "a\rb", "\"a\nb\",\"" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_string_equal(split(lines[i], ','), "bad");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cells_are_split_as_rfc_4180_has_it),
		TEST(what_is_no_line_of_csv_is_refused),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
