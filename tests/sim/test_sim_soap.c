/* SPDX-License-Identifier: Apache-2.0 */
/* test_sim_soap: the simulator reads SOAP strictly and answers in the words of the recordings. */
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

#include "sim/fleet.h"
#include "sim/mem.h"
#include "sim/roots.h"
#include "sim/wsman.h"

#define AMT   "http://intel.com/wbem/wscim/1/amt-schema/1/"
#define GET   NS_WXF "/Get"
#define HEADS "<a:MessageID>7</a:MessageID><a:To>/wsman</a:To>"

static struct fleet fleet;
static struct device dev;

static int
setup(void **state)
{
	struct err e;

	(void)state;
	dev = (struct device){ .fleet = &fleet };
	assert_int_equal(release_parse("11.8.50", &dev.rel, &e), 0);
	device_init(&dev);
	roots_factory(&dev);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	device_free(&dev);
	return 0;
}

/* An envelope; heads go into the header beside Action and ResourceURI. */
static char *
envelope(const char *action, const char *cls, const char *heads, const char *body)
{
	return mem_print("<?xml version=\"1.0\"?><Envelope xmlns=\"" NS_SOAP "\" xmlns:a=\"" NS_WSA
			 "\" xmlns:w=\"" NS_WSMAN
			 "\"><Header><a:Action>%s</a:Action><w:ResourceURI>" AMT
			 "%s</w:ResourceURI>%s</Header><Body>%s</Body></Envelope>",
	    action, cls, heads, body);
}

/* The reply to an envelope, or "" when it is none. */
static char *
ask(const char *text)
{
	SCOPED(wsman) struct wsman w = { 0 };

	if (wsman_read(&dev, text, strlen(text), &w) < 0)
		return mem_copy("");
	wsman_act(&dev, &w, NULL);
	return mem_copy(buf_str(&w.body));
}

static void
assert_answer(
    const char *action, const char *cls, const char *heads, const char *body, const char *want)
{
	SCOPED(mem) char *text = envelope(action, cls, heads, body);
	SCOPED(mem) char *reply = ask(text);

	if (strstr(reply, want) == NULL)
		print_error("want %s in: %s\n", want, reply);
	assert_non_null(strstr(reply, want));
}

