/* SPDX-License-Identifier: Apache-2.0 */
/* test_ca: the built-in CA: its certificates verify, name the device, and are not guessable. */
#include "tests/unit.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "pki/ca.h"
#include "tests/pki/certs.h"

static struct ca ca;
static uint8_t key_2048[600], key_1024[400];
static size_t len_2048, len_1024;

static size_t
rsa_public(EVP_PKEY *key, uint8_t *out, size_t size)
{
	unsigned char *der = NULL;
	int n = i2d_PublicKey(key, &der);

	assert_true(n > 0 && (size_t)n <= size);
	memcpy(out, der, (size_t)n);
	OPENSSL_free(der);
	return (size_t)n;
}

static int
set_up(void **state)
{
	struct err e;

	(void)state;
	len_2048 = rsa_public(keys_rsa(0), key_2048, sizeof(key_2048));
	len_1024 = rsa_public(keys_rsa_1024(), key_1024, sizeof(key_1024));
	return ca_make(&ca, &e);
}

static int
tear_down(void **state)
{
	(void)state;
	ca_free(&ca);
	keys_free();
	return 0;
}

static X509 *
issue(const char *fqdn, int days, struct issued *out)
{
	struct err e;

	assert_ok(ca_issue(&ca, key_2048, len_2048, CA_RSA_BITS, fqdn, days, out, &e));
	const unsigned char *p = out->der;
	X509 *cert = d2i_X509(NULL, &p, (long)out->len);
	assert_non_null(cert);
	assert_true(p == out->der + out->len);
	return cert;
}

/* Verifies as a TLS client does: chain, purpose and host name, at security level 2. */
static int
verify(X509 *cert, const char *host)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	assert_int_equal(X509_STORE_add_cert(store, ca.cert), 1);
	assert_int_equal(X509_STORE_CTX_init(ctx, store, cert, NULL), 1);
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
	(void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
	(void)X509_VERIFY_PARAM_set1_host(param, host, 0);
	(void)X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
	X509_VERIFY_PARAM_set_auth_level(param, 2);
	(void)X509_verify_cert(ctx);
	int error = X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return error;
}

static void
an_issued_certificate_verifies_for_its_host_only(void **state)
{
	struct issued out;
	X509 *cert = issue("pc-0042.example.com", 365, &out);
	uint8_t md[32];

	(void)state;
	int error = verify(cert, "pc-0042.example.com");
	if (error != X509_V_OK)
		fail_msg("%s", X509_verify_cert_error_string(error));
	assert_int_equal(verify(cert, "pc-0043.example.com"), X509_V_ERR_HOSTNAME_MISMATCH);
	assert_string_equal(out.subject, "CN=pc-0042.example.com");
	assert_int_equal(X509_digest(cert, EVP_sha256(), md, NULL), 1);
	assert_memory_equal(md, out.sha256, 32);
	assert_in_range(out.not_after - time(NULL), 364 * 86400, 365 * 86400);
	assert_true(X509_cmp_current_time(X509_get0_notBefore(cert)) < 0);
	assert_int_equal(X509_get_extension_flags(cert) & EXFLAG_CA, 0);
	X509_free(cert);
}

static void
a_name_longer_than_a_cn_is_in_the_san_alone(void **state)
{
	struct issued out;
	char fqdn[254], label[64];

	(void)state;
	memset(label, 'a', 63);
	label[63] = '\0';
	(void)snprintf(fqdn, sizeof(fqdn), "%s.%s.%s.%.61s", label, label, label, label);
	assert_int_equal(strlen(fqdn), 253);
	X509 *cert = issue(fqdn, 365, &out);
	assert_int_equal(verify(cert, fqdn), X509_V_OK);
	assert_int_equal(X509_NAME_get_index_by_NID(X509_get_subject_name(cert), NID_commonName, -1), -1);
	X509_free(cert);
	cert = issue("0123456789012345678901234567890123456789012345678901234567890.bc", 365, &out); /* 64: just fits */
	assert_true(X509_NAME_get_index_by_NID(X509_get_subject_name(cert), NID_commonName, -1) >= 0);
	X509_free(cert);
}

static void
serial_numbers_are_positive_long_and_different(void **state)
{
	char seen[20][41];

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct issued out;
		X509 *cert = issue("pc.example.com", 30, &out);
		const ASN1_INTEGER *serial = X509_get0_serialNumber(cert);
		BIGNUM *n = ASN1_INTEGER_to_BN(serial, NULL);
		char *hex = BN_bn2hex(n);

		assert_int_equal(ASN1_STRING_type(serial), V_ASN1_INTEGER);
		assert_false(BN_is_negative(n));
		assert_in_range(BN_num_bits(n), 127, 159);
		assert_int_equal(strcasecmp(hex, out.serial), 0);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(seen[k], out.serial);
		memcpy(seen[i], out.serial, sizeof(seen[i]));
		OPENSSL_free(hex);
		BN_free(n);
		X509_free(cert);
	}
}

