/* SPDX-License-Identifier: Apache-2.0 */
/* test_eoi: requests as protocol/eoi.md has them (8, 9.2), answers in every shape, and the rule for spellings. */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "amt/eoi.h"
#include "amt/status.h"
#include "base/text.h"
#include "tests/amt/fake.h"

static struct fake *f;
static struct eoi w;
static struct eoi_known *known;
static char odd_request[4][2000], odd_reply[4][2000];
static size_t nodd;

static void
on_odd(void *arg, const struct err *why, const struct http_exchange *said)
{
	(void)arg;
	assert_true(why->text[0] != '\0');
	assert_true(said->path[0] == '/' && strchr(said->action, '#') != NULL);
	if (nodd < ARRAY_LEN(odd_request)) {
		(void)text_copy(odd_request[nodd], sizeof(odd_request[0]), said->request);
		(void)text_copy(odd_reply[nodd], sizeof(odd_reply[0]), buf_str(&said->reply->body));
	}
	nodd++;
}

static int
set_up(void **state)
{
	struct err e;

	(void)state;
	f = fake_start(NULL);
	assert_ok(eoi_known_new(&known, &e));
	w = (struct eoi){ .http = fake_client(f), .dialect = eoi_dialect_builtin(), .known = known, .version = "3.0.5", .major = 3, .odd = on_odd };
	nodd = 0;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	http_free(w.http);
	eoi_known_free(known);
	fake_stop(f);
	return 0;
}

/* An answer with its outputs. */
static void
answers(const char *op, const char *outputs)
{
	SCOPED(buf) struct buf b = { 0 };

	buf_printf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><b:Envelope xmlns:b=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:g=\"urn:g\">"
		       "<b:Body><g:%sResponse>%s</g:%sResponse></b:Body></b:Envelope>", op, outputs, op);
	fake_play(f, &(struct fake_reply){ .type = "text/xml; charset=UTF-8", .body = buf_str(&b) });
}

static void
faults(int status)
{
	fake_play(f, &(struct fake_reply){ .status = status, .type = "text/xml", .body =
	    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault><faultcode>s:Client</faultcode>"
	    "<faultstring>no such element</faultstring></s:Fault></s:Body></s:Envelope>" });
}

/* The body's content of a request, spelling number `attempt`. */
static void
content(enum eoi_id id, size_t attempt, const struct eoi_values *v, char *out, size_t size)
{
	SCOPED(buf) struct buf b = { 0 }, action = { 0 };
	struct http_part parts[EOI_VALUES_MAX];
	size_t n;
	struct err e;

	assert_ok(eoi_write(eoi_dialect_builtin(), id, attempt, v, &b, &action, parts, EOI_VALUES_MAX, &n, &e));
	const char *from = strstr(buf_str(&b), "<SOAP-ENV:Body>") + strlen("<SOAP-ENV:Body>");
	const char *to = strstr(from, "</SOAP-ENV:Body></SOAP-ENV:Envelope>");
	(void)snprintf(out, size, "%.*s", (int)(to - from), from);
}

#define assert_content(id, attempt, v, want)                          \
	do {                                                          \
		char got[2000];                                       \
		content(id, attempt, v, got, sizeof(got));            \
		assert_string_equal(got, want);                       \
	} while (0)

static void
the_envelope_is_the_conservative_one(void **state)
{
	SCOPED(buf) struct buf b = { 0 }, action = { 0 };
	size_t n;
	struct err e;

	(void)state;
	assert_ok(eoi_write(eoi_dialect_builtin(), EOI_GET_CORE_VERSION, 0, NULL, &b, &action, NULL, 0, &n, &e));
	assert_string_equal(buf_str(&b), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
					 "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\""
					 " xmlns:sai=\"http://schemas.intel.com/platform/client/SecurityAdministration/2004/01\">"
					 "<SOAP-ENV:Body><sai:GetCoreVersion></sai:GetCoreVersion></SOAP-ENV:Body></SOAP-ENV:Envelope>");
	assert_string_equal(buf_str(&action), "http://schemas.intel.com/platform/client/SecurityAdministration/2004/01#GetCoreVersion");
}

