/* SPDX-License-Identifier: Apache-2.0 */
/* device_eoi_retire: what leads a device of AMT 2.0 to 3.1 back to setup, and the way there. Source: protocol/eoi.md 8.1. */
#include <string.h>

#include "amt/device_eoi.h"

/* The hash of one entry, when it is active; the table of hashes tells no type, but the length does. */
static int
take_hash(struct amt_device *d, uint32_t handle, struct amt_way_back *out, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	struct eoi_values v = { .n = 0 };
	struct hello_hash h = { 0 };
	bool active = true;
	size_t len = 0;

	eoi_put_number(&v, "handle", handle);
	if (eoi_do(&de(d)->w, EOI_GET_CERT_HASH, &v, &a, e) < 0)
		return de_optional(-1, e);
	if (eoi_get_bool(&a, "active", &active, e) < 0 || eoi_get_bytes(&a, "hash", 0, h.hash, sizeof(h.hash), &len, e) < 0)
		return -1;
	for (unsigned int type = HASH_SHA1; type <= HASH_SHA384; type++)
		if (active && len > 0 && len == hash_len(type) && out->nhashes < HELLO_MAX_HASHES) {
			h.type = (uint8_t)type;
			h.len = (uint8_t)len;
			out->hashes[out->nhashes++] = h;
		}
	return 0;
}

static int
take_hashes(struct amt_device *d, struct amt_way_back *out, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer mode = { 0 }, list = { 0 };
	uint32_t handle;
	int rc = 0;

	if (eoi_do(&de(d)->w, EOI_GET_ZTC_MODE, NULL, &mode, e) < 0)
		return de_optional(-1, e);
	if (eoi_get_bool(&mode, "enabled", &out->remote, e) < 0)
		return -1;
	if (eoi_do(&de(d)->w, EOI_ENUM_CERT_HASHES, NULL, &list, e) < 0)
		return de_optional(-1, e);
	for (size_t i = 0; rc == 0 && i < HELLO_MAX_HASHES; i++) {
		int there = eoi_get_number(&list, "handle", i, UINT32_MAX, &handle, e);

		if (there <= 0)
			return there;
		rc = take_hash(d, handle, out, e);
	}
	return rc;
}

int
de_way_back(struct amt_device *d, struct amt_way_back *out, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	char pid[PID_LEN + 2] = "";

	memset(out, 0, sizeof(*out));
	if (eoi_do(&de(d)->w, EOI_GET_PROVISIONING_PID, NULL, &a, e) == 0) {
		if (eoi_get_text(&a, "pid", 0, pid, sizeof(pid), e) < 0)
			return -1;
	} else if (de_optional(-1, e) < 0) {
		return -1;
	}
	out->psk = pid[0] != '\0' && strspn(pid, "0-") != strlen(pid);
	return take_hashes(d, out, e);
}

int
de_unprovision(struct amt_device *d, bool full, uint32_t *status, struct err *e)
{
	struct eoi_values v = { .n = 0 };

	if (full)
		eoi_put_text(&v, "mode", "enterprise");
	return eoi_call(&de(d)->w, full ? EOI_UNPROVISION : EOI_PARTIAL_UNPROVISION, &v, status, NULL, e);
}
