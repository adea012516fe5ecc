/* SPDX-License-Identifier: Apache-2.0 */
/* hello_clock: a device asking to be set up, by the schedule of protocol/setup.md 1.7. */
#ifndef MUSTER_SIM_HELLO_CLOCK_H
#define MUSTER_SIM_HELLO_CLOCK_H

#include "sim/device.h"

/* hello_start: begin the schedule anew, RetryCount 0. hello_start_in: the same after a wait. */
void hello_start(struct device *d);
void hello_start_in(struct device *d, uint64_t ms);

/* hello_stop: say nothing more; a hello on its way is cut off. */
void hello_stop(struct device *d);

/*
 * hello_pause_ms: wait after attempt n (from 0) at time scale 1; 0: that was the last. day: the
 * window of 24 hours that setup by certificate has at the first start; all others are of 6 hours.
 */
uint64_t hello_pause_ms(bool day, unsigned int n);

#endif
