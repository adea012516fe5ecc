/* SPDX-License-Identifier: Apache-2.0 */
/* profile_acl: an ACL entry of the profile being edited: who, from where, with which password, and what for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/realm.h"
#include "base/text.h"
#include "ui/profile_edit.h"

enum { SECTION_ENTRY, SECTION_REALMS };
enum { ID_USER, ID_ACCESS, ID_PASSWORD, ID_AGAIN, ID_REALM };
enum { FIRST_OF_ALL = 2 /* realms that need no word about the release */ };

struct entry {
	struct app *app;
	struct profile_edit *ed;
	size_t index;
	char user[ACL_USER_MAX]; /* under which name it is in the profile; "": it is not */
	struct page page;
	bool touched, good;
};

/* For open(): what acl_open was called with. */
static struct {
	struct profile_edit *ed;
	size_t index;
} begin;

static void
name_of(char out[8 + ACL_USER_MAX], const char *user)
{
	(void)snprintf(out, 8 + ACL_USER_MAX, "acl/%s", user);
}

static struct page_field *
field(struct entry *n, int id)
{
	return page_find(&n->page, id < ID_REALM ? SECTION_ENTRY : SECTION_REALMS, id);
}

static struct acl_entry
read_fields(struct entry *n)
{
	struct acl_entry a = { .access = (enum acl_access)access_words()[field(n, ID_ACCESS)->choice].value };
	size_t count;
	const struct realm *r = realms(&count);

	(void)text_copy(a.user, sizeof(a.user), field(n, ID_USER)->input.text);
	for (size_t i = 0; i < count; i++)
		a.realms |= field(n, ID_REALM + (int)i)->on ? 1U << r[i].number : 0;
	return a;
}

/* The rules of the profile; what is wrong goes beside its field. */
static bool
rules_hold(struct entry *n, const struct profile *p)
{
	struct page_field *user = field(n, ID_USER), *realm = field(n, ID_REALM);
	struct err e;

	user->wrong[0] = realm->wrong[0] = '\0';
	if (acl_user_check(user->input.text, n->index, &e) < 0) {
		(void)text_copy(user->wrong, sizeof(user->wrong), edit_without_path(e.text));
		return false;
	}
	if (profile_check(p, &e) == 0)
		return true;
	struct page_field *f = strstr(e.text, ".realms") != NULL ? realm : user;
	(void)text_copy(f->wrong, sizeof(f->wrong), edit_without_path(e.text));
	return false;
}

/* As soon as the entry is good it is in the profile. */
static void
check(struct entry *n)
{
	struct profile p = n->ed->now;
	struct acl_entry a = read_fields(n);
	char name[8 + ACL_USER_MAX], old[8 + ACL_USER_MAX];

	p.acl[n->index] = a;
	if (n->index == p.nacl)
		p.nacl++;
	name_of(name, a.user);
	name_of(old, n->user);
	bool holds = rules_hold(n, &p);
	struct page_field *user = field(n, ID_USER), *first = field(n, ID_PASSWORD), *again = field(n, ID_AGAIN);
	if (user->wrong[0] == '\0')
		edit_password(n->ed, name, true, first, again);
	n->good = holds && first->wrong[0] == '\0' && again->wrong[0] == '\0';
	if (!n->good)
		return;
	if (n->user[0] != '\0' && strcmp(n->user, a.user) != 0)
		given_drop(&n->ed->given, old);
	n->ed->now = p;
	(void)text_copy(n->user, sizeof(n->user), a.user);
}

static bool
key(void *model, int k)
{
	struct entry *n = model;
	enum page_did did = page_key(&n->page, k);

	if (did == PAGE_CHANGED) {
		n->touched = true;
		check(n);
	}
	return did != PAGE_PASSED;
}

static const char *
unsaved(const void *model)
{
	const struct entry *n = model;

	return n->touched && !n->good ? "The entry is not complete: what you typed would be lost." : NULL;
}

static const struct hooks hooks = { key, unsaved };

