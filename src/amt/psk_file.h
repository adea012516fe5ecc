/* SPDX-License-Identifier: Apache-2.0 */
/*
 * psk_file: a list of pre-shared keys as makers of PCs deliver it: CSV, or a setup.bin. It is fed in pieces
 * of any size and gives line after line, so a list of any length takes the same memory, but for its PIDs,
 * which are held to find those that come twice. No I/O.
 *
 * CSV: UTF-8 (also with a byte order mark) or UTF-16 with one; comma, semicolon or tab, whichever the first
 * line has most of; cells as in RFC 4180 without line breaks; any line end. The first line names the columns
 * by one of the names psk_header.c knows, or they are given by hand. Columns of other names are passed over. A
 * list without such a line is taken when its first line has a PPS in it.
 *
 * No source has the format of such lists (setup.md UNCERTAIN-5), so what is read is wide.
 */
#ifndef MUSTER_AMT_PSK_FILE_H
#define MUSTER_AMT_PSK_FILE_H

#include "amt/psk.h"
#include "base/uuid.h"

enum psk_field { PSK_PID, PSK_PPS, PSK_CURRENT, PSK_NEW, PSK_UUID, PSK_MAC, PSK_FIELDS };

enum {
	PSK_FILE_KEYS_MAX = 1000000, /* in one list: 48 MiB for their PIDs */
	PSK_FILE_LINE_MAX = 4096,    /* bytes of a line in UTF-8 */
	PSK_COLUMNS_MAX = 64,
	PSK_NAME_MAX = 64,
};

/* Which columns hold what: a name or a number from 1 on; "": found by its name. { 0 }: all are. */
struct psk_map {
	char column[PSK_FIELDS][PSK_NAME_MAX];
};

/* psk_map_parse: "pid=Key Name,pps=3". Fields: pid, pps, factory_password, new_password, uuid, mac. ERR_USAGE. */
MUST_CHECK int psk_map_parse(const char *text, struct psk_map *out, struct err *e);

/* psk_field_name: as in psk_map_parse. */
const char *psk_field_name(enum psk_field f);

/* A line of a list, or a record of a setup.bin. */
struct psk_line {
	uint64_t line;           /* from 1 on */
	int code;                /* what is wrong, 0: nothing; then the rest is set */
	char says[240];
	struct psk key;
	struct secret current, fresh; /* the two MEBx passwords; empty: not given */
	char uuid[UUID_TEXT];    /* "": not given */
	char mac[PSK_NAME_MAX];  /* as the list has it */
	uint64_t same_as;        /* the line that had the same pair first; 0: none */
	bool used;               /* a setup.bin only: the record is marked as used */
};

/* Gets every line in turn; it lasts until this returns. 0: go on; -1 with *e: stop. */
typedef int psk_line_fn(void *arg, const struct psk_line *l, struct err *e);

/* How the list was understood. Valid from the first line on, while the reader lives. */
struct psk_file_info {
	const char *form;     /* "CSV", "setup.bin" */
	const char *detail;   /* encoding and separator, or the format */
	const char *column[PSK_FIELDS]; /* the heading a field is read from; NULL: there is none */
	const char *ignored;  /* the headings of the others, "" if none */
};

struct psk_file;

/* psk_file_new: a reader. map may be NULL. NULL: no memory. */
struct psk_file *psk_file_new(const struct psk_map *map, psk_line_fn *fn, void *arg);
void psk_file_free(struct psk_file *f);
static inline void
psk_file_scoped(struct psk_file **f)
{
	psk_file_free(*f);
}

/*
 * psk_file_feed: the next bytes of the list. psk_file_end: there are no more.
 *
 * Returns	0, or -1: what fn returned, or ERR_PSK_LIST (empty, columns not found, not text, too many keys,
 *		cut off) or ERR_MEMORY; then the list as a whole is not usable. What is wrong with a line is in
 *		the line
 * Threads	one at a time
 */
MUST_CHECK int psk_file_feed(struct psk_file *f, const void *bytes, size_t len, struct err *e);
MUST_CHECK int psk_file_end(struct psk_file *f, struct err *e);

void psk_file_info(const struct psk_file *f, struct psk_file_info *out);

#endif
