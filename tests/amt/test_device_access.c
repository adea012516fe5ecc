/* SPDX-License-Identifier: Apache-2.0 */
/* test_device_access: interfaces, access control and power of a device. */
#include "tests/amt/device_test.h"

#define SETTING(id, class, current) \
	"<CIM_ElementSettingData><IsCurrent>" current "</IsCurrent><SettingData><a:ReferenceParameters><w:ResourceURI>" \
	"http://intel.com/wbem/wscim/1/amt-schema/1/" class "</w:ResourceURI><w:SelectorSet><w:Selector Name=\"InstanceID\">" id \
	"</w:Selector></w:SelectorSet></a:ReferenceParameters></SettingData></CIM_ElementSettingData>"

static const char web_on[] = "<AMT_WebUIService><EnabledState>2</EnabledState></AMT_WebUIService>";
static const char web_off[] = "<AMT_WebUIService><EnabledState>3</EnabledState></AMT_WebUIService>";
static const char redirection[] =
    "<g:AMT_RedirectionService xmlns:g=\"http://intel.com/wbem/wscim/1/amt-schema/1/AMT_RedirectionService\">"
    "<g:EnabledState>32771</g:EnabledState><g:ListenerEnabled>true</g:ListenerEnabled></g:AMT_RedirectionService>";

static void
play_interfaces(const char *web, const char *red)
{
	fake_text(f, web);
	fake_text(f, red);
	fake_file(f, "cim/kvm/get"); /* state 6: on, nobody connected */
}

static void
interfaces_are_read(void **state)
{
	struct amt_interfaces i;
	struct err e;

	(void)state;
	play_interfaces(web_on, redirection);
	assert_ok(d->ops->interfaces_read(d, &i, &e));
	assert_true(i.web_ui && i.sol && i.ider && i.kvm && i.has_kvm);
	fake_text(f, web_off);
	fake_text(f, "<AMT_RedirectionService><EnabledState>32769</EnabledState></AMT_RedirectionService>");
	fake_fault(f, "DestinationUnreachable"); /* no KVM on this device */
	assert_ok(d->ops->interfaces_read(d, &i, &e));
	assert_false(i.web_ui || i.sol || i.kvm || i.has_kvm);
	assert_true(i.ider);
	fake_text(f, web_on);
	fake_text(f, "<AMT_RedirectionService><EnabledState>open</EnabledState></AMT_RedirectionService>");
	assert_fails(d->ops->interfaces_read(d, &i, &e), ERR_FIELD);
	fake_text(f, web_on);
	fake_text(f, redirection);
	fake_fault(f, "AccessDenied");
	assert_fails(d->ops->interfaces_read(d, &i, &e), ERR_FAULT);
}

static void
only_interfaces_that_differ_are_switched(void **state)
{
	const struct amt_interfaces as_it_is = { .web_ui = true, .sol = true, .ider = true, .kvm = true };
	const struct amt_interfaces other = { .sol = true };
	struct err e;

	(void)state;
	play_interfaces(web_on, redirection);
	fake_text(f, redirection);
	fake_file(f, "amt/redirectionservice/put");
	assert_ok(d->ops->interfaces(d, &as_it_is, &e));
	assert_last("<r:EnabledState>32771</r:EnabledState><r:ListenerEnabled>true</r:ListenerEnabled>");
	play_interfaces(web_on, redirection);
	for (int i = 0; i < 3; i++)
		fake_output(f, "RequestStateChange", i == 1 ? "<ReturnValue>4096</ReturnValue>" : "<ReturnValue>0</ReturnValue>");
	fake_text(f, redirection);
	fake_file(f, "amt/redirectionservice/put");
	assert_ok(d->ops->interfaces(d, &other, &e));
	assert_last("<r:EnabledState>32770</r:EnabledState><r:ListenerEnabled>true</r:ListenerEnabled>");
	assert_has(fake_body(f, 8), "AMT_WebUIService/RequestStateChange<");
	assert_has(fake_body(f, 8), "<r:RequestedState>3</r:RequestedState>");
	assert_has(fake_body(f, 9), "<r:RequestedState>32770</r:RequestedState>");
	assert_has(fake_body(f, 10), "CIM_KVMRedirectionSAP/RequestStateChange<");
	assert_has(fake_body(f, 10), "<r:RequestedState>3</r:RequestedState>");
}

