/* SPDX-License-Identifier: Apache-2.0 */
/*
 * users: logins with their role, and users of this host who have none yet. Giving or taking a role says
 * what will be, and asks.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "db/user.h"
#include "ui/app.h"
#include "ui/widget/table.h"

/* People of the host: from the first uid that is not the system's. More than these are not offered. */
enum { UID_FIRST = 1000, HOST_MAX = 2000 };
enum { FIELD_FIRST, FIELD_SECOND };

struct users {
	struct app *app;
	struct feed feed;
	char search[64];
	char *host[HOST_MAX]; /* owned */
	size_t nhost;
	/* what is asked about, from its dialog to its answer */
	struct user about;
	const struct user_role *role; /* NULL: none */
	char sent[USER_TEXT]; /* whose answer is awaited; by then another dialog may be open */
};

static const char *
title_of(const char *role)
{
	const struct user_role *r = user_role_of(role);

	return r == NULL ? "" : r->title;
}

static void
cell_login(const void *row, char *out, size_t size, enum style *style)
{
	const struct user *u = row;

	*style = u->new_login ? STYLE_DIM : *style;
	(void)text_copy(out, size, u->login);
}

static void
cell_role(const void *row, char *out, size_t size, enum style *style)
{
	const struct user *u = row;

	*style = u->role[0] == '\0' ? STYLE_DIM : *style;
	(void)text_copy(out, size, u->role[0] == '\0' ? "-" : title_of(u->role));
}

static void
cell_note(const void *row, char *out, size_t size, enum style *style)
{
	const struct user *u = row;

	*style = u->superuser ? STYLE_WARN : STYLE_DIM;
	(void)text_copy(out, size, u->superuser ? "superuser: no role binds it" : u->new_login ? "user of this host" :
	    u->can_login ? "" : "may not log in");
}

static const struct column columns[] = {
	{ "LOGIN", 22, 0, cell_login },
	{ "ROLE", 24, 0, cell_role },
	{ "NOTE", 28, 60, cell_note },
	{ 0 },
};
static const struct column wide_columns[] = {
	{ "LOGIN", 40, 0, cell_login },
	{ "ROLE", 26, 0, cell_role },
	{ "NOTE", 28, 0, cell_note },
	{ 0 },
};

static void
from_row(const struct rows *r, size_t row, void *out)
{
	user_from_row(r, row, out);
}

/* A login has no number: FNV-1a of its name. Two with the same one only move the cursor. */
static int64_t
id_of(const void *element)
{
	uint64_t h = 14695981039346656037U;

	for (const char *s = ((const struct user *)element)->login; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211U;
	return (int64_t)h;
}

static void
ask(void *arg, struct dbq *q, const void *from, bool back, int limit, dbq_rows_fn *fn, struct feed *f)
{
	struct users *u = arg;

	user_page_send(q, (const char *const *)u->host, u->nhost, u->search, from == NULL ? NULL : ((const struct user *)from)->login, back,
	    limit, fn, f, f);
	app_touch(u->app);
}

static const struct feed_source source = { sizeof(struct user), from_row, id_of, ask };

/* Users of the host who may log in, read once: a directory that lists all its users here may take a moment. */
static void
read_host(struct users *u)
{
	const struct passwd *p;

	setpwent();
	while (u->nhost < HOST_MAX && (p = getpwent()) != NULL) {
		const char *shell = strrchr(p->pw_shell, '/');

		shell = shell == NULL ? p->pw_shell : shell + 1;
		if (p->pw_uid < UID_FIRST || strcmp(shell, "nologin") == 0 || strcmp(shell, "false") == 0)
			continue;
		u->host[u->nhost] = strdup(p->pw_name);
		u->nhost += u->host[u->nhost] != NULL ? 1 : 0;
	}
	endpwent();
}

static void
load(void *model)
{
	struct users *u = model;

	if (u->feed.loaded)
		feed_reload(&u->feed);
	else
		feed_reset(&u->feed);
}

static void
close_users(void *model)
{
	struct users *u = model;

	dbq_cancel(app_db(u->app), u);
	feed_free(&u->feed);
	for (size_t i = 0; i < u->nhost; i++)
		free(u->host[i]);
	free(u);
}

static void *
open_users(struct app *a, const char *arg, struct err *e)
{
	struct users *u = calloc(1, sizeof(*u));

	(void)arg;
	if (u == NULL) {
		(void)err_set(e, ERR_MEMORY, "users");
		return NULL;
	}
	u->app = a;
	if (feed_init(&u->feed, &source, u, app_db(a), e) < 0) {
		free(u);
		return NULL;
	}
	read_host(u);
	return u;
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "user") == 0;
}

