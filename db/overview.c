/* SPDX-License-Identifier: Apache-2.0 */
/* overview: what a service looks like from above: counts, what happened per minute, what is missing. */
#include "db/overview.h"

#include <stdio.h>

#include "base/macros.h"

static const struct stmt overview = {
	.name = "overview",
	.want = WANT_MANY,
	.sql = "SELECT key, value FROM muster.overview()",
};
static const struct stmt activity = {
	.name = "activity",
	.nparams = 1,
	.want = WANT_MANY,
	.sql = "SELECT hellos, refused, done, failed FROM muster.activity_list($1::int)",
};
static const struct stmt ready = {
	.name = "readiness",
	.want = WANT_MANY,
	.sql = "SELECT item, state, says, place FROM muster.readiness()",
};

void
overview_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner)
{
	dbq_send(q, &overview, NULL, 0, fn, arg, owner);
}

void
activity_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner)
{
	char minutes[16];
	const char *params[] = { minutes };

	(void)snprintf(minutes, sizeof(minutes), "%d", ACTIVITY_MINUTES);
	dbq_send(q, &activity, params, ARRAY_LEN(params), fn, arg, owner);
}

int
readiness(struct db *db, struct rows **out, struct err *e)
{
	return db_run(db, &ready, NULL, 0, out, e);
}

void
readiness_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner)
{
	dbq_send(q, &ready, NULL, 0, fn, arg, owner);
}
