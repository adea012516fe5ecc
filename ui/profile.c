/* SPDX-License-Identifier: Apache-2.0 */
/* profile: the editor of a profile: a page for each group of its fields, one for its ACL. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "db/cert.h"
#include "ui/profile_edit.h"

/* Ids of page fields: a field of the profile is its row; then passwords, two each; then ACL entries. */
enum { ID_PASSWORD = 100, ID_ACL = 200 };

/* The pages in order; group as in the JSON. */
static const struct {
	const char *group, *title;
} groups[] = { { NULL, "General" }, { "passwords", "Passwords" }, { "network", "Network" }, { "interfaces", "Interfaces" },
	{ "tls", "TLS" }, { "acl", "ACL" }, { "power", "Power" } };

/* Passwords of the page Passwords; each is wanted when its mode is fixed. */
static const struct {
	const char *name, *label;
	size_t mode;
} passwords[] = { { "admin", "Fixed, admin", offsetof(struct profile, admin_password) },
	{ "mebx", "Fixed, MEBx", offsetof(struct profile, mebx_password) } };

struct editor {
	struct app *app;
	char name[PROFILE_NAME_MAX];
	struct profile_edit ed;
	struct page page;
	int acl; /* the section of the ACL */
	bool loaded, saving;
	/* Not from the database: what the editor begins with. */
	bool given, fresh;
	struct profile with;
	struct profile_given with_secrets;
	struct err err; /* why nothing can be edited */
	char unsaved[120];
};

/* For open(): what profile_open_with was called with. */
static const struct editor *begin_with;

static int
section_of(const char *group)
{
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (groups[i].group == group || (group != NULL && groups[i].group != NULL && strcmp(groups[i].group, group) == 0))
			return (int)i;
	return 0;
}

static bool
is_fixed(const struct editor *d, size_t i)
{
	const char *at = (const char *)&d->ed.now + passwords[i].mode;

	return *(const int *)(const void *)at == PASSWORD_FIXED;
}

static void
check_passwords(struct editor *d)
{
	int section = section_of("passwords");

	for (size_t i = 0; i < ARRAY_LEN(passwords); i++)
		edit_password(&d->ed, passwords[i].name, is_fixed(d, i), page_find(&d->page, section, ID_PASSWORD + 2 * (int)i),
		    page_find(&d->page, section, ID_PASSWORD + 2 * (int)i + 1));
}

/* The entries as rows of the page ACL, which are the last fields there are. */
static void
list_entries(struct editor *d)
{
	size_t cursor = d->page.cursor;
	char name[8 + ACL_USER_MAX];

	page_drop(&d->page, d->acl, PAGE_ITEM);
	page_drop(&d->page, d->acl, PAGE_NOTE);
	for (size_t i = 0; i < d->ed.now.nacl; i++) {
		const struct acl_entry *a = &d->ed.now.acl[i];
		struct page_field *f = page_add(&d->page, d->acl, PAGE_ITEM, ID_ACL + (int)i, a->user, "Enter changes the entry, x removes it");

		if (f == NULL)
			continue;
		acl_text(a, f->input.text, sizeof(f->input.text));
		(void)snprintf(name, sizeof(name), "acl/%s", a->user);
		if (!edit_has(&d->ed, name))
			(void)text_copy(f->wrong, sizeof(f->wrong), "Its password is missing: press Enter and type it");
	}
	if (d->ed.now.nacl == 0)
		(void)page_add(&d->page, d->acl, PAGE_NOTE, ID_ACL, "No entry: admin alone may log in. a adds one.", "");
	d->page.cursor = cursor;
}

static void
add_field(struct editor *d, int id, const struct profile_field *pf)
{
	static const enum page_kind kinds[] = { [PROFILE_BOOL] = PAGE_SWITCH, [PROFILE_WORD] = PAGE_CHOICE, [PROFILE_NUMBER] = PAGE_TEXT,
		[PROFILE_TEXT] = PAGE_TEXT };
	struct page_field *f = page_add(&d->page, section_of(pf->group), kinds[pf->type], id, pf->title, pf->rule);
	char text[INPUT_MAX];

	if (f == NULL)
		return;
	profile_field_text(pf, &d->ed.now, text, sizeof(text));
	f->on = strcmp(text, "true") == 0;
	for (const struct profile_word *w = pf->words; w != NULL && w->word != NULL; w++) {
		if (strcmp(w->word, text) == 0)
			f->choice = f->nchoices;
		page_choice(f, w->word);
	}
	input_set(&f->input, text);
}