static unsigned int
have(const void *model)
{
	const struct users *u = model;

	return feed_current(&u->feed) == NULL ? 0 : NEED_ROW;
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct users *u = model;

	table_draw(&u->feed, c->width >= 120 ? wide_columns : columns, "No login matches.", NULL, NULL, c, area.y, area.height);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct users *u = model;

	(void)snprintf(out, size, "%s%s", u->search[0] != '\0' ? "/" : "", u->search);
}

static void
on_set(void *arg, const struct rows *r, const struct err *e)
{
	struct users *u = arg;

	if (e != NULL)
		app_message(u->app, STYLE_BAD, "%s (%d)", e->text, (int)e->code);
	else
		app_message(u->app, STYLE_GOOD, "%s: %s", u->sent, rows_text(r, 0, 0));
	feed_reload(&u->feed);
}

static void
do_set(void *model, const struct form *f)
{
	struct users *u = model;

	(void)f;
	(void)text_copy(u->sent, sizeof(u->sent), u->about.login);
	user_set_send(app_db(u->app), u->about.login, u->role == NULL ? NULL : u->role->name, on_set, u, u);
}

/* What will be, before it is done. */
static void
confirm(struct users *u)
{
	struct form *f = app_form_new(u->app, u->role == NULL ? "Take the role away" : "Give a role");

	if (f == NULL)
		return;
	if (u->role == NULL) {
		form_line(f, "%s is %s now, and will have no role.", u->about.login, title_of(u->about.role));
		form_line(f, "The login stays, and may do nothing in muster any more.");
	} else {
		form_line(f, "%s will be %s.", u->about.login, u->role->title);
		if (u->about.role[0] != '\0')
			form_line(f, "Now: %s.", title_of(u->about.role));
		if (u->about.new_login)
			form_line(f, "A login that is not there yet is made, without a password.");
	}
	form_line(f, "It counts at once, and is a row of the audit log.");
	app_form(u->app, do_set);
}

static void
add_roles(struct form_field *field, const char *now)
{
	for (size_t i = 0; i < user_nroles; i++) {
		(void)text_copy(field->choices[i], sizeof(field->choices[0]), user_roles[i].title);
		if (strcmp(user_roles[i].name, now) == 0)
			field->choice = i;
	}
	field->nchoices = user_nroles;
}

static void
chosen(void *model, const struct form *f)
{
	struct users *u = model;

	u->role = &user_roles[f->fields[FIELD_FIRST].choice];
	confirm(u);
}

static void
named(void *model, const struct form *f)
{
	struct users *u = model;

	u->about = (struct user){ .new_login = true };
	(void)text_copy(u->about.login, sizeof(u->about.login), form_value(f, FIELD_FIRST));
	u->role = &user_roles[f->fields[FIELD_SECOND].choice];
	confirm(u);
}

static void
ask_role(struct users *u, const struct user *row)
{
	struct form *f = app_form_new(u->app, "Role");

	if (f == NULL)
		return;
	u->about = *row;
	form_line(f, "Login %s", row->login);
	add_roles(form_add(f, "Role", "Left and Right choose; each contains those before it", ""), row->role);
	app_form(u->app, chosen);
}

static void
ask_name(struct users *u)
{
	struct form *f = app_form_new(u->app, "Add a login");

	if (f == NULL)
		return;
	(void)form_add(f, "Login", "Small letters: a user of this host or of the directory", "");
	add_roles(form_add(f, "Role", "Left and Right choose; each contains those before it", ""), "");
	app_form(u->app, named);
}

static void
ask_remove(struct users *u, const struct user *row)
{
	if (row->role[0] == '\0') {
		app_message(u->app, STYLE_WARN, "%s has no role", row->login);
		return;
	}
	u->about = *row;
	u->role = NULL;
	confirm(u);
}

static void
search(void *model, const char *text)
{
	struct users *u = model;

	(void)text_copy(u->search, sizeof(u->search), text);
	feed_reset(&u->feed);
}

static void
command(void *model, enum cmd cmd)
{
	struct users *u = model;
	const struct user *row = feed_current(&u->feed);

	if (feed_command(&u->feed, cmd))
		return;
	switch (cmd) {
	case CMD_OPEN:
		ask_role(u, row);
		return;
	case CMD_USER_ADD:
		ask_name(u);
		return;
	case CMD_USER_REMOVE:
		ask_remove(u, row);
		return;
	case CMD_SEARCH:
		app_ask(u->app, "Search (part of the login):", u->search, search);
		return;
	default:
		return;
	}
}

static const struct key_cmd keys[] = {
	{ '\n', CMD_OPEN, "Role", NEED_ROW | NEED_ENTERPRISE },
	{ 'a', CMD_USER_ADD, "Add", NEED_ENTERPRISE },
	{ 'r', CMD_USER_REMOVE, "Remove", NEED_ROW | NEED_ENTERPRISE },
	{ '/', CMD_SEARCH, "Search", 0 },
	{ 0 },
};

const struct screen users_screen = { "users", "Users", keys, true, open_users, load, cares, have, draw, command, status, close_users };
