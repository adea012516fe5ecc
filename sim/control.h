/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control: a Unix socket that shows and stirs the fleet. One line a command, one line of JSON back:
 *
 *	dump [DEVICE]          everything, of all devices or one
 *	log DEVICE             operations received, in order
 *	count [DEVICE]         requests received
 *	reboot DEVICE          power cycle
 *	power DEVICE S0        the PC is on (S0), asleep (S1 to S4) or off (S5)
 *	hello DEVICE           start setup as an agent would: state 1, hellos from the beginning
 *	unprovision DEVICE     full un-provision, as in MEBx
 *	partial DEVICE         partial un-provision
 *	fault DEVICE SPEC      add a fault
 *	clear DEVICE           drop its faults
 *	quit                   end the simulator
 *
 * DEVICE is a UUID or an address; "*" in fault, clear, power, reboot and hello means every device. Errors
 * come back as {"error": TEXT}.
 */
#ifndef MUSTER_SIM_CONTROL_H
#define MUSTER_SIM_CONTROL_H

#include "sim/fleet.h"

struct control;

/* control_open: listen on path; a socket left over there is replaced. -1 with ERR_SYSTEM. */
MUST_CHECK int control_open(struct fleet *f, const char *path, struct control **out, struct err *e);
void control_free(struct control *c);

#endif
