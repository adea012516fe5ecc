/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ops_setup: general settings, the setup service, trusted root hashes, host-based setup (reading).
 * Source: protocol/wsman.md 7.1, 7.3, 7.7, 7.8, 7.21, 7.22, 7.24.
 */
#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sim/keystore.h"
#include "sim/mem.h"
#include "sim/ops.h"
#include "sim/schema.h"

enum { MAX_HOURS = 24, MIN_DDNS_MINUTES = 20, MIN_PRESENCE_MINUTES = 15, CUSTOM_ROOTS = 3 };

static bool
is(const struct prop *p, const char *name)
{
	return strcmp(p->name, name) == 0;
}

/* AMT_GeneralSettings */

static bool
general_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	(void)inst;
	if (is(p, "DigestRealm"))
		vals_add(out, p, d->realm);
	else
		return false;
	return true;
}

static bool
off_or_from(const struct call *c, const char *name, uint32_t least)
{
	uint32_t n = vals_num(&c->in, name, 0);

	return n == 0 || n >= least;
}

static enum fault
general_put(struct call *c)
{
	if (!off_or_from(c, "DDNSPeriodicUpdateInterval", MIN_DDNS_MINUTES) ||
	    !off_or_from(c, "PresenceNotificationInterval", MIN_PRESENCE_MINUTES))
		return FAULT_INVALID_REPRESENTATION;
	if (vals_num(&c->in, "AMTNetworkEnabled", 1) == 0)
		c->after = AFTER_NETWORK_OFF;
	return FAULT_NONE;
}

/* clang-format off */
static const struct prop general_props[] = {
	{ "AMTNetworkEnabled",             V_U32,  P_RW,                REL(6, 0),  "1",     0, 1 },
	{ "DDNSPeriodicUpdateInterval",    V_U32,  P_RW,                REL(6, 0),  "1440",  0, 0 },
	{ "DDNSTTL",                       V_U32,  P_RW,                REL(6, 0),  "900",   0, 0x7fffffff },
	{ "DDNSUpdateByDHCPServerEnabled", V_BOOL, P_RW,                REL(6, 0),  "true",  0, 0 },
	{ "DDNSUpdateEnabled",             V_BOOL, P_RW,                REL(6, 0),  "false", 0, 0 },
	{ "DHCPSyncRequiresHostname",      V_U32,  0,                   REL(12, 0), "1",     0, 0 },
	{ "DHCPv6ConfigurationTimeout",    V_U16,  P_RW,                REL(6, 0),  "0",     0, 0 },
	{ "DigestRealm",                   V_STR,  0,                   0,          NULL,    0, 0 },
	{ "DomainName",                    V_STR,  P_RW,                0,          "",      0, 191 },
	{ "ElementName",                   V_STR,  0,                   0,          "Intel(r) AMT: General Settings", 0, 0 },
	{ "HostName",                      V_STR,  P_RW,                0,          "",      0, 63 },
	{ "HostOSFQDN",                    V_STR,  P_RW | P_ADD,        REL(6, 0),  NULL,    0, 255 },
	{ "IdleWakeTimeout",               V_U32,  P_RW,                0,          "1",     1, 65535 },
	{ "InstanceID",                    V_STR,  P_KEY,               0,          "Intel(r) AMT: General Settings", 0, 0 },
	{ "NetworkInterfaceEnabled",       V_BOOL, 0,                   0,          "true",  0, 0 },
	{ "OemID",                         V_U16,  0,                   REL(16, 1), "0",     0, 0 },
	{ "PingResponseEnabled",           V_BOOL, P_RW | P_REQ,        0,          "true",  0, 0 },
	{ "PowerSource",                   V_U32,  0,                   REL(7, 0),  "0",     0, 0 },
	{ "PreferredAddressFamily",        V_U32,  P_RW,                REL(6, 0),  "0",     0, 1 },
	{ "PresenceNotificationInterval",  V_U32,  P_RW,                REL(7, 0),  "0",     0, 0 },
	{ "PrivacyLevel",                  V_U32,  0,                   REL(7, 0),  "0",     0, 0 },
	{ "RmcpPingResponseEnabled",       V_BOOL, P_RW,                REL(6, 0),  "true",  0, 0 },
	{ "SharedFQDN",                    V_BOOL, P_RW,                REL(6, 0),  "true",  0, 0 },
	{ "ThunderboltDockEnabled",        V_U32,  P_RW,                REL(15, 0), "0",     0, 1 },
	{ "WsmanOnlyMode",                 V_BOOL, P_RW | P_REQ,        0,          "false", 0, 0 },
};
/* clang-format on */

/* AMT_SetupAndConfigurationService */

