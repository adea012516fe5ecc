/* SPDX-License-Identifier: Apache-2.0 */
/* seal: sealed boxes of X25519, HKDF-SHA256 and AES-256-GCM. */
#include "secret/seal.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { BOX_VERSION = 1, TAG_LEN = 16, IV_LEN = 12, HEAD_LEN = 1 + SEAL_ID_LEN + SEAL_KEY_LEN };

static const unsigned char zero_iv[IV_LEN]; /* each box key encrypts once */

static void
pkey_scoped(EVP_PKEY **k)
{
	EVP_PKEY_free(*k);
}

static void
pctx_scoped(EVP_PKEY_CTX **c)
{
	EVP_PKEY_CTX_free(*c);
}

static void
cctx_scoped(EVP_CIPHER_CTX **c)
{
	EVP_CIPHER_CTX_free(*c);
}

void
sealed_free(struct sealed *s)
{
	free(s->p);
	*s = (struct sealed){ 0 };
}

void
seal_private_wipe(struct seal_private *k)
{
	OPENSSL_cleanse(k, sizeof(*k));
}

int
seal_public_of(const struct seal_private *priv, struct seal_public *pub, struct err *e)
{
	SCOPED(pkey) EVP_PKEY *k =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, priv->key, SEAL_KEY_LEN);
	size_t len = SEAL_KEY_LEN;

	if (k == NULL || EVP_PKEY_get_raw_public_key(k, pub->key, &len) != 1)
		return err_set(e, ERR_SYSTEM, "X25519 is not available");
	return 0;
}

int
seal_keypair(struct seal_private *priv, struct seal_public *pub, struct err *e)
{
	SCOPED(pkey) EVP_PKEY *k = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	size_t len = SEAL_KEY_LEN;

	if (k == NULL || EVP_PKEY_get_raw_private_key(k, priv->key, &len) != 1 ||
	    EVP_PKEY_get_raw_public_key(k, pub->key, &len) != 1)
		return err_set(e, ERR_SYSTEM, "X25519 key cannot be made");
	return 0;
}

static void
key_id(const uint8_t key[SEAL_KEY_LEN], uint8_t id[SEAL_ID_LEN])
{
	unsigned char md[SHA256_DIGEST_LENGTH];

	(void)SHA256(key, SEAL_KEY_LEN, md);
	memcpy(id, md, SEAL_ID_LEN);
}

void
seal_key_id(const struct seal_public *pub, char out[2 * SEAL_ID_LEN + 1])
{
	uint8_t id[SEAL_ID_LEN];

	key_id(pub->key, id);
	hex_encode(out, id, sizeof(id));
}

/*
 * The AES key of one box. Takes the private key as OpenSSL's: making that from its bytes costs as much
 * as the agreement itself, for the public half comes with it.
 */
static bool
box_key(EVP_PKEY *k, const uint8_t *peer, const uint8_t *ephemeral, const uint8_t *recipient,
    unsigned char out[32])
{
	SCOPED(pkey) EVP_PKEY *p =
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, peer, SEAL_KEY_LEN);
	SCOPED(pctx) EVP_PKEY_CTX *derive = EVP_PKEY_CTX_new(k, NULL);
	SCOPED(pctx) EVP_PKEY_CTX *kdf = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
	unsigned char shared[32], salt[2 * SEAL_KEY_LEN];
	size_t shared_len = sizeof(shared), out_len = 32;

	memcpy(salt, ephemeral, SEAL_KEY_LEN);
	memcpy(salt + SEAL_KEY_LEN, recipient, SEAL_KEY_LEN);
	bool ok = p != NULL && derive != NULL && kdf != NULL && EVP_PKEY_derive_init(derive) == 1 &&
		  EVP_PKEY_derive_set_peer(derive, p) == 1 &&
		  EVP_PKEY_derive(derive, shared, &shared_len) == 1 && EVP_PKEY_derive_init(kdf) == 1 &&
		  EVP_PKEY_CTX_set_hkdf_md(kdf, EVP_sha256()) == 1 &&
		  EVP_PKEY_CTX_set1_hkdf_salt(kdf, salt, sizeof(salt)) == 1 &&
		  EVP_PKEY_CTX_set1_hkdf_key(kdf, shared, (int)shared_len) == 1 &&
		  EVP_PKEY_CTX_add1_hkdf_info(kdf, (const unsigned char *)"muster seal 1", 13) == 1 &&
		  EVP_PKEY_derive(kdf, out, &out_len) == 1;
	OPENSSL_cleanse(shared, sizeof(shared));
	return ok;
}

static bool
encrypt(const unsigned char key[32], const uint8_t *head, const char *aad, const void *data,
    size_t len, uint8_t *out)
{
	SCOPED(cctx) EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n;

	return c != NULL && EVP_EncryptInit_ex2(c, EVP_aes_256_gcm(), key, zero_iv, NULL) == 1 &&
	       EVP_EncryptUpdate(c, NULL, &n, head, HEAD_LEN) == 1 &&
	       EVP_EncryptUpdate(c, NULL, &n, (const unsigned char *)aad, (int)strlen(aad)) == 1 &&
	       EVP_EncryptUpdate(c, out, &n, data, (int)len) == 1 &&
	       EVP_EncryptFinal_ex(c, out + n, &n) == 1 &&
	       EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_LEN, out + len) == 1;
}

