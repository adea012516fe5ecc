/* SPDX-License-Identifier: Apache-2.0 */
/* test_rate: hellos counted by address, in bounded memory. */
#include "tests/unit.h"

#include <stdio.h>

#include "engine/rate.h"

static struct rate *r;

static int
set_up(void **state)
{
	(void)state;
	r = rate_new(3);
	return r == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	rate_free(r);
	return 0;
}

static void
as_many_as_allowed_are_taken_and_the_first_refusal_is_told(void **state)
{
	int64_t refused = 9;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(rate_take(r, "127.0.0.1", 1000 + i, &refused), RATE_TAKE);
		assert_int_equal(refused, 0);
	}
	assert_int_equal(rate_take(r, "127.0.0.1", 1003, &refused), RATE_REFUSE);
	assert_int_equal(refused, 1);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(rate_take(r, "127.0.0.1", 1004 + i, &refused), RATE_REFUSE);
		assert_int_equal(refused, 0);
	}
}

static void
after_a_minute_it_counts_anew_and_tells_how_many_were_refused(void **state)
{
	int64_t refused;

	(void)state;
	for (int i = 0; i < 8; i++)
		(void)rate_take(r, "127.0.0.1", 1000, &refused);
	assert_int_equal(rate_take(r, "127.0.0.1", 60999, &refused), RATE_REFUSE);
	assert_int_equal(rate_take(r, "127.0.0.1", 61000, &refused), RATE_TAKE);
	assert_int_equal(refused, 6);
	assert_int_equal(rate_take(r, "127.0.0.1", 61001, &refused), RATE_TAKE);
	assert_int_equal(refused, 0);
}

static void
addresses_are_counted_apart(void **state)
{
	int64_t refused;

	(void)state;
	for (int i = 0; i < 4; i++)
		(void)rate_take(r, "127.0.0.1", 0, &refused);
	assert_int_equal(rate_take(r, "127.0.0.1", 0, &refused), RATE_REFUSE);
	assert_int_equal(rate_take(r, "127.0.0.2", 0, &refused), RATE_TAKE);
	assert_int_equal(rate_take(r, "::1", 0, &refused), RATE_TAKE);
	assert_int_equal(rate_take(r, "fe80:1111:2222:3333:4444:5555:6666:7777%eth0123456789", 0, &refused), RATE_TAKE);
}

/* Many more addresses than places: an address never gets refused for what others did. */
static void
a_flood_of_addresses_refuses_nobody_else(void **state)
{
	int64_t refused;
	char address[32];

	(void)state;
	for (int i = 0; i < 100000; i++) {
		(void)snprintf(address, sizeof(address), "127.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		if (rate_take(r, address, i / 100, &refused) != RATE_TAKE)
			fail_msg("%s is refused at its first hello", address);
	}
}

static void
a_sender_that_never_rests_stays_refused_through_a_small_flood(void **state)
{
	int64_t refused;
	char address[32];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		(void)snprintf(address, sizeof(address), "127.1.%d.%d", i >> 8, i & 255);
		(void)rate_take(r, address, i, &refused);
		enum rate_answer got = rate_take(r, "127.0.0.1", i, &refused);
		assert_int_equal(got, i < 3 ? RATE_TAKE : RATE_REFUSE);
	}
}

static void
none_allowed_refuses_all(void **state)
{
	struct rate *none = rate_new(0);
	int64_t refused;

	(void)state;
	assert_int_equal(rate_take(none, "127.0.0.1", 0, &refused), RATE_REFUSE);
	assert_int_equal(refused, 1);
	rate_free(none);
	rate_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define EACH(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		EACH(as_many_as_allowed_are_taken_and_the_first_refusal_is_told),
		EACH(after_a_minute_it_counts_anew_and_tells_how_many_were_refused),
		EACH(addresses_are_counted_apart),
		EACH(a_flood_of_addresses_refuses_nobody_else),
		EACH(a_sender_that_never_rests_stays_refused_through_a_small_flood),
		EACH(none_allowed_refuses_all),
#undef EACH
	};

	return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
