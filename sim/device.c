/* SPDX-License-Identifier: Apache-2.0 */
/* device: what the firmware of one simulated device remembers, and how it comes and goes. */
#include "sim/device.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "sim/keystore.h"
#include "sim/mem.h"
#include "sim/pending.h"
#include "sim/schema.h"

enum { CLOCK_2004 = 1072915200 };

const char *
device_setting(const struct device *d, const struct prop *p, unsigned int inst)
{
	for (size_t i = 0; i < d->nsettings; i++)
		if (d->settings[i].prop == p && d->settings[i].inst == inst)
			return d->settings[i].text;
	return p->def;
}

static void
forget(struct device *d, size_t i)
{
	free(d->settings[i].text);
	d->settings[i] = d->settings[--d->nsettings];
}

void
device_set(struct device *d, const struct prop *p, unsigned int inst, const char *text)
{
	pending_setting(d, p, inst);
	for (size_t i = 0; i < d->nsettings; i++)
		if (d->settings[i].prop == p && d->settings[i].inst == inst) {
			forget(d, i);
			break;
		}
	if (text == NULL || (p->def != NULL && strcmp(p->def, text) == 0))
		return;
	if (d->nsettings == d->setting_cap)
		d->settings = mem_grow(d->settings, &d->setting_cap, sizeof(*d->settings));
	d->settings[d->nsettings++] = (struct setting){ p, inst, mem_copy(text) };
}

static const struct prop *
named(const char *cls, const char *prop)
{
	size_t n;
	const struct wclass *const *all = schema_rows(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i]->name, cls) == 0)
			return prop_find(all[i]->props, all[i]->nprops, prop);
	return NULL;
}

void
device_set_named(
    struct device *d, const char *cls, unsigned int inst, const char *prop, const char *text)
{
	const struct prop *p = named(cls, prop);

	if (p != NULL)
		device_set(d, p, inst, text);
}

const char *
device_named(const struct device *d, const char *cls, unsigned int inst, const char *prop)
{
	const struct prop *p = named(cls, prop);

	return p == NULL ? NULL : device_setting(d, p, inst);
}

int64_t
device_clock(const struct device *d)
{
	return (int64_t)time(NULL) + d->clock_offset_s;
}

void
device_ha1(const struct device *d, const char *user, const char *password, uint8_t out[HA1_LEN])
{
	SCOPED(mem) char *text = mem_print("%s:%s:%s", user, d->realm, password);

	(void)EVP_Digest(text, strlen(text), out, NULL, EVP_md5(), NULL);
}

/* The hashes of the MEBx password depend on the realm too. */
static void
hash_mebx(struct device *d)
{
	device_ha1(d, "admin", d->mebx_password, d->mebx_ha1);
	if (!d->admin_set)
		memcpy(d->admin.ha1, d->mebx_ha1, HA1_LEN);
}

void
device_mebx(struct device *d, const char *password)
{
	(void)text_copy(d->mebx_password, sizeof(d->mebx_password), password);
	hash_mebx(d);
}

/* The realm of releases before 6 is the UUID; later ones draw a new one per factory reset. */
static void
new_realm(struct device *d)
{
	uint8_t raw[16];
	char hex[33], upper[UUID_TEXT];

	if (d->rel.has->uuid_realm) {
		(void)text_copy(upper, sizeof(upper), d->uuid_text);
		for (char *c = upper; *c != '\0'; c++)
			if (*c >= 'a' && *c <= 'f')
				*c = (char)(*c - 'a' + 'A');
		(void)snprintf(d->realm, sizeof(d->realm), "Intel(R) AMT (ID:%s)", upper);
		return;
	}
	(void)RAND_bytes(raw, sizeof(raw));
	for (size_t i = 0; i < sizeof(raw); i++)
		(void)snprintf(hex + 2 * i, 3, "%02X", raw[i]);
	(void)snprintf(d->realm, sizeof(d->realm), "Digest:%s", hex);
}

