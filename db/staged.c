/* SPDX-License-Identifier: Apache-2.0 */
/* staged: what devices shall be, known before they say hello. */
#include "db/staged.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/pq.h"

#define STAGED_ROWS                                                                                \
	"SELECT s.uuid, s.fqdn, p.name, s.ou, s.note, to_char(s.created_at, 'YYYY-MM-DD HH24:MI'), s.created_by" \
	" FROM muster.staged_device s JOIN muster.profile p USING (profile_id)"
#define STAGED_FILTER                                                                              \
	" WHERE ($1 = '' OR starts_with(lower(s.fqdn), lower($1)) OR starts_with(s.uuid::text, lower($1))" \
	" OR starts_with(lower(p.name), lower($1)))"

static const struct stmt list = {
	.name = "staged_list",
	.want = WANT_MANY,
	.sql = STAGED_ROWS " ORDER BY s.fqdn",
};
static const struct stmt page_after = {
	.name = "staged_page_after",
	.nparams = 3,
	.want = WANT_MANY,
	.sql = STAGED_ROWS STAGED_FILTER " AND ($2 = '' OR lower(s.fqdn) > lower($2)) ORDER BY lower(s.fqdn) LIMIT $3::int",
};
static const struct stmt page_before = {
	.name = "staged_page_before",
	.nparams = 3,
	.want = WANT_MANY,
	.sql = STAGED_ROWS STAGED_FILTER " AND ($2 = '' OR lower(s.fqdn) < lower($2)) ORDER BY lower(s.fqdn) DESC LIMIT $3::int",
};
static const struct stmt count_filtered = {
	.name = "staged_count",
	.nparams = 1,
	.want = WANT_ONE,
	.sql = "SELECT count(*) FROM muster.staged_device s JOIN muster.profile p USING (profile_id)" STAGED_FILTER,
};
static const struct stmt add = {
	.name = "staged_add",
	.nparams = 5,
	.want = WANT_ONE,
	.sql = "SELECT muster.staged_add($1::uuid, $2, $3, nullif($4, ''), $5)",
};
static const struct stmt remove_one = {
	.name = "staged_remove",
	.nparams = 1,
	.want = WANT_ONE,
	.sql = "SELECT muster.staged_remove($1::uuid)",
};
static const struct stmt import = {
	.name = "staged_import",
	.nparams = 6,
	.want = WANT_MANY,
	.sql = "SELECT nr, code, text, queued FROM muster.staged_import($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6)",
};
enum { IMPORT_NR, IMPORT_CODE, IMPORT_TEXT, IMPORT_QUEUED };

/* A number for a UUID, so that a cursor finds its row again. */
static int64_t
id_of_uuid(const char *uuid)
{
	uint64_t h = 14695981039346656037U; /* FNV-1a */

	for (; *uuid != '\0'; uuid++)
		h = (h ^ (unsigned char)*uuid) * 1099511628211U;
	return (int64_t)(h >> 1);
}

#define TEXT(member, col) text_clean(s.member, sizeof(s.member), rows_text(r, row, col), strlen(rows_text(r, row, col)))

void
staged_from_row(const struct rows *r, size_t row, struct staged *out)
{
	struct staged s = { .id = id_of_uuid(rows_text(r, row, STAGED_COL_UUID)) };

	TEXT(uuid, STAGED_COL_UUID);
	TEXT(fqdn, STAGED_COL_FQDN);
	TEXT(profile, STAGED_COL_PROFILE);
	TEXT(ou, STAGED_COL_OU);
	TEXT(note, STAGED_COL_NOTE);
	TEXT(at, STAGED_COL_AT);
	TEXT(by, STAGED_COL_BY);
	*out = s;
}

int
staged_list(struct db *db, struct rows **out, struct err *e)
{
	return db_run(db, &list, NULL, 0, out, e);
}

void
staged_page_send(struct dbq *q, const char *search, const char *fqdn, bool back, int limit, dbq_rows_fn *fn, void *arg,
    const void *owner)
{
	char most[16];
	const char *params[] = { search, fqdn, most };

	(void)snprintf(most, sizeof(most), "%d", limit);
	dbq_send(q, back ? &page_before : &page_after, params, ARRAY_LEN(params), fn, arg, owner);
}

void
staged_count_send(struct dbq *q, const char *search, dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { search };

	dbq_send(q, &count_filtered, params, ARRAY_LEN(params), fn, arg, owner);
}

int
staged_add(struct db *db, const char *uuid, const char *fqdn, const char *profile, const char *ou, const char *note,
    bool *queued, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	const char *params[] = { uuid, fqdn, profile, ou, note };

	if (db_run(db, &add, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	*queued = strcmp(rows_text(r, 0, 0), "queued") == 0;
	return 0;
}

void
staged_add_send(struct dbq *q, const char *uuid, const char *fqdn, const char *profile, const char *ou, const char *note,
    dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { uuid, fqdn, profile, ou, note };

	dbq_send(q, &add, params, ARRAY_LEN(params), fn, arg, owner);
}

int
staged_remove(struct db *db, const char *uuid, bool *removed, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	const char *params[] = { uuid };

	if (db_run(db, &remove_one, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	*removed = rows_bool(r, 0, 0);
	return 0;
}

void
staged_remove_send(struct dbq *q, const char *uuid, dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { uuid };

	dbq_send(q, &remove_one, params, ARRAY_LEN(params), fn, arg, owner);
}

/* The arrays of the good lines. */
struct lists {
	struct buf of[STAGED_FIELDS];
};

static void
lists_scoped(struct lists *l)
{
	for (size_t i = 0; i < STAGED_FIELDS; i++)
		buf_free(&l->of[i]);
}

static void
fill_lists(const struct staged_file *f, struct lists *l, const char *params[STAGED_FIELDS])
{
	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; f->lines[i].good && k < STAGED_FIELDS; k++)
			array_text(&l->of[k], f->lines[i].value[k]);
	for (size_t k = 0; k < STAGED_FIELDS; k++)
		params[k] = array_end(&l->of[k]);
}

int
staged_import(struct db *db, struct staged_file *f, const char *mode, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(lists) struct lists l = { 0 };
	const char *params[STAGED_FIELDS + 1];

	fill_lists(f, &l, params);
	params[STAGED_FIELDS] = mode;
	if (db_run(db, &import, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	staged_import_rows(f, r);
	return 0;
}

void
staged_import_send(struct dbq *q, const struct staged_file *f, const char *mode, dbq_rows_fn *fn, void *arg, const void *owner)
{
	SCOPED(lists) struct lists l = { 0 };
	const char *params[STAGED_FIELDS + 1];

	fill_lists(f, &l, params);
	params[STAGED_FIELDS] = mode;
	dbq_send(q, &import, params, ARRAY_LEN(params), fn, arg, owner);
}

void
staged_import_rows(struct staged_file *f, const struct rows *r)
{
	size_t row = 0;

	for (size_t i = 0; i < f->n; i++) {
		struct staged_line *l = &f->lines[i];

		if (!l->good)
			continue;
		if (row == rows_count(r))
			return;
		staged_line_says(l, (int)rows_int(r, row, IMPORT_CODE), rows_text(r, row, IMPORT_TEXT));
		l->queued = rows_bool(r, row++, IMPORT_QUEUED);
	}
}
