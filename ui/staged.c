/* SPDX-License-Identifier: Apache-2.0 */
/* staged: the screen Staged devices: what devices shall be, known before they say hello. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/profile.h"
#include "db/staged.h"
#include "ui/app.h"
#include "ui/widget/table.h"

enum { FIELD_UUID, FIELD_FQDN, FIELD_PROFILE, FIELD_OU, FIELD_NOTE };

struct list {
	struct app *app;
	char search[64];
	struct feed feed;
	int64_t count;      /* -1: not known yet */
	struct staged edit; /* what the dialog is about; uuid "": a new one */
	unsigned int place; /* where the dialog was asked for */
};

#define CELL(name, member)                                                                    \
	static void cell_##name(const void *row, char *out, size_t size, enum style *style)     \
	{                                                                                        \
		(void)style;                                                                     \
		(void)text_copy(out, size, ((const struct staged *)row)->member);                \
	}
CELL(uuid, uuid)
CELL(fqdn, fqdn)
CELL(profile, profile)
CELL(ou, ou)
CELL(note, note)
CELL(by, by)
CELL(at, at)

static const struct column columns[] = {
	{ "FQDN", 27, 0, cell_fqdn },
	{ "PROFILE", 12, 44, cell_profile },
	{ "UUID", 36, 60, cell_uuid },
	{ "SINCE", 16, 100, cell_at },
	{ "BY", 12, 114, cell_by },
	{ "OU", 30, 150, cell_ou },
	{ "NOTE", 30, 132, cell_note },
	{ 0 },
};

static void
from_row(const struct rows *r, size_t row, void *out)
{
	staged_from_row(r, row, out);
}

static int64_t
id_of(const void *element)
{
	return ((const struct staged *)element)->id;
}

static void
ask(void *arg, struct dbq *q, const void *from, bool back, int limit, dbq_rows_fn *fn, struct feed *f)
{
	struct list *l = arg;

	staged_page_send(q, l->search, from == NULL ? "" : ((const struct staged *)from)->fqdn, back, limit, fn, f, f);
	app_touch(l->app);
}

static const struct feed_source source = { sizeof(struct staged), from_row, id_of, ask };

static void
on_count(void *arg, const struct rows *r, const struct err *e)
{
	struct list *l = arg;

	if (e == NULL)
		l->count = rows_int(r, 0, 0);
	app_touch(l->app);
}

static void
load(void *model)
{
	struct list *l = model;

	if (l->feed.loaded || l->feed.loading != FEED_IDLE)
		feed_reload(&l->feed);
	else
		feed_reset(&l->feed);
	staged_count_send(app_db(l->app), l->search, on_count, l, l);
}

static void *
open_staged(struct app *a, const char *arg, struct err *e)
{
	struct list *l = calloc(1, sizeof(*l));

	(void)arg;
	if (l == NULL) {
		(void)err_set(e, ERR_MEMORY, "staged devices");
		return NULL;
	}
	l->app = a;
	l->count = -1;
	if (feed_init(&l->feed, &source, l, app_db(a), e) < 0) {
		free(l);
		return NULL;
	}
	return l;
}

static void
close_staged(void *model)
{
	struct list *l = model;

	dbq_cancel(app_db(l->app), l);
	feed_free(&l->feed);
	free(l);
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "staged_device") == 0;
}

static unsigned int
have(const void *model)
{
	return feed_current(&((const struct list *)model)->feed) == NULL ? 0 : NEED_ROW;
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct list *l = model;

	table_draw(&l->feed, columns, l->search[0] != '\0' ? "No staged device matches." : "No device is staged: a adds one, i imports a list.", NULL,
	    NULL, c, area.y, area.height);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct list *l = model;
	char count[48] = "...";

	if (l->count >= 0)
		(void)snprintf(count, sizeof(count), "%d of %" PRId64, l->feed.n == 0 ? 0 : l->feed.cursor + 1, l->count);
	(void)snprintf(out, size, "%s%s%s", count, l->search[0] != '\0' ? "  /" : "", l->search);
}

static void
search(void *model, const char *text)
{
	struct list *l = model;

	(void)text_copy(l->search, sizeof(l->search), text);
	l->count = -1;
	feed_reset(&l->feed);
	staged_count_send(app_db(l->app), l->search, on_count, l, l);
}

static void
filter_get(const void *model, struct saved_filter *out)
{
	const struct list *l = model;

	(void)text_copy(out->search, sizeof(out->search), l->search);
}

static void
filter_set(void *model, const struct saved_filter *f)
{
	search(model, f->search);
}

static void
on_added(void *arg, const struct rows *r, const struct err *e)
{
	struct list *l = arg;

	if (e != NULL)
		app_message(l->app, STYLE_BAD, "Not staged: %s (%d)", e->text, (int)e->code);
	else
		app_message(l->app, STYLE_GOOD, strcmp(rows_text(r, 0, 0), "queued") == 0 ? "Staged; the device was waiting and is queued" : "Staged");
	load(l);
}

