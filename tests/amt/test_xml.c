/* SPDX-License-Identifier: Apache-2.0 */
/* test_xml: answers of devices as trees: what is refused, what is read, and what goes back in a Put. */
#include "tests/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "amt/xml.h"

#define OWN "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_X"

/* The root element of a text that must parse. */
static struct inst
read_text(const char *text)
{
	struct inst i = { 0 };
	struct err e;

	assert_ok(xml_parse(text, strlen(text), &i.doc, &e));
	i.node = xmlDocGetRootElement(i.doc);
	return i;
}

static void
assert_refused(const char *text)
{
	xmlDoc *doc = NULL;
	struct err e;

	assert_fails(xml_parse(text, strlen(text), &doc, &e), ERR_ANSWER);
	assert_null(doc);
}

static void
what_is_not_xml_is_refused(void **state)
{
	static const char *const rows[] = { "", " ", "x", "<a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a b=c/>", "<a b='1' b='2'/>",
		"<a>&undefined;</a>", "<a>\x01</a>", "<a>\xff</a>", "<html><br></html>", "HTTP/1.1 200 OK", "<!-- only -->" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_refused(rows[i]);
}

static void
a_doctype_is_refused_and_its_entities_are_not_read(void **state)
{
	(void)state;
	assert_refused("<!DOCTYPE a><a/>");
	assert_refused("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>");
	assert_refused("<!DOCTYPE a SYSTEM \"file:///etc/hostname\"><a/>");
	assert_refused("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><a>&x;</a>");
	assert_refused("<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/x\"> %p;]><a/>");
	assert_refused("<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
		       "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><a>&c;&c;&c;</a>");
}

/* The library has a habit of writing about encodings to standard error, past its own options. */
static void
a_declared_encoding_is_not_followed_and_prints_nothing(void **state)
{
	static const char *const rows[] = { "<?xml version='1.0' encoding='UTF-16'?><a>\xff\xff:A</a>", "<?xml version='1.0' encoding='EUC-JP'?><a>\xff\xff</a>",
		"<?xml version='1.0' encoding='ISO-2022-JP'?><a>\x1b$B\xff\xff</a>", "<?xml version='1.0' encoding='UTF-7'?><a>+\xff\xff</a>" };
	int out[2], kept = dup(STDERR_FILENO);
	char text[64];
	struct err e;

	(void)state;
	assert_int_equal(pipe2(out, O_NONBLOCK), 0);
	assert_int_equal(dup2(out[1], STDERR_FILENO), STDERR_FILENO);
	int taken = 0;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		xmlDoc *doc = NULL;

		taken += xml_parse(rows[i], strlen(rows[i]), &doc, &e) == 0;
		xmlFreeDoc(doc);
	}
	ssize_t n = read(out[0], text, sizeof(text));
	assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	(void)close(kept);
	(void)close(out[0]);
	(void)close(out[1]);
	assert_int_equal(taken, 0);
	assert_int_equal(n, -1);
}

static void
nesting_too_deep_is_refused(void **state)
{
	SCOPED(buf) struct buf deep = { 0 }, deeper = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		buf_puts(&deep, "<a>");
	for (int i = 0; i < 100; i++)
		buf_puts(&deep, "</a>");
	SCOPED(inst) struct inst fine = read_text(buf_str(&deep));
	assert_non_null(xml_first(fine.node));
	for (int i = 0; i < 5000; i++)
		buf_puts(&deeper, "<a>");
	for (int i = 0; i < 5000; i++)
		buf_puts(&deeper, "</a>");
	assert_refused(buf_str(&deeper));
}

static void
elements_are_found_by_local_name_in_any_namespace(void **state)
{
	SCOPED(inst) struct inst i = read_text("<a xmlns='n1' xmlns:q='n2'> <q:b>1</q:b><!-- b --><c/><b>2</b>\n<d/><q:b>3</q:b></a>");
	char text[8];

	(void)state;
	const xmlNode *b = xml_child(i.node, "b");
	assert_true(xml_text(b, text, sizeof(text)));
	assert_string_equal(text, "1");
	b = xml_next(b);
	assert_true(xml_text(b, text, sizeof(text)));
	assert_string_equal(text, "2");
	b = xml_next(b);
	assert_true(xml_text(b, text, sizeof(text)));
	assert_string_equal(text, "3");
	assert_null(xml_next(b));
	assert_null(xml_child(i.node, "e"));
	assert_null(xml_child(NULL, "b"));
	assert_string_equal(xml_name(xml_first(i.node)), "b");
	assert_null(xml_first(xml_child(i.node, "c")));
}