static bool
setup_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	uint8_t none[32] = { 0 };

	(void)inst;
	if (is(p, "ProvisioningState"))
		vals_add(out, p, d->state == STATE_PRE ? "0" : d->state == STATE_IN ? "1" : "2");
	else if (is(p, "DhcpDNSSuffix"))
		vals_add(out, p, d->domain);
	else if (is(p, "TrustedDNSSuffix"))
		vals_add(out, p, d->trusted_suffix);
	else if (is(p, "ProvisioningServerOTP") && d->state == STATE_IN) {
		SCOPED(mem)
		char *text =
		    d->otp_len > 0 ? b64_text(d->otp, d->otp_len) : b64_text(none, sizeof(none));

		vals_add(out, p, text);
	} else
		return is(p, "ProvisioningServerOTP");
	return true;
}

static unsigned int
extend_period(struct call *c)
{
	uint32_t hours = vals_num(&c->in, "Duration", 0);

	if (hours > MAX_HOURS)
		return PT_INVALID_PARAMETER;
	if (c->d->state != STATE_IN)
		return PT_NOT_PERMITTED;
	if (hours == 0)
		c->after = AFTER_NETWORK_OFF;
	return PT_SUCCESS;
}

static bool
strong(const char *password)
{
	bool upper = false, lower = false, digit = false, special = false;
	size_t n = strlen(password);

	for (const char *c = password; *c != '\0'; c++) {
		if (!isprint((unsigned char)*c))
			return false;
		upper = upper || isupper((unsigned char)*c);
		lower = lower || islower((unsigned char)*c);
		digit = digit || isdigit((unsigned char)*c);
		special = special || ispunct((unsigned char)*c);
	}
	return n >= 8 && n <= 32 && upper && lower && digit && special &&
	       strpbrk(password, "\",:") == NULL;
}

static bool
mebx_allowed(const struct device *d)
{
	switch (d->mebx_policy) {
	case MEBX_DEFAULT_ONLY:
		return !d->mebx_changed;
	case MEBX_DURING_SETUP:
		return d->state == STATE_IN;
	case MEBX_ANY_TIME:
		break;
	}
	return true;
}

static unsigned int
set_mebx(struct call *c)
{
	const char *password = vals_text(&c->in, "Password");

	if (!mebx_allowed(c->d))
		return PT_NOT_PERMITTED;
	if (!strong(password))
		return PT_INVALID_PASSWORD;
	device_mebx(c->d, password);
	c->d->mebx_changed = true;
	return PT_SUCCESS;
}

static unsigned int
set_psk(struct call *c)
{
	char pid[PID_LEN + 1], pps[PPS_CHARS + 1];

	if (!psk_pid(vals_text(&c->in, "PID"), pid))
		return PT_INVALID_PID;
	if (!psk_pps(vals_text(&c->in, "PPS"), pps))
		return PT_INVALID_PPS;
	memcpy(c->d->pid, pid, sizeof(pid));
	memcpy(c->d->pps, pps, sizeof(pps));
	return PT_SUCCESS;
}

static unsigned int
commit(struct call *c)
{
	unsigned int status = device_commit(c->d);

	if (status == PT_SUCCESS)
		c->after = AFTER_COMMIT;
	return status;
}

static unsigned int
unprovision(struct call *c)
{
	if (vals_num(&c->in, "ProvisioningMode", 0) > 3)
		return PT_INVALID_PARAMETER;
	c->after = AFTER_FULL;
	return PT_SUCCESS;
}

static unsigned int
partial(struct call *c)
{
	if (c->d->state != STATE_POST)
		return PT_NOT_PERMITTED;
	c->after = AFTER_PARTIAL;
	return PT_SUCCESS;
}

void
ops_uuid(const struct device *d, uint8_t out[UUID_LEN])
{
	memcpy(out, d->uuid.b, UUID_LEN);
	if (fault_has(&d->faults, FK_UUID_MISMATCH) != NULL)
		out[UUID_LEN - 1] ^= 0x5a;
}

/* clang-format off */
static const struct prop uuid_out[] = { { "UUID", V_B64, 0, 0, NULL, 0, 0 } };
static const struct prop blocking_out[] = { { "Component", V_U32, P_ARRAY, 0, NULL, 0, 0 } };
static const struct prop duration_in[] = { { "Duration", V_U32, P_REQ, 0, NULL, 0, 0 } };
static const struct prop password_in[] = { { "Password", V_STR, P_REQ, 0, NULL, 0, 0 } };
static const struct prop mode_in[] = { { "ProvisioningMode", V_U32, P_REQ, 0, NULL, 0, 0 } };
static const struct prop psk_in[] = {
	{ "PID", V_STR, P_REQ, 0, NULL, 0, 0 },
	{ "PPS", V_STR, P_REQ, 0, NULL, 0, 0 },
};
/* clang-format on */

