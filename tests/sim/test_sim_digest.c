/* SPDX-License-Identifier: Apache-2.0 */
/* test_sim_digest: the simulator's side of HTTP digest, with the vectors of protocol/wsman.md 12. */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sim/digest.h"
#include "sim/fleet.h"
#include "sim/ops.h"

#define REALM "Digest:F3EB554784E729164447A89F60B641C5"
#define NONCE "B9AX94iAAAAAAAAAx6rrSfPHGUrx/3uA"

static struct fleet fleet;
static struct device dev;

static int
setup(void **state)
{
	struct err e;

	(void)state;
	fleet_options(&fleet.opt);
	fleet.opt.nonce_uses = 3;
	assert_int_equal(loop_open(&fleet.loop, &e), 0);
	dev = (struct device){ .fleet = &fleet };
	assert_int_equal(release_parse("11.8.50", &dev.rel, &e), 0);
	device_init(&dev);
	(void)text_copy(dev.realm, sizeof(dev.realm), REALM);
	device_mebx(&dev, "admin");
	dev.state = STATE_POST;
	device_ha1(&dev, "admin", "P@ssw0rd", dev.admin.ha1);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	device_free(&dev);
	loop_free(fleet.loop);
	return 0;
}

static void
ha1_is_md5_of_user_realm_password(void **state)
{
	uint8_t ha1[HA1_LEN];
	char hex[2 * HA1_LEN + 1];

	(void)state;
	device_ha1(&dev, "admin", "P@ssw0rd", ha1);
	hex_encode(hex, ha1, sizeof(ha1));
	assert_string_equal(hex, "0ae083011bae3d84fc486ce4ab44ae1d");
	device_ha1(&dev, "helpdesk", "Str0ng!Pass", ha1);
	hex_encode(hex, ha1, sizeof(ha1));
	assert_string_equal(hex, "efc96f6afbd128a7767cdc4ee5630580");
}

static void
response_follows_the_vectors(void **state)
{
	struct digest_login l = { .nonce = NONCE, .nc = "00000001", .cnonce = "0123456789abcdef" };
	struct digest_what w = { "POST", "/wsman", "<a/>", 4 };
	char hex[DIGEST_HEX];

	(void)state;
	(void)text_copy(l.qop, sizeof(l.qop), "auth");
	digest_response(dev.admin.ha1, &l, &w, hex);
	assert_string_equal(hex, "1c4b347aff1355c6be855bd4e8d81eb7");
	(void)text_copy(l.qop, sizeof(l.qop), "auth-int");
	digest_response(dev.admin.ha1, &l, &w, hex);
	assert_string_equal(hex, "c1cae92deec1934c06bd95ea762b930a");
}

static void
header_parses_quoted_and_bare(void **state)
{
	struct digest_login l;

	(void)state;
	assert_true(
	    digest_parse("Digest username=\"ad\\\"min\", realm=" REALM ",nc=00000001,qop=auth , "
			 ",cnonce=\"x, y\",",
		&l));
	assert_string_equal(l.username, "ad\"min");
	assert_string_equal(l.realm, REALM);
	assert_string_equal(l.nc, "00000001");
	assert_string_equal(l.qop, "auth");
	assert_string_equal(l.cnonce, "x, y");
}

static void
header_refuses_what_is_no_digest(void **state)
{
	static const char *const bad[] = { "Basic abc", "Digest username", "Digest =x",
		"Digest username=\"open", "" };
	struct digest_login l;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(digest_parse(bad[i], &l));
}

/* A login as a client sends it. */
static void
header_for(char *out, size_t size, const char *password, unsigned int nc, const char *nonce)
{
	struct digest_login l = { .cnonce = "c", .qop = "auth" };
	struct digest_what w = { "POST", "/wsman", "", 0 };
	uint8_t ha1[HA1_LEN];
	char hex[DIGEST_HEX];

	(void)text_copy(l.nonce, sizeof(l.nonce), nonce);
	(void)snprintf(l.nc, sizeof(l.nc), "%08x", nc);
	device_ha1(&dev, "admin", password, ha1);
	digest_response(ha1, &l, &w, hex);
	(void)snprintf(out, size,
	    "Digest username=\"admin\",realm=\"%s\",nonce=\"%s\",uri=\"/wsman\",qop=auth,nc=%08x,"
	    "cnonce=\"c\",response=\"%s\"",
	    dev.realm, nonce, nc, hex);
}

