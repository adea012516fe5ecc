/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rate: a table of addresses with open places side by side. When all places of an address are taken
 * the one that was quiet longest is given up: a flood from many addresses makes counting coarser,
 * never larger.
 */
#include "engine/rate.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { SETS = 4096, WAYS = 4, WINDOW_MS = 60000 };

struct entry {
	char address[48];
	int64_t window_ms, last_ms;
	unsigned int count;
	int64_t refused;
};

struct rate {
	unsigned int per_minute;
	struct entry table[SETS][WAYS];
};

struct rate *
rate_new(unsigned int per_minute)
{
	struct rate *r = calloc(1, sizeof(*r));

	if (r != NULL)
		r->per_minute = per_minute;
	return r;
}

void
rate_free(struct rate *r)
{
	free(r);
}

void
rate_limit(struct rate *r, unsigned int per_minute)
{
	r->per_minute = per_minute;
}

/* FNV-1a: spread is all that is asked of it. */
static size_t
set_of(const char *address)
{
	uint32_t h = 2166136261U;

	for (; *address != '\0'; address++)
		h = (h ^ (unsigned char)*address) * 16777619U;
	return h % SETS;
}

static struct entry *
find(struct rate *r, const char *address, int64_t now_ms)
{
	struct entry *set = r->table[set_of(address)], *quiet = &set[0];

	for (int i = 0; i < WAYS; i++) {
		if (strcmp(set[i].address, address) == 0)
			return &set[i];
		if (set[i].last_ms < quiet->last_ms)
			quiet = &set[i];
	}
	*quiet = (struct entry){ .window_ms = now_ms };
	(void)text_copy(quiet->address, sizeof(quiet->address), address);
	return quiet;
}

enum rate_answer
rate_take(struct rate *r, const char *address, int64_t now_ms, int64_t *refused)
{
	struct entry *en = find(r, address, now_ms);

	*refused = 0;
	en->last_ms = now_ms;
	if (now_ms - en->window_ms >= WINDOW_MS) {
		*refused = en->refused;
		en->window_ms = now_ms;
		en->count = 0;
		en->refused = 0;
	}
	if (en->count < r->per_minute) {
		en->count++;
		return RATE_TAKE;
	}
	if (en->refused++ == 0)
		*refused = 1; /* the first one is told at once */
	return RATE_REFUSE;
}
