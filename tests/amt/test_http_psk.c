/* SPDX-License-Identifier: Apache-2.0 */
/* test_http_psk: TLS-PSK and old TLS with a device: what is offered, and what a refusal means. */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "amt/http_psk.h"
#include "tests/amt/fake.h"
#include "tests/pki/certs.h"

#define PID "0000037M"
#define PPS "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ" /* the Guide's; setup.md 2.2 */
#define PPS_DASHED "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"

static X509 *device_cert;

static int
make_all(void **state)
{
	const struct cert_spec device = { .cn = "device" };

	(void)state;
	device_cert = cert_make(&device, keys_rsa(5), NULL, NULL);
	return 0;
}

static int
free_all(void **state)
{
	(void)state;
	X509_free(device_cert);
	keys_free();
	return 0;
}

static struct fake *
device(const char *pid, const char *pps, const char *ciphers)
{
	struct fake *f = fake_start(&(struct fake_tls){ .pid = pid, .pps = pps, .ciphers = ciphers, .lowest = TLS1_VERSION,
		.highest = TLS1_VERSION });

	for (int i = 0; i < 3; i++)
		fake_play(f, &(struct fake_reply){ .body = "x" });
	return f;
}

static int
post(const struct http_conf *conf, char version[16], struct err *e)
{
	SCOPED(http_reply) struct http_reply r = { 0 };
	struct http *h = NULL;

	if (http_new(conf, &h, e) < 0)
		return -1;
	int rc = http_post(h, "<a/>", 4, &r, e);
	(void)snprintf(version, 16, "%s", http_tls_version(h));
	http_free(h);
	return rc;
}

static struct http_psk
pair(size_t form, const char *pid, const char *pps)
{
	SCOPED(secret) struct secret s = { 0 };
	struct http_psk psk = { 0 };

	assert_true(secret_set(&s, pps, strlen(pps)));
	assert_non_null(http_psk_form(form, pid, &s, &psk));
	return psk;
}

static void
forms_are_bare_then_dashed(void **state)
{
	SCOPED(secret) struct secret s = { 0 };
	struct http_psk psk = { 0 };

	(void)state;
	for (int k = 0; k < 2; k++) {
		const char *pid = k == 0 ? PID : "0000-037M", *pps = k == 0 ? PPS : PPS_DASHED;

		psk = pair(0, pid, pps);
		assert_string_equal(psk.identity, PID);
		assert_string_equal(psk.key.s, PPS);
		psk = pair(1, pid, pps);
		assert_string_equal(psk.identity, "0000-037M");
		assert_string_equal(psk.key.s, PPS_DASHED);
	}
	assert_true(secret_set(&s, PPS, strlen(PPS)));
	assert_null(http_psk_form(2, PID, &s, &psk));
	assert_null(http_psk_form(0, "", &s, &psk));
	secret_wipe(&s);
	assert_null(http_psk_form(0, PID, &s, &psk));
}

static void
the_pair_opens_a_session_without_certificates(void **state)
{
	static const char *const ciphers[] = { "PSK-AES128-CBC-SHA:@SECLEVEL=0", "PSK-AES256-CBC-SHA:@SECLEVEL=0" };
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ciphers); i++)
		for (int only = 0; only < 2; only++) {
			struct fake *f = device(PID, PPS, ciphers[i]);
			struct http_conf conf = fake_conf(f);
			struct http_psk psk = pair(0, PID, PPS);
			char version[16];

			conf.psk = &psk;
			conf.only_tls10 = only == 1;
			assert_ok(post(&conf, version, &e));
			assert_string_equal(version, "TLSv1");
			assert_int_equal(fake_count(f), 1);
			fake_stop(f);
		}
}

static void
a_device_that_wants_hyphens_gets_them_second(void **state)
{
	struct fake *f = device("0000-037M", PPS_DASHED, NULL);
	struct http_conf conf = fake_conf(f);
	struct err e;
	char version[16];

	(void)state;
	struct http_psk psk = pair(0, PID, PPS);
	conf.psk = &psk;
	assert_fails(post(&conf, version, &e), ERR_PSK_IDENTITY);
	psk = pair(1, PID, PPS);
	assert_ok(post(&conf, version, &e));
	fake_stop(f);
}

static void
another_key_another_name_and_no_cipher_are_told_apart(void **state)
{
	struct err e;
	char version[16];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct fake *f = device(PID, PPS, NULL);
		struct http_conf conf = fake_conf(f);
		struct http_psk psk = i == 0 ? pair(0, PID, "B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5") : pair(0, "HLLQ045Q", PPS);

		conf.psk = &psk;
		assert_fails(post(&conf, version, &e), i == 0 ? ERR_PSK_KEY : ERR_PSK_IDENTITY);
		assert_has_not(e.text, PPS);
		assert_int_equal(fake_count(f), 0);
		fake_stop(f);
	}
}

/* As a device does that has only RC4, which this library cannot play: nothing that is offered will do. */
static void
no_common_cipher_is_said_as_such(void **state)
{
	struct fake *f = fake_start(&(struct fake_tls){ .cert = device_cert, .key = keys_rsa(5), .ciphers = "AES128-SHA:@SECLEVEL=0",
		.lowest = TLS1_VERSION, .highest = TLS1_VERSION });
	struct http_conf conf = fake_conf(f);
	struct http_psk psk = pair(0, PID, PPS);
	struct err e;
	char version[16];

	(void)state;
	conf.psk = &psk;
	assert_fails(post(&conf, version, &e), ERR_TLS_CIPHER);
	assert_has(e.text, "RC4");
	fake_stop(f);
	/* The same by certificate. */
	f = fake_start(&(struct fake_tls){ .cert = device_cert, .key = keys_rsa(5), .ciphers = "CAMELLIA128-SHA:@SECLEVEL=0",
		.lowest = TLS1_VERSION, .highest = TLS1_VERSION });
	conf = fake_conf(f);
	conf.only_tls10 = true;
	assert_fails(post(&conf, version, &e), ERR_TLS_CIPHER);
	/* Newer TLS refused is no verdict: old TLS comes next. */
	conf.only_tls10 = false;
	assert_fails(post(&conf, version, &e), ERR_TLS);
	fake_stop(f);
}

static void
tls10_only_offers_nothing_newer(void **state)
{
	struct fake *f = fake_start(&(struct fake_tls){ .cert = device_cert, .key = keys_rsa(5) });
	struct http_conf conf = fake_conf(f);
	struct err e;
	char version[16];

	(void)state;
	fake_play(f, &(struct fake_reply){ .body = "x" });
	conf.only_tls10 = true;
	assert_ok(post(&conf, version, &e));
	assert_string_equal(version, "TLSv1");
	fake_stop(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(forms_are_bare_then_dashed),
		TEST(the_pair_opens_a_session_without_certificates),
		TEST(a_device_that_wants_hyphens_gets_them_second),
		TEST(another_key_another_name_and_no_cipher_are_told_apart),
		TEST(no_common_cipher_is_said_as_such),
		TEST(tls10_only_offers_nothing_newer),
	};

	http_init();
	return cmocka_run_group_tests_name("http_psk", tests, make_all, free_all);
}
