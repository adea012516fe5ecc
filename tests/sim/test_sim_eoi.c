/* SPDX-License-Identifier: Apache-2.0 */
/* test_sim_eoi: the simulator takes every spelling of the dialect table, and what its calls do. */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sim/eoisrv.h"
#include "sim/fleet.h"
#include "sim/keystore.h"
#include "sim/mem.h"
#include "sim/pending.h"
#include "sim/roots.h"
#include "sim/soap.h"

#define SOAP11 "http://schemas.xmlsoap.org/soap/envelope/"
#define SAI    "/SecurityAdministrationService"
#define NET    "/NetworkAdministrationService"
#define RCI    "/RemoteControlService"
#define TIM    "/NetworkTimeService"
#define HASH   "UlY4oCKzS+qrWB+YrSbYuA=="
#define RNG    "AAAAAAAAAAAAAAAAAAAAAAAAAAA="

static struct fleet fleet;
static struct device dev;
static struct eoisrv last; /* the answer to the last call */

static void
start(const char *release)
{
	struct err e;

	dev = (struct device){ .fleet = &fleet };
	assert_int_equal(release_parse(release, &dev.rel, &e), 0);
	dev.mac[0] = 2;
	device_init(&dev);
	roots_factory(&dev);
}

static int
finish(void **state)
{
	(void)state;
	eoisrv_free(&last);
	device_free(&dev);
	return 0;
}

static void
fault(const char *spec)
{
	struct fault_spec f;
	struct err e;

	assert_int_equal(fault_parse(spec, &f, &e), 0);
	fault_add(&dev.faults, &f);
}

/* Call with an element as it stands; the status, or 1000 plus the HTTP status of a fault. */
static unsigned int
ask(const char *path, const char *element, const struct acl *who)
{
	SCOPED(mem)
	char *text = mem_print("<?xml version=\"1.0\"?><E:Envelope xmlns:E=\"" SOAP11
			       "\"><E:Body>%s</E:Body></E:Envelope>",
	    element);

	eoisrv_free(&last);
	assert_int_equal(eoisrv_read(&dev, path, text, strlen(text), &last), 0);
	eoisrv_act(&dev, &last, who);
	return last.is_fault ? 1000 + last.status : last.status;
}

/* Operation and what is in it, in a namespace of its own. */
static unsigned int
call(const char *path, const char *op, const char *inside)
{
	SCOPED(mem) char *element = mem_print("<%s xmlns=\"urn:any\">%s</%s>", op, inside, op);

	return ask(path, element, NULL);
}

static bool
said(const char *part)
{
	if (strstr(buf_str(&last.body), part) != NULL)
		return true;
	print_error("%s\nis not in\n%s\n", part, buf_str(&last.body));
	return false;
}

static void
every_row_of_the_dialect_is_carried_out(void **state)
{
	const struct eoi_dialect *all = eoi_dialect_builtin();

	(void)state;
	start("3.0");
	for (int i = 0; i < EOI_OPS; i++) {
		/* nothing is known of what this one answers */
		bool has = i != EOI_GET_CODE_VERSIONS;

		if ((eoisrv_row((enum eoi_id)i) != NULL) != has)
			print_error("%s\n", all->ops[i].name);
		assert_int_equal(eoisrv_row((enum eoi_id)i) != NULL, has);
	}
}

static void
every_spelling_is_understood_in_any_case(void **state)
{
	const struct eoi_dialect *all = eoi_dialect_builtin();
	char name[EOI_NAME_MAX];

	(void)state;
	start("3.0");
	for (int i = 0; i < EOI_OPS; i++)
		for (size_t n = 0; eoi_nth(all->ops[i].names, n, name, sizeof(name)); n++) {
			const struct eoi_op *op = &all->ops[i];
			bool has = eoi_in_release(op, 3, 0) && i != EOI_GET_CODE_VERSIONS;

			for (int upper = 0; upper < 2; upper++) {
				for (char *c = name; upper && *c != '\0'; c++)
					*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
				unsigned int got = call(all->services[op->service].path, name, "");

				assert_int_equal(got == 1500, !has);
				device_free(&dev);
				start("3.0");
			}
		}
}

