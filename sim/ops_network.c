/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ops_network: ports and addresses, 802.1x, Kerberos, environment detection.
 * Source: protocol/wsman.md 7.2, 7.12, 7.16, 7.18.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sim/keystore.h"
#include "sim/mem.h"
#include "sim/ops.h"

enum { WIRED = 0, TLS_PROTOCOL = 0 };

static bool
is(const struct prop *p, const char *name)
{
	return strcmp(p->name, name) == 0;
}

/* AMT_EthernetPortSettings: instance 1 is the wireless interface of a desktop without a card. */

static const char *const address_props[] = { "DefaultGateway", "IPAddress", "PrimaryDNS",
	"SecondaryDNS", "SubnetMask" };

static unsigned int
port_count(const struct device *d)
{
	return d->rel.code >= REL(4, 0) ? 2 : 1;
}

static bool
address_fill(const struct device *d, const struct prop *p, struct vals *out)
{
	bool dhcp =
	    strcmp(device_named(d, "AMT_EthernetPortSettings", WIRED, "DHCPEnabled"), "true") == 0;

	for (size_t i = 0; i < ARRAY_LEN(address_props); i++)
		if (dhcp && is(p, address_props[i])) {
			char own[INET_ADDRSTRLEN] = "127.0.0.1";

			if (is(p, "IPAddress"))
				(void)inet_ntop(AF_INET, &d->addr, own, sizeof(own));
			if (!is(p, "SecondaryDNS"))
				vals_add(out, p, is(p, "SubnetMask") ? "255.0.0.0" : own);
			return true;
		}
	return false;
}

static bool
port_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	static const char *const wireless[] = { "DHCPEnabled", "ElementName",
		"PhysicalConnectionType", "SharedMAC" };
	char text[48];

	if (is(p, "InstanceID")) {
		(void)snprintf(text, sizeof(text), "Intel(r) AMT Ethernet Port Settings %u", inst);
		vals_add(out, p, text);
		return true;
	}
	if (is(p, "MACAddress")) {
		if (inst == WIRED)
			(void)snprintf(text, sizeof(text), "%02x-%02x-%02x-%02x-%02x-%02x",
			    d->mac[0], d->mac[1], d->mac[2], d->mac[3], d->mac[4], d->mac[5]);
		vals_add(out, p, inst == WIRED ? text : "00-00-00-00-00-00");
		return true;
	}
	if (inst == WIRED)
		return address_fill(d, p, out);
	if (is(p, "PhysicalConnectionType") || is(p, "LinkIsUp")) {
		vals_add(out, p, is(p, "LinkIsUp") ? "false" : "3");
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(wireless); i++)
		if (is(p, wireless[i]))
			return false;
	return true;
}

static bool
any_address(const struct vals *in)
{
	for (size_t i = 0; i < ARRAY_LEN(address_props); i++)
		if (vals_text(in, address_props[i]) != NULL)
			return true;
	return false;
}

/* The three combinations of protocol/wsman.md 7.2. */
static enum fault
port_put(struct call *c)
{
	bool dhcp = vals_true(&c->in, "DHCPEnabled"), sync = vals_true(&c->in, "IpSyncEnabled");
	struct in_addr a;

	for (size_t i = 0; i < ARRAY_LEN(address_props); i++) {
		const char *text = vals_text(&c->in, address_props[i]);

		if (text != NULL && inet_pton(AF_INET, text, &a) != 1)
			return FAULT_INVALID_REPRESENTATION;
	}
	if (dhcp || sync)
		return any_address(&c->in) || (dhcp && vals_true(&c->in, "SharedStaticIp"))
			   ? FAULT_INVALID_REPRESENTATION
			   : FAULT_NONE;
	if (vals_true(&c->in, "SharedStaticIp") || vals_text(&c->in, "IPAddress") == NULL ||
	    vals_text(&c->in, "SubnetMask") == NULL)
		return FAULT_INVALID_REPRESENTATION;
	return FAULT_NONE;
}

