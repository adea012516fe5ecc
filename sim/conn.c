/* SPDX-License-Identifier: Apache-2.0 */
/* conn: one connection to a device, plain or TLS: handshake, request, pause, reply, again. */
#include "sim/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "sim/fleet.h"
#include "sim/http.h"
#include "sim/mem.h"
#include "sim/ports.h"
#include "sim/service.h"
#include "sim/tls.h"

enum {
	READ_SIZE = 16384,
	INPUT_MAX =
	    HTTP_HEAD_MAX + 4 * HTTP_BODY_MAX, /* chunked bodies have room for their framing */
	BYTE_MS = 5,
	HANDSHAKE_MS = 30000,
};

enum phase { PHASE_HANDSHAKE, PHASE_READ, PHASE_PAUSE, PHASE_WRITE, PHASE_SILENT, PHASE_DEAD };

struct conn {
	struct watch watch;
	struct timer timer; /* idle limit, pause, or next byte */
	struct device *d;
	struct conn *next; /* of the same device */
	SSL *ssl;          /* NULL: plain */
	enum phase phase;
	bool tls_setup; /* a setup certificate was accepted */
	struct buf in;
	struct reply reply;
	size_t sent;
};

static void
conn_free(void *p)
{
	struct conn *c = p;

	SSL_free(c->ssl);
	buf_free(&c->in);
	buf_free(&c->reply.out);
	free(c);
}

static void
unlink_conn(struct conn *c)
{
	for (struct conn **at = &c->d->conns; *at != NULL; at = &(*at)->next)
		if (*at == c) {
			*at = c->next;
			return;
		}
}

/* End the connection; what the device does next comes after. */
static void
finish(struct conn *c, bool polite)
{
	struct device *d = c->d;
	struct loop *l = d->fleet->loop;
	enum after after = c->reply.after;
	int fd = c->watch.fd;

	if (c->phase == PHASE_DEAD)
		return;
	c->phase = PHASE_DEAD;
	if (c->ssl != NULL && polite)
		(void)SSL_shutdown(c->ssl);
	ERR_clear_error();
	loop_unwatch(l, &c->watch);
	loop_untimer(l, &c->timer);
	(void)close(fd);
	unlink_conn(c);
	if (d->tls_conn == c)
		d->tls_conn = NULL;
	loop_free_later(l, c, conn_free);
	if (after != AFTER_NOTHING)
		ports_after(d, after);
	ports_ready(d);
}

void
conn_close_all(struct device *d)
{
	while (d->conns != NULL) {
		d->conns->reply.after = AFTER_NOTHING;
		finish(d->conns, false);
	}
}

static void
want(struct conn *c, uint32_t events)
{
	struct err e;

	if (c->watch.events != events && loop_watch(c->d->fleet->loop, &c->watch, events, &e) < 0)
		finish(c, false);
}

static void
arm(struct conn *c, uint64_t ms)
{
	loop_timer(c->d->fleet->loop, &c->timer, ms);
}

/* > 0 bytes, 0 end, -1 later (events asked for), -2 broken. */
static int
tls_result(struct conn *c, int n)
{
	switch (SSL_get_error(c->ssl, n)) {
	case SSL_ERROR_WANT_READ:
		want(c, EPOLLIN);
		return -1;
	case SSL_ERROR_WANT_WRITE:
		want(c, EPOLLOUT);
		return -1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		ERR_clear_error();
		return -2;
	}
}

static int
io_read(struct conn *c, void *buf, int size)
{
	if (c->ssl != NULL) {
		int n = SSL_read(c->ssl, buf, size);

		return n > 0 ? n : tls_result(c, n);
	}
	ssize_t n = recv(c->watch.fd, buf, (size_t)size, 0);
	if (n >= 0)
		return (int)n;
	if (errno != EAGAIN && errno != EINTR)
		return -2;
	want(c, EPOLLIN);
	return -1;
}

static int
io_write(struct conn *c, const void *buf, size_t size)
{
	int n = size > READ_SIZE ? READ_SIZE : (int)size;

	if (c->ssl != NULL) {
		n = SSL_write(c->ssl, buf, n);
		return n > 0 ? n : tls_result(c, n);
	}
	ssize_t sent = send(c->watch.fd, buf, (size_t)n, MSG_NOSIGNAL);
	if (sent >= 0)
		return (int)sent;
	if (errno != EAGAIN && errno != EINTR)
		return -2;
	want(c, EPOLLOUT);
	return -1;
}

/* Ready for the next request; serve() takes it from there. */
static void
replied(struct conn *c)
{
	c->d->count.bytes_out += c->reply.out.len;
	if (c->reply.close) {
		finish(c, true);
		return;
	}
	buf_free(&c->reply.out);
	c->reply = (struct reply){ 0 };
	c->sent = 0;
	c->phase = PHASE_READ;
}

static void
write_reply(struct conn *c)
{
	c->phase = PHASE_WRITE;
	while (c->sent < c->reply.out.len) {
		size_t left = c->reply.out.len - c->sent;
		int n = io_write(c, c->reply.out.p + c->sent, c->reply.byte_by_byte ? 1 : left);

		if (n == -1) {
			arm(c, HANDSHAKE_MS);
			return;
		}
		if (n <= 0) {
			finish(c, false);
			return;
		}
		c->sent += (size_t)n;
		if (c->reply.byte_by_byte && c->sent < c->reply.out.len) {
			want(c, 0);
			arm(c, BYTE_MS);
			return;
		}
	}
	replied(c);
}

static uint64_t
pause_ms(const struct conn *c)
{
	const struct options *o = &c->d->fleet->opt;
	uint64_t ms = o->latency_ms + c->reply.delay_ms;

	return ms + (o->jitter_ms == 0 ? 0 : (uint64_t)rand() % (o->jitter_ms + 1));
}

