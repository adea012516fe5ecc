/* SPDX-License-Identifier: Apache-2.0 */
/* certs: keys and certificates made for one test run. */
#include "tests/pki/certs.h"
#include "tests/unit.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DAY = 86400 };

static EVP_PKEY *rsa[CERTS_KEYS], *ec, *rsa_1024;

EVP_PKEY *
keys_rsa(size_t n)
{
	assert_true(n < CERTS_KEYS);
	if (rsa[n] == NULL)
		rsa[n] = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	assert_non_null(rsa[n]);
	return rsa[n];
}

EVP_PKEY *
keys_ec(void)
{
	if (ec == NULL)
		ec = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	assert_non_null(ec);
	return ec;
}

EVP_PKEY *
keys_rsa_1024(void)
{
	if (rsa_1024 == NULL)
		rsa_1024 = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
	assert_non_null(rsa_1024);
	return rsa_1024;
}

void
keys_free(void)
{
	for (size_t i = 0; i < CERTS_KEYS; i++) {
		EVP_PKEY_free(rsa[i]);
		rsa[i] = NULL;
	}
	EVP_PKEY_free(ec);
	EVP_PKEY_free(rsa_1024);
	ec = rsa_1024 = NULL;
}

static void
add_name(X509_NAME *name, const char *field, const char *value)
{
	assert_int_equal(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0), 1);
}

static void
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(ext);
	assert_int_equal(X509_add_ext(cert, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

X509 *
cert_make(const struct cert_spec *s, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
	X509 *cert = X509_new();
	BIGNUM *serial = NULL;
	bool dated = s->from_days != 0 || s->until_days != 0;

	assert_non_null(cert);
	assert_int_equal(X509_set_version(cert, X509_VERSION_3), 1);
	assert_true(BN_dec2bn(&serial, s->serial == NULL ? "1" : s->serial) > 0);
	assert_non_null(BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(cert)));
	BN_free(serial);
	X509_NAME *name = X509_get_subject_name(cert);
	add_name(name, "O", "muster test");
	if (s->ou != NULL)
		add_name(name, "OU", s->ou);
	if (s->cn != NULL)
		add_name(name, "CN", s->cn);
	assert_int_equal(X509_set_issuer_name(cert, issuer == NULL ? name : X509_get_subject_name(issuer)), 1);
	time_t now = time(NULL);
	assert_non_null(ASN1_TIME_set(X509_getm_notBefore(cert), now + (time_t)(dated ? s->from_days : -1) * DAY));
	assert_non_null(ASN1_TIME_set(X509_getm_notAfter(cert), now + (time_t)(dated ? s->until_days : 365) * DAY));
	assert_int_equal(X509_set_pubkey(cert, key), 1);
	if (s->ca)
		add_extension(cert, issuer == NULL ? cert : issuer, NID_basic_constraints, "critical,CA:TRUE");
	if (s->eku != NULL)
		add_extension(cert, issuer == NULL ? cert : issuer, NID_ext_key_usage, s->eku);
	assert_true(X509_sign(cert, issuer_key == NULL ? key : issuer_key, s->sha1 ? EVP_sha1() : EVP_sha256()) > 0);
	return cert;
}

void
chain_make(struct chain *c, size_t n, const struct cert_spec *leaf)
{
	*c = (struct chain){ .n = n };
	for (size_t i = n; i-- > 0;) {
		char name[32];
		bool root = i == n - 1;
		struct cert_spec ca = { .cn = name, .ca = true, .serial = "7" };

		(void)snprintf(name, sizeof(name), "CA %zu", i);
		c->certs[i] = cert_make(i == 0 ? leaf : &ca, keys_rsa(i % CERTS_KEYS), root ? NULL : c->certs[i + 1],
		    root ? NULL : keys_rsa((i + 1) % CERTS_KEYS));
	}
}

void
chain_free(struct chain *c)
{
	for (size_t i = 0; i < c->n; i++)
		X509_free(c->certs[i]);
	c->n = 0;
}

static void
take_bio(struct buf *out, BIO *b)
{
	char *data;
	long n = BIO_get_mem_data(b, &data);

	buf_add(out, data, (size_t)n);
	(void)BIO_free(b);
}

void
pem_cert(struct buf *out, X509 *cert)
{
	BIO *b = BIO_new(BIO_s_mem());

	assert_int_equal(PEM_write_bio_X509(b, cert), 1);
	take_bio(out, b);
}

void
pem_key(struct buf *out, EVP_PKEY *key, const struct secret *password)
{
	BIO *b = BIO_new(BIO_s_mem());

	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(b, key, password == NULL ? NULL : EVP_aes_256_cbc(),
			     password == NULL ? NULL : password->s, password == NULL ? 0 : (int)password->len, NULL, NULL), 1);
	take_bio(out, b);
}

void
pkcs12_of(struct buf *out, const struct chain *c, size_t from, EVP_PKEY *key, const char *password)
{
	STACK_OF(X509) *others = sk_X509_new_null();
	BIO *b = BIO_new(BIO_s_mem());

	for (size_t i = c->n; i-- > from;)
		assert_true(sk_X509_push(others, c->certs[i]) > 0);
	PKCS12 *p12 = PKCS12_create(password, "setup", key, c->certs[0], others, 0, 0, 1000, 1000, 0);
	assert_non_null(p12);
	assert_int_equal(i2d_PKCS12_bio(b, p12), 1);
	PKCS12_free(p12);
	sk_X509_free(others);
	take_bio(out, b);
}
