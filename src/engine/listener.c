/* SPDX-License-Identifier: Apache-2.0 */
/* listener: accepts hellos on TCP. One thread, edge to edge with epoll. */
#include "engine/listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/rate.h"

enum {
	LISTEN_MAX = 16,
	CONN_MAX = 8192,   /* open at once: 8192 * 1 KiB; beyond it the oldest is closed */
	CONN_ROOM = 1024,  /* most hellos have 807 bytes; longer ones grow */
	BACKLOG = 4096,
	EVENTS = 256,
	TICK_MS = 250,
};

struct conn {
	struct conn *prev, *next; /* by age: the oldest first */
	int fd;
	int64_t until_ms;
	char address[48];
	int port;
	size_t len, cap;
	uint8_t *p; /* owned */
	bool complete; /* waits for room in the intake */
};

struct listener {
	struct engine *en;
	struct intake *in;
	pthread_t thread;
	int epoll;
	int fds[LISTEN_MAX];
	size_t nfds;
	struct conn *oldest, *newest;
	size_t nconn, ncomplete;
	bool paused; /* the intake is full: nothing is accepted */
	struct rate *rate;
	int64_t deadline_ms;
};

static void
conn_close(struct listener *l, struct conn *c)
{
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		l->oldest = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	else
		l->newest = c->prev;
	l->nconn--;
	l->ncomplete -= c->complete ? 1 : 0;
	(void)close(c->fd);
	free(c->p);
	free(c);
}

static void
refuse(struct listener *l, const struct conn *c, enum err_code code, const char *reason, int64_t count)
{
	struct hello_refusal r = { .at_us = clock_wall_us(), .port = c->port, .code = (int)code, .count = count };

	(void)text_copy(r.address, sizeof(r.address), c->address);
	(void)text_copy(r.reason, sizeof(r.reason), reason);
	r.len = c->len < sizeof(r.bytes) ? c->len : sizeof(r.bytes);
	if (r.len > 0)
		memcpy(r.bytes, c->p, r.len);
	(void)atomic_fetch_add(&l->en->refused, count);
	intake_refuse(l->in, &r);
}

/* The bytes are all there, or will not come any more. False: the intake is full, keep it. */
static bool
finish(struct listener *l, struct conn *c)
{
	SCOPED(mem) struct hello *h = malloc(sizeof(*h));
	struct err e;

	if (h == NULL)
		return true;
	if (hello_parse(c->p, c->len, h, &e) < 0) {
		refuse(l, c, e.code, e.text, 1);
		return true;
	}
	if (uuid_bogus(&h->uuid)) {
		char text[UUID_TEXT];

		uuid_text(&h->uuid, text);
		(void)err_set(&e, ERR_HELLO_BOGUS, "UUID %s is shared by many boards", text);
		refuse(l, c, e.code, e.text, 1);
		return true;
	}
	if (!intake_hello(l->in, h, c->p, c->len, c->address, c->port))
		return false;
	(void)atomic_fetch_add(&l->en->hellos, 1);
	return true;
}

static bool
grow(struct conn *c)
{
	size_t cap = c->cap == 0 ? CONN_ROOM : c->cap * 2;
	uint8_t *p = cap > 2 * HELLO_MAX_LEN ? NULL : realloc(c->p, cap);

	if (p == NULL)
		return false;
	c->p = p;
	c->cap = cap;
	return true;
}

/* The hello is whole but the intake is full: it stays here, and is no longer polled. */
static void
keep_complete(struct listener *l, struct conn *c)
{
	struct epoll_event ev = { .events = 0, .data.ptr = c };

	(void)epoll_ctl(l->epoll, EPOLL_CTL_MOD, c->fd, &ev);
	if (!c->complete)
		l->ncomplete++;
	c->complete = true;
}

