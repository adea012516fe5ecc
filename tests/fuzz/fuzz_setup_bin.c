/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_setup_bin: any bytes as a setup.bin: read and checked; what has no fault is written again and is the same. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "amt/setup_bin.h"

static void
count(void *arg, enum setup_level level, const char *text)
{
	size_t *n = arg;

	MUST(text[0] != '\0' && strlen(text) < 240);
	n[level]++;
}

/* The same record by its values; false: it has what is never written. */
static bool
rebuild(const struct setup_record *r, struct setup_record *out)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct setup_entry *entry = &r->entries[i];
		const struct setup_var *v = setup_var(entry->module, entry->var);
		SCOPED(buf) struct buf text = { 0 };
		SCOPED(secret) struct secret s = { 0 };
		struct err e;

		if (v == NULL || v->flags & SETUP_UNSURE)
			return false;
		setup_value_text(v, r->body + entry->at, entry->len, &text);
		if (v->flags & SETUP_SECRET && (!secret_set(&s, buf_str(&text), text.len) || setup_record_set_secret(out, v, &s, &e) < 0))
			return false;
		if ((v->flags & SETUP_SECRET) == 0 && setup_record_set(out, v, buf_str(&text), &e) < 0)
			return false;
	}
	return true;
}

/* A record without fault, in the order that is written, comes back byte for byte. */
static void
write_again(const struct setup_head *h, const struct setup_record *r)
{
	SCOPED(setup_writer) struct setup_writer w = { .format = h->format, .scramble = (r->flags & SETUP_SCRAMBLED) != 0 };
	SCOPED(setup_record) struct setup_record made = { 0 }, again = { 0 };
	struct err e;

	if (r->used > SETUP_CHUNK - SETUP_RECORD_HEAD - 4 || !rebuild(r, &made) || setup_writer_add(&w, &made, &e) < 0)
		return;
	MUST(setup_writer_end(&w, &e) == 0);
	MUST(setup_record_parse(w.out.p + SETUP_CHUNK, SETUP_CHUNK, &again, &e) == 0);
	MUST(again.n == r->n);
	for (size_t i = 0; i < r->n; i++) {
		const struct setup_entry *a = &again.entries[i];
		size_t same = 0;

		for (size_t k = 0; k < r->n; k++)
			same += r->entries[k].module == a->module && r->entries[k].var == a->var && r->entries[k].len == a->len &&
					memcmp(r->body + r->entries[k].at, again.body + a->at, a->len) == 0
				    ? 1
				    : 0;
		MUST(same > 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED(setup_record) struct setup_record r = { 0 };
	struct setup_head h;
	struct err e = { 0 };

	if (setup_head_parse(data, size, &h, &e) < 0) {
		MUST(e.code == ERR_SETUP_BIN && e.text[0] != '\0');
		return 0;
	}
	size_t n[3] = { 0 };
	setup_head_check(&h, size, count, n);
	int64_t next = setup_next(&h, size);
	MUST(next < (int64_t)h.records);
	for (uint32_t i = 0; i < h.records && setup_record_at(&h, i) < size; i++) {
		size_t at = (size_t)setup_record_at(&h, i), len = size - at < setup_record_size(&h) ? size - at : setup_record_size(&h);
		size_t m[3] = { 0 };

		if (setup_record_parse(data + at, len, &r, &e) < 0)
			MUST(e.code == ERR_SETUP_BIN && e.text[0] != '\0');
		MUST(r.used <= SETUP_BODY_MAX);
		setup_record_check(&h, &r, count, m);
		setup_outcome(&h, next == i ? &r : NULL, count, m);
		if (m[SETUP_FAULT] == 0)
			write_again(&h, &r);
	}
	return 0;
}
