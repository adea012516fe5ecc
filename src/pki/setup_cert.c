/* SPDX-License-Identifier: Apache-2.0 */
/* setup_cert: loading setup certificates and putting their chain in order. */
#include "pki/setup_cert.h"

#include <ctype.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/text.h"

/* What was found in the files, before it is sorted. */
struct bag {
	STACK_OF(X509) *certs;
	EVP_PKEY *key;
};

static void
bag_scoped(struct bag *b)
{
	sk_X509_pop_free(b->certs, X509_free);
	EVP_PKEY_free(b->key);
}

static void
bio_scoped(BIO **b)
{
	(void)BIO_free(*b);
}

void
setup_cert_free(struct setup_cert *c)
{
	identity_free(&c->id);
}

static int
no_prompt(char *buf, int size, int rwflag, void *arg)
{
	const struct secret *password = arg;

	(void)rwflag;
	if (password == NULL || password->len > (size_t)size)
		return -1;
	memcpy(buf, password->s, password->len);
	return (int)password->len;
}

static void
read_pem(const struct buf *data, const struct secret *password, struct bag *bag)
{
	SCOPED(bio) BIO *certs = BIO_new_mem_buf(data->p, (int)data->len);
	SCOPED(bio) BIO *keys = BIO_new_mem_buf(data->p, (int)data->len);
	void *arg = (void *)(uintptr_t)password;
	X509 *cert;

	while (certs != NULL && (cert = PEM_read_bio_X509(certs, NULL, no_prompt, arg)) != NULL)
		if (sk_X509_push(bag->certs, cert) == 0)
			X509_free(cert);
	if (bag->key == NULL && keys != NULL)
		bag->key = PEM_read_bio_PrivateKey(keys, NULL, no_prompt, arg);
}

/* 1 read, 0 not PKCS#12, -1 the password is wrong. */
static int
read_pkcs12(const struct buf *data, const struct secret *password, struct bag *bag)
{
	const unsigned char *p = (const unsigned char *)data->p;
	PKCS12 *p12 = d2i_PKCS12(NULL, &p, (long)data->len);
	STACK_OF(X509) *others = NULL;
	X509 *leaf = NULL;

	if (p12 == NULL)
		return 0;
	bool ok = PKCS12_parse(p12, password == NULL ? "" : password->s, &bag->key, &leaf, &others) == 1;
	PKCS12_free(p12);
	if (leaf != NULL && sk_X509_push(bag->certs, leaf) == 0)
		X509_free(leaf);
	while (others != NULL && sk_X509_num(others) > 0) {
		X509 *cert = sk_X509_shift(others);

		if (sk_X509_push(bag->certs, cert) == 0)
			X509_free(cert);
	}
	sk_X509_free(others);
	return ok ? 1 : -1;
}

