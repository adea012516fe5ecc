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
#include "ui/history.h"
#include "ui/term.h"

struct options {
	const char *conf, *database;
	const struct theme *theme; /* NULL: what fits the terminal */
	bool no_mouse, plain;
	int sync_fd; /* -1: none */
};

/* However much is pasted, the screen and the database have their turn. */
enum { KEYS_AT_ONCE = 4096 };

enum { OPT_MONO = 0x100, OPT_NO_MOUSE, OPT_PLAIN, OPT_SYNC_FD, OPT_THEME };

const char *argp_program_version = "muster " MUSTER_VERSION;

static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Configuration file (default: $MUSTER_CONF, else /etc/muster/muster.conf)", 0 },
	{ "database", 'd', "CONN", 0, "Connection string of the database, in place of the configured one", 0 },
	{ "mono", OPT_MONO, NULL, 0, "No colours (so does NO_COLOR): --theme mono", 0 },
	{ "no-mouse", OPT_NO_MOUSE, NULL, 0, "Leave the mouse to the terminal", 0 },
	{ "plain", OPT_PLAIN, NULL, 0, "Start in the mode to copy from: no bars, no colours, no mouse, full values", 0 },
	{ "theme", OPT_THEME, "NAME", 0, "Colours: dark, light, safe or mono (default: $MUSTER_THEME, else what fits the terminal)", 0 },
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
	char names[64];

	switch (key) {
	case 'c':
		o->conf = arg;
		return 0;
	case 'd':
		o->database = arg;
		return 0;
	case OPT_MONO:
		o->theme = theme_of("mono");
		return 0;
	case OPT_NO_MOUSE:
		o->no_mouse = true;
		return 0;
	case OPT_PLAIN:
		o->plain = true;
		return 0;
	case OPT_THEME:
		o->theme = theme_of(arg);
		theme_names(names, sizeof(names));
		if (o->theme == NULL)
			argp_error(state, "no theme is called \"%s\"; there are %s", arg, names);
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
key_or_mouse(struct app *a, int key)
{
	enum mouse what;
	int y, x;

	if (key != UK_MOUSE)
		app_key(a, key);
	else if (term_mouse_event(&what, &y, &x))
		app_mouse(a, what, y, x);
}

static void
loop(const struct options *o, struct app *a)
{
	struct canvas c = { 0 };

	while (!app_done(a) && !hung_up) {
		int key, left = KEYS_AT_ONCE;

		while (left > 0 && (key = term_key()) != KEY_NONE_) {
			key_or_mouse(a, key);
			left--;
		}
		term_mouse(!o->no_mouse && !app_plain(a));
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
		if (poll(fds, ARRAY_LEN(fds), left == 0 ? 0 : app_wait_ms(a)) > 0 && (fds[0].revents & (POLLHUP | POLLERR)) != 0)
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
	const char *theme = getenv("MUSTER_THEME");
	struct conf conf;
	struct app *a = NULL;
	char history[1024];
	struct err e;

	secret_guard_process();
	(void)setlocale(LC_ALL, "");
	argp_err_exit_status = 2;
	(void)argp_parse(&argp, argc, argv, 0, NULL, &o);
	(void)sigaction(SIGHUP, &hangup, NULL);
	(void)sigaction(SIGTERM, &hangup, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error to tell */
	int rc = conf_load(o.conf, &conf, &e);
	if (rc == 0 && o.database != NULL && !text_copy(conf.database, sizeof(conf.database), o.database))
		rc = err_set(&e, ERR_USAGE, "--database: too long");
	if (rc == 0)
		rc = app_new(conf.database, &a, &e);
	if (o.theme == NULL && theme != NULL)
		o.theme = theme_of(theme); /* a name that is none: as without */
	if (rc == 0)
		rc = term_start(o.theme, &e);
	if (rc == 0) {
		history_default_path(history, sizeof(history));
		app_history(a, history);
		app_set_plain(a, o.plain);
		loop(&o, a);
		term_stop();
	}
	app_free(a);
	if (rc < 0)
		(void)fprintf(stderr, "muster: %s (%d; see \"musterctl explain %d\")\n", e.text, (int)e.code, (int)e.code);
	return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
