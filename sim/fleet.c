/* SPDX-License-Identifier: Apache-2.0 */
/* fleet: the devices, from a file or made up. */
#include "sim/fleet.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sim/mem.h"
#include "sim/roots.h"

enum { DEVICES_MAX = 60000 };

void
fleet_options(struct options *o)
{
	*o = (struct options){ .devices = 1,
		.releases = "11.8",
		.domain = "corp.example",
		.seed = 1,
		.time_scale = 1.0,
		.commit_down_ms = 500,
		.lockout_s = 60,
		.nonce_uses = 100,
		.idle_s = 60,
		.key_pool = 16,
		.ready_fd = -1 };
	(void)inet_pton(AF_INET, "127.100.0.1", &o->base);
	o->server.sin_family = AF_INET;
	o->server.sin_port = htons(9971);
	(void)inet_pton(AF_INET, "127.0.0.1", &o->server.sin_addr);
}

/* Version 4 form, so that nothing takes it for a placeholder. */
static void
seeded_uuid(unsigned long seed, size_t i, struct uuid *out)
{
	SCOPED(mem) char *text = mem_print("muster-sim %lu %zu", seed, i);
	unsigned char md[32];

	(void)EVP_Digest(text, strlen(text), md, NULL, EVP_sha256(), NULL);
	memcpy(out->b, md, UUID_LEN);
	out->b[7] = (uint8_t)((out->b[7] & 0x0f) | 0x40); /* third group is little endian */
	out->b[8] = (uint8_t)((out->b[8] & 0x3f) | 0x80);
}

/* A new MEBx password comes before a PID; by hand it is this one. */
#define PSK_PASSWORD "P@ssw0rd"

/* What every device gets, from the options; own_roots: its roots are given one by one. */
static int
common(struct fleet *f, struct device *d, bool own_roots, struct err *e)
{
	device_init(d);
	if (f->opt.auth_int)
		d->auth_int = true;
	for (size_t i = 0; i < f->opt.faults.n; i++)
		fault_add(&d->faults, &f->opt.faults.v[i]);
	if (own_roots)
		return 0;
	roots_factory(d);
	return f->opt.root_file == NULL ? 0 : roots_add(d, f->opt.root_file, e);
}

/* Without TLS there is no setup by certificate, and none of the ports that recent firmware has. */
static int
without_crypto(struct device *d, struct err *e)
{
	if (!(d->rel.has->ways & WAY_PSK))
		return err_set(e, ERR_INPUT, "release %s does not come without TLS", d->rel.text);
	d->no_crypto = true;
	return 0;
}

static void
place(struct fleet *f, size_t i)
{
	struct device *d = &f->dev[i];

	d->fleet = f;
	d->index = (unsigned int)i;
	d->addr.s_addr = htonl(ntohl(f->opt.base.s_addr) + (uint32_t)i);
}

/* What cannot be set up by certificate has a pair, or it would be silent for ever. */
static int
made_up_secrets(struct fleet *f, struct device *d, struct err *e)
{
	unsigned int ways = d->rel.has->ways;
	bool psk = ways & WAY_PSK && (f->opt.psk || f->opt.no_crypto || !(ways & WAY_PKI));
	const char *password = f->opt.mebx_password;

	if (f->opt.no_crypto && without_crypto(d, e) < 0)
		return -1;
	if (psk)
		psk_make(f->opt.seed, &d->uuid, d->pid, d->pps);
	if (password == NULL && psk)
		password = PSK_PASSWORD;
	if (password != NULL &&
	    !text_copy(d->factory_password, sizeof(d->factory_password), password))
		return err_set(e, ERR_INPUT, "--mebx-password: longer than %zu characters",
		    sizeof(d->factory_password) - 1);
	return 0;
}

static int
made_up(struct fleet *f, struct err *e)
{
	struct release rel[32];
	size_t n = 0;
	SCOPED(mem) char *list = mem_copy(f->opt.releases);
	char *rest = list;

	for (char *one = strsep(&rest, ","); one != NULL; one = strsep(&rest, ",")) {
		if (n == ARRAY_LEN(rel))
			return err_set(e, ERR_INPUT, "--releases: more than %zu", ARRAY_LEN(rel));
		if (release_parse(one, &rel[n++], e) < 0)
			return -1;
	}
	f->n = f->opt.devices;
	f->dev = mem_zero(f->n * sizeof(*f->dev));
	for (size_t i = 0; i < f->n; i++) {
		struct device *d = &f->dev[i];

		place(f, i);
		d->rel = rel[i % n];
		seeded_uuid(f->opt.seed, i, &d->uuid);
		(void)text_copy(d->domain, sizeof(d->domain), f->opt.domain);
		if (made_up_secrets(f, d, e) < 0 || common(f, d, false, e) < 0)
			return -1;
		device_ask(d);
	}
	return 0;
}