/* 802.1x, both classes */

static bool
old_profile_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	static const char *const always[] = { "ActiveInS0", "ElementName", "Enabled", "InstanceID",
		"PxeTimeout" };

	(void)inst;
	(void)out;
	if (strcmp(device_named(d, "AMT_8021XProfile", 0, "Enabled"), "true") == 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		if (is(p, always[i]))
			return false;
	return true;
}

static bool
leaf_ok(const struct device *d, const char *ref)
{
	long handle = ops_cert_ref(d, ref);

	return handle >= 0 &&
	       keystore_key_of(d, d->certs[keystore_cert_at(d, (unsigned int)handle)].x) != NULL;
}

static bool
root_ok(const struct device *d, const char *ref)
{
	long handle = ops_cert_ref(d, ref);

	return handle >= 0 && d->certs[keystore_cert_at(d, (unsigned int)handle)].root;
}

static enum fault
old_profile_put(struct call *c)
{
	const char *client = vals_text(&c->in, "ClientCertificate");
	const char *issuer = vals_text(&c->in, "ServerCertificateIssuer");

	if ((client != NULL && !leaf_ok(c->d, client)) ||
	    (issuer != NULL && !root_ok(c->d, issuer)))
		return FAULT_INVALID_REPRESENTATION;
	if (!vals_true(&c->in, "Enabled")) {
		for (size_t i = 0; i < c->cls->nprops; i++)
			device_set(c->d, &c->cls->props[i], 0, NULL);
		return FAULT_NONE;
	}
	if (vals_text(&c->in, "AuthenticationProtocol") == NULL)
		return FAULT_INVALID_REPRESENTATION;
	return vals_num(&c->in, "AuthenticationProtocol", 1) == TLS_PROTOCOL && client == NULL
		   ? FAULT_INVALID_REPRESENTATION
		   : FAULT_NONE;
}

static enum fault
ieee_put(struct call *c)
{
	uint32_t on = vals_num(&c->in, "Enabled", 0);

	if (on != 2 && on != 3 && on != 6)
		return FAULT_INVALID_REPRESENTATION;
	if (on == 3)
		for (size_t i = 0; i < c->cls->nprops; i++)
			device_set(c->d, &c->cls->props[i], 0, NULL);
	return FAULT_NONE;
}

/* clang-format off */
static const struct prop certificates_in[] = {
	{ "ServerCertificateIssuer", V_REF, 0, 0, NULL, 0, 0 },
	{ "ClientCertificate",       V_REF, 0, 0, NULL, 0, 0 },
};
/* clang-format on */

static unsigned int
set_certificates(struct call *c)
{
	const char *issuer = vals_text(&c->in, "ServerCertificateIssuer");
	const char *client = vals_text(&c->in, "ClientCertificate");

	if ((client != NULL && !leaf_ok(c->d, client)) ||
	    (issuer != NULL && !root_ok(c->d, issuer)))
		return PT_INVALID_HANDLE;
	device_set_named(c->d, c->cls->name, 0, "ServerCertificateIssuer", issuer);
	device_set_named(c->d, c->cls->name, 0, "ClientCertificate", client);
	return PT_SUCCESS;
}

/* AMT_KerberosSettingData */

static bool
kerberos_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	(void)inst;
	if (!is(p, "SupportedEncryptionAlgorithms"))
		return false;
	vals_add(out, p, "0");
	if (d->rel.code >= REL(8, 0)) {
		vals_add(out, p, "1");
		vals_add(out, p, "2");
	}
	return true;
}

