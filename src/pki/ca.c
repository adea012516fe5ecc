/* SPDX-License-Identifier: Apache-2.0 */
/* ca: the built-in certificate authority. */
#include "pki/ca.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { CA_DAYS = 20 * 365, SERIAL_LEN = 16, BACKDATE_S = 3600, DAY_S = 86400 };

static void
x509_scoped(X509 **c)
{
	X509_free(*c);
}

static void
pkey_scoped(EVP_PKEY **k)
{
	EVP_PKEY_free(*k);
}

static void
bio_scoped(BIO **b)
{
	(void)BIO_free(*b);
}

void
ca_free(struct ca *c)
{
	X509_free(c->cert);
	EVP_PKEY_free(c->key);
	*c = (struct ca){ 0 };
}

/* A serial number that is positive and not guessable. Source: requirements C2 (rps 2690). */
static bool
set_serial(X509 *cert, char text[41])
{
	unsigned char raw[SERIAL_LEN];
	BIGNUM *n = NULL;
	bool ok = RAND_bytes(raw, sizeof(raw)) == 1;

	raw[0] = (unsigned char)((raw[0] & 0x7f) | 0x40);
	n = ok ? BN_bin2bn(raw, sizeof(raw), NULL) : NULL;
	ok = n != NULL && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL;
	BN_free(n);
	if (text != NULL)
		hex_encode(text, raw, sizeof(raw));
	return ok;
}

static bool
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	bool ok = ext != NULL && X509_add_ext(cert, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return ok;
}

static bool
set_name(X509_NAME *name, const char *field, const char *value)
{
	return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0) == 1;
}

static bool
set_validity(X509 *cert, time_t from, time_t until)
{
	return ASN1_TIME_set(X509_getm_notBefore(cert), from) != NULL && ASN1_TIME_set(X509_getm_notAfter(cert), until) != NULL;
}

int
ca_make(struct ca *out, struct err *e)
{
	SCOPED(x509) X509 *cert = X509_new();
	SCOPED(pkey) EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)CA_RSA_BITS);
	time_t now = time(NULL);
	char serial[41], name[64];

	if (cert == NULL || key == NULL || X509_set_version(cert, X509_VERSION_3) != 1 || !set_serial(cert, serial))
		return err_set(e, ERR_CERT_CA, "CA key cannot be made");
	(void)snprintf(name, sizeof(name), "muster CA %.8s", serial);
	X509_NAME *subject = X509_get_subject_name(cert);
	bool ok = set_name(subject, "O", "muster") && set_name(subject, "CN", name) &&
		  X509_set_issuer_name(cert, subject) == 1 &&
		  set_validity(cert, now - BACKDATE_S, now + (time_t)CA_DAYS * DAY_S) && X509_set_pubkey(cert, key) == 1 &&
		  add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
		  add_extension(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign") &&
		  add_extension(cert, cert, NID_subject_key_identifier, "hash") && X509_sign(cert, key, EVP_sha256()) > 0;
	if (!ok)
		return err_set(e, ERR_CERT_CA, "CA certificate cannot be made");
	*out = (struct ca){ .cert = cert, .key = key };
	cert = NULL;
	key = NULL;
	return 0;
}

int
ca_stored(const char *pem, const void *key_der, size_t key_len, struct ca *out, struct err *e)
{
	SCOPED(bio) BIO *b = BIO_new_mem_buf(pem, -1);
	const unsigned char *p = key_der;
	struct ca c = { .cert = b == NULL ? NULL : PEM_read_bio_X509(b, NULL, NULL, NULL),
		.key = d2i_AutoPrivateKey(NULL, &p, (long)key_len) };

	if (c.cert == NULL || c.key == NULL || X509_check_private_key(c.cert, c.key) != 1) {
		ca_free(&c);
		return err_set(e, ERR_CERT_CA, "stored CA certificate and key do not belong together");
	}
	*out = c;
	return 0;
}

int
ca_pem(const struct ca *c, struct buf *out, struct err *e)
{
	SCOPED(bio) BIO *b = BIO_new(BIO_s_mem());
	char *data;

	if (b == NULL || PEM_write_bio_X509(b, c->cert) != 1)
		return err_set(e, ERR_MEMORY, "CA certificate");
	long n = BIO_get_mem_data(b, &data);
	buf_add(out, data, (size_t)n);
	return out->bad ? err_set(e, ERR_MEMORY, "CA certificate") : 0;
}

