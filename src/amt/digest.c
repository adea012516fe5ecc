/* SPDX-License-Identifier: Apache-2.0 */
/* digest: HTTP Digest as AMT speaks it. */
#include "amt/digest.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

struct part {
	const void *p;
	size_t len;
};

static bool
md5(const struct part *parts, size_t n, unsigned char out[16])
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool ok = c != NULL && EVP_DigestInit_ex(c, EVP_md5(), NULL) == 1;

	for (size_t i = 0; ok && i < n; i++)
		ok = EVP_DigestUpdate(c, parts[i].p, parts[i].len) == 1;
	ok = ok && EVP_DigestFinal_ex(c, out, NULL) == 1;
	EVP_MD_CTX_free(c);
	return ok;
}

/* MD5 of texts joined by ":", as hex. */
static bool
md5_joined(const char *const *texts, size_t n, char out[DIGEST_MD5_HEX])
{
	struct part parts[16];
	unsigned char md[16];
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			parts[k++] = (struct part){ ":", 1 };
		parts[k++] = (struct part){ texts[i], strlen(texts[i]) };
	}
	if (!md5(parts, k, md))
		return false;
	hex_encode(out, md, sizeof(md));
	return true;
}

/* One name="value" or name=value; moves *p past it and the separators after it. */
static bool
next_pair(const char **p, char *name, size_t name_size, char *value, size_t value_size)
{
	const char *s = *p;
	size_t n = 0, v = 0;

	while (*s == ' ' || *s == ',' || *s == '\t')
		s++;
	while ((isalnum((unsigned char)*s) || *s == '-') && n + 1 < name_size)
		name[n++] = *s++;
	name[n] = '\0';
	while (*s == ' ')
		s++;
	if (n == 0 || *s != '=')
		return false;
	s++;
	while (*s == ' ')
		s++;
	bool quoted = *s == '"';
	if (quoted)
		s++;
	while (*s != '\0' && (quoted ? *s != '"' : *s != ',' && *s != ' ')) {
		if (quoted && *s == '\\' && s[1] != '\0')
			s++;
		if ((unsigned char)*s < 0x20 || v + 1 >= value_size)
			return false;
		value[v++] = *s++;
	}
	value[v] = '\0';
	if (quoted && *s == '"')
		s++;
	*p = s;
	return true;
}

static void
read_qop(const char *value, struct digest *d)
{
	d->has_qop = true;
	for (const char *s = value; *s != '\0';) {
		size_t n = strcspn(s, ", ");

		d->auth |= n == 4 && strncasecmp(s, "auth", 4) == 0;
		d->auth_int |= n == 8 && strncasecmp(s, "auth-int", 8) == 0;
		s += n;
		s += strspn(s, ", ");
	}
}

bool
digest_challenge(const char *value, struct digest *d)
{
	struct digest got = { 0 };
	char name[32], text[160];

	while (*value == ' ')
		value++;
	if (strncasecmp(value, "Digest ", 7) != 0)
		return false;
	value += 7;
	while (next_pair(&value, name, sizeof(name), text, sizeof(text))) {
		bool fits = true;

		if (strcasecmp(name, "realm") == 0)
			fits = text_copy(got.realm, sizeof(got.realm), text);
		else if (strcasecmp(name, "nonce") == 0)
			fits = text_copy(got.nonce, sizeof(got.nonce), text);
		else if (strcasecmp(name, "opaque") == 0)
			fits = text_copy(got.opaque, sizeof(got.opaque), text);
		else if (strcasecmp(name, "qop") == 0)
			read_qop(text, &got);
		else if (strcasecmp(name, "stale") == 0)
			got.stale = strcasecmp(text, "true") == 0;
		else if (strcasecmp(name, "algorithm") == 0)
			fits = strcasecmp(text, "MD5") == 0;
		if (!fits)
			return false;
	}
	if (got.realm[0] == '\0' || got.nonce[0] == '\0' || (got.has_qop && !got.auth && !got.auth_int))
		return false;
	*d = got;
	return true;
}

int
digest_ha1(const char *user, const char *realm, const struct secret *password, unsigned char out[16],
    struct err *e)
{
	struct part parts[] = { { user, strlen(user) }, { ":", 1 }, { realm, strlen(realm) }, { ":", 1 },
		{ password->s, password->len } };

	return md5(parts, ARRAY_LEN(parts), out) ? 0 : err_set(e, ERR_SYSTEM, "MD5 is not available");
}

/* HA2: of the method and address, and of the body as well for auth-int. */
static bool
ha2_of(const char *qop, const char *uri, const void *body, size_t len, char out[DIGEST_MD5_HEX])
{
	const char *texts[] = { "POST", uri, NULL };
	char entity[DIGEST_MD5_HEX];
	unsigned char md[16];
	size_t n = 2;

	if (strcmp(qop, "auth-int") == 0) {
		struct part part = { body, len };

		if (!md5(&part, 1, md))
			return false;
		hex_encode(entity, md, sizeof(md));
		texts[n++] = entity;
	}
	return md5_joined(texts, n, out);
}

static void
quoted(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "%s=\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			buf_puts(out, "\\");
		buf_add(out, value, 1);
	}
	buf_puts(out, "\"");
}

int
digest_authorize(struct digest *d, const char *user, const struct secret *password, const char *uri,
    const void *body, size_t len, const char *cnonce, struct buf *out, struct err *e)
{
	const char *qop = !d->has_qop ? "" : d->auth ? "auth" : "auth-int";
	char made[17], nc[9], ha1[DIGEST_MD5_HEX], ha2[DIGEST_MD5_HEX], response[DIGEST_MD5_HEX];
	unsigned char md[16], random[8];

	if (cnonce == NULL) {
		if (RAND_bytes(random, sizeof(random)) != 1)
			return err_set(e, ERR_SYSTEM, "the random generator failed");
		hex_encode(made, random, sizeof(random));
		cnonce = made;
	}
	if (digest_ha1(user, d->realm, password, md, e) < 0)
		return -1;
	hex_encode(ha1, md, sizeof(md));
	(void)snprintf(nc, sizeof(nc), "%08x", ++d->nc);
	const char *with_qop[] = { ha1, d->nonce, nc, cnonce, qop, ha2 };
	const char *without[] = { ha1, d->nonce, ha2 };
	bool ok = ha2_of(qop, uri, body, len, ha2) &&
		  (d->has_qop ? md5_joined(with_qop, ARRAY_LEN(with_qop), response)
			      : md5_joined(without, ARRAY_LEN(without), response));
	OPENSSL_cleanse(md, sizeof(md));
	OPENSSL_cleanse(ha1, sizeof(ha1));
	if (!ok)
		return err_set(e, ERR_SYSTEM, "MD5 is not available");
	buf_puts(out, "Digest ");
	quoted(out, "username", user);
	quoted(out, ",realm", d->realm);
	quoted(out, ",nonce", d->nonce);
	quoted(out, ",uri", uri);
	if (d->has_qop) {
		buf_printf(out, ",nc=%s,qop=%s", nc, qop);
		quoted(out, ",cnonce", cnonce);
	}
	quoted(out, ",response", response);
	if (d->opaque[0] != '\0')
		quoted(out, ",opaque", d->opaque);
	return out->bad ? err_set(e, ERR_MEMORY, "request header") : 0;
}
