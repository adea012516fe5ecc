/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setup_cert: setup certificates, with which a device lets the engine in: loading them from whatever
 * file an operator has, checking them rule by rule, and telling which one a device would accept.
 * Source: protocol/setup.md 3.2, 3.4, 3.7, 3.8.
 */
#ifndef MUSTER_PKI_SETUP_CERT_H
#define MUSTER_PKI_SETUP_CERT_H

#include <time.h>

#include "amt/hello.h"
#include "amt/identity.h"
#include "base/buf.h"
#include "base/err.h"
#include "secret/secret.h"

enum { CERT_NAME_MAX = 256, CERT_CHAIN_MAX = 8 };

struct setup_cert {
	struct identity id;          /* chain: intermediates in order, then the root */
	char cn[CERT_NAME_MAX];      /* common name of the leaf, lower case */
	char subject[CERT_NAME_MAX], issuer[CERT_NAME_MAX];
	uint8_t sha256[32];          /* of the leaf: its thumbprint */
	uint8_t root_sha1[20], root_sha256[32], root_sha384[48];
	time_t not_before, not_after;
};
void setup_cert_free(struct setup_cert *c);
static inline void
setup_cert_scoped(struct setup_cert *c)
{
	setup_cert_free(c);
}

/*
 * setup_cert_load: certificates and a private key, as PEM in any order (in one or two pieces) or as
 * PKCS#12 (data, with its password). The chain is put in order, leaf first, root last.
 *
 * key		a second piece holding the key; NULL when data has it
 * password	of the PKCS#12 or the encrypted key; may be NULL
 * *out		set on success only
 * Returns	0, or -1: ERR_CERT_READ (no certificate or key found, wrong password), ERR_CERT_KEY (no
 *		certificate belongs to the key), ERR_CERT_CHAIN (an issuer or the self-signed root is
 *		missing; the text names it)
 */
MUST_CHECK int setup_cert_load(const struct buf *data, const struct buf *key,
    const struct secret *password, struct setup_cert *out, struct err *e);

/* setup_cert_stored: the same from what the database keeps: a PEM chain in order and the key as DER. */
MUST_CHECK int setup_cert_stored(const void *chain_pem, size_t pem_len, const void *key_der,
    size_t key_len, struct setup_cert *out, struct err *e);

/* setup_cert_chain: the same without the key, to look at it: id.key stays NULL. */
MUST_CHECK int setup_cert_chain(const void *chain_pem, size_t pem_len, struct setup_cert *out, struct err *e);

/* setup_cert_pem: the chain, leaf first, root last. setup_cert_key: the key as PKCS#8 DER (wipe it). */
MUST_CHECK int setup_cert_pem(const struct setup_cert *c, struct buf *out, struct err *e);
MUST_CHECK int setup_cert_key(const struct setup_cert *c, struct buf *out, struct err *e);

enum finding_level { FINDING_OK, FINDING_WARN, FINDING_BAD };

/* One rule and what came of it. */
struct finding {
	enum finding_level level;
	enum err_code code; /* for WARN and BAD */
	const char *rule;   /* "purpose", "dates", ... */
	char text[200];
};

enum { FINDINGS_MAX = 24 };

/*
 * setup_cert_check: every rule that can be checked without a device. Returns the number of findings;
 * a certificate with a BAD one will be refused by every device.
 */
size_t setup_cert_check(const struct setup_cert *c, time_t now, struct finding out[FINDINGS_MAX]);

/* What the engine knows of a certificate without opening it, to choose one. */
struct cert_choice {
	const char *cn;
	const uint8_t *root_sha1, *root_sha256, *root_sha384;
	time_t not_before, not_after;
};

/* cert_trusts_root: is one of the offered hashes that of the certificate's root? */
bool cert_trusts_root(const struct cert_choice *c, const struct hello_hash *hashes, size_t n);

/*
 * cert_domain_rank: how well the CN fits the domain of a device: 3 the same domain, 2 a parent of
 * it, 1 only after reducing the CN to its last labels as newer firmware does, 0 not at all.
 * Source: protocol/setup.md 3.7.
 */
int cert_domain_rank(const char *cn, const char *domain);

/*
 * cert_choose: the certificate a device would accept, best domain match first.
 *
 * Returns	its index, or -1 with ERR_CERT_NONE (there is none at all), ERR_CERT_ROOT, ERR_CERT_DOMAIN or
 *		ERR_CERT_DATE: the reason that was closest to a fit, with the values compared
 */
MUST_CHECK int cert_choose(const struct cert_choice *list, size_t n, const struct hello_hash *hashes,
    size_t nhashes, const char *domain, time_t now, struct err *e);

#endif
