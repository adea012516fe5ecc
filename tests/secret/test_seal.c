/* SPDX-License-Identifier: Apache-2.0 */
/* test_seal: sealed boxes open only unchanged, in their place, and with their key. */
#include "tests/unit.h"

#include <string.h>

#include "base/text.h"
#include "secret/seal.h"

static const char aad[] = "credential/55e3ae13-bfd2-61bb-17a0-88aedd7037ea/admin";
static struct seal_private priv;
static struct seal_public pub;

static int
set_up(void **state)
{
	struct err e;

	(void)state;
	return seal_keypair(&priv, &pub, &e);
}

static struct sealed
closed(const char *text)
{
	struct sealed box;
	struct err e;

	assert_ok(seal_close(&pub, aad, text, strlen(text), &box, &e));
	return box;
}

static int
open_with(const struct sealed *box, const char *where)
{
	char out[64];
	size_t len = sizeof(out);
	struct err e = { 0 };
	int rc = seal_open(&priv, where, box, out, &len, &e);

	assert_true(rc == 0 || e.code == ERR_SEAL);
	return rc;
}

static void
what_is_closed_opens_again_at_every_length(void **state)
{
	static const size_t lengths[] = { 0, 1, 15, 16, 17, 255, SEAL_DATA_MAX };
	static uint8_t data[SEAL_DATA_MAX], out[SEAL_DATA_MAX];

	(void)state;
	memset(data, 0xa5, sizeof(data));
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		SCOPED(sealed) struct sealed box = { 0 };
		struct err e;
		size_t len = sizeof(out);

		assert_ok(seal_close(&pub, aad, data, lengths[i], &box, &e));
		assert_int_equal(box.len, lengths[i] + SEAL_OVERHEAD);
		assert_ok(seal_open(&priv, aad, &box, out, &len, &e));
		assert_int_equal(len, lengths[i]);
		assert_memory_equal(out, data, len);
	}
}

static void
too_much_data_is_refused(void **state)
{
	static uint8_t data[SEAL_DATA_MAX + 1];
	struct sealed box = { 0 };
	struct err e;

	(void)state;
	assert_fails(seal_close(&pub, aad, data, sizeof(data), &box, &e), ERR_INPUT);
	assert_null(box.p);
}

static void
two_boxes_of_the_same_data_differ(void **state)
{
	SCOPED(sealed) struct sealed a = closed("same"), b = closed("same");

	(void)state;
	assert_memory_equal(a.p, b.p, 1 + SEAL_ID_LEN); /* version and key id */
	assert_memory_not_equal(a.p + 9, b.p + 9, SEAL_KEY_LEN);
	assert_memory_not_equal(a.p + 41, b.p + 41, a.len - 41);
}

static void
any_flipped_bit_is_refused(void **state)
{
	SCOPED(sealed) struct sealed box = closed("P@ssw0rd");

	(void)state;
	assert_int_equal(open_with(&box, aad), 0);
	for (size_t i = 0; i < box.len; i++)
		for (unsigned int bit = 0; bit < 8; bit++) {
			/* X25519 ignores the top bit of a public key: the tag must not. */
			box.p[i] ^= (uint8_t)(1U << bit);
			if (open_with(&box, aad) == 0)
				fail_msg("byte %zu bit %u may be flipped", i, bit);
			box.p[i] ^= (uint8_t)(1U << bit);
		}
	assert_int_equal(open_with(&box, aad), 0);
}

static void
any_cut_or_added_byte_is_refused(void **state)
{
	SCOPED(sealed) struct sealed box = closed("P@ssw0rd");
	uint8_t longer[SEAL_OVERHEAD + 9] = { 0 };
	struct sealed more = { .p = longer, .len = sizeof(longer) };

	(void)state;
	for (size_t n = 0; n < box.len; n++) {
		const struct sealed cut = { .p = box.p, .len = n };

		assert_int_equal(open_with(&cut, aad), -1);
	}
	memcpy(longer, box.p, box.len);
	assert_int_equal(open_with(&more, aad), -1);
}

static void
a_box_opens_only_in_its_place(void **state)
{
	SCOPED(sealed) struct sealed box = closed("P@ssw0rd");

	(void)state;
	assert_int_equal(open_with(&box, ""), -1);
	assert_int_equal(open_with(&box, "credential/55e3ae13-bfd2-61bb-17a0-88aedd7037ea/mebx"), -1);
	assert_int_equal(open_with(&box, "credential/55e3ae13-bfd2-61bb-17a0-88aedd7037eb/admin"), -1);
}

