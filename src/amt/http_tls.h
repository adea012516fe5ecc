/* SPDX-License-Identifier: Apache-2.0 */
/* http_tls: the TLS rules of one connection: versions, ciphers, pins, pre-shared key, and what an alert means. */
#ifndef MUSTER_AMT_HTTP_TLS_H
#define MUSTER_AMT_HTTP_TLS_H

#include "amt/http.h"

struct http_tls {
	struct http_conf *conf; /* of the struct http this is in; its pins may grow */
	uint8_t seen[PIN_LEN];
	bool has_seen, pin_wrong, handshaken;
	int alert;  /* received, -1: none */
	bool early; /* it came in answer to our first message: nothing but versions and ciphers was said */
	char version[16];
};

/* http_tls_ciphers: the cipher list of OpenSSL for the connection; NULL: the library's own. */
const char *http_tls_ciphers(const struct http_conf *conf);

/* http_tls_context: puts the rules into an SSL_CTX. false: it refused them. */
MUST_CHECK bool http_tls_context(struct http_tls *t, void *ssl_ctx);

/* http_tls_begin: before a request. */
void http_tls_begin(struct http_tls *t);

/* http_tls_why: what a failed request says of TLS: 0: nothing, or -1 with an error of http_post. */
int http_tls_why(const struct http_tls *t, struct err *e);

#endif
