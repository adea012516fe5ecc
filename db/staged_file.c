/* SPDX-License-Identifier: Apache-2.0 */
/* staged_file: a list of devices to stage, read and checked line by line. */
#include "db/staged_file.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/text.h"

enum { COLUMNS_MAX = 16 };

static const char *const names[STAGED_FIELDS] = {
	[STAGED_UUID] = "uuid",
	[STAGED_FQDN] = "fqdn",
	[STAGED_PROFILE] = "profile",
	[STAGED_OU] = "ou",
	[STAGED_NOTE] = "note",
};
#define KNOWN "known: uuid, fqdn, profile, ou, note"

/* What a CSV file looks like, from its first line. */
struct header {
	char separator;
	int column[COLUMNS_MAX]; /* -> enum staged_field */
	int n;
};

const char *
staged_name(enum staged_field f)
{
	return names[f];
}

static int
field_of(const char *name)
{
	for (int i = 0; i < STAGED_FIELDS; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}

void
staged_line_says(struct staged_line *l, int code, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = malloc(size);

	if (copy != NULL)
		text_clean(copy, size, text, size - 1);
	free(l->says);
	l->says = copy;
	l->code = code;
}

static void
refuse(struct staged_line *l, const struct err *e)
{
	l->good = false;
	staged_line_says(l, (int)e->code, e->text);
}

static bool
is_utf8(const char *s)
{
	for (uint32_t ch; (ch = text_next(&s)) != 0;)
		if (ch == 0xfffd)
			return false;
	return true;
}

void
staged_line_check(struct staged_line *l)
{
	struct uuid u;
	struct err e = { 0 };

	for (size_t i = 0; i < STAGED_FIELDS && e.code == ERR_NONE; i++)
		if (!is_utf8(l->value[i]))
			(void)err_set(&e, ERR_INPUT, "%s: not UTF-8", names[i]);
	if (e.code == ERR_NONE && !uuid_parse(l->value[STAGED_UUID], &u))
		(void)err_set(&e, ERR_INPUT, "\"%.60s\" is not a UUID", l->value[STAGED_UUID]);
	else if (e.code == ERR_NONE && uuid_bogus(&u))
		(void)err_set(&e, ERR_HELLO_BOGUS, "UUID %.40s is shared by many boards", l->value[STAGED_UUID]);
	else if (e.code == ERR_NONE && !fqdn_valid(l->value[STAGED_FQDN]))
		(void)err_set(&e, ERR_FQDN, "\"%.60s\" is not an FQDN", l->value[STAGED_FQDN]);
	if (e.code != ERR_NONE) {
		refuse(l, &e);
		return;
	}
	uuid_text(&u, l->uuid);
	l->good = true;
}

static struct staged_line *
add_line(struct staged_file *f, size_t line, struct err *e)
{
	if (f->n == f->cap) {
		size_t cap = f->cap == 0 ? 64 : 2 * f->cap;
		struct staged_line *more = realloc(f->lines, cap * sizeof(*more));

		if (more == NULL) {
			(void)err_set(e, ERR_MEMORY, "%zu lines", cap);
			return NULL;
		}
		f->lines = more;
		f->cap = cap;
	}
	struct staged_line *l = &f->lines[f->n++];
	*l = (struct staged_line){ .line = line };
	for (size_t i = 0; i < STAGED_FIELDS; i++)
		l->value[i] = "";
	return l;
}

static int
read_header(struct header *h, char *line, struct err *e)
{
	char *cells[COLUMNS_MAX];

	h->separator = strchr(line, ';') != NULL && strchr(line, ',') == NULL ? ';' : ',';
	h->n = csv_split(line, h->separator, cells, COLUMNS_MAX);
	for (int i = 0; i < h->n; i++) {
		h->column[i] = field_of(cells[i]);
		if (h->column[i] < 0)
			return err_set(e, ERR_INPUT, "line 1: no column is called \"%.40s\"; " KNOWN, cells[i]);
		for (int k = 0; k < i; k++)
			if (h->column[k] == h->column[i])
				return err_set(e, ERR_INPUT, "line 1: the column %s is there twice", cells[i]);
	}
	return h->n > 0 ? 0 : err_set(e, ERR_INPUT, "line 1: want the names of the columns");
}

static void
read_csv_line(const struct header *h, char *text, struct staged_line *l)
{
	char *cells[COLUMNS_MAX];
	struct err e = { 0 };
	int n = csv_split(text, h->separator, cells, COLUMNS_MAX);

	if (n != h->n)
		(void)err_set(&e, ERR_INPUT, "want %d columns", h->n);
	for (int i = 0; i < n && e.code == ERR_NONE; i++) {
		l->value[h->column[i]] = cells[i];
		if (strlen(cells[i]) >= STAGED_VALUE_MAX)
			(void)err_set(&e, ERR_INPUT, "column %d is longer than %d bytes", i + 1, STAGED_VALUE_MAX - 1);
	}
	if (e.code != ERR_NONE)
		refuse(l, &e);
	else
		staged_line_check(l);
}

static int
read_csv(struct staged_file *f, char *line, struct err *e)
{
	struct header h;

	for (size_t n = 1; line != NULL && *line != '\0'; n++) {
		char *next = strchr(line, '\n');

		if (next != NULL)
			*next++ = '\0';
		line[strcspn(line, "\r")] = '\0';
		if (n == 1 && read_header(&h, line, e) < 0)
			return -1;
		if (n > 1 && line[0] != '\0') {
			struct staged_line *l = add_line(f, n, e);

			if (l == NULL)
				return -1;
			read_csv_line(&h, line, l);
		}
		line = next;
	}
	return 0;
}

/* The members of one JSON object, each a text of a known name. */
static int
read_object(json_t *one, struct staged_line *l, struct err *e)
{
	const char *name;
	json_t *v;

	if (!json_is_object(one))
		return err_set(e, ERR_INPUT, "want a JSON object");
	json_object_foreach (one, name, v) {
		int k = field_of(name);

		if (k < 0)
			return err_set(e, ERR_INPUT, "\"%.40s\" is not known; " KNOWN, name);
		if (json_is_null(v))
			continue;
		if (!json_is_string(v) || json_string_length(v) >= STAGED_VALUE_MAX)
			return err_set(e, ERR_INPUT, "%s: want a text of at most %d bytes", name, STAGED_VALUE_MAX - 1);
		l->value[k] = json_string_value(v);
	}
	return 0;
}

static int
read_json(struct staged_file *f, const char *text, size_t len, struct err *e)
{
	json_error_t why;
	json_t *root = json_loadb(text, len, 0, &why), *one;
	size_t i;

	f->json = root;
	if (!json_is_array(root))
		return root != NULL ? err_set(e, ERR_INPUT, "want a JSON array")
				    : err_set(e, ERR_INPUT, "line %d, column %d: %s", why.line, why.column, why.text);
	json_array_foreach (root, i, one) {
		struct staged_line *l = add_line(f, i + 1, e);
		struct err bad;

		if (l == NULL)
			return -1;
		if (read_object(one, l, &bad) < 0)
			refuse(l, &bad);
		else
			staged_line_check(l);
	}
	return 0;
}

int
staged_file_read(struct buf *text, const char *what, struct staged_file *out, struct err *e)
{
	static const char mark[] = "\xef\xbb\xbf"; /* as spreadsheets write it */

	out->text = *text;
	*text = (struct buf){ 0 };
	if (out->text.len == 0)
		return err_set(e, ERR_INPUT, "%s is empty", what);
	if (strlen(out->text.p) < out->text.len)
		return err_set(e, ERR_INPUT, "%s: want UTF-8 text, found a zero byte", what);
	char *start = out->text.p;
	start += strncmp(start, mark, sizeof(mark) - 1) == 0 ? sizeof(mark) - 1 : 0;
	if (start[strspn(start, " \t\r\n")] == '[')
		return read_json(out, start, strlen(start), e);
	return read_csv(out, start, e);
}

void
staged_file_free(struct staged_file *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->lines[i].says);
	free(f->lines);
	buf_free(&f->text);
	json_decref(f->json);
	*f = (struct staged_file){ 0 };
}

struct staged_sum
staged_file_sum(const struct staged_file *f)
{
	struct staged_sum sum = { 0 };

	for (size_t i = 0; i < f->n; i++) {
		sum.good += f->lines[i].code == 0 ? 1 : 0;
		sum.refused += f->lines[i].code == 0 ? 0 : 1;
		sum.queued += f->lines[i].code == 0 && f->lines[i].queued ? 1 : 0;
	}
	return sum;
}
