/* SPDX-License-Identifier: Apache-2.0 */
/* setup_write: setup.bin, values to bytes. Source: protocol/setup.md 4.2 to 4.6. */
#include <string.h>

#include "amt/psk.h"
#include "amt/setup_bin.h"

enum {
	ENTRY_HEAD = 8,
	END_MARK = 4,
	HEAD_BYTES = 40, /* of a file, before the list of modules */
	ROOM = SETUP_CHUNK - SETUP_RECORD_HEAD - END_MARK,
};

static void
put_u16(uint8_t *p, unsigned int n)
{
	p[0] = (uint8_t)n;
	p[1] = (uint8_t)(n >> 8);
}

static void
put_u32(uint8_t *p, uint32_t n)
{
	put_u16(p, n & 0xffff);
	put_u16(p + 2, n >> 16);
}

/* What an entry takes in the body. */
static size_t
entry_size(size_t len)
{
	return ENTRY_HEAD + (len + 3) / 4 * 4;
}

/* Takes entry i out of a record in the making, whose body is its entries without gaps. */
static void
take_out(struct setup_record *r, size_t i)
{
	size_t at = r->entries[i].at - (size_t)ENTRY_HEAD, size = entry_size(r->entries[i].len);

	memmove(r->body + at, r->body + at + size, r->used - at - size);
	explicit_bzero(r->body + r->used - size, size);
	r->used -= size;
	for (size_t k = i + 1; k < r->n; k++) {
		r->entries[k - 1] = r->entries[k];
		if (r->entries[k - 1].at > at)
			r->entries[k - 1].at = (uint16_t)(r->entries[k - 1].at - size);
	}
	r->n--;
}

static int
put(struct setup_record *r, const struct setup_var *v, const uint8_t *value, size_t len, struct err *e)
{
	const struct setup_entry *old = v->flags & SETUP_MANY ? NULL : setup_find(r, v->module, v->id);
	size_t size = entry_size(len), used = r->used - (old == NULL ? 0 : entry_size(old->len));

	if (setup_value_check(v, value, len, e) < 0)
		return -1;
	if (used + size > ROOM)
		return err_set(e, ERR_SETUP_BIN, "%s: the record is full: %zu bytes of %d are taken", v->title, used, ROOM);
	if (old != NULL)
		take_out(r, (size_t)(old - r->entries));
	uint8_t *p = r->body + r->used;
	put_u16(p, v->module);
	put_u16(p + 2, v->id);
	put_u16(p + 4, (unsigned int)len);
	memcpy(p + ENTRY_HEAD, value, len);
	r->entries[r->n++] = (struct setup_entry){ .module = v->module, .var = v->id, .len = (uint16_t)len,
		.at = (uint16_t)(r->used + ENTRY_HEAD) };
	r->used += size;
	return 0;
}

int
setup_record_set(struct setup_record *r, const struct setup_var *v, const char *text, struct err *e)
{
	struct setup_value value;

	return setup_value_parse(v, text, &value, e) < 0 ? -1 : put(r, v, value.b, value.len, e);
}

int
setup_record_set_secret(struct setup_record *r, const struct setup_var *v, const struct secret *s, struct err *e)
{
	SCOPED(secret) struct secret value = *s;

	if (v->module == SETUP_AMT && v->id == SETUP_AMT_PPS && pps_parse(s, &value, e) < 0)
		return -1;
	return put(r, v, (const uint8_t *)value.s, value.len, e);
}

/* Where entry i stands in ascending order of module and variable, the first of equals first. */
static size_t
rank(const struct setup_record *r, size_t i)
{
	const struct setup_entry *me = &r->entries[i];
	size_t before = 0;

	for (size_t k = 0; k < r->n; k++) {
		const struct setup_entry *other = &r->entries[k];
		int64_t less = ((int64_t)other->module << 16 | other->var) - ((int64_t)me->module << 16 | me->var);

		before += less < 0 || (less == 0 && k < i) ? 1 : 0;
	}
	return before;
}

