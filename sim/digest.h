/* SPDX-License-Identifier: Apache-2.0 */
/* digest: HTTP digest as AMT does it, server side. Source: protocol/wsman.md 1.5. */
#ifndef MUSTER_SIM_DIGEST_H
#define MUSTER_SIM_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sim/device.h"

enum { DIGEST_FIELD = 200, DIGEST_HEX = 33 };

/* The parameters of an Authorization header. */
struct digest_login {
	char username[DIGEST_FIELD], realm[DIGEST_FIELD], nonce[DIGEST_FIELD], uri[DIGEST_FIELD];
	char cnonce[DIGEST_FIELD], response[DIGEST_FIELD], nc[DIGEST_FIELD], qop[DIGEST_FIELD];
	char algorithm[DIGEST_FIELD];
};

/* What was asked for. */
struct digest_what {
	const char *method, *path;
	const void *body;
	size_t body_len;
};

/* digest_parse: read the value of an Authorization header. false: no digest, or malformed. */
bool digest_parse(const char *header, struct digest_login *out);

/* digest_response: the response the parameters should have, as hex. */
void digest_response(const uint8_t ha1[HA1_LEN], const struct digest_login *l,
    const struct digest_what *w, char out[DIGEST_HEX]);

enum digest_result {
	DIGEST_OK,
	DIGEST_REFUSED, /* no login, wrong password, account locked */
	DIGEST_STALE,   /* right password, but a new nonce is due */
};

/*
 * digest_check: hold a login against the stored hashes of the device; counts failures and locks
 * accounts. *who is the account on DIGEST_OK.
 */
enum digest_result digest_check(
    struct device *d, const char *header, const struct digest_what *w, const struct acl **who);

/* digest_offer: a WWW-Authenticate header line with a new nonce. */
void digest_offer(struct device *d, bool stale, struct buf *out);

#endif
