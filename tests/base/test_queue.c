/* SPDX-License-Identifier: Apache-2.0 */
/* test_queue: the bounded queue, alone and between threads. */
#include "tests/unit.h"

#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/queue.h"

enum { PRODUCERS = 4, EACH = 500 };

struct shared {
	struct queue q;
	atomic_int pushed, refused;
};

static void
first_in_is_first_out_round_the_ring(void **state)
{
	struct queue q;
	struct err e;
	int items[7] = { 0 };
	void *got[7];

	(void)state;
	assert_ok(queue_init(&q, 3, &e));
	for (int round = 0; round < 5; round++) {
		assert_int_equal(queue_push(&q, &items[0]), 0);
		assert_int_equal(queue_push(&q, &items[1]), 0);
		assert_int_equal(queue_len(&q), 2);
		assert_int_equal(queue_pop(&q, got, 7, 0), 2);
		assert_ptr_equal(got[0], &items[0]);
		assert_ptr_equal(got[1], &items[1]);
	}
	queue_free(&q);
}

static void
try_refuses_when_full_and_pop_takes_at_most_max(void **state)
{
	struct queue q;
	struct err e;
	int item;
	void *got[2];

	(void)state;
	assert_ok(queue_init(&q, 3, &e));
	for (int i = 0; i < 3; i++)
		assert_int_equal(queue_try(&q, &item), 0);
	assert_int_equal(queue_try(&q, &item), -1);
	assert_int_equal(queue_pop(&q, got, 2, -1), 2);
	assert_int_equal(queue_len(&q), 1);
	queue_free(&q);
}

static void
pop_of_an_empty_queue_waits_no_longer_than_told(void **state)
{
	struct queue q;
	struct err e;
	void *got[1];

	(void)state;
	assert_ok(queue_init(&q, 3, &e));
	int64_t start = clock_ms();
	assert_int_equal(queue_pop(&q, got, 1, 0), 0);
	assert_int_equal(queue_pop(&q, got, 1, 20), 0);
	assert_in_range(clock_ms() - start, 19, 2000);
	queue_free(&q);
}

static void
a_stopped_queue_refuses_pushes_and_is_emptied(void **state)
{
	struct queue q;
	struct err e;
	int item;
	void *got[4];

	(void)state;
	assert_ok(queue_init(&q, 3, &e));
	assert_int_equal(queue_push(&q, &item), 0);
	assert_false(queue_stopped(&q));
	queue_stop(&q);
	assert_true(queue_stopped(&q));
	assert_int_equal(queue_push(&q, &item), -1);
	assert_int_equal(queue_try(&q, &item), -1);
	assert_int_equal(queue_pop(&q, got, 4, -1), 1);
	assert_int_equal(queue_pop(&q, got, 4, -1), 0);
	queue_free(&q);
	queue_free(&q); /* twice is harmless */
}

static void *
push_many(void *arg)
{
	struct shared *s = arg;

	for (int i = 0; i < EACH; i++) {
		if (queue_push(&s->q, s) == 0)
			atomic_fetch_add(&s->pushed, 1);
		else
			atomic_fetch_add(&s->refused, 1);
	}
	return NULL;
}

static void
nothing_is_lost_between_threads_on_a_small_queue(void **state)
{
	struct shared s = { 0 };
	struct err e;
	pthread_t t[PRODUCERS];
	void *got[3];
	size_t n = 0;

	(void)state;
	assert_ok(queue_init(&s.q, 2, &e));
	for (size_t i = 0; i < PRODUCERS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, push_many, &s), 0);
	while (n < PRODUCERS * EACH) {
		size_t k = queue_pop(&s.q, got, 3, -1);

		assert_in_range(k, 1, 2);
		n += k;
	}
	for (size_t i = 0; i < PRODUCERS; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	assert_int_equal(s.pushed, PRODUCERS * EACH);
	assert_int_equal(queue_len(&s.q), 0);
	queue_free(&s.q);
}

static void
stop_ends_the_wait_of_pushers_on_a_full_queue(void **state)
{
	struct shared s = { 0 };
	struct err e;
	pthread_t t;

	(void)state;
	assert_ok(queue_init(&s.q, 2, &e));
	assert_int_equal(pthread_create(&t, NULL, push_many, &s), 0);
	while (queue_len(&s.q) < 2)
		clock_sleep_ms(1);
	queue_stop(&s.q);
	assert_int_equal(pthread_join(t, NULL), 0);
	assert_int_equal(s.pushed, 2);
	assert_int_equal(s.refused, EACH - 2);
	queue_free(&s.q);
}

static void *
pop_for_ever(void *arg)
{
	struct shared *s = arg;
	void *got[1];

	while (queue_pop(&s->q, got, 1, -1) > 0)
		;
	return NULL;
}

static void
stop_ends_the_wait_of_poppers_on_an_empty_queue(void **state)
{
	struct shared s = { 0 };
	struct err e;
	pthread_t t[2];

	(void)state;
	assert_ok(queue_init(&s.q, 2, &e));
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, pop_for_ever, &s), 0);
	assert_int_equal(queue_push(&s.q, &s), 0);
	queue_stop(&s.q);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	queue_free(&s.q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_in_is_first_out_round_the_ring),
		TEST(try_refuses_when_full_and_pop_takes_at_most_max),
		TEST(pop_of_an_empty_queue_waits_no_longer_than_told),
		TEST(a_stopped_queue_refuses_pushes_and_is_emptied),
		TEST(nothing_is_lost_between_threads_on_a_small_queue),
		TEST(stop_ends_the_wait_of_pushers_on_a_full_queue),
		TEST(stop_ends_the_wait_of_poppers_on_an_empty_queue),
	};

	return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
