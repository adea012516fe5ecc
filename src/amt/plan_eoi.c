/* SPDX-License-Identifier: Apache-2.0 */
/* plan_eoi: what the dry run says of steps with AMT before 3.2. Calls as in src/engine/steps.c and amt/device_eoi*.c. */
#include "amt/plan_eoi.h"

#include <stdio.h>
#include <string.h>

#define CALL(id, times) { "Invoke", "EOI", NULL, times, 0, EOI_##id + 1 }
#define END { 0 }

/* Does the release have the operation? */
static bool
has(const struct plan_case *c, enum eoi_id id)
{
	return eoi_in_release(&eoi_dialect_builtin()->ops[id], c->major, c->minor);
}

static const char *
skip_wired(const struct plan_case *c)
{
	return has(c, EOI_REMOVE_8021X) ? NULL : "the release has no 802.1x";
}

static const char *
skip_power(const struct plan_case *c)
{
	return has(c, EOI_SET_POWER_PKG) || has(c, EOI_SET_POWER_POLICY) ? NULL : "the release has no power packages";
}

static const char *
skip_mebx(const struct plan_case *c)
{
	return has(c, EOI_SET_MEBX_PASSWORD) ? NULL : "the release takes it only in the MEBx or from a USB key";
}

static const char *
note_tls(const struct plan_case *c)
{
	return c->profile->tls != TLS_NONE && c->profile->tls_plain
		   ? "the engine makes the key; whether ports without TLS stay open is not settable on this release" : NULL;
}

/* Source: protocol/eoi.md 9.5. */
static const char *
note_commit(const struct plan_case *c)
{
	return c->profile->mebx_password == PASSWORD_KEEP && has(c, EOI_SET_MEBX_PASSWORD) && !c->post
		   ? "a device whose MEBx password is still the factory's refuses, set up by certificate" : NULL;
}

/* How often, on a device as from the factory, as in plan.c. */

static unsigned int
if_ping(const struct plan_case *c)
{
	return !c->profile->ping;
}

static unsigned int
if_tls(const struct plan_case *c)
{
	return c->profile->tls != TLS_NONE;
}

static unsigned int
if_store(const struct plan_case *c)
{
	return if_tls(c) && has(c, EOI_ADD_CERT);
}

static unsigned int
if_no_store(const struct plan_case *c)
{
	return if_tls(c) && !has(c, EOI_ADD_CERT);
}

static unsigned int
if_policy(const struct plan_case *c)
{
	return has(c, EOI_GET_POWER_POLICY);
}

static unsigned int
if_interfaces(const struct plan_case *c)
{
	return has(c, EOI_GET_IF);
}

static unsigned int
if_extend(const struct plan_case *c)
{
	return has(c, EOI_EXTEND_PERIOD);
}

static unsigned int
per_entry(const struct plan_case *c)
{
	return (unsigned int)c->profile->nacl;
}

static unsigned int
if_package(const struct plan_case *c)
{
	return c->profile->power != POWER_KEEP && has(c, EOI_GET_POWER_PKG);
}

static unsigned int
if_idle(const struct plan_case *c)
{
	return c->profile->idle_timeout_min != 0;
}

#define FACTS                                                                                              \
	CALL(GET_CORE_VERSION, NULL), CALL(GET_DIGEST_REALM, NULL), CALL(GET_PROVISIONING_STATE, NULL),    \
	    CALL(GET_PROVISIONING_MODE, NULL), CALL(GET_IF, if_interfaces)
#define GENERAL \
	CALL(GET_HOST_NAME, NULL), CALL(GET_DOMAIN_NAME, NULL), CALL(GET_PING, NULL), CALL(GET_POWER_POLICY, if_policy)

