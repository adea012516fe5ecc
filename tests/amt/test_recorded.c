/* SPDX-License-Identifier: Apache-2.0 */
/* test_recorded: every recorded reply through the parser, held against the tables of recorded.h. */
#include "tests/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "amt/wsman.h"
#include "base/macros.h"
#include "tests/amt/fake.h"
#include "tests/amt/recorded.h"

enum { PATH = 512, VALUE = 4200, PARTS = 1000 };

static const char uuid_that_is_none[] = "amt/setupandconfiguration/getuuid-bad";

static unsigned int
count_files(const char *dir)
{
	struct dirent *entry;
	struct stat st;
	unsigned int n = 0;
	char path[PATH];
	DIR *d = opendir(dir);

	assert_non_null(d);
	while ((entry = readdir(d)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (entry->d_name[0] == '.')
			continue;
		assert_true((size_t)snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) < sizeof(path));
		assert_int_equal(stat(path, &st), 0);
		if (S_ISDIR(st.st_mode))
			n += count_files(path);
		else if (len > 4 && strcmp(entry->d_name + len - 4, ".xml") == 0)
			n++;
	}
	(void)closedir(d);
	return n;
}

static void
every_file_has_its_row(void **state)
{
	char dir[PATH];

	(void)state;
	for (size_t i = 1; i < ARRAY_LEN(recorded); i++)
		assert_true(strcmp(recorded[i - 1].file, recorded[i].file) != 0);
	source_path(dir, sizeof(dir), "tests/amt/recorded");
	assert_int_equal(count_files(dir), ARRAY_LEN(recorded));
}

/* The first element of a file's body; inst_free. */
static struct inst
read_file(const char *file)
{
	SCOPED(buf) struct buf text = { 0 };
	struct inst i = { 0 };
	struct err e;
	char name[PATH];

	(void)snprintf(name, sizeof(name), "tests/amt/recorded/%s.xml", file);
	source_read(name, &text);
	assert_ok(xml_parse(text.p, text.len, &i.doc, &e));
	i.node = xml_first(xml_child(xmlDocGetRootElement(i.doc), "Body"));
	return i;
}

/* One part of an expectation against an instance. */
static void
expect_part(const char *file, const struct inst *i, char *part)
{
	char *mark = strpbrk(part, "=#>");
	char value[VALUE] = "";
	unsigned int n = 0;

	if (part[0] == '!') {
		if (inst_has(i, part + 1))
			fail_msg("%s: %s is there", file, part + 1);
		return;
	}
	assert_non_null(mark);
	char kind = *mark;
	*mark++ = '\0';
	const xmlNode *p = xml_child(i->node, part);
	if (kind == '#') {
		for (; p != NULL; p = xml_next(p))
			n++;
		if (n != (unsigned int)strtoul(mark, NULL, 10))
			fail_msg("%s: %s is there %u times, want %s", file, part, n, mark);
		return;
	}
	char *want = kind == '>' ? strchr(mark, '=') : mark;
	assert_non_null(want);
	if (kind == '>')
		*want++ = '\0';
	bool read = p != NULL && (kind == '>' ? wsman_epr_id(p, mark, value, sizeof(value)) : xml_text(p, value, sizeof(value)));
	if (!read || strcmp(value, want) != 0)
		fail_msg("%s: %s is \"%s\", want \"%s\"", file, part, read ? value : "(not there)", want);
}

/* All parts: of the element itself, or of the items in it. */
static void
expect(const struct recorded *r, xmlNode *node, bool list)
{
	char copy[PARTS], *rest = copy;

	assert_true(strlen(r->expect) < sizeof(copy));
	(void)snprintf(copy, sizeof(copy), "%s", r->expect);
	for (char *part = strsep(&rest, "|"); part != NULL && part[0] != '\0'; part = strsep(&rest, "|")) {
		struct inst i = { .node = list ? xml_first(node) : node };

		for (unsigned long at = strchr(part, '/') == part + 1 ? strtoul(part, &part, 10) : 0; at > 0; at--)
			i.node = xmlNextElementSibling(i.node);
		part += part[0] == '/' ? 1 : 0;
		assert_non_null(i.node);
		expect_part(r->file, &i, part);
	}
}

static void
play(struct fake *f, const struct recorded *r)
{
	static const char end[] = "<PullResponse><Items/><EndOfSequence/></PullResponse>";

	if (r->op == PULL || r->op == PULL_MORE)
		fake_file(f, "amt/tls/credentialcontext/enumerate");
	fake_file(f, r->file);
	if (r->op == ENUMERATE || r->op == PULL_MORE)
		fake_text(f, end);
}

