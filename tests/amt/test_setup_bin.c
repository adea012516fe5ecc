/* SPDX-License-Identifier: Apache-2.0 */
/* test_setup_bin: setup.bin by the vectors of protocol/setup.md 4.9 and the rules of 4.2 to 4.6. */
#include "tests/unit.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/setup_bin.h"
#include "base/text.h"

/* A value of a record, by name. Ends with NULL. */
struct set {
	const char *name, *value;
};

static void
set_all(struct setup_record *r, const struct set *sets)
{
	struct err e;

	for (; sets->name != NULL; sets++) {
		const struct setup_var *v = setup_var_by_name(sets->name);
		struct secret s = { 0 };

		assert_non_null(v);
		assert_true(secret_set(&s, sets->value, strlen(sets->value)));
		if (v->flags & SETUP_SECRET)
			assert_ok(setup_record_set_secret(r, v, &s, &e));
		else
			assert_ok(setup_record_set(r, v, sets->value, &e));
	}
}

static void
write_one(struct setup_writer *w, const struct set *sets)
{
	struct setup_record r = { 0 };
	struct err e;

	set_all(&r, sets);
	assert_ok(setup_writer_add(w, &r, &e));
}

static void
assert_sha256(const struct buf *b, size_t len, const char *want)
{
	uint8_t md[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH + 1];

	assert_int_equal(b->len, len);
	hex_encode(hex, SHA256((const uint8_t *)b->p, b->len, md), sizeof(md));
	assert_string_equal(hex, want);
}

#define GUIDE_PPS "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"
static const struct set s1[] = { { "pps", GUIDE_PPS }, { "pid", "0000-037m" }, { "new-password", "P@ssw0rd1" }, { "current-password", "admin" },
	{ NULL, NULL } };
static const struct set s2[] = { { "current-password", "admin" }, { "new-password", "P@ssw0rd1" }, { "manageability", "amt" },
	{ "pid", "0000037M" }, { "pps", GUIDE_PPS }, { "server-address", "192.168.1.20" }, { "server-port", "9971" }, { NULL, NULL } };
static const struct set s3[] = { { "hello", "start" }, { "server-port", "9971" }, { "server-address", "192.168.1.20" },
	{ "own-hash", "sha256:a9598a367b9f517818d807b234fbe803e1c6425b8c46f697b5aa1a17fdfd7a8b:muster CA" }, { "own-hashes", "on" },
	{ "server-fqdn", "scs.example.com" }, { "pki-dns-suffix", "example.com" }, { "manageability", "1" }, { "new-password", "P@ssw0rd1" },
	{ "current-password", "admin" }, { NULL, NULL } };
static const struct set s4[] = { { "current-password", "admin" }, { "new-password", "P@ssw0rd2" }, { "pid", "HLLQ-045Q" },
	{ "pps", "B1C2-D2E7-F3GC-H4JI-K5LO-M6NT-P7Q0-R8S5" }, { NULL, NULL } };

/* The four files of 4.9; free them. */
static void
make_s(int which, struct setup_writer *w)
{
	struct err e;

	*w = (struct setup_writer){ .format = which == 2 ? SETUP_2_1 : which == 3 ? SETUP_4 : SETUP_1, .reuse = which == 3, .scramble = which == 3 };
	write_one(w, which == 2 ? s2 : which == 3 ? s3 : s1);
	if (which == 4)
		write_one(w, s4);
	assert_ok(setup_writer_end(w, &e));
}

static void
the_four_worked_examples_are_written_byte_for_byte(void **state)
{
	static const char *const sha[] = { "6910109b0d4531d8c6af1ab99a3321dec50bc810931e6829c69408f67facecb7",
		"d37e9a6bb813d77f7a78f3d27a0b093b6e09d618c2a5828e3728392e238f6aa3", "799329facf53a5c10463f8b6fce9962be2343f63a80d230ea63311ca4be66372",
		"faa0723a8eac2604d1db051fc823f466b8d79ebeb5d1cc0f331ba66487d1a4e2" };

	(void)state;
	for (int i = 1; i <= 4; i++) {
		SCOPED(setup_writer) struct setup_writer w;

		make_s(i, &w);
		assert_sha256(&w.out, i == 4 ? 1536 : 1024, sha[i - 1]);
	}
}

