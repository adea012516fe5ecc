/* SPDX-License-Identifier: Apache-2.0 */
/*
 * staged_file: a list of devices to stage, as CSV or JSON, read and checked line by line. No I/O.
 *
 * CSV: the first line names the columns (uuid, fqdn, profile, ou, note; any order), fields as in RFC 4180
 * without line breaks in them; the separator is the one of the first line, comma or semicolon. JSON: an array
 * of objects with these members. A byte order mark at the beginning is passed over.
 */
#ifndef MUSTER_DB_STAGED_FILE_H
#define MUSTER_DB_STAGED_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/uuid.h"

enum staged_field { STAGED_UUID, STAGED_FQDN, STAGED_PROFILE, STAGED_OU, STAGED_NOTE, STAGED_FIELDS };

enum { STAGED_FILE_MAX = 64 << 20, STAGED_VALUE_MAX = 512 };

struct staged_line {
	size_t line;                       /* in the file, or the place in the JSON array; from 1 */
	const char *value[STAGED_FIELDS];  /* owned by the file; "" where there is none */
	char uuid[UUID_TEXT];              /* of a good line, as muster writes it */
	bool good;                         /* in itself; the database has not been asked */
	int code;                          /* what is wrong, 0: nothing */
	char *says;                        /* what is wrong or was done, NULL: nothing yet; owned by the file */
	bool queued;                       /* the device waits, and is queued */
};

struct staged_file {
	struct staged_line *lines;
	size_t n, cap;
	struct buf text; /* what the values point into */
	void *json;
};

/* staged_name: the name of a field, as in the file. */
const char *staged_name(enum staged_field f);

/*
 * staged_file_read: takes the text over. What is wrong with a line is in the line.
 *
 * what		names the file in errors
 * *out		to be freed in any case; { 0 } before
 * Returns	0, or -1 with ERR_INPUT: the file as a whole cannot be read; or ERR_MEMORY
 */
MUST_CHECK int staged_file_read(struct buf *text, const char *what, struct staged_file *out, struct err *e);
void staged_file_free(struct staged_file *f);
static inline void
staged_file_scoped(struct staged_file *f)
{
	staged_file_free(f);
}

/* staged_line_says: sets code and text of a line. staged_line_check: UUID and FQDN of a line; sets good. */
void staged_line_says(struct staged_line *l, int code, const char *text);
void staged_line_check(struct staged_line *l);

/* How many lines are refused, and how many are or would be queued. */
struct staged_sum {
	size_t good, refused, queued;
};
struct staged_sum staged_file_sum(const struct staged_file *f);

#endif
