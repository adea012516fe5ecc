/* SPDX-License-Identifier: Apache-2.0 */
/* device_wsman_tls: keys, certificates and TLS over WS-Management. Source: protocol/wsman.md 7.9, 7.11. */
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "amt/device_wsman.h"
#include "amt/status.h"
#include "base/text.h"

static const char keys_class[] = "AMT_PublicKeyManagementService";
static const char certificate_class[] = "AMT_PublicKeyCertificate";
static const char pair_class[] = "AMT_PublicPrivateKeyPair";
static const char context_class[] = "AMT_TLSCredentialContext";
static const char setting_class[] = "AMT_TLSSettingData";
static const char remote_id[] = "Intel(r) AMT 802.3 TLS Settings";
static const char local_id[] = "Intel(r) AMT LMS TLS Settings";

enum { BASE64_MAX = 4 * AMT_DER_MAX / 3 + 8 };

/* The certificate that TLS uses, "" when none is bound. */
static int
bound_certificate(struct wsman *w, char handle[AMT_HANDLE_MAX], struct err *e)
{
	SCOPED(inst) struct inst list = { 0 };

	handle[0] = '\0';
	if (wsman_list(w, context_class, &list, e) < 0)
		return -1;
	const xmlNode *context = xml_child(list.node, context_class);
	const xmlNode *element = context == NULL ? NULL : xml_child(context, "ElementInContext");
	if (element != NULL && !wsman_epr_id(element, "InstanceID", handle, AMT_HANDLE_MAX))
		return err_set(e, ERR_FIELD, "%s.ElementInContext has no InstanceID", context_class);
	return 0;
}

static int
read_base64(const xmlNode *node, const char *name, uint8_t *der, size_t *len, struct err *e)
{
	SCOPED(mem) char *text = malloc(BASE64_MAX);
	const struct inst one = { .node = xml_child(node, name) == NULL ? NULL : (xmlNode *)(uintptr_t)node };
	long n;

	if (text == NULL)
		return err_set(e, ERR_MEMORY, "%s", name);
	if (one.node == NULL || !inst_text(&one, name, text, BASE64_MAX) ||
	    (n = base64_decode(text, der, AMT_DER_MAX)) <= 0)
		return err_set(e, ERR_FIELD, "%s.%s is not base64 of at most %d bytes", xml_name(node), name, AMT_DER_MAX);
	*len = (size_t)n;
	return 0;
}

/* Is this RSAPublicKey the one of a certificate in the list? */
static bool
has_certificate(const struct inst *certificates, const uint8_t *key, size_t key_len)
{
	uint8_t der[AMT_DER_MAX];
	size_t len;
	struct err ignored; /* an unreadable certificate matches nothing */

	for (xmlNode *n = xml_child(certificates->node, certificate_class); n != NULL; n = xml_next(n)) {
		const unsigned char *p = der, *pub = NULL;
		int pub_len = 0;

		if (read_base64(n, "X509Certificate", der, &len, &ignored) < 0)
			continue;
		X509 *cert = d2i_X509(NULL, &p, (long)len);
		if (cert == NULL)
			continue;
		X509_PUBKEY *xpub = X509_get_X509_PUBKEY(cert);
		bool same = X509_PUBKEY_get0_param(NULL, &pub, &pub_len, NULL, xpub) == 1 &&
			    (size_t)pub_len == key_len && memcmp(pub, key, key_len) == 0;
		X509_free(cert);
		if (same)
			return true;
	}
	return false;
}

static int
delete_one(struct wsman *w, const char *class, const char *id, struct err *e)
{
	const struct selector sel[] = { { "InstanceID", id }, { 0 } };

	if (wsman_delete(w, class, sel, e) == 0 || e->code == ERR_FAULT || e->code == ERR_ABSENT)
		return 0; /* a fault means "in use": it stays */
	return -1;
}

