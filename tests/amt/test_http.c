/* SPDX-License-Identifier: Apache-2.0 */
/* test_http: one POST to a device and everything that may come back, without TLS. */
#include "tests/unit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "amt/digest.h"
#include "base/clock.h"
#include "base/text.h"
#include "tests/amt/fake.h"

static const char challenge[] = "WWW-Authenticate: Digest realm=\"Digest:F3EB554784E729164447A89F60B641C5\", nonce=\"N1\",stale=\"false\",qop=\"auth\"\r\n";
static const char stale[] = "WWW-Authenticate: Digest realm=\"Digest:F3EB554784E729164447A89F60B641C5\", nonce=\"N2\",stale=\"true\",qop=\"auth\"\r\n";
static const struct secret password = { .len = 8, .s = "P@ssw0rd" };

static struct fake *f;
static struct http *h;

static int
set_up(void **state)
{
	(void)state;
	f = fake_start(NULL);
	h = fake_client(f);
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

static void
refuse(const char *headers)
{
	fake_play(f, &(struct fake_reply){ .status = 401, .headers = headers, .type = "text/html", .body = "<html/>", .close = true });
}

static int
post(struct err *e)
{
	SCOPED(http_reply) struct http_reply r = { 0 };

	return http_post(h, "<a/>", 4, &r, e);
}

static int
post_status(long *status, struct err *e)
{
	SCOPED(http_reply) struct http_reply r = { 0 };
	int rc = http_post(h, "<a/>", 4, &r, e);

	*status = r.status;
	return rc;
}

static void
a_request_is_one_post_with_its_body(void **state)
{
	SCOPED(http_reply) struct http_reply r = { 0 };
	struct err e;

	(void)state;
	fake_play(f, &(struct fake_reply){ .body = "<answer/>" });
	assert_ok(http_post(h, "<question/>", 11, &r, &e));
	assert_int_equal(r.status, 200);
	assert_true(r.soap);
	assert_string_equal(buf_str(&r.body), "<answer/>");
	assert_string_equal(fake_body(f, 0), "<question/>");
	assert_has(fake_head(f, 0), "POST /wsman HTTP/1.1\r\n");
	assert_has(fake_head(f, 0), "Content-Type: application/soap+xml; charset=utf-8\r\n");
	assert_has_not(fake_head(f, 0), "Authorization");
	assert_has_not(fake_head(f, 0), "Expect");
	assert_has(http_server(h), "Intel(R) Active Management Technology");
	assert_string_equal(http_realm(h), "");
	assert_string_equal(http_tls_version(h), "");
}

static void
one_connection_serves_many_requests_until_closed(void **state)
{
	struct err e;

	(void)state;
	for (int i = 0; i < 3; i++) {
		fake_play(f, &(struct fake_reply){ .body = "x" });
		assert_ok(post(&e));
	}
	assert_int_equal(fake_connections(f), 1);
	http_close(h);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_int_equal(fake_connections(f), 2);
	assert_int_equal(fake_abandoned(f), 0); /* the first one was closed, not left open beside it */
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_int_equal(fake_connections(f), 2);
}

static void
any_other_status_comes_back_with_its_body(void **state)
{
	static const int all[] = { 200, 400, 403, 404, 500, 503 };
	long status;
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		fake_play(f, &(struct fake_reply){ .status = all[i], .body = "why", .type = "text/html" });
		assert_ok(post_status(&status, &e));
		assert_int_equal(status, all[i]);
	}
}

static void
the_content_type_tells_soap(void **state)
{
	static const struct {
		const char *type;
		bool soap;
	} rows[] = { { "application/soap+xml;charset=UTF-8", true }, { "text/xml", true }, { "text/html", false }, { "", false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCOPED(http_reply) struct http_reply r = { 0 };
		struct err e;

		fake_play(f, &(struct fake_reply){ .type = rows[i].type, .body = "x" });
		assert_ok(http_post(h, "", 0, &r, &e));
		assert_int_equal(r.soap, rows[i].soap);
	}
}

static void
a_redirect_is_not_followed(void **state)
{
	long status;
	struct err e;

	(void)state;
	fake_play(f, &(struct fake_reply){ .status = 302, .headers = "Location: http://127.0.0.1:1/other\r\n" });
	assert_ok(post_status(&status, &e));
	assert_int_equal(status, 302);
	assert_int_equal(fake_count(f), 1);
}

static void
what_is_not_http_is_no_answer(void **state)
{
	static const char *const rows[] = { "garbage\r\n\r\n", "\x15\x03\x01\x02\x02\x28", "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 banana\r\n\r\n" };
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fake_play(f, &(struct fake_reply){ .way = FAKE_RAW, .body = rows[i] });
		assert_fails(post(&e), ERR_ANSWER);
	}
}

