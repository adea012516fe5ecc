/* SPDX-License-Identifier: Apache-2.0 */
/* audit: musterctl audit list, export, verify. */
#include "ctl/audit.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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
	FILE *f;
	bool json, clean; /* clean: to a terminal, which no text may drive */
	int64_t rows;
};

/* A field by RFC 4180. */
static void
csv_field(const struct out *o, const char *s)
{
	SCOPED(mem) char *clean = NULL;
	size_t size = strlen(s) + 1;

	if (o->clean && (clean = malloc(size)) != NULL) {
		text_clean(clean, size, s, size - 1);
		s = clean;
	}
	(void)fputc('"', o->f);
	for (; *s != '\0'; s++) {
		if (*s == '"')
			(void)fputc('"', o->f);
		(void)fputc(*s, o->f);
	}
	(void)fputc('"', o->f);
}

static void
csv_row(const struct out *o, const struct rows *r, size_t i)
{
	static const int cols[] = { AUDIT_AT_UTC, AUDIT_WHO, AUDIT_FROM, AUDIT_WHAT, AUDIT_OBJ, AUDIT_BEFORE, AUDIT_AFTER, AUDIT_PREV_HASH,
		AUDIT_ROW_HASH };

	(void)fprintf(o->f, "%" PRId64, rows_int(r, i, AUDIT_ID));
	for (size_t k = 0; k < ARRAY_LEN(cols); k++) {
		(void)fputc(',', o->f);
		if (!rows_null(r, i, cols[k]))
			csv_field(o, rows_text(r, i, cols[k]));
	}
	(void)fputs("\r\n", o->f);
}

static int
json_row(const struct out *o, const struct rows *r, size_t i, struct err *e)
{
	json_t *j = row_json(r, i);
	SCOPED(mem) char *s = j == NULL ? NULL : json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII);

	json_decref(j);
	if (s == NULL)
		return err_set(e, ERR_MEMORY, "audit log row");
	(void)fprintf(o->f, "%s%s", o->rows == 0 ? "[\n" : ",\n", s);
	return 0;
}

static int
write_rows(struct ctl *c, const struct audit_filter *f, struct out *o, struct err *e)
{
	int64_t id = INT64_MIN;

	if (!o->json)
		(void)fputs("id,at,who,from,what,object,before,after,prev_hash,hash\r\n", o->f);
	for (size_t got = PAGE; got == PAGE;) {
		SCOPED(rows) struct rows *r = NULL;

		if (audit_after(c->db, f, id, PAGE, &r, e) < 0)
			return -1;
		got = rows_count(r);
		for (size_t i = 0; i < got; i++) {
			if (!o->json)
				csv_row(o, r, i);
			else if (json_row(o, r, i, e) < 0)
				return -1;
			o->rows++;
			id = rows_int(r, i, AUDIT_ID);
		}
		if (ferror(o->f) != 0)
			return err_errno(e, ERR_FILE, "export");
	}
	if (o->json)
		(void)fputs(o->rows == 0 ? "[]\n" : "\n]\n", o->f);
	return 0;
}

/* A new file, which gets its name when it is complete. */
static int
write_file(struct ctl *c, const char *path, const struct audit_filter *f, struct out *o, struct err *e)
{
	char part[4096];

	if (access(path, F_OK) == 0)
		return err_set(e, ERR_FILE, "%s: is there already", path);
	if ((size_t)snprintf(part, sizeof(part), "%s.part", path) >= sizeof(part))
		return err_set(e, ERR_FILE, "%.60s...: too long a name", path);
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	o->f = fd < 0 ? NULL : fdopen(fd, "w");
	if (o->f == NULL)
		return err_errno(e, ERR_FILE, "%s", part);
	int rc = write_rows(c, f, o, e);
	if (rc == 0 && (fflush(o->f) != 0 || fsync(fd) < 0))
		rc = err_errno(e, ERR_FILE, "%s", part);
	if (fclose(o->f) != 0 && rc == 0)
		rc = err_errno(e, ERR_FILE, "%s", part);
	if (rc == 0 && rename(part, path) < 0)
		rc = err_errno(e, ERR_FILE, "%s", path);
	if (rc < 0)
		(void)unlink(part);
	return rc;
}

static int
export(struct ctl *c, struct err *e)
{
	const char *path = c->args[0];
	struct audit_filter f = { 0 };
	struct out o = { .f = stdout, .json = c->json, .clean = isatty(STDOUT_FILENO) == 1 };

	if (c->json && c->opt[OPT_CSV] != NULL)
		return err_set(e, ERR_USAGE, "--csv or --json, not both");
	if (filter_of(c, &f, e) < 0 || ctl_connect(c, e) < 0)
		return -1;
	if (strcmp(path, "-") == 0)
		return write_rows(c, &f, &o, e) < 0 ? -1 : CTL_OK;
	o.clean = false;
	if (write_file(c, path, &f, &o, e) < 0)
		return -1;
	ctl_say(c, "%" PRId64 " rows written to %s", o.rows, path);
	if (c->json)
		ctl_json(json_pack("{s:I, s:s}", "rows", (json_int_t)o.rows, "file", path));
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
