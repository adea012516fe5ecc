/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest: HTTP Digest (RFC 2617, MD5) as AMT speaks it, and the password hash that AMT stores. Ours
 * and not the HTTP library's, because tries must be counted before the device locks the account,
 * auth-int must cover a body, and the first request must carry its body.
 */
#ifndef MUSTER_AMT_DIGEST_H
#define MUSTER_AMT_DIGEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "secret/secret.h"

enum { DIGEST_REALM_MAX = 128, DIGEST_MD5_HEX = 33 };

struct digest {
	char realm[DIGEST_REALM_MAX];
	char nonce[160];
	char opaque[160]; /* "" when the device sent none */
	bool has_qop, auth, auth_int;
	bool stale;
	unsigned int nc; /* uses of this nonce so far */
};

/*
 * digest_challenge: read the value of a WWW-Authenticate header into *d (nc starts again). False
 * when it is not a Digest challenge or lacks a realm or nonce; *d is then untouched.
 * Source: protocol/wsman.md 1.5.
 */
bool digest_challenge(const char *value, struct digest *d);

/*
 * digest_authorize: append the value of an Authorization header for POST uri with this body; counts
 * one use of the nonce. cnonce NULL: a random one. ERR_SYSTEM, ERR_MEMORY.
 */
MUST_CHECK int digest_authorize(struct digest *d, const char *user, const struct secret *password,
    const char *uri, const void *body, size_t len, const char *cnonce, struct buf *out, struct err *e);

/*
 * digest_ha1: MD5(user ":" realm ":" password), the only form of a password AMT keeps: 16 bytes.
 * Source: protocol/wsman.md 7.4.
 */
MUST_CHECK int digest_ha1(const char *user, const char *realm, const struct secret *password,
    unsigned char out[16], struct err *e);

#endif
