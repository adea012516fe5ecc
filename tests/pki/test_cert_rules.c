/* SPDX-License-Identifier: Apache-2.0 */
/* test_cert_rules: what makes a setup certificate usable, and which one a device would accept. */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "pki/setup_cert.h"
#include "tests/pki/certs.h"

static int
end(void **state)
{
	(void)state;
	keys_free();
	return 0;
}

static const struct finding *
find(const struct finding *list, size_t n, const char *rule, enum finding_level least)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].rule, rule) == 0 && list[i].level >= least)
			return &list[i];
	return NULL;
}

/* Loads a chain of n over this leaf and checks it; returns the number of findings. */
static size_t
check(const struct cert_spec *leaf, size_t n, EVP_PKEY *root_key, struct finding out[FINDINGS_MAX])
{
	const struct cert_spec root = { .cn = "root", .ca = true };
	SCOPED(buf) struct buf pem = { 0 };
	SCOPED(setup_cert) struct setup_cert s = { 0 };
	struct err e;

	pem_key(&pem, keys_rsa(0), NULL);
	if (n == 1) {
		X509 *alone = cert_make(leaf, keys_rsa(0), NULL, NULL);

		pem_cert(&pem, alone);
		X509_free(alone);
	} else {
		X509 *ca = cert_make(&root, root_key, NULL, NULL), *cert = cert_make(leaf, keys_rsa(0), ca, root_key);

		pem_cert(&pem, cert);
		pem_cert(&pem, ca);
		X509_free(ca);
		X509_free(cert);
	}
	assert_ok(setup_cert_load(&pem, NULL, NULL, &s, &e));
	return setup_cert_check(&s, time(NULL), out);
}

static void
a_good_certificate_has_only_good_findings(void **state)
{
	const struct cert_spec by_oid = { .cn = "a.example.com", .eku = eku_amt };
	const struct cert_spec by_ou = { .cn = "a.example.com", .ou = "Intel(R) Client Setup Certificate", .eku = "serverAuth" };
	const struct cert_spec *const all[] = { &by_oid, &by_ou };
	struct finding f[FINDINGS_MAX];

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(all); k++) {
		size_t n = check(all[k], 2, keys_rsa(1), f);

		assert_true(n >= 5);
		for (size_t i = 0; i < n; i++)
			if (f[i].level != FINDING_OK)
				fail_msg("%s: %s", f[i].rule, f[i].text);
		assert_non_null(find(f, n, "purpose", FINDING_OK));
		assert_non_null(find(f, n, "chain", FINDING_OK));
	}
}

static void
each_broken_rule_is_found_with_its_code(void **state)
{
	static const struct {
		struct cert_spec leaf;
		size_t n;
		const char *rule;
		enum finding_level level;
		enum err_code code;
	} rows[] = {
		{ { .cn = "a.b" , .eku = "serverAuth" }, 2, "purpose", FINDING_BAD, ERR_CERT_PURPOSE },
		{ { .cn = "a.b" }, 2, "purpose", FINDING_BAD, ERR_CERT_PURPOSE },
		{ { .cn = "a.b", .ou = "intel(r) client setup certificate", .eku = "serverAuth" }, 2, "purpose", FINDING_BAD, ERR_CERT_PURPOSE },
		{ { .cn = "a.b", .ou = "Intel(R) Client Setup Certificate 2", .eku = "serverAuth" }, 2, "purpose", FINDING_BAD, ERR_CERT_PURPOSE },
		{ { .cn = "a.b", .eku = "serverAuth,2.16.840.1.113741.1.2.1" }, 2, "purpose", FINDING_BAD, ERR_CERT_PURPOSE },
		{ { .cn = "a.b", .eku = "2.16.840.1.113741.1.2.3" }, 2, "server use", FINDING_BAD, ERR_CERT_PURPOSE },
		{ { .cn = "a.b", .eku = eku_amt, .from_days = -10, .until_days = -3 }, 2, "dates", FINDING_BAD, ERR_CERT_DATE },
		{ { .cn = "a.b", .eku = eku_amt, .from_days = 1, .until_days = 30 }, 2, "dates", FINDING_BAD, ERR_CERT_DATE },
		{ { .cn = "a.b", .eku = eku_amt, .from_days = -1, .until_days = 30 }, 2, "dates", FINDING_WARN, ERR_CERT_DATE },
		{ { .cn = "*.example.com", .eku = eku_amt }, 2, "name", FINDING_WARN, ERR_CERT_DOMAIN },
		{ { .cn = "my company", .eku = eku_amt }, 2, "name", FINDING_BAD, ERR_CERT_DOMAIN },
		{ { .cn = NULL, .eku = eku_amt }, 2, "name", FINDING_BAD, ERR_CERT_DOMAIN },
		{ { .cn = "a.*.com", .eku = eku_amt }, 2, "name", FINDING_BAD, ERR_CERT_DOMAIN },
		{ { .cn = "a.b", .eku = eku_amt, .sha1 = true }, 2, "signature", FINDING_WARN, ERR_CERT_STRENGTH },
		{ { .cn = "a.b", .eku = eku_amt }, 1, "chain", FINDING_BAD, ERR_CERT_CHAIN },
	};
	struct finding f[FINDINGS_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = check(&rows[i].leaf, rows[i].n, keys_rsa(1), f);
		const struct finding *hit = find(f, n, rows[i].rule, FINDING_WARN);

		if (hit == NULL)
			fail_msg("row %zu: %s not found", i, rows[i].rule);
		assert_int_equal(hit->level, rows[i].level);
		assert_int_equal(hit->code, rows[i].code);
		assert_true(hit->text[0] != '\0');
	}
}

