/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_http: any bytes as what a device sends after a request, over a real connection: each ends with a
 * whole reply within its bounds, or with one of the codes that http.h names.
 */
#include "tests/fuzz/fuzz.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "amt/http.h"

static const uint8_t *answer; /* what the device sends; set while no request is under way */
static size_t answer_len;
static int listener = -1;
static unsigned int port;

/* The device: reads what comes first, answers, hangs up. */
static void *
device(void *arg)
{
	char request[4096];

	(void)arg;
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		(void)recv(fd, request, sizeof(request), 0);
		(void)send(fd, answer, answer_len, MSG_NOSIGNAL);
		(void)shutdown(fd, SHUT_WR);
		while (recv(fd, request, sizeof(request), 0) > 0)
			continue;
		(void)close(fd);
	}
	return NULL;
}

static void
start(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	pthread_t thread;

	http_init();
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	MUST(listener >= 0 && bind(listener, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(listener, 8) == 0);
	MUST(getsockname(listener, (struct sockaddr *)&a, &len) == 0);
	port = ntohs(a.sin_port);
	MUST(pthread_create(&thread, NULL, device, NULL) == 0 && pthread_detach(thread) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct secret password = { .len = 8, .s = "P@ssw0rd" };
	SCOPED(http_reply) struct http_reply reply = { 0 };
	struct http_conf conf = { .address = "127.0.0.1", .connect_timeout_s = 2, .call_timeout_s = 2 };
	struct http *h = NULL;
	struct err e = { 0 };

	if (listener < 0)
		start();
	answer = data;
	answer_len = size;
	conf.port = port;
	MUST(http_new(&conf, &h, &e) == 0);
	http_login(h, "admin", &password);
	if (http_post(h, "<a/>", 4, &reply, &e) == 0)
		MUST(reply.status != 401 && reply.body.len <= HTTP_BODY_MAX);
	else
		MUST(e.code == ERR_LOGIN || e.code == ERR_TIMEOUT || e.code == ERR_LOST || e.code == ERR_BODY_SIZE ||
		     e.code == ERR_ANSWER);
	MUST(strpbrk(http_server(h), "\r\n\033") == NULL);
	http_free(h);
	return 0;
}
