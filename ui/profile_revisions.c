/* SPDX-License-Identifier: Apache-2.0 */
/* profile_revisions: the revisions of a profile, and two of them compared field by field. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/profile_edit.h"
#include "ui/widget/report.h"
#include "ui/widget/table.h"

/* The list */

struct revision {
	int64_t number, devices;
	char at[20], by[64];
};

struct list {
	struct app *app;
	char name[PROFILE_NAME_MAX];
	struct feed feed;
	int64_t marked; /* to compare the one under the cursor with; 0: the one before it */
};

static void
cell_number(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)snprintf(out, size, "%" PRId64, ((const struct revision *)row)->number);
}

static void
cell_at(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)text_copy(out, size, ((const struct revision *)row)->at);
}

static void
cell_by(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)text_copy(out, size, ((const struct revision *)row)->by);
}

static void
cell_devices(const void *row, char *out, size_t size, enum style *style)
{
	const struct revision *v = row;

	if (v->devices == 0)
		*style = STYLE_DIM;
	(void)snprintf(out, size, "%" PRId64, v->devices);
}

static const struct column columns[] = {
	{ "REV", 4, 0, cell_number },
	{ "SAVED", 16, 0, cell_at },
	{ "RUN BY", 7, 0, cell_devices },
	{ "BY", 20, 0, cell_by },
	{ 0 },
};

static void
from_row(const struct rows *r, size_t row, void *out)
{
	struct revision v = { .number = rows_int(r, row, REVISION_NUMBER), .devices = rows_int(r, row, REVISION_DEVICES) };

	text_clean(v.at, sizeof(v.at), rows_text(r, row, REVISION_AT), strlen(rows_text(r, row, REVISION_AT)));
	text_clean(v.by, sizeof(v.by), rows_text(r, row, REVISION_BY), strlen(rows_text(r, row, REVISION_BY)));
	*(struct revision *)out = v;
}

static int64_t
id_of(const void *element)
{
	return ((const struct revision *)element)->number;
}

static void
ask(void *arg, struct dbq *q, const void *from, bool back, int limit, dbq_rows_fn *fn, struct feed *f)
{
	struct list *l = arg;

	profile_revision_page_send(q, l->name, from == NULL ? 0 : (int)id_of(from), back, limit, fn, f, f);
	app_touch(l->app);
}

static const struct feed_source source = { sizeof(struct revision), from_row, id_of, ask };

static void
load_list(void *model)
{
	struct list *l = model;

	if (l->feed.loaded || l->feed.loading != FEED_IDLE)
		feed_reload(&l->feed);
	else
		feed_reset(&l->feed);
}

static void *
open_list(struct app *a, const char *arg, struct err *e)
{
	struct list *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		(void)err_set(e, ERR_MEMORY, "revisions");
		return NULL;
	}
	l->app = a;
	(void)text_copy(l->name, sizeof(l->name), arg);
	if (feed_init(&l->feed, &source, l, app_db(a), e) < 0) {
		free(l);
		return NULL;
	}
	return l;
}

static void
close_list(void *model)
{
	struct list *l = model;

	feed_free(&l->feed);
	free(l);
}

static bool
cares_list(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "profile") == 0;
}

static unsigned int
have_list(const void *model)
{
	return feed_current(&((const struct list *)model)->feed) == NULL ? 0 : NEED_ROW;
}

static bool
is_marked(const void *arg, const void *row)
{
	return ((const struct list *)arg)->marked == ((const struct revision *)row)->number;
}

static void
draw_list(void *model, struct canvas *c, struct area area)
{
	struct list *l = model;

	table_draw(&l->feed, columns, "It has no revision: it was never saved.", is_marked, l, c, area.y, area.height);
}

static void
status_list(const void *model, char *out, size_t size)
{
	const struct list *l = model;

	if (l->marked != 0)
		(void)snprintf(out, size, "%s  Enter compares with revision %" PRId64, l->name, l->marked);
	else
		(void)snprintf(out, size, "%s", l->name);
}

