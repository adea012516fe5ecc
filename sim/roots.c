/* SPDX-License-Identifier: Apache-2.0 */
/* roots: the root certificates that firmware trusts. Source: protocol/setup.md 3.8, 3.9. */
#include "sim/roots.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Up to 23 entries went into a hello before release 7. */
enum { OLD_LIST_MAX = 20 };

static const struct {
	const char *name, *sha1, *sha256;
} known[] = {
	/* clang-format off */
	{ "Go Daddy Class 2 CA", "2796bae63f1801e277261ba0d77770028f20eee4", "c3846bf24b9e93ca64274c0ec67c1ecc5e024ffcacd2d74019350e81fe546ae4" },
	{ "Go Daddy Root CA - G2", "47beabc922eae80e78783462a79f45c254fde68b", "45140b3247eb9cc8c5b4f0d7b53091f73292089e6e5a63e2749dd3aca9198eda" },
	{ "Comodo AAA Certificate Services", "d1eb23a46d17d68fd92564c2f1f1601764d8e349", "d7a7a0fb5d7e2731d771e9484ebcdef71d5f0c3e0a2948782bc83ee0ea699ef4" },
	{ "Starfield Class 2 CA", "ad7e1c28b064ef8f6003402014c3d0e3370eb58a", "1465fa205397b876faa6f0a9958e5590e40fcc7faa4fb7c2c8677521fb5fb658" },
	{ "Starfield Root CA - G2", "b51c067cee2b0c3df855ab2d92f4fe39d4e70f0e", "2ce1cb0bf9d2f9e102993fbe215152c3b2dd0cabde1c68e5319b839154dbb7f5" },
	{ "VeriSign Class 3 Public Primary CA - G5", "4eb6d578499b1ccf5f581ead56be3d9b6744a5e5", "9acfab7e43c8d880d06b262a94deeee4b4659989c3d0caf19baf6405e41ab7df" },
	{ "Baltimore CyberTrust Root", "d4de20d05e66fc53fe1a50882c78db2852cae474", "16af57a9f676b0ab126095aa5ebadef22ab31119d644ac95cd4b93dbf3f26aeb" },
	{ "Cybertrust Global Root", "5f43e5b1bff8788cac1cc7ca4a9ac6222bcc34c6", "960adf0063e96356750c2965dd0a0867da0b9cbd6e77714aeafb2349ab393da3" },
	{ "Verizon Global Root CA", "912198eef23dcac40939312fee97dd560bae49b1", "68ad50909b04363c605ef13581a939ff2c96372e3f12325b0a6861e1d59f6603" },
	{ "Entrust.net CA (2048)", "503006091d97d4f5ae39f7cbe7927d7d652d3431", "6dc47172e01cbcb0bf62580d895fe2b8ac9ad4f873801e0c10b9c837d21eb177" },
	{ "Entrust Root CA", "b31eb1b740e36c8402dadc37d44df5d4674952f9", "73c176434f1bc6d5adf45b0e76e727287c8de57616c1e6e6141a2b2cbc7d8e4c" },
	{ "Entrust Root CA - G2", "8cf427fd790c3ad166068de81e57efbb932272d4", "43df5774b03e7fef5fe40d931a7bedf1bb2e6b42738c4e6d3841103d3aa7f339" },
	{ "VeriSign Universal Root CA", "3679ca35668772304d30a5fb873b0fa77bb70d54", "2399561127a57125de8cefea610ddf2fa078b5c8067f4e828290bfb860e84b3c" },
	{ "AffirmTrust Premium", "d8a6332ce0036fb185f6634f7d6a066526322827", "70a73f7f376b60074248904534b11482d5bf0e698ecc498df52577ebf2e93b9a" },
	{ "DigiCert Global Root CA", "a8985d3a65e5e5c4b2d7d66d40c6dd2fb19c5436", "4348a0e9444c78cb265e058d5e8944b4d84f9662bd26db257f8934a443c70161" },
	{ "DigiCert Global Root G2", "df3c24f9bfd666761b268073fe06d1cc8d4f82a4", "cb3ccbb76031e5e0138f8dd39a23f9de47ffc35e43c1144cea27d46a5ab1cb5f" },
	{ "DigiCert Global Root G3", "7e04de896a3e666d00e687d33ffad93be83d349e", "31ad6648f8104138c738f39ea4320133393e3a18cc02296ef97c2ac9ef6731d0" },
	{ "DigiCert Trusted Root G4", "ddfb16cd4931c973a2037d3fc83a4d7d775d05e4", "552f7bdcf1a7af9e6ce672017f4f12abf77240c78e761ac203d1d9d20ac89988" },
	{ "GlobalSign Root CA - R3", "d69b561148f01c77c54578c10926df5b856976ad", "cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b" },
	{ "GlobalSign ECC Root CA - R5", "1f24c630cda418ef2069ffad4fdd5f463a1b69aa", "179fbc148a3dd00fd24ea13458cc43bfa7f59c8182d783a513f6ebec100c8924" },
	{ "GlobalSign Root CA - R6", "8094640eb5a7a1ca119c1fddd59f810263a7fbd1", "2cabeafe37d06ca22aba7391c0033d25982952c453647349763a3ab5ad6ccf69" },
	{ "VeriSign Class 3 Primary CA - G1", "742c3192e607e424eb4549542be1bbc53e6174e2", "e7685634efacf69ace939a6b255b7b4fabef42935b50a265acb5cb6027e44e70" },
	{ "VeriSign Class 3 Primary CA - G3", "132d0d45534b6997cdb2d5c339e25576609b5cc6", "eb04cf5eb1f39afa762f2bb120f296cba520c1b97db1589565b81cb9a17b7244" },
	/* clang-format on */
};

