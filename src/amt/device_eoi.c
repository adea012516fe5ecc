/* SPDX-License-Identifier: Apache-2.0 */
/* device_eoi: facts, names, passwords, clock and commit in the SOAP of AMT 2.0 to 3.1. Source: protocol/eoi.md 8, 9. */
#include "amt/device_eoi.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/digest.h"
#include "amt/status.h"
#include "base/clock.h"
#include "base/text.h"

enum {
	CLOCK_NEAR_S = 10,
	RNG_BYTES = 20,     /* where the table does not say how many */
	RNG_BYTES_MAX = 256,
	WIRED_HANDLE = 0,   /* of the wired interface; source: eoi.md 8.2 */
};

int
de_secret(struct amt_device *d, const char *what, struct err *e)
{
	if (de(d)->plain_secrets || http_tls_version(d->http)[0] != '\0')
		return 0;
	return err_set(e, ERR_TLS, "%s: not sent, the connection has no TLS", what);
}

int
de_optional(int rc, const struct err *e)
{
	return rc < 0 && (e->code == ERR_ABSENT || e->code == ERR_DIALECT || e->code == ERR_FAULT || e->code == ERR_STATUS) ? 0 : rc;
}

/* The release, which decides what the device has: the first request of a conversation. */
static int
de_probe(struct amt_device *d, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	struct eoi *w = &de(d)->w;
	unsigned int major, minor;
	char version[32];

	if (eoi_do(w, EOI_GET_CORE_VERSION, NULL, &a, e) < 0)
		return -1;
	int rc = eoi_get_text(&a, "version", 0, version, sizeof(version), e);
	if (rc <= 0)
		return rc < 0 ? -1 : eoi_missing(&a, "version", e);
	if (sscanf(version, "%5u.%5u", &major, &minor) != 2)
		return err_set(e, ERR_FIELD, "the device tells no AMT version (\"%s\")", version);
	if (amt_dialect_of(version) == AMT_DIALECT_NONE)
		return err_set(e, ERR_RELEASE, "AMT %s is not served: its network commands are others than those of AMT 2.0", version);
	(void)text_copy(w->version, sizeof(w->version), version);
	w->major = major;
	w->minor = minor;
	return 0;
}

/* The realm, and the UUID in it: "Intel(R) AMT (ID:4B4B4544-...)". Source: protocol/eoi.md 2.4. */
static int
read_realm(struct amt_device *d, struct amt_facts *f, struct err *e)
{
	static const char mark[] = "(ID:";
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	char text[UUID_TEXT];

	if (eoi_do(&de(d)->w, EOI_GET_DIGEST_REALM, NULL, &a, e) < 0)
		return -1;
	int rc = eoi_get_text(&a, "realm", 0, f->realm, sizeof(f->realm), e);
	if (rc <= 0)
		return rc < 0 ? -1 : eoi_missing(&a, "realm", e);
	const char *id = strstr(f->realm, mark);
	(void)snprintf(text, sizeof(text), "%.36s", id == NULL ? "" : id + strlen(mark));
	if (!uuid_parse(text, &f->uuid))
		return err_set(e, ERR_FIELD, "the device tells no UUID in its realm \"%s\"", f->realm);
	return 0;
}

/* A word of ours that a device may not tell: its number in words, or otherwise. */
static int
read_word(struct amt_device *d, enum eoi_id id, const char *field, const char *const words[], size_t n, unsigned int otherwise,
    unsigned int *out, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	char word[EOI_NAME_MAX] = "";
	int rc = eoi_do(&de(d)->w, id, NULL, &a, e);

	*out = otherwise;
	if (rc < 0)
		return de_optional(rc, e);
	rc = eoi_get_word(&a, field, 0, word, sizeof(word), e);
	for (unsigned int i = 0; rc == 1 && i < n; i++)
		if (strcmp(words[i], word) == 0)
			*out = i;
	return 0; /* what is not a word of the table was told, and decides nothing */
}

/* What helps people tell machines apart; a device that does not tell is served all the same. */
static int
read_mac(struct amt_device *d, struct amt_facts *f, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	struct eoi_values v = { .n = 0 };

	eoi_put_number(&v, "handle", WIRED_HANDLE);
	int rc = eoi_do(&de(d)->w, EOI_GET_IF, &v, &a, e);
	if (rc < 0)
		return de_optional(rc, e);
	if (eoi_get_text(&a, "mac", 0, f->mac, sizeof(f->mac), e) < 0)
		return 0;
	for (char *p = f->mac; *p != '\0'; p++)
		*p = *p == '-' ? ':' : *p;
	return 0;
}

