/* SPDX-License-Identifier: Apache-2.0 */
/* bulk: one action on many devices, sent in parts while the screens stay usable. */
#include "ui/bulk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/app_state.h"

enum { NUMBER = 32 };

void
number_text(size_t n, char *out, size_t size)
{
	char digits[NUMBER], text[NUMBER + NUMBER / 3];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%zu", n), used = 0;

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			text[used++] = ',';
		text[used++] = digits[i];
	}
	text[used] = '\0';
	(void)text_copy(out, size, text);
}

const struct bulk *
bulk_of(const struct app *a)
{
	return a->bulk;
}

void
bulk_free(struct bulk *b)
{
	if (b == NULL)
		return;
	dbq_cancel(app_db(b->app), b);
	free(b->devices);
	free(b);
}

void
bulk_progress(const struct bulk *b, char *out, size_t size)
{
	char gone[NUMBER], all[NUMBER], refused[NUMBER];

	number_text(b->done + b->refused, gone, sizeof(gone));
	number_text(b->n, all, sizeof(all));
	number_text(b->refused, refused, sizeof(refused));
	(void)snprintf(out, size, "%s: %s of %s, %s refused; %s", b->op.title, gone, all, refused,
	    b->cancelled ? "stops after this part" : "Esc cancels the rest");
}

static const struct bulk_device *
first_refused(const struct bulk *b)
{
	size_t i = 0;

	while (b->devices[i].end != BULK_REFUSED)
		i++;
	return &b->devices[i];
}

/* What it came to, in one line. */
static void
tell(const struct bulk *b)
{
	char done[NUMBER], refused[NUMBER], rest[NUMBER], unknown[NUMBER];
	const char *undo = b->op.undo != CMD_NONE && b->done > 0 ? "; U undoes it" : "";

	number_text(b->done, done, sizeof(done));
	number_text(b->refused, refused, sizeof(refused));
	number_text(b->unknown, unknown, sizeof(unknown));
	number_text(b->n - b->done - b->refused - b->unknown, rest, sizeof(rest));
	if (b->unknown > 0)
		app_message(b->app, STYLE_BAD, "%s: %s done, %s refused, %s not known, %s not asked: the connection was lost; :outcome",
		    b->op.title, done, refused, unknown, rest);
	else if (b->err.code != ERR_NONE)
		app_message(b->app, STYLE_BAD, "%s: %s (%d)%s", b->op.title, b->err.text, (int)b->err.code, b->done > 0 ? "; :outcome" : "");
	else if (b->cancelled && b->done + b->refused < b->n)
		app_message(b->app, STYLE_WARN, "%s: %s done, %s refused, %s cancelled%s", b->op.title, done, refused, rest, undo);
	else if (b->refused == 0)
		app_message(b->app, STYLE_GOOD, "%s: %s done%s", b->op.title, done, undo);
	else
		app_message(b->app, STYLE_WARN, "%s: %s done, %s refused, the first one %.8s: %s (%d)", b->op.title, done, refused,
		    first_refused(b)->uuid, first_refused(b)->text, first_refused(b)->code);
}

static void
finish(struct bulk *b)
{
	bool here = app_is_at(b->app, b->place);

	b->running = false;
	if (here && b->n > 1 && b->done < b->n)
		app_open(b->app, &outcome_screen, "");
	tell(b);
}

/* The answer is in the order in which the devices were sent. */
static void
take(struct bulk *b, const struct rows *r)
{
	for (size_t i = b->from; i < b->sent; i++) {
		struct bulk_device *d = &b->devices[i];
		size_t row = i - b->from;

		if (row >= rows_count(r) || strcmp(rows_text(r, row, OUTCOME_UUID), d->uuid) != 0) {
			d->end = BULK_UNKNOWN;
			b->unknown++;
			continue;
		}
		d->code = (int)rows_int(r, row, OUTCOME_CODE);
		d->end = d->code == 0 ? BULK_DONE : BULK_REFUSED;
		if (d->code != 0)
			(void)text_copy(d->text, sizeof(d->text), rows_text(r, row, OUTCOME_TEXT));
		b->done += d->code == 0;
		b->refused += d->code != 0;
	}
}

/* Nothing of the part was done when the database says so; when it says nothing, nobody knows. */
static void
stop(struct bulk *b, const struct err *e)
{
	bool lost = e->code == ERR_DB_DOWN;

	b->err = *e;
	for (size_t i = b->from; i < b->sent; i++) {
		b->devices[i].end = lost ? BULK_UNKNOWN : BULK_NOT_SENT;
		b->unknown += lost;
	}
}

static void send_part(struct bulk *b);

static void
on_part(void *arg, const struct rows *r, const struct err *e)
{
	struct bulk *b = arg;

	if (e != NULL)
		stop(b, e);
	else
		take(b, r);
	app_touch(b->app);
	if (e != NULL || b->cancelled || b->sent == b->n)
		finish(b);
	else
		send_part(b);
}

static void
send_part(struct bulk *b)
{
	const char *uuids[BULK_PART];
	size_t n = 0;

	b->from = b->sent;
	for (; n < BULK_PART && b->sent < b->n; b->sent++) {
		b->devices[b->sent].end = BULK_SENT;
		uuids[n++] = b->devices[b->sent].uuid;
	}
	b->op.send(app_db(b->app), &b->op, uuids, n, b->op.before + b->from, on_part, b, b);
}

void
bulk_start(struct app *a, const struct bulk_op *op, const char *const *uuids, size_t n)
{
	struct bulk *b;

	if (a->bulk != NULL && a->bulk->running) {
		app_message(a, STYLE_WARN, "%s still runs: Esc cancels the rest of it", a->bulk->op.title);
		return;
	}
	b = calloc(1, sizeof(*b));
	struct bulk_device *devices = calloc(n, sizeof(*devices));
	if (b == NULL || devices == NULL) {
		free(b);
		free(devices);
		app_message(a, STYLE_BAD, "no memory for %zu devices (%d)", n, (int)ERR_MEMORY);
		return;
	}
	*b = (struct bulk){ .app = a, .number = ++a->bulks, .op = *op, .devices = devices, .n = n, .running = true, .place = app_place(a) };
	for (size_t i = 0; i < n; i++)
		(void)text_copy(devices[i].uuid, sizeof(devices[i].uuid), uuids[i]);
	bulk_free(a->bulk);
	a->bulk = b;
	app_touch(a);
	send_part(b);
}

void
bulk_again(struct app *a)
{
	const struct bulk *b = a->bulk;
	const char **uuids = b == NULL ? NULL : calloc(b->n, sizeof(*uuids));
	size_t n = 0, first = 0;

	for (size_t i = 0; uuids != NULL && i < b->n; i++)
		if (b->devices[i].end == BULK_UNKNOWN || b->devices[i].end == BULK_NOT_SENT) {
			first = n == 0 ? i : first;
			uuids[n++] = b->devices[i].uuid;
		}
	if (n > 0) {
		struct bulk_op op = b->op; /* the old one goes */

		op.before += first; /* a running number goes on where it was */
		bulk_start(a, &op, uuids, n);
	} else {
		app_message(a, STYLE_NORMAL, "Every device has an answer");
	}
	free(uuids);
}

void
bulk_cancel(struct app *a)
{
	if (a->bulk != NULL && a->bulk->running)
		a->bulk->cancelled = true;
	app_touch(a);
}