static void
a_connection_that_ends_early_is_lost(void **state)
{
	struct err e;

	(void)state;
	fake_play(f, &(struct fake_reply){ .way = FAKE_HALF, .body = "0123456789" });
	assert_fails(post(&e), ERR_LOST);
	fake_play(f, &(struct fake_reply){ .way = FAKE_HANG_UP });
	assert_fails(post(&e), ERR_LOST);
	fake_play(f, &(struct fake_reply){ .way = FAKE_RAW, .body = "" });
	assert_fails(post(&e), ERR_LOST);
	assert_int_equal(err_next(ERR_LOST), NEXT_LOOK);
}

/* A request on a connection in use may have been acted on before it was lost. */
static void
a_lost_request_is_never_sent_again_by_itself(void **state)
{
	struct err e;

	(void)state;
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	fake_play(f, &(struct fake_reply){ .way = FAKE_HANG_UP });
	fake_play(f, &(struct fake_reply){ .body = "second time" });
	assert_fails(post(&e), ERR_LOST);
	assert_int_equal(fake_count(f), 2);
}

/* That no new connection can be made says nothing about the request on the old one. */
static void
a_request_lost_with_the_device_is_not_called_unsent(void **state)
{
	struct err e;

	(void)state;
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	fake_play(f, &(struct fake_reply){ .way = FAKE_RESTART });
	assert_fails(post(&e), ERR_LOST);
	assert_int_equal(err_next(ERR_LOST), NEXT_LOOK);
	assert_int_equal(fake_count(f), 2);
	assert_fails(post(&e), ERR_CONTACT);
}

static void
a_connection_closed_while_idle_is_made_anew(void **state)
{
	struct err e;

	(void)state;
	fake_play(f, &(struct fake_reply){ .body = "x", .close = true });
	assert_ok(post(&e));
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_int_equal(fake_connections(f), 2);
	assert_int_equal(fake_count(f), 2);
}

static void
a_body_over_one_megabyte_is_refused(void **state)
{
	SCOPED(http_reply) struct http_reply r = { 0 };
	struct err e;

	(void)state;
	fake_play(f, &(struct fake_reply){ .fill = HTTP_BODY_MAX });
	assert_ok(http_post(h, "", 0, &r, &e));
	assert_int_equal(r.body.len, HTTP_BODY_MAX);
	fake_play(f, &(struct fake_reply){ .fill = 2 << 20 });
	assert_fails(post(&e), ERR_BODY_SIZE);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e)); /* and the next one works again */
}

static void
a_slow_device_runs_into_the_timeout(void **state)
{
	static const enum fake_way ways[] = { FAKE_TRICKLE, FAKE_SILENT };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct http_conf conf = fake_conf(f);
		struct http *slow = NULL;
		SCOPED(http_reply) struct http_reply r = { 0 };
		struct err e;
		int64_t start = clock_ms();

		conf.connect_timeout_s = 0;
		conf.call_timeout_s = 30;
		assert_ok(http_new(&conf, &slow, &e));
		http_timeout(slow, 1);
		fake_play(f, &(struct fake_reply){ .way = ways[i] });
		assert_fails(http_post(slow, "", 0, &r, &e), ERR_TIMEOUT);
		assert_in_range(clock_ms() - start, 900, 2500);
		http_free(slow);
	}
}

static bool
after_some(void *arg)
{
	return ++*(int *)arg > 1;
}

static void
give_up_ends_a_call_soon(void **state)
{
	struct http_conf conf = fake_conf(f);
	struct http *c = NULL;
	SCOPED(http_reply) struct http_reply r = { 0 };
	struct err e;
	int asked = 0;
	int64_t start = clock_ms();

	(void)state;
	conf.call_timeout_s = 30;
	conf.give_up = after_some;
	conf.give_up_arg = &asked;
	assert_ok(http_new(&conf, &c, &e));
	fake_play(f, &(struct fake_reply){ .way = FAKE_SILENT });
	assert_fails(http_post(c, "", 0, &r, &e), ERR_STOPPED);
	assert_in_range(clock_ms() - start, 0, 2500);
	http_free(c);
}

