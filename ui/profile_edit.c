/* SPDX-License-Identifier: Apache-2.0 */
/* profile_edit: a profile that is being edited, and how it is saved. */
#include "ui/profile_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int
edit_begin(struct profile_edit *ed, const struct rows *r, struct err *e)
{
	const char *body = rows_text(r, 0, PROFILE_READ_BODY), *names = rows_text(r, 0, PROFILE_READ_SECRETS);
	struct profile p;

	if (profile_parse(body, strlen(body), &p, e) < 0)
		return -1;
	ed->now = ed->saved = p;
	ed->base = (int)rows_int(r, 0, PROFILE_READ_REVISION);
	ed->nstored = 0;
	memset(ed->stored, 0, sizeof(ed->stored));
	while (*names != '\0' && ed->nstored < PROFILE_SECRETS_MAX) {
		size_t n = strcspn(names, "\n");

		if (n < PROFILE_SECRET_NAME)
			memcpy(ed->stored[ed->nstored++], names, n);
		names += n + (names[n] == '\n' ? 1 : 0);
	}
	profile_given_wipe(&ed->given);
	return 0;
}

bool
edit_stored(const struct profile_edit *ed, const char *name)
{
	for (size_t i = 0; i < ed->nstored; i++)
		if (strcmp(ed->stored[i], name) == 0)
			return true;
	return false;
}

bool
edit_has(const struct profile_edit *ed, const char *name)
{
	return edit_stored(ed, name) || given_find(&ed->given, name) != NULL;
}

const char *
edit_without_path(const char *text)
{
	const char *after = strstr(text, ": ");

	return after == NULL ? text : after + 2;
}

void
edit_password(struct profile_edit *ed, const char *name, bool wanted, struct page_field *first, struct page_field *again)
{
	SCOPED(secret) struct secret s = { 0 };
	struct err e;

	first->wrong[0] = again->wrong[0] = '\0';
	(void)text_copy(first->rule, sizeof(first->rule), !wanted ? "Used with fixed only"
						       : edit_stored(ed, name) ? "Stored: stays as it is unless you type another one"
									       : "Needed: 8 to 32 characters, with upper and lower case, digit and special");
	(void)text_copy(again->rule, sizeof(again->rule), "The same again");
	if (!wanted || first->input.text[0] == '\0') {
		given_drop(&ed->given, name);
		if (wanted && !edit_stored(ed, name))
			(void)text_copy(first->wrong, sizeof(first->wrong), first->rule);
		if (wanted && again->input.text[0] != '\0')
			(void)text_copy(again->wrong, sizeof(again->wrong), "Not the same as above");
		return;
	}
	if (!secret_set(&s, first->input.text, strlen(first->input.text)) || password_check(&s, &e) < 0)
		(void)text_copy(first->wrong, sizeof(first->wrong), e.text);
	else if (strcmp(first->input.text, again->input.text) != 0)
		(void)text_copy(again->wrong, sizeof(again->wrong), again->input.text[0] == '\0' ? "Type the password again" : "Not the same as above");
	else if (given_set(&ed->given, name, &s))
		return;
	given_drop(&ed->given, name);
}

/* Passwords by name, walked over. */
struct walk {
	const struct profile_edit *ed;
	char missing[PROFILE_SECRET_NAME];
	bool given;
	/* of a save */
	const struct seal_public *pub;
	struct profile_secret list[PROFILE_SECRETS_MAX];
	size_t n;
	int rc;
	struct err *e;
};

static void
look(void *arg, const char *name)
{
	struct walk *w = arg;

	w->given |= given_find(&w->ed->given, name) != NULL;
	if (w->missing[0] == '\0' && !edit_has(w->ed, name))
		(void)text_copy(w->missing, sizeof(w->missing), name);
}

bool
edit_changed(const struct profile_edit *ed)
{
	SCOPED(buf) struct buf now = { 0 }, saved = { 0 };
	struct walk w = { .ed = ed };
	struct err ignored; /* without memory: as if it was changed */

	profile_secrets(&ed->now, look, &w);
	return ed->base == 0 || w.given || profile_write(&ed->now, &now, &ignored) < 0 || profile_write(&ed->saved, &saved, &ignored) < 0 ||
	       strcmp(buf_str(&now), buf_str(&saved)) != 0;
}

const char *
edit_missing(const struct profile_edit *ed)
{
	static char name[PROFILE_SECRET_NAME];
	struct walk w = { .ed = ed };

	profile_secrets(&ed->now, look, &w);
	(void)text_copy(name, sizeof(name), w.missing);
	return name[0] == '\0' ? NULL : name;
}

static void
seal(void *arg, const char *name)
{
	struct walk *w = arg;
	const struct secret *s = given_find(&w->ed->given, name);

	if (w->rc < 0 || s == NULL)
		return;
	w->rc = profile_secret_seal(w->pub, w->ed->now.name, name, s, &w->list[w->n], w->e);
	w->n += w->rc == 0 ? 1 : 0;
}

int
edit_save(struct profile_edit *ed, struct dbq *q, const struct seal_public *pub, dbq_rows_fn *fn, void *arg, const void *owner,
    struct err *e)
{
	SCOPED(buf) struct buf body = { 0 };
	struct walk w = { .ed = ed, .pub = pub, .e = e };
	const char *missing = edit_missing(ed);

	if (missing != NULL)
		return err_set(e, ERR_PROFILE, "the profile needs the password %s", missing);
	if (profile_check(&ed->now, e) < 0 || profile_write(&ed->now, &body, e) < 0)
		return -1;
	profile_secrets(&ed->now, seal, &w);
	if (w.rc == 0)
		profile_save_send(q, ed->now.name, buf_str(&body), w.list, w.n, ed->base, fn, arg, owner);
	profile_secrets_free(w.list, w.n);
	return w.rc;
}
