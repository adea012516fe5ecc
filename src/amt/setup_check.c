/* SPDX-License-Identifier: Apache-2.0 */
/* setup_check: what devices make of a setup.bin. Source: protocol/setup.md 4.2, 4.3, 4.5, 4.6, 4.8. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "amt/psk.h"
#include "amt/setup_bin.h"
#include "base/text.h"

enum { HEAD_BYTES = 40 };

static const char factory_password[] = "admin";

/* What the rules look at, and whom they tell. */
struct check {
	const struct setup_head *h;
	const struct setup_record *r;
	setup_say_fn *say;
	void *arg;
};

static void PRINTF_LIKE(3, 4)
tell(const struct check *c, enum setup_level level, const char *fmt, ...)
{
	char text[240], clean[240];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_clean(clean, sizeof(clean), text, strlen(text));
	c->say(c->arg, level, clean);
}

/* The header */

static bool
lists(const struct setup_head *h, unsigned int module)
{
	for (size_t i = 0; i < h->nmodules; i++)
		if (h->modules[i] == module)
			return true;
	return false;
}

/* How many whole records the file has room for. */
static uint64_t
records_in(const struct setup_head *h, uint64_t len)
{
	uint64_t first = setup_record_at(h, 0);

	return len < first ? 0 : (len - first) / setup_record_size(h);
}

static void
check_counts(const struct check *c, uint64_t len)
{
	const struct setup_head *h = c->h;
	uint64_t first = setup_record_at(h, 0), there = records_in(h, len);

	if (h->records == 0)
		tell(c, SETUP_FAULT, "the header counts no record");
	if (there < h->records)
		tell(c, SETUP_FAULT, "the file is cut off: its header counts %" PRIu32 " records, %" PRIu64 " are there", h->records, there);
	if (h->consumed > h->records)
		tell(c, SETUP_FAULT, "%" PRIu32 " records are counted as used, of %" PRIu32, h->consumed, h->records);
	if (there > h->records)
		tell(c, SETUP_NOTE, "%" PRIu64 " more records than the header counts; no device sees them", there - h->records);
	if (len < first || (len - first) % setup_record_size(h) != 0)
		tell(c, SETUP_NOTE, "%" PRIu64 " bytes: not a whole number of records", len);
	if ((h->flags & SETUP_FILE_REUSE) && h->records > 1)
		tell(c, SETUP_WARNING, "records are not consumed: each device takes the first, none the others");
}

void
setup_head_check(const struct setup_head *h, uint64_t len, setup_say_fn *say, void *arg)
{
	const struct check c = { .h = h, .say = say, .arg = arg };
	const struct setup_format_info *f = setup_format_info(h->format);
	size_t want = HEAD_BYTES + 2 * (h->nmodules + 1);

	if (h->chunks == 0 || h->record_chunks == 0)
		tell(&c, SETUP_FAULT, "a chunk count of 0: ME 11 was seen to ignore such a file");
	if (h->record_chunks > 1 || h->chunks > 1)
		tell(&c, SETUP_WARNING, "records of more than one chunk: not every BIOS is known to read them");
	if (h->major != f->major || h->minor != f->minor)
		tell(&c, SETUP_WARNING, "version %u.%u with the file type of format %s", h->major, h->minor, f->name);
	if (h->nmodules == 0)
		tell(&c, SETUP_NOTE, "its list of modules is empty, which devices were seen to take");
	else if (!lists(h, SETUP_ME))
		tell(&c, SETUP_NOTE, "module 1 is not in its list of modules, though each record begins with a password");
	else if (h->head_bytes != want)
		tell(&c, SETUP_NOTE, "a header of %u bytes, where its list of modules makes %zu", h->head_bytes, want);
	if (h->number != 0 || h->reserved != 0)
		tell(&c, SETUP_NOTE, "record number or reserved bytes of the header are not 0");
	if ((h->flags & SETUP_FILE_REUSE) && h->format == SETUP_1)
		tell(&c, SETUP_WARNING, "format 1 does not know records that are not consumed");
	if ((h->flags & ~SETUP_FILE_REUSE) != 0)
		tell(&c, SETUP_NOTE, "flags 0x%04x: only bit 0 is known", h->flags);
	check_counts(&c, len);
}

