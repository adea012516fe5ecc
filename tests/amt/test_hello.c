/* SPDX-License-Identifier: Apache-2.0 */
/* test_hello: the hello message, by the vectors of protocol/setup.md 1.9 and the rules of 1.8. */
#include "tests/unit.h"

#include <openssl/sha.h>
#include <string.h>

#include "amt/hello.h"
#include "base/text.h"
#include "tests/amt/vectors.h"

static uint8_t h1[TV_H1_LEN], h2[TV_H2_LEN], h3[TV_H3_LEN];

static int
set_up(void **state)
{
	(void)state;
	return hex_decode(tv_h1, h1, sizeof(h1)) == TV_H1_LEN && hex_decode(tv_h2, h2, sizeof(h2)) == TV_H2_LEN &&
		       hex_decode(tv_h3, h3, sizeof(h3)) == TV_H3_LEN ? 0 : -1;
}

/* A message of n entries with this type and length each; returns its length. */
static size_t
make(uint8_t *out, unsigned int n, unsigned int type, unsigned int len)
{
	memcpy(out, h1, HELLO_HEAD_LEN);
	uint8_t *p = out + HELLO_HEAD_LEN;
	*p++ = (uint8_t)n;
	for (unsigned int i = 0; i < n; i++) {
		*p++ = (uint8_t)type;
		*p++ = (uint8_t)len;
		memset(p, (int)i, len);
		p += len;
	}
	return (size_t)(p - out);
}

static void
assert_refused(const void *bytes, size_t len, enum err_code code)
{
	struct hello h = { .retries = 99 };
	struct err e;

	assert_fails(hello_parse(bytes, len, &h, &e), code);
	assert_int_equal(h.retries, 99); /* untouched */
}

static void
the_captured_hello_is_read(void **state)
{
	struct hello h;
	struct err e;
	uint8_t md[SHA256_DIGEST_LENGTH];
	char text[UUID_TEXT], hex[2 * SHA256_DIGEST_LENGTH + 1];

	(void)state;
	hex_encode(hex, SHA256(h1, sizeof(h1), md), sizeof(md));
	assert_string_equal(hex, tv_h1_sha256);
	assert_ok(hello_parse(h1, sizeof(h1), &h, &e));
	assert_int_equal(h.mode, HELLO_MODE_PKI);
	assert_int_equal(h.admin_set, 1);
	assert_int_equal(h.retries, 0);
	uuid_text(&h.uuid, text);
	assert_string_equal(text, "939b524b-13d4-1d18-e487-1c697a6b7a2b");
	assert_string_equal(h.pid, "");
	assert_int_equal(h.nhashes, 23);
	assert_int_equal(h.nskipped, 0);
	assert_int_equal(h.trailing, 0);
	for (size_t k = 0; k < 23; k++) {
		assert_int_equal(h.hashes[k].type, HASH_SHA256);
		assert_int_equal(h.hashes[k].len, 32);
		assert_memory_equal(h.hashes[k].hash, h1 + 25 + 34 * k + 2, 32);
	}
}

static void
the_psk_hello_is_read(void **state)
{
	struct hello h;
	struct err e;
	char text[UUID_TEXT];

	(void)state;
	assert_ok(hello_parse(h2, sizeof(h2), &h, &e));
	assert_int_equal(h.mode, HELLO_MODE_PSK);
	assert_int_equal(h.admin_set, 1);
	assert_int_equal(h.retries, 4);
	uuid_text(&h.uuid, text);
	assert_string_equal(text, "03a85f1c-2b4d-11dc-8e60-0013d4aabbcc");
	assert_string_equal(h.pid, "HLLQ045Q");
	assert_int_equal(h.nhashes, 0);
}

