/* SPDX-License-Identifier: Apache-2.0 */
/* ports: when a device listens, and what happens to it between two connections. */
#ifndef MUSTER_SIM_PORTS_H
#define MUSTER_SIM_PORTS_H

#include "sim/device.h"

enum { PORT_PLAIN = 16992, PORT_TLS = 16993 };

/* ports_open: listen where the state of the device says so. Returns 0, or -1 with ERR_SYSTEM. */
MUST_CHECK int ports_open(struct device *d, struct err *e);
void ports_close(struct device *d);

/* ports_ready: accept again on the TLS port once its connection has ended. */
void ports_ready(struct device *d);

/* ports_after: carry out what a request left to do once its connection is gone. */
void ports_after(struct device *d, enum after after);

/* ports_start: an agent on the host starts setup: state In, ports, hellos from the beginning. */
void ports_start(struct device *d);

#endif
