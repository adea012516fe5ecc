/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eoisrv_network: names, addresses, VLAN, 802.1x, the interfaces a console uses, power packages.
 * Source: protocol/eoi.md 8.1, 8.2.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sim/eoisrv_call.h"
#include "sim/mem.h"
#include "sim/pending.h"

#define PORT_CLASS     "AMT_EthernetPortSettings"
#define WIRED_CLASS    "AMT_8021XProfile"
#define REDIRECT_CLASS "AMT_RedirectionService"
#define WEB_CLASS      "AMT_WebUIService"

enum {
	HOST_LABEL = 63,
	DOMAIN_LIMIT = 191,
	TAG_LAST = 4094,
	REDIRECT_NONE = 32768,
	IDER = 1,
	SOL = 2
};

static unsigned int
get_host(struct eoisrv_call *c)
{
	eoisrv_add(&c->out, "host", call_setting(c, GENERAL_CLASS, "HostName"));
	return PT_SUCCESS;
}

static bool
label_ok(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '-')
			return false;
	return n <= HOST_LABEL && name[0] != '-';
}

static unsigned int
set_host(struct eoisrv_call *c)
{
	const char *host = eoisrv_text(&c->in, "host", 0);

	if (host == NULL)
		return PT_INVALID_PARAMETER;
	if (!label_ok(host))
		return PT_INVALID_NAME;
	device_set_named(c->d, GENERAL_CLASS, 0, "HostName", host);
	return PT_SUCCESS;
}

static unsigned int
get_domain(struct eoisrv_call *c)
{
	eoisrv_add(&c->out, "domain", call_setting(c, GENERAL_CLASS, "DomainName"));
	return PT_SUCCESS;
}

static unsigned int
set_domain(struct eoisrv_call *c)
{
	const char *domain = eoisrv_text(&c->in, "domain", 0);

	if (domain == NULL)
		return PT_INVALID_PARAMETER;
	if (strlen(domain) > DOMAIN_LIMIT || (domain[0] != '\0' && !dns_name_valid(domain)))
		return PT_INVALID_DOMAIN_NAME;
	device_set_named(c->d, GENERAL_CLASS, 0, "DomainName", domain);
	return PT_SUCCESS;
}

static unsigned int
get_ping(struct eoisrv_call *c)
{
	eoisrv_add(&c->out, "ping", call_setting(c, GENERAL_CLASS, "PingResponseEnabled"));
	return PT_SUCCESS;
}

static unsigned int
set_ping(struct eoisrv_call *c)
{
	const char *on = eoisrv_text(&c->in, "ping", 0);

	if (on == NULL)
		return PT_INVALID_PARAMETER;
	device_set_named(c->d, GENERAL_CLASS, 0, "PingResponseEnabled", on);
	return PT_SUCCESS;
}

/* There is one interface, the wired one, 0. A call that may leave the handle out means it. */
static bool
handle_ok(const struct eoisrv_call *c, bool needed)
{
	return eoisrv_num(&c->in, "handle", needed ? 1 : 0) == 0;
}

static unsigned int
enum_ifs(struct eoisrv_call *c)
{
	eoisrv_add_num(&c->out, "handle", 0);
	return PT_SUCCESS;
}

static unsigned int
get_vlan(struct eoisrv_call *c)
{
	const char *tag = call_setting(c, PORT_CLASS, "VLANTag");

	if (!handle_ok(c, false))
		return PT_INVALID_HANDLE;
	eoisrv_add(&c->out, "enabled", tag[0] == '\0' || strcmp(tag, "0") == 0 ? "false" : "true");
	eoisrv_add(&c->out, "tag", tag[0] == '\0' ? "0" : tag);
	return PT_SUCCESS;
}

