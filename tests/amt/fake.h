/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake: a device for one test: an HTTP server on 127.0.0.1 that plays the replies it was given, one
 * a request, and keeps the requests.
 */
#ifndef MUSTER_TESTS_AMT_FAKE_H
#define MUSTER_TESTS_AMT_FAKE_H

#include <openssl/ssl.h>

#include "amt/http.h"

enum fake_way {
	FAKE_HTTP,    /* status, headers, body */
	FAKE_RAW,     /* the body alone is all that is sent, then the connection ends */
	FAKE_HALF,    /* half of the body, then the connection ends */
	FAKE_HANG_UP, /* no answer */
	FAKE_RESTART, /* no answer, and no connection any more, as a device does that restarts */
	FAKE_SILENT,  /* no answer, and the connection stays */
	FAKE_TRICKLE, /* headers, then a byte now and then for ever */
};

struct fake_reply {
	enum fake_way way;
	int status;          /* 0: 200 */
	const char *headers; /* more lines, each with \r\n; may be NULL */
	const char *type;    /* content type; NULL: SOAP; "": none */
	const char *file;    /* a body from tests/amt/recorded, its RelatesTo patched */
	const char *body;    /* or a body as it is: "{id}" becomes the MessageID of the request */
	size_t fill;         /* or this many bytes 'x' */
	bool close;          /* the connection ends afterwards */
};

/* How the TLS side behaves; all zero: plain HTTP. */
struct fake_tls {
	X509 *cert;
	EVP_PKEY *key;
	int lowest, highest; /* versions; 0: the library's */
	bool ask;            /* for a client certificate */
	int refuse;          /* X509_V_ERR_...: refuse it for this reason */
	bool hang_up;        /* close the connection in the handshake */
	const char *babble;  /* answer the handshake with this text */
	const char *ciphers; /* NULL: the library's */
	const char *pid, *pps; /* a pre-shared key instead of a certificate */
};

struct fake;

struct fake *fake_start(const struct fake_tls *tls); /* tls NULL: plain */
void fake_stop(struct fake *f);
unsigned int fake_port(const struct fake *f);

/* fake_play: one more reply. fake_file: a recorded one. fake_text: a SOAP body of one's own. */
void fake_play(struct fake *f, const struct fake_reply *r);
void fake_file(struct fake *f, const char *file);
void fake_text(struct fake *f, const char *body);

/* fake_output: the output of a method: <METHOD_OUTPUT>inner</METHOD_OUTPUT>. */
void fake_output(struct fake *f, const char *method, const char *inner);

/* fake_fault: a SOAP fault with this subcode. */
void fake_fault(struct fake *f, const char *subcode);

/* What came: the number of requests, the body and the head of request n (from 0). */
size_t fake_count(struct fake *f);
const char *fake_body(struct fake *f, size_t n);
const char *fake_head(struct fake *f, size_t n);

size_t fake_left(struct fake *f);          /* replies not played yet */
unsigned int fake_connections(struct fake *f);
unsigned int fake_abandoned(struct fake *f); /* connections still open when the next one came */

/* The certificates that the client showed last, as sent: number, and common name of the nth. */
int fake_shown(struct fake *f);
void fake_shown_cn(struct fake *f, int n, char out[64]);

/* fake_client: a connection to the fake, with a call timeout of 5 s. */
struct http *fake_client(const struct fake *f);
struct http_conf fake_conf(const struct fake *f);

#endif
