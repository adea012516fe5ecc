/* SPDX-License-Identifier: Apache-2.0 */
/* secret: passwords in memory, made, checked and wiped. */
#include "secret/secret.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { PASSWORD_LEN = 20, PASSWORD_MIN = 8, PASSWORD_MAX = 32 };

void
secret_wipe(struct secret *s)
{
	OPENSSL_cleanse(s, sizeof(*s));
}

bool
secret_set(struct secret *s, const void *data, size_t len)
{
	if (len >= sizeof(s->s) || memchr(data, '\0', len) != NULL)
		return false;
	memcpy(s->s, data, len);
	s->s[len] = '\0';
	s->len = len;
	return true;
}

bool
secret_equal(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && CRYPTO_memcmp(a->s, b->s, a->len) == 0;
}

int
secret_draw(size_t n, size_t *out, struct err *e)
{
	unsigned char byte;
	unsigned int limit = 256 - 256 % (unsigned int)n; /* bytes from there on would favour some */

	do {
		if (RAND_priv_bytes(&byte, 1) != 1)
			return err_set(e, ERR_SYSTEM, "the random generator failed");
	} while (byte >= limit);
	*out = byte % n;
	OPENSSL_cleanse(&byte, 1);
	return 0;
}

int
password_random(struct secret *out, struct err *e)
{
	static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
				      "!#$%*+-.=?@^_~";
	SCOPED(secret) struct secret made = { .len = PASSWORD_LEN };
	struct err ignored;

	do {
		for (size_t i = 0; i < PASSWORD_LEN; i++) {
			size_t k = 0;

			if (secret_draw(sizeof(letters) - 1, &k, e) < 0)
				return -1;
			made.s[i] = letters[k];
		}
		made.s[PASSWORD_LEN] = '\0';
	} while (password_check(&made, &ignored) < 0); /* a class is missing: draw again */
	*out = made;
	return 0;
}

int
password_check(const struct secret *s, struct err *e)
{
	bool upper = false, lower = false, digit = false, special = false;

	if (s->len < PASSWORD_MIN || s->len > PASSWORD_MAX)
		return err_set(e, ERR_PASSWORD_RULE, "password: %zu characters, want %d to %d", s->len,
		    PASSWORD_MIN, PASSWORD_MAX);
	for (size_t i = 0; i < s->len; i++) {
		unsigned char c = (unsigned char)s->s[i];

		if (c < 0x21 || c > 0x7e || strchr("\",:", c) != NULL)
			return err_set(e, ERR_PASSWORD_RULE,
			    "password: a blank, quote, comma, colon or non-ASCII character");
		upper |= isupper(c) != 0;
		lower |= islower(c) != 0;
		digit |= isdigit(c) != 0;
		special |= ispunct(c) != 0 && c != '_'; /* AMT counts '_' as a letter */
	}
	if (!upper || !lower || !digit || !special)
		return err_set(e, ERR_PASSWORD_RULE, "password: no %s",
		    !upper ? "upper-case letter" : !lower ? "lower-case letter"
						   : !digit ? "digit" : "special character");
	return 0;
}

void
secret_guard_process(void)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