/* Keys of a device in the file. */
struct entry {
	const char *uuid, *release, *domain, *trusted_suffix, *server_fqdn, *host, *mebx_password,
	    *mebx_policy, *otp, *pid, *pps;
	json_t *roots, *faults;
	int auth_int, psk, no_crypto;
};

static int
unpack(json_t *o, struct entry *x, const char *where, struct err *e)
{
	json_error_t je;

	*x = (struct entry){ 0 };
	if (json_unpack_ex(o, &je, JSON_STRICT,
		"{s:s, s:s, s?s, s?s, s?s, s?s, s?s, s?s, s?s, s?s, s?s, s?o, s?o, s?b, s?b, s?b}",
		"uuid", &x->uuid, "release", &x->release, "domain", &x->domain, "trusted_suffix",
		&x->trusted_suffix, "server_fqdn", &x->server_fqdn, "host", &x->host,
		"mebx_password", &x->mebx_password, "mebx_policy", &x->mebx_policy, "otp", &x->otp,
		"pid", &x->pid, "pps", &x->pps, "roots", &x->roots, "faults", &x->faults,
		"auth_int", &x->auth_int, "psk", &x->psk, "no_crypto", &x->no_crypto) < 0)
		return err_set(e, ERR_INPUT, "%s: %s", where, je.text);
	return 0;
}

static int
mebx_policy(struct device *d, const char *text, const char *where, struct err *e)
{
	static const struct {
		const char *name;
		enum mebx_policy policy;
	} rows[] = { { "default", MEBX_DEFAULT_ONLY }, { "setup", MEBX_DURING_SETUP },
		{ "any", MEBX_ANY_TIME } };

	for (size_t i = 0; text != NULL && i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].name, text) == 0) {
			d->mebx_policy = rows[i].policy;
			return 0;
		}
	return text == NULL ? 0
			    : err_set(e, ERR_INPUT,
				  "%s: mebx_policy '%s': want default, setup or any", where, text);
}

static int
lists(struct device *d, const struct entry *x, const char *where, struct err *e)
{
	size_t i;
	json_t *one;

	if ((x->roots != NULL && !json_is_array(x->roots)) ||
	    (x->faults != NULL && !json_is_array(x->faults)))
		return err_set(e, ERR_INPUT, "%s: roots and faults are arrays of strings", where);
	json_array_foreach(x->roots, i,
	    one) if (!json_is_string(one) ||
		     roots_add(d, json_string_value(one), e) < 0) return json_is_string(one)
	    ? err_wrap(e, where)
	    : err_set(e, ERR_INPUT, "%s: a root is a string", where);
	json_array_foreach(x->faults, i, one)
	{
		struct fault_spec spec;

		if (!json_is_string(one))
			return err_set(e, ERR_INPUT, "%s: a fault is a string", where);
		if (fault_parse(json_string_value(one), &spec, e) < 0)
			return err_wrap(e, where);
		fault_add(&d->faults, &spec);
	}
	return 0;
}

/* PID and PPS as they stand there, or by the rule. */
static int
secrets(struct fleet *f, struct device *d, const struct entry *x, const char *where, struct err *e)
{
	bool psk = x->psk || x->pid != NULL || x->pps != NULL;

	if (psk && !(d->rel.has->ways & WAY_PSK))
		return err_set(
		    e, ERR_INPUT, "%s: release %s takes no PID and PPS", where, d->rel.text);
	if (x->no_crypto && without_crypto(d, e) < 0)
		return err_wrap(e, where);
	if (x->pid != NULL || x->pps != NULL) {
		if (x->pid == NULL || x->pps == NULL || !psk_pid(x->pid, d->pid) ||
		    !psk_pps(x->pps, d->pps))
			return err_set(e, ERR_INPUT,
			    "%s: want pid and pps, both with right check characters", where);
	} else if (psk)
		psk_make(f->opt.seed, &d->uuid, d->pid, d->pps);
	if (psk && d->factory_password[0] == '\0')
		(void)text_copy(d->factory_password, sizeof(d->factory_password), PSK_PASSWORD);
	return 0;
}

