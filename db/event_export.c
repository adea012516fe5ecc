/* SPDX-License-Identifier: Apache-2.0 */
/* event_export: the event log into a file. */
#include "db/event_export.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

enum { PAGE = 1000 };

int
event_export_open(struct event_export *x, const char *path, enum event_format format, const struct event_filter *f, struct err *e)
{
	*x = (struct event_export){ .filter = *f, .format = format, .more = true };
	if (strcmp(path, "-") == 0) {
		x->file = stdout;
	} else {
		if (!text_copy(x->path, sizeof(x->path), path))
			return err_set(e, ERR_FILE, "%.100s...: the name is too long", path);
		int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		x->file = fd < 0 ? NULL : fdopen(fd, "w");
		if (x->file == NULL)
			return err_errno(e, ERR_FILE, "%s", path);
	}
	if (format == EVENT_CSV && fputs("at,level,uuid,code,job_id,text\r\n", x->file) < 0) {
		(void)err_errno(e, ERR_FILE, "%s", path);
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
	if (fwrite(buf_str(&b), 1, b.len, x->file) != b.len)
		return err_errno(e, ERR_FILE, "%s", x->path[0] == '\0' ? "standard output" : x->path);
	return 0;
}

int
event_export_close(struct event_export *x, struct err *e)
{
	bool out = x->path[0] == '\0';
	bool good = fflush(x->file) == 0 && (out || fsync(fileno(x->file)) == 0);

	if (!good) {
		(void)err_errno(e, ERR_FILE, "%s", out ? "standard output" : x->path);
		event_export_abort(x);
		return -1;
	}
	if (!out && fclose(x->file) != 0) {
		x->file = NULL;
		(void)err_errno(e, ERR_FILE, "%s", x->path);
		event_export_abort(x);
		return -1;
	}
	x->file = NULL;
	return 0;
}

void
event_export_abort(struct event_export *x)
{
	if (x->path[0] == '\0')
		return;
	if (x->file != NULL)
		(void)fclose(x->file);
	x->file = NULL;
	(void)unlink(x->path);
}
