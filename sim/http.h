/* SPDX-License-Identifier: Apache-2.0 */
/* http: requests as a device takes them. No I/O. Source: protocol/wsman.md 1.2, 1.3. */
#ifndef MUSTER_SIM_HTTP_H
#define MUSTER_SIM_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum {
	HTTP_HEAD_MAX = 8192, /* request line and headers */
	HTTP_BODY_MAX =
	    64 * 1024, /* firmware has little memory; the largest request is a certificate */
	HTTP_CHUNK_LINE = 64,
	HTTP_AUTH_MAX = 2048,
};

struct http_req {
	char method[16];
	char path[128];
	char authorization[HTTP_AUTH_MAX]; /* "" when there is none */
	bool keep_alive;
	struct buf body;
	size_t used; /* bytes of the input that belong to this request */
};

enum http_result {
	HTTP_MORE, /* not complete */
	HTTP_OK,
	HTTP_BAD, /* malformed, or larger than a device takes */
};

/* http_parse: read one request from the start of the input. Free out->body in all cases. */
enum http_result http_parse(const char *in, size_t len, struct http_req *out);

#endif
