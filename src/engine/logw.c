/* SPDX-License-Identifier: Apache-2.0 */
/* logw: the log writer. */
#include "engine/logw.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/queue.h"

enum { BATCH = 256, BOUND = 8192, GATHER_MS = 20, RETRY_MS = 1000, LAST_TRY_MS = 5000 };

struct item {
	bool is_step;
	union {
		struct event_line event;
		struct step_line step;
	};
};

struct logw {
	struct db_pool *pool;
	int node;
	struct queue queue;
	pthread_t thread;
	pthread_mutex_t lock; /* guards taken, written */
	pthread_cond_t changed;
	uint64_t taken, written; /* items handed over and made durable, ever */
};

static void
push(struct logw *w, const struct item *item)
{
	struct item *copy = malloc(sizeof(*copy));

	if (copy != NULL)
		*copy = *item;
	(void)pthread_mutex_lock(&w->lock);
	w->taken++;
	(void)pthread_mutex_unlock(&w->lock);
	if (copy != NULL && queue_push(&w->queue, copy) == 0)
		return;
	free(copy);
	(void)pthread_mutex_lock(&w->lock);
	w->written++; /* no memory, or stopped: nobody waits for it */
	(void)pthread_cond_broadcast(&w->changed);
	(void)pthread_mutex_unlock(&w->lock);
	log_at(LOG_ERROR, "a line of the event log was lost");
}

void
logw_event(struct logw *w, const struct event_line *line)
{
	struct item item = { .is_step = false, .event = *line };

	push(w, &item);
}

void
logw_step(struct logw *w, const struct step_line *line)
{
	struct item item = { .is_step = true, .step = *line };

	push(w, &item);
}

/* Events and steps of a batch in one transaction. */
static int
write_batch(struct logw *w, struct item **items, size_t n, struct err *e)
{
	SCOPED(mem) struct event_line *events = calloc(n, sizeof(*events));
	SCOPED(mem) struct step_line *steps = calloc(n, sizeof(*steps));
	size_t nevents = 0, nsteps = 0;
	struct db *db = NULL;

	if (events == NULL || steps == NULL)
		return err_set(e, ERR_MEMORY, "event log");
	for (size_t i = 0; i < n; i++) {
		if (items[i]->is_step)
			steps[nsteps++] = items[i]->step;
		else
			events[nevents++] = items[i]->event;
	}
	if (db_borrow(w->pool, &db, e) < 0)
		return -1;
	int rc = db_begin(db, e);
	if (rc == 0 && nevents > 0)
		rc = event_write(db, w->node, events, nevents, e);
	if (rc == 0 && nsteps > 0)
		rc = step_write(db, steps, nsteps, e);
	if (rc == 0)
		rc = db_commit(db, e);
	else
		db_rollback(db);
	db_return(w->pool, db);
	return rc;
}

/* A database that is away or full is waited for; what it refuses would be refused again. */
static void
write_until_done(struct logw *w, struct item **items, size_t n)
{
	int64_t give_up = 0;
	struct err e;

	while (write_batch(w, items, n, &e) < 0) {
		bool stopped = queue_stopped(&w->queue);

		if (stopped && give_up == 0)
			give_up = clock_ms() + LAST_TRY_MS;
		log_err(LOG_WARNING, "event log not written", &e);
		if (!db_passes(&e) || (stopped && clock_ms() > give_up))
			break;
		clock_sleep_ms(RETRY_MS);
	}
	(void)pthread_mutex_lock(&w->lock);
	w->written += n;
	(void)pthread_cond_broadcast(&w->changed);
	(void)pthread_mutex_unlock(&w->lock);
}

static void *
run(void *arg)
{
	struct logw *w = arg;
	void *items[BATCH];
	size_t n;

	while ((n = queue_pop(&w->queue, items, BATCH, -1)) > 0) {
		if (n < BATCH && !queue_stopped(&w->queue)) { /* a moment for more to come: one commit serves them all */
			clock_sleep_ms(GATHER_MS);
			n += queue_pop(&w->queue, items + n, BATCH - n, 0);
		}
		write_until_done(w, (struct item **)items, n);
		for (size_t i = 0; i < n; i++)
			free(items[i]);
	}
	return NULL;
}

int
logw_start(struct db_pool *pool, int node, struct logw **out, struct err *e)
{
	struct logw *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return err_set(e, ERR_MEMORY, "log writer");
	w->pool = pool;
	w->node = node;
	(void)pthread_mutex_init(&w->lock, NULL);
	cond_init(&w->changed);
	if (queue_init(&w->queue, BOUND, e) < 0) {
		free(w);
		return -1;
	}
	if (pthread_create(&w->thread, NULL, run, w) != 0) {
		queue_free(&w->queue);
		free(w);
		return err_set(e, ERR_SYSTEM, "thread of the log writer");
	}
	*out = w;
	return 0;
}

void
logw_stop(struct logw *w)
{
	if (w == NULL)
		return;
	queue_stop(&w->queue);
	(void)pthread_join(w->thread, NULL);
	queue_free(&w->queue);
	(void)pthread_cond_destroy(&w->changed);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}

bool
logw_sync(struct logw *w, int64_t wait_ms)
{
	int64_t until = clock_ms() + wait_ms;

	(void)pthread_mutex_lock(&w->lock);
	uint64_t mine = w->taken;
	while (w->written < mine && clock_ms() < until)
		cond_wait_ms(&w->changed, &w->lock, until - clock_ms());
	bool done = w->written >= mine;
	(void)pthread_mutex_unlock(&w->lock);
	return done;
}
