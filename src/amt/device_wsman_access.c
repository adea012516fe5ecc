/* SPDX-License-Identifier: Apache-2.0 */
/* device_wsman_access: interfaces, ACL and power over WS-Management. Source: protocol/wsman.md 7.13 to 7.15. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/device_wsman.h"
#include "amt/power.h"
#include "amt/status.h"
#include "base/text.h"

static const char web_class[] = "AMT_WebUIService";
static const char redirection_class[] = "AMT_RedirectionService";
static const char kvm_class[] = "CIM_KVMRedirectionSAP";
static const char acl_class[] = "AMT_AuthorizationService";
static const char scheme_class[] = "AMT_SystemPowerScheme";

/* RedirectionService states: 32768 + 1 for IDE-R + 2 for SOL. */
enum { ENABLED = 2, DISABLED = 3, KVM_OFFLINE = 6, REDIRECTION_BASE = 32768, IDER_BIT = 1, SOL_BIT = 2 };

int
dw_interfaces_read(struct amt_device *d, struct amt_interfaces *out, struct err *e)
{
	SCOPED(inst) struct inst web = { 0 }, red = { 0 }, kvm = { 0 };
	struct amt_interfaces got = { 0 };
	uint32_t state;

	if (wsman_get(dw(d), web_class, NULL, &web, e) < 0 || inst_int(&web, "EnabledState", 65535, DISABLED, &state, e) < 0)
		return -1;
	got.web_ui = state == ENABLED;
	if (wsman_get(dw(d), redirection_class, NULL, &red, e) < 0 ||
	    inst_int(&red, "EnabledState", 65535, REDIRECTION_BASE, &state, e) < 0)
		return -1;
	got.ider = state >= REDIRECTION_BASE && (state & IDER_BIT) != 0;
	got.sol = state >= REDIRECTION_BASE && (state & SOL_BIT) != 0;
	if (wsman_get(dw(d), kvm_class, NULL, &kvm, e) == 0) {
		if (inst_int(&kvm, "EnabledState", 65535, DISABLED, &state, e) < 0)
			return -1;
		got.has_kvm = true;
		got.kvm = state == ENABLED || state == KVM_OFFLINE;
	} else if (e->code != ERR_ABSENT) {
		return -1;
	}
	((struct dw *)d)->interfaces = *out = got;
	((struct dw *)d)->interfaces_at = dw(d)->message_id;
	return 0;
}

static int
request_state(struct wsman *w, const char *class, uint32_t state, struct err *e)
{
	SCOPED(buf) struct buf p = { 0 };
	uint32_t status;
	char what[80];

	param_int(&p, "RequestedState", state);
	if (wsman_call(w, class, "RequestStateChange", NULL, buf_str(&p), &status, NULL, e) < 0)
		return -1;
	(void)snprintf(what, sizeof(what), "%s.RequestStateChange", class);
	return status == PT_SUCCESS || status == CIM_JOB_STARTED ? 0 : pt_error(status, what, e);
}

static int
put_redirection(struct wsman *w, uint32_t state, bool listen, struct err *e)
{
	SCOPED(inst) struct inst i = { 0 };
	char text[16];

	if (wsman_get(w, redirection_class, NULL, &i, e) < 0)
		return -1;
	(void)snprintf(text, sizeof(text), "%u", state);
	(void)inst_set(&i, "EnabledState", text);
	(void)inst_set(&i, "ListenerEnabled", listen ? "true" : "false");
	return wsman_put(w, redirection_class, NULL, &i, e);
}