/* The list of 2007, hashes as of 2.2, 2.6 and 3.0; the last is not in 3.0. */
static const char *const first_list[] = {
	"VeriSign Class 3 Primary CA - G1",
	"VeriSign Class 3 Primary CA - G3",
	"Go Daddy Class 2 CA",
	"Comodo AAA Certificate Services",
	"Starfield Class 2 CA",
};

static void
trust_hex(struct device *d, unsigned int type, const char *hex, const char *name)
{
	struct hello_hash h = { .type = (uint8_t)type };
	long n = hex_decode(hex, h.hash, sizeof(h.hash));

	if (n != (long)hash_len(type))
		return;
	h.len = (uint8_t)n;
	device_trust(d, &h, name, true);
}

static void
first_roots(struct device *d)
{
	size_t n = ARRAY_LEN(first_list) - (d->rel.code >= REL(3, 0) ? 1 : 0);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < ARRAY_LEN(known); k++)
			if (strcmp(known[k].name, first_list[i]) == 0)
				trust_hex(d, HASH_SHA1, known[k].sha1, known[k].name);
}

void
roots_factory(struct device *d)
{
	unsigned int types = d->rel.has->factory_types;
	size_t n = ARRAY_LEN(known);
	bool both = types & 1U << HASH_SHA1 && types & 1U << HASH_SHA256;

	if (d->rel.code < REL(3, 2)) {
		if (types != 0)
			first_roots(d);
		return;
	}
	if (both)
		n = OLD_LIST_MAX / 2;
	else if (d->rel.code < REL(7, 0))
		n = OLD_LIST_MAX;
	for (size_t i = 0; i < n; i++) {
		if (types & 1U << HASH_SHA1)
			trust_hex(d, HASH_SHA1, known[i].sha1, known[i].name);
		if (types & 1U << HASH_SHA256)
			trust_hex(d, HASH_SHA256, known[i].sha256, known[i].name);
	}
}

/* Every hash type the release takes from the factory for this certificate. */
static int
add_file(struct device *d, const char *path, struct err *e)
{
	static const struct {
		unsigned int type;
		const EVP_MD *(*md)(void);
	} types[] = { { HASH_SHA1, EVP_sha1 }, { HASH_SHA256, EVP_sha256 },
		{ HASH_SHA384, EVP_sha384 } };
	SCOPED(file) FILE *f = fopen(path, "r");
	X509 *last = NULL, *x;
	char name[64] = "";

	if (f == NULL)
		return err_errno(e, ERR_FILE, "%s", path);
	while ((x = PEM_read_X509(f, NULL, NULL, NULL)) != NULL) {
		X509_free(last);
		last = x;
	}
	ERR_clear_error();
	if (last == NULL)
		return err_set(e, ERR_FILE, "%s: no certificate in PEM form", path);
	(void)X509_NAME_get_text_by_NID(
	    X509_get_subject_name(last), NID_commonName, name, sizeof(name));
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct hello_hash h = { .type = (uint8_t)types[i].type,
			.len = (uint8_t)hash_len(types[i].type) };

		if (!(d->rel.has->factory_types & 1U << types[i].type))
			continue;
		(void)X509_digest(last, types[i].md(), h.hash, NULL);
		device_trust(d, &h, name[0] == '\0' ? path : name, true);
	}
	X509_free(last);
	return 0;
}

int
roots_add(struct device *d, const char *what, struct err *e)
{
	size_t n = strlen(what);
	unsigned int type = n == 40 ? HASH_SHA1 : n == 64 ? HASH_SHA256 : n == 96 ? HASH_SHA384 : 0;

	if (strcmp(what, "factory") == 0) {
		roots_factory(d);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i].name, what) == 0) {
			if (d->rel.has->hash_types & 1U << HASH_SHA1)
				trust_hex(d, HASH_SHA1, known[i].sha1, what);
			if (d->rel.has->hash_types & 1U << HASH_SHA256)
				trust_hex(d, HASH_SHA256, known[i].sha256, what);
			return 0;
		}
	if (type == 0 || strspn(what, "0123456789abcdefABCDEF") != n)
		return add_file(d, what, e);
	if (!(d->rel.has->hash_types & 1U << type))
		return err_set(
		    e, ERR_INPUT, "release %s takes no %s root", d->rel.text, hash_name(type));
	trust_hex(d, type, what, "given as hash");
	return 0;
}
