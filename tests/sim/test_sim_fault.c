/* SPDX-License-Identifier: Apache-2.0 */
/* test_sim_fault: the grammar of simulated faults, and when they strike. */
#include "tests/unit.h"

#include <string.h>

#include "sim/fault.h"

static void
every_form_parses_and_prints_back(void **state)
{
	static const char *const good[] = { "drop-before:7", "drop-before:7*1",
		"drop-after:CommitChanges", "reboot-before:3", "reboot-after:SetAdminAclEntryEx*2",
		"stall-before:3*1", "stall-after:4", "drop-on:Put-AMT_TLSSettingData", "status:CommitChanges=2057",
		"fault:AMT_TLSSettingData=DestinationUnreachable", "http:500", "silent",
		"401-forever", "stale-forever*1", "garbage", "half-body", "big-body", "slow-byte",
		"xml-bomb", "wrong-type:AMT_GeneralSettings.HostName",
		"missing:AMT_GeneralSettings.DigestRealm*3", "value:AMT_GeneralSettings.IdleWakeTimeout=7", "redirect", "bad-length",
		"cert-change", "keygen-s:20", "no-hello", "fragment", "deny-tls*4", "uuid-mismatch",
		"two-pages", "no-suffix", "odd-xml", "delay-ms:250" };
	char text[200];
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct fault_spec f;

		assert_int_equal(fault_parse(good[i], &f, &e), 0);
		fault_text(&f, text, sizeof(text));
		assert_string_equal(text, good[i]);
	}
}

static void
nonsense_is_refused_and_out_untouched(void **state)
{
	static const char *const bad[] = { "", "drop", "drop-before",
		"drop-before:", "drop-before:0", "drop-before:1*", "drop-before:1*0",
		"drop-before:1*x", "silent:1", "http", "http:x", "status:CommitChanges",
		"status:CommitChanges=x", "status:=1", "fault:X=", "missing:HostName",
		"keygen-s:-1", "drop-on:a b", "wrong-type:A.b;c",
		"drop-on:"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxx" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct fault_spec f = { .n = 99 };
		struct err e;

		assert_int_equal(fault_parse(bad[i], &f, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		assert_int_equal(f.n, 99);
	}
}

static void
add(struct fault_list *l, const char *spec)
{
	struct fault_spec f;
	struct err e;

	assert_int_equal(fault_parse(spec, &f, &e), 0);
	fault_add(l, &f);
}

static void
counted_fault_strikes_at_n_and_starts_again(void **state)
{
	struct fault_list l = { 0 };

	(void)state;
	add(&l, "drop-before:3");
	for (int round = 0; round < 2; round++) {
		assert_null(fault_count(&l, FK_DROP_BEFORE));
		assert_null(fault_count(&l, FK_DROP_BEFORE));
		assert_non_null(fault_count(&l, FK_DROP_BEFORE));
	}
	fault_clear(&l);
	add(&l, "drop-before:1*1");
	assert_non_null(fault_count(&l, FK_DROP_BEFORE));
	assert_null(fault_count(&l, FK_DROP_BEFORE));
	fault_clear(&l);
}

static void
star_bounds_how_often(void **state)
{
	struct fault_list l = { 0 };

	(void)state;
	add(&l, "silent*2");
	add(&l, "garbage");
	assert_non_null(fault_hit(&l, FK_SILENT));
	assert_non_null(fault_hit(&l, FK_SILENT));
	assert_null(fault_hit(&l, FK_SILENT));
	assert_null(fault_has(&l, FK_SILENT));
	for (int i = 0; i < 5; i++)
		assert_non_null(fault_hit(&l, FK_GARBAGE));
	fault_clear(&l);
}

static void
what_names_method_class_or_operation(void **state)
{
	static const struct {
		const char *spec;
		bool commit, put;
	} rows[] = {
		{ "drop-on:CommitChanges", true, false },
		{ "drop-on:AMT_SetupAndConfigurationService", true, false },
		{ "drop-on:AMT_SetupAndConfigurationService.CommitChanges", true, false },
		{ "drop-on:Put-AMT_TLSSettingData", false, true },
		{ "drop-on:AMT_TLSSettingData", false, true },
		{ "drop-on:Get-AMT_TLSSettingData", false, false },
	};
	const struct fault_where commit = { "Invoke", "AMT_SetupAndConfigurationService",
		"CommitChanges" };
	const struct fault_where put = { "Put", "AMT_TLSSettingData", NULL };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fault_list l = { 0 };

		add(&l, rows[i].spec);
		assert_int_equal(fault_hit_on(&l, FK_DROP_ON, &commit) != NULL, rows[i].commit);
		assert_int_equal(fault_hit_on(&l, FK_DROP_ON, &put) != NULL, rows[i].put);
		fault_clear(&l);
	}
}

static void
every_kind_has_a_help_line(void **state)
{
	size_t n = 0;

	(void)state;
	for (const char *line; (line = fault_help(n)) != NULL; n++)
		assert_null(strstr(line, "(null)"));
	assert_int_equal(n, FK_KINDS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_form_parses_and_prints_back),
		TEST(nonsense_is_refused_and_out_untouched),
		TEST(counted_fault_strikes_at_n_and_starts_again),
		TEST(star_bounds_how_often),
		TEST(what_names_method_class_or_operation),
		TEST(every_kind_has_a_help_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