static void
plain_requests_are_those_of_the_document(void **state)
{
	static const unsigned char zeroes[20] = { 0 };
	struct eoi_values v = { .n = 0 };

	(void)state;
	eoi_put_bytes(&v, "key", zeroes, sizeof(zeroes));
	assert_content(EOI_SET_RNG_KEY, 0, &v, "<sai:SetRngKey><sai:RngKey>AAAAAAAAAAAAAAAAAAAAAAAAAAA=</sai:RngKey></sai:SetRngKey>");
	assert_content(EOI_SET_RNG_KEY, 1, &v, "<sai:SetRNGKey><sai:RngKey>AAAAAAAAAAAAAAAAAAAAAAAAAAA=</sai:RngKey></sai:SetRNGKey>");
	assert_content(EOI_SET_RNG_KEY, 4, &v, "<sai:SetRngKey><sai:Key>AAAAAAAAAAAAAAAAAAAAAAAAAAA=</sai:Key></sai:SetRngKey>");
	v.n = 0;
	eoi_put_number(&v, "tm2", 1214949243); /* in any order here, in theirs there */
	eoi_put_number(&v, "ta0", 1138579243);
	eoi_put_number(&v, "tm1", 1214949243);
	assert_content(EOI_SET_TIME, 0, &v, "<tim:SetHighAccuracyTimeSynch><tim:Ta0>1138579243</tim:Ta0><tim:Tm1>1214949243</tim:Tm1>"
					    "<tim:Tm2>1214949243</tim:Tm2></tim:SetHighAccuracyTimeSynch>");
	v.n = 0;
	eoi_put_text(&v, "domain", "pro.intel.com");
	assert_content(EOI_SET_DOMAIN_NAME, 0, &v, "<net:SetDomainName><net:DomainName>pro.intel.com</net:DomainName></net:SetDomainName>");
	v.n = 0;
	eoi_put_number(&v, "ping", true);
	assert_content(EOI_SET_PING, 0, &v, "<net:SetPingResponse><net:PingResponse>true</net:PingResponse></net:SetPingResponse>");
	v.n = 0;
	eoi_put_text(&v, "realm", "");
	assert_content(EOI_SET_KERBEROS, 0, &v, "<sai:SetKerberosOptions><sai:KerberosRealmName></sai:KerberosRealmName></sai:SetKerberosOptions>");
	assert_content(EOI_COMMIT, 0, NULL, "<sai:CommitChanges></sai:CommitChanges>");
	assert_content(EOI_REMOVE_8021X, 0, NULL, "<net:Remove8021XWiredProfile></net:Remove8021XWiredProfile>");
	v.n = 0;
	eoi_put_text(&v, "pid", "HLLQ045Q");
	eoi_put_text(&v, "pps", "B1C2");
	assert_content(EOI_SET_TLS_PSK, 0, &v, "<sai:SetTLSPSK><sai:PID>HLLQ045Q</sai:PID><sai:PPS>B1C2</sai:PPS></sai:SetTLSPSK>");
	v.n = 0;
	eoi_put_text(&v, "host", "a<b>&\"c");
	assert_content(EOI_SET_HOST_NAME, 0, &v, "<net:SetHostName><net:HostName>a&lt;b&gt;&amp;&quot;c</net:HostName></net:SetHostName>");
}