static void
a_box_opens_only_with_its_key_and_says_so(void **state)
{
	SCOPED(sealed) struct sealed box = closed("P@ssw0rd");
	SCOPED(seal_private) struct seal_private other = { 0 };
	struct seal_public other_pub;
	char out[64];
	size_t len = sizeof(out);
	struct err e;

	(void)state;
	assert_ok(seal_keypair(&other, &other_pub, &e));
	assert_fails(seal_open(&other, aad, &box, out, &len, &e), ERR_SEAL);
	assert_has(e.text, "another engine key");
	assert_has(e.text, "admin");
}

static void
a_box_too_large_for_the_room_is_refused(void **state)
{
	SCOPED(sealed) struct sealed box = closed("12345678");
	char out[8];
	size_t len = 7;
	struct err e;

	(void)state;
	assert_fails(seal_open(&priv, aad, &box, out, &len, &e), ERR_SEAL);
	len = 8;
	assert_ok(seal_open(&priv, aad, &box, out, &len, &e));
	assert_memory_equal(out, "12345678", 8);
}

static void
a_failed_opening_leaves_no_plain_text(void **state)
{
	SCOPED(sealed) struct sealed box = closed("P@ssw0rd");
	char out[8];
	size_t len = sizeof(out);
	struct err e;

	(void)state;
	box.p[box.len - 1] ^= 1;
	memset(out, 'x', sizeof(out));
	assert_fails(seal_open(&priv, aad, &box, out, &len, &e), ERR_SEAL);
	assert_memory_not_equal(out, "P@ssw0rd", 8);
}

static void
a_password_comes_back_and_what_is_none_is_refused(void **state)
{
	SCOPED(sealed) struct sealed box = { 0 }, nul = { 0 }, large = { 0 };
	struct secret s = { .len = 8, .s = "P@ssw0rd" }, got = { 0 };
	char bytes[SECRET_MAX];
	struct err e;

	(void)state;
	assert_ok(seal_close_secret(&pub, aad, &s, &box, &e));
	assert_ok(seal_open_secret(&priv, aad, &box, &got, &e));
	assert_true(secret_equal(&s, &got));
	assert_ok(seal_close(&pub, aad, "a\0b", 3, &nul, &e));
	assert_fails(seal_open_secret(&priv, aad, &nul, &got, &e), ERR_SEAL);
	memset(bytes, 'x', sizeof(bytes));
	assert_ok(seal_close(&pub, aad, bytes, sizeof(bytes), &large, &e));
	assert_fails(seal_open_secret(&priv, aad, &large, &got, &e), ERR_SEAL);
}

static void
the_key_id_is_in_the_box(void **state)
{
	SCOPED(sealed) struct sealed box = closed("x");
	const struct sealed cut = { .p = box.p, .len = SEAL_OVERHEAD - 1 };
	char id[2 * SEAL_ID_LEN + 1], in_box[2 * SEAL_ID_LEN + 1];

	(void)state;
	seal_key_id(&pub, id);
	assert_true(seal_box_key_id(&box, in_box));
	assert_string_equal(id, in_box);
	assert_false(seal_box_key_id(&cut, in_box));
}

/* RFC 7748 6.1: the public key of a known private key, so a key file means the same for ever. */
static void
the_public_key_is_that_of_rfc_7748(void **state)
{
	struct seal_private k;
	struct seal_public p;
	char hex[2 * SEAL_KEY_LEN + 1];
	struct err e;

	(void)state;
	assert_int_equal(hex_decode("77076d0a7318a57d3c16c17251b26645"
				    "df4c2f87ebc0992ab177fba51db92c2a", k.key, SEAL_KEY_LEN), SEAL_KEY_LEN);
	assert_ok(seal_public_of(&k, &p, &e));
	hex_encode(hex, p.key, SEAL_KEY_LEN);
	assert_string_equal(hex, "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_closed_opens_again_at_every_length),
		TEST(too_much_data_is_refused),
		TEST(two_boxes_of_the_same_data_differ),
		TEST(any_flipped_bit_is_refused),
		TEST(any_cut_or_added_byte_is_refused),
		TEST(a_box_opens_only_in_its_place),
		TEST(a_box_opens_only_with_its_key_and_says_so),
		TEST(a_box_too_large_for_the_room_is_refused),
		TEST(a_failed_opening_leaves_no_plain_text),
		TEST(a_password_comes_back_and_what_is_none_is_refused),
		TEST(the_key_id_is_in_the_box),
		TEST(the_public_key_is_that_of_rfc_7748),
	};

	return cmocka_run_group_tests_name("seal", tests, set_up, NULL);
}
