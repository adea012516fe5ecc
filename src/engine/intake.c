/* SPDX-License-Identifier: Apache-2.0 */
/* intake: commits hellos in batches. */
#include "engine/intake.h"

#include <openssl/sha.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

enum { RETRY_MS = 1000, LAST_TRY_MS = 5000, SET_CACHE = 256, CAP_CHECK_MS = 10000, REFUSALS_MAX = 64, REFUSAL_KINDS = 8 };

struct item {
	struct hello_row row;
	struct hello_refusal *refusal; /* instead of a hello; owned */
	uint8_t *entries;              /* hash entries as in the hello; owned */
	size_t entries_len;
	int count;
};

struct intake {
	struct engine *en;
	struct queue queue;
	pthread_t thread;
	/* the intake thread's own */
	struct {
		uint8_t digest[32];
		int64_t id; /* 0: empty */
	} sets[SET_CACHE];
	int64_t cap_checked_ms;
	int64_t room;  /* unknown devices that may still come, at least */
	bool guessed;  /* room was lowered by hellos that may have been known ones */
	int64_t cap_refused; /* since the last report */
	/* A flood of garbage must not stand in the way of hellos: few refusals wait, the others are only counted. */
	atomic_int refusals_waiting;
	struct {
		int code;
		int64_t n;
	} left_out[REFUSAL_KINDS]; /* the listener's own */
};

static void
item_free(struct item *it)
{
	free(it->refusal);
	free(it->entries);
	free(it);
}

bool
intake_full(struct intake *in)
{
	return queue_len(&in->queue) >= INTAKE_BOUND;
}

bool
intake_hello(struct intake *in, const struct hello *h, const void *bytes, size_t len, const char *address, int port)
{
	struct item *it = calloc(1, sizeof(*it));
	size_t entries = h->mode == HELLO_MODE_PKI ? len - h->trailing - HELLO_HEAD_LEN - 1 : 0;

	if (it == NULL)
		return false;
	it->row = (struct hello_row){ .at_us = clock_wall_us(), .port = port, .version = (int)h->mode,
		.retries = h->retries, .admin_set = h->admin_set == 1 };
	uuid_text(&h->uuid, it->row.uuid);
	(void)text_copy(it->row.address, sizeof(it->row.address), address);
	(void)text_copy(it->row.pid, sizeof(it->row.pid), h->pid);
	if (entries > 0) {
		it->entries = malloc(entries);
		if (it->entries == NULL) {
			item_free(it);
			return false;
		}
		memcpy(it->entries, (const uint8_t *)bytes + HELLO_HEAD_LEN + 1, entries);
		it->entries_len = entries;
		it->count = (int)h->nhashes;
	}
	if (queue_try(&in->queue, it) < 0) {
		item_free(it);
		return false;
	}
	return true;
}

/* How many refusals of this code were only counted since one was last written; NULL: a code too many. */
static int64_t *
left_out(struct intake *in, int code)
{
	for (size_t i = 0; i < REFUSAL_KINDS; i++) {
		if (in->left_out[i].code == 0)
			in->left_out[i].code = code;
		if (in->left_out[i].code == code)
			return &in->left_out[i].n;
	}
	return NULL;
}

void
intake_refuse(struct intake *in, const struct hello_refusal *r)
{
	struct item *it = NULL;
	int64_t *more = left_out(in, r->code);

	if (atomic_load(&in->refusals_waiting) < REFUSALS_MAX)
		it = calloc(1, sizeof(*it));
	if (it != NULL)
		it->refusal = malloc(sizeof(*it->refusal));
	if (it != NULL && it->refusal != NULL) {
		*it->refusal = *r;
		it->refusal->count += more == NULL ? 0 : *more;
		(void)atomic_fetch_add(&in->refusals_waiting, 1);
		if (queue_try(&in->queue, it) == 0) {
			if (more != NULL)
				*more = 0;
			return;
		}
		(void)atomic_fetch_sub(&in->refusals_waiting, 1);
	}
	if (it != NULL)
		item_free(it);
	if (more != NULL)
		*more += r->count;
}

static int
resolve_set(struct intake *in, struct db *db, struct item *it, struct err *e)
{
	uint8_t digest[32];

	if (it->entries_len == 0 || it->row.hash_set_id != 0)
		return 0;
	(void)SHA256(it->entries, it->entries_len, digest);
	size_t slot = digest[0] % SET_CACHE;
	if (in->sets[slot].id == 0 || memcmp(in->sets[slot].digest, digest, sizeof(digest)) != 0) {
		if (hash_set_id(db, digest, it->entries, it->entries_len, it->count, &in->sets[slot].id, e) < 0) {
			in->sets[slot].id = 0;
			return -1;
		}
		memcpy(in->sets[slot].digest, digest, sizeof(digest));
	}
	it->row.hash_set_id = in->sets[slot].id;
	return 0;
}

