/* SPDX-License-Identifier: Apache-2.0 */
/* hello: the message a device sends to be set up, bytes <-> struct. No I/O. */
#ifndef MUSTER_AMT_HELLO_H
#define MUSTER_AMT_HELLO_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/uuid.h"

enum {
	PID_LEN = 8,
	HELLO_HEAD_LEN = 24,
	HELLO_PSK_LEN = 32,
	HELLO_MAX_HASHES = 255,  /* the count is one byte */
	HELLO_MAX_LEN = 17000,   /* 25 + 255 entries of 2 + 64 bytes, rounded up */
	HELLO_HASH_MAX = 48,
};

enum hello_mode { HELLO_MODE_PSK = 2, HELLO_MODE_PKI = 3 };

/* Hash types on the wire. Source: protocol/setup.md 1.4. */
enum hash_type { HASH_SHA1 = 1, HASH_SHA256 = 2, HASH_SHA384 = 3 };

struct hello_hash {
	uint8_t type; /* enum hash_type */
	uint8_t len;
	uint8_t hash[HELLO_HASH_MAX];
};

struct hello {
	enum hello_mode mode;
	unsigned int admin_set;  /* AdminCredentialsSet: a hint only */
	uint32_t retries;        /* RetryCount */
	struct uuid uuid;
	char pid[PID_LEN + 1];   /* PSK; "" otherwise */
	unsigned int nhashes;    /* PKI: known entries kept in hashes */
	unsigned int nskipped;   /* PKI: entries of an unknown type */
	size_t trailing;         /* bytes after the message, ignored */
	struct hello_hash hashes[HELLO_MAX_HASHES];
};

/*
 * hello_need: how many bytes the message will have, as far as the first len of them tell.
 *
 * Returns	the length (>= len means: read on), or 0 when these bytes can be no hello that
 *		hello_parse would take, so reading on is no use. A version 3 message announces its
 *		length entry by entry, so the answer grows while it is read.
 * Threads	any; no shared state
 * Source	protocol/setup.md 1.2 to 1.4, 1.8 rule 1
 */
size_t hello_need(const void *buf, size_t len);

/*
 * hello_parse: read a hello of version 2 (PSK) or 3 (PKI).
 *
 * buf, len	bytes as received, integers little endian; not kept
 * *out		set on success only
 * Returns	0, or -1 with ERR_HELLO (length, PID not alphanumeric, hash entry out of bounds, known
 *		hash type with a wrong length) or ERR_HELLO_VERSION
 * Threads	any; no shared state
 * Source	protocol/setup.md 1.2 to 1.8
 */
MUST_CHECK int hello_parse(const void *buf, size_t len, struct hello *out, struct err *e);

/*
 * hello_hashes: read stored hash entries (type, length, hash, as they stand in a hello) into out, at
 * most max of them; entries of unknown type are passed over. Returns how many.
 */
size_t hello_hashes(const void *entries, size_t len, struct hello_hash *out, size_t max);

/*
 * hello_build: the bytes of a hello, for the simulator and the tests.
 *
 * Returns	the length written, or 0 when size is too small or the struct is out of range
 */
size_t hello_build(const struct hello *h, void *buf, size_t size);

/* hash_len: bytes of a hash of this type, 0 for an unknown type. */
size_t hash_len(unsigned int type);

/* hash_name: "SHA-1", "SHA-256", "SHA-384" or "unknown". */
const char *hash_name(unsigned int type);

#endif
