/* SPDX-License-Identifier: Apache-2.0 */
/* test_wsman: WS-Management operations against recorded and odd answers. */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "amt/wsman.h"
#include "tests/amt/fake.h"

static struct fake *f;
static struct http *h;
static struct wsman w;

static int
set_up(void **state)
{
	(void)state;
	f = fake_start(NULL);
	h = fake_client(f);
	w = (struct wsman){ .http = h };
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	http_free(h);
	fake_stop(f);
	return 0;
}

static int
get(const char *class, struct err *e)
{
	SCOPED(inst) struct inst i = { 0 };

	return wsman_get(&w, class, NULL, &i, e);
}

static void
get_asks_for_the_class_and_reads_the_instance(void **state)
{
	SCOPED(inst) struct inst i = { 0 };
	const struct selector sel[] = { { "InstanceID", "a<b&\"c" }, { "Name", "x" }, { 0 } };
	char text[64];
	struct err e;

	(void)state;
	fake_file(f, "amt/general/get");
	assert_ok(wsman_get(&w, "AMT_GeneralSettings", sel, &i, &e));
	assert_true(inst_text(&i, "DigestRealm", text, sizeof(text)));
	assert_string_equal(text, "Digest:F3EB554784E729164447A89F60B641C5");
	const char *sent = fake_body(f, 0);
	assert_has(sent, "transfer/Get</a:Action>");
	assert_has(sent, "<a:To>/wsman</a:To>");
	assert_has(sent, "<w:ResourceURI>http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings</w:ResourceURI>");
	assert_has(sent, "<a:MessageID>1</a:MessageID>");
	assert_has(sent, "<w:Selector Name=\"InstanceID\">a&lt;b&amp;&quot;c</w:Selector><w:Selector Name=\"Name\">x</w:Selector>");
	xmlDoc *doc = NULL;
	assert_ok(xml_parse(sent, strlen(sent), &doc, &e)); /* what we say is XML itself */
	xmlFreeDoc(doc);
	assert_int_equal(w.calls, 1);
}

