/* SPDX-License-Identifier: Apache-2.0 */
/* test_digest: HTTP Digest by the vectors of protocol/wsman.md 1.5 and 12, and odd headers. */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "amt/digest.h"
#include "amt/xml.h"
#include "base/text.h"

static const char recorded[] = "Digest realm=\"Digest:727734D63A1FC0423736E48DA554E462\", "
			       "nonce=\"B9AX94iAAAAAAAAAx6rrSfPHGUrx/3uA\",stale=\"false\",qop=\"auth\"";
static const struct secret password = { .len = 8, .s = "P@ssw0rd" };

static struct digest
vector(bool auth, bool auth_int)
{
	struct digest d = { .has_qop = auth || auth_int, .auth = auth, .auth_int = auth_int };

	(void)text_copy(d.realm, sizeof(d.realm), "Digest:F3EB554784E729164447A89F60B641C5");
	(void)text_copy(d.nonce, sizeof(d.nonce), "B9AX94iAAAAAAAAAx6rrSfPHGUrx/3uA");
	return d;
}

static void
the_recorded_challenge_is_read(void **state)
{
	struct digest d = { .nc = 7 };

	(void)state;
	assert_true(digest_challenge(recorded, &d));
	assert_string_equal(d.realm, "Digest:727734D63A1FC0423736E48DA554E462");
	assert_string_equal(d.nonce, "B9AX94iAAAAAAAAAx6rrSfPHGUrx/3uA");
	assert_string_equal(d.opaque, "");
	assert_true(d.has_qop && d.auth && !d.auth_int);
	assert_false(d.stale);
	assert_int_equal(d.nc, 0);
}

static void
odd_spacing_and_spelling_are_read(void **state)
{
	static const char *const rows[] = {
		"Digest realm=\"r\",nonce=\"n\",qop=\"auth\"",
		"digest  REALM=\"r\" , Nonce=n , qop=auth",
		"  Digest realm = \"r\",, ,nonce= \"n\",qop=\"auth\",",
		"Digest ,realm=\"r\",nonce=\"n\",algorithm=MD5,qop=\"AUTH, auth-int\",unknown=\"a,b=c\"",
		"Digest realm=\"r\",\tnonce=\"n\",algorithm=\"md5\",qop=\"auth-int, auth\",charset=utf-8",
		"Digest qop=\"auth\",nonce=\"n\",realm=\"r",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct digest d = { 0 };

		if (!digest_challenge(rows[i], &d))
			fail_msg("not read: %s", rows[i]);
		assert_string_equal(d.realm, "r");
		assert_string_equal(d.nonce, "n");
		assert_true(d.auth);
	}
}

static void
stale_opaque_and_escapes_are_read(void **state)
{
	struct digest d = { 0 };

	(void)state;
	assert_true(digest_challenge("Digest realm=\"a \\\"b\\\" c\",nonce=\"n\",stale=\"TRUE\",opaque=\"o=/\"", &d));
	assert_string_equal(d.realm, "a \"b\" c");
	assert_string_equal(d.opaque, "o=/");
	assert_true(d.stale);
	assert_false(d.has_qop);
	assert_true(digest_challenge("Digest realm=\"Intel(R) AMT (ID:55E3AE13-BFD2-61BB-17A0-88AEDD7037EA)\",nonce=n,stale=true", &d));
	assert_true(d.stale);
	assert_has(d.realm, "(ID:");
}

static void
what_is_no_usable_challenge_leaves_out_alone(void **state)
{
	static const char *const rows[] = { "", "Digest", "Digest ", "Basic realm=\"r\"", "Negotiate",
		"Digest realm=\"r\"", "Digest nonce=\"n\"", "Digest realm=\"\",nonce=\"n\"", "Digest realm=\"r\",nonce=\"\"",
		"Digest realm=\"r\",nonce=\"n\",qop=\"other\"", "Digest realm=\"r\",nonce=\"n\",algorithm=SHA-256",
		"Digest realm=\"r\",nonce=\"n\",algorithm=MD5-sess", "Digestrealm=\"r\",nonce=\"n\"",
		"Digest realm=\"r\001\",nonce=\"n\"" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct digest d = { .nc = 7 };

		if (digest_challenge(rows[i], &d))
			fail_msg("read: %s", rows[i]);
		assert_int_equal(d.nc, 7);
	}
}

static void
values_that_do_not_fit_are_refused(void **state)
{
	char text[400];
	struct digest d;

	(void)state;
	for (size_t n = 120; n < 200; n++) {
		char longest[201];

		memset(longest, 'x', n);
		longest[n] = '\0';
		(void)snprintf(text, sizeof(text), "Digest realm=\"%s\",nonce=\"n\"", longest);
		assert_int_equal(digest_challenge(text, &d), n < DIGEST_REALM_MAX);
		(void)snprintf(text, sizeof(text), "Digest realm=\"r\",nonce=\"%s\"", longest);
		assert_int_equal(digest_challenge(text, &d), n < sizeof(d.nonce));
	}
}