/* The page anew, from the profile as it is now. */
static void
fill_page(struct editor *d)
{
	size_t n;
	const struct profile_field *pf = profile_fields(&n);
	int section = d->page.section;
	char label[64];

	page_wipe(&d->page);
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		(void)page_section(&d->page, groups[i].title);
	d->acl = section_of("acl");
	(void)snprintf(label, sizeof(label), "Name: %.50s", d->name);
	(void)page_add(&d->page, 0, PAGE_NOTE, 0, label, "");
	for (size_t i = 0; i < n; i++)
		if (pf[i].offset != offsetof(struct profile, name))
			add_field(d, (int)i, &pf[i]);
	for (size_t i = 0; i < ARRAY_LEN(passwords); i++) {
		(void)page_add(&d->page, section_of("passwords"), PAGE_PASSWORD, ID_PASSWORD + 2 * (int)i, passwords[i].label, "");
		(void)page_add(&d->page, section_of("passwords"), PAGE_PASSWORD, ID_PASSWORD + 2 * (int)i + 1, "    again", "");
	}
	for (size_t i = 0; i < ARRAY_LEN(passwords); i++) { /* from a file: typed already */
		const struct secret *s = given_find(&d->ed.given, passwords[i].name);

		for (int k = 0; s != NULL && k < 2; k++)
			input_set(&page_find(&d->page, section_of("passwords"), ID_PASSWORD + 2 * (int)i + k)->input, s->s);
	}
	page_go(&d->page, section);
	check_passwords(d);
	list_entries(d);
}

static void
changed(struct editor *d, struct page_field *f)
{
	struct profile p = d->ed.now;
	struct err e;
	size_t n;

	if (f->id < ID_PASSWORD) {
		f->wrong[0] = '\0';
		if (profile_field_take(&profile_fields(&n)[f->id], page_value(f), &p, &e) < 0)
			(void)text_copy(f->wrong, sizeof(f->wrong), edit_without_path(e.text));
		else
			d->ed.now = p;
	}
	check_passwords(d);
}

static bool
is_unsaved(const struct editor *d)
{
	struct page *p = (struct page *)(uintptr_t)&d->page;

	return d->loaded && (edit_changed(&d->ed) || page_wrong(p) != NULL);
}

static const char *
unsaved(const void *model)
{
	const struct editor *d = model;

	return is_unsaved(d) ? d->unsaved : NULL;
}

static bool
key(void *model, int k)
{
	struct editor *d = model;

	if (!d->loaded || d->saving)
		return false;
	enum page_did did = page_key(&d->page, k);
	struct page_field *f = page_current(&d->page);
	if (did == PAGE_CHANGED && f != NULL)
		changed(d, f);
	if (did == PAGE_OPENED && f != NULL)
		acl_open(d->app, &d->ed, (size_t)(f->id - ID_ACL));
	return did != PAGE_PASSED;
}

static void
begin(struct editor *d, const struct rows *r)
{
	if (rows_count(r) > 0 && edit_begin(&d->ed, r, &d->err) < 0 && !d->given)
		return;
	if (rows_count(r) > 0 && d->fresh)
		(void)err_set(&d->err, ERR_DB_RULE, "there is a profile \"%s\" already", d->name);
	else if (rows_count(r) == 0 && !d->given)
		(void)err_set(&d->err, ERR_DB_NOT_FOUND, "no profile is called \"%s\"", d->name);
	else
		d->err = (struct err){ 0 };
	if (d->err.code != ERR_NONE)
		return;
	if (d->given) {
		d->ed.now = d->with;
		d->ed.given = d->with_secrets;
		d->ed.base = rows_count(r) > 0 ? (int)rows_int(r, 0, PROFILE_READ_REVISION) : 0;
	}
	profile_given_wipe(&d->with_secrets);
	d->given = d->fresh = false;
	d->loaded = true;
	fill_page(d);
}

static void
on_read(void *arg, const struct rows *r, const struct err *e)
{
	struct editor *d = arg;

	app_touch(d->app);
	if (e != NULL) {
		if (!d->loaded)
			d->err = *e;
	} else if (!d->loaded) {
		begin(d, r);
	} else if (rows_count(r) > 0 && (int)rows_int(r, 0, PROFILE_READ_NEWEST) > d->ed.base && !d->saving) {
		if (is_unsaved(d) || d->page.typing)
			app_message(d->app, STYLE_WARN, "Revision %d was saved meanwhile by %s: yours cannot be saved over it",
			    (int)rows_int(r, 0, PROFILE_READ_NEWEST), rows_text(r, 0, PROFILE_READ_BY));
		else
			begin(d, r);
	}
}