/* What was said, level by level. */
struct said {
	int notes, warnings, faults;
	struct buf text;
};

static void
hear(void *arg, enum setup_level level, const char *text)
{
	struct said *s = arg;

	s->notes += level == SETUP_NOTE ? 1 : 0;
	s->warnings += level == SETUP_WARNING ? 1 : 0;
	s->faults += level == SETUP_FAULT ? 1 : 0;
	buf_printf(&s->text, "%s\n", text);
}

static void
said_free(struct said *s)
{
	buf_free(&s->text);
	*s = (struct said){ 0 };
}

static void
read_record(const struct buf *file, uint32_t i, struct setup_head *h, struct setup_record *r)
{
	struct err e;

	assert_ok(setup_head_parse(file->p, file->len, h, &e));
	assert_true(setup_record_at(h, i) + setup_record_size(h) <= file->len);
	assert_ok(setup_record_parse(file->p + setup_record_at(h, i), setup_record_size(h), r, &e));
}

static void
assert_value(const struct setup_record *r, const char *name, const char *want)
{
	const struct setup_var *v = setup_var_by_name(name);
	const struct setup_entry *entry = setup_find(r, v->module, v->id);
	SCOPED(buf) struct buf got = { 0 };

	assert_non_null(entry);
	setup_value_text(v, r->body + entry->at, entry->len, &got);
	assert_string_equal(buf_str(&got), want);
}

static void
a_scrambled_file_that_is_not_consumed_is_read(void **state)
{
	SCOPED(setup_writer) struct setup_writer w;
	struct setup_record r;
	struct setup_head h;
	struct said s = { 0 };

	(void)state;
	make_s(3, &w);
	assert_null(memmem(w.out.p, w.out.len, "admin", 5));
	read_record(&w.out, 0, &h, &r);
	assert_int_equal(h.format, SETUP_4);
	assert_int_equal(h.flags, SETUP_FILE_REUSE);
	assert_int_equal(h.nmodules, 2);
	assert_int_equal(r.flags, SETUP_VALID | SETUP_SCRAMBLED);
	assert_int_equal(r.n, 10);
	assert_true(r.ended && r.padded);
	for (const struct set *want = s3; want->name != NULL; want++)
		assert_value(&r, want->name, strcmp(want->name, "manageability") == 0 ? "amt" : want->value);
	setup_head_check(&h, w.out.len, hear, &s);
	setup_record_check(&h, &r, hear, &s);
	assert_string_equal(buf_str(&s.text), "");
	setup_outcome(&h, &r, hear, &s);
	assert_has(buf_str(&s.text), "Every device takes record 1, and it stays.");
	assert_has(buf_str(&s.text), "the factory's MEBx password");
	assert_has(buf_str(&s.text), "trusts 1 more root ");
	assert_has(buf_str(&s.text), "says hello as soon as");
	said_free(&s);
}

static void
the_count_of_used_records_names_the_next(void **state)
{
	SCOPED(setup_writer) struct setup_writer w;
	struct setup_record r;
	struct setup_head h;
	struct said s = { 0 };

	(void)state;
	make_s(4, &w);
	read_record(&w.out, 1, &h, &r);
	assert_int_equal(r.number, 2);
	assert_value(&r, "pid", "HLLQ045Q");
	assert_int_equal(setup_next(&h, w.out.len), 0);
	w.out.p[0x20] = 1; /* as a BIOS leaves it */
	w.out.p[0x204] = 0;
	read_record(&w.out, 0, &h, &r);
	assert_int_equal(r.flags & SETUP_VALID, 0);
	assert_int_equal(setup_next(&h, w.out.len), 1);
	assert_int_equal(setup_record_at(&h, 1), 0x400);
	setup_outcome(&h, &r, hear, &s);
	assert_has(buf_str(&s.text), "marked as used: the device takes nothing");
	assert_int_equal(setup_next(&h, w.out.len - 1), -1);
	w.out.p[0x20] = 2;
	read_record(&w.out, 0, &h, &r);
	assert_int_equal(setup_next(&h, w.out.len), -1);
	setup_outcome(&h, NULL, hear, &s);
	assert_has(buf_str(&s.text), "All records are used");
	said_free(&s);
}