static void
the_response_is_that_of_the_vectors(void **state)
{
	static const struct {
		bool auth, auth_int;
		const char *qop, *response;
	} rows[] = {
		{ true, false, "nc=00000001,qop=auth,", "1c4b347aff1355c6be855bd4e8d81eb7" },
		{ true, true, "nc=00000001,qop=auth,", "1c4b347aff1355c6be855bd4e8d81eb7" },
		{ false, true, "nc=00000001,qop=auth-int,", "c1cae92deec1934c06bd95ea762b930a" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf) struct buf out = { 0 };
		struct digest d = vector(rows[i].auth, rows[i].auth_int);
		char want[64];
		struct err e;

		assert_ok(digest_authorize(&d, "admin", &password, "/wsman", "<a/>", 4, "0123456789abcdef", &out, &e));
		(void)snprintf(want, sizeof(want), "response=\"%s\"", rows[i].response);
		assert_has(buf_str(&out), want);
		assert_has(buf_str(&out), rows[i].qop);
		assert_has(buf_str(&out), "Digest username=\"admin\",realm=\"Digest:F3EB554784E729164447A89F60B641C5\",");
		assert_has(buf_str(&out), "uri=\"/wsman\"");
		assert_has(buf_str(&out), "cnonce=\"0123456789abcdef\"");
		assert_has_not(buf_str(&out), "opaque");
		assert_has_not(buf_str(&out), "P@ssw0rd");
	}
}

/* The vector of a request of AMT 2.0 to 5.x. Source: protocol/eoi.md 2.4. */
static void
the_response_of_the_soap_interface_is_that_of_the_vector(void **state)
{
	static const char header[] = "Digest realm=\"Intel(R) AMT (ID:4C4C4544-0000-0000-0000-000000000000)\", "
				     "nonce=\"5911b8f9de20f6f1e7c71309a8af03c2\",stale=\"false\",qop=\"auth\"";
	SCOPED(buf) struct buf out = { 0 };
	struct digest d;
	struct err e;

	(void)state;
	assert_true(digest_challenge(header, &d));
	assert_ok(digest_authorize(&d, "admin", &password, "/SecurityAdministrationService", "", 0, "6b033e6f", &out, &e));
	assert_has(buf_str(&out), "response=\"075359df7e23db5ff0b39310f97c630b\"");
	assert_has(buf_str(&out), "uri=\"/SecurityAdministrationService\"");
}

/* RFC 2069: MD5(HA1:nonce:HA2), HA2 = d83ba950d85d6f9b22682df889d8b847. */
static void
without_qop_the_old_form_is_used(void **state)
{
	SCOPED(buf) struct buf out = { 0 };
	struct digest d = vector(false, false);
	struct err e;

	(void)state;
	(void)text_copy(d.opaque, sizeof(d.opaque), "o\"p");
	assert_ok(digest_authorize(&d, "admin", &password, "/wsman", "", 0, NULL, &out, &e));
	assert_has(buf_str(&out), "response=\"a724012745ff13f16aa5ffaea16d8f5a\"");
	assert_has(buf_str(&out), "opaque=\"o\\\"p\"");
	assert_has_not(buf_str(&out), "cnonce");
	assert_has_not(buf_str(&out), "nc=");
}

static void
each_use_of_a_nonce_has_its_own_count_and_cnonce(void **state)
{
	SCOPED(buf) struct buf one = { 0 }, two = { 0 };
	struct digest d = vector(true, false);
	struct err e;

	(void)state;
	assert_ok(digest_authorize(&d, "admin", &password, "/wsman", "", 0, NULL, &one, &e));
	assert_ok(digest_authorize(&d, "admin", &password, "/wsman", "", 0, NULL, &two, &e));
	assert_has(buf_str(&one), "nc=00000001,");
	assert_has(buf_str(&two), "nc=00000002,");
	assert_string_not_equal(strstr(buf_str(&one), "cnonce="), strstr(buf_str(&two), "cnonce="));
	d.nc = 0xfe;
	buf_reset(&one);
	assert_ok(digest_authorize(&d, "admin", &password, "/wsman", "", 0, NULL, &one, &e));
	assert_has(buf_str(&one), "nc=000000ff,");
}

static void
quotes_in_user_and_realm_are_escaped(void **state)
{
	SCOPED(buf) struct buf out = { 0 };
	struct digest d = vector(true, false);
	struct err e;

	(void)state;
	(void)text_copy(d.realm, sizeof(d.realm), "a\"\\b");
	assert_ok(digest_authorize(&d, "x\"y", &password, "/wsman", "", 0, NULL, &out, &e));
	assert_has(buf_str(&out), "username=\"x\\\"y\",realm=\"a\\\"\\\\b\"");
}

static void
the_password_hash_is_that_of_the_vectors(void **state)
{
	static const struct {
		const char *user;
		struct secret password;
		const char *base64;
	} rows[] = {
		{ "admin", { .len = 8, .s = "P@ssw0rd" }, "CuCDARuuPYT8SGzkq0SuHQ==" },
		{ "helpdesk", { .len = 11, .s = "Str0ng!Pass" }, "78lvavvRKKd2fNxO5WMFgA==" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf) struct buf out = { 0 };
		unsigned char hash[16];
		struct err e;

		assert_ok(digest_ha1(rows[i].user, "Digest:F3EB554784E729164447A89F60B641C5", &rows[i].password, hash, &e));
		base64_encode(&out, hash, sizeof(hash));
		assert_string_equal(buf_str(&out), rows[i].base64);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_recorded_challenge_is_read),
		TEST(odd_spacing_and_spelling_are_read),
		TEST(stale_opaque_and_escapes_are_read),
		TEST(what_is_no_usable_challenge_leaves_out_alone),
		TEST(values_that_do_not_fit_are_refused),
		TEST(the_response_is_that_of_the_vectors),
		TEST(the_response_of_the_soap_interface_is_that_of_the_vector),
		TEST(without_qop_the_old_form_is_used),
		TEST(each_use_of_a_nonce_has_its_own_count_and_cnonce),
		TEST(quotes_in_user_and_realm_are_escaped),
		TEST(the_password_hash_is_that_of_the_vectors),
	};

	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
