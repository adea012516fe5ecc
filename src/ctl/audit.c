/* SPDX-License-Identifier: Apache-2.0 */
/* audit: musterctl audit list, export, verify. */
#include "ctl/audit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "db/audit.h"

enum { LINES = 50, LINES_MAX = 100000, PAGE = 500 };
enum { OPT_WHO, OPT_WHAT, OPT_OBJECT, OPT_SINCE, OPT_UNTIL, OPT_LINES, OPT_CSV = OPT_LINES };

/* A time as it may be typed; the time zone is the session's, as in what is printed. */
static int
set_time(const char *text, const char *what, char *out, size_t size, struct err *e)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ" };
	struct tm tm;

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const char *end = strptime(text, forms[i], &tm);

		if (end != NULL && *end == '\0' && text_copy(out, size, text))
			return 0;
	}
	return err_set(e, ERR_INPUT, "%s: want a time such as 2026-11-24 or \"2026-11-24 08:30\"", what);
}

static int
set_name(const char *text, const char *what, char *out, size_t size, struct err *e)
{
	return text_copy(out, size, text) ? 0 : err_set(e, ERR_INPUT, "%s: at most %zu bytes", what, size - 1);
}

static int
filter_of(const struct ctl *c, struct audit_filter *f, struct err *e)
{
	const struct {
		int opt;
		const char *name;
		int (*set)(const char *text, const char *what, char *out, size_t size, struct err *e);
		char *out;
		size_t size;
	} rows[] = {
		{ OPT_WHO, "--who", set_name, f->who, sizeof(f->who) },
		{ OPT_WHAT, "--what", set_name, f->what, sizeof(f->what) },
		{ OPT_OBJECT, "--object", set_name, f->object, sizeof(f->object) },
		{ OPT_SINCE, "--since", set_time, f->since, sizeof(f->since) },
		{ OPT_UNTIL, "--until", set_time, f->until, sizeof(f->until) },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (c->opt[rows[i].opt] != NULL && rows[i].set(c->opt[rows[i].opt], rows[i].name, rows[i].out, rows[i].size, e) < 0)
			return -1;
	return 0;
}

/* before and after are JSON of any kind; NULL is none. */
static json_t *
value_of(const struct rows *r, size_t i, int col)
{
	json_t *v = rows_null(r, i, col) ? NULL : json_loads(rows_text(r, i, col), JSON_DECODE_ANY, NULL);

	return v != NULL ? v : json_null();
}

static json_t *
row_json(const struct rows *r, size_t i)
{
	const char *from = rows_null(r, i, AUDIT_FROM) ? NULL : rows_text(r, i, AUDIT_FROM);

	return json_pack("{s:I, s:s, s:s, s:s?, s:s, s:s, s:o, s:o, s:s, s:s}", "id", (json_int_t)rows_int(r, i, AUDIT_ID), "at",
	    rows_text(r, i, AUDIT_AT_UTC), "who", rows_text(r, i, AUDIT_WHO), "from", from, "what", rows_text(r, i, AUDIT_WHAT), "object",
	    rows_text(r, i, AUDIT_OBJ), "before", value_of(r, i, AUDIT_BEFORE), "after", value_of(r, i, AUDIT_AFTER), "prev_hash",
	    rows_text(r, i, AUDIT_PREV_HASH), "hash", rows_text(r, i, AUDIT_ROW_HASH));
}

static int
list(struct ctl *c, struct err *e)
{
	static const struct ctl_col cols[] = {
		{ "ROW", "id", AUDIT_ID, true },
		{ "TIME", "at", AUDIT_AT, false },
		{ "WHO", "who", AUDIT_WHO, false },
		{ "FROM", "from", AUDIT_FROM, false },
		{ "WHAT", "what", AUDIT_WHAT, false },
		{ "OBJECT", "object", AUDIT_OBJ, false },
		{ "BEFORE -> AFTER", "change", AUDIT_CHANGED, false },
		{ 0 },
	};
	SCOPED(rows) struct rows *r = NULL;
	struct audit_filter f = { 0 };
	long n = LINES;

	if (filter_of(c, &f, e) < 0 || (c->opt[OPT_LINES] != NULL && ctl_number(c->opt[OPT_LINES], "--lines", 1, LINES_MAX, &n, e) < 0))
		return -1;
	if (ctl_connect(c, e) < 0 || audit_list(c->db, &f, (int)n, &r, e) < 0)
		return -1;
	if (!c->json) {
		ctl_table(c, r, cols);
		return CTL_OK;
	}
	json_t *all = json_array();
	for (size_t i = 0; i < rows_count(r); i++)
		(void)json_array_append_new(all, row_json(r, i));
	ctl_json(all);
	return CTL_OK;
}

/* Where an export goes, and in what form. */
struct out {
	struct file_out file;
	bool json, clean; /* clean: to a terminal, which no text may drive */
	int64_t rows;
};

/* A field by RFC 4180. */
static void
csv_field(bool clean, const char *s, struct buf *b)
{
	SCOPED(mem) char *safe = NULL;
	size_t size = strlen(s) + 1;

	if (clean && (safe = malloc(size)) != NULL) {
		text_clean(safe, size, s, size - 1);
		s = safe;
	}
	buf_puts(b, "\"");
	for (; *s != '\0'; s++) {
		if (*s == '"')
			buf_puts(b, "\"");
		buf_add(b, s, 1);
	}
	buf_puts(b, "\"");
}

static int
csv_row(const struct out *o, const struct rows *r, size_t i, struct buf *b, struct err *e)
{
	static const int cols[] = { AUDIT_AT_UTC, AUDIT_WHO, AUDIT_FROM, AUDIT_WHAT, AUDIT_OBJ, AUDIT_BEFORE, AUDIT_AFTER, AUDIT_PREV_HASH,
		AUDIT_ROW_HASH };

	(void)e;
	buf_printf(b, "%" PRId64, rows_int(r, i, AUDIT_ID));
	for (size_t k = 0; k < ARRAY_LEN(cols); k++) {
		buf_puts(b, ",");
		if (!rows_null(r, i, cols[k]))
			csv_field(o->clean, rows_text(r, i, cols[k]), b);
	}
	buf_puts(b, "\r\n");
	return 0;
}

static int
json_row(const struct out *o, const struct rows *r, size_t i, struct buf *b, struct err *e)
{
	json_t *j = row_json(r, i);
	SCOPED(mem) char *s = j == NULL ? NULL : json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII);

	json_decref(j);
	if (s == NULL)
		return err_set(e, ERR_MEMORY, "audit log row");
	buf_puts(b, o->rows == 0 ? "[\n" : ",\n");
	buf_puts(b, s);
	return 0;
}