static int
ask(struct wsman *w, const struct recorded *r, uint32_t *status, struct inst *out, struct err *e)
{
	switch (r->op) {
	case GET:
		return wsman_get(w, r->class, NULL, out, e);
	case ENUMERATE:
	case PULL:
	case PULL_MORE:
		return wsman_list(w, r->class, out, e);
	case CALL:
		return wsman_call(w, r->class, r->method, NULL, "", status, out, e);
	case PUT:
		*out = read_file(r->file);
		return wsman_put_body(w, r->class, NULL, "", e);
	case CREATE:
		return wsman_create(w, r->class, "", e);
	case DELETE:
		break;
	}
	return wsman_delete(w, r->class, NULL, e);
}

static void
answers_read_as_the_documents_say(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(recorded); k++) {
		const struct recorded *r = &recorded[k];
		struct fake *f = fake_start(NULL);
		struct http *h = fake_client(f);
		struct wsman w = { .http = h };
		SCOPED(inst) struct inst out = { 0 };
		uint32_t status = 0;
		unsigned int items = 0;
		struct err e = { 0 };

		play(f, r);
		if (ask(&w, r, &status, &out, &e) < 0)
			fail_msg("%s: %d %s", r->file, (int)e.code, e.text);
		if (fake_left(f) != 0)
			fail_msg("%s: the client did not go on", r->file);
		if (r->op == ENUMERATE) {
			assert_has(fake_body(f, 1), r->expect);
		} else if (r->op == PULL || r->op == PULL_MORE) {
			for (const xmlNode *n = xml_first(out.node); n != NULL; n = xmlNextElementSibling((xmlNode *)(uintptr_t)n))
				items++;
			assert_int_equal(items, r->n);
			expect(r, out.node, true);
		} else if (r->expect[0] != '\0') {
			expect(r, out.node, false);
		}
		assert_int_equal(status, r->op == CALL ? r->n : 0);
		http_free(h);
		fake_stop(f);
	}
}

static char
type_of(const xmlNode *owner, const xmlNode *p)
{
	char exact[200], plain[100];

	(void)snprintf(exact, sizeof(exact), " %s.%s ", xml_name(owner), xml_name(p));
	(void)snprintf(plain, sizeof(plain), " %s ", xml_name(p));
	for (size_t i = 0; i < ARRAY_LEN(recorded_types); i++)
		if (strstr(recorded_types[i].names, exact) != NULL)
			return recorded_types[i].type;
	for (size_t i = 0; i < ARRAY_LEN(recorded_types); i++)
		if (strstr(recorded_types[i].names, plain) != NULL)
			return recorded_types[i].type;
	return '\0';
}

static bool
has_type(const xmlNode *p, char type)
{
	char text[VALUE] = "";
	unsigned char bytes[VALUE];
	uint32_t v;

	if (type == 'r')
		return xml_child(p, "Address") != NULL && xml_child(xml_child(p, "ReferenceParameters"), "SelectorSet") != NULL;
	if (type == 'd') {
		const xmlNode *at = xml_child(p, "Datetime");

		return at != NULL && xml_text(at, text, sizeof(text)) && strlen(text) == strlen("2024-01-03T00:44:35Z");
	}
	if (xml_first(p) != NULL || !xml_text(p, text, sizeof(text)))
		return false;
	switch (type) {
	case 'b':
		return strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
	case '1':
		return xml_uint(p, UINT8_MAX, &v);
	case '2':
		return xml_uint(p, UINT16_MAX, &v);
	case '4':
		return xml_uint(p, UINT32_MAX, &v);
	case 'x':
		return base64_decode(text, bytes, sizeof(bytes)) > 0;
	case 'h':
		return text[0] != '\0' && text[strspn(text, "0123456789abcdefABCDEF")] == '\0';
	default:
		return type == 't';
	}
}

/* The properties of every instance and output at or below a node; their number. */
static unsigned int
check_types(const struct recorded *r, const xmlNode *node)
{
	const char *name = xml_name(node);
	unsigned int n = 0;
	bool holds = strncmp(name, "AMT_", 4) == 0 || strncmp(name, "CIM_", 4) == 0 || strncmp(name, "IPS_", 4) == 0 ||
		     strstr(name, "_OUTPUT") != NULL;

	for (xmlNode *p = xml_first(node); p != NULL; p = xmlNextElementSibling(p)) {
		if (!holds) {
			n += check_types(r, p);
			continue;
		}
		char type = type_of(node, p);
		if (type == '\0')
			fail_msg("%s: %s.%s has no type in recorded.h", r->file, name, xml_name(p));
		if (has_type(p, type) == (strcmp(r->file, uuid_that_is_none) == 0 && type == 'x'))
			fail_msg("%s: %s.%s is not of type %c", r->file, name, xml_name(p), type);
		n++;
	}
	return n;
}

static void
every_property_has_the_type_of_the_documents(void **state)
{
	unsigned int n = 0;

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(recorded); k++) {
		SCOPED(inst) struct inst i = read_file(recorded[k].file);

		if (i.node != NULL)
			n += check_types(&recorded[k], i.node);
	}
	assert_true(n > 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_file_has_its_row),
		TEST(answers_read_as_the_documents_say),
		TEST(every_property_has_the_type_of_the_documents),
	};

	xml_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
