/* SPDX-License-Identifier: Apache-2.0 */
/* test_device_tls: keys, certificates and TLS settings of a device. */
#include "tests/amt/device_test.h"

#include "tests/pki/certs.h"

#define CERT "<AMT_PublicKeyCertificate><InstanceID>%s</InstanceID><TrustedRootCertficate>%s</TrustedRootCertficate>" \
	     "<X509Certificate>%s</X509Certificate></AMT_PublicKeyCertificate>"
#define BOUND "<AMT_TLSCredentialContext><ElementInContext><a:ReferenceParameters><w:ResourceURI>x</w:ResourceURI><w:SelectorSet>" \
	      "<w:Selector Name=\"InstanceID\">Intel(r) AMT Certificate: Handle: 1</w:Selector></w:SelectorSet>" \
	      "</a:ReferenceParameters></ElementInContext></AMT_TLSCredentialContext>"

static const char pair0[] = "Intel(r) AMT Key: Handle: 0", pair1[] = "Intel(r) AMT Key: Handle: 1";

static void
play_deleted(void)
{
	fake_file(f, "amt/publicprivate/delete");
}

/* A certificate, in base64, over the recorded key of handle 0 or 1. */
static void
certificate_of(int handle, struct buf *out)
{
	SCOPED(buf) struct buf file = { 0 };
	const struct cert_spec spec = { .cn = "pc-0042.example.com" };
	uint8_t der[AMT_DER_MAX];
	char text[1024];

	source_read("tests/amt/recorded/amt/publicprivate/pull.xml", &file);
	const char *at = strstr(buf_str(&file), "DERKey>");
	for (int i = 0; i < handle; i++)
		at = strstr(strstr(at + 7, "</h:DERKey>") + 11, "DERKey>");
	(void)snprintf(text, sizeof(text), "%.*s", (int)strcspn(at + 7, "<"), at + 7);
	long n = base64_decode(text, der, sizeof(der));
	assert_true(n > 0);
	const unsigned char *p = der;
	EVP_PKEY *key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, n);
	assert_non_null(key);
	X509 *cert = cert_make(&spec, key, NULL, keys_rsa(0));
	unsigned char *bytes = NULL;
	int len = i2d_X509(cert, &bytes);
	assert_true(len > 0);
	base64_encode(out, bytes, (size_t)len);
	OPENSSL_free(bytes);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static void
play_certificate_of(int handle)
{
	SCOPED(buf) struct buf der = { 0 }, item = { 0 };

	certificate_of(handle, &der);
	buf_printf(&item, CERT, "Intel(r) AMT Certificate: Handle: 1", "false", buf_str(&der));
	play_items(buf_str(&item));
}

static void
an_unused_key_pair_is_taken_before_one_is_made(void **state)
{
	uint8_t der[AMT_DER_MAX], want[AMT_DER_MAX];
	size_t len = 0;
	struct err e;

	(void)state;
	play_list("amt/publicprivate/pull");
	play_items("");
	assert_ok(d->ops->key_make(d, der, &len, &e));
	assert_int_equal(len, 270);
	assert_memory_equal(der, "\x30\x82\x01\x0a\x02\x82\x01\x01\x00\xe3\x2d\x34", 12);
	assert_int_equal(fake_left(f), 0);
	memcpy(want, der, len);
	play_list("amt/publicprivate/pull");
	play_certificate_of(0); /* handle 0 is in use: handle 1 it is */
	assert_ok(d->ops->key_make(d, der, &len, &e));
	assert_memory_not_equal(der, want, len);
	assert_int_equal(fake_left(f), 0);
}

static void
a_key_pair_is_made_and_found_by_its_handle(void **state)
{
	uint8_t der[AMT_DER_MAX];
	size_t len = 0;
	struct err e;

	(void)state;
	play_items("");
	play_items("");
	fake_file(f, "amt/publickey/management/generatekeypair");
	play_list("amt/publicprivate/pull");
	assert_ok(d->ops->key_make(d, der, &len, &e));
	assert_int_equal(len, 270);
	assert_has(fake_body(f, 4), "<r:KeyAlgorithm>0</r:KeyAlgorithm><r:KeyLength>2048</r:KeyLength>");
	assert_int_equal(fake_left(f), 0);
}

static void
making_a_key_pair_can_fail_in_many_ways(void **state)
{
	static const struct {
		const char *output;
		enum err_code code;
	} rows[] = {
		{ "<ReturnValue>2061</ReturnValue>", ERR_NOT_READY },
		{ "<ReturnValue>23</ReturnValue>", ERR_STATUS },
		{ "<ReturnValue>0</ReturnValue>", ERR_FIELD }, /* names no pair */
		{ "<KeyPair/><ReturnValue>0</ReturnValue>", ERR_FIELD },
	};
	uint8_t der[AMT_DER_MAX];
	size_t len;
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		play_items("");
		play_items("");
		fake_output(f, "GenerateKeyPair", rows[i].output);
		assert_fails(d->ops->key_make(d, der, &len, &e), rows[i].code);
	}
	play_items("");
	play_items("");
	fake_file(f, "amt/publickey/management/generatekeypair");
	play_items("");
	assert_fails(d->ops->key_make(d, der, &len, &e), ERR_FIELD);
	assert_has(e.text, pair0);
	play_items("<AMT_PublicPrivateKeyPair><InstanceID>x</InstanceID><DERKey>!!!</DERKey></AMT_PublicPrivateKeyPair>");
	play_items("");
	assert_fails(d->ops->key_make(d, der, &len, &e), ERR_FIELD);
	play_items("<AMT_PublicPrivateKeyPair><DERKey>AAAA</DERKey></AMT_PublicPrivateKeyPair>");
	play_items("");
	assert_fails(d->ops->key_make(d, der, &len, &e), ERR_FIELD);
}