static enum fault
kerberos_put(struct call *c)
{
	const char *key = vals_text(&c->in, "MasterKey");
	uint8_t raw[17];

	if (key != NULL && vals_text(&c->in, "Passphrase") != NULL)
		return FAULT_INVALID_REPRESENTATION;
	if (key != NULL && b64_bytes(key, raw, sizeof(raw)) != 16)
		return FAULT_INVALID_REPRESENTATION;
	if (vals_text(&c->in, "Passphrase") != NULL &&
	    (vals_text(&c->in, "Salt") == NULL || vals_text(&c->in, "IterationCount") == NULL))
		return FAULT_INVALID_REPRESENTATION;
	if (vals_true(&c->in, "KrbEnabled") && vals_text(&c->in, "RealmName") == NULL)
		return FAULT_INVALID_REPRESENTATION;
	return FAULT_NONE;
}

/* clang-format off */
static const struct prop cache_in[] = { { "Enable", V_BOOL, P_REQ, 0, NULL, 0, 0 } };
static const struct prop cache_out[] = { { "Enabled", V_BOOL, 0, 0, NULL, 0, 0 } };
/* clang-format on */

static unsigned int
get_cache(struct call *c)
{
	vals_add(&c->out, cache_out, c->d->krb_cache ? "true" : "false");
	return PT_SUCCESS;
}

static unsigned int
set_cache(struct call *c)
{
	c->d->krb_cache = vals_true(&c->in, "Enable");
	return PT_SUCCESS;
}

