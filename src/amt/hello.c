/* SPDX-License-Identifier: Apache-2.0 */
/* hello: the message a device sends to be set up, bytes <-> struct. */
#include "amt/hello.h"

#include <string.h>

#include "base/rd.h"

static const struct {
	unsigned int type;
	size_t len;
	const char *name;
} hash_types[] = {
	{ HASH_SHA1, 20, "SHA-1" },
	{ HASH_SHA256, 32, "SHA-256" },
	{ HASH_SHA384, 48, "SHA-384" },
};

size_t
hash_len(unsigned int type)
{
	for (size_t i = 0; i < ARRAY_LEN(hash_types); i++)
		if (hash_types[i].type == type)
			return hash_types[i].len;
	return 0;
}

const char *
hash_name(unsigned int type)
{
	for (size_t i = 0; i < ARRAY_LEN(hash_types); i++)
		if (hash_types[i].type == type)
			return hash_types[i].name;
	return "unknown";
}

size_t
hello_need(const void *buf, size_t len)
{
	struct rd r = { .p = buf, .left = len };
	unsigned int admin = rd_u16(&r);
	unsigned int version = rd_u16(&r);

	if (r.bad)
		return HELLO_HEAD_LEN;
	if (admin > 1)
		return 0;
	if (version == HELLO_MODE_PSK)
		return HELLO_PSK_LEN;
	if (version != HELLO_MODE_PKI)
		return len < HELLO_HEAD_LEN ? HELLO_HEAD_LEN : 0;
	(void)rd_take(&r, HELLO_HEAD_LEN - 4);
	unsigned int left = rd_u8(&r);
	if (r.bad)
		return HELLO_HEAD_LEN + 1;
	size_t need = HELLO_HEAD_LEN + 1;
	for (; left > 0; left--) {
		(void)rd_u8(&r);
		size_t n = rd_u8(&r);
		if (r.bad)
			return need + 2 * (size_t)left;
		(void)rd_take(&r, n);
		need += 2 + n;
	}
	return need;
}

static int
parse_hashes(struct rd *r, struct hello *h, struct err *e)
{
	unsigned int n = rd_u8(r);

	for (unsigned int i = 0; i < n; i++) {
		unsigned int type = rd_u8(r);
		unsigned int len = rd_u8(r);
		const uint8_t *p = rd_take(r, len);

		if (p == NULL)
			return err_set(e, ERR_HELLO, "hello: hash entry %u of %u is cut off", i + 1, n);
		if (hash_len(type) == 0) {
			h->nskipped++;
			continue;
		}
		if (hash_len(type) != len)
			return err_set(e, ERR_HELLO, "hello: hash entry %u of %u: %s with %u bytes, want %zu",
			    i + 1, n, hash_name(type), len, hash_len(type));
		struct hello_hash *out = &h->hashes[h->nhashes++];
		out->type = (uint8_t)type;
		out->len = (uint8_t)len;
		memcpy(out->hash, p, len);
	}
	return r->bad ? err_set(e, ERR_HELLO, "hello: no hash count") : 0;
}

static int
parse_pid(struct rd *r, struct hello *h, struct err *e)
{
	rd_bytes(r, h->pid, PID_LEN);
	if (r->bad)
		return err_set(e, ERR_HELLO, "hello: PSK message is cut off, want %d bytes", HELLO_PSK_LEN);
	for (int i = 0; i < PID_LEN; i++)
		if (!((h->pid[i] >= '0' && h->pid[i] <= '9') || (h->pid[i] >= 'A' && h->pid[i] <= 'Z')))
			return err_set(e, ERR_HELLO, "hello: PID has a character outside 0-9 and A-Z");
	return 0;
}

int
hello_parse(const void *buf, size_t len, struct hello *out, struct err *e)
{
	struct rd r = { .p = buf, .left = len };
	struct hello h = { 0 };

	h.admin_set = rd_u16(&r);
	unsigned int version = rd_u16(&r);
	h.retries = rd_u32(&r);
	rd_bytes(&r, h.uuid.b, sizeof(h.uuid.b));
	if (r.bad)
		return err_set(e, ERR_HELLO, "hello: %zu bytes, want at least %d", len, HELLO_HEAD_LEN);
	if (h.admin_set > 1)
		return err_set(e, ERR_HELLO, "hello: AdminCredentialsSet is %u, want 0 or 1", h.admin_set);
	if (version != HELLO_MODE_PSK && version != HELLO_MODE_PKI) {
		char text[UUID_TEXT];

		uuid_text(&h.uuid, text);
		return err_set(e, ERR_HELLO_VERSION, "hello: version %u from UUID %s", version, text);
	}
	h.mode = (enum hello_mode)version;
	int rc = h.mode == HELLO_MODE_PSK ? parse_pid(&r, &h, e) : parse_hashes(&r, &h, e);
	if (rc < 0)
		return -1;
	h.trailing = r.left;
	*out = h;
	return 0;
}

size_t
hello_hashes(const void *entries, size_t len, struct hello_hash *out, size_t max)
{
	struct rd r = { .p = entries, .left = len };
	size_t n = 0;

	while (r.left > 0 && n < max) {
		unsigned int type = rd_u8(&r), hash = rd_u8(&r);
		const uint8_t *p = rd_take(&r, hash);

		if (p == NULL)
			break;
		if (hash_len(type) == 0 || hash_len(type) != hash)
			continue;
		out[n].type = (uint8_t)type;
		out[n].len = (uint8_t)hash;
		memcpy(out[n++].hash, p, hash);
	}
	return n;
}

static void
put_le(uint8_t *p, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

size_t
hello_build(const struct hello *h, void *buf, size_t size)
{
	uint8_t *p = buf;
	size_t len = h->mode == HELLO_MODE_PSK ? HELLO_PSK_LEN : HELLO_HEAD_LEN + 1;

	if (h->nhashes > HELLO_MAX_HASHES)
		return 0;
	for (unsigned int i = 0; h->mode == HELLO_MODE_PKI && i < h->nhashes; i++)
		len += 2 + (size_t)h->hashes[i].len;
	if (len > size)
		return 0;
	put_le(p, h->admin_set, 2);
	put_le(p + 2, (uint32_t)h->mode, 2);
	put_le(p + 4, h->retries, 4);
	memcpy(p + 8, h->uuid.b, UUID_LEN);
	p += HELLO_HEAD_LEN;
	if (h->mode == HELLO_MODE_PSK) {
		memcpy(p, h->pid, PID_LEN);
		return len;
	}
	*p++ = (uint8_t)h->nhashes;
	for (unsigned int i = 0; i < h->nhashes; i++) {
		*p++ = h->hashes[i].type;
		*p++ = h->hashes[i].len;
		memcpy(p, h->hashes[i].hash, h->hashes[i].len);
		p += h->hashes[i].len;
	}
	return len;
}