static void
containers_lists_and_words_are_those_of_the_document(void **state)
{
	static const unsigned char hash[16] = { 0x7b, 0xaf, 0xd2, 0x45, 0x0e, 0x19, 0xf4, 0xe9, 0x18, 0x87, 0xc7, 0x83, 0xcd, 0x7e, 0xe0, 0x70 };
	struct eoi_values v = { .n = 0 };

	(void)state;
	eoi_put_text(&v, "user", "helpdesk");
	eoi_put_bytes(&v, "password", hash, sizeof(hash));
	eoi_put_text(&v, "access", "network");
	eoi_put_number(&v, "realm", 5);
	eoi_put_number(&v, "realm", 2);
	eoi_put_number(&v, "realm", 4);
	assert_content(EOI_ADD_USER, 0, &v,
	    "<sai:AddUserAclEntryEx><sai:EntryEx><sai:DigestUser><sai:Username>helpdesk</sai:Username>"
	    "<sai:DigestPassword>e6/SRQ4Z9OkYh8eDzX7gcA==</sai:DigestPassword></sai:DigestUser>"
	    "<sai:AccessPermission>NetworkAccessPermission</sai:AccessPermission>"
	    "<sai:Realms><sai:Realm>5</sai:Realm><sai:Realm>2</sai:Realm><sai:Realm>4</sai:Realm></sai:Realms>"
	    "</sai:EntryEx></sai:AddUserAclEntryEx>");
	assert_content(EOI_ADD_USER, 2, &v,
	    "<sai:AddUserAclEntryEx><sai:EntryEx><sai:Username>helpdesk</sai:Username>"
	    "<sai:DigestPassword>e6/SRQ4Z9OkYh8eDzX7gcA==</sai:DigestPassword><sai:AccessPermission>1</sai:AccessPermission>"
	    "<sai:Realm>5</sai:Realm><sai:Realm>2</sai:Realm><sai:Realm>4</sai:Realm></sai:EntryEx></sai:AddUserAclEntryEx>");
	v.n = 0;
	eoi_put_text(&v, "network", "server");
	eoi_put_text(&v, "local", "off");
	assert_content(EOI_SET_TLS_OPTIONS, 0, &v,
	    "<sai:SetTlsOptions><sai:NetworkInterface><sai:TlsAuthentication>ServerAuthentication</sai:TlsAuthentication></sai:NetworkInterface>"
	    "<sai:LocalInterface><sai:TlsAuthentication>NoAuthentication</sai:TlsAuthentication></sai:LocalInterface></sai:SetTlsOptions>");
	v.n = 0;
	eoi_put_text(&v, "interface", "web");
	eoi_put_text(&v, "interface", "ider");
	assert_content(EOI_SET_ENABLED_IFS, 0, &v,
	    "<sai:SetEnabledInterfaces><sai:EnabledInterfaces>WebUI</sai:EnabledInterfaces>"
	    "<sai:EnabledInterfaces>IdeRedirection</sai:EnabledInterfaces></sai:SetEnabledInterfaces>");
	assert_content(EOI_SET_ENABLED_IFS, 0, NULL, "<sai:SetEnabledInterfaces></sai:SetEnabledInterfaces>");
	v.n = 0;
	eoi_put_text(&v, "realm", "PRO.INTEL.COM");
	eoi_put_text(&v, "spn", "HTTP/a:16992");
	eoi_put_number(&v, "protocol", 0);
	eoi_put_text(&v, "spn", "HTTP/a:16993");
	eoi_put_number(&v, "protocol", 1);
	eoi_put_number(&v, "key_version", 1);
	eoi_put_text(&v, "encryption", "rc4");
	assert_content(EOI_SET_KERBEROS, 0, &v,
	    "<sai:SetKerberosOptions><sai:KerberosRealmName>PRO.INTEL.COM</sai:KerberosRealmName>"
	    "<sai:SpnEntry><sai:Spn>HTTP/a:16992</sai:Spn><sai:Protocol>0</sai:Protocol></sai:SpnEntry>"
	    "<sai:SpnEntry><sai:Spn>HTTP/a:16993</sai:Spn><sai:Protocol>1</sai:Protocol></sai:SpnEntry>"
	    "<sai:KerberosKeyVersion>1</sai:KerberosKeyVersion><sai:KerberosEncryption>0</sai:KerberosEncryption></sai:SetKerberosOptions>");
	v.n = 0;
	eoi_put_text(&v, "user", "admin");
	eoi_put_bytes(&v, "password", "\x52\x56\x38\xa0\x22\xb3\x4b\xea\xab\x58\x1f\x98\xad\x26\xd8\xb8", 16);
	assert_content(EOI_SET_ADMIN, 0, &v,
	    "<sai:SetAdminAclEntryEx><sai:EntryEx><sai:Username>admin</sai:Username>"
	    "<sai:DigestPassword>UlY4oCKzS+qrWB+YrSbYuA==</sai:DigestPassword></sai:EntryEx></sai:SetAdminAclEntryEx>");
}