static void
load(void *model)
{
	struct editor *d = model;

	profile_read_send(app_db(d->app), d->name, 0, on_read, d, d);
}

static const struct hooks hooks = { key, unsaved };

static void *
open_profile(struct app *a, const char *arg, struct err *e)
{
	struct editor *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		(void)err_set(e, ERR_MEMORY, "profile");
		return NULL;
	}
	if (begin_with != NULL)
		*d = *begin_with;
	d->app = a;
	(void)text_copy(d->name, sizeof(d->name), arg);
	(void)snprintf(d->unsaved, sizeof(d->unsaved), "The changes of profile %s are not saved.", d->name);
	app_hooks(a, &hooks);
	return d;
}

void
profile_open_with(struct app *a, const struct profile *p, const struct profile_given *given, bool fresh)
{
	struct editor *with = calloc(1, sizeof(*with));

	if (with == NULL)
		return;
	with->given = true;
	with->fresh = fresh;
	with->with = *p;
	with->with_secrets = *given;
	begin_with = with;
	app_open(a, &profile_screen, p->name);
	begin_with = NULL;
	explicit_bzero(with, sizeof(*with));
	free(with);
}

static void
close_profile(void *model)
{
	struct editor *d = model;

	dbq_cancel(app_db(d->app), d);
	explicit_bzero(d, sizeof(*d));
	free(d);
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "profile") == 0;
}

static unsigned int
have(const void *model)
{
	const struct editor *d = model;
	const struct page_field *f = page_current((struct page *)(uintptr_t)&d->page);

	return (d->loaded ? NEED_UUID : 0U) | (f != NULL && f->kind == PAGE_ITEM ? NEED_ROW : 0U);
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct editor *d = model;

	if (d->err.code != ERR_NONE) {
		(void)canvas_printf(c, area.y, 1, 0, STYLE_BAD, "%s (%d)", d->err.text, (int)d->err.code);
	} else if (!d->loaded) {
		(void)canvas_text(c, area.y, 1, 0, STYLE_DIM, "Loading ...");
	} else {
		list_entries(d);
		page_draw(&d->page, c, area.y, area.height);
	}
}

static void
status(const void *model, char *out, size_t size)
{
	const struct editor *d = model;
	char revision[32] = "new";

	if (d->ed.base > 0)
		(void)snprintf(revision, sizeof(revision), "revision %d", d->ed.base);
	(void)snprintf(out, size, "%s  %s%s", d->name, d->loaded ? revision : "", is_unsaved(d) ? "  changed, not saved" : "");
}

static void
on_saved(void *arg, const struct rows *r, const struct err *e)
{
	struct editor *d = arg;

	d->saving = false;
	app_touch(d->app);
	if (e != NULL) {
		app_message(d->app, STYLE_BAD, "Not saved: %s (%d)", e->text, (int)e->code);
		return;
	}
	app_message(d->app, STYLE_GOOD, "Saved as revision %d", (int)rows_int(r, 0, 0));
	d->loaded = false;
	load(d);
}

static void
on_key(void *arg, const struct rows *r, const struct err *e)
{
	struct editor *d = arg;
	struct seal_public pub;
	struct err why = { 0 };
	int found = e == NULL ? engine_key_from_row(r, &pub, &why) : -1;

	if (e != NULL)
		why = *e;
	else if (found == 0)
		(void)err_set(&why, ERR_KEY_MISMATCH, "the database has no engine key: run \"musterctl key init\"");
	if (found > 0 && edit_save(&d->ed, app_db(d->app), &pub, on_saved, d, d, &why) == 0)
		return;
	d->saving = false;
	app_message(d->app, STYLE_BAD, "Not saved: %s (%d)", why.text, (int)why.code);
}

static void
save(struct editor *d)
{
	struct page_field *f = page_wrong(&d->page);

	if (f != NULL) {
		page_go_to(&d->page, f);
		app_message(d->app, STYLE_BAD, "Not saved: %s: %s (%d)", f->label, f->wrong, ERR_PROFILE);
	} else if (!edit_changed(&d->ed)) {
		app_message(d->app, STYLE_NORMAL, "Nothing changed: it is revision %d", d->ed.base);
	} else {
		d->saving = true;
		d->page.typing = false;
		engine_key_send(app_db(d->app), on_key, d, d);
	}
}