/* A record in the making from one that was read, as a program that changes a file does it. */
static void
copy_record(const struct setup_record *r, struct setup_record *out)
{
	struct err e;

	for (size_t i = 0; i < r->n; i++) {
		const struct setup_entry *entry = &r->entries[i];
		const struct setup_var *v = setup_var(entry->module, entry->var);
		SCOPED(buf) struct buf text = { 0 };
		struct secret s;

		setup_value_text(v, r->body + entry->at, entry->len, &text);
		if (v->flags & SETUP_SECRET) {
			assert_true(secret_set(&s, text.p, text.len));
			assert_ok(setup_record_set_secret(out, v, &s, &e));
		} else {
			assert_ok(setup_record_set(out, v, buf_str(&text), &e));
		}
	}
}

static void
what_was_read_is_written_the_same(void **state)
{
	(void)state;
	for (int i = 1; i <= 4; i++) {
		SCOPED(setup_writer) struct setup_writer w, again = { 0 };
		struct setup_head h;
		struct err e;

		make_s(i, &w);
		again.format = w.format;
		again.reuse = w.reuse;
		again.scramble = w.scramble;
		for (uint32_t k = 0; k < w.records; k++) {
			struct setup_record r, copy = { 0 };

			read_record(&w.out, k, &h, &r);
			copy_record(&r, &copy);
			assert_ok(setup_writer_add(&again, &copy, &e));
		}
		assert_ok(setup_writer_end(&again, &e));
		assert_int_equal(again.out.len, w.out.len);
		assert_memory_equal(again.out.p, w.out.p, w.out.len);
	}
}

static void
each_variable_of_each_format_comes_back(void **state)
{
	static const struct set values[] = { { "local-update", "password" }, { "update-qualifier", "restricted" },
		{ "power-package", "46732273-dc23-2f43-a98a-13d37982d855" }, { "remote-configuration", "on" }, { "factory-hashes", "off" },
		{ "own-hashes", "on" }, { "own-hash", "sha1:0123456789abcdef0123456789abcdef01234567:" },
		{ "own-hash", "sha384:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f:Root 2" },
		{ "sol-ider", "sol+ider+login" }, { "host-name", "pc-1" }, { "domain-name", "corp.example" }, { "dhcp", "on" },
		{ "secure-update", "off" }, { "shared-fqdn", "shared" }, { "ddns", "on" }, { "kvm", "on" }, { "user-consent", "all" },
		{ "remote-consent", "off" }, { "setup-by", "automated" }, { "channel-id", "65535" }, { "channel-text", "Help desk, room 5" },
		{ "account", "4711" }, { "passcode", "open sesame" }, { "service-type", "one-time" },
		{ "provider-id", "03a85f1c-2b4d-11dc-8e60-0013d4aabbcc" }, { NULL, NULL } };
	static const struct set basic[] = { { "current-password", "admin" }, { "new-password", "P@ssw0rd1" }, { NULL, NULL } };

	(void)state;
	for (int f = 0; f < SETUP_FORMATS; f++)
		for (int scramble = 0; scramble < 2; scramble++) {
			SCOPED(setup_writer) struct setup_writer w = { .format = (enum setup_format)f, .scramble = scramble == 1 };
			struct setup_record r = { 0 }, got;
			struct setup_head h;
			struct err e;
			size_t n = 0;

			set_all(&r, basic);
			for (const struct set *s = values; s->name != NULL; s++) {
				const struct set one[] = { *s, { NULL, NULL } };

				if (setup_var_by_name(s->name)->since > (enum setup_format)f || (f < SETUP_3 && strncmp(s->value, "sha384", 6) == 0))
					continue;
				set_all(&r, one);
				n++;
			}
			assert_ok(setup_writer_add(&w, &r, &e));
			assert_ok(setup_writer_end(&w, &e));
			read_record(&w.out, 0, &h, &got);
			assert_int_equal(h.format, f);
			assert_int_equal(got.n, n + 2);
			for (size_t i = 1; i < got.n; i++)
				assert_true(got.entries[i].module > got.entries[i - 1].module || got.entries[i].var >= got.entries[i - 1].var);
			for (const struct set *s = values; s->name != NULL; s++)
				if (setup_var_by_name(s->name)->since <= (enum setup_format)f && strncmp(s->value, "sha384", 6) != 0)
					assert_value(&got, s->name, s->value);
			struct said said = { 0 };
			setup_head_check(&h, w.out.len, hear, &said);
			setup_record_check(&h, &got, hear, &said);
			assert_int_equal(said.faults, 0);
			assert_int_equal(said.warnings, scramble == 1 && f != SETUP_4 ? 1 : 0);
			said_free(&said);
		}
}