static void
keys_and_certificates_are_added_as_base64(void **state)
{
	char handle[AMT_HANDLE_MAX];
	struct err e;

	(void)state;
	fake_file(f, "amt/publickey/management/addkey");
	assert_ok(d->ops->key_add(d, (const uint8_t *)"\x30\x01\x02", 3, &e));
	assert_last("<r:KeyBlob>MAEC</r:KeyBlob>");
	fake_output(f, "AddCertificate", "<CreatedCertificate><a:ReferenceParameters><w:SelectorSet>"
					 "<w:Selector Name= \"InstanceID\">Intel(r) AMT Certificate: Handle: 3</w:Selector>"
					 "</w:SelectorSet></a:ReferenceParameters></CreatedCertificate><ReturnValue>0</ReturnValue>");
	assert_ok(d->ops->certificate_add(d, (const uint8_t *)"\x30\x01\x02", 3, handle, &e));
	assert_string_equal(handle, "Intel(r) AMT Certificate: Handle: 3");
	assert_last("<r:CertificateBlob>MAEC</r:CertificateBlob>");
	fake_output(f, "AddCertificate", "<ReturnValue>0</ReturnValue>");
	assert_fails(d->ops->certificate_add(d, (const uint8_t *)"x", 1, handle, &e), ERR_FIELD);
	fake_output(f, "AddCertificate", "<ReturnValue>2064</ReturnValue>");
	assert_fails(d->ops->certificate_add(d, (const uint8_t *)"x", 1, handle, &e), ERR_STATUS);
	fake_output(f, "AddKey", "<ReturnValue>2062</ReturnValue>");
	assert_fails(d->ops->key_add(d, (const uint8_t *)"x", 1, &e), ERR_STATUS);
}

static void
cleaning_removes_what_is_not_bound_not_a_root_and_not_the_last_key(void **state)
{
	SCOPED(buf) struct buf all = { 0 }, der = { 0 };
	struct err e;

	(void)state;
	certificate_of(1, &der);
	buf_printf(&all, CERT, "Intel(r) AMT Certificate: Handle: 1", "false", buf_str(&der));
	buf_printf(&all, CERT CERT, "old", "false", "AAAA", "root", "true", "AAAA");
	play_items(BOUND);
	play_items(buf_str(&all));
	play_deleted(); /* "old" */
	play_certificate_of(1);
	play_list("amt/publicprivate/pull");
	assert_ok(d->ops->store_clean(d, &e));
	assert_int_equal(fake_left(f), 0);
	assert_has(fake_body(f, 4), "<w:Selector Name=\"InstanceID\">old</w:Selector>");
	/* Handle 1 has the certificate; handle 0 is unused and kept, as one is. */
	assert_int_equal(fake_count(f), 9);
}

static void
cleaning_removes_unused_keys_but_one(void **state)
{
	struct err e;

	(void)state;
	play_items("");
	play_items("");
	play_list("amt/publicprivate/pull");
	play_deleted();
	assert_ok(d->ops->store_clean(d, &e));
	assert_last(pair1);
	d->facts.major = 6; /* before 7 none is kept */
	play_items("");
	play_items("");
	play_list("amt/publicprivate/pull");
	fake_fault(f, "AccessDenied"); /* in use after all: it stays */
	play_deleted();
	assert_ok(d->ops->store_clean(d, &e));
	assert_last(pair1);
}

static void
cleaning_ends_when_the_device_is_gone(void **state)
{
	struct err e;

	(void)state;
	play_items("");
	play_items("<AMT_PublicKeyCertificate><InstanceID>old</InstanceID></AMT_PublicKeyCertificate>");
	fake_play(f, &(struct fake_reply){ .way = FAKE_HANG_UP });
	assert_fails(d->ops->store_clean(d, &e), ERR_LOST);
}

