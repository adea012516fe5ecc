/* SPDX-License-Identifier: Apache-2.0 */
/* test_trace: what the debug trace masks, whom it is about and at which level, what stays after a failure, and how large it gets. */
#include "tests/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/run.h"

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
	static const char *const none[] = { "", " ", "11111111-2222-4333-8444-555555555555", "00000001-0000-4000-8000-0000000000012", "00000001",
		"00000001-0000-4000-8000-000000000001:X", "alle", "al", "engine=two", "engine=on", "engine=one2", "engine=" };
	static const struct {
		const char *setting;
		enum trace_level want;
	} cases[] = {
		{ "all", TRACE_VERBOSE },
		{ "ALL:e", TRACE_ERRORS },
		{ "all:W", TRACE_WARNINGS },
		{ "00000001-0000-4000-8000-000000000001", TRACE_VERBOSE },
		{ "11111111-2222-4333-8444-555555555555:W 00000001-0000-4000-8000-000000000001:E", TRACE_ERRORS },
		{ "all:E 00000001-0000-4000-8000-000000000001 engine=one:W", TRACE_VERBOSE },
		{ "00000001-0000-4000-8000-000000000001:E all", TRACE_ERRORS },
		{ "all engine=one:W", TRACE_WARNINGS },
		{ "engine=one:W all", TRACE_WARNINGS },
		{ "engine=two all:E", TRACE_ERRORS },
		{ "engine=one", TRACE_VERBOSE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(trace_level_of(none[i], uuid, "one"), TRACE_OFF);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(trace_level_of(cases[i].setting, uuid, "one"), cases[i].want);
	assert_int_equal(trace_level_of(uuid, "", ""), TRACE_OFF);
	assert_int_equal(trace_level_of("engine=", "", ""), TRACE_OFF);
}

static void
levels_have_letters_and_names(void **state)
{
	enum trace_level l = TRACE_OFF;

	(void)state;
	for (enum trace_level want = TRACE_OFF; want <= TRACE_VERBOSE; want++) {
		assert_true(trace_level_parse(trace_level_name(want), &l));
		assert_int_equal(l, want);
		assert_true(want == TRACE_OFF || trace_level_parse(trace_level_letter(want), &l));
		assert_int_equal(l, want);
	}
	assert_true(trace_level_parse("Warnings", &l) && l == TRACE_WARNINGS);
	assert_true(trace_level_parse("e", &l) && l == TRACE_ERRORS);
	assert_false(trace_level_parse("", &l));
	assert_false(trace_level_parse("X", &l));
}

static enum trace_level
level_of(long status, bool authorized, const char *body)
{
	struct http_reply reply = { .status = status };
	struct http_exchange x = { .request = "<a/>", .len = 4, .authorized = authorized, .reply = &reply };

	buf_puts(&reply.body, body);
	enum trace_level l = trace_exchange_level(&x);
	buf_free(&reply.body);
	return l;
}

static void
an_exchange_has_the_level_of_how_it_went(void **state)
{
	struct http_exchange none = { .request = "<a/>", .len = 4 };

	(void)state;
	assert_int_equal(trace_exchange_level(&none), TRACE_WARNINGS);
	assert_int_equal(level_of(200, true, "<a/>"), TRACE_VERBOSE);
	assert_int_equal(level_of(200, true, ""), TRACE_VERBOSE);
	assert_int_equal(level_of(200, true, "<g:ReturnValue>0</g:ReturnValue>"), TRACE_VERBOSE);
	assert_int_equal(level_of(200, true, "<g:ReturnValue>1</g:ReturnValue>"), TRACE_WARNINGS);
	assert_int_equal(level_of(200, true, "<ReturnValue>0</ReturnValue><ReturnValue>36</ReturnValue>"), TRACE_WARNINGS);
	assert_int_equal(level_of(200, true, "<ReturnValue>01</ReturnValue>"), TRACE_WARNINGS);
	assert_int_equal(level_of(200, true, "ReturnValue>"), TRACE_VERBOSE);
	assert_int_equal(level_of(401, false, ""), TRACE_VERBOSE);
	assert_int_equal(level_of(401, true, ""), TRACE_WARNINGS);
	assert_int_equal(level_of(400, true, "<Fault/>"), TRACE_WARNINGS);
	assert_int_equal(level_of(500, false, ""), TRACE_WARNINGS);
}

static void
what_was_said_last_is_kept_and_no_more(void **state)
{
	struct trace_tail t = { 0 };
	char entry[1000], big[TRACE_TAIL_MAX + 10];
	size_t total = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		size_t n = (size_t)snprintf(entry, sizeof(entry), "entry %d %0*d\n\n", i, 1 + i % 900, 0);

		trace_tail_add(&t, entry, n);
		total += n;
		assert_true(t.text.len <= TRACE_TAIL_MAX);
		assert_int_equal(t.text.len + t.lost, total);
		assert_memory_equal(t.text.p, "entry ", 6); /* whole ones */
		assert_memory_equal(t.text.p + t.text.len - n, entry, n);
		assert_int_equal(t.text.p[t.text.len], '\0');
	}
	assert_true(t.text.len > TRACE_TAIL_MAX - 2 * (int)sizeof(entry));
	memset(big, 'x', sizeof(big));
	big[10] = '!';
	trace_tail_add(&t, big, sizeof(big));
	assert_int_equal(t.text.len, TRACE_TAIL_MAX);
	assert_int_equal(t.text.p[0], '!');
	assert_int_equal(t.text.len + t.lost, total + sizeof(big));
	trace_tail_add(&t, "new\n\n", 5);
	assert_string_equal(buf_str(&t.text), "new\n\n"); /* there was no end of an entry in the other */
	trace_tail_free(&t);
	assert_int_equal(t.lost, 0);
	trace_tail_free(&t);
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
		assert_ok(trace_write(t, uuid, TRACE_TALK, text, sizeof(text), &e));
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
		assert_ok(trace_write(t, name, i % 2 == 0 ? TRACE_TALK : TRACE_FAILED, text, sizeof(text), &e));
		assert_true(trace_bytes(t) <= 5000);
		(void)usleep(20000); /* files of different age, whatever the clock of the file system */
	}
	assert_int_equal(size_of("00000000-0000-4000-8000-000000000001.txt"), -1);
	assert_int_equal(size_of("00000019-0000-4000-8000-000000000001.error.log"), 900);
	trace_free(t);
}

