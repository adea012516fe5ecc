/* SPDX-License-Identifier: Apache-2.0 */
/* wsman: one WS-Management request to its reply. Source: protocol/wsman.md 3. */
#ifndef MUSTER_SIM_WSMAN_H
#define MUSTER_SIM_WSMAN_H

#include "base/buf.h"
#include "sim/soap.h"

/* A request that was understood so far as to know what it wants. */
struct wsman {
	struct soap_req req;
	struct fault_where where; /* for faults and the log; cls "" when unknown */
	const struct wclass *cls; /* NULL when this device has no such class */
	const struct method *method;
	enum fault bad;  /* decided before acting */
	struct buf body; /* of the reply */
	bool is_fault;
	unsigned int status; /* ReturnValue, or HTTP status */
	enum after after;
};

/* wsman_read: parse and look up. Returns 0, or -1 when this is no envelope. Free w in all cases. */
MUST_CHECK int wsman_read(struct device *d, const char *text, size_t len, struct wsman *w);

/* wsman_act: check the caller's rights (acl NULL: administrator), act, write the reply. */
void wsman_act(struct device *d, struct wsman *w, const struct acl *acl);

void wsman_free(struct wsman *w);
static inline void
wsman_scoped(struct wsman *w)
{
	wsman_free(w);
}

#endif
