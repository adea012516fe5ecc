/* SPDX-License-Identifier: Apache-2.0 */
/* test_plan: the table of the dry run. That its calls are those of a real run is in tests/e2e/plan.sh. */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "amt/plan.h"

static struct profile p;

static struct plan_case
on(const char *release)
{
	struct plan_case c = { .profile = &p };
	struct err e;

	profile_default(&p);
	assert_ok(plan_release(release, &c, &e));
	return c;
}

/* How often a step makes a call. */
static unsigned int
times(const char *step, const char *want, const struct plan_case *c)
{
	unsigned int n = 0;

	for (const struct plan_call *call = plan_calls(plan_step(step), c); call->class != NULL; call++) {
		char text[128];

		plan_call_text(call, text, sizeof(text));
		n += strcmp(text, want) == 0 ? plan_times(call, c) : 0;
	}
	return n;
}

static void
each_step_has_a_title_and_calls(void **state)
{
	(void)state;
	for (const struct plan_step *s = plan_steps; s->id != NULL; s++) {
		assert_non_null(s->title);
		assert_non_null(s->calls);
		assert_ptr_equal(plan_step(s->id), s);
		for (const struct plan_call *call = s->calls; call->class != NULL; call++)
			assert_true((strcmp(call->op, "Invoke") == 0) == (call->method != NULL));
	}
	assert_null(plan_step("nosuch"));
}

static void
releases_are_read_and_old_ones_refused(void **state)
{
	static const char *const bad[] = { "", "x", "11", "11.", "11.8x", "11.8.", "-1.2", "11.8.50.1", "1000.1" };
	struct plan_case c = { .major = 99 };
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_fails(plan_release(bad[i], &c, &e), ERR_INPUT);
	assert_fails(plan_release("1.1", &c, &e), ERR_RELEASE);
	assert_int_equal(c.major, 99); /* untouched */
	for (size_t i = 0; plan_releases[i] != NULL; i++)
		assert_ok(plan_release(plan_releases[i], &c, &e));
	assert_ok(plan_release("16.1.30", &c, &e));
	assert_int_equal(c.major * 100 + c.minor, 1601);
}

static void
keys_are_made_where_the_device_can(void **state)
{
	(void)state;
	struct plan_case c = on("6.2");

	assert_int_equal(times("tls", "Invoke AMT_PublicKeyManagementService.AddKey", &c), 1);
	assert_int_equal(times("tls", "Invoke AMT_PublicKeyManagementService.GenerateKeyPair", &c), 0);
	c = on("8.1");
	assert_int_equal(times("tls", "Invoke AMT_PublicKeyManagementService.AddKey", &c), 0);
	assert_int_equal(times("tls", "Invoke AMT_PublicKeyManagementService.GenerateKeyPair", &c), 1);
}

static void
what_is_skipped_says_why(void **state)
{
	(void)state;
	struct plan_case c = on("11.8");

	assert_non_null(plan_skip(plan_step("rng-key"), &c));
	assert_null(plan_skip(plan_step("power"), &c));
	assert_null(plan_skip(plan_step("mebx-password"), &c));
	p.power = POWER_KEEP;
	p.mebx_password = PASSWORD_KEEP;
	assert_non_null(plan_skip(plan_step("power"), &c));
	assert_string_equal(plan_skip(plan_step("mebx-password"), &c), "the profile keeps the MEBx password");
	p.idle_timeout_min = 3;
	assert_null(plan_skip(plan_step("power"), &c));
	c.post = true;
	assert_string_equal(plan_skip(plan_step("mebx-password"), &c), "the device is configured already");
	assert_string_equal(plan_skip(plan_step("admin-password"), &c), "the device is configured already");
}