/* Too many unknown devices: hellos of further ones are counted and left out. */
static int
apply_cap(struct intake *in, struct db *db, struct hello_row *rows, size_t *n, struct err *e)
{
	SCOPED(mem) bool *unknown = NULL;
	struct settings s;
	int64_t waiting, now = clock_ms();
	size_t kept = 0;

	engine_settings(in->en, &s);
	if (in->cap_checked_ms == 0 || now - in->cap_checked_ms > CAP_CHECK_MS || (in->guessed && in->room < (int64_t)*n)) {
		if (waiting_count(db, &waiting, e) < 0)
			return -1;
		in->room = waiting >= s.hello_unknown_cap ? 0 : s.hello_unknown_cap - waiting;
		in->cap_checked_ms = now;
		in->guessed = false;
		if (in->cap_refused > 0) {
			struct hello_refusal r = { .at_us = clock_wall_us(), .code = ERR_HELLO_CAP, .count = in->cap_refused, .address = "0.0.0.0" };

			(void)text_copy(r.reason, sizeof(r.reason), "too many devices wait for approval; unknown ones are refused");
			in->cap_refused = 0;
			if (hello_reject(db, in->en->node, &r, e) < 0)
				return -1;
		}
	}
	if (in->room >= (int64_t)*n) {
		in->room -= (int64_t)*n;
		in->guessed |= *n > 0;
		return 0;
	}
	unknown = calloc(*n, sizeof(*unknown));
	if (unknown == NULL)
		return err_set(e, ERR_MEMORY, "hellos");
	if (hello_unknown(db, rows, *n, unknown, e) < 0)
		return -1;
	for (size_t i = 0; i < *n; i++)
		if (!unknown[i] || in->room-- > 0)
			rows[kept++] = rows[i];
	if (in->room < 0)
		in->room = 0;
	in->cap_refused += (int64_t)(*n - kept);
	(void)atomic_fetch_add(&in->en->refused, (long long)(*n - kept));
	*n = kept;
	return 0;
}

static int
commit_batch(struct intake *in, struct item **items, size_t n, struct err *e)
{
	SCOPED(mem) struct hello_row *rows = calloc(n, sizeof(*rows));
	struct db *db = NULL;
	size_t nrows = 0;

	if (rows == NULL)
		return err_set(e, ERR_MEMORY, "hellos");
	if (db_borrow(in->en->pool, &db, e) < 0)
		return -1;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (items[i]->refusal != NULL) {
			rc = hello_reject(db, in->en->node, items[i]->refusal, e);
			if (rc == 0) {
				free(items[i]->refusal);
				items[i]->refusal = NULL;
				items[i]->row.uuid[0] = '\0';
				(void)atomic_fetch_sub(&in->refusals_waiting, 1);
			}
			continue;
		}
		if (items[i]->row.uuid[0] == '\0')
			continue; /* a refusal that was written before the database went away */
		rc = resolve_set(in, db, items[i], e);
		rows[nrows++] = items[i]->row;
	}
	if (rc == 0)
		rc = apply_cap(in, db, rows, &nrows, e);
	if (rc == 0 && nrows > 0)
		rc = hello_batch(db, in->en->node, rows, nrows, e);
	db_return(in->en->pool, db);
	return rc;
}

/* What the database refuses for a reason of its own is told where operators look. */
static void
report_refused(struct intake *in, const struct item *it, const struct err *why)
{
	struct hello_refusal r = { .at_us = clock_wall_us(), .code = (int)why->code, .count = 1 };
	struct db *db = NULL;
	struct err e;

	(void)text_copy(r.address, sizeof(r.address), it->refusal != NULL ? it->refusal->address : it->row.address);
	(void)snprintf(r.reason, sizeof(r.reason), "hello of %.36s not stored: %.150s", it->row.uuid, why->text);
	int rc = db_borrow(in->en->pool, &db, &e);
	if (rc == 0)
		rc = hello_reject(db, in->en->node, &r, &e);
	db_return(in->en->pool, db);
	if (rc < 0)
		log_err(LOG_ERROR, "a refused hello not told", &e);
}

static void
commit_until_done(struct intake *in, struct item **items, size_t n)
{
	int64_t give_up = 0;
	struct err e;

	while (commit_batch(in, items, n, &e) < 0) {
		log_err(LOG_WARNING, "hellos not stored yet", &e);
		if (!db_passes(&e) && n > 1) { /* find the one that is refused */
			for (size_t i = 0; i < n; i++)
				commit_until_done(in, &items[i], 1);
			return;
		}
		if (!db_passes(&e)) {
			report_refused(in, items[0], &e);
			return;
		}
		if (queue_stopped(&in->queue) && give_up == 0)
			give_up = clock_ms() + LAST_TRY_MS;
		if (give_up != 0 && clock_ms() > give_up) {
			log_at(LOG_ERROR, "%zu hellos lost: the database stayed away while stopping", n);
			return;
		}
		clock_sleep_ms(RETRY_MS);
	}
}

static void *
run(void *arg)
{
	struct intake *in = arg;
	void *items[INTAKE_BATCH];
	size_t n;

	while ((n = queue_pop(&in->queue, items, INTAKE_BATCH, -1)) > 0) {
		if (n < INTAKE_BATCH) { /* a moment for more to come: one commit serves them all */
			clock_sleep_ms(INTAKE_GATHER_MS);
			n += queue_pop(&in->queue, items + n, INTAKE_BATCH - n, 0);
		}
		commit_until_done(in, (struct item **)items, n);
		for (size_t i = 0; i < n; i++) {
			if (((struct item *)items[i])->refusal != NULL) /* it could not be written */
				(void)atomic_fetch_sub(&in->refusals_waiting, 1);
			item_free(items[i]);
		}
	}
	return NULL;
}

int
intake_start(struct engine *en, struct intake **out, struct err *e)
{
	struct intake *in = calloc(1, sizeof(*in));

	if (in == NULL)
		return err_set(e, ERR_MEMORY, "intake");
	in->en = en;
	if (queue_init(&in->queue, INTAKE_BOUND, e) < 0) {
		free(in);
		return -1;
	}
	if (pthread_create(&in->thread, NULL, run, in) != 0) {
		queue_free(&in->queue);
		free(in);
		return err_set(e, ERR_SYSTEM, "thread of the intake");
	}
	*out = in;
	return 0;
}

void
intake_stop(struct intake *in)
{
	if (in == NULL)
		return;
	queue_stop(&in->queue);
	(void)pthread_join(in->thread, NULL);
	queue_free(&in->queue);
	free(in);
}
