/* SPDX-License-Identifier: Apache-2.0 */
/* http_psk: how PID and PPS go out in a TLS-PSK session. Source: protocol/setup.md 2.1, 2.4. */
#include "amt/http_psk.h"

#include <string.h>

enum { GROUP = 4 };

static const struct {
	bool pid_dashed, pps_dashed;
	const char *what;
} forms[] = {
	{ false, false, "without hyphens" },
	{ true, true, "with hyphens" },
};

/* Bare, or in groups of four; the length, 0 when it does not fit. */
static size_t
shape(const char *text, size_t len, bool dashed, char *out, size_t size)
{
	size_t n = 0, bare = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '-')
			continue;
		if (n + 2 >= size)
			return 0;
		if (dashed && bare > 0 && bare % GROUP == 0)
			out[n++] = '-';
		out[n++] = text[i];
		bare++;
	}
	out[n] = '\0';
	return n;
}

const char *
http_psk_form(size_t n, const char *pid, const struct secret *pps, struct http_psk *out)
{
	char key[SECRET_MAX];
	bool good = n < ARRAY_LEN(forms);

	if (good) {
		size_t len = shape(pps->s, pps->len, forms[n].pps_dashed, key, sizeof(key));

		good = shape(pid, strlen(pid), forms[n].pid_dashed, out->identity, sizeof(out->identity)) > 0 && len > 0 &&
		       secret_set(&out->key, key, len);
		explicit_bzero(key, sizeof(key));
	}
	return good ? forms[n].what : NULL;
}
