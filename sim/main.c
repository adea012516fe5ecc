/* SPDX-License-Identifier: Apache-2.0 */
/* main: the options of muster-sim, and its life from start to signal. */
#include <argp.h>
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "sim/control.h"
#include "sim/dump.h"
#include "sim/hello_clock.h"
#include "sim/keystore.h"
#include "sim/ports.h"
#include "sim/tls.h"

enum {
	KEY_FLEET = 256,
	KEY_DEVICES,
	KEY_RELEASES,
	KEY_DOMAIN,
	KEY_ROOT,
	KEY_SEED,
	KEY_BASE,
	KEY_SERVER,
	KEY_TIME_SCALE,
	KEY_SPREAD,
	KEY_LATENCY,
	KEY_JITTER,
	KEY_COMMIT_DOWN,
	KEY_LOCKOUT,
	KEY_NONCE_USES,
	KEY_IDLE,
	KEY_POOL,
	KEY_FRESH,
	KEY_TLS13,
	KEY_AUTH_INT,
	KEY_CONTROL,
	KEY_DUMP,
	KEY_READY_FD,
	KEY_FAULT,
	KEY_PSK,
	KEY_NO_CRYPTO,
	KEY_MEBX,
};

static const struct argp_option option_rows[] = {
	/* clang-format off */
	{ "fleet",           KEY_FLEET,       "FILE",      0, "devices from a JSON array", 1 },
	{ "devices",         KEY_DEVICES,     "N",         0, "make up N devices (default 1)", 1 },
	{ "releases",        KEY_RELEASES,    "LIST",      0, "their AMT releases, in turn (default 11.8)", 1 },
	{ "domain",          KEY_DOMAIN,      "NAME",      0, "DHCP option 15 (default corp.example)", 1 },
	{ "root",            KEY_ROOT,        "FILE",      0, "PEM root that every device trusts for setup", 1 },
	{ "seed",            KEY_SEED,        "N",         0, "UUIDs of made-up devices (default 1)", 1 },
	{ "base",            KEY_BASE,        "ADDR",      0, "address of the first device (default 127.100.0.1)", 1 },
	{ "psk",             KEY_PSK,         0,           0, "give each that takes one a PID and PPS, by rule", 1 },
	{ "mebx-password",   KEY_MEBX,        "TEXT",      0, "their MEBx password (default admin; P@ssw0rd with a PID)", 1 },
	{ "no-crypto",       KEY_NO_CRYPTO,   0,           0, "built without TLS: set up by PID over port 16992", 1 },
	{ "auth-int",        KEY_AUTH_INT,    0,           0, "offer qop auth-int only", 1 },
	{ "fault",           KEY_FAULT,       "SPEC",      0, "a fault of every device, may be repeated", 1 },
	{ "server",          KEY_SERVER,      "ADDR:PORT", 0, "where hellos go (default 127.0.0.1:9971)", 2 },
	{ "time-scale",      KEY_TIME_SCALE,  "F",         0, "length of the hello schedule (0.01: hundred times faster)", 2 },
	{ "hello-spread-ms", KEY_SPREAD,      "N",         0, "spread the first hellos over N ms", 2 },
	{ "latency-ms",      KEY_LATENCY,     "N",         0, "wait before each reply", 2 },
	{ "jitter-ms",       KEY_JITTER,      "N",         0, "and up to N ms more", 2 },
	{ "commit-down-ms",  KEY_COMMIT_DOWN, "N",         0, "ports closed after a commit or restart (default 500)", 2 },
	{ "lockout-s",       KEY_LOCKOUT,     "N",         0, "account locked after 3 failed logins (default 60)", 2 },
	{ "nonce-uses",      KEY_NONCE_USES,  "N",         0, "requests per nonce, then stale (default 100)", 2 },
	{ "idle-s",          KEY_IDLE,        "N",         0, "close quiet connections (default 60)", 2 },
	{ "key-pool",        KEY_POOL,        "N",         0, "RSA keys the fleet shares (default 16)", 3 },
	{ "fresh-keys",      KEY_FRESH,       0,           0, "make each key anew; slow", 3 },
	{ "tls13",           KEY_TLS13,       0,           0, "offer TLS 1.3 from release 15 on", 3 },
	{ "control",         KEY_CONTROL,     "PATH",      0, "Unix socket for commands", 4 },
	{ "dump",            KEY_DUMP,        "FILE",      0, "write all devices as JSON at the end", 4 },
	{ "ready-fd",        KEY_READY_FD,    "N",         0, "write \"ready\" there (default: standard output)", 4 },
	{ 0 },
	/* clang-format on */
};

