/* SPDX-License-Identifier: Apache-2.0 */
/* test_sim_device: what a simulated device remembers, commits, forgets, and whom it lets set it up. */
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "base/text.h"
#include "sim/fleet.h"
#include "sim/hello_clock.h"
#include "sim/keystore.h"
#include "sim/roots.h"
#include "sim/schema.h"
#include "sim/tls.h"

static struct fleet fleet;

static void
device_of(const char *release, struct device *d)
{
	struct err e;

	*d = (struct device){ .fleet = &fleet };
	assert_int_equal(release_parse(release, &d->rel, &e), 0);
	(void)text_copy(d->domain, sizeof(d->domain), "corp.example.com");
	device_init(d);
	roots_factory(d);
}

static void
releases_parse(void **state)
{
	struct release r;
	struct err e;

	(void)state;
	assert_int_equal(release_parse("11.8.50", &r, &e), 0);
	assert_int_equal(r.code, REL(11, 8));
	assert_string_equal(r.text, "11.8.50");
	assert_int_equal(release_parse("3.2", &r, &e), 0);
	assert_true(r.has->uuid_realm);
	assert_int_equal(release_parse("16.0", &r, &e), 0);
	assert_true(r.has->plain_port);
	assert_int_equal(release_parse("16.1", &r, &e), 0);
	assert_false(r.has->plain_port);
	assert_int_equal(release_parse("2.6", &r, &e), 0);
	assert_string_equal(r.text, "2.6.5");
	static const char *const bad[] = { "", "11", "11.", "x.8", "11.8.50.1", "11.8 ", "1.0",
		"11.8.x" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(release_parse(bad[i], &r, &e), -1);
}

static void
hellos_follow_the_schedule(void **state)
{
	static const struct {
		bool day;
		unsigned int pauses, minutes;
	} rows[] = { { false, 14, 5 + 50 + 240 }, { true, 38, 5 + 55 + 22 * 60 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unsigned int n = 0;
		uint64_t all_ms = 0;

		while (hello_pause_ms(rows[i].day, n) > 0)
			all_ms += hello_pause_ms(rows[i].day, n++);
		assert_int_equal(n, rows[i].pauses);
		assert_int_equal(all_ms / 60000, rows[i].minutes);
	}
}

static void
old_hellos_hold_at_most_23_roots(void **state)
{
	static const char *const old[] = { "3.2", "5.0", "6.2" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(old); i++) {
		struct device d;

		device_of(old[i], &d);
		assert_in_range(d.nroots, 15, 20);
		device_free(&d);
	}
}

static void
domains_match_by_release(void **state)
{
	static const struct {
		const char *release, *cn;
		bool ok;
	} rows[] = {
		{ "2.2", "provision.corp.example.com", true },
		{ "2.2", "*.corp.example.com", false },
		{ "2.2", "corp.example.com", false },
		{ "2.6", "provision.corp.example.com", true },
		{ "2.6", "other.example.com", true }, /* the last two labels, in .com */
		{ "2.6", "corp.example.org", false },
		{ "3.0", "provision.corp.example.com", true },
		{ "3.0", "*.corp.example.com", false },
		{ "3.0", "other.example.com", false },
		{ "3.2", "provision.corp.example.com", true },
		{ "3.2", "*.corp.example.com", true },
		{ "3.2", "corp.example.com", true },
		{ "3.2", "PROVISION.Corp.Example.COM", true },
		{ "3.2", "example.com", false },
		{ "3.2", "a.b.corp.example.com", false },
		{ "3.2", "", false },
		{ "11.8", "provision.corp.example.com", true },
		{ "11.8", "example.com", true },
		{ "11.8", "other.example.com", true }, /* cut to two labels */
		{ "11.8", "example.org", false },
		{ "11.8", "badexample.com", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct device d;

		device_of(rows[i].release, &d);
		if (tls_domain_ok(&d, rows[i].cn) != rows[i].ok)
			print_error("%s on %s\n", rows[i].cn, rows[i].release);
		assert_int_equal(tls_domain_ok(&d, rows[i].cn), rows[i].ok);
		device_free(&d);
	}
}

static void
trusted_suffix_goes_before_dhcp(void **state)
{
	struct device d;

	(void)state;
	device_of("11.8", &d);
	(void)text_copy(d.trusted_suffix, sizeof(d.trusted_suffix), "lab.example.net");
	assert_true(tls_domain_ok(&d, "x.lab.example.net"));
	assert_false(tls_domain_ok(&d, "x.corp.example.com"));
	device_free(&d);
}

static void
first_releases_know_the_domain_of_dhcp_alone(void **state)
{
	struct device d;

	(void)state;
	device_of("2.2", &d);
	(void)text_copy(d.trusted_suffix, sizeof(d.trusted_suffix), "lab.example.net");
	assert_false(tls_domain_ok(&d, "x.lab.example.net"));
	assert_true(tls_domain_ok(&d, "x.corp.example.com"));
	device_free(&d);
	device_of("3.0", &d);
	assert_false(tls_domain_ok(&d, "setup.example.org"));
	device_set_named(
	    &d, "AMT_SetupAndConfigurationService", 0, "ConfigurationServerFQDN", "setup.example.org");
	assert_true(tls_domain_ok(&d, "setup.example.org"));
	device_free(&d);
}

/* How each release asks for setup, without a pair and with one. Source: requirements Table 1. */
static void
releases_ask_for_setup_in_their_ways(void **state)
{
	static const struct {
		const char *release;
		enum setup_state state;
		bool network_off, psk;
		size_t roots;
	} rows[] = {
		{ "2.0", STATE_PRE, false, true, 0 },
		{ "2.1", STATE_PRE, false, true, 0 },
		{ "2.2", STATE_PRE, true, true, 5 },
		{ "2.5", STATE_PRE, false, true, 0 },
		{ "2.6", STATE_PRE, true, true, 5 },
		{ "3.0", STATE_IN, false, true, 4 },
		{ "3.1", STATE_IN, false, true, 4 },
		{ "3.2", STATE_IN, false, true, 20 },
		{ "10.0", STATE_IN, false, true, 23 },
		{ "11.0", STATE_IN, false, false, 23 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct device d;

		device_of(rows[i].release, &d);
		assert_int_equal(d.nroots, rows[i].roots);
		device_ask(&d);
		assert_int_equal(d.state, rows[i].state);
		assert_int_equal(d.network_off, rows[i].network_off);
		assert_false(device_psk(&d));
		(void)text_copy(d.pid, sizeof(d.pid), "HLLQ045Q");
		device_ask(&d);
		assert_int_equal(device_psk(&d), rows[i].psk);
		assert_int_equal(d.state, rows[i].psk ? STATE_IN : rows[i].state);
		assert_false(d.network_off);
		device_free(&d);
	}
}

static void
a_pair_survives_a_partial_reset_and_no_full_one(void **state)
{
	struct device d;

	(void)state;
	device_of("2.1", &d);
	(void)text_copy(d.pid, sizeof(d.pid), "HLLQ045Q");
	d.state = STATE_POST;
	device_reset(&d, false);
	assert_int_equal(d.state, STATE_IN);
	assert_true(device_psk(&d));
	device_reset(&d, true);
	assert_int_equal(d.state, STATE_PRE);
	assert_false(device_psk(&d));
	device_ask(&d);
	assert_int_equal(d.state, STATE_PRE);
	device_free(&d);
}

static void
a_partial_reset_can_leave_no_way_back(void **state)
{
	struct device d;

	(void)state;
	device_of("3.0", &d);
	device_set_named(
	    &d, "AMT_SetupAndConfigurationService", 0, "ZeroTouchConfigurationEnabled", "false");
	d.state = STATE_POST;
	device_reset(&d, false);
	assert_int_equal(d.state, STATE_PRE);
	assert_false(device_pki(&d));
	device_reset(&d, true);
	assert_true(device_pki(&d));
	device_free(&d);
}

/* A small certificate authority. */
struct pair {
	X509 *x;
	EVP_PKEY *k;
};

static void
extend(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(ext);
	assert_int_equal(X509_add_ext(x, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

static struct pair
issue(const char *cn, const struct pair *up, const char *eku, const EVP_MD *md, unsigned int bits,
    long days)
{
	struct pair p = { X509_new(), EVP_RSA_gen(bits) };
	X509_NAME *name = X509_get_subject_name(p.x);

	assert_non_null(p.k);
	(void)X509_set_version(p.x, X509_VERSION_3);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(p.x), 7);
	(void)X509_gmtime_adj(X509_getm_notBefore(p.x), -86400L * 30);
	(void)X509_gmtime_adj(X509_getm_notAfter(p.x), 86400L * days);
	(void)X509_NAME_add_entry_by_txt(
	    name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0);
	(void)X509_set_issuer_name(p.x, up == NULL ? name : X509_get_subject_name(up->x));
	(void)X509_set_pubkey(p.x, p.k);
	if (eku == NULL)
		extend(p.x, NID_basic_constraints, "critical,CA:TRUE");
	else
		extend(p.x, NID_ext_key_usage, eku);
	assert_true(X509_sign(p.x, up == NULL ? p.k : up->k, md) > 0);
	return p;
}

static void
pair_free(struct pair *p)
{
	X509_free(p->x);
	EVP_PKEY_free(p->k);
}

static int
check(const struct device *d, X509 *a, X509 *b, X509 *c, struct setup_record *record)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	X509 *all[] = { a, b, c };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i] != NULL)
			(void)sk_X509_push(chain, all[i]);
	int bad = tls_check_setup(d, chain, record);
	sk_X509_free(chain);
	return bad;
}

#define SETUP_EKU "serverAuth,2.16.840.1.113741.1.2.3"
#define CN        "provision.corp.example.com"

static struct pair root, ca;

static int
make_ca(void **state)
{
	(void)state;
	root = issue("Test Root", NULL, NULL, EVP_sha256(), 2048, 3000);
	ca = issue("Test CA", &root, NULL, EVP_sha256(), 2048, 3000);
	return 0;
}

static int
free_ca(void **state)
{
	(void)state;
	pair_free(&root);
	pair_free(&ca);
	return 0;
}

static void
trust_root(struct device *d)
{
	struct hello_hash h = { .type = HASH_SHA256, .len = 32 };

	(void)X509_digest(root.x, EVP_sha256(), h.hash, NULL);
	device_trust(d, &h, "Test Root", true);
}

static void
chains_are_judged_as_firmware_does(void **state)
{
	enum { OK = X509_V_OK, REJECTED = X509_V_ERR_CERT_REJECTED };
	static const char *const releases[] = { "11.8", "16.1" };
	const struct {
		const char *cn, *eku;
		const EVP_MD *md;
		unsigned int bits;
		int want[2];
	} rows[] = {
		{ CN, SETUP_EKU, EVP_sha256(), 2048, { OK, OK } },
		{ CN, SETUP_EKU, EVP_sha1(), 2048, { OK, REJECTED } },
		{ CN, SETUP_EKU, EVP_sha256(), 1024, { OK, REJECTED } },
		{ CN, "serverAuth", EVP_sha256(), 2048,
		    { X509_V_ERR_INVALID_PURPOSE, X509_V_ERR_INVALID_PURPOSE } },
		{ CN, "clientAuth,2.16.840.1.113741.1.2.3", EVP_sha256(), 2048,
		    { X509_V_ERR_INVALID_PURPOSE, X509_V_ERR_INVALID_PURPOSE } },
		{ "provision.example.org", SETUP_EKU, EVP_sha256(), 2048,
		    { X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_HOSTNAME_MISMATCH } },
	};

	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(releases); r++) {
		struct device d;

		device_of(releases[r], &d);
		trust_root(&d);
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			struct pair leaf =
			    issue(rows[i].cn, &ca, rows[i].eku, rows[i].md, rows[i].bits, 300);
			struct setup_record record;

			assert_int_equal(check(&d, leaf.x, ca.x, root.x, &record), rows[i].want[r]);
			pair_free(&leaf);
		}
		device_free(&d);
	}
}

static void
order_root_and_signature_matter_but_expiry_does_not(void **state)
{
	struct pair leaf = issue(CN, &ca, SETUP_EKU, EVP_sha256(), 2048, 300);
	struct pair old = issue(CN, &ca, SETUP_EKU, EVP_sha256(), 2048, -1);
	struct pair false_ca = issue("Test CA", &root, NULL, EVP_sha256(), 2048, 300);
	struct pair forged = issue(CN, &false_ca, SETUP_EKU, EVP_sha256(), 2048, 300);
	struct setup_record record = { 0 };
	struct device d;

	(void)state;
	device_of("11.8", &d);
	assert_int_equal(
	    check(&d, leaf.x, ca.x, root.x, &record), X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
	trust_root(&d);
	assert_int_equal(check(&d, leaf.x, ca.x, root.x, &record), X509_V_OK);
	assert_true(record.time_valid);
	assert_false(record.secure_dns);
	assert_string_equal(record.cn, CN);
	assert_int_equal(
	    check(&d, leaf.x, ca.x, NULL, &record), X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
	assert_int_not_equal(check(&d, leaf.x, root.x, ca.x, &record), X509_V_OK);
	assert_int_not_equal(check(&d, leaf.x, NULL, NULL, &record), X509_V_OK);
	assert_int_equal(check(&d, forged.x, ca.x, root.x, &record), X509_V_ERR_CERT_REJECTED);
	assert_int_equal(check(&d, old.x, ca.x, root.x, &record), X509_V_OK);
	assert_false(record.time_valid);
	d.roots[d.nroots - 1].enabled = false;
	assert_int_equal(
	    check(&d, leaf.x, ca.x, root.x, &record), X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
	pair_free(&leaf);
	pair_free(&old);
	pair_free(&false_ca);
	pair_free(&forged);
	device_free(&d);
}

static void
commit_wants_what_the_release_wants(void **state)
{
	static const struct {
		const char *release;
		unsigned int with_host, with_clock;
	} rows[] = { { "3.2", 2057, 0 }, { "6.2", 0, 0 }, { "11.8", 0, 0 },
		{ "16.1", 2057, 2057 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct device d;

		device_of(rows[i].release, &d);
		assert_int_equal(device_commit(&d), 2057);
		device_set_named(&d, "AMT_GeneralSettings", 0, "HostName", "pc-0042");
		assert_int_equal(device_commit(&d), rows[i].with_host);
		d.clock_set = true;
		assert_int_equal(device_commit(&d), rows[i].with_clock);
		assert_int_equal(d.state, rows[i].with_clock == 0 ? STATE_POST : STATE_IN);
		assert_int_equal(d.count.configurations, rows[i].with_clock == 0 ? 1 : 0);
		device_free(&d);
	}
}

static void
first_releases_want_clock_random_key_and_a_new_password(void **state)
{
	struct device d;

	(void)state;
	device_of("3.0", &d);
	device_set_named(&d, "AMT_GeneralSettings", 0, "HostName", "pc-0042");
	d.clock_set = true;
	assert_int_equal(device_commit(&d), 2057);
	d.rng_set = true;
	assert_int_equal(device_commit(&d), 2057);
	d.mebx_changed = true;
	assert_int_equal(device_commit(&d), 0);
	d.rng_set = false;
	assert_int_equal(device_commit(&d), 0); /* wanted in setup alone */
	device_free(&d);
}

static void
tls_needs_a_bound_certificate_with_its_key(void **state)
{
	struct device d;

	(void)state;
	device_of("11.8", &d);
	device_set_named(&d, "AMT_GeneralSettings", 0, "HostName", "pc-0042");
	device_set_named(&d, "AMT_TLSSettingData", 0, "Enabled", "true");
	assert_int_equal(device_commit(&d), 2057);
	char *b64 = keystore_cert_b64(ca.x);
	unsigned int handle = 9;
	assert_int_equal(keystore_add_cert(&d, b64, false, &handle), PT_SUCCESS);
	assert_int_equal(keystore_add_cert(&d, b64, true, &handle), PT_DUPLICATE);
	free(b64);
	d.bound_cert = (int)handle;
	assert_int_equal(device_commit(&d), 2057);
	unsigned char *der = NULL;
	int n = i2d_PrivateKey(ca.k, &der);
	b64 = b64_text(der, (size_t)n);
	assert_int_equal(keystore_add_key(&d, b64, &handle), PT_SUCCESS);
	assert_int_equal(keystore_add_key(&d, b64, &handle), PT_DUPLICATE);
	free(b64);
	OPENSSL_free(der);
	assert_int_equal(device_commit(&d), 0);
	assert_true(d.live.enabled);
	assert_false(d.live.plain);
	assert_int_equal(X509_cmp(d.live.cert, ca.x), 0);
	device_free(&d);
}

static void
partial_reset_keeps_names_and_passwords(void **state)
{
	uint8_t ha1[HA1_LEN] = { 1, 2, 3 };
	struct device d;

	(void)state;
	device_of("11.8", &d);
	device_set_named(&d, "AMT_GeneralSettings", 0, "HostName", "pc-0042");
	device_set_named(&d, "AMT_GeneralSettings", 0, "PingResponseEnabled", "false");
	device_mebx(&d, "N3w!Secret");
	d.admin_set = true;
	memcpy(d.admin.ha1, ha1, HA1_LEN);
	trust_root(&d);
	d.state = STATE_POST;
	device_reset(&d, false);
	assert_int_equal(d.state, STATE_IN);
	assert_string_equal(device_named(&d, "AMT_GeneralSettings", 0, "HostName"), "pc-0042");
	assert_string_equal(
	    device_named(&d, "AMT_GeneralSettings", 0, "PingResponseEnabled"), "true");
	assert_memory_equal(d.admin.ha1, ha1, HA1_LEN);
	device_free(&d);
}

static void
full_reset_forgets_all_but_the_factory_roots(void **state)
{
	struct hello_hash h = { .type = HASH_SHA256, .len = 32, .hash = { 1 } };
	char realm[64];
	struct device d;

	(void)state;
	device_of("11.8", &d);
	size_t factory = d.nroots;
	(void)text_copy(realm, sizeof(realm), d.realm);
	device_trust(&d, &h, "custom", false);
	d.roots[0].enabled = false;
	device_set_named(&d, "AMT_GeneralSettings", 0, "HostName", "pc-0042");
	d.admin_set = true;
	device_reset(&d, true);
	assert_int_equal(d.state, STATE_PRE);
	assert_int_equal(d.nroots, factory);
	assert_true(d.roots[0].enabled);
	assert_string_equal(device_named(&d, "AMT_GeneralSettings", 0, "HostName"), "");
	assert_string_not_equal(d.realm, realm);
	assert_false(d.admin_set);
	assert_memory_equal(d.admin.ha1, d.mebx_ha1, HA1_LEN);
	device_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(releases_parse),
		TEST(hellos_follow_the_schedule),
		TEST(old_hellos_hold_at_most_23_roots),
		TEST(domains_match_by_release),
		TEST(trusted_suffix_goes_before_dhcp),
		TEST(first_releases_know_the_domain_of_dhcp_alone),
		TEST(releases_ask_for_setup_in_their_ways),
		TEST(a_pair_survives_a_partial_reset_and_no_full_one),
		TEST(a_partial_reset_can_leave_no_way_back),
		TEST(chains_are_judged_as_firmware_does),
		TEST(order_root_and_signature_matter_but_expiry_does_not),
		TEST(commit_wants_what_the_release_wants),
		TEST(first_releases_want_clock_random_key_and_a_new_password),
		TEST(tls_needs_a_bound_certificate_with_its_key),
		TEST(partial_reset_keeps_names_and_passwords),
		TEST(full_reset_forgets_all_but_the_factory_roots),
	};

	return cmocka_run_group_tests(tests, make_ca, free_ca);
}
