/* SPDX-License-Identifier: Apache-2.0 */
/* test_setup_cert: setup certificates from whatever file an operator has. */
#include "tests/unit.h"

#include <openssl/x509.h>
#include <string.h>
#include <time.h>

#include "pki/setup_cert.h"
#include "tests/pki/certs.h"

static const struct cert_spec leaf = { .cn = "Provision.Example.COM", .eku = eku_amt };
static const struct secret password = { .len = 6, .s = "secret" };
static const struct secret wrong = { .len = 5, .s = "wrong" };

static int
end(void **state)
{
	(void)state;
	keys_free();
	return 0;
}

/* The chain in this order (indices, ended by -1), with the key after place `key_at`. */
static void
write_pem(struct buf *out, const struct chain *c, const int *order, int key_at)
{
	for (int i = 0; order[i] >= 0; i++) {
		if (i == key_at)
			pem_key(out, keys_rsa(0), NULL);
		pem_cert(out, c->certs[order[i]]);
	}
}

static void
assert_in_order(const struct setup_cert *s, const struct chain *c)
{
	assert_int_equal(X509_cmp(s->id.leaf, c->certs[0]), 0);
	assert_int_equal(sk_X509_num(s->id.chain), (int)c->n - 1);
	for (int i = 0; i + 1 < (int)c->n; i++)
		assert_int_equal(X509_cmp(sk_X509_value(s->id.chain, i), c->certs[i + 1]), 0);
	assert_int_equal(X509_check_private_key(s->id.leaf, s->id.key), 1);
}

static void
pem_in_any_order_becomes_leaf_first_root_last(void **state)
{
	static const int orders[][5] = { { 0, 1, 2, 3, -1 }, { 3, 2, 1, 0, -1 }, { 1, 0, 3, 2, -1 }, { 2, 3, 0, 1, -1 },
		{ 0, 3, 1, 2, -1 }, { 1, 2, 3, 0, -1 } };
	SCOPED(chain) struct chain c = { .n = 0 };

	(void)state;
	chain_make(&c, 4, &leaf);
	for (size_t i = 0; i < ARRAY_LEN(orders); i++)
		for (int key_at = 0; key_at < 4; key_at++) {
			SCOPED(buf) struct buf pem = { 0 };
			SCOPED(setup_cert) struct setup_cert s = { 0 };
			struct err e;

			write_pem(&pem, &c, orders[i], key_at);
			assert_ok(setup_cert_load(&pem, NULL, NULL, &s, &e));
			assert_in_order(&s, &c);
		}
}

static void
chains_of_two_to_five_and_up_to_the_limit_are_taken(void **state)
{
	(void)state;
	for (size_t n = 2; n <= 10; n++) {
		SCOPED(chain) struct chain c = { .n = 0 };
		SCOPED(buf) struct buf pem = { 0 };
		SCOPED(setup_cert) struct setup_cert s = { 0 };
		struct err e;

		chain_make(&c, n, &leaf);
		pem_key(&pem, keys_rsa(0), NULL);
		for (size_t i = 0; i < n; i++)
			pem_cert(&pem, c.certs[i]);
		if (n <= CERT_CHAIN_MAX + 1) {
			assert_ok(setup_cert_load(&pem, NULL, NULL, &s, &e));
			assert_in_order(&s, &c);
		} else {
			assert_fails(setup_cert_load(&pem, NULL, NULL, &s, &e), ERR_CERT_CHAIN);
			assert_null(s.id.leaf);
		}
	}
}

static void
certificates_that_do_not_belong_are_left_out(void **state)
{
	const struct cert_spec stranger = { .cn = "stranger", .ca = true };
	SCOPED(chain) struct chain c = { .n = 0 };
	SCOPED(buf) struct buf pem = { 0 };
	SCOPED(setup_cert) struct setup_cert s = { 0 };
	struct err e;

	(void)state;
	chain_make(&c, 3, &leaf);
	X509 *other = cert_make(&stranger, keys_rsa(4), NULL, NULL);
	pem_cert(&pem, other);
	X509_free(other);
	buf_puts(&pem, "Bag Attributes\n    friendlyName: text between the blocks\n");
	write_pem(&pem, &c, (const int[]){ 2, 1, 0, 0, -1 }, 1);
	assert_ok(setup_cert_load(&pem, NULL, NULL, &s, &e));
	assert_in_order(&s, &c);
}