static void
all_three_hash_types_are_read(void **state)
{
	struct hello h;
	struct err e;
	uint8_t md[SHA384_DIGEST_LENGTH];

	(void)state;
	assert_ok(hello_parse(h3, sizeof(h3), &h, &e));
	assert_int_equal(h.admin_set, 0);
	assert_int_equal(h.retries, 14);
	assert_int_equal(h.nhashes, 3);
	assert_int_equal(h.hashes[0].type, HASH_SHA1);
	assert_memory_equal(h.hashes[0].hash, SHA1((const uint8_t *)"root one", 8, md), 20);
	assert_int_equal(h.hashes[1].type, HASH_SHA256);
	assert_memory_equal(h.hashes[1].hash, SHA256((const uint8_t *)"root two", 8, md), 32);
	assert_int_equal(h.hashes[2].type, HASH_SHA384);
	assert_memory_equal(h.hashes[2].hash, SHA384((const uint8_t *)"root three", 10, md), 48);
}

static void
the_malformed_vectors_are_refused(void **state)
{
	uint8_t bad[TV_H1_LEN];

	(void)state;
	assert_refused(h2, 31, ERR_HELLO);
	assert_refused(h1, sizeof(h1) - 1, ERR_HELLO);
	memcpy(bad, h1, sizeof(bad));
	bad[24] = 0x18;
	assert_refused(bad, sizeof(bad), ERR_HELLO);
	memcpy(bad, h1, sizeof(bad));
	bad[26] = 0x14;
	assert_refused(bad, sizeof(bad), ERR_HELLO);
	memcpy(bad, h2, sizeof(h2));
	bad[2] = 1;
	assert_refused(bad, sizeof(h2), ERR_HELLO_VERSION);
	bad[2] = 4;
	assert_refused(bad, sizeof(h2), ERR_HELLO_VERSION);
	assert_refused(h1, 8, ERR_HELLO);
	static const char http[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
	assert_refused(http, sizeof(http) - 1, ERR_HELLO);
}

static void
every_short_length_is_refused_and_leaves_out_alone(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(h1); n++)
		assert_refused(h1, n, ERR_HELLO);
	for (size_t n = 0; n < sizeof(h2); n++)
		assert_refused(h2, n, ERR_HELLO);
	for (size_t n = 0; n < sizeof(h3); n++)
		assert_refused(h3, n, ERR_HELLO);
}

static void
the_uuid_of_an_unknown_version_is_told(void **state)
{
	struct hello h;
	struct err e;
	uint8_t bad[TV_H2_LEN];

	(void)state;
	memcpy(bad, h2, sizeof(bad));
	bad[2] = 1;
	assert_fails(hello_parse(bad, HELLO_HEAD_LEN, &h, &e), ERR_HELLO_VERSION);
	assert_has(e.text, "version 1");
	assert_has(e.text, "03a85f1c-2b4d-11dc-8e60-0013d4aabbcc");
}

/* Reading as the listener does: until as many bytes are there as hello_need asks for. */
static void
assert_need_of(const uint8_t *bytes, size_t len)
{
	for (size_t n = 0; n <= len; n++) {
		size_t need = hello_need(bytes, n);

		if (n < len) {
			if (need <= n || need > len)
				fail_msg("after %zu of %zu bytes: need %zu", n, len, need);
		} else {
			assert_int_equal(need, len);
		}
	}
	for (size_t a = 0; a <= len; a++) { /* any two cuts end at the same length */
		size_t n = a;

		for (int steps = 0; hello_need(bytes, n) > n; steps++) {
			assert_in_range(steps, 0, 3 + len);
			n = hello_need(bytes, n);
		}
		assert_int_equal(n, len);
	}
}

static void
need_asks_for_the_whole_message_at_every_byte_boundary(void **state)
{
	(void)state;
	assert_need_of(h1, sizeof(h1));
	assert_need_of(h2, sizeof(h2));
	assert_need_of(h3, sizeof(h3));
}

