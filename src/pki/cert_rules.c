/* SPDX-License-Identifier: Apache-2.0 */
/* cert_rules: the rules for setup certificates, and choosing the one a device accepts. */
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "pki/setup_cert.h"

static const char amt_setup_oid[] = "2.16.840.1.113741.1.2.3";
static const char amt_setup_ou[] = "Intel(R) Client Setup Certificate";

enum { RSA_LEAST = 2048, DAY = 86400, EXPIRY_WARN_DAYS = 60 };

struct report {
	struct finding *out;
	size_t n;
};

static void PRINTF_LIKE(5, 6)
add(struct report *r, enum finding_level level, enum err_code code, const char *rule, const char *fmt, ...)
{
	struct finding *f = &r->out[r->n];
	va_list ap;

	if (r->n == FINDINGS_MAX)
		return;
	*f = (struct finding){ .level = level, .code = level == FINDING_OK ? ERR_NONE : code, .rule = rule };
	va_start(ap, fmt);
	(void)vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	r->n++;
}

static bool
has_ou(X509 *leaf)
{
	X509_NAME *name = X509_get_subject_name(leaf);

	for (int at = -1; (at = X509_NAME_get_index_by_NID(name, NID_organizationalUnitName, at)) >= 0;) {
		const ASN1_STRING *s = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));

		if ((size_t)ASN1_STRING_length(s) == sizeof(amt_setup_ou) - 1 &&
		    memcmp(ASN1_STRING_get0_data(s), amt_setup_ou, sizeof(amt_setup_ou) - 1) == 0)
			return true;
	}
	return false;
}

static bool
has_eku(X509 *leaf, const char *oid)
{
	EXTENDED_KEY_USAGE *eku = X509_get_ext_d2i(leaf, NID_ext_key_usage, NULL, NULL);
	char text[80];
	bool found = false;

	for (int i = 0; i < sk_ASN1_OBJECT_num(eku); i++)
		if (OBJ_obj2txt(text, sizeof(text), sk_ASN1_OBJECT_value(eku, i), 1) > 0 && strcmp(text, oid) == 0)
			found = true;
	EXTENDED_KEY_USAGE_free(eku);
	return found;
}

static void
check_purpose(const struct setup_cert *c, struct report *r)
{
	bool oid = has_eku(c->id.leaf, amt_setup_oid), ou = has_ou(c->id.leaf);

	if (oid || ou)
		add(r, FINDING_OK, ERR_NONE, "purpose", "%s", oid ? "extended key usage 2.16.840.1.113741.1.2.3" : "OU Intel(R) Client Setup Certificate");
	else
		add(r, FINDING_BAD, ERR_CERT_PURPOSE, "purpose", "neither extended key usage %s nor OU \"%s\"", amt_setup_oid, amt_setup_ou);
	if (has_eku(c->id.leaf, "1.3.6.1.5.5.7.3.1"))
		add(r, FINDING_OK, ERR_NONE, "server use", "extended key usage serverAuth");
	else
		add(r, FINDING_BAD, ERR_CERT_PURPOSE, "server use", "extended key usage serverAuth is missing");
}

static void
check_dates(const struct setup_cert *c, time_t now, struct report *r)
{
	long left = (long)((c->not_after - now) / DAY);

	/* Firmware lets an expired one pass and records it; we refuse, since roots may rotate. */
	if (now < c->not_before)
		add(r, FINDING_BAD, ERR_CERT_DATE, "dates", "not valid yet");
	else if (now >= c->not_after)
		add(r, FINDING_BAD, ERR_CERT_DATE, "dates", "expired %ld days ago", -left);
	else
		add(r, left < EXPIRY_WARN_DAYS ? FINDING_WARN : FINDING_OK, ERR_CERT_DATE, "dates", "%ld days left", left);
}

static void
check_strength(X509 *cert, const char *which, struct report *r)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	int md = NID_undef, bits = EVP_PKEY_get_bits(key);

	(void)X509_get_signature_info(cert, &md, NULL, NULL, NULL);
	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
		add(r, FINDING_WARN, ERR_CERT_STRENGTH, "key", "%s: not an RSA key; no AMT release is known to take it", which);
	else if (bits < RSA_LEAST)
		add(r, FINDING_WARN, ERR_CERT_STRENGTH, "key", "%s: RSA %d bits; AMT 15 (desktop) and 16 want %d", which, bits, RSA_LEAST);
	else if (bits > RSA_LEAST)
		add(r, FINDING_WARN, ERR_CERT_STRENGTH, "key", "%s: RSA %d bits; AMT before 6 takes at most %d", which, bits, RSA_LEAST);
	if (md == NID_sha1 || md == NID_md5)
		add(r, FINDING_WARN, ERR_CERT_STRENGTH, "signature", "%s: SHA-1; refused from AMT 15 (desktop) and 16", which);
}

static void
check_chain(const struct setup_cert *c, struct report *r)
{
	int n = sk_X509_num(c->id.chain);
	char which[32];

	check_strength(c->id.leaf, "leaf", r);
	for (int i = 0; i < n; i++) {
		if (i == n - 1)
			(void)snprintf(which, sizeof(which), "root");
		else
			(void)snprintf(which, sizeof(which), "intermediate %d", i + 1);
		check_strength(sk_X509_value(c->id.chain, i), which, r);
	}
	if (n == 0)
		add(r, FINDING_BAD, ERR_CERT_CHAIN, "chain", "the certificate is its own root");
	else
		add(r, FINDING_OK, ERR_NONE, "chain", "complete and in order: leaf, %d intermediate, root", n - 1);
}

