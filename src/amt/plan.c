/* SPDX-License-Identifier: Apache-2.0 */
/* plan: what a configuration does to a device of a release. Calls as in src/engine/steps.c and verify.c. */
#include "amt/plan.h"

#include <stdio.h>
#include <string.h>

#include "amt/plan_eoi.h"
#include "amt/realm.h"

enum {
	KEYS_SINCE = 700, /* the device makes its own keys */
	KVM_SINCE = 600,
	RMCP_SINCE = 600,
	TLS_ONLY_SINCE = 1601,
	FACTORY_IDLE_MIN = 1,
};

const char *const plan_releases[] = { "2.2", "2.6", "3.0", "3.2", "6.2", "8.1", "11.8", "12.0", "15.0", "16.0", "16.1", NULL };

static unsigned int
release(const struct plan_case *c)
{
	return 100 * c->major + c->minor;
}

/* Why a step is left out */

static const char *
skip_rng(const struct plan_case *c)
{
	return c->eoi ? NULL : "WS-Management has no such request"; /* source: wsman.md 7.6 */
}

static const char *
skip_old(const struct plan_case *c)
{
	return c->eoi ? NULL : "the profile has nothing about it";
}

static const char *
skip_power(const struct plan_case *c)
{
	return c->profile->power == POWER_KEEP && c->profile->idle_timeout_min == 0 ? "the profile keeps what is set" : NULL;
}

static const char *
skip_admin(const struct plan_case *c)
{
	return c->post && !c->admin_due ? "the device is configured already" : NULL;
}

static const char *
skip_mebx(const struct plan_case *c)
{
	if (c->post && !c->mebx_due)
		return "the device is configured already";
	return c->profile->mebx_password == PASSWORD_KEEP ? "the profile keeps the MEBx password" : NULL;
}

static const char *
refuse_tls(const struct plan_case *c)
{
	return c->profile->tls == TLS_NONE && release(c) >= TLS_ONLY_SINCE ? "has no port without TLS: the profile must use TLS" : NULL;
}

static const char *
note_tls(const struct plan_case *c)
{
	return c->profile->tls == TLS_NONE	 ? "no certificate is issued"
	       : release(c) >= KEYS_SINCE ? "the device makes the key; the built-in CA issues the certificate"
						 : "the engine makes the key; the built-in CA issues the certificate";
}

static const char *
note_interfaces(const struct plan_case *c)
{
	return c->profile->kvm && release(c) < KVM_SINCE ? "the device has no KVM" : NULL;
}

static const char *
note_acl(const struct plan_case *c)
{
	for (size_t i = 0; i < c->profile->nacl; i++)
		if ((c->profile->acl[i].realms & ~realms_of(c->major)) != 0)
			return "realms this release does not have are left out";
	return NULL;
}

/* How often: on a device as from the factory, where names are empty, pings are answered, the Web UI is on, SOL, IDE-R, KVM and TLS
 * are off, the first power package is in force, and nobody has an ACL entry. */

static unsigned int
if_ping(const struct plan_case *c)
{
	return !c->profile->ping || (!c->profile->rmcp_ping && release(c) >= RMCP_SINCE);
}

static unsigned int
if_tls(const struct plan_case *c)
{
	return c->profile->tls != TLS_NONE;
}

static unsigned int
if_key_made(const struct plan_case *c)
{
	return if_tls(c) && release(c) >= KEYS_SINCE;
}

static unsigned int
if_key_added(const struct plan_case *c)
{
	return if_tls(c) && release(c) < KEYS_SINCE;
}

static unsigned int
if_web_off(const struct plan_case *c)
{
	return !c->profile->web_ui;
}

static unsigned int
if_redirection(const struct plan_case *c)
{
	return c->profile->sol || c->profile->ider;
}

static unsigned int
if_kvm(const struct plan_case *c)
{
	return c->profile->kvm && release(c) >= KVM_SINCE;
}

static unsigned int
per_entry(const struct plan_case *c)
{
	return (unsigned int)c->profile->nacl;
}

static unsigned int
if_package(const struct plan_case *c)
{
	return c->profile->power != POWER_KEEP;
}

static unsigned int
if_package_other(const struct plan_case *c)
{
	return c->profile->power == POWER_S0_S3_S5;
}

static unsigned int
if_idle(const struct plan_case *c)
{
	return c->profile->idle_timeout_min != 0;
}

static unsigned int
if_idle_other(const struct plan_case *c)
{
	return if_idle(c) && c->profile->idle_timeout_min != FACTORY_IDLE_MIN;
}

/* The calls of each step, in order. */

