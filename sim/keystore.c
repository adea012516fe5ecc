/* SPDX-License-Identifier: Apache-2.0 */
/* keystore: certificates and keys of a device. */
#include "sim/keystore.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "sim/keypool.h"
#include "sim/mem.h"

enum {
	BLOB_MAX = 8192,
	CERT_MAX = 4100, /* protocol/wsman.md 7.9 */
	SMALL_KEY = 1024,
};

/* Alternatives for the setup certificate of 1024 bits; all devices that old share it. */
static EVP_PKEY *small_key;
static bool always_fresh;

int
keystore_open(unsigned int keys, bool fresh, struct err *e)
{
	always_fresh = fresh;
	return keypool_open(fresh ? 1 : keys, e);
}

void
keystore_close(void)
{
	keypool_close();
	EVP_PKEY_free(small_key);
	small_key = NULL;
}

static bool
has_key(const struct device *d, const EVP_PKEY *k)
{
	for (size_t i = 0; i < d->nkeys; i++)
		if (EVP_PKEY_eq(d->keys[i].k, k) == 1)
			return true;
	return d->setup_key != NULL && EVP_PKEY_eq(d->setup_key, k) == 1;
}

/* A key this device does not have yet. */
static EVP_PKEY *
new_key(const struct device *d)
{
	size_t n = always_fresh ? 0 : keypool_size();

	for (size_t i = 0; i < n; i++) {
		EVP_PKEY *k = keypool_key((d->index + d->next_key + i) % n);

		if (k != NULL && !has_key(d, k))
			return k;
		EVP_PKEY_free(k);
	}
	return EVP_RSA_gen(2048);
}

static EVP_PKEY *
setup_key(const struct device *d)
{
	if (d->rel.has->setup_key_bits == SMALL_KEY) {
		if (small_key == NULL)
			small_key = EVP_RSA_gen(SMALL_KEY);
		if (small_key != NULL)
			(void)EVP_PKEY_up_ref(small_key);
		return small_key;
	}
	size_t n = keypool_size();
	EVP_PKEY *k = n == 0 ? NULL : keypool_key(d->index % n);
	return k != NULL ? k : EVP_RSA_gen(2048);
}

static bool
fill_setup_cert(X509 *x, const struct device *d)
{
	X509_NAME *name = X509_get_subject_name(x);
	uint8_t serial[8];
	SCOPED(mem) char *cn = mem_print("AMT %s", d->uuid_text);

	(void)RAND_bytes(serial, sizeof(serial));
	serial[0] = (serial[0] & 0x3f) | 0x40;
	BIGNUM *bn = BN_bin2bn(serial, sizeof(serial), NULL);
	bool ok = bn != NULL && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) != NULL;
	BN_free(bn);
	return ok && X509_set_version(x, X509_VERSION_3) &&
	       X509_gmtime_adj(X509_getm_notBefore(x), -86400) != NULL &&
	       X509_gmtime_adj(X509_getm_notAfter(x), 10L * 365 * 86400) != NULL &&
	       X509_NAME_add_entry_by_txt(
		   name, "CN", MBSTRING_UTF8, (unsigned char *)cn, -1, -1, 0) &&
	       X509_set_issuer_name(x, name) && X509_set_pubkey(x, d->setup_key);
}

int
keystore_setup(struct device *d, struct err *e)
{
	if (d->setup_cert != NULL)
		return 0;
	if (d->setup_key == NULL)
		d->setup_key = setup_key(d);
	X509 *x = X509_new();
	const EVP_MD *md = d->rel.has->setup_cert_sha1 ? EVP_sha1() : EVP_sha256();
	if (d->setup_key == NULL || x == NULL || !fill_setup_cert(x, d) ||
	    !X509_sign(x, d->setup_key, md)) {
		X509_free(x);
		ERR_clear_error();
		return err_set(e, ERR_SYSTEM, "device %s: no setup certificate", d->uuid_text);
	}
	d->setup_cert = x;
	return 0;
}

long
keystore_cert_at(const struct device *d, unsigned int handle)
{
	for (size_t i = 0; i < d->ncerts; i++)
		if (d->certs[i].handle == handle)
			return (long)i;
	return -1;
}

long
keystore_key_at(const struct device *d, unsigned int handle)
{
	for (size_t i = 0; i < d->nkeys; i++)
		if (d->keys[i].handle == handle)
			return (long)i;
	return -1;
}

