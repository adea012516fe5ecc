/* SPDX-License-Identifier: Apache-2.0 */
/* test_http_tls: TLS with a device: its certificate pinned, ours shown whole, old versions only when told. */
#include "tests/unit.h"

#include <string.h>

#include "tests/amt/fake.h"
#include "tests/pki/certs.h"

static X509 *device_cert, *other_cert;
static struct chain setup;
static struct identity identity;

static int
make_all(void **state)
{
	const struct cert_spec device = { .cn = "device" }, other = { .cn = "other" },
			       leaf = { .cn = "provision.example.com", .eku = eku_amt };

	(void)state;
	device_cert = cert_make(&device, keys_rsa(5), NULL, NULL);
	other_cert = cert_make(&other, keys_rsa(5), NULL, NULL);
	chain_make(&setup, 4, &leaf);
	identity = (struct identity){ .leaf = setup.certs[0], .key = keys_rsa(0), .chain = sk_X509_new_null() };
	for (size_t i = 1; i < setup.n; i++)
		assert_true(sk_X509_push(identity.chain, setup.certs[i]) > 0);
	return 0;
}

static int
free_all(void **state)
{
	(void)state;
	sk_X509_free(identity.chain);
	chain_free(&setup);
	X509_free(device_cert);
	X509_free(other_cert);
	keys_free();
	return 0;
}

static struct fake *
device(const struct fake_tls *tls)
{
	struct fake_tls t = *tls;

	t.cert = t.cert == NULL ? device_cert : t.cert;
	t.key = keys_rsa(5);
	struct fake *f = fake_start(&t);
	for (int i = 0; i < 3; i++)
		fake_play(f, &(struct fake_reply){ .body = "x" });
	return f;
}

static struct http *
client(const struct http_conf *conf)
{
	struct http *h = NULL;
	struct err e;

	assert_ok(http_new(conf, &h, &e));
	return h;
}

static int
post(struct http *h, struct err *e)
{
	SCOPED(http_reply) struct http_reply r = { 0 };

	return http_post(h, "<a/>", 4, &r, e);
}

static void
pin_of(X509 *cert, uint8_t out[PIN_LEN])
{
	assert_int_equal(X509_digest(cert, EVP_sha256(), out, NULL), 1);
}

static void
the_first_certificate_seen_is_the_only_one_from_then_on(void **state)
{
	struct fake *f = device(&(struct fake_tls){ 0 }), *g = device(&(struct fake_tls){ .cert = other_cert });
	struct http_conf conf = fake_conf(f);
	struct http *h = client(&conf);
	uint8_t seen[PIN_LEN], want[PIN_LEN];
	struct err e;

	(void)state;
	assert_false(http_seen_pin(h, seen));
	assert_ok(post(h, &e));
	assert_true(http_seen_pin(h, seen));
	pin_of(device_cert, want);
	assert_memory_equal(seen, want, PIN_LEN);
	assert_has(http_tls_version(h), "TLSv1.");
	http_close(h);
	assert_ok(post(h, &e));
	http_free(h);
	/* Another device at the same place: with the pin of the first one it is refused. */
	conf = fake_conf(g);
	memcpy(conf.pins[0], seen, PIN_LEN);
	conf.npins = 1;
	h = client(&conf);
	assert_fails(post(h, &e), ERR_TLS_PIN);
	assert_int_equal(fake_count(g), 0); /* nothing was sent to it */
	assert_true(http_seen_pin(h, seen));
	pin_of(other_cert, want);
	assert_memory_equal(seen, want, PIN_LEN);
	http_free(h);
	fake_stop(f);
	fake_stop(g);
}

static void
any_of_two_pins_will_do(void **state)
{
	struct fake *f = device(&(struct fake_tls){ 0 });
	struct http_conf conf = fake_conf(f);
	struct err e;

	(void)state;
	pin_of(other_cert, conf.pins[0]);
	pin_of(device_cert, conf.pins[1]);
	conf.npins = 2;
	struct http *h = client(&conf);
	assert_ok(post(h, &e));
	http_free(h);
	conf.npins = 1;
	h = client(&conf);
	assert_fails(post(h, &e), ERR_TLS_PIN);
	http_free(h);
	fake_stop(f);
}

static void
old_tls_is_spoken_only_when_told(void **state)
{
	static const struct {
		int version;
		const char *name;
	} rows[] = { { TLS1_VERSION, "TLSv1" }, { TLS1_1_VERSION, "TLSv1.1" } };
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fake *f = device(&(struct fake_tls){ .lowest = rows[i].version, .highest = rows[i].version });
		struct http_conf conf = fake_conf(f);
		struct http *h = client(&conf);

		assert_fails(post(h, &e), ERR_TLS);
		assert_int_equal(fake_count(f), 0);
		http_free(h);
		conf.legacy = true;
		h = client(&conf);
		assert_ok(post(h, &e));
		assert_string_equal(http_tls_version(h), rows[i].name);
		http_free(h);
		fake_stop(f);
	}
}

