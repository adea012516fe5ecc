/* SPDX-License-Identifier: Apache-2.0 */
/* ops_tls: the certificate to serve and the TLS switches. Source: protocol/wsman.md 7.11. */
#include <string.h>

#include "sim/keystore.h"
#include "sim/mem.h"
#include "sim/ops.h"

#define REMOTE_ID  "Intel(r) AMT 802.3 TLS Settings"
#define LOCAL_ID   "Intel(r) AMT LMS TLS Settings"
#define COLLECTION "TLSProtocolEndpoint Instances Collection"

enum { REMOTE = 0, LOCAL = 1, INSTANCES = 2 };

static bool
is(const struct prop *p, const char *name)
{
	return strcmp(p->name, name) == 0;
}

/* AMT_TLSSettingData: what is stored is pending; d->live is what the ports do. */

static unsigned int
setting_count(const struct device *d)
{
	(void)d;
	return INSTANCES;
}

static bool
setting_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	if (is(p, "InstanceID") || is(p, "ElementName"))
		vals_add(out, p, inst == REMOTE ? REMOTE_ID : LOCAL_ID);
	else if (is(p, "AcceptNonSecureConnections") && inst == LOCAL)
		vals_add(out, p, "true");
	else if (is(p, "NonSecureConnectionsSupported"))
		vals_add(out, p, inst == LOCAL || d->rel.has->plain_port ? "true" : "false");
	else
		return false;
	return true;
}

static enum fault
setting_put(struct call *c)
{
	bool on = vals_true(&c->in, "Enabled");

	if (on && vals_text(&c->in, "MutualAuthentication") == NULL)
		return FAULT_INVALID_REPRESENTATION;
	if (c->inst == REMOTE && !c->d->rel.has->plain_port &&
	    (!on || vals_true(&c->in, "AcceptNonSecureConnections")))
		return FAULT_ACCESS_DENIED;
	return FAULT_NONE;
}

/* AMT_TLSCredentialContext */

static unsigned int
context_count(const struct device *d)
{
	return d->bound_cert < 0 ? 0 : 1;
}

static bool
context_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	(void)inst;
	if (!is(p, "ElementInContext"))
		return false;
	SCOPED(mem) char *id = mem_print(CERT_ID "%d", d->bound_cert);
	SCOPED(mem) char *ref = ref_text("AMT_PublicKeyCertificate", "InstanceID", id);
	vals_add(out, p, ref);
	return true;
}

/* Some clients write the name of the collection without its first blank; devices take it. */
static bool
collection_ok(const char *ref)
{
	SCOPED(mem) char *name = ref_selector(ref, "ElementName");

	return ref_class(ref, "AMT_TLSProtocolEndpointCollection") && name != NULL &&
	       (strcmp(name, COLLECTION) == 0 ||
		   strcmp(name, "TLSProtocolEndpointInstances Collection") == 0);
}

static enum fault
bind_cert(struct call *c)
{
	struct device *d = c->d;
	long handle = ops_cert_ref(d, vals_text(&c->in, "ElementInContext"));

	if (handle < 0 || !collection_ok(vals_text(&c->in, "ElementProvidingContext")))
		return FAULT_INVALID_REPRESENTATION;
	const struct cert *k = &d->certs[keystore_cert_at(d, (unsigned int)handle)];
	if (k->root || keystore_key_of(d, k->x) == NULL)
		return FAULT_INVALID_REPRESENTATION;
	d->bound_cert = (int)handle;
	return FAULT_NONE;
}

static enum fault
context_create(struct call *c)
{
	if (c->d->bound_cert >= 0)
		return FAULT_ALREADY_EXISTS;
	c->inst = 0;
	return bind_cert(c);
}

static enum fault
context_del(struct call *c)
{
	struct device *d = c->d;

	if (d->live.enabled ||
	    strcmp(device_named(d, "AMT_TLSSettingData", REMOTE, "Enabled"), "true") == 0)
		return FAULT_ACCESS_DENIED;
	d->bound_cert = -1;
	return FAULT_NONE;
}

/* clang-format off */
static const struct prop setting_props[] = {
	{ "AcceptNonSecureConnections",    V_BOOL, P_RW,            0,          "false", 0, 0 },
	{ "ElementName",                   V_STR,  0,               0,          NULL,    0, 0 },
	{ "Enabled",                       V_BOOL, P_RW | P_REQ,    0,          "false", 0, 0 },
	{ "InstanceID",                    V_STR,  P_KEY,           0,          NULL,    0, 0 },
	{ "MutualAuthentication",          V_BOOL, P_RW,            0,          "false", 0, 0 },
	{ "NonSecureConnectionsSupported", V_BOOL, P_REJECT,        REL(16, 0), NULL,    0, 0 },
	{ "TrustedCN",                     V_STR,  P_RW | P_ADD | P_ARRAY, 0,   NULL,    1, 253 },
};
static const struct prop context_props[] = {
	{ "ElementInContext",        V_REF, P_KEY | P_REQ, 0, NULL, 0, 0 },
	{ "ElementProvidingContext", V_REF, P_KEY | P_REQ, 0,
	  "AMT_TLSProtocolEndpointCollection\tElementName=" COLLECTION, 0, 0 },
};
static const struct prop collection_props[] = {
	{ "ElementName", V_STR, P_KEY, 0, COLLECTION, 0, 0 },
};

static const struct wclass rows[] = {
	{ .name = "AMT_TLSCredentialContext", .ops = OP_GET | OP_PUT | OP_CREATE | OP_DELETE | OP_ENUM,
	  .props = context_props, .nprops = ARRAY_LEN(context_props), .count = context_count,
	  .fill = context_fill, .put = bind_cert, .create = context_create, .del = context_del },
	{ .name = "AMT_TLSProtocolEndpointCollection", .ops = OP_GET | OP_ENUM,
	  .props = collection_props, .nprops = ARRAY_LEN(collection_props) },
	{ .name = "AMT_TLSSettingData", .ops = OP_GET | OP_PUT | OP_ENUM,
	  .props = setting_props, .nprops = ARRAY_LEN(setting_props), .count = setting_count,
	  .fill = setting_fill, .put = setting_put },
};
/* clang-format on */

const struct family family_tls = FAMILY(rows);