static void
copy(void *model, const char *name)
{
	struct editor *d = model;
	struct profile p = d->ed.now;
	struct profile_given none = { 0 };
	struct err e;
	size_t n;

	if (profile_field_take(&profile_fields(&n)[0], name, &p, &e) < 0)
		app_message(d->app, STYLE_BAD, "%s (%d)", e.text, (int)e.code);
	else
		profile_open_with(d->app, &p, &none, true);
}

static void
export(void *model, const char *path)
{
	struct editor *d = model;
	SCOPED(buf) struct buf text = { 0 };
	struct err e;

	if (path[0] == '\0')
		return;
	if (strcmp(path, "-") == 0) /* standard output is the screen */
		app_message(d->app, STYLE_WARN, "Not exported: a file needs a name");
	else if (profile_write(&d->ed.now, &text, &e) < 0 || file_write_new(path, text.p, text.len, &e) < 0)
		app_message(d->app, STYLE_BAD, "Not exported: %s (%d)", e.text, (int)e.code);
	else
		app_message(d->app, STYLE_GOOD, "Exported to %s, without passwords%s", path, is_unsaved(d) ? "; as it is here, not saved" : "");
}

static void
remove_entry(struct editor *d, size_t i)
{
	struct profile *p = &d->ed.now;
	char name[8 + ACL_USER_MAX];

	(void)snprintf(name, sizeof(name), "acl/%s", p->acl[i].user);
	given_drop(&d->ed.given, name);
	app_message(d->app, STYLE_NORMAL, "%s removed, once the profile is saved", p->acl[i].user);
	memmove(&p->acl[i], &p->acl[i + 1], (p->nacl - i - 1) * sizeof(p->acl[0]));
	p->nacl--;
	list_entries(d);
}

static void
add_entry(struct editor *d)
{
	page_go(&d->page, d->acl);
	if (d->ed.now.nacl == ACL_MAX)
		app_message(d->app, STYLE_WARN, "A device takes no more than %d entries", ACL_MAX);
	else
		acl_open(d->app, &d->ed, d->ed.now.nacl);
}

static void
command(void *model, enum cmd cmd)
{
	struct editor *d = model;
	char filter[80];

	if (!d->loaded || d->saving)
		return;
	switch (cmd) {
	case CMD_SAVE:
		save(d);
		return;
	case CMD_ADD:
		add_entry(d);
		return;
	case CMD_REMOVE:
		remove_entry(d, (size_t)(page_current(&d->page)->id - ID_ACL));
		return;
	case CMD_PLAN:
		plan_open(d->app, &d->ed.now);
		return;
	case CMD_REVISIONS:
		app_open(d->app, &revisions_screen, d->name);
		return;
	case CMD_USED_BY:
		(void)snprintf(filter, sizeof(filter), "profile:%s", d->name);
		app_open(d->app, &devices_screen, filter);
		return;
	case CMD_COPY:
		app_ask(d->app, "Name of the copy:", "", copy);
		return;
	case CMD_EXPORT:
		app_ask(d->app, "Export to the file:", "", export);
		return;
	default:
		return;
	}
}

static const struct key_cmd keys[] = {
	{ 's', CMD_SAVE, "Save", NEED_UUID | NEED_OPERATOR },
	{ 'S' & 0x1f, CMD_SAVE, "", NEED_UUID | NEED_OPERATOR },
	{ UK_TAB, CMD_NEXT, "Page", NEED_UUID },
	{ 'd', CMD_PLAN, "Dry run", NEED_UUID },
	{ 'x', CMD_REMOVE, "Remove", NEED_ROW | NEED_OPERATOR },
	{ 'a', CMD_ADD, "Add entry", NEED_UUID | NEED_OPERATOR },
	{ 'r', CMD_REVISIONS, "Revisions", NEED_UUID },
	{ 'u', CMD_USED_BY, "Used by", NEED_UUID },
	{ 'c', CMD_COPY, "Copy", NEED_UUID | NEED_OPERATOR },
	{ 'e', CMD_EXPORT, "Export", NEED_UUID },
	{ 0 },
};

const struct screen profile_screen = { "profile", "Profile", keys, false, open_profile, load, cares, have, draw, command, status,
	close_profile };
