/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_export: the event log into a file, page by page, oldest line first, in constant memory: for musterctl,
 * which waits for each page, and for the console, which does not.
 */
#ifndef MUSTER_DB_EVENT_EXPORT_H
#define MUSTER_DB_EVENT_EXPORT_H

#include "base/file.h"
#include "db/event.h"

enum event_format { EVENT_CSV, EVENT_JSON }; /* JSON: one object a line */

struct event_export {
	struct event_filter filter;
	enum event_format format;
	struct file_out out;
	int64_t at_us, id; /* where the next page goes on */
	int64_t lines;     /* written so far */
	bool more;
};

/* event_export_open: as file_out_open. */
MUST_CHECK int event_export_open(struct event_export *x, const char *path, enum event_format format, const struct event_filter *f,
    struct err *e);

/* event_export_send, event_export_page: the next page; _rows writes what came; afterwards x->more says if there is more. */
void event_export_send(struct event_export *x, struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner);
MUST_CHECK int event_export_page(struct event_export *x, struct db *db, struct err *e);
MUST_CHECK int event_export_rows(struct event_export *x, const struct rows *r, struct err *e);

/* event_export_close, event_export_abort: as those of file_out. */
MUST_CHECK int event_export_close(struct event_export *x, struct err *e);
void event_export_abort(struct event_export *x);

#endif