static void
add_realms(struct entry *n, uint32_t mask)
{
	size_t count;
	const struct realm *r = realms(&count);
	char rule[160];

	for (size_t i = 0; i < count; i++) {
		(void)snprintf(rule, sizeof(rule), r[i].major > FIRST_OF_ALL ? "%s; from AMT %u on" : "%s", r[i].grants, r[i].major);
		struct page_field *f = page_add(&n->page, SECTION_REALMS, PAGE_SWITCH, ID_REALM + (int)i, r[i].name, rule);

		if (f != NULL)
			f->on = (mask & 1U << r[i].number) != 0;
	}
}

static void
fill_page(struct entry *n, const struct acl_entry *a)
{
	struct page *p = &n->page;
	const struct secret *s;
	char name[8 + ACL_USER_MAX];

	(void)page_section(p, "Entry");
	(void)page_section(p, "Realms");
	input_set(&page_add(p, SECTION_ENTRY, PAGE_TEXT, ID_USER, "User", "1 to 16 printable ASCII characters, no blank, none of ( ) : \" & < > ,")->input, a->user);
	struct page_field *f = page_add(p, SECTION_ENTRY, PAGE_CHOICE, ID_ACCESS, "Access", "From where: local: the PC itself; network; any: both");
	for (const struct profile_word *w = access_words(); w->word != NULL; w++) {
		if (w->value == (int)a->access)
			f->choice = f->nchoices;
		page_choice(f, w->word);
	}
	(void)page_add(p, SECTION_ENTRY, PAGE_PASSWORD, ID_PASSWORD, "Password", "");
	(void)page_add(p, SECTION_ENTRY, PAGE_PASSWORD, ID_AGAIN, "    again", "");
	(void)page_add(p, SECTION_ENTRY, PAGE_NOTE, 0, "What the user may do is on the page Realms (Tab).", "");
	name_of(name, a->user);
	s = given_find(&n->ed->given, name);
	for (int k = ID_PASSWORD; s != NULL && k <= ID_AGAIN; k++)
		input_set(&field(n, k)->input, s->s);
	add_realms(n, a->realms);
	page_go(p, SECTION_ENTRY);
}

static void *
open_acl(struct app *a, const char *arg, struct err *e)
{
	struct entry *n = calloc(1, sizeof(*n));
	struct acl_entry entry = { .access = ACL_NETWORK };

	(void)arg;
	if (n == NULL) {
		(void)err_set(e, ERR_MEMORY, "ACL entry");
		return NULL;
	}
	n->app = a;
	n->ed = begin.ed;
	n->index = begin.index;
	if (n->index < n->ed->now.nacl)
		entry = n->ed->now.acl[n->index];
	(void)text_copy(n->user, sizeof(n->user), entry.user);
	fill_page(n, &entry);
	check(n);
	app_hooks(a, &hooks);
	return n;
}

void
acl_open(struct app *a, struct profile_edit *ed, size_t index)
{
	begin.ed = ed;
	begin.index = index;
	app_open(a, &acl_screen, "");
}

static void
close_acl(void *model)
{
	explicit_bzero(model, sizeof(struct entry));
	free(model);
}

static void
load(void *model)
{
	(void)model;
}

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
	struct entry *n = model;

	page_draw(&n->page, c, area.y, area.height);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct entry *n = model;

	(void)snprintf(out, size, "%s of %s%s", n->user[0] == '\0' ? "new entry" : n->user, n->ed->now.name,
	    n->good ? "" : "  not complete");
}

static void
command(void *model, enum cmd cmd)
{
	struct entry *n = model;

	if (cmd == CMD_NEXT)
		(void)page_key(&n->page, UK_TAB);
}

static const struct key_cmd keys[] = {
	{ UK_TAB, CMD_NEXT, "Page", 0 },
	{ UK_ESC, CMD_BACK, "Done", 0 },
	{ 0 },
};

const struct screen acl_screen = { "acl", "ACL entry", keys, false, open_acl, load, cares, have, draw, command, status, close_acl };
