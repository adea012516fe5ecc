/* SPDX-License-Identifier: Apache-2.0 */
/* eoisrv_keys: the certificate store and TLS. Source: protocol/eoi.md 8.1, setup.md 3. */
#include <stdlib.h>
#include <string.h>

#include "sim/eoisrv_call.h"
#include "sim/mem.h"
#include "sim/pending.h"

#define TLS_CLASS "AMT_TLSSettingData"

/* What GetPkiCapabilities tells, and what is held to it. */
enum {
	CRL_STORE = 1424,
	ROOT_SIZE = 1500,
	SUFFIXES = 4,
	SUFFIX_LENGTH = 63,
	CHAIN_SIZE = 4100,
	CRL_URLS = 3, /* a fourth fails on 3.0 */
	INTERFACES = 2,
};

static const unsigned int key_bits[] = { 1024, 1536, 2048 };
static const char *const interface_fields[INTERFACES] = { "network", "local" };

static unsigned int
get_pki_caps(struct eoisrv_call *c)
{
	eoisrv_add_num(&c->out, "crl_store", CRL_STORE);
	eoisrv_add_num(&c->out, "root_size", ROOT_SIZE);
	eoisrv_add_num(&c->out, "roots", c->d->rel.has->max_roots);
	eoisrv_add_num(&c->out, "suffixes", SUFFIXES);
	eoisrv_add_num(&c->out, "suffix_length", SUFFIX_LENGTH);
	eoisrv_add_num(&c->out, "chain_size", CHAIN_SIZE);
	for (size_t i = 0; i < ARRAY_LEN(key_bits); i++)
		eoisrv_add_num(&c->out, "key_bits", key_bits[i]);
	return PT_SUCCESS;
}

static unsigned int
store_cert(struct eoisrv_call *c, bool root)
{
	const char *b64 = eoisrv_text(&c->in, "certificate", 0);
	unsigned int handle = 0;
	uint8_t raw[CHAIN_SIZE];

	if (b64 == NULL)
		return PT_INVALID_PARAMETER;
	if (root && b64_bytes(b64, raw, sizeof(raw)) > ROOT_SIZE)
		return PT_INVALID_CERT;
	unsigned int status = keystore_add_cert(c->d, b64, root, &handle);
	if (status == PT_SUCCESS)
		eoisrv_add_num(&c->out, "handle", handle);
	return status;
}

static unsigned int
add_cert(struct eoisrv_call *c)
{
	const char *root = eoisrv_text(&c->in, "root", 0);

	return store_cert(c, root != NULL && strcmp(root, "true") == 0);
}

static unsigned int
set_trusted_root(struct eoisrv_call *c)
{
	return store_cert(c, true);
}

static unsigned int
store_key(struct eoisrv_call *c, unsigned int *handle)
{
	const char *b64 = eoisrv_text(&c->in, "key", 0);

	return b64 == NULL ? PT_INVALID_PARAMETER : keystore_add_key(c->d, b64, handle);
}

static unsigned int
add_key(struct eoisrv_call *c)
{
	unsigned int handle = 0, status = store_key(c, &handle);

	if (status == PT_SUCCESS)
		eoisrv_add_num(&c->out, "handle", handle);
	return status;
}

static unsigned int
enum_certs(struct eoisrv_call *c)
{
	for (size_t i = 0; i < c->d->ncerts; i++)
		eoisrv_add_num(&c->out, "handle", c->d->certs[i].handle);
	return PT_SUCCESS;
}

/* Place of the certificate that is asked for, or -1. */
static long
cert_at(const struct eoisrv_call *c)
{
	unsigned long handle = eoisrv_num(&c->in, "handle", UINT32_MAX);

	return handle >= UINT32_MAX ? -1 : keystore_cert_at(c->d, (unsigned int)handle);
}

static unsigned int
remove_cert(struct eoisrv_call *c)
{
	long at = cert_at(c);

	if (at < 0)
		return PT_INVALID_HANDLE;
	if (ops_cert_used(c->d, c->d->certs[at].handle))
		return PT_NOT_PERMITTED;
	keystore_del_cert(c->d, (size_t)at);
	return PT_SUCCESS;
}

/* No handle: none is served any more, which 3.0 does not do while it is being set up. */
static unsigned int
set_credentials(struct eoisrv_call *c)
{
	struct device *d = c->d;
	long at = cert_at(c);

	if (eoisrv_text(&c->in, "handle", 0) == NULL) {
		if (d->state == STATE_IN && d->rel.code >= REL(3, 0))
			return PT_NOT_PERMITTED;
		d->bound_cert = -1;
		return PT_SUCCESS;
	}
	if (at < 0)
		return PT_INVALID_HANDLE;
	if (d->certs[at].root || keystore_key_of(d, d->certs[at].x) == NULL)
		return PT_INVALID_CERT;
	d->bound_cert = (int)d->certs[at].handle;
	return PT_SUCCESS;
}

