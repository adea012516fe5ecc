/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows: what the database alone can do, without an engine around it.
 *
 *	rows CONN batch N SIZE	N hellos of new devices by the engine's own statement, SIZE at a time
 *	rows CONN single N	one INSERT a hello, each with a commit of its own
 *	rows CONN claim N SIZE	N claims of SIZE jobs
 *	rows CONN round N	N looks of a dispatcher that has nothing to claim for
 *
 * batch and single print the seconds they took; claim and round the median and the highest microseconds
 * of one call, and how many jobs came.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/macros.h"
#include "db/job.h"

enum { BATCH_MAX = 1000, NODE = 1, LEASE_S = 3600, CALLS_MAX = 100000 };

static const struct stmt single = {
	.name = "bench_single",
	.nparams = 4,
	.want = WANT_NOTHING,
	.sql = "INSERT INTO muster.device (uuid, state, address, hello_version, hello_count, hello_first_at, hello_last_at,"
	       " hello_retry, hello_admin_set) VALUES ($1::uuid, 'waiting', $2::inet, 1, 1, $3::timestamptz, $3::timestamptz,"
	       " $4::bigint, false)",
};

/* Hello number n of this run; no other run has its UUID. */
static void
make_row(struct hello_row *h, long n, int64_t set)
{
	static int64_t run;
	struct uuid u = { 0 };

	if (run == 0)
		run = clock_wall_us();
	/* Spread over the whole index, as UUIDs of boards are. */
	uint64_t a = ((uint64_t)run + (uint64_t)n) * 0x9e3779b97f4a7c15U, b = (uint64_t)n;
	memcpy(u.b, &a, sizeof(a));
	memcpy(u.b + sizeof(a), &b, sizeof(b));
	*h = (struct hello_row){ .at_us = clock_wall_us(), .port = 40000 + (int)(n % 20000), .version = 1, .retries = 1,
		.hash_set_id = set };
	uuid_text(&u, h->uuid);
	(void)snprintf(h->address, sizeof(h->address), "127.150.%ld.%ld", n / 250 % 20, n % 250 + 1);
}

static int
run_batch(struct db *db, long n, size_t size, struct err *e)
{
	static struct hello_row list[BATCH_MAX];
	const uint8_t digest[32] = { 1 };
	int64_t set;

	if (hash_set_id(db, digest, "entries", 7, 1, &set, e) < 0)
		return -1;
	for (long done = 0; done < n;) {
		size_t k = 0;

		for (; k < size && done < n; k++, done++)
			make_row(&list[k], done, set);
		if (hello_batch(db, NODE, list, k, e) < 0)
			return -1;
	}
	return 0;
}

static int
run_single(struct db *db, long n, struct err *e)
{
	struct hello_row h;
	char at[CLOCK_TEXT], retries[16];
	const char *params[] = { h.uuid, h.address, at, retries };

	for (long i = 0; i < n; i++) {
		make_row(&h, i, 0);
		clock_text(h.at_us, at);
		(void)snprintf(retries, sizeof(retries), "%u", h.retries);
		if (db_run(db, &single, params, ARRAY_LEN(params), NULL, e) < 0)
			return -1;
	}
	return 0;
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int
run_claim(struct db *db, long n, int size, bool claim, struct err *e)
{
	SCOPED(mem) int64_t *took = calloc((size_t)n, sizeof(*took));
	SCOPED(mem) struct claim *list = calloc(BATCH_MAX, sizeof(*list));
	long jobs = 0;

	if (took == NULL || list == NULL)
		return err_set(e, ERR_MEMORY, "claims");
	for (long i = 0; i < n; i++) {
		int64_t from = clock_wall_us(), due;
		size_t got = 0;
		int taken;

		if (claim ? job_claim(db, NODE, size, LEASE_S, list, &got, e) < 0
			  : job_take_over(db, &taken, e) < 0 || job_next_ms(db, &due, e) < 0)
			return -1;
		took[i] = clock_wall_us() - from;
		jobs += (long)got;
	}
	qsort(took, (size_t)n, sizeof(*took), by_value);
	(void)printf("%lld %lld %ld\n", (long long)took[n / 2], (long long)took[n - 1], jobs);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "";
	long n = argc > 3 ? strtol(argv[3], NULL, 10) : 0, size = argc > 4 ? strtol(argv[4], NULL, 10) : 1;
	struct db *db = NULL;
	struct err e;

	if (n < 1 || n > 100000000 || size < 1 || size > BATCH_MAX) {
		(void)fprintf(stderr, "usage: rows CONN batch N SIZE | single N | claim N SIZE | round N\n");
		return 2;
	}
	int rc = db_open(argv[1], NULL, "bench", &db, &e);
	int64_t from = clock_wall_us();
	if (rc == 0 && strcmp(what, "batch") == 0)
		rc = run_batch(db, n, (size_t)size, &e);
	else if (rc == 0 && strcmp(what, "single") == 0)
		rc = run_single(db, n, &e);
	else if (rc == 0)
		rc = n > CALLS_MAX ? err_set(&e, ERR_USAGE, "too many") : run_claim(db, n, (int)size, strcmp(what, "claim") == 0, &e);
	if (rc == 0 && (strcmp(what, "batch") == 0 || strcmp(what, "single") == 0))
		(void)printf("%.3f\n", (double)(clock_wall_us() - from) / 1e6);
	db_close(db);
	if (rc < 0)
		(void)fprintf(stderr, "rows: %s\n", e.text);
	return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