static void
where_nobody_listens_there_is_no_contact(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	struct http *c = NULL;
	SCOPED(http_reply) struct http_reply r = { 0 };
	SCOPED(fd) int fd = socket(AF_INET, SOCK_STREAM, 0); /* holds a port without listening */
	struct err e;

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	struct http_conf conf = { .address = "127.0.0.1", .port = ntohs(a.sin_port), .connect_timeout_s = 1, .call_timeout_s = 1 };
	assert_ok(http_new(&conf, &c, &e));
	assert_fails(http_post(c, "", 0, &r, &e), ERR_CONTACT);
	assert_has(e.text, "Cannot contact back AMT with IP 127.0.0.1");
	http_free(c);
}

static void
a_challenge_without_a_login_set_is_told_and_not_counted(void **state)
{
	struct err e;

	(void)state;
	refuse(challenge);
	assert_fails(post(&e), ERR_LOGIN);
	assert_has(e.text, "wants a login");
	assert_int_equal(fake_count(f), 1);
	assert_int_equal(http_refusals(h), 0);
	assert_string_equal(http_realm(h), "Digest:F3EB554784E729164447A89F60B641C5");
}

/* The response of an Authorization header, worked out again from its cnonce. */
static void
assert_authorized(const char *head, const char *nonce, unsigned int nc)
{
	SCOPED(buf) struct buf again = { 0 };
	struct digest d = { .has_qop = true, .auth = true, .nc = nc - 1 };
	const char *at = strstr(head, "cnonce=\"");
	char cnonce[64] = "", line[800];
	struct err e;

	assert_non_null(at);
	(void)snprintf(cnonce, sizeof(cnonce), "%.*s", (int)strcspn(at + 8, "\""), at + 8);
	(void)text_copy(d.realm, sizeof(d.realm), "Digest:F3EB554784E729164447A89F60B641C5");
	(void)text_copy(d.nonce, sizeof(d.nonce), nonce);
	assert_ok(digest_authorize(&d, "admin", &password, "/wsman", "<a/>", 4, cnonce, &again, &e));
	(void)snprintf(line, sizeof(line), "Authorization: %s\r\n", buf_str(&again));
	assert_has(head, line);
}

static void
a_challenge_is_answered_with_the_same_body_and_the_nonce_is_kept(void **state)
{
	struct err e;

	(void)state;
	http_login(h, "admin", &password);
	refuse(challenge);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_has_not(fake_head(f, 0), "Authorization");
	assert_string_equal(fake_body(f, 0), "<a/>");
	assert_string_equal(fake_body(f, 1), "<a/>");
	assert_authorized(fake_head(f, 1), "N1", 1);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_authorized(fake_head(f, 2), "N1", 2);
	assert_int_equal(fake_count(f), 3);
	assert_int_equal(http_refusals(h), 0);
}

static void
a_wrong_password_is_tried_and_counted_once(void **state)
{
	struct err e;

	(void)state;
	http_login(h, "admin", &password);
	refuse(challenge);
	refuse(challenge);
	assert_fails(post(&e), ERR_LOGIN);
	assert_has(e.text, "refused the login");
	assert_int_equal(fake_count(f), 2);
	assert_int_equal(http_refusals(h), 1);
	refuse(challenge);
	assert_fails(post(&e), ERR_LOGIN); /* with the nonce just offered: one request, one try */
	assert_int_equal(fake_count(f), 3);
	assert_int_equal(http_refusals(h), 2);
}

static void
a_stale_nonce_is_replaced_and_not_counted(void **state)
{
	struct err e;

	(void)state;
	http_login(h, "admin", &password);
	refuse(challenge);
	refuse(stale);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_authorized(fake_head(f, 2), "N2", 1);
	assert_int_equal(http_refusals(h), 0);
	refuse(stale);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_int_equal(fake_count(f), 5);
	assert_int_equal(http_refusals(h), 0);
}

static void
a_nonce_that_is_always_stale_ends_after_three_requests(void **state)
{
	struct err e;

	(void)state;
	http_login(h, "admin", &password);
	for (int i = 0; i < 5; i++)
		refuse(stale);
	assert_fails(post(&e), ERR_LOGIN);
	assert_int_equal(fake_count(f), 3);
}

static void
the_next_password_is_tried_on_the_nonce_just_offered(void **state)
{
	static const struct secret wrong = { .len = 5, .s = "wrong" };
	struct err e;

	(void)state;
	http_login(h, "admin", &wrong);
	refuse(challenge);
	refuse(challenge);
	assert_fails(post(&e), ERR_LOGIN);
	http_login(h, "admin", &password);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_authorized(fake_head(f, 2), "N1", 1);
	assert_int_equal(http_refusals(h), 1);
	http_login(h, "admin", NULL);
	refuse(challenge);
	assert_fails(post(&e), ERR_LOGIN);
	assert_has_not(fake_head(f, 3), "Authorization");
}