/* A record */

static bool
is(const struct setup_entry *entry, unsigned int module, unsigned int var)
{
	return entry->module == module && entry->var == var;
}

/* The place of the first entry of a variable, or -1. */
static long
place(const struct setup_record *r, unsigned int module, unsigned int var)
{
	const struct setup_entry *entry = setup_find(r, module, var);

	return entry == NULL ? -1 : entry - r->entries;
}

static void
check_frame(const struct check *c)
{
	const struct setup_record *r = c->r;

	if (r->type != 1)
		tell(c, SETUP_FAULT, "record type %" PRIu32 ": only 1 is a data record", r->type);
	if (r->chunks != c->h->record_chunks || r->head_bytes != SETUP_RECORD_HEAD)
		tell(c, SETUP_WARNING, "%u chunks and a header of %u bytes, want %u and %d", r->chunks, r->head_bytes, c->h->record_chunks,
		    SETUP_RECORD_HEAD);
	if ((r->flags & ~(uint32_t)(SETUP_VALID | SETUP_SCRAMBLED)) != 0)
		tell(c, SETUP_NOTE, "flags 0x%08" PRIx32 ": only bits 0 and 1 are known", r->flags);
	if ((r->flags & SETUP_SCRAMBLED) && c->h->format != SETUP_4)
		tell(c, SETUP_WARNING, "scrambled: no tool is known to write that but in format 4");
	if (!r->ended)
		tell(c, SETUP_WARNING, "no end mark: entries go to the last byte of the record");
	if (!r->padded)
		tell(c, SETUP_NOTE, "bytes other than 0 between or after the entries, which a device passes over");
	if (r->n == 0)
		tell(c, SETUP_FAULT, "no entry");
}

static void
check_values(const struct check *c)
{
	const struct setup_record *r = c->r;
	struct err why;

	for (size_t i = 0; i < r->n; i++) {
		const struct setup_entry *entry = &r->entries[i];
		const struct setup_var *v = setup_var(entry->module, entry->var);

		if (v == NULL) {
			tell(c, SETUP_WARNING, "%u/%u: not known to muster", entry->module, entry->var);
			continue;
		}
		if (setup_value_check(v, r->body + entry->at, entry->len, &why) < 0)
			tell(c, SETUP_FAULT, "%u/%u: %s", v->module, v->id, why.text);
		if (v->since > c->h->format)
			tell(c, SETUP_FAULT, "%u/%u %s: exists from format %s on", v->module, v->id, v->title, setup_format_info(v->since)->name);
		if (v->type == SETUP_HASH && entry->len > 0 && r->body[entry->at] != HASH_SHA1 && c->h->format < SETUP_3)
			tell(c, SETUP_FAULT, "2/8 %s: %s exists from format 3 on", v->title, hash_name(r->body[entry->at]));
		if (v->flags & SETUP_UNSURE)
			tell(c, SETUP_NOTE, "%u/%u %s: shown in hex, for its layout is not settled", v->module, v->id, v->title);
		if (entry->reserved != 0)
			tell(c, SETUP_NOTE, "%u/%u %s: reserved bytes are not 0", v->module, v->id, v->title);
	}
}

static void
check_repeats(const struct check *c)
{
	const struct setup_record *r = c->r;

	for (size_t i = 0; i < r->n; i++) {
		const struct setup_var *v = setup_var(r->entries[i].module, r->entries[i].var);
		size_t before = 0, most = v != NULL && v->flags & SETUP_MANY ? SETUP_HASHES : 1;

		for (size_t k = 0; k < i; k++)
			before += is(&r->entries[k], r->entries[i].module, r->entries[i].var) ? 1 : 0;
		if (before == most)
			tell(c, SETUP_FAULT, "%u/%u: more than %zu of it", r->entries[i].module, r->entries[i].var, most);
	}
}

