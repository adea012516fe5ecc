/* SPDX-License-Identifier: Apache-2.0 */
/* identity: a certificate with its key and chain, as a TLS client shows it to a device. */
#ifndef MUSTER_AMT_IDENTITY_H
#define MUSTER_AMT_IDENTITY_H

#include <openssl/evp.h>
#include <openssl/x509.h>

/* Parsed once, then shared by threads without changes; owned by who made it. */
struct identity {
	X509 *leaf;
	EVP_PKEY *key;
	STACK_OF(X509) *chain; /* after the leaf: intermediates in order, the root last */
};

static inline void
identity_free(struct identity *id)
{
	X509_free(id->leaf);
	EVP_PKEY_free(id->key);
	sk_X509_pop_free(id->chain, X509_free);
	*id = (struct identity){ 0 };
}
static inline void
identity_scoped(struct identity *id)
{
	identity_free(id);
}

#endif
