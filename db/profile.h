/* SPDX-License-Identifier: Apache-2.0 */
/* profile: profiles, their revisions and sealed passwords. */
#ifndef MUSTER_DB_PROFILE_H
#define MUSTER_DB_PROFILE_H

#include "db/db.h"
#include "db/dbq.h"
#include "secret/seal.h"

enum { PROFILE_SECRETS_MAX = 16, PROFILE_SECRET_NAME = 32 };

/* A password of a revision, sealed for "profile/NAME/SECRET". */
struct profile_secret {
	char name[PROFILE_SECRET_NAME];
	struct sealed sealed;
};
void profile_secrets_free(struct profile_secret *list, size_t n);

/* profile_aad: the text a password of a profile is sealed for. */
void profile_aad(char *out, size_t size, const char *profile, const char *secret);

/* profile_secret_seal: a password by the rule of the device, sealed; *out is the caller's. ERR_PASSWORD_RULE. */
MUST_CHECK int profile_secret_seal(const struct seal_public *pub, const char *profile, const char *name, const struct secret *s,
    struct profile_secret *out, struct err *e);

/* profile_secret_stored: is the name among rows of profile_secret_names? */
bool profile_secret_stored(const struct rows *names, const char *name);

enum { PROFILE_NAME, PROFILE_REVISION, PROFILE_CREATED_AT, PROFILE_CREATED_BY, PROFILE_DEVICES, PROFILE_DESCRIPTION };
MUST_CHECK int profile_list(struct db *db, struct rows **out, struct err *e);
void profile_list_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner);

/*
 * profile_body: the JSON of a revision (0: the newest) into memory the caller frees; *id and
 * *revision tell which it is. Returns 1 found, 0 no such profile or revision, -1.
 */
MUST_CHECK int profile_body(struct db *db, const char *name, int revision, char **body, int *id,
    int *number, struct err *e);

/*
 * For the editor: one row of body, revision, by whom, the names of its passwords (one a line) and the number of
 * the newest revision; no row: no such profile or revision.
 */
enum { PROFILE_READ_BODY, PROFILE_READ_REVISION, PROFILE_READ_BY, PROFILE_READ_SECRETS, PROFILE_READ_NEWEST };
void profile_read_send(struct dbq *q, const char *name, int revision, dbq_rows_fn *fn, void *arg, const void *owner);

/* profile_page_send: profiles by name, as profile_list, after one or before it. */
void profile_page_send(struct dbq *q, const char *search, const char *name, bool back, int limit, dbq_rows_fn *fn, void *arg,
    const void *owner);
void profile_count_send(struct dbq *q, const char *search, dbq_rows_fn *fn, void *arg, const void *owner);

/* profile_revision_page_send: revisions newest first, after one or before it; 0: from an end. */
enum { REVISION_NUMBER, REVISION_AT, REVISION_BY, REVISION_DEVICES };
void profile_revision_page_send(struct dbq *q, const char *name, int revision, bool back, int limit, dbq_rows_fn *fn, void *arg,
    const void *owner);

/* profile_revisions: revision, created_at, created_by of a profile, newest first. */
MUST_CHECK int profile_revisions(struct db *db, const char *name, struct rows **out, struct err *e);

/* profile_secret_names: names of the passwords the newest revision has. */
MUST_CHECK int profile_secret_names(struct db *db, const char *name, struct rows **out, struct err *e);

/* profile_secret_read: the sealed passwords of a revision (engine only). *out is the caller's. */
MUST_CHECK int profile_secret_read(struct db *db, int revision_id,
    struct profile_secret out[PROFILE_SECRETS_MAX], size_t *n, struct err *e);

/* profile_save: a new revision; *revision is its number (an old one when nothing changed). */
MUST_CHECK int profile_save(struct db *db, const char *name, const char *body,
    const struct profile_secret *secrets, size_t n, int *revision, struct err *e);

/* profile_save_send: the same; base is the revision that was edited, 0: a new profile. The row: the new revision. */
void profile_save_send(struct dbq *q, const char *name, const char *body, const struct profile_secret *secrets, size_t n, int base,
    dbq_rows_fn *fn, void *arg, const void *owner);

#endif
