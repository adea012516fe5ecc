/* SPDX-License-Identifier: Apache-2.0 */
/* test_sim_http: HTTP requests as a simulated device takes them, whole, in pieces and broken. */
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

#include "sim/http.h"
#include "sim/mem.h"

#define HEAD "POST /wsman HTTP/1.1\r\nHost: x\r\n"

static const struct {
	const char *text, *body;
} good[] = {
	{ HEAD "Content-Length: 4\r\n\r\n<a/>", "<a/>" },
	{ HEAD "content-length:4 \r\nAuthorization: Digest x\r\n\r\n<a/>", "<a/>" },
	{ HEAD "Transfer-Encoding: chunked\r\n\r\n4\r\n<a/>\r\n0\r\n\r\n", "<a/>" },
	{ HEAD "Transfer-Encoding: chunked\r\n\r\n0002;x=y\r\n<a\r\n2\r\n/>\r\n0\r\n\r\n", "<a/>" },
	{ HEAD "\r\n", "" },
};

static void
whole_requests_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct http_req r;

		assert_int_equal(http_parse(good[i].text, strlen(good[i].text), &r), HTTP_OK);
		assert_string_equal(r.method, "POST");
		assert_string_equal(r.path, "/wsman");
		assert_true(r.keep_alive);
		assert_int_equal(r.used, strlen(good[i].text));
		assert_string_equal(buf_str(&r.body), good[i].body);
		buf_free(&r.body);
	}
}

static void
every_part_of_a_request_asks_for_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		for (size_t n = 0; n < strlen(good[i].text); n++) {
			/* an exact copy, so that reading past it shows */
			char *part = mem_zero(n);
			struct http_req r;

			memcpy(part, good[i].text, n);
			assert_int_equal(http_parse(part, n, &r), HTTP_MORE);
			buf_free(&r.body);
			free(part);
		}
}

static void
broken_requests_are_refused(void **state)
{
	static const char *const bad[] = {
		"POST\r\n\r\n",
		"POST /wsman\r\n\r\n",
		"POST /wsman HTTP/2.0\r\n\r\n",
		"POST wsman HTTP/1.1\r\n\r\n",
		HEAD "no colon\r\n\r\n",
		HEAD ": no name\r\n\r\n",
		HEAD " folded: x\r\n\r\n",
		HEAD "Content-Length: -1\r\n\r\n",
		HEAD "Content-Length: 4x\r\n\r\n<a/>",
		HEAD "Content-Length: 65537\r\n\r\n",
		HEAD "Content-Length: 99999999999999999999999\r\n\r\n",
		HEAD "Content-Length: 4\r\nContent-Length: 4\r\n\r\n<a/>",
		HEAD "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n<a/>",
		HEAD "Transfer-Encoding: gzip\r\n\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\n10001\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\n4\r\n<a/>xx",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct http_req r;

		assert_int_equal(http_parse(bad[i], strlen(bad[i]), &r), HTTP_BAD);
		buf_free(&r.body);
	}
}

static void
head_and_body_are_bounded(void **state)
{
	size_t n = HTTP_HEAD_MAX + 1;
	char *text = mem_zero(n);
	struct http_req r;

	(void)state;
	memset(text, 'A', n);
	assert_int_equal(http_parse(text, n, &r), HTTP_BAD);
	assert_int_equal(http_parse(text, n - 1, &r), HTTP_MORE);
	free(text);
}

static void
connection_close_is_heard(void **state)
{
	static const struct {
		const char *value;
		bool keep;
	} rows[] = { { "close", false }, { "TE, close", false }, { "Close ,TE", false },
		{ "keep-alive", true }, { "closed, TE", true }, { "", true } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(mem)
		char *text = mem_print(HEAD "Connection: %s\r\nContent-Length: 0\r\n\r\nnext", rows[i].value);
		struct http_req r;

		assert_int_equal(http_parse(text, strlen(text), &r), HTTP_OK);
		assert_int_equal(r.keep_alive, rows[i].keep);
		assert_int_equal(r.used, strlen(text) - 4);
		buf_free(&r.body);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole_requests_parse),
		TEST(every_part_of_a_request_asks_for_more),
		TEST(broken_requests_are_refused),
		TEST(head_and_body_are_bounded),
		TEST(connection_close_is_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
