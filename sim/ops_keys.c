/* SPDX-License-Identifier: Apache-2.0 */
/* ops_keys: certificates and key pairs. Source: protocol/wsman.md 7.9. */
#include <stdlib.h>
#include <string.h>

#include "sim/fleet.h"
#include "sim/keystore.h"
#include "sim/mem.h"
#include "sim/ops.h"

enum { KEY_BITS = 2048, ALGORITHM_RSA = 0 };

static bool
is(const struct prop *p, const char *name)
{
	return strcmp(p->name, name) == 0;
}

long
ops_handle(const char *id, const char *prefix)
{
	size_t n = strlen(prefix);
	char *end;

	if (id == NULL || strncmp(id, prefix, n) != 0 || id[n] < '0' || id[n] > '9')
		return -1;
	long v = strtol(id + n, &end, 10);
	return *end == '\0' ? v : -1;
}

long
ops_cert_ref(const struct device *d, const char *ref)
{
	if (ref == NULL || !ref_class(ref, "AMT_PublicKeyCertificate"))
		return -1;
	SCOPED(mem) char *id = ref_selector(ref, "InstanceID");
	long handle = ops_handle(id, CERT_ID);
	return handle < 0 || keystore_cert_at(d, (unsigned int)handle) < 0 ? -1 : handle;
}

static long
key_ref(const struct device *d, const char *ref)
{
	if (!ref_class(ref, "AMT_PublicPrivateKeyPair"))
		return -1;
	SCOPED(mem) char *id = ref_selector(ref, "InstanceID");
	long handle = ops_handle(id, KEY_ID);
	return handle < 0 || keystore_key_at(d, (unsigned int)handle) < 0 ? -1 : handle;
}

/* clang-format off */
static const struct prop key_in[] = { { "KeyBlob", V_B64, P_REQ, 0, NULL, 0, 0 } };
static const struct prop key_out[] = { { "CreatedKey", V_REF, 0, 0, NULL, 0, 0 } };
static const struct prop cert_in[] = { { "CertificateBlob", V_B64, P_REQ, 0, NULL, 0, 0 } };
static const struct prop cert_out[] = { { "CreatedCertificate", V_REF, 0, 0, NULL, 0, 0 } };
static const struct prop gen_in[] = {
	{ "KeyAlgorithm", V_U32, P_REQ, 0, NULL, 0, 0 },
	{ "KeyLength",    V_U32, P_REQ, 0, NULL, 0, 0 },
};
static const struct prop gen_out[] = { { "KeyPair", V_REF, 0, 0, NULL, 0, 0 } };
static const struct prop sign_in[] = {
	{ "KeyPair",                      V_REF, P_REQ, 0, NULL, 0, 0 },
	{ "SigningAlgorithm",             V_U32, P_REQ, 0, NULL, 0, 0 },
	{ "NullSignedCertificateRequest", V_B64, P_REQ, 0, NULL, 0, 0 },
};
static const struct prop sign_out[] = { { "SignedCertificateRequest", V_B64, 0, 0, NULL, 0, 0 } };
/* clang-format on */

static void
out_ref(struct call *c, const struct prop *table, const char *cls, const char *prefix,
    unsigned int handle)
{
	SCOPED(mem) char *id = mem_print("%s%u", prefix, handle);
	SCOPED(mem) char *ref = ref_text(cls, "InstanceID", id);

	vals_add(&c->out, table, ref);
}

static unsigned int
add_key(struct call *c)
{
	unsigned int handle;
	unsigned int status = keystore_add_key(c->d, vals_text(&c->in, "KeyBlob"), &handle);

	if (status == PT_SUCCESS)
		out_ref(c, key_out, "AMT_PublicPrivateKeyPair", KEY_ID, handle);
	return status;
}

static unsigned int
add_any_cert(struct call *c, bool root)
{
	unsigned int handle;
	unsigned int status =
	    keystore_add_cert(c->d, vals_text(&c->in, "CertificateBlob"), root, &handle);

	if (status == PT_SUCCESS)
		out_ref(c, cert_out, "AMT_PublicKeyCertificate", CERT_ID, handle);
	return status;
}

static unsigned int
add_cert(struct call *c)
{
	return add_any_cert(c, false);
}

static unsigned int
add_root(struct call *c)
{
	return add_any_cert(c, true);
}

uint64_t
ops_now_ms(const struct device *d)
{
	return loop_now_ms(d->fleet->loop);
}

/* Under keygen-s: 2061 when it starts, 2082 while it runs, then the key. */
static unsigned int
slow_generation(struct device *d, const struct fault_spec *f)
{
	uint64_t now = ops_now_ms(d);

	if (d->keygen_done_ms == 0) {
		d->keygen_done_ms = now + f->n * 1000;
		return PT_GENERATING_KEYS;
	}
	return now < d->keygen_done_ms ? PT_IN_PROGRESS : PT_SUCCESS;
}