int
dw_store_clean(struct amt_device *d, struct err *e)
{
	SCOPED(inst) struct inst certificates = { 0 }, pairs = { 0 }, kept = { 0 };
	bool deleted = false;
	char bound[AMT_HANDLE_MAX], id[AMT_HANDLE_MAX];
	uint8_t key[AMT_DER_MAX];
	size_t len;

	if (bound_certificate(dw(d), bound, e) < 0 || wsman_list(dw(d), certificate_class, &certificates, e) < 0)
		return -1;
	for (xmlNode *n = xml_child(certificates.node, certificate_class); n != NULL; n = xml_next(n)) {
		const struct inst one = { .node = n };
		bool root, fixed;

		if (!inst_text(&one, "InstanceID", id, sizeof(id)) || strcmp(id, bound) == 0)
			continue;
		if (inst_bool(&one, "TrustedRootCertficate", false, &root, e) < 0 ||
		    inst_bool(&one, "ReadOnlyCertificate", false, &fixed, e) < 0)
			return -1;
		if (root || fixed)
			continue;
		if (delete_one(dw(d), certificate_class, id, e) < 0)
			return -1;
		deleted = true;
	}
	if ((deleted && wsman_list(dw(d), certificate_class, &kept, e) < 0) || wsman_list(dw(d), pair_class, &pairs, e) < 0)
		return -1;
	xmlNode *unused = NULL; /* one unused key is kept, since a device needs long to make another */
	for (xmlNode *n = xml_child(pairs.node, pair_class); n != NULL; n = xml_next(n)) {
		const struct inst one = { .node = n };

		if (!inst_text(&one, "InstanceID", id, sizeof(id)) || read_base64(n, "DERKey", key, &len, e) < 0)
			continue;
		if (has_certificate(deleted ? &kept : &certificates, key, len))
			continue;
		if (unused == NULL && amt_at_least(&d->facts, 7, 0))
			unused = n;
		else if (delete_one(dw(d), pair_class, id, e) < 0)
			return -1;
	}
	return 0;
}

/* The public key of the pair with this id; id "" takes the first that has no certificate. */
static int
find_pair(struct amt_device *d, const char *id, uint8_t *der, size_t *len, struct err *e)
{
	SCOPED(inst) struct inst certificates = { 0 }, pairs = { 0 };
	char have[AMT_HANDLE_MAX];

	if (wsman_list(dw(d), pair_class, &pairs, e) < 0 ||
	    (id[0] == '\0' && wsman_list(dw(d), certificate_class, &certificates, e) < 0))
		return -1;
	for (xmlNode *n = xml_child(pairs.node, pair_class); n != NULL; n = xml_next(n)) {
		const struct inst one = { .node = n };

		if (!inst_text(&one, "InstanceID", have, sizeof(have)))
			return err_set(e, ERR_FIELD, "%s without InstanceID", pair_class);
		if (read_base64(n, "DERKey", der, len, e) < 0)
			return -1;
		if (id[0] != '\0' ? strcmp(id, have) == 0 : !has_certificate(&certificates, der, *len))
			return 1;
	}
	return 0;
}

int
dw_key_bits(struct amt_device *d, int *bits, struct err *e)
{
	(void)d, (void)e;
	*bits = 2048;
	return 0;
}

int
dw_key_make(struct amt_device *d, uint8_t *der, size_t *len, struct err *e)
{
	SCOPED(buf) struct buf p = { 0 };
	SCOPED(inst) struct inst out = { 0 };
	char id[AMT_HANDLE_MAX];
	int found = find_pair(d, "", der, len, e);

	if (found != 0)
		return found < 0 ? -1 : 0;
	param_int(&p, "KeyAlgorithm", 0);
	param_int(&p, "KeyLength", 2048);
	http_timeout(d->http, 120);
	int rc = wsman_do(dw(d), keys_class, "GenerateKeyPair", NULL, buf_str(&p), &out, e);
	http_timeout(d->http, 0);
	if (rc < 0)
		return -1;
	const xmlNode *pair = xml_child(out.node, "KeyPair");
	if (pair == NULL || !wsman_epr_id(pair, "InstanceID", id, sizeof(id)))
		return err_set(e, ERR_FIELD, "GenerateKeyPair names no key pair");
	found = find_pair(d, id, der, len, e);
	if (found == 0)
		return err_set(e, ERR_FIELD, "the key pair just made (%s) is not in the device's list", id);
	return found < 0 ? -1 : 0;
}

int
dw_key_add(struct amt_device *d, const uint8_t *der, size_t len, struct err *e)
{
	SCOPED(buf) struct buf p = { 0 };

	buf_puts(&p, "<r:KeyBlob>");
	base64_encode(&p, der, len);
	buf_puts(&p, "</r:KeyBlob>");
	return wsman_do(dw(d), keys_class, "AddKey", NULL, buf_str(&p), NULL, e);
}

