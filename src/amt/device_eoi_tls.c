/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device_eoi_tls: keys, certificates and TLS in the SOAP of AMT 2.0 to 3.1. The devices make no key for a
 * certificate of ours: it is made here and given to them. Source: protocol/eoi.md 8.1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/device_eoi.h"
#include "amt/http_psk.h"
#include "amt/status.h"
#include "base/text.h"

enum { HANDLES_MAX = 64, BITS_MAX = 2048, BITS_LEAST = 1024 };

/* AMT 2.0 and 2.1 have no store, and take key and certificate in one request. */
static bool
has_store(const struct amt_device *d)
{
	const struct eoi *w = &((const struct de *)d)->w;

	return eoi_in_release(&w->dialect->ops[EOI_ADD_CERT], w->major, w->minor);
}

/*
 * What is bound cannot be read, so nothing is removed unless this conversation knows. A device in setup may have the
 * certificate of an earlier attempt, which 3.0 does not let go before another one is bound: see de_tls_bind.
 */
int
de_store_clean(struct amt_device *d, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer list = { 0 };
	uint32_t handle, bound = 0;
	bool is_bound = de(d)->bound[0] != '\0';
	int rc = 0;

	de(d)->in_use = false;
	if (!has_store(d) || (d->facts.state == AMT_POST && !is_bound))
		return 0;
	if (eoi_do(&de(d)->w, EOI_ENUM_CERTS, NULL, &list, e) < 0)
		return de_optional(-1, e);
	if (is_bound)
		bound = (uint32_t)strtoul(de(d)->bound, NULL, 10);
	for (size_t i = 0; i < HANDLES_MAX && (rc = eoi_get_number(&list, "handle", i, UINT32_MAX, &handle, e)) == 1; i++) {
		struct eoi_values v = { .n = 0 };
		uint32_t status = PT_SUCCESS;

		if (is_bound && handle == bound)
			continue;
		eoi_put_number(&v, "handle", handle);
		if (de_optional(eoi_call(&de(d)->w, EOI_REMOVE_CERT, &v, &status, NULL, e), e) < 0)
			return -1;
		de(d)->in_use |= status != PT_SUCCESS;
	}
	return rc < 0 ? -1 : 0;
}

/* Names and values as in eoi.md 8.1, GetPkiCapabilities. */
int
de_key_bits(struct amt_device *d, int *bits, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	uint32_t one, best = 0;
	int rc = eoi_do(&de(d)->w, EOI_GET_PKI_CAPS, NULL, &a, e);

	*bits = BITS_MAX; /* source: requirements A3 58 */
	if (rc < 0)
		return de_optional(rc, e);
	if (eoi_get_number(&a, "chain_size", 0, UINT32_MAX, &de(d)->chain_max, e) < 0)
		return -1;
	for (size_t i = 0; i < HANDLES_MAX && (rc = eoi_get_number(&a, "key_bits", i, 65536, &one, e)) == 1; i++)
		best = one <= BITS_MAX && one > best ? one : best;
	if (rc < 0)
		return -1;
	if (best != 0 && best < BITS_LEAST)
		return err_set(e, ERR_CERT_STRENGTH, "the device takes keys of at most %u bits", best);
	*bits = best == 0 ? BITS_MAX : (int)best;
	return 0;
}

int
de_key_make(struct amt_device *d, uint8_t *der, size_t *len, struct err *e)
{
	(void)d, (void)der;
	*len = 0;
	return err_set(e, ERR_ABSENT, "devices of this release make no keys");
}

int
de_key_add(struct amt_device *d, const uint8_t *der, size_t len, struct err *e)
{
	struct eoi_values v = { .n = 0 };

	if (de_secret(d, "key", e) < 0)
		return -1;
	if (!has_store(d)) {
		buf_free(&de(d)->key);
		buf_add(&de(d)->key, der, len);
		return de(d)->key.bad ? err_set(e, ERR_MEMORY, "key") : 0;
	}
	eoi_put_bytes(&v, "key", der, len);
	return eoi_do(&de(d)->w, EOI_ADD_KEY, &v, NULL, e);
}

