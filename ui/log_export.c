/* SPDX-License-Identifier: Apache-2.0 */
/* log_export: the lines that the Log screen filters, into a file, while the screen goes on. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/log_model.h"

enum { FIELD_FILE, FIELD_FORMAT, FIELD_SINCE, FIELD_UNTIL };

void
log_export_end(struct log *l)
{
	dbq_cancel(app_db(l->app), &l->export);
	if (l->exporting)
		event_export_abort(&l->export);
	l->exporting = false;
}

static void
failed(struct log *l, const struct err *e)
{
	log_export_end(l);
	app_message(l->app, STYLE_BAD, "Not exported: %s (%d)", e->text, (int)e->code);
}

static void
on_page(void *arg, const struct rows *r, const struct err *why)
{
	struct log *l = arg;
	struct event_export *x = &l->export;
	struct err e;

	if (why != NULL) {
		failed(l, why);
	} else if (event_export_rows(x, r, &e) < 0) {
		failed(l, &e);
	} else if (x->more) {
		app_message(l->app, STYLE_NORMAL, "Exporting to %s: %" PRId64 " lines; leaving this screen ends it", x->out.path, x->lines);
		event_export_send(x, app_db(l->app), on_page, l, x);
	} else if (event_export_close(x, &e) < 0) {
		l->exporting = false;
		failed(l, &e);
	} else {
		l->exporting = false;
		app_message(l->app, STYLE_GOOD, "Exported %" PRId64 " lines to %s", x->lines, x->out.path);
	}
}

static void
on_filled(void *model, const struct form *f)
{
	struct log *l = model;
	struct event_filter filter = l->filter;
	enum event_format format = strcmp(form_value(f, FIELD_FORMAT), "CSV") == 0 ? EVENT_CSV : EVENT_JSON;
	const char *path = form_value(f, FIELD_FILE);
	struct err e;

	log_export_end(l); /* one at a time */
	if (path[0] == '\0' || strcmp(path, "-") == 0) {
		app_message(l->app, STYLE_WARN, "Not exported: a file needs a name");
		return;
	}
	if (!text_copy(filter.since, sizeof(filter.since), form_value(f, FIELD_SINCE)) ||
	    !text_copy(filter.until, sizeof(filter.until), form_value(f, FIELD_UNTIL))) {
		app_message(l->app, STYLE_WARN, "Not exported: a time is as 2026-11-24 06:15");
		return;
	}
	if (event_export_open(&l->export, path, format, &filter, &e) < 0) {
		failed(l, &e);
		return;
	}
	l->exporting = true;
	event_export_send(&l->export, app_db(l->app), on_page, l, &l->export);
	app_message(l->app, STYLE_NORMAL, "Exporting to %s ...", path);
}

void
log_export_start(struct log *l)
{
	struct form *f = app_form_new(l->app, "Export the log");

	if (f == NULL)
		return;
	form_line(f, "Level %s and more important, %s%s", event_level_name(l->filter.level),
	    l->filter.uuid[0] != '\0' ? "device " : "all devices", l->filter.uuid);
	if (l->filter.search[0] != '\0')
		form_line(f, "Only lines with: %s", l->filter.search);
	(void)form_add(f, "File", "a new file on the host of this console", "");
	struct form_field *format = form_add(f, "Format", "JSON: one object a line", "");
	(void)text_copy(format->choices[0], sizeof(format->choices[0]), "CSV");
	(void)text_copy(format->choices[1], sizeof(format->choices[1]), "JSON");
	format->nchoices = 2;
	(void)form_add(f, "Since", "empty: from the first line; else as 2026-11-24 06:15", "");
	(void)form_add(f, "Until", "empty: to the last line", "");
	app_form(l->app, on_filled);
}
