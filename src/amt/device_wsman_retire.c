/* SPDX-License-Identifier: Apache-2.0 */
/* device_wsman_retire: what leads a device back to setup, and the way there. Source: protocol/wsman.md 7.1.6, 7.24. */
#include <string.h>

#include "amt/device_wsman.h"

static const char setup_class[] = "AMT_SetupAndConfigurationService";
static const char hash_class[] = "AMT_ProvisioningCertificateHash";

enum { MODE_ENTERPRISE = 1 /* the one that has an effect from 6.0 on */ };

/* A root of a type that a hello has, and that is enabled; others are passed over. */
static int
take_hash(xmlNode *node, struct amt_way_back *out, struct err *e)
{
	const struct inst one = { .node = node };
	struct hello_hash h = { 0 };
	char text[128];
	uint32_t type;
	bool enabled;

	if (inst_int(&one, "HashType", UINT8_MAX, 0, &type, e) < 0 || inst_bool(&one, "Enabled", false, &enabled, e) < 0)
		return -1;
	size_t len = hash_len(type);
	if (!enabled || len == 0 || out->nhashes == HELLO_MAX_HASHES)
		return 0;
	if (!inst_text(&one, "HashData", text, sizeof(text)) || base64_decode(text, h.hash, sizeof(h.hash)) != (long)len)
		return err_set(e, ERR_FIELD, "%s: HashData is no %s", hash_class, hash_name(type));
	h.type = (uint8_t)type;
	h.len = (uint8_t)len;
	out->hashes[out->nhashes++] = h;
	return 0;
}

int
dw_way_back(struct amt_device *d, struct amt_way_back *out, struct err *e)
{
	SCOPED(inst) struct inst setup = { 0 }, list = { 0 };

	memset(out, 0, sizeof(*out));
	if (wsman_get(dw(d), setup_class, NULL, &setup, e) < 0 ||
	    inst_bool(&setup, "ZeroTouchConfigurationEnabled", false, &out->remote, e) < 0)
		return -1;
	if (wsman_list(dw(d), hash_class, &list, e) < 0)
		return e->code == ERR_ABSENT ? 0 : -1;
	for (xmlNode *n = xml_child(list.node, hash_class); n != NULL; n = xml_next(n))
		if (take_hash(n, out, e) < 0)
			return -1;
	return 0;
}

int
dw_unprovision(struct amt_device *d, bool full, uint32_t *status, struct err *e)
{
	SCOPED(buf) struct buf p = { 0 };

	if (full)
		param_int(&p, "ProvisioningMode", MODE_ENTERPRISE);
	return wsman_call(dw(d), setup_class, full ? "Unprovision" : "PartialUnprovision", NULL, buf_str(&p), status, NULL, e);
}