static unsigned int
set_vlan(struct eoisrv_call *c)
{
	const char *on = eoisrv_text(&c->in, "enabled", 0), *tag = eoisrv_text(&c->in, "tag", 0);

	if (!handle_ok(c, false))
		return PT_INVALID_HANDLE;
	if (on == NULL || eoisrv_num(&c->in, "tag", 0) > TAG_LAST ||
	    (strcmp(on, "true") == 0 && eoisrv_num(&c->in, "tag", 0) == 0))
		return PT_INVALID_PARAMETER;
	device_set_named(c->d, PORT_CLASS, 0, "VLANTag", strcmp(on, "true") == 0 ? tag : NULL);
	return PT_SUCCESS;
}

/* Addresses, by field and property. */
static const struct {
	const char *field, *prop;
} addresses[] = { { "address", "IPAddress" }, { "mask", "SubnetMask" },
	{ "gateway", "DefaultGateway" }, { "dns1", "PrimaryDNS" }, { "dns2", "SecondaryDNS" } };
enum { ADDRESS, MASK };

/* What the link may do, as one number and as WS-Management's list. */
static const struct {
	unsigned int bits;
	const char *text;
} policies[] = { { 1, "1" }, { 14, "14" }, { 16, "16" }, { 224, "224" } };

static bool
policy_list(unsigned long policy, struct buf *list)
{
	for (size_t i = 0; i < ARRAY_LEN(policies); i++)
		if ((policy & policies[i].bits) == policies[i].bits) {
			buf_printf(list, "%s%s", list->len == 0 ? "" : "\n", policies[i].text);
			policy &= ~(unsigned long)policies[i].bits;
		}
	return policy == 0;
}

static unsigned long
get_policy(const struct eoisrv_call *c)
{
	SCOPED(mem) char *list = mem_copy(call_setting(c, PORT_CLASS, "LinkPolicy"));
	char *rest = list;
	unsigned long policy = 0;

	for (char *one = strsep(&rest, "\n"); one != NULL; one = strsep(&rest, "\n"))
		policy |= strtoul(one, NULL, 10);
	return policy;
}

/* Ones from the left, then zeroes. */
static bool
mask_ok(const char *text)
{
	struct in_addr a;

	if (inet_pton(AF_INET, text, &a) != 1)
		return false;
	uint32_t zeroes = ~ntohl(a.s_addr);
	return zeroes != UINT32_MAX && (zeroes & (zeroes + 1)) == 0;
}

/* DHCP takes no addresses, a fixed address all five. */
static unsigned int
set_addresses(struct eoisrv_call *c, bool dhcp)
{
	const char *address = eoisrv_text(&c->in, addresses[ADDRESS].field, 0);
	const char *mask = eoisrv_text(&c->in, addresses[MASK].field, 0);

	for (size_t i = 0; i < ARRAY_LEN(addresses); i++)
		if ((eoisrv_text(&c->in, addresses[i].field, 0) == NULL) != dhcp)
			return PT_INVALID_PARAMETER;
	if (!dhcp && strcmp(address, "0.0.0.0") == 0)
		return PT_INVALID_IP_ADDRESS;
	if (!dhcp && !mask_ok(mask))
		return PT_INVALID_NETMASK;
	device_set_named(c->d, PORT_CLASS, 0, "DHCPEnabled", dhcp ? "true" : "false");
	device_set_named(c->d, PORT_CLASS, 0, "IpSyncEnabled", dhcp ? "true" : "false");
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		const char *text = eoisrv_text(&c->in, addresses[i].field, 0);

		device_set_named(c->d, PORT_CLASS, 0, addresses[i].prop,
		    text == NULL || strcmp(text, "0.0.0.0") == 0 ? NULL : text);
	}
	return PT_SUCCESS;
}

/* With DHCP, what the lease would say. */
static void
add_addresses(struct eoisrv_call *c)
{
	bool dhcp = call_is(c, PORT_CLASS, "DHCPEnabled");
	char own[INET_ADDRSTRLEN] = "127.0.0.1";

	(void)inet_ntop(AF_INET, &c->d->addr, own, sizeof(own));
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		const char *text = call_setting(c, PORT_CLASS, addresses[i].prop);

		if (dhcp)
			text = i == ADDRESS ? own : i == MASK ? "255.0.0.0" : "127.0.0.1";
		eoisrv_add(&c->out, addresses[i].field, text[0] == '\0' ? "0.0.0.0" : text);
	}
}

