/* SPDX-License-Identifier: Apache-2.0 */
/* ops_redirect: web interface, SOL, IDE-R, KVM, user consent. Source: protocol/wsman.md 7.14. */
#include <ctype.h>
#include <string.h>

#include "sim/mem.h"
#include "sim/ops.h"

enum {
	RFB_LEN = 8,
	NEW_STATE_ON = 2,
	NEW_STATE_OFF = 3,
	REDIRECT_LOW = 32768,
	REDIRECT_HIGH = 32771
};

/* clang-format off */
static const struct prop state_in[] = {
	{ "RequestedState", V_U16, P_REQ, 0, NULL, 0, 0 },
	{ "TimeoutPeriod",  V_STR, 0,     0, NULL, 0, 0 },
};
static const struct prop session_in[] = { { "SessionType", V_U16, P_REQ, 0, NULL, 0, 0 } };
/* clang-format on */

static void
keep(struct call *c, const char *prop, uint32_t v)
{
	SCOPED(mem) char *text = mem_print("%u", v);

	device_set_named(c->d, c->cls->name, 0, prop, text);
}

static unsigned int
web_state(struct call *c)
{
	uint32_t want = vals_num(&c->in, "RequestedState", 0);

	if (want != NEW_STATE_ON && want != NEW_STATE_OFF)
		return CIM_INVALID_PARAMETER;
	keep(c, "EnabledState", want);
	return CIM_DONE;
}

static unsigned int
redirect_state(struct call *c)
{
	uint32_t want = vals_num(&c->in, "RequestedState", 0);

	if (want < REDIRECT_LOW || want > REDIRECT_HIGH)
		return CIM_INVALID_PARAMETER;
	keep(c, "EnabledState", want);
	return CIM_DONE;
}

/* Enabled and idle shows as 6. */
static unsigned int
kvm_state(struct call *c)
{
	uint32_t want = vals_num(&c->in, "RequestedState", 0);

	if (want != NEW_STATE_ON && want != NEW_STATE_OFF)
		return CIM_INVALID_PARAMETER;
	keep(c, "EnabledState", want == NEW_STATE_ON ? 6 : 3);
	keep(c, "RequestedState", want);
	return CIM_DONE;
}

static bool
rfb_ok(const char *password)
{
	bool upper = false, lower = false, digit = false, special = false;

	for (const char *p = password; *p != '\0'; p++) {
		upper = upper || isupper((unsigned char)*p);
		lower = lower || islower((unsigned char)*p);
		digit = digit || isdigit((unsigned char)*p);
		special = special || ispunct((unsigned char)*p);
	}
	return strlen(password) == RFB_LEN && upper && lower && digit && special &&
	       strpbrk(password, "\",:") == NULL;
}

static bool
kvm_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	(void)d;
	(void)inst;
	if (strcmp(p->name, "RFBPassword") != 0)
		return false;
	vals_add(out, p, "");
	return true;
}

static enum fault
kvm_put(struct call *c)
{
	const char *password = vals_text(&c->in, "RFBPassword");

	return password == NULL || rfb_ok(password) ? FAULT_NONE : FAULT_INVALID_REPRESENTATION;
}

static enum fault
consent_put(struct call *c)
{
	uint32_t who = vals_num(&c->in, "OptInRequired", 0);

	return who == 0 || who == 1 || who == UINT32_MAX ? FAULT_NONE
							 : FAULT_INVALID_REPRESENTATION;
}

static enum fault
redirect_put(struct call *c)
{
	uint32_t want = vals_num(&c->in, "EnabledState", REDIRECT_LOW);

	return want >= REDIRECT_LOW && want <= REDIRECT_HIGH ? FAULT_NONE
							     : FAULT_INVALID_REPRESENTATION;
}

