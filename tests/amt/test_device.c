/* SPDX-License-Identifier: Apache-2.0 */
/* test_device: facts, passwords, clock, names and commit of a device, against recorded answers. */
#include "tests/amt/device_test.h"

#include "base/clock.h"

static const char setup[] = "<AMT_SetupAndConfigurationService><ProvisioningMode>1</ProvisioningMode><ProvisioningState>1</ProvisioningState>"
			    "<DhcpDNSSuffix>example.com</DhcpDNSSuffix></AMT_SetupAndConfigurationService>";

/* The answers that ops->facts wants, up to and without answer `stop`. */
static void
play_facts(int stop)
{
	static const char *const files[] = { "amt/general/get", NULL, "amt/tls/credentialcontext/enumerate", "cim/software/identity/pull",
		"amt/setupandconfiguration/getuuid", "cim/chassis/get", "amt/tls/credentialcontext/enumerate", "amt/ethernetport/pull" };

	for (int i = 0; i < 8 && i < stop; i++) {
		if (files[i] == NULL)
			fake_text(f, setup);
		else
			fake_file(f, files[i]);
	}
}

static void
facts_are_read_from_recorded_answers(void **state)
{
	struct amt_facts facts;
	struct err e;
	char uuid[UUID_TEXT];

	(void)state;
	play_facts(8);
	assert_ok(d->ops->facts(d, &facts, &e));
	assert_string_equal(facts.version, "12.0.67");
	assert_string_equal(facts.build, "1579");
	assert_int_equal(facts.major, 12);
	assert_int_equal(facts.minor, 0);
	uuid_text(&facts.uuid, uuid);
	assert_string_equal(uuid, "55e3ae13-bfd2-61bb-17a0-88aedd7037ea");
	assert_string_equal(facts.realm, "Digest:F3EB554784E729164447A89F60B641C5");
	assert_int_equal(facts.state, AMT_IN);
	assert_int_equal(facts.control_mode, 1);
	assert_string_equal(facts.dhcp_suffix, "example.com");
	assert_string_equal(facts.trusted_suffix, "");
	assert_string_equal(facts.manufacturer, "Intel(R) Client Systems");
	assert_string_equal(facts.model, "NUC9V7QNX");
	assert_string_equal(facts.serial, "JRQN0243007J");
	assert_string_equal(facts.mac, "00-be-43-d8-22-a4");
	assert_int_equal(fake_left(f), 0);
}

static void
facts_do_without_hardware_but_not_without_realm_version_or_uuid(void **state)
{
	struct amt_facts facts = { .major = 99 };
	struct err e;

	(void)state;
	play_facts(5);
	fake_fault(f, "DestinationUnreachable");
	fake_fault(f, "AccessDenied");
	assert_ok(d->ops->facts(d, &facts, &e));
	assert_string_equal(facts.model, "");
	facts.major = 99;
	fake_text(f, "<AMT_GeneralSettings/>");
	assert_fails(d->ops->facts(d, &facts, &e), ERR_FIELD);
	play_facts(2);
	play_items("<CIM_SoftwareIdentity><InstanceID>AMT</InstanceID><VersionString>new</VersionString></CIM_SoftwareIdentity>");
	assert_fails(d->ops->facts(d, &facts, &e), ERR_FIELD);
	play_facts(2);
	play_items("");
	assert_fails(d->ops->facts(d, &facts, &e), ERR_FIELD);
	play_facts(4);
	fake_file(f, "amt/setupandconfiguration/getuuid-bad");
	assert_fails(d->ops->facts(d, &facts, &e), ERR_FIELD);
	assert_int_equal(facts.major, 99); /* untouched */
}

static void
a_state_that_is_no_known_number_is_refused(void **state)
{
	struct amt_facts facts;
	struct err e;

	(void)state;
	fake_file(f, "amt/general/get");
	fake_text(f, "<AMT_SetupAndConfigurationService><ProvisioningState>7</ProvisioningState></AMT_SetupAndConfigurationService>");
	assert_fails(d->ops->facts(d, &facts, &e), ERR_FIELD);
	assert_has(e.text, "ProvisioningState");
}

static void
releases_compare_by_major_then_minor(void **state)
{
	const struct amt_facts a = { .major = 6, .minor = 2 };

	(void)state;
	assert_true(amt_at_least(&a, 6, 2));
	assert_true(amt_at_least(&a, 5, 9));
	assert_false(amt_at_least(&a, 6, 3));
	assert_false(amt_at_least(&a, 7, 0));
}

static void
extend_says_how_many_hours(void **state)
{
	struct err e;

	(void)state;
	fake_output(f, "ExtendProvisioningPeriod", "<ReturnValue>0</ReturnValue>");
	assert_ok(d->ops->extend(d, 24, &e));
	assert_last("<r:Duration>24</r:Duration>");
	fake_output(f, "ExtendProvisioningPeriod", "<ReturnValue>36</ReturnValue>");
	assert_fails(d->ops->extend(d, 25, &e), ERR_STATUS);
}

