/* SPDX-License-Identifier: Apache-2.0 */
/* digest: HTTP digest as AMT does it, server side. */
#include "sim/digest.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "sim/fleet.h"
#include "sim/mem.h"
#include "sim/pending.h"

enum { FAILURES_TO_LOCK = 3, NONCE_BYTES = 24, NC_LEN = 8 };

/* One NAME=VALUE, VALUE with or without quotes. Moves *p past it. */
static bool
next_param(const char **p, char *name, char *value, size_t size)
{
	size_t n = 0, v = 0;

	*p += strspn(*p, " \t,");
	while (isalpha((unsigned char)**p) && n + 1 < size)
		name[n++] = *(*p)++;
	name[n] = '\0';
	*p += strspn(*p, " \t");
	if (n == 0 || *(*p)++ != '=')
		return false;
	*p += strspn(*p, " \t");
	bool quoted = **p == '"';
	if (quoted)
		(*p)++;
	while (**p != '\0' && (quoted ? **p != '"' : strchr(", \t", **p) == NULL)) {
		if (quoted && **p == '\\' && (*p)[1] != '\0')
			(*p)++;
		if (v + 1 == size)
			return false;
		value[v++] = *(*p)++;
	}
	value[v] = '\0';
	if (quoted && *(*p)++ != '"')
		return false;
	return true;
}

bool
digest_parse(const char *header, struct digest_login *out)
{
	struct digest_login l = { 0 };
	const struct {
		const char *name;
		char *to;
	} rows[] = { { "username", l.username }, { "realm", l.realm }, { "nonce", l.nonce },
		{ "uri", l.uri }, { "cnonce", l.cnonce }, { "response", l.response },
		{ "nc", l.nc }, { "qop", l.qop }, { "algorithm", l.algorithm } };
	char name[DIGEST_FIELD], value[DIGEST_FIELD];

	if (strncasecmp(header, "Digest ", 7) != 0)
		return false;
	const char *p = header + 7;
	while (p[strspn(p, " \t,")] != '\0') {
		if (!next_param(&p, name, value, sizeof(value)))
			return false;
		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			if (strcasecmp(rows[i].name, name) == 0)
				(void)text_copy(rows[i].to, DIGEST_FIELD, value);
	}
	*out = l;
	return true;
}

static void
md5_hex(const void *data, size_t len, char out[DIGEST_HEX])
{
	unsigned char md[HA1_LEN];

	(void)EVP_Digest(data, len, md, NULL, EVP_md5(), NULL);
	hex_encode(out, md, sizeof(md));
}

void
digest_response(const uint8_t ha1[HA1_LEN], const struct digest_login *l,
    const struct digest_what *w, char out[DIGEST_HEX])
{
	char ha1_hex[DIGEST_HEX], ha2_hex[DIGEST_HEX], body_hex[DIGEST_HEX];
	SCOPED(mem) char *a2 = NULL;
	SCOPED(mem) char *all = NULL;

	if (strcmp(l->qop, "auth-int") == 0) {
		md5_hex(w->body, w->body_len, body_hex);
		a2 = mem_print("%s:%s:%s", w->method, w->path, body_hex);
	} else
		a2 = mem_print("%s:%s", w->method, w->path);
	md5_hex(a2, strlen(a2), ha2_hex);
	hex_encode(ha1_hex, ha1, HA1_LEN);
	all = mem_print("%s:%s:%s:%s:%s:%s", ha1_hex, l->nonce, l->nc, l->cnonce, l->qop, ha2_hex);
	md5_hex(all, strlen(all), out);
}

static bool
response_fits(const uint8_t ha1[HA1_LEN], const struct digest_login *l, const struct digest_what *w)
{
	char want[DIGEST_HEX];

	digest_response(ha1, l, w, want);
	return strlen(l->response) == DIGEST_HEX - 1 &&
	       CRYPTO_memcmp(want, l->response, DIGEST_HEX - 1) == 0;
}

static struct nonce *
known_nonce(struct device *d, const char *text)
{
	for (size_t i = 0; i < NONCES; i++)
		if (d->nonces[i].text[0] != '\0' && strcmp(d->nonces[i].text, text) == 0)
			return &d->nonces[i];
	return NULL;
}

