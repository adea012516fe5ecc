/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keystore: certificates and keys of a device, and the pool of RSA keys the fleet draws from.
 * Making 2048-bit keys for thousands of devices takes minutes, so keys are shared: within one
 * device no key is used twice, between devices it may be.
 */
#ifndef MUSTER_SIM_KEYSTORE_H
#define MUSTER_SIM_KEYSTORE_H

#include "sim/device.h"

/*
 * keystore_open: start filling the pool with keys of 2048 bits in a thread of its own; fresh: no
 * pool, each key is made when asked for. Returns 0, or -1 with ERR_SYSTEM.
 */
MUST_CHECK int keystore_open(unsigned int keys, bool fresh, struct err *e);
void keystore_close(void);

/* keystore_setup: make the certificate a device shows in setup mode, unless it has one. */
MUST_CHECK int keystore_setup(struct device *d, struct err *e);

/* PT_STATUS numbers these functions answer with. */
enum {
	PT_SUCCESS = 0,
	PT_INTERNAL_ERROR = 1,
	PT_NOT_READY = 2,
	PT_INVALID_NAME = 12,
	PT_NOT_PERMITTED = 16,
	PT_MAX_LIMIT_REACHED = 23,
	PT_INVALID_IP_ADDRESS = 27,
	PT_INVALID_DOMAIN_NAME = 28,
	PT_INVALID_TIME = 34,
	PT_INVALID_INDEX = 35,
	PT_INVALID_PARAMETER = 36,
	PT_INVALID_NETMASK = 37,
	PT_INVALID_PID = 42,
	PT_INVALID_PPS = 43,
	PT_UNSUPPORTED_OEM = 2049,
	PT_INVALID_COMMAND = 2051,
	PT_INVALID_SPECIAL = 2052,
	PT_INVALID_HANDLE = 2053,
	PT_INVALID_PASSWORD = 2054,
	PT_INVALID_REALM = 2055,
	PT_DUPLICATE = 2058,
	PT_GENERATING_KEYS = 2061,
	PT_INVALID_KEY = 2062,
	PT_INVALID_CERT = 2063,
	PT_CERT_KEY_MISMATCH = 2064,
	PT_MAX_KERB_DOMAIN = 2065,
	PT_UNSUPPORTED = 2066,
	PT_NOT_FOUND = 2068,
	PT_IN_PROGRESS = 2082,
};

/* keystore_add_cert: DER in base64; *handle is set on success. Returns a PT_STATUS. */
unsigned int keystore_add_cert(struct device *d, const char *b64, bool root, unsigned int *handle);

/* keystore_add_key: DER of an RSAPrivateKey in base64. Returns a PT_STATUS. */
unsigned int keystore_add_key(struct device *d, const char *b64, unsigned int *handle);

/* keystore_generate: a key pair made on the device. Returns a PT_STATUS. */
unsigned int keystore_generate(struct device *d, unsigned int bits, unsigned int *handle);

/* keystore_sign: sign a PKCS#10 request whose signature is empty. *out is new base64. */
unsigned int keystore_sign(
    struct device *d, unsigned int key, unsigned int algorithm, const char *b64, char **out);

/* Places in the tables by handle; -1 when there is none. */
long keystore_cert_at(const struct device *d, unsigned int handle);
long keystore_key_at(const struct device *d, unsigned int handle);

/* keystore_key_of: the device's private key of a certificate, or NULL. */
EVP_PKEY *keystore_key_of(const struct device *d, const X509 *x);

/* keystore_in_use: some certificate of the device belongs to this key. */
bool keystore_in_use(const struct device *d, const struct key *k);

void keystore_del_cert(struct device *d, size_t at);
void keystore_del_key(struct device *d, size_t at);
void keystore_clear(struct device *d);

/* keystore_roots: number of trusted root certificates. */
unsigned int keystore_roots(const struct device *d);

/* keystore_bound_key: key of the certificate in the TLS context, or NULL. */
EVP_PKEY *keystore_bound_key(const struct device *d);

/* keystore_serve: certificate, key and chain of the TLS context into *l. */
void keystore_serve(const struct device *d, struct tls_live *l);

/* keystore_name: a name as AMT shows it, "C=DE,O=Example,CN=..."; new string. */
char *keystore_name(const X509_NAME *name);

/* keystore_cert_b64, keystore_key_b64: DER in base64 of a certificate, of a public key. */
char *keystore_cert_b64(const X509 *x);
char *keystore_key_b64(EVP_PKEY *k);

#endif
