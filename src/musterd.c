/* SPDX-License-Identifier: Apache-2.0 */
/* musterd: the provisioning engine as a program: options, signals, systemd. */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "amt/http.h"
#include "amt/xml.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "base/version.h"
#include "engine/dispatch.h"
#include "engine/intake.h"
#include "engine/listener.h"

enum { GRACE_MS = 20000, OPEN_RETRY_MS = 2000, OPT_NAME = 'n' };

struct options {
	const char *conf;
	const char *name;
	bool verbose;
};

static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Configuration file (default: $MUSTER_CONF, else /etc/muster/muster.conf)", 0 },
	{ "name", OPT_NAME, "NAME", 0, "Name of this engine, in place of the configured one", 0 },
	{ "verbose", 'v', NULL, 0, "Say more on standard error", 0 },
	{ 0 },
};

const char *argp_program_version = "musterd " MUSTER_VERSION;

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'c':
		o->conf = arg;
		return 0;
	case OPT_NAME:
		o->name = arg;
		return 0;
	case 'v':
		o->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "no argument is expected");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* All threads block these; the main thread waits for them. */
static void
block_signals(sigset_t *set)
{
	static const int all[] = { SIGTERM, SIGINT, SIGHUP };

	(void)sigemptyset(set);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		(void)sigaddset(set, all[i]);
	(void)pthread_sigmask(SIG_BLOCK, set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error to tell */
}

/* A database that is not there yet is waited for; anything else ends the program. */
static int
open_patiently(struct engine *en, const struct conf *conf, const sigset_t *signals, struct err *e)
{
	const struct timespec pause = { .tv_sec = OPEN_RETRY_MS / 1000 };

	while (engine_open(en, conf, e) < 0) {
		if (e->code != ERR_DB_DOWN)
			return -1;
		log_err(LOG_WARNING, "waiting for the database", e);
		(void)sd_notify(0, "STATUS=waiting for the database");
		engine_close(en);
		int sig = sigtimedwait(signals, NULL, &pause);
		if (sig == SIGTERM || sig == SIGINT)
			return err_set(e, ERR_STOPPED, "stopped while waiting for the database");
	}
	return 0;
}

/* Until told to end. The watchdog of systemd is fed from here. */
static void
serve(struct engine *en, const sigset_t *signals)
{
	uint64_t watchdog_us = 0;
	const struct timespec tick = { .tv_sec = 2 };

	(void)sd_watchdog_enabled(0, &watchdog_us);
	for (;;) {
		int sig = sigtimedwait(signals, NULL, &tick);

		if (sig == SIGHUP) {
			log_at(LOG_INFO, "loading settings and certificates again");
			atomic_store(&en->reload, true);
			engine_wake(en);
		} else if (sig > 0) {
			return;
		}
		(void)sd_notifyf(0, "%sSTATUS=%d devices being configured", watchdog_us != 0 ? "WATCHDOG=1\n" : "",
		    atomic_load(&en->busy));
	}
}

/* A second signal, or the end of the grace, hands back what is not done. */
static void *
hurry(void *arg)
{
	struct engine *en = arg;
	sigset_t set;
	const struct timespec grace = { .tv_sec = GRACE_MS / 1000 };

	block_signals(&set);
	(void)sigtimedwait(&set, NULL, &grace);
	if (atomic_load(&en->busy) > 0)
		log_at(LOG_WARNING, "handing back %d jobs", atomic_load(&en->busy));
	atomic_store(&en->abort, true);
	return NULL;
}

static int
run(struct engine *en, const sigset_t *signals, struct err *e)
{
	struct intake *intake = NULL;
	struct listener *listener = NULL;
	struct dispatch *dispatch = NULL;
	pthread_t hurrying;

	int rc = intake_start(en, &intake, e);
	if (rc == 0)
		rc = listener_start(en, intake, &listener, e);
	if (rc == 0)
		rc = dispatch_start(en, &dispatch, e);
	if (rc == 0) {
		(void)sd_notify(0, "READY=1");
		log_at(LOG_INFO, "engine %s is ready", en->conf.name);
		serve(en, signals);
		log_at(LOG_INFO, "stopping");
		(void)sd_notify(0, "STOPPING=1");
	}
	atomic_store(&en->stopping, true);
	bool hurries = rc == 0 && pthread_create(&hurrying, NULL, hurry, en) == 0;
	listener_stop(listener);
	intake_stop(intake);
	dispatch_stop(dispatch);
	if (hurries) {
		(void)pthread_kill(hurrying, SIGTERM);
		(void)pthread_join(hurrying, NULL);
	}
	return rc;
}

int
main(int argc, char **argv)
{
	static const struct argp argp = { options, parse, NULL, "The provisioning engine of muster.", NULL, NULL, NULL };
	struct options o = { 0 };
	struct conf conf;
	static struct engine en;
	sigset_t signals;
	struct err e;

	secret_guard_process();
	argp_err_exit_status = 2;
	(void)argp_parse(&argp, argc, argv, 0, NULL, &o);
	log_init(o.verbose ? LOG_DEBUG : LOG_INFO);
	block_signals(&signals);
	http_init();
	xml_init();
	int rc = conf_load(o.conf, &conf, &e);
	if (rc == 0 && o.name != NULL && !text_copy(conf.name, sizeof(conf.name), o.name))
		rc = err_set(&e, ERR_USAGE, "--name: at most %zu characters", sizeof(conf.name) - 1);
	if (rc == 0)
		rc = open_patiently(&en, &conf, &signals, &e);
	if (rc == 0)
		rc = run(&en, &signals, &e);
	if (rc < 0) {
		log_err(LOG_ERROR, "musterd", &e);
		(void)sd_notifyf(0, "STATUS=%s\nERRNO=%d", e.text, EIO);
	} else {
		engine_close(&en);
	}
	return rc < 0 && e.code != ERR_STOPPED ? EXIT_FAILURE : EXIT_SUCCESS;
}