static void
do_add(void *model, const struct form *f)
{
	struct list *l = model;
	bool new = l->edit.uuid[0] == '\0';
	size_t less = new ? 0 : 1; /* a change does not ask for the UUID */
	struct staged_line line = { .value = { new ? form_value(f, FIELD_UUID) : l->edit.uuid, form_value(f, FIELD_FQDN - less),
					form_value(f, FIELD_PROFILE - less), form_value(f, FIELD_OU - less), form_value(f, FIELD_NOTE - less) } };

	staged_line_check(&line);
	if (line.good)
		staged_add_send(app_db(l->app), line.uuid, line.value[STAGED_FQDN], line.value[STAGED_PROFILE], line.value[STAGED_OU],
		    line.value[STAGED_NOTE], on_added, l, l);
	else
		app_message(l->app, STYLE_BAD, "Not staged: %s (%d)", line.says == NULL ? "" : line.says, line.code);
	free(line.says);
}

/* The profiles to choose from have come: the dialog opens. */
static void
on_profiles(void *arg, const struct rows *r, const struct err *e)
{
	struct list *l = arg;
	bool new = l->edit.uuid[0] == '\0';

	if (!app_is_at(l->app, l->place))
		return;
	if (e != NULL || rows_count(r) == 0) {
		app_message(l->app, STYLE_BAD, "%s", e != NULL ? e->text : "There is no profile yet: make one on Profiles (1702)");
		return;
	}
	struct form *f = app_form_new(l->app, new ? "Stage a device" : "Change a staged device");
	if (f == NULL)
		return;
	if (new)
		(void)form_add(f, "UUID", "As the device says it in its hello", "");
	else
		form_line(f, "Device %s", l->edit.uuid);
	(void)form_add(f, "FQDN", "Host name and domain, such as pc1.corp.example", l->edit.fqdn);
	struct form_field *profile = form_add(f, "Profile", "Left and Right choose", "");
	for (size_t i = 0; i < rows_count(r) && profile->nchoices < FORM_CHOICES_MAX; i++) {
		(void)text_copy(profile->choices[profile->nchoices], sizeof(profile->choices[0]), rows_text(r, i, PROFILE_NAME));
		if (strcmp(profile->choices[profile->nchoices], l->edit.profile) == 0)
			profile->choice = profile->nchoices;
		profile->nchoices++;
	}
	(void)form_add(f, "OU", "Organizational unit, may stay empty", l->edit.ou);
	(void)form_add(f, "Note", "For people, may stay empty", l->edit.note);
	app_form(l->app, do_add);
}

static void
on_removed(void *arg, const struct rows *r, const struct err *e)
{
	struct list *l = arg;

	if (e != NULL)
		app_message(l->app, STYLE_BAD, "Not removed: %s (%d)", e->text, (int)e->code);
	else
		app_message(l->app, STYLE_GOOD, rows_bool(r, 0, 0) ? "Removed" : "It was removed already");
	load(l);
}

static void
do_remove(void *model, const struct form *f)
{
	struct list *l = model;

	(void)f;
	staged_remove_send(app_db(l->app), l->edit.uuid, on_removed, l, l);
}

static void
confirm_remove(struct list *l)
{
	struct form *f = app_form_new(l->app, "Remove a staged device");

	if (f == NULL)
		return;
	form_line(f, "Remove %s?", l->edit.fqdn);
	form_line(f, "%s", l->edit.uuid);
	form_line(f, "At its next hello the device waits for approval.");
	app_form(l->app, do_remove);
}

static void
import(void *model, const char *path)
{
	struct list *l = model;

	if (path[0] != '\0')
		app_open(l->app, &import_screen, path);
}

static void
command(void *model, enum cmd cmd)
{
	struct list *l = model;
	const struct staged *s = feed_current(&l->feed);

	if (feed_command(&l->feed, cmd))
		return;
	if (cmd == CMD_SEARCH)
		app_ask(l->app, "Search (start of FQDN, UUID, profile):", l->search, search);
	if (cmd == CMD_IMPORT)
		app_ask(l->app, "Import from the file (CSV or JSON):", "", import);
	if (cmd != CMD_ADD && cmd != CMD_OPEN && cmd != CMD_REMOVE)
		return;
	l->edit = cmd == CMD_ADD || s == NULL ? (struct staged){ 0 } : *s;
	l->place = app_place(l->app);
	if (cmd == CMD_REMOVE)
		confirm_remove(l);
	else
		profile_list_send(app_db(l->app), on_profiles, l, l);
}

static const struct key_cmd keys[] = {
	{ '\n', CMD_OPEN, "Edit", NEED_ROW | NEED_OPERATOR },
	{ 'a', CMD_ADD, "Add", NEED_OPERATOR },
	{ 'x', CMD_REMOVE, "Remove", NEED_ROW | NEED_OPERATOR },
	{ 'i', CMD_IMPORT, "Import", NEED_OPERATOR },
	{ '/', CMD_SEARCH, "Search", 0 },
	{ 0 },
};

const struct screen staged_screen = { "staged", "Staged devices", keys, true, open_staged, load, cares, have, draw, command, status,
	close_staged };
const struct screen_more staged_more = { &staged_screen, NULL, filter_get, filter_set };
