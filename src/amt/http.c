/* SPDX-License-Identifier: Apache-2.0 */
/* http: POST /wsman to one device over one connection. */
#include "amt/http.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "amt/digest.h"
#include "base/clock.h"
#include "base/text.h"

static const char uri[] = "/wsman";

enum { BUFFER_SIZE = 16384 /* libcurl's least for sending, where its default is 64 KiB a device */ };

struct http {
	struct http_conf conf;
	CURL *curl;
	char url[128];
	char user[64];
	struct secret password;
	bool has_login;
	struct digest digest;
	bool has_digest;
	struct digest offered; /* challenge of the reply being read */
	bool has_offered;
	struct http_reply *reply; /* being filled */
	const char *send;         /* of the body being sent: what is left */
	size_t send_left, send_len;
	bool kept; /* the connection has served a request before */
	char server[96], error[CURL_ERROR_SIZE], tls_version[16];
	uint8_t seen[PIN_LEN];
	bool has_seen, pin_wrong, too_big, handshaken;
	int alert; /* TLS alert received, -1: none */
	unsigned int refusals, timeout_s;
};

/* Alerts by which a device says that it does not like our certificate. Source: RFC 5246 7.2. */
static const struct {
	int alert;
	const char *text;
} refusals[] = {
	{ 41, "no certificate" },
	{ 42, "bad certificate" },
	{ 43, "unsupported certificate" },
	{ 44, "certificate revoked" },
	{ 45, "certificate expired" },
	{ 46, "certificate unknown" },
	{ 48, "unknown CA: the root is not among those the device trusts" },
	{ 49, "access denied" },
	{ 116, "certificate required" },
};

void
http_init(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

void
http_reply_free(struct http_reply *r)
{
	buf_free(&r->body);
}

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct http *h = arg;

	if (h->reply->body.len + size * n > HTTP_BODY_MAX) {
		h->too_big = true;
		return 0;
	}
	buf_add(&h->reply->body, data, size * n);
	return h->reply->body.bad ? 0 : size * n;
}

/*
 * The body goes out by callback, which cannot be rewound: libcurl would otherwise send a request again
 * by itself when a kept connection turns out to be closed, and the device may have acted on the first.
 */
static size_t
on_send(char *data, size_t size, size_t n, void *arg)
{
	struct http *h = arg;
	size_t now = size * n < h->send_left ? size * n : h->send_left;

	memcpy(data, h->send, now);
	h->send += now;
	h->send_left -= now;
	return now;
}

/* The value of a header line when it is the named one, ended by NUL; else NULL. */
static const char *
header_is(const char *name, const char *data, size_t len, char *value, size_t size)
{
	size_t n = strlen(name);

	if (len <= n || strncasecmp(data, name, n) != 0 || data[n] != ':')
		return NULL;
	n++;
	while (n < len && (data[n] == ' ' || data[n] == '\t'))
		n++;
	while (len > n && (data[len - 1] == '\r' || data[len - 1] == '\n'))
		len--;
	if (len - n >= size)
		len = n + size - 1;
	memcpy(value, data + n, len - n);
	value[len - n] = '\0';
	return value;
}

static size_t
on_header(char *data, size_t size, size_t n, void *arg)
{
	struct http *h = arg;
	size_t len = size * n;
	char value[640];

	if (header_is("Server", data, len, value, sizeof(value)) != NULL)
		text_clean(h->server, sizeof(h->server), value, strlen(value));
	else if (header_is("Content-Type", data, len, value, sizeof(value)) != NULL)
		h->reply->soap = strstr(value, "soap+xml") != NULL || strstr(value, "text/xml") != NULL;
	else if (header_is("WWW-Authenticate", data, len, value, sizeof(value)) != NULL &&
		 digest_challenge(value, &h->offered))
		h->has_offered = true;
	return len;
}

static int
on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct http *h = arg;

	(void)a, (void)b, (void)c, (void)d;
	return h->conf.give_up != NULL && h->conf.give_up(h->conf.give_up_arg) ? 1 : 0;
}

/*
 * Instead of a chain of trust: the certificate must be one of the pinned ones, or is the first one
 * ever seen here, which then is the only one.
 */
static int
check_pin(X509_STORE_CTX *store, void *arg)
{
	struct http *h = arg;
	X509 *cert = X509_STORE_CTX_get0_cert(store);
	uint8_t seen[PIN_LEN];
	unsigned int len = 0;

	if (cert == NULL || X509_digest(cert, EVP_sha256(), seen, &len) != 1 || len != PIN_LEN)
		return 0;
	bool known = h->conf.npins == 0;
	for (size_t i = 0; i < h->conf.npins; i++)
		known |= memcmp(h->conf.pins[i], seen, PIN_LEN) == 0;
	memcpy(h->seen, seen, PIN_LEN);
	h->has_seen = true;
	if (!known) {
		h->pin_wrong = true;
		X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
		return 0;
	}
	if (h->conf.npins == 0) {
		memcpy(h->conf.pins[0], seen, PIN_LEN);
		h->conf.npins = 1;
	}
	return 1;
}

