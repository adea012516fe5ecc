/* SPDX-License-Identifier: Apache-2.0 */
/* ports: when a device listens, and what happens to it between two connections. */
#include "sim/ports.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/conn.h"
#include "sim/fleet.h"
#include "sim/hello_clock.h"
#include "sim/pending.h"

enum { BACKLOG = 16 };

static void
accept_ready(struct watch *w, uint32_t events)
{
	struct listener *l = container_of(w, struct listener, watch);
	struct err e;

	(void)events;
	do {
		int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			return;
		conn_accept(l->d, fd, l->tls);
	} while (!l->tls && w->fd >= 0);
	/* one TLS connection at a time; others wait in the backlog */
	if (l->d->tls_conn != NULL && w->fd >= 0)
		(void)loop_watch(l->d->fleet->loop, w, 0, &e);
}

void
ports_ready(struct device *d)
{
	struct err e;

	if (d->tls_port.watch.fd >= 0 && d->tls_conn == NULL)
		(void)loop_watch(d->fleet->loop, &d->tls_port.watch, EPOLLIN, &e);
}

static int
listen_on(struct device *d, struct listener *l, uint16_t port, bool tls, struct err *e)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = d->addr
	};
	char text[INET_ADDRSTRLEN] = "";
	int on = 1;

	if (l->watch.fd >= 0)
		return 0;
	(void)inet_ntop(AF_INET, &d->addr, text, sizeof(text));
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_errno(e, ERR_SYSTEM, "socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, BACKLOG) < 0) {
		(void)err_errno(e, ERR_SYSTEM, "%s port %u", text, port);
		(void)close(fd);
		return -1;
	}
	*l = (struct listener){ .watch = { .fd = fd, .ready = accept_ready }, .d = d, .tls = tls };
	return loop_watch(d->fleet->loop, &l->watch, EPOLLIN, e);
}

int
ports_open(struct device *d, struct err *e)
{
	bool tls = (d->state == STATE_IN && !d->no_crypto) ||
		   (d->state == STATE_POST && d->live.enabled);
	bool plain = (d->state == STATE_IN && d->no_crypto) ||
		     (d->state == STATE_POST && d->live.plain && d->rel.has->plain_port);

	if (d->network_off)
		return 0;
	if (tls && listen_on(d, &d->tls_port, PORT_TLS, true, e) < 0)
		return -1;
	if (plain && listen_on(d, &d->plain_port, PORT_PLAIN, false, e) < 0)
		return -1;
	return 0;
}

static void
shut(struct device *d, struct listener *l)
{
	int fd = l->watch.fd;

	loop_unwatch(d->fleet->loop, &l->watch);
	if (fd >= 0)
		(void)close(fd);
}

void
ports_close(struct device *d)
{
	shut(d, &d->tls_port);
	shut(d, &d->plain_port);
	loop_untimer(d->fleet->loop, &d->ports_up);
	conn_close_all(d);
}

static void
up_again(struct timer *t)
{
	struct device *d = container_of(t, struct device, ports_up);
	struct err e;

	if (ports_open(d, &e) < 0)
		fprintf(stderr, "muster-sim: %s\n", e.text);
	if (d->state == STATE_IN)
		hello_start(d);
}

static void
restart(struct device *d)
{
	ports_close(d);
	d->ports_up.fire = up_again;
	loop_timer(d->fleet->loop, &d->ports_up, d->fleet->opt.commit_down_ms);
}

static void
power_cycle(struct device *d)
{
	pending_drop(d);
	d->network_off = d->state == STATE_PRE && d->rel.has->ways & WAY_HOST;
	d->count.reboots++;
	d->keygen_done_ms = 0;
	memset(d->nonces, 0, sizeof(d->nonces));
	memset(d->contexts, 0, sizeof(d->contexts));
}

void
ports_after(struct device *d, enum after after)
{
	hello_stop(d);
	switch (after) {
	case AFTER_PARTIAL:
	case AFTER_FULL:
		ports_close(d);
		device_reset(d, after == AFTER_FULL);
		break;
	case AFTER_NETWORK_OFF:
		ports_close(d);
		d->network_off = true;
		return;
	case AFTER_REBOOT:
		power_cycle(d);
		break;
	case AFTER_COMMIT:
	case AFTER_NOTHING:
		break;
	}
	restart(d);
}

void
ports_start(struct device *d)
{
	if (d->state == STATE_POST)
		return;
	hello_stop(d);
	d->network_off = false;
	d->state = STATE_IN;
	d->ports_up.fire = up_again;
	loop_timer(d->fleet->loop, &d->ports_up, 0);
}