static void
a_file_can_shape_a_request(void **state)
{
	static const char text[] = "operation set_tls_psk\nnames SetPsk\n"
				   "request - A fixed:0 Interface\nrequest pid A dashed Pair/Name\nrequest pps A base64 Pair/Secret\n";
	SCOPED(buf) struct buf b = { 0 }, action = { 0 };
	struct eoi_values v = { .n = 0 };
	struct eoi_dialect d;
	size_t n;
	struct err e;

	(void)state;
	assert_ok(eoi_dialect_parse(text, strlen(text), "f", &d, &e));
	eoi_put_text(&v, "pid", "HLLQ045Q");
	eoi_put_text(&v, "pps", "B1C2");
	assert_ok(eoi_write(&d, EOI_SET_TLS_PSK, 0, &v, &b, &action, NULL, 0, &n, &e));
	assert_has(buf_str(&b), "<sai:SetPsk><sai:Interface>0</sai:Interface><sai:Pair><sai:Name>HLLQ-045Q</sai:Name>"
				"<sai:Secret>QjFDMg==</sai:Secret></sai:Pair></sai:SetPsk>");
	eoi_dialect_free(&d);
}

static void
every_try_is_another_spelling(void **state)
{
	struct eoi_values v = { .n = 0 };

	(void)state;
	eoi_put_bytes(&v, "key", "x", 1);
	assert_int_equal(eoi_tries(&eoi_dialect_builtin()->ops[EOI_SET_RNG_KEY]), 16);
	assert_int_equal(eoi_tries(&eoi_dialect_builtin()->ops[EOI_COMMIT]), 1);
	assert_int_equal(eoi_tries(&eoi_dialect_builtin()->ops[EOI_SET_TLS_OPTIONS]), 8);
	for (size_t i = 0; i < 16; i++)
		for (size_t k = 0; k < i; k++) {
			char a[300], b[300];

			content(EOI_SET_RNG_KEY, i, &v, a, sizeof(a));
			content(EOI_SET_RNG_KEY, k, &v, b, sizeof(b));
			assert_string_not_equal(a, b);
		}
}

static void
an_answer_is_read_whatever_its_prefixes(void **state)
{
	static const char *const bodies[] = {
		"<b:Envelope xmlns:b=\"urn:e\" xmlns:g=\"urn:g\"><b:Header/><b:Body><g:GetCoreVersionResponse><g:Status>0</g:Status>"
		"<g:Version>3.0.5</g:Version></g:GetCoreVersionResponse></b:Body></b:Envelope>",
		"<Envelope><Body><GetCoreVersionResponse xmlns=\"urn:g\"><StatusCode> 0 </StatusCode><version>3.0.5</version>"
		"</GetCoreVersionResponse></Body></Envelope>",
		"<Envelope><Body>\n<getcoreversionresponse>\n<x>0</x>\n<v>3.0.5</v></getcoreversionresponse></Body></Envelope>", /* by place */
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		SCOPED(eoi_answer) struct eoi_answer a = { 0 };
		char text[32];

		assert_int_equal(eoi_read(&eoi_dialect_builtin()->ops[EOI_GET_CORE_VERSION], bodies[i], strlen(bodies[i]), &a, &e), 1);
		assert_int_equal(a.status, 0);
		assert_int_equal(eoi_get_text(&a, "version", 0, text, sizeof(text), &e), 1);
		assert_string_equal(text, "3.0.5");
		assert_int_equal(eoi_get_text(&a, "version", 1, text, sizeof(text), &e), 0);
		assert_int_equal(eoi_get_text(&a, "nothing", 0, text, sizeof(text), &e), 0);
	}
}

static void
what_is_no_answer_is_said(void **state)
{
	static const char *const bodies[] = {
		"", "x", "<Envelope/>", "<Envelope><Body/></Envelope>", "<Body><GetCoreVersionResponse><Status>0</Status></GetCoreVersionResponse></Body>",
		"<Envelope><Body><GetCoreVersion/></Body></Envelope>", "<Envelope><Body><Response><Status>0</Status></Response></Body></Envelope>",
		"<Envelope><Body><GetCoreVersionResponse/></Body></Envelope>",
		"<Envelope><Body><GetCoreVersionResponse><Version>3.0.5</Version></GetCoreVersionResponse></Body></Envelope>",
		"<Envelope><Body><GetCoreVersionResponse><Status>-1</Status></GetCoreVersionResponse></Body></Envelope>",
		"<Envelope><Body><GetCoreVersionResponse><Status>4294967296</Status></GetCoreVersionResponse></Body></Envelope>",
		"<!DOCTYPE x><Envelope><Body><GetCoreVersionResponse><Status>0</Status></GetCoreVersionResponse></Body></Envelope>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		SCOPED(eoi_answer) struct eoi_answer a = { 0 };
		struct err e;

		assert_fails(eoi_read(&eoi_dialect_builtin()->ops[EOI_GET_CORE_VERSION], bodies[i], strlen(bodies[i]), &a, &e), ERR_ANSWER);
	}
}