static int
de_facts(struct amt_device *d, struct amt_facts *out, struct err *e)
{
	static const char *const states[] = { "pre", "in", "post" }, *const modes[] = { "current", "enterprise", "smb", "remote" };
	struct amt_facts f = { 0 };
	unsigned int state;

	if (de_probe(d, e) < 0)
		return -1;
	(void)text_copy(f.version, sizeof(f.version), de(d)->w.version);
	f.major = de(d)->w.major;
	f.minor = de(d)->w.minor;
	if (read_realm(d, &f, e) < 0 ||
	    read_word(d, EOI_GET_PROVISIONING_STATE, "state", states, ARRAY_LEN(states), AMT_UNTOLD, &state, e) < 0 ||
	    read_word(d, EOI_GET_PROVISIONING_MODE, "mode", modes, ARRAY_LEN(modes), 0, &f.control_mode, e) < 0 || read_mac(d, &f, e) < 0)
		return -1;
	f.state = (enum amt_state)state;
	*out = f;
	return 0;
}

static int
de_extend(struct amt_device *d, unsigned int hours, struct err *e)
{
	struct eoi_values v = { .n = 0 };

	eoi_put_number(&v, "hours", hours);
	return de_optional(eoi_do(&de(d)->w, EOI_EXTEND_PERIOD, &v, NULL, e), e);
}

static int
de_mebx_password(struct amt_device *d, const struct secret *s, bool *refused, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	struct eoi_values v = { .n = 0 };
	uint32_t status;

	*refused = false;
	eoi_put_secret(&v, "password", s);
	if (de_secret(d, "MEBx password", e) < 0 || eoi_call(&de(d)->w, EOI_SET_MEBX_PASSWORD, &v, &status, &a, e) < 0)
		return -1;
	*refused = status == PT_NOT_PERMITTED;
	return status == PT_SUCCESS || *refused ? 0 : eoi_error(&de(d)->w, EOI_SET_MEBX_PASSWORD, status, &a, e);
}

static int
de_admin_password(struct amt_device *d, const struct secret *s, struct err *e)
{
	struct eoi_values v = { .n = 0 };
	unsigned char hash[16];

	if (digest_ha1("admin", d->facts.realm, s, hash, e) < 0)
		return -1;
	eoi_put_text(&v, "user", "admin");
	eoi_put_bytes(&v, "password", hash, sizeof(hash));
	int rc = eoi_do(&de(d)->w, EOI_SET_ADMIN, &v, NULL, e);
	explicit_bzero(hash, sizeof(hash));
	return rc;
}

static int
de_rng_key(struct amt_device *d, struct err *e)
{
	const struct eoi_field *f = eoi_field(de(d)->w.dialect->ops[EOI_SET_RNG_KEY].request, "key");
	size_t n = f == NULL ? 0 : eoi_bytes(f);
	struct eoi_values v = { .n = 0 };
	uint8_t key[RNG_BYTES_MAX];

	n = n == 0 ? RNG_BYTES : n < sizeof(key) ? n : sizeof(key);
	if (RAND_bytes(key, (int)n) != 1)
		return err_set(e, ERR_SYSTEM, "the random generator failed");
	eoi_put_bytes(&v, "key", key, n);
	int rc = eoi_do(&de(d)->w, EOI_SET_RNG_KEY, &v, NULL, e);
	explicit_bzero(key, sizeof(key));
	return rc;
}

/* Source: protocol/eoi.md 8.3. */
static int
de_clock(struct amt_device *d, int64_t *off_s, bool always, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	struct eoi_values v = { .n = 0 };
	uint32_t ta0;

	if (eoi_do(&de(d)->w, EOI_GET_TIME, NULL, &a, e) < 0)
		return -1;
	int64_t tm1 = clock_wall_us() / 1000000;
	int rc = eoi_get_number(&a, "ta0", 0, UINT32_MAX, &ta0, e);
	if (rc <= 0)
		return rc < 0 ? -1 : eoi_missing(&a, "ta0", e);
	*off_s = (int64_t)ta0 - tm1;
	if (!always && *off_s <= CLOCK_NEAR_S && *off_s >= -CLOCK_NEAR_S)
		return 0;
	eoi_put_number(&v, "ta0", ta0);
	eoi_put_number(&v, "tm1", (uint32_t)tm1);
	eoi_put_number(&v, "tm2", (uint32_t)(clock_wall_us() / 1000000));
	return eoi_do(&de(d)->w, EOI_SET_TIME, &v, NULL, e);
}

static int
read_text(struct amt_device *d, enum eoi_id id, const char *field, char *out, size_t size, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };

	if (eoi_do(&de(d)->w, id, NULL, &a, e) < 0)
		return -1;
	int rc = eoi_get_text(&a, field, 0, out, size, e);
	return rc == 0 ? eoi_missing(&a, field, e) : rc < 0 ? -1 : 0;
}

static int
read_ping(struct amt_device *d, bool *out, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };

	if (eoi_do(&de(d)->w, EOI_GET_PING, NULL, &a, e) < 0)
		return -1;
	int rc = eoi_get_bool(&a, "ping", out, e);
	return rc == 0 ? eoi_missing(&a, "ping", e) : rc < 0 ? -1 : 0;
}