static void
check_name(const struct setup_cert *c, struct report *r)
{
	const char *name = strncmp(c->cn, "*.", 2) == 0 ? c->cn + 2 : c->cn;

	if (!dns_name_valid(name))
		add(r, FINDING_BAD, ERR_CERT_DOMAIN, "name", "CN \"%.80s\" is not a DNS name", c->cn);
	else if (name != c->cn)
		add(r, FINDING_WARN, ERR_CERT_DOMAIN, "name", "wildcard CN %.80s: AMT 2.6, and 3.2 or later", c->cn);
	else
		add(r, FINDING_OK, ERR_NONE, "name", "CN %.80s", c->cn);
}

size_t
setup_cert_check(const struct setup_cert *c, time_t now, struct finding out[FINDINGS_MAX])
{
	struct report r = { .out = out };

	check_purpose(c, &r);
	check_name(c, &r);
	check_dates(c, now, &r);
	check_chain(c, &r);
	return r.n;
}

bool
cert_trusts_root(const struct cert_choice *c, const struct hello_hash *hashes, size_t n)
{
	const uint8_t *mine[] = { [HASH_SHA1] = c->root_sha1, [HASH_SHA256] = c->root_sha256, [HASH_SHA384] = c->root_sha384 };

	for (size_t i = 0; i < n; i++)
		if (hashes[i].len != 0 && hash_len(hashes[i].type) == hashes[i].len && memcmp(hashes[i].hash, mine[hashes[i].type], hashes[i].len) == 0)
			return true;
	return false;
}

/*
 * How many labels newer firmware keeps of a CN, by top-level domain. Source: setup.md 3.7.
 */
static const struct {
	int labels;
	const char *tlds;
} kept_labels[] = {
	{ 2, " net com org gov edu de ch dk cz cl ua " },
	{ 3, " arpa fr cn nl br mx uk pl tw ca fi be ru se ar es no at in tr ro hu nz pt il gr co ie za th sg hk"
	     " lt id hr ee bg " },
};

static const char *
last_labels(const char *name, int n)
{
	const char *s = name + strlen(name);

	while (s > name && n > 0) {
		if (*--s == '.' && --n == 0)
			return s + 1;
	}
	return name;
}

static const char *
reduced(const char *name)
{
	char want[80];

	(void)snprintf(want, sizeof(want), " %.60s ", last_labels(name, 1));
	for (size_t i = 0; i < ARRAY_LEN(kept_labels); i++)
		if (strstr(kept_labels[i].tlds, want) != NULL)
			return last_labels(name, kept_labels[i].labels);
	return name;
}

static bool
below(const char *domain, const char *parent)
{
	size_t d = strlen(domain), p = strlen(parent);

	return p > 0 && d > p && domain[d - p - 1] == '.' && strcasecmp(domain + d - p, parent) == 0;
}

int
cert_domain_rank(const char *cn, const char *domain)
{
	bool wild = strncmp(cn, "*.", 2) == 0;
	const char *name = wild ? cn + 2 : cn;
	const char *dot = strchr(name, '.');
	const char *part = wild || dot == NULL ? name : dot + 1; /* without the host label */
	const char *least = reduced(name);

	if (domain[0] == '\0')
		return 0;
	if (strcasecmp(part, domain) == 0 || strcasecmp(name, domain) == 0)
		return 3;
	if (below(domain, name) || (strchr(part, '.') != NULL && below(domain, part)))
		return 2;
	if (strcasecmp(least, domain) == 0 || below(domain, least))
		return 1;
	return 0;
}

int
cert_choose(const struct cert_choice *list, size_t n, const struct hello_hash *hashes, size_t nhashes,
    const char *domain, time_t now, struct err *e)
{
	int best = -1, best_rank = 0;
	const struct cert_choice *foreign = NULL, *dated = NULL; /* root fits: wrong domain; domain fits too: wrong dates */

	for (size_t i = 0; i < n; i++) {
		int rank = cert_domain_rank(list[i].cn, domain);

		if (!cert_trusts_root(&list[i], hashes, nhashes))
			continue;
		if (rank == 0) {
			foreign = &list[i];
		} else if (now < list[i].not_before || now >= list[i].not_after) {
			dated = &list[i];
		} else if (rank > best_rank) {
			best_rank = rank;
			best = (int)i;
		}
	}
	if (best >= 0)
		return best;
	if (n == 0)
		return err_set(e, ERR_CERT_NONE, "there is no setup certificate");
	if (dated != NULL)
		return err_set(e, ERR_CERT_DATE, "certificate for %.80s is expired or not valid yet", dated->cn);
	if (foreign != NULL)
		return err_set(e, ERR_CERT_DOMAIN, "certificate for %.80s does not fit the domain %.80s", foreign->cn, domain);
	return err_set(e, ERR_CERT_ROOT, "none of the %zu setup certificates has a root among the %zu hashes the device offers", n, nhashes);
}