static unsigned int
get_if(struct eoisrv_call *c)
{
	const uint8_t *m = c->d->mac;
	const char sep = fault_has(&c->d->faults, FK_MAC_HYPHENS) != NULL ? '-' : ':';
	char mac[18];

	if (!handle_ok(c, true))
		return PT_INVALID_HANDLE;
	(void)snprintf(mac, sizeof(mac), "%02X%c%02X%c%02X%c%02X%c%02X%c%02X", m[0], sep, m[1], sep,
	    m[2], sep, m[3], sep, m[4], sep, m[5]);
	eoisrv_add(&c->out, "description", "Wired0");
	eoisrv_add(&c->out, "mac", mac);
	eoisrv_add(&c->out, "mode", call_is(c, PORT_CLASS, "DHCPEnabled") ? "shared" : "separate");
	eoisrv_add_num(&c->out, "link_policy", get_policy(c));
	eoisrv_add(&c->out, "dhcp", call_setting(c, PORT_CLASS, "DHCPEnabled"));
	add_addresses(c);
	return PT_SUCCESS;
}

static unsigned int
set_if(struct eoisrv_call *c)
{
	const char *mode = eoisrv_text(&c->in, "mode", 0);
	SCOPED(buf) struct buf list = { 0 };

	if (!handle_ok(c, true))
		return PT_INVALID_HANDLE;
	if (mode == NULL || !policy_list(eoisrv_num(&c->in, "link_policy", 0), &list))
		return PT_INVALID_PARAMETER;
	unsigned int status = set_addresses(c, strcmp(mode, "shared") == 0);
	if (status == PT_SUCCESS && eoisrv_text(&c->in, "link_policy", 0) != NULL)
		device_set_named(c->d, PORT_CLASS, 0, "LinkPolicy", buf_str(&list));
	return status;
}

static unsigned int
get_tcpip(struct eoisrv_call *c)
{
	eoisrv_add(&c->out, "dhcp", call_setting(c, PORT_CLASS, "DHCPEnabled"));
	add_addresses(c);
	return PT_SUCCESS;
}

static unsigned int
set_tcpip(struct eoisrv_call *c)
{
	const char *dhcp = eoisrv_text(&c->in, "dhcp", 0);

	return dhcp == NULL ? PT_INVALID_PARAMETER : set_addresses(c, strcmp(dhcp, "true") == 0);
}

/* Wired 802.1x, by field and property; certificates are references there and handles here. */
static const struct {
	const char *field, *prop;
	bool cert;
} wired[] = {
	{ "protocol", "AuthenticationProtocol", false },
	{ "user", "Username", false },
	{ "password", "Password", false },
	{ "domain", "Domain", false },
	{ "roaming", "RoamingIdentity", false },
	{ "server", "ServerCertificateName", false },
	{ "compare", "ServerCertificateNameComparison", false },
	{ "client_cert", "ClientCertificate", true },
	{ "root", "ServerCertificateIssuer", true },
	{ "pac", "ProtectedAccessCredential", false },
	{ "pac_password", "PACPassword", false },
	{ "pxe_timeout", "PxeTimeout", false },
	{ "active_in_s0", "ActiveInS0", false },
};

static void
forget_wired(struct eoisrv_call *c)
{
	device_set_named(c->d, WIRED_CLASS, 0, "Enabled", NULL);
	for (size_t i = 0; i < ARRAY_LEN(wired); i++)
		device_set_named(c->d, WIRED_CLASS, 0, wired[i].prop, NULL);
}