static void
the_mebx_password_may_be_refused_by_policy(void **state)
{
	const struct secret s = { .len = 9, .s = "P@ss<w>0&" };
	bool refused = true;
	struct err e;

	(void)state;
	fake_file(f, "amt/setupandconfiguration/setmebxpassword");
	assert_ok(d->ops->mebx_password(d, &s, &refused, &e));
	assert_false(refused);
	assert_last("<r:Password>P@ss&lt;w&gt;0&amp;</r:Password>");
	fake_output(f, "SetMEBxPassword", "<ReturnValue>16</ReturnValue>");
	assert_ok(d->ops->mebx_password(d, &s, &refused, &e));
	assert_true(refused);
	fake_output(f, "SetMEBxPassword", "<ReturnValue>2054</ReturnValue>");
	assert_fails(d->ops->mebx_password(d, &s, &refused, &e), ERR_STATUS);
	assert_false(refused);
	assert_has_not(e.text, "P@ss");
}

static void
the_admin_password_goes_as_its_hash(void **state)
{
	const struct secret s = { .len = 8, .s = "P@ssw0rd" };
	struct err e;

	(void)state;
	fake_file(f, "amt/authorization/setadminaclentryex");
	assert_ok(d->ops->admin_password(d, &s, &e));
	assert_last("<r:Username>admin</r:Username><r:DigestPassword>CuCDARuuPYT8SGzkq0SuHQ==</r:DigestPassword>");
	assert_has_not(fake_body(f, 0), "P@ssw0rd");
	fake_output(f, "SetAdminAclEntryEx", "<ReturnValue>2075</ReturnValue>");
	assert_fails(d->ops->admin_password(d, &s, &e), ERR_STATUS);
}

static void
play_time(int64_t off)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "<Ta0>%lld</Ta0><ReturnValue>0</ReturnValue>", (long long)(clock_wall_us() / 1000000 + off));
	fake_output(f, "GetLowAccuracyTimeSynch", text);
}

static void
the_clock_is_set_only_when_it_is_off(void **state)
{
	int64_t off = 99;
	struct err e;

	(void)state;
	play_time(5);
	assert_ok(d->ops->clock(d, &off, false, &e));
	assert_in_range(off, 3, 5);
	assert_int_equal(fake_count(f), 1);
	fake_file(f, "amt/timesynchronization/getlowaccuracytimesynch");
	fake_file(f, "amt/timesynchronization/sethighaccuracytimesynch");
	assert_ok(d->ops->clock(d, &off, false, &e));
	assert_true(off < -1000000);
	assert_last("<r:Ta0>1704586865</r:Ta0><r:Tm1>");
	play_time(0);
	fake_file(f, "amt/timesynchronization/sethighaccuracytimesynch");
	assert_ok(d->ops->clock(d, &off, true, &e));
	assert_int_equal(fake_left(f), 0);
}

static void
a_clock_without_time_is_refused(void **state)
{
	int64_t off;
	struct err e;

	(void)state;
	fake_output(f, "GetLowAccuracyTimeSynch", "<ReturnValue>0</ReturnValue>");
	assert_fails(d->ops->clock(d, &off, false, &e), ERR_FIELD);
	fake_output(f, "GetLowAccuracyTimeSynch", "<Ta0>noon</Ta0><ReturnValue>0</ReturnValue>");
	assert_fails(d->ops->clock(d, &off, false, &e), ERR_FIELD);
	play_time(3600);
	fake_output(f, "SetHighAccuracyTimeSynch", "<ReturnValue>34</ReturnValue>");
	assert_fails(d->ops->clock(d, &off, false, &e), ERR_STATUS);
}

static void
general_settings_are_read_and_written_only_when_they_differ(void **state)
{
	struct amt_general g;
	struct err e;

	(void)state;
	fake_file(f, "amt/general/get");
	assert_ok(d->ops->general_read(d, &g, &e));
	assert_string_equal(g.host, "Test Host Name");
	assert_string_equal(g.domain, "Test Domain Name");
	assert_true(g.ping && g.rmcp_ping && g.has_rmcp_ping);
	assert_int_equal(g.idle_timeout_min, 1);
	assert_ok(d->ops->general(d, &g, &e));
	assert_int_equal(fake_count(f), 1); /* no Put, and no Get: it was read just before */
	fake_file(f, "amt/general/get");
	assert_ok(d->ops->general(d, &g, &e));
	assert_int_equal(fake_count(f), 2); /* that counts once */
	(void)text_copy(g.host, sizeof(g.host), "pc-0042");
	g.rmcp_ping = false;
	g.idle_timeout_min = 0; /* leave as it is */
	fake_file(f, "amt/general/get");
	fake_text(f, "<AMT_GeneralSettings/>");
	assert_ok(d->ops->general(d, &g, &e));
	assert_last("<r:HostName>pc-0042</r:HostName>");
	assert_last("<r:RmcpPingResponseEnabled>false</r:RmcpPingResponseEnabled>");
	assert_last("<r:PingResponseEnabled>true</r:PingResponseEnabled>");
	assert_last("<r:IdleWakeTimeout>1</r:IdleWakeTimeout>");
	g.idle_timeout_min = 30;
	fake_file(f, "amt/general/get");
	fake_text(f, "<AMT_GeneralSettings/>");
	assert_ok(d->ops->general(d, &g, &e));
	assert_last("<r:IdleWakeTimeout>30</r:IdleWakeTimeout>");
}