static enum digest_result
login(const char *password, unsigned int nc, const char *nonce)
{
	struct digest_what w = { "POST", "/wsman", "", 0 };
	const struct acl *who;
	char header[1000];

	header_for(header, sizeof(header), password, nc, nonce);
	return digest_check(&dev, header, &w, &who);
}

static const char *
new_nonce(void)
{
	struct buf b = { 0 };

	digest_offer(&dev, false, &b);
	assert_non_null(strstr(buf_str(&b), "realm=\"" REALM "\", nonce=\""));
	assert_non_null(strstr(buf_str(&b), "\",stale=\"false\",qop=\"auth\"\r\n"));
	buf_free(&b);
	return dev.nonces[(dev.next_nonce - 1) % NONCES].text;
}

static void
nonce_counts_only_up_and_wears_out(void **state)
{
	(void)state;
	const char *n = new_nonce();
	assert_int_equal(strlen(n), 32);
	assert_int_equal(login("P@ssw0rd", 1, n), DIGEST_OK);
	assert_int_equal(login("P@ssw0rd", 1, n), DIGEST_STALE);
	assert_int_equal(login("P@ssw0rd", 3, n), DIGEST_OK);
	assert_int_equal(login("P@ssw0rd", 2, n), DIGEST_STALE);
	assert_int_equal(login("P@ssw0rd", 4, n), DIGEST_OK);
	assert_int_equal(login("P@ssw0rd", 5, n), DIGEST_STALE); /* three uses */
	assert_int_equal(login("P@ssw0rd", 1, NONCE), DIGEST_STALE);
}

static void
three_wrong_passwords_lock_the_account(void **state)
{
	(void)state;
	const char *n = new_nonce();
	for (unsigned int i = 1; i <= 3; i++)
		assert_int_equal(login("wrong", i, n), DIGEST_REFUSED);
	assert_int_equal(login("P@ssw0rd", 4, n), DIGEST_REFUSED);
	dev.admin.locked_until_ms = 0;
	assert_int_equal(login("P@ssw0rd", 5, n), DIGEST_OK);
	assert_int_equal(dev.count.logins_failed, 3);
}

static void
setup_takes_the_mebx_password_until_commit(void **state)
{
	(void)state;
	dev.state = STATE_IN;
	const char *n = new_nonce();
	assert_int_equal(login("admin", 1, n), DIGEST_OK);
	device_mebx(&dev, "N3w!Secret");
	assert_int_equal(login("admin", 2, n), DIGEST_OK); /* the session stays logged in */
	assert_int_equal(login("N3w!Secret", 1, new_nonce()), DIGEST_OK);
	assert_int_equal(login("admin", 1, new_nonce()), DIGEST_REFUSED);
	dev.state = STATE_POST;
	dev.admin_set = true;
	device_ha1(&dev, "admin", "P@ssw0rd", dev.admin.ha1);
	assert_int_equal(login("N3w!Secret", 2, new_nonce()), DIGEST_REFUSED);
}

static void
clock_offset_is_the_mean(void **state)
{
	(void)state;
	assert_int_equal(ops_clock_offset(1000, 2000, 2003, 1004), 1000); /* 999.5 rounded up */
	assert_int_equal(ops_clock_offset(2000, 1000, 1000, 2000), -1000);
	assert_int_equal(ops_clock_offset(5, 5, 5, 5), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ha1_is_md5_of_user_realm_password, setup, teardown),
		cmocka_unit_test_setup_teardown(response_follows_the_vectors, setup, teardown),
		TEST(header_parses_quoted_and_bare),
		TEST(header_refuses_what_is_no_digest),
		cmocka_unit_test_setup_teardown(
		    nonce_counts_only_up_and_wears_out, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    three_wrong_passwords_lock_the_account, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    setup_takes_the_mebx_password_until_commit, setup, teardown),
		TEST(clock_offset_is_the_mean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
