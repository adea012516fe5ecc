/* SPDX-License-Identifier: Apache-2.0 */
/* roots: the root certificates that firmware trusts from the factory. */
#ifndef MUSTER_SIM_ROOTS_H
#define MUSTER_SIM_ROOTS_H

#include "sim/device.h"

/* roots_factory: give a device the list of its release. */
void roots_factory(struct device *d);

/*
 * roots_add: trust one more, as if the maker of the PC had added it: a name of the factory list,
 * "factory" for all of it, the hex of a hash (40, 64 or 96 digits), or a PEM file, of which the last
 * certificate counts. Returns 0, or -1 with ERR_INPUT or ERR_FILE.
 */
MUST_CHECK int roots_add(struct device *d, const char *what, struct err *e);

#endif