static void
a_link_is_not_followed(void **state)
{
	struct trace *t = trace(1000, 5000);
	char path[128], target[128];
	struct err e;

	(void)state;
	assert_ok(trace_write(t, "first", TRACE_TALK, "x", 1, &e));
	(void)snprintf(path, sizeof(path), "%s/t/%s.txt", dir, uuid);
	(void)snprintf(target, sizeof(target), "%s/t/target", dir);
	assert_int_equal(symlink(target, path), 0);
	assert_fails(trace_write(t, uuid, TRACE_TALK, "x", 1, &e), ERR_FILE);
	assert_int_equal(size_of("target"), -1);
	trace_free(t);
}

static void
writing_that_fails_is_told_once_until_it_works_again(void **state)
{
	struct trace *t = trace(1000, 5000);

	(void)state;
	assert_false(trace_tell(t, true));
	assert_true(trace_tell(t, false));
	assert_false(trace_tell(t, false));
	assert_false(trace_tell(t, true));
	assert_true(trace_tell(t, false));
	trace_free(t);
}

/* A run of an engine that has nothing but settings and a trace; its event log takes nothing. */
static void
begin_run(struct engine *en, struct run *r, const char *setting)
{
	(void)pthread_rwlock_init(&en->lock, NULL);
	(void)snprintf(en->settings.trace, sizeof(en->settings.trace), "%s", setting);
	(void)snprintf(en->conf.name, sizeof(en->conf.name), "one");
	(void)snprintf(r->dev.uuid, sizeof(r->dev.uuid), "%s", uuid);
	en->trace = trace(100000, 1000000);
	r->en = en;
	r->hold.attempt = 2;
	r->set.log_level = 0;
}

static void
end_run(struct engine *en, struct run *r)
{
	trace_tail_free(&r->tail);
	mask_wipe(&r->mask);
	trace_free(en->trace);
	(void)pthread_rwlock_destroy(&en->lock);
	free(en);
	free(r);
}

static void
say(struct run *r, long status, const char *request, const char *answer)
{
	struct http_reply reply = { .status = status };
	struct err why = { ERR_LOST, "gone, and with it S3cret!" };
	struct http_exchange x = { .request = request, .len = strlen(request), .authorized = true, .reply = status == 0 ? NULL : &reply, .why = &why };

	buf_puts(&reply.body, answer);
	trace_exchange(r, &x);
	buf_free(&reply.body);
}