/* clang-format off */
static const struct prop port_props[] = {
	{ "ConsoleTcpMaxRetransmissions", V_U32,  P_RW,         REL(6, 0), "5",    5, 7 },
	{ "DHCPEnabled",                  V_BOOL, P_RW | P_REQ, 0,         "true", 0, 0 },
	{ "DefaultGateway",               V_STR,  P_RW | P_ADD, 0,         NULL,   0, 0 },
	{ "ElementName",                  V_STR,  0,            0,         "Intel(r) AMT Ethernet Port Settings", 0, 0 },
	{ "IPAddress",                    V_STR,  P_RW | P_ADD, 0,         NULL,   0, 0 },
	{ "InstanceID",                   V_STR,  P_KEY,        0,         NULL,   0, 0 },
	{ "IpSyncEnabled",                V_BOOL, P_RW,         0,         "true", 0, 0 },
	{ "LinkIsUp",                     V_BOOL, 0,            0,         "true", 0, 0 },
	{ "LinkPolicy",                   V_U8,   P_RW | P_ARRAY, 0,       "1\n14", 0, 0 },
	{ "MACAddress",                   V_STR,  0,            0,         NULL,   0, 0 },
	{ "PhysicalConnectionType",       V_U32,  0,            REL(11, 0), "0",   0, 0 },
	{ "PrimaryDNS",                   V_STR,  P_RW | P_ADD, 0,         NULL,   0, 0 },
	{ "SecondaryDNS",                 V_STR,  P_RW | P_ADD, 0,         NULL,   0, 0 },
	{ "SharedDynamicIP",              V_BOOL, 0,            0,         "true", 0, 0 },
	{ "SharedMAC",                    V_BOOL, 0,            0,         "true", 0, 0 },
	{ "SharedStaticIp",               V_BOOL, P_RW,         0,         "false", 0, 0 },
	{ "SubnetMask",                   V_STR,  P_RW | P_ADD, 0,         NULL,   0, 0 },
	{ "VLANTag",                      V_U16,  P_RW | P_ADD, 0,         NULL,   0, 4094 },
};
static const struct prop old_profile_props[] = {
	{ "ActiveInS0",                      V_BOOL, P_RW,         0, "true",  0, 0 },
	{ "AuthenticationProtocol",          V_U16,  P_RW | P_ADD, 0, NULL,    0, 6 },
	{ "ClientCertificate",               V_REF,  P_RW | P_ADD, 0, NULL,    0, 0 },
	{ "Domain",                          V_STR,  P_RW | P_ADD, 0, NULL,    0, 128 },
	{ "ElementName",                     V_STR,  0,            0, "Intel(r) AMT 802.1x Profile", 0, 0 },
	{ "Enabled",                         V_BOOL, P_RW | P_REQ, 0, "false", 0, 0 },
	{ "InstanceID",                      V_STR,  P_KEY,        0, "Intel(r) AMT 802.1x Profile 0", 0, 0 },
	{ "PACPassword",                     V_STR,  P_RW | P_WO,  0, NULL,    0, 256 },
	{ "Password",                        V_STR,  P_RW | P_WO,  0, NULL,    0, 32 },
	{ "ProtectedAccessCredential",       V_B64,  P_RW | P_WO,  0, NULL,    0, 0 },
	{ "PxeTimeout",                      V_U32,  P_RW,         0, "0",     0, 86400 },
	{ "RoamingIdentity",                 V_STR,  P_RW | P_ADD, 0, NULL,    0, 80 },
	{ "ServerCertificateIssuer",         V_REF,  P_RW | P_WO,  0, NULL,    0, 0 },
	{ "ServerCertificateName",           V_STR,  P_RW | P_ADD, 0, NULL,    0, 80 },
	{ "ServerCertificateNameComparison", V_U16,  P_RW | P_ADD, 0, NULL,    0, 1 },
	{ "Username",                        V_STR,  P_RW | P_ADD, 0, NULL,    0, 128 },
};
static const struct prop ieee_props[] = {
	{ "AuthenticationProtocol",          V_U16,  P_RW | P_ADD, 0, NULL,    0, 10 },
	{ "AvailableInS0",                   V_BOOL, P_RW,         0, "false", 0, 0 },
	{ "ClientCertificate",               V_REF,  P_WO,         0, NULL,    0, 0 },
	{ "Domain",                          V_STR,  P_RW | P_ADD, 0, NULL,    0, 128 },
	{ "ElementName",                     V_STR,  0,            0, "Intel(r) AMT: 8021X Settings", 0, 0 },
	{ "Enabled",                         V_U32,  P_RW | P_REQ, 0, "3",     0, 0 },
	{ "InstanceID",                      V_STR,  P_KEY,        0, "Intel(r) AMT: 8021X Settings", 0, 0 },
	{ "PACPassword",                     V_STR,  P_RW | P_WO,  0, NULL,    0, 256 },
	{ "Password",                        V_STR,  P_RW | P_WO,  0, NULL,    0, 32 },
	{ "ProtectedAccessCredential",       V_B64,  P_RW | P_WO,  0, NULL,    0, 0 },
	{ "PxeTimeout",                      V_U32,  P_RW,         0, "120",   0, 86400 },
	{ "RoamingIdentity",                 V_STR,  P_RW | P_ADD, 0, NULL,    0, 80 },
	{ "ServerCertificateIssuer",         V_REF,  P_WO,         0, NULL,    0, 0 },
	{ "ServerCertificateName",           V_STR,  P_RW | P_ADD, 0, NULL,    0, 80 },
	{ "ServerCertificateNameComparison", V_U16,  P_RW | P_ADD, 0, NULL,    1, 3 },
	{ "Username",                        V_STR,  P_RW | P_ADD, 0, NULL,    0, 128 },
};
static const struct prop kerberos_props[] = {
	{ "ConfiguredEncryptionAlgorithms", V_U16,  P_RW | P_ADD | P_ARRAY, REL(8, 0), NULL, 0, 0 },
	{ "ElementName",                    V_STR,  0,            0,         "Intel(r) AMT: Kerberos Settings", 0, 0 },
	{ "EncryptionAlgorithm",            V_U16,  P_RW | P_ADD, 0,         NULL,    0, 0 },
	{ "InstanceID",                     V_STR,  P_KEY,        0,         "Intel (r) AMT: Kerberos Settings", 0, 0 },
	{ "IterationCount",                 V_U32,  P_RW | P_ADD, REL(8, 0), NULL,    0, 0 },
	{ "KeyVersion",                     V_U32,  P_RW | P_ADD, 0,         NULL,    0, 0 },
	{ "KrbEnabled",                     V_BOOL, P_RW | P_REQ, 0,         "false", 0, 0 },
	{ "MasterKey",                      V_B64,  P_RW | P_WO,  0,         NULL,    0, 0 },
	{ "MaximumClockTolerance",          V_U32,  P_RW | P_ADD, 0,         NULL,    1, 5 },
	{ "Passphrase",                     V_STR,  P_RW | P_WO,  REL(8, 0), NULL,    0, 256 },
	{ "RealmName",                      V_STR,  P_RW | P_ADD, 0,         NULL,    0, 255 },
	{ "Salt",                           V_STR,  P_RW | P_ADD, REL(8, 0), NULL,    0, 255 },
	{ "ServicePrincipalName",           V_STR,  P_RW | P_ADD | P_ARRAY, 0, NULL,  0, 255 },
	{ "ServicePrincipalProtocol",       V_U16,  P_RW | P_ADD | P_ARRAY, 0, NULL,  0, 0 },
	{ "SupportedEncryptionAlgorithms",  V_U16,  P_ARRAY,      0,         NULL,    0, 0 },
};
static const struct prop detection_props[] = {
	{ "DetectionAlgorithm",         V_U16, P_RW | P_REQ,            0,         "0",  0, 0 },
	{ "DetectionIPv6LocalPrefixes", V_STR, P_RW | P_ADD | P_ARRAY,  REL(6, 0), NULL, 0, 64 },
	{ "DetectionStrings",           V_STR, P_RW | P_ADD | P_ARRAY,  0,         NULL, 1, 63 },
	{ "ElementName",                V_STR, 0,                       0,         "Intel(r) AMT Environment Detection Settings", 0, 0 },
	{ "InstanceID",                 V_STR, P_KEY,                   0,         "Intel(r) AMT Environment Detection Settings", 0, 0 },
};
static const struct method ieee_methods[] = {
	{ "SetCertificates", 0, 0, ROWS(certificates_in), NO_ROWS, set_certificates },
};
static const struct method kerberos_methods[] = {
	{ "GetCredentialCacheState", 0, 0, NO_ROWS,        ROWS(cache_out), get_cache },
	{ "SetCredentialCacheState", 0, 0, ROWS(cache_in), NO_ROWS,         set_cache },
};

