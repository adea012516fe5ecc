/* SPDX-License-Identifier: Apache-2.0 */
/* dump: what a device has become, as JSON. */
#include "sim/dump.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sim/keystore.h"
#include "sim/mem.h"
#include "sim/ops.h"
#include "sim/pending.h"

static void
put_text(json_t *o, const char *key, const char *text)
{
	(void)json_object_set_new(o, key, text == NULL ? json_null() : json_string(text));
}

static void
put_num(json_t *o, const char *key, long long v)
{
	(void)json_object_set_new(o, key, json_integer(v));
}

static void
put_bool(json_t *o, const char *key, bool v)
{
	(void)json_object_set_new(o, key, json_boolean(v));
}

static void
put_hex(json_t *o, const char *key, const void *data, size_t len)
{
	char hex[2 * 64 + 1];

	hex_encode(hex, data, len > 64 ? 64 : len);
	put_text(o, key, hex);
}

static bool
on(const struct device *d, const char *cls, unsigned int inst, const char *prop)
{
	const char *text = device_named(d, cls, inst, prop);

	return text != NULL && strcmp(text, "true") == 0;
}

static json_t *
tls(const struct device *d)
{
	json_t *o = json_object();
	const char *names = device_named(d, "AMT_TLSSettingData", 0, "TrustedCN");

	put_bool(o, "enabled", on(d, "AMT_TLSSettingData", 0, "Enabled"));
	put_bool(o, "mutual", on(d, "AMT_TLSSettingData", 0, "MutualAuthentication"));
	put_bool(o, "accept_plain", on(d, "AMT_TLSSettingData", 0, "AcceptNonSecureConnections"));
	put_text(o, "trusted_cn", names);
	put_bool(o, "local_enabled", on(d, "AMT_TLSSettingData", 1, "Enabled"));
	put_num(o, "bound_cert", d->bound_cert);
	put_bool(o, "live_enabled", d->live.enabled);
	put_bool(o, "live_mutual", d->live.mutual);
	put_bool(o, "live_plain", d->live.plain);
	if (d->live.cert != NULL) {
		unsigned char md[32];

		(void)X509_digest(d->live.cert, EVP_sha256(), md, NULL);
		put_hex(o, "live_cert_sha256", md, sizeof(md));
	}
	return o;
}