static void
on_tls(const SSL *ssl, int where, int ret)
{
	struct http *h = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && (ret >> 8) == SSL3_AL_FATAL)
		h->alert = ret & 0xff;
	if (where == SSL_CB_HANDSHAKE_DONE) {
		h->handshaken = true;
		(void)text_copy(h->tls_version, sizeof(h->tls_version), SSL_get_version(ssl));
	}
}

/* AMT firmware knows no secure renegotiation, and OpenSSL 3 refuses such servers unless told. */
static CURLcode
on_context(CURL *curl, void *ctx_, void *arg)
{
	struct http *h = arg;
	SSL_CTX *ctx = ctx_;
	const struct identity *id = h->conf.identity;

	(void)curl;
	(void)SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET);
	(void)SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS); /* a device is mostly waited for: 34 KiB each */
	if (h->conf.legacy) {
		SSL_CTX_set_security_level(ctx, 0);
		if (SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION) != 1)
			return CURLE_SSL_CIPHER;
	}
	if (id != NULL && SSL_CTX_use_cert_and_key(ctx, id->leaf, id->key, id->chain, 1) != 1)
		return CURLE_SSL_CERTPROBLEM;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, check_pin, h);
	(void)SSL_CTX_set_app_data(ctx, h);
	SSL_CTX_set_info_callback(ctx, on_tls);
	return CURLE_OK;
}

static bool
set_options(struct http *h)
{
	CURL *c = h->curl;
	bool ok = true;

#define SET(option, value) ok = curl_easy_setopt(c, option, value) == CURLE_OK && ok
	SET(CURLOPT_URL, h->url);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_CONNECTTIMEOUT, (long)h->conf.connect_timeout_s);
	SET(CURLOPT_ERRORBUFFER, h->error);
	SET(CURLOPT_BUFFERSIZE, (long)BUFFER_SIZE);
	SET(CURLOPT_UPLOAD_BUFFERSIZE, (long)BUFFER_SIZE);
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_READFUNCTION, on_send);
	SET(CURLOPT_READDATA, h);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, h);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, h);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(CURLOPT_XFERINFODATA, h);
	/* check_pin decides; without on_context there is no check, and set_options then fails. */
	SET(CURLOPT_SSL_VERIFYPEER, 0L);
	SET(CURLOPT_SSL_VERIFYHOST, 0L);
	SET(CURLOPT_CAINFO, NULL);
	SET(CURLOPT_CAPATH, NULL);
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
	SET(CURLOPT_SSLVERSION, (long)(h->conf.legacy ? CURL_SSLVERSION_TLSv1_0 : CURL_SSLVERSION_TLSv1_2));
	if (h->conf.legacy)
		SET(CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=0");
	SET(CURLOPT_SSL_CTX_FUNCTION, on_context);
	SET(CURLOPT_SSL_CTX_DATA, h);
#undef SET
	return ok;
}

int
http_new(const struct http_conf *conf, struct http **out, struct err *e)
{
	struct http *h = calloc(1, sizeof(*h));
	bool v6 = strchr(conf->address, ':') != NULL;

	if (h == NULL)
		return err_set(e, ERR_MEMORY, "connection");
	h->conf = *conf;
	(void)snprintf(h->url, sizeof(h->url), "%s://%s%.60s%s:%u%s", conf->tls ? "https" : "http",
	    v6 ? "[" : "", conf->address, v6 ? "]" : "", conf->port, uri);
	h->curl = curl_easy_init();
	if (h->curl == NULL || !set_options(h)) {
		http_free(h);
		return err_set(e, ERR_SYSTEM, "the HTTP library refused its options");
	}
	*out = h;
	return 0;
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	curl_easy_cleanup(h->curl);
	secret_wipe(&h->password);
	free(h);
}

void
http_login(struct http *h, const char *user, const struct secret *password)
{
	secret_wipe(&h->password);
	h->has_login = password != NULL;
	if (password == NULL)
		return;
	(void)text_copy(h->user, sizeof(h->user), user);
	h->password = *password;
}

void
http_timeout(struct http *h, unsigned int seconds)
{
	h->timeout_s = seconds;
}

/* A device serves one connection at a time, so the old one must be gone before a new one is made. */
void
http_close(struct http *h)
{
	CURL *fresh = curl_easy_init();

	if (fresh == NULL)
		return; /* the old connection serves on */
	curl_easy_cleanup(h->curl);
	h->curl = fresh;
	h->handshaken = h->kept = false;
	(void)set_options(h); /* the same as when it was made */
}

/*
 * libcurl makes a new connection by itself when a kept one ends under the request. When that fails too, its
 * result speaks of the new connection; but the request was sent on the old one, and may have been acted on.
 */
static bool
lost_before(const struct http *h, CURLcode rc, bool sent)
{
	if (!h->kept || h->send_left == h->send_len)
		return false;
	switch (rc) {
	case CURLE_COULDNT_CONNECT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_PEER_FAILED_VERIFICATION:
		return true;
	case CURLE_OPERATION_TIMEDOUT:
		return !sent;
	default:
		return false;
	}
}

