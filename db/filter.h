/* SPDX-License-Identifier: Apache-2.0 */
/* filter: filters people gave a name, each login its own. */
#ifndef MUSTER_DB_FILTER_H
#define MUSTER_DB_FILTER_H

#include "db/dbq.h"

enum { FILTER_NAME = 164 }; /* 40 characters */

/* What a list is filtered by; what a list does not have stays "". */
struct saved_filter {
	char name[FILTER_NAME];
	char state[24], search[128], order[16], level[16], uuid[40];
	char who[64], what[64], object[256];
};

/* filter_list_send: the caller's filters of a screen, by name; filter_from_row reads them. */
void filter_list_send(struct dbq *q, const char *screen, dbq_rows_fn *fn, void *arg, const void *owner);
void filter_from_row(const struct rows *r, size_t row, struct saved_filter *out);

/* filter_save_send: keep f under its name, in place of what had it. filter_forget_send: no longer. */
void filter_save_send(struct dbq *q, const char *screen, const struct saved_filter *f, dbq_rows_fn *fn, void *arg,
    const void *owner);
void filter_forget_send(struct dbq *q, const char *screen, const char *name, dbq_rows_fn *fn, void *arg, const void *owner);

#endif
