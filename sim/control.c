/* SPDX-License-Identifier: Apache-2.0 */
/* control: a Unix socket that shows and stirs the fleet. */
#include "sim/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "sim/conn.h"
#include "sim/dump.h"
#include "sim/mem.h"
#include "sim/ports.h"

enum { LINE_MAX_LEN = 1024 };

struct control {
	struct watch watch;
	struct fleet *f;
	char path[108];
	struct client *clients;
};

struct client {
	struct watch watch;
	struct control *c;
	struct client *next;
	struct buf in, out;
	size_t sent;
};

static json_t *
ok(void)
{
	return json_pack("{s:b}", "ok", 1);
}

static json_t *
run_reboot(struct device *d, const char *arg)
{
	(void)arg;
	ports_after(d, AFTER_REBOOT);
	return ok();
}

static json_t *
run_hello(struct device *d, const char *arg)
{
	(void)arg;
	if (d->state == STATE_POST)
		return json_pack("{s:s}", "error", "device is configured");
	if (!device_psk(d) && !device_pki(d))
		return json_pack("{s:s}", "error", "device has no PID and takes no certificate");
	ports_start(d);
	return ok();
}

static json_t *
run_resume(struct device *d, const char *arg)
{
	(void)arg;
	conn_resume(d);
	return ok();
}

static json_t *
run_unprovision(struct device *d, const char *arg)
{
	(void)arg;
	ports_after(d, AFTER_FULL);
	return ok();
}

static json_t *
run_partial(struct device *d, const char *arg)
{
	(void)arg;
	ports_after(d, AFTER_PARTIAL);
	return ok();
}

static json_t *
run_fault(struct device *d, const char *arg)
{
	struct fault_spec spec;
	struct err e;

	if (fault_parse(arg, &spec, &e) < 0)
		return json_pack("{s:s}", "error", e.text);
	fault_add(&d->faults, &spec);
	return ok();
}

static json_t *
run_clear(struct device *d, const char *arg)
{
	(void)arg;
	fault_clear(&d->faults);
	return ok();
}

/* The PC itself is switched on or off, by hand or by its system. */
static json_t *
run_power(struct device *d, const char *arg)
{
	if (strlen(arg) != 2 || arg[0] != 'S' || arg[1] < '0' || arg[1] > '5')
		return json_pack("{s:s}", "error", "want S0 to S5");
	d->power_state = (unsigned int)(arg[1] - '0');
	return ok();
}

static json_t *
run_dump(struct device *d, const char *arg)
{
	(void)arg;
	return dump_device(d);
}

static json_t *
run_log(struct device *d, const char *arg)
{
	(void)arg;
	return dump_log(d);
}

static json_t *
run_count(struct device *d, const char *arg)
{
	(void)arg;
	return json_pack("{s:I}", "requests", (json_int_t)d->count.requests);
}

static const struct {
	const char *name;
	json_t *(*run)(struct device *d, const char *arg);
	bool all; /* "*" is allowed */
	bool arg; /* a SPEC follows */
} commands[] = {
	/* clang-format off */
	{ "clear",       run_clear,       true,  false },
	{ "count",       run_count,       false, false },
	{ "dump",        run_dump,        false, false },
	{ "fault",       run_fault,       true,  true },
	{ "hello",       run_hello,       true,  false },
	{ "log",         run_log,         false, false },
	{ "partial",     run_partial,     true,  false },
	{ "power",       run_power,       true,  true },
	{ "reboot",      run_reboot,      true,  false },
	{ "resume",      run_resume,      true,  false },
	{ "unprovision", run_unprovision, true,  false },
	/* clang-format on */
};

static json_t *
count_all(const struct fleet *f)
{
	json_int_t n = 0, stalled = 0;

	for (size_t i = 0; i < f->n; i++) {
		n += (json_int_t)f->dev[i].count.requests;
		stalled += conn_stalled(&f->dev[i]) ? 1 : 0;
	}
	return json_pack("{s:I, s:I, s:I}", "requests", n, "devices", (json_int_t)f->n, "stalled", stalled);
}

/* A command for one device, or for each. */
static json_t *
on_devices(struct fleet *f, size_t row, const char *name, const char *arg)
{
	struct device *d = fleet_find(f, name);

	if (strcmp(name, "*") != 0 || !commands[row].all)
		return d == NULL ? json_pack("{s:s}", "error", "no such device")
				 : commands[row].run(d, arg);
	for (size_t i = 0; i < f->n; i++)
		json_decref(commands[row].run(&f->dev[i], arg));
	return ok();
}

