/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: one attempt at one device. The steps are rows of a table; the log, the results and the
 * console read the same rows.
 */
#ifndef MUSTER_ENGINE_RUN_H
#define MUSTER_ENGINE_RUN_H

#include "amt/device.h"
#include "amt/plan.h"
#include "db/profile.h"
#include "engine/engine.h"

/* DONE and SKIPPED go on; FAILED and UNKNOWN end the attempt. */
enum outcome { OUTCOME_DONE, OUTCOME_SKIPPED, OUTCOME_FAILED, OUTCOME_UNKNOWN_END };

enum {
	STEP_REPEAT = 1, /* harmless when sent twice: repeated once after a lost answer */
	STEP_ALWAYS = 2, /* also for a device that was found committed */
};

struct run;

/* Title, order, and why a step is left out are in amt/plan.h, under the same id. */
struct step {
	const char *id;
	int (*apply)(struct run *r, struct err *e);
	unsigned int timeout_s;
	unsigned int flags;
};

/* The steps in order, ended by { 0 }: of configure and take-over, and of unprovision. */
extern const struct step configure_steps[], unprovision_steps[];

/* run_case: what the plan says of this run depends on. */
struct plan_case run_case(const struct run *r);

/* TLS as it was offered: newer than 1.1, old as well, or 1.0 alone. */
enum run_tls { RUN_TLS_NEW, RUN_TLS_OLD, RUN_TLS_10 };

struct run {
	struct run *next; /* in the dispatcher's list */
	struct engine *en;
	struct hold hold;
	int login_round; /* which passwords to try: see connect.c */
	struct settings set;
	struct job_device dev;
	struct profile profile;
	int revision_id, revision;
	struct profile_secret secrets[PROFILE_SECRETS_MAX];
	size_t nsecrets;
	struct db_credential creds[CREDENTIALS_MAX];
	size_t ncreds;
	char host[64], domain[192]; /* of the FQDN */
	struct uuid uuid;

	struct identity identity;
	char cert_cn[CERT_NAME_MAX];
	struct http *http;
	struct amt_device *amt;
	bool plain;     /* talks without TLS */
	enum run_tls tls;
	bool amt_old;   /* the release knows nothing newer than TLS 1.1 */
	bool known;     /* it was configured when the job began, by us or by whom it is taken over from */
	bool post;      /* it is configured, perhaps by an earlier attempt; this one changes what differs */
	bool committed; /* an earlier attempt did it all */
	bool ours;      /* it shows the certificate issued to it last */
	bool certificate_due, admin_due, mebx_due; /* what a configured device needs all the same */
	bool answered;  /* it said that it does unprovision */
	bool power_absent; /* the device does not offer the package of the profile */
	bool again;       /* connected again to a device that may have forgotten what it was told; see attempt.c */
	bool removed_8021x; /* a wired profile was there, and is gone */
	bool in_verify; /* looking at the device as a management console does */
	struct mask mask; /* secrets that this run has sent */
	struct trace_tail tail; /* of the debug trace, while it is on */
	char note[200]; /* what a step wants to say in its result; cleared before each */

	int64_t deadline_ms, step_until_ms;
	atomic_llong lease_until_ms; /* moved on by the dispatcher */
	int seq;
};

/* attempt.c: run_attempt: the whole of it, from loading to the outcome in the database. The worker's thread. */
void run_attempt(struct engine *en, struct run *r);

/* run_log: a line of the event log about this device. */
void run_log(struct run *r, enum event_level level, int code, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* run_check: ERR_STOPPED, ERR_LEASE or ERR_RUN_DEADLINE when the run must not go on. */
MUST_CHECK int run_check(const struct run *r, struct err *e);

/* run_wait: sleep, but end early with an error of run_check. */
MUST_CHECK int run_wait(const struct run *r, int64_t ms, struct err *e);

/*
 * connect.c: run_connect finds the device, in setup or committed, and logs in. run_reconnect: the
 * same connection again. run_connect_verify: as a management console would.
 */
MUST_CHECK int run_connect(struct run *r, struct err *e);
MUST_CHECK int run_reconnect(struct run *r, struct err *e);
MUST_CHECK int run_connect_verify(struct run *r, struct err *e);
void run_disconnect(struct run *r);

/* password.c: the password to set, durable as pending before this returns. */
MUST_CHECK int run_new_password(struct run *r, const char *kind, enum password_mode mode,
    struct secret *out, bool *was_pending, struct err *e);
MUST_CHECK int run_profile_secret(struct run *r, const char *name, struct secret *out, struct err *e);
MUST_CHECK int run_open_credential(struct run *r, const struct db_credential *c, struct secret *out, struct err *e);
MUST_CHECK int run_load_credentials(struct run *r, struct err *e);

/* password.c: does a configured device need a new password of this kind all the same? */
MUST_CHECK int run_password_due(struct run *r, const char *kind, enum password_mode mode, bool *due, struct err *e);

/* verify.c: compares the device with the profile. ERR_VERIFY names every difference. */
MUST_CHECK int run_verify(struct run *r, struct err *e);

#endif