static void
a_digest_challenge_is_found_among_others(void **state)
{
	char two[400];
	struct err e;

	(void)state;
	http_login(h, "admin", &password);
	(void)snprintf(two, sizeof(two), "WWW-Authenticate: Negotiate\r\nwww-authenticate:%s%s", strchr(challenge, ':') + 1, "WWW-Authenticate: Basic realm=\"x\"\r\n");
	refuse(two);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_authorized(fake_head(f, 1), "N1", 1);
	refuse("WWW-Authenticate: Negotiate\r\n");
	assert_fails(post(&e), ERR_LOGIN);
	refuse("");
	assert_fails(post(&e), ERR_LOGIN);
}

static void
a_new_nonce_for_a_login_that_was_good_is_no_refusal(void **state)
{
	struct err e;

	(void)state;
	http_login(h, "admin", &password);
	refuse(challenge);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	/* No word of "stale", but another nonce: old firmware does so at any time. */
	refuse("WWW-Authenticate: Digest realm=\"Digest:F3EB554784E729164447A89F60B641C5\",nonce=\"N3\",stale=\"false\",qop=\"auth\"\r\n");
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_authorized(fake_head(f, 3), "N3", 1);
	assert_int_equal(http_refusals(h), 0);
	/* Twice in a row it is one. */
	refuse("WWW-Authenticate: Digest realm=\"r\",nonce=\"N4\",qop=\"auth\"\r\n");
	refuse("WWW-Authenticate: Digest realm=\"r\",nonce=\"N5\",qop=\"auth\"\r\n");
	assert_fails(post(&e), ERR_LOGIN);
	assert_int_equal(http_refusals(h), 1);
	assert_int_equal(fake_left(f), 0);
}

static void
the_next_login_takes_the_place_of_one_that_is_refused(void **state)
{
	static const struct secret old = { .len = 3, .s = "old" };
	struct err e;

	(void)state;
	http_login(h, "admin", &old);
	refuse(challenge);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	http_login_next(h, "admin", &password);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e)); /* the old one goes on */
	refuse(challenge);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_int_equal(fake_count(f), 5);
	assert_authorized(fake_head(f, 4), "N1", 1);
	assert_int_equal(http_refusals(h), 1);
	refuse(challenge);
	assert_fails(post(&e), ERR_LOGIN); /* and there is no further one */
	assert_int_equal(fake_left(f), 0);
}

static void
of_two_next_logins_the_newest_comes_first(void **state)
{
	static const struct secret old = { .len = 3, .s = "old" }, newest = { .len = 6, .s = "newest" };
	struct err e;

	(void)state;
	http_login(h, "admin", &old);
	http_login_next(h, "admin", &password);
	http_login_next(h, "admin", &newest);
	refuse(challenge);
	refuse(challenge);
	refuse(challenge);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_authorized(fake_head(f, 3), "N1", 1);
	assert_int_equal(http_refusals(h), 2);
	http_login_next(h, "admin", &newest);
	http_login(h, "admin", &old); /* forgets it */
	refuse(challenge);
	assert_fails(post(&e), ERR_LOGIN);
	assert_int_equal(fake_left(f), 0);
}

static void
the_next_login_also_answers_a_first_challenge(void **state)
{
	struct err e;

	(void)state;
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e)); /* a device in setup asks for none */
	http_login_next(h, "admin", &password);
	refuse(challenge);
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e));
	assert_authorized(fake_head(f, 2), "N1", 1);
	assert_int_equal(http_refusals(h), 0);
}

static void
a_call_has_a_path_a_type_and_an_action(void **state)
{
	static const struct http_call call = { .path = "/SecurityAdministrationService", .type = "text/xml; charset=utf-8", .action = "urn:x#Op" };
	SCOPED(http_reply) struct http_reply r = { 0 };
	struct err e;

	(void)state;
	http_login(h, "admin", &password);
	refuse(challenge);
	fake_play(f, &(struct fake_reply){ .body = "<answer/>", .type = "text/xml" });
	assert_ok(http_call(h, &call, "<a/>", 4, &r, &e));
	assert_has(fake_head(f, 1), "POST /SecurityAdministrationService HTTP/1.1\r\n");
	assert_has(fake_head(f, 1), "Content-Type: text/xml; charset=utf-8\r\n");
	assert_has(fake_head(f, 1), "SOAPAction: \"urn:x#Op\"\r\n");
	assert_has(fake_head(f, 1), "uri=\"/SecurityAdministrationService\"");
	assert_has(fake_head(f, 1), "Content-Length: 4\r\n");
	assert_has_not(fake_head(f, 1), "Expect");
	fake_play(f, &(struct fake_reply){ .body = "x" });
	assert_ok(post(&e)); /* the next one goes where it belongs */
	assert_has(fake_head(f, 2), "POST /wsman HTTP/1.1\r\n");
	assert_has_not(fake_head(f, 2), "SOAPAction");
}

