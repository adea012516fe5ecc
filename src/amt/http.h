/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: POST to one device over one connection (libcurl), with the TLS rules of old and new firmware,
 * certificate pinning or a pre-shared key, Digest login and bounds on everything that comes back.
 */
#ifndef MUSTER_AMT_HTTP_H
#define MUSTER_AMT_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "amt/identity.h"
#include "base/buf.h"
#include "secret/secret.h"

enum {
	AMT_PORT = 16992,
	AMT_PORT_TLS = 16993,
	PIN_LEN = 32,
	PIN_MAX = 8,
	/* The largest recorded reply has 21 KB; enumerations of full stores stay far below this. */
	HTTP_BODY_MAX = 1 << 20,
};

struct http_reply {
	long status;
	bool soap;       /* the content type is a SOAP one */
	struct buf body; /* owned */
};
void http_reply_free(struct http_reply *r);
static inline void
http_reply_scoped(struct http_reply *r)
{
	http_reply_free(r);
}

/* One request and what came of it, for a debug trace: valid during the call only, secrets not masked. */
struct http_exchange {
	const char *path, *action; /* action: SOAPAction, NULL: none */
	const char *request;       /* without what the call hides; so is the reply */
	size_t len;
	bool authorized;           /* it went out with an answer to a challenge */
	const struct http_reply *reply; /* NULL: none came, and why says why */
	const struct err *why;
	int64_t took_ms;
};

/* A pre-shared key as it goes out: which forms are tried is in http_psk.h. */
struct http_psk {
	char identity[64];
	struct secret key;
};

struct http_conf {
	const char *address;             /* numeric IPv4 or IPv6 */
	unsigned int port;
	bool tls;
	bool legacy;                     /* allow TLS 1.0 and 1.1 and old algorithms, here only */
	bool only_tls10;                 /* the same, and nothing newer is offered */
	const struct http_psk *psk;      /* TLS-PSK instead of certificates, old algorithms allowed; may be NULL */
	const struct identity *identity; /* shown when the device asks; may be NULL */
	/*
	 * SHA-256 of the certificates the device may show. None: the first one seen becomes the only
	 * one allowed on this struct http (it is in seen afterwards).
	 */
	uint8_t pins[PIN_MAX][PIN_LEN];
	size_t npins;
	unsigned int connect_timeout_s, call_timeout_s;
	/* Asked about once a second during a call; true ends it. May be NULL. */
	bool (*give_up)(void *arg);
	void *give_up_arg;
	/* Told of every exchange. May be NULL. */
	void (*trace)(void *arg, const struct http_exchange *x);
	void *trace_arg;
};

struct http; /* one connection; used by one thread at a time */

/* http_init: once per process, before threads start. */
void http_init(void);

/*
 * http_new: no connection is made yet. *conf is copied, what it points to must live as long.
 * ERR_MEMORY.
 */
MUST_CHECK int http_new(const struct http_conf *conf, struct http **out, struct err *e);
void http_free(struct http *h); /* takes NULL */

/* http_login: what to answer a challenge with from now on; password NULL: nothing. Copied. */
void http_login(struct http *h, const char *user, const struct secret *password);

/*
 * http_login_next: a password that may be in force already, or will be: when the login is refused, this one takes
 * its place, and the request is sent once more with it. Of several the one given last comes first; two are kept.
 * Copied; http_login forgets them.
 */
void http_login_next(struct http *h, const char *user, const struct secret *password);

/* A part of a request that is secret. */
struct http_part {
	const char *p;
	size_t len;
};

/* How a request is sent. */
struct http_call {
	const char *path, *type; /* "/wsman", and the content type */
	const char *action;      /* SOAPAction, without quotes; NULL: none */
	const struct http_part *hidden; /* never shown to the trace, wherever they occur */
	size_t nhidden;
};

/*
 * http_call: send one request and read its reply. A challenge is answered once with the login set by
 * http_login, once more when the device calls the nonce stale or makes a new one for a login that it
 * accepted before.
 *
 * Returns	0 with any HTTP status but 401, or -1:
 *		ERR_CONTACT no connection; ERR_TLS, ERR_TLS_REFUSED (an alert after our certificate),
 *		ERR_TLS_PIN, ERR_TLS_CIPHER (old TLS was offered, and no cipher is in common),
 *		ERR_PSK_IDENTITY, ERR_PSK_KEY; ERR_LOGIN a challenge that the login did not satisfy (or none
 *		was set); ERR_TIMEOUT, ERR_LOST after the request may have been acted on; ERR_BODY_SIZE,
 *		ERR_ANSWER not HTTP; ERR_STOPPED give_up said so
 */
MUST_CHECK int http_call(struct http *h, const struct http_call *call, const void *body, size_t len,
    struct http_reply *out, struct err *e);

/* http_post: the same for a request of WS-Management. */
MUST_CHECK int http_post(
    struct http *h, const void *body, size_t len, struct http_reply *out, struct err *e);

/* http_hide: append a text with "(N characters)" in place of each of the parts. */
void http_hide(const struct http_part *parts, size_t n, const char *text, size_t len, struct buf *out);

/* http_timeout: call timeout of the next posts, in seconds; 0: as configured. */
void http_timeout(struct http *h, unsigned int seconds);

/* http_close: drop the connection; the next post makes a new one. */
void http_close(struct http *h);

/* http_alive: does the connection of the last request still stand? */
bool http_alive(struct http *h);

/* What is known of the device at the other end. */
bool http_seen_pin(const struct http *h, uint8_t out[PIN_LEN]); /* its certificate; false: none yet */
const char *http_server(const struct http *h);                  /* Server header, "" before a reply */
const char *http_realm(const struct http *h);                   /* realm of the last challenge, or "" */
const char *http_tls_version(const struct http *h);             /* "TLSv1.2", or "" */
unsigned int http_refusals(const struct http *h);               /* logins refused so far */

#endif