static void
all_interfaces_off_closes_the_listener(void **state)
{
	const struct amt_interfaces none = { 0 };
	struct err e;

	(void)state;
	fake_text(f, web_off);
	fake_text(f, redirection);
	fake_fault(f, "DestinationUnreachable");
	fake_output(f, "RequestStateChange", "<ReturnValue>0</ReturnValue>");
	fake_text(f, redirection);
	fake_file(f, "amt/redirectionservice/put");
	assert_ok(d->ops->interfaces(d, &none, &e));
	assert_last("<r:EnabledState>32768</r:EnabledState><r:ListenerEnabled>false</r:ListenerEnabled>");
}

static void
a_refused_state_change_is_an_error(void **state)
{
	const struct amt_interfaces want = { .sol = true, .ider = true, .kvm = true };
	struct err e;

	(void)state;
	play_interfaces(web_on, redirection);
	fake_output(f, "RequestStateChange", "<ReturnValue>4099</ReturnValue>");
	assert_fails(d->ops->interfaces(d, &want, &e), ERR_NOT_READY);
	play_interfaces(web_on, redirection);
	fake_output(f, "RequestStateChange", "<ReturnValue>2</ReturnValue>");
	assert_int_equal(d->ops->interfaces(d, &want, &e), -1);
	assert_has(e.text, "AMT_WebUIService.RequestStateChange");
}

static void
play_entry(const char *user)
{
	SCOPED(buf) struct buf b = { 0 };

	if (user[0] != '\0')
		buf_printf(&b, "<DigestUsername>%s</DigestUsername>", user);
	buf_puts(&b, "<AccessPermission>1</AccessPermission><Realms>5</Realms><Realms>21</Realms><ReturnValue>0</ReturnValue>");
	fake_output(f, "GetUserAclEntryEx", buf_str(&b));
}

static void
the_access_list_is_read_page_by_page(void **state)
{
	struct amt_acl acl[AMT_ACL_MAX];
	size_t n;
	struct err e;

	(void)state;
	fake_output(f, "EnumerateUserAclEntries", "<TotalCount>3</TotalCount><HandlesCount>2</HandlesCount><Handles>1</Handles>"
						  "<Handles>4000000000</Handles><ReturnValue>0</ReturnValue>");
	play_entry("helpdesk");
	play_entry("$$OsAdmin");
	fake_output(f, "EnumerateUserAclEntries", "<TotalCount>3</TotalCount><Handles>7</Handles><ReturnValue>0</ReturnValue>");
	play_entry("");
	assert_ok(d->ops->acl_read(d, acl, &n, &e));
	assert_int_equal(fake_left(f), 0);
	assert_int_equal(n, 3);
	assert_string_equal(acl[0].user, "helpdesk");
	assert_int_equal(acl[0].handle, 1);
	assert_int_equal(acl[0].access, ACL_NETWORK);
	assert_int_equal(acl[0].realms, 1U << 5 | 1U << 21);
	assert_false(acl[0].system);
	assert_int_equal(acl[1].handle, 4000000000U);
	assert_true(acl[1].system);
	assert_string_equal(acl[2].user, "");
	assert_has(fake_body(f, 0), "<r:StartIndex>1</r:StartIndex>");
	assert_has(fake_body(f, 3), "<r:StartIndex>3</r:StartIndex>");
}