static unsigned int
get_uuid(struct call *c)
{
	uint8_t raw[UUID_LEN];

	ops_uuid(c->d, raw);
	SCOPED(mem) char *text = b64_text(raw, sizeof(raw));
	vals_out(&c->out, ROWS(uuid_out), "UUID", text);
	return PT_SUCCESS;
}

unsigned int
ops_done(struct call *c)
{
	(void)c;
	return PT_SUCCESS;
}

/* clang-format off */
static const struct method setup_methods[] = {
	{ "CommitChanges",                    0, 0,          NO_ROWS,           NO_ROWS,            commit },
	{ "ExtendProvisioningPeriod",         0, 0,          ROWS(duration_in), NO_ROWS,            extend_period },
	{ "GetUnprovisionBlockingComponents", REL(4, 0), 0,  NO_ROWS,           ROWS(blocking_out), ops_done },
	{ "GetUuid",                          0, 0,          NO_ROWS,           ROWS(uuid_out),     get_uuid },
	{ "PartialUnprovision",               0, 0,          NO_ROWS,           NO_ROWS,            partial },
	{ "ResetFlashWearOutProtection",      0, 0,          NO_ROWS,           NO_ROWS,            ops_done },
	{ "SetMEBxPassword",                  0, 0,          ROWS(password_in), NO_ROWS,            set_mebx },
	{ "SetTLSPSK",                        0, REL(11, 0), ROWS(psk_in),      NO_ROWS,            set_psk },
	{ "Unprovision",                      0, 0,          ROWS(mode_in),     NO_ROWS,            unprovision },
};
static const struct prop setup_props[] = {
	{ "ConfigurationServerFQDN",       V_STR,  P_RW | P_ADD, 0,         NULL, 0, 255 },
	{ "CreationClassName",             V_STR,  P_KEY,        0,         "AMT_SetupAndConfigurationService", 0, 0 },
	{ "DhcpDNSSuffix",                 V_STR,  0,            REL(9, 0), NULL, 0, 0 },
	{ "ElementName",                   V_STR,  0,            0,         "Intel(r) AMT Setup and Configuration Service", 0, 0 },
	{ "EnabledState",                  V_U16,  0,            0,         "5",  0, 0 },
	{ "Name",                          V_STR,  P_KEY,        0,         "Intel(r) AMT Setup and Configuration Service", 0, 0 },
	{ "PasswordModel",                 V_U8,   0,            0,         "1",  0, 0 },
	{ "ProvisioningMode",              V_U8,   0,            0,         "1",  0, 0 },
	{ "ProvisioningServerOTP",         V_B64,  0,            0,         NULL, 0, 0 },
	{ "ProvisioningState",             V_U8,   0,            0,         NULL, 0, 0 },
	{ "RequestedState",                V_U16,  0,            0,         "12", 0, 0 },
	{ "SystemCreationClassName",       V_STR,  P_KEY,        0,         "CIM_ComputerSystem", 0, 0 },
	{ "SystemName",                    V_STR,  P_KEY,        0,         "Intel(r) AMT", 0, 0 },
	{ "TrustedDNSSuffix",              V_STR,  0,            REL(9, 0), NULL, 0, 0 },
	{ "ZeroTouchConfigurationEnabled", V_BOOL, 0,            0,         "true", 0, 0 },
};
/* clang-format on */

/* AMT_ProvisioningCertificateHash */

static unsigned int
hash_count(const struct device *d)
{
	return (unsigned int)d->nroots;
}

static bool
hash_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	const struct root *r = &d->roots[inst];
	SCOPED(mem) char *data = b64_text(r->hash.hash, r->hash.len);
	SCOPED(mem) char *id = mem_print("%u", r->id);
	const char *type = r->hash.type == HASH_SHA1     ? "1"
			   : r->hash.type == HASH_SHA256 ? "2"
							 : "3";

	vals_add(out, p,
	    is(p, "Description")  ? r->name
	    : is(p, "Enabled")    ? (r->enabled ? "true" : "false")
	    : is(p, "HashData")   ? data
	    : is(p, "HashType")   ? type
	    : is(p, "InstanceID") ? id
				  : (r->is_default ? "true" : "false"));
	return true;
}

/* Firmware before 7 takes no changes of the list while it is being set up. */
static bool
hash_locked(const struct device *d)
{
	return d->rel.code < REL(7, 0) && d->state == STATE_IN;
}

static enum fault
hash_put(struct call *c)
{
	struct root *r = &c->d->roots[c->inst];

	if (hash_locked(c->d))
		return FAULT_ACCESS_DENIED;
	r->enabled = vals_true(&c->in, "Enabled");
	if (!r->is_default && vals_text(&c->in, "Description") != NULL)
		(void)text_copy(r->name, sizeof(r->name), vals_text(&c->in, "Description"));
	return FAULT_NONE;
}