static void
the_table_of_variables_is_in_order_and_complete(void **state)
{
	size_t n;
	const struct setup_var *v = setup_vars(&n);

	(void)state;
	assert_int_equal(n, 40); /* 6 of module 1; 35 of module 2 without number 9 */
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(setup_var(v[i].module, v[i].id), &v[i]);
		assert_ptr_equal(setup_var_by_name(v[i].name), &v[i]);
		assert_true(v[i].title[0] != '\0' && v[i].means[0] != '\0');
		assert_true(v[i].least <= v[i].most && v[i].most <= (v[i].type == SETUP_U16 || v[i].type == SETUP_U32 ? 65535 : SETUP_VALUE_MAX));
		assert_true(i == 0 || v[i].module > v[i - 1].module || v[i].id > v[i - 1].id);
		for (const char *s = v[i].name; *s != '\0'; s++)
			assert_true((*s >= 'a' && *s <= 'z') || *s == '-' || (*s >= '0' && *s <= '9'));
		for (const struct setup_word *w = v[i].words; w != NULL && w->word != NULL; w++)
			assert_in_range(w->number, v[i].least, v[i].most);
	}
	assert_null(setup_var(2, 9));
	assert_null(setup_var(3, 1));
	assert_null(setup_var_by_name("PID"));
}

static void
values_that_no_device_takes_are_not_written(void **state)
{
	static const struct set bad[] = { { "manageability", "2" }, { "manageability", "on" }, { "manageability", "" }, { "dhcp", "0" },
		{ "sol-ider", "8" }, { "user-consent", "2" }, { "user-consent", "256" }, { "server-port", "0" }, { "server-port", "65536" },
		{ "server-port", "99999999999999999999" }, { "server-port", "9971x" }, { "server-address", "192.168.1" }, { "server-address", "::1" },
		{ "pid", "0000-037N" }, { "host-name", "" }, { "host-name", "pc 1" }, { "pki-dns-suffix", "-x" }, { "power-package", "4673" },
		{ "own-hash", "sha256:00" }, { "own-hash", "sha256:00:x" }, { "own-hash", "md5:00112233445566778899aabbccddeeff:x" },
		{ "own-hash", "sha1:0123456789abcdef0123456789abcdef01234567:a name of more than thirty-two bytes" },
		{ "channel-text", "more than sixty characters, which is what fits into this variable" }, { "account", "caf\xc3\xa9" },
		{ "channel-id", "65536" }, { "service-type", "3" }, { "vlan", "5" }, { "idle-timeout", "5" }, { "provisioning-mode", "1" },
		{ "static-ipv4", "0" }, { "password-policy", "0" }, { "ipv6", "0" }, { "pps", GUIDE_PPS } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct setup_record r = { 0 };
		struct err e = { 0 };

		assert_int_equal(setup_record_set(&r, setup_var_by_name(bad[i].name), bad[i].value, &e), -1);
		assert_true(e.code == ERR_SETUP_BIN || e.code == ERR_PSK);
		assert_true(e.text[0] != '\0');
		assert_int_equal(r.n, 0);
	}
}

