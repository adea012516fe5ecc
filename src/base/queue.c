/* SPDX-License-Identifier: Apache-2.0 */
/* queue: a bounded first-in first-out queue between threads. */
#include "base/queue.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

void
cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(cond, &attr);
	(void)pthread_condattr_destroy(&attr);
}

void
cond_wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ms)
{
	struct timespec until;

	if (ms < 0) {
		(void)pthread_cond_wait(cond, lock);
		return;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	(void)pthread_cond_timedwait(cond, lock, &until);
}

int
queue_init(struct queue *q, size_t max, struct err *e)
{
	*q = (struct queue){ .max = max };
	q->ring = calloc(max, sizeof(*q->ring));
	if (q->ring == NULL)
		return err_set(e, ERR_MEMORY, "queue of %zu items", max);
	(void)pthread_mutex_init(&q->lock, NULL);
	cond_init(&q->changed);
	return 0;
}

void
queue_free(struct queue *q)
{
	if (q->ring == NULL)
		return;
	free(q->ring);
	q->ring = NULL;
	(void)pthread_cond_destroy(&q->changed);
	(void)pthread_mutex_destroy(&q->lock);
}

static int
push(struct queue *q, void *item, bool wait)
{
	int rc = -1;

	(void)pthread_mutex_lock(&q->lock);
	while (wait && q->len == q->max && !q->stopped)
		(void)pthread_cond_wait(&q->changed, &q->lock);
	if (!q->stopped && q->len < q->max) {
		q->ring[(q->head + q->len) % q->max] = item;
		q->len++;
		(void)pthread_cond_broadcast(&q->changed);
		rc = 0;
	}
	(void)pthread_mutex_unlock(&q->lock);
	return rc;
}

int
queue_push(struct queue *q, void *item)
{
	return push(q, item, true);
}

int
queue_try(struct queue *q, void *item)
{
	return push(q, item, false);
}

size_t
queue_pop(struct queue *q, void **items, size_t max, int64_t wait_ms)
{
	int64_t until = clock_ms() + wait_ms;
	size_t n = 0;

	(void)pthread_mutex_lock(&q->lock);
	while (q->len == 0 && !q->stopped) {
		int64_t left = wait_ms < 0 ? -1 : until - clock_ms();

		if (wait_ms >= 0 && left <= 0)
			break;
		cond_wait_ms(&q->changed, &q->lock, left);
	}
	for (; n < max && q->len > 0; n++) {
		items[n] = q->ring[q->head];
		q->head = (q->head + 1) % q->max;
		q->len--;
	}
	if (n > 0)
		(void)pthread_cond_broadcast(&q->changed);
	(void)pthread_mutex_unlock(&q->lock);
	return n;
}

void
queue_stop(struct queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	q->stopped = true;
	(void)pthread_cond_broadcast(&q->changed);
	(void)pthread_mutex_unlock(&q->lock);
}

size_t
queue_len(struct queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	size_t n = q->len;
	(void)pthread_mutex_unlock(&q->lock);
	return n;
}

bool
queue_stopped(struct queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	bool stopped = q->stopped;
	(void)pthread_mutex_unlock(&q->lock);
	return stopped;
}