/* A value of the type, as a client writes it. */
static void
sample(const struct eoi_field *f, char *out, size_t size)
{
	char word[EOI_NAME_MAX] = "";
	uint8_t raw[64] = { 1 };
	size_t n = eoi_bytes(f) > 0 ? eoi_bytes(f) : 8;
	SCOPED(mem) char *b64 = b64_text(raw, n);

	(void)snprintf(word, sizeof(word), "%.*s", (int)strcspn(f->more, "="), f->more);
	switch (f->type) {
	case EOI_BASE64:
		(void)snprintf(out, size, "%s", b64);
		break;
	case EOI_UINT:
	case EOI_IPV4:
		(void)snprintf(out, size, "%s", "169090600");
		break;
	case EOI_BOOL:
	case EOI_BIT:
		(void)snprintf(out, size, "%s", "1");
		break;
	case EOI_WORD:
		assert_true(eoi_word_out(f, word, 0, out, size));
		break;
	default:
		(void)snprintf(out, size, "%s", "some text");
	}
}

/* One field of one spelling alone in its containers. */
static char *
alone(const char *op, const char *path, const char *value)
{
	SCOPED(buf) struct buf b = { 0 };
	char names[4][EOI_NAME_MAX];
	const char *rest = path;
	size_t n = 0;
	bool star;

	buf_printf(&b, "<%s>", op);
	while (rest != NULL && n < ARRAY_LEN(names)) {
		rest = eoi_step(rest, names[n], &star);
		buf_printf(&b, "<%s>", names[n++]);
	}
	buf_puts(&b, value);
	while (n > 0)
		buf_printf(&b, "</%s>", names[--n]);
	buf_printf(&b, "</%s>", op);
	return mem_copy(buf_str(&b));
}

static void
every_spelling_of_every_field_is_understood(void **state)
{
	const struct eoi_dialect *all = eoi_dialect_builtin();
	char path[EOI_PATH_MAX], value[EOI_NAME_MAX];
	size_t seen = 0;

	(void)state;
	start("3.0");
	for (int i = 0; i < EOI_OPS; i++)
		for (const struct eoi_field *f = all->ops[i].request; f->name != NULL; f++)
			for (size_t n = 0; eoi_nth(f->paths, n, path, sizeof(path)); n++) {
				struct eoisrv_vals v = { 0 };

				sample(f, value, sizeof(value));
				SCOPED(mem) char *text = alone("Op", path, value);
				xmlDoc *doc = soap_doc(text, strlen(text));
				assert_non_null(doc);
				assert_true(
				    eoisrv_decode(&all->ops[i], xmlDocGetRootElement(doc), &v));
				assert_int_equal(v.n, 1);
				assert_string_equal(v.v[0].name, f->name);
				if (f->type == EOI_IPV4)
					assert_string_equal(v.v[0].text, "10.20.30.40");
				if (f->type == EOI_BOOL)
					assert_string_equal(v.v[0].text, "true");
				eoisrv_vals_free(&v);
				xmlFreeDoc(doc);
				seen++;
			}
	assert_true(seen > 100);
}

static void
answers_have_the_status_first_and_the_first_spelling(void **state)
{
	(void)state;
	start("3.0.5");
	assert_int_equal(ask(SAI, "<x:getcoreversion xmlns:x=\"urn:y\"/>", NULL), 0);
	assert_string_equal(buf_str(&last.body),
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><b:Envelope xmlns:b=\"" SOAP11
	    "\" xmlns:g=\""
	    "http://schemas.intel.com/platform/client/SecurityAdministration/2004/01\"><b:Body>"
	    "<g:GetCoreVersionResponse><g:Status>0</g:Status><g:Version>3.0.5</g:Version>"
	    "</g:GetCoreVersionResponse></b:Body></b:Envelope>");
	fault("status-code*1");
	fault("odd-xml");
	assert_int_equal(call(SAI, "GetCoreVersion", ""), 0);
	assert_true(said("<sai:StatusCode>0</sai:StatusCode><sai:Version>3.0.5</sai:Version>"));
	assert_int_equal(call(SAI, "GetCoreVersion", ""), 0);
	assert_true(said("<sai:Status>0<"));
}