static void
a_value_that_is_set_again_takes_the_place_of_the_first(void **state)
{
	static const struct set sets[] = { { "current-password", "longer than the later one" }, { "manageability", "none" },
		{ "new-password", "P@ssw0rd1" }, { "server-fqdn", "first.example" }, { "current-password", "admin" }, { "manageability", "amt" },
		{ "server-fqdn", "scs.example.com" }, { NULL, NULL } };
	struct setup_record r = { 0 };

	(void)state;
	set_all(&r, sets);
	assert_int_equal(r.n, 4);
	assert_value(&r, "current-password", "admin");
	assert_value(&r, "new-password", "P@ssw0rd1");
	assert_value(&r, "manageability", "amt");
	assert_value(&r, "server-fqdn", "scs.example.com");
	assert_null(memmem(r.body, sizeof(r.body), "longer", 6));
}

static void
a_record_takes_what_fits_into_one_chunk(void **state)
{
	struct setup_record r = { 0 };
	char name[256];
	struct err e;

	(void)state;
	for (size_t i = 0; i < 255; i++)
		name[i] = i % 50 == 49 ? '.' : 'a';
	name[251] = '\0';
	assert_ok(setup_record_set(&r, setup_var_by_name("pki-dns-suffix"), name, &e));
	assert_fails(setup_record_set(&r, setup_var_by_name("server-fqdn"), name, &e), ERR_SETUP_BIN);
	assert_has(e.text, "the record is full");
	name[199] = '\0';
	assert_ok(setup_record_set(&r, setup_var_by_name("server-fqdn"), name, &e));
	assert_int_equal(r.n, 2);
}

/* An entry in hex of a record that no writer of ours makes. */
struct raw {
	unsigned int module, var;
	const char *value;
};

static void
raw_file(enum setup_format f, unsigned int flags, const struct raw *raw, size_t n, struct buf *out)
{
	const struct setup_format_info *info = setup_format_info(f);
	uint8_t b[1024] = { 0 };
	size_t at = 512 + 24;

	memcpy(b, info->type, sizeof(info->type));
	b[16] = b[24 + 12] = 1;
	b[18] = 46;
	b[24] = info->major;
	b[25] = info->minor;
	b[26] = (uint8_t)flags;
	b[28] = 1;
	b[40] = 1;
	b[42] = 2;
	b[512] = b[516] = b[528] = b[532] = 1;
	b[530] = 24;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(raw[i].value);

		assert_true(at + 8 + len < sizeof(b));
		b[at] = (uint8_t)raw[i].module;
		b[at + 2] = (uint8_t)raw[i].var;
		b[at + 4] = (uint8_t)len;
		memcpy(b + at + 8, raw[i].value, len);
		at += 8 + (len + 3) / 4 * 4;
	}
	buf_add(out, b, sizeof(b));
}

#define PASSWORDS { 1, 1, "admin" }, { 1, 2, "P@ssw0rd1" }
#define PAIR { 2, 1, "0000037M" }, { 2, 2, "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ" }
#define RAW_SHA1 "\x01" "01234567890123456789\x01x"