static void
outputs_are_read_by_kind(void **state)
{
	static const char out[] = "<Status>0</Status><InterfaceDescriptor><HardwareAddressDescription>Wired0</HardwareAddressDescription>"
				  "<MACAddress>00:11:22:33:44:55</MACAddress><InterfaceMode>separate_mac_address</InterfaceMode><LinkPolicy>15</LinkPolicy>"
				  "<DhcpEnabled>1</DhcpEnabled><IPv4Parameters><LocalAddress>3232235876</LocalAddress><SubnetMask>x</SubnetMask></IPv4Parameters>"
				  "</InterfaceDescriptor>";
	SCOPED(eoi_answer) struct eoi_answer a = { 0 }, b = { 0 };
	char text[32];
	uint8_t bytes[16];
	size_t len;
	uint32_t n;
	bool on;
	struct err e;

	(void)state;
	answers("GetInterfaceSettings", out);
	assert_ok(eoi_do(&w, EOI_GET_IF, NULL, &a, &e));
	assert_int_equal(eoi_get_text(&a, "mac", 0, text, sizeof(text), &e), 1);
	assert_string_equal(text, "00:11:22:33:44:55");
	assert_int_equal(eoi_get_word(&a, "mode", 0, text, sizeof(text), &e), 1);
	assert_string_equal(text, "separate");
	assert_int_equal(eoi_get_bool(&a, "dhcp", &on, &e), 1);
	assert_true(on);
	assert_int_equal(eoi_get_number(&a, "address", 0, UINT32_MAX, &n, &e), 1);
	assert_int_equal(n, 3232235876U);
	assert_int_equal(eoi_get_number(&a, "gateway", 0, UINT32_MAX, &n, &e), 0);
	assert_int_equal(nodd, 0);
	assert_fails(eoi_get_number(&a, "mask", 0, UINT32_MAX, &n, &e), ERR_FIELD);
	assert_fails(eoi_get_number(&a, "link_policy", 0, 14, &n, &e), ERR_FIELD);
	assert_fails(eoi_missing(&a, "gateway", &e), ERR_FIELD);
	assert_int_equal(nodd, 3);
	assert_has(odd_reply[0], "<SubnetMask>x<"); /* the device's own bytes */
	answers("EnumeratePowerPackages", "<Status>0</Status><Guid>cyJzRiPcQy+pihPTeYLYVQ==</Guid><Guid>lE+DEvsQT9yWjh4jKwyQZQ==</Guid>");
	assert_ok(eoi_do(&w, EOI_ENUM_POWER_PKGS, NULL, &b, &e));
	assert_int_equal(eoi_get_bytes(&b, "package", 1, bytes, sizeof(bytes), &len, &e), 1); /* by place, repeated */
	assert_int_equal(len, 16);
	assert_int_equal(bytes[0], 0x94);
	assert_int_equal(eoi_get_bytes(&b, "package", 2, bytes, sizeof(bytes), &len, &e), 0);
	assert_fails(eoi_get_bytes(&b, "package", 0, bytes, 15, &len, &e), ERR_FIELD);
}

static void
the_next_spelling_comes_only_after_a_refusal(void **state)
{
	struct eoi_values v = { .n = 0 };
	struct err e;

	(void)state;
	eoi_put_bytes(&v, "key", "12345678901234567890", 20);
	faults(500);
	fake_play(f, &(struct fake_reply){ .status = 400, .type = "text/html", .body = "Bad Request" });
	fake_play(f, &(struct fake_reply){ .status = 404, .type = "", .body = "" });
	faults(200);
	answers("SetRngKey", "<Status>0</Status>");
	assert_ok(eoi_do(&w, EOI_SET_RNG_KEY, &v, NULL, &e));
	assert_int_equal(fake_count(f), 5);
	assert_has(fake_body(f, 0), "<sai:SetRngKey><sai:RngKey>");
	assert_has(fake_body(f, 1), "<sai:SetRNGKey><sai:RngKey>");
	assert_has(fake_body(f, 3), "<sai:SetRNGSeed><sai:RngKey>");
	assert_has(fake_body(f, 4), "<sai:SetRngKey><sai:Key>");
	assert_has(fake_head(f, 4), "#SetRngKey\"\r\n");
	assert_int_equal(nodd, 4);
	assert_has(odd_request[0], "(28 characters)"); /* the key is not shown */
	assert_has_not(odd_request[0], "MTIzNDU2");
	assert_has(odd_reply[0], "no such element");
	/* The same firmware is understood at once from then on; another one starts from the best spelling. */
	answers("SetRngKey", "<Status>0</Status>");
	assert_ok(eoi_do(&w, EOI_SET_RNG_KEY, &v, NULL, &e));
	assert_has(fake_body(f, 5), "<sai:SetRngKey><sai:Key>");
	(void)text_copy(w.version, sizeof(w.version), "3.0.6");
	answers("SetRngKey", "<Status>0</Status>");
	assert_ok(eoi_do(&w, EOI_SET_RNG_KEY, &v, NULL, &e));
	assert_has(fake_body(f, 6), "<sai:SetRngKey><sai:RngKey>");
	assert_int_equal(fake_count(f), 7);
}

