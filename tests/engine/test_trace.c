/* SPDX-License-Identifier: Apache-2.0 */
/* test_trace: what the debug trace masks, whom it is about, and how large it gets. */
#include "tests/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/trace.h"

static const char uuid[] = "00000001-0000-4000-8000-000000000001";

static void
masked(const char *body, const char *want)
{
	SCOPED(buf) struct buf out = { 0 };
	struct mask m = { 0 };

	mask_xml(&m, true, body, strlen(body), &out);
	assert_string_equal(buf_str(&out), want);
	mask_wipe(&m);
}

static void
what_is_secret_is_masked_and_nothing_else(void **state)
{
	static const struct {
		const char *body, *want;
	} cases[] = {
		{ "<a><r:DigestPassword>c2VjcmV0</r:DigestPassword><b>x</b></a>", "<a><DigestPassword>***</r:DigestPassword><b>x</b></a>" },
		{ "<Password>S3cret!</Password>", "<Password>***</Password>" },
		{ "<h:PASSWORD a='1'>S3cret!</h:PASSWORD>", "<PASSWORD>***</h:PASSWORD>" },
		{ "<PSKPassPhrase >S3cret!</PSKPassPhrase >t", "<PSKPassPhrase>***</PSKPassPhrase >t" },
		{ "<r:KeyBlob>MIIE</r:KeyBlob>", "<KeyBlob>***</r:KeyBlob>" },
		{ "<p:PrivateKey><x>1</x><y/></p:PrivateKey>z", "<PrivateKey>***</p:PrivateKey>z" },
		{ "<Password/>x", "<Password/>x" },
		{ "<Password></Password>x", "<Password></Password>x" },
		{ "<Password>never ended", "<Password>***" },
		{ "<Password a='1'", "***" },
		{ "<r:SetMEBxPassword_INPUT><r:Password>x1y2</r:Password></r:SetMEBxPassword_INPUT>",
		    "<r:SetMEBxPassword_INPUT><Password>***</r:Password></r:SetMEBxPassword_INPUT>" },
		{ "<g:SetMEBxPassword_OUTPUT><g:ReturnValue>0</g:ReturnValue></g:SetMEBxPassword_OUTPUT>",
		    "<g:SetMEBxPassword_OUTPUT><g:ReturnValue>0</g:ReturnValue></g:SetMEBxPassword_OUTPUT>" },
		{ "<Password>ab</Password><x>S3cret!</x>", "<Password>***</Password><x>S3cret!</x>" },
		{ "<DigestRealm>Digest:A4</DigestRealm>", "<DigestRealm>Digest:A4</DigestRealm>" },
		{ "<Password>S3cret!</Password><x>my S3cret! too</x>", "<Password>***</Password><x>my *** too</x>" },
		{ "\xef\xbb\xbf <a>\xc3\xa9\x1b[2J\n\t</a>", "? <a>\xc3\xa9?[2J\n\t</a>" },
		{ "Password: S3cret!", "(no XML: left out)" },
		{ "", "" },
		{ "<", "<" },
		{ "</Password>", "</Password>" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		masked(cases[i].body, cases[i].want);
}

static void
utf16_is_left_out(void **state)
{
	static const char body[] = "<\0P\0a\0s\0s\0";
	SCOPED(buf) struct buf out = { 0 };
	struct mask m = { 0 };

	(void)state;
	mask_xml(&m, false, body, sizeof(body), &out);
	assert_string_equal(buf_str(&out), "(no XML: left out)");
}

static void
a_device_that_sends_a_secret_back_does_not_get_it_into_the_trace(void **state)
{
	static const char request[] = "<DigestPassword>c2VjcmV0IQ==</DigestPassword>", reply[] = "<Fault>bad value c2VjcmV0IQ==</Fault>";
	SCOPED(buf) struct buf out = { 0 };
	struct mask m = { 0 };

	(void)state;
	mask_xml(&m, true, request, strlen(request), &out);
	buf_reset(&out);
	mask_xml(&m, false, reply, strlen(reply), &out);
	assert_string_equal(buf_str(&out), "<Fault>bad value ***</Fault>");
	for (int i = 0; i < 3 * MASK_MAX; i++) { /* more than are remembered */
		char body[64];

		(void)snprintf(body, sizeof(body), "<Password>value-%d</Password>", i);
		buf_reset(&out);
		mask_xml(&m, true, body, strlen(body), &out);
		assert_string_equal(buf_str(&out), "<Password>***</Password>");
	}
	assert_int_equal(m.n, MASK_MAX);
	mask_wipe(&m);
	assert_int_equal(m.n, 0);
}

/* No bytes, in whatever order, are read past their end (the sanitizers look). */
static void
any_bytes_are_taken(void **state)
{
	static const char bits[] = "<>/: \"'PasswordKeyBlob\xc3\xff\x80\n\x01?!-";
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		SCOPED(buf) struct buf out = { 0 };
		struct mask m = { 0 };
		size_t len = (size_t)(round % 40);
		char *body = malloc(len + 1); /* as large as it is, so that one byte more is seen */

		assert_non_null(body);
		body[0] = '<';
		for (size_t i = 1; i < len; i++) {
			seed = seed * 1103515245U + 12345U;
			body[i] = bits[(seed >> 16) % (sizeof(bits) - 1)];
		}
		char *exact = realloc(body, len > 0 ? len : 1);
		assert_non_null(exact);
		mask_xml(&m, true, exact, len, &out);
		free(exact);
	}
}

static void
the_setting_names_devices(void **state)
{
	(void)state;
	assert_false(trace_wanted("", uuid));
	assert_true(trace_wanted("all", uuid));
	assert_true(trace_wanted(uuid, uuid));
	assert_true(trace_wanted("11111111-2222-4333-8444-555555555555 00000001-0000-4000-8000-000000000001", uuid));
	assert_false(trace_wanted("11111111-2222-4333-8444-555555555555", uuid));
	assert_false(trace_wanted("00000001-0000-4000-8000-0000000000012", uuid));
	assert_false(trace_wanted("00000001", uuid));
	assert_false(trace_wanted(uuid, ""));
}

static char dir[] = "/tmp/muster-trace.XXXXXX";

static int64_t
size_of(const char *name)
{
	char path[128];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/t/%s", dir, name);
	return stat(path, &st) == 0 ? st.st_size : -1;
}

static struct trace *
trace(size_t file_max, int64_t all_max)
{
	struct trace *t = NULL;
	char path[128];
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/t", dir);
	assert_ok(trace_new(path, file_max, all_max, &t, &e));
	return t;
}

static int
make_dir(void **state)
{
	(void)state;
	(void)memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
remove_dir(void **state)
{
	char path[512], sub[128];

	(void)state;
	(void)snprintf(sub, sizeof(sub), "%s/t", dir);
	DIR *d = opendir(sub);
	for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL;) {
		(void)snprintf(path, sizeof(path), "%s/%s", sub, entry->d_name);
		(void)unlink(path);
	}
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(sub);
	return rmdir(dir);
}

static void
a_file_is_private_and_bounded(void **state)
{
	struct trace *t = trace(1000, 100000);
	char text[100], path[128];
	struct stat st;
	struct err e;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (int i = 0; i < 25; i++)
		assert_ok(trace_write(t, uuid, text, sizeof(text), &e));
	assert_int_equal(size_of("00000001-0000-4000-8000-000000000001.txt"), 500);
	assert_int_equal(size_of("00000001-0000-4000-8000-000000000001.old.txt"), 1000);
	(void)snprintf(path, sizeof(path), "%s/t/%s.txt", dir, uuid);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	(void)snprintf(path, sizeof(path), "%s/t", dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(trace_bytes(t), 1500);
	trace_free(t);
}

static void
all_files_together_are_bounded_and_the_oldest_go_first(void **state)
{
	struct trace *t = trace(1000, 5000);
	char text[900], name[48];
	struct err e;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (int i = 0; i < 20; i++) {
		(void)snprintf(name, sizeof(name), "%08d-0000-4000-8000-000000000001", i);
		assert_ok(trace_write(t, name, text, sizeof(text), &e));
		assert_true(trace_bytes(t) <= 5000);
		(void)usleep(20000); /* files of different age, whatever the clock of the file system */
	}
	assert_int_equal(size_of("00000000-0000-4000-8000-000000000001.txt"), -1);
	assert_int_equal(size_of("00000019-0000-4000-8000-000000000001.txt"), 900);
	trace_free(t);
}

static void
a_link_is_not_followed(void **state)
{
	struct trace *t = trace(1000, 5000);
	char path[128], target[128];
	struct err e;

	(void)state;
	assert_ok(trace_write(t, "first", "x", 1, &e));
	(void)snprintf(path, sizeof(path), "%s/t/%s.txt", dir, uuid);
	(void)snprintf(target, sizeof(target), "%s/t/target", dir);
	assert_int_equal(symlink(target, path), 0);
	assert_fails(trace_write(t, uuid, "x", 1, &e), ERR_FILE);
	assert_int_equal(size_of("target"), -1);
	trace_free(t);
}

static void
a_folder_that_cannot_be_made_is_an_error(void **state)
{
	struct trace *t = NULL;
	struct err e;

	(void)state;
	assert_ok(trace_new("/proc/nosuch/trace", 1000, 5000, &t, &e));
	assert_fails(trace_write(t, uuid, "x", 1, &e), ERR_FILE);
	assert_int_equal(trace_bytes(t), 0);
	trace_free(t);
	trace_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_secret_is_masked_and_nothing_else),
		TEST(utf16_is_left_out),
		TEST(a_device_that_sends_a_secret_back_does_not_get_it_into_the_trace),
		TEST(any_bytes_are_taken),
		TEST(the_setting_names_devices),
		cmocka_unit_test_setup_teardown(a_file_is_private_and_bounded, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(all_files_together_are_bounded_and_the_oldest_go_first, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(a_link_is_not_followed, make_dir, remove_dir),
		TEST(a_folder_that_cannot_be_made_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