/* Not every release has it, and how it is spelt is a guess. */
static int
read_idle(struct amt_device *d, struct amt_general *g, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	int rc = eoi_do(&de(d)->w, EOI_GET_POWER_POLICY, NULL, &a, e);

	if (rc < 0)
		return de_optional(rc, e);
	g->has_idle = eoi_get_number(&a, "idle", 0, UINT32_MAX, &g->idle_timeout_min, e) == 1;
	return 0;
}

/* What this conversation has read and written holds until a write fails. */
static int
de_general_read(struct amt_device *d, struct amt_general *out, struct err *e)
{
	struct amt_general g = { 0 };

	if (de(d)->has_general) {
		*out = de(d)->general;
		return 0;
	}
	if (read_text(d, EOI_GET_HOST_NAME, "host", g.host, sizeof(g.host), e) < 0 ||
	    read_text(d, EOI_GET_DOMAIN_NAME, "domain", g.domain, sizeof(g.domain), e) < 0 || read_ping(d, &g.ping, e) < 0 ||
	    read_idle(d, &g, e) < 0)
		return -1;
	de(d)->general = *out = g;
	de(d)->has_general = true;
	return 0;
}

static int
set_text(struct amt_device *d, enum eoi_id id, const char *field, const char *have, const char *want, struct err *e)
{
	struct eoi_values v = { .n = 0 };

	if (strcmp(have, want) == 0)
		return 0;
	eoi_put_text(&v, field, want);
	return eoi_do(&de(d)->w, id, &v, NULL, e);
}

static int
set_number(struct amt_device *d, enum eoi_id id, const char *field, uint32_t have, uint32_t want, struct err *e)
{
	struct eoi_values v = { .n = 0 };

	if (have == want)
		return 0;
	eoi_put_number(&v, field, want);
	return eoi_do(&de(d)->w, id, &v, NULL, e);
}

static int
de_general(struct amt_device *d, const struct amt_general *want, struct err *e)
{
	struct amt_general have, now = *want;

	if (de_general_read(d, &have, e) < 0)
		return -1;
	de(d)->has_general = false;
	if (set_text(d, EOI_SET_DOMAIN_NAME, "domain", have.domain, want->domain, e) < 0 ||
	    set_text(d, EOI_SET_HOST_NAME, "host", have.host, want->host, e) < 0 ||
	    set_number(d, EOI_SET_PING, "ping", have.ping, want->ping, e) < 0 ||
	    (want->idle_timeout_min != 0 &&
		set_number(d, EOI_SET_POWER_POLICY, "idle", have.idle_timeout_min, want->idle_timeout_min, e) < 0))
		return -1;
	if (want->idle_timeout_min == 0)
		now.idle_timeout_min = have.idle_timeout_min;
	now.has_idle = have.has_idle;
	de(d)->general = now;
	de(d)->has_general = true;
	return 0;
}

static int
de_commit(struct amt_device *d, uint32_t *status, struct err *e)
{
	return eoi_call(&de(d)->w, EOI_COMMIT, NULL, status, NULL, e);
}

static void
de_free(struct amt_device *d)
{
	buf_free(&de(d)->key);
	free(d);
}

static const struct amt_old_ops old_ops = { .rng_key = de_rng_key, .kerberos_off = de_kerberos_off, .wired_off = de_wired_off };

static const struct amt_ops ops = {
	.probe = de_probe,
	.facts = de_facts,
	.extend = de_extend,
	.mebx_password = de_mebx_password,
	.admin_password = de_admin_password,
	.tls_psk = de_tls_psk,
	.clock = de_clock,
	.general_read = de_general_read,
	.general = de_general,
	.store_clean = de_store_clean,
	.key_bits = de_key_bits,
	.key_make = de_key_make,
	.key_add = de_key_add,
	.certificate_add = de_certificate_add,
	.tls_bind = de_tls_bind,
	.tls_read = de_tls_read,
	.tls = de_tls,
	.interfaces_read = de_interfaces_read,
	.interfaces = de_interfaces,
	.acl_read = de_acl_read,
	.acl_remove = de_acl_remove,
	.acl_add = de_acl_add,
	.power_read = de_power_read,
	.power = de_power,
	.commit = de_commit,
	.way_back = de_way_back,
	.unprovision = de_unprovision,
	.old = &old_ops,
	.free = de_free,
};

int
amt_eoi(struct http *http, const struct amt_eoi_with *with, struct amt_device **out, struct err *e)
{
	struct de *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return err_set(e, ERR_MEMORY, "device");
	d->base.ops = &ops;
	d->base.http = http;
	d->base.dialect = AMT_DIALECT_EOI;
	d->w = (struct eoi){ .http = http, .dialect = with->dialect, .known = with->known, .odd = with->odd, .odd_arg = with->odd_arg };
	d->plain_secrets = with->plain_secrets;
	*out = &d->base;
	return 0;
}
