/* SPDX-License-Identifier: Apache-2.0 */
/* profile: profiles, their revisions and sealed passwords; staged devices. */
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

enum { PROFILE_NAME, PROFILE_REVISION, PROFILE_CREATED_AT, PROFILE_CREATED_BY, PROFILE_DEVICES };
MUST_CHECK int profile_list(struct db *db, struct rows **out, struct err *e);
void profile_list_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner);

/*
 * profile_body: the JSON of a revision (0: the newest) into memory the caller frees; *id and
 * *revision tell which it is. Returns 1 found, 0 no such profile or revision, -1.
 */
MUST_CHECK int profile_body(struct db *db, const char *name, int revision, char **body, int *id,
    int *number, struct err *e);

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

/* Staged devices. staged_add: *queued tells that the device was waiting and is queued now. */
enum { STAGED_UUID, STAGED_FQDN, STAGED_PROFILE, STAGED_OU, STAGED_NOTE, STAGED_AT, STAGED_BY };
MUST_CHECK int staged_list(struct db *db, struct rows **out, struct err *e);
MUST_CHECK int staged_add(struct db *db, const char *uuid, const char *fqdn, const char *profile,
    const char *ou, const char *note, bool *queued, struct err *e);
MUST_CHECK int staged_remove(struct db *db, const char *uuid, bool *removed, struct err *e);

#endif
