/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret: a password in memory. It is a struct, so no %s takes it; it is wiped when it goes out of
 * scope; the programs switch off core files (secret_guard_process).
 */
#ifndef MUSTER_SECRET_SECRET_H
#define MUSTER_SECRET_SECRET_H

#include <stdbool.h>

#include "base/err.h"

enum { SECRET_MAX = 256 };

struct secret {
	size_t len;
	char s[SECRET_MAX]; /* ended by a NUL */
};

void secret_wipe(struct secret *s);
static inline void
secret_scoped(struct secret *s)
{
	secret_wipe(s);
}

/* secret_set: copy len bytes; false when they do not fit or hold a NUL. */
MUST_CHECK bool secret_set(struct secret *s, const void *data, size_t len);

/* secret_equal: in constant time for equal lengths. */
bool secret_equal(const struct secret *a, const struct secret *b);

/*
 * secret_draw: a uniform index below n, which is 1 to 256, from the system's random source. ERR_SYSTEM.
 */
MUST_CHECK int secret_draw(size_t n, size_t *out, struct err *e);

/*
 * password_random: a password of 20 characters that AMT and MEBx take: upper, lower, digit and
 * special; no quote, comma or colon; no characters that look alike. ERR_SYSTEM when the random
 * generator fails.
 * Source: protocol/wsman.md 7.3, 7.4.
 */
MUST_CHECK int password_random(struct secret *out, struct err *e);

/*
 * password_check: the rule for admin and MEBx passwords: 8 to 32 printable ASCII characters with at
 * least one upper, lower, digit and special; none of " , : . ERR_PASSWORD_RULE says which part of
 * the rule is broken, never the password.
 * Source: protocol/wsman.md 7.4; requirements A4 93.
 */
MUST_CHECK int password_check(const struct secret *s, struct err *e);

/*
 * secret_guard_process: no core files, no ptrace by others of the same user. Call first in main.
 */
void secret_guard_process(void);

#endif
