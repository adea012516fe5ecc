/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch: claims jobs, keeps leases, beats; and the workers. */
#include "engine/dispatch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/reveal.h"
#include "engine/run.h"

enum { WORKERS_MAX = 2000, CLAIM_MAX = 64, STACK = 512 * 1024, DAY_MS = 86400000, DOWN_WAIT_MS = 1000 };

struct worker {
	struct dispatch *d;
	pthread_t thread;
	int index;
	bool started, ended; /* ended: it only waits to be joined */
};

struct dispatch {
	struct engine *en;
	pthread_t thread;
	pthread_mutex_t lock; /* guards the list of runs, target, ended, and that of each worker */
	pthread_cond_t changed;
	struct run *running[WORKERS_MAX]; /* by worker; NULL: idle */
	struct run *ready;                /* claimed, not taken by a worker yet; linked by next */
	int target;                       /* how many workers there shall be */
	int nready;
	bool ended;
	struct worker workers[WORKERS_MAX];
	struct db *db; /* the dispatcher's own connection */
	bool traced; /* the database says that there is a debug trace */
	bool reload, asked; /* something was told about settings, about passwords to reveal */
	int64_t maintained_ms, beaten_ms, revealed_ms;
};

/* Waits for a run; NULL: this worker is not needed any more. */
static struct run *
take(struct worker *w)
{
	struct dispatch *d = w->d;
	struct run *r = NULL;

	(void)pthread_mutex_lock(&d->lock);
	while (d->ready == NULL && !d->ended && w->index < d->target)
		(void)pthread_cond_wait(&d->changed, &d->lock);
	if (d->ready != NULL && w->index < d->target) {
		r = d->ready;
		d->ready = r->next;
		d->nready--;
		d->running[w->index] = r;
		(void)atomic_fetch_add(&d->en->busy, 1);
	}
	w->ended = r == NULL;
	(void)pthread_mutex_unlock(&d->lock);
	return r;
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct dispatch *d = w->d;
	struct run *r;

	while ((r = take(w)) != NULL) {
		run_attempt(d->en, r);
		(void)pthread_mutex_lock(&d->lock);
		d->running[w->index] = NULL;
		(void)atomic_fetch_sub(&d->en->busy, 1);
		(void)pthread_cond_broadcast(&d->changed);
		(void)pthread_mutex_unlock(&d->lock);
		free(r);
		engine_wake(d->en);
	}
	return NULL;
}

/* Joins the workers that have ended; with all, waits for those that are still at a job. */
static void
join_ended(struct dispatch *d, bool all)
{
	for (int i = 0; i < WORKERS_MAX; i++) {
		struct worker *w = &d->workers[i];

		(void)pthread_mutex_lock(&d->lock);
		bool ended = w->ended || all;
		(void)pthread_mutex_unlock(&d->lock);
		if (!w->started || !ended)
			continue;
		(void)pthread_join(w->thread, NULL);
		w->started = false;
	}
}

/*
 * Starts workers up to the target. Those above it end by themselves when their job is done: nobody waits
 * for them here, for the leases of all jobs are renewed by this thread.
 */
static void
resize(struct dispatch *d, int target)
{
	pthread_attr_t attr;

	(void)pthread_mutex_lock(&d->lock);
	int before = d->target;
	d->target = target;
	(void)pthread_cond_broadcast(&d->changed);
	(void)pthread_mutex_unlock(&d->lock);
	join_ended(d, false);
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK);
	for (int i = 0; i < target; i++) {
		struct worker *w = &d->workers[i];

		if (w->started)
			continue;
		*w = (struct worker){ .d = d, .index = i };
		w->started = pthread_create(&w->thread, &attr, work, w) == 0;
		if (!w->started) {
			log_at(LOG_ERROR, "worker %d of %d cannot be started", i + 1, target);
			break;
		}
	}
	(void)pthread_attr_destroy(&attr);
	if (before != target)
		log_at(LOG_INFO, "%d workers", target);
}

static int
free_workers(struct dispatch *d)
{
	(void)pthread_mutex_lock(&d->lock);
	int n = d->target - atomic_load(&d->en->busy) - d->nready;
	(void)pthread_mutex_unlock(&d->lock);
	return n < 0 ? 0 : n > CLAIM_MAX ? CLAIM_MAX : n;
}

static void
give_to_workers(struct dispatch *d, const struct claim *c, int64_t lease_until_ms)
{
	struct run *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return; /* the lease runs out, and the job is claimed again */
	r->hold = (struct hold){ .job_id = c->job_id, .node = d->en->node, .attempt = c->attempt };
	r->dev.device_id = c->device_id;
	r->login_round = c->login_round;
	atomic_init(&r->lease_until_ms, lease_until_ms);
	(void)pthread_mutex_lock(&d->lock);
	struct run **at = &d->ready;
	while (*at != NULL)
		at = &(*at)->next;
	*at = r;
	d->nready++;
	(void)pthread_cond_broadcast(&d->changed);
	(void)pthread_mutex_unlock(&d->lock);
}