static void
command_list(void *model, enum cmd cmd)
{
	struct list *l = model;
	const struct revision *v = feed_current(&l->feed);
	char arg[PROFILE_NAME_MAX + 48];

	if (feed_command(&l->feed, cmd) || v == NULL)
		return;
	if (cmd == CMD_SELECT) {
		l->marked = l->marked == v->number ? 0 : v->number;
		(void)feed_command(&l->feed, CMD_DOWN);
	} else if (cmd == CMD_OPEN) {
		int64_t other = l->marked != 0 ? l->marked : v->number - 1;
		int64_t older = other < v->number ? other : v->number, newer = other < v->number ? v->number : other;

		(void)snprintf(arg, sizeof(arg), "%" PRId64 " %" PRId64 " %s", older, newer, l->name);
		app_open(l->app, &diff_screen, arg);
	}
}

static const struct key_cmd list_of_keys[] = {
	{ '\n', CMD_OPEN, "Compare", NEED_ROW },
	{ ' ', CMD_SELECT, "Mark", NEED_ROW },
	{ 0 },
};

const struct screen revisions_screen = { "revisions", "Revisions", list_of_keys, true, open_list, load_list, cares_list, have_list, draw_list,
	command_list, status_list, close_list };

/* Two of them compared */

struct diff {
	struct app *app;
	char name[PROFILE_NAME_MAX];
	int numbers[2]; /* older, newer; older 0: none */
	struct profile profiles[2];
	char secrets[2][512]; /* names of passwords, one a line */
	int got;
	struct report lines;
	struct err err;
};

static void
add_change(struct diff *d, const char *what, const char *old, const char *new)
{
	report_add(&d->lines, STYLE_HEAD, "%s", what);
	report_add(&d->lines, STYLE_BAD, "  - %s", old[0] == '\0' ? "(none)" : old);
	report_add(&d->lines, STYLE_GOOD, "  + %s", new[0] == '\0' ? "(none)" : new);
}

static void
compare_fields(struct diff *d)
{
	char old[256], new[256], what[96];
	size_t n;
	const struct profile_field *f = profile_fields(&n);

	for (size_t i = 0; i < n; i++) {
		profile_field_text(&f[i], &d->profiles[0], old, sizeof(old));
		profile_field_text(&f[i], &d->profiles[1], new, sizeof(new));
		(void)snprintf(what, sizeof(what), "%s (%s%s%s)", f[i].title, f[i].group == NULL ? "" : f[i].group, f[i].group == NULL ? "" : ".", f[i].name);
		if (d->numbers[0] == 0)
			old[0] = '\0';
		if (strcmp(old, new) != 0)
			add_change(d, what, old, new);
	}
}

static void
entry_text(const struct profile *p, const char *user, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0; i < p->nacl; i++)
		if (strcmp(p->acl[i].user, user) == 0)
			acl_text(&p->acl[i], out, size);
}

static void
compare_entries(struct diff *d)
{
	char old[512], new[512], what[64];

	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < d->profiles[side].nacl; i++) {
			const char *user = d->profiles[side].acl[i].user;

			entry_text(&d->profiles[0], user, old, sizeof(old));
			entry_text(&d->profiles[1], user, new, sizeof(new));
			(void)snprintf(what, sizeof(what), "ACL entry %s", user);
			if (strcmp(old, new) != 0 && (side == 0 || old[0] == '\0'))
				add_change(d, what, old, new);
		}
}

static bool
has_line(const char *lines, const char *line, size_t n)
{
	for (const char *s = lines; *s != '\0'; s += strcspn(s, "\n"), s += *s == '\n' ? 1 : 0)
		if (strcspn(s, "\n") == n && strncmp(s, line, n) == 0)
			return true;
	return false;
}

/* What a password is is sealed; that there is one is not. */
static void
compare_passwords(struct diff *d)
{
	for (int side = 0; side < 2; side++)
		for (const char *s = d->secrets[side]; *s != '\0';) {
			size_t n = strcspn(s, "\n");
			char what[64];

			(void)snprintf(what, sizeof(what), "Password %.*s", (int)(n < 40 ? n : 40), s);
			if (!has_line(d->secrets[1 - side], s, n))
				add_change(d, what, side == 0 ? "stored" : "", side == 0 ? "" : "stored");
			s += n + (s[n] == '\n' ? 1 : 0);
		}
}

