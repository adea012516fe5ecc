/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ca: the built-in certificate authority, which issues the TLS certificates of devices. Threads: a
 * struct ca is not changed after it was made, so any number of threads may issue with it.
 */
#ifndef MUSTER_PKI_CA_H
#define MUSTER_PKI_CA_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"

/* The length of RSA keys; only where a device cannot do better, it is less, but never below the least. */
enum { CA_RSA_BITS = 2048, CA_RSA_BITS_LEAST = 1024 };

struct ca {
	X509 *cert;
	EVP_PKEY *key;
};
void ca_free(struct ca *c);
static inline void
ca_scoped(struct ca *c)
{
	ca_free(c);
}

/* An issued certificate. */
struct issued {
	uint8_t der[4100]; /* the largest a device takes; source: wsman.md 7.9 */
	size_t len;
	uint8_t sha256[32];
	char serial[41]; /* hex */
	char subject[280];
	time_t not_after;
};

/* ca_make: a new CA: RSA 2048, SHA-256, 20 years. ERR_CERT_CA. */
MUST_CHECK int ca_make(struct ca *out, struct err *e);

/* ca_stored: from PEM and the key as DER. ca_pem, ca_key: the reverse; wipe the key. */
MUST_CHECK int ca_stored(const char *pem, const void *key_der, size_t key_len, struct ca *out, struct err *e);
MUST_CHECK int ca_pem(const struct ca *c, struct buf *out, struct err *e);
MUST_CHECK int ca_key(const struct ca *c, struct buf *out, struct err *e);
void ca_sha256(const struct ca *c, uint8_t out[32]);
time_t ca_not_after(const struct ca *c);

/*
 * ca_issue: a TLS server certificate for fqdn (CN and subject alternative name) over a public key.
 *
 * rsa_public, len	RSAPublicKey in DER, as AMT tells it (wsman.md 7.9)
 * least_bits		CA_RSA_BITS, but for a device that takes no key as long
 * days			how long it is valid; cut to the end of the CA
 * Returns		0, or -1 with ERR_CERT_CA (key not RSA or too short, signing failed)
 */
MUST_CHECK int ca_issue(const struct ca *c, const uint8_t *rsa_public, size_t len, int least_bits, const char *fqdn,
    int days, struct issued *out, struct err *e);

/* ca_rsa_key: a new RSA key: RSAPrivateKey and RSAPublicKey in DER; wipe the private one. */
MUST_CHECK int ca_rsa_key(int bits, struct buf *private_der, struct buf *public_der, struct err *e);

#endif
