/* SPDX-License-Identifier: Apache-2.0 */
/* staged: what devices shall be, known before they say hello. */
#ifndef MUSTER_DB_STAGED_H
#define MUSTER_DB_STAGED_H

#include "base/uuid.h"
#include "db/dbq.h"
#include "db/staged_file.h"

struct staged {
	int64_t id; /* of the row on the screen: made from the UUID */
	char uuid[UUID_TEXT], fqdn[256], profile[64], ou[512], note[512], at[20], by[64];
};

enum { STAGED_COL_UUID, STAGED_COL_FQDN, STAGED_COL_PROFILE, STAGED_COL_OU, STAGED_COL_NOTE, STAGED_COL_AT, STAGED_COL_BY };
void staged_from_row(const struct rows *r, size_t row, struct staged *out);

MUST_CHECK int staged_list(struct db *db, struct rows **out, struct err *e);

/*
 * staged_page_send: rows ordered by FQDN after one (or before it, nearest first); "": from the start, or
 * from the end backwards. search: the start of FQDN, UUID or profile. staged_count_send: how many.
 */
void staged_page_send(struct dbq *q, const char *search, const char *fqdn, bool back, int limit, dbq_rows_fn *fn, void *arg,
    const void *owner);
void staged_count_send(struct dbq *q, const char *search, dbq_rows_fn *fn, void *arg, const void *owner);

/* staged_add: *queued tells that the device was waiting and is queued now. In the rows: "queued" or "staged". */
MUST_CHECK int staged_add(struct db *db, const char *uuid, const char *fqdn, const char *profile, const char *ou,
    const char *note, bool *queued, struct err *e);
void staged_add_send(struct dbq *q, const char *uuid, const char *fqdn, const char *profile, const char *ou, const char *note,
    dbq_rows_fn *fn, void *arg, const void *owner);
MUST_CHECK int staged_remove(struct db *db, const char *uuid, bool *removed, struct err *e);
void staged_remove_send(struct dbq *q, const char *uuid, dbq_rows_fn *fn, void *arg, const void *owner);

/*
 * staged_import: the lines of a file that are good in themselves. mode: "check" stores nothing, "all" stores
 * every line or none, "good" those that are not refused. staged_import_rows: what came of each, into the file.
 */
MUST_CHECK int staged_import(struct db *db, struct staged_file *f, const char *mode, struct err *e);
void staged_import_send(struct dbq *q, const struct staged_file *f, const char *mode, dbq_rows_fn *fn, void *arg, const void *owner);
void staged_import_rows(struct staged_file *f, const struct rows *r);

#endif
