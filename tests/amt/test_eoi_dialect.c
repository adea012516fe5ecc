/* SPDX-License-Identifier: Apache-2.0 */
/* test_eoi_dialect: the spellings of EOI as data, and the file that corrects them. */
#include "tests/unit.h"

#include <string.h>

#include "amt/eoi_dialect.h"

#define SAI "/SecurityAdministrationService"

static void
built_in_rows_are_whole(void **state)
{
	const struct eoi_dialect *d = eoi_dialect_builtin();
	static const char *const names[] = {
#define X(id, name) #name,
		EOI_OP_LIST(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < EOI_OPS; i++) {
		const struct eoi_op *op = &d->ops[i];

		assert_non_null(op->name); /* a row for every name */
		assert_string_equal(op->name, names[i]);
		assert_true(eoi_count(op->names) > 0 && eoi_count(op->releases) > 0);
		assert_non_null(op->request);
		assert_non_null(op->response);
	}
	for (size_t i = 0; i < EOI_SERVICES; i++)
		assert_true(d->services[i].path[0] == '/' && d->services[i].ns[0] != '\0');
}

static void
what_is_written_reads_back_the_same(void **state)
{
	SCOPED(buf) struct buf first = { 0 }, second = { 0 };
	struct eoi_dialect d;
	struct err e;

	(void)state;
	eoi_dialect_write(eoi_dialect_builtin(), &first);
	assert_ok(eoi_dialect_parse(first.p, first.len, "whole", &d, &e)); /* also checks every built-in spelling */
	eoi_dialect_write(&d, &second);
	assert_string_equal(buf_str(&first), buf_str(&second));
	eoi_dialect_free(&d);
}

static void
requests_are_found_by_path_and_element_in_any_case(void **state)
{
	const struct eoi_dialect *d = eoi_dialect_builtin();

	(void)state;
	assert_ptr_equal(eoi_find(d, SAI, "GetCoreVersion"), &d->ops[EOI_GET_CORE_VERSION]);
	assert_ptr_equal(eoi_find(d, SAI, "SETRNGSEED"), &d->ops[EOI_SET_RNG_KEY]);
	assert_ptr_equal(eoi_find(d, SAI, "SetTlsPsk"), &d->ops[EOI_SET_TLS_PSK]);
	assert_null(eoi_find(d, SAI, "SetHostName")); /* of another service */
	assert_null(eoi_find(d, "/wsman", "GetCoreVersion"));
	assert_null(eoi_find(d, SAI, ""));
}

static void
releases_are_ranges(void **state)
{
	static const struct {
		const char *releases;
		unsigned int major, minor;
		bool has;
	} rows[] = {
		{ "2.0-", 2, 0, true },	    { "2.0-", 3, 1, true },	{ "2.0-", 1, 9, false },      { "2.2 2.6-", 2, 2, true },
		{ "2.2 2.6-", 2, 5, false }, { "2.2 2.6-", 3, 0, true }, { "2.0-2.1", 2, 1, true },    { "2.0-2.1", 2, 2, false },
		{ "2.5-", 2, 1, false },     { "2.5-", 10, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct eoi_op op = { .releases = rows[i].releases };

		assert_int_equal(eoi_in_release(&op, rows[i].major, rows[i].minor), rows[i].has);
	}
	assert_false(eoi_in_release(&eoi_dialect_builtin()->ops[EOI_ENUM_IFS], 2, 2));
	assert_true(eoi_in_release(&eoi_dialect_builtin()->ops[EOI_GET_OTP], 2, 2));
}

static void
paths_are_walked_by_element(void **state)
{
	char part[EOI_NAME_MAX];
	bool repeats;
	const char *rest = eoi_step("EntryEx/Realms/Realm*", part, &repeats);

	(void)state;
	assert_string_equal(part, "EntryEx");
	assert_false(repeats);
	rest = eoi_step(rest, part, &repeats);
	assert_string_equal(part, "Realms");
	assert_null(eoi_step(rest, part, &repeats));
	assert_string_equal(part, "Realm");
	assert_true(repeats);
}

static void
words_have_spellings(void **state)
{
	const struct eoi_field *f = eoi_field(eoi_dialect_builtin()->ops[EOI_SET_TLS_OPTIONS].request, "network");
	char out[EOI_NAME_MAX];

	(void)state;
	assert_non_null(f);
	assert_true(eoi_word_out(f, "server", 0, out, sizeof(out)));
	assert_string_equal(out, "ServerAuthentication");
	assert_true(eoi_word_out(f, "off", 5, out, sizeof(out))); /* the last there is */
	assert_string_equal(out, "None");
	assert_false(eoi_word_out(f, "of", 0, out, sizeof(out)));
	assert_true(eoi_word_in(f, "mutual", out, sizeof(out)));
	assert_string_equal(out, "mutual");
	assert_true(eoi_word_in(f, "noauthentication", out, sizeof(out)));
	assert_string_equal(out, "off");
	assert_false(eoi_word_in(f, "", out, sizeof(out)));
	assert_false(eoi_word_in(f, "NoAuth", out, sizeof(out)));
}

static void
a_file_changes_rows(void **state)
{
	static const char text[] = "# as seen on a 2.6 of ours\r\n"
				   "service tim\n\tpath /Time\n\n"
				   "operation set_rng_key\n"
				   "  names\tSetRandomKey SetRngKey\n"
				   "  grade A\n  releases 2.6 3.0-3.1\n  flags none\n"
				   "  request - A fixed:0 Interface\n"
				   "  request key A base64:32 In/Seed\n"
				   "operation commit\n flags careful repeat\n";
	const struct eoi_field *list;
	struct eoi_dialect d;
	struct err e;

	(void)state;
	assert_ok(eoi_dialect_parse(text, strlen(text), "eoi.dialect", &d, &e));
	assert_string_equal(d.services[EOI_TIM].path, "/Time");
	assert_ptr_equal(eoi_find(&d, SAI, "SetRandomKey"), &d.ops[EOI_SET_RNG_KEY]);
	assert_int_equal(d.ops[EOI_SET_RNG_KEY].flags, 0);
	assert_int_equal(d.ops[EOI_COMMIT].flags, EOI_CAREFUL | EOI_REPEAT);
	assert_false(eoi_in_release(&d.ops[EOI_SET_RNG_KEY], 2, 0));
	list = d.ops[EOI_SET_RNG_KEY].request;
	assert_int_equal(list[0].type, EOI_FIXED);
	assert_string_equal(list[0].more, "0");
	assert_string_equal(list[1].paths, "In/Seed");
	assert_int_equal(eoi_bytes(&list[1]), 32);
	assert_null(list[2].name);
	assert_ptr_equal(d.ops[EOI_SET_MEBX_PASSWORD].request, eoi_dialect_builtin()->ops[EOI_SET_MEBX_PASSWORD].request);
	eoi_dialect_free(&d);
}

static void
errors_tell_line_and_cause(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "names X\n", "line 1: want \"service NAME\"" },
		{ "\n\noperation set_rng\n", "line 3: there is no operation \"set_rng\"" },
		{ "service xyz\n", "line 1: there is no service" },
		{ "service sai\nnames X\n", "line 2: \"names\" does not belong to a service" },
		{ "service sai\npath wsman\n", "is not a path" },
		{ "service sai\nnamespace http://x\"y\n", "is not a namespace" },
		{ "operation commit\ngrade E\n", "line 2: grade is \"E\"" },
		{ "operation commit\nflags now\n", "flags are" },
		{ "operation commit\nnames\n", "want the name of an operation" },
		{ "operation commit\nnames Commit <Changes>\n", "entry 2" },
		{ "operation commit\nnames 1Commit\n", "entry 1" },
		{ "operation commit\nreleases 2.0--\n", "entry 1" },
		{ "operation commit\nreleases 3.0-2.0\n", "entry 1" },
		{ "operation commit\nspelling X\n", "does not belong to an operation" },
		{ "operation set_rng_key\nrequest seed D base64 Seed\n", "has no request field \"seed\"" },
		{ "operation set_rng_key\nresponse - D fixed:1 Seed\n", "has no response field" },
		{ "operation set_rng_key\nrequest key D text Seed\n", "cannot be written as text" },
		{ "operation set_rng_key\nrequest key D base64:0 Seed\n", "from 1 to 4096" },
		{ "operation set_rng_key\nrequest key D base64:x Seed\n", "from 1 to 4096" },
		{ "operation set_rng_key\nrequest key D hex Seed\n", "is not a type" },
		{ "operation set_rng_key\nrequest key D fixed:1 Seed\n", "fixed:VALUE goes with" },
		{ "operation set_rng_key\nrequest key D base64 A//B\n", "entry 1" },
		{ "operation set_rng_key\nrequest key D base64 A*/B*\n", "entry 1" },
		{ "operation set_rng_key\nrequest key D base64\n", "want an element" },
		{ "operation set_rng_key\nrequest key D base64 K\nrequest key D base64 K\n", "line 3: field key twice" },
		{ "operation set_tls_options\nrequest network D word:off=No,server=Yes Mode\n", "wants the words of" },
	};
	struct eoi_dialect d = { .owned = NULL };
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_fails(eoi_dialect_parse(rows[i].text, strlen(rows[i].text), "f", &d, &e), ERR_CONFIG);
		assert_has(e.text, rows[i].says);
		assert_null(d.owned); /* untouched */
	}
	assert_fails(eoi_dialect_parse("commit\0x\n", 9, "f", &d, &e), ERR_CONFIG);
	assert_has(e.text, "NUL");
}

static void
an_empty_list_is_written_as_none(void **state)
{
	static const char text[] = "operation set_rng_key\nrequest none\n";
	struct eoi_dialect d;
	struct err e;

	(void)state;
	assert_ok(eoi_dialect_parse(text, strlen(text), "f", &d, &e));
	assert_null(d.ops[EOI_SET_RNG_KEY].request[0].name);
	eoi_dialect_free(&d);
	assert_ok(eoi_dialect_parse("", 0, "f", &d, &e));
	eoi_dialect_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(built_in_rows_are_whole),
		TEST(what_is_written_reads_back_the_same),
		TEST(requests_are_found_by_path_and_element_in_any_case),
		TEST(releases_are_ranges),
		TEST(paths_are_walked_by_element),
		TEST(words_have_spellings),
		TEST(a_file_changes_rows),
		TEST(errors_tell_line_and_cause),
		TEST(an_empty_list_is_written_as_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