static void
text_is_trimmed_and_joined_over_cdata_and_references(void **state)
{
	static const struct {
		const char *xml, *want;
	} rows[] = {
		{ "<a/>", "" },
		{ "<a></a>", "" },
		{ "<a>  \n\t </a>", "" },
		{ "<a>\n  x y \n</a>", "x y" },
		{ "<a>x&amp;y&#60;&#x7a;</a>", "x&y<z" },
		{ "<a> <![CDATA[<x>]]> </a>", "<x>" },
		{ "<a>x<!-- c -->y</a>", "xy" },
		{ "<a>x<b>z</b>y</a>", "xy" },
		{ "<a> <!-- c --> x</a>", "x" },
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
		SCOPED(inst) struct inst i = read_text(rows[k].xml);
		char text[16];

		assert_true(xml_text(i.node, text, sizeof(text)));
		assert_string_equal(text, rows[k].want);
	}
}

static void
text_that_does_not_fit_is_told_and_empty(void **state)
{
	SCOPED(inst) struct inst i = read_text("<a>12345</a>");
	char text[6] = "old";

	(void)state;
	assert_false(xml_text(i.node, text, 5));
	assert_string_equal(text, "");
	assert_true(xml_text(i.node, text, 6));
	assert_string_equal(text, "12345");
}

static void
attributes_are_read_with_blanks_after_the_equals_sign(void **state)
{
	SCOPED(inst) struct inst i = read_text("<a Name= \"InstanceID\" xmlns:q='n' q:other='o' empty=''/>");
	char text[11];

	(void)state;
	assert_true(xml_attr(i.node, "Name", text, sizeof(text)));
	assert_string_equal(text, "InstanceID");
	assert_false(xml_attr(i.node, "Name", text, 10));
	assert_true(xml_attr(i.node, "other", text, sizeof(text)));
	assert_false(xml_attr(i.node, "missing", text, sizeof(text)));
}

static void
numbers_are_whole_and_within_their_bound(void **state)
{
	static const struct {
		const char *value;
		int rc;
		uint32_t want;
	} rows[] = {
		{ "0", 0, 0 }, { "65535", 0, 65535 }, { " 7 ", 0, 7 }, { "007", 0, 7 }, { "65536", -1, 0 }, { "-1", -1, 0 },
		{ "+1", -1, 0 }, { "1.0", -1, 0 }, { "1e3", -1, 0 }, { "0x10", -1, 0 }, { "", -1, 0 }, { "x", -1, 0 },
		{ "99999999999999999999999999", -1, 0 }, { "18446744073709551617", -1, 0 }, { "1 2", -1, 0 },
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
		char xml[80];
		uint32_t got = 9;
		struct err e;

		(void)snprintf(xml, sizeof(xml), "<a><n>%s</n></a>", rows[k].value);
		SCOPED(inst) struct inst i = read_text(xml);
		if (rows[k].rc == 0) {
			assert_ok(inst_int(&i, "n", 65535, 1, &got, &e));
			assert_int_equal(got, rows[k].want);
		} else {
			assert_fails(inst_int(&i, "n", 65535, 1, &got, &e), ERR_FIELD);
			assert_has(e.text, "a.n");
		}
	}
	SCOPED(inst) struct inst none = read_text("<a/>");
	uint32_t got = 9;
	struct err e;
	assert_ok(inst_int(&none, "n", 65535, 4, &got, &e));
	assert_int_equal(got, 4);
}

static void
booleans_are_true_false_1_0_or_an_error(void **state)
{
	static const struct {
		const char *text;
		int rc;
		bool value; /* where none was given: true */
	} rows[] = {
		{ "<b>true</b>", 0, true }, { "<b>1</b>", 0, true }, { "<b> TRUE </b>", 0, true }, { "<b>false</b>", 0, false },
		{ "<b>0</b>", 0, false }, { "<b/>", 0, true }, { "", 0, true }, { "<b>yes</b>", -1, 0 }, { "<b>2</b>", -1, 0 },
		{ "<b>true but very much longer than any truth value has ever been</b>", -1, 0 },
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
		char xml[160];
		bool got = false;
		struct err e;

		(void)snprintf(xml, sizeof(xml), "<a>%s</a>", rows[k].text);
		SCOPED(inst) struct inst i = read_text(xml);
		if (rows[k].rc == 0) {
			assert_ok(inst_bool(&i, "b", true, &got, &e));
			assert_int_equal(got, rows[k].value);
		} else {
			assert_fails(inst_bool(&i, "b", true, &got, &e), ERR_FIELD);
			assert_has(e.text, "a.b");
		}
	}
}