static void
need_gives_up_on_what_can_be_no_hello(void **state)
{
	uint8_t bad[TV_H2_LEN];

	(void)state;
	assert_int_equal(hello_need("GET / HTTP/1.1", 14), 0);
	assert_int_equal(hello_need("\x16\x03\x01\x02\x00", 5), 0); /* a TLS client */
	memcpy(bad, h2, sizeof(bad));
	bad[2] = 4;
	assert_int_equal(hello_need(bad, 4), HELLO_HEAD_LEN); /* for the UUID */
	assert_int_equal(hello_need(bad, HELLO_HEAD_LEN), 0);
	bad[0] = 2;
	assert_int_equal(hello_need(bad, 4), 0);
}

static void
bytes_after_the_message_are_counted_and_ignored(void **state)
{
	uint8_t more[TV_H1_LEN + 5] = { 0 };
	struct hello h;
	struct err e;

	(void)state;
	memcpy(more, h1, sizeof(h1));
	assert_ok(hello_parse(more, sizeof(more), &h, &e));
	assert_int_equal(h.trailing, 5);
	assert_int_equal(h.nhashes, 23);
	assert_int_equal(hello_need(more, sizeof(more)), TV_H1_LEN);
	memcpy(more, h2, sizeof(h2));
	assert_ok(hello_parse(more, sizeof(h2) + 1, &h, &e));
	assert_int_equal(h.trailing, 1);
}

static void
no_hash_at_all_is_well_formed(void **state)
{
	uint8_t bytes[32];
	struct hello h;
	struct err e;

	(void)state;
	assert_ok(hello_parse(bytes, make(bytes, 0, 0, 0), &h, &e));
	assert_int_equal(h.nhashes, 0);
}

static void
a_full_table_of_255_hashes_is_read(void **state)
{
	static uint8_t bytes[HELLO_MAX_LEN];
	static struct hello h;
	struct err e;
	size_t len = make(bytes, 255, HASH_SHA384, 48);

	(void)state;
	assert_int_equal(len, 12775);
	assert_ok(hello_parse(bytes, len, &h, &e));
	assert_int_equal(h.nhashes, 255);
	assert_int_equal(h.hashes[254].hash[47], 254);
	assert_int_equal(hello_need(bytes, len), len);
}

static void
entries_of_unknown_type_are_skipped_whatever_their_length(void **state)
{
	static uint8_t bytes[25 + 255 * 257];
	static struct hello h;
	struct err e;
	static const unsigned int lengths[] = { 0, 1, 20, 32, 64, 255 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		size_t len = make(bytes, 255, 4, lengths[i]);

		assert_ok(hello_parse(bytes, len, &h, &e));
		assert_int_equal(h.nhashes, 0);
		assert_int_equal(h.nskipped, 255);
		assert_refused(bytes, len - 1, ERR_HELLO);
	}
	size_t len = make(bytes, 3, HASH_SHA1, 20);
	bytes[25 + 22] = 0; /* the middle one */
	assert_ok(hello_parse(bytes, len, &h, &e));
	assert_int_equal(h.nhashes, 2);
	assert_int_equal(h.nskipped, 1);
	assert_int_equal(h.hashes[1].hash[0], 2);
}

static void
a_known_type_with_a_wrong_length_spoils_the_message(void **state)
{
	uint8_t bytes[25 + 2 + 255];

	(void)state;
	for (unsigned int type = HASH_SHA1; type <= HASH_SHA384; type++)
		for (unsigned int len = 0; len < 256; len++)
			if (len != hash_len(type))
				assert_refused(bytes, make(bytes, 1, type, len), ERR_HELLO);
}

static void
a_pid_holds_digits_and_capitals_only(void **state)
{
	static const char bad[] = "a-/:@[`z \n\t\x80\xff";

	(void)state;
	for (size_t at = 0; at < PID_LEN; at++)
		for (size_t i = 0; i < sizeof(bad); i++) { /* the NUL too */
			uint8_t bytes[TV_H2_LEN];

			memcpy(bytes, h2, sizeof(bytes));
			bytes[24 + at] = (uint8_t)bad[i];
			assert_refused(bytes, sizeof(bytes), ERR_HELLO);
		}
}