/* The same record as it will stand in the file, in the order a device wants. */
static void
in_order(const struct setup_record *r, struct setup_record *out)
{
	size_t order[SETUP_ENTRIES_MAX];

	setup_record_wipe(out);
	for (size_t i = 0; i < r->n; i++)
		order[rank(r, i)] = i;
	for (size_t i = 0; i < r->n; i++) {
		const struct setup_entry *entry = &r->entries[order[i]];
		size_t size = entry_size(entry->len);

		memcpy(out->body + out->used, r->body + entry->at - ENTRY_HEAD, size);
		out->entries[i] = *entry;
		out->entries[i].at = (uint16_t)(out->used + ENTRY_HEAD);
		out->used += size;
	}
	out->n = r->n;
	out->type = 1;
	out->chunks = 1;
	out->head_bytes = SETUP_RECORD_HEAD;
	out->ended = out->padded = true;
}

static struct setup_head
head_of(const struct setup_writer *w)
{
	const struct setup_format_info *f = setup_format_info(w->format);
	struct setup_head h = { .format = w->format, .major = f->major, .minor = f->minor, .chunks = 1, .record_chunks = 1,
		.flags = w->reuse ? SETUP_FILE_REUSE : 0, .records = w->records };

	for (uint16_t m = SETUP_ME; m <= SETUP_AMT; m++)
		if (w->modules[m])
			h.modules[h.nmodules++] = m;
	h.head_bytes = (uint16_t)(HEAD_BYTES + 2 * (h.nmodules + 1));
	return h;
}

static void
first_fault(void *arg, enum setup_level level, const char *text)
{
	struct err *e = arg;

	if (level == SETUP_FAULT && e->code == ERR_NONE)
		(void)err_set(e, ERR_SETUP_BIN, "%s", text);
}

int
setup_writer_add(struct setup_writer *w, const struct setup_record *r, struct err *e)
{
	SCOPED(setup_record) struct setup_record sorted = { 0 };
	uint8_t bytes[SETUP_CHUNK] = { 0 };
	struct setup_head h = head_of(w);
	struct err fault = { 0 };

	if (w->records == SETUP_RECORDS_MAX)
		return err_set(e, ERR_SETUP_BIN, "more than %d records: a BIOS would search through them for minutes", SETUP_RECORDS_MAX);
	if (w->reuse && w->records == 1)
		return err_set(e, ERR_SETUP_BIN, "records are not to be consumed, so a second one would never be used");
	in_order(r, &sorted);
	sorted.number = w->records + 1;
	sorted.flags = SETUP_VALID | (w->scramble ? SETUP_SCRAMBLED : 0);
	setup_record_check(&h, &sorted, first_fault, &fault);
	if (fault.code != ERR_NONE) {
		*e = fault;
		return -1;
	}
	for (size_t i = 0; i < sorted.n; i++)
		w->modules[sorted.entries[i].module] = true;
	put_u32(bytes, sorted.type);
	put_u32(bytes + 4, sorted.flags);
	put_u16(bytes + 16, sorted.chunks);
	put_u16(bytes + 18, sorted.head_bytes);
	put_u32(bytes + 20, sorted.number);
	for (size_t i = 0; i < SETUP_CHUNK - SETUP_RECORD_HEAD; i++)
		bytes[SETUP_RECORD_HEAD + i] = (uint8_t)(sorted.body[i] + (w->scramble ? SETUP_SCRAMBLE_BY : 0));
	if (w->records == 0)
		buf_add(&w->out, (const uint8_t[SETUP_CHUNK]){ 0 }, SETUP_CHUNK); /* for the header */
	buf_add(&w->out, bytes, sizeof(bytes));
	explicit_bzero(bytes, sizeof(bytes));
	w->records++;
	return w->out.bad ? err_set(e, ERR_MEMORY, "setup.bin") : 0;
}

int
setup_writer_end(struct setup_writer *w, struct err *e)
{
	struct setup_head h = head_of(w);
	uint8_t *p = (uint8_t *)w->out.p;

	if (w->records == 0)
		return err_set(e, ERR_SETUP_BIN, "a setup.bin without a record");
	memcpy(p, setup_format_info(w->format)->type, SETUP_TYPE_LEN);
	put_u16(p + 16, h.chunks);
	put_u16(p + 18, h.head_bytes);
	p[24] = (uint8_t)h.major;
	p[25] = (uint8_t)h.minor;
	put_u16(p + 26, h.flags);
	put_u32(p + 28, h.records);
	put_u16(p + 36, h.record_chunks);
	for (size_t i = 0; i < h.nmodules; i++)
		put_u16(p + HEAD_BYTES + 2 * i, h.modules[i]);
	return 0;
}