void
device_init(struct device *d)
{
	uint8_t raw[8];

	uuid_text(&d->uuid, d->uuid_text);
	(void)RAND_bytes(raw, sizeof(raw));
	if (d->factory_password[0] == '\0')
		(void)text_copy(d->factory_password, sizeof(d->factory_password), "admin");
	(void)text_copy(d->admin.user, sizeof(d->admin.user), "admin");
	new_realm(d);
	device_mebx(d, d->factory_password);
	d->mebx_changed = strcmp(d->factory_password, "admin") != 0;
	(void)RAND_bytes(d->config_nonce, sizeof(d->config_nonce));
	d->mac[0] = 0x02;
	memcpy(d->mac + 1, d->uuid.b, 5);
	/* a board clock that nobody set: some minutes off */
	d->clock_offset_s = (int64_t)(raw[0] * 10) - 1275;
	if (d->rel.has->clock_needed)
		d->clock_offset_s = CLOCK_2004 - (int64_t)time(NULL) + raw[1];
	d->state = STATE_IN;
	d->bound_cert = -1;
	d->next_acl = 1;
	d->next_context = 0x10;
	d->message_id = 0x100;
	d->tls_port.watch.fd = d->plain_port.watch.fd = -1;
}

bool
device_psk(const struct device *d)
{
	return d->rel.has->ways & WAY_PSK && pending_pid(d)[0] != '\0' &&
	       fault_has(&d->faults, FK_PKI_HELLO) == NULL;
}

bool
device_pki(const struct device *d)
{
	return d->rel.has->ways & WAY_PKI && !d->no_crypto &&
	       strcmp(device_named(d, "AMT_SetupAndConfigurationService", 0,
			  "ZeroTouchConfigurationEnabled"),
		   "true") == 0;
}

void
device_ask(struct device *d)
{
	bool host = d->rel.has->ways & WAY_HOST;

	d->network_off = !device_psk(d) && device_pki(d) && host;
	d->state =
	    device_psk(d) || (device_pki(d) && !host) ? STATE_IN : STATE_PRE;
}

void
device_trust(struct device *d, const struct hello_hash *h, const char *name, bool is_default)
{
	for (size_t i = 0; i < d->nroots; i++)
		if (d->roots[i].hash.type == h->type &&
		    memcmp(d->roots[i].hash.hash, h->hash, h->len) == 0)
			return;
	if (d->nroots == d->root_cap)
		d->roots = mem_grow(d->roots, &d->root_cap, sizeof(*d->roots));
	struct root *r = &d->roots[d->nroots++];
	*r = (struct root){
		.id = d->next_root++, .hash = *h, .enabled = true, .is_default = is_default
	};
	(void)text_copy(r->name, sizeof(r->name), name);
}

static void
live_clear(struct tls_live *l)
{
	X509_free(l->cert);
	EVP_PKEY_free(l->key);
	sk_X509_pop_free(l->chain, X509_free);
	*l = (struct tls_live){ 0 };
}

/* What survives a partial un-provision. Source: protocol/wsman.md 7.24. */
static bool
kept(const struct prop *p)
{
	return p == named("AMT_GeneralSettings", "HostName") ||
	       p == named("AMT_GeneralSettings", "DomainName") ||
	       p == named("AMT_SetupAndConfigurationService", "ZeroTouchConfigurationEnabled") ||
	       p == named("AMT_SetupAndConfigurationService", "ConfigurationServerFQDN");
}

static void
factory_credentials(struct device *d)
{
	d->admin_set = false;
	(void)text_copy(d->admin.user, sizeof(d->admin.user), "admin");
	new_realm(d);
	hash_mebx(d);
	memset(d->pid, 0, sizeof(d->pid));
	memset(d->pps, 0, sizeof(d->pps));
	for (size_t i = 0; i < d->nroots; i++) {
		if (!d->roots[i].is_default)
			d->roots[i--] = d->roots[--d->nroots];
		else
			d->roots[i].enabled = true;
	}
}

