/* SPDX-License-Identifier: Apache-2.0 */
/* test_buf: the growing buffer, its limit, and the reading cursor rd. */
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/rd.h"

static void
an_empty_buffer_is_an_empty_string(void **state)
{
	SCOPED(buf) struct buf b = { 0 };

	(void)state;
	assert_string_equal(buf_str(&b), "");
	buf_add(&b, NULL, 0);
	assert_int_equal(b.len, 0);
	assert_false(b.bad);
}

static void
what_is_added_comes_back_ended_by_nul(void **state)
{
	SCOPED(buf) struct buf b = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%03d ", i);
	buf_puts(&b, "end");
	assert_int_equal(b.len, 4003);
	assert_int_equal(strlen(b.p), 4003);
	assert_memory_equal(b.p + 999 * 4, "999 end", 8);
	assert_false(b.bad);
}

static void
a_nul_byte_is_content_like_any_other(void **state)
{
	SCOPED(buf) struct buf b = { 0 };

	(void)state;
	buf_add(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.p, "a\0b", 4);
}

static void
the_limit_is_exact_and_an_excess_stays_bad(void **state)
{
	SCOPED(buf) struct buf b = { .max = 10 };

	(void)state;
	buf_puts(&b, "0123456789");
	assert_false(b.bad);
	buf_puts(&b, "x");
	assert_true(b.bad);
	buf_puts(&b, "");
	buf_printf(&b, "%d", 1);
	assert_true(b.bad);
	assert_string_equal(buf_str(&b), "0123456789");
}

static void
printf_beyond_the_limit_adds_nothing(void **state)
{
	SCOPED(buf) struct buf b = { .max = 10 };

	(void)state;
	buf_printf(&b, "%s", "eleven bytes");
	assert_true(b.bad);
	assert_int_equal(b.len, 0);
}

static void
a_length_that_wraps_around_is_refused(void **state)
{
	SCOPED(buf) struct buf b = { 0 };

	(void)state;
	buf_puts(&b, "x");
	buf_add(&b, "x", SIZE_MAX - 1);
	assert_true(b.bad);
	assert_int_equal(b.len, 1);
}

static void
xml_escapes_the_five_characters_and_no_other(void **state)
{
	SCOPED(buf) struct buf b = { 0 };

	(void)state;
	buf_xml(&b, "a<b>&\"c'\xc3\xa4 ]]>");
	assert_string_equal(buf_str(&b), "a&lt;b&gt;&amp;&quot;c&apos;\xc3\xa4 ]]&gt;");
}

static void
steal_hands_over_and_leaves_an_empty_buffer(void **state)
{
	SCOPED(buf) struct buf b = { 0 };

	(void)state;
	char *none = buf_steal(&b);
	assert_string_equal(none, "");
	free(none);
	buf_puts(&b, "mine");
	char *p = buf_steal(&b);
	assert_string_equal(p, "mine");
	assert_string_equal(buf_str(&b), "");
	buf_puts(&b, "new");
	assert_string_equal(buf_str(&b), "new");
	free(p);
}

static void
reset_forgets_content_and_badness_but_keeps_the_limit(void **state)
{
	SCOPED(buf) struct buf b = { .max = 3 };

	(void)state;
	buf_puts(&b, "abc");
	buf_puts(&b, "d");
	buf_reset(&b);
	assert_false(b.bad);
	assert_int_equal(b.len, 0);
	assert_string_equal(buf_str(&b), "");
	buf_puts(&b, "xyz");
	assert_string_equal(buf_str(&b), "xyz");
	buf_free(&b);
	assert_int_equal(b.max, 3);
}

static void
the_cursor_reads_little_endian(void **state)
{
	static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 0xfe, 0xff, 9 };
	struct rd r = { .p = data, .left = sizeof(data) };
	uint8_t last[2];

	(void)state;
	assert_int_equal(rd_u8(&r), 1);
	assert_int_equal(rd_u16(&r), 0x0302);
	assert_int_equal(rd_u32(&r), 0xfe060504);
	rd_bytes(&r, last, sizeof(last));
	assert_int_equal(last[0], 0xff);
	assert_int_equal(last[1], 9);
	assert_false(r.bad);
	assert_int_equal(r.left, 0);
}

static void
past_the_end_the_cursor_gives_zeroes_and_stays_bad(void **state)
{
	static const uint8_t data[] = { 1, 2, 3 };
	struct rd r = { .p = data, .left = sizeof(data) };
	uint8_t out[4] = { 9, 9, 9, 9 };

	(void)state;
	assert_int_equal(rd_u32(&r), 0);
	assert_true(r.bad);
	assert_int_equal(rd_u8(&r), 0); /* although a byte is left */
	rd_bytes(&r, out, sizeof(out));
	assert_memory_equal(out, "\0\0\0\0", 4);
	assert_null(rd_take(&r, 0));
	assert_null(rd_take(&r, SIZE_MAX));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_buffer_is_an_empty_string),
		TEST(what_is_added_comes_back_ended_by_nul),
		TEST(a_nul_byte_is_content_like_any_other),
		TEST(the_limit_is_exact_and_an_excess_stays_bad),
		TEST(printf_beyond_the_limit_adds_nothing),
		TEST(a_length_that_wraps_around_is_refused),
		TEST(xml_escapes_the_five_characters_and_no_other),
		TEST(steal_hands_over_and_leaves_an_empty_buffer),
		TEST(reset_forgets_content_and_badness_but_keeps_the_limit),
		TEST(the_cursor_reads_little_endian),
		TEST(past_the_end_the_cursor_gives_zeroes_and_stays_bad),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
