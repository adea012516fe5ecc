/* SPDX-License-Identifier: Apache-2.0 */
/* psk_file: a list of pre-shared keys, read piece by piece. */
#include "amt/psk_file.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/psk_header.h"
#include "amt/setup_bin.h"
#include "base/csv.h"
#include "base/text.h"

enum { SEEN_FIRST = 1024, MEBX_MAX = 32 };

/* A PID that was there, with what tells its PPS from others, in a table with open addressing. */
struct seen {
	uint64_t pid; /* as a number, +1; 0: free */
	uint64_t pps; /* of its SHA-256 */
	uint64_t line;
};

enum form { FORM_UNKNOWN, FORM_UTF8, FORM_UTF16LE, FORM_UTF16BE, FORM_SETUP_BIN };

struct psk_file {
	struct psk_map map;
	psk_line_fn *fn;
	void *arg;
	enum form form;
	struct psk_header header;
	bool have_header;
	struct seen *seen;
	size_t nseen, cap;
	uint64_t line, keys;
	struct psk_line out;
	/* the line or record that is not complete yet */
	uint8_t part[PSK_FILE_LINE_MAX];
	size_t len;
	bool too_long, zero, after_cr;
	uint32_t unit, high; /* UTF-16: half a unit (with a mark), the first half of a pair */
	/* of a setup.bin */
	struct setup_head setup;
	bool have_setup;
	uint64_t past; /* bytes of its header still to be passed over */
};

_Static_assert((int)PSK_FILE_LINE_MAX >= (int)SETUP_RECORD_MAX, "part holds a record too");

struct psk_file *
psk_file_new(const struct psk_map *map, psk_line_fn *fn, void *arg)
{
	struct psk_file *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	if (map != NULL)
		f->map = *map;
	f->fn = fn;
	f->arg = arg;
	return f;
}

void
psk_file_free(struct psk_file *f)
{
	if (f == NULL)
		return;
	free(f->seen);
	explicit_bzero(f, sizeof(*f));
	free(f);
}

/* The PIDs seen so far */

static uint64_t
pid_number(const char *pid)
{
	uint64_t n = 0;

	for (; *pid != '\0'; pid++)
		n = n * 36 + (uint64_t)(*pid <= '9' ? *pid - '0' : *pid - 'A' + 10);
	return n + 1;
}