static unsigned int
set_wired(struct eoisrv_call *c)
{
	SCOPED(args) struct args a = { 0 };

	args_add(&a, "Enabled", "true");
	for (size_t i = 0; i < ARRAY_LEN(wired); i++) {
		const char *text = eoisrv_text(&c->in, wired[i].field, 0);

		if (text == NULL)
			continue;
		SCOPED(mem) char *id = mem_print(CERT_ID "%s", text);
		SCOPED(mem) char *ref = ref_text("AMT_PublicKeyCertificate", "InstanceID", id);
		args_add(&a, wired[i].prop, wired[i].cert ? ref : text);
		a.v[a.n - 1].is_ref = wired[i].cert;
	}
	unsigned int status = call_put(c, WIRED_CLASS, &a);
	for (size_t i = 0; status == PT_SUCCESS && i < ARRAY_LEN(wired); i++)
		if (eoisrv_text(&c->in, wired[i].field, 0) == NULL)
			device_set_named(c->d, WIRED_CLASS, 0, wired[i].prop, NULL);
	return status;
}

static unsigned int
get_wired(struct eoisrv_call *c)
{
	if (!call_is(c, WIRED_CLASS, "Enabled"))
		return PT_NOT_FOUND;
	for (size_t i = 0; i < ARRAY_LEN(wired); i++) {
		const char *text = call_setting(c, WIRED_CLASS, wired[i].prop);
		bool secret = strcmp(wired[i].field, "password") == 0 ||
			      strncmp(wired[i].field, "pac", 3) == 0;

		if (text[0] == '\0' || secret)
			continue;
		if (wired[i].cert)
			eoisrv_add_num(
			    &c->out, wired[i].field, (unsigned long)ops_cert_ref(c->d, text));
		else
			eoisrv_add(&c->out, wired[i].field, text);
	}
	return PT_SUCCESS;
}

static unsigned int
remove_wired(struct eoisrv_call *c)
{
	if (!call_is(c, WIRED_CLASS, "Enabled"))
		return PT_NOT_FOUND;
	forget_wired(c);
	return PT_SUCCESS;
}

/* What a console uses: the web interface, and redirection as one number of two bits. */

static unsigned int
get_enabled(struct eoisrv_call *c)
{
	unsigned long on = strtoul(call_setting(c, REDIRECT_CLASS, "EnabledState"), NULL, 10);

	if (strcmp(call_setting(c, WEB_CLASS, "EnabledState"), "2") == 0)
		eoisrv_add(&c->out, "interface", "web");
	if (on >= REDIRECT_NONE && (on - REDIRECT_NONE) & SOL)
		eoisrv_add(&c->out, "interface", "sol");
	if (on >= REDIRECT_NONE && (on - REDIRECT_NONE) & IDER)
		eoisrv_add(&c->out, "interface", "ider");
	return PT_SUCCESS;
}

static unsigned int
set_enabled(struct eoisrv_call *c)
{
	unsigned int redirect = REDIRECT_NONE;
	const char *one;
	bool web = false;

	for (size_t i = 0; (one = eoisrv_text(&c->in, "interface", i)) != NULL; i++) {
		web = web || strcmp(one, "web") == 0;
		redirect |= strcmp(one, "sol") == 0 ? SOL : strcmp(one, "ider") == 0 ? IDER : 0;
	}
	SCOPED(mem) char *text = mem_print("%u", redirect);
	device_set_named(c->d, WEB_CLASS, 0, "EnabledState", web ? "2" : "3");
	device_set_named(c->d, REDIRECT_CLASS, 0, "EnabledState", text);
	return PT_SUCCESS;
}

/* Power packages */

static unsigned int
enum_packages(struct eoisrv_call *c)
{
	for (unsigned int i = 0; i < ops_scheme_count(c->d); i++)
		eoisrv_add(&c->out, "package", ops_scheme_guid(c->d, i));
	return PT_SUCCESS;
}