static void
a_known_spelling_that_is_refused_is_no_end(void **state)
{
	struct eoi_values v = { .n = 0 };
	struct err e;

	(void)state;
	eoi_put_bytes(&v, "key", "x", 1);
	eoi_known_set(known, "3.0.5", EOI_SET_RNG_KEY, 2);
	for (int i = 0; i < 3; i++)
		faults(500);
	answers("SetRNGSeed", "<Status>0</Status>");
	assert_ok(eoi_do(&w, EOI_SET_RNG_KEY, &v, NULL, &e));
	assert_has(fake_body(f, 0), "<sai:SetRngSeed>");
	assert_has(fake_body(f, 1), "<sai:SetRngKey>");
	assert_has(fake_body(f, 2), "<sai:SetRNGKey>");
	assert_has(fake_body(f, 3), "<sai:SetRNGSeed>");
	assert_int_equal(eoi_known_get(known, "3.0.5", EOI_SET_RNG_KEY), 3);
}

static void
a_status_ends_the_search(void **state)
{
	struct eoi_values v = { .n = 0 };
	uint32_t status;
	struct err e;

	(void)state;
	eoi_put_bytes(&v, "key", "x", 1);
	answers("SetRngKey", "<Status>36</Status>");
	assert_fails(eoi_do(&w, EOI_SET_RNG_KEY, &v, NULL, &e), ERR_STATUS);
	assert_has(e.text, "dialect?");
	assert_has(e.text, "INVALID_PARAMETER");
	assert_int_equal(nodd, 1);
	answers("SetRngKey", "<Status>47</Status>");
	assert_fails(eoi_do(&w, EOI_SET_RNG_KEY, &v, NULL, &e), ERR_NOT_READY);
	answers("SetRngKey", "<Status>16</Status>");
	assert_ok(eoi_call(&w, EOI_SET_RNG_KEY, &v, &status, NULL, &e));
	assert_int_equal(status, PT_NOT_PERMITTED);
	assert_int_equal(fake_count(f), 3);
	/* Where the spelling is known, it is not called into question. */
	answers("SetHostName", "<Status>36</Status>");
	assert_fails(eoi_do(&w, EOI_SET_HOST_NAME, NULL, NULL, &e), ERR_STATUS);
	assert_has_not(e.text, "dialect");
}

static void
a_busy_device_is_not_asked_in_another_spelling(void **state)
{
	static const int rows[] = { 503, 408, 429 };
	struct eoi_values v = { .n = 0 };
	struct err e;

	(void)state;
	eoi_put_bytes(&v, "key", "x", 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fake_play(f, &(struct fake_reply){ .status = rows[i], .body = "" });
		assert_fails(eoi_do(&w, EOI_SET_RNG_KEY, &v, NULL, &e), ERR_HTTP);
	}
	fake_play(f, &(struct fake_reply){ .body = "<x/>" });
	assert_fails(eoi_do(&w, EOI_SET_RNG_KEY, &v, NULL, &e), ERR_ANSWER);
	fake_play(f, &(struct fake_reply){ .body = "" });
	assert_fails(eoi_do(&w, EOI_SET_RNG_KEY, &v, NULL, &e), ERR_ANSWER);
	fake_play(f, &(struct fake_reply){ .way = FAKE_HANG_UP });
	assert_fails(eoi_do(&w, EOI_SET_RNG_KEY, &v, NULL, &e), ERR_LOST);
	assert_int_equal(fake_count(f), 6);
}