static json_t *
certs(const struct device *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->ncerts; i++) {
		json_t *o = json_object();
		unsigned char md[32];
		SCOPED(mem) char *subject = keystore_name(X509_get_subject_name(d->certs[i].x));
		SCOPED(mem) char *issuer = keystore_name(X509_get_issuer_name(d->certs[i].x));

		put_num(o, "handle", d->certs[i].handle);
		put_text(o, "subject", subject);
		put_text(o, "issuer", issuer);
		(void)X509_digest(d->certs[i].x, EVP_sha256(), md, NULL);
		put_hex(o, "sha256", md, sizeof(md));
		put_bool(o, "root", d->certs[i].root);
		put_bool(o, "has_key", keystore_key_of(d, d->certs[i].x) != NULL);
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
keys(const struct device *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->nkeys; i++) {
		json_t *o = json_object();
		SCOPED(mem) char *der = keystore_key_b64(d->keys[i].k);

		put_num(o, "handle", d->keys[i].handle);
		put_num(o, "bits", EVP_PKEY_get_bits(d->keys[i].k));
		put_text(o, "public", der);
		put_bool(o, "used", keystore_in_use(d, &d->keys[i]));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
acls(const struct device *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->nacls; i++) {
		const struct acl *a = &d->acls[i];
		json_t *o = json_object(), *realms = json_array();

		put_num(o, "handle", a->handle);
		if (a->sid_len > 0)
			put_hex(o, "sid", a->sid, a->sid_len);
		else {
			put_text(o, "name", a->login.user);
			put_hex(o, "ha1", a->login.ha1, HA1_LEN);
		}
		put_num(o, "access", a->access);
		put_bool(o, "enabled", a->enabled);
		for (size_t k = 0; k < a->nrealms; k++)
			(void)json_array_append_new(realms, json_integer(a->realms[k]));
		(void)json_object_set_new(o, "realms", realms);
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
roots(const struct device *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->nroots; i++) {
		json_t *o = json_object();

		put_text(o, "name", d->roots[i].name);
		put_text(o, "type", hash_name(d->roots[i].hash.type));
		put_hex(o, "hash", d->roots[i].hash.hash, d->roots[i].hash.len);
		put_bool(o, "enabled", d->roots[i].enabled);
		put_bool(o, "default", d->roots[i].is_default);
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
interfaces(const struct device *d)
{
	json_t *o = json_object();
	long redirect =
	    strtol(device_named(d, "AMT_RedirectionService", 0, "EnabledState"), NULL, 10);
	const char *kvm = device_named(d, "CIM_KVMRedirectionSAP", 0, "EnabledState");
	const char *web = device_named(d, "AMT_WebUIService", 0, "EnabledState");

	put_bool(o, "webui", strcmp(web, "2") == 0);
	put_bool(o, "ider", redirect == 32769 || redirect == 32771);
	put_bool(o, "sol", redirect == 32770 || redirect == 32771);
	put_bool(o, "listener", on(d, "AMT_RedirectionService", 0, "ListenerEnabled"));
	put_bool(o, "kvm", d->rel.code >= REL(6, 0) && strcmp(kvm, "3") != 0);
	put_text(o, "opt_in_required",
	    d->rel.code >= REL(7, 0) ? device_named(d, "IPS_OptInService", 0, "OptInRequired")
				     : NULL);
	put_bool(o, "ping", on(d, "AMT_GeneralSettings", 0, "PingResponseEnabled"));
	put_bool(o, "rmcp_ping", on(d, "AMT_GeneralSettings", 0, "RmcpPingResponseEnabled"));
	return o;
}

/* Everything that is not as it left the factory, by class and property. */
static json_t *
settings(const struct device *d)
{
	json_t *o = json_object();
	size_t n;
	const struct wclass *const *all = schema_rows(&n);

	for (size_t i = 0; i < d->nsettings; i++)
		for (size_t k = 0; k < n; k++) {
			const struct prop *p = d->settings[i].prop;

			if (p < all[k]->props || p >= all[k]->props + all[k]->nprops)
				continue;
			SCOPED(mem)
			char *key =
			    d->settings[i].inst == 0 ? mem_print("%s.%s", all[k]->name, p->name)
						     : mem_print("%s[%u].%s", all[k]->name,
							   d->settings[i].inst, p->name);
			put_text(o, key, d->settings[i].text);
		}
	return o;
}

static json_t *
counters(const struct device *d)
{
	json_t *o = json_object();
	const struct counters *c = &d->count;

	put_num(o, "connections", (long long)c->connections);
	put_num(o, "handshake_failures", (long long)c->handshake_failures);
	put_num(o, "requests", (long long)c->requests);
	put_num(o, "authenticated", (long long)c->authenticated);
	put_num(o, "logins_failed", (long long)c->logins_failed);
	put_num(o, "hellos", (long long)c->hellos);
	put_num(o, "bytes_in", (long long)c->bytes_in);
	put_num(o, "bytes_out", (long long)c->bytes_out);
	put_num(o, "reboots", (long long)c->reboots);
	put_num(o, "unprovisions", (long long)c->unprovisions);
	return o;
}

/* What waits for the commit: parts by name, and settings by number. */
static json_t *
waiting(const struct device *d)
{
	static const struct {
		unsigned int part;
		const char *name;
	} rows[] = { { PART_ADMIN, "admin" }, { PART_ACL, "acl" }, { PART_PSK, "psk" },
		{ PART_POWER, "power_scheme" }, { PART_TLS, "bound_cert" } };
	json_t *list = json_array();
	size_t settings;
	unsigned int parts = pending_parts(d, &settings);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (parts & rows[i].part)
			(void)json_array_append_new(list, json_string(rows[i].name));
	if (settings > 0)
		(void)json_array_append_new(list, json_string("settings"));
	return list;
}

static json_t *
power(const struct device *d)
{
	static const char *const states[] = { "S0", "S1", "S2", "S3", "S4", "S5" };
	const struct boot *b = &d->boot;

	return json_pack("{s:s, s:i, s:i, s:i, s:i, s:i}", "state", states[d->power_state],
	    "command", b->command, "special", b->special, "parameter", b->parameter, "options",
	    b->options, "oem", b->oem);
}

static json_t *
faults(const struct device *d)
{
	json_t *list = json_array();
	char text[200];

	for (size_t i = 0; i < d->faults.n; i++) {
		fault_text(&d->faults.v[i], text, sizeof(text));
		(void)json_array_append_new(list, json_string(text));
	}
	return list;
}

static json_t *
record(const struct device *d)
{
	const struct setup_record *r = &d->record;
	json_t *o = json_object();

	if (!r->present) {
		json_decref(o);
		return json_null();
	}
	put_text(o, "method", r->psk ? "psk" : "pki");
	put_text(o, "cn", r->cn);
	put_text(o, "server", r->server);
	put_text(o, "root_type", r->psk ? NULL : hash_name(r->root.type));
	put_hex(o, "root_hash", r->root.hash, r->root.len);
	put_bool(o, "secure_dns", r->secure_dns);
	put_bool(o, "time_valid", r->time_valid);
	return o;
}

static void
identity(const struct device *d, json_t *o)
{
	char address[INET_ADDRSTRLEN] = "";

	(void)inet_ntop(AF_INET, &d->addr, address, sizeof(address));
	put_text(o, "uuid", d->uuid_text);
	put_text(o, "address", address);
	put_text(o, "release", d->rel.text);
	put_num(o, "provisioning_state", (long long)d->state);
	put_num(o, "control_mode", d->state == STATE_POST ? 2 : 0);
	put_bool(o, "network_off", d->network_off);
	put_bool(o, "no_crypto", d->no_crypto);
	put_bool(o, "zero_touch",
	    on(d, "AMT_SetupAndConfigurationService", 0, "ZeroTouchConfigurationEnabled"));
	put_text(o, "host", device_named(d, "AMT_GeneralSettings", 0, "HostName"));
	put_text(o, "domain", device_named(d, "AMT_GeneralSettings", 0, "DomainName"));
	put_text(o, "dhcp_domain", d->domain);
	put_text(o, "trusted_suffix", d->trusted_suffix);
}

static void
credentials(const struct device *d, json_t *o)
{
	put_text(o, "admin_user", d->admin.user);
	put_hex(o, "admin_ha1", d->admin.ha1, HA1_LEN);
	put_bool(o, "admin_set", d->admin_set);
	put_text(o, "mebx_password", d->mebx_password);
	put_bool(o, "mebx_changed", d->mebx_changed);
	put_text(o, "realm", d->realm);
	put_text(o, "pid", d->pid);
	put_text(o, "pps", d->pps);
}

json_t *
dump_device(const struct device *d)
{
	json_t *o = json_object();

	identity(d, o);
	credentials(d, o);
	(void)json_object_set_new(o, "tls", tls(d));
	(void)json_object_set_new(o, "certificates", certs(d));
	(void)json_object_set_new(o, "keys", keys(d));
	(void)json_object_set_new(o, "acl", acls(d));
	(void)json_object_set_new(o, "roots", roots(d));
	(void)json_object_set_new(o, "interfaces", interfaces(d));
	put_text(o, "crl", d->crl);
	(void)json_object_set_new(o, "power", power(d));
	(void)json_object_set_new(o, "waits", waiting(d));
	put_text(o, "power_scheme", ops_scheme_guid(d, d->power_scheme));
	put_num(o, "clock_offset_s", d->clock_offset_s);
	put_bool(o, "clock_set", d->clock_set);
	put_bool(o, "rng_set", d->rng_set);
	put_num(o, "commits", (long long)d->count.commits);
	put_num(o, "configurations", (long long)d->count.configurations);
	(void)json_object_set_new(o, "record", record(d));
	(void)json_object_set_new(o, "settings", settings(d));
	(void)json_object_set_new(o, "faults", faults(d));
	(void)json_object_set_new(o, "counters", counters(d));
	return o;
}

json_t *
dump_fleet(const struct fleet *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++)
		(void)json_array_append_new(list, dump_device(&f->dev[i]));
	return list;
}

json_t *
dump_log(const struct device *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->nlog; i++) {
		json_t *o = json_object();

		put_text(o, "op", d->log[i].op);
		put_text(o, "class", d->log[i].cls);
		put_text(o, "method", d->log[i].method);
		put_num(o, "status", d->log[i].status);
		put_num(o, "at_us", (long long)d->log[i].at_us);
		(void)json_array_append_new(list, o);
	}
	return list;
}