static void
the_key_may_come_in_its_own_file_and_encrypted(void **state)
{
	SCOPED(chain) struct chain c = { .n = 0 };
	SCOPED(buf) struct buf pem = { 0 }, key = { 0 }, locked = { 0 };
	SCOPED(setup_cert) struct setup_cert one = { 0 }, two = { 0 }, none = { 0 };
	struct err e;

	(void)state;
	chain_make(&c, 3, &leaf);
	write_pem(&pem, &c, (const int[]){ 0, 1, 2, -1 }, -1);
	pem_key(&key, keys_rsa(0), NULL);
	pem_key(&locked, keys_rsa(0), &password);
	assert_ok(setup_cert_load(&pem, &key, NULL, &one, &e));
	assert_ok(setup_cert_load(&pem, &locked, &password, &two, &e));
	assert_fails(setup_cert_load(&pem, &locked, &wrong, &none, &e), ERR_CERT_READ);
	assert_has(e.text, "password is wrong");
	assert_fails(setup_cert_load(&pem, &locked, NULL, &none, &e), ERR_CERT_READ); /* and does not ask on the terminal */
	assert_fails(setup_cert_load(&pem, NULL, NULL, &none, &e), ERR_CERT_READ);
	assert_null(none.id.leaf);
}

static void
pkcs12_is_taken_with_its_password_only(void **state)
{
	SCOPED(chain) struct chain c = { .n = 0 };
	SCOPED(buf) struct buf p12 = { 0 }, open = { 0 };
	SCOPED(setup_cert) struct setup_cert s = { 0 }, plain = { 0 }, none = { 0 };
	struct err e;

	(void)state;
	chain_make(&c, 4, &leaf);
	pkcs12_of(&p12, &c, 1, keys_rsa(0), "secret");
	assert_ok(setup_cert_load(&p12, NULL, &password, &s, &e));
	assert_in_order(&s, &c);
	assert_fails(setup_cert_load(&p12, NULL, &wrong, &none, &e), ERR_CERT_READ);
	assert_has(e.text, "password");
	assert_fails(setup_cert_load(&p12, NULL, NULL, &none, &e), ERR_CERT_READ);
	pkcs12_of(&open, &c, 1, keys_rsa(0), "");
	assert_ok(setup_cert_load(&open, NULL, NULL, &plain, &e));
}

static void
a_missing_certificate_is_named(void **state)
{
	static const struct {
		int order[4];
		const char *name;
	} rows[] = { { { 0, 2, 3, -1 }, "CA 1" }, { { 0, 1, 3, -1 }, "CA 2" }, { { 0, 1, 2, -1 }, "CA 3" }, { { 0, -1 }, "CA 1" } };
	SCOPED(chain) struct chain c = { .n = 0 };

	(void)state;
	chain_make(&c, 4, &leaf);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf) struct buf pem = { 0 };
		SCOPED(setup_cert) struct setup_cert s = { 0 };
		struct err e;

		write_pem(&pem, &c, rows[i].order, 0);
		assert_fails(setup_cert_load(&pem, NULL, NULL, &s, &e), ERR_CERT_CHAIN);
		assert_has(e.text, rows[i].name);
		assert_null(s.id.leaf);
	}
}

/* An issuer of the right name but another key is not the issuer. */
static void
an_impostor_of_an_intermediate_is_not_taken(void **state)
{
	const struct cert_spec fake = { .cn = "CA 1", .ca = true };
	SCOPED(chain) struct chain c = { .n = 0 };
	SCOPED(buf) struct buf pem = { 0 };
	SCOPED(setup_cert) struct setup_cert s = { 0 };
	struct err e;

	(void)state;
	chain_make(&c, 3, &leaf);
	X509 *impostor = cert_make(&fake, keys_rsa(5), NULL, NULL);
	pem_cert(&pem, impostor);
	write_pem(&pem, &c, (const int[]){ 0, 2, -1 }, 0);
	assert_fails(setup_cert_load(&pem, NULL, NULL, &s, &e), ERR_CERT_CHAIN);
	pem_cert(&pem, c.certs[1]);
	assert_ok(setup_cert_load(&pem, NULL, NULL, &s, &e));
	assert_in_order(&s, &c);
	X509_free(impostor);
}

static void
a_key_that_fits_no_certificate_is_refused(void **state)
{
	SCOPED(chain) struct chain c = { .n = 0 };
	SCOPED(buf) struct buf pem = { 0 }, key = { 0 };
	SCOPED(setup_cert) struct setup_cert s = { 0 };
	struct err e;

	(void)state;
	chain_make(&c, 3, &leaf);
	write_pem(&pem, &c, (const int[]){ 0, 1, 2, -1 }, -1);
	pem_key(&key, keys_rsa(5), NULL);
	assert_fails(setup_cert_load(&pem, &key, NULL, &s, &e), ERR_CERT_KEY);
	pem_key(&pem, keys_ec(), NULL);
	assert_fails(setup_cert_load(&pem, NULL, NULL, &s, &e), ERR_CERT_KEY);
}