static unsigned int
get_package(struct eoisrv_call *c)
{
	eoisrv_add(&c->out, "package", ops_scheme_guid(c->d, c->d->power_scheme));
	return PT_SUCCESS;
}

static unsigned int
set_package(struct eoisrv_call *c)
{
	const char *guid = eoisrv_text(&c->in, "package", 0);
	long at = guid == NULL ? -1 : ops_scheme_at(c->d, guid);

	if (at < 0)
		return PT_INVALID_PARAMETER;
	c->d->power_scheme = (unsigned int)at;
	return PT_SUCCESS;
}

static unsigned int
get_policy_idle(struct eoisrv_call *c)
{
	eoisrv_add(&c->out, "idle", call_setting(c, GENERAL_CLASS, "IdleWakeTimeout"));
	return PT_SUCCESS;
}

static unsigned int
set_policy_idle(struct eoisrv_call *c)
{
	unsigned long minutes = eoisrv_num(&c->in, "idle", 0);

	if (minutes < 1 || minutes > UINT16_MAX)
		return PT_INVALID_PARAMETER;
	device_set_named(c->d, GENERAL_CLASS, 0, "IdleWakeTimeout", eoisrv_text(&c->in, "idle", 0));
	return PT_SUCCESS;
}

/* clang-format off */
static const struct eoisrv_row rows[] = {
	{ EOI_ENUM_IFS,         enum_ifs,        0,            0,          REALM_GENERAL_INFO },
	{ EOI_ENUM_POWER_PKGS,  enum_packages,   0,            0,          REALM_GENERAL_INFO },
	{ EOI_GET_8021X,        get_wired,       0,            0,          0 },
	{ EOI_GET_DOMAIN_NAME,  get_domain,      0,            0,          REALM_GENERAL_INFO },
	{ EOI_GET_ENABLED_IFS,  get_enabled,     0,            0,          REALM_GENERAL_INFO },
	{ EOI_GET_HOST_NAME,    get_host,        0,            0,          REALM_GENERAL_INFO },
	{ EOI_GET_IF,           get_if,          0,            0,          REALM_GENERAL_INFO },
	{ EOI_GET_PING,         get_ping,        0,            0,          REALM_GENERAL_INFO },
	{ EOI_GET_POWER_PKG,    get_package,     0,            0,          REALM_GENERAL_INFO },
	{ EOI_GET_POWER_POLICY, get_policy_idle, 0,            0,          REALM_GENERAL_INFO },
	{ EOI_GET_TCPIP,        get_tcpip,       0,            0,          REALM_GENERAL_INFO },
	{ EOI_GET_VLAN,         get_vlan,        0,            0,          REALM_GENERAL_INFO },
	{ EOI_REMOVE_8021X,     remove_wired,    EOISRV_WAITS, 0,          0 },
	{ EOI_SET_8021X,        set_wired,       EOISRV_WAITS, 0,          0 },
	{ EOI_SET_DOMAIN_NAME,  set_domain,      EOISRV_WAITS, 0,          0 },
	{ EOI_SET_ENABLED_IFS,  set_enabled,     EOISRV_WAITS, 0,          0 },
	{ EOI_SET_HOST_NAME,    set_host,        EOISRV_WAITS, 0,          0 },
	{ EOI_SET_IF,           set_if,          EOISRV_WAITS, 0,          0 },
	{ EOI_SET_PING,         set_ping,        EOISRV_WAITS, 0,          0 },
	{ EOI_SET_POWER_PKG,    set_package,     EOISRV_WAITS, PART_POWER, 0 },
	{ EOI_SET_POWER_POLICY, set_policy_idle, EOISRV_WAITS, 0,          0 },
	{ EOI_SET_TCPIP,        set_tcpip,       EOISRV_WAITS, 0,          0 },
	{ EOI_SET_VLAN,         set_vlan,        EOISRV_WAITS, 0,          0 },
};
/* clang-format on */

const struct eoisrv_family eoisrv_network = FAMILY(rows);