void
device_reset(struct device *d, bool full)
{
	pending_drop(d);
	for (size_t i = 0; i < d->nsettings;) {
		if (!full && kept(d->settings[i].prop))
			i++;
		else
			forget(d, i);
	}
	keystore_clear(d);
	live_clear(&d->live);
	free(d->crl);
	d->crl = NULL;
	d->bound_cert = -1;
	d->nacls = 0;
	d->clock_set = false;
	d->rng_set = false;
	d->power_scheme = 0;
	d->krb_cache = false;
	d->record = (struct setup_record){ 0 };
	memset(d->nonces, 0, sizeof(d->nonces));
	memset(d->contexts, 0, sizeof(d->contexts));
	(void)RAND_bytes(d->config_nonce, sizeof(d->config_nonce));
	if (full)
		factory_credentials(d);
	X509_free(d->setup_cert);
	d->setup_cert = NULL;
	d->otp_len = 0;
	if (full)
		d->state = STATE_PRE;
	else
		device_ask(d);
	d->count.unprovisions++;
}

static bool
commit_allowed(const struct device *d)
{
	const struct release_has *has = d->rel.has;
	bool tls = strcmp(device_named(d, "AMT_TLSSettingData", 0, "Enabled"), "true") == 0;
	bool mutual =
	    strcmp(device_named(d, "AMT_TLSSettingData", 0, "MutualAuthentication"), "true") == 0;
	const char *host = device_named(d, "AMT_GeneralSettings", 0, "HostName");
	const char *dhcp = device_named(d, "AMT_EthernetPortSettings", 0, "DHCPEnabled");

	if (tls && (d->bound_cert < 0 || keystore_bound_key(d) == NULL))
		return false;
	if (strcmp(dhcp, "true") == 0 && (host == NULL || host[0] == '\0'))
		return false;
	if (tls && mutual && (!d->clock_set || keystore_roots(d) == 0))
		return false;
	if (has->clock_needed && !d->clock_set)
		return false;
	if (has->rng_needed && d->state == STATE_IN && !d->rng_set)
		return false;
	if (has->mebx_needed && !d->mebx_changed)
		return false;
	return tls || has->plain_port;
}

unsigned int
device_commit(struct device *d)
{
	struct tls_live *l = &d->live;

	if (!commit_allowed(d))
		return 2057;
	pending_commit(d);
	live_clear(l);
	l->enabled = strcmp(device_named(d, "AMT_TLSSettingData", 0, "Enabled"), "true") == 0;
	l->mutual =
	    l->enabled &&
	    strcmp(device_named(d, "AMT_TLSSettingData", 0, "MutualAuthentication"), "true") == 0;
	l->plain = !l->enabled ||
		   strcmp(device_named(d, "AMT_TLSSettingData", 0, "AcceptNonSecureConnections"),
		       "true") == 0;
	if (l->enabled)
		keystore_serve(d, l);
	d->count.commits++;
	if (d->state != STATE_POST) {
		d->count.configurations++;
		d->record = d->pending_record;
		d->record.present = true;
		d->record.at = (time_t)device_clock(d);
		memset(d->nonces, 0, sizeof(d->nonces));
	}
	d->state = STATE_POST;
	return 0;
}

void
device_logged(
    struct device *d, const char *op, const char *cls, const char *method, unsigned int status)
{
	if (d->nlog == LOG_MAX) {
		d->nlog = LOG_MAX / 2;
		memmove(d->log, d->log + LOG_MAX / 2, d->nlog * sizeof(*d->log));
	}
	if (d->nlog == d->log_cap)
		d->log = mem_grow(d->log, &d->log_cap, sizeof(*d->log));
	struct op_log *o = &d->log[d->nlog++];
	*o = (struct op_log){ .op = op, .cls = cls, .method = method, .status = status, .at_us = clock_wall_us() };
}

void
device_free(struct device *d)
{
	pending_commit(d);
	for (size_t i = 0; i < d->nsettings; i++)
		free(d->settings[i].text);
	free(d->settings);
	keystore_clear(d);
	live_clear(&d->live);
	X509_free(d->setup_cert);
	EVP_PKEY_free(d->setup_key);
	free(d->crl);
	free(d->roots);
	free(d->certs);
	free(d->keys);
	free(d->acls);
	free(d->log);
	fault_clear(&d->faults);
}
