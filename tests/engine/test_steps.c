/* SPDX-License-Identifier: Apache-2.0 */
/* test_steps: the rows of a provisioning run, which the log, the results and the console read. */
#include "tests/unit.h"

#include <string.h>

#include "engine/run.h"

static void
each_step_has_its_own_id_and_title(void **state)
{
	(void)state;
	for (const struct step *s = configure_steps; s->id != NULL; s++) {
		const struct plan_step *plan = plan_step(s->id);

		assert_non_null(plan);
		assert_true(plan->title != NULL && plan->title[0] != '\0');
		assert_true(s->apply != NULL);
		assert_in_range(s->timeout_s, 1, 900);
		for (const char *p = s->id; *p != '\0'; p++)
			assert_true((*p >= 'a' && *p <= 'z') || *p == '-');
		for (const struct step *t = configure_steps; t != s; t++) {
			assert_string_not_equal(s->id, t->id);
			assert_string_not_equal(plan->title, plan_step(t->id)->title);
		}
	}
}

static const struct step *
step(const char *id)
{
	for (const struct step *s = configure_steps; s->id != NULL; s++)
		if (strcmp(s->id, id) == 0)
			return s;
	fail_msg("no step %s", id);
	return NULL;
}

static void
the_order_is_connect_first_commit_then_verify(void **state)
{
	(void)state;
	const struct step *commit = step("commit"), *verify = step("verify");

	assert_ptr_equal(configure_steps, step("connect"));
	assert_true(commit < verify);
	assert_null(verify[1].id);
}

static void
the_plan_has_the_same_steps_in_the_same_order(void **state)
{
	const struct step *s = configure_steps;
	const struct plan_step *plan = plan_steps;

	(void)state;
	for (; s->id != NULL && plan->id != NULL; s++, plan++)
		assert_string_equal(s->id, plan->id);
	assert_null(s->id);
	assert_null(plan->id);
}

static void
a_commit_is_not_repeated_by_itself(void **state)
{
	(void)state;
	assert_int_equal(step("commit")->flags & STEP_REPEAT, 0);
}

/* Titles hold only the places that are filled in. */
static void
titles_hold_known_places_only(void **state)
{
	static const char *const places[] = { "{host}", "{domain}", "{uuid}", "{address}" };

	(void)state;
	for (const struct plan_step *s = plan_steps; s->id != NULL; s++)
		for (const char *p = s->title; (p = strchr(p, '{')) != NULL; p++) {
			bool known = false;

			for (size_t i = 0; i < ARRAY_LEN(places); i++)
				known |= strncmp(p, places[i], strlen(places[i])) == 0;
			if (!known)
				fail_msg("%s: %s", s->id, s->title);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_step_has_its_own_id_and_title),
		TEST(the_order_is_connect_first_commit_then_verify),
		TEST(the_plan_has_the_same_steps_in_the_same_order),
		TEST(a_commit_is_not_repeated_by_itself),
		TEST(titles_hold_known_places_only),
	};

	return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}