int
dw_interfaces(struct amt_device *d, const struct amt_interfaces *want, struct err *e)
{
	struct amt_interfaces have = ((struct dw *)d)->interfaces;
	unsigned int at = ((struct dw *)d)->interfaces_at;
	uint32_t state = REDIRECTION_BASE + (want->ider ? IDER_BIT : 0U) + (want->sol ? SOL_BIT : 0U);

	if (!dw_just_read(d, at) && dw_interfaces_read(d, &have, e) < 0)
		return -1;
	bool kvm = want->kvm && have.has_kvm;
	if (have.web_ui != want->web_ui && request_state(dw(d), web_class, want->web_ui ? ENABLED : DISABLED, e) < 0)
		return -1;
	if ((have.sol != want->sol || have.ider != want->ider) && request_state(dw(d), redirection_class, state, e) < 0)
		return -1;
	if (have.has_kvm && have.kvm != kvm && request_state(dw(d), kvm_class, kvm ? ENABLED : DISABLED, e) < 0)
		return -1;
	return put_redirection(dw(d), state, want->sol || want->ider || kvm, e);
}

static int
read_entry(struct wsman *w, uint32_t handle, struct amt_acl *out, struct err *e)
{
	SCOPED(buf) struct buf p = { 0 };
	SCOPED(inst) struct inst i = { 0 };
	struct amt_acl a = { .handle = handle };
	uint32_t access;

	param_int(&p, "Handle", handle);
	if (wsman_do(w, acl_class, "GetUserAclEntryEx", NULL, buf_str(&p), &i, e) < 0)
		return -1;
	(void)inst_text(&i, "DigestUsername", a.user, sizeof(a.user));
	a.system = strncmp(a.user, "$$", 2) == 0;
	if (inst_int(&i, "AccessPermission", 2, ACL_ANY, &access, e) < 0)
		return -1;
	a.access = (enum acl_access)access;
	for (const xmlNode *n = xml_child(i.node, "Realms"); n != NULL; n = xml_next(n)) {
		uint32_t realm;

		if (!xml_uint(n, 31, &realm))
			return err_set(e, ERR_FIELD, "GetUserAclEntryEx: a realm is not a number from 0 to 31");
		a.realms |= 1U << realm;
	}
	*out = a;
	return 0;
}

/* One page of handles from index start (1 is the first); *total is how many there are. */
static int
read_handles(struct wsman *w, uint32_t start, uint32_t *total, uint32_t handles[AMT_ACL_MAX], size_t *n, struct err *e)
{
	SCOPED(buf) struct buf p = { 0 };
	SCOPED(inst) struct inst i = { 0 };
	uint32_t status;

	*n = 0;
	*total = 0;
	param_int(&p, "StartIndex", start);
	if (wsman_call(w, acl_class, "EnumerateUserAclEntries", NULL, buf_str(&p), &status, &i, e) < 0)
		return -1;
	if (status == PT_INVALID_INDEX) /* how some releases say: the list is empty */
		return 0;
	if (status != PT_SUCCESS)
		return pt_error(status, "EnumerateUserAclEntries", e);
	if (inst_int(&i, "TotalCount", UINT32_MAX, 0, total, e) < 0)
		return -1;
	for (const xmlNode *h = xml_child(i.node, "Handles"); h != NULL && *n < AMT_ACL_MAX; h = xml_next(h)) {
		if (!xml_uint(h, UINT32_MAX, &handles[(*n)++]))
			return err_set(e, ERR_FIELD, "EnumerateUserAclEntries: a handle is not a number");
	}
	return 0;
}

int
dw_acl_read(struct amt_device *d, struct amt_acl out[AMT_ACL_MAX], size_t *n, struct err *e)
{
	uint32_t handles[AMT_ACL_MAX], total = 0, start = 1;
	size_t got;

	*n = 0;
	do {
		if (read_handles(dw(d), start, &total, handles, &got, e) < 0)
			return -1;
		for (size_t i = 0; i < got && *n < AMT_ACL_MAX; i++)
			if (read_entry(dw(d), handles[i], &out[(*n)++], e) < 0)
				return -1;
		start += (uint32_t)got;
	} while (got > 0 && start <= total && *n < AMT_ACL_MAX);
	return 0;
}

int
dw_acl_remove(struct amt_device *d, uint32_t handle, struct err *e)
{
	SCOPED(buf) struct buf p = { 0 };

	param_int(&p, "Handle", handle);
	return wsman_do(dw(d), acl_class, "RemoveUserAclEntry", NULL, buf_str(&p), NULL, e);
}