/* Reads what has come. Closes the connection when its hello is complete or can be none. */
static void
on_readable(struct listener *l, struct conn *c)
{
	for (;;) {
		if (c->len == c->cap && !grow(c)) {
			refuse(l, c, ERR_HELLO, "hello: longer than any hello", 1);
			break;
		}
		ssize_t n = recv(c->fd, c->p + c->len, c->cap - c->len, 0);
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0 && errno == EINTR)
			continue;
		if (n > 0) {
			c->len += (size_t)n;
			size_t need = hello_need(c->p, c->len);
			if (c->len <= HELLO_MAX_LEN && need > c->len)
				continue;
		}
		/* complete, hopeless, too long, closed by the device, or reset */
		if (c->len == 0 && n <= 0)
			break; /* a port scan, or a health check: nothing was said */
		if (!finish(l, c)) {
			keep_complete(l, c);
			return;
		}
		break;
	}
	conn_close(l, c);
}

static struct conn *
conn_new(struct listener *l, int fd, const struct sockaddr_storage *peer)
{
	struct conn *c = calloc(1, sizeof(*c));
	char host[NI_MAXHOST], port[NI_MAXSERV];

	if (c == NULL)
		return NULL;
	c->fd = fd;
	c->until_ms = clock_ms() + l->deadline_ms;
	if (getnameinfo((const struct sockaddr *)peer, sizeof(*peer), host, sizeof(host), port, sizeof(port),
		NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		free(c);
		return NULL;
	}
	host[strcspn(host, "%")] = '\0'; /* a zone means nothing to the others */
	(void)text_copy(c->address, sizeof(c->address), strncmp(host, "::ffff:", 7) == 0 ? host + 7 : host);
	c->port = (int)strtol(port, NULL, 10);
	return c;
}

static void
accept_one(struct listener *l, int fd, const struct sockaddr_storage *peer)
{
	struct conn *c = conn_new(l, fd, peer);
	struct epoll_event ev = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = c };
	int64_t refused = 0;

	if (c == NULL) {
		(void)close(fd);
		return;
	}
	c->prev = l->newest;
	if (l->newest != NULL)
		l->newest->next = c;
	else
		l->oldest = c;
	l->newest = c;
	l->nconn++;
	enum rate_answer answer = rate_take(l->rate, c->address, clock_ms(), &refused);
	if (refused > 0)
		refuse(l, c, ERR_HELLO_RATE, "more hellos than hello_rate allows", refused);
	if (answer == RATE_REFUSE || epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) < 0) {
		conn_close(l, c);
		return;
	}
	on_readable(l, c); /* most hellos are there already */
}

static void
on_accept(struct listener *l, int listening)
{
	for (int i = 0; i < EVENTS; i++) {
		struct sockaddr_storage peer = { 0 };
		socklen_t len = sizeof(peer);
		int fd = accept4(listening, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0 && (errno == EMFILE || errno == ENFILE) && l->oldest != NULL)
			conn_close(l, l->oldest);
		if (fd < 0)
			return;
		if (l->nconn >= CONN_MAX) {
			refuse(l, l->oldest, ERR_HELLO_SLOW, "hello: closed to make room for others", 1);
			conn_close(l, l->oldest);
		}
		accept_one(l, fd, &peer);
	}
}

/* Complete hellos find room again; connections past their deadline are closed. */
static void
tidy(struct listener *l)
{
	int64_t now = clock_ms();
	char reason[96];

	for (struct conn *c = l->oldest, *next; c != NULL && (l->ncomplete > 0 || c->until_ms <= now); c = next) {
		next = c->next;
		if (c->complete) {
			if (intake_full(l->in) || !finish(l, c))
				continue;
		} else if (c->until_ms <= now) {
			(void)snprintf(reason, sizeof(reason), "hello: %zu bytes within the deadline, then nothing", c->len);
			refuse(l, c, ERR_HELLO_SLOW, reason, 1);
		} else {
			continue;
		}
		conn_close(l, c);
	}
}

/* While the intake is full the kernel keeps new connections in its backlog. */
static void
pause_or_resume(struct listener *l)
{
	bool full = intake_full(l->in);

	if (full == l->paused)
		return;
	for (size_t i = 0; i < l->nfds; i++) {
		struct epoll_event ev = { .events = full ? 0 : EPOLLIN, .data.u64 = i };

		(void)epoll_ctl(l->epoll, EPOLL_CTL_MOD, l->fds[i], &ev);
	}
	l->paused = full;
	log_at(LOG_WARNING, full ? "hellos come faster than they can be stored: not accepting for now" : "accepting hellos again");
}

