/* SPDX-License-Identifier: Apache-2.0 */
/* device_wsman: facts, names, passwords, clock and commit over WS-Management. */
#include "amt/device_wsman.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "amt/digest.h"
#include "amt/http_psk.h"
#include "amt/status.h"
#include "base/clock.h"
#include "base/text.h"

static const char general_class[] = "AMT_GeneralSettings";
static const char setup_class[] = "AMT_SetupAndConfigurationService";

enum { CLOCK_NEAR_S = 10 /* spares the flash; source: wsman.md 7.5 */ };

/* AMT_GeneralSettings, owned by d: from the device unless dw_general_read read it just before, for whom it counts once. */
static int
get_general(struct amt_device *d, struct inst **out, struct err *e)
{
	struct dw *me = (struct dw *)d;
	unsigned int at = me->general_at;

	*out = &me->general;
	me->general_at = 0;
	if (dw_just_read(d, at))
		return 0;
	inst_free(&me->general);
	return wsman_get(&me->w, general_class, NULL, &me->general, e);
}

static int
read_version(struct wsman *w, struct amt_facts *f, struct err *e)
{
	SCOPED(inst) struct inst list = { 0 };
	char id[64];

	if (wsman_list(w, "CIM_SoftwareIdentity", &list, e) < 0)
		return -1;
	for (xmlNode *n = xml_child(list.node, "CIM_SoftwareIdentity"); n != NULL; n = xml_next(n)) {
		struct inst one = { .node = n };

		(void)inst_text(&one, "InstanceID", id, sizeof(id));
		if (strcmp(id, "AMT") == 0)
			(void)inst_text(&one, "VersionString", f->version, sizeof(f->version));
		else if (strcmp(id, "Build Number") == 0)
			(void)inst_text(&one, "VersionString", f->build, sizeof(f->build));
	}
	if (sscanf(f->version, "%u.%u", &f->major, &f->minor) != 2)
		return err_set(e, ERR_FIELD, "the device tells no AMT version (\"%s\")", f->version);
	return 0;
}

static int
read_uuid(struct wsman *w, struct amt_facts *f, struct err *e)
{
	SCOPED(inst) struct inst out = { 0 };
	char text[64];

	if (wsman_do(w, setup_class, "GetUuid", NULL, "", &out, e) < 0)
		return -1;
	if (!inst_text(&out, "UUID", text, sizeof(text)) ||
	    base64_decode(text, f->uuid.b, UUID_LEN) != UUID_LEN)
		return err_set(e, ERR_FIELD, "GetUuid: \"%s\" is not a UUID", text);
	return 0;
}

/* What helps people tell machines apart; a device that does not tell is served all the same. */
static int
read_hardware(struct wsman *w, struct amt_facts *f, struct err *e)
{
	SCOPED(inst) struct inst chassis = { 0 }, ports = { 0 };

	if (wsman_get(w, "CIM_Chassis", NULL, &chassis, e) == 0) {
		(void)inst_text(&chassis, "Manufacturer", f->manufacturer, sizeof(f->manufacturer));
		(void)inst_text(&chassis, "Model", f->model, sizeof(f->model));
		(void)inst_text(&chassis, "SerialNumber", f->serial, sizeof(f->serial));
	} else if (e->code != ERR_ABSENT && e->code != ERR_FAULT) {
		return -1;
	}
	if (wsman_list(w, "AMT_EthernetPortSettings", &ports, e) == 0) {
		struct inst first = { .node = xml_first(ports.node) };

		(void)inst_text(&first, "MACAddress", f->mac, sizeof(f->mac));
	} else if (e->code != ERR_ABSENT && e->code != ERR_FAULT) {
		return -1;
	}
	return 0;
}

static int
dw_facts(struct amt_device *d, struct amt_facts *out, struct err *e)
{
	SCOPED(inst) struct inst setup = { 0 };
	struct inst *general;
	struct amt_facts f = { 0 };
	uint32_t state, mode;

	if (get_general(d, &general, e) < 0)
		return -1;
	if (!inst_text(general, "DigestRealm", f.realm, sizeof(f.realm)) || f.realm[0] == '\0')
		return err_set(e, ERR_FIELD, "AMT_GeneralSettings.DigestRealm is missing");
	if (wsman_get(dw(d), setup_class, NULL, &setup, e) < 0)
		return -1;
	if (!inst_has(&setup, "ProvisioningState"))
		return err_set(e, ERR_FIELD, "AMT_SetupAndConfigurationService.ProvisioningState is missing");
	if (inst_int(&setup, "ProvisioningState", AMT_POST, AMT_IN, &state, e) < 0 ||
	    inst_int(&setup, "ProvisioningMode", 255, 0, &mode, e) < 0)
		return -1;
	f.state = (enum amt_state)state;
	f.control_mode = mode;
	(void)inst_text(&setup, "DhcpDNSSuffix", f.dhcp_suffix, sizeof(f.dhcp_suffix));
	(void)inst_text(&setup, "TrustedDNSSuffix", f.trusted_suffix, sizeof(f.trusted_suffix));
	if (read_version(dw(d), &f, e) < 0 || read_uuid(dw(d), &f, e) < 0 || read_hardware(dw(d), &f, e) < 0)
		return -1;
	*out = f;
	return 0;
}