static enum fault
hash_create(struct call *c)
{
	struct hello_hash h = { .type = (uint8_t)vals_num(&c->in, "HashType", 0) };
	long n = b64_bytes(vals_text(&c->in, "HashData"), h.hash, sizeof(h.hash));
	size_t before = c->d->nroots, custom = 0;

	if (hash_locked(c->d))
		return FAULT_ACCESS_DENIED;
	if (h.type > 3 || !(c->d->rel.has->hash_types & 1U << h.type) ||
	    n != (long)hash_len(h.type))
		return FAULT_INVALID_REPRESENTATION;
	h.len = (uint8_t)n;
	for (size_t i = 0; i < before; i++)
		custom += c->d->roots[i].is_default ? 0 : 1;
	if (custom >= CUSTOM_ROOTS)
		return FAULT_QUOTA_LIMIT;
	device_trust(c->d, &h, vals_text(&c->in, "Description"), false);
	if (c->d->nroots == before)
		return FAULT_ALREADY_EXISTS;
	c->inst = (unsigned int)before;
	c->d->roots[before].enabled = vals_true(&c->in, "Enabled");
	return FAULT_NONE;
}

static enum fault
hash_del(struct call *c)
{
	struct device *d = c->d;

	if (hash_locked(d) || d->roots[c->inst].is_default)
		return FAULT_ACCESS_DENIED;
	d->nroots--;
	memmove(
	    &d->roots[c->inst], &d->roots[c->inst + 1], (d->nroots - c->inst) * sizeof(*d->roots));
	return FAULT_NONE;
}

/* clang-format off */
static const struct prop hash_props[] = {
	{ "Description", V_STR,  P_REQ, 0, NULL, 0, 63 },
	{ "Enabled",     V_BOOL, P_REQ, 0, NULL, 0, 0 },
	{ "HashData",    V_B64,  P_REQ, 0, NULL, 0, 0 },
	{ "HashType",    V_U8,   P_REQ, 0, NULL, 0, 0 },
	{ "InstanceID",  V_STR,  P_KEY, 0, NULL, 0, 0 },
	{ "IsDefault",   V_BOOL, 0,     0, NULL, 0, 0 },
};
/* clang-format on */

/* IPS_HostBasedSetupService */

static bool
host_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	SCOPED(mem) char *nonce = b64_text(d->config_nonce, sizeof(d->config_nonce));

	(void)inst;
	if (is(p, "CurrentControlMode"))
		vals_add(out, p, d->state == STATE_POST ? "2" : "0");
	else if (is(p, "ConfigurationNonce"))
		vals_add(out, p, nonce);
	else
		return false;
	return true;
}

/* clang-format off */
static const struct prop host_props[] = {
	{ "AllowedControlModes",     V_U8,  P_ARRAY, 0, "2\n1", 0, 0 },
	{ "CertChainStatus",         V_U8,  0,       0, "0",    0, 0 },
	{ "ConfigurationNonce",      V_B64, 0,       0, NULL,   0, 0 },
	{ "CreationClassName",       V_STR, P_KEY,   0, "IPS_HostBasedSetupService", 0, 0 },
	{ "CurrentControlMode",      V_U8,  0,       0, NULL,   0, 0 },
	{ "ElementName",             V_STR, 0,       0, "Intel(r) AMT Host Based Setup Service", 0, 0 },
	{ "Name",                    V_STR, P_KEY,   0, "Intel(r) AMT Host Based Setup Service", 0, 0 },
	{ "SystemCreationClassName", V_STR, P_KEY,   0, "CIM_ComputerSystem", 0, 0 },
	{ "SystemName",              V_STR, P_KEY,   0, "Intel(r) AMT", 0, 0 },
};

static const struct wclass rows[] = {
	{ .name = "AMT_GeneralSettings", .ops = OP_GET | OP_PUT | OP_ENUM,
	  .props = general_props, .nprops = ARRAY_LEN(general_props), .fill = general_fill, .put = general_put },
	{ .name = "AMT_ProvisioningCertificateHash", .ops = OP_GET | OP_PUT | OP_CREATE | OP_DELETE | OP_ENUM,
	  .props = hash_props, .nprops = ARRAY_LEN(hash_props), .count = hash_count, .fill = hash_fill,
	  .put = hash_put, .create = hash_create, .del = hash_del },
	{ .name = "AMT_SetupAndConfigurationService", .ops = OP_GET | OP_PUT | OP_ENUM,
	  .props = setup_props, .nprops = ARRAY_LEN(setup_props), .methods = setup_methods,
	  .nmethods = ARRAY_LEN(setup_methods), .fill = setup_fill },
	{ .name = "IPS_HostBasedSetupService", .since = REL(6, 1), .ops = OP_GET | OP_ENUM,
	  .props = host_props, .nprops = ARRAY_LEN(host_props), .fill = host_fill },
};
/* clang-format on */

const struct family family_setup = FAMILY(rows);