/* A transfer that did not end well, as an error of ours. */
static int
failed(struct http *h, CURLcode rc, struct err *e)
{
	curl_off_t sent = 0;

	(void)curl_easy_getinfo(h->curl, CURLINFO_PRETRANSFER_TIME_T, &sent); /* 0: nothing sent yet */
	if (rc == CURLE_ABORTED_BY_CALLBACK)
		return err_set(e, ERR_STOPPED, "given up before the answer");
	if (h->too_big)
		return err_set(e, ERR_BODY_SIZE, "answer larger than %d bytes", HTTP_BODY_MAX);
	if (lost_before(h, rc, sent > 0))
		return err_set(e, ERR_LOST, "connection lost, and no new one: %s", h->error);
	if (h->pin_wrong)
		return err_set(e, ERR_TLS_PIN, "the device shows another certificate than before");
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		if (h->conf.tls && refusals[i].alert == h->alert)
			return err_set(e, ERR_TLS_REFUSED, "TLS alert %d: %s", h->alert, refusals[i].text);
	switch (rc) {
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
		return err_set(e, ERR_CONTACT, "Cannot contact back AMT with IP %s: %s", h->conf.address, h->error);
	case CURLE_OPERATION_TIMEDOUT:
		if (sent == 0)
			return err_set(e, ERR_CONTACT, "Cannot contact back AMT with IP %s: %s", h->conf.address, h->error);
		return err_set(e, ERR_TIMEOUT, "no answer: %s", h->error);
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_PEER_FAILED_VERIFICATION:
		return err_set(e, ERR_TLS, "TLS: %s", h->error);
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_SEND_FAIL_REWIND: /* the kept connection was closed under the request */
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
		if (h->conf.tls && !h->handshaken)
			return err_set(e, ERR_TLS, "TLS: connection closed in the handshake");
		return err_set(e, ERR_LOST, "connection lost: %s", h->error);
	default:
		return err_set(e, ERR_ANSWER, "not an HTTP answer: %s", h->error[0] != '\0' ? h->error : curl_easy_strerror(rc));
	}
}

static int
send_once(struct http *h, const void *body, size_t len, struct http_reply *out, struct err *e)
{
	SCOPED(buf) struct buf header = { 0 };
	int64_t from = clock_ms();
	struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/soap+xml; charset=utf-8");
	int rc = 0;

	list = curl_slist_append(list, "Expect:");
	if (h->has_digest && h->has_login) {
		buf_puts(&header, "Authorization: ");
		rc = digest_authorize(&h->digest, h->user, &h->password, uri, body, len, NULL, &header, e);
		list = curl_slist_append(list, buf_str(&header));
	}
	buf_reset(&out->body);
	out->soap = false;
	h->reply = out;
	h->too_big = h->pin_wrong = h->has_offered = false;
	h->alert = -1;
	h->error[0] = '\0';
	unsigned int timeout = h->timeout_s != 0 ? h->timeout_s : h->conf.call_timeout_s;
	(void)curl_easy_setopt(h->curl, CURLOPT_TIMEOUT, (long)timeout + (long)h->conf.connect_timeout_s);
	(void)curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, list);
	(void)curl_easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE, (long)len);
	h->send = body;
	h->send_left = h->send_len = len;
	if (rc == 0) {
		CURLcode got = curl_easy_perform(h->curl);

		if (got != CURLE_OK)
			rc = failed(h, got, e);
		h->kept = got == CURLE_OK;
		(void)curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &out->status);
	}
	(void)curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(list);
	h->reply = NULL;
	if (h->conf.trace != NULL)
		h->conf.trace(h->conf.trace_arg, &(struct http_exchange){ .request = body, .len = len, .authorized = header.len > 0,
		    .reply = rc == 0 ? out : NULL, .why = e, .took_ms = clock_ms() - from });
	return rc;
}

int
http_post(struct http *h, const void *body, size_t len, struct http_reply *out, struct err *e)
{
	/* At most: without a nonce, with one, and with the one that replaces a stale one. */
	for (int tries = 0; tries < 3; tries++) {
		bool answered = h->has_digest && h->has_login;

		if (send_once(h, body, len, out, e) < 0)
			return -1;
		if (out->status != 401)
			return 0;
		bool stale = h->has_offered && h->offered.stale;
		if (h->has_offered) {
			h->digest = h->offered;
			h->has_digest = true;
		}
		if (answered && !stale)
			h->refusals++;
		if (!h->has_offered || !h->has_login || (answered && !stale))
			break;
	}
	return err_set(e, ERR_LOGIN, "%s", h->has_login ? "the device refused the login"
							 : "the device wants a login");
}

bool
http_seen_pin(const struct http *h, uint8_t out[PIN_LEN])
{
	if (h->has_seen)
		memcpy(out, h->seen, PIN_LEN);
	return h->has_seen;
}

const char *
http_server(const struct http *h)
{
	return h->server;
}

const char *
http_realm(const struct http *h)
{
	return h->has_digest ? h->digest.realm : "";
}

const char *
http_tls_version(const struct http *h)
{
	return h->tls_version;
}

unsigned int
http_refusals(const struct http *h)
{
	return h->refusals;
}