static void
a_port_without_tls_ends_with_16_1(void **state)
{
	(void)state;
	struct plan_case c = on("16.0");

	p.tls = TLS_NONE;
	assert_null(plan_refusal(plan_step("tls"), &c));
	assert_int_equal(times("tls", "Put AMT_TLSSettingData", &c), 0);
	c = on("16.1");
	assert_null(plan_refusal(plan_step("tls"), &c));
	p.tls = TLS_NONE;
	assert_has(plan_refusal(plan_step("tls"), &c), "must use TLS");
}

static void
entries_and_realms_count(void **state)
{
	(void)state;
	struct plan_case c = on("3.2");

	p.acl[0] = (struct acl_entry){ .user = "a", .realms = 1U << 2 };
	p.acl[1] = (struct acl_entry){ .user = "b", .realms = 1U << 20 };
	p.nacl = 1;
	assert_int_equal(times("acl", "Invoke AMT_AuthorizationService.AddUserAclEntryEx", &c), 1);
	assert_null(plan_note(plan_step("acl"), &c));
	p.nacl = 2; /* audit-log: from AMT 4 on */
	assert_int_equal(times("acl", "Invoke AMT_AuthorizationService.AddUserAclEntryEx", &c), 2);
	assert_non_null(plan_note(plan_step("acl"), &c));
	assert_string_equal(plan_note(plan_step("interfaces"), &c), "the device has no KVM");
}

static void
releases_before_3_2_have_steps_and_calls_of_their_own(void **state)
{
	static const char sai[] = "Invoke SecurityAdministrationService.";
	char call[96];

	(void)state;
	struct plan_case c = on("3.1");
	assert_true(c.eoi);
	assert_null(plan_skip(plan_step("rng-key"), &c));
	assert_null(plan_skip(plan_step("wired-profile"), &c));
	(void)snprintf(call, sizeof(call), "%sCertStoreAddKey", sai);
	assert_int_equal(times("tls", call, &c), 1);
	(void)snprintf(call, sizeof(call), "%sSetTLSKeyAndCertificate", sai);
	assert_int_equal(times("tls", call, &c), 0);
	assert_int_equal(times("host-name", "Invoke NetworkAdministrationService.SetHostName", &c), 1);
	p.mebx_password = PASSWORD_KEEP;
	assert_has(plan_note(plan_step("commit"), &c), "MEBx password");
	p.tls_plain = true;
	assert_has(plan_note(plan_step("tls"), &c), "not settable");
	c = on("2.0");
	(void)snprintf(call, sizeof(call), "%sSetTLSKeyAndCertificate", sai);
	assert_int_equal(times("tls", call, &c), 1);
	assert_non_null(plan_skip(plan_step("wired-profile"), &c));
	assert_non_null(plan_skip(plan_step("power"), &c));
	assert_non_null(plan_skip(plan_step("mebx-password"), &c));
	assert_null(plan_note(plan_step("commit"), &c));
	c = on("3.2");
	assert_false(c.eoi);
	assert_non_null(plan_skip(plan_step("kerberos"), &c));
	/* Every call of every step names an operation the table has, on a release that has it. */
	for (size_t i = 0; plan_releases[i] != NULL; i++) {
		c = on(plan_releases[i]);
		for (const struct plan_step *s = plan_steps; c.eoi && s->id != NULL; s++)
			for (const struct plan_call *k = plan_calls(s, &c); plan_skip(s, &c) == NULL && k->class != NULL; k++)
				if (plan_times(k, &c) > 0 && plan_absent(k, &c)) {
					plan_call_text(k, call, sizeof(call));
					fail_msg("AMT %s, %s: %s", plan_releases[i], s->id, call);
				}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_step_has_a_title_and_calls),
		TEST(releases_are_read_and_old_ones_refused),
		TEST(keys_are_made_where_the_device_can),
		TEST(what_is_skipped_says_why),
		TEST(a_port_without_tls_ends_with_16_1),
		TEST(releases_before_3_2_have_steps_and_calls_of_their_own),
		TEST(entries_and_realms_count),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