/* Before there was a store: one key, one certificate, at one go. */
static unsigned int
set_key_and_cert(struct eoisrv_call *c)
{
	struct device *d = c->d;
	const char *b64 = eoisrv_text(&c->in, "certificate", 0);
	unsigned int key = 0, cert = 0;

	if (b64 == NULL)
		return PT_INVALID_PARAMETER;
	keystore_clear(d);
	d->bound_cert = -1;
	unsigned int status = store_key(c, &key);
	if (status == PT_SUCCESS)
		status = keystore_add_cert(d, b64, false, &cert);
	if (status == PT_SUCCESS && keystore_key_of(d, d->certs[0].x) == NULL)
		status = PT_CERT_KEY_MISMATCH;
	if (status == PT_SUCCESS)
		d->bound_cert = (int)cert;
	else
		keystore_clear(d);
	return status;
}

static unsigned int
set_tls(struct eoisrv_call *c)
{
	static const char *const words[] = { "off", "server", "mutual", NULL };
	int want[INTERFACES];

	for (size_t i = 0; i < INTERFACES; i++) {
		const char *text = eoisrv_text(&c->in, interface_fields[i], 0);

		want[i] = word_number(words, text);
		if (text != NULL && (want[i] < 0 || (want[i] > 0 && c->d->no_crypto)))
			return PT_UNSUPPORTED;
	}
	for (unsigned int i = 0; i < INTERFACES; i++) {
		if (want[i] < 0)
			continue;
		device_set_named(c->d, TLS_CLASS, i, "Enabled", want[i] > 0 ? "true" : "false");
		device_set_named(
		    c->d, TLS_CLASS, i, "MutualAuthentication", want[i] > 1 ? "true" : "false");
	}
	return PT_SUCCESS;
}

static unsigned int
get_tls(struct eoisrv_call *c)
{
	for (unsigned int i = 0; i < INTERFACES; i++) {
		bool on = strcmp(device_named(c->d, TLS_CLASS, i, "Enabled"), "true") == 0;
		bool mutual =
		    strcmp(device_named(c->d, TLS_CLASS, i, "MutualAuthentication"), "true") == 0;

		eoisrv_add(&c->out, interface_fields[i],
		    !on      ? "off"
		    : mutual ? "mutual"
			     : "server");
	}
	return PT_SUCCESS;
}

static unsigned int
set_trusted_fqdn(struct eoisrv_call *c)
{
	size_t n = eoisrv_count(&c->in, "suffix");

	if (n > SUFFIXES)
		return PT_MAX_LIMIT_REACHED;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(eoisrv_text(&c->in, "suffix", i));

		if (len == 0 || len > SUFFIX_LENGTH)
			return PT_INVALID_PARAMETER;
	}
	call_list(c, TLS_CLASS, "TrustedCN", "suffix");
	return PT_SUCCESS;
}

static unsigned int
set_crl(struct eoisrv_call *c)
{
	SCOPED(buf) struct buf urls = { 0 };
	size_t n = eoisrv_count(&c->in, "url");

	if (n > CRL_URLS)
		return PT_MAX_LIMIT_REACHED;
	for (size_t i = 0; i < n; i++)
		buf_printf(&urls, "%s%s", i == 0 ? "" : "\n", eoisrv_text(&c->in, "url", i));
	free(c->d->crl);
	c->d->crl = n == 0 ? NULL : buf_steal(&urls);
	return PT_SUCCESS;
}

/* clang-format off */
static const struct eoisrv_row rows[] = {
	{ EOI_ADD_CERT,            add_cert,         0,            0,        0 },
	{ EOI_ADD_KEY,             add_key,          0,            0,        0 },
	{ EOI_ENUM_CERTS,          enum_certs,       0,            0,        0 },
	{ EOI_GET_PKI_CAPS,        get_pki_caps,     0,            0,        0 },
	{ EOI_GET_TLS_OPTIONS,     get_tls,          0,            0,        0 },
	{ EOI_REMOVE_CERT,         remove_cert,      0,            0,        0 },
	{ EOI_SET_CRL,             set_crl,          0,            0,        0 },
	{ EOI_SET_TLS_CERT_2X,     set_key_and_cert, 0,            0,        0 },
	{ EOI_SET_TLS_CREDENTIALS, set_credentials,  EOISRV_WAITS, PART_TLS, 0 },
	{ EOI_SET_TLS_OPTIONS,     set_tls,          EOISRV_WAITS, 0,        0 },
	{ EOI_SET_TRUSTED_FQDN,    set_trusted_fqdn, 0,            0,        0 },
	{ EOI_SET_TRUSTED_ROOT,    set_trusted_root, 0,            0,        0 },
};
/* clang-format on */

const struct eoisrv_family eoisrv_keys = FAMILY(rows);