static void
broken_rules_are_told(void **state)
{
	static const struct {
		enum setup_format format;
		unsigned int flags;
		struct raw raw[6];
		enum setup_level level;
		const char *says;
	} rows[] = {
		{ SETUP_1, 0, { PAIR }, SETUP_FAULT, "1/1: the current MEBx password is missing" },
		{ SETUP_1, 0, { { 1, 2, "P@ssw0rd1" }, { 1, 1, "admin" }, PAIR }, SETUP_FAULT, "1/1: the current MEBx password must be the first" },
		{ SETUP_1, 0, { { 1, 1, "admin" }, PAIR, { 1, 2, "P@ssw0rd1" } }, SETUP_FAULT, "1/2: the new MEBx password must be the second" },
		{ SETUP_1, 0, { { 1, 1, "admin" }, PAIR }, SETUP_FAULT, "1/2: the new MEBx password is missing" },
		{ SETUP_1, 0, { { 1, 1, "admin" }, { 1, 2, "password" }, PAIR }, SETUP_FAULT, "1/2: new MEBx password: no upper-case" },
		{ SETUP_1, 0, { PASSWORDS, PAIR, { 1, 3, "\x01" } }, SETUP_FAULT, "1/3: manageability must come before all of module 2" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 8, RAW_SHA1 }, { 2, 7, "\x01" } }, SETUP_FAULT, "2/7: user-defined hashes must be switched on" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 28, "\x01" }, { 2, 17, "abcd" } }, SETUP_FAULT, "2/28: must come after 2/17" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 28, "\x01" }, { 2, 3, "corp.example" } }, SETUP_FAULT, "2/28: must come after 2/3" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 1, "0000037M" } }, SETUP_FAULT, "2/1: a PID without PPS" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 2, "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ" } }, SETUP_FAULT, "2/2: a PPS without PID" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 1, "0000037N" } }, SETUP_FAULT, "2/1: PID 0000-037N is mistyped" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 1, "0000037m" } }, SETUP_FAULT, "2/1: PID: want capitals" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 23, "\x01" } }, SETUP_FAULT, "2/23: goes only with a host name" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 25, "\x02" } }, SETUP_FAULT, "2/25: KVM: 2 is no value of it" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 25, "\x01\x01" } }, SETUP_FAULT, "2/25: KVM: 2 bytes, want 1" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 25, "\x01" }, { 2, 25, "\x01" } }, SETUP_FAULT, "2/25: more than 1 of it" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 8, RAW_SHA1 }, { 2, 8, RAW_SHA1 }, { 2, 8, RAW_SHA1 }, { 2, 8, RAW_SHA1 } }, SETUP_FAULT,
		    "2/8: more than 3 of it" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 8, "\x09" "01234567890123456789\x01x" } }, SETUP_FAULT, "type 9 is not known" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 8, "\x01" "01234567890123456789\x02x" } }, SETUP_FAULT, "its length does not fit SHA-1" },
		{ SETUP_2, 0, { PASSWORDS, { 2, 25, "\x01" } }, SETUP_FAULT, "2/25 KVM: exists from format 3 on" },
		{ SETUP_2_1, 0, { PASSWORDS, { 2, 8, "\x02" "01234567890123456789012345678901\x01x" } }, SETUP_FAULT, "SHA-256 exists from format 3 on" },
		{ SETUP_3, 0, { { 0 } }, SETUP_FAULT, "no entry" },
		{ SETUP_3, SETUP_FILE_REUSE, { PASSWORDS, PAIR }, SETUP_WARNING, "every device gets the same PID and PPS" },
		{ SETUP_1, SETUP_FILE_REUSE, { PASSWORDS, PAIR }, SETUP_WARNING, "format 1 does not know" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 77, "x" } }, SETUP_WARNING, "2/77: not known to muster" },
		{ SETUP_3, 0, { PASSWORDS, { 5, 1, "x" } }, SETUP_WARNING, "5/1: not known to muster" },
		{ SETUP_3, 4, { PASSWORDS }, SETUP_NOTE, "flags 0x0004" },
		{ SETUP_3, 0, { PASSWORDS, { 2, 20, "\x05" } }, SETUP_NOTE, "2/20 VLAN: shown in hex" },
		{ SETUP_4, 0, { PASSWORDS, PAIR }, SETUP_NOTE, "AMT 11 and later have no pre-shared keys" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf) struct buf file = { 0 };
		struct setup_record r;
		struct setup_head h;
		struct said s = { 0 };
		size_t n = 0;

		while (n < ARRAY_LEN(rows[i].raw) && rows[i].raw[n].module != 0)
			n++;
		raw_file(rows[i].format, rows[i].flags, rows[i].raw, n, &file);
		read_record(&file, 0, &h, &r);
		setup_head_check(&h, file.len, hear, &s);
		setup_record_check(&h, &r, hear, &s);
		assert_has(buf_str(&s.text), rows[i].says);
		assert_true((rows[i].level == SETUP_FAULT) == (s.faults > 0));
		assert_true(rows[i].level != SETUP_WARNING || s.warnings > 0);
		assert_has_not(buf_str(&s.text), "P@ssw0rd1");
		assert_has_not(buf_str(&s.text), "NKLD");
		said_free(&s);
	}
}

