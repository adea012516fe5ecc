/* SPDX-License-Identifier: Apache-2.0 */
/* test_psk: PID and PPS by the vectors of protocol/setup.md 2.2. */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/psk.h"

static struct secret
text(const char *s)
{
	struct secret out = { 0 };

	assert_true(secret_set(&out, s, strlen(s)));
	return out;
}

static void
check_characters_are_those_of_the_guide(void **state)
{
	static const struct {
		const char *chars;
		char check;
	} rows[] = { { "0000037", 'M' }, { "HLLQ045", 'Q' }, { "NKL", 'D' }, { "G5D", 'C' }, { "RRN", 'Q' }, { "E9Y", 'Z' }, { "ZIJ", 'L' },
		{ "7LF", 'L' }, { "VJE", 'D' }, { "69X", 'J' } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(psk_check_char(rows[i].chars, strlen(rows[i].chars)), rows[i].check);
}

static void
a_pid_is_taken_as_people_type_it(void **state)
{
	static const char *const typed[] = { "0000-037M", "0000037M", "0000-037m", " 0000 037m\n", "0000 \xe2\x80\x91 037M" };
	char pid[PID_LEN + 1], shown[PID_TEXT];
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
		assert_ok(pid_parse(typed[i], pid, &e));
		assert_string_equal(pid, "0000037M");
	}
	assert_ok(pid_parse("hllq045q", pid, &e));
	pid_text(pid, shown);
	assert_string_equal(shown, "HLLQ-045Q");
	pid_text("ABC", shown);
	assert_string_equal(shown, "ABC");
}

static void
a_wrong_pid_is_refused_and_the_text_says_what_would_fit(void **state)
{
	static const struct {
		const char *typed, *says;
	} rows[] = {
		{ "HLLQ-045P", "PID HLLQ-045P is mistyped: the check character of its first seven is Q" },
		{ "0000-037N", "is M" },
		{ "", "0 characters" },
		{ "0000-037", "7 characters" },
		{ "0000-037M-0", "9 characters" },
		{ "0000-03\xc3\x96M", "group 2: character 3 is not a letter" },
		{ "0000_037M", "group 2: character 1" },
		{ "\x1b[31m", "group 1: character 1" },
	};
	char pid[PID_LEN + 1] = "before";
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_fails(pid_parse(rows[i].typed, pid, &e), ERR_PSK);
		assert_has(e.text, rows[i].says);
		assert_string_equal(pid, "before");
	}
}

static const char guide[] = "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ";
static const char second[] = "B1C2-D2E7-F3GC-H4JI-K5LO-M6NT-P7Q0-R8S5";

static void
a_pps_is_taken_with_and_without_hyphens(void **state)
{
	struct secret pps, shown, typed = text(guide);
	struct err e;

	(void)state;
	assert_ok(pps_parse(&typed, &pps, &e));
	assert_string_equal(pps.s, "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ");
	assert_int_equal(pps.len, PPS_LEN);
	pps_text(&pps, &shown);
	assert_string_equal(shown.s, guide);
	assert_int_equal(shown.len, PPS_TEXT - 1);
	assert_ok(pps_parse(&pps, &shown, &e));
	assert_string_equal(shown.s, pps.s);
	typed = text("nkld g5dc rrnq e9yz zijl 7lfl vjed 69xj");
	assert_ok(pps_parse(&typed, &shown, &e));
	assert_string_equal(shown.s, pps.s);
	typed = text(second);
	assert_ok(pps_parse(&typed, &pps, &e));
}

static void
any_changed_character_of_a_pps_is_found_in_its_group(void **state)
{
	static const char *const keys[] = { guide, second };
	struct err e;

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(keys); k++)
		for (size_t i = 0; i < sizeof(guide) - 1; i++) {
			struct secret pps = { 0 }, typed = text(keys[k]);
			char want[40];

			if (typed.s[i] == '-')
				continue;
			typed.s[i] = typed.s[i] == 'A' ? 'B' : 'A';
			(void)snprintf(want, sizeof(want), "mistyped in group %zu (check", i / 5 + 1);
			assert_fails(pps_parse(&typed, &pps, &e), ERR_PSK);
			assert_has(e.text, want);
			assert_has_not(e.text, "),");
			assert_int_equal(pps.len, 0);
		}
}

static void
the_text_of_a_wrong_pps_names_groups_and_no_more_of_it(void **state)
{
	struct secret pps, typed = text("NKLE-G5DC-RRNQ-E9YY-ZIJL-7LFL-VJED-69XJ");
	struct err e;

	(void)state;
	assert_fails(pps_parse(&typed, &pps, &e), ERR_PSK);
	assert_string_equal(e.text, "PPS is mistyped in group 1 (check character D), group 4 (check character Z)");
	typed = text("NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69X");
	assert_fails(pps_parse(&typed, &pps, &e), ERR_PSK);
	assert_string_equal(e.text, "PPS: 31 characters without the hyphens, want 32");
	typed = text("NKLD-G5DC-RR.Q");
	assert_fails(pps_parse(&typed, &pps, &e), ERR_PSK);
	assert_string_equal(e.text, "PPS, group 3: character 3 is not a letter A to Z or a digit");
}

static int
by_pid(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
ten_thousand_generated_pairs_are_valid_and_no_pid_comes_twice(void **state)
{
	enum { N = 10000 };
	static char pids[N][PID_LEN + 1];
	size_t used[256] = { 0 };
	struct err e;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		SCOPED(psk) struct psk k = { 0 };
		SCOPED(secret) struct secret same = { 0 };
		char pid[PID_LEN + 1];

		assert_ok(psk_generate(&k, &e));
		assert_ok(pid_parse(k.pid, pid, &e));
		assert_ok(pps_parse(&k.pps, &same, &e));
		assert_string_equal(k.pid, pid);
		assert_true(secret_equal(&k.pps, &same));
		memcpy(pids[i], pid, sizeof(pid));
		for (size_t n = 0; n < PPS_LEN; n++)
			used[(unsigned char)k.pps.s[n]] += n % 4 == 3 ? 0 : 1;
	}
	qsort(pids, N, sizeof(pids[0]), by_pid);
	for (size_t i = 1; i < N; i++)
		assert_string_not_equal(pids[i - 1], pids[i]);
	/* 240,000 free characters, 6,667 of each of the 36: within ten standard deviations. */
	for (const char *s = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"; *s != '\0'; s++)
		assert_in_range(used[(unsigned char)*s], 5867, 7467);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(check_characters_are_those_of_the_guide),
		TEST(a_pid_is_taken_as_people_type_it),
		TEST(a_wrong_pid_is_refused_and_the_text_says_what_would_fit),
		TEST(a_pps_is_taken_with_and_without_hyphens),
		TEST(any_changed_character_of_a_pps_is_found_in_its_group),
		TEST(the_text_of_a_wrong_pps_names_groups_and_no_more_of_it),
		TEST(ten_thousand_generated_pairs_are_valid_and_no_pid_comes_twice),
	};

	return cmocka_run_group_tests_name("psk", tests, NULL, NULL);
}