static void
an_empty_access_list_is_told_in_two_ways(void **state)
{
	struct amt_acl acl[AMT_ACL_MAX];
	size_t n = 9;
	struct err e;

	(void)state;
	fake_output(f, "EnumerateUserAclEntries", "<TotalCount>0</TotalCount><ReturnValue>0</ReturnValue>");
	assert_ok(d->ops->acl_read(d, acl, &n, &e));
	assert_int_equal(n, 0);
	fake_output(f, "EnumerateUserAclEntries", "<ReturnValue>35</ReturnValue>");
	assert_ok(d->ops->acl_read(d, acl, &n, &e));
	assert_int_equal(n, 0);
}

static void
odd_access_lists_are_refused(void **state)
{
	static const char *const entries[] = {
		"<Realms>32</Realms><ReturnValue>0</ReturnValue>",
		"<Realms>all</Realms><ReturnValue>0</ReturnValue>",
		"<Realms></Realms><ReturnValue>0</ReturnValue>",
		"<AccessPermission>3</AccessPermission><ReturnValue>0</ReturnValue>",
	};
	struct amt_acl acl[AMT_ACL_MAX];
	size_t n;
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
		fake_output(f, "EnumerateUserAclEntries", "<TotalCount>1</TotalCount><Handles>1</Handles><ReturnValue>0</ReturnValue>");
		fake_output(f, "GetUserAclEntryEx", entries[i]);
		assert_fails(d->ops->acl_read(d, acl, &n, &e), ERR_FIELD);
	}
	fake_output(f, "EnumerateUserAclEntries", "<TotalCount>many</TotalCount><ReturnValue>0</ReturnValue>");
	assert_fails(d->ops->acl_read(d, acl, &n, &e), ERR_FIELD);
	fake_output(f, "EnumerateUserAclEntries", "<ReturnValue>16</ReturnValue>");
	assert_fails(d->ops->acl_read(d, acl, &n, &e), ERR_STATUS);
	static const char *const handles[] = { "one", "-1", "", "4294967296" };
	for (size_t i = 0; i < ARRAY_LEN(handles); i++) {
		char text[120];

		(void)snprintf(text, sizeof(text), "<TotalCount>1</TotalCount><Handles>%s</Handles><ReturnValue>0</ReturnValue>", handles[i]);
		fake_output(f, "EnumerateUserAclEntries", text);
		assert_fails(d->ops->acl_read(d, acl, &n, &e), ERR_FIELD);
	}
}

static void
an_access_list_that_never_ends_is_bounded(void **state)
{
	static struct amt_acl acl[AMT_ACL_MAX];
	size_t n;
	struct err e;

	(void)state;
	for (int i = 0; i < AMT_ACL_MAX; i++) {
		fake_output(f, "EnumerateUserAclEntries", "<TotalCount>4294967295</TotalCount><Handles>1</Handles><ReturnValue>0</ReturnValue>");
		play_entry("helpdesk");
	}
	assert_ok(d->ops->acl_read(d, acl, &n, &e));
	assert_int_equal(n, AMT_ACL_MAX);
	assert_int_equal(fake_left(f), 0);
}

static void
an_entry_is_added_with_its_hash_and_removed_by_its_handle(void **state)
{
	const struct acl_entry a = { .user = "helpdesk", .access = ACL_ANY, .realms = 1U << 2 | 1U << 5 };
	const struct secret s = { .len = 11, .s = "Str0ng!Pass" };
	struct err e;

	(void)state;
	fake_output(f, "AddUserAclEntryEx", "<Handle>3</Handle><ReturnValue>0</ReturnValue>");
	assert_ok(d->ops->acl_add(d, &a, &s, &e));
	assert_last("<r:DigestUsername>helpdesk</r:DigestUsername><r:DigestPassword>78lvavvRKKd2fNxO5WMFgA==</r:DigestPassword>"
		    "<r:AccessPermission>2</r:AccessPermission><r:Realms>2</r:Realms><r:Realms>5</r:Realms>");
	fake_output(f, "AddUserAclEntryEx", "<ReturnValue>2058</ReturnValue>");
	assert_fails(d->ops->acl_add(d, &a, &s, &e), ERR_STATUS);
	fake_file(f, "amt/authorization/removeuseraclentry");
	assert_ok(d->ops->acl_remove(d, 4000000000U, &e));
	assert_last("<r:Handle>4000000000</r:Handle>");
	fake_output(f, "RemoveUserAclEntry", "<ReturnValue>2053</ReturnValue>");
	assert_fails(d->ops->acl_remove(d, 1, &e), ERR_STATUS);
}