static bool
copy_texts(struct device *d, const struct entry *x, const char *domain)
{
	const char *suffix = x->trusted_suffix == NULL ? "" : x->trusted_suffix;
	const char *password = x->mebx_password == NULL ? "" : x->mebx_password;

	if (x->otp != NULL) {
		d->otp_len = strlen(x->otp);
		if (d->otp_len < 8 || d->otp_len > sizeof(d->otp))
			return false;
		memcpy(d->otp, x->otp, d->otp_len);
	}
	return text_copy(d->domain, sizeof(d->domain), x->domain == NULL ? domain : x->domain) &&
	       text_copy(d->trusted_suffix, sizeof(d->trusted_suffix), suffix) &&
	       text_copy(d->factory_password, sizeof(d->factory_password), password);
}

static int
from_json(struct fleet *f, size_t i, json_t *o, const char *where, struct err *e)
{
	struct device *d = &f->dev[i];
	struct entry x;

	place(f, i);
	if (unpack(o, &x, where, e) < 0)
		return -1;
	if (!uuid_parse(x.uuid, &d->uuid))
		return err_set(e, ERR_INPUT, "%s: '%s' is no UUID", where, x.uuid);
	if (release_parse(x.release, &d->rel, e) < 0)
		return err_wrap(e, where);
	if (!copy_texts(d, &x, f->opt.domain))
		return err_set(e, ERR_INPUT,
		    "%s: a text is too long, or otp not of 8 to 32 characters", where);
	if (secrets(f, d, &x, where, e) < 0 || common(f, d, x.roots != NULL, e) < 0)
		return -1;
	d->auth_int = d->auth_int || x.auth_int != 0;
	if (x.host != NULL)
		device_set_named(d, "AMT_GeneralSettings", 0, "HostName", x.host);
	if (x.server_fqdn != NULL)
		device_set_named(d, "AMT_SetupAndConfigurationService", 0,
		    "ConfigurationServerFQDN", x.server_fqdn);
	if (mebx_policy(d, x.mebx_policy, where, e) < 0 || lists(d, &x, where, e) < 0)
		return -1;
	device_ask(d);
	return 0;
}

static int
from_file(struct fleet *f, struct err *e)
{
	json_error_t je;
	json_t *list = json_load_file(f->opt.fleet_file, JSON_REJECT_DUPLICATES, &je);
	int rc = 0;

	if (list == NULL)
		return err_set(e, ERR_INPUT, "%s:%d: %s", f->opt.fleet_file,
		    je.line < 0 ? 0 : je.line, je.text);
	if (!json_is_array(list) || json_array_size(list) > DEVICES_MAX) {
		json_decref(list);
		return err_set(e, ERR_INPUT, "%s:1: want an array of devices", f->opt.fleet_file);
	}
	f->n = json_array_size(list);
	f->dev = mem_zero(f->n * sizeof(*f->dev));
	for (size_t i = 0; i < f->n && rc == 0; i++) {
		SCOPED(mem) char *where = mem_print("%.60s: device %zu", f->opt.fleet_file, i + 1);

		rc = from_json(f, i, json_array_get(list, i), where, e);
	}
	json_decref(list);
	return rc;
}

int
fleet_build(struct fleet *f, struct err *e)
{
	return f->opt.fleet_file == NULL ? made_up(f, e) : from_file(f, e);
}

void
fleet_free(struct fleet *f)
{
	for (size_t i = 0; i < f->n; i++)
		device_free(&f->dev[i]);
	free(f->dev);
	fault_clear(&f->opt.faults);
	f->dev = NULL;
	f->n = 0;
}

struct device *
fleet_find(struct fleet *f, const char *name)
{
	struct uuid u;
	struct in_addr a;
	bool by_uuid = uuid_parse(name, &u);
	bool by_address = inet_pton(AF_INET, name, &a) == 1;

	for (size_t i = 0; i < f->n; i++)
		if ((by_uuid && memcmp(f->dev[i].uuid.b, u.b, UUID_LEN) == 0) ||
		    (by_address && f->dev[i].addr.s_addr == a.s_addr))
			return &f->dev[i];
	return NULL;
}
