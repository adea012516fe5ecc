/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listener: accepts hellos on TCP, reads each with a deadline and a bound, and hands it to the
 * intake. Never writes to a device, never waits for one.
 */
#ifndef MUSTER_ENGINE_LISTENER_H
#define MUSTER_ENGINE_LISTENER_H

#include "engine/intake.h"

struct listener;

/*
 * listener_start: listen on every address of conf.listen ("*" is all IPv4 and IPv6 addresses), at
 * the port of the settings. ERR_SYSTEM names the address that cannot be had.
 */
MUST_CHECK int listener_start(struct engine *en, struct intake *in, struct listener **out, struct err *e);
void listener_stop(struct listener *l); /* takes NULL */

#endif