static int
put(struct out *o, const struct buf *b, struct err *e)
{
	return b->bad ? err_set(e, ERR_MEMORY, "audit log") : file_out_write(&o->file, buf_str(b), b->len, e);
}

/* The next page, after the row *id; *got: its rows. */
static int
write_page(struct ctl *c, const struct audit_filter *f, struct out *o, int64_t *id, size_t *got, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(buf) struct buf b = { 0 };

	if (audit_after(c->db, f, *id, PAGE, &r, e) < 0)
		return -1;
	*got = rows_count(r);
	for (size_t i = 0; i < *got; i++) {
		if ((o->json ? json_row : csv_row)(o, r, i, &b, e) < 0)
			return -1;
		o->rows++;
		*id = rows_int(r, i, AUDIT_ID);
	}
	return put(o, &b, e);
}

static int
write_rows(struct ctl *c, const struct audit_filter *f, struct out *o, struct err *e)
{
	SCOPED(buf) struct buf b = { 0 };
	int64_t id = INT64_MIN;

	if (!o->json)
		buf_puts(&b, "id,at,who,from,what,object,before,after,prev_hash,hash\r\n");
	if (put(o, &b, e) < 0)
		return -1;
	for (size_t got = PAGE; got == PAGE;)
		if (write_page(c, f, o, &id, &got, e) < 0)
			return -1;
	buf_reset(&b);
	if (o->json)
		buf_puts(&b, o->rows == 0 ? "[]\n" : "\n]\n");
	return put(o, &b, e);
}

static int
export(struct ctl *c, struct err *e)
{
	struct audit_filter f = { 0 };
	struct out o = { .json = c->json };

	if (c->json && c->opt[OPT_CSV] != NULL)
		return err_set(e, ERR_USAGE, "--csv or --json, not both");
	if (filter_of(c, &f, e) < 0 || ctl_connect(c, e) < 0 || file_out_open(&o.file, c->args[0], e) < 0)
		return -1;
	o.clean = !o.file.named && isatty(STDOUT_FILENO) == 1;
	if (write_rows(c, &f, &o, e) < 0 || file_out_close(&o.file, e) < 0) {
		file_out_abort(&o.file);
		return -1;
	}
	if (!o.file.named)
		return CTL_OK;
	ctl_say(c, "%" PRId64 " rows written to %s", o.rows, o.file.path);
	if (c->json)
		ctl_json(json_pack("{s:I, s:s}", "rows", (json_int_t)o.rows, "file", o.file.path));
	return CTL_OK;
}

#define FILTER_OPTS                                                                                \
	{ "who", "LOGIN", "Only what this login did" },                                              \
	{ "what", "ACTION", "Only this action, such as setting_set or denied" },                     \
	{ "object", "TEXT", "Only objects that begin so" },                                          \
	{ "since", "TIME", "Only from this time on: 2026-11-24 or \"2026-11-24 08:30\"" },           \
	{ "until", "TIME", "Only before this time" }

static const struct ctl_opt list_opts[] = { FILTER_OPTS, { "lines", "N", "How many rows, the newest ones (default 50)" }, { 0 } };
static const struct ctl_opt export_opts[] = { FILTER_OPTS, { "csv", NULL, "Write CSV, which is the default; --json: a JSON array" }, { 0 } };
static const struct ctl_opt verify_opts[] = {
	[VERIFY_EXPECT] = { "expect", "HASH", "The log must hold the row with this hash, which an earlier run printed" },
	{ 0 },
};

const struct command ctl_audit_commands[] = {
	{ "audit", "list", "", 0, 0, "Show the audit log: who did what", list_opts, list },
	{ "audit", "export", "FILE|-", 1, 1, "Write the audit log to a new file, oldest row first", export_opts, export },
	{ "audit", "verify", "", 0, 0, "Recompute the audit log's chain of hashes", verify_opts, audit_verify },
	{ 0 },
};
