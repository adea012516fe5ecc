/* SPDX-License-Identifier: Apache-2.0 */
/* rate: how many hellos each address sent within the minute. Bounded memory; one thread. */
#ifndef MUSTER_ENGINE_RATE_H
#define MUSTER_ENGINE_RATE_H

#include <stdint.h>

struct rate;

enum rate_answer { RATE_TAKE, RATE_REFUSE };

/* rate_new: per_minute hellos an address; NULL without memory. */
struct rate *rate_new(unsigned int per_minute);
void rate_free(struct rate *r); /* takes NULL */

/* rate_limit: another limit from now on. */
void rate_limit(struct rate *r, unsigned int per_minute);

/*
 * rate_take: count one hello of an address. *refused is set once a minute for an address that was
 * refused: how many times, for one line in the log.
 */
enum rate_answer rate_take(struct rate *r, const char *address, int64_t now_ms, int64_t *refused);

#endif