static void
set_changes_only_what_is_there_and_escapes_it(void **state)
{
	SCOPED(inst) struct inst i = read_text("<a><b>old</b><c/></a>");
	SCOPED(buf) struct buf out = { 0 };
	char text[16];

	(void)state;
	assert_true(inst_set(&i, "b", "<&\">"));
	assert_true(inst_set(&i, "c", "new"));
	assert_false(inst_set(&i, "d", "x"));
	assert_true(inst_text(&i, "b", text, sizeof(text)));
	assert_string_equal(text, "<&\">");
	inst_write(&i, &out);
	assert_string_equal(buf_str(&out), "<a><b>&lt;&amp;&quot;&gt;</b><c>new</c></a>");
}

static void
drop_removes_every_property_of_that_name(void **state)
{
	SCOPED(inst) struct inst i = read_text("<a><b>1</b><c>2</c><b>3</b></a>");
	SCOPED(buf) struct buf out = { 0 };

	(void)state;
	inst_drop(&i, "b");
	inst_drop(&i, "none");
	inst_write(&i, &out);
	assert_string_equal(buf_str(&out), "<a><c>2</c></a>");
}

static void
write_keeps_order_arrays_and_nested_references(void **state)
{
	static const char xml[] =
	    "<g:AMT_X xmlns:g='" OWN "' xmlns:b='http://schemas.xmlsoap.org/ws/2004/08/addressing'"
	    " xmlns:c='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'><g:Z>1</g:Z> <g:A>2</g:A><g:A>3</g:A><g:E></g:E>"
	    "<g:Ref><b:Address>default</b:Address><b:ReferenceParameters><c:ResourceURI>" OWN "</c:ResourceURI><c:SelectorSet>"
	    "<c:Selector Name=\"a&amp;b\">Intel(r) &lt;1&gt;</c:Selector><c:Selector Name= \"Inner\"><b:EndpointReference>"
	    "<b:Address>x</b:Address></b:EndpointReference></c:Selector></c:SelectorSet></b:ReferenceParameters></g:Ref>"
	    "<g:T><h:Datetime xmlns:h=\"http://schemas.dmtf.org/wbem/wscim/1/common\">2024-01-03T00:44:35Z</h:Datetime></g:T></g:AMT_X>";
	static const char want[] =
	    "<r:AMT_X><r:Z>1</r:Z><r:A>2</r:A><r:A>3</r:A><r:E></r:E>"
	    "<r:Ref><a:Address>default</a:Address><a:ReferenceParameters><w:ResourceURI>" OWN "</w:ResourceURI><w:SelectorSet>"
	    "<w:Selector Name=\"a&amp;b\">Intel(r) &lt;1&gt;</w:Selector><w:Selector Name=\"Inner\"><a:EndpointReference>"
	    "<a:Address>x</a:Address></a:EndpointReference></w:Selector></w:SelectorSet></a:ReferenceParameters></r:Ref>"
	    "<r:T><Datetime xmlns=\"http://schemas.dmtf.org/wbem/wscim/1/common\">2024-01-03T00:44:35Z</Datetime></r:T></r:AMT_X>";
	SCOPED(inst) struct inst i = read_text(xml);
	SCOPED(buf) struct buf out = { 0 }, whole = { 0 }, again = { 0 };

	(void)state;
	inst_write(&i, &out);
	assert_string_equal(buf_str(&out), want);
	/* What is written is XML again, and says the same. */
	buf_printf(&whole, "<e xmlns:r='" OWN "' xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing'"
			   " xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'>%s</e>", buf_str(&out));
	SCOPED(inst) struct inst back = read_text(buf_str(&whole));
	const struct inst inner = { .node = xml_first(back.node) };
	inst_write(&inner, &again);
	assert_string_equal(buf_str(&again), want);
}