static const struct wclass rows[] = {
	{ .name = "AMT_8021XProfile", .ops = OP_GET | OP_PUT | OP_ENUM, .props = old_profile_props,
	  .nprops = ARRAY_LEN(old_profile_props), .fill = old_profile_fill, .put = old_profile_put },
	{ .name = "AMT_EnvironmentDetectionSettingData", .ops = OP_GET | OP_PUT | OP_ENUM,
	  .props = detection_props, .nprops = ARRAY_LEN(detection_props) },
	{ .name = "AMT_EthernetPortSettings", .ops = OP_GET | OP_PUT | OP_ENUM, .props = port_props,
	  .nprops = ARRAY_LEN(port_props), .count = port_count, .fill = port_fill, .put = port_put },
	{ .name = "AMT_KerberosSettingData", .ops = OP_GET | OP_PUT | OP_ENUM, .props = kerberos_props,
	  .nprops = ARRAY_LEN(kerberos_props), .methods = kerberos_methods,
	  .nmethods = ARRAY_LEN(kerberos_methods), .fill = kerberos_fill, .put = kerberos_put },
	{ .name = "IPS_IEEE8021xSettings", .since = REL(8, 0), .ops = OP_GET | OP_PUT | OP_ENUM,
	  .props = ieee_props, .nprops = ARRAY_LEN(ieee_props), .methods = ieee_methods,
	  .nmethods = ARRAY_LEN(ieee_methods), .put = ieee_put },
};
/* clang-format on */

const struct family family_network = FAMILY(rows);