static const struct plan_call connect_calls[] = { CALL(GET_CORE_VERSION, NULL), END };
static const struct plan_call facts_calls[] = { FACTS, CALL(EXTEND_PERIOD, if_extend), END };
static const struct plan_call rng_calls[] = { CALL(SET_RNG_KEY, NULL), END };
static const struct plan_call clock_calls[] = { CALL(GET_TIME, NULL), CALL(SET_TIME, NULL), END };
static const struct plan_call domain_calls[] = { GENERAL, CALL(SET_DOMAIN_NAME, NULL), END };
static const struct plan_call host_calls[] = { CALL(SET_HOST_NAME, NULL), END };
static const struct plan_call ping_calls[] = { CALL(SET_PING, if_ping), END };
static const struct plan_call tls_calls[] = { CALL(ENUM_CERTS, if_store), CALL(GET_PKI_CAPS, if_store), CALL(ADD_KEY, if_store),
	CALL(ADD_CERT, if_store), CALL(SET_TLS_CREDENTIALS, if_store), CALL(SET_TLS_CERT_2X, if_no_store), CALL(SET_TLS_OPTIONS, NULL), END };
static const struct plan_call interfaces_calls[] = { CALL(GET_ENABLED_IFS, NULL), CALL(SET_ENABLED_IFS, NULL), END };
static const struct plan_call kerberos_calls[] = { CALL(SET_KERBEROS, NULL), END };
static const struct plan_call wired_calls[] = { CALL(REMOVE_8021X, NULL), END };
static const struct plan_call acl_calls[] = { CALL(ENUM_USERS, NULL), CALL(ADD_USER, per_entry), END };
static const struct plan_call power_calls[] = { CALL(ENUM_POWER_PKGS, if_package), CALL(SET_POWER_PKG, if_package),
	CALL(SET_POWER_POLICY, if_idle), END };
static const struct plan_call mebx_calls[] = { CALL(SET_MEBX_PASSWORD, NULL), END };
static const struct plan_call admin_calls[] = { CALL(SET_ADMIN, NULL), END };
static const struct plan_call commit_calls[] = { CALL(COMMIT, NULL), END };
static const struct plan_call verify_calls[] = { FACTS, GENERAL, CALL(GET_TLS_OPTIONS, NULL), CALL(GET_ENABLED_IFS, NULL),
	CALL(ENUM_USERS, NULL), CALL(GET_USER, per_entry), CALL(GET_POWER_PKG, if_package), END };

static const struct plan_eoi rows[] = {
	/* clang-format off */
	{ "connect", NULL, NULL, connect_calls },
	{ "facts", NULL, NULL, facts_calls },
	{ "rng-key", NULL, NULL, rng_calls },
	{ "clock", NULL, NULL, clock_calls },
	{ "domain-name", NULL, NULL, domain_calls },
	{ "host-name", NULL, NULL, host_calls },
	{ "ping", NULL, NULL, ping_calls },
	{ "tls", NULL, note_tls, tls_calls },
	{ "interfaces", NULL, NULL, interfaces_calls },
	{ "kerberos", NULL, NULL, kerberos_calls },
	{ "wired-profile", skip_wired, NULL, wired_calls },
	{ "acl", NULL, NULL, acl_calls },
	{ "power", skip_power, NULL, power_calls },
	{ "mebx-password", skip_mebx, NULL, mebx_calls },
	{ "admin-password", NULL, NULL, admin_calls },
	{ "commit", NULL, note_commit, commit_calls },
	{ "verify", NULL, NULL, verify_calls },
	/* clang-format on */
};

const struct plan_eoi *
plan_eoi(const char *id)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].id, id) == 0)
			return &rows[i];
	return NULL;
}

void
plan_eoi_text(enum eoi_id id, char *out, size_t size)
{
	const struct eoi_op *op = &eoi_dialect_builtin()->ops[id];
	const char *path = eoi_dialect_builtin()->services[op->service].path;
	char name[EOI_NAME_MAX];

	(void)snprintf(out, size, "Invoke %s.%s", path + 1, eoi_nth(op->names, 0, name, sizeof(name)) ? name : "");
}