static void
lists_and_containers_nest_as_the_table_says(void **state)
{
	(void)state;
	start("3.0");
	assert_int_equal(call(SAI, "SetKerberosOptions",
			     "<KerberosRealmName>CORP.EXAMPLE</KerberosRealmName>"
			     "<SpnEntry><Spn>HTTP/a:16992</Spn><Protocol>0</Protocol></SpnEntry>"
			     "<SpnEntry><Spn>HTTP/a:16993</Spn><Protocol>1</Protocol></SpnEntry>"
			     "<KerberosKeyVersion>3</KerberosKeyVersion>"
			     "<KerberosEncryption>0</KerberosEncryption>"
			     "<KerberosMasterKey>AAECAwQFBgcICQoLDA0ODw==</KerberosMasterKey>"
			     "<MaximumClockTolerance>5</MaximumClockTolerance>"),
	    0);
	assert_string_equal(
	    device_named(&dev, "AMT_KerberosSettingData", 0, "ServicePrincipalName"),
	    "HTTP/a:16992\nHTTP/a:16993");
	assert_int_equal(call(SAI, "GetKerberosOptions", ""), 0);
	assert_true(
	    said("<g:KerberosRealmName>CORP.EXAMPLE</g:KerberosRealmName>"
		 "<g:SpnEntry><g:Spn>HTTP/a:16992</g:Spn><g:Protocol>0</g:Protocol></g:SpnEntry>"
		 "<g:SpnEntry><g:Spn>HTTP/a:16993</g:Spn><g:Protocol>1</g:Protocol></g:SpnEntry>"
		 "<g:KerberosKeyVersion>3</g:KerberosKeyVersion>"));
	assert_int_equal(
	    call(SAI, "SetKerberosOptions", "<KerberosRealmName></KerberosRealmName>"), 0);
	assert_string_equal(
	    device_named(&dev, "AMT_KerberosSettingData", 0, "KrbEnabled"), "false");
	assert_int_equal(call(SAI, "GetPkiCapabilities", ""), 0);
	assert_true(
	    said("<g:PkiCaps><g:CrlStoreSize>1424</g:CrlStoreSize><g:RootCertMaxSize>1500<"));
	assert_true(
	    said("<g:SupportedKeyLengths>1024</g:SupportedKeyLengths><g:SupportedKeyLengths>"
		 "1536</g:SupportedKeyLengths><g:SupportedKeyLengths>2048"
		 "</g:SupportedKeyLengths></g:PkiCaps></g:GetPkiCapabilitiesResponse>"));
}

static void
what_is_not_understood_is_refused(void **state)
{
	static const char *const wrong[] = {
		"<Hostname2>a</Hostname2>",      /* no such element */
		"<HostName>a</HostName><More/>", /* one too many */
		"<HostName>a</HostName><HostName>b</HostName>",
		"<HostName><Deep>a</Deep></HostName>",
		"",
	};
	static const char *const no_envelopes[] = { "", "x", "<a/>",
		"<E:Envelope xmlns:E=\"" SOAP11 "\"/>",
		"<E:Envelope xmlns:E=\"" SOAP11 "\"><E:Body></E:Body></E:Envelope>",
		"<!DOCTYPE a []><E:Envelope xmlns:E=\"" SOAP11
		"\"><E:Body><a/></E:Body></E:Envelope>",
		"<E:Envelope xmlns:E=\"" NS_SOAP "\"><E:Body><a/></E:Body></E:Envelope>" };

	(void)state;
	start("3.0");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(call(NET, "SetHostName", wrong[i]), PT_INVALID_PARAMETER);
	assert_int_equal(call(NET, "NoSuchCall", ""), 1500);
	assert_true(said("<b:Fault><faultcode>b:Client</faultcode>"));
	assert_int_equal(call(NET, "GetCoreVersion", ""), 1500); /* of another service */
	for (size_t i = 0; i < ARRAY_LEN(no_envelopes); i++) {
		eoisrv_free(&last);
		assert_int_equal(
		    eoisrv_read(&dev, NET, no_envelopes[i], strlen(no_envelopes[i]), &last), -1);
	}
}

