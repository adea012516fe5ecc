/* SPDX-License-Identifier: Apache-2.0 */
/* settings: what an Administrator may tune, each with its rule, and what the database says to a change. */
#include "db/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/app.h"

enum { ROWS_MAX = 128, FOOT = 4, WRAP_MAX = 512, FORM_LINE = 66, KEEP_VERBOSE_D = 7, WEAK_VERBOSE_D = 30 };

struct row {
	char name[40], value[512], kind[12], least[24], most[24], standard[512], unit[16], description[256], changed_at[DB_TIME],
	    changed_by[64];
};

struct settings_model {
	struct app *app;
	struct row rows[ROWS_MAX];
	size_t n;
	int cursor, top, height;
	struct err err;
	/* What was asked for, until its answer has come. */
	char name[40], value[512];
	char hint[240]; /* of the dialog, which keeps no copy */
	unsigned int place;
};

/* Values that are words, for the settings whose kind does not say which. */
static const struct {
	const char *name; /* "" any of that kind */
	const char *kind, *words[5];
} choices[] = {
	{ "log_level", "text", { "error", "warning", "info", "verbose", NULL } },
	{ "", "switch", { "on", "off", NULL } },
};

static const char *const *
words_of(const struct row *r)
{
	for (size_t i = 0; i < ARRAY_LEN(choices); i++)
		if (strcmp(choices[i].kind, r->kind) == 0 && (choices[i].name[0] == '\0' || strcmp(choices[i].name, r->name) == 0))
			return choices[i].words;
	return NULL;
}

/* The rule of a setting in words. */
static void
rule(const struct row *r, char *out, size_t size)
{
	const char *const *words = words_of(r);

	out[0] = '\0';
	if (words != NULL) {
		for (size_t used = 0; *words != NULL && used < size; words++)
			used += (size_t)snprintf(out + used, size - used, "%s%s", used == 0 ? "" : ", ", *words);
	} else if (strcmp(r->kind, "number") == 0) {
		(void)snprintf(out, size, "%s to %s", r->least, r->most);
	} else if (strcmp(r->kind, "numbers") == 0) {
		(void)snprintf(out, size, "1 to 16 numbers, each %s to %s", r->least, r->most);
	} else {
		(void)text_copy(out, size, "text");
	}
}

static const struct row *
current(const struct settings_model *m)
{
	return m->n == 0 ? NULL : &m->rows[m->cursor];
}

static const struct row *
by_name(const struct settings_model *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->rows[i].name, name) == 0)
			return &m->rows[i];
	return NULL;
}

#define TEXT(member, col) text_clean(s->member, sizeof(s->member), rows_text(r, i, col), strlen(rows_text(r, i, col)))

static void
on_list(void *arg, const struct rows *r, const struct err *e)
{
	struct settings_model *m = arg;

	app_touch(m->app);
	m->err = e == NULL ? (struct err){ 0 } : *e;
	if (e != NULL)
		return;
	m->n = 0;
	for (size_t i = 0; i < rows_count(r) && m->n < ROWS_MAX; i++) {
		struct row *s = &m->rows[m->n++];

		TEXT(name, SETTING_NAME);
		TEXT(value, SETTING_VALUE);
		TEXT(kind, SETTING_KIND);
		TEXT(least, SETTING_LEAST);
		TEXT(most, SETTING_MOST);
		TEXT(standard, SETTING_STANDARD);
		TEXT(unit, SETTING_UNIT);
		TEXT(description, SETTING_DESCRIPTION);
		TEXT(changed_at, SETTING_CHANGED_AT);
		TEXT(changed_by, SETTING_CHANGED_BY);
	}
	if (m->cursor >= (int)m->n)
		m->cursor = m->n == 0 ? 0 : (int)m->n - 1;
}

static void
load(void *model)
{
	struct settings_model *m = model;

	setting_list_send(app_db(m->app), on_list, m, m);
}

static void *
open_settings(struct app *a, const char *arg, struct err *e)
{
	struct settings_model *m = calloc(1, sizeof(*m));

	(void)arg;
	if (m == NULL) {
		(void)err_set(e, ERR_MEMORY, "settings");
		return NULL;
	}
	m->app = a;
	m->height = 1;
	return m;
}

static void
close_settings(void *model)
{
	struct settings_model *m = model;

	dbq_cancel(app_db(m->app), m);
	free(m);
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "setting") == 0;
}

static unsigned int
have(const void *model)
{
	return current(model) == NULL ? 0 : NEED_ROW;
}

/* Drawing */