static void
name_text(const X509_NAME *name, char out[CERT_NAME_MAX])
{
	char raw[CERT_NAME_MAX] = "";
	SCOPED(bio) BIO *b = BIO_new(BIO_s_mem());

	if (b != NULL && X509_NAME_print_ex(b, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		int n = BIO_read(b, raw, sizeof(raw) - 1);
		raw[n > 0 ? n : 0] = '\0';
	}
	text_clean(out, CERT_NAME_MAX, raw, strlen(raw));
}

/* The certificate whose key this is; taken out of the bag. */
static X509 *
take_leaf(struct bag *bag)
{
	for (int i = 0; i < sk_X509_num(bag->certs); i++)
		if (X509_check_private_key(sk_X509_value(bag->certs, i), bag->key) == 1)
			return sk_X509_delete(bag->certs, i);
	return NULL;
}

static X509 *
take_issuer(struct bag *bag, X509 *of)
{
	for (int i = 0; i < sk_X509_num(bag->certs); i++) {
		X509 *c = sk_X509_value(bag->certs, i);

		if (X509_check_issued(c, of) == X509_V_OK && X509_verify(of, X509_get0_pubkey(c)) == 1)
			return sk_X509_delete(bag->certs, i);
	}
	return NULL;
}

static bool
self_signed(X509 *c)
{
	return X509_check_issued(c, c) == X509_V_OK && X509_verify(c, X509_get0_pubkey(c)) == 1;
}

static int
build_chain(struct bag *bag, struct identity *id, struct err *e)
{
	char issuer[CERT_NAME_MAX];
	X509 *last = id->leaf;

	id->chain = sk_X509_new_null();
	while (id->chain != NULL && !self_signed(last)) {
		X509 *next = take_issuer(bag, last);

		if (next == NULL) {
			name_text(X509_get_issuer_name(last), issuer);
			return err_set(e, ERR_CERT_CHAIN, "the certificate of \"%s\" is missing; the device wants the whole chain with its root", issuer);
		}
		if (sk_X509_num(id->chain) == CERT_CHAIN_MAX || sk_X509_push(id->chain, next) == 0) {
			X509_free(next);
			return err_set(e, ERR_CERT_CHAIN, "more than %d certificates in the chain", CERT_CHAIN_MAX);
		}
		last = next;
	}
	return id->chain == NULL ? err_set(e, ERR_MEMORY, "certificate chain") : 0;
}

static int
describe(struct setup_cert *c, struct err *e)
{
	X509 *root = sk_X509_num(c->id.chain) > 0 ? sk_X509_value(c->id.chain, sk_X509_num(c->id.chain) - 1) : c->id.leaf;
	X509_NAME *subject = X509_get_subject_name(c->id.leaf);
	struct tm tm;
	char cn[CERT_NAME_MAX] = "";

	(void)X509_NAME_get_text_by_NID(subject, NID_commonName, cn, sizeof(cn));
	text_clean(c->cn, sizeof(c->cn), cn, strlen(cn));
	for (char *s = c->cn; *s != '\0'; s++)
		*s = (char)tolower((unsigned char)*s);
	name_text(subject, c->subject);
	name_text(X509_get_issuer_name(c->id.leaf), c->issuer);
	bool ok = X509_digest(c->id.leaf, EVP_sha256(), c->sha256, NULL) == 1 &&
		  X509_digest(root, EVP_sha1(), c->root_sha1, NULL) == 1 &&
		  X509_digest(root, EVP_sha256(), c->root_sha256, NULL) == 1 &&
		  X509_digest(root, EVP_sha384(), c->root_sha384, NULL) == 1;
	if (!ok || ASN1_TIME_to_tm(X509_get0_notBefore(c->id.leaf), &tm) != 1)
		return err_set(e, ERR_CERT_READ, "the certificate cannot be digested or dated");
	c->not_before = timegm(&tm);
	if (ASN1_TIME_to_tm(X509_get0_notAfter(c->id.leaf), &tm) != 1)
		return err_set(e, ERR_CERT_READ, "the certificate has no end date");
	c->not_after = timegm(&tm);
	return 0;
}

/* Sorts a bag into *out. */
static int
assemble(struct bag *bag, struct setup_cert *out, struct err *e)
{
	SCOPED(setup_cert) struct setup_cert c = { 0 };

	if (sk_X509_num(bag->certs) == 0)
		return err_set(e, ERR_CERT_READ, "no certificate found");
	if (bag->key == NULL)
		return err_set(e, ERR_CERT_READ, "no private key found, or its password is wrong");
	c.id.leaf = take_leaf(bag);
	if (c.id.leaf == NULL)
		return err_set(e, ERR_CERT_KEY, "none of the %d certificates belongs to the private key", sk_X509_num(bag->certs));
	c.id.key = bag->key;
	bag->key = NULL;
	if (build_chain(bag, &c.id, e) < 0 || describe(&c, e) < 0)
		return -1;
	*out = c;
	c = (struct setup_cert){ 0 }; /* handed over */
	return 0;
}

int
setup_cert_load(const struct buf *data, const struct buf *key, const struct secret *password,
    struct setup_cert *out, struct err *e)
{
	SCOPED(bag) struct bag bag = { .certs = sk_X509_new_null() };

	if (bag.certs == NULL)
		return err_set(e, ERR_MEMORY, "certificates");
	if (data->len == 0 || (key != NULL && key->len == 0))
		return err_set(e, ERR_CERT_READ, "the file is empty");
	int p12 = read_pkcs12(data, password, &bag);
	if (p12 < 0)
		return err_set(e, ERR_CERT_READ, "PKCS#12: the password is wrong, or the file is damaged");
	if (p12 == 0)
		read_pem(data, password, &bag);
	if (key != NULL)
		read_pem(key, password, &bag);
	return assemble(&bag, out, e);
}

int
setup_cert_stored(const void *chain_pem, size_t pem_len, const void *key_der, size_t key_len,
    struct setup_cert *out, struct err *e)
{
	SCOPED(bag) struct bag bag = { .certs = sk_X509_new_null() };
	struct buf pem = { .p = (char *)(uintptr_t)chain_pem, .len = pem_len }; /* read only */
	const unsigned char *p = key_der;

	if (bag.certs == NULL)
		return err_set(e, ERR_MEMORY, "certificates");
	read_pem(&pem, NULL, &bag);
	bag.key = d2i_AutoPrivateKey(NULL, &p, (long)key_len);
	return assemble(&bag, out, e);
}

int
setup_cert_chain(const void *chain_pem, size_t pem_len, struct setup_cert *out, struct err *e)
{
	SCOPED(bag) struct bag bag = { .certs = sk_X509_new_null() };
	SCOPED(setup_cert) struct setup_cert c = { 0 };
	struct buf pem = { .p = (char *)(uintptr_t)chain_pem, .len = pem_len }; /* read only */

	if (bag.certs == NULL)
		return err_set(e, ERR_MEMORY, "certificates");
	read_pem(&pem, NULL, &bag);
	c.id.leaf = sk_X509_shift(bag.certs);
	if (c.id.leaf == NULL)
		return err_set(e, ERR_CERT_READ, "no certificate found");
	if (build_chain(&bag, &c.id, e) < 0 || describe(&c, e) < 0)
		return -1;
	*out = c;
	c = (struct setup_cert){ 0 }; /* handed over */
	return 0;
}

int
setup_cert_pem(const struct setup_cert *c, struct buf *out, struct err *e)
{
	SCOPED(bio) BIO *b = BIO_new(BIO_s_mem());
	bool ok = b != NULL && PEM_write_bio_X509(b, c->id.leaf) == 1;
	char *data;

	for (int i = 0; ok && i < sk_X509_num(c->id.chain); i++)
		ok = PEM_write_bio_X509(b, sk_X509_value(c->id.chain, i)) == 1;
	if (!ok)
		return err_set(e, ERR_MEMORY, "certificate chain");
	long n = BIO_get_mem_data(b, &data);
	buf_add(out, data, (size_t)n);
	return out->bad ? err_set(e, ERR_MEMORY, "certificate chain") : 0;
}

int
setup_cert_key(const struct setup_cert *c, struct buf *out, struct err *e)
{
	unsigned char *der = NULL;
	PKCS8_PRIV_KEY_INFO *p8 = EVP_PKEY2PKCS8(c->id.key);
	int n = p8 == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(p8, &der);

	PKCS8_PRIV_KEY_INFO_free(p8);
	if (n <= 0)
		return err_set(e, ERR_CERT_READ, "the private key cannot be written");
	buf_add(out, der, (size_t)n);
	OPENSSL_clear_free(der, (size_t)n);
	return out->bad ? err_set(e, ERR_MEMORY, "private key") : 0;
}