static void
building_what_was_read_gives_the_same_bytes(void **state)
{
	const struct {
		const uint8_t *p;
		size_t len;
	} all[] = { { h1, sizeof(h1) }, { h2, sizeof(h2) }, { h3, sizeof(h3) } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		uint8_t out[TV_H1_LEN];
		static struct hello h;
		struct err e;

		assert_ok(hello_parse(all[i].p, all[i].len, &h, &e));
		assert_int_equal(hello_build(&h, out, sizeof(out)), all[i].len);
		assert_memory_equal(out, all[i].p, all[i].len);
		assert_int_equal(hello_build(&h, out, all[i].len - 1), 0);
	}
}

static void
building_refuses_more_than_255_hashes(void **state)
{
	static struct hello h = { .mode = HELLO_MODE_PKI, .nhashes = HELLO_MAX_HASHES + 1 };
	static uint8_t out[HELLO_MAX_LEN];

	(void)state;
	assert_int_equal(hello_build(&h, out, sizeof(out)), 0);
}

static void
stored_entries_are_read_as_far_as_they_are_whole(void **state)
{
	static struct hello h;
	static struct hello_hash out[HELLO_MAX_HASHES];
	struct err e;
	uint8_t bytes[25 + 3 * 22];

	(void)state;
	assert_ok(hello_parse(h1, sizeof(h1), &h, &e));
	assert_int_equal(hello_hashes(h1 + 25, sizeof(h1) - 25, out, HELLO_MAX_HASHES), 23);
	assert_memory_equal(out, h.hashes, 23 * sizeof(out[0]));
	assert_int_equal(hello_hashes(h1 + 25, sizeof(h1) - 25, out, 5), 5);
	for (size_t n = 0; n < sizeof(h1) - 25; n++)
		assert_int_equal(hello_hashes(h1 + 25, n, out, HELLO_MAX_HASHES), n / 34);
	(void)make(bytes, 3, HASH_SHA1, 20);
	bytes[25] = 9;      /* an unknown type */
	bytes[25 + 22] = 2; /* SHA-256 with 20 bytes */
	assert_int_equal(hello_hashes(bytes + 25, 66, out, HELLO_MAX_HASHES), 1);
	assert_int_equal(out[0].hash[0], 2);
}

static void
hash_types_have_length_and_name(void **state)
{
	(void)state;
	assert_int_equal(hash_len(HASH_SHA1), 20);
	assert_int_equal(hash_len(HASH_SHA256), 32);
	assert_int_equal(hash_len(HASH_SHA384), 48);
	assert_int_equal(hash_len(0), 0);
	assert_int_equal(hash_len(4), 0);
	assert_string_equal(hash_name(HASH_SHA384), "SHA-384");
	assert_string_equal(hash_name(4), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_captured_hello_is_read),
		TEST(the_psk_hello_is_read),
		TEST(all_three_hash_types_are_read),
		TEST(the_malformed_vectors_are_refused),
		TEST(every_short_length_is_refused_and_leaves_out_alone),
		TEST(the_uuid_of_an_unknown_version_is_told),
		TEST(need_asks_for_the_whole_message_at_every_byte_boundary),
		TEST(need_gives_up_on_what_can_be_no_hello),
		TEST(bytes_after_the_message_are_counted_and_ignored),
		TEST(no_hash_at_all_is_well_formed),
		TEST(a_full_table_of_255_hashes_is_read),
		TEST(entries_of_unknown_type_are_skipped_whatever_their_length),
		TEST(a_known_type_with_a_wrong_length_spoils_the_message),
		TEST(a_pid_holds_digits_and_capitals_only),
		TEST(building_what_was_read_gives_the_same_bytes),
		TEST(building_refuses_more_than_255_hashes),
		TEST(stored_entries_are_read_as_far_as_they_are_whole),
		TEST(hash_types_have_length_and_name),
	};

	return cmocka_run_group_tests_name("hello", tests, set_up, NULL);
}
