/* SPDX-License-Identifier: Apache-2.0 */
/* buf: a growing buffer with a limit, always ended by a NUL that is not counted. */
#ifndef MUSTER_BASE_BUF_H
#define MUSTER_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

/*
 * Start with { 0 }, or with a limit: { .max = 1 << 20 }. The first append that does not fit (limit
 * or memory) sets bad, and then nothing is added any more: check bad once at the end. The old bytes
 * are wiped when the buffer moves or is freed, so it may hold secrets.
 */
struct buf {
	char *p;    /* NULL while empty; owned */
	size_t len;
	size_t cap;
	size_t max; /* 0: no limit of its own */
	bool bad;
};

void buf_add(struct buf *b, const void *data, size_t len);
void buf_puts(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* buf_xml: the text with & < > " ' as character references. */
void buf_xml(struct buf *b, const char *s);

/* buf_str: the content as a string, "" while empty; valid until the next change. */
const char *buf_str(const struct buf *b);

/* buf_steal: hand the string over to the caller (free it); the buffer is empty afterwards. */
char *buf_steal(struct buf *b);

/* buf_reset: forget the content, keep the memory. buf_free: wipe and free. */
void buf_reset(struct buf *b);
void buf_free(struct buf *b);
static inline void
buf_scoped(struct buf *b)
{
	buf_free(b);
}

#endif
