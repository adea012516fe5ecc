/* SPDX-License-Identifier: Apache-2.0 */
/* ready: musterctl ready: the readiness list of the service. */
#include <string.h>

#include "ctl/ctl.h"
#include "db/overview.h"

static int
ready(struct ctl *c, struct err *e)
{
	static const struct ctl_col cols[] = {
		{ "STATE", "state", READY_STATE, false },
		{ "ITEM", "item", READY_ITEM, false },
		{ "SAYS", "says", READY_SAYS, false },
		{ 0 },
	};
	SCOPED(rows) struct rows *r = NULL;
	int rc = CTL_OK;

	if (ctl_connect(c, e) < 0 || readiness(c->db, &r, e) < 0)
		return -1;
	ctl_table(c, r, cols);
	for (size_t i = 0; i < rows_count(r); i++)
		if (strcmp(rows_text(r, i, READY_STATE), "missing") == 0)
			rc = CTL_FAILED;
	return rc;
}

const struct command ctl_ready_commands[] = {
	{ "ready", "", "", 0, 0, "Show what the service needs before it can configure a device; fails while something is missing", NULL, ready },
	{ 0 },
};
