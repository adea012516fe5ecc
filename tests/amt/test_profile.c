/* SPDX-License-Identifier: Apache-2.0 */
/* test_profile: profiles as JSON: defaults, every refusal with its path, and back again. */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "amt/profile.h"
#include "amt/realm.h"

static int
parse(const char *text, struct profile *p, struct err *e)
{
	return profile_parse(text, strlen(text), p, e);
}

static void
a_name_alone_takes_every_default(void **state)
{
	struct profile p, want;
	struct err e;

	(void)state;
	profile_default(&want);
	assert_ok(parse("{\"name\":\"office\"}", &p, &e));
	assert_string_equal(p.name, "office");
	assert_int_equal(p.admin_password, PASSWORD_RANDOM);
	assert_int_equal(p.mebx_password, want.mebx_password);
	assert_int_equal(p.tls, TLS_SERVER);
	assert_false(p.tls_plain);
	assert_true(p.ping && p.rmcp_ping && p.web_ui && p.sol && p.ider && p.kvm);
	assert_int_equal(p.power, POWER_S0_S3_S5);
	assert_int_equal(p.idle_timeout_min, 0);
	assert_int_equal(p.nacl, 0);
}

static const char full[] =
    "{\"muster_profile\":1,\"name\":\"office\",\"description\":\"d\\u00e4\",\"passwords\":{\"admin\":\"fixed\",\"mebx\":\"keep\"},"
    "\"network\":{\"ping\":false,\"rmcp_ping\":false},\"tls\":{\"mode\":\"none\",\"plain\":true},"
    "\"interfaces\":{\"web_ui\":false,\"sol\":false,\"ider\":false,\"kvm\":false},"
    "\"power\":{\"package\":\"s0\",\"idle_timeout_min\":65535},"
    "\"acl\":[{\"user\":\"helpdesk\",\"access\":\"any\",\"realms\":[\"remote-control\",\"redirection\"]},"
    "{\"user\":\"x\",\"realms\":[\"user-access-control\"]}]}";

static void
every_key_is_taken(void **state)
{
	struct profile p;
	struct err e;

	(void)state;
	assert_ok(parse(full, &p, &e));
	assert_string_equal(p.description, "d\xc3\xa4");
	assert_int_equal(p.admin_password, PASSWORD_FIXED);
	assert_int_equal(p.mebx_password, PASSWORD_KEEP);
	assert_false(p.ping || p.rmcp_ping || p.web_ui || p.sol || p.ider || p.kvm);
	assert_int_equal(p.tls, TLS_NONE);
	assert_true(p.tls_plain);
	assert_int_equal(p.power, POWER_S0);
	assert_int_equal(p.idle_timeout_min, 65535);
	assert_int_equal(p.nacl, 2);
	assert_string_equal(p.acl[0].user, "helpdesk");
	assert_int_equal(p.acl[0].access, ACL_ANY);
	assert_int_equal(p.acl[0].realms, 1U << 5 | 1U << 2);
	assert_int_equal(p.acl[1].access, ACL_NETWORK);
}

static void
what_is_written_reads_back_the_same(void **state)
{
	static const char *const texts[] = { full, "{\"name\":\"a \\\"b\\\" \\\\\"}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		SCOPED(buf) struct buf one = { 0 }, two = { 0 };
		struct profile p, q;
		struct err e;

		assert_ok(parse(texts[i], &p, &e));
		assert_ok(profile_write(&p, &one, &e));
		assert_ok(profile_parse(one.p, one.len, &q, &e));
		assert_ok(profile_write(&q, &two, &e));
		assert_string_equal(buf_str(&one), buf_str(&two));
		assert_has(buf_str(&one), "\"idle_timeout_min\"");
		assert_has(buf_str(&one), "\"muster_profile\": 1");
		assert_string_equal(p.name, q.name);
		assert_int_equal(p.nacl, q.nacl);
		assert_memory_equal(p.acl, q.acl, sizeof(p.acl[0]) * p.nacl);
	}
}