/* clang-format off */
static const struct prop web_props[] = {
	{ "CreationClassName",       V_STR, P_KEY, 0, "AMT_WebUIService", 0, 0 },
	{ "ElementName",             V_STR, 0,     0, "Intel(r) AMT Web UI Service", 0, 0 },
	{ "EnabledState",            V_U16, 0,     0, "2",  0, 0 },
	{ "Name",                    V_STR, P_KEY, 0, "Intel(r) AMT Web UI Service", 0, 0 },
	{ "RequestedState",          V_U16, 0,     0, "12", 0, 0 },
	{ "SystemCreationClassName", V_STR, P_KEY, 0, "CIM_ComputerSystem", 0, 0 },
	{ "SystemName",              V_STR, P_KEY, 0, "Intel(r) AMT", 0, 0 },
};
static const struct prop redirect_props[] = {
	{ "CreationClassName",       V_STR,  P_KEY,        0, "AMT_RedirectionService", 0, 0 },
	{ "ElementName",             V_STR,  0,            0, "Intel(r) AMT Redirection Service", 0, 0 },
	{ "EnabledState",            V_U16,  P_RW | P_REQ, 0, "32768", 0, 0 },
	{ "ListenerEnabled",         V_BOOL, P_RW | P_REQ, 0, "false", 0, 0 },
	{ "Name",                    V_STR,  P_KEY,        0, "Intel(r) AMT Redirection Service", 0, 0 },
	{ "SystemCreationClassName", V_STR,  P_KEY,        0, "CIM_ComputerSystem", 0, 0 },
	{ "SystemName",              V_STR,  P_KEY,        0, "Intel(r) AMT", 0, 0 },
};
static const struct prop sap_props[] = {
	{ "CreationClassName",       V_STR, P_KEY, 0, "CIM_KVMRedirectionSAP", 0, 0 },
	{ "ElementName",             V_STR, 0,     0, "KVM Redirection Service Access Point", 0, 0 },
	{ "EnabledState",            V_U16, 0,     0, "3",  0, 0 },
	{ "KVMProtocol",             V_U16, 0,     0, "4",  0, 0 },
	{ "Name",                    V_STR, P_KEY, 0, "KVM Redirection Service Access Point", 0, 0 },
	{ "RequestedState",          V_U16, 0,     0, "3",  0, 0 },
	{ "SystemCreationClassName", V_STR, P_KEY, 0, "CIM_ComputerSystem", 0, 0 },
	{ "SystemName",              V_STR, P_KEY, 0, "ManagedSystem", 0, 0 },
};
static const struct prop kvm_props[] = {
	{ "BackToBackFbMode",   V_BOOL, P_RW,         REL(7, 0), "false", 0, 0 },
	{ "DefaultScreen",      V_U8,   P_RW,         REL(7, 0), "0",     0, 0 },
	{ "ElementName",        V_STR,  0,            0,         "Intel(r) KVM Redirection Settings", 0, 0 },
	{ "EnabledByMEBx",      V_BOOL, 0,            0,         "true",  0, 0 },
	{ "InstanceID",         V_STR,  P_KEY,        0,         "Intel(r) KVM Redirection Settings", 0, 0 },
	{ "Is5900PortEnabled",  V_BOOL, P_RW | P_REQ, 0,         "false", 0, 0 },
	{ "OptInPolicy",        V_BOOL, P_RW | P_REQ, 0,         "true",  0, 0 },
	{ "OptInPolicyTimeout", V_U16,  P_RW,         0,         "300",   0, 0 },
	{ "RFBPassword",        V_STR,  P_RW | P_ADD, 0,         NULL,    0, 0 },
	{ "SessionTimeout",     V_U16,  P_RW,         0,         "3",     0, 0 },
};
static const struct prop consent_props[] = {
	{ "CanModifyOptInPolicy",    V_U8,  0,            0, "1",   0, 0 },
	{ "CreationClassName",       V_STR, P_KEY,        0, "IPS_OptInService", 0, 0 },
	{ "ElementName",             V_STR, 0,            0, "Intel(r) AMT OptIn Service", 0, 0 },
	{ "Name",                    V_STR, P_KEY,        0, "Intel(r) AMT OptIn Service", 0, 0 },
	{ "OptInCodeTimeout",        V_U32, P_RW,         0, "120", 0, 0 },
	{ "OptInDisplayTimeout",     V_U16, P_RW,         0, "300", 0, 0 },
	{ "OptInRequired",           V_U32, P_RW | P_REQ, 0, "4294967295", 0, 0 },
	{ "OptInState",              V_U8,  0,            0, "0",   0, 0 },
	{ "SystemCreationClassName", V_STR, P_KEY,        0, "CIM_ComputerSystem", 0, 0 },
	{ "SystemName",              V_STR, P_KEY,        0, "Intel(r) AMT", 0, 0 },
};
static const struct method web_methods[] = {
	{ "RequestStateChange", 0, 0,         ROWS(state_in),   NO_ROWS, web_state },
};
static const struct method redirect_methods[] = {
	{ "RequestStateChange", 0, 0,         ROWS(state_in),   NO_ROWS, redirect_state },
	{ "TerminateSession",   REL(7, 0), 0, ROWS(session_in), NO_ROWS, ops_done },
};
static const struct method sap_methods[] = {
	{ "RequestStateChange", 0, 0,         ROWS(state_in),   NO_ROWS, kvm_state },
};
static const struct method kvm_methods[] = {
	{ "TerminateSession",   0, 0,         NO_ROWS,          NO_ROWS, ops_done },
};

static const struct wclass rows[] = {
	{ .name = "AMT_RedirectionService", .ops = OP_GET | OP_PUT | OP_ENUM, .props = redirect_props,
	  .nprops = ARRAY_LEN(redirect_props), .methods = redirect_methods,
	  .nmethods = ARRAY_LEN(redirect_methods), .put = redirect_put },
	{ .name = "AMT_WebUIService", .ops = OP_GET | OP_ENUM, .props = web_props,
	  .nprops = ARRAY_LEN(web_props), .methods = web_methods, .nmethods = ARRAY_LEN(web_methods) },
	{ .name = "CIM_KVMRedirectionSAP", .since = REL(6, 0), .ops = OP_GET | OP_ENUM, .props = sap_props,
	  .nprops = ARRAY_LEN(sap_props), .methods = sap_methods, .nmethods = ARRAY_LEN(sap_methods) },
	{ .name = "IPS_KVMRedirectionSettingData", .since = REL(6, 0), .ops = OP_GET | OP_PUT | OP_ENUM,
	  .props = kvm_props, .nprops = ARRAY_LEN(kvm_props), .methods = kvm_methods,
	  .nmethods = ARRAY_LEN(kvm_methods), .fill = kvm_fill, .put = kvm_put },
	{ .name = "IPS_OptInService", .since = REL(7, 0), .ops = OP_GET | OP_PUT | OP_ENUM,
	  .props = consent_props, .nprops = ARRAY_LEN(consent_props), .put = consent_put },
};
/* clang-format on */

const struct family family_redirect = FAMILY(rows);
