/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hellos: a load of hellos, and the least a server can do with one.
 *
 *	hellos send FILE PORT COUNT [OPEN]	the hello of FILE with COUNT random UUIDs, OPEN at a time
 *	hellos sink PORT COUNT			accept, read, close; nothing else
 *
 * A hello is over when the server has closed its connection, so the load is as fast as the server
 * takes it. Both print the seconds they took.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum {
	HELLO_MAX = 2048,
	UUID_AT = 8, /* source: AMT Implementation and Reference Guide, "Setup Mode Hello Messages" */
	UUID_SIZE = 16,
	OPEN_MAX_ = 4096,
	EVENTS = 256,
	BACKLOG = 4096,
	ADDRESSES = 20 * 250,
	STUCK_MS = 60000,
};

struct load {
	uint8_t hello[HELLO_MAX];
	size_t len;
	struct sockaddr_in to;
	int epoll;
	long left, open, ended, failed;
	uint64_t random;
};

static int
fatal(const char *what)
{
	(void)fprintf(stderr, "hellos: %s: %s\n", what, strerror(errno));
	return EXIT_FAILURE;
}

/* xorshift64: the UUIDs must differ, and be others in each run; they need not be secret. */
static uint64_t
next_random(struct load *l)
{
	l->random ^= l->random << 13;
	l->random ^= l->random >> 7;
	l->random ^= l->random << 17;
	return l->random;
}

static int
start_one(struct load *l)
{
	uint32_t n = (uint32_t)(next_random(l) % ADDRESSES);
	struct sockaddr_in from = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl((127U << 24) + (150U << 16) + ((n / 250) << 8) + n % 250 + 1) };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct epoll_event ev = { .events = EPOLLOUT, .data.fd = fd };

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0 ||
	    (connect(fd, (struct sockaddr *)&l->to, sizeof(l->to)) < 0 && errno != EINPROGRESS) ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) < 0) {
		(void)close(fd);
		return -1;
	}
	l->left--;
	l->open++;
	return 0;
}

static void
end_one(struct load *l, int fd, bool good)
{
	(void)close(fd);
	l->open--;
	l->ended++;
	l->failed += good ? 0 : 1;
}

static void
go_on(struct load *l, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };
	char byte;

	if ((events & EPOLLOUT) != 0) {
		for (size_t i = 0; i < UUID_SIZE; i += sizeof(uint64_t)) {
			uint64_t r = next_random(l);

			memcpy(l->hello + UUID_AT + i, &r, sizeof(r));
		}
		if (send(fd, l->hello, l->len, MSG_NOSIGNAL) != (ssize_t)l->len || epoll_ctl(l->epoll, EPOLL_CTL_MOD, fd, &ev) < 0)
			end_one(l, fd, false);
		return;
	}
	end_one(l, fd, recv(fd, &byte, 1, 0) == 0);
}

static int
send_all(struct load *l, long most)
{
	struct epoll_event events[EVENTS];

	while (l->left > 0 || l->open > 0) {
		while (l->left > 0 && l->open < most)
			if (start_one(l) < 0)
				return fatal("connect");
		int n = epoll_wait(l->epoll, events, EVENTS, STUCK_MS);
		if (n == 0) {
			(void)fprintf(stderr, "hellos: nothing happened in %d s\n", STUCK_MS / 1000);
			return EXIT_FAILURE;
		}
		for (int i = 0; i < n; i++)
			go_on(l, events[i].data.fd, events[i].events);
	}
	return EXIT_SUCCESS;
}

static int
send_hellos(const char *file, int port, long count, long most)
{
	struct load l = { .to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) }, .left = count, .random = (uint64_t)clock_wall_us() | 1 };
	FILE *f = fopen(file, "rb");

	if (f == NULL)
		return fatal(file);
	l.len = fread(l.hello, 1, sizeof(l.hello), f);
	(void)fclose(f);
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l.len < UUID_AT + UUID_SIZE || l.epoll < 0)
		return fatal("start");
	int64_t from = clock_wall_us();
	int rc = send_all(&l, most);
	(void)printf("%.3f\n", (double)(clock_wall_us() - from) / 1e6);
	(void)close(l.epoll);
	if (l.failed > 0)
		(void)fprintf(stderr, "hellos: %ld of %ld were not taken\n", l.failed, l.ended);
	return l.failed > 0 ? EXIT_FAILURE : rc;
}

/* Accept what is there; the hello has mostly come with it. */
static long
accept_all(int listening, int epoll, char *buf, size_t size)
{
	long done = 0;
	int fd;

	while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

		if (recv(fd, buf, size, 0) > 0) {
			(void)close(fd);
			done++;
		} else if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev) < 0) {
			(void)close(fd);
		}
	}
	return done;
}

static int
sink(int port, long count)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = 1, epoll = epoll_create1(EPOLL_CLOEXEC), fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd }, events[EVENTS];
	char buf[HELLO_MAX];
	int64_t from = 0;

	if (epoll < 0 || fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, BACKLOG) < 0 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
		return fatal("listen");
	for (long done = 0; done < count;) {
		int n = epoll_wait(epoll, events, EVENTS, STUCK_MS);

		if (n == 0)
			return EXIT_FAILURE;
		from = from == 0 ? clock_wall_us() : from;
		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == fd) {
				done += accept_all(fd, epoll, buf, sizeof(buf));
				continue;
			}
			done += recv(events[i].data.fd, buf, sizeof(buf), 0) > 0;
			(void)close(events[i].data.fd);
		}
	}
	(void)printf("%.3f\n", (double)(clock_wall_us() - from) / 1e6);
	(void)close(fd);
	(void)close(epoll);
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	long most = argc == 6 ? strtol(argv[5], NULL, 10) : 256;

	if ((argc == 5 || argc == 6) && strcmp(argv[1], "send") == 0 && most > 0 && most <= OPEN_MAX_)
		return send_hellos(argv[2], (int)strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10), most);
	if (argc == 4 && strcmp(argv[1], "sink") == 0)
		return sink((int)strtol(argv[2], NULL, 10), strtol(argv[3], NULL, 10));
	(void)fprintf(stderr, "usage: hellos send FILE PORT COUNT [OPEN] | hellos sink PORT COUNT\n");
	return 2;
}
