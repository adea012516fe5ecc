/* SPDX-License-Identifier: Apache-2.0 */
/* tls_check: what firmware wants of the chain of a setup server. */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "sim/mem.h"
#include "sim/tls.h"

#define SETUP_OU  "Intel(R) Client Setup Certificate"
#define SETUP_OID "2.16.840.1.113741.1.2.3"

/* Labels a CN is cut to, by top-level domain. Source: protocol/setup.md 3.7. */
static const struct {
	unsigned int labels;
	const char *tlds;
} label_table[] = {
	{ 2, " net com org gov edu de ch dk cz cl ua " },
	{ 3, " arpa fr cn nl br mx uk pl tw ca fi be ru se ar es no at in tr ro hu nz pt il gr co "
	     "ie za "
	     "th sg hk lt id hr ee bg " },
};

static const char *
cut_labels(const char *cn)
{
	const char *tld = strrchr(cn, '.');
	unsigned int keep = 0, seen = 0;

	if (tld == NULL)
		return cn;
	SCOPED(mem) char *word = mem_print(" %s ", tld + 1);
	for (size_t i = 0; i < ARRAY_LEN(label_table); i++)
		if (strcasestr(label_table[i].tlds, word) != NULL)
			keep = label_table[i].labels;
	for (const char *p = cn + strlen(cn); keep > 0 && p > cn; p--)
		if (p[-1] == '.' && ++seen == keep)
			return p;
	return cn;
}

static bool
parent_of(const char *parent, const char *domain)
{
	size_t p = strlen(parent), n = strlen(domain);

	return n > p + 1 && domain[n - p - 1] == '.' && strcasecmp(domain + n - p, parent) == 0;
}

/* The last two labels, when they end in .com or .net; NULL otherwise. */
static const char *
com_net(const char *name)
{
	const char *tld = strrchr(name, '.');

	if (tld == NULL || (strcasecmp(tld, ".com") != 0 && strcasecmp(tld, ".net") != 0))
		return NULL;
	while (tld > name && tld[-1] != '.')
		tld--;
	return tld;
}

static bool
same_com_net(const char *cn, const char *domain)
{
	const char *a = com_net(cn), *b = com_net(domain);

	return a != NULL && b != NULL && strcasecmp(a, b) == 0;
}

static bool
is_server(const struct device *d, const char *cn)
{
	const char *fqdn =
	    device_named(d, "AMT_SetupAndConfigurationService", 0, "ConfigurationServerFQDN");

	return fqdn != NULL && fqdn[0] != '\0' && strcasecmp(fqdn, cn) == 0;
}

/* MEBx of the first releases has no domain of its own. */
static bool
has_suffix(const struct device *d)
{
	return d->trusted_suffix[0] != '\0' && !(d->rel.has->domain_rules & DOMAIN_DHCP);
}

bool
tls_domain_ok(const struct device *d, const char *cn)
{
	const char *domain = has_suffix(d) ? d->trusted_suffix : d->domain;
	unsigned int rules = d->rel.has->domain_rules;
	bool wildcard = strncmp(cn, "*.", 2) == 0;
	const char *dot = strchr(cn, '.');

	if (rules & DOMAIN_SERVER && is_server(d, cn))
		return true;
	if (domain[0] == '\0' || cn[0] == '\0')
		return false;
	if (wildcard && !(rules & DOMAIN_WILDCARD))
		return false;
	if (rules & DOMAIN_PART && dot != NULL && strcasecmp(dot + 1, domain) == 0)
		return true;
	if (wildcard)
		cn += 2;
	if (rules & DOMAIN_EQUAL && strcasecmp(cn, domain) == 0)
		return true;
	if (rules & DOMAIN_COM_NET && same_com_net(cn, domain))
		return true;
	if (!(rules & DOMAIN_LABELS))
		return false;
	cn = cut_labels(cn);
	return strcasecmp(cn, domain) == 0 || parent_of(cn, domain);
}

static const struct root *
trusted(const struct device *d, X509 *x)
{
	for (size_t i = 0; i < d->nroots; i++) {
		const struct root *r = &d->roots[i];
		const EVP_MD *md = r->hash.type == HASH_SHA1     ? EVP_sha1()
				   : r->hash.type == HASH_SHA256 ? EVP_sha256()
								 : EVP_sha384();
		unsigned char hash[EVP_MAX_MD_SIZE];

		if (!r->enabled || !(d->rel.has->hash_types & 1U << r->hash.type))
			continue;
		if (X509_digest(x, md, hash, NULL) && memcmp(hash, r->hash.hash, r->hash.len) == 0)
			return r;
	}
	return NULL;
}

static bool
signed_with_sha1(X509 *x)
{
	int md = 0;

	return X509_get_signature_info(x, &md, NULL, NULL, NULL) != 1 || md == NID_sha1 ||
	       md == NID_md5 || md == NID_md5_sha1;
}

