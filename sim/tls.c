/* SPDX-License-Identifier: Apache-2.0 */
/* tls: sessions as the firmware of each release makes them. */
#include "sim/tls.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "sim/fleet.h"
#include "sim/keystore.h"
#include "sim/mem.h"
#include "sim/pending.h"

#define CLIENT_AUTH    "1.3.6.1.5.5.7.3.2"
#define REMOTE_CONSOLE "2.16.840.1.113741.1.2.1"

/* Plain PSK, whose suites firmware of its time can have; RC4 and 3DES are not in this OpenSSL. */
#define PSK_CIPHERS "PSK-AES128-CBC-SHA:PSK-AES256-CBC-SHA:@SECLEVEL=0"

enum { MODES = 4, ROWS_MAX = 24 };
enum mode { MODE_SETUP, MODE_PSK, MODE_SERVER, MODE_MUTUAL };

/* One context per release row and mode, made when first needed; certificates are per session. */
static SSL_CTX *contexts[ROWS_MAX][MODES];

/* One of the names in TrustedCN, or the end of the CN after a dot. */
static bool
cn_trusted(const struct device *d, X509 *leaf)
{
	const char *list = device_named(d, "AMT_TLSSettingData", 0, "TrustedCN");
	char cn[128] = "";

	if (list == NULL)
		return true;
	(void)X509_NAME_get_text_by_NID(
	    X509_get_subject_name(leaf), NID_commonName, cn, sizeof(cn));
	SCOPED(mem) char *copy = mem_copy(list);
	char *rest = copy;
	for (char *part = strsep(&rest, "\n"); part != NULL; part = strsep(&rest, "\n")) {
		size_t n = strlen(part), c = strlen(cn);

		if (strcasecmp(part, cn) == 0 ||
		    (c > n + 1 && cn[c - n - 1] == '.' && strcasecmp(cn + c - n, part) == 0))
			return true;
	}
	return false;
}

static int
check_mutual(struct device *d, X509_STORE_CTX *ctx)
{
	STACK_OF(X509) *roots = sk_X509_new_null();
	X509 *leaf = X509_STORE_CTX_get0_cert(ctx);

	for (size_t i = 0; i < d->ncerts; i++)
		if (d->certs[i].root)
			(void)sk_X509_push(roots, d->certs[i].x);
	X509_STORE_CTX_set0_trusted_stack(ctx, roots);
	int ok = X509_verify_cert(ctx);
	sk_X509_free(roots);
	if (ok != 1)
		return X509_STORE_CTX_get_error(ctx);
	if (!tls_has_eku(leaf, CLIENT_AUTH) || !tls_has_eku(leaf, REMOTE_CONSOLE))
		return X509_V_ERR_INVALID_PURPOSE;
	return cn_trusted(d, leaf) ? X509_V_OK : X509_V_ERR_HOSTNAME_MISMATCH;
}

/* In place of OpenSSL's own check, whose rules are not those of firmware. */
static int
check_peer(X509_STORE_CTX *ctx, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct device *d = SSL_get_app_data(ssl);
	int bad;

	(void)arg;
	if (d->state == STATE_POST)
		bad = check_mutual(d, ctx);
	else
		bad = tls_check_setup(d, X509_STORE_CTX_get0_untrusted(ctx), &d->pending_record);
	ERR_clear_error();
	X509_STORE_CTX_set_error(ctx, bad);
	return bad == X509_V_OK;
}

/*
 * The key for an identity; 0 makes the alert unknown_psk_identity. A server that hides which
 * identities it knows goes on with a key that cannot fit (RFC 4279, 2).
 */
static unsigned int
psk_key(SSL *ssl, const char *identity, unsigned char *out, unsigned int size)
{
	struct device *d = SSL_get_app_data(ssl);
	char pid[PSK_TEXT], pps[PSK_TEXT];

	(void)text_copy(pid, sizeof(pid), pending_pid(d));
	(void)text_copy(pps, sizeof(pps), pending_pps(d));
	if (fault_hit(&d->faults, FK_PID_HYPHENS) != NULL)
		psk_hyphens(pending_pid(d), pid);
	if (fault_hit(&d->faults, FK_PPS_HYPHENS) != NULL)
		psk_hyphens(pending_pps(d), pps);
	size_t n = strlen(pps);
	if (n > size)
		return 0;
	if (identity != NULL && strcmp(identity, pid) == 0) {
		memcpy(out, pps, n);
		return (unsigned int)n;
	}
	if (fault_hit(&d->faults, FK_HIDE_IDENTITY) == NULL)
		return 0;
	(void)RAND_bytes(out, (int)n);
	return (unsigned int)n;
}

