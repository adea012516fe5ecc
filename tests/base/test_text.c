/* SPDX-License-Identifier: Apache-2.0 */
/* test_text: strings from strangers made harmless; names and hex digits. */
#include "tests/unit.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/uuid.h"

static void
assert_clean(const char *in, size_t len, const char *want)
{
	char out[200];

	text_clean(out, sizeof(out), in, len);
	assert_string_equal(out, want);
}

static void
plain_text_and_utf8_pass_unchanged(void **state)
{
	static const char text[] = "pc-0042 \xc3\xa4\xc3\xb6 \xe2\x82\xac \xe6\xbc\xa2 \xf0\x9f\x98\x80 ~";

	(void)state;
	assert_clean(text, strlen(text), text);
}

static void
terminal_escapes_lose_their_escape(void **state)
{
	(void)state;
	assert_clean("\033[2J\033]0;x\007", 10, "?[2J?]0;x?");
	assert_clean("a\r\nb\tc\bd\177", 9, "a??b?c?d?");
	assert_clean("\xc2\x9b" "31m", 5, "?31m"); /* CSI as one C1 character */
	assert_clean("\x9b" "31m", 4, "?31m");     /* and as a raw byte */
	assert_clean("a\0b", 3, "a?b");
}

static void
overlong_and_broken_utf8_becomes_question_marks(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "\xc0\x9b", "??" },                 /* overlong ESC */
		{ "\xe0\x80\x9b", "???" },
		{ "\xf0\x80\x80\x9b", "????" },
		{ "\xed\xa0\x80", "???" },            /* surrogate */
		{ "\xf4\x90\x80\x80", "????" },       /* above U+10FFFF */
		{ "\xff\xfe", "??" },
		{ "\x80", "?" },                      /* continuation alone */
		{ "\xc3(", "?(" },
		{ "\xe2\x82", "??" },                 /* cut off */
		{ "\xf0\x9f\x98", "???" },
		{ "\xef\xbf\xbd", "?" },              /* U+FFFD itself */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_clean(rows[i].in, strlen(rows[i].in), rows[i].want);
}