static void
compare(struct diff *d)
{
	report_free(&d->lines);
	compare_fields(d);
	compare_entries(d);
	compare_passwords(d);
	if (d->lines.n == 0)
		report_add(&d->lines, STYLE_DIM, "No field differs. A password may have been given anew.");
}

static void
take_revision(struct diff *d, int side, const struct rows *r, const struct err *e)
{
	const char *body;

	app_touch(d->app);
	d->got++;
	if (e != NULL || rows_count(r) == 0) {
		d->err = e != NULL ? *e : (struct err){ .code = ERR_DB_NOT_FOUND, .text = "there is no such revision" };
		return;
	}
	body = rows_text(r, 0, PROFILE_READ_BODY);
	if (profile_parse(body, strlen(body), &d->profiles[side], &d->err) < 0)
		return;
	(void)text_copy(d->secrets[side], sizeof(d->secrets[side]), rows_text(r, 0, PROFILE_READ_SECRETS));
	if (d->got == 2 && d->err.code == ERR_NONE)
		compare(d);
}

static void
on_older(void *arg, const struct rows *r, const struct err *e)
{
	take_revision(arg, 0, r, e);
}

static void
on_newer(void *arg, const struct rows *r, const struct err *e)
{
	take_revision(arg, 1, r, e);
}

static void
load_diff(void *model)
{
	struct diff *d = model;

	d->got = d->numbers[0] == 0 ? 1 : 0;
	d->err = (struct err){ 0 };
	if (d->numbers[0] != 0)
		profile_read_send(app_db(d->app), d->name, d->numbers[0], on_older, d, d);
	profile_read_send(app_db(d->app), d->name, d->numbers[1], on_newer, d, d);
}

/* arg: "OLDER NEWER NAME"; a name may have blanks. */
static void *
open_diff(struct app *a, const char *arg, struct err *e)
{
	struct diff *d = calloc(1, sizeof(*d));
	int used = 0;

	if (d == NULL) {
		(void)err_set(e, ERR_MEMORY, "comparison");
		return NULL;
	}
	d->app = a;
	if (sscanf(arg, "%9d %9d %n", &d->numbers[0], &d->numbers[1], &used) < 2 || used == 0) {
		(void)err_set(e, ERR_INPUT, "\"%.60s\": want two revisions and a profile", arg);
		free(d);
		return NULL;
	}
	(void)text_copy(d->name, sizeof(d->name), arg + used);
	return d;
}

static void
close_diff(void *model)
{
	struct diff *d = model;

	dbq_cancel(app_db(d->app), d);
	report_free(&d->lines);
	free(d);
}

static bool
cares_diff(const void *model, const char *table)
{
	(void)model;
	(void)table;
	return false;
}

static unsigned int
have_diff(const void *model)
{
	(void)model;
	return 0;
}

static void
draw_diff(void *model, struct canvas *c, struct area area)
{
	struct diff *d = model;

	if (d->err.code != ERR_NONE)
		(void)canvas_printf(c, area.y, 1, 0, STYLE_BAD, "%s (%d)", d->err.text, (int)d->err.code);
	else if (d->got < 2)
		(void)canvas_text(c, area.y, 1, 0, STYLE_DIM, "Loading ...");
	else
		report_draw(&d->lines, c, area.y, area.height);
}

static void
status_diff(const void *model, char *out, size_t size)
{
	const struct diff *d = model;

	if (d->numbers[0] == 0)
		(void)snprintf(out, size, "%s  revision %d, the first", d->name, d->numbers[1]);
	else
		(void)snprintf(out, size, "%s  - revision %d  + revision %d", d->name, d->numbers[0], d->numbers[1]);
}

static void
command_diff(void *model, enum cmd cmd)
{
	struct diff *d = model;

	(void)report_command(&d->lines, cmd);
}

static const struct key_cmd diff_keys[] = {
	{ ' ', CMD_PAGE_DOWN, "Page down", 0 },
	{ 0 },
};

const struct screen diff_screen = { "compare", "What changed", diff_keys, true, open_diff, load_diff, cares_diff, have_diff, draw_diff,
	command_diff, status_diff, close_diff };