static unsigned long
number(struct argp_state *s, const char *arg, unsigned long max)
{
	char *end;

	errno = 0;
	unsigned long n = strtoul(arg, &end, 10);
	if (errno != 0 || *arg == '\0' || *arg == '-' || *end != '\0' || n > max)
		argp_error(s, "'%s': want a number up to %lu", arg, max);
	return n;
}

static void
read_server(struct argp_state *s, const char *arg, struct sockaddr_in *out)
{
	char host[INET_ADDRSTRLEN];
	const char *colon = strrchr(arg, ':');
	size_t n = colon == NULL ? strlen(arg) : (size_t)(colon - arg);

	if (n >= sizeof(host)) {
		argp_error(s, "--server %s: want ADDR:PORT", arg);
		return;
	}
	memcpy(host, arg, n);
	host[n] = '\0';
	if (inet_pton(AF_INET, host, &out->sin_addr) != 1)
		argp_error(s, "--server %s: want an IPv4 address", arg);
	if (colon != NULL)
		out->sin_port = htons((uint16_t)number(s, colon + 1, 65535));
}

static void
read_fault(struct argp_state *s, const char *arg, struct options *o)
{
	struct fault_spec f;
	struct err e;

	if (fault_parse(arg, &f, &e) < 0)
		argp_error(s, "%s", e.text);
	else
		fault_add(&o->faults, &f);
}

static void
read_scale(struct argp_state *s, const char *arg, struct options *o)
{
	char *end;

	o->time_scale = strtod(arg, &end);
	if (*arg == '\0' || *end != '\0' || !(o->time_scale >= 0) || o->time_scale > 1000)
		argp_error(s, "--time-scale %s: want a number from 0 to 1000", arg);
}

static bool
read_text(int key, const char *arg, struct options *o)
{
	const struct {
		int key;
		const char **to;
	} rows[] = { { KEY_FLEET, &o->fleet_file }, { KEY_RELEASES, &o->releases },
		{ KEY_DOMAIN, &o->domain }, { KEY_ROOT, &o->root_file },
		{ KEY_CONTROL, &o->control_path }, { KEY_DUMP, &o->dump_file },
		{ KEY_MEBX, &o->mebx_password } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].key == key) {
			*rows[i].to = arg;
			return true;
		}
	return false;
}

static bool
read_number(int key, const char *arg, struct options *o, struct argp_state *s)
{
	const struct {
		int key;
		unsigned long max;
		unsigned int *to;
	} rows[] = { { KEY_DEVICES, 60000, &o->devices },
		{ KEY_SPREAD, 86400000, &o->hello_spread_ms },
		{ KEY_LATENCY, 600000, &o->latency_ms }, { KEY_JITTER, 600000, &o->jitter_ms },
		{ KEY_COMMIT_DOWN, 600000, &o->commit_down_ms },
		{ KEY_LOCKOUT, 86400, &o->lockout_s }, { KEY_NONCE_USES, 1000000, &o->nonce_uses },
		{ KEY_IDLE, 86400, &o->idle_s }, { KEY_POOL, 10000, &o->key_pool } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].key == key) {
			*rows[i].to = (unsigned int)number(s, arg, rows[i].max);
			return true;
		}
	return false;
}