static void
general_settings_of_old_or_odd_devices(void **state)
{
	const struct amt_general want = { .host = "pc", .domain = "example.com", .ping = true, .rmcp_ping = true };
	struct amt_general g;
	uint32_t status;
	struct err e;

	(void)state;
	fake_text(f, "<AMT_GeneralSettings><HostName/><DomainName/><PingResponseEnabled>0</PingResponseEnabled></AMT_GeneralSettings>");
	assert_ok(d->ops->general_read(d, &g, &e));
	assert_false(g.has_rmcp_ping);
	assert_string_equal(g.host, "");
	fake_fault(f, "AccessDenied");
	assert_fails(d->ops->commit(d, &status, &e), ERR_FAULT); /* something in between: it is read again */
	fake_text(f, "<AMT_GeneralSettings><HostName/></AMT_GeneralSettings>");
	assert_fails(d->ops->general(d, &want, &e), ERR_FIELD);
	fake_text(f, "<AMT_GeneralSettings><HostName>x</HostName><DomainName>y</DomainName><IdleWakeTimeout>soon</IdleWakeTimeout></AMT_GeneralSettings>");
	assert_fails(d->ops->general(d, &want, &e), ERR_FIELD);
	fake_text(f, "<AMT_GeneralSettings><HostName>x</HostName><DomainName>y</DomainName></AMT_GeneralSettings>");
	fake_fault(f, "InvalidRepresentation");
	assert_fails(d->ops->general(d, &want, &e), ERR_FAULT);
}

static void
commit_tells_the_status(void **state)
{
	uint32_t status = 9;
	struct err e;

	(void)state;
	fake_file(f, "amt/setupandconfiguration/commitchanges");
	assert_ok(d->ops->commit(d, &status, &e));
	assert_int_equal(status, 0);
	fake_output(f, "CommitChanges", "<ReturnValue>2057</ReturnValue>");
	assert_ok(d->ops->commit(d, &status, &e));
	assert_int_equal(status, 2057);
	fake_play(f, &(struct fake_reply){ .way = FAKE_HANG_UP });
	assert_fails(d->ops->commit(d, &status, &e), ERR_LOST);
	assert_int_equal(fake_count(f), 3);
}

static void
the_pair_for_the_next_setup_is_set_up_to_10(void **state)
{
	static const struct secret pps = { .len = 32, .s = "AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH" };
	struct err e;

	(void)state;
	assert_fails(d->ops->tls_psk(d, "4711AB0D", &pps, &e), ERR_ABSENT);
	assert_int_equal(fake_count(f), 0);
	d->facts.major = 10;
	fake_output(f, "SetTLSPSK", "<ReturnValue>0</ReturnValue>");
	assert_ok(d->ops->tls_psk(d, "4711AB0D", &pps, &e));
	assert_last("<r:SetTLSPSK_INPUT><r:PID>4711AB0D</r:PID><r:PPS>AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH</r:PPS></r:SetTLSPSK_INPUT>");
	fake_output(f, "SetTLSPSK", "<ReturnValue>43</ReturnValue>");
	fake_output(f, "SetTLSPSK", "<ReturnValue>0</ReturnValue>");
	assert_ok(d->ops->tls_psk(d, "4711AB0D", &pps, &e));
	assert_last("<r:PID>4711-AB0D</r:PID><r:PPS>AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH</r:PPS>");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(facts_are_read_from_recorded_answers),
		EACH(facts_do_without_hardware_but_not_without_realm_version_or_uuid),
		EACH(a_state_that_is_no_known_number_is_refused),
		EACH(releases_compare_by_major_then_minor),
		EACH(extend_says_how_many_hours),
		EACH(the_mebx_password_may_be_refused_by_policy),
		EACH(the_admin_password_goes_as_its_hash),
		EACH(the_clock_is_set_only_when_it_is_off),
		EACH(a_clock_without_time_is_refused),
		EACH(general_settings_are_read_and_written_only_when_they_differ),
		EACH(general_settings_of_old_or_odd_devices),
		EACH(the_pair_for_the_next_setup_is_set_up_to_10),
		EACH(commit_tells_the_status),
	};

	http_init();
	xml_init();
	return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}