/* Key size and signature of one certificate. */
static bool
strong_enough(const struct device *d, X509 *x, bool leaf)
{
	EVP_PKEY *k = X509_get0_pubkey(x);
	bool rsa = k != NULL && EVP_PKEY_get_base_id(k) == EVP_PKEY_RSA;

	if (k == NULL || (leaf && !rsa) || (rsa && EVP_PKEY_get_bits(k) < d->rel.has->min_rsa_bits))
		return false;
	return d->rel.has->sha1_chain || !signed_with_sha1(x);
}

static bool
has_setup_ou(X509 *x)
{
	X509_NAME *name = X509_get_subject_name(x);
	int at = -1;

	while ((at = X509_NAME_get_index_by_NID(name, NID_organizationalUnitName, at)) >= 0) {
		const ASN1_STRING *s = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
		unsigned char *text = NULL;
		int n = ASN1_STRING_to_UTF8(&text, s);
		bool same = n == (int)strlen(SETUP_OU) && memcmp(text, SETUP_OU, (size_t)n) == 0;

		OPENSSL_free(text);
		if (same)
			return true;
	}
	return false;
}

bool
tls_has_eku(X509 *x, const char *oid)
{
	EXTENDED_KEY_USAGE *eku = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
	ASN1_OBJECT *want = OBJ_txt2obj(oid, 1);
	bool found = false;

	for (int i = 0; eku != NULL && want != NULL && i < sk_ASN1_OBJECT_num(eku); i++)
		found = found || OBJ_cmp(sk_ASN1_OBJECT_value(eku, i), want) == 0;
	ASN1_OBJECT_free(want);
	EXTENDED_KEY_USAGE_free(eku);
	return found;
}

/* Leaf first, each issued and signed by the next, the root last and itself there. */
static int
check_links(const struct device *d, const STACK_OF(X509) * chain)
{
	int n = sk_X509_num(chain);

	for (int i = 0; i < n; i++) {
		X509 *x = sk_X509_value(chain, i);
		X509 *up = sk_X509_value(chain, i + 1 < n ? i + 1 : i);

		if (X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(up)) != 0)
			return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
		if (i > 0 && X509_check_ca(x) == 0)
			return X509_V_ERR_CERT_REJECTED;
		if (X509_verify(x, X509_get0_pubkey(up)) != 1)
			return X509_V_ERR_CERT_REJECTED;
		if (!strong_enough(d, x, i == 0))
			return X509_V_ERR_CERT_REJECTED;
	}
	return X509_V_OK;
}

static void
fill_record(const struct device *d, X509 *leaf, X509 *issuer, const struct root *root,
    const char *cn, struct setup_record *out)
{
	time_t now = (time_t)device_clock(d);
	const ASN1_INTEGER *serial = X509_get0_serialNumber(issuer);
	BIGNUM *bn = ASN1_INTEGER_to_BN(serial, NULL);
	char *hex = bn == NULL ? NULL : BN_bn2hex(bn);

	*out = (struct setup_record){ .root = root->hash, .is_default = root->is_default };
	out->secure_dns = has_suffix(d);
	out->time_valid = X509_cmp_time(X509_get0_notBefore(leaf), &now) < 0 &&
			  X509_cmp_time(X509_get0_notAfter(leaf), &now) > 0;
	(void)text_copy(out->cn, sizeof(out->cn), cn);
	(void)text_copy(out->serial, sizeof(out->serial), hex == NULL ? "" : hex);
	OPENSSL_free(hex);
	BN_free(bn);
}

int
tls_check_setup(const struct device *d, const STACK_OF(X509) * chain, struct setup_record *record)
{
	int n = sk_X509_num(chain);
	char cn[128] = "";

	if (n < 2)
		return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
	X509 *leaf = sk_X509_value(chain, 0), *top = sk_X509_value(chain, n - 1);
	const struct root *root = trusted(d, top);
	if (root == NULL)
		return X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN;
	int bad = check_links(d, chain);
	if (bad != X509_V_OK)
		return bad;
	if (!tls_has_eku(leaf, "1.3.6.1.5.5.7.3.1") ||
	    !(tls_has_eku(leaf, SETUP_OID) || has_setup_ou(leaf)))
		return X509_V_ERR_INVALID_PURPOSE;
	(void)X509_NAME_get_text_by_NID(
	    X509_get_subject_name(leaf), NID_commonName, cn, sizeof(cn));
	if (!tls_domain_ok(d, cn))
		return X509_V_ERR_HOSTNAME_MISMATCH;
	fill_record(d, leaf, sk_X509_value(chain, 1), root, cn, record);
	return X509_V_OK;
}