static void
the_power_package_in_force_is_read(void **state)
{
	enum power_package p = POWER_KEEP;
	struct err e;

	(void)state;
	play_items(SETTING("Intel(r) AMT: x", "AMT_GeneralSettings", "1") SETTING("SCHEME 0", "AMT_SystemPowerScheme", "2")
		   SETTING("SCHEME 1", "AMT_SystemPowerScheme", "1"));
	play_list("amt/systempowerscheme/pull");
	assert_ok(d->ops->power_read(d, &p, &e));
	assert_int_equal(p, POWER_S0_S3_S5);
	play_items(SETTING("SCHEME 0", "AMT_SystemPowerScheme", "1"));
	play_list("amt/systempowerscheme/pull");
	assert_ok(d->ops->power_read(d, &p, &e));
	assert_int_equal(p, POWER_S0);
	play_items("");
	play_list("amt/systempowerscheme/pull");
	assert_ok(d->ops->power_read(d, &p, &e));
	assert_int_equal(p, POWER_KEEP);
}

static void
a_power_package_is_set_unless_in_force_or_absent(void **state)
{
	bool absent = true;
	struct err e;

	(void)state;
	play_items(SETTING("SCHEME 0", "AMT_SystemPowerScheme", "1"));
	play_list("amt/systempowerscheme/pull");
	fake_output(f, "SetPowerScheme", "<ReturnValue>0</ReturnValue>");
	assert_ok(d->ops->power(d, POWER_S0_S3_S5, &absent, &e));
	assert_false(absent);
	assert_last("<w:Selector Name=\"InstanceID\">SCHEME 1</w:Selector>");
	play_items(SETTING("SCHEME 1", "AMT_SystemPowerScheme", "1"));
	play_list("amt/systempowerscheme/pull");
	assert_ok(d->ops->power(d, POWER_S0_S3_S5, &absent, &e));
	assert_false(absent);
	play_items(SETTING("SCHEME 1", "AMT_SystemPowerScheme", "1"));
	play_items("<AMT_SystemPowerScheme><InstanceID>SCHEME 1</InstanceID><SchemeGUID>AAAA</SchemeGUID></AMT_SystemPowerScheme>");
	assert_ok(d->ops->power(d, POWER_S0, &absent, &e));
	assert_true(absent);
	assert_int_equal(fake_left(f), 0);
	play_items("");
	play_items("<AMT_SystemPowerScheme><InstanceID>SCHEME 1</InstanceID></AMT_SystemPowerScheme>");
	assert_fails(d->ops->power(d, POWER_S0, &absent, &e), ERR_FIELD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(interfaces_are_read),
		EACH(only_interfaces_that_differ_are_switched),
		EACH(all_interfaces_off_closes_the_listener),
		EACH(a_refused_state_change_is_an_error),
		EACH(the_access_list_is_read_page_by_page),
		EACH(an_empty_access_list_is_told_in_two_ways),
		EACH(odd_access_lists_are_refused),
		EACH(an_access_list_that_never_ends_is_bounded),
		EACH(an_entry_is_added_with_its_hash_and_removed_by_its_handle),
		EACH(the_power_package_in_force_is_read),
		EACH(a_power_package_is_set_unless_in_force_or_absent),
	};

	http_init();
	xml_init();
	return cmocka_run_group_tests_name("device_access", tests, NULL, NULL);
}
