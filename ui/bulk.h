/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bulk: one action on many devices, sent in parts while the screens stay usable. A part is one
 * transaction: when its answer is lost, it was done for all of the part or for none.
 */
#ifndef MUSTER_UI_BULK_H
#define MUSTER_UI_BULK_H

#include "ui/app.h"

enum { BULK_PART = 200 };

struct bulk_op;

/* Sends the action for n devices; before: how many of the same action went before them. The rows that
 * answer are those of device_approve. */
typedef void bulk_send_fn(struct dbq *q, const struct bulk_op *op, const char *const *uuids, size_t n, size_t before,
    dbq_rows_fn *fn, void *arg, const void *owner);

struct bulk_op {
	const char *title; /* as in messages: "Hold" */
	bulk_send_fn *send;
	enum cmd undo;     /* the opposite; CMD_NONE: there is none */
	/* What send needs. */
	const char *verb;
	char profile[64], fqdn[DB_FQDN], ou[DB_TEXT];
	char why[DB_TEXT];
	bool full, force;
	int minutes;
	size_t before; /* devices that went before the first: when the rest of an action is asked for again */
};

enum bulk_end { BULK_NOT_SENT, BULK_SENT, BULK_DONE, BULK_REFUSED, BULK_UNKNOWN };

struct bulk_device {
	char uuid[UUID_TEXT];
	enum bulk_end end;
	int code;
	char text[96]; /* of a refusal, cut; the code tells more */
};

struct bulk {
	struct app *app;
	unsigned int number; /* tells it from the one before */
	struct bulk_op op;
	struct bulk_device *devices; /* n, owned */
	size_t n, sent, from;        /* from: where the part in flight starts */
	size_t done, refused, unknown;
	bool running, cancelled;
	struct err err;              /* why it stopped; code 0: it did not */
	unsigned int place;          /* where it was started */
};

/* bulk_start: the devices are copied. Says so and does nothing while another one runs. */
void bulk_start(struct app *a, const struct bulk_op *op, const char *const *uuids, size_t n);

/* bulk_again: the devices that were not done and not refused, once more. */
void bulk_again(struct app *a);

/* bulk_cancel: stop after the part in flight. */
void bulk_cancel(struct app *a);

/* bulk_of: the last one, NULL: none. bulk_progress: a line about the one that runs. */
const struct bulk *bulk_of(const struct app *a);
void bulk_progress(const struct bulk *b, char *out, size_t size);
void bulk_free(struct bulk *b); /* takes NULL */

/* number_text: 12345 as "12,345". */
void number_text(size_t n, char *out, size_t size);

#endif
