/* SPDX-License-Identifier: Apache-2.0 */
/* rows: reading what a statement gave, and writing array and bytea parameters. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/pq.h"

struct rows *
rows_wrap(PGresult *res)
{
	struct rows *r = malloc(sizeof(*r));

	if (r == NULL) {
		PQclear(res);
		return NULL;
	}
	r->res = res;
	return r;
}

void
rows_free(struct rows *r)
{
	if (r == NULL)
		return;
	PQclear(r->res);
	free(r);
}

size_t
rows_count(const struct rows *r)
{
	return (size_t)PQntuples(r->res);
}

const char *
rows_text(const struct rows *r, size_t row, int col)
{
	return PQgetvalue(r->res, (int)row, col);
}

bool
rows_null(const struct rows *r, size_t row, int col)
{
	return PQgetisnull(r->res, (int)row, col) != 0;
}

int64_t
rows_int(const struct rows *r, size_t row, int col)
{
	return strtoll(rows_text(r, row, col), NULL, 10);
}

bool
rows_bool(const struct rows *r, size_t row, int col)
{
	return rows_text(r, row, col)[0] == 't';
}

long
rows_bytes(const struct rows *r, size_t row, int col, void *out, size_t size)
{
	const char *t = rows_text(r, row, col);

	if (strncmp(t, "\\x", 2) != 0)
		return 0;
	return hex_decode(t + 2, out, size);
}

uint8_t *
rows_bytes_new(const struct rows *r, size_t row, int col, size_t *len)
{
	size_t room = strlen(rows_text(r, row, col)) / 2 + 1;
	uint8_t *p = calloc(1, room);
	long n = p == NULL ? 0 : rows_bytes(r, row, col, p, room);

	*len = n < 0 ? 0 : (size_t)n;
	return p;
}

static void
separate(struct buf *b)
{
	buf_puts(b, b->len == 0 ? "{" : ",");
}

void
array_text(struct buf *b, const char *text)
{
	separate(b);
	if (text == NULL) {
		buf_puts(b, "NULL");
		return;
	}
	buf_puts(b, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_puts(b, "\\");
		buf_add(b, text, 1);
	}
	buf_puts(b, "\"");
}

void
array_int(struct buf *b, int64_t v)
{
	separate(b);
	buf_printf(b, "%" PRId64, v);
}

void
array_bytes(struct buf *b, const void *data, size_t len)
{
	separate(b);
	buf_puts(b, "\"\\");
	bytea_text(b, data, len);
	buf_puts(b, "\"");
}

const char *
array_end(struct buf *b)
{
	buf_puts(b, b->len == 0 ? "{}" : "}");
	return buf_str(b);
}

void
array_texts(struct buf *b, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		array_text(b, texts[i]);
	(void)array_end(b);
}

void
bytea_text(struct buf *b, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *d = data;

	buf_puts(b, "\\x");
	for (size_t i = 0; i < len; i++) {
		char two[2] = { digits[d[i] >> 4], digits[d[i] & 15] };

		buf_add(b, two, 2);
	}
}
