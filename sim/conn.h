/* SPDX-License-Identifier: Apache-2.0 */
/* conn: one connection to a device, plain or TLS: handshake, request, pause, reply, again. */
#ifndef MUSTER_SIM_CONN_H
#define MUSTER_SIM_CONN_H

#include "sim/device.h"

/* conn_accept: take over an accepted descriptor. */
void conn_accept(struct device *d, int fd, bool tls);

/* conn_close_all: end every connection of a device, without a word. */
void conn_close_all(struct device *d);

/* conn_stalled: does a client wait for conn_resume? */
bool conn_stalled(const struct device *d);
void conn_resume(struct device *d);

#endif