unsigned int
keystore_roots(const struct device *d)
{
	unsigned int n = 0;

	for (size_t i = 0; i < d->ncerts; i++)
		n += d->certs[i].root ? 1 : 0;
	return n;
}

static X509 *
read_cert(const char *b64)
{
	uint8_t raw[BLOB_MAX];
	const uint8_t *p = raw;
	long n = b64_bytes(b64, raw, sizeof(raw));

	if (n <= 0 || n > CERT_MAX)
		return NULL;
	X509 *x = d2i_X509(NULL, &p, n);
	if (x != NULL && p == raw + n)
		return x;
	X509_free(x);
	ERR_clear_error();
	return NULL;
}

unsigned int
keystore_add_cert(struct device *d, const char *b64, bool root, unsigned int *handle)
{
	X509 *x = read_cert(b64);
	unsigned int roots = keystore_roots(d);
	unsigned int status = PT_SUCCESS;

	if (x == NULL)
		return PT_INVALID_CERT;
	for (size_t i = 0; i < d->ncerts; i++)
		if (X509_cmp(d->certs[i].x, x) == 0)
			status = PT_DUPLICATE;
	if (status == PT_SUCCESS &&
	    (root ? roots >= d->rel.has->max_roots : d->ncerts - roots >= d->rel.has->max_certs))
		status = PT_MAX_LIMIT_REACHED;
	if (status != PT_SUCCESS) {
		X509_free(x);
		return status;
	}
	if (d->ncerts == d->cert_cap)
		d->certs = mem_grow(d->certs, &d->cert_cap, sizeof(*d->certs));
	*handle = d->next_cert++;
	d->certs[d->ncerts++] = (struct cert){ *handle, root, x };
	return PT_SUCCESS;
}

static unsigned int
keep_key(struct device *d, EVP_PKEY *k, unsigned int *handle)
{
	if (d->nkeys == d->key_cap)
		d->keys = mem_grow(d->keys, &d->key_cap, sizeof(*d->keys));
	*handle = d->next_key++;
	d->keys[d->nkeys++] = (struct key){ *handle, k };
	return PT_SUCCESS;
}

unsigned int
keystore_add_key(struct device *d, const char *b64, unsigned int *handle)
{
	uint8_t raw[BLOB_MAX];
	const uint8_t *p = raw;
	long n = b64_bytes(b64, raw, sizeof(raw));
	EVP_PKEY *k = n <= 0 ? NULL : d2i_PrivateKey(EVP_PKEY_RSA, NULL, &p, n);

	explicit_bzero(raw, sizeof(raw));
	if (k == NULL || p != raw + n || EVP_PKEY_get_bits(k) > 2048) {
		EVP_PKEY_free(k);
		ERR_clear_error();
		return PT_INVALID_KEY;
	}
	unsigned int status = has_key(d, k) ? PT_DUPLICATE : PT_SUCCESS;
	if (status == PT_SUCCESS && d->nkeys >= d->rel.has->max_keys)
		status = PT_MAX_LIMIT_REACHED;
	if (status != PT_SUCCESS) {
		EVP_PKEY_free(k);
		return status;
	}
	return keep_key(d, k, handle);
}

unsigned int
keystore_generate(struct device *d, unsigned int bits, unsigned int *handle)
{
	if (bits != 2048)
		return PT_INVALID_PARAMETER;
	if (d->nkeys >= d->rel.has->max_keys)
		return PT_MAX_LIMIT_REACHED;
	EVP_PKEY *k = new_key(d);
	return k == NULL ? PT_INTERNAL_ERROR : keep_key(d, k, handle);
}

static const EVP_MD *
sign_md(const struct device *d, unsigned int algorithm)
{
	switch (algorithm) {
	case 0:
		return d->rel.code >= REL(18, 0) ? NULL : EVP_sha1();
	case 1:
		return EVP_sha256();
	case 2:
		return EVP_sha384();
	default:
		return NULL;
	}
}

unsigned int
keystore_sign(
    struct device *d, unsigned int key, unsigned int algorithm, const char *b64, char **out)
{
	uint8_t raw[BLOB_MAX];
	const uint8_t *p = raw;
	long at = keystore_key_at(d, key);
	long n = b64_bytes(b64, raw, sizeof(raw));
	const EVP_MD *md = sign_md(d, algorithm);
	X509_REQ *req = n <= 0 ? NULL : d2i_X509_REQ(NULL, &p, n);
	unsigned char *der = NULL;
	unsigned int status = PT_INVALID_PARAMETER;