static void
what_holds_no_certificate_is_refused(void **state)
{
	static const char *const rows[] = { "", "x", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"\x30\x82\xff\xff\x02\x01\x03", "\x30\x03\x02\x01\x03", "0" };
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf) struct buf data = { 0 };
		SCOPED(setup_cert) struct setup_cert s = { 0 };

		buf_puts(&data, rows[i]);
		assert_fails(setup_cert_load(&data, NULL, &password, &s, &e), ERR_CERT_READ);
	}
	SCOPED(buf) struct buf key = { 0 }, none = { 0 };
	SCOPED(setup_cert) struct setup_cert s = { 0 };
	pem_key(&key, keys_rsa(0), NULL);
	assert_fails(setup_cert_load(&key, NULL, NULL, &s, &e), ERR_CERT_READ);
	assert_has(e.text, "no certificate");
	assert_fails(setup_cert_load(&key, &none, NULL, &s, &e), ERR_CERT_READ);
}

static void
name_dates_and_hashes_are_told(void **state)
{
	SCOPED(chain) struct chain c = { .n = 0 };
	SCOPED(buf) struct buf pem = { 0 };
	SCOPED(setup_cert) struct setup_cert s = { 0 };
	uint8_t md[48];
	struct err e;

	(void)state;
	chain_make(&c, 3, &leaf);
	write_pem(&pem, &c, (const int[]){ 0, 1, 2, -1 }, 0);
	assert_ok(setup_cert_load(&pem, NULL, NULL, &s, &e));
	assert_string_equal(s.cn, "provision.example.com");
	assert_has(s.subject, "Provision.Example.COM");
	assert_has(s.issuer, "CA 1");
	assert_true(s.not_before < time(NULL));
	assert_in_range(s.not_after - time(NULL), 364 * 86400, 365 * 86400);
	assert_int_equal(X509_digest(c.certs[0], EVP_sha256(), md, NULL), 1);
	assert_memory_equal(s.sha256, md, 32);
	assert_int_equal(X509_digest(c.certs[2], EVP_sha1(), md, NULL), 1);
	assert_memory_equal(s.root_sha1, md, 20);
	assert_int_equal(X509_digest(c.certs[2], EVP_sha256(), md, NULL), 1);
	assert_memory_equal(s.root_sha256, md, 32);
	assert_int_equal(X509_digest(c.certs[2], EVP_sha384(), md, NULL), 1);
	assert_memory_equal(s.root_sha384, md, 48);
}

static void
names_in_a_certificate_cannot_drive_a_terminal(void **state)
{
	const struct cert_spec evil = { .cn = "a\033[2J\xe2\x80\xae" "b", .eku = eku_amt };
	SCOPED(chain) struct chain c = { .n = 0 };
	SCOPED(buf) struct buf pem = { 0 };
	SCOPED(setup_cert) struct setup_cert s = { 0 };
	struct err e;

	(void)state;
	chain_make(&c, 2, &evil);
	write_pem(&pem, &c, (const int[]){ 0, 1, -1 }, 0);
	assert_ok(setup_cert_load(&pem, NULL, NULL, &s, &e));
	assert_null(strchr(s.cn, '\033'));
	assert_null(strchr(s.subject, '\033'));
	assert_null(strstr(s.subject, "\xe2\x80\xae"));
}

static void
what_is_stored_loads_again(void **state)
{
	SCOPED(chain) struct chain c = { .n = 0 };
	SCOPED(buf) struct buf pem = { 0 }, out = { 0 }, key = { 0 };
	SCOPED(setup_cert) struct setup_cert s = { 0 }, again = { 0 }, none = { 0 };
	struct err e;

	(void)state;
	chain_make(&c, 4, &leaf);
	write_pem(&pem, &c, (const int[]){ 3, 0, 2, 1, -1 }, 0);
	assert_ok(setup_cert_load(&pem, NULL, NULL, &s, &e));
	assert_ok(setup_cert_pem(&s, &out, &e));
	assert_ok(setup_cert_key(&s, &key, &e));
	assert_ok(setup_cert_stored(out.p, out.len, key.p, key.len, &again, &e));
	assert_in_order(&again, &c);
	assert_string_equal(again.cn, s.cn);
	assert_fails(setup_cert_stored(out.p, out.len, key.p, key.len / 2, &none, &e), ERR_CERT_READ);
	assert_fails(setup_cert_stored(out.p, out.len / 2, key.p, key.len, &none, &e), ERR_CERT_CHAIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pem_in_any_order_becomes_leaf_first_root_last),
		TEST(chains_of_two_to_five_and_up_to_the_limit_are_taken),
		TEST(certificates_that_do_not_belong_are_left_out),
		TEST(the_key_may_come_in_its_own_file_and_encrypted),
		TEST(pkcs12_is_taken_with_its_password_only),
		TEST(a_missing_certificate_is_named),
		TEST(an_impostor_of_an_intermediate_is_not_taken),
		TEST(a_key_that_fits_no_certificate_is_refused),
		TEST(what_holds_no_certificate_is_refused),
		TEST(name_dates_and_hashes_are_told),
		TEST(names_in_a_certificate_cannot_drive_a_terminal),
		TEST(what_is_stored_loads_again),
	};

	return cmocka_run_group_tests_name("setup_cert", tests, NULL, end);
}
