/* SPDX-License-Identifier: Apache-2.0 */
/* test_device_eoi: every operation of a device of AMT 2.0 to 3.1, in the words of protocol/eoi.md 8 and 9. */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "amt/device.h"
#include "amt/http_psk.h"
#include "amt/status.h"
#include "base/clock.h"
#include "base/text.h"
#include "tests/amt/fake.h"

#define REALM "Intel(R) AMT (ID:4B4B4544-0032-4610-8034-CAC04F543153)"
#define OK "<Status>0</Status>"

static struct fake *f;
static struct http *h;
static struct amt_device *d;

static void
answers(const char *op, const char *outputs)
{
	SCOPED(buf) struct buf b = { 0 };

	buf_printf(&b, "<b:Envelope xmlns:b=\"http://schemas.xmlsoap.org/soap/envelope/\"><b:Body><%sResponse>%s</%sResponse></b:Body></b:Envelope>",
	    op, outputs, op);
	fake_play(f, &(struct fake_reply){ .type = "text/xml", .body = buf_str(&b) });
}

static void
faults(void)
{
	fake_play(f, &(struct fake_reply){ .status = 500, .type = "text/xml", .body =
	    "<s:Envelope xmlns:s=\"e\"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>" });
}

/* A device of this release, which has told its version. */
static void
begin(const char *version)
{
	const struct amt_eoi_with with = { .dialect = eoi_dialect_builtin(), .plain_secrets = true };
	char text[96];
	struct err e;

	amt_free(d);
	assert_ok(amt_eoi(h, &with, &d, &e));
	assert_int_equal(d->dialect, AMT_DIALECT_EOI);
	(void)snprintf(text, sizeof(text), OK "<Version>%s</Version>", version);
	answers("GetCoreVersion", text);
	assert_ok(d->ops->probe(d, &e));
	(void)text_copy(d->facts.realm, sizeof(d->facts.realm), REALM);
	assert_int_equal(sscanf(version, "%u.%u", &d->facts.major, &d->facts.minor), 2);
}

static int
set_up(void **state)
{
	(void)state;
	f = fake_start(NULL);
	h = fake_client(f);
	d = NULL;
	begin("3.0.5");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	amt_free(d);
	http_free(h);
	fake_stop(f);
	return 0;
}

/* Everything that was played was asked for; the last request holds this. */
static void
assert_last(const char *part)
{
	assert_int_equal(fake_left(f), 0);
	assert_has(fake_body(f, fake_count(f) - 1), part);
}

static struct secret
secret_of(const char *text)
{
	struct secret s = { 0 };

	assert_true(secret_set(&s, text, strlen(text)));
	return s;
}

