/* SPDX-License-Identifier: Apache-2.0 */
/* event_export: the event log into a file. */
#include "db/event_export.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"

enum { PAGE = 1000 };

int
event_export_open(struct event_export *x, const char *path, enum event_format format, const struct event_filter *f, struct err *e)
{
	static const char head[] = "at,level,uuid,code,job_id,text\r\n";

	*x = (struct event_export){ .filter = *f, .format = format, .more = true };
	if (file_out_open(&x->out, path, e) < 0)
		return -1;
	if (format == EVENT_CSV && file_out_write(&x->out, head, sizeof(head) - 1, e) < 0) {
		event_export_abort(x);
		return -1;
	}
	return 0;
}

void
event_export_send(struct event_export *x, struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner)
{
	event_page_send(q, &x->filter, x->at_us, x->id, true, PAGE, fn, arg, owner);
}

int
event_export_page(struct event_export *x, struct db *db, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (event_page(db, &x->filter, x->at_us, x->id, true, PAGE, &r, e) < 0)
		return -1;
	return event_export_rows(x, r, e);
}

/* RFC 4180; what a spreadsheet would take for a formula begins with a quotation mark of its own. */
static void
csv(const struct event *v, const char *at, struct buf *b)
{
	buf_printf(b, "%s,%s,%s,%d,", at, event_level_name(v->level), v->uuid, v->code);
	if (v->job_id != 0)
		buf_printf(b, "%" PRId64, v->job_id);
	buf_puts(b, strchr("=+-@", v->text[0]) != NULL && v->text[0] != '\0' ? ",\"'" : ",\"");
	for (const char *p = v->text; *p != '\0'; p++) {
		if (*p == '"')
			buf_puts(b, "\"");
		buf_add(b, p, 1);
	}
	buf_puts(b, "\"\r\n");
}

/* The text is clean of control characters (event_from_row). */
static void
json(const struct event *v, const char *at, struct buf *b)
{
	buf_printf(b, "{\"at\":\"%s\",\"code\":%d,\"id\":%" PRId64 ",\"job_id\":%" PRId64 ",\"level\":\"%s\",\"text\":\"", at, v->code, v->id,
	    v->job_id, event_level_name(v->level));
	for (const char *p = v->text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			buf_puts(b, "\\");
		buf_add(b, p, 1);
	}
	buf_printf(b, "\",\"uuid\":\"%s\"}\n", v->uuid);
}

int
event_export_rows(struct event_export *x, const struct rows *r, struct err *e)
{
	SCOPED(buf) struct buf b = { 0 };
	char at[CLOCK_TEXT];

	x->more = rows_count(r) == PAGE;
	for (size_t i = 0; i < rows_count(r); i++) {
		struct event v;

		event_from_row(r, i, &v);
		x->at_us = v.at_us;
		x->id = v.id;
		x->more |= v.mark;
		if (v.mark)
			continue;
		clock_text(v.at_us, at);
		(x->format == EVENT_CSV ? csv : json)(&v, at, &b);
		x->lines++;
	}
	if (b.bad)
		return err_set(e, ERR_MEMORY, "event log");
	return file_out_write(&x->out, buf_str(&b), b.len, e);
}

int
event_export_close(struct event_export *x, struct err *e)
{
	return file_out_close(&x->out, e);
}

void
event_export_abort(struct event_export *x)
{
	file_out_abort(&x->out);
}