int
de_certificate_add(struct amt_device *d, const uint8_t *der, size_t len, char handle[AMT_HANDLE_MAX], struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	struct eoi_values v = { .n = 0 };
	uint32_t number;

	handle[0] = '\0';
	if (de(d)->chain_max != 0 && len > de(d)->chain_max)
		return err_set(e, ERR_CERT_STRENGTH, "the certificate has %zu bytes, the device takes %u", len, de(d)->chain_max);
	if (!has_store(d)) {
		eoi_put_bytes(&v, "key", de(d)->key.p, de(d)->key.len);
		eoi_put_bytes(&v, "certificate", der, len);
		int rc = eoi_do(&de(d)->w, EOI_SET_TLS_CERT_2X, &v, NULL, e);
		buf_free(&de(d)->key);
		return rc;
	}
	eoi_put_bytes(&v, "certificate", der, len);
	eoi_put_number(&v, "root", false);
	if (eoi_do(&de(d)->w, EOI_ADD_CERT, &v, &a, e) < 0)
		return -1;
	int rc = eoi_get_number(&a, "handle", 0, UINT32_MAX, &number, e);
	if (rc <= 0)
		return rc < 0 ? -1 : eoi_missing(&a, "handle", e);
	(void)snprintf(handle, AMT_HANDLE_MAX, "%u", number);
	return 0;
}

int
de_tls_bind(struct amt_device *d, const char *handle, struct err *e)
{
	struct eoi_values v = { .n = 0 };

	if (!has_store(d))
		return 0; /* bound as it came */
	eoi_put_number(&v, "handle", (uint32_t)strtoul(handle, NULL, 10));
	if (eoi_do(&de(d)->w, EOI_SET_TLS_CREDENTIALS, &v, NULL, e) < 0)
		return -1;
	(void)text_copy(de(d)->bound, sizeof(de(d)->bound), handle);
	return de(d)->in_use ? de_store_clean(d, e) : 0;
}

int
de_tls_read(struct amt_device *d, struct amt_tls *out, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	char word[EOI_NAME_MAX];

	*out = (struct amt_tls){ 0 };
	(void)text_copy(out->bound, sizeof(out->bound), de(d)->bound);
	if (eoi_do(&de(d)->w, EOI_GET_TLS_OPTIONS, NULL, &a, e) < 0)
		return -1;
	int rc = eoi_get_word(&a, "network", 0, word, sizeof(word), e);
	if (rc <= 0)
		return rc < 0 ? -1 : eoi_missing(&a, "network", e);
	out->enabled = strcmp(word, "off") != 0;
	return 0;
}

int
de_tls(struct amt_device *d, const struct amt_tls *want, struct err *e)
{
	struct eoi_values v = { .n = 0 };

	eoi_put_text(&v, "network", want->enabled ? "server" : "off");
	eoi_put_text(&v, "local", want->enabled ? "server" : "off");
	return eoi_do(&de(d)->w, EOI_SET_TLS_OPTIONS, &v, NULL, e);
}

/* Hyphens only when the device does not take the pair without. Source: protocol/eoi.md 8.1; protocol/setup.md 2.3. */
int
de_tls_psk(struct amt_device *d, const char *pid, const struct secret *pps, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	struct http_psk psk = { 0 };
	uint32_t status = PT_INVALID_PID;
	int rc = de_secret(d, "PPS", e);

	for (size_t n = 0; rc == 0 && (status == PT_INVALID_PID || status == PT_INVALID_PPS) && http_psk_form(n, pid, pps, &psk) != NULL; n++) {
		struct eoi_values v = { .n = 0 };

		eoi_put_text(&v, "pid", psk.identity);
		eoi_put_secret(&v, "pps", &psk.key);
		eoi_answer_free(&a);
		rc = eoi_call(&de(d)->w, EOI_SET_TLS_PSK, &v, &status, &a, e);
	}
	secret_wipe(&psk.key);
	return rc < 0 || status == PT_SUCCESS ? rc : eoi_error(&de(d)->w, EOI_SET_TLS_PSK, status, &a, e);
}