static void
get_answers_as_recorded(void **state)
{
	static const char *const parts[] = {
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a:Envelope xmlns:a=\"" NS_SOAP "\"",
		"<b:RelatesTo>7</b:RelatesTo>",
		"<b:Action a:mustUnderstand=\"true\">" NS_WXF "/GetResponse</b:Action>",
		"<b:MessageID>uuid:00000000-8086-8086-8086-",
		"<c:ResourceURI>" AMT "AMT_GeneralSettings</c:ResourceURI>",
		"<a:Body><g:AMT_GeneralSettings><g:AMTNetworkEnabled>1</g:AMTNetworkEnabled>",
		"xmlns:g=\"" AMT "AMT_GeneralSettings\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		assert_answer(GET, "AMT_GeneralSettings", HEADS, "", parts[i]);
}

static void
what_is_no_envelope_is_refused(void **state)
{
	static const char *const bad[] = { "", "x", "<a/>", "<Envelope><Header/><Body/></Envelope>",
		"<Envelope xmlns=\"" NS_SOAP "\"><Header/></Envelope>",
		"<Envelope xmlns=\"" NS_SOAP "\"><Header/><Body></Envelope>",
		"<!DOCTYPE a><Envelope xmlns=\"" NS_SOAP "\"><Header/><Body/></Envelope>" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct wsman w;

		assert_int_equal(wsman_read(&dev, bad[i], strlen(bad[i]), &w), -1);
		wsman_free(&w);
	}
}

static void
depth_is_bounded(void **state)
{
	struct buf b = { 0 };
	struct wsman w;

	(void)state;
	for (int i = 0; i < SOAP_DEPTH; i++)
		buf_puts(&b, "<a:x>");
	for (int i = 0; i < SOAP_DEPTH; i++)
		buf_puts(&b, "</a:x>");
	SCOPED(mem) char *text = envelope(GET, "AMT_GeneralSettings", HEADS, buf_str(&b));
	assert_int_equal(wsman_read(&dev, text, strlen(text), &w), -1);
	wsman_free(&w);
	buf_free(&b);
}

static void
every_wrong_request_draws_its_fault(void **state)
{
	static const struct {
		const char *action, *cls, *heads, *body, *want;
	} rows[] = {
		/* clang-format off */
		{ GET, "AMT_Nonsense", HEADS, "", "e:DestinationUnreachable<" },
		{ GET, "IPS_OptInService", HEADS, "", "e:DestinationUnreachable<" }, /* wrong family prefix */
		{ NS_WXF "/Nonsense", "AMT_GeneralSettings", HEADS, "", "e:ActionNotSupported<" },
		{ NS_WXF "/Delete", "AMT_GeneralSettings", HEADS, "", "e:ActionNotSupported<" },
		{ AMT "AMT_GeneralSettings/Nonsense", "AMT_GeneralSettings", HEADS, "", "e:ActionNotSupported<" },
		{ GET, "AMT_GeneralSettings", "<a:To>/wsman</a:To>", "", "e:MessageInformationHeaderRequired<" },
		{ GET, "AMT_GeneralSettings", "<a:MessageID>1</a:MessageID><a:To>/other</a:To>", "", "e:DestinationUnreachable<" },
		{ GET, "AMT_GeneralSettings", HEADS "<w:MaxEnvelopeSize>49999</w:MaxEnvelopeSize>", "", "e:EncodingLimit<" },
		{ GET, "AMT_GeneralSettings", HEADS "<w:OptionSet xmlns:s=\"" NS_SOAP "\" s:mustUnderstand=\"true\"/>", "", "a:MustUnderstand<" },
		{ GET, "AMT_GeneralSettings", HEADS "<w:SelectorSet><w:Selector Name=\"Foo\">x</w:Selector></w:SelectorSet>", "", "e:InvalidSelectors<" },
		{ GET, "AMT_GeneralSettings", HEADS, "<a:x/>", "e:SchemaValidationError<" },
		{ NS_WXF "/Put", "AMT_GeneralSettings", HEADS, "<a:AMT_GeneralSettings/>", "e:InvalidRepresentation<" },
		{ NS_WXF "/Put", "AMT_GeneralSettings", HEADS, "", "e:InvalidRepresentation<" },
		{ NS_WSEN "/Pull", "AMT_GeneralSettings", HEADS, "<n:Pull xmlns:n=\"" NS_WSEN "\"/>", "e:InvalidEnumerationContext<" },
		{ NS_WSEN "/Enumerate", "AMT_GeneralSettings", HEADS, "", "e:SchemaValidationError<" },
		{ AMT "AMT_SetupAndConfigurationService/CommitChanges", "AMT_SetupAndConfigurationService", HEADS, "", "e:SchemaValidationError<" },
		{ AMT "AMT_SetupAndConfigurationService/CommitChanges", "AMT_SetupAndConfigurationService", HEADS,
		  "<CommitChanges_INPUT xmlns=\"urn:other\"/>", "e:SchemaValidationError<" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_answer(
		    rows[i].action, rows[i].cls, rows[i].heads, rows[i].body, rows[i].want);
}

static void
message_ids_are_escaped(void **state)
{
	(void)state;
	assert_answer(GET, "AMT_GeneralSettings",
	    "<a:To>/wsman</a:To><a:MessageID>&lt;b&gt;&amp;</a:MessageID>", "",
	    "<b:RelatesTo>&lt;b&gt;&amp;</b:RelatesTo>");
}

static void
enumeration_pages_and_ends(void **state)
{
	static const char pull[] =
	    "<n:Pull xmlns:n=\"" NS_WSEN "\"><n:EnumerationContext>%02X000000-0000-0000-"
	    "0000-000000000000</n:EnumerationContext><n:MaxElements>6</n:MaxElements>"
	    "</n:Pull>";
	SCOPED(mem) char *body = mem_print(pull, dev.next_context % 255 + 1);

	(void)state;
	assert_answer(NS_WSEN "/Enumerate", "AMT_ProvisioningCertificateHash", HEADS,
	    "<n:Enumerate xmlns:n=\"" NS_WSEN "\"/>",
	    "<g:EnumerateResponse><g:EnumerationContext>");
	assert_answer(
	    NS_WSEN "/Pull", "AMT_GeneralSettings", HEADS, body, "e:InvalidEnumerationContext<");
	for (size_t left = dev.nroots; left > 6; left -= 6)
		assert_answer(NS_WSEN "/Pull", "AMT_ProvisioningCertificateHash", HEADS, body,
		    "</g:EnumerationContext><g:Items><h:AMT_ProvisioningCertificateHash>");
	assert_answer(NS_WSEN "/Pull", "AMT_ProvisioningCertificateHash", HEADS, body,
	    "</g:Items><g:EndOfSequence></g:EndOfSequence></g:PullResponse>");
	assert_answer(NS_WSEN "/Pull", "AMT_ProvisioningCertificateHash", HEADS, body,
	    "e:InvalidEnumerationContext<");
}

static void
method_replies_have_output_and_return_value(void **state)
{
	(void)state;
	assert_answer(AMT "AMT_TimeSynchronizationService/GetLowAccuracyTimeSynch",
	    "AMT_TimeSynchronizationService", HEADS,
	    "<r:GetLowAccuracyTimeSynch_INPUT xmlns:r=\"" AMT "AMT_TimeSynchronizationService\"/>",
	    "</g:Ta0><g:ReturnValue>0</g:ReturnValue></g:GetLowAccuracyTimeSynch_OUTPUT>");
}

static void
users_without_the_realm_are_denied(void **state)
{
	const struct acl reader = { .realms = { 13 }, .nrealms = 1 };
	const struct acl other = { .realms = { 5 }, .nrealms = 1 };
	SCOPED(mem) char *text = envelope(GET, "AMT_GeneralSettings", HEADS, "");
	SCOPED(wsman) struct wsman ok = { 0 };
	SCOPED(wsman) struct wsman no = { 0 };

	(void)state;
	assert_int_equal(wsman_read(&dev, text, strlen(text), &ok), 0);
	wsman_act(&dev, &ok, &reader);
	assert_false(ok.is_fault);
	assert_int_equal(wsman_read(&dev, text, strlen(text), &no), 0);
	wsman_act(&dev, &no, &other);
	assert_true(no.is_fault);
	assert_non_null(strstr(buf_str(&no.body), "e:AccessDenied<"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(get_answers_as_recorded, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_envelope_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(depth_is_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    every_wrong_request_draws_its_fault, setup, teardown),
		cmocka_unit_test_setup_teardown(message_ids_are_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(enumeration_pages_and_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    method_replies_have_output_and_return_value, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    users_without_the_realm_are_denied, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
