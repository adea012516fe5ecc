/* SPDX-License-Identifier: Apache-2.0 */
/* test_secret: passwords: the rule of the device, made at random, kept and wiped. */
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

#include "secret/secret.h"

enum { MANY = 10000 };

static int
check(const char *text, struct err *e)
{
	struct secret s;

	assert_true(secret_set(&s, text, strlen(text)));
	return password_check(&s, e);
}

static void
the_four_classes_and_8_to_32_characters_are_wanted(void **state)
{
	struct err e;

	(void)state;
	assert_ok(check("P@ssw0rd", &e));
	assert_ok(check("aA1!aA1!aA1!aA1!aA1!aA1!aA1!aA1!", &e));
	assert_fails(check("", &e), ERR_PASSWORD_RULE);
	assert_fails(check("P@ssw0r", &e), ERR_PASSWORD_RULE);
	assert_has(e.text, "7 characters, want 8 to 32");
	assert_fails(check("aA1!aA1!aA1!aA1!aA1!aA1!aA1!aA1!x", &e), ERR_PASSWORD_RULE);
	assert_has(e.text, "33 characters");
	assert_fails(check("p@ssw0rd", &e), ERR_PASSWORD_RULE);
	assert_has(e.text, "no upper-case");
	assert_fails(check("P@SSW0RD", &e), ERR_PASSWORD_RULE);
	assert_has(e.text, "no lower-case");
	assert_fails(check("P@ssword", &e), ERR_PASSWORD_RULE);
	assert_has(e.text, "no digit");
	assert_fails(check("Passw0rd", &e), ERR_PASSWORD_RULE);
	assert_has(e.text, "no special");
}

static void
an_underscore_is_no_special_character_but_is_allowed(void **state)
{
	struct err e;

	(void)state;
	assert_fails(check("Passw0rd_", &e), ERR_PASSWORD_RULE);
	assert_ok(check("Passw0rd_!", &e));
}

static void
forbidden_characters_are_refused_wherever_they_stand(void **state)
{
	static const char bad[] = "\",: \t\n\033\177\200\377";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) - 1; i++)
		for (size_t at = 0; at < 10; at++) {
			char text[] = "P@ssw0rdP@";
			struct err e;

			text[at] = bad[i];
			assert_fails(check(text, &e), ERR_PASSWORD_RULE);
		}
}

static void
the_error_never_holds_the_password(void **state)
{
	struct err e;

	(void)state;
	assert_fails(check("geheimgeheim", &e), ERR_PASSWORD_RULE);
	assert_has_not(e.text, "geheim");
	assert_fails(check("geheim,A1!", &e), ERR_PASSWORD_RULE);
	assert_has_not(e.text, "geheim");
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
ten_thousand_random_passwords_are_different_and_pass_the_rule(void **state)
{
	char(*all)[24] = calloc(MANY, sizeof(*all));
	bool seen[256] = { false };

	(void)state;
	assert_non_null(all);
	for (size_t i = 0; i < MANY; i++) {
		struct secret s;
		struct err e;

		assert_ok(password_random(&s, &e));
		assert_int_equal(s.len, 20);
		assert_int_equal(strlen(s.s), 20);
		assert_ok(password_check(&s, &e));
		assert_null(strpbrk(s.s, "\"':,;&<>\\`|loIO01 "));
		memcpy(all[i], s.s, s.len + 1);
		for (size_t k = 0; k < s.len; k++)
			seen[(unsigned char)s.s[k]] = true;
	}
	qsort(all, MANY, sizeof(*all), by_text);
	for (size_t i = 1; i < MANY; i++)
		assert_string_not_equal(all[i - 1], all[i]);
	int used = 0;
	for (size_t i = 0; i < sizeof(seen); i++)
		used += seen[i];
	assert_int_equal(used, 70); /* every letter of the alphabet it draws from */
	free(all);
}

static void
set_refuses_what_does_not_fit_or_holds_a_nul(void **state)
{
	struct secret s = { .len = 3, .s = "old" };
	char longest[SECRET_MAX];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	assert_false(secret_set(&s, longest, SECRET_MAX));
	assert_false(secret_set(&s, "a\0b", 3));
	assert_string_equal(s.s, "old");
	assert_true(secret_set(&s, longest, SECRET_MAX - 1));
	assert_int_equal(s.len, SECRET_MAX - 1);
	assert_int_equal(strlen(s.s), SECRET_MAX - 1);
	assert_true(secret_set(&s, "", 0));
	assert_string_equal(s.s, "");
}

static void
equal_compares_length_and_bytes(void **state)
{
	struct secret a = { .len = 2, .s = "ab" }, b = { .len = 2, .s = "ab" }, c = { .len = 2, .s = "ac" },
		      d = { .len = 3, .s = "abc" };

	(void)state;
	assert_true(secret_equal(&a, &b));
	assert_false(secret_equal(&a, &c));
	assert_false(secret_equal(&a, &d));
}

static void
a_secret_is_wiped_when_it_goes_out_of_scope(void **state)
{
	static const struct secret zero;
	struct secret s = { .len = 3, .s = "abc" };

	(void)state;
	secret_scoped(&s);
	assert_memory_equal(&s, &zero, sizeof(s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_four_classes_and_8_to_32_characters_are_wanted),
		TEST(an_underscore_is_no_special_character_but_is_allowed),
		TEST(forbidden_characters_are_refused_wherever_they_stand),
		TEST(the_error_never_holds_the_password),
		TEST(ten_thousand_random_passwords_are_different_and_pass_the_rule),
		TEST(set_refuses_what_does_not_fit_or_holds_a_nul),
		TEST(equal_compares_length_and_bytes),
		TEST(a_secret_is_wiped_when_it_goes_out_of_scope),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
