/* SPDX-License-Identifier: Apache-2.0 */
/* loop: one epoll instance, its timers, and freeing things that an event may still point to. */
#ifndef MUSTER_SIM_LOOP_H
#define MUSTER_SIM_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct loop;

/* A descriptor of interest; sits inside its owner, who gets it back through container_of(). */
struct watch {
	int fd; /* -1: not watched */
	uint32_t events;
	void (*ready)(struct watch *w, uint32_t events);
};

/* A timer; sits inside its owner. Set all to zero before the first use. */
struct timer {
	uint64_t due_ms;
	size_t slot; /* place in the heap + 1; 0: not armed */
	void (*fire)(struct timer *t);
};

#define container_of(p, type, member) ((type *)(void *)((char *)(p)-offsetof(type, member)))

MUST_CHECK int loop_open(struct loop **out, struct err *e);
void loop_free(struct loop *l);

/* loop_run: serve events until loop_stop(). Returns 0, or -1 with ERR_SYSTEM. */
MUST_CHECK int loop_run(struct loop *l, struct err *e);
void loop_stop(struct loop *l);

/* loop_now_ms: monotonic milliseconds, read once per round. */
uint64_t loop_now_ms(const struct loop *l);

/* loop_watch: add or change; events 0 keeps the descriptor but asks for nothing. */
int loop_watch(struct loop *l, struct watch *w, uint32_t events, struct err *e);

/* loop_unwatch: remove; closing the descriptor stays with the owner. Takes unwatched ones. */
void loop_unwatch(struct loop *l, struct watch *w);

/* loop_timer: arm or re-arm. loop_untimer: disarm; takes unarmed ones. */
void loop_timer(struct loop *l, struct timer *t, uint64_t in_ms);
void loop_untimer(struct loop *l, struct timer *t);

/* loop_free_later: call done(p) after this round of events; *p must not be used by new events. */
void loop_free_later(struct loop *l, void *p, void (*done)(void *p));

#endif
