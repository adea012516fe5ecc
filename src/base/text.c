/* SPDX-License-Identifier: Apache-2.0 */
/* text: strings from strangers made harmless, UTF-8 stepping, names checked. */
#include "base/text.h"

#include <ctype.h>
#include <string.h>

enum { LABEL_MAX = 63, NAME_MAX_LEN = 253, REPLACEMENT = 0xfffd };

uint32_t
text_next(const char **p)
{
	const unsigned char *s = (const unsigned char *)*p;
	uint32_t ch = s[0];
	int more = ch < 0x80 ? 0 : ch >= 0xf0 ? 3 : ch >= 0xe0 ? 2 : 1;
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };

	if (ch == 0)
		return 0;
	*p += 1;
	if (more == 0)
		return ch;
	if (ch < 0xc2 || ch > 0xf4)
		return REPLACEMENT;
	ch &= 0x3fU >> more;
	for (int i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return REPLACEMENT;
		ch = ch << 6 | (s[i] & 0x3fU);
	}
	if (ch < least[more] || ch > 0x10ffff || (ch >= 0xd800 && ch <= 0xdfff))
		return REPLACEMENT;
	*p += more;
	return ch;
}

size_t
text_put(char out[4], uint32_t ch)
{
	if (ch < 0x80) {
		out[0] = (char)ch;
		return 1;
	}
	size_t n = ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (ch & 0x3f));
		ch >>= 6;
	}
	out[0] = (char)((0xf00U >> n & 0xffU) | ch);
	return n;
}

/* Characters that a terminal obeys or that reorder what is shown. */
static bool
drives_terminal(uint32_t ch)
{
	return ch < 0x20 || (ch >= 0x7f && ch <= 0x9f) || ch == REPLACEMENT ||
	       (ch >= 0x200b && ch <= 0x200f) || (ch >= 0x2028 && ch <= 0x202e) ||
	       (ch >= 0x2066 && ch <= 0x2069) || ch == 0x061c || ch == 0xfeff;
}

void
text_clean(char *dst, size_t size, const char *src, size_t len)
{
	size_t used = 0;
	const char *p = src, *end = src + len;

	if (size == 0)
		return;
	while (p < end) {
		char ch[4];
		char copy[5] = { 0 };
		const char *q = copy;
		size_t left = (size_t)(end - p) < 4 ? (size_t)(end - p) : 4;

		memcpy(copy, p, left);
		uint32_t c = text_next(&q);
		p += q == copy ? 1 : q - copy;
		size_t n = drives_terminal(c) ? text_put(ch, '?') : text_put(ch, c);
		if (used + n >= size)
			break;
		memcpy(dst + used, ch, n);
		used += n;
	}
	dst[used] = '\0';
}

bool
text_copy(char *dst, size_t size, const char *src)
{
	size_t len = strlen(src);
	size_t n = len < size ? len : size - 1;

	while (n < len && n > 0 && ((unsigned char)src[n] & 0xc0) == 0x80)
		n--; /* not through the middle of a character */
	memcpy(dst, src, n);
	dst[n] = '\0';
	return n == len;
}

bool
dns_name_valid(const char *name)
{
	size_t label = 0, len = strlen(name);

	if (len == 0 || len > NAME_MAX_LEN)
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (name[i] == '.' || name[i] == '\0') {
			if (label == 0 || name[i - 1] == '-')
				return false;
			label = 0;
			continue;
		}
		if (!isascii(name[i]) || !(isalnum((unsigned char)name[i]) || name[i] == '-'))
			return false;
		if (label == 0 && name[i] == '-')
			return false;
		if (++label > LABEL_MAX)
			return false;
	}
	return true;
}

bool
fqdn_valid(const char *fqdn)
{
	return dns_name_valid(fqdn) && strchr(fqdn, '.') != NULL;
}

static int
hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

long
hex_decode(const char *hex, void *out, size_t size)
{
	unsigned char *o = out;
	size_t n = 0;
	int high = -1;

	for (; *hex != '\0'; hex++) {
		int d = hex_digit(*hex);

		if (d < 0) {
			if (high < 0 && strchr(" \t\r\n:-", *hex) != NULL)
				continue;
			return -1;
		}
		if (high < 0) {
			high = d;
			continue;
		}
		if (n == size)
			return -1;
		o[n++] = (unsigned char)(high << 4 | d);
		high = -1;
	}
	return high < 0 ? (long)n : -1;
}

void
hex_encode(char *out, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *d = data;

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[d[i] >> 4];
		out[2 * i + 1] = digits[d[i] & 15];
	}
	out[2 * len] = '\0';
}
