/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile_edit: a profile that is being edited: what it is now, what was saved, and the passwords given for it.
 * The screens of the editor share it.
 */
#ifndef MUSTER_UI_PROFILE_EDIT_H
#define MUSTER_UI_PROFILE_EDIT_H

#include "amt/profile_file.h"
#include "db/profile.h"
#include "ui/app.h"
#include "ui/widget/page.h"

struct profile_edit {
	struct profile now, saved;
	int base; /* the revision it began with; 0: none, the profile is new */
	char stored[PROFILE_SECRETS_MAX][PROFILE_SECRET_NAME]; /* names of the passwords that revision has */
	size_t nstored;
	struct profile_given given;
};

/* edit_begin: as a revision that was read (PROFILE_READ_...). ERR_PROFILE. */
MUST_CHECK int edit_begin(struct profile_edit *ed, const struct rows *r, struct err *e);

/* edit_stored: was this password stored with the revision, for this profile? edit_has: or is it given? */
bool edit_stored(const struct profile_edit *ed, const char *name);
bool edit_has(const struct profile_edit *ed, const char *name);

/* edit_changed: would saving make a new revision? */
bool edit_changed(const struct profile_edit *ed);

/* edit_missing: the name of the first password that is needed and not there, or NULL; valid until the next call. */
const char *edit_missing(const struct profile_edit *ed);

/* edit_save: sends the new revision; fn gets its row. ERR_PROFILE when a password is missing, and the codes of sealing. */
MUST_CHECK int edit_save(struct profile_edit *ed, struct dbq *q, const struct seal_public *pub, dbq_rows_fn *fn, void *arg,
    const void *owner, struct err *e);

/* profile_open_with: the editor, with a profile and passwords that are not saved (copied). fresh: there must be none of the name. */
void profile_open_with(struct app *a, const struct profile *p, const struct profile_given *given, bool fresh);

/* edit_without_path: "acl[2].user: want ..." without what is before the colon; it stands beside its field. */
const char *edit_without_path(const char *text);

/* edit_password: what two password fields hold goes into ed->given under a name, when it is good; what is wrong, into the fields. */
void edit_password(struct profile_edit *ed, const char *name, bool wanted, struct page_field *first, struct page_field *again);

/* acl_open: the screen of an ACL entry; index nacl: a new one. The entry is in ed->now as soon as it is valid. */
void acl_open(struct app *a, struct profile_edit *ed, size_t index);

/* plan_open: the dry run of a profile (copied). */
void plan_open(struct app *a, const struct profile *p);

#endif
