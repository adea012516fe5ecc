/* SPDX-License-Identifier: Apache-2.0 */
/* loop: one epoll instance, its timers, and freeing things that an event may still point to. */
#include "sim/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "sim/mem.h"

enum { EVENTS_PER_ROUND = 256 };

struct later {
	void *p;
	void (*done)(void *p);
};

struct loop {
	int fd;
	bool stopped;
	uint64_t now_ms;
	struct timer **heap; /* smallest due_ms first */
	size_t ntimers, timer_cap;
	struct later *later;
	size_t nlater, later_cap;
};

static void
read_clock(struct loop *l)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	l->now_ms = (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

int
loop_open(struct loop **out, struct err *e)
{
	struct loop *l = mem_zero(sizeof(*l));

	l->fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->fd < 0) {
		free(l);
		return err_errno(e, ERR_SYSTEM, "epoll");
	}
	read_clock(l);
	*out = l;
	return 0;
}

static void
run_later(struct loop *l)
{
	for (size_t i = 0; i < l->nlater; i++)
		l->later[i].done(l->later[i].p);
	l->nlater = 0;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	run_later(l);
	(void)close(l->fd);
	free(l->heap);
	free(l->later);
	free(l);
}

static void
place(struct loop *l, size_t i, struct timer *t)
{
	l->heap[i] = t;
	t->slot = i + 1;
}

static void
sift_up(struct loop *l, size_t i)
{
	struct timer *t = l->heap[i];

	while (i > 0 && l->heap[(i - 1) / 2]->due_ms > t->due_ms) {
		place(l, i, l->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	place(l, i, t);
}

static void
sift_down(struct loop *l, size_t i)
{
	struct timer *t = l->heap[i];

	for (;;) {
		size_t kid = 2 * i + 1;

		if (kid >= l->ntimers)
			break;
		if (kid + 1 < l->ntimers && l->heap[kid + 1]->due_ms < l->heap[kid]->due_ms)
			kid++;
		if (l->heap[kid]->due_ms >= t->due_ms)
			break;
		place(l, i, l->heap[kid]);
		i = kid;
	}
	place(l, i, t);
}

void
loop_untimer(struct loop *l, struct timer *t)
{
	if (t->slot == 0)
		return;
	size_t i = t->slot - 1;
	struct timer *last = l->heap[--l->ntimers];

	t->slot = 0;
	if (last == t)
		return;
	place(l, i, last);
	sift_down(l, i);
	sift_up(l, last->slot - 1);
}

void
loop_timer(struct loop *l, struct timer *t, uint64_t in_ms)
{
	loop_untimer(l, t);
	if (l->ntimers == l->timer_cap)
		l->heap = mem_grow(l->heap, &l->timer_cap, sizeof(*l->heap));
	t->due_ms = l->now_ms + in_ms;
	place(l, l->ntimers++, t);
	sift_up(l, l->ntimers - 1);
}

static int
wait_ms(const struct loop *l)
{
	if (l->ntimers == 0)
		return -1;
	uint64_t due = l->heap[0]->due_ms;
	uint64_t left = due > l->now_ms ? due - l->now_ms : 0;

	return left > 60000 ? 60000 : (int)left;
}

static void
run_timers(struct loop *l)
{
	while (l->ntimers > 0 && l->heap[0]->due_ms <= l->now_ms && !l->stopped) {
		struct timer *t = l->heap[0];

		loop_untimer(l, t);
		t->fire(t);
	}
}

int
loop_run(struct loop *l, struct err *e)
{
	struct epoll_event ev[EVENTS_PER_ROUND];

	while (!l->stopped) {
		read_clock(l);
		int n = epoll_wait(l->fd, ev, EVENTS_PER_ROUND, wait_ms(l));

		if (n < 0 && errno != EINTR)
			return err_errno(e, ERR_SYSTEM, "epoll_wait");
		read_clock(l);
		for (int i = 0; i < n && !l->stopped; i++) {
			struct watch *w = ev[i].data.ptr;

			if (w->fd >= 0)
				w->ready(w, ev[i].events);
		}
		run_timers(l);
		run_later(l);
	}
	return 0;
}

void
loop_stop(struct loop *l)
{
	l->stopped = true;
}

uint64_t
loop_now_ms(const struct loop *l)
{
	return l->now_ms;
}

int
loop_watch(struct loop *l, struct watch *w, uint32_t events, struct err *e)
{
	struct epoll_event ev = { .events = events, .data.ptr = w };

	if (epoll_ctl(l->fd, EPOLL_CTL_MOD, w->fd, &ev) < 0 &&
	    (errno != ENOENT || epoll_ctl(l->fd, EPOLL_CTL_ADD, w->fd, &ev) < 0))
		return err_errno(e, ERR_SYSTEM, "epoll_ctl");
	w->events = events;
	return 0;
}

void
loop_unwatch(struct loop *l, struct watch *w)
{
	if (w->fd >= 0)
		(void)epoll_ctl(l->fd, EPOLL_CTL_DEL, w->fd, NULL);
	w->fd = -1;
}

void
loop_free_later(struct loop *l, void *p, void (*done)(void *p))
{
	if (l->nlater == l->later_cap)
		l->later = mem_grow(l->later, &l->later_cap, sizeof(*l->later));
	l->later[l->nlater++] = (struct later){ p, done };
}