static void
the_namespace_follows_from_the_first_letters(void **state)
{
	static const char *const rows[][2] = {
		{ "AMT_X", "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_X" },
		{ "IPS_X", "http://intel.com/wbem/wscim/1/ips-schema/1/IPS_X" },
		{ "CIM_X", "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_X" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(buf) struct buf b = { 0 };

		wsman_ns(&b, rows[i][0]);
		assert_string_equal(buf_str(&b), rows[i][1]);
	}
}

static void
each_request_has_its_own_number_and_only_its_answer_counts(void **state)
{
	struct err e;

	(void)state;
	fake_text(f, "<AMT_X/>");
	assert_ok(get("AMT_X", &e));
	fake_text(f, "<AMT_X/>");
	assert_ok(get("AMT_X", &e));
	assert_has(fake_body(f, 1), "<a:MessageID>2</a:MessageID>");
	fake_play(f, &(struct fake_reply){ .body = "<Envelope><Header><RelatesTo>2</RelatesTo></Header><Body><AMT_X/></Body></Envelope>" });
	assert_fails(get("AMT_X", &e), ERR_ANSWER);
	assert_has(e.text, "answer to message 2, not to 3");
	fake_play(f, &(struct fake_reply){ .body = "<Envelope><Body><AMT_X/></Body></Envelope>" });
	assert_ok(get("AMT_X", &e)); /* some releases leave RelatesTo out */
}

static void
what_is_no_soap_answer_is_refused(void **state)
{
	static const struct {
		const char *body;
		int status;
		const char *type;
		enum err_code code;
	} rows[] = {
		{ "", 200, NULL, ERR_HTTP },
		{ "<html>busy</html>", 503, "text/html", ERR_HTTP },
		{ "not xml", 200, NULL, ERR_ANSWER },
		{ "<html>hello</html>", 200, "text/html", ERR_ANSWER },
		{ "<Envelope/>", 200, NULL, ERR_ANSWER },
		{ "<Envelope><Body/></Envelope>", 200, NULL, ERR_ANSWER },
		{ "<Envelope><Body><AMT_Y/></Body></Envelope>", 200, NULL, ERR_ANSWER },
		{ "<Other><Body><AMT_X/></Body></Other>", 200, NULL, ERR_ANSWER },
		{ "<Envelope><Body><AMT_X/></Body></Envelope>", 500, NULL, ERR_HTTP },
		{ "<!DOCTYPE Envelope><Envelope><Body><AMT_X/></Body></Envelope>", 200, NULL, ERR_ANSWER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e;

		fake_play(f, &(struct fake_reply){ .body = rows[i].body, .status = rows[i].status, .type = rows[i].type });
		assert_fails(get("AMT_X", &e), rows[i].code);
		assert_has(e.text, "AMT_X");
	}
}

static void
a_fault_is_named_and_those_of_absence_are_absence(void **state)
{
	static const struct {
		const char *subcode;
		enum err_code code;
	} rows[] = { { "AccessDenied", ERR_FAULT }, { "InvalidSelectors", ERR_FAULT }, { "AlreadyExists", ERR_FAULT },
		{ "DestinationUnreachable", ERR_ABSENT }, { "ActionNotSupported", ERR_ABSENT } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e;

		fake_fault(f, rows[i].subcode);
		assert_fails(get("AMT_X", &e), rows[i].code);
		assert_string_equal(w.fault, rows[i].subcode);
		assert_has(e.text, rows[i].subcode);
	}
	struct err e;
	fake_text(f, "<AMT_X/>");
	assert_ok(get("AMT_X", &e));
	assert_string_equal(w.fault, "");
}

static void
a_fault_without_subcode_or_with_status_200_is_a_fault(void **state)
{
	struct err e;

	(void)state;
	fake_text(f, "<s:Fault><s:Code><s:Value>s:MustUnderstand</s:Value></s:Code></s:Fault>");
	assert_fails(get("AMT_X", &e), ERR_FAULT);
	assert_string_equal(w.fault, "MustUnderstand");
	fake_text(f, "<s:Fault/>");
	assert_fails(get("AMT_X", &e), ERR_FAULT);
	fake_text(f, "<s:Fault><s:Code><s:Subcode><s:Value>0123456789012345678901234567890123456789012345678901234567890123456789"
		     "0123456789012345678901234567890123456789</s:Value></s:Subcode></s:Code></s:Fault>");
	assert_fails(get("AMT_X", &e), ERR_FAULT);
}

static void
an_enumeration_collects_every_page(void **state)
{
	SCOPED(inst) struct inst list = { 0 };
	struct err e;
	size_t n = 0;

	(void)state;
	fake_file(f, "amt/tls/credentialcontext/enumerate");
	fake_file(f, "cim/power/capabilities/pull"); /* more to come, under a new context */
	fake_file(f, "amt/systempowerscheme/pull");
	assert_ok(wsman_list(&w, "CIM_X", &list, &e));
	for (const xmlNode *x = xml_first(list.node); x != NULL; x = x->next)
		n++;
	assert_int_equal(n, 3);
	assert_has(fake_body(f, 0), "enumeration/Enumerate</a:Action>");
	assert_has(fake_body(f, 1), "EnumerationContext>6B080000-0000-0000-0000-000000000000<");
	assert_has(fake_body(f, 2), "EnumerationContext>2F000000-0000-0000-0000-000000000000<");
	assert_int_equal(fake_left(f), 0);
}

static void
an_enumeration_may_be_empty_and_hold_subclasses(void **state)
{
	SCOPED(inst) struct inst none = { 0 }, list = { 0 };
	struct err e;

	(void)state;
	fake_file(f, "amt/tls/credentialcontext/enumerate");
	fake_file(f, "amt/ieee8021x/credentialcontext/pull");
	assert_ok(wsman_list(&w, "AMT_X", &none, &e));
	assert_null(xml_first(none.node));
	fake_file(f, "amt/tls/credentialcontext/enumerate");
	fake_file(f, "cim/system/packaging/pull");
	assert_ok(wsman_list(&w, "CIM_SystemPackaging", &list, &e));
	assert_non_null(xml_first(list.node));
}

static void
an_enumeration_that_never_ends_is_given_up(void **state)
{
	SCOPED(inst) struct inst list = { 0 };
	struct err e;

	(void)state;
	fake_file(f, "amt/tls/credentialcontext/enumerate");
	for (int i = 0; i < 70; i++)
		fake_file(f, "cim/power/capabilities/pull");
	assert_fails(wsman_list(&w, "CIM_X", &list, &e), ERR_ANSWER);
	assert_int_equal(fake_count(f), 65);
	assert_null(list.doc);
}

static void
an_enumeration_without_context_or_broken_midway_fails(void **state)
{
	SCOPED(inst) struct inst list = { 0 };
	struct err e;

	(void)state;
	fake_text(f, "<EnumerateResponse/>");
	assert_fails(wsman_list(&w, "CIM_X", &list, &e), ERR_ANSWER);
	fake_file(f, "amt/tls/credentialcontext/enumerate");
	fake_file(f, "cim/power/capabilities/pull");
	fake_fault(f, "InvalidEnumerationContext");
	assert_fails(wsman_list(&w, "CIM_X", &list, &e), ERR_FAULT);
	fake_file(f, "amt/tls/credentialcontext/enumerate");
	fake_text(f, "<PullResponse><EnumerationContext>"
		     "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
		     "0123456789012345678901234567890123456789</EnumerationContext></PullResponse>");
	assert_fails(wsman_list(&w, "CIM_X", &list, &e), ERR_ANSWER);
	fake_file(f, "amt/tls/credentialcontext/enumerate");
	fake_text(f, "<SomethingElse/>");
	assert_fails(wsman_list(&w, "CIM_X", &list, &e), ERR_ANSWER);
}

static void
a_method_gives_its_return_value_and_output(void **state)
{
	SCOPED(inst) struct inst out = { 0 };
	uint32_t status = 9;
	char text[32];
	struct err e;

	(void)state;
	fake_file(f, "amt/setupandconfiguration/commitchanges");
	assert_ok(wsman_call(&w, "AMT_SetupAndConfigurationService", "CommitChanges", NULL, "", &status, NULL, &e));
	assert_int_equal(status, 0);
	assert_has(fake_body(f, 0), "AMT_SetupAndConfigurationService/CommitChanges</a:Action>");
	assert_has(fake_body(f, 0), "<r:CommitChanges_INPUT></r:CommitChanges_INPUT>");
	fake_file(f, "amt/setupandconfiguration/getuuid"); /* no ReturnValue, output in no namespace */
	assert_ok(wsman_call(&w, "AMT_SetupAndConfigurationService", "GetUuid", NULL, "", &status, &out, &e));
	assert_int_equal(status, 0);
	assert_true(inst_text(&out, "UUID", text, sizeof(text)));
	assert_string_equal(text, "E67jVdK/u2EXoIiu3XA36g==");
}

static void
a_return_value_other_than_0_is_a_status_for_call_and_an_error_for_do(void **state)
{
	uint32_t status;
	struct err e;

	(void)state;
	fake_file(f, "ips/http/addproxyaccesspoint_2058");
	assert_ok(wsman_call(&w, "IPS_HTTPProxyService", "AddProxyAccessPoint", NULL, "", &status, NULL, &e));
	assert_int_equal(status, 2058);
	fake_file(f, "ips/http/addproxyaccesspoint_2058");
	assert_fails(wsman_do(&w, "IPS_HTTPProxyService", "AddProxyAccessPoint", NULL, "", NULL, &e), ERR_STATUS);
	assert_has(e.text, "2058 DUPLICATE");
	assert_has(e.text, "IPS_HTTPProxyService.AddProxyAccessPoint");
	fake_output(f, "M", "<ReturnValue>48</ReturnValue>");
	assert_fails(wsman_do(&w, "AMT_X", "M", NULL, "", NULL, &e), ERR_NOT_READY);
	fake_output(f, "M", "<ReturnValue>38</ReturnValue>");
	assert_fails(wsman_do(&w, "AMT_X", "M", NULL, "", NULL, &e), ERR_FLASH);
}

static void
output_of_another_method_or_a_value_that_is_no_number_is_refused(void **state)
{
	uint32_t status;
	struct err e;

	(void)state;
	fake_output(f, "Other", "<ReturnValue>0</ReturnValue>");
	assert_fails(wsman_call(&w, "AMT_X", "M", NULL, "", &status, NULL, &e), ERR_ANSWER);
	fake_output(f, "M2", "<ReturnValue>0</ReturnValue>");
	assert_fails(wsman_call(&w, "AMT_X", "M", NULL, "", &status, NULL, &e), ERR_ANSWER);
	fake_text(f, "");
	assert_fails(wsman_call(&w, "AMT_X", "M", NULL, "", &status, NULL, &e), ERR_ANSWER);
	fake_output(f, "M", "<ReturnValue>none</ReturnValue>");
	assert_fails(wsman_call(&w, "AMT_X", "M", NULL, "", &status, NULL, &e), ERR_FIELD);
	fake_output(f, "M", "<ReturnValue/>");
	assert_fails(wsman_call(&w, "AMT_X", "M", NULL, "", &status, NULL, &e), ERR_FIELD);
}

/* A failed do must not leave an output behind that the caller would have to free twice. */
static void
a_failed_do_may_share_its_output_with_scope(void **state)
{
	SCOPED(inst) struct inst out = { 0 };
	struct err e;

	(void)state;
	fake_output(f, "M", "<ReturnValue>1</ReturnValue>");
	assert_fails(wsman_do(&w, "AMT_X", "M", NULL, "", &out, &e), ERR_STATUS);
}

static void
put_create_and_delete_take_their_answers(void **state)
{
	const struct selector sel[] = { { "InstanceID", "Intel(r) AMT Certificate: Handle: 0" }, { 0 } };
	SCOPED(inst) struct inst i = { 0 };
	struct err e;

	(void)state;
	fake_file(f, "amt/general/get");
	assert_ok(wsman_get(&w, "AMT_GeneralSettings", NULL, &i, &e));
	assert_true(inst_set(&i, "HostName", "pc<1>"));
	fake_text(f, "<AMT_GeneralSettings/>");
	assert_ok(wsman_put(&w, "AMT_GeneralSettings", NULL, &i, &e));
	assert_has(fake_body(f, 1), "transfer/Put</a:Action>");
	assert_has(fake_body(f, 1), "<Body><r:AMT_GeneralSettings><r:AMTNetworkEnabled>1</r:AMTNetworkEnabled>");
	assert_has(fake_body(f, 1), "<r:HostName>pc&lt;1&gt;</r:HostName>");
	fake_file(f, "amt/tls/credentialcontext/create");
	assert_ok(wsman_create(&w, "AMT_TLSCredentialContext", "<r:P>1</r:P>", &e));
	assert_has(fake_body(f, 2), "transfer/Create</a:Action>");
	assert_has(fake_body(f, 2), "<r:AMT_TLSCredentialContext><r:P>1</r:P></r:AMT_TLSCredentialContext>");
	fake_file(f, "amt/publickey/certificate/delete");
	assert_ok(wsman_delete(&w, "AMT_PublicKeyCertificate", sel, &e));
	assert_has(fake_body(f, 3), "Intel(r) AMT Certificate: Handle: 0</w:Selector>");
	fake_fault(f, "AlreadyExists");
	assert_fails(wsman_create(&w, "AMT_TLSCredentialContext", "", &e), ERR_FAULT);
}

static void
the_error_of_the_connection_is_kept(void **state)
{
	struct err e;

	(void)state;
	fake_play(f, &(struct fake_reply){ .way = FAKE_HANG_UP });
	assert_fails(get("AMT_X", &e), ERR_LOST);
	assert_has(e.text, "Get AMT_X: ");
	fake_play(f, &(struct fake_reply){ .status = 401, .headers = "WWW-Authenticate: Digest realm=\"r\",nonce=\"n\"\r\n" });
	assert_fails(get("AMT_X", &e), ERR_LOGIN);
}

static void
a_reference_is_written_and_read(void **state)
{
	SCOPED(buf) struct buf b = { 0 }, whole = { 0 };
	SCOPED(inst) struct inst i = { 0 };
	char id[32];
	struct err e;

	(void)state;
	wsman_epr(&b, "Ref", "AMT_X", "InstanceID", "a&b");
	buf_printf(&whole, "<e xmlns:r='r' xmlns:a='a' xmlns:w='w'>%s</e>", buf_str(&b));
	assert_ok(xml_parse(whole.p, whole.len, &i.doc, &e));
	const xmlNode *ref = xml_child(xmlDocGetRootElement(i.doc), "Ref");
	assert_true(wsman_epr_id(ref, "InstanceID", id, sizeof(id)));
	assert_string_equal(id, "a&b");
	assert_false(wsman_epr_id(ref, "Name", id, sizeof(id)));
	assert_false(wsman_epr_id(ref, "InstanceID", id, 3));
	assert_false(wsman_epr_id(xmlDocGetRootElement(i.doc), "InstanceID", id, sizeof(id)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define EACH(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		EACH(get_asks_for_the_class_and_reads_the_instance),
		EACH(the_namespace_follows_from_the_first_letters),
		EACH(each_request_has_its_own_number_and_only_its_answer_counts),
		EACH(what_is_no_soap_answer_is_refused),
		EACH(a_fault_is_named_and_those_of_absence_are_absence),
		EACH(a_fault_without_subcode_or_with_status_200_is_a_fault),
		EACH(an_enumeration_collects_every_page),
		EACH(an_enumeration_may_be_empty_and_hold_subclasses),
		EACH(an_enumeration_that_never_ends_is_given_up),
		EACH(an_enumeration_without_context_or_broken_midway_fails),
		EACH(a_method_gives_its_return_value_and_output),
		EACH(a_return_value_other_than_0_is_a_status_for_call_and_an_error_for_do),
		EACH(output_of_another_method_or_a_value_that_is_no_number_is_refused),
		EACH(a_failed_do_may_share_its_output_with_scope),
		EACH(put_create_and_delete_take_their_answers),
		EACH(the_error_of_the_connection_is_kept),
		EACH(a_reference_is_written_and_read),
#undef EACH
	};

	http_init();
	xml_init();
	return cmocka_run_group_tests_name("wsman", tests, NULL, NULL);
}
