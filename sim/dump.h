/* SPDX-License-Identifier: Apache-2.0 */
/* dump: what a device has become, as JSON. Holds secrets on purpose: this is a lab. */
#ifndef MUSTER_SIM_DUMP_H
#define MUSTER_SIM_DUMP_H

#include <jansson.h>

#include "sim/fleet.h"

/* New references, to be json_decref'd. */
json_t *dump_device(const struct device *d);
json_t *dump_fleet(const struct fleet *f);
json_t *dump_log(const struct device *d);

#endif