static int
dw_extend(struct amt_device *d, unsigned int hours, struct err *e)
{
	SCOPED(buf) struct buf p = { 0 };

	param_int(&p, "Duration", hours);
	return wsman_do(dw(d), setup_class, "ExtendProvisioningPeriod", NULL, buf_str(&p), NULL, e);
}

static int
dw_mebx_password(struct amt_device *d, const struct secret *s, bool *refused, struct err *e)
{
	SCOPED(buf) struct buf p = { 0 };
	uint32_t status;

	param(&p, "Password", s->s);
	*refused = false;
	if (wsman_call(dw(d), setup_class, "SetMEBxPassword", NULL, buf_str(&p), &status, NULL, e) < 0)
		return -1;
	*refused = status == PT_NOT_PERMITTED;
	return status == PT_SUCCESS || *refused ? 0 : pt_error(status, "SetMEBxPassword", e);
}

int
dw_password_hash(const struct amt_device *d, const char *user, const struct secret *s, struct buf *out, struct err *e)
{
	unsigned char hash[16];

	if (digest_ha1(user, d->facts.realm, s, hash, e) < 0)
		return -1;
	base64_encode(out, hash, sizeof(hash));
	explicit_bzero(hash, sizeof(hash));
	return 0;
}

static int
dw_admin_password(struct amt_device *d, const struct secret *s, struct err *e)
{
	SCOPED(buf) struct buf p = { 0 }, hash = { 0 };

	if (dw_password_hash(d, "admin", s, &hash, e) < 0)
		return -1;
	param(&p, "Username", "admin");
	param(&p, "DigestPassword", buf_str(&hash));
	return wsman_do(dw(d), "AMT_AuthorizationService", "SetAdminAclEntryEx", NULL, buf_str(&p), NULL, e);
}

/* Hyphens only when the device does not take the pair without. Source: protocol/wsman.md 7.21. */
static int
dw_tls_psk(struct amt_device *d, const char *pid, const struct secret *pps, struct err *e)
{
	struct http_psk psk = { 0 };
	uint32_t status = PT_INVALID_PID;
	int rc = 0;

	if (amt_at_least(&d->facts, 11, 0))
		return err_set(e, ERR_ABSENT, "AMT %s has no TLS-PSK", d->facts.version);
	for (size_t n = 0; rc == 0 && (status == PT_INVALID_PID || status == PT_INVALID_PPS) && http_psk_form(n, pid, pps, &psk) != NULL; n++) {
		SCOPED(buf) struct buf p = { 0 };

		param(&p, "PID", psk.identity);
		param(&p, "PPS", psk.key.s);
		rc = wsman_call(dw(d), setup_class, "SetTLSPSK", NULL, buf_str(&p), &status, NULL, e);
	}
	secret_wipe(&psk.key);
	return rc < 0 || status == PT_SUCCESS ? rc : pt_error(status, "SetTLSPSK", e);
}

/* Source: protocol/wsman.md 7.5. */
static int
dw_clock(struct amt_device *d, int64_t *off_s, bool always, struct err *e)
{
	static const char class[] = "AMT_TimeSynchronizationService";
	SCOPED(inst) struct inst out = { 0 };
	SCOPED(buf) struct buf p = { 0 };
	uint32_t ta0;

	if (wsman_do(dw(d), class, "GetLowAccuracyTimeSynch", NULL, "", &out, e) < 0)
		return -1;
	int64_t tm1 = clock_wall_us() / 1000000;
	if (!inst_has(&out, "Ta0") || inst_int(&out, "Ta0", UINT32_MAX, 0, &ta0, e) < 0)
		return err_set(e, ERR_FIELD, "GetLowAccuracyTimeSynch.Ta0 is missing or not a number");
	*off_s = (int64_t)ta0 - tm1;
	if (!always && *off_s <= CLOCK_NEAR_S && *off_s >= -CLOCK_NEAR_S)
		return 0;
	param_int(&p, "Ta0", ta0);
	param_int(&p, "Tm1", (uint32_t)tm1);
	param_int(&p, "Tm2", (uint32_t)(clock_wall_us() / 1000000));
	return wsman_do(dw(d), class, "SetHighAccuracyTimeSynch", NULL, buf_str(&p), NULL, e);
}

