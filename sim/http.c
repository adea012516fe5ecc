/* SPDX-License-Identifier: Apache-2.0 */
/* http: requests as a device takes them. */
#include "sim/http.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* What the headers said about the body. */
struct framing {
	bool chunked, has_length;
	size_t length;
};

static bool
request_line(char *line, struct http_req *out)
{
	char *rest = line;
	const char *method = strsep(&rest, " ");
	const char *path = strsep(&rest, " ");

	if (path == NULL || rest == NULL)
		return false;
	out->keep_alive = strcmp(rest, "HTTP/1.1") == 0;
	return (out->keep_alive || strcmp(rest, "HTTP/1.0") == 0) && method[0] != '\0' &&
	       path[0] == '/' && text_copy(out->method, sizeof(out->method), method) &&
	       text_copy(out->path, sizeof(out->path), path);
}

static bool
content_length(const char *value, struct framing *f)
{
	char *end;

	errno = 0;
	if (f->has_length || !isdigit((unsigned char)*value))
		return false;
	unsigned long n = strtoul(value, &end, 10);
	f->has_length = true;
	f->length = n;
	return errno == 0 && *end == '\0' && n <= HTTP_BODY_MAX;
}

/* A word of a list with commas. */
static bool
has_token(const char *list, const char *token)
{
	size_t n = strlen(token);

	for (const char *p = list; *p != '\0'; p += strcspn(p, ","), p += *p == ',' ? 1 : 0) {
		p += strspn(p, " \t");
		if (strncasecmp(p, token, n) == 0 && strchr(", \t", p[n]) != NULL)
			return true;
	}
	return false;
}

static bool
header_line(char *line, struct http_req *out, struct framing *f)
{
	char *value = strchr(line, ':');

	if (value == NULL || value == line || isspace((unsigned char)line[0]))
		return false;
	*value++ = '\0';
	value += strspn(value, " \t");
	size_t n = strlen(value);
	while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'))
		value[--n] = '\0';
	if (strcasecmp(line, "Content-Length") == 0)
		return content_length(value, f);
	if (strcasecmp(line, "Transfer-Encoding") == 0) {
		f->chunked = strcasecmp(value, "chunked") == 0;
		return f->chunked;
	}
	if (strcasecmp(line, "Authorization") == 0)
		return text_copy(out->authorization, sizeof(out->authorization), value);
	if (strcasecmp(line, "Connection") == 0 && has_token(value, "close"))
		out->keep_alive = false;
	return true;
}

static bool
read_head(const char *in, size_t len, struct http_req *out, struct framing *f)
{
	char head[HTTP_HEAD_MAX + 1];
	char *rest = head;

	if (memchr(in, '\0', len) != NULL)
		return false;
	memcpy(head, in, len);
	head[len] = '\0';
	for (bool first = true; rest != NULL && *rest != '\0'; first = false) {
		char *line = strsep(&rest, "\n");
		size_t n = strlen(line);

		if (n > 0 && line[n - 1] == '\r')
			line[n - 1] = '\0';
		if (first ? !request_line(line, out) : !header_line(line, out, f))
			return false;
	}
	return !(f->chunked && f->has_length);
}

/* One chunk per round, from *at; HTTP_OK past the last one. */
static enum http_result
read_chunks(const char *in, size_t len, size_t *at, struct buf *body)
{
	for (;;) {
		const char *p = in + *at;
		size_t left = len - *at;
		const char *nl = memchr(p, '\n', left < HTTP_CHUNK_LINE ? left : HTTP_CHUNK_LINE);
		char *end;

		if (nl == NULL)
			return left < HTTP_CHUNK_LINE ? HTTP_MORE : HTTP_BAD;
		if (!isxdigit((unsigned char)*p))
			return HTTP_BAD;
		unsigned long size = strtoul(p, &end, 16);
		if (end > nl || strchr("\r\n; \t", *end) == NULL || size > HTTP_BODY_MAX)
			return HTTP_BAD;
		size_t head = (size_t)(nl + 1 - p);
		if (left < head + size + 2)
			return HTTP_MORE;
		if (memcmp(p + head + size, "\r\n", 2) != 0)
			return HTTP_BAD;
		buf_add(body, p + head, size);
		if (body->bad)
			return HTTP_BAD;
		*at += head + size + 2;
		if (size == 0)
			return HTTP_OK;
	}
}

enum http_result
http_parse(const char *in, size_t len, struct http_req *out)
{
	struct framing f = { 0 };

	*out = (struct http_req){ .body = { .max = HTTP_BODY_MAX } };
	const char *end = memmem(in, len, "\r\n\r\n", 4);
	if (end == NULL)
		return len > HTTP_HEAD_MAX ? HTTP_BAD : HTTP_MORE;
	size_t at = (size_t)(end + 4 - in);
	if (at > HTTP_HEAD_MAX || !read_head(in, at - 2, out, &f))
		return HTTP_BAD;
	if (f.chunked) {
		enum http_result r = read_chunks(in, len, &at, &out->body);

		out->used = at;
		return r;
	}
	if (len - at < f.length)
		return HTTP_MORE;
	buf_add(&out->body, in + at, f.length);
	out->used = at + f.length;
	return HTTP_OK;
}
