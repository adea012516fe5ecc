/* SPDX-License-Identifier: Apache-2.0 */
/* certs: keys and certificates made for one test run. */
#ifndef MUSTER_TESTS_PKI_CERTS_H
#define MUSTER_TESTS_PKI_CERTS_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "secret/secret.h"

enum { CERTS_KEYS = 6 };

/* keys_rsa: one of CERTS_KEYS RSA 2048 keys made once; not owned by the caller. key_ec: a P-256 key, likewise. */
EVP_PKEY *keys_rsa(size_t n);
EVP_PKEY *keys_ec(void);
EVP_PKEY *keys_rsa_1024(void);
void keys_free(void);

struct cert_spec {
	const char *cn;
	const char *ou;  /* may be NULL */
	bool ca;
	const char *eku; /* as in openssl.cnf; NULL: none */
	int from_days, until_days; /* from now; both 0: yesterday until in a year */
	bool sha1;
	const char *serial; /* decimal; NULL: 1 */
};

static const char eku_amt[] = "serverAuth,2.16.840.1.113741.1.2.3";

/* cert_make: issuer NULL: self-signed. Owned by the caller. */
X509 *cert_make(const struct cert_spec *s, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key);

/* A chain: certs[0] the leaf with key keys_rsa(0), the last one self-signed. */
struct chain {
	X509 *certs[10];
	size_t n;
};

/* chain_make: n certificates (at least 1), the leaf by its spec; the others are CAs named "CA 1" ... */
void chain_make(struct chain *c, size_t n, const struct cert_spec *leaf);
void chain_free(struct chain *c);
static inline void
chain_scoped(struct chain *c)
{
	chain_free(c);
}

void pem_cert(struct buf *out, X509 *cert);
void pem_key(struct buf *out, EVP_PKEY *key, const struct secret *password); /* password NULL: plain */
void pkcs12_of(struct buf *out, const struct chain *c, size_t from, EVP_PKEY *key, const char *password);

#endif
