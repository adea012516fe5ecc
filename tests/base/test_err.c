/* SPDX-License-Identifier: Apache-2.0 */
/* test_err: the table of error codes, its pages, and the functions that fill a struct err. */
#include "tests/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static void
each_code_and_each_name_is_used_once(void **state)
{
	size_t n;
	const struct err_info *rows = err_rows(&n);

	(void)state;
	assert_true(n > 60);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++) {
			if (rows[i].code == rows[k].code)
				fail_msg("%d is there twice", (int)rows[i].code);
			assert_string_not_equal(rows[i].name, rows[k].name);
			assert_string_not_equal(rows[i].title, rows[k].title);
		}
}

static void
each_code_has_its_page_with_the_same_title(void **state)
{
	size_t n;
	const struct err_info *rows = err_rows(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		SCOPED(buf) struct buf page = { 0 };
		char name[64], title[160];

		(void)snprintf(name, sizeof(name), "help/errors/%d.md", (int)rows[i].code);
		source_read(name, &page);
		(void)snprintf(title, sizeof(title), "# %d %s\n", (int)rows[i].code, rows[i].title);
		if (strncmp(buf_str(&page), title, strlen(title)) != 0)
			fail_msg("%s does not start with %s", name, title);
	}
}

static void
a_row_is_found_by_its_number(void **state)
{
	(void)state;
	assert_string_equal(err_info(1401)->name, "CONTACT");
	assert_string_equal(err_info(1401)->title, "Cannot contact back AMT");
	assert_null(err_info(0));
	assert_null(err_info(-1));
	assert_null(err_info(1));
}

static void
lost_answers_are_looked_at_and_unlisted_codes_stop(void **state)
{
	(void)state;
	assert_int_equal(err_next(ERR_TIMEOUT), NEXT_LOOK);
	assert_int_equal(err_next(ERR_LOST), NEXT_LOOK);
	assert_int_equal(err_next(ERR_CONTACT), NEXT_RETRY);
	assert_int_equal(err_next(ERR_LOGIN), NEXT_STOP);
	assert_int_equal(err_next(ERR_NONE), NEXT_STOP);
	assert_int_equal(err_next((enum err_code)9999), NEXT_STOP);
}

static void
the_text_is_one_harmless_line_that_fits(void **state)
{
	struct err e;
	char longer[400];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(err_set(&e, ERR_INPUT, "a\033[2J\n%s", longer), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_memory_equal(e.text, "a?[2J?xxx", 9);
}

static void
wrap_puts_what_before_the_text_and_keeps_the_code(void **state)
{
	struct err e;
	char longer[400];

	(void)state;
	(void)err_set(&e, ERR_TIMEOUT, "no answer");
	assert_int_equal(err_wrap(&e, "Get X"), -1);
	assert_int_equal(e.code, ERR_TIMEOUT);
	assert_string_equal(e.text, "Get X: no answer");
	memset(longer, 'y', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	for (int i = 0; i < 5; i++)
		(void)err_wrap(&e, longer);
	assert_true(strlen(e.text) < sizeof(e.text));
}

static void
errno_is_told_in_words(void **state)
{
	struct err e;

	(void)state;
	errno = ENOENT;
	assert_int_equal(err_errno(&e, ERR_FILE, "%s", "unit.none"), -1);
	assert_string_equal(e.text, "unit.none: No such file or directory");
}

static void
a_log_line_is_one_harmless_line_with_its_priority(void **state)
{
	char text[512];
	int out[2], kept = dup(STDERR_FILENO);
	struct err e;

	(void)state;
	assert_int_equal(pipe(out), 0);
	assert_int_equal(dup2(out[1], STDERR_FILENO), STDERR_FILENO);
	log_init(LOG_INFO);
	log_at(LOG_DEBUG, "not written");
	log_at(LOG_WARNING, "a\nb\033c %d", 7);
	(void)err_set(&e, ERR_FILE, "why");
	log_err(LOG_ERROR, "what", &e);
	assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	(void)close(kept);
	(void)close(out[1]);
	ssize_t n = read(out[0], text, sizeof(text) - 1);
	assert_true(n > 0);
	text[n] = '\0';
	(void)close(out[0]);
	assert_string_equal(text, "<4>a?b?c 7\n<3>what: why (1003)\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_code_and_each_name_is_used_once),
		TEST(each_code_has_its_page_with_the_same_title),
		TEST(a_row_is_found_by_its_number),
		TEST(lost_answers_are_looked_at_and_unlisted_codes_stop),
		TEST(the_text_is_one_harmless_line_that_fits),
		TEST(wrap_puts_what_before_the_text_and_keeps_the_code),
		TEST(errno_is_told_in_words),
		TEST(a_log_line_is_one_harmless_line_with_its_priority),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
