/* SPDX-License-Identifier: Apache-2.0 */
/* http: POST to one device over one connection. */
#include "amt/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "amt/digest.h"
#include "amt/http_tls.h"
#include "base/clock.h"
#include "base/text.h"

/* A request of WS-Management. */
static const struct http_call wsman_call = { .path = "/wsman", .type = "application/soap+xml; charset=utf-8" };

enum { CALL_TRIES = 3, NEXT_MAX = 2, BUFFER_SIZE = 16384 /* libcurl's least for sending, where its default is 64 KiB a device */ };

struct login {
	char user[64];
	struct secret password;
};

struct http {
	struct http_conf conf;
	CURL *curl;
	char base[128]; /* of the URL: all before the path */
	struct login login, next[NEXT_MAX]; /* next: the first nnext are set */
	size_t nnext;
	bool has_login;
	struct digest digest;
	bool has_digest;
	struct digest offered; /* challenge of the reply being read */
	bool has_offered;
	struct http_reply *reply; /* being filled */
	const char *send;         /* of the body being sent: what is left */
	size_t send_left, send_len;
	bool kept; /* the connection has served a request before */
	char server[96], error[CURL_ERROR_SIZE];
	struct http_tls tls;
	bool too_big;
	bool proven; /* the login has been accepted since it was set */
	unsigned int refusals, timeout_s;
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

static CURLcode
on_context(CURL *curl, void *ctx, void *arg)
{
	struct http *h = arg;

	(void)curl;
	return http_tls_context(&h->tls, ctx) ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

static bool
set_options(struct http *h)
{
	CURL *c = h->curl;
	bool ok = true;

#define SET(option, value) ok = curl_easy_setopt(c, option, value) == CURLE_OK && ok
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
	bool old = h->conf.legacy || h->conf.only_tls10 || h->conf.psk != NULL;
	SET(CURLOPT_SSLVERSION, (long)(old ? CURL_SSLVERSION_TLSv1_0 : CURL_SSLVERSION_TLSv1_2));
	if (http_tls_ciphers(&h->conf) != NULL)
		SET(CURLOPT_SSL_CIPHER_LIST, http_tls_ciphers(&h->conf));
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
	h->tls.conf = &h->conf;
	(void)snprintf(h->base, sizeof(h->base), "%s://%s%.60s%s:%u", conf->tls ? "https" : "http", v6 ? "[" : "",
	    conf->address, v6 ? "]" : "", conf->port);
	h->curl = curl_easy_init();
	if (h->curl == NULL || !set_options(h)) {
		http_free(h);
		return err_set(e, ERR_SYSTEM, "the HTTP library refused its options");
	}
	*out = h;
	return 0;
}

static void
forget_logins(struct http *h)
{
	secret_wipe(&h->login.password);
	for (size_t i = 0; i < NEXT_MAX; i++)
		secret_wipe(&h->next[i].password);
	h->nnext = 0;
	h->has_login = h->proven = false;
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	curl_easy_cleanup(h->curl);
	forget_logins(h);
	free(h);
}

void
http_login(struct http *h, const char *user, const struct secret *password)
{
	forget_logins(h);
	h->has_login = password != NULL;
	if (password == NULL)
		return;
	(void)text_copy(h->login.user, sizeof(h->login.user), user);
	h->login.password = *password;
}

void
http_login_next(struct http *h, const char *user, const struct secret *password)
{
	h->next[1] = h->next[0];
	(void)text_copy(h->next[0].user, sizeof(h->next[0].user), user);
	h->next[0].password = *password;
	h->nnext = h->nnext < NEXT_MAX ? h->nnext + 1 : NEXT_MAX;
}

/* The next login instead of the one that was refused; false: there is none. */
static bool
take_next(struct http *h)
{
	if (h->nnext == 0)
		return false;
	h->login = h->next[0];
	h->next[0] = h->next[1];
	secret_wipe(&h->next[1].password);
	h->nnext--;
	h->has_login = true;
	h->proven = false;
	return true;
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
	h->tls.handshaken = h->kept = h->proven = false; /* a device that restarted may want another login */
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
	if (h->conf.tls && http_tls_why(&h->tls, e) < 0)
		return -1;
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
		if (h->conf.tls && !h->tls.handshaken)
			return err_set(e, ERR_TLS, "TLS: connection closed in the handshake");
		return err_set(e, ERR_LOST, "connection lost: %s", h->error);
	default:
		return err_set(e, ERR_ANSWER, "not an HTTP answer: %s", h->error[0] != '\0' ? h->error : curl_easy_strerror(rc));
	}
}

/* The header lines of a request. Free with curl_slist_free_all. */
static struct curl_slist *
headers(struct http *h, const struct http_call *call, const void *body, size_t len, bool *authorized, int *rc, struct err *e)
{
	SCOPED(buf) struct buf line = { 0 };
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");

	buf_printf(&line, "Content-Type: %s", call->type);
	list = curl_slist_append(list, buf_str(&line));
	if (call->action != NULL) {
		buf_reset(&line);
		buf_printf(&line, "SOAPAction: \"%s\"", call->action);
		list = curl_slist_append(list, buf_str(&line));
	}
	*authorized = h->has_digest && h->has_login;
	if (*authorized) {
		buf_reset(&line);
		buf_puts(&line, "Authorization: ");
		*rc = digest_authorize(&h->digest, h->login.user, &h->login.password, call->path, body, len, NULL, &line, e);
		list = curl_slist_append(list, buf_str(&line));
	}
	return list;
}

/* Tells the debug trace, with what the call hides left out on both sides. */
static void
trace(struct http *h, const struct http_call *call, const void *body, size_t len, bool authorized, const struct http_reply *reply,
    const struct err *why, int64_t from_ms)
{
	SCOPED(buf) struct buf asked = { 0 };
	SCOPED(http_reply) struct http_reply got = { 0 };
	struct http_exchange x = { .path = call->path, .action = call->action, .request = body, .len = len, .authorized = authorized,
		.reply = reply, .why = why, .took_ms = clock_ms() - from_ms };

	if (h->conf.trace == NULL)
		return;
	if (call->nhidden > 0) {
		http_hide(call->hidden, call->nhidden, body, len, &asked);
		x.request = buf_str(&asked);
		x.len = asked.len;
	}
	if (call->nhidden > 0 && reply != NULL) {
		got = (struct http_reply){ .status = reply->status, .soap = reply->soap };
		http_hide(call->hidden, call->nhidden, buf_str(&reply->body), reply->body.len, &got.body);
		x.reply = &got;
	}
	h->conf.trace(h->conf.trace_arg, &x);
}

static int
send_once(struct http *h, const struct http_call *call, const void *body, size_t len, struct http_reply *out, struct err *e)
{
	char url[256];
	int64_t from = clock_ms();
	int rc = 0;
	bool authorized;
	struct curl_slist *list = headers(h, call, body, len, &authorized, &rc, e);

	buf_reset(&out->body);
	out->soap = false;
	h->reply = out;
	h->too_big = h->has_offered = false;
	http_tls_begin(&h->tls);
	h->error[0] = '\0';
	unsigned int timeout = h->timeout_s != 0 ? h->timeout_s : h->conf.call_timeout_s;
	(void)snprintf(url, sizeof(url), "%s%s", h->base, call->path);
	(void)curl_easy_setopt(h->curl, CURLOPT_URL, url);
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
	trace(h, call, body, len, authorized, rc == 0 ? out : NULL, e, from);
	return rc;
}

int
http_call(struct http *h, const struct http_call *call, const void *body, size_t len, struct http_reply *out, struct err *e)
{
	/* At most: without a nonce, with one, with the one that replaces a stale one; and again with the next login. */
	for (int tries = 0; tries < CALL_TRIES; tries++) {
		bool answered = h->has_digest && h->has_login, proven = h->proven;

		if (send_once(h, call, body, len, out, e) < 0)
			return -1;
		h->proven = answered && out->status != 401;
		if (out->status != 401)
			return 0;
		/* A login that was good before is good still: the device has only made a new nonce. */
		bool stale = h->has_offered && (h->offered.stale || (proven && strcmp(h->offered.nonce, h->digest.nonce) != 0));
		if (h->has_offered) {
			h->digest = h->offered;
			h->has_digest = true;
		}
		if (answered && !stale)
			h->refusals++;
		if ((h->has_offered || h->has_digest) && (!h->has_login || (answered && !stale)) && take_next(h)) {
			tries = 0;
			continue;
		}
		if (!h->has_offered || !h->has_login || (answered && !stale))
			break;
	}
	return err_set(e, ERR_LOGIN, "%s", h->has_login ? "the device refused the login"
							 : "the device wants a login");
}

int
http_post(struct http *h, const void *body, size_t len, struct http_reply *out, struct err *e)
{
	return http_call(h, &wsman_call, body, len, out, e);
}

void
http_hide(const struct http_part *parts, size_t n, const char *text, size_t len, struct buf *out)
{
	for (const char *p = text, *end = text + len; p < end;) {
		size_t i = 0;

		while (i < n && (parts[i].len == 0 || parts[i].len > (size_t)(end - p) || memcmp(parts[i].p, p, parts[i].len) != 0))
			i++;
		if (i < n)
			buf_printf(out, "(%zu characters)", parts[i].len);
		else
			buf_add(out, p, 1);
		p += i < n ? parts[i].len : 1;
	}
}

bool
http_alive(struct http *h)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	char byte;

	if (curl_easy_getinfo(h->curl, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD)
		return false;
	/* Nothing may come by itself: what does is an end. */
	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

bool
http_seen_pin(const struct http *h, uint8_t out[PIN_LEN])
{
	if (h->tls.has_seen)
		memcpy(out, h->tls.seen, PIN_LEN);
	return h->tls.has_seen;
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
	return h->tls.version;
}

unsigned int
http_refusals(const struct http *h)
{
	return h->refusals;
}
