/* SPDX-License-Identifier: Apache-2.0 */
/* audit_row: one row of the audit log as a text to read: with before and after in full. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "db/audit.h"
#include "ui/app.h"
#include "ui/widget/lines.h"

enum { TEXT_MAX = 1 << 20 };

struct entry {
	struct app *app;
	int64_t id;
	struct buf text;
	struct lines lines;
};

/* A value of the database as lines: its own line ends stay, what drives a terminal does not. */
static void
add_value(struct buf *b, const char *s)
{
	while (*s != '\0') {
		size_t len = strcspn(s, "\n");
		SCOPED(mem) char *line = malloc(len + 1);

		if (line == NULL)
			return;
		text_clean(line, len + 1, s, len);
		buf_printf(b, "    %s\n", line);
		s += len + (s[len] == '\n' ? 1 : 0);
	}
}

static void
on_row(void *arg, const struct rows *r, const struct err *e)
{
	static const struct {
		const char *title;
		int col;
	} parts[] = { { "Time", AUDIT_ONE_AT }, { "Who", AUDIT_ONE_WHO }, { "From address", AUDIT_ONE_FROM }, { "What", AUDIT_ONE_WHAT },
		{ "Object", AUDIT_ONE_OBJECT }, { "Before", AUDIT_ONE_BEFORE }, { "After", AUDIT_ONE_AFTER },
		{ "Hash of the row before it", AUDIT_ONE_PREV_HASH }, { "Hash of this row", AUDIT_ONE_HASH } };
	struct entry *v = arg;

	app_touch(v->app);
	buf_reset(&v->text);
	if (e != NULL)
		buf_printf(&v->text, "%s (%d)\n", e->text, (int)e->code);
	else if (rows_count(r) == 0)
		buf_puts(&v->text, "There is no such row.\n");
	for (size_t i = 0; e == NULL && rows_count(r) > 0 && i < ARRAY_LEN(parts); i++) {
		if (rows_null(r, 0, parts[i].col))
			continue;
		buf_printf(&v->text, "# %s\n", parts[i].title);
		add_value(&v->text, rows_text(r, 0, parts[i].col));
	}
	lines_set(&v->lines, buf_str(&v->text));
}

static void
load(void *model)
{
	struct entry *v = model;

	audit_one_send(app_db(v->app), v->id, on_row, v, v);
}

static void *
open_entry(struct app *a, const char *arg, struct err *e)
{
	struct entry *v = calloc(1, sizeof(*v));

	if (v == NULL) {
		(void)err_set(e, ERR_MEMORY, "audit log row");
		return NULL;
	}
	v->app = a;
	v->id = strtoll(arg, NULL, 10);
	v->text.max = TEXT_MAX;
	return v;
}

static void
close_entry(void *model)
{
	struct entry *v = model;

	dbq_cancel(app_db(v->app), v);
	buf_free(&v->text);
	free(v);
}

/* A row never changes. */
static bool
cares(const void *model, const char *table)
{
	(void)model;
	(void)table;
	return false;
}

static unsigned int
have(const void *model)
{
	(void)model;
	return 0;
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct entry *v = model;

	lines_draw(&v->lines, c, area.y, area.height);
}

static void
command(void *model, enum cmd cmd)
{
	struct entry *v = model;

	(void)lines_command(&v->lines, cmd);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct entry *v = model;
	char lines[40];

	lines_status(&v->lines, lines, sizeof(lines));
	(void)snprintf(out, size, "%" PRId64 "  %s", v->id, lines);
}

static const struct key_cmd keys[] = {
	{ ' ', CMD_PAGE_DOWN, "Page down", 0 },
	{ '\n', CMD_BACK, "Back", 0 },
	{ 0 },
};

const struct screen audit_row_screen = { "audit-row", "Audit log, row", keys, true, open_entry, load, cares, have, draw, command, status,
	close_entry };