static void
legacy_still_takes_the_newest_version(void **state)
{
	struct fake *f = device(&(struct fake_tls){ 0 });
	struct http_conf conf = fake_conf(f);
	struct err e;

	(void)state;
	conf.legacy = true;
	struct http *h = client(&conf);
	assert_ok(post(h, &e));
	assert_string_equal(http_tls_version(h), "TLSv1.3");
	http_free(h);
	fake_stop(f);
}

static void
assert_shown_whole(struct fake *f)
{
	static const char *const want[] = { "provision.example.com", "CA 1", "CA 2", "CA 3" };

	assert_int_equal(fake_shown(f), 4);
	for (int i = 0; i < 4; i++) {
		char cn[64];

		fake_shown_cn(f, i, cn);
		assert_string_equal(cn, want[i]);
	}
}

static void
our_chain_is_shown_leaf_first_with_the_root_last(void **state)
{
	static const int versions[] = { TLS1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION };
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct fake *f = device(&(struct fake_tls){ .ask = true, .lowest = versions[i], .highest = versions[i] });
		struct http_conf conf = fake_conf(f);

		conf.identity = &identity;
		conf.legacy = i == 0;
		struct http *h = client(&conf);
		assert_ok(post(h, &e));
		assert_shown_whole(f);
		http_free(h);
		fake_stop(f);
	}
}

static void
without_an_identity_nothing_is_shown(void **state)
{
	struct fake *f = device(&(struct fake_tls){ .ask = true });
	struct http_conf conf = fake_conf(f);
	struct http *h = client(&conf);
	struct err e;

	(void)state;
	assert_ok(post(h, &e));
	assert_int_equal(fake_shown(f), -1);
	http_free(h);
	fake_stop(f);
}

static void
an_alert_about_our_certificate_is_named(void **state)
{
	static const struct {
		int reason;
		const char *text;
	} rows[] = {
		{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "unknown CA" },
		{ X509_V_ERR_CERT_HAS_EXPIRED, "certificate expired" },
		{ X509_V_ERR_CERT_REVOKED, "certificate revoked" },
		{ X509_V_ERR_INVALID_PURPOSE, "unsupported certificate" },
	};
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	struct err e;

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(versions); k++)
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			struct fake *f = device(&(struct fake_tls){ .ask = true, .refuse = rows[i].reason, .lowest = versions[k],
				.highest = versions[k] });
			struct http_conf conf = fake_conf(f);

			conf.identity = &identity;
			struct http *h = client(&conf);
			assert_fails(post(h, &e), ERR_TLS_REFUSED);
			assert_has(e.text, rows[i].text);
			http_free(h);
			fake_stop(f);
		}
}

static void
a_connection_closed_in_the_handshake_is_a_tls_error(void **state)
{
	struct fake *f = device(&(struct fake_tls){ .hang_up = true });
	struct http_conf conf = fake_conf(f);
	struct http *h = client(&conf);
	struct err e;

	(void)state;
	assert_fails(post(h, &e), ERR_TLS);
	http_free(h);
	fake_stop(f);
}

static void
plain_http_on_the_tls_port_is_a_tls_error(void **state)
{
	struct fake *f = device(&(struct fake_tls){ .babble = "HTTP/1.1 400 Bad Request\r\n\r\n" });
	struct http_conf conf = fake_conf(f);
	struct http *h = client(&conf);
	struct err e;

	(void)state;
	assert_fails(post(h, &e), ERR_TLS);
	http_free(h);
	fake_stop(f);
}

static void
an_answer_lost_after_the_handshake_is_lost(void **state)
{
	struct fake *f = fake_start(&(struct fake_tls){ .cert = device_cert, .key = keys_rsa(5) });
	struct http_conf conf = fake_conf(f);
	struct http *h = client(&conf);
	struct err e;

	(void)state;
	fake_play(f, &(struct fake_reply){ .way = FAKE_HANG_UP });
	assert_fails(post(h, &e), ERR_LOST);
	http_free(h);
	fake_stop(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_certificate_seen_is_the_only_one_from_then_on),
		TEST(any_of_two_pins_will_do),
		TEST(old_tls_is_spoken_only_when_told),
		TEST(legacy_still_takes_the_newest_version),
		TEST(our_chain_is_shown_leaf_first_with_the_root_last),
		TEST(without_an_identity_nothing_is_shown),
		TEST(an_alert_about_our_certificate_is_named),
		TEST(a_connection_closed_in_the_handshake_is_a_tls_error),
		TEST(plain_http_on_the_tls_port_is_a_tls_error),
		TEST(an_answer_lost_after_the_handshake_is_lost),
	};

	http_init();
	return cmocka_run_group_tests_name("http_tls", tests, make_all, free_all);
}