#define GENERAL "AMT_GeneralSettings"
#define SETUP "AMT_SetupAndConfigurationService"
#define CLOCK "AMT_TimeSynchronizationService"
#define KEYS "AMT_PublicKeyManagementService"
#define CERTIFICATE "AMT_PublicKeyCertificate"
#define PAIR "AMT_PublicPrivateKeyPair"
#define CONTEXT "AMT_TLSCredentialContext"
#define TLS_DATA "AMT_TLSSettingData"
#define AUTH "AMT_AuthorizationService"
#define REDIRECTION "AMT_RedirectionService"
#define KVM "CIM_KVMRedirectionSAP"
#define SCHEME "AMT_SystemPowerScheme"
#define CALL(op, class, times) { op, class, NULL, times, 0, 0 }
#define INVOKE(class, method, times) { "Invoke", class, method, times, 0, 0 }
#define END { 0 }

/* The calls that read the facts. */
#define FACTS                                                                                                \
	CALL("Get", GENERAL, NULL), CALL("Get", SETUP, NULL), CALL("Enumerate", "CIM_SoftwareIdentity", NULL), \
	    INVOKE(SETUP, "GetUuid", NULL), CALL("Get", "CIM_Chassis", NULL), CALL("Enumerate", "AMT_EthernetPortSettings", NULL)
#define INTERFACES                                                                         \
	CALL("Get", "AMT_WebUIService", NULL), CALL("Get", REDIRECTION, NULL), { "Get", KVM, NULL, NULL, KVM_SINCE, 0 }
#define STORE CALL("Enumerate", CONTEXT, if_tls), CALL("Enumerate", CERTIFICATE, if_tls), CALL("Enumerate", PAIR, if_tls)

static const struct plan_call connect_calls[] = { CALL("Get", GENERAL, NULL), END };
static const struct plan_call facts_calls[] = { FACTS, INVOKE(SETUP, "ExtendProvisioningPeriod", NULL), END };
static const struct plan_call no_calls[] = { END };
static const struct plan_call clock_calls[] = { INVOKE(CLOCK, "GetLowAccuracyTimeSynch", NULL),
	INVOKE(CLOCK, "SetHighAccuracyTimeSynch", NULL), END };
static const struct plan_call name_calls[] = { CALL("Get", GENERAL, NULL), CALL("Put", GENERAL, NULL), END };
static const struct plan_call ping_calls[] = { CALL("Get", GENERAL, NULL), CALL("Put", GENERAL, if_ping), END };
static const struct plan_call tls_calls[] = { STORE, INVOKE(KEYS, "AddKey", if_key_added), INVOKE(KEYS, "GenerateKeyPair", if_key_made),
	CALL("Enumerate", PAIR, if_key_made), INVOKE(KEYS, "AddCertificate", if_tls), CALL("Enumerate", CONTEXT, if_tls),
	CALL("Enumerate", "AMT_TLSProtocolEndpointCollection", if_tls), CALL("Create", CONTEXT, if_tls), CALL("Get", TLS_DATA, NULL),
	CALL("Put", TLS_DATA, if_tls), CALL("Get", TLS_DATA, NULL), CALL("Put", TLS_DATA, if_tls), END };
static const struct plan_call interfaces_calls[] = { INTERFACES, INVOKE("AMT_WebUIService", "RequestStateChange", if_web_off),
	INVOKE(REDIRECTION, "RequestStateChange", if_redirection), INVOKE(KVM, "RequestStateChange", if_kvm), CALL("Get", REDIRECTION, NULL),
	CALL("Put", REDIRECTION, NULL), END };
static const struct plan_call acl_calls[] = { INVOKE(AUTH, "EnumerateUserAclEntries", NULL), INVOKE(AUTH, "AddUserAclEntryEx", per_entry), END };
static const struct plan_call power_calls[] = { CALL("Enumerate", "CIM_ElementSettingData", if_package), CALL("Enumerate", SCHEME, if_package),
	INVOKE(SCHEME, "SetPowerScheme", if_package_other), CALL("Get", GENERAL, if_idle), CALL("Put", GENERAL, if_idle_other), END };
static const struct plan_call mebx_calls[] = { INVOKE(SETUP, "SetMEBxPassword", NULL), END };
static const struct plan_call admin_calls[] = { INVOKE(AUTH, "SetAdminAclEntryEx", NULL), END };
static const struct plan_call commit_calls[] = { INVOKE(SETUP, "CommitChanges", NULL), END };
static const struct plan_call verify_calls[] = { FACTS, CALL("Get", TLS_DATA, NULL), CALL("Enumerate", CONTEXT, NULL), INTERFACES,
	INVOKE(AUTH, "EnumerateUserAclEntries", NULL), INVOKE(AUTH, "GetUserAclEntryEx", per_entry),
	CALL("Enumerate", "CIM_ElementSettingData", if_package), CALL("Enumerate", SCHEME, if_package), STORE, END };