static int
general_from(const struct inst *i, struct amt_general *out, struct err *e)
{
	struct amt_general g = { .has_idle = inst_has(i, "IdleWakeTimeout") };

	(void)inst_text(i, "HostName", g.host, sizeof(g.host));
	(void)inst_text(i, "DomainName", g.domain, sizeof(g.domain));
	g.has_rmcp_ping = inst_has(i, "RmcpPingResponseEnabled");
	if (inst_bool(i, "PingResponseEnabled", false, &g.ping, e) < 0 ||
	    inst_bool(i, "RmcpPingResponseEnabled", false, &g.rmcp_ping, e) < 0 ||
	    inst_int(i, "IdleWakeTimeout", UINT32_MAX, 0, &g.idle_timeout_min, e) < 0)
		return -1;
	*out = g;
	return 0;
}

static int
dw_general_read(struct amt_device *d, struct amt_general *out, struct err *e)
{
	struct inst *i;

	((struct dw *)d)->general_at = 0; /* from the device in any case */
	if (get_general(d, &i, e) < 0 || general_from(i, out, e) < 0)
		return -1;
	((struct dw *)d)->general_at = dw(d)->message_id;
	return 0;
}

static int
dw_probe(struct amt_device *d, struct err *e)
{
	struct amt_general ignored;

	return dw_general_read(d, &ignored, e);
}

static bool
set_text(struct inst *i, const char *name, const char *have, const char *want)
{
	return strcmp(have, want) != 0 && inst_set(i, name, want);
}

static bool
set_bool(struct inst *i, const char *name, bool have, bool want)
{
	return have != want && inst_set(i, name, want ? "true" : "false");
}

static int
dw_general(struct amt_device *d, const struct amt_general *want, struct err *e)
{
	struct inst *i;
	struct amt_general have;
	char minutes[16];
	bool changed;

	if (get_general(d, &i, e) < 0 || general_from(i, &have, e) < 0)
		return -1;
	if (!inst_has(i, "HostName") || !inst_has(i, "DomainName"))
		return err_set(e, ERR_FIELD, "AMT_GeneralSettings has no HostName or no DomainName");
	changed = set_text(i, "HostName", have.host, want->host);
	changed |= set_text(i, "DomainName", have.domain, want->domain);
	changed |= set_bool(i, "PingResponseEnabled", have.ping, want->ping);
	changed |= set_bool(i, "RmcpPingResponseEnabled", have.rmcp_ping, want->rmcp_ping);
	(void)snprintf(minutes, sizeof(minutes), "%u", want->idle_timeout_min);
	if (want->idle_timeout_min != 0 && have.idle_timeout_min != want->idle_timeout_min)
		changed |= inst_set(i, "IdleWakeTimeout", minutes);
	return changed ? wsman_put(dw(d), general_class, NULL, i, e) : 0;
}

static int
dw_commit(struct amt_device *d, uint32_t *status, struct err *e)
{
	return wsman_call(dw(d), setup_class, "CommitChanges", NULL, "", status, NULL, e);
}

static void
dw_free(struct amt_device *d)
{
	inst_free(&((struct dw *)d)->general);
	free(d);
}

static const struct amt_ops ops = {
	.probe = dw_probe,
	.facts = dw_facts,
	.extend = dw_extend,
	.mebx_password = dw_mebx_password,
	.admin_password = dw_admin_password,
	.tls_psk = dw_tls_psk,
	.clock = dw_clock,
	.general_read = dw_general_read,
	.general = dw_general,
	.store_clean = dw_store_clean,
	.key_bits = dw_key_bits,
	.key_make = dw_key_make,
	.key_add = dw_key_add,
	.certificate_add = dw_certificate_add,
	.tls_bind = dw_tls_bind,
	.tls_read = dw_tls_read,
	.tls = dw_tls,
	.interfaces_read = dw_interfaces_read,
	.interfaces = dw_interfaces,
	.acl_read = dw_acl_read,
	.acl_remove = dw_acl_remove,
	.acl_add = dw_acl_add,
	.power_read = dw_power_read,
	.power = dw_power,
	.commit = dw_commit,
	.way_back = dw_way_back,
	.unprovision = dw_unprovision,
	.free = dw_free,
};

int
amt_wsman(struct http *http, struct amt_device **out, struct err *e)
{
	struct dw *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return err_set(e, ERR_MEMORY, "device");
	d->base.ops = &ops;
	d->base.http = http;
	d->base.dialect = AMT_DIALECT_WSMAN;
	d->w.http = http;
	*out = &d->base;
	return 0;
}