static struct seen *
slot_of(struct seen *table, size_t cap, uint64_t pid)
{
	size_t i = (size_t)(pid * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (cap - 1);

	while (table[i].pid != 0 && table[i].pid != pid)
		i = (i + 1) & (cap - 1);
	return &table[i];
}

static int
make_room(struct psk_file *f, struct err *e)
{
	size_t cap = f->cap == 0 ? SEEN_FIRST : 2 * f->cap;

	if (f->cap > 0 && f->nseen < f->cap / 4 * 3)
		return 0;
	struct seen *more = calloc(cap, sizeof(*more));
	if (more == NULL)
		return err_set(e, ERR_MEMORY, "%zu keys", f->nseen);
	for (size_t i = 0; i < f->cap; i++)
		if (f->seen[i].pid != 0)
			*slot_of(more, cap, f->seen[i].pid) = f->seen[i];
	free(f->seen);
	f->seen = more;
	f->cap = cap;
	return 0;
}

/* Sets same_as, or refuses the line: one PID cannot stand for two keys. -1: no memory. */
static int
compare(struct psk_file *f, struct psk_line *l, struct err *why, struct err *e)
{
	uint8_t md[SHA256_DIGEST_LENGTH];
	uint64_t pps, pid = pid_number(l->key.pid);
	char text[PID_TEXT];

	if (make_room(f, e) < 0)
		return -1;
	(void)SHA256((const uint8_t *)l->key.pps.s, l->key.pps.len, md);
	memcpy(&pps, md, sizeof(pps));
	struct seen *slot = slot_of(f->seen, f->cap, pid);
	if (slot->pid == 0) {
		*slot = (struct seen){ .pid = pid, .pps = pps, .line = l->line };
		f->nseen++;
		return 0;
	}
	pid_text(l->key.pid, text);
	if (slot->pps == pps)
		l->same_as = slot->line;
	else
		(void)err_set(why, ERR_PSK, "PID %s has another PPS in line %llu", text, (unsigned long long)slot->line);
	return 0;
}

/* A line */

/* Hands the line over: good, or refused for what *why says. */
static int
give(struct psk_file *f, struct err *why, struct err *e)
{
	if (++f->keys > PSK_FILE_KEYS_MAX)
		return err_set(e, ERR_PSK_LIST, "more than %d keys in one list: split it", PSK_FILE_KEYS_MAX);
	if (why->code == ERR_NONE && compare(f, &f->out, why, e) < 0)
		return -1;
	f->out.code = (int)why->code;
	(void)text_copy(f->out.says, sizeof(f->out.says), why->code == ERR_NONE ? "" : why->text);
	int rc = f->fn(f->arg, &f->out, e);
	explicit_bzero(&f->out, sizeof(f->out));
	return rc;
}

static int
password_of(const char *cell, const char *what, struct secret *out, struct err *why)
{
	size_t len = strlen(cell);

	for (size_t i = 0; i < len; i++)
		if (cell[i] < 0x20 || cell[i] > 0x7e)
			return err_set(why, ERR_PASSWORD_RULE, "%s: character %zu is not printable ASCII", what, i + 1);
	return len <= MEBX_MAX && secret_set(out, cell, len) ? 0
							     : err_set(why, ERR_PASSWORD_RULE, "%s: %zu characters, want at most %d", what, len, MEBX_MAX);
}

static int
uuid_of(const char *cell, char out[UUID_TEXT], struct err *why)
{
	struct uuid u;

	if (cell[0] == '\0')
		return 0;
	if (!uuid_parse(cell, &u))
		return err_set(why, ERR_INPUT, "\"%.60s\" is not a UUID", cell);
	if (uuid_bogus(&u))
		return err_set(why, ERR_HELLO_BOGUS, "UUID %.40s is shared by many boards", cell);
	uuid_text(&u, out);
	return 0;
}

/* The cell of a field, "" where there is none. */
static const char *
cell_of(const struct psk_file *f, char *const cells[], enum psk_field field)
{
	return f->header.at[field] < 0 ? "" : cells[f->header.at[field]];
}

/* What is wrong with a line is told in this order, the first only. */
static int
read_cells(const struct psk_file *f, char *const cells[], struct psk_line *l, struct err *why)
{
	SCOPED(secret) struct secret typed = { 0 };
	const char *pps = cell_of(f, cells, PSK_PPS), *mac = cell_of(f, cells, PSK_MAC);

	if (pid_parse(cell_of(f, cells, PSK_PID), l->key.pid, why) < 0)
		return -1;
	if (!secret_set(&typed, pps, strlen(pps)))
		return err_set(why, ERR_PSK, "PPS: %zu characters, want %d", strlen(pps), PPS_LEN);
	text_clean(l->mac, sizeof(l->mac), mac, strlen(mac));
	return pps_parse(&typed, &l->key.pps, why) < 0 ||
		       password_of(cell_of(f, cells, PSK_CURRENT), psk_field_name(PSK_CURRENT), &l->current, why) < 0 ||
		       password_of(cell_of(f, cells, PSK_NEW), psk_field_name(PSK_NEW), &l->fresh, why) < 0 ||
		       uuid_of(cell_of(f, cells, PSK_UUID), l->uuid, why) < 0
		   ? -1
		   : 0;
}

/* Surplus empty cells, as spreadsheets add them, do no harm. */
static bool
cells_fit(char *const cells[], int n, int want)
{
	while (n > want && cells[n - 1][0] == '\0')
		n--;
	return n == want;
}

static int
read_line(struct psk_file *f, char *line, struct err *e)
{
	char *cells[PSK_COLUMNS_MAX];
	struct err why = { 0 };

	f->out.line = f->line;
	if (f->zero) {
		(void)err_set(&why, ERR_INPUT, "a zero byte: this is not text");
	} else if (f->too_long) {
		(void)err_set(&why, ERR_INPUT, "longer than %d bytes", PSK_FILE_LINE_MAX - 1);
	} else {
		int n = csv_split(line, f->header.separator, cells, PSK_COLUMNS_MAX);

		if (n < 0)
			(void)err_set(&why, ERR_INPUT, "a quote that is not closed or stands inside a cell");
		else if (!cells_fit(cells, n, f->header.n))
			(void)err_set(&why, ERR_INPUT, "%d columns, want %d", n, f->header.n);
		else
			(void)read_cells(f, cells, &f->out, &why);
	}
	return give(f, &why, e);
}

/* The end of a line: the first that is not empty has the headings. */
static int
end_line(struct psk_file *f, struct err *e)
{
	char *line = (char *)f->part;
	bool blank = f->len == 0 && !f->too_long && !f->zero;
	int rc = 0;

	f->part[f->len] = '\0';
	f->line++;
	blank |= !f->too_long && !f->zero && line[strspn(line, " \t")] == '\0';
	if (!blank && !f->have_header) {
		if (f->zero)
			rc = err_set(e, ERR_PSK_LIST, "line %llu: a zero byte: save the list as UTF-8", (unsigned long long)f->line);
		else if (f->too_long)
			rc = err_set(e, ERR_PSK_LIST, "line %llu: longer than %d bytes", (unsigned long long)f->line, PSK_FILE_LINE_MAX - 1);
		else
			rc = psk_header_read(line, &f->map, &f->header, e);
		f->have_header = rc == 0;
		if (rc == 0 && f->header.is_data)
			rc = read_line(f, line, e);
	} else if (!blank) {
		rc = read_line(f, line, e);
	}
	explicit_bzero(f->part, f->len);
	f->len = 0;
	f->too_long = f->zero = false;
	return rc;
}

static int
text_byte(struct psk_file *f, char c, struct err *e)
{
	bool second = c == '\n' && f->after_cr;

	f->after_cr = c == '\r';
	if (second)
		return 0;
	if (c == '\r' || c == '\n')
		return end_line(f, e);
	f->zero |= c == '\0';
	if (f->len < PSK_FILE_LINE_MAX - 1)
		f->part[f->len++] = (uint8_t)c;
	else
		f->too_long = true;
	return 0;
}

static int
text_char(struct psk_file *f, uint32_t ch, struct err *e)
{
	char utf8[4];
	size_t n = text_put(utf8, ch);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = text_byte(f, utf8[i], e);
	return rc;
}

/* Halves of a pair that do not belong together become U+FFFD. */
static int
utf16_unit(struct psk_file *f, uint32_t unit, struct err *e)
{
	uint32_t high = f->high;

	f->high = 0;
	if (high != 0 && unit >= 0xdc00 && unit <= 0xdfff)
		return text_char(f, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00), e);
	if (high != 0 && text_char(f, 0xfffd, e) < 0)
		return -1;
	if (unit >= 0xd800 && unit <= 0xdbff) {
		f->high = unit;
		return 0;
	}
	return text_char(f, unit >= 0xdc00 && unit <= 0xdfff ? 0xfffd : unit, e);
}

