/* SPDX-License-Identifier: Apache-2.0 */
/* plan_eoi: what the dry run says of steps with AMT before 3.2: their calls, and where they differ. Pure. */
#ifndef MUSTER_AMT_PLAN_EOI_H
#define MUSTER_AMT_PLAN_EOI_H

#include "amt/plan.h"

struct plan_eoi {
	const char *id; /* of the step */
	const char *(*skip)(const struct plan_case *c); /* may be NULL; beside what is left out in any case */
	const char *(*note)(const struct plan_case *c); /* may be NULL; instead of the step's own */
	const struct plan_call *calls;
};

/* plan_eoi: the row of a step; NULL: it makes no calls. */
const struct plan_eoi *plan_eoi(const char *id);

/* plan_eoi_text: "Invoke NetworkAdministrationService.SetHostName". */
void plan_eoi_text(enum eoi_id id, char *out, size_t size);

#endif
