/* SPDX-License-Identifier: Apache-2.0 */
/* test_tables: realms, AMT status numbers and names of root certificates. */
#include "tests/unit.h"

#include <string.h>

#include "amt/hello.h"
#include "amt/realm.h"
#include "amt/roots.h"
#include "amt/status.h"
#include "base/text.h"
#include "tests/amt/vectors.h"

static void
realms_are_unique_and_fit_a_mask(void **state)
{
	size_t n;
	const struct realm *r = realms(&n);

	(void)state;
	assert_true(n >= 19);
	for (size_t i = 0; i < n; i++) {
		assert_in_range(r[i].number, 0, 31);
		assert_true(r[i].grants[0] != '\0');
		assert_in_range(r[i].major, 2, 16);
		assert_ptr_equal(realm_by_name(r[i].name), &r[i]);
		for (const char *s = r[i].name; *s != '\0'; s++)
			assert_true((*s >= 'a' && *s <= 'z') || *s == '-');
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(r[i].number, r[k].number);
	}
	assert_int_equal(realm_by_name("remote-control")->number, 5);
	assert_int_equal(realm_by_name("audit-log")->number, 20);
	assert_int_equal(realm_by_name("user-access-control")->number, 21);
	assert_null(realm_by_name("root"));
	assert_null(realm_by_name(""));
}

static void
a_release_has_the_realms_known_by_then(void **state)
{
	(void)state;
	assert_int_equal(realms_of(1), 0);
	assert_true((realms_of(3) & 1U << 5) != 0);
	assert_int_equal(realms_of(3) & 1U << 20, 0);
	assert_true((realms_of(4) & 1U << 20) != 0);
	assert_int_equal(realms_of(16) & realms_of(4), realms_of(4));
}

static void
status_numbers_are_unique_and_explained(void **state)
{
	size_t n;
	const struct pt_status *s = pt_statuses(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_true(s[i].name[0] != '\0' && s[i].meaning[0] != '\0');
		assert_ptr_equal(pt_status(s[i].number), &s[i]);
		assert_true(i == 0 || s[i].number > s[i - 1].number);
	}
	assert_string_equal(pt_status(2057)->name, "DATA_MISSING");
	assert_string_equal(pt_status(38)->name, "FLASH_WRITE_LIMIT_EXCEEDED");
	assert_null(pt_status(9999));
}

static void
a_status_becomes_the_error_that_the_retry_policy_wants(void **state)
{
	static const struct {
		uint32_t number;
		enum err_code code;
	} rows[] = { { 2, ERR_NOT_READY }, { 47, ERR_NOT_READY }, { 48, ERR_NOT_READY }, { 49, ERR_NOT_READY }, { 2061, ERR_NOT_READY },
		{ 2082, ERR_NOT_READY }, { 4099, ERR_NOT_READY }, { 38, ERR_FLASH }, { 1, ERR_STATUS }, { 16, ERR_STATUS },
		{ 2057, ERR_STATUS }, { 2058, ERR_STATUS }, { 2075, ERR_STATUS }, { 4294967295U, ERR_STATUS } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = { 0 };

		assert_int_equal(pt_error(rows[i].number, "X.Y", &e), -1);
		assert_int_equal(e.code, rows[i].code);
		assert_has(e.text, "X.Y: AMT status ");
	}
	struct err e;
	(void)pt_error(2057, "CommitChanges", &e);
	assert_has(e.text, "2057 DATA_MISSING: ");
}

static void
the_roots_of_the_captured_hello_have_their_names(void **state)
{
	static const char *const want[] = { "Go Daddy Class 2 CA", "Go Daddy Root CA G2", "Comodo AAA Certificate Services", "Starfield Class 2 CA",
		"Starfield Root CA G2", "VeriSign Class 3 Public Primary CA G5", "Baltimore CyberTrust Root", "Cybertrust Global Root",
		"Verizon Global Root CA (probably)", "Entrust.net CA (2048)", "Entrust Root CA", "Entrust Root CA G2", "VeriSign Universal Root CA",
		"AffirmTrust Premium", "DigiCert Global Root CA", "DigiCert Global Root G2", "DigiCert Global Root G3 (EC)", "DigiCert Trusted Root G4",
		NULL, NULL, "GlobalSign Root CA R3", "GlobalSign ECC Root CA R5 (EC)", "GlobalSign Root CA R6" };
	static struct hello h;
	uint8_t bytes[TV_H1_LEN];
	struct err e;

	(void)state;
	assert_int_equal(hex_decode(tv_h1, bytes, sizeof(bytes)), TV_H1_LEN);
	assert_ok(hello_parse(bytes, sizeof(bytes), &h, &e));
	assert_int_equal(h.nhashes, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const char *got = root_name(h.hashes[i].type, h.hashes[i].hash, h.hashes[i].len);

		if (want[i] == NULL)
			assert_null(got);
		else
			assert_string_equal(got, want[i]);
	}
}

static void
a_root_is_known_by_its_sha1_too_and_only_by_its_own_type(void **state)
{
	uint8_t sha1[20], sha256[32];

	(void)state;
	assert_int_equal(hex_decode("742c3192e607e424eb4549542be1bbc53e6174e2", sha1, sizeof(sha1)), 20);
	assert_string_equal(root_name(HASH_SHA1, sha1, 20), "VeriSign Class 3 Public Primary CA G1");
	assert_null(root_name(HASH_SHA256, sha1, 20));
	assert_null(root_name(HASH_SHA384, sha1, 20));
	assert_null(root_name(HASH_SHA1, sha1, 19));
	assert_int_equal(hex_decode("eb04cf5eb1f39afa762f2bb120f296cba520c1b97db1589565b81cb9a17b7244", sha256, sizeof(sha256)), 32);
	assert_string_equal(root_name(HASH_SHA256, sha256, 32), "VeriSign Class 3 Public Primary CA G3");
	assert_null(root_name(HASH_SHA1, sha256, 32));
	assert_null(root_name(HASH_SHA1, sha1, 200));
}

/* Rows without a known hash hold "": an empty hash must not find them. */
static void
an_empty_hash_is_no_root(void **state)
{
	static const uint8_t none[1];

	(void)state;
	assert_null(root_name(HASH_SHA1, none, 0));
	assert_null(root_name(HASH_SHA256, none, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(realms_are_unique_and_fit_a_mask),
		TEST(a_release_has_the_realms_known_by_then),
		TEST(status_numbers_are_unique_and_explained),
		TEST(a_status_becomes_the_error_that_the_retry_policy_wants),
		TEST(the_roots_of_the_captured_hello_have_their_names),
		TEST(a_root_is_known_by_its_sha1_too_and_only_by_its_own_type),
		TEST(an_empty_hash_is_no_root),
	};

	return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