enum { HALF = 0x100 }; /* in unit: the first byte is there */

static int
utf16_byte(struct psk_file *f, uint8_t byte, struct err *e)
{
	uint32_t first = f->unit;

	if ((first & HALF) == 0) {
		f->unit = HALF | byte;
		return 0;
	}
	f->unit = 0;
	first &= 0xff;
	return utf16_unit(f, f->form == FORM_UTF16LE ? first | (uint32_t)byte << 8 : first << 8 | byte, e);
}

/* A setup.bin */

/* What a record gives; what is wrong is in *why, as for a line of text. */
static int
read_values(const struct setup_record *r, struct psk_line *l, struct err *why)
{
	SCOPED(secret) struct secret pid = { 0 }, pps = { 0 }, current = { 0 }, fresh = { 0 };

	l->used = (r->flags & SETUP_VALID) == 0;
	(void)setup_secret(r, SETUP_ME, SETUP_ME_CURRENT_PASSWORD, &current);
	(void)setup_secret(r, SETUP_ME, SETUP_ME_NEW_PASSWORD, &fresh);
	if (!setup_secret(r, SETUP_AMT, SETUP_AMT_PID, &pid) || !setup_secret(r, SETUP_AMT, SETUP_AMT_PPS, &pps))
		return err_set(why, ERR_PSK, "the record has no PID and PPS");
	return pid_parse(pid.s, l->key.pid, why) < 0 || pps_parse(&pps, &l->key.pps, why) < 0 ||
		       password_of(current.s, psk_field_name(PSK_CURRENT), &l->current, why) < 0 ||
		       password_of(fresh.s, psk_field_name(PSK_NEW), &l->fresh, why) < 0
		   ? -1
		   : 0;
}

static int
read_record(struct psk_file *f, struct err *e)
{
	SCOPED(setup_record) struct setup_record r = { 0 };
	struct err why = { 0 };

	f->out.line = ++f->line;
	if (setup_record_parse(f->part, f->len, &r, &why) == 0)
		(void)read_values(&r, &f->out, &why);
	explicit_bzero(f->part, f->len);
	f->len = 0;
	return give(f, &why, e);
}

static int
read_setup_head(struct psk_file *f, struct err *e)
{
	struct err why;

	if (setup_head_parse(f->part, f->len, &f->setup, &why) < 0)
		return err_set(e, ERR_PSK_LIST, "%s", why.text);
	f->have_setup = true;
	f->past = setup_record_at(&f->setup, 0) - SETUP_CHUNK;
	f->len = 0;
	return 0;
}