/* A conversation with one of each, and its end. */
static void
talk(struct run *r)
{
	const struct err why = { ERR_STATUS, "it says S3cret! too" };

	say(r, 200, "<fine><Password>S3cret!</Password></fine>", "<ok/>");
	run_log(r, EVENT_VERBOSE, 0, "A step");
	say(r, 200, "<odd/>", "<ReturnValue>1</ReturnValue>");
	run_log(r, EVENT_WARNING, 0, "A warning");
	say(r, 0, "<lost/>", "");
	run_log(r, EVENT_ERROR, 1502, "It failed: S3cret!");
	trace_end(r, &why);
}

static void
read_of(const char *name, struct buf *out)
{
	char path[128];
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/t/%s.%s", dir, uuid, name);
	buf_reset(out);
	if (access(path, F_OK) == 0)
		assert_ok(file_read(path, 100000, out, &e));
}

static void
the_level_says_what_is_written_and_a_failure_tells_all(void **state)
{
	static const struct {
		const char *setting, *has[4], *has_not[4];
	} cases[] = {
		{ "all", { " V > attempt 2: ", "<fine>", " V event: A step", "<lost/>" }, { NULL } },
		{ "all:E engine=one:W", { " W > attempt 2: ", "<odd/>", " W event: A warning", "< no answer after " }, { "<fine>", "A step", NULL } },
		{ "all:E", { " E event: It failed: *** (1502)", "", "", "" }, { "<fine>", "<lost/>", "<odd/>", "A warning" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		SCOPED(buf) struct buf text = { 0 };
		struct engine *en = calloc(1, sizeof(*en));
		struct run *r = calloc(1, sizeof(*r));

		assert_non_null(en);
		assert_non_null(r);
		(void)make_dir(state);
		begin_run(en, r, cases[i].setting);
		talk(r);
		read_of("txt", &text);
		for (size_t k = 0; k < 4; k++)
			assert_has(buf_str(&text), cases[i].has[k]);
		for (size_t k = 0; k < 4 && cases[i].has_not[k] != NULL; k++)
			assert_has_not(buf_str(&text), cases[i].has_not[k]);
		assert_has_not(buf_str(&text), "S3cret!");
		read_of("error.log", &text);
		assert_has(buf_str(&text), " attempt 2 failed: it says *** too (1502)\n");
		for (size_t k = 0; k < 4; k++)
			assert_has(buf_str(&text), cases[0].has[k]);
		assert_has(buf_str(&text), "gone, and with it ***");
		assert_has_not(buf_str(&text), "S3cret!");
		end_run(en, r);
		assert_int_equal(remove_dir(state), 0);
	}
}

static void
what_is_not_traced_leaves_nothing(void **state)
{
	SCOPED(buf) struct buf text = { 0 };
	struct engine *en = calloc(1, sizeof(*en));
	struct run *r = calloc(1, sizeof(*r));
	const struct err why = { ERR_STATUS, "late" };

	(void)state;
	assert_non_null(en);
	assert_non_null(r);
	begin_run(en, r, "engine=two 11111111-2222-4333-8444-555555555555");
	talk(r);
	assert_int_equal(r->tail.text.len, 0);
	(void)snprintf(en->settings.trace, sizeof(en->settings.trace), "all:E"); /* switched on while it talks */
	trace_end(r, &why);
	say(r, 200, "<kept/>", "<ok/>");
	assert_true(r->tail.text.len > 0);
	en->settings.trace[0] = '\0'; /* and off again: what was kept goes */
	trace_end(r, &why);
	say(r, 200, "<gone/>", "<ok/>");
	assert_int_equal(r->tail.text.len, 0);
	read_of("txt", &text);
	assert_int_equal(text.len, 0);
	read_of("error.log", &text);
	assert_int_equal(text.len, 0);
	end_run(en, r);
}

static void
a_folder_that_cannot_be_made_is_an_error(void **state)
{
	struct trace *t = NULL;
	struct err e;

	(void)state;
	assert_ok(trace_new("/proc/nosuch/trace", 1000, 5000, &t, &e));
	assert_fails(trace_write(t, uuid, TRACE_TALK, "x", 1, &e), ERR_FILE);
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
		TEST(levels_have_letters_and_names),
		TEST(an_exchange_has_the_level_of_how_it_went),
		TEST(what_was_said_last_is_kept_and_no_more),
		TEST(the_level_says_what_is_written_and_a_failure_tells_all),
		cmocka_unit_test_setup_teardown(a_file_is_private_and_bounded, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(all_files_together_are_bounded_and_the_oldest_go_first, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(a_link_is_not_followed, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(writing_that_fails_is_told_once_until_it_works_again, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(what_is_not_traced_leaves_nothing, make_dir, remove_dir),
		TEST(a_folder_that_cannot_be_made_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
