/* SPDX-License-Identifier: Apache-2.0 */
/* hello_clock: a device asking to be set up. */
#include "sim/hello_clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "sim/fleet.h"
#include "sim/mem.h"
#include "sim/pending.h"
#include "sim/ports.h"

enum { CONNECT_MS = 10000, FRAGMENT_MS = 2 };

/* A hello on its way. */
struct hello_out {
	struct watch watch;
	struct timer timer; /* gives up, or sends the next byte */
	struct device *d;
	bool fragment, connected;
	size_t len, sent;
	uint8_t bytes[HELLO_MAX_LEN];
};

enum { PHASES = 3, MINUTE_MS = 60 * 1000, HOUR_MS = 3600 * 1000 };

/* By window: 6 hours, 24 hours. */
static const struct {
	unsigned int times;
	uint64_t pause_ms;
} schedules[][PHASES] = {
	{ { 5, MINUTE_MS }, { 5, 10 * MINUTE_MS }, { 4, HOUR_MS } },
	{ { 5, MINUTE_MS }, { 11, 5 * MINUTE_MS }, { 22, HOUR_MS } },
};

uint64_t
hello_pause_ms(bool day, unsigned int n)
{
	for (size_t i = 0; i < PHASES; i++) {
		if (n < schedules[day][i].times)
			return schedules[day][i].pause_ms;
		n -= schedules[day][i].times;
	}
	return 0;
}

static void
finish(struct hello_out *h)
{
	struct loop *l = h->d->fleet->loop;
	int fd = h->watch.fd;

	loop_unwatch(l, &h->watch);
	loop_untimer(l, &h->timer);
	(void)close(fd);
	h->d->hello = NULL;
	loop_free_later(l, h, free);
}

static void
send_rest(struct hello_out *h)
{
	while (h->sent < h->len) {
		size_t n = h->fragment ? 1 : h->len - h->sent;
		ssize_t done = send(h->watch.fd, h->bytes + h->sent, n, MSG_NOSIGNAL);
		struct err e;

		if (done < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (done <= 0) {
			finish(h);
			return;
		}
		h->sent += (size_t)done;
		if (h->fragment && h->sent < h->len) {
			(void)loop_watch(h->d->fleet->loop, &h->watch, 0, &e);
			loop_timer(h->d->fleet->loop, &h->timer, FRAGMENT_MS);
			return;
		}
	}
	h->d->count.hellos++;
	finish(h);
}

static void
ready(struct watch *w, uint32_t events)
{
	struct hello_out *h = container_of(w, struct hello_out, watch);
	int bad = 0;
	socklen_t len = sizeof(bad);

	(void)events;
	if (!h->connected &&
	    (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &bad, &len) < 0 || bad != 0)) {
		finish(h);
		return;
	}
	h->connected = true;
	send_rest(h);
}

static void
fire(struct timer *t)
{
	struct hello_out *h = container_of(t, struct hello_out, timer);

	if (h->fragment && h->connected)
		send_rest(h);
	else
		finish(h);
}

static size_t
build(const struct device *d, uint8_t *out, size_t size)
{
	struct hello *h = mem_zero(sizeof(*h));

	h->mode = device_psk(d) ? HELLO_MODE_PSK : HELLO_MODE_PKI;
	h->admin_set = d->mebx_changed ? 1 : 0;
	h->retries = d->hello_retry;
	h->uuid = d->uuid;
	if (h->mode == HELLO_MODE_PSK)
		(void)text_copy(h->pid, sizeof(h->pid), pending_pid(d));
	for (size_t i = 0; i < d->nroots && h->nhashes < HELLO_MAX_HASHES; i++)
		if (d->roots[i].enabled)
			h->hashes[h->nhashes++] = d->roots[i].hash;
	size_t n = hello_build(h, out, size);
	free(h);
	return n;
}

static int
dial(const struct device *d)
{
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr = d->addr };
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) == 0 &&
	    (connect(fd, (const struct sockaddr *)&d->fleet->opt.server, sizeof(own)) == 0 ||
		errno == EINPROGRESS))
		return fd;
	(void)close(fd);
	return -1;
}

static void
say_hello(struct device *d)
{
	struct err e;
	int fd = d->hello == NULL ? dial(d) : -1;

	if (fd < 0)
		return;
	struct hello_out *h = mem_zero(sizeof(*h));
	h->d = d;
	h->watch = (struct watch){ .fd = fd, .ready = ready };
	h->timer.fire = fire;
	h->fragment = fault_hit(&d->faults, FK_FRAGMENT) != NULL;
	h->len = build(d, h->bytes, sizeof(h->bytes));
	d->hello = h;
	if (loop_watch(d->fleet->loop, &h->watch, EPOLLOUT, &e) < 0) {
		finish(h);
		return;
	}
	loop_timer(d->fleet->loop, &h->timer, CONNECT_MS);
}

/* The last wait is over and nobody came. */
static void
window_ends(struct timer *t)
{
	ports_after(container_of(t, struct device, hello_due), AFTER_NETWORK_OFF);
}

static void
due(struct timer *t)
{
	struct device *d = container_of(t, struct device, hello_due);
	bool day = !d->hello_again && !device_psk(d) && !(d->rel.has->ways & WAY_HOST);
	uint64_t pause = hello_pause_ms(day, d->hello_retry);

	if (fault_hit(&d->faults, FK_NO_HELLO) == NULL)
		say_hello(d);
	d->hello_retry++;
	if (pause == 0 && fault_has(&d->faults, FK_CLOSE_WINDOW) != NULL) {
		d->hello_due.fire = window_ends;
		pause = HOUR_MS;
	}
	if (pause > 0)
		loop_timer(d->fleet->loop, &d->hello_due,
		    (uint64_t)((double)pause * d->fleet->opt.time_scale) + 1);
}

void
hello_start_in(struct device *d, uint64_t ms)
{
	hello_stop(d);
	d->hello_retry = 0;
	d->hello_due.fire = due;
	loop_timer(d->fleet->loop, &d->hello_due, ms);
}

void
hello_start(struct device *d)
{
	d->hello_again = true;
	hello_start_in(d, 0);
}

void
hello_stop(struct device *d)
{
	loop_untimer(d->fleet->loop, &d->hello_due);
	if (d->hello != NULL)
		finish(d->hello);
}