static void
releases_have_the_calls_and_services_of_their_time(void **state)
{
	static const struct {
		const char *release, *path, *op;
		bool has;
	} rows[] = {
		{ "2.1", NET, "EnumerateInterfaces", false },
		{ "2.5", NET, "EnumerateInterfaces", true },
		{ "2.1", SAI, "GetZeroTouchConfigurationMode", false },
		{ "2.2", SAI, "GetZeroTouchConfigurationMode", true },
		{ "2.5", SAI, "GetZeroTouchConfigurationMode", false },
		{ "2.6", SAI, "GetZeroTouchConfigurationMode", true },
		{ "2.1", SAI, "CertStoreEnumerateCertificates", false },
		{ "3.0", SAI, "CertStoreEnumerateCertificates", true },
		{ "2.1", SAI, "EnumeratePowerPackages", false },
		{ "2.5", SAI, "EnumeratePowerPackages", true },
		{ "8.1", SAI, "GetCoreVersion", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		start(rows[i].release);
		assert_int_equal(call(rows[i].path, rows[i].op, "") == 0, rows[i].has);
		device_free(&dev);
	}
	start("9.0");
	assert_false(eoisrv_path(&dev, SAI));
	device_free(&dev);
	start("2.6");
	assert_true(eoisrv_path(&dev, "/securityadministrationservice"));
	assert_false(eoisrv_path(&dev, "/WirelessConfigurationService"));
}

/* What a run of 9.2 does before the commit. */
static void
prepare(void)
{
	assert_int_equal(call(SAI, "SetRngKey", "<RngKey>" RNG "</RngKey>"), 0);
	assert_int_equal(call(TIM, "SetHighAccuracyTimeSynch",
			     "<Ta0>1138579243</Ta0><Tm1>1214949243</Tm1><Tm2>1214949243</Tm2>"),
	    0);
	assert_int_equal(call(NET, "SetHostName", "<HostName>dell755</HostName>"), 0);
}

static void
commit_wants_its_conditions_and_ends_setup(void **state)
{
	(void)state;
	start("2.1");
	assert_int_equal(call(SAI, "CommitChanges", ""), 2057);
	assert_int_equal(call(SAI, "SetRngKey", "<RngKey>QUJD</RngKey>"), PT_INVALID_PARAMETER);
	prepare();
	assert_int_equal(call(SAI, "GetProvisioningState", ""), 0);
	assert_true(said("<g:ProvisioningState>1<"));
	assert_int_equal(last.after, AFTER_NOTHING);
	assert_int_equal(call(SAI, "CommitChanges", ""), 0);
	assert_int_equal(last.after, AFTER_COMMIT);
	assert_int_equal(dev.state, STATE_POST);
	assert_int_equal(call(SAI, "GetProvisioningState", ""), 0);
	assert_true(said("<g:ProvisioningState>2<"));
	assert_true(call(SAI, "Unprovision", "<ProvisioningMode>1</ProvisioningMode>") == 0 &&
		    last.after == AFTER_FULL);
	assert_true(call(SAI, "PartialUnprovision", "") == 0 && last.after == AFTER_PARTIAL);
}

static void
setters_wait_for_the_commit_unless_told_not_to(void **state)
{
	static const struct {
		const char *op, *inside;
	} calls[] = {
		{ "SetAdminAclEntryEx", "<EntryEx><Username>admin</Username><DigestPassword>" HASH
					"</DigestPassword></EntryEx>" },
		{ "SetTLSPSK", "<PID>0000-037M</PID><PPS>NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ</PPS>" },
		{ "AddUserAclEntryEx",
		    "<EntryEx><DigestUser><Username>helpdesk</Username><DigestPassword>" HASH
		    "</DigestPassword></DigestUser><AccessPermission>NetworkAccessPermission"
		    "</AccessPermission><Realms><Realm>5</Realm></Realms></EntryEx>" },
	};
	(void)state;
	for (int at_once = 0; at_once < 2; at_once++) {
		size_t n;

		start("2.5");
		fault(at_once ? "at-once:SecurityAdministrationService" : "at-once:SetHostName");
		for (size_t i = 0; i < ARRAY_LEN(calls); i++)
			assert_int_equal(call(SAI, calls[i].op, calls[i].inside), 0);
		assert_int_equal(
		    call(NET, "SetDomainName", "<DomainName>example.com</DomainName>"), 0);
		assert_int_equal(call(NET, "SetHostName", "<HostName>pc</HostName>"), 0);
		assert_true(call(SAI, "GetProvisioningPID", "") == 0 && said("0000037M"));
		assert_string_equal(pending_pid(&dev), at_once ? "0000037M" : "");
		assert_int_equal(pending_admin_set(&dev), at_once);
		(void)pending_acls(&dev, &n);
		assert_int_equal(n, at_once);
		pending_drop(&dev);
		assert_int_equal(dev.nacls, at_once);
		assert_string_equal(
		    device_named(&dev, "AMT_GeneralSettings", 0, "HostName"), at_once ? "" : "pc");
		assert_string_equal(device_named(&dev, "AMT_GeneralSettings", 0, "DomainName"), "");
		device_free(&dev);
	}
	start("2.5");
}

static void
users_do_what_their_realms_allow(void **state)
{
	struct acl remote = { .realms = { 5 }, .nrealms = 1 },
		   admin = { .realms = { 3 }, .nrealms = 1 };

	(void)state;
	start("3.0");
	assert_int_equal(ask(SAI, "<GetCoreVersion/>", &remote), 0);
	assert_int_equal(ask(RCI, "<GetSystemPowerState/>", &remote), 0);
	assert_int_equal(ask(NET, "<GetHostName/>", &remote), PT_NOT_PERMITTED);
	assert_int_equal(ask(SAI, "<CommitChanges/>", &remote), PT_NOT_PERMITTED);
	assert_int_equal(ask(NET, "<SetHostName><HostName>a</HostName></SetHostName>", &admin), 0);
}

static void
acl_is_the_same_in_both_dialects(void **state)
{
	(void)state;
	start("3.0");
	assert_int_equal(call(SAI, "AddUserAclEntryEx",
			     "<EntryEx><KerberosUser><Sid>AQUAAAAAAAUVAAAA3PTcO4M9K0aCi6YoAAIAAA==<"
			     "/Sid></KerberosUser>"
			     "<AccessPermission>AnyAccessPermission</AccessPermission>"
			     "<Realms><Realm>5</Realm><Realm>2</Realm></Realms></EntryEx>"),
	    0);
	assert_true(said("<g:Handle>1</g:Handle>"));
	assert_int_equal(dev.acls[0].access, 2);
	assert_int_equal(dev.acls[0].realms[1], 2);
	assert_int_equal(call(SAI, "EnumerateUserAclEntries", "<StartIndex>1</StartIndex>"), 0);
	assert_true(said("<g:TotalCount>1</g:TotalCount><g:Handle>1</g:Handle>"));
	assert_int_equal(call(SAI, "GetUserAclEntryEx", "<Handle>1</Handle>"), 0);
	assert_true(said(
	    "<g:EntryEx><g:KerberosUser><g:Sid>AQUAAAAAAAUVAAAA3PTcO4M9K0aCi6YoAAIAAA==</g:Sid>"
	    "</g:KerberosUser><g:AccessPermission>AnyAccessPermission</g:AccessPermission>"
	    "<g:Realms><g:Realm>5</g:Realm><g:Realm>2</g:Realm></g:Realms></g:EntryEx>"));
	assert_int_equal(
	    call(SAI, "AddUserAclEntryEx",
		"<EntryEx><Username>a</Username><DigestPassword>" HASH "</DigestPassword>"
		"<AccessPermission>0</AccessPermission><Realm>21</Realm></EntryEx>"),
	    PT_INVALID_REALM); /* came with 4.0 */
	assert_int_equal(
	    call(SAI, "SetAclEnabledState", "<Handle>1</Handle><Enabled>false</Enabled>"), 0);
	assert_true(call(SAI, "GetAclEnabledState", "<Handle>1</Handle>") == 0 && said(">false<"));
	assert_int_equal(call(SAI, "RemoveUserAclEntry", "<Handle>1</Handle>"), 0);
	assert_int_equal(call(SAI, "RemoveUserAclEntry", "<Handle>1</Handle>"), PT_INVALID_HANDLE);
}

static void
addresses_vlan_and_802_1x_are_those_of_ws_management(void **state)
{
	static const char *const port = "AMT_EthernetPortSettings";

	(void)state;
	start("2.6");
	assert_int_equal(
	    call(NET, "SetInterfaceSettings",
		"<InterfaceHandle>0</InterfaceHandle><InterfaceDescriptor>"
		"<InterfaceMode>SEPARATE_MAC_ADDRESS</InterfaceMode><LinkPolicy>17</LinkPolicy>"
		"<IPv4Parameters><LocalAddress>169090600</LocalAddress>"
		"<SubnetMask>4294967040</SubnetMask>"
		"<DefaultGatewayAddress>169090561</DefaultGatewayAddress>"
		"<PrimaryDnsAddress>169090561</PrimaryDnsAddress><SecondaryDnsAddress>0"
		"</SecondaryDnsAddress></IPv4Parameters></InterfaceDescriptor>"),
	    0);
	assert_string_equal(device_named(&dev, port, 0, "IPAddress"), "10.20.30.40");
	assert_string_equal(device_named(&dev, port, 0, "SubnetMask"), "255.255.255.0");
	assert_string_equal(device_named(&dev, port, 0, "LinkPolicy"), "1\n16");
	fault("mac-hyphens*1");
	assert_int_equal(
	    call(NET, "GetInterfaceSettings", "<InterfaceHandle>0</InterfaceHandle>"), 0);
	assert_true(said("<g:MACAddress>02-"));
	assert_true(said("<g:LinkPolicy>17</g:LinkPolicy><g:DhcpEnabled>false</g:DhcpEnabled>"
			 "<g:IPv4Parameters><g:LocalAddress>169090600</g:LocalAddress>"));
	assert_int_equal(call(NET, "GetInterfaceSettings", "<InterfaceHandle>1</InterfaceHandle>"),
	    PT_INVALID_HANDLE);
	assert_int_equal(
	    call(NET, "SetInterfaceSettings",
		"<InterfaceHandle>0</InterfaceHandle><InterfaceDescriptor><InterfaceMode>"
		"SEPARATE_MAC_ADDRESS</InterfaceMode></InterfaceDescriptor>"),
	    PT_INVALID_PARAMETER); /* an address is wanted */
	assert_int_equal(
	    call(NET, "SetVlanParameters",
		"<VlanParameters><Enabled>true</Enabled><VlanTag>7</VlanTag></VlanParameters>"),
	    0);
	assert_string_equal(device_named(&dev, port, 0, "VLANTag"), "7");
	assert_int_equal(call(NET, "Remove8021XWiredProfile", ""), PT_NOT_FOUND);
	assert_int_equal(
	    call(NET, "Set8021XWiredProfile",
		"<Profile><Protocol>2</Protocol><Username>pc</Username><Password>secret"
		"</Password><PxeTimeout>120</PxeTimeout></Profile>"),
	    0);
	assert_string_equal(device_named(&dev, "AMT_8021XProfile", 0, "Enabled"), "true");
	assert_true(
	    call(NET, "Get8021XWiredProfile", "") == 0 && said("<g:Protocol>2</g:Protocol>"));
	assert_null(strstr(buf_str(&last.body), "secret"));
	assert_int_equal(call(NET, "Delete8021XWiredProfile", ""), 0);
	assert_int_equal(call(NET, "Get8021XWiredProfile", ""), PT_NOT_FOUND);
}

static void
zero_touch_is_not_changed_during_setup(void **state)
{
	static const char *const off =
	    "<ZeroTouchConfigurationMode>false</ZeroTouchConfigurationMode>";

	(void)state;
	start("3.0");
	assert_int_equal(call(SAI, "SetZeroTouchConfigurationMode", off), PT_NOT_PERMITTED);
	assert_int_equal(call(SAI, "GetProvisioningAuditRecord", ""), PT_NOT_READY);
	dev.state = STATE_POST;
	assert_int_equal(call(SAI, "SetZeroTouchConfigurationMode", off), 0);
	assert_true(call(SAI, "GetZeroTouchConfigurationMode", "") == 0 && said(">false<"));
	assert_int_equal(call(SAI, "GetProvisioningAuditRecord", ""), 0);
	assert_int_equal(call(SAI, "GetProvisioningServerOTP", ""), PT_NOT_PERMITTED);
}

static void
remote_control_moves_the_power_state(void **state)
{
	static const struct {
		unsigned int from;
		const char *inside;
		unsigned int status, to;
	} rows[] = {
		{ 5,
		    "<Command>17</Command><IanaOemNumber>343</IanaOemNumber><SpecialCommand>1</"
		    "SpecialCommand>",
		    0, 0 },
		{ 0, "<Command>17</Command><IanaOemNumber>343</IanaOemNumber>", PT_NOT_PERMITTED,
		    0 },
		{ 0, "<Command>18</Command><IanaOemNumber>343</IanaOemNumber>", 0, 5 },
		{ 5, "<Command>16</Command><IanaOemNumber>343</IanaOemNumber>", PT_NOT_PERMITTED,
		    5 },
		{ 3, "<Command>19</Command><IanaOemNumber>343</IanaOemNumber>", 0, 0 },
		{ 0,
		    "<Command>16</Command><IanaOemNumber>343</IanaOemNumber><SpecialCommand>193"
		    "</SpecialCommand><OEMparameters>1</OEMparameters>",
		    0, 0 },
		{ 0, "<Command>16</Command><IanaOemNumber>1</IanaOemNumber>", PT_UNSUPPORTED_OEM,
		    0 },
		{ 0, "<Command>5</Command><IanaOemNumber>343</IanaOemNumber>", PT_INVALID_COMMAND,
		    0 },
		{ 0,
		    "<Command>16</Command><IanaOemNumber>343</IanaOemNumber><SpecialCommand>9"
		    "</SpecialCommand>",
		    PT_INVALID_SPECIAL, 0 },
	};

	(void)state;
	start("2.6");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		dev.power_state = rows[i].from;
		assert_int_equal(call(RCI, "RemoteControl", rows[i].inside), rows[i].status);
		assert_int_equal(dev.power_state, rows[i].to);
	}
	dev.power_state = 5;
	assert_true(call(RCI, "GetSystemPowerState", "") == 0 && said(">5<"));
}

