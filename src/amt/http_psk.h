/* SPDX-License-Identifier: Apache-2.0 */
/* http_psk: how PID and PPS go out in a TLS-PSK session: what is tried, in which order. */
#ifndef MUSTER_AMT_HTTP_PSK_H
#define MUSTER_AMT_HTTP_PSK_H

#include "amt/http.h"

/*
 * http_psk_form: form number n (from 0), best first, of a pair as identity and key. No document settles the form
 * (setup.md 2.4, UNCERTAIN-7), so when a device answers with ERR_PSK_IDENTITY or ERR_PSK_KEY, the next one is
 * tried on a new connection.
 *
 * pid, pps	with or without hyphens
 * *out		wipe the key
 * Returns	the form in words, "without hyphens"; NULL: there is none left, or the pair does not fit
 */
const char *http_psk_form(size_t n, const char *pid, const struct secret *pps, struct http_psk *out);

#endif