int
seal_close(const struct seal_public *pub, const char *aad, const void *data, size_t len,
    struct sealed *out, struct err *e)
{
	SCOPED(pkey) EVP_PKEY *eph = NULL;
	struct seal_public eph_pub;
	unsigned char key[32];
	size_t key_len = SEAL_KEY_LEN;

	if (len > SEAL_DATA_MAX)
		return err_set(e, ERR_INPUT, "secret of %zu bytes, at most %d", len, SEAL_DATA_MAX);
	eph = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	if (eph == NULL || EVP_PKEY_get_raw_public_key(eph, eph_pub.key, &key_len) != 1)
		return err_set(e, ERR_SYSTEM, "X25519 key cannot be made");
	uint8_t *box = malloc(SEAL_OVERHEAD + len);
	if (box == NULL)
		return err_set(e, ERR_MEMORY, "sealed box");
	box[0] = BOX_VERSION;
	key_id(pub->key, box + 1);
	memcpy(box + 1 + SEAL_ID_LEN, eph_pub.key, SEAL_KEY_LEN);
	bool ok = box_key(eph, pub->key, eph_pub.key, pub->key, key) &&
		  encrypt(key, box, aad, data, len, box + HEAD_LEN);
	OPENSSL_cleanse(key, sizeof(key));
	if (!ok) {
		free(box);
		return err_set(e, ERR_SYSTEM, "secret cannot be sealed");
	}
	*out = (struct sealed){ .p = box, .len = SEAL_OVERHEAD + len };
	return 0;
}

static bool
decrypt(const unsigned char key[32], const uint8_t *box, size_t len, const char *aad, uint8_t *out)
{
	SCOPED(cctx) EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	unsigned char tag[TAG_LEN];
	int n, last;

	memcpy(tag, box + HEAD_LEN + len, TAG_LEN);
	return c != NULL && EVP_DecryptInit_ex2(c, EVP_aes_256_gcm(), key, zero_iv, NULL) == 1 &&
	       EVP_DecryptUpdate(c, NULL, &n, box, HEAD_LEN) == 1 &&
	       EVP_DecryptUpdate(c, NULL, &n, (const unsigned char *)aad, (int)strlen(aad)) == 1 &&
	       EVP_DecryptUpdate(c, out, &n, box + HEAD_LEN, (int)len) == 1 &&
	       EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_LEN, tag) == 1 &&
	       EVP_DecryptFinal_ex(c, out + n, &last) == 1;
}

int
seal_open(const struct seal_private *priv, const char *aad, const struct sealed *box, void *out,
    size_t *len, struct err *e)
{
	SCOPED(pkey) EVP_PKEY *mine = NULL;
	struct seal_public pub;
	uint8_t id[SEAL_ID_LEN];
	unsigned char key[32];
	size_t key_len = SEAL_KEY_LEN;

	if (box->len < SEAL_OVERHEAD || box->p[0] != BOX_VERSION)
		return err_set(e, ERR_SEAL, "%s: not a sealed box", aad);
	size_t n = box->len - SEAL_OVERHEAD;
	if (n > *len)
		return err_set(e, ERR_SEAL, "%s: sealed box of %zu bytes is too large", aad, box->len);
	mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, priv->key, SEAL_KEY_LEN);
	if (mine == NULL || EVP_PKEY_get_raw_public_key(mine, pub.key, &key_len) != 1)
		return err_set(e, ERR_SYSTEM, "X25519 is not available");
	key_id(pub.key, id);
	if (memcmp(id, box->p + 1, SEAL_ID_LEN) != 0)
		return err_set(e, ERR_SEAL, "%s: sealed for another engine key", aad);
	const uint8_t *eph = box->p + 1 + SEAL_ID_LEN;
	bool ok = box_key(mine, eph, eph, pub.key, key) && decrypt(key, box->p, n, aad, out);
	OPENSSL_cleanse(key, sizeof(key));
	if (!ok) {
		OPENSSL_cleanse(out, n);
		return err_set(e, ERR_SEAL, "%s: changed, or moved from another place", aad);
	}
	*len = n;
	return 0;
}

int
seal_close_secret(const struct seal_public *pub, const char *aad, const struct secret *s,
    struct sealed *out, struct err *e)
{
	return seal_close(pub, aad, s->s, s->len, out, e);
}

int
seal_open_secret(const struct seal_private *priv, const char *aad, const struct sealed *box,
    struct secret *out, struct err *e)
{
	char data[SECRET_MAX];
	size_t len = sizeof(data);

	if (seal_open(priv, aad, box, data, &len, e) < 0)
		return -1;
	bool ok = secret_set(out, data, len);
	OPENSSL_cleanse(data, sizeof(data));
	return ok ? 0 : err_set(e, ERR_SEAL, "%s: not a password", aad);
}

bool
seal_box_key_id(const struct sealed *box, char out[2 * SEAL_ID_LEN + 1])
{
	if (box->len < SEAL_OVERHEAD)
		return false;
	hex_encode(out, box->p + 1, SEAL_ID_LEN);
	return true;
}