static json_t *
run_line(struct fleet *f, char *line)
{
	char *rest = line;
	const char *name = strsep(&rest, " ");
	const char *device = strsep(&rest, " ");

	if (strcmp(name, "quit") == 0) {
		loop_stop(f->loop);
		return ok();
	}
	if (device == NULL && strcmp(name, "dump") == 0)
		return dump_fleet(f);
	if (device == NULL && strcmp(name, "count") == 0)
		return count_all(f);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		if (device == NULL || commands[i].arg != (rest != NULL))
			return json_pack("{s:s}", "error",
			    commands[i].arg ? "want DEVICE and one word more" : "want DEVICE");
		return on_devices(f, i, device, rest);
	}
	return json_pack("{s:s}", "error", "no such command");
}

static void
client_free(void *p)
{
	struct client *c = p;

	buf_free(&c->in);
	buf_free(&c->out);
	free(c);
}

static void
client_end(struct client *c)
{
	int fd = c->watch.fd;

	for (struct client **at = &c->c->clients; *at != NULL; at = &(*at)->next)
		if (*at == c) {
			*at = c->next;
			break;
		}
	loop_unwatch(c->c->f->loop, &c->watch);
	(void)close(fd);
	loop_free_later(c->c->f->loop, c, client_free);
}

static void
run_lines(struct client *c)
{
	char *nl;

	while (c->in.len > 0 && (nl = memchr(c->in.p, '\n', c->in.len)) != NULL) {
		size_t n = (size_t)(nl + 1 - c->in.p);

		*nl = '\0';
		if (n > 1 && nl[-1] == '\r')
			nl[-1] = '\0';
		json_t *reply = run_line(c->c->f, c->in.p);
		char *text = json_dumps(reply, JSON_COMPACT);
		buf_puts(&c->out, text == NULL ? "{}" : text);
		buf_puts(&c->out, "\n");
		free(text);
		json_decref(reply);
		memmove(c->in.p, c->in.p + n, c->in.len - n);
		c->in.len -= n;
	}
}

/* false: the client is gone. */
static bool
flush(struct client *c)
{
	struct err e;

	while (c->sent < c->out.len) {
		ssize_t n =
		    send(c->watch.fd, c->out.p + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return loop_watch(c->c->f->loop, &c->watch, EPOLLOUT, &e) == 0;
		if (n <= 0)
			return false;
		c->sent += (size_t)n;
	}
	buf_reset(&c->out);
	c->sent = 0;
	return loop_watch(c->c->f->loop, &c->watch, EPOLLIN, &e) == 0;
}

static void
client_ready(struct watch *w, uint32_t events)
{
	struct client *c = container_of(w, struct client, watch);
	char buf[LINE_MAX_LEN];

	if (events & EPOLLOUT) {
		if (!flush(c))
			client_end(c);
		return;
	}
	ssize_t n = recv(w->fd, buf, sizeof(buf), 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || c->in.len > LINE_MAX_LEN) {
		client_end(c);
		return;
	}
	buf_add(&c->in, buf, (size_t)n);
	run_lines(c);
	if (!flush(c))
		client_end(c);
}

static void
accept_ready(struct watch *w, uint32_t events)
{
	struct control *c = container_of(w, struct control, watch);
	struct err e;
	int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd < 0)
		return;
	struct client *k = mem_zero(sizeof(*k));
	k->c = c;
	k->watch = (struct watch){ .fd = fd, .ready = client_ready };
	if (loop_watch(c->f->loop, &k->watch, EPOLLIN, &e) < 0) {
		(void)close(fd);
		client_free(k);
		return;
	}
	k->next = c->clients;
	c->clients = k;
}

int
control_open(struct fleet *f, const char *path, struct control **out, struct err *e)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct control *c;
	int fd;

	if (!text_copy(a.sun_path, sizeof(a.sun_path), path))
		return err_set(
		    e, ERR_USAGE, "--control: path longer than %zu bytes", sizeof(a.sun_path) - 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	(void)unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, 8) < 0) {
		(void)err_errno(e, ERR_SYSTEM, "--control %s", path);
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	c = mem_zero(sizeof(*c));
	c->f = f;
	(void)text_copy(c->path, sizeof(c->path), path);
	c->watch = (struct watch){ .fd = fd, .ready = accept_ready };
	if (loop_watch(f->loop, &c->watch, EPOLLIN, e) < 0) {
		(void)close(fd);
		free(c);
		return -1;
	}
	*out = c;
	return 0;
}

void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	while (c->clients != NULL) {
		(void)flush(c->clients); /* the answer to "quit" */
		client_end(c->clients);
	}
	int fd = c->watch.fd;
	loop_unwatch(c->f->loop, &c->watch);
	(void)close(fd);
	(void)unlink(c->path);
	free(c);
}