static void
tls_takes_a_certificate_with_its_key_off_the_store(void **state)
{
	EVP_PKEY *k = EVP_RSA_gen(1024);
	X509 *x = X509_new();
	unsigned char *der = NULL;

	(void)state;
	(void)X509_gmtime_adj(X509_getm_notBefore(x), 0);
	(void)X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	(void)X509_set_pubkey(x, k);
	assert_true(X509_sign(x, k, EVP_sha1()) > 0);
	int n = i2d_PrivateKey(k, &der);
	SCOPED(mem) char *key = b64_text(der, (size_t)n);
	SCOPED(mem) char *b64 = keystore_cert_b64(x);
	SCOPED(mem) char *add_key = mem_print("<Key>%s</Key>", key);
	SCOPED(mem) char *add = mem_print("<Certificate>%s</Certificate>", b64);
	SCOPED(mem) char *both = mem_print("%s%s", add_key, add);
	start("3.0");
	assert_true(call(SAI, "CertStoreAddCertificate", add) == 0 && said("<g:CertHandle>0<"));
	assert_int_equal(call(SAI, "CertStoreAddCertificate", add), PT_DUPLICATE);
	assert_int_equal(
	    call(SAI, "SetTLSCredentials", "<CertHandle>0</CertHandle>"), PT_INVALID_CERT);
	assert_int_equal(call(SAI, "CertStoreAddKey", add_key), 0);
	assert_int_equal(call(SAI, "SetTLSCredentials", "<CertHandle>0</CertHandle>"), 0);
	assert_int_equal(call(SAI, "SetTLSCredentials", ""), PT_NOT_PERMITTED);
	assert_int_equal(call(SAI, "CertStoreRemoveCertificate", "<CertHandle>0</CertHandle>"),
	    PT_NOT_PERMITTED);
	assert_int_equal(
	    call(SAI, "SetTlsOptions",
		"<NetworkInterface><TlsAuthentication>ServerAuthentication</TlsAuthentication>"
		"</NetworkInterface>"),
	    0);
	assert_true(call(SAI, "GetTlsOptions", "") == 0 && said(">ServerAuthentication<"));
	assert_int_equal(call(SAI, "SetTrustedFqdnCN",
			     "<FqdnSuffix>a.b</FqdnSuffix><FqdnSuffix>c.d</FqdnSuffix>"),
	    0);
	assert_string_equal(device_named(&dev, "AMT_TLSSettingData", 0, "TrustedCN"), "a.b\nc.d");
	prepare();
	dev.mebx_changed = true;
	assert_int_equal(call(SAI, "CommitChanges", ""), 0);
	assert_true(dev.live.enabled);
	device_free(&dev);
	start("2.1");
	assert_int_equal(call(SAI, "SetTLSKeyAndCertificate", both), 0);
	assert_int_equal(dev.bound_cert, 0);
	X509_free(x);
	EVP_PKEY_free(k);
	OPENSSL_free(der);
}