/* 4.6, rules 1 to 3. */
static void
check_passwords(const struct check *c)
{
	SCOPED(secret) struct secret old = { 0 }, new = { 0 };
	const struct setup_record *r = c->r;
	long first_amt = -1, manageability = place(r, SETUP_ME, SETUP_ME_MANAGEABILITY);
	bool have_new = setup_secret(r, SETUP_ME, SETUP_ME_NEW_PASSWORD, &new);
	struct err why;

	for (size_t i = r->n; i > 0; i--)
		if (r->entries[i - 1].module == SETUP_AMT)
			first_amt = (long)i - 1;
	if (!setup_secret(r, SETUP_ME, SETUP_ME_CURRENT_PASSWORD, &old))
		tell(c, SETUP_FAULT, "1/1: the current MEBx password is missing");
	else if (place(r, SETUP_ME, SETUP_ME_CURRENT_PASSWORD) != 0)
		tell(c, SETUP_FAULT, "1/1: the current MEBx password must be the first entry");
	if (have_new && place(r, SETUP_ME, SETUP_ME_NEW_PASSWORD) != 1)
		tell(c, SETUP_FAULT, "1/2: the new MEBx password must be the second entry");
	if (!have_new && strcmp(old.s, factory_password) == 0)
		tell(c, SETUP_FAULT, "1/2: the new MEBx password is missing: that of the factory has to change");
	if (have_new && password_check(&new, &why) < 0)
		tell(c, SETUP_FAULT, "1/2: new MEBx %s", why.text);
	if (manageability >= 0 && first_amt >= 0 && manageability > first_amt)
		tell(c, SETUP_FAULT, "1/3: manageability must come before all of module 2");
	else if (manageability >= 0 && manageability != (have_new ? 2 : 1))
		tell(c, SETUP_WARNING, "1/3: manageability should follow the passwords at once");
}

/* 4.6, rules 4 to 6, and what belongs together. */
static void
check_order(const struct check *c)
{
	static const unsigned int before_hello[] = { SETUP_AMT_DNS_SUFFIX, SETUP_AMT_SERVER_FQDN, SETUP_AMT_SERVER_ADDRESS };
	const struct setup_record *r = c->r;
	long hello = place(r, SETUP_AMT, SETUP_AMT_HELLO), hashes = place(r, SETUP_AMT, SETUP_AMT_OWN_HASHES);
	long hash = place(r, SETUP_AMT, SETUP_AMT_OWN_HASH);
	bool pid = place(r, SETUP_AMT, SETUP_AMT_PID) >= 0, pps = place(r, SETUP_AMT, SETUP_AMT_PPS) >= 0;

	if (hash >= 0 && hashes > hash)
		tell(c, SETUP_FAULT, "2/7: user-defined hashes must be switched on before one is added (2/8)");
	for (size_t i = 0; i < ARRAY_LEN(before_hello); i++)
		if (hello >= 0 && place(r, SETUP_AMT, before_hello[i]) > hello)
			tell(c, SETUP_FAULT, "2/28: must come after 2/%u %s", before_hello[i], setup_var(SETUP_AMT, before_hello[i])->title);
	if (pid != pps)
		tell(c, SETUP_FAULT, pid ? "2/1: a PID without PPS is of no use" : "2/2: a PPS without PID is of no use");
	if (place(r, SETUP_AMT, SETUP_AMT_SHARED_FQDN) >= 0 && place(r, SETUP_AMT, SETUP_AMT_HOST_NAME) < 0)
		tell(c, SETUP_FAULT, "2/23: goes only with a host name (2/11)");
	if (pid && c->h->flags & SETUP_FILE_REUSE)
		tell(c, SETUP_WARNING, "records are not consumed, so every device gets the same PID and PPS");
	if (pid && c->h->format == SETUP_4)
		tell(c, SETUP_NOTE, "2/1: AMT 11 and later have no pre-shared keys");
}