static void
write_keeps_text_in_pieces(void **state)
{
	SCOPED(inst) struct inst i = read_text("<a><b>one<!-- c -->two<![CDATA[<3>]]></b></a>");
	SCOPED(buf) struct buf out = { 0 };

	(void)state;
	inst_write(&i, &out);
	assert_string_equal(buf_str(&out), "<a><b>onetwo&lt;3&gt;</b></a>");
}

static void
a_recorded_instance_survives_reading_and_writing(void **state)
{
	static const char *const files[] = { "amt/general/get.xml", "amt/tls/settingdata/get.xml" };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(files); k++) {
		SCOPED(buf) struct buf file = { 0 }, out = { 0 }, again = { 0 }, whole = { 0 };
		char name[80];

		(void)snprintf(name, sizeof(name), "tests/amt/recorded/%s", files[k]);
		source_read(name, &file);
		SCOPED(inst) struct inst i = read_text(buf_str(&file));
		const struct inst one = { .node = xml_first(xml_child(i.node, "Body")) };
		inst_write(&one, &out);
		buf_printf(&whole, "<e xmlns:r='%s'>%s</e>", (const char *)one.node->ns->href, buf_str(&out));
		SCOPED(inst) struct inst back = read_text(buf_str(&whole));
		const struct inst inner = { .node = xml_first(back.node) };
		size_t n = 0, m = 0;
		for (xmlNode *p = xml_first(one.node); p != NULL; p = xmlNextElementSibling(p))
			n++;
		for (xmlNode *p = xml_first(inner.node); p != NULL; p = xmlNextElementSibling(p))
			m++;
		assert_true(n >= 5);
		assert_int_equal(n, m);
		inst_write(&inner, &again);
		assert_string_equal(buf_str(&out), buf_str(&again));
	}
}

static void
parameters_are_escaped(void **state)
{
	SCOPED(buf) struct buf b = { 0 };

	(void)state;
	param(&b, "Password", "<a&b>");
	param_int(&b, "N", UINT32_MAX);
	assert_string_equal(buf_str(&b), "<r:Password>&lt;a&amp;b&gt;</r:Password><r:N>4294967295</r:N>");
}

static void
base64_comes_back_at_every_length(void **state)
{
	unsigned char data[200], back[200];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i * 37);
	for (size_t n = 0; n <= sizeof(data); n++) {
		SCOPED(buf) struct buf text = { 0 };

		base64_encode(&text, data, n);
		assert_int_equal(text.len, (n + 2) / 3 * 4);
		assert_int_equal(base64_decode(buf_str(&text), back, sizeof(back)), (long)n);
		assert_memory_equal(back, data, n);
		if (n > 0)
			assert_int_equal(base64_decode(buf_str(&text), back, n - 1), -1);
	}
}

static void
base64_of_other_characters_or_lengths_is_refused(void **state)
{
	static const char *const bad[] = { "A", "AA", "AAA", "AAAAA", "AA*A", "====", "A===", "AA=A", "=AAA", "AA==AAAA", "AA A" };
	unsigned char out[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (base64_decode(bad[i], out, sizeof(out)) >= 0)
			fail_msg("\"%s\" is decoded", bad[i]);
	assert_int_equal(base64_decode("E67jVdK/u2EXoIiu3XA36g==", out, sizeof(out)), 16);
	assert_int_equal(out[0], 0x13);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_not_xml_is_refused),
		TEST(a_doctype_is_refused_and_its_entities_are_not_read),
		TEST(a_declared_encoding_is_not_followed_and_prints_nothing),
		TEST(nesting_too_deep_is_refused),
		TEST(elements_are_found_by_local_name_in_any_namespace),
		TEST(text_is_trimmed_and_joined_over_cdata_and_references),
		TEST(text_that_does_not_fit_is_told_and_empty),
		TEST(attributes_are_read_with_blanks_after_the_equals_sign),
		TEST(numbers_are_whole_and_within_their_bound),
		TEST(booleans_are_true_false_1_0_or_an_error),
		TEST(set_changes_only_what_is_there_and_escapes_it),
		TEST(drop_removes_every_property_of_that_name),
		TEST(write_keeps_order_arrays_and_nested_references),
		TEST(write_keeps_text_in_pieces),
		TEST(a_recorded_instance_survives_reading_and_writing),
		TEST(parameters_are_escaped),
		TEST(base64_comes_back_at_every_length),
		TEST(base64_of_other_characters_or_lengths_is_refused),
	};

	xml_init();
	return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
