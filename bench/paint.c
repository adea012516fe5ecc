/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paint: how long the console takes to show something.
 *
 *	paint TIMES KEYS PROGRAM [ARGUMENT ...]
 *
 * Starts the program TIMES times in a terminal of 80x24, with "--sync-fd=N" as its last argument, and
 * prints for the first picture, and then for each of KEYS (d: Down, n: PageDown, e: End, h: Home; any
 * other one is itself, and is not printed when it is a digit): its name, the median and the highest
 * microseconds until the screen was up to date, and the median of the bytes sent to the terminal. Each
 * key is pressed PRESSES times, but End, Home and digits once.
 */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"

enum { ARGS_MAX = 32, SAMPLES_MAX = 4096, KEYS_MAX = 32, PRESSES = 40, QUIET_MS = 40, WAIT_MS = 20000, WIDTH = 80, HEIGHT = 24 };

struct samples {
	int64_t us[SAMPLES_MAX], bytes[SAMPLES_MAX];
	size_t n;
};

struct term {
	pid_t pid;
	int fd, sync;
};

static const struct {
	char key;
	const char *name, *bytes;
	int presses;
} named[] = {
	{ 'd', "Down", "\033OB", PRESSES },
	{ 'n', "PageDown", "\033[6~", PRESSES },
	{ 'e', "End", "\033OF", 1 },
	{ 'h', "Home", "\033OH", 1 },
};

static void
start(struct term *t, char **argv, int argc)
{
	struct winsize size = { .ws_row = HEIGHT, .ws_col = WIDTH };
	char *args[ARGS_MAX + 2] = { 0 }, option[32];
	int sync[2];

	if (pipe(sync) < 0) {
		perror("pipe");
		exit(EXIT_FAILURE);
	}
	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	if (t->pid < 0) {
		perror("forkpty");
		exit(EXIT_FAILURE);
	}
	if (t->pid == 0) {
		(void)close(sync[0]);
		(void)setenv("TERM", "xterm-256color", 1);
		(void)snprintf(option, sizeof(option), "--sync-fd=%d", sync[1]);
		memcpy(args, argv, (size_t)argc * sizeof(*args));
		args[argc] = option;
		(void)execv(args[0], args);
		perror(args[0]);
		_exit(126);
	}
	(void)close(sync[1]);
	t->sync = sync[0];
	(void)fcntl(t->fd, F_SETFL, O_NONBLOCK);
	(void)fcntl(t->sync, F_SETFL, O_NONBLOCK);
}

static void
stop(struct term *t)
{
	(void)kill(t->pid, SIGKILL);
	(void)waitpid(t->pid, NULL, 0);
	(void)close(t->fd);
	(void)close(t->sync);
}

static int64_t
drain(int fd)
{
	char bytes[65536];
	int64_t all = 0;
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		all += n;
	return all;
}

/* Until the program says that the screen is up to date; the bytes it sent are in *bytes. */
static bool
wait_sync(struct term *t, int64_t from, int64_t *us, int64_t *bytes)
{
	struct pollfd fds[] = { { .fd = t->fd, .events = POLLIN }, { .fd = t->sync, .events = POLLIN } };

	*bytes = 0;
	while (poll(fds, ARRAY_LEN(fds), WAIT_MS) > 0) {
		if (fds[0].revents != 0)
			*bytes += drain(t->fd);
		if (fds[1].revents != 0) {
			bool told = drain(t->sync) > 0;

			*us = clock_wall_us() - from;
			*bytes += drain(t->fd);
			return told;
		}
		if ((fds[0].revents & POLLHUP) != 0)
			return false;
	}
	return false;
}

/* Nothing more to come: what a key does must not be mixed with what was before. */
static void
quiet(struct term *t)
{
	struct pollfd fds[] = { { .fd = t->fd, .events = POLLIN }, { .fd = t->sync, .events = POLLIN } };

	while (poll(fds, ARRAY_LEN(fds), QUIET_MS) > 0)
		if (drain(t->fd) + drain(t->sync) == 0)
			return;
}

static void
keep(struct samples *s, int64_t us, int64_t bytes)
{
	if (s->n == SAMPLES_MAX)
		return;
	s->us[s->n] = us;
	s->bytes[s->n++] = bytes;
}

static bool
press(struct term *t, char key, struct samples *s)
{
	const char self[] = { key, '\0' }, *bytes = self;
	int presses = 1;

	for (size_t i = 0; i < ARRAY_LEN(named); i++)
		if (named[i].key == key) {
			bytes = named[i].bytes;
			presses = named[i].presses;
		}
	for (int i = 0; i < presses; i++) {
		int64_t us, out;

		quiet(t);
		int64_t from = clock_wall_us();
		if (write(t->fd, bytes, strlen(bytes)) < 0 || !wait_sync(t, from, &us, &out))
			return false;
		keep(s, us, out);
	}
	return true;
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void
print(const char *name, struct samples *s)
{
	if (s->n == 0)
		return;
	qsort(s->us, s->n, sizeof(*s->us), by_value);
	qsort(s->bytes, s->n, sizeof(*s->bytes), by_value);
	(void)printf("%s %lld %lld %lld\n", name, (long long)s->us[s->n / 2], (long long)s->us[s->n - 1],
	    (long long)s->bytes[s->n / 2]);
}

static const char *
name_of(char key)
{
	static char self[2];

	for (size_t i = 0; i < ARRAY_LEN(named); i++)
		if (named[i].key == key)
			return named[i].name;
	self[0] = key;
	return self;
}

int
main(int argc, char **argv)
{
	static struct samples first, list[KEYS_MAX];
	long times = argc > 3 ? strtol(argv[1], NULL, 10) : 0;
	const char *keys = argc > 3 ? argv[2] : "";
	struct term t;
	bool good = true;

	if (times < 1 || strlen(keys) > KEYS_MAX || argc - 3 > ARGS_MAX) {
		(void)fprintf(stderr, "usage: paint TIMES KEYS PROGRAM [ARGUMENT ...]\n");
		return 2;
	}
	for (long i = 0; good && i < times; i++) {
		int64_t us, bytes, from = clock_wall_us();

		start(&t, argv + 3, argc - 3);
		good = wait_sync(&t, from, &us, &bytes);
		keep(&first, us, bytes);
		for (size_t k = 0; good && keys[k] != '\0'; k++)
			good = press(&t, keys[k], &list[k]);
		stop(&t);
	}
	if (!good) {
		(void)fprintf(stderr, "paint: the program did not say that its screen is up to date\n");
		return EXIT_FAILURE;
	}
	print("first", &first);
	for (size_t k = 0; keys[k] != '\0'; k++)
		if (keys[k] < '0' || keys[k] > '9')
			print(name_of(keys[k]), &list[k]);
	return EXIT_SUCCESS;
}