static void
refused_in_every_spelling_is_a_question_of_the_dialect(void **state)
{
	struct err e;

	(void)state;
	for (int i = 0; i < 2; i++)
		faults(500);
	assert_fails(eoi_do(&w, EOI_REMOVE_8021X, NULL, NULL, &e), ERR_DIALECT);
	assert_has(e.text, "no such element");
	assert_int_equal(fake_count(f), 2);
	/* Not of one whose spelling is certain. */
	faults(500);
	assert_fails(eoi_do(&w, EOI_GET_HOST_NAME, NULL, NULL, &e), ERR_FAULT);
	fake_play(f, &(struct fake_reply){ .status = 500, .type = "text/html", .body = "x" });
	assert_fails(eoi_do(&w, EOI_GET_HOST_NAME, NULL, NULL, &e), ERR_HTTP);
}

static void
what_ends_a_setup_is_tried_again_only_on_a_standing_connection(void **state)
{
	static const char text[] = "operation commit\nnames CommitChanges CommitChange\n";
	struct eoi_dialect d;
	uint32_t status;
	struct err e;

	(void)state;
	assert_ok(eoi_dialect_parse(text, strlen(text), "f", &d, &e));
	w.dialect = &d;
	faults(500);
	answers("CommitChange", "<Status>0</Status>");
	assert_ok(eoi_call(&w, EOI_COMMIT, NULL, &status, NULL, &e));
	assert_int_equal(fake_count(f), 2);
	(void)text_copy(w.version, sizeof(w.version), "3.0.1");
	fake_play(f, &(struct fake_reply){ .status = 500, .body = "x", .close = true });
	assert_fails(eoi_call(&w, EOI_COMMIT, NULL, &status, NULL, &e), ERR_DIALECT);
	assert_int_equal(fake_count(f), 3);
	eoi_dialect_free(&d);
}

static void
what_a_release_does_not_have_is_not_sent(void **state)
{
	struct err e;

	(void)state;
	w.major = 2;
	w.minor = 2;
	assert_fails(eoi_do(&w, EOI_ENUM_IFS, NULL, NULL, &e), ERR_ABSENT);
	assert_int_equal(fake_count(f), 0);
	w.major = 0; /* not told yet */
	answers("EnumerateInterfaces", "<Status>0</Status>");
	assert_ok(eoi_do(&w, EOI_ENUM_IFS, NULL, NULL, &e));
}

static void
versions_that_a_device_makes_up_only_make_room(void **state)
{
	char version[32];

	(void)state;
	for (int i = 0; i < 100; i++) {
		(void)snprintf(version, sizeof(version), "3.0.%d", i);
		eoi_known_set(known, version, EOI_SET_RNG_KEY, 1);
	}
	assert_int_equal(eoi_known_get(known, "3.0.99", EOI_SET_RNG_KEY), 1);
	assert_int_equal(eoi_known_get(known, "3.0.0", EOI_SET_RNG_KEY), 0);
	assert_int_equal(eoi_known_get(known, "", EOI_SET_RNG_KEY), 0);
	assert_int_equal(eoi_known_get(NULL, "3.0.99", EOI_SET_RNG_KEY), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define EACH(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		TEST(the_envelope_is_the_conservative_one),
		TEST(plain_requests_are_those_of_the_document),
		TEST(containers_lists_and_words_are_those_of_the_document),
		TEST(a_file_can_shape_a_request),
		TEST(every_try_is_another_spelling),
		TEST(an_answer_is_read_whatever_its_prefixes),
		TEST(what_is_no_answer_is_said),
		EACH(outputs_are_read_by_kind),
		EACH(the_next_spelling_comes_only_after_a_refusal),
		EACH(a_known_spelling_that_is_refused_is_no_end),
		EACH(a_status_ends_the_search),
		EACH(a_busy_device_is_not_asked_in_another_spelling),
		EACH(refused_in_every_spelling_is_a_question_of_the_dialect),
		EACH(what_ends_a_setup_is_tried_again_only_on_a_standing_connection),
		EACH(what_a_release_does_not_have_is_not_sent),
		EACH(versions_that_a_device_makes_up_only_make_room),
	};

	http_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
