/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: POST /wsman to one device over one connection (libcurl), with the TLS rules of old and new
 * firmware, certificate pinning, Digest login and bounds on everything that comes back.
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
	const char *request;
	size_t len;
	bool authorized;                /* it went out with an answer to a challenge */
	const struct http_reply *reply; /* NULL: none came, and why says why */
	const struct err *why;
	int64_t took_ms;
};

struct http_conf {
	const char *address;             /* numeric IPv4 or IPv6 */
	unsigned int port;
	bool tls;
	bool legacy;                     /* allow TLS 1.0 and 1.1 and old algorithms, here only */
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
 * http_post: send one request and read its reply. A challenge is answered once with the login set
 * by http_login, once more when the device calls the nonce stale.
 *
 * Returns	0 with any HTTP status but 401, or -1:
 *		ERR_CONTACT no connection; ERR_TLS, ERR_TLS_REFUSED (an alert after our certificate),
 *		ERR_TLS_PIN; ERR_LOGIN a challenge that the login did not satisfy (or none was set);
 *		ERR_TIMEOUT, ERR_LOST after the request may have been acted on; ERR_BODY_SIZE,
 *		ERR_ANSWER not HTTP; ERR_STOPPED give_up said so
 */
MUST_CHECK int http_post(
    struct http *h, const void *body, size_t len, struct http_reply *out, struct err *e);

/* http_timeout: call timeout of the next posts, in seconds; 0: as configured. */
void http_timeout(struct http *h, unsigned int seconds);

/* http_close: drop the connection; the next post makes a new one. */
void http_close(struct http *h);

/* What is known of the device at the other end. */
bool http_seen_pin(const struct http *h, uint8_t out[PIN_LEN]); /* its certificate; false: none yet */
const char *http_server(const struct http *h);                  /* Server header, "" before a reply */
const char *http_realm(const struct http *h);                   /* realm of the last challenge, or "" */
const char *http_tls_version(const struct http *h);             /* "TLSv1.2", or "" */
unsigned int http_refusals(const struct http *h);               /* logins refused so far */

#endif