static void
draw_row(const struct row *r, bool is_cursor, struct canvas *c, int y)
{
	bool changed = strcmp(r->value, r->standard) != 0;
	char range[120];

	rule(r, range, sizeof(range));
	(void)canvas_text(c, y, 2, 19, STYLE_NORMAL, r->name);
	(void)canvas_text(c, y, 22, 15, changed ? STYLE_WARN : STYLE_NORMAL, r->value);
	(void)canvas_text(c, y, 38, 5, STYLE_DIM, r->unit);
	(void)canvas_text(c, y, 44, 13, STYLE_DIM, r->standard);
	(void)canvas_text(c, y, 58, 0, STYLE_DIM, range);
	if (is_cursor) {
		(void)canvas_text(c, y, 0, 1, STYLE_CURSOR, ">");
		canvas_restyle(c, y, 0, 0, STYLE_CURSOR);
	}
}

/* How much of a text goes on a line of a width: up to a blank, if there is one. */
static size_t
line_length(const char *text, size_t width)
{
	size_t n = strlen(text);

	if (n <= width)
		return n;
	for (n = width; n > 0 && text[n] != ' '; n--)
		;
	return n == 0 ? width : n;
}

/* A text over as many lines as it takes, down to `end`; returns the row below. */
static int
draw_wrapped(struct canvas *c, int y, int end, int x, const char *text)
{
	while (*text != '\0' && y < end) {
		char part[WRAP_MAX];
		size_t n = line_length(text, c->width - x < 10 ? 10 : (size_t)(c->width - x));

		(void)snprintf(part, sizeof(part), "%.*s", (int)n, text);
		(void)canvas_text(c, y++, x, 0, STYLE_NORMAL, part);
		text += n + (text[n] == ' ' ? 1 : 0);
	}
	return y;
}

/* Below the list: what the setting under the cursor is, and who changed it. */
static void
draw_foot(const struct row *r, struct canvas *c, int y)
{
	int below = draw_wrapped(c, y + 1, y + 3, 2, r->description);

	(void)canvas_printf(c, below, 2, 0, STYLE_DIM, "changed %s by %s", r->changed_at, r->changed_by);
}

static void
show_cursor(struct settings_model *m)
{
	if (m->top > m->cursor)
		m->top = m->cursor;
	if (m->top < m->cursor - m->height + 1)
		m->top = m->cursor - m->height + 1;
	if (m->top > (int)m->n - m->height)
		m->top = (int)m->n - m->height;
	if (m->top < 0)
		m->top = 0;
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct settings_model *m = model;
	bool foot = area.height > 3 * FOOT / 2;

	m->height = area.height - 1 - (foot ? FOOT : 0);
	if (m->height < 1)
		m->height = 1;
	show_cursor(m);
	(void)canvas_text(c, area.y, 2, 0, STYLE_HEAD, "SETTING             VALUE           UNIT  DEFAULT       RANGE");
	for (int i = 0; i < m->height && m->top + i < (int)m->n; i++)
		draw_row(&m->rows[m->top + i], m->top + i == m->cursor, c, area.y + 1 + i);
	if (m->err.code != ERR_NONE)
		(void)canvas_printf(c, area.y + area.height - 1, 2, 0, STYLE_BAD, "%s (%d)", m->err.text, (int)m->err.code);
	else if (m->n == 0)
		(void)canvas_text(c, area.y + 2, 2, 0, STYLE_DIM, "Loading ...");
	else if (foot)
		draw_foot(current(m), c, area.y + area.height - FOOT);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct settings_model *m = model;
	size_t changed = 0;

	for (size_t i = 0; i < m->n; i++)
		changed += strcmp(m->rows[i].value, m->rows[i].standard) != 0;
	(void)snprintf(out, size, "%d of %zu  %zu changed", m->n == 0 ? 0 : m->cursor + 1, m->n, changed);
}

/* Changing */

static void ask_value(struct settings_model *m, const struct row *r, const char *value, const char *wrong);
static void ask_retention(struct settings_model *m);

/* What the database refuses is asked for again, with what it said. */
static void
on_set(void *arg, const struct rows *rows, const struct err *e)
{
	struct settings_model *m = arg;
	const struct row *r = by_name(m, m->name);

	(void)rows;
	if (e == NULL) {
		app_message(m->app, STYLE_GOOD, "%s is %s now; engines follow", m->name, m->value);
		if (strcmp(m->name, "log_level") == 0 && strcmp(m->value, "verbose") == 0 && app_is_at(m->app, m->place))
			ask_retention(m);
		return;
	}
	app_message(m->app, STYLE_BAD, "%s (%d)", e->text, (int)e->code);
	if (r != NULL && e->code == ERR_DB_RULE && app_is_at(m->app, m->place))
		ask_value(m, r, m->value, e->text);
}