static void
one_spelling_alone_can_be_left(void **state)
{
	(void)state;
	start("3.0");
	fault("only-name:SetRNGSeed");
	assert_int_equal(call(SAI, "SetRngKey", "<RngKey>" RNG "</RngKey>"), 1500);
	assert_int_equal(call(SAI, "SetRNGSeed", "<Seed>" RNG "</Seed>"), 0);
	assert_true(said("<g:SetRngKeyResponse>"));
	assert_int_equal(call(SAI, "GetCoreVersion", ""), 0);
	fault("status:SetRngKey=48*1");
	assert_int_equal(call(SAI, "SetRNGSeed", "<Seed>" RNG "</Seed>"), 48);
	fault("fault:GetCoreVersion=Server*1");
	assert_int_equal(call(SAI, "GetCoreVersion", ""), 1500);
}

#define EOI_TEST(f) cmocka_unit_test_teardown(f, finish)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EOI_TEST(every_row_of_the_dialect_is_carried_out),
		EOI_TEST(every_spelling_is_understood_in_any_case),
		EOI_TEST(every_spelling_of_every_field_is_understood),
		EOI_TEST(answers_have_the_status_first_and_the_first_spelling),
		EOI_TEST(lists_and_containers_nest_as_the_table_says),
		EOI_TEST(what_is_not_understood_is_refused),
		EOI_TEST(releases_have_the_calls_and_services_of_their_time),
		EOI_TEST(commit_wants_its_conditions_and_ends_setup),
		EOI_TEST(setters_wait_for_the_commit_unless_told_not_to),
		EOI_TEST(users_do_what_their_realms_allow),
		EOI_TEST(acl_is_the_same_in_both_dialects),
		EOI_TEST(addresses_vlan_and_802_1x_are_those_of_ws_management),
		EOI_TEST(zero_touch_is_not_changed_during_setup),
		EOI_TEST(remote_control_moves_the_power_state),
		EOI_TEST(tls_takes_a_certificate_with_its_key_off_the_store),
		EOI_TEST(one_spelling_alone_can_be_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