/* Our own idea of a lease ends a second before the database's. */
static int64_t
lease_end(int64_t asked_ms, int lease_s)
{
	return asked_ms + (int64_t)lease_s * 1000 - 1000;
}

static int
claim(struct dispatch *d, const struct settings *s, struct err *e)
{
	struct claim list[CLAIM_MAX];
	int want = free_workers(d), taken;
	int64_t asked = clock_ms();
	size_t n;

	if (job_take_over(d->db, &taken, e) < 0)
		return -1;
	if (want == 0)
		return 0;
	if (job_claim(d->db, d->en->node, want, s->lease_s, list, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		give_to_workers(d, &list[i], lease_end(asked, s->lease_s));
	return 0;
}

/* A lease is renewed for the attempt that holds it, so a run that lost its job never gets it back. */
static void
move_lease(struct run *r, const struct hold *held, const bool *kept, size_t n, int64_t until_ms)
{
	for (size_t i = 0; r != NULL && i < n; i++)
		if (r->hold.job_id == held[i].job_id && r->hold.attempt == held[i].attempt)
			atomic_store(&r->lease_until_ms, kept[i] ? until_ms : 0);
}

/* The lock is held while lease times are moved, so that no run is freed meanwhile. */
static int
renew(struct dispatch *d, const struct settings *s, struct err *e)
{
	SCOPED(mem) struct hold *held = calloc(2 * WORKERS_MAX, sizeof(*held));
	SCOPED(mem) bool *kept = calloc(2 * WORKERS_MAX, sizeof(*kept));
	int64_t asked = clock_ms();
	size_t n = 0;

	if (held == NULL || kept == NULL)
		return err_set(e, ERR_MEMORY, "leases");
	(void)pthread_mutex_lock(&d->lock);
	for (int i = 0; i < WORKERS_MAX; i++)
		if (d->running[i] != NULL)
			held[n++] = d->running[i]->hold;
	for (const struct run *r = d->ready; r != NULL && n < 2 * WORKERS_MAX; r = r->next)
		held[n++] = r->hold;
	(void)pthread_mutex_unlock(&d->lock);
	if (n == 0)
		return 0;
	if (job_renew(d->db, d->en->node, held, n, s->lease_s, kept, e) < 0)
		return -1;
	int64_t until = lease_end(asked, s->lease_s);
	(void)pthread_mutex_lock(&d->lock);
	for (int k = 0; k < WORKERS_MAX; k++)
		move_lease(d->running[k], held, kept, n, until);
	for (struct run *r = d->ready; r != NULL; r = r->next)
		move_lease(r, held, kept, n, until);
	(void)pthread_mutex_unlock(&d->lock);
	return 0;
}

/* Where the debug trace is and how much of it; also that it is off again. */
static int
tell_trace(struct dispatch *d, const struct settings *s, struct err *e)
{
	bool on = s->trace[0] != '\0';

	if (!on && !d->traced)
		return 0;
	if (node_trace(d->db, d->en->node, on ? d->en->conf.trace_dir : "", trace_bytes(d->en->trace), e) < 0)
		return -1;
	d->traced = on;
	return 0;
}

static int
beat(struct dispatch *d, const struct settings *s, struct err *e)
{
	struct engine *en = d->en;
	long long hellos = atomic_exchange(&en->hellos, 0), refused = atomic_exchange(&en->refused, 0);

	if (node_beat(d->db, en->node, s->workers, atomic_load(&en->busy), hellos, refused, false, e) == 0)
		return tell_trace(d, s, e);
	(void)atomic_fetch_add(&en->hellos, hellos);
	(void)atomic_fetch_add(&en->refused, refused);
	return -1;
}

static int
maintain(struct dispatch *d, struct err *e)
{
	int dropped;

	if (event_maintain(d->db, &dropped, e) < 0)
		return -1;
	if (dropped > 0)
		log_at(LOG_INFO, "%d days of event log dropped by log_retention_days", dropped);
	d->maintained_ms = clock_ms();
	return 0;
}

static int
connect_db(struct dispatch *d, struct err *e)
{
	if (d->db != NULL)
		return 0;
	if (db_open(d->en->conf.database, d->en->conf.engine_user, "musterd", &d->db, e) < 0)
		return -1;
	d->reload = d->asked = true; /* notifications may have been missed */
	static const char *const channels[] = { "muster_job", "muster_config", "muster_reveal" };
	for (size_t i = 0; i < ARRAY_LEN(channels); i++)
		if (db_listen(d->db, channels[i], e) < 0)
			return -1;
	return 0;
}

/* New jobs need no note: the next round looks for them anyway. */
static void
read_notifications(struct dispatch *d)
{
	char channel[32], payload[64], pipe[64];

	while (db_notified(d->db, channel, sizeof(channel), payload, sizeof(payload))) {
		d->reload |= strcmp(channel, "muster_config") == 0;
		d->asked |= strcmp(channel, "muster_reveal") == 0;
	}
	while (read(d->en->wake[0], pipe, sizeof(pipe)) > 0)
		;
}

/* When somebody asked, and at each poll. */
static int
reveal(struct dispatch *d, const struct settings *s, struct err *e)
{
	if (!d->asked && clock_ms() - d->revealed_ms < (int64_t)s->poll_s * 1000)
		return 0;
	d->asked = false;
	d->revealed_ms = clock_ms();
	return reveal_serve(d->en, d->db, e);
}

/* One round. *wait_ms is how long nothing more is to be done. */
static int
round_once(struct dispatch *d, int64_t *wait_ms, struct err *e)
{
	struct settings s;
	int64_t due;

	if (connect_db(d, e) < 0)
		return -1;
	if (d->reload || atomic_exchange(&d->en->reload, false)) {
		if (engine_reload(d->en, e) < 0)
			return -1;
		d->reload = false;
		d->beaten_ms = 0; /* what is new of this engine is told at once */
	}
	engine_settings(d->en, &s);
	if (s.workers != d->target && !atomic_load(&d->en->stopping))
		resize(d, s.workers > WORKERS_MAX ? WORKERS_MAX : s.workers);
	int64_t beat_ms = (int64_t)s.lease_s * 1000 / 4;
	if (clock_ms() - d->beaten_ms >= beat_ms) {
		if (renew(d, &s, e) < 0 || beat(d, &s, e) < 0)
			return -1;
		d->beaten_ms = clock_ms();
	}
	if (reveal(d, &s, e) < 0)
		return -1;
	if (clock_ms() - d->maintained_ms >= DAY_MS / 24 && maintain(d, e) < 0)
		return -1;
	if (!atomic_load(&d->en->stopping) && claim(d, &s, e) < 0)
		return -1;
	if (job_next_ms(d->db, &due, e) < 0)
		return -1;
	*wait_ms = (int64_t)s.poll_s * 1000;
	if (due >= 0 && due < *wait_ms && free_workers(d) > 0)
		*wait_ms = due + 1;
	if (beat_ms < *wait_ms)
		*wait_ms = beat_ms;
	return 0;
}

static void *
run(void *arg)
{
	struct dispatch *d = arg;
	bool said = false;
	struct err e;

	for (;;) {
		int64_t wait_ms = DOWN_WAIT_MS;

		(void)pthread_mutex_lock(&d->lock);
		bool ended = d->ended;
		(void)pthread_mutex_unlock(&d->lock);
		if (ended)
			break;
		if (round_once(d, &wait_ms, &e) < 0) {
			if (!said)
				log_err(LOG_ERROR, "database", &e);
			said = true;
			db_close(d->db);
			d->db = NULL;
			clock_sleep_ms(DOWN_WAIT_MS);
			continue;
		}
		if (said)
			log_at(LOG_INFO, "database is back");
		said = false;
		if (db_wait(d->db, d->en->wake[0], wait_ms, &e) < 0) {
			log_err(LOG_ERROR, "database", &e);
			said = true;
			db_close(d->db);
			d->db = NULL;
			continue;
		}
		read_notifications(d);
	}
	return NULL;
}

int
dispatch_start(struct engine *en, struct dispatch **out, struct err *e)
{
	struct dispatch *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return err_set(e, ERR_MEMORY, "dispatcher");
	d->en = en;
	d->traced = true; /* an earlier life may have left it so */
	d->maintained_ms = clock_ms();
	(void)pthread_mutex_init(&d->lock, NULL);
	cond_init(&d->changed);
	if (pthread_create(&d->thread, NULL, run, d) != 0) {
		free(d);
		return err_set(e, ERR_SYSTEM, "thread of the dispatcher");
	}
	*out = d;
	return 0;
}

/* Runs that no worker took: their jobs go back at once. */
static void
hand_back_ready(struct dispatch *d)
{
	const struct job_end back = { .outcome = "back", .code = ERR_STOPPED, .text = "engine stopped before it began" };
	struct err e;

	while (d->ready != NULL) {
		struct run *r = d->ready;

		d->ready = r->next;
		if (d->db != NULL && job_end(d->db, &r->hold, &back, &e) < 0)
			log_err(LOG_WARNING, "job not handed back", &e);
		free(r);
	}
}

void
dispatch_stop(struct dispatch *d)
{
	struct err e;

	if (d == NULL)
		return;
	(void)pthread_mutex_lock(&d->lock);
	while (atomic_load(&d->en->busy) > 0)
		cond_wait_ms(&d->changed, &d->lock, 200);
	d->ended = true;
	(void)pthread_cond_broadcast(&d->changed);
	(void)pthread_mutex_unlock(&d->lock);
	engine_wake(d->en);
	(void)pthread_join(d->thread, NULL);
	resize(d, 0);
	join_ended(d, true);
	hand_back_ready(d);
	if (d->db != NULL && node_beat(d->db, d->en->node, 0, 0, 0, 0, true, &e) < 0)
		log_err(LOG_WARNING, "sign off", &e);
	db_close(d->db);
	(void)pthread_cond_destroy(&d->changed);
	(void)pthread_mutex_destroy(&d->lock);
	free(d);
}