static void
keys_that_are_short_not_rsa_or_garbage_are_refused(void **state)
{
	struct issued out;
	struct err e;
	uint8_t ec[200];
	size_t ec_len = rsa_public(keys_ec(), ec, sizeof(ec));

	(void)state;
	assert_fails(ca_issue(&ca, key_1024, len_1024, CA_RSA_BITS, "a.b", 1, &out, &e), ERR_CERT_CA);
	assert_has(e.text, "2048");
	assert_ok(ca_issue(&ca, key_1024, len_1024, CA_RSA_BITS_LEAST, "a.b", 1, &out, &e)); /* where told that it is all the device takes */
	assert_fails(ca_issue(&ca, ec, ec_len, CA_RSA_BITS, "a.b", 1, &out, &e), ERR_CERT_CA);
	assert_fails(ca_issue(&ca, key_2048, len_2048 - 1, CA_RSA_BITS, "a.b", 1, &out, &e), ERR_CERT_CA);
	assert_fails(ca_issue(&ca, (const uint8_t *)"", 0, CA_RSA_BITS, "a.b", 1, &out, &e), ERR_CERT_CA);
	assert_fails(ca_issue(&ca, (const uint8_t *)"\x30\x00", 2, CA_RSA_BITS, "a.b", 1, &out, &e), ERR_CERT_CA);
}

/* A name goes into the extension as text: it must not be able to add others. */
static void
a_name_cannot_smuggle_in_other_names(void **state)
{
	static const char *const bad[] = { "a.b,DNS:evil.example.com", "a.b,IP:127.0.0.1", "a.b\nx", "", "a b.c" };
	struct issued out;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (ca_issue(&ca, key_2048, len_2048, CA_RSA_BITS, bad[i], 1, &out, &e) == 0)
			fail_msg("issued for \"%s\"", bad[i]);
}

static void
validity_ends_with_that_of_the_ca(void **state)
{
	struct issued out;
	X509 *cert = issue("a.b", 40 * 365, &out);

	(void)state;
	assert_int_equal(out.not_after, ca_not_after(&ca));
	assert_int_equal(ASN1_TIME_compare(X509_get0_notAfter(cert), X509_get0_notAfter(ca.cert)), 0);
	X509_free(cert);
}

static void
the_ca_is_a_ca_for_twenty_years(void **state)
{
	(void)state;
	assert_true(X509_check_ca(ca.cert) >= 1);
	assert_int_equal(X509_get_pathlen(ca.cert), 0);
	assert_int_equal(EVP_PKEY_get_bits(ca.key), 2048);
	assert_in_range((ca_not_after(&ca) - time(NULL)) / 86400, 20 * 365 - 1, 20 * 365 + 6);
	assert_int_equal(X509_verify(ca.cert, ca.key), 1);
	assert_int_equal(X509_get_key_usage(ca.cert), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
}

static void
what_is_stored_issues_again(void **state)
{
	SCOPED(buf) struct buf pem = { 0 }, key = { 0 };
	SCOPED(ca) struct ca again = { 0 }, other = { 0 };
	struct issued out;
	uint8_t one[32], two[32];
	struct err e;

	(void)state;
	assert_ok(ca_pem(&ca, &pem, &e));
	assert_ok(ca_key(&ca, &key, &e));
	assert_ok(ca_stored(buf_str(&pem), key.p, key.len, &again, &e));
	ca_sha256(&ca, one);
	ca_sha256(&again, two);
	assert_memory_equal(one, two, 32);
	assert_ok(ca_issue(&again, key_2048, len_2048, CA_RSA_BITS, "a.b", 1, &out, &e));
	assert_fails(ca_stored(buf_str(&pem), key.p, key.len / 2, &other, &e), ERR_CERT_CA);
	assert_fails(ca_stored("x", key.p, key.len, &other, &e), ERR_CERT_CA);
	buf_reset(&key);
	struct ca mixed = { .cert = ca.cert, .key = keys_rsa(1) };
	assert_ok(ca_key(&mixed, &key, &e));
	assert_fails(ca_stored(buf_str(&pem), key.p, key.len, &other, &e), ERR_CERT_CA);
}

static void
a_key_made_here_can_be_certified(void **state)
{
	SCOPED(buf) struct buf priv = { 0 }, pub = { 0 };
	struct issued out;
	struct err e;

	(void)state;
	assert_ok(ca_rsa_key(CA_RSA_BITS, &priv, &pub, &e));
	assert_ok(ca_issue(&ca, (const uint8_t *)pub.p, pub.len, CA_RSA_BITS, "pc.example.com", 1, &out, &e));
	const unsigned char *p = (const unsigned char *)priv.p;
	EVP_PKEY *key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &p, (long)priv.len);
	const unsigned char *q = out.der;
	X509 *cert = d2i_X509(NULL, &q, (long)out.len);
	assert_int_equal(X509_check_private_key(cert, key), 1);
	EVP_PKEY_free(key);
	X509_free(cert);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_issued_certificate_verifies_for_its_host_only),
		TEST(a_name_longer_than_a_cn_is_in_the_san_alone),
		TEST(serial_numbers_are_positive_long_and_different),
		TEST(keys_that_are_short_not_rsa_or_garbage_are_refused),
		TEST(a_name_cannot_smuggle_in_other_names),
		TEST(validity_ends_with_that_of_the_ca),
		TEST(the_ca_is_a_ca_for_twenty_years),
		TEST(what_is_stored_issues_again),
		TEST(a_key_made_here_can_be_certified),
	};

	return cmocka_run_group_tests_name("ca", tests, set_up, tear_down);
}
