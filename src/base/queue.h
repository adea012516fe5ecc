/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue: a bounded first-in first-out queue between threads, of pointers it does not own. Every
 * wait ends at stop.
 */
#ifndef MUSTER_BASE_QUEUE_H
#define MUSTER_BASE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct queue {
	pthread_mutex_t lock; /* guards everything below; never held over I/O */
	pthread_cond_t changed;
	void **ring;
	size_t max, head, len;
	bool stopped;
};

MUST_CHECK int queue_init(struct queue *q, size_t max, struct err *e);
void queue_free(struct queue *q); /* no thread may be using it */

/* queue_push: waits while full. 0: the queue took the item; -1 (stopped): you still own it. */
MUST_CHECK int queue_push(struct queue *q, void *item);

/* queue_try: as queue_push, without waiting; -1 also when full. */
MUST_CHECK int queue_try(struct queue *q, void *item);

/*
 * queue_pop: up to max items, waiting at most wait_ms (-1: for ever) for the first. Returns their
 * number; 0 after the wait or when stopped and empty.
 */
size_t queue_pop(struct queue *q, void **items, size_t max, int64_t wait_ms);

/* queue_stop: no more pushes; waiting threads return. What is in it can still be popped. */
void queue_stop(struct queue *q);

/* queue_len: items in it now. queue_stopped: whether queue_stop was called. */
size_t queue_len(struct queue *q);
bool queue_stopped(struct queue *q);

/* cond_init: a condition variable whose timed waits follow the monotonic clock. */
void cond_init(pthread_cond_t *cond);

/* cond_wait_ms: wait at most ms (-1: for ever) on a condition made by cond_init. */
void cond_wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ms);

#endif