static void
a_certificate_is_bound_by_create_or_put_or_is_bound_already(void **state)
{
	struct err e;

	(void)state;
	play_items("");
	play_list("amt/tls/protocolendpointcollection/pull");
	fake_file(f, "amt/tls/credentialcontext/create");
	assert_ok(d->ops->tls_bind(d, "Intel(r) AMT Certificate: Handle: 2", &e));
	assert_last("transfer/Create<");
	assert_last("<w:Selector Name=\"InstanceID\">Intel(r) AMT Certificate: Handle: 2</w:Selector>");
	assert_last("<w:Selector Name=\"ElementName\">TLSProtocolEndpoint Instances Collection</w:Selector>");
	play_items(BOUND);
	fake_fault(f, "DestinationUnreachable"); /* the collection has its usual name then */
	fake_file(f, "amt/tls/credentialcontext/put");
	assert_ok(d->ops->tls_bind(d, "Intel(r) AMT Certificate: Handle: 2", &e));
	assert_last("transfer/Put<");
	assert_last("<w:Selector Name=\"ElementName\">TLSProtocolEndpoint Instances Collection</w:Selector>");
	play_items(BOUND);
	size_t before = fake_count(f);
	assert_ok(d->ops->tls_bind(d, "Intel(r) AMT Certificate: Handle: 1", &e));
	assert_int_equal(fake_count(f), before + 2);
}

static void
an_empty_collection_list_leaves_the_usual_name(void **state)
{
	struct err e;

	(void)state;
	play_items("");
	play_items("");
	fake_file(f, "amt/tls/credentialcontext/create");
	assert_ok(d->ops->tls_bind(d, "x", &e));
	assert_last("TLSProtocolEndpoint Instances Collection");
}

static void
tls_settings_are_read(void **state)
{
	struct amt_tls t;
	struct err e;

	(void)state;
	fake_file(f, "amt/tls/settingdata/get");
	play_items(BOUND);
	assert_ok(d->ops->tls_read(d, &t, &e));
	assert_false(t.enabled);
	assert_false(t.plain);
	assert_string_equal(t.bound, "Intel(r) AMT Certificate: Handle: 1");
	assert_has(fake_body(f, 0), "<w:Selector Name=\"InstanceID\">Intel(r) AMT 802.3 TLS Settings</w:Selector>");
	fake_file(f, "amt/tls/settingdata/get");
	play_items("<AMT_TLSCredentialContext><ElementInContext/></AMT_TLSCredentialContext>");
	assert_fails(d->ops->tls_read(d, &t, &e), ERR_FIELD);
}

static void
tls_is_switched_on_for_both_interfaces_without_what_a_put_may_not_hold(void **state)
{
	const struct amt_tls want = { .enabled = true, .plain = false };
	struct err e;

	(void)state;
	fake_text(f, "<g:AMT_TLSSettingData xmlns:g=\"http://intel.com/wbem/wscim/1/amt-schema/1/AMT_TLSSettingData\">"
		     "<g:AcceptNonSecureConnections>true</g:AcceptNonSecureConnections><g:Enabled>false</g:Enabled>"
		     "<g:InstanceID>Intel(r) AMT 802.3 TLS Settings</g:InstanceID><g:MutualAuthentication>true</g:MutualAuthentication>"
		     "<g:NonSecureConnectionsSupported>true</g:NonSecureConnectionsSupported><g:TrustedCN>a</g:TrustedCN>"
		     "<g:TrustedCN>b</g:TrustedCN></g:AMT_TLSSettingData>");
	fake_text(f, "<AMT_TLSSettingData/>");
	fake_file(f, "amt/tls/settingdata/get");
	fake_text(f, "<AMT_TLSSettingData/>");
	assert_ok(d->ops->tls(d, &want, &e));
	assert_int_equal(fake_left(f), 0);
	assert_has(fake_body(f, 1), "<r:AcceptNonSecureConnections>false</r:AcceptNonSecureConnections><r:Enabled>true</r:Enabled>");
	assert_has(fake_body(f, 1), "<r:MutualAuthentication>false</r:MutualAuthentication></r:AMT_TLSSettingData>");
	assert_has(fake_body(f, 2), "Intel(r) AMT LMS TLS Settings</w:Selector>");
	assert_has(fake_body(f, 3), "<r:Enabled>true</r:Enabled>");
}

static void
tls_that_is_as_wanted_is_not_written(void **state)
{
	const struct amt_tls want = { .enabled = false, .plain = false };
	struct err e;

	(void)state;
	fake_file(f, "amt/tls/settingdata/get");
	fake_file(f, "amt/tls/settingdata/get");
	assert_ok(d->ops->tls(d, &want, &e));
	assert_int_equal(fake_count(f), 2);
}

static int
end(void **state)
{
	(void)state;
	keys_free();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(an_unused_key_pair_is_taken_before_one_is_made),
		EACH(a_key_pair_is_made_and_found_by_its_handle),
		EACH(making_a_key_pair_can_fail_in_many_ways),
		EACH(keys_and_certificates_are_added_as_base64),
		EACH(cleaning_removes_what_is_not_bound_not_a_root_and_not_the_last_key),
		EACH(cleaning_removes_unused_keys_but_one),
		EACH(cleaning_ends_when_the_device_is_gone),
		EACH(a_certificate_is_bound_by_create_or_put_or_is_bound_already),
		EACH(an_empty_collection_list_leaves_the_usual_name),
		EACH(tls_settings_are_read),
		EACH(tls_is_switched_on_for_both_interfaces_without_what_a_put_may_not_hold),
		EACH(tls_that_is_as_wanted_is_not_written),
	};

	http_init();
	xml_init();
	return cmocka_run_group_tests_name("device_tls", tests, NULL, end);
}