int
ca_key(const struct ca *c, struct buf *out, struct err *e)
{
	unsigned char *der = NULL;
	int n = i2d_PrivateKey(c->key, &der);

	if (n <= 0)
		return err_set(e, ERR_CERT_CA, "CA key cannot be written");
	buf_add(out, der, (size_t)n);
	OPENSSL_clear_free(der, (size_t)n);
	return out->bad ? err_set(e, ERR_MEMORY, "CA key") : 0;
}

void
ca_sha256(const struct ca *c, uint8_t out[32])
{
	(void)X509_digest(c->cert, EVP_sha256(), out, NULL);
}

time_t
ca_not_after(const struct ca *c)
{
	struct tm tm;

	return ASN1_TIME_to_tm(X509_get0_notAfter(c->cert), &tm) == 1 ? timegm(&tm) : 0;
}

static EVP_PKEY *
public_key(const uint8_t *der, size_t len, int least_bits)
{
	const unsigned char *p = der;
	EVP_PKEY *key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)len);

	if (key != NULL && EVP_PKEY_get_bits(key) < least_bits) {
		EVP_PKEY_free(key);
		return NULL;
	}
	return key;
}

static int
finish(X509 *cert, struct issued *out, struct err *e)
{
	unsigned char *p = out->der;
	int n = i2d_X509(cert, NULL);

	if (n <= 0 || (size_t)n > sizeof(out->der))
		return err_set(e, ERR_CERT_CA, "certificate of %d bytes is too large for a device", n);
	out->len = (size_t)i2d_X509(cert, &p);
	(void)X509_digest(cert, EVP_sha256(), out->sha256, NULL);
	return 0;
}

int
ca_issue(const struct ca *c, const uint8_t *rsa_public, size_t len, int least_bits, const char *fqdn, int days,
    struct issued *out, struct err *e)
{
	SCOPED(pkey) EVP_PKEY *key = public_key(rsa_public, len, least_bits);
	SCOPED(x509) X509 *cert = X509_new();
	time_t now = time(NULL), until = now + (time_t)days * DAY_S;
	char san[300];

	if (!fqdn_valid(fqdn))
		return err_set(e, ERR_CERT_CA, "\"%.80s\" is not an FQDN", fqdn);
	if (key == NULL)
		return err_set(e, ERR_CERT_CA, "the device's key is not RSA of at least %d bits", least_bits);
	if (until > ca_not_after(c))
		until = ca_not_after(c);
	/* A CN holds 64 characters; a longer name is in the SAN alone, which must then be critical. */
	bool has_cn = strlen(fqdn) <= 64;
	(void)snprintf(san, sizeof(san), "%sDNS:%.253s", has_cn ? "" : "critical,", fqdn);
	(void)snprintf(out->subject, sizeof(out->subject), "CN=%.253s", fqdn);
	out->not_after = until;
	bool ok = cert != NULL && X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert, out->serial) &&
		  (!has_cn || set_name(X509_get_subject_name(cert), "CN", fqdn)) &&
		  X509_set_issuer_name(cert, X509_get_subject_name(c->cert)) == 1 &&
		  set_validity(cert, now - BACKDATE_S, until) && X509_set_pubkey(cert, key) == 1 &&
		  add_extension(cert, c->cert, NID_basic_constraints, "critical,CA:FALSE") &&
		  add_extension(cert, c->cert, NID_key_usage, "critical,digitalSignature,keyEncipherment") &&
		  add_extension(cert, c->cert, NID_ext_key_usage, "serverAuth") &&
		  add_extension(cert, c->cert, NID_subject_alt_name, san) &&
		  add_extension(cert, c->cert, NID_authority_key_identifier, "keyid") &&
		  X509_sign(cert, c->key, EVP_sha256()) > 0;
	return ok ? finish(cert, out, e) : err_set(e, ERR_CERT_CA, "certificate for %s cannot be signed", fqdn);
}

int
ca_rsa_key(int bits, struct buf *private_der, struct buf *public_der, struct err *e)
{
	SCOPED(pkey) EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
	unsigned char *priv = NULL, *pub = NULL;
	int n = key == NULL ? -1 : i2d_PrivateKey(key, &priv);
	int m = key == NULL ? -1 : i2d_PublicKey(key, &pub);

	if (n > 0)
		buf_add(private_der, priv, (size_t)n);
	if (m > 0)
		buf_add(public_der, pub, (size_t)m);
	if (n > 0)
		OPENSSL_clear_free(priv, (size_t)n);
	OPENSSL_free(pub);
	return n > 0 && m > 0 && !private_der->bad && !public_der->bad ? 0 : err_set(e, ERR_CERT_CA, "RSA key cannot be made");
}
