/* SPDX-License-Identifier: Apache-2.0 */
/* setup_read: setup.bin, bytes to structs. Source: protocol/setup.md 4.1 to 4.4. */
#include <string.h>

#include "amt/setup_bin.h"
#include "base/rd.h"

void
setup_record_wipe(struct setup_record *r)
{
	explicit_bzero(r, sizeof(*r));
}

/* The newest format with these first bytes whose minor version is not above the file's. */
static bool
format_of(const uint8_t *type, unsigned int minor, enum setup_format *out)
{
	bool found = false;

	for (int i = 0; i < SETUP_FORMATS; i++) {
		const struct setup_format_info *f = setup_format_info((enum setup_format)i);

		if (memcmp(f->type, type, SETUP_TYPE_LEN) != 0 || (found && f->minor > minor))
			continue;
		*out = (enum setup_format)i;
		found = true;
	}
	return found;
}

bool
setup_is(const void *buf, size_t len)
{
	enum setup_format f;

	return len >= SETUP_TYPE_LEN && format_of(buf, 0, &f);
}

int
setup_head_parse(const void *buf, size_t len, struct setup_head *out, struct err *e)
{
	struct rd r = { .p = buf, .left = len < SETUP_CHUNK ? len : SETUP_CHUNK };
	struct setup_head h = { 0 };
	const uint8_t *type = rd_take(&r, SETUP_TYPE_LEN);

	h.chunks = rd_u16(&r);
	h.head_bytes = rd_u16(&r);
	h.number = rd_u32(&r);
	h.major = rd_u8(&r);
	h.minor = rd_u8(&r);
	h.flags = rd_u16(&r);
	h.records = rd_u32(&r);
	h.consumed = rd_u32(&r);
	h.record_chunks = rd_u16(&r);
	h.reserved = rd_u16(&r);
	if (type != NULL && !format_of(type, h.minor, &h.format))
		return err_set(e, ERR_SETUP_BIN, "this is no setup.bin: the file type is not known");
	if (r.bad || len < SETUP_CHUNK)
		return err_set(e, ERR_SETUP_BIN, "%zu bytes are too few for a setup.bin, whose header has %d", len, SETUP_CHUNK);
	for (uint16_t id; (id = rd_u16(&r)) != 0 && !r.bad && h.nmodules < SETUP_MODULES_MAX;)
		h.modules[h.nmodules++] = id;
	if (h.record_chunks > SETUP_CHUNKS_MAX)
		return err_set(e, ERR_SETUP_BIN, "records of %u chunks: muster reads up to %d", h.record_chunks, SETUP_CHUNKS_MAX);
	*out = h;
	return 0;
}

size_t
setup_record_size(const struct setup_head *h)
{
	return SETUP_CHUNK * (h->record_chunks == 0 ? (size_t)1 : h->record_chunks);
}

uint64_t
setup_record_at(const struct setup_head *h, uint32_t index)
{
	return SETUP_CHUNK * (h->chunks == 0 ? (uint64_t)1 : h->chunks) + (uint64_t)index * setup_record_size(h);
}

static bool
all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

/* An entry of the body; false at the end mark. */
static bool
next_entry(struct rd *r, struct setup_record *out, struct err *e)
{
	struct setup_entry entry;

	if (r->left < 4) /* full to the last byte: nothing is left for an end mark */
		return false;
	entry.module = rd_u16(r);
	entry.var = rd_u16(r);
	if (entry.module == 0 || entry.var == 0) {
		out->ended = true;
		return false;
	}
	entry.len = rd_u16(r);
	entry.reserved = rd_u16(r);
	entry.at = (uint16_t)(r->p - out->body);
	size_t pad = -(size_t)entry.len % 4;
	if (rd_take(r, entry.len) == NULL || out->n == SETUP_ENTRIES_MAX) {
		(void)err_set(e, ERR_SETUP_BIN, "entry %zu (%u/%u) goes past the end of the record: %u bytes announced", out->n + 1, entry.module,
		    entry.var, entry.len);
		return false;
	}
	pad = pad < r->left ? pad : r->left;
	out->padded &= all_zero(r->p, pad);
	(void)rd_take(r, pad);
	out->entries[out->n++] = entry;
	out->used = (size_t)(r->p - out->body);
	return true;
}

int
setup_record_parse(const void *bytes, size_t len, struct setup_record *out, struct err *e)
{
	struct rd r = { .p = bytes, .left = len };
	struct err bad = { 0 };

	setup_record_wipe(out);
	out->padded = true;
	out->type = rd_u32(&r);
	out->flags = rd_u32(&r);
	(void)rd_take(&r, 8); /* reserved; the public decoders look for the next three fields here */
	out->chunks = rd_u16(&r);
	out->head_bytes = rd_u16(&r);
	out->number = rd_u32(&r);
	if (r.bad || len > SETUP_RECORD_MAX)
		return err_set(e, ERR_SETUP_BIN, "%zu bytes are no record of a setup.bin", len);
	size_t body = r.left;
	memcpy(out->body, r.p, body);
	if (out->flags & SETUP_SCRAMBLED)
		for (size_t i = 0; i < body; i++)
			out->body[i] = (uint8_t)(out->body[i] - SETUP_SCRAMBLE_BY);
	r = (struct rd){ .p = out->body, .left = body };
	while (next_entry(&r, out, &bad))
		;
	if (bad.code != ERR_NONE) {
		out->ended = true; /* what is wrong is told once */
		*e = bad;
		return -1;
	}
	out->padded &= all_zero(out->body + out->used, body - out->used);
	return 0;
}

const struct setup_entry *
setup_find(const struct setup_record *r, unsigned int module, unsigned int var)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->entries[i].module == module && r->entries[i].var == var)
			return &r->entries[i];
	return NULL;
}

bool
setup_secret(const struct setup_record *r, unsigned int module, unsigned int var, struct secret *out)
{
	const struct setup_entry *entry = setup_find(r, module, var);

	return entry != NULL && secret_set(out, r->body + entry->at, entry->len);
}