const struct plan_step plan_steps[] = {
	/* clang-format off */
	{ "connect", "Connect to {address}", NULL, NULL, NULL, connect_calls },
	{ "facts", "Start configuring the Intel* AMT device UUID: {uuid}", NULL, NULL, NULL, facts_calls },
	{ "rng-key", "Set rng key on Intel* AMT device", skip_rng, NULL, NULL, no_calls },
	{ "clock", "Synchronize clock on Intel* AMT device", NULL, NULL, NULL, clock_calls },
	{ "domain-name", "Set domain name to {domain}", NULL, NULL, NULL, name_calls },
	{ "host-name", "Set the host name to {host}", NULL, NULL, NULL, name_calls },
	{ "ping", "Set Ping Response", NULL, NULL, NULL, ping_calls },
	{ "tls", "Set TLS options", NULL, refuse_tls, note_tls, tls_calls },
	{ "interfaces", "Set enabled interfaces", NULL, NULL, note_interfaces, interfaces_calls },
	{ "kerberos", "Set Kerberos options", skip_old, NULL, NULL, no_calls },
	{ "wired-profile", "Remove existing 802.1x wired profile", skip_old, NULL, NULL, no_calls },
	{ "acl", "Set ACL", NULL, NULL, note_acl, acl_calls },
	{ "power", "Set power policies", skip_power, NULL, NULL, power_calls },
	{ "mebx-password", "Set MEBx password", skip_mebx, NULL, NULL, mebx_calls },
	{ "admin-password", "Change admin password", skip_admin, NULL, NULL, admin_calls },
	{ "commit", "Commit changes", NULL, NULL, NULL, commit_calls },
	{ "verify", "Verify the configuration", NULL, NULL, NULL, verify_calls },
	{ 0 },
	/* clang-format on */
};

static const struct plan_call way_back_calls[] = { CALL("Get", SETUP, NULL), CALL("Enumerate", "AMT_ProvisioningCertificateHash", NULL), END };

/* The first step is that of the other table. */
const struct plan_step plan_unprovision_steps[] = {
	/* clang-format off */
	{ "identity", "Check that it is the Intel* AMT device UUID: {uuid}", NULL, NULL, NULL, facts_calls },
	{ "way-back", "Check that the device can come back to setup", NULL, NULL, NULL, way_back_calls },
	{ "unprovision", "Unprovision the Intel* AMT device", NULL, NULL, NULL, no_calls },
	{ "look", "Look whether the device is unprovisioned", NULL, NULL, NULL, no_calls },
	{ 0 },
	/* clang-format on */
};

const struct plan_step *
plan_step(const char *id)
{
	static const struct plan_step *const tables[] = { plan_steps, plan_unprovision_steps };

	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		for (const struct plan_step *s = tables[i]; s->id != NULL; s++)
			if (strcmp(s->id, id) == 0)
				return s;
	return NULL;
}

/* Where the older SOAP differs from what holds for all. */
static const struct plan_eoi *
older(const struct plan_step *s, const struct plan_case *c)
{
	return c->eoi ? plan_eoi(s->id) : NULL;
}

const char *
plan_skip(const struct plan_step *s, const struct plan_case *c)
{
	const struct plan_eoi *old = older(s, c);
	const char *why = s->skip == NULL ? NULL : s->skip(c);

	return why == NULL && old != NULL && old->skip != NULL ? old->skip(c) : why;
}

const char *
plan_refusal(const struct plan_step *s, const struct plan_case *c)
{
	return s->refusal == NULL ? NULL : s->refusal(c);
}

const char *
plan_note(const struct plan_step *s, const struct plan_case *c)
{
	const struct plan_eoi *old = older(s, c);
	const char *note = old == NULL || old->note == NULL ? NULL : old->note(c);

	return note == NULL && s->note != NULL ? s->note(c) : note;
}

const struct plan_call *
plan_calls(const struct plan_step *s, const struct plan_case *c)
{
	const struct plan_eoi *old = older(s, c);

	return c->eoi ? (old == NULL ? no_calls : old->calls) : s->calls;
}

unsigned int
plan_times(const struct plan_call *call, const struct plan_case *c)
{
	return call->times == NULL ? 1 : call->times(c);
}

bool
plan_absent(const struct plan_call *call, const struct plan_case *c)
{
	if (call->eoi != 0)
		return !eoi_in_release(&eoi_dialect_builtin()->ops[call->eoi - 1], c->major, c->minor);
	return release(c) < call->since;
}

void
plan_call_text(const struct plan_call *call, char *out, size_t size)
{
	if (call->eoi != 0)
		plan_eoi_text((enum eoi_id)(call->eoi - 1), out, size);
	else
		(void)snprintf(out, size, "%s %s%s%s", call->op, call->class, call->method == NULL ? "" : ".", call->method == NULL ? "" : call->method);
}

int
plan_release(const char *text, struct plan_case *out, struct err *e)
{
	unsigned int major, minor, maintenance;
	int used = 0, most = (int)strlen(text);

	if (sscanf(text, "%3u.%3u%n.%5u%n", &major, &minor, &used, &maintenance, &used) < 2 || used != most || major > 99 || minor > 99)
		return err_set(e, ERR_INPUT, "\"%.20s\" is not an AMT release such as 11.8", text);
	if (major < 2)
		return err_set(e, ERR_RELEASE, "AMT %s is not served", text);
	out->major = major;
	out->minor = minor;
	out->eoi = 100 * major + minor < 302;
	return 0;
}
