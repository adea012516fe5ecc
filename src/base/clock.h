/* SPDX-License-Identifier: Apache-2.0 */
/* clock: monotonic milliseconds for deadlines, and wall-clock time as text. */
#ifndef MUSTER_BASE_CLOCK_H
#define MUSTER_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

enum { CLOCK_TEXT = 32 };

/* clock_ms: milliseconds since some start, never going back. */
int64_t clock_ms(void);

/* clock_wall_us: microseconds since 1970-01-01 UTC. */
int64_t clock_wall_us(void);

/* clock_text: "2026-11-24 06:15:09.123Z" of microseconds since 1970 (a valid timestamptz). */
void clock_text(int64_t wall_us, char out[CLOCK_TEXT]);

/* clock_sleep_ms: sleep, going on after signals. */
void clock_sleep_ms(int64_t ms);

#endif