static unsigned int
generate(struct call *c)
{
	struct device *d = c->d;
	unsigned int handle;
	const struct fault_spec *slow = fault_has(&d->faults, FK_KEYGEN_S);

	if (vals_num(&c->in, "KeyAlgorithm", 0) != ALGORITHM_RSA)
		return PT_UNSUPPORTED;
	if (vals_num(&c->in, "KeyLength", 0) != KEY_BITS)
		return PT_INVALID_PARAMETER;
	unsigned int status = slow == NULL ? PT_SUCCESS : slow_generation(d, slow);
	if (status == PT_SUCCESS)
		status = keystore_generate(d, KEY_BITS, &handle);
	if (status != PT_SUCCESS)
		return status;
	if (slow != NULL)
		(void)fault_hit(&d->faults, FK_KEYGEN_S);
	d->keygen_done_ms = 0;
	out_ref(c, gen_out, "AMT_PublicPrivateKeyPair", KEY_ID, handle);
	return PT_SUCCESS;
}

static unsigned int
sign_request(struct call *c)
{
	long key = key_ref(c->d, vals_text(&c->in, "KeyPair"));
	SCOPED(mem) char *out = NULL;

	if (key < 0)
		return PT_INVALID_PARAMETER;
	unsigned int status =
	    keystore_sign(c->d, (unsigned int)key, vals_num(&c->in, "SigningAlgorithm", 9),
		vals_text(&c->in, "NullSignedCertificateRequest"), &out);
	if (status == PT_SUCCESS)
		vals_add(&c->out, sign_out, out);
	return status;
}

/* AMT_PublicKeyCertificate */

static unsigned int
cert_count(const struct device *d)
{
	return (unsigned int)d->ncerts;
}

static bool
cert_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	const struct cert *k = &d->certs[inst];
	SCOPED(mem) char *text = NULL;

	if (is(p, "InstanceID"))
		text = mem_print(CERT_ID "%u", k->handle);
	else if (is(p, "Issuer"))
		text = keystore_name(X509_get_issuer_name(k->x));
	else if (is(p, "Subject"))
		text = keystore_name(X509_get_subject_name(k->x));
	else if (is(p, "TrustedRootCertficate"))
		text = mem_copy(k->root ? "true" : "false");
	else if (is(p, "X509Certificate"))
		text = keystore_cert_b64(k->x);
	else
		return false;
	vals_add(out, p, text);
	return true;
}

bool
ops_cert_used(const struct device *d, unsigned int handle)
{
	static const struct {
		const char *cls, *prop;
	} users[] = {
		{ "AMT_8021XProfile", "ClientCertificate" },
		{ "AMT_8021XProfile", "ServerCertificateIssuer" },
		{ "IPS_IEEE8021xSettings", "ClientCertificate" },
		{ "IPS_IEEE8021xSettings", "ServerCertificateIssuer" },
	};
	bool mutual =
	    strcmp(device_named(d, "AMT_TLSSettingData", 0, "MutualAuthentication"), "true") == 0;
	long at = keystore_cert_at(d, handle);

	if (d->bound_cert == (int)handle)
		return true;
	if (mutual && at >= 0 && d->certs[at].root && keystore_roots(d) == 1)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(users); i++)
		if (ops_cert_ref(d, device_named(d, users[i].cls, 0, users[i].prop)) ==
		    (long)handle)
			return true;
	return false;
}

static enum fault
cert_del(struct call *c)
{
	if (ops_cert_used(c->d, c->d->certs[c->inst].handle))
		return FAULT_ACCESS_DENIED;
	keystore_del_cert(c->d, c->inst);
	return FAULT_NONE;
}

/* AMT_PublicPrivateKeyPair */

static unsigned int
pair_count(const struct device *d)
{
	return (unsigned int)d->nkeys;
}

static bool
pair_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	SCOPED(mem) char *text = NULL;

	if (is(p, "InstanceID"))
		text = mem_print(KEY_ID "%u", d->keys[inst].handle);
	else if (is(p, "DERKey"))
		text = keystore_key_b64(d->keys[inst].k);
	else
		return false;
	vals_add(out, p, text);
	return true;
}

static enum fault
pair_del(struct call *c)
{
	if (keystore_in_use(c->d, &c->d->keys[c->inst]))
		return FAULT_ACCESS_DENIED;
	keystore_del_key(c->d, c->inst);
	return FAULT_NONE;
}

static bool
caps_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	(void)inst;
	if (!is(p, "RootCertMaxCount"))
		return false;
	SCOPED(mem) char *text = mem_print("%u", d->rel.has->max_roots);
	vals_add(out, p, text);
	return true;
}