static void
check_modules(const struct check *c)
{
	for (unsigned int m = SETUP_ME; m <= SETUP_AMT; m++)
		for (size_t i = 0; i < c->r->n && c->h->nmodules > 0 && !lists(c->h, m); i++)
			if (c->r->entries[i].module == m) {
				tell(c, SETUP_NOTE, "module %u is not in the file's list of modules", m);
				break;
			}
}

void
setup_record_check(const struct setup_head *h, const struct setup_record *r, setup_say_fn *say, void *arg)
{
	static void (*const rules[])(const struct check *) = { check_frame, check_values, check_repeats, check_passwords, check_order,
		check_modules };
	const struct check c = { h, r, say, arg };

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		rules[i](&c);
}

/* What becomes of the next device */

int64_t
setup_next(const struct setup_head *h, uint64_t len)
{
	if (h->consumed >= h->records || h->consumed >= records_in(h, len))
		return -1;
	return h->consumed;
}

static bool
u8_is(const struct setup_record *r, unsigned int var, uint8_t want)
{
	const struct setup_entry *entry = setup_find(r, SETUP_AMT, var);

	return entry != NULL && entry->len == 1 && r->body[entry->at] == want;
}

static void
tell_keys(const struct check *c)
{
	SCOPED(secret) struct secret pid = { 0 };
	char text[PID_TEXT];
	size_t hashes = 0;

	if (setup_secret(c->r, SETUP_AMT, SETUP_AMT_PID, &pid) && setup_find(c->r, SETUP_AMT, SETUP_AMT_PPS) != NULL) {
		pid_text(pid.s, text);
		tell(c, SETUP_NOTE, "AMT 2.0 to 10.x then says a PSK hello with PID %s.", text);
	}
	for (size_t i = 0; i < c->r->n; i++)
		hashes += is(&c->r->entries[i], SETUP_AMT, SETUP_AMT_OWN_HASH) ? 1 : 0;
	if (hashes > 0)
		tell(c, SETUP_NOTE, "It trusts %zu more root%s for configuration by certificate.", hashes, hashes == 1 ? "" : "s");
	if (u8_is(c->r, SETUP_AMT_HELLO, 0))
		tell(c, SETUP_NOTE, "It stays silent until an agent on the PC starts it.");
	else if (u8_is(c->r, SETUP_AMT_HELLO, 1))
		tell(c, SETUP_NOTE, "It says hello as soon as it is on a network.");
}

void
setup_outcome(const struct setup_head *h, const struct setup_record *next, setup_say_fn *say, void *arg)
{
	const struct check c = { h, next, say, arg };
	SCOPED(secret) struct secret old = { 0 };

	if (next == NULL && h->consumed >= h->records) {
		tell(&c, SETUP_NOTE, "All records are used: the next device finds none and starts as if no key were there.");
		return;
	}
	if (next == NULL) {
		tell(&c, SETUP_NOTE, "The next record is not in the file: the device finds none.");
		return;
	}
	if (!(next->flags & SETUP_VALID)) {
		tell(&c, SETUP_NOTE, "Record %" PRIu32 ", the next by the count, is marked as used: the device takes nothing from it.", next->number);
		return;
	}
	if (h->flags & SETUP_FILE_REUSE)
		tell(&c, SETUP_NOTE, "Every device takes record %" PRIu32 ", and it stays.", next->number);
	else
		tell(&c, SETUP_NOTE, "The next device takes record %" PRIu32 " and marks it as used, also when it then refuses it.", next->number);
	if (setup_secret(next, SETUP_ME, SETUP_ME_CURRENT_PASSWORD, &old))
		tell(&c, SETUP_NOTE, "It must be in factory state and have %s MEBx password.",
		    strcmp(old.s, factory_password) == 0 ? "the factory's" : "the record's current");
	if (setup_find(next, SETUP_ME, SETUP_ME_NEW_PASSWORD) != NULL)
		tell(&c, SETUP_NOTE, "Its MEBx password becomes the record's new one.");
	tell_keys(&c);
}
