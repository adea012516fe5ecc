/* SPDX-License-Identifier: Apache-2.0 */
/* buf: a growing buffer with a limit, always ended by a NUL that is not counted. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 256 };

static bool
room(struct buf *b, size_t more)
{
	size_t want = b->len + more + 1;

	if (b->bad || want < more || (b->max != 0 && b->len + more > b->max)) {
		b->bad = true;
		return false;
	}
	if (want <= b->cap)
		return true;
	size_t cap = b->cap == 0 ? FIRST_CAP : b->cap;
	while (cap < want)
		cap *= 2;
	char *p = malloc(cap);
	if (p == NULL) {
		b->bad = true;
		return false;
	}
	if (b->p != NULL) {
		memcpy(p, b->p, b->len + 1);
		explicit_bzero(b->p, b->cap);
		free(b->p);
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	if (!room(b, len))
		return;
	if (len > 0)
		memcpy(b->p + b->len, data, len);
	b->len += len;
	b->p[b->len] = '\0';
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		b->bad = true;
	else if (room(b, (size_t)n)) {
		(void)vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void
buf_xml(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '&':
			buf_puts(b, "&amp;");
			break;
		case '<':
			buf_puts(b, "&lt;");
			break;
		case '>':
			buf_puts(b, "&gt;");
			break;
		case '"':
			buf_puts(b, "&quot;");
			break;
		case '\'':
			buf_puts(b, "&apos;");
			break;
		default:
			buf_add(b, s, 1);
		}
	}
}

const char *
buf_str(const struct buf *b)
{
	return b->p == NULL ? "" : b->p;
}

char *
buf_steal(struct buf *b)
{
	char *p = b->p;

	if (p == NULL)
		p = strdup("");
	b->p = NULL;
	b->len = b->cap = 0;
	return p;
}

void
buf_reset(struct buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->len);
	b->len = 0;
	b->bad = false;
}

void
buf_free(struct buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->cap);
	free(b->p);
	*b = (struct buf){ .max = b->max };
}