/* The reply is decided; it leaves after the latency. */
static void
answer_later(struct conn *c)
{
	if (c->phase == PHASE_DEAD)
		return;
	if (c->reply.silent || c->reply.stalled) {
		c->phase = PHASE_SILENT;
		want(c, EPOLLRDHUP);
		return;
	}
	if (c->reply.out.len == 0) {
		finish(c, false);
		return;
	}
	uint64_t ms = pause_ms(c);
	if (ms == 0) {
		write_reply(c);
		return;
	}
	c->phase = PHASE_PAUSE;
	want(c, 0);
	arm(c, ms);
}

/* Is there a whole request? Then act on it. */
static bool
request(struct conn *c)
{
	struct http_req req;
	enum http_result r = http_parse(buf_str(&c->in), c->in.len, &req);

	if (r == HTTP_OK) {
		service_answer(c->d, &req, c->tls_setup, &c->reply);
		size_t rest = c->in.len - req.used;

		c->d->count.bytes_in += req.used;
		memmove(c->in.p, c->in.p + req.used, rest);
		c->in.len = rest;
	} else if (r == HTTP_BAD || c->in.len > INPUT_MAX)
		service_bad(c->d, &c->reply);
	buf_free(&req.body);
	return r != HTTP_MORE || c->reply.out.len > 0;
}

static void
serve(struct conn *c)
{
	char buf[READ_SIZE];

	for (;;) {
		arm(c, (uint64_t)c->d->fleet->opt.idle_s * 1000);
		if (c->in.len > 0 && request(c)) {
			answer_later(c);
			if (c->phase != PHASE_READ)
				return;
			continue;
		}
		int n = io_read(c, buf, sizeof(buf));
		if (n == -1)
			return;
		if (n <= 0) {
			finish(c, false);
			return;
		}
		buf_add(&c->in, buf, (size_t)n);
	}
}

/* Who sets the device up, for its record; by certificate, the check of the chain has begun it. */
static void
note_server(struct conn *c)
{
	struct setup_record *r = &c->d->pending_record;
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);

	if (device_psk(c->d))
		*r = (struct setup_record){ .psk = true };
	if (getpeername(c->watch.fd, (struct sockaddr *)&peer, &len) == 0)
		(void)inet_ntop(AF_INET, &peer.sin_addr, r->server, sizeof(r->server));
}

static void
handshake(struct conn *c)
{
	int n = SSL_do_handshake(c->ssl);

	if (n == 1) {
		c->tls_setup = c->d->state != STATE_POST;
		if (c->tls_setup)
			note_server(c);
		c->phase = PHASE_READ;
		serve(c);
		return;
	}
	if (tls_result(c, n) == -1)
		return;
	c->d->count.handshake_failures++;
	finish(c, false);
}

/* Go on with a reply, and with the next request when it is out. */
static void
go_on(struct conn *c)
{
	write_reply(c);
	if (c->phase == PHASE_READ)
		serve(c);
}

bool
conn_stalled(const struct device *d)
{
	for (const struct conn *c = d->conns; c != NULL; c = c->next)
		if (c->phase == PHASE_SILENT && c->reply.stalled)
			return true;
	return false;
}

void
conn_resume(struct device *d)
{
	struct conn *next;

	for (struct conn *c = d->conns; c != NULL; c = next) {
		next = c->next;
		if (c->phase != PHASE_SILENT || !c->reply.stalled)
			continue;
		c->reply.stalled = false;
		if (c->reply.out.len == 0)
			finish(c, false);
		else
			go_on(c);
	}
}

static void
ready(struct watch *w, uint32_t events)
{
	struct conn *c = container_of(w, struct conn, watch);

	switch (c->phase) {
	case PHASE_HANDSHAKE:
		handshake(c);
		break;
	case PHASE_READ:
		serve(c);
		break;
	case PHASE_WRITE:
		go_on(c);
		break;
	case PHASE_PAUSE:
	case PHASE_SILENT:
		if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP))
			finish(c, false);
		break;
	case PHASE_DEAD:
		break;
	}
}

static void
fire(struct timer *t)
{
	struct conn *c = container_of(t, struct conn, timer);

	if (c->phase == PHASE_PAUSE || (c->phase == PHASE_WRITE && c->reply.byte_by_byte))
		go_on(c);
	else
		finish(c, c->phase == PHASE_READ);
}

/* A TLS alert "handshake failure" for a client that never got to speak. */
static void
deny(struct device *d, int fd)
{
	static const unsigned char alert[] = { 0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28 };

	d->count.handshake_failures++;
	(void)send(fd, alert, sizeof(alert), MSG_NOSIGNAL);
	(void)shutdown(fd, SHUT_WR);
	(void)close(fd);
}

void
conn_accept(struct device *d, int fd, bool tls)
{
	struct err e;

	d->count.connections++;
	if (tls && fault_hit(&d->faults, FK_DENY_TLS) != NULL) {
		deny(d, fd);
		return;
	}
	struct conn *c = mem_zero(sizeof(*c));
	c->d = d;
	c->watch = (struct watch){ .fd = fd, .ready = ready };
	c->timer.fire = fire;
	c->phase = tls ? PHASE_HANDSHAKE : PHASE_READ;
	if ((tls && tls_session(d, fd, d->fleet->opt.tls13, &c->ssl, &e) < 0) ||
	    loop_watch(d->fleet->loop, &c->watch, EPOLLIN, &e) < 0) {
		(void)close(fd);
		conn_free(c);
		return;
	}
	c->next = d->conns;
	d->conns = c;
	if (tls)
		d->tls_conn = c;
	else if (d->state != STATE_POST)
		note_server(c);
	arm(c, HANDSHAKE_MS);
}