static void
headers_that_devices_ignore_are_told(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		const char *says;
	} rows[] = { { 16, 0, "a chunk count of 0" }, { 36, 0, "a chunk count of 0" }, { 28, 0, "counts no record" }, { 28, 2, "cut off: its header counts 2" },
		{ 32, 2, "2 records are counted as used, of 1" }, { 25, 9, "version 1.9 with the file type of format 1" }, { 18, 48, "a header of 48 bytes" },
		{ 20, 1, "are not 0" }, { 40, 0, "its list of modules is empty" }, { 27, 1, "flags 0x0100" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(setup_writer) struct setup_writer w;
		struct setup_head h;
		struct said s = { 0 };
		struct err e;

		make_s(1, &w);
		w.out.p[rows[i].at] = (char)rows[i].byte;
		assert_ok(setup_head_parse(w.out.p, w.out.len, &h, &e));
		setup_head_check(&h, w.out.len, hear, &s);
		assert_has(buf_str(&s.text), rows[i].says);
		said_free(&s);
	}
}

static void
a_file_cut_at_any_byte_is_read_as_far_as_it_goes(void **state)
{
	SCOPED(setup_writer) struct setup_writer w;
	struct setup_head h;
	struct setup_record r;
	struct err e;

	(void)state;
	make_s(4, &w);
	for (size_t n = 0; n < w.out.len; n++) {
		uint8_t *cut = malloc(n + 1); /* of exactly its size, for the sanitizer */
		struct said s = { 0 };

		assert_non_null(cut);
		memcpy(cut, w.out.p, n);
		if (n < SETUP_CHUNK) {
			assert_fails(setup_head_parse(cut, n, &h, &e), ERR_SETUP_BIN);
		} else {
			assert_ok(setup_head_parse(cut, n, &h, &e));
			setup_head_check(&h, n, hear, &s);
			assert_has(buf_str(&s.text), "the file is cut off");
			if (n > SETUP_CHUNK && n < 1024 && setup_record_parse(cut + SETUP_CHUNK, n - SETUP_CHUNK, &r, &e) == 0)
				setup_record_check(&h, &r, hear, &s);
			assert_int_equal(setup_next(&h, n), n < 1024 ? -1 : 0);
		}
		said_free(&s);
		free(cut);
	}
}

static void
an_entry_past_the_end_keeps_those_before_it(void **state)
{
	SCOPED(setup_writer) struct setup_writer w;
	struct setup_record r;
	struct err e;

	(void)state;
	make_s(1, &w);
	w.out.p[0x24c + 4] = (char)0xff; /* the PPS: 255 bytes, which still fit; then more than there are */
	w.out.p[0x24c + 5] = 0x7f;
	assert_fails(setup_record_parse(w.out.p + 512, 512, &r, &e), ERR_SETUP_BIN);
	assert_has(e.text, "entry 4 (2/2) goes past the end of the record: 32767 bytes announced");
	assert_int_equal(r.n, 3);
	assert_value(&r, "pid", "0000037M");
}

static void
padding_is_passed_over_and_a_missing_end_mark_is_told(void **state)
{
	SCOPED(setup_writer) struct setup_writer w;
	struct setup_record r;
	struct setup_head h;
	struct said s = { 0 };

	(void)state;
	make_s(3, &w);
	w.out.p[1023] = 'x';
	w.out.p[0x228 - 1] = 'x'; /* between two entries */
	read_record(&w.out, 0, &h, &r);
	assert_int_equal(r.n, 10);
	assert_false(r.padded);
	setup_record_check(&h, &r, hear, &s);
	assert_has(buf_str(&s.text), "bytes other than 0");
	assert_int_equal(s.faults + s.warnings, 0);
	said_free(&s);

	/* Entries without end: 61 of 8 bytes each. */
	memset(w.out.p + 512 + 4, 0, 508);
	w.out.p[512 + 4] = SETUP_VALID;
	for (size_t at = 512 + 24; at < 1024; at += 8)
		w.out.p[at] = w.out.p[at + 2] = 2;
	read_record(&w.out, 0, &h, &r);
	assert_int_equal(r.n, 61);
	assert_false(r.ended);
	setup_record_check(&h, &r, hear, &s);
	assert_has(buf_str(&s.text), "no end mark");
	said_free(&s);
}