int
dw_acl_add(struct amt_device *d, const struct acl_entry *a, const struct secret *s, struct err *e)
{
	SCOPED(buf) struct buf p = { 0 }, hash = { 0 };

	if (dw_password_hash(d, a->user, s, &hash, e) < 0)
		return -1;
	param(&p, "DigestUsername", a->user);
	param(&p, "DigestPassword", buf_str(&hash));
	param_int(&p, "AccessPermission", (uint32_t)a->access);
	for (uint32_t realm = 0; realm < 32; realm++)
		if ((a->realms & 1U << realm) != 0)
			param_int(&p, "Realms", realm);
	return wsman_do(dw(d), acl_class, "AddUserAclEntryEx", NULL, buf_str(&p), NULL, e);
}

/* The InstanceID of the package in force. */
static int
current_scheme(struct wsman *w, char id[64], struct err *e)
{
	SCOPED(inst) struct inst list = { 0 };
	char uri[160];
	uint32_t current;

	id[0] = '\0';
	if (wsman_list(w, "CIM_ElementSettingData", &list, e) < 0)
		return -1;
	for (xmlNode *n = xml_first(list.node); n != NULL; n = xml_next(n)) {
		const struct inst one = { .node = n };
		const xmlNode *data = xml_child(n, "SettingData");
		const xmlNode *res = xml_child(xml_child(data, "ReferenceParameters"), "ResourceURI");

		if (inst_int(&one, "IsCurrent", UINT32_MAX, 0, &current, e) < 0)
			return -1;
		if (current == 1 && res != NULL && xml_text(res, uri, sizeof(uri)) && strstr(uri, scheme_class) != NULL &&
		    wsman_epr_id(data, "InstanceID", id, 64))
			return 0;
	}
	return 0;
}

static int
scheme_guid(const xmlNode *n, char id[64], char guid[32])
{
	const struct inst one = { .node = (xmlNode *)(uintptr_t)n };

	return inst_text(&one, "InstanceID", id, 64) && inst_text(&one, "SchemeGUID", guid, 32) ? 0 : -1;
}

int
dw_power_read(struct amt_device *d, enum power_package *out, struct err *e)
{
	SCOPED(inst) struct inst list = { 0 };
	char current[64], id[64], guid[32];

	*out = POWER_KEEP;
	if (current_scheme(dw(d), current, e) < 0 || wsman_list(dw(d), scheme_class, &list, e) < 0)
		return -1;
	for (const xmlNode *n = xml_child(list.node, scheme_class); n != NULL; n = xml_next(n))
		if (scheme_guid(n, id, guid) == 0 && strcmp(id, current) == 0)
			*out = power_of(guid);
	return 0;
}

int
dw_power(struct amt_device *d, enum power_package want, bool *absent, struct err *e)
{
	SCOPED(inst) struct inst list = { 0 };
	char current[64], id[64], guid[32], best[64] = "";
	size_t best_rank = POWER_RANKS;

	*absent = false;
	if (current_scheme(dw(d), current, e) < 0 || wsman_list(dw(d), scheme_class, &list, e) < 0)
		return -1;
	for (const xmlNode *n = xml_child(list.node, scheme_class); n != NULL; n = xml_next(n)) {
		if (scheme_guid(n, id, guid) < 0)
			return err_set(e, ERR_FIELD, "%s without InstanceID or SchemeGUID", scheme_class);
		size_t rank = power_rank(want, guid);

		if (rank < best_rank) {
			best_rank = rank;
			(void)text_copy(best, sizeof(best), id);
		}
	}
	*absent = best[0] == '\0';
	if (*absent || strcmp(best, current) == 0)
		return 0; /* nothing that fits: what is in force stays, and the log says so */
	const struct selector sel[] = { { "InstanceID", best }, { 0 } };
	return wsman_do(dw(d), scheme_class, "SetPowerScheme", sel, "", NULL, e);
}
