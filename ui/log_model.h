/* SPDX-License-Identifier: Apache-2.0 */
/* log_model: what the files of the Log screen share. */
#ifndef MUSTER_UI_LOG_MODEL_H
#define MUSTER_UI_LOG_MODEL_H

#include "db/event_export.h"
#include "ui/app.h"
#include "ui/widget/feed.h"

struct log {
	struct app *app;
	struct event_filter filter;
	struct feed feed;
	bool follow;
	int64_t count;
	/* the page being asked for */
	dbq_rows_fn *fn;
	bool back;
	struct event_export export;
	bool exporting;
};

/* log_export.c: asks for a file, and writes to it page by page; end: stops, and removes what is not complete. */
void log_export_start(struct log *l);
void log_export_end(struct log *l);

#endif
