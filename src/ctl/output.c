/* SPDX-License-Identifier: Apache-2.0 */
/* output: tables for people, JSON for scripts. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "ctl/ctl.h"
#include "db/device.h"

enum { CELL = 512 };

int
ctl_number(const char *text, const char *what, long least, long most, long *out, struct err *e)
{
	char *end;
	long n = strtol(text, &end, 10); /* too large a number is LONG_MAX */

	if (end == text || *end != '\0' || n < least || n > most)
		return err_set(e, ERR_INPUT, "%s: want %ld to %ld", what, least, most);
	*out = n;
	return 0;
}

/* jansson escapes C0; what else drives a terminal is escaped here, all of it within strings. */
static void
print_json(const char *s)
{
	while (*s != '\0') {
		const char *from = s;
		uint32_t ch = text_next(&s);
		char shown[8];

		text_clean(shown, sizeof(shown), from, (size_t)(s - from));
		if (ch >= 0x7f && shown[0] == '?')
			(void)printf("\\u%04x", ch);
		else
			(void)fwrite(from, 1, (size_t)(s - from), stdout);
	}
	(void)putchar('\n');
}

void
ctl_json_quote(struct buf *b, const char *s)
{
	buf_puts(b, "\"");
	while (*s != '\0') {
		const char *from = s;
		uint32_t ch = text_next(&s);
		char shown[8];

		text_clean(shown, sizeof(shown), from, (size_t)(s - from));
		if (ch == '"' || ch == '\\')
			buf_printf(b, "\\%c", (int)ch);
		else if (ch != '?' && shown[0] == '?')
			buf_printf(b, "\\u%04x", ch);
		else
			buf_add(b, from, (size_t)(s - from));
	}
	buf_puts(b, "\"");
}

int
ctl_write(const struct buf *b, struct err *e)
{
	if (b->bad)
		return err_set(e, ERR_MEMORY, "output");
	if (fflush(stdout) != 0)
		return err_errno(e, ERR_FILE, "standard output");
	for (size_t at = 0; at < b->len;) {
		ssize_t n = write(STDOUT_FILENO, b->p + at, b->len - at);

		if (n < 0 && errno != EINTR)
			return err_errno(e, ERR_FILE, "standard output");
		at += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

void
ctl_json_line(json_t *j)
{
	char *s = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS);

	print_json(s == NULL ? "" : s);
	free(s);
	json_decref(j);
}

void
ctl_json(json_t *j)
{
	char *s = json_dumps(j, JSON_INDENT(2) | JSON_SORT_KEYS);

	print_json(s == NULL ? "" : s);
	free(s);
	json_decref(j);
}

void
ctl_say(const struct ctl *c, const char *fmt, ...)
{
	va_list ap;

	if (c->json)
		return;
	va_start(ap, fmt);
	(void)vprintf(fmt, ap);
	va_end(ap);
	(void)putchar('\n');
}

static json_t *
cell_json(const struct rows *r, size_t row, const struct ctl_col *col)
{
	if (rows_null(r, row, col->col))
		return json_null();
	if (col->number)
		return json_integer(rows_int(r, row, col->col));
	return json_string(rows_text(r, row, col->col));
}

static void
cell_text(const struct rows *r, size_t row, const struct ctl_col *col, char out[CELL])
{
	const char *s = rows_text(r, row, col->col);

	text_clean(out, CELL, s, strlen(s));
}

static int
width_of(const char *s)
{
	int n = 0;

	while (text_next(&s) != 0)
		n++;
	return n;
}

static void
print_table(const struct rows *r, const struct ctl_col *cols)
{
	char cell[CELL];
	int n = 0, width[32] = { 0 };

	for (; cols[n].head != NULL; n++) {
		width[n] = width_of(cols[n].head);
		for (size_t row = 0; row < rows_count(r); row++) {
			cell_text(r, row, &cols[n], cell);
			if (width_of(cell) > width[n])
				width[n] = width_of(cell);
		}
	}
	for (int i = 0; i < n; i++)
		(void)printf("%s%s%*s", i == 0 ? "" : "  ", cols[i].head, i == n - 1 ? 0 : width[i] - width_of(cols[i].head), "");
	(void)putchar('\n');
	for (size_t row = 0; row < rows_count(r); row++) {
		for (int i = 0; i < n; i++) {
			cell_text(r, row, &cols[i], cell);
			int pad = width[i] - width_of(cell);
			if (cols[i].number)
				(void)printf("%s%*s%s", i == 0 ? "" : "  ", pad, "", cell);
			else
				(void)printf("%s%s%*s", i == 0 ? "" : "  ", cell, i == n - 1 ? 0 : pad, "");
		}
		(void)putchar('\n');
	}
}

void
ctl_table(const struct ctl *c, const struct rows *r, const struct ctl_col *cols)
{
	if (!c->json) {
		print_table(r, cols);
		return;
	}
	json_t *list = json_array();
	for (size_t row = 0; row < rows_count(r); row++) {
		json_t *one = json_object();

		for (const struct ctl_col *col = cols; col->head != NULL; col++)
			(void)json_object_set_new(one, col->key, cell_json(r, row, col));
		(void)json_array_append_new(list, one);
	}
	ctl_json(list);
}

int
ctl_outcomes(const struct ctl *c, const struct rows *r)
{
	static const struct ctl_col cols[] = {
		{ "UUID", "uuid", OUTCOME_UUID, false },
		{ "CODE", "code", OUTCOME_CODE, true },
		{ "RESULT", "text", OUTCOME_TEXT, false },
		{ 0 },
	};
	size_t refused = 0;

	for (size_t i = 0; i < rows_count(r); i++)
		refused += rows_int(r, i, OUTCOME_CODE) != 0 ? 1 : 0;
	ctl_table(c, r, cols);
	if (refused > 0)
		ctl_say(c, "%zu of %zu refused; see \"musterctl explain CODE\"", refused, rows_count(r));
	return refused == 0 ? CTL_OK : refused < rows_count(r) ? CTL_PARTLY : CTL_FAILED;
}