/* Limits may be changed at any time. */
static void
follow_settings(struct listener *l)
{
	struct settings s;

	engine_settings(l->en, &s);
	l->deadline_ms = (int64_t)s.hello_deadline_s * 1000;
	rate_limit(l->rate, (unsigned int)s.hello_rate);
}

static void *
run(void *arg)
{
	struct listener *l = arg;
	struct epoll_event events[EVENTS];

	while (!atomic_load(&l->en->stopping)) {
		int n = epoll_wait(l->epoll, events, EVENTS, TICK_MS);

		/* Reading first: accepting may close a connection that has an event here. */
		for (int i = 0; i < n; i++)
			if (events[i].data.u64 >= LISTEN_MAX)
				on_readable(l, events[i].data.ptr);
		for (int i = 0; i < n; i++)
			if (events[i].data.u64 < LISTEN_MAX)
				on_accept(l, l->fds[events[i].data.u64]);
		tidy(l);
		follow_settings(l);
		pause_or_resume(l);
	}
	while (l->oldest != NULL)
		conn_close(l, l->oldest);
	return NULL;
}

static int
listen_on(struct listener *l, const struct addrinfo *ai)
{
	int one = 1, fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = l->nfds };

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (ai->ai_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0 ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) < 0) {
		(void)close(fd);
		return -1;
	}
	l->fds[l->nfds++] = fd;
	return 0;
}

/* "*", "192.0.2.1", "::1": every socket address it stands for. */
static int
listen_address(struct listener *l, const char *name, int port, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST }, *list;
	bool any = strcmp(name, "*") == 0;
	char service[16];
	size_t before = l->nfds;

	(void)snprintf(service, sizeof(service), "%d", port);
	int rc = getaddrinfo(any ? NULL : name, service, &hints, &list);
	if (rc != 0)
		return err_set(e, ERR_CONFIG, "[engine] listen: \"%s\" is not an address: %s", name, gai_strerror(rc));
	errno = 0;
	for (const struct addrinfo *ai = list; ai != NULL && l->nfds < LISTEN_MAX; ai = ai->ai_next)
		(void)listen_on(l, ai); /* hosts without IPv6 still have IPv4 */
	freeaddrinfo(list);
	return l->nfds > before ? 0 : err_errno(e, ERR_SYSTEM, "listen on %s port %d", name, port);
}

int
listener_start(struct engine *en, struct intake *in, struct listener **out, struct err *e)
{
	struct listener *l = calloc(1, sizeof(*l));
	char names[sizeof(en->conf.listen)], *save = NULL;
	struct settings s;

	engine_settings(en, &s);
	if (l == NULL)
		return err_set(e, ERR_MEMORY, "listener");
	*l = (struct listener){ .en = en, .in = in, .deadline_ms = (int64_t)s.hello_deadline_s * 1000 };
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->rate = rate_new((unsigned int)s.hello_rate);
	int rc = l->epoll < 0 || l->rate == NULL ? err_errno(e, ERR_SYSTEM, "epoll") : 0;
	(void)text_copy(names, sizeof(names), en->conf.listen);
	for (char *name = strtok_r(names, " ,", &save); rc == 0 && name != NULL; name = strtok_r(NULL, " ,", &save))
		rc = listen_address(l, name, s.hello_port, e);
	if (rc == 0 && pthread_create(&l->thread, NULL, run, l) != 0)
		rc = err_set(e, ERR_SYSTEM, "thread of the listener");
	if (rc < 0) {
		for (size_t i = 0; i < l->nfds; i++)
			(void)close(l->fds[i]);
		rate_free(l->rate);
		free(l);
		return -1;
	}
	log_at(LOG_INFO, "listening for hellos on %s port %d", en->conf.listen, s.hello_port);
	*out = l;
	return 0;
}

void
listener_stop(struct listener *l)
{
	if (l == NULL)
		return;
	(void)pthread_join(l->thread, NULL);
	for (size_t i = 0; i < l->nfds; i++)
		(void)close(l->fds[i]);
	(void)close(l->epoll);
	rate_free(l->rate);
	free(l);
}