struct seen {
	char request[200], reply[200], path[64];
};

static void
keep_exchange(void *arg, const struct http_exchange *x)
{
	struct seen *s = arg;

	(void)text_copy(s->request, sizeof(s->request), x->request);
	(void)text_copy(s->reply, sizeof(s->reply), x->reply == NULL ? "" : buf_str(&x->reply->body));
	(void)text_copy(s->path, sizeof(s->path), x->path);
}

static void
what_a_call_hides_is_not_shown_to_the_trace(void **state)
{
	static const char body[] = "<a>secret</a><b>longer secret</b><c>secre</c>";
	static const struct http_part parts[] = { { "longer secret", 13 }, { "secret", 6 }, { "", 0 } };
	const struct http_call call = { .path = "/p", .type = "text/xml", .hidden = parts, .nhidden = ARRAY_LEN(parts) };
	SCOPED(http_reply) struct http_reply r = { 0 };
	struct http_conf conf = fake_conf(f);
	struct seen seen = { 0 };
	struct http *c = NULL;
	struct err e;

	(void)state;
	conf.trace = keep_exchange;
	conf.trace_arg = &seen;
	assert_ok(http_new(&conf, &c, &e));
	fake_play(f, &(struct fake_reply){ .body = "<echo>secret</echo>" });
	assert_ok(http_call(c, &call, body, strlen(body), &r, &e));
	assert_string_equal(seen.request, "<a>(6 characters)</a><b>(13 characters)</b><c>secre</c>");
	assert_string_equal(seen.reply, "<echo>(6 characters)</echo>");
	assert_string_equal(seen.path, "/p");
	assert_string_equal(buf_str(&r.body), "<echo>secret</echo>"); /* for us it is whole */
	assert_string_equal(fake_body(f, 0), body);
	http_free(c);
}

static void
the_server_header_cannot_drive_a_terminal(void **state)
{
	struct err e;

	(void)state;
	fake_play(f, &(struct fake_reply){ .headers = "Server: a\033[2Jb\x9b" "c\r\n" });
	assert_ok(post(&e));
	assert_string_equal(http_server(h), "a?[2Jb?c");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define EACH(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
		EACH(a_request_is_one_post_with_its_body),
		EACH(one_connection_serves_many_requests_until_closed),
		EACH(any_other_status_comes_back_with_its_body),
		EACH(the_content_type_tells_soap),
		EACH(a_redirect_is_not_followed),
		EACH(what_is_not_http_is_no_answer),
		EACH(a_connection_that_ends_early_is_lost),
		EACH(a_lost_request_is_never_sent_again_by_itself),
		EACH(a_request_lost_with_the_device_is_not_called_unsent),
		EACH(a_connection_closed_while_idle_is_made_anew),
		EACH(a_body_over_one_megabyte_is_refused),
		EACH(a_slow_device_runs_into_the_timeout),
		EACH(give_up_ends_a_call_soon),
		EACH(where_nobody_listens_there_is_no_contact),
		EACH(a_challenge_without_a_login_set_is_told_and_not_counted),
		EACH(a_challenge_is_answered_with_the_same_body_and_the_nonce_is_kept),
		EACH(a_wrong_password_is_tried_and_counted_once),
		EACH(a_stale_nonce_is_replaced_and_not_counted),
		EACH(a_nonce_that_is_always_stale_ends_after_three_requests),
		EACH(the_next_password_is_tried_on_the_nonce_just_offered),
		EACH(a_digest_challenge_is_found_among_others),
		EACH(a_new_nonce_for_a_login_that_was_good_is_no_refusal),
		EACH(the_next_login_takes_the_place_of_one_that_is_refused),
		EACH(of_two_next_logins_the_newest_comes_first),
		EACH(the_next_login_also_answers_a_first_challenge),
		EACH(a_call_has_a_path_a_type_and_an_action),
		EACH(what_a_call_hides_is_not_shown_to_the_trace),
		EACH(the_server_header_cannot_drive_a_terminal),
#undef EACH
	};

	http_init();
	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
