/* SPDX-License-Identifier: Apache-2.0 */
/* muster: the console: connects the app to the terminal. */
#include <argp.h>
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/text.h"
#include "base/version.h"
#include "secret/secret.h"
#include "ui/app.h"
#include "ui/term.h"

struct options {
	const char *conf, *database;
	bool mono;
	int sync_fd; /* -1: none */
};

enum { OPT_MONO = 0x100, OPT_SYNC_FD };

const char *argp_program_version = "muster " MUSTER_VERSION;

static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Configuration file (default: $MUSTER_CONF, else /etc/muster/muster.conf)", 0 },
	{ "database", 'd', "CONN", 0, "Connection string of the database, in place of the configured one", 0 },
	{ "mono", OPT_MONO, NULL, 0, "No colours (so does NO_COLOR)", 0 },
	{ "sync-fd", OPT_SYNC_FD, "FD", OPTION_HIDDEN, "Write a byte there whenever the screen is up to date (for tests)", 0 },
	{ 0 },
};

static volatile sig_atomic_t hung_up;

static void
on_hangup(int sig)
{
	(void)sig;
	hung_up = 1;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'c':
		o->conf = arg;
		return 0;
	case 'd':
		o->database = arg;
		return 0;
	case OPT_MONO:
		o->mono = true;
		return 0;
	case OPT_SYNC_FD:
		o->sync_fd = (int)strtol(arg, NULL, 10);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "no argument is expected");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Tests wait for this byte instead of guessing how long a screen takes. */
static void
tell_synced(const struct options *o, const struct app *a)
{
	if (o->sync_fd >= 0 && !app_busy(a) && write(o->sync_fd, ".", 1) < 0)
		hung_up = 1;
}

static void
loop(const struct options *o, struct app *a)
{
	struct canvas c = { 0 };

	while (!app_done(a) && !hung_up) {
		int key;

		while ((key = term_key()) != KEY_NONE_)
			app_key(a, key);
		app_work(a);
		bool resized = term_fit(&c);
		if (app_dirty(a) || resized) {
			app_draw(a, &c);
			term_show(&c);
		}
		tell_synced(o, a);
		struct pollfd fds[] = {
			{ .fd = STDIN_FILENO, .events = POLLIN },
			{ .fd = app_fd(a), .events = app_events(a) },
		};
		/* A signal (a resize) ends the wait too; term_key then tells of it. */
		if (poll(fds, ARRAY_LEN(fds), app_wait_ms(a)) > 0 && (fds[0].revents & (POLLHUP | POLLERR)) != 0)
			break;
	}
	canvas_free(&c);
}

int
main(int argc, char **argv)
{
	static const struct argp argp = { options, parse, NULL, "The console of muster.", NULL, NULL, NULL };
	struct options o = { .sync_fd = -1 };
	struct sigaction hangup = { .sa_handler = on_hangup };
	struct conf conf;
	struct app *a = NULL;
	struct err e;

	secret_guard_process();
	(void)setlocale(LC_ALL, "");
	argp_err_exit_status = 2;
	(void)argp_parse(&argp, argc, argv, 0, NULL, &o);
	(void)sigaction(SIGHUP, &hangup, NULL);
	(void)sigaction(SIGTERM, &hangup, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	int rc = conf_load(o.conf, &conf, &e);
	if (rc == 0 && o.database != NULL && !text_copy(conf.database, sizeof(conf.database), o.database))
		rc = err_set(&e, ERR_USAGE, "--database: too long");
	if (rc == 0)
		rc = app_new(conf.database, &a, &e);
	if (rc == 0)
		rc = term_start(o.mono, &e);
	if (rc == 0) {
		loop(&o, a);
		term_stop();
	}
	app_free(a);
	if (rc < 0)
		(void)fprintf(stderr, "muster: %s (%d; see \"musterctl explain %d\")\n", e.text, (int)e.code, (int)e.code);
	return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