/* Bytes after the last record that the header counts are passed over. */
static int
setup_bytes(struct psk_file *f, const uint8_t *p, size_t len, struct err *e)
{
	while (len > 0) {
		size_t want = f->have_setup ? setup_record_size(&f->setup) : SETUP_CHUNK;
		size_t n = want - f->len < len ? want - f->len : len;

		if (f->past > 0) {
			n = f->past < len ? (size_t)f->past : len;
			f->past -= n;
		} else if (f->have_setup && f->line == f->setup.records) {
			return 0;
		} else {
			memcpy(f->part + f->len, p, n);
			f->len += n;
			if (f->len == want && (f->have_setup ? read_record(f, e) : read_setup_head(f, e)) < 0)
				return -1;
		}
		p += n;
		len -= n;
	}
	return 0;
}

/* What it is */

static const struct {
	enum form form;
	size_t len;
	const char *mark;
} marks[] = {
	{ FORM_UTF8, 3, "\xef\xbb\xbf" },
	{ FORM_UTF16LE, 2, "\xff\xfe" },
	{ FORM_UTF16BE, 2, "\xfe\xff" },
	{ FORM_UTF8, 0, "" },
};

/* Bytes of a known form. */
static int
take(struct psk_file *f, const uint8_t *p, size_t len, struct err *e)
{
	if (f->form == FORM_SETUP_BIN)
		return setup_bytes(f, p, len, e);
	for (size_t i = 0; i < len; i++)
		if ((f->form == FORM_UTF8 ? text_byte(f, (char)p[i], e) : utf16_byte(f, p[i], e)) < 0)
			return -1;
	return 0;
}

/* Decides by the first bytes, which lie in part, and takes them. */
static int
decide(struct psk_file *f, struct err *e)
{
	uint8_t first[SETUP_TYPE_LEN];
	size_t len = f->len, mark = 0;

	memcpy(first, f->part, len);
	f->len = 0;
	if (setup_is(first, len)) {
		f->form = FORM_SETUP_BIN;
	} else {
		while (len < marks[mark].len || memcmp(first, marks[mark].mark, marks[mark].len) != 0)
			mark++;
		f->form = marks[mark].form;
		mark = marks[mark].len;
	}
	int rc = take(f, first + mark, len - mark, e);
	explicit_bzero(first, sizeof(first));
	return rc;
}

int
psk_file_feed(struct psk_file *f, const void *bytes, size_t len, struct err *e)
{
	const uint8_t *p = bytes;

	if (f->form == FORM_UNKNOWN) {
		size_t n = SETUP_TYPE_LEN - f->len < len ? SETUP_TYPE_LEN - f->len : len;

		memcpy(f->part + f->len, p, n);
		f->len += n;
		p += n;
		len -= n;
		if (f->len < SETUP_TYPE_LEN)
			return 0;
		if (decide(f, e) < 0)
			return -1;
	}
	return take(f, p, len, e);
}

int
psk_file_end(struct psk_file *f, struct err *e)
{
	if (f->form == FORM_UNKNOWN && decide(f, e) < 0)
		return -1;
	if (f->form == FORM_SETUP_BIN) {
		if (!f->have_setup)
			return err_set(e, ERR_PSK_LIST, "cut off: a setup.bin shorter than its header");
		if (f->line < f->setup.records)
			return err_set(e, ERR_PSK_LIST, "cut off: the setup.bin counts %u records, %llu are there", f->setup.records,
			    (unsigned long long)f->line);
	} else if ((f->len > 0 || f->too_long) && end_line(f, e) < 0) {
		return -1;
	}
	return f->keys > 0 ? 0 : err_set(e, ERR_PSK_LIST, "there is no key in it");
}

void
psk_file_info(const struct psk_file *f, struct psk_file_info *out)
{
	static const char *const details[][3] = {
		[FORM_UTF8] = { "UTF-8, comma", "UTF-8, semicolon", "UTF-8, tab" },
		[FORM_UTF16LE] = { "UTF-16, comma", "UTF-16, semicolon", "UTF-16, tab" },
		[FORM_UTF16BE] = { "UTF-16, comma", "UTF-16, semicolon", "UTF-16, tab" },
	};
	char s = f->header.separator;

	*out = (struct psk_file_info){ .form = "CSV", .detail = "", .ignored = f->header.ignored };
	if (f->form == FORM_SETUP_BIN) {
		out->form = "setup.bin";
		out->detail = setup_format_info(f->setup.format)->name;
		for (int i = PSK_PID; i <= PSK_NEW; i++)
			out->column[i] = setup_var(i < PSK_CURRENT ? SETUP_AMT : SETUP_ME, (unsigned int)(i < PSK_CURRENT ? i + 1 : i - 1))->title;
	} else if (f->have_header) {
		out->detail = details[f->form][s == ',' ? 0 : s == ';' ? 1 : 2];
		for (int i = 0; i < PSK_FIELDS; i++)
			out->column[i] = f->header.at[i] < 0 ? NULL : f->header.heading[i];
	}
}