	if (at >= 0 && md != NULL && req != NULL && p == raw + n &&
	    EVP_PKEY_eq(X509_REQ_get0_pubkey(req), d->keys[at].k) == 1 &&
	    X509_REQ_sign(req, d->keys[at].k, md) > 0) {
		int len = i2d_X509_REQ(req, &der);

		if (len > 0) {
			*out = b64_text(der, (size_t)len);
			status = PT_SUCCESS;
		}
	}
	OPENSSL_free(der);
	X509_REQ_free(req);
	ERR_clear_error();
	return status;
}

EVP_PKEY *
keystore_key_of(const struct device *d, const X509 *x)
{
	for (size_t i = 0; i < d->nkeys; i++)
		if (EVP_PKEY_eq(X509_get0_pubkey(x), d->keys[i].k) == 1)
			return d->keys[i].k;
	return NULL;
}

bool
keystore_in_use(const struct device *d, const struct key *k)
{
	for (size_t i = 0; i < d->ncerts; i++)
		if (EVP_PKEY_eq(X509_get0_pubkey(d->certs[i].x), k->k) == 1)
			return true;
	return false;
}

void
keystore_del_cert(struct device *d, size_t at)
{
	X509_free(d->certs[at].x);
	d->ncerts--;
	memmove(&d->certs[at], &d->certs[at + 1], (d->ncerts - at) * sizeof(*d->certs));
}

void
keystore_del_key(struct device *d, size_t at)
{
	EVP_PKEY_free(d->keys[at].k);
	d->nkeys--;
	memmove(&d->keys[at], &d->keys[at + 1], (d->nkeys - at) * sizeof(*d->keys));
}

void
keystore_clear(struct device *d)
{
	while (d->ncerts > 0)
		keystore_del_cert(d, d->ncerts - 1);
	while (d->nkeys > 0)
		keystore_del_key(d, d->nkeys - 1);
	d->keygen_done_ms = 0;
}

EVP_PKEY *
keystore_bound_key(const struct device *d)
{
	long at = d->bound_cert < 0 ? -1 : keystore_cert_at(d, (unsigned int)d->bound_cert);

	return at < 0 ? NULL : keystore_key_of(d, d->certs[at].x);
}

static X509 *
issuer_of(const struct device *d, X509 *x)
{
	for (size_t i = 0; i < d->ncerts; i++)
		if (X509_check_issued(d->certs[i].x, x) == X509_V_OK && d->certs[i].x != x)
			return d->certs[i].x;
	return NULL;
}

/* The chain is what the store has of it, without the root. */
void
keystore_serve(const struct device *d, struct tls_live *l)
{
	long at = keystore_cert_at(d, (unsigned int)d->bound_cert);

	if (at < 0)
		return;
	l->cert = d->certs[at].x;
	l->key = keystore_bound_key(d);
	(void)X509_up_ref(l->cert);
	(void)EVP_PKEY_up_ref(l->key);
	l->chain = sk_X509_new_null();
	for (X509 *x = issuer_of(d, l->cert); x != NULL && sk_X509_num(l->chain) < 8;
	     x = issuer_of(d, x)) {
		if (X509_check_issued(x, x) == X509_V_OK)
			break;
		(void)X509_up_ref(x);
		(void)sk_X509_push(l->chain, x);
	}
}

char *
keystore_name(const X509_NAME *name)
{
	SCOPED(buf) struct buf b = { 0 };

	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		const X509_NAME_ENTRY *e = X509_NAME_get_entry(name, i);
		const char *type = OBJ_nid2sn(OBJ_obj2nid(X509_NAME_ENTRY_get_object(e)));
		unsigned char *text = NULL;
		int n = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(e));

		if (n >= 0)
			buf_printf(&b, "%s%s=%.*s", b.len == 0 ? "" : ",", type, n, (char *)text);
		OPENSSL_free(text);
	}
	return mem_copy(buf_str(&b));
}

char *
keystore_cert_b64(const X509 *x)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);
	char *out = b64_text(der, n < 0 ? 0 : (size_t)n);

	OPENSSL_free(der);
	return out;
}

/* PKCS#1 RSAPublicKey, not SubjectPublicKeyInfo. */
char *
keystore_key_b64(EVP_PKEY *k)
{
	unsigned char *der = NULL;
	int n = i2d_PublicKey(k, &der);
	char *out = b64_text(der, n < 0 ? 0 : (size_t)n);

	OPENSSL_free(der);
	return out;
}
