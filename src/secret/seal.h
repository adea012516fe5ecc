/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal: sealed boxes. Anybody with the public key can close one; only the engine opens it. A box is
 * bound to the place it is stored in (associated data), so moving it to another row makes it
 * useless.
 *
 * Bytes of a box: version 1, key id (8), ephemeral X25519 public key (32), ciphertext, tag (16).
 * Key of a box: HKDF-SHA256 over the X25519 secret, salt = ephemeral || recipient, info =
 * "muster seal 1"; cipher AES-256-GCM with a zero nonce (each key is used once).
 */
#ifndef MUSTER_SECRET_SEAL_H
#define MUSTER_SECRET_SEAL_H

#include <stdint.h>

#include "secret/secret.h"

enum {
	SEAL_KEY_LEN = 32,
	SEAL_ID_LEN = 8,
	SEAL_OVERHEAD = 1 + SEAL_ID_LEN + SEAL_KEY_LEN + 16,
	SEAL_DATA_MAX = 8192, /* a private key in DER fits */
};

struct seal_public {
	uint8_t key[SEAL_KEY_LEN];
};

struct seal_private {
	uint8_t key[SEAL_KEY_LEN];
};

struct sealed {
	uint8_t *p; /* owned */
	size_t len;
};

void sealed_free(struct sealed *s);
static inline void
sealed_scoped(struct sealed *s)
{
	sealed_free(s);
}

void seal_private_wipe(struct seal_private *k);
static inline void
seal_private_scoped(struct seal_private *k)
{
	seal_private_wipe(k);
}

/* seal_keypair: a new key pair. ERR_SYSTEM. */
MUST_CHECK int seal_keypair(struct seal_private *priv, struct seal_public *pub, struct err *e);

/* seal_public_of: the public half of a private key. ERR_SYSTEM. */
MUST_CHECK int seal_public_of(const struct seal_private *priv, struct seal_public *pub, struct err *e);

/* seal_key_id: the first 8 bytes of SHA-256 over the public key, as 16 hex digits with NUL. */
void seal_key_id(const struct seal_public *pub, char out[2 * SEAL_ID_LEN + 1]);

/*
 * seal_close: data into a box for pub, bound to the text aad (for example
 * "credential/UUID/admin"). *out is owned by the caller. ERR_SYSTEM, ERR_MEMORY. Threads: any.
 */
MUST_CHECK int seal_close(const struct seal_public *pub, const char *aad, const void *data, size_t len,
    struct sealed *out, struct err *e);

/*
 * seal_open: the data of a box; *len is the room in out, then the length. ERR_SEAL when it is not a
 * box, was closed for another key, is bound to another place, or was changed.
 */
MUST_CHECK int seal_open(const struct seal_private *priv, const char *aad, const struct sealed *box,
    void *out, size_t *len, struct err *e);

/* seal_close_secret, seal_open_secret: the same for a struct secret. */
MUST_CHECK int seal_close_secret(const struct seal_public *pub, const char *aad,
    const struct secret *s, struct sealed *out, struct err *e);
MUST_CHECK int seal_open_secret(const struct seal_private *priv, const char *aad,
    const struct sealed *box, struct secret *out, struct err *e);

/* seal_box_key_id: the key id written in a box, as hex; false when it is too short to be one. */
bool seal_box_key_id(const struct sealed *box, char out[2 * SEAL_ID_LEN + 1]);

#endif
