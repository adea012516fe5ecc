/* SPDX-License-Identifier: Apache-2.0 */
/* uuid: the UUID of a device, between wire order and text. */
#include "base/uuid.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Text position -> wire position. */
static const uint8_t order[UUID_LEN] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

/* Seen on many boards; the last one is the placeholder of a firmware reference design. */
static const char *const shared[] = {
	"00000000-0000-0000-0000-000000000000",
	"ffffffff-ffff-ffff-ffff-ffffffffffff",
	"03000200-0400-0500-0006-000700080009",
};

void
uuid_text(const struct uuid *u, char out[UUID_TEXT])
{
	char hex[2 * UUID_LEN + 1];
	uint8_t t[UUID_LEN];

	for (int i = 0; i < UUID_LEN; i++)
		t[i] = u->b[order[i]];
	hex_encode(hex, t, sizeof(t));
	(void)snprintf(out, UUID_TEXT, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
	    hex + 20);
}

bool
uuid_parse(const char *text, struct uuid *out)
{
	char hex[2 * UUID_LEN + 1];
	uint8_t t[UUID_LEN];
	size_t n = 0, pos = 0;
	bool hyphens = strlen(text) == UUID_TEXT - 1;

	if (!hyphens && strlen(text) != 2 * UUID_LEN)
		return false;
	for (; text[pos] != '\0'; pos++) {
		bool here = pos == 8 || pos == 13 || pos == 18 || pos == 23;

		if (hyphens && here) {
			if (text[pos] != '-')
				return false;
			continue;
		}
		if (text[pos] == '-' || n == 2 * UUID_LEN)
			return false;
		hex[n++] = text[pos];
	}
	hex[n] = '\0';
	if (hex_decode(hex, t, sizeof(t)) != UUID_LEN)
		return false;
	for (int i = 0; i < UUID_LEN; i++)
		out->b[order[i]] = t[i];
	return true;
}

bool
uuid_bogus(const struct uuid *u)
{
	char text[UUID_TEXT];

	uuid_text(u, text);
	for (size_t i = 0; i < ARRAY_LEN(shared); i++)
		if (strcmp(text, shared[i]) == 0)
			return true;
	return false;
}