static error_t
read_option(int key, char *arg, struct argp_state *s)
{
	struct options *o = s->input;

	if (read_text(key, arg, o) || (arg != NULL && read_number(key, arg, o, s)))
		return 0;
	switch (key) {
	case KEY_SEED:
		o->seed = number(s, arg, ULONG_MAX);
		break;
	case KEY_BASE:
		if (inet_pton(AF_INET, arg, &o->base) != 1)
			argp_error(s, "--base %s: want an IPv4 address", arg);
		break;
	case KEY_SERVER:
		read_server(s, arg, &o->server);
		break;
	case KEY_TIME_SCALE:
		read_scale(s, arg, o);
		break;
	case KEY_FAULT:
		read_fault(s, arg, o);
		break;
	case KEY_FRESH:
		o->fresh_keys = true;
		break;
	case KEY_TLS13:
		o->tls13 = true;
		break;
	case KEY_AUTH_INT:
		o->auth_int = true;
		break;
	case KEY_PSK:
		o->psk = true;
		break;
	case KEY_NO_CRYPTO:
		o->no_crypto = true;
		break;
	case KEY_READY_FD:
		o->ready_fd = (int)number(s, arg, 1 << 20);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* The fault grammar goes below the options. */
static char *
help_filter(int key, const char *text, void *input)
{
	struct buf b = { 0 };
	const char *line;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text;
	buf_puts(&b,
	    "A fault SPEC is NAME, or NAME:ARGUMENT, and may end in *K: only the first K times.\n"
	    "N counts logged-in requests; WHAT is a method, Operation-Class, or a class.\n");
	for (size_t i = 0; (line = fault_help(i)) != NULL; i++)
		buf_printf(&b, "%s\n", line);
	return buf_steal(&b);
}

static int
open_devices(struct fleet *f, struct err *e)
{
	for (size_t i = 0; i < f->n; i++) {
		if (ports_open(&f->dev[i], e) < 0)
			return -1;
		if (f->dev[i].state == STATE_IN)
			hello_start_in(
			    &f->dev[i], f->opt.hello_spread_ms * (uint64_t)i / f->n);
	}
	return 0;
}

static int
tell_ready(const struct options *o, struct err *e)
{
	int fd = o->ready_fd < 0 ? STDOUT_FILENO : o->ready_fd;

	return write(fd, "ready\n", 6) == 6 ? 0 : err_errno(e, ERR_SYSTEM, "ready");
}

struct signals {
	struct watch watch;
	struct loop *loop;
};

static void
signalled(struct watch *w, uint32_t events)
{
	struct signals *s = container_of(w, struct signals, watch);

	(void)events;
	loop_stop(s->loop);
}

static int
watch_signals(struct signals *s, struct err *e)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	s->watch.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	s->watch.ready = signalled;
	if (s->watch.fd < 0)
		return err_errno(e, ERR_SYSTEM, "signalfd");
	return loop_watch(s->loop, &s->watch, EPOLLIN, e);
}

static void
raise_limits(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
}

static int
write_dump(const struct fleet *f, struct err *e)
{
	json_t *all = dump_fleet(f);
	int rc = json_dump_file(all, f->opt.dump_file, JSON_INDENT(1));

	json_decref(all);
	return rc < 0 ? err_set(e, ERR_FILE, "--dump %s: cannot be written", f->opt.dump_file) : 0;
}

static int
live(struct fleet *f, struct err *e)
{
	struct control *control = NULL;
	struct signals sig = { .loop = f->loop, .watch = { .fd = -1 } };
	int rc = -1;

	if (watch_signals(&sig, e) < 0 || keystore_open(f->opt.key_pool, f->opt.fresh_keys, e) < 0)
		return -1;
	if (fleet_build(f, e) == 0 && open_devices(f, e) == 0 &&
	    (f->opt.control_path == NULL ||
		control_open(f, f->opt.control_path, &control, e) == 0) &&
	    tell_ready(&f->opt, e) == 0)
		rc = loop_run(f->loop, e);
	control_free(control);
	if (rc == 0 && f->opt.dump_file != NULL)
		rc = write_dump(f, e);
	for (size_t i = 0; i < f->n && f->dev[i].fleet != NULL; i++) {
		hello_stop(&f->dev[i]);
		ports_close(&f->dev[i]);
	}
	(void)close(sig.watch.fd);
	return rc;
}

int
main(int argc, char **argv)
{
	static const struct argp argp = { option_rows, read_option, 0,
		"A fleet of simulated Intel AMT devices: hellos, TLS, WS-Management, EOI, faults.\v", 0,
		help_filter, 0 };
	struct fleet f = { 0 };
	struct err e = { 0 };

	fleet_options(&f.opt);
	argp_err_exit_status = 2;
	if (argp_parse(&argp, argc, argv, 0, 0, &f.opt) != 0)
		return 2;
	raise_limits();
	(void)signal(SIGPIPE, SIG_IGN);
	int rc = loop_open(&f.loop, &e) < 0 ? -1 : live(&f, &e);
	fleet_free(&f);
	keystore_close();
	tls_close();
	loop_free(f.loop);
	if (rc < 0)
		fprintf(stderr, "muster-sim: %s\n", e.text);
	return rc < 0 ? 1 : 0;
}