/* clang-format off */
static const struct method service_methods[] = {
	{ "AddCertificate",            0, 0,         ROWS(cert_in), ROWS(cert_out), add_cert },
	{ "AddKey",                    0, 0,         ROWS(key_in),  ROWS(key_out),  add_key },
	{ "AddTrustedRootCertificate", 0, 0,         ROWS(cert_in), ROWS(cert_out), add_root },
	{ "GenerateKeyPair",           REL(7, 0), 0, ROWS(gen_in),  ROWS(gen_out),  generate },
	{ "GeneratePKCS10RequestEx",   REL(7, 0), 0, ROWS(sign_in), ROWS(sign_out), sign_request },
};
static const struct prop service_props[] = {
	{ "CreationClassName",       V_STR, P_KEY, 0, "AMT_PublicKeyManagementService", 0, 0 },
	{ "ElementName",             V_STR, 0,     0, "Intel(r) AMT Certificate Store Service", 0, 0 },
	{ "EnabledDefault",          V_U16, 0,     0, "5",  0, 0 },
	{ "EnabledState",            V_U16, 0,     0, "5",  0, 0 },
	{ "Name",                    V_STR, P_KEY, 0, "Intel(r) AMT Public Key Management Service", 0, 0 },
	{ "RequestedState",          V_U16, 0,     0, "12", 0, 0 },
	{ "SystemCreationClassName", V_STR, P_KEY, 0, "CIM_ComputerSystem", 0, 0 },
	{ "SystemName",              V_STR, P_KEY, 0, "Intel(r) AMT", 0, 0 },
};
static const struct prop caps_props[] = {
	{ "CertChainMaxSize",    V_U32, 0,       0, "4100", 0, 0 },
	{ "CommonNameMaxCount",  V_U32, 0,       0, "4",    0, 0 },
	{ "CommonNameMaxSize",   V_U32, 0,       0, "64",   0, 0 },
	{ "ElementName",         V_STR, 0,       0, "Intel(r) AMT: Public Key Management Capabilities", 0, 0 },
	{ "InstanceID",          V_STR, P_KEY,   0, "Intel(r) AMT: Public Key Management Capabilities 0", 0, 0 },
	{ "MaximumCRLSize",      V_U32, 0,       0, "1280", 0, 0 },
	{ "RootCertMaxCount",    V_U32, 0,       0, NULL,   0, 0 },
	{ "RootCertMaxSize",     V_U32, 0,       0, "4100", 0, 0 },
	{ "SupportedKeyLengths", V_U32, P_ARRAY, 0, "2048", 0, 0 },
};
static const struct prop cert_props[] = {
	{ "ElementName",           V_STR,  0,     0, "Intel(r) AMT Certificate", 0, 0 },
	{ "InstanceID",            V_STR,  P_KEY, 0, NULL, 0, 0 },
	{ "Issuer",                V_STR,  0,     0, NULL, 0, 0 },
	{ "Subject",               V_STR,  0,     0, NULL, 0, 0 },
	{ "TrustedRootCertficate", V_BOOL, 0,     0, NULL, 0, 0 },
	{ "X509Certificate",       V_B64,  0,     0, NULL, 0, 0 },
};
static const struct prop pair_props[] = {
	{ "DERKey",      V_B64, 0,     0, NULL, 0, 0 },
	{ "ElementName", V_STR, 0,     0, "Intel(r) AMT Key", 0, 0 },
	{ "InstanceID",  V_STR, P_KEY, 0, NULL, 0, 0 },
};

static const struct wclass rows[] = {
	{ .name = "AMT_PublicKeyCertificate", .ops = OP_GET | OP_DELETE | OP_ENUM, .props = cert_props,
	  .nprops = ARRAY_LEN(cert_props), .count = cert_count, .fill = cert_fill, .del = cert_del },
	{ .name = "AMT_PublicKeyManagementCapabilities", .ops = OP_GET | OP_ENUM, .props = caps_props,
	  .nprops = ARRAY_LEN(caps_props), .fill = caps_fill },
	{ .name = "AMT_PublicKeyManagementService", .ops = OP_GET | OP_ENUM, .props = service_props,
	  .nprops = ARRAY_LEN(service_props), .methods = service_methods, .nmethods = ARRAY_LEN(service_methods) },
	{ .name = "AMT_PublicPrivateKeyPair", .ops = OP_GET | OP_DELETE | OP_ENUM, .props = pair_props,
	  .nprops = ARRAY_LEN(pair_props), .count = pair_count, .fill = pair_fill, .del = pair_del },
};
/* clang-format on */

const struct family family_keys = FAMILY(rows);