/* Firmware with RC4 alone finds no suite that it shares with a client of today. */
static int
client_hello(SSL *ssl, int *alert, void *arg)
{
	struct device *d = SSL_get_app_data(ssl);

	(void)arg;
	if (fault_hit(&d->faults, FK_RC4_ONLY) == NULL)
		return SSL_CLIENT_HELLO_SUCCESS;
	*alert = SSL_AD_HANDSHAKE_FAILURE;
	return SSL_CLIENT_HELLO_ERROR;
}

static SSL_CTX *
make_context(const struct release_has *has, enum mode mode, bool tls13)
{
	SSL_CTX *c = SSL_CTX_new(TLS_server_method());
	int max = tls13 && has->from >= REL(15, 0) ? TLS1_3_VERSION : has->tls_max;

	if (c == NULL)
		return NULL;
	SSL_CTX_set_security_level(c, 0);
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	(void)SSL_CTX_set_options(
	    c, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_client_hello_cb(c, client_hello, NULL);
	if (!SSL_CTX_set_min_proto_version(c, has->tls_min) ||
	    !SSL_CTX_set_max_proto_version(c, max) ||
	    !SSL_CTX_set_cipher_list(c, mode == MODE_PSK ? PSK_CIPHERS : has->ciphers)) {
		SSL_CTX_free(c);
		return NULL;
	}
	if (mode == MODE_PSK)
		SSL_CTX_set_psk_server_callback(c, psk_key);
	else if (mode != MODE_SERVER) {
		/* the list of acceptable CA names stays empty */
		SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
		SSL_CTX_set_cert_verify_callback(c, check_peer, NULL);
		SSL_CTX_set_verify_depth(c, 10);
	}
	return c;
}

static SSL_CTX *
context(const struct device *d, enum mode mode, bool tls13)
{
	size_t n;
	size_t row = (size_t)(d->rel.has - release_has_rows(&n));

	if (contexts[row][mode] == NULL)
		contexts[row][mode] = make_context(d->rel.has, mode, tls13);
	return contexts[row][mode];
}

void
tls_close(void)
{
	for (size_t i = 0; i < ROWS_MAX; i++)
		for (size_t m = 0; m < MODES; m++) {
			SSL_CTX_free(contexts[i][m]);
			contexts[i][m] = NULL;
		}
}

static bool
use_certificate(struct device *d, SSL *ssl, struct err *e)
{
	if (d->state == STATE_POST)
		return SSL_use_cert_and_key(ssl, d->live.cert, d->live.key, d->live.chain, 1) == 1;
	if (fault_hit(&d->faults, FK_CERT_CHANGE) != NULL) {
		X509_free(d->setup_cert);
		d->setup_cert = NULL;
	}
	return keystore_setup(d, e) == 0 && SSL_use_certificate(ssl, d->setup_cert) == 1 &&
	       SSL_use_PrivateKey(ssl, d->setup_key) == 1;
}

int
tls_session(struct device *d, int fd, bool tls13, SSL **out, struct err *e)
{
	enum mode mode = d->state != STATE_POST ? (device_psk(d) ? MODE_PSK : MODE_SETUP)
			 : d->live.mutual       ? MODE_MUTUAL
						: MODE_SERVER;
	SSL_CTX *c = context(d, mode, tls13);
	SSL *ssl = c == NULL ? NULL : SSL_new(c);

	if (ssl == NULL || !SSL_set_app_data(ssl, d) || !SSL_set_fd(ssl, fd) ||
	    (mode != MODE_PSK && !use_certificate(d, ssl, e))) {
		SSL_free(ssl);
		ERR_clear_error();
		return err_set(e, ERR_SYSTEM, "device %s: no TLS session", d->uuid_text);
	}
	SSL_set_accept_state(ssl);
	*out = ssl;
	return 0;
}
