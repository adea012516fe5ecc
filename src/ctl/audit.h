/* SPDX-License-Identifier: Apache-2.0 */
/* audit: what musterctl audit shares between its files. */
#ifndef MUSTER_CTL_AUDIT_H
#define MUSTER_CTL_AUDIT_H

#include "ctl/ctl.h"

/* audit_verify: the command: recompute the chain, and compare its end with what the log says of it. */
int audit_verify(struct ctl *c, struct err *e);
enum { VERIFY_EXPECT };

#endif
