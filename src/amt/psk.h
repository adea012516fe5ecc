/* SPDX-License-Identifier: Apache-2.0 */
/*
 * psk: PID and PPS, the pre-shared key by which a device and the service know each other. No I/O.
 * Both are kept without hyphens; hyphens are for people only.
 * Source: protocol/setup.md 2.1 and 2.2.
 */
#ifndef MUSTER_AMT_PSK_H
#define MUSTER_AMT_PSK_H

#include "amt/hello.h"
#include "base/err.h"
#include "secret/secret.h"

enum {
	PPS_LEN = 32,
	PPS_GROUPS = 8,             /* of four: three free characters and their check character */
	PID_TEXT = PID_LEN + 2,     /* XXXX-XXXC and NUL */
	PPS_TEXT = PPS_LEN + 8,     /* with seven hyphens and NUL */
};

struct psk {
	char pid[PID_LEN + 1];
	struct secret pps;
};

static inline void
psk_scoped(struct psk *k)
{
	secret_wipe(&k->pps);
}

/* psk_check_char: the check character over n characters. Source: protocol/setup.md 2.2. */
char psk_check_char(const char *chars, size_t n);

/*
 * psk_generate: a new pair, each free character drawn uniformly from the system's random source. The caller
 * keeps the PID unique. ERR_SYSTEM.
 */
MUST_CHECK int psk_generate(struct psk *out, struct err *e);

/*
 * pid_parse, pps_parse: what somebody typed or a list holds, in either case, with or without hyphens and
 * blanks.
 *
 * out		without hyphens, in capitals; set on success only
 * Returns	0, or -1 with ERR_PSK: the text says which group is mistyped and what its check character would
 *		be, and holds nothing else of a PPS
 * Threads	any
 */
MUST_CHECK int pid_parse(const char *typed, char out[PID_LEN + 1], struct err *e);
MUST_CHECK int pps_parse(const struct secret *typed, struct secret *out, struct err *e);

/* pid_text, pps_text: with hyphens. What has not their length is copied as it is, cut to size. */
void pid_text(const char *pid, char out[PID_TEXT]);
void pps_text(const struct secret *pps, struct secret *out);

#endif
