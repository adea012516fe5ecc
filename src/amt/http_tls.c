/* SPDX-License-Identifier: Apache-2.0 */
/* http_tls: the TLS rules of one connection. Source: protocol/eoi.md 10; protocol/setup.md 2.4, 3.3. */
#include "amt/http_tls.h"

#include <openssl/ssl.h>
#include <string.h>

#include "base/text.h"

/* Names that this OpenSSL does not have are passed over: one built with weak ciphers offers them as well. */
#define OLD_CIPHERS "AES128-SHA:AES256-SHA:DES-CBC3-SHA:RC4-SHA:RC4-MD5:@SECLEVEL=0"
#define PSK_CIPHERS "PSK-AES128-CBC-SHA:PSK-AES256-CBC-SHA:PSK-3DES-EDE-CBC-SHA:PSK-RC4-SHA:@SECLEVEL=0"

enum { HANDSHAKE_FAILURE = 40, INSUFFICIENT_SECURITY = 71 };

/* What alerts mean. Source: RFC 5246 7.2, RFC 4279 2. */
static const struct {
	int alert;
	bool psk; /* on a connection by pre-shared key, else by certificate */
	enum err_code code;
	const char *text;
} alerts[] = {
	{ 20, true, ERR_PSK_KEY, "bad record MAC: the device has another PPS" },
	{ 21, true, ERR_PSK_KEY, "decryption failed: the device has another PPS" },
	{ 51, true, ERR_PSK_KEY, "decrypt error: the device has another PPS, or does not know the PID" },
	{ 115, true, ERR_PSK_IDENTITY, "unknown PSK identity" },
	{ 41, false, ERR_TLS_REFUSED, "no certificate" },
	{ 42, false, ERR_TLS_REFUSED, "bad certificate" },
	{ 43, false, ERR_TLS_REFUSED, "unsupported certificate" },
	{ 44, false, ERR_TLS_REFUSED, "certificate revoked" },
	{ 45, false, ERR_TLS_REFUSED, "certificate expired" },
	{ 46, false, ERR_TLS_REFUSED, "certificate unknown" },
	{ 48, false, ERR_TLS_REFUSED, "unknown CA: the root is not among those the device trusts" },
	{ 49, false, ERR_TLS_REFUSED, "access denied" },
	{ 116, false, ERR_TLS_REFUSED, "certificate required" },
};

const char *
http_tls_ciphers(const struct http_conf *conf)
{
	return conf->psk != NULL    ? PSK_CIPHERS
	       : conf->only_tls10 ? OLD_CIPHERS
	       : conf->legacy	    ? "DEFAULT:@SECLEVEL=0"
				    : NULL;
}

/*
 * Instead of a chain of trust: the certificate must be one of the pinned ones, or is the first one
 * ever seen here, which then is the only one.
 */
static int
check_pin(X509_STORE_CTX *store, void *arg)
{
	struct http_tls *t = arg;
	X509 *cert = X509_STORE_CTX_get0_cert(store);
	uint8_t seen[PIN_LEN];
	unsigned int len = 0;

	if (cert == NULL || X509_digest(cert, EVP_sha256(), seen, &len) != 1 || len != PIN_LEN)
		return 0;
	bool known = t->conf->npins == 0;
	for (size_t i = 0; i < t->conf->npins; i++)
		known |= memcmp(t->conf->pins[i], seen, PIN_LEN) == 0;
	memcpy(t->seen, seen, PIN_LEN);
	t->has_seen = true;
	if (!known) {
		t->pin_wrong = true;
		X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
		return 0;
	}
	if (t->conf->npins == 0) {
		memcpy(t->conf->pins[0], seen, PIN_LEN);
		t->conf->npins = 1;
	}
	return 1;
}

static void
on_tls(const SSL *ssl, int where, int ret)
{
	struct http_tls *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && (ret >> 8) == SSL3_AL_FATAL) {
		OSSL_HANDSHAKE_STATE state = SSL_get_state(ssl);

		t->alert = ret & 0xff;
		t->early = state == TLS_ST_CW_CLNT_HELLO || state == TLS_ST_CR_SRVR_HELLO;
	}
	if (where == SSL_CB_HANDSHAKE_DONE) {
		t->handshaken = true;
		(void)text_copy(t->version, sizeof(t->version), SSL_get_version(ssl));
	}
}

static unsigned int
on_psk(SSL *ssl, const char *hint, char *identity, unsigned int identity_size, unsigned char *key, unsigned int key_size)
{
	const struct http_tls *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	const struct http_psk *psk = t->conf->psk;

	(void)hint; /* AMT sends none, and its key is found without */
	if (!text_copy(identity, identity_size, psk->identity) || psk->key.len > key_size)
		return 0;
	memcpy(key, psk->key.s, psk->key.len);
	return (unsigned int)psk->key.len;
}

/* AMT firmware knows no secure renegotiation, and OpenSSL 3 refuses such servers unless told. */
bool
http_tls_context(struct http_tls *t, void *ssl_ctx)
{
	SSL_CTX *ctx = ssl_ctx;
	const struct http_conf *conf = t->conf;
	const struct identity *id = conf->psk == NULL ? conf->identity : NULL;
	bool old = conf->legacy || conf->only_tls10 || conf->psk != NULL;

	(void)SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET);
	(void)SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS); /* a device is mostly waited for: 34 KiB each */
	if (old) {
		/* Firmware may ask for our certificate in a second handshake, inside the first one. */
		(void)SSL_CTX_set_options(ctx, conf->only_tls10 ? SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION : 0);
		SSL_CTX_set_security_level(ctx, 0);
		if (SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION) != 1)
			return false;
	}
	if ((conf->only_tls10 || conf->psk != NULL) &&
	    SSL_CTX_set_max_proto_version(ctx, conf->only_tls10 ? TLS1_VERSION : TLS1_2_VERSION) != 1)
		return false; /* in TLS 1.3 a pre-shared key is another thing */
	if (id != NULL && SSL_CTX_use_cert_and_key(ctx, id->leaf, id->key, id->chain, 1) != 1)
		return false;
	if (conf->psk != NULL)
		SSL_CTX_set_psk_client_callback(ctx, on_psk);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, check_pin, t);
	(void)SSL_CTX_set_app_data(ctx, t);
	SSL_CTX_set_info_callback(ctx, on_tls);
	return true;
}

void
http_tls_begin(struct http_tls *t)
{
	t->pin_wrong = t->early = false;
	t->alert = -1;
}

int
http_tls_why(const struct http_tls *t, struct err *e)
{
	bool psk = t->conf->psk != NULL;

	if (t->pin_wrong)
		return err_set(e, ERR_TLS_PIN, "the device shows another certificate than before");
	/* Newer TLS refused so is tried again with old TLS; when that is refused, there is nothing left to offer. */
	if (t->early && (psk || t->conf->only_tls10 || t->conf->legacy) && (t->alert == HANDSHAKE_FAILURE || t->alert == INSUFFICIENT_SECURITY))
		return err_set(e, ERR_TLS_CIPHER, "TLS alert %d: no cipher in common; the device may have only RC4 or 3DES, which %s here lacks",
		    t->alert, OpenSSL_version(OPENSSL_VERSION_STRING));
	for (size_t i = 0; i < ARRAY_LEN(alerts); i++)
		if (alerts[i].alert == t->alert && alerts[i].psk == psk)
			return err_set(e, alerts[i].code, "TLS alert %d: %s", t->alert, alerts[i].text);
	return 0;
}