static void
records_of_several_chunks_are_read(void **state)
{
	SCOPED(setup_writer) struct setup_writer w;
	SCOPED(buf) struct buf file = { 0 };
	struct setup_record r;
	struct setup_head h;
	struct said s = { 0 };
	struct err e;

	(void)state;
	make_s(4, &w);
	w.out.p[36] = 2;
	buf_add(&file, w.out.p, 1024);
	buf_add(&file, (const char[512]){ 0 }, 512);
	buf_add(&file, w.out.p + 1024, 512);
	buf_add(&file, (const char[512]){ 0 }, 512);
	read_record(&file, 1, &h, &r);
	assert_value(&r, "pid", "HLLQ045Q");
	setup_head_check(&h, file.len, hear, &s);
	assert_has(buf_str(&s.text), "more than one chunk");
	assert_int_equal(s.faults, 0);
	w.out.p[36] = 9;
	assert_fails(setup_head_parse(w.out.p, w.out.len, &h, &e), ERR_SETUP_BIN);
	said_free(&s);
}

static void
the_writer_refuses_what_devices_refuse(void **state)
{
	SCOPED(setup_writer) struct setup_writer w = { .format = SETUP_3 }, reuse = { .format = SETUP_3, .reuse = true };
	struct setup_record r = { 0 };
	struct err e;

	(void)state;
	assert_fails(setup_writer_end(&w, &e), ERR_SETUP_BIN);
	assert_fails(setup_writer_add(&w, &r, &e), ERR_SETUP_BIN);
	set_all(&r, (const struct set[]){ { "current-password", "admin" }, { "pid", "0000-037M" }, { NULL, NULL } });
	assert_fails(setup_writer_add(&w, &r, &e), ERR_SETUP_BIN);
	assert_has(e.text, "the new MEBx password is missing");
	set_all(&r, s1);
	assert_ok(setup_writer_add(&w, &r, &e));
	write_one(&reuse, s1);
	assert_fails(setup_writer_add(&reuse, &r, &e), ERR_SETUP_BIN);
	assert_has(e.text, "a second one would never be used");
}

static void
other_files_are_no_setup_bin(void **state)
{
	char zeroes[1024] = { 0 };
	struct setup_head h;
	struct err e;

	(void)state;
	assert_false(setup_is(zeroes, sizeof(zeroes)));
	assert_false(setup_is(setup_format_info(SETUP_1)->type, 15));
	for (int i = 0; i < SETUP_FORMATS; i++)
		assert_true(setup_is(setup_format_info((enum setup_format)i)->type, 16));
	assert_fails(setup_head_parse(zeroes, sizeof(zeroes), &h, &e), ERR_SETUP_BIN);
	assert_has(e.text, "no setup.bin");
	assert_fails(setup_head_parse("GET / HTTP/1.1\r\n\r\n", 18, &h, &e), ERR_SETUP_BIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_four_worked_examples_are_written_byte_for_byte),
		TEST(a_scrambled_file_that_is_not_consumed_is_read),
		TEST(the_count_of_used_records_names_the_next),
		TEST(what_was_read_is_written_the_same),
		TEST(each_variable_of_each_format_comes_back),
		TEST(the_table_of_variables_is_in_order_and_complete),
		TEST(values_that_no_device_takes_are_not_written),
		TEST(a_value_that_is_set_again_takes_the_place_of_the_first),
		TEST(a_record_takes_what_fits_into_one_chunk),
		TEST(broken_rules_are_told),
		TEST(headers_that_devices_ignore_are_told),
		TEST(a_file_cut_at_any_byte_is_read_as_far_as_it_goes),
		TEST(an_entry_past_the_end_keeps_those_before_it),
		TEST(padding_is_passed_over_and_a_missing_end_mark_is_told),
		TEST(records_of_several_chunks_are_read),
		TEST(the_writer_refuses_what_devices_refuse),
		TEST(other_files_are_no_setup_bin),
	};

	return cmocka_run_group_tests_name("setup_bin", tests, NULL, NULL);
}
