/* SPDX-License-Identifier: Apache-2.0 */
/* test_verify: every difference between a device and its profile is named, over a device of plain functions. */
#include "tests/unit.h"

#include <string.h>

#include "engine/run.h"

static struct amt_general general;
static struct amt_tls tls;
static struct amt_interfaces interfaces;
static struct amt_acl acl[AMT_ACL_MAX];
static size_t nacl;
static enum power_package power;
static enum err_code fail; /* every read fails with this */
static enum err_code fail_tls; /* that of TLS with this */

static int
answer(struct err *e)
{
	return fail == ERR_NONE ? 0 : err_set(e, fail, "gone");
}

static int
read_general(struct amt_device *d, struct amt_general *out, struct err *e)
{
	(void)d;
	*out = general;
	return answer(e);
}

static int
read_tls(struct amt_device *d, struct amt_tls *out, struct err *e)
{
	(void)d;
	*out = tls;
	return fail_tls != ERR_NONE ? err_set(e, fail_tls, "gone") : answer(e);
}

static int
read_interfaces(struct amt_device *d, struct amt_interfaces *out, struct err *e)
{
	(void)d;
	*out = interfaces;
	return answer(e);
}

static int
read_acl(struct amt_device *d, struct amt_acl out[AMT_ACL_MAX], size_t *n, struct err *e)
{
	(void)d;
	memcpy(out, acl, sizeof(acl));
	*n = nacl;
	return answer(e);
}

static int
read_power(struct amt_device *d, enum power_package *out, struct err *e)
{
	(void)d;
	*out = power;
	return answer(e);
}

static const struct amt_ops ops = { .general_read = read_general, .tls_read = read_tls, .interfaces_read = read_interfaces,
	.acl_read = read_acl, .power_read = read_power };
static struct amt_device device = { .ops = &ops, .facts = { .major = 12 } };
static struct run r;

/* A device that is as its profile wants. */
static int
set_up(void **state)
{
	(void)state;
	memset(&r, 0, sizeof(r));
	r.amt = &device;
	profile_default(&r.profile);
	memcpy(r.host, "pc-0042", 8);
	memcpy(r.domain, "example.com", 12);
	r.profile.nacl = 1;
	r.profile.acl[0] = (struct acl_entry){ .user = "helpdesk", .access = ACL_NETWORK, .realms = 1U << 5 };
	general = (struct amt_general){ .host = "PC-0042", .domain = "example.com", .ping = true, .rmcp_ping = true, .has_rmcp_ping = true,
		.has_idle = true };
	tls = (struct amt_tls){ .enabled = true, .has_plain = true, .bound = "x" };
	interfaces = (struct amt_interfaces){ .web_ui = true, .sol = true, .ider = true, .kvm = true, .has_kvm = true };
	acl[0] = (struct amt_acl){ .handle = 1, .user = "$$OsAdmin", .system = true, .realms = 1U << 3 };
	acl[1] = (struct amt_acl){ .handle = 2, .user = "helpdesk", .access = ACL_NETWORK, .realms = 1U << 5 };
	nacl = 2;
	power = POWER_S0_S3_S5;
	fail = ERR_NONE;
	return 0;
}

static void
assert_differs(const char *text)
{
	struct err e;

	assert_fails(run_verify(&r, &e), ERR_VERIFY);
	assert_string_equal(e.text, text);
}

static void
a_device_as_wanted_passes_whatever_the_case_of_its_name(void **state)
{
	struct err e;

	(void)state;
	assert_ok(run_verify(&r, &e));
}

static void
each_difference_is_named(void **state)
{
	(void)state;
	memcpy(general.host, "other", 6);
	assert_differs("host name is other, want pc-0042");
	(void)set_up(NULL);
	general.domain[0] = '\0';
	assert_differs("domain name is empty, want example.com");
	(void)set_up(NULL);
	general.ping = false;
	assert_differs("ping response is off, want on");
	(void)set_up(NULL);
	general.rmcp_ping = false;
	assert_differs("RMCP ping response is off, want on");
	(void)set_up(NULL);
	r.profile.idle_timeout_min = 30;
	assert_differs("idle timeout is 0, want 30");
	(void)set_up(NULL);
	tls.enabled = false;
	assert_differs("TLS is off, want on");
	(void)set_up(NULL);
	tls.plain = true;
	assert_differs("ports without TLS is on, want off");
	(void)set_up(NULL);
	interfaces.sol = false;
	assert_differs("SOL is off, want on");
	(void)set_up(NULL);
	interfaces.kvm = false;
	assert_differs("KVM is off, want on");
	(void)set_up(NULL);
	acl[1].realms |= 1U << 3;
	assert_differs("ACL entry helpdesk has other realms or access");
	(void)set_up(NULL);
	acl[1].access = ACL_ANY;
	assert_differs("ACL entry helpdesk has other realms or access");
	(void)set_up(NULL);
	nacl = 1;
	assert_differs("ACL entry is missing, want helpdesk");
	(void)set_up(NULL);
	acl[2] = (struct amt_acl){ .handle = 3, .user = "intruder" };
	nacl = 3;
	assert_differs("1 ACL entries too many");
	(void)set_up(NULL);
	power = POWER_S0;
	assert_differs("power package is another one, want s0-s3-s5");
}

static void
several_differences_are_all_named(void **state)
{
	struct err e;

	(void)state;
	general.ping = interfaces.web_ui = false;
	tls.enabled = false;
	assert_fails(run_verify(&r, &e), ERR_VERIFY);
	assert_string_equal(e.text, "ping response is off, want on; TLS is off, want on; Web UI is off, want on");
}

static void
what_a_release_does_not_have_is_not_missed(void **state)
{
	struct err e;

	(void)state;
	general.has_rmcp_ping = general.rmcp_ping = false;
	interfaces.has_kvm = interfaces.kvm = false;
	device.facts.major = 3;
	r.profile.acl[0].realms |= 1U << 20; /* from release 4 */
	r.power_absent = true;
	power = POWER_KEEP;
	general.has_idle = tls.has_plain = false;
	tls.plain = true;
	r.profile.idle_timeout_min = 30;
	assert_ok(run_verify(&r, &e));
	device.facts.major = 12;
}

/* The connection itself shows whether TLS is on. */
static void
tls_options_that_are_not_understood_are_not_missed(void **state)
{
	struct err e;

	(void)state;
	fail_tls = ERR_DIALECT;
	assert_ok(run_verify(&r, &e));
	fail_tls = ERR_LOST;
	assert_fails(run_verify(&r, &e), ERR_LOST);
	fail_tls = ERR_NONE;
}

static void
without_tls_the_other_ports_do_not_matter(void **state)
{
	struct err e;

	(void)state;
	r.profile.tls = TLS_NONE;
	tls.enabled = false;
	tls.plain = true;
	assert_ok(run_verify(&r, &e));
}

static void
a_lost_answer_is_not_a_difference(void **state)
{
	struct err e;

	(void)state;
	fail = ERR_LOST;
	assert_fails(run_verify(&r, &e), ERR_LOST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define EACH(t) cmocka_unit_test_setup(t, set_up)
		EACH(a_device_as_wanted_passes_whatever_the_case_of_its_name),
		EACH(each_difference_is_named),
		EACH(several_differences_are_all_named),
		EACH(what_a_release_does_not_have_is_not_missed),
		EACH(tls_options_that_are_not_understood_are_not_missed),
		EACH(without_tls_the_other_ports_do_not_matter),
		EACH(a_lost_answer_is_not_a_difference),
#undef EACH
	};

	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