void
digest_offer(struct device *d, bool stale, struct buf *out)
{
	struct nonce *n = &d->nonces[d->next_nonce++ % NONCES];
	uint8_t raw[NONCE_BYTES];

	*n = (struct nonce){ 0 };
	(void)RAND_bytes(raw, sizeof(raw));
	(void)EVP_EncodeBlock((unsigned char *)n->text, raw, sizeof(raw));
	buf_printf(out,
	    "WWW-Authenticate: Digest realm=\"%s\", nonce=\"%s\",stale=\"%s\",qop=\"%s\"\r\n",
	    d->realm, n->text, stale ? "true" : "false", d->auth_int ? "auth-int" : "auth");
}

/* In setup mode the MEBx password opens the device, and so does the admin's once it is set. */
static bool
login_fits(struct device *d, struct nonce *n, const struct account *a, const struct digest_login *l,
    const struct digest_what *w, uint8_t used[HA1_LEN])
{
	const uint8_t *tries[3] = { a->ha1, NULL, NULL };

	if (a == pending_admin(d) && d->state == STATE_IN) {
		tries[1] = d->mebx_ha1;
		tries[2] = n != NULL && n->sticky ? n->ha1 : NULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(tries); i++)
		if (tries[i] != NULL && response_fits(tries[i], l, w)) {
			memcpy(used, tries[i], HA1_LEN);
			return true;
		}
	return false;
}

static struct account *
find_account(struct device *d, const char *user, const struct acl **acl)
{
	size_t n;
	struct acl *acls = pending_acls(d, &n);

	*acl = NULL;
	if (strcmp(pending_admin(d)->user, user) == 0)
		return pending_admin(d);
	for (size_t i = 0; i < n; i++)
		if (acls[i].sid_len == 0 && acls[i].enabled && acls[i].access != 0 &&
		    strcmp(acls[i].login.user, user) == 0) {
			*acl = &acls[i];
			return &acls[i].login;
		}
	return NULL;
}

static bool
form_ok(const struct device *d, const struct digest_login *l, const struct digest_what *w)
{
	bool qop = strcmp(l->qop, "auth-int") == 0 || (strcmp(l->qop, "auth") == 0 && !d->auth_int);

	return qop && strcmp(l->realm, d->realm) == 0 && strcmp(l->uri, w->path) == 0 &&
	       strlen(l->nc) == NC_LEN && strspn(l->nc, "0123456789abcdefABCDEF") == NC_LEN &&
	       l->cnonce[0] != '\0' &&
	       (l->algorithm[0] == '\0' || strcasecmp(l->algorithm, "MD5") == 0);
}

static void
note_failure(struct device *d, struct account *a)
{
	d->count.logins_failed++;
	if (a == NULL || ++a->failures < FAILURES_TO_LOCK)
		return;
	a->failures = 0;
	a->locked_until_ms = loop_now_ms(d->fleet->loop) + (uint64_t)d->fleet->opt.lockout_s * 1000;
}

enum digest_result
digest_check(
    struct device *d, const char *header, const struct digest_what *w, const struct acl **who)
{
	struct digest_login l;
	uint8_t used[HA1_LEN];

	*who = NULL;
	if (header[0] == '\0')
		return DIGEST_REFUSED;
	if (!digest_parse(header, &l) || !form_ok(d, &l, w)) {
		note_failure(d, NULL);
		return DIGEST_REFUSED;
	}
	struct account *a = find_account(d, l.username, who);
	struct nonce *n = known_nonce(d, l.nonce);
	if (a != NULL && loop_now_ms(d->fleet->loop) < a->locked_until_ms)
		return DIGEST_REFUSED;
	if (a == NULL || !login_fits(d, n, a, &l, w, used)) {
		note_failure(d, a);
		return DIGEST_REFUSED;
	}
	uint32_t nc = (uint32_t)strtoul(l.nc, NULL, 16);
	if (n == NULL || nc <= n->last_nc || n->uses >= d->fleet->opt.nonce_uses)
		return DIGEST_STALE;
	n->last_nc = nc;
	n->uses++;
	n->sticky = true;
	memcpy(n->ha1, used, HA1_LEN);
	a->failures = 0;
	return DIGEST_OK;
}