static void
set(struct settings_model *m, const char *value)
{
	(void)text_copy(m->value, sizeof(m->value), value);
	m->place = app_place(m->app);
	setting_set_send(app_db(m->app), m->name, m->value, on_set, m, m);
}

static void
do_edit(void *model, const struct form *f)
{
	set(model, form_value(f, 0));
}

static void
ask_value(struct settings_model *m, const struct row *r, const char *value, const char *wrong)
{
	char range[120];
	const char *const *words = words_of(r);
	char was[sizeof(m->value)];

	(void)text_copy(was, sizeof(was), value);
	struct form *f = app_form_new(m->app, r->name);
	if (f == NULL)
		return;
	(void)text_copy(m->name, sizeof(m->name), r->name);
	for (const char *p = r->description; *p != '\0';) {
		size_t n = line_length(p, FORM_LINE);

		form_line(f, "%.*s", (int)n, p);
		p += n + (p[n] == ' ' ? 1 : 0);
	}
	if (wrong[0] != '\0')
		form_line(f, "%s", wrong);
	rule(r, range, sizeof(range));
	(void)snprintf(m->hint, sizeof(m->hint), "%s%s%s; default %.60s", range, r->unit[0] == '\0' ? "" : " ", r->unit, r->standard);
	struct form_field *field = form_add(f, "Value", m->hint, was);
	for (; words != NULL && *words != NULL && field->nchoices < FORM_CHOICES_MAX; words++) {
		if (strcmp(*words, was) == 0)
			field->choice = field->nchoices;
		(void)text_copy(field->choices[field->nchoices++], sizeof(field->choices[0]), *words);
	}
	app_form(m->app, do_edit);
}

/* Verbose lines make the database grow: keep them for less long. Source: requirements A14 243, 248. */
static void
ask_retention(struct settings_model *m)
{
	const struct row *r = by_name(m, "log_retention_days");
	char days[16];

	if (r == NULL || strtol(r->value, NULL, 10) <= WEAK_VERBOSE_D)
		return;
	struct form *f = app_form_new(m->app, "Keep the log for less long?");
	if (f == NULL)
		return;
	(void)text_copy(m->name, sizeof(m->name), r->name);
	(void)snprintf(days, sizeof(days), "%d", KEEP_VERBOSE_D);
	form_line(f, "Verbose lines make the database grow, and it keeps %s days of them.", r->value);
	form_line(f, "Older days are dropped, also those written before.");
	form_line(f, "Esc leaves it. Set log_level to info again soon.");
	(void)form_add(f, "Days", "log_retention_days: 1 to 3650", days);
	app_form(m->app, do_edit);
}

static void
do_default(void *model, const struct form *f)
{
	struct settings_model *m = model;
	const struct row *r = by_name(m, m->name);

	(void)f;
	if (r != NULL)
		set(m, r->standard);
}

static void
ask_default(struct settings_model *m, const struct row *r)
{
	if (strcmp(r->value, r->standard) == 0) {
		app_message(m->app, STYLE_NORMAL, "%s has its default", r->name);
		return;
	}
	struct form *f = app_form_new(m->app, "Default");
	if (f == NULL)
		return;
	(void)text_copy(m->name, sizeof(m->name), r->name);
	form_line(f, "Set %s to its default?", r->name);
	form_line(f, "It is %s and becomes %s.", r->value, r->standard);
	app_form(m->app, do_default);
}

static void
command(void *model, enum cmd cmd)
{
	struct settings_model *m = model;
	const struct row *r = current(m);
	const struct {
		enum cmd cmd;
		int by;
	} moves[] = { { CMD_UP, -1 }, { CMD_DOWN, 1 }, { CMD_PAGE_UP, -m->height }, { CMD_PAGE_DOWN, m->height }, { CMD_FIRST, -ROWS_MAX },
		{ CMD_LAST, ROWS_MAX } };

	if (r == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(moves); i++)
		if (moves[i].cmd == cmd)
			m->cursor += moves[i].by;
	m->cursor = m->cursor < 0 ? 0 : m->cursor >= (int)m->n ? (int)m->n - 1 : m->cursor;
	if (cmd == CMD_OPEN)
		ask_value(m, r, r->value, "");
	else if (cmd == CMD_DEFAULT)
		ask_default(m, r);
}

static const struct key_cmd keys[] = {
	{ '\n', CMD_OPEN, "Change", NEED_ROW | NEED_ADMINISTRATOR },
	{ 'd', CMD_DEFAULT, "Default", NEED_ROW | NEED_ADMINISTRATOR },
	{ 0 },
};

const struct screen settings_screen = { "settings", "Settings", keys, true, open_settings, load, cares, have, draw, command, status,
	close_settings };