static void
a_root_with_an_ec_or_a_short_key_is_warned_about(void **state)
{
	const struct cert_spec leaf = { .cn = "a.example.com", .eku = eku_amt };
	struct finding f[FINDINGS_MAX];

	(void)state;
	size_t n = check(&leaf, 2, keys_ec(), f);
	const struct finding *hit = find(f, n, "key", FINDING_WARN);
	assert_non_null(hit);
	assert_has(hit->text, "root: not an RSA key");
	n = check(&leaf, 2, keys_rsa_1024(), f);
	hit = find(f, n, "key", FINDING_WARN);
	assert_non_null(hit);
	assert_has(hit->text, "root: RSA 1024");
}

static void
days_since_expiry_are_told(void **state)
{
	const struct cert_spec leaf = { .cn = "a.b", .eku = eku_amt, .from_days = -10, .until_days = -3 };
	struct finding f[FINDINGS_MAX];
	size_t n = check(&leaf, 2, keys_rsa(1), f);

	(void)state;
	assert_string_equal(find(f, n, "dates", FINDING_BAD)->text, "expired 3 days ago");
}

static void
the_domain_of_a_device_ranks_the_name_of_a_certificate(void **state)
{
	static const struct {
		const char *cn, *domain;
		int rank;
	} rows[] = {
		{ "provision.example.com", "example.com", 3 },
		{ "example.com", "example.com", 3 },
		{ "*.example.com", "example.com", 3 },
		{ "PROVISION.Example.com", "EXAMPLE.com", 3 },
		{ "example.com", "eu.example.com", 2 },
		{ "provision.example.com", "eu.example.com", 2 },
		{ "*.example.com", "eu.example.com", 2 },
		{ "provision.example.com", "a.b.example.com", 2 },
		{ "a.b.example.com", "example.com", 1 },   /* reduced to example.com */
		{ "a.b.example.com", "x.example.com", 1 },
		{ "*.b.example.com", "example.com", 1 },
		{ "a.b.example.co.uk", "example.co.uk", 1 }, /* three labels for uk */
		{ "a.b.example.co.uk", "other.co.uk", 0 },
		{ "a.b.example.local", "example.local", 0 }, /* no reduction for this ending */
		{ "provision.example.local", "example.local", 3 },
		{ "provision.example.com", "", 0 },
		{ "provision.example.com", "com", 0 },
		{ "provision.corp", "corp", 3 },
		{ "example.com", "other.com", 0 },
		{ "provision.example.com", "badexample.com", 0 },
		{ "example.com", "badexample.com", 0 },
		{ "ample.com", "example.com", 0 },
		{ "", "example.com", 0 },
		{ "*.", "example.com", 0 },
		{ "corp", "eu.corp", 2 },
		{ "provision.example.com", "example.com.evil.org", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int got = cert_domain_rank(rows[i].cn, rows[i].domain);

		if (got != rows[i].rank)
			print_error("CN \"%s\" domain \"%s\": rank %d, want %d\n", rows[i].cn, rows[i].domain, got, rows[i].rank);
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(cert_domain_rank(rows[i].cn, rows[i].domain), rows[i].rank);
}

static const uint8_t root_a[48] = { 0xa }, root_b[48] = { 0xb };

static struct cert_choice
choice(const char *cn, const uint8_t *root, time_t from, time_t until)
{
	return (struct cert_choice){ .cn = cn, .root_sha1 = root, .root_sha256 = root, .root_sha384 = root, .not_before = from, .not_after = until };
}

static struct hello_hash
offered(uint8_t type, const uint8_t *hash)
{
	struct hello_hash h = { .type = type, .len = (uint8_t)hash_len(type) };

	memcpy(h.hash, hash, h.len);
	return h;
}

static void
the_best_fit_among_trusted_and_valid_ones_is_chosen(void **state)
{
	const struct cert_choice list[] = {
		choice("p.other.com", root_a, 0, 100), choice("a.b.example.com", root_a, 0, 100), choice("example.com", root_a, 0, 50),
		choice("p.eu.example.com", root_b, 0, 100), choice("p.eu.example.com", root_a, 60, 100),
	};
	const struct hello_hash a[] = { offered(HASH_SHA256, root_a) }, both[] = { offered(HASH_SHA1, root_b), offered(HASH_SHA384, root_a) };
	struct err e;

	(void)state;
	assert_int_equal(cert_choose(list, 5, a, 1, "eu.example.com", 10, &e), 2);
	assert_int_equal(cert_choose(list, 5, both, 2, "eu.example.com", 10, &e), 3);
	assert_int_equal(cert_choose(list, 5, a, 1, "eu.example.com", 70, &e), 4);
	assert_int_equal(cert_choose(list, 5, a, 1, "example.com", 70, &e), 1);
	assert_int_equal(cert_choose(list, 5, a, 1, "eu.example.com", 50, &e), 1); /* the end is not included */
}

static void
the_reason_nearest_to_a_fit_is_told(void **state)
{
	const struct cert_choice list[] = { choice("p.other.com", root_a, 0, 100), choice("p.example.com", root_b, 0, 100) };
	const struct cert_choice old[] = { choice("p.example.com", root_a, 0, 5) };
	const struct hello_hash a[] = { offered(HASH_SHA1, root_a) };
	struct err e;

	(void)state;
	assert_fails(cert_choose(NULL, 0, a, 1, "example.com", 10, &e), ERR_CERT_NONE);
	assert_fails(cert_choose(list, 2, a, 0, "example.com", 10, &e), ERR_CERT_ROOT);
	assert_has(e.text, "2 setup certificates");
	assert_has(e.text, "0 hashes");
	assert_fails(cert_choose(list + 1, 1, a, 1, "example.com", 10, &e), ERR_CERT_ROOT);
	assert_fails(cert_choose(list, 2, a, 1, "example.com", 10, &e), ERR_CERT_DOMAIN);
	assert_has(e.text, "p.other.com");
	assert_has(e.text, "example.com");
	assert_fails(cert_choose(old, 1, a, 1, "example.com", 10, &e), ERR_CERT_DATE);
	assert_has(e.text, "p.example.com");
}

static void
a_certificate_that_only_expired_is_nearer_than_one_of_another_domain(void **state)
{
	const struct cert_choice list[] = { choice("p.other.com", root_a, 0, 100), choice("p.example.com", root_a, 0, 5) };
	const struct hello_hash a[] = { offered(HASH_SHA1, root_a) };
	struct err e;

	(void)state;
	assert_fails(cert_choose(list, 2, a, 1, "example.com", 10, &e), ERR_CERT_DATE);
}

static void
an_expired_certificate_of_another_domain_is_no_date_problem(void **state)
{
	const struct cert_choice list[] = { choice("p.other.com", root_a, 0, 5) };
	const struct hello_hash a[] = { offered(HASH_SHA1, root_a) };
	struct err e;

	(void)state;
	assert_fails(cert_choose(list, 1, a, 1, "example.com", 10, &e), ERR_CERT_DOMAIN);
}

static void
hashes_of_unknown_type_or_length_match_nothing(void **state)
{
	const struct cert_choice c = choice("p.example.com", root_a, 0, 100);
	struct hello_hash h = offered(HASH_SHA256, root_a);

	(void)state;
	assert_true(cert_trusts_root(&c, &h, 1));
	h.len = 0;
	assert_false(cert_trusts_root(&c, &h, 1));
	h.len = 20;
	assert_false(cert_trusts_root(&c, &h, 1));
	for (unsigned int type = 4; type < 256; type++) {
		h.type = (uint8_t)type;
		h.len = 0;
		assert_false(cert_trusts_root(&c, &h, 1));
	}
	h.type = 0;
	assert_false(cert_trusts_root(&c, &h, 1));
	assert_false(cert_trusts_root(&c, NULL, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_certificate_has_only_good_findings),
		TEST(each_broken_rule_is_found_with_its_code),
		TEST(a_root_with_an_ec_or_a_short_key_is_warned_about),
		TEST(days_since_expiry_are_told),
		TEST(the_domain_of_a_device_ranks_the_name_of_a_certificate),
		TEST(the_best_fit_among_trusted_and_valid_ones_is_chosen),
		TEST(the_reason_nearest_to_a_fit_is_told),
		TEST(a_certificate_that_only_expired_is_nearer_than_one_of_another_domain),
		TEST(an_expired_certificate_of_another_domain_is_no_date_problem),
		TEST(hashes_of_unknown_type_or_length_match_nothing),
	};

	return cmocka_run_group_tests_name("cert_rules", tests, NULL, end);
}
