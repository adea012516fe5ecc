/* SPDX-License-Identifier: Apache-2.0 */
/*
 * psk: PID and PPS as a device takes, keeps and shows them. Source:
 * protocol/setup.md 2.1, 2.2, 2.4.
 */
#ifndef MUSTER_SIM_PSK_H
#define MUSTER_SIM_PSK_H

#include <stdbool.h>

#include "amt/hello.h"

enum {
	PPS_CHARS = 32,
	PSK_TEXT = PPS_CHARS + PPS_CHARS / 4, /* with hyphens, and NUL */
};

/*
 * psk_pid, psk_pps: read one, with or without hyphens, and hold it against its check characters.
 * out gets it without hyphens; it is left alone when false.
 */
bool psk_pid(const char *text, char out[PID_LEN + 1]);
bool psk_pps(const char *text, char out[PPS_CHARS + 1]);

/* psk_hyphens: a PID or PPS in its groups of four. */
void psk_hyphens(const char *plain, char out[PSK_TEXT]);

/* psk_make: the pair that belongs to a seed and a UUID; always the same. */
void psk_make(
    unsigned long seed, const struct uuid *uuid, char pid[PID_LEN + 1], char pps[PPS_CHARS + 1]);

#endif