int
dw_certificate_add(struct amt_device *d, const uint8_t *der, size_t len, char handle[AMT_HANDLE_MAX], struct err *e)
{
	SCOPED(buf) struct buf p = { 0 };
	SCOPED(inst) struct inst out = { 0 };

	buf_puts(&p, "<r:CertificateBlob>");
	base64_encode(&p, der, len);
	buf_puts(&p, "</r:CertificateBlob>");
	if (wsman_do(dw(d), keys_class, "AddCertificate", NULL, buf_str(&p), &out, e) < 0)
		return -1;
	const xmlNode *created = xml_child(out.node, "CreatedCertificate");
	if (created == NULL || !wsman_epr_id(created, "InstanceID", handle, AMT_HANDLE_MAX))
		return err_set(e, ERR_FIELD, "AddCertificate names no certificate");
	return 0;
}

int
dw_tls_bind(struct amt_device *d, const char *handle, struct err *e)
{
	SCOPED(buf) struct buf p = { 0 };
	SCOPED(inst) struct inst list = { 0 };
	char bound[AMT_HANDLE_MAX], collection[96] = "TLSProtocolEndpoint Instances Collection";

	if (bound_certificate(dw(d), bound, e) < 0)
		return -1;
	if (strcmp(bound, handle) == 0)
		return 0;
	if (wsman_list(dw(d), "AMT_TLSProtocolEndpointCollection", &list, e) == 0) {
		const struct inst one = { .node = xml_first(list.node) };
		char name[96];

		if (inst_text(&one, "ElementName", name, sizeof(name)) && name[0] != '\0')
			(void)text_copy(collection, sizeof(collection), name);
	} else if (e->code != ERR_ABSENT && e->code != ERR_FAULT) {
		return -1;
	}
	wsman_epr(&p, "ElementInContext", certificate_class, "InstanceID", handle);
	wsman_epr(&p, "ElementProvidingContext", "AMT_TLSProtocolEndpointCollection", "ElementName", collection);
	if (bound[0] != '\0')
		return wsman_put_body(dw(d), context_class, NULL, buf_str(&p), e);
	return wsman_create(dw(d), context_class, buf_str(&p), e);
}

int
dw_tls_read(struct amt_device *d, struct amt_tls *out, struct err *e)
{
	const struct selector sel[] = { { "InstanceID", remote_id }, { 0 } };
	SCOPED(inst) struct inst i = { 0 };

	if (wsman_get(dw(d), setting_class, sel, &i, e) < 0 || inst_bool(&i, "Enabled", false, &out->enabled, e) < 0 ||
	    inst_bool(&i, "AcceptNonSecureConnections", false, &out->plain, e) < 0)
		return -1;
	out->has_plain = true;
	return bound_certificate(dw(d), out->bound, e);
}

static int
put_setting(struct amt_device *d, const char *id, bool enabled, const bool *plain, struct err *e)
{
	const struct selector sel[] = { { "InstanceID", id }, { 0 } };
	SCOPED(inst) struct inst i = { 0 };
	bool is, mutual, open;

	if (wsman_get(dw(d), setting_class, sel, &i, e) < 0 || inst_bool(&i, "Enabled", false, &is, e) < 0 ||
	    inst_bool(&i, "MutualAuthentication", false, &mutual, e) < 0 ||
	    inst_bool(&i, "AcceptNonSecureConnections", false, &open, e) < 0)
		return -1;
	if (is == enabled && !mutual && (plain == NULL || open == *plain))
		return 0;
	(void)inst_set(&i, "Enabled", enabled ? "true" : "false");
	(void)inst_set(&i, "MutualAuthentication", "false");
	if (plain != NULL)
		(void)inst_set(&i, "AcceptNonSecureConnections", *plain ? "true" : "false");
	inst_drop(&i, "TrustedCN");
	inst_drop(&i, "NonSecureConnectionsSupported");
	inst_drop(&i, "X509IssuerName");
	inst_drop(&i, "X509SerialNumber");
	http_timeout(d->http, 120);
	int rc = wsman_put(dw(d), setting_class, sel, &i, e);
	http_timeout(d->http, 0);
	return rc;
}

int
dw_tls(struct amt_device *d, const struct amt_tls *want, struct err *e)
{
	if (put_setting(d, remote_id, want->enabled, &want->plain, e) < 0)
		return -1;
	return put_setting(d, local_id, want->enabled, NULL, e);
}