static void
each_refusal_names_the_path(void **state)
{
	static const struct {
		const char *json, *text;
	} rows[] = {
		{ "", "line 1" },
		{ "{", "line 1" },
		{ "{\"name\":\n\"a\",\n}", "line 3" },
		{ "[]", "want a JSON object" },
		{ "\"x\"", "" },
		{ "{}", "name: missing" },
		{ "{\"name\":\"\"}", "name: missing" },
		{ "{\"name\":1}", "name: want a text" },
		{ "{\"name\":\"a\",\"name\":\"b\"}", "duplicate" },
		{ "{\"name\":\"0123456789012345678901234567890123456789012345678901234567890123\"}", "name: want a text of at most 63 bytes" },
		{ "{\"name\":\"a\",\"nmae\":1}", "nmae: no such key" },
		{ "{\"name\":\"a\",\"description\":[]}", "description: want a text" },
		{ "{\"name\":\"a\",\"muster_profile\":2}", "muster_profile: want 1" },
		{ "{\"name\":\"a\",\"muster_profile\":\"1\"}", "muster_profile: want 1" },
		{ "{\"name\":\"a\",\"passwords\":1}", "passwords: want an object" },
		{ "{\"name\":\"a\",\"passwords\":{\"admin\":\"keep\"}}", "passwords.admin: want one of random, fixed" },
		{ "{\"name\":\"a\",\"passwords\":{\"mebx\":\"x\"}}", "passwords.mebx: want one of random, fixed, keep" },
		{ "{\"name\":\"a\",\"passwords\":{\"mebx\":null}}", "passwords.mebx: want one of" },
		{ "{\"name\":\"a\",\"passwords\":{\"root\":\"x\"}}", "passwords.root: no such key" },
		{ "{\"name\":\"a\",\"network\":{\"ping\":\"yes\"}}", "network.ping: want true or false" },
		{ "{\"name\":\"a\",\"network\":{\"ping\":1}}", "network.ping: want true or false" },
		{ "{\"name\":\"a\",\"network\":{\"mode\":\"server\"}}", "network.mode: no such key" },
		{ "{\"name\":\"a\",\"tls\":{\"mode\":\"on\"}}", "tls.mode: want one of server, none" },
		{ "{\"name\":\"a\",\"tls\":{\"plain\":0}}", "tls.plain: want true or false" },
		{ "{\"name\":\"a\",\"interfaces\":{\"kvm\":{}}}", "interfaces.kvm: want true or false" },
		{ "{\"name\":\"a\",\"power\":{\"package\":\"s5\"}}", "power.package: want one of s0, s0-s3-s5, keep" },
		{ "{\"name\":\"a\",\"power\":{\"idle_timeout_min\":-1}}", "power.idle_timeout_min: want a whole number from 0 to 65535" },
		{ "{\"name\":\"a\",\"power\":{\"idle_timeout_min\":65536}}", "power.idle_timeout_min: want" },
		{ "{\"name\":\"a\",\"power\":{\"idle_timeout_min\":1.5}}", "power.idle_timeout_min: want" },
		{ "{\"name\":\"a\",\"power\":{\"idle_timeout_min\":99999999999999999999}}", "" },
		{ "{\"name\":\"a\",\"acl\":{}}", "acl: want a list of at most 7" },
		{ "{\"name\":\"a\",\"acl\":[1]}", "acl[0]: want an object" },
		{ "{\"name\":\"a\",\"acl\":[{}]}", "acl[0]: user and realms are needed" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"x\"}]}", "acl[0]: user and realms are needed" },
		{ "{\"name\":\"a\",\"acl\":[{\"realms\":[\"redirection\"]}]}", "acl[0]: user and realms are needed" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":1,\"realms\":[\"redirection\"]}]}", "acl[0].user: want" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"\"}]}", "acl[0].user: want 1 to 16 characters" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"01234567890123456\"}]}", "acl[0].user: want 1 to 16 characters" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"admin\"}]}", "acl[0].user: \"admin\" is reserved" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"administrator\"}]}", "acl[0].user: \"administrator\" is reserved" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"$$OsAdmin\"}]}", "is reserved" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"a b\"}]}", "acl[0].user: a blank" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"a:b\"}]}", "acl[0].user: a blank" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"\\u00e4\"}]}", "acl[0].user: a blank" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"x\",\"realms\":[]}]}", "acl[0].realms: want a list" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"x\",\"realms\":[\"redirection\",\"root\"]}]}", "acl[0].realms[1]: no realm is called \"root\"" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"x\",\"realms\":[7]}]}", "acl[0].realms[0]" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"x\",\"realms\":[\"redirection\"],\"access\":\"all\"}]}", "access: want one of local, network, any" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"x\",\"realms\":[\"redirection\"],\"password\":\"p\"}]}", "acl[0].password: no such key" },
		{ "{\"name\":\"a\",\"acl\":[{\"user\":\"x\",\"realms\":[\"redirection\"]},{\"user\":\"x\",\"realms\":[\"redirection\"]}]}", "acl[1].user: \"x\" is there twice" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct profile p = { .idle_timeout_min = 99 };
		struct err e;

		if (parse(rows[i].json, &p, &e) == 0)
			fail_msg("taken: %s", rows[i].json);
		assert_int_equal(e.code, ERR_PROFILE);
		if (strstr(e.text, rows[i].text) == NULL)
			print_error("%s\n", rows[i].json);
		assert_has(e.text, rows[i].text);
		assert_int_equal(p.idle_timeout_min, 99); /* untouched */
	}
}

static void
size_and_number_of_entries_are_bounded(void **state)
{
	SCOPED(buf) struct buf big = { 0 }, acl = { 0 };
	struct profile p;
	struct err e;

	(void)state;
	buf_puts(&big, "{\"name\":\"a\"}");
	while (big.len <= PROFILE_JSON_MAX)
		buf_puts(&big, "          ");
	assert_fails(profile_parse(big.p, big.len, &p, &e), ERR_PROFILE);
	assert_has(e.text, "longer than 65536 bytes");
	assert_ok(profile_parse(big.p, PROFILE_JSON_MAX, &p, &e));
	for (int n = ACL_MAX; n <= ACL_MAX + 1; n++) {
		buf_reset(&acl);
		buf_puts(&acl, "{\"name\":\"a\",\"acl\":[");
		for (int i = 0; i < n; i++)
			buf_printf(&acl, "%s{\"user\":\"u%d\",\"realms\":[\"redirection\"]}", i == 0 ? "" : ",", i);
		buf_puts(&acl, "]}");
		if (n == ACL_MAX)
			assert_ok(profile_parse(acl.p, acl.len, &p, &e));
		else
			assert_fails(profile_parse(acl.p, acl.len, &p, &e), ERR_PROFILE);
	}
}

static void
every_realm_can_be_granted_and_comes_back(void **state)
{
	size_t n;
	const struct realm *r = realms(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		SCOPED(buf) struct buf out = { 0 };
		char json[200];
		struct profile p;
		struct err e;

		(void)snprintf(json, sizeof(json), "{\"name\":\"a\",\"acl\":[{\"user\":\"x\",\"realms\":[\"%s\"]}]}", r[i].name);
		assert_ok(parse(json, &p, &e));
		assert_int_equal(p.acl[0].realms, 1U << r[i].number);
		assert_ok(profile_write(&p, &out, &e));
		assert_has(buf_str(&out), r[i].name);
	}
}

static void
a_text_with_control_characters_is_made_harmless(void **state)
{
	struct profile p;
	struct err e;

	(void)state;
	assert_ok(parse("{\"name\":\"a\\u001b[2J\"}", &p, &e));
	assert_string_equal(p.name, "a?[2J");
}

static void
collect(void *arg, const char *name)
{
	buf_printf(arg, "%s ", name);
}

static void
the_passwords_a_profile_needs_are_named(void **state)
{
	SCOPED(buf) struct buf some = { 0 }, none = { 0 };
	struct profile p;
	struct err e;

	(void)state;
	assert_ok(parse(full, &p, &e));
	profile_secrets(&p, collect, &some);
	assert_string_equal(buf_str(&some), "admin acl/helpdesk acl/x ");
	assert_ok(parse("{\"name\":\"a\"}", &p, &e));
	profile_secrets(&p, collect, &none);
	assert_string_equal(buf_str(&none), "");
}

static void
each_field_reads_back_as_it_is_typed(void **state)
{
	struct profile p, q;
	struct err e;
	char text[256];
	size_t n;
	const struct profile_field *f = profile_fields(&n);

	(void)state;
	assert_ok(parse(full, &p, &e));
	profile_default(&q);
	for (size_t i = 0; i < n; i++) {
		assert_true(f[i].title[0] != '\0' && f[i].rule[0] != '\0');
		profile_field_text(&f[i], &p, text, sizeof(text));
		assert_ok(profile_field_take(&f[i], text, &q, &e));
	}
	memcpy(q.acl, p.acl, sizeof(p.acl));
	q.nacl = p.nacl;
	SCOPED(buf) struct buf a = { 0 }, b = { 0 };
	assert_ok(profile_write(&p, &a, &e));
	assert_ok(profile_write(&q, &b, &e));
	assert_string_equal(buf_str(&a), buf_str(&b));
	assert_ok(profile_check(&q, &e));
}

static void
what_is_typed_wrongly_leaves_the_profile_alone(void **state)
{
	static const char *const bad[] = { "", "maybe", "TRUE", "70000", "-1", "1 ", "0x1" };
	struct profile p, before;
	struct err e;
	size_t n;
	const struct profile_field *f = profile_fields(&n);

	(void)state;
	profile_default(&p);
	before = p;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; f[i].type != PROFILE_TEXT && k < ARRAY_LEN(bad); k++) {
			assert_fails(profile_field_take(&f[i], bad[k], &p, &e), ERR_PROFILE);
			assert_memory_equal(&p, &before, sizeof(p));
		}
	assert_fails(profile_field_take(&f[0], "-x", &p, &e), ERR_PROFILE);
	assert_fails(profile_field_take(&f[0], "", &p, &e), ERR_PROFILE);
	assert_fails(profile_field_take(&f[0], "0123456789012345678901234567890123456789012345678901234567890123", &p, &e), ERR_PROFILE);
	assert_ok(profile_field_take(&f[0], "A b._-9", &p, &e));
	assert_string_equal(p.name, "A b._-9");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_alone_takes_every_default),
		TEST(every_key_is_taken),
		TEST(what_is_written_reads_back_the_same),
		TEST(each_refusal_names_the_path),
		TEST(size_and_number_of_entries_are_bounded),
		TEST(every_realm_can_be_granted_and_comes_back),
		TEST(a_text_with_control_characters_is_made_harmless),
		TEST(the_passwords_a_profile_needs_are_named),
		TEST(each_field_reads_back_as_it_is_typed),
		TEST(what_is_typed_wrongly_leaves_the_profile_alone),
	};

	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
