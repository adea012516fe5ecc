/* SPDX-License-Identifier: Apache-2.0 */
/* clock: monotonic milliseconds for deadlines, and wall-clock time as text. */
#include "base/clock.h"

#include <errno.h>
#include <stdio.h>

int64_t
clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
clock_wall_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void
clock_text(int64_t wall_us, char out[CLOCK_TEXT])
{
	time_t s = (time_t)(wall_us / 1000000);
	struct tm tm;
	char day[24];

	if (gmtime_r(&s, &tm) == NULL || strftime(day, sizeof(day), "%Y-%m-%d %H:%M:%S", &tm) == 0)
		day[0] = '\0';
	(void)snprintf(out, CLOCK_TEXT, "%.20s.%03dZ", day, (int)(wall_us / 1000 % 1000));
}

void
clock_sleep_ms(int64_t ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}
