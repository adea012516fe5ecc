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

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const uint8_t *answer; /* what the device sends; a connection of an earlier run may still wait for it */
static size_t answer_len;
static unsigned int port;

/* A closed connection keeps its pair of ports for a minute: another port of ours, before they are all taken. */
enum { RUNS_PER_PORT = 5000 };

/* The device: reads what comes first, answers, hangs up. */
static void *
device(void *arg)
{
	int listener = (int)(intptr_t)arg;
	char request[4096];

	for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) {
		(void)recv(fd, request, sizeof(request), 0);
		(void)pthread_mutex_lock(&lock);
		(void)send(fd, answer, answer_len, MSG_NOSIGNAL | MSG_DONTWAIT);
		(void)pthread_mutex_unlock(&lock);
		(void)shutdown(fd, SHUT_WR);
		while (recv(fd, request, sizeof(request), 0) > 0)
			continue;
		(void)close(fd);
	}
	(void)close(listener);
	return NULL;
}

static void
start(void)
{
	static int listener = -1;
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	pthread_t thread;

	if (listener < 0)
		http_init();
	else
		(void)shutdown(listener, SHUT_RDWR); /* ends its thread */
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	MUST(listener >= 0 && bind(listener, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(listener, 8) == 0);
	MUST(getsockname(listener, (struct sockaddr *)&a, &len) == 0);
	port = ntohs(a.sin_port);
	MUST(pthread_create(&thread, NULL, device, (void *)(intptr_t)listener) == 0 && pthread_detach(thread) == 0);
}

static void
set_answer(const uint8_t *data, size_t size)
{
	(void)pthread_mutex_lock(&lock);
	answer = data;
	answer_len = size;
	(void)pthread_mutex_unlock(&lock);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned int runs;
	static const struct secret password = { .len = 8, .s = "P@ssw0rd" };
	SCOPED(http_reply) struct http_reply reply = { 0 };
	struct http_conf conf = { .address = "127.0.0.1", .connect_timeout_s = 2, .call_timeout_s = 2 };
	struct http *h = NULL;
	struct err e = { 0 };

	if (runs++ % RUNS_PER_PORT == 0)
		start();
	set_answer(data, size);
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
	set_answer((const uint8_t *)"", 0);
	return 0;
}
