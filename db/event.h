/* SPDX-License-Identifier: Apache-2.0 */
/* event: the event log, what happened to devices. */
#ifndef MUSTER_DB_EVENT_H
#define MUSTER_DB_EVENT_H

#include "base/uuid.h"
#include "db/db.h"
#include "db/dbq.h"

enum event_level { EVENT_ERROR = 1, EVENT_WARNING = 2, EVENT_INFO = 3, EVENT_VERBOSE = 4 };
enum { EVENT_TEXT = 512 };

struct event {
	int64_t id;
	int64_t at_us; /* microseconds since 1970 */
	char at[32];   /* for people, in the time zone of the database session */
	enum event_level level;
	char uuid[UUID_TEXT]; /* "" for lines about no device */
	int node_id; /* 0: written by the database itself */
	int64_t job_id;
	int code;
	char text[EVENT_TEXT];
	bool mark; /* no line: so far was searched (see EVENT_SEARCHED) */
};

/* event_level_name: "error" ... "verbose". event_level_of: 0 for an unknown name. */
const char *event_level_name(enum event_level level);
int event_level_of(const char *name);

struct event_filter {
	char uuid[UUID_TEXT];     /* "" all devices */
	enum event_level level;   /* least important to show */
	char search[64];          /* anywhere in the text */
	char since[40], until[40]; /* "" no bound; else a time as PostgreSQL reads it, until exclusive */
};

/*
 * A page with a search looks through so many lines, which bounds its time whatever the size of the log. When
 * they were not enough for a full page, its last row is a mark: from there the next page goes on.
 */
enum { EVENT_SEARCHED = 100000 };


void event_from_row(const struct rows *r, size_t row, struct event *out);

/*
 * event_page: up to limit lines older than (at_us, id), newest first; both 0: the newest. newer:
 * those after it instead, oldest first.
 */
MUST_CHECK int event_page(struct db *db, const struct event_filter *f, int64_t at_us, int64_t id,
    bool newer, int limit, struct rows **out, struct err *e);
void event_page_send(struct dbq *q, const struct event_filter *f, int64_t at_us, int64_t id, bool newer,
    int limit, dbq_rows_fn *fn, void *arg, const void *owner);

/* event_estimate_send: one row, about how many lines there are (exact for one device). */
void event_estimate_send(
    struct dbq *q, const struct event_filter *f, dbq_rows_fn *fn, void *arg, const void *owner);

/* A line to write; uuid "" and job 0 stand for none. */
struct event_line {
	int64_t at_us;
	enum event_level level;
	char uuid[UUID_TEXT];
	int64_t job_id;
	int code;
	char text[EVENT_TEXT];
};

/* event_write: n lines of an engine, in order, in one statement. */
MUST_CHECK int event_write(
    struct db *db, int node, const struct event_line *lines, size_t n, struct err *e);

/* event_maintain: partitions for the days ahead; days past the retention are dropped. */
MUST_CHECK int event_maintain(struct db *db, int *dropped, struct err *e);

#endif
