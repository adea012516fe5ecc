/* SPDX-License-Identifier: Apache-2.0 */
/* text: strings from strangers made harmless, UTF-8 stepping, names checked. */
#ifndef MUSTER_BASE_TEXT_H
#define MUSTER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

/*
 * text_clean: copy src to dst as text that cannot drive a terminal: control characters (C0, DEL,
 * C1), bytes that are not UTF-8, and the characters that turn the direction of writing become '?'.
 * Always ends with NUL; cuts at a character boundary. Threads: any.
 */
void text_clean(char *dst, size_t size, const char *src, size_t len);

/*
 * text_next: the character at *p, moving *p past it. 0 at the end of the string; U+FFFD for a byte
 * that is not UTF-8.
 */
uint32_t text_next(const char **p);

/* text_put: write one character as UTF-8 to out (no NUL); returns its 1 to 4 bytes. */
size_t text_put(char out[4], uint32_t ch);

/* text_copy: bounded copy; false when src did not fit (dst then holds the characters that did). */
bool text_copy(char *dst, size_t size, const char *src);

/*
 * fqdn_valid: a host name with at least one dot, labels of letters, digits and '-', 63 characters
 * a label, 253 in all. AMT takes 63 characters of host name and 191 of domain.
 * Source: protocol/wsman.md 7.1.1.
 */
bool fqdn_valid(const char *fqdn);

/* dns_name_valid: as fqdn_valid; one label alone is enough (a domain such as "corp"). */
bool dns_name_valid(const char *name);

/*
 * hex_decode: hex digits to bytes; blanks, ':' and line ends between digits are passed over.
 * Returns the number of bytes, or -1 (odd digits, a foreign character, more than size bytes).
 */
long hex_decode(const char *hex, void *out, size_t size);

/* hex_encode: lower-case hex with NUL; out holds 2 * len + 1. */
void hex_encode(char *out, const void *data, size_t len);

#endif