static void
characters_that_turn_the_writing_direction_become_question_marks(void **state)
{
	static const char *const bad[] = { "\xe2\x80\xae", "\xe2\x80\xaa", "\xe2\x80\xac", "\xe2\x81\xa6",
		"\xe2\x81\xa9", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\x8b", "\xe2\x80\xa8", "\xef\xbb\xbf",
		"\xd8\x9c" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_clean(bad[i], strlen(bad[i]), "?");
}

static void
a_cut_never_splits_a_character(void **state)
{
	static const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80";
	static const size_t want[] = { 0, 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10 };

	(void)state;
	for (size_t size = 1; size < ARRAY_LEN(want); size++) {
		char out[16];

		memset(out, 'x', sizeof(out));
		text_clean(out, size, text, strlen(text));
		assert_int_equal(strlen(out), want[size]);
		assert_int_equal(out[size], 'x');
	}
}

static void
size_zero_writes_nothing(void **state)
{
	char out = 'x';

	(void)state;
	text_clean(&out, 0, "abc", 3);
	assert_int_equal(out, 'x');
}

static void
only_the_given_bytes_are_read(void **state)
{
	static const char two[2] = { 'a', '\xc3' }; /* no NUL: a reader beyond it is found by the sanitizer */

	(void)state;
	assert_clean(two, 2, "a?");
	assert_clean(two, 1, "a");
	assert_clean(two, 0, "");
}

/* Every code point: put and next are inverse, and what is refused is exactly the surrogates. */
static void
put_and_next_agree_on_every_character(void **state)
{
	(void)state;
	for (uint32_t ch = 1; ch <= 0x10ffff; ch++) {
		char text[5] = { 0 };
		const char *p = text;
		size_t n = text_put(text, ch);
		uint32_t got = text_next(&p);

		if (ch >= 0xd800 && ch <= 0xdfff) {
			if (got != 0xfffd)
				fail_msg("surrogate U+%04X is read", ch);
		} else if (got != ch || (size_t)(p - text) != n) {
			fail_msg("U+%04X comes back as U+%04X", ch, got);
		}
	}
}

static void
copy_tells_what_did_not_fit(void **state)
{
	char out[4];

	(void)state;
	assert_true(text_copy(out, sizeof(out), "abc"));
	assert_string_equal(out, "abc");
	assert_false(text_copy(out, sizeof(out), "abcd"));
	assert_string_equal(out, "abc");
	assert_true(text_copy(out, 1, ""));
	assert_string_equal(out, "");
}

static void
names_follow_the_rules_of_dns(void **state)
{
	char label[66], name[260];

	(void)state;
	assert_true(fqdn_valid("pc-0042.example.com"));
	assert_true(fqdn_valid("1.2"));
	assert_true(fqdn_valid("A.B"));
	assert_false(fqdn_valid("pc"));
	assert_true(dns_name_valid("pc"));
	static const char *const bad[] = { "", ".", "a.", ".a", "a..b", "-a.b", "a-.b", "a.-b", "a.b-", "a_b.c", "a b.c",
		"a.b\n", "a.b/c", "*.b", "\xc3\xa4.b", "a.b:1" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (dns_name_valid(bad[i]))
			fail_msg("\"%s\" is taken", bad[i]);
	memset(label, 'a', 64);
	memcpy(label + 63, ".b", 3);
	assert_true(fqdn_valid(label));
	memcpy(label + 63, "a", 2);
	assert_false(dns_name_valid(label));
	for (size_t i = 0; i < 254; i++)
		name[i] = i % 2 == 0 ? 'a' : '.';
	name[253] = '\0';
	assert_true(fqdn_valid(name));
	memcpy(name + 252, "aa", 3);
	assert_false(fqdn_valid(name));
}

static void
hex_takes_separators_only_between_bytes(void **state)
{
	unsigned char out[4];

	(void)state;
	assert_int_equal(hex_decode("00ffA5", out, sizeof(out)), 3);
	assert_memory_equal(out, "\x00\xff\xa5", 3);
	assert_int_equal(hex_decode("01:02-03 04\r\n", out, sizeof(out)), 4);
	assert_memory_equal(out, "\1\2\3\4", 4);
	assert_int_equal(hex_decode("", out, sizeof(out)), 0);
	assert_int_equal(hex_decode("1", out, sizeof(out)), -1);
	assert_int_equal(hex_decode("0:1", out, sizeof(out)), -1);
	assert_int_equal(hex_decode("0g", out, sizeof(out)), -1);
	assert_int_equal(hex_decode("0102030405", out, sizeof(out)), -1);
}

static void
hex_comes_back_in_lower_case(void **state)
{
	char out[9];

	(void)state;
	hex_encode(out, "\x00\xff\xa5\x10", 4);
	assert_string_equal(out, "00ffa510");
	hex_encode(out, "", 0);
	assert_string_equal(out, "");
}

static void
uuid_text_turns_the_first_three_groups(void **state)
{
	struct uuid u;
	char text[UUID_TEXT];

	(void)state;
	assert_int_equal(hex_decode("13AEE355D2BFBB6117A088AEDD7037EA", u.b, sizeof(u.b)), 16);
	uuid_text(&u, text);
	assert_string_equal(text, "55e3ae13-bfd2-61bb-17a0-88aedd7037ea");
}

static void
uuid_parse_takes_either_case_with_or_without_hyphens(void **state)
{
	static const char *const same[] = { "55e3ae13-bfd2-61bb-17a0-88aedd7037ea",
		"55E3AE13-BFD2-61BB-17A0-88AEDD7037EA", "55e3ae13bfd261bb17a088aedd7037ea" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		struct uuid u;
		char text[UUID_TEXT];

		assert_true(uuid_parse(same[i], &u));
		uuid_text(&u, text);
		assert_string_equal(text, same[0]);
		assert_int_equal(u.b[0], 0x13);
	}
}

static void
uuid_parse_refuses_everything_else_and_leaves_out_alone(void **state)
{
	static const char *const bad[] = { "", "55e3ae13", "55e3ae13-bfd2-61bb-17a0-88aedd7037e",
		"55e3ae13-bfd2-61bb-17a0-88aedd7037ea0", "55e3ae13-bfd2-61bb-17a088aedd7037ea-",
		"{55e3ae13-bfd2-61bb-17a0-88aedd7037ea}", "55e3ae13-bfd2-61bb-17a0-88aedd7037eg",
		"55e3ae13bfd2-61bb-17a0-88aedd7037e--", "55e3ae13bfd261bb17a088aedd7037e ",
		" 5e3ae13-bfd2-61bb-17a0-88aedd7037ea", "55e3ae13:bfd2:61bb:17a0:88aedd7037ea",
		"55 3ae13-bfd2-61bb-17a0-88aedd7037ea", "55:e3:ae:13:bf:d2:61:bb:17:a0:88" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct uuid u = { .b = { 7 } };

		if (uuid_parse(bad[i], &u))
			fail_msg("\"%s\" is taken", bad[i]);
		assert_int_equal(u.b[0], 7);
	}
}

static void
uuids_that_many_boards_share_are_bogus(void **state)
{
	static const char *const bad[] = { "00000000-0000-0000-0000-000000000000",
		"FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "03000200-0400-0500-0006-000700080009" };
	struct uuid u;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_true(uuid_parse(bad[i], &u));
		assert_true(uuid_bogus(&u));
	}
	assert_true(uuid_parse("55e3ae13-bfd2-61bb-17a0-88aedd7037ea", &u));
	assert_false(uuid_bogus(&u));
}

static void
clock_text_is_utc_with_milliseconds(void **state)
{
	char text[CLOCK_TEXT];

	(void)state;
	clock_text(1795500909123456, text);
	assert_string_equal(text, "2026-11-24 06:15:09.123Z");
	clock_text(0, text);
	assert_string_equal(text, "1970-01-01 00:00:00.000Z");
}

static void
the_clock_never_goes_back(void **state)
{
	(void)state;
	int64_t before = clock_ms();
	clock_sleep_ms(5);
	assert_true(clock_ms() >= before + 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plain_text_and_utf8_pass_unchanged),
		TEST(terminal_escapes_lose_their_escape),
		TEST(overlong_and_broken_utf8_becomes_question_marks),
		TEST(characters_that_turn_the_writing_direction_become_question_marks),
		TEST(a_cut_never_splits_a_character),
		TEST(size_zero_writes_nothing),
		TEST(only_the_given_bytes_are_read),
		TEST(put_and_next_agree_on_every_character),
		TEST(copy_tells_what_did_not_fit),
		TEST(names_follow_the_rules_of_dns),
		TEST(hex_takes_separators_only_between_bytes),
		TEST(hex_comes_back_in_lower_case),
		TEST(uuid_text_turns_the_first_three_groups),
		TEST(uuid_parse_takes_either_case_with_or_without_hyphens),
		TEST(uuid_parse_refuses_everything_else_and_leaves_out_alone),
		TEST(uuids_that_many_boards_share_are_bogus),
		TEST(clock_text_is_utc_with_milliseconds),
		TEST(the_clock_never_goes_back),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