static void
the_release_decides_the_dialect(void **state)
{
	static const struct {
		const char *text;
		enum amt_dialect want;
	} rows[] = {
		{ "3.0.5", AMT_DIALECT_EOI }, { "2.0", AMT_DIALECT_EOI }, { "3.1.9", AMT_DIALECT_EOI }, { "3.2.0", AMT_DIALECT_EOI },
		{ "3.2.1", AMT_DIALECT_WSMAN }, { "3.2", AMT_DIALECT_WSMAN }, { "4.0.1", AMT_DIALECT_WSMAN }, { "16.1.25.1917", AMT_DIALECT_WSMAN },
		{ "1.1.33", AMT_DIALECT_NONE }, { "Intel(R) Active Management Technology 2.6.3", AMT_DIALECT_EOI },
		{ "Intel(R) Active Management Technology 12.0.67", AMT_DIALECT_WSMAN }, { "Intel(R) Active Management Technology", AMT_DIALECT_UNTOLD },
		{ "", AMT_DIALECT_UNTOLD }, { "nginx/1.2.3", AMT_DIALECT_UNTOLD }, { "x 3", AMT_DIALECT_UNTOLD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (amt_dialect_of(rows[i].text) != rows[i].want)
			fail_msg("%s: %d", rows[i].text, (int)amt_dialect_of(rows[i].text));
}

static void
facts_are_read_and_the_uuid_is_in_the_realm(void **state)
{
	struct amt_facts facts;
	char uuid[UUID_TEXT];
	struct err e;

	(void)state;
	answers("GetCoreVersion", OK "<Version>3.0.5</Version>");
	answers("GetDigestRealm", OK "<DigestRealm>" REALM "</DigestRealm>");
	answers("GetProvisioningState", OK "<ProvisioningState>1</ProvisioningState>");
	answers("GetProvisioningMode", OK "<ProvisioningMode>Enterprise</ProvisioningMode>");
	answers("GetInterfaceSettings", OK "<InterfaceDescriptor><MACAddress>00-11-22-33-44-55</MACAddress></InterfaceDescriptor>");
	assert_ok(d->ops->facts(d, &facts, &e));
	uuid_text(&facts.uuid, uuid);
	assert_string_equal(uuid, "4b4b4544-0032-4610-8034-cac04f543153");
	assert_string_equal(facts.version, "3.0.5");
	assert_string_equal(facts.realm, REALM);
	assert_string_equal(facts.mac, "00:11:22:33:44:55");
	assert_int_equal(facts.state, AMT_IN);
	assert_int_equal(facts.control_mode, 1);
	assert_last("<net:InterfaceHandle>0</net:InterfaceHandle>");
}

static void
what_a_device_does_not_tell_is_untold(void **state)
{
	struct amt_facts facts;
	struct err e;

	(void)state;
	begin("2.1.3");
	answers("GetCoreVersion", OK "<Version>2.1.3</Version>");
	answers("GetDigestRealm", OK "<DigestRealm>" REALM "</DigestRealm>");
	faults();
	answers("GetProvisioningMode", "<Status>2066</Status>");
	assert_ok(d->ops->facts(d, &facts, &e));
	assert_int_equal(facts.state, AMT_UNTOLD);
	assert_int_equal(facts.control_mode, 0);
	assert_string_equal(facts.mac, "");
	assert_int_equal(fake_left(f), 0); /* no interface handles before 2.5: not asked */
	/* Without a UUID nobody is configured. */
	answers("GetCoreVersion", OK "<Version>2.1.3</Version>");
	answers("GetDigestRealm", OK "<DigestRealm>Digest:A3829B3827DE4D33D4449B366831FD01</DigestRealm>");
	assert_fails(d->ops->facts(d, &facts, &e), ERR_FIELD);
	assert_has(e.text, "UUID");
}

static void
amt_1_is_refused(void **state)
{
	struct err e;

	(void)state;
	answers("GetCoreVersion", OK "<Version>1.1.33</Version>");
	assert_fails(d->ops->probe(d, &e), ERR_RELEASE);
	answers("GetCoreVersion", OK "<Version>new</Version>");
	assert_fails(d->ops->probe(d, &e), ERR_FIELD);
}

static void
passwords_go_out_as_the_vectors_have_them(void **state)
{
	struct secret s = secret_of("P@ssw0rd");
	bool refused;
	struct err e;

	(void)state;
	answers("SetAdminAclEntryEx", OK);
	assert_ok(d->ops->admin_password(d, &s, &e));
	assert_last("<sai:EntryEx><sai:Username>admin</sai:Username><sai:DigestPassword>UlY4oCKzS+qrWB+YrSbYuA==</sai:DigestPassword></sai:EntryEx>");
	answers("SetMEBxPassword", OK);
	assert_ok(d->ops->mebx_password(d, &s, &refused, &e));
	assert_false(refused);
	assert_last("<sai:SetMEBxPassword><sai:Password>P@ssw0rd</sai:Password></sai:SetMEBxPassword>");
	answers("SetMEBxPassword", "<Status>16</Status>");
	assert_ok(d->ops->mebx_password(d, &s, &refused, &e));
	assert_true(refused);
	answers("SetMEBxPassword", "<Status>2054</Status>");
	assert_fails(d->ops->mebx_password(d, &s, &refused, &e), ERR_STATUS);
	begin("2.5.1");
	assert_fails(d->ops->mebx_password(d, &s, &refused, &e), ERR_ABSENT);
}

static void
secrets_do_not_go_out_without_tls(void **state)
{
	const struct amt_eoi_with with = { .dialect = eoi_dialect_builtin() };
	struct secret s = secret_of("P@ssw0rd");
	bool refused;
	struct err e;

	(void)state;
	amt_free(d);
	assert_ok(amt_eoi(h, &with, &d, &e));
	size_t before = fake_count(f);
	assert_fails(d->ops->mebx_password(d, &s, &refused, &e), ERR_TLS);
	assert_fails(d->ops->tls_psk(d, "0000037M", &s, &e), ERR_TLS);
	assert_fails(d->ops->key_add(d, (const uint8_t *)"key", 3, &e), ERR_TLS);
	assert_int_equal(fake_count(f), before);
}

static void
the_pair_for_the_next_setup_goes_out_bare_then_with_hyphens(void **state)
{
	struct secret pps = secret_of("B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5");
	struct err e;

	(void)state;
	answers("SetTLSPSK", OK);
	assert_ok(d->ops->tls_psk(d, "HLLQ045Q", &pps, &e));
	assert_last("<sai:SetTLSPSK><sai:PID>HLLQ045Q</sai:PID><sai:PPS>B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5</sai:PPS></sai:SetTLSPSK>");
	answers("SetTLSPSK", "<Status>42</Status>");
	answers("SetTLSPSK", OK);
	assert_ok(d->ops->tls_psk(d, "HLLQ045Q", &pps, &e));
	assert_last("<sai:PID>HLLQ-045Q</sai:PID><sai:PPS>B1C2-D2E7-F3GC-H4JI-K5LO-M6NT-P7Q0-R8S5</sai:PPS>");
	answers("SetTLSPSK", "<Status>43</Status>");
	answers("SetTLSPSK", "<Status>43</Status>");
	assert_fails(d->ops->tls_psk(d, "HLLQ045Q", &pps, &e), ERR_STATUS);
	assert_int_equal(fake_left(f), 0);
}

static void
the_rng_key_is_random_and_of_the_length_of_the_table(void **state)
{
	struct err e;
	char first[64];

	(void)state;
	answers("SetRngKey", OK);
	assert_ok(d->ops->old->rng_key(d, &e));
	const char *at = strstr(fake_body(f, fake_count(f) - 1), "<sai:RngKey>");
	assert_non_null(at);
	(void)snprintf(first, sizeof(first), "%.*s", (int)strcspn(at + 12, "<"), at + 12);
	assert_int_equal(strlen(first), 28);
	answers("SetRngKey", OK);
	assert_ok(d->ops->old->rng_key(d, &e));
	assert_has_not(fake_body(f, fake_count(f) - 1), first);
	answers("SetRngKey", "<Status>48</Status>");
	assert_fails(d->ops->old->rng_key(d, &e), ERR_NOT_READY);
}

static void
the_clock_is_set_from_three_times(void **state)
{
	char text[96];
	int64_t off = 0;
	struct err e;

	(void)state;
	answers("GetLowAccuracyTimeSynch", OK "<Ta0>1138579243</Ta0>");
	answers("SetHighAccuracyTimeSynch", OK);
	assert_ok(d->ops->clock(d, &off, true, &e));
	assert_true(off < -10);
	assert_last("<tim:SetHighAccuracyTimeSynch><tim:Ta0>1138579243</tim:Ta0><tim:Tm1>");
	assert_has(fake_head(f, fake_count(f) - 1), "POST /NetworkTimeService HTTP/1.1");
	(void)snprintf(text, sizeof(text), OK "<Ta0>%lld</Ta0>", (long long)(clock_wall_us() / 1000000));
	answers("GetLowAccuracyTimeSynch", text);
	assert_ok(d->ops->clock(d, &off, false, &e)); /* near enough: not set */
	assert_int_equal(fake_left(f), 0);
	answers("GetLowAccuracyTimeSynch", "<Status>0</Status><a/><b/>");
	assert_fails(d->ops->clock(d, &off, true, &e), ERR_FIELD);
}

static void
general_settings_are_read_once_and_only_what_differs_is_written(void **state)
{
	struct amt_general g;
	struct err e;

	(void)state;
	answers("GetHostName", OK "<HostName>old</HostName>");
	answers("GetDomainName", OK "<DomainName></DomainName>");
	answers("GetPingResponse", OK "<PingResponse>true</PingResponse>");
	answers("GetGlobalPowerPolicy", OK "<GlobalPowerPolicy><IdleWakeTimeout>1</IdleWakeTimeout></GlobalPowerPolicy>");
	assert_ok(d->ops->general_read(d, &g, &e));
	assert_string_equal(g.host, "old");
	assert_true(g.ping && !g.has_rmcp_ping && g.has_idle);
	(void)text_copy(g.domain, sizeof(g.domain), "pro.intel.com");
	g.idle_timeout_min = 0; /* as it is */
	answers("SetDomainName", OK);
	assert_ok(d->ops->general(d, &g, &e));
	assert_last("<net:SetDomainName><net:DomainName>pro.intel.com</net:DomainName></net:SetDomainName>");
	assert_ok(d->ops->general_read(d, &g, &e));
	assert_string_equal(g.domain, "pro.intel.com");
	assert_int_equal(g.idle_timeout_min, 1);
	(void)text_copy(g.host, sizeof(g.host), "dell755");
	g.idle_timeout_min = 5;
	answers("SetHostName", OK);
	answers("SetGlobalPowerPolicy", "<Status>36</Status>");
	assert_fails(d->ops->general(d, &g, &e), ERR_STATUS);
	assert_last("<sai:GlobalPowerPolicy><sai:IdleWakeTimeout>5</sai:IdleWakeTimeout></sai:GlobalPowerPolicy>");
	answers("GetHostName", OK "<HostName>dell755</HostName>"); /* after a failure it is read again */
	answers("GetDomainName", OK "<DomainName>pro.intel.com</DomainName>");
	answers("GetPingResponse", OK "<PingResponse>false</PingResponse>");
	faults();
	faults();
	assert_ok(d->ops->general_read(d, &g, &e));
	assert_false(g.has_idle);
	assert_int_equal(fake_left(f), 0);
}

static void
key_and_certificate_go_to_the_store_and_are_bound(void **state)
{
	char handle[AMT_HANDLE_MAX];
	int bits;
	struct err e;

	(void)state;
	answers("GetPkiCapabilities", OK "<PkiCaps><CertChainMaxSize>10</CertChainMaxSize><SupportedKeyLengths>1024</SupportedKeyLengths>"
					 "<SupportedKeyLengths>1536</SupportedKeyLengths></PkiCaps>");
	assert_ok(d->ops->key_bits(d, &bits, &e));
	assert_int_equal(bits, 1536);
	answers("CertStoreAddKey", OK "<KeyHandle>3</KeyHandle>");
	assert_ok(d->ops->key_add(d, (const uint8_t *)"key", 3, &e));
	assert_last("<sai:CertStoreAddKey><sai:Key>a2V5</sai:Key></sai:CertStoreAddKey>");
	answers("CertStoreAddCertificate", OK "<CertHandle>0</CertHandle>");
	assert_ok(d->ops->certificate_add(d, (const uint8_t *)"cert", 4, handle, &e));
	assert_last("<sai:Certificate>Y2VydA==</sai:Certificate><sai:TrustedRoot>false</sai:TrustedRoot>");
	assert_string_equal(handle, "0");
	answers("SetTLSCredentials", OK);
	assert_ok(d->ops->tls_bind(d, handle, &e));
	assert_last("<sai:SetTLSCredentials><sai:CertHandle>0</sai:CertHandle></sai:SetTLSCredentials>");
	assert_fails(d->ops->certificate_add(d, (const uint8_t *)"certificate", 11, handle, &e), ERR_CERT_STRENGTH); /* larger than it takes */
	answers("CertStoreEnumerateCertificates", OK "<CertHandle>0</CertHandle><CertHandle>7</CertHandle>");
	answers("CertStoreRemoveCertificate", "<Status>16</Status>"); /* in use */
	assert_ok(d->ops->store_clean(d, &e));
	assert_last("<sai:CertHandle>7</sai:CertHandle>");
	answers("SetTlsOptions", OK);
	assert_ok(d->ops->tls(d, &(struct amt_tls){ .enabled = true }, &e));
	assert_last("<sai:NetworkInterface><sai:TlsAuthentication>ServerAuthentication<");
	struct amt_tls tls;
	answers("GetTlsOptions", OK "<NetworkInterface><TlsAuthentication>NoAuthentication</TlsAuthentication></NetworkInterface>");
	assert_ok(d->ops->tls_read(d, &tls, &e));
	assert_false(tls.enabled || tls.has_plain);
}

static void
a_certificate_of_an_earlier_attempt_goes_when_another_one_is_bound(void **state)
{
	struct err e;

	(void)state;
	d->facts.state = AMT_IN;
	answers("CertStoreEnumerateCertificates", OK "<CertHandle>0</CertHandle>");
	answers("CertStoreRemoveCertificate", "<Status>16</Status>");
	assert_ok(d->ops->store_clean(d, &e));
	answers("SetTLSCredentials", OK);
	answers("CertStoreEnumerateCertificates", OK "<CertHandle>0</CertHandle><CertHandle>1</CertHandle>");
	answers("CertStoreRemoveCertificate", OK);
	assert_ok(d->ops->tls_bind(d, "1", &e));
	assert_last("<sai:CertHandle>0</sai:CertHandle>");
}

static void
before_the_store_key_and_certificate_go_together(void **state)
{
	char handle[AMT_HANDLE_MAX];
	int bits;
	struct err e;

	(void)state;
	begin("2.0.4");
	assert_ok(d->ops->key_bits(d, &bits, &e));
	assert_int_equal(bits, 2048);
	assert_ok(d->ops->store_clean(d, &e));
	assert_ok(d->ops->key_add(d, (const uint8_t *)"key", 3, &e));
	size_t before = fake_count(f);
	answers("SetTLSKeyAndCertificate", OK);
	assert_ok(d->ops->certificate_add(d, (const uint8_t *)"cert", 4, handle, &e));
	assert_last("<sai:SetTLSKeyAndCertificate><sai:Key>a2V5</sai:Key><sai:Certificate>Y2VydA==</sai:Certificate></sai:SetTLSKeyAndCertificate>");
	assert_ok(d->ops->tls_bind(d, handle, &e));
	assert_int_equal(fake_count(f), before + 1);
}

/* What is bound cannot be read, so after the setup nothing is removed. */
static void
a_store_that_is_in_use_is_left_alone(void **state)
{
	struct err e;

	(void)state;
	d->facts.state = AMT_POST;
	size_t before = fake_count(f);
	assert_ok(d->ops->store_clean(d, &e));
	assert_int_equal(fake_count(f), before);
	d->facts.state = AMT_IN;
	faults();
	assert_ok(d->ops->store_clean(d, &e)); /* nor where it is not understood */
}

static void
interfaces_are_a_list_of_what_is_on(void **state)
{
	struct amt_interfaces i;
	struct err e;

	(void)state;
	answers("GetEnabledInterfaces", OK "<EnabledInterfaces>WebUI</EnabledInterfaces><EnabledInterfaces>SerialOverLAN</EnabledInterfaces>");
	assert_ok(d->ops->interfaces_read(d, &i, &e));
	assert_true(i.web_ui && i.sol && !i.ider && !i.kvm && !i.has_kvm);
	answers("SetEnabledInterfaces", OK);
	assert_ok(d->ops->interfaces(d, &(struct amt_interfaces){ .sol = true, .ider = true, .kvm = true }, &e));
	assert_last("<sai:SetEnabledInterfaces><sai:EnabledInterfaces>SerialOverLAN</sai:EnabledInterfaces>"
		    "<sai:EnabledInterfaces>IdeRedirection</sai:EnabledInterfaces></sai:SetEnabledInterfaces>");
	answers("SetEnabledInterfaces", OK);
	assert_ok(d->ops->interfaces(d, &(struct amt_interfaces){ .web_ui = false }, &e));
	assert_last("<sai:SetEnabledInterfaces></sai:SetEnabledInterfaces>");
}

static void
kerberos_and_8021x_are_taken_away(void **state)
{
	bool had;
	struct err e;

	(void)state;
	answers("SetKerberosOptions", OK);
	assert_ok(d->ops->old->kerberos_off(d, &e));
	assert_last("<sai:KerberosRealmName></sai:KerberosRealmName>");
	answers("Remove8021XWiredProfile", OK);
	assert_ok(d->ops->old->wired_off(d, &had, &e));
	assert_true(had);
	answers("Remove8021XWiredProfile", "<Status>2068</Status>");
	assert_ok(d->ops->old->wired_off(d, &had, &e));
	assert_false(had);
	answers("Remove8021XWiredProfile", "<Status>1</Status>");
	assert_fails(d->ops->old->wired_off(d, &had, &e), ERR_STATUS);
	begin("2.2.0");
	assert_fails(d->ops->old->wired_off(d, &had, &e), ERR_ABSENT);
}

static void
acl_entries_are_read_page_by_page_and_written(void **state)
{
	struct amt_acl acl[AMT_ACL_MAX];
	struct secret s = secret_of("H3lpDesk!");
	size_t n;
	struct err e;

	(void)state;
	answers("EnumerateUserAclEntries", OK "<TotalCount>3</TotalCount><Handle>1</Handle><Handle>5</Handle>");
	answers("GetUserAclEntryEx", OK "<EntryEx><DigestUser><Username>$$OsAdmin</Username></DigestUser>"
					"<AccessPermission>LocalAccessPermission</AccessPermission><Realms><Realm>3</Realm></Realms></EntryEx>");
	answers("GetUserAclEntryEx", OK "<EntryEx><KerberosUser><Sid>AQUAAAAAAAUVAAAA3PTcO4M9K0aCi6YoAAIAAA==</Sid></KerberosUser>"
					"<AccessPermission>AnyAccessPermission</AccessPermission><Realms/></EntryEx>");
	answers("EnumerateUserAclEntries", OK "<TotalCount>3</TotalCount><Handle>9</Handle>");
	answers("GetUserAclEntryEx", OK "<DigestUser><Username>helpdesk</Username></DigestUser><AccessPermission>1</AccessPermission>"
					"<Realms><Realm>5</Realm><Realm>2</Realm></Realms>");
	assert_ok(d->ops->acl_read(d, acl, &n, &e));
	assert_int_equal(n, 3);
	assert_true(acl[0].system && acl[0].access == ACL_LOCAL && acl[0].realms == 1U << 3);
	assert_true(acl[1].user[0] == '\0' && !acl[1].system && acl[1].handle == 5);
	assert_string_equal(acl[2].user, "helpdesk");
	assert_true(acl[2].access == ACL_NETWORK && acl[2].realms == (1U << 5 | 1U << 2));
	assert_int_equal(fake_left(f), 0);
	answers("EnumerateUserAclEntries", "<Status>35</Status>"); /* an empty table */
	assert_ok(d->ops->acl_read(d, acl, &n, &e));
	assert_int_equal(n, 0);
	answers("RemoveUserAclEntry", OK);
	assert_ok(d->ops->acl_remove(d, 9, &e));
	assert_last("<sai:RemoveUserAclEntry><sai:Handle>9</sai:Handle></sai:RemoveUserAclEntry>");
	answers("AddUserAclEntryEx", OK "<Handle>32</Handle>");
	assert_ok(d->ops->acl_add(d, &(struct acl_entry){ .user = "helpdesk", .access = ACL_NETWORK, .realms = 1U << 5 | 1U << 2 }, &s, &e));
	assert_last("<sai:DigestPassword>e6/SRQ4Z9OkYh8eDzX7gcA==</sai:DigestPassword></sai:DigestUser>"
		    "<sai:AccessPermission>NetworkAccessPermission</sai:AccessPermission><sai:Realms><sai:Realm>2</sai:Realm><sai:Realm>5</sai:Realm></sai:Realms>");
}

static void
the_best_package_the_device_offers_is_taken(void **state)
{
	enum power_package is;
	bool absent;
	struct err e;

	(void)state;
	answers("EnumeratePowerPackages", OK "<PackageId>lE+DEvsQT9yWjh4jKwyQZQ==</PackageId><PackageId>Uw4I22wP2Uiy0olY0/EVbg==</PackageId>"
					     "<PackageId>MIAN7gnAeEOvKHhootu+Og==</PackageId>");
	answers("SetActivePowerPackage", OK);
	assert_ok(d->ops->power(d, POWER_S0_S3_S5, &absent, &e));
	assert_false(absent);
	assert_last("<sai:PackageId>MIAN7gnAeEOvKHhootu+Og==</sai:PackageId>");
	answers("EnumeratePowerPackages", OK "<PackageId>AAAAAAAAAAAAAAAAAAAAAA==</PackageId>");
	assert_ok(d->ops->power(d, POWER_S0, &absent, &e));
	assert_true(absent);
	answers("GetActivePowerPackage", OK "<PackageId>lE+DEvsQT9yWjh4jKwyQZQ==</PackageId>");
	assert_ok(d->ops->power_read(d, &is, &e));
	assert_int_equal(is, POWER_S0);
}

static void
a_commit_tells_its_status(void **state)
{
	uint32_t status;
	struct err e;

	(void)state;
	answers("CommitChanges", "<Status>2057</Status>");
	assert_ok(d->ops->commit(d, &status, &e));
	assert_int_equal(status, PT_DATA_MISSING);
	fake_play(f, &(struct fake_reply){ .way = FAKE_HANG_UP });
	assert_fails(d->ops->commit(d, &status, &e), ERR_LOST);
	assert_int_equal(err_next(e.code), NEXT_LOOK);
	assert_last("<sai:CommitChanges></sai:CommitChanges>");
}

static void
the_setup_period_is_extended_where_it_can(void **state)
{
	struct err e;

	(void)state;
	answers("ExtendProvisioningPeriod", OK);
	assert_ok(d->ops->extend(d, 6, &e));
	assert_last("<sai:Duration>6</sai:Duration>");
	faults();
	assert_ok(d->ops->extend(d, 6, &e));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define EACH(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		TEST(the_release_decides_the_dialect),
		EACH(facts_are_read_and_the_uuid_is_in_the_realm),
		EACH(what_a_device_does_not_tell_is_untold),
		EACH(amt_1_is_refused),
		EACH(passwords_go_out_as_the_vectors_have_them),
		EACH(secrets_do_not_go_out_without_tls),
		EACH(the_pair_for_the_next_setup_goes_out_bare_then_with_hyphens),
		EACH(the_rng_key_is_random_and_of_the_length_of_the_table),
		EACH(the_clock_is_set_from_three_times),
		EACH(general_settings_are_read_once_and_only_what_differs_is_written),
		EACH(key_and_certificate_go_to_the_store_and_are_bound),
		EACH(a_certificate_of_an_earlier_attempt_goes_when_another_one_is_bound),
		EACH(before_the_store_key_and_certificate_go_together),
		EACH(a_store_that_is_in_use_is_left_alone),
		EACH(interfaces_are_a_list_of_what_is_on),
		EACH(kerberos_and_8021x_are_taken_away),
		EACH(acl_entries_are_read_page_by_page_and_written),
		EACH(the_best_package_the_device_offers_is_taken),
		EACH(a_commit_tells_its_status),
		EACH(the_setup_period_is_extended_where_it_can),
	};

	http_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
