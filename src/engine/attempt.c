/* SPDX-License-Identifier: Apache-2.0 */
/* attempt: one attempt at one device: load, step by step, outcome. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/run.h"

enum { LOG_SYNC_MS = 30000, AGAIN_MAX = 4, END_RETRY_MS = 1000, FLASH_WAIT_MIN = 60, MINUTE_US = 60000000 };

static int
load_profile(struct run *r, struct db *db, struct err *e)
{
	SCOPED(mem) char *body = NULL;

	if (r->dev.profile[0] == '\0')
		return err_set(e, ERR_NO_PROFILE, "the device has no profile");
	int found = profile_body(db, r->dev.profile, 0, &body, &r->revision_id, &r->revision, e);
	if (found < 0)
		return -1;
	if (found == 0)
		return err_set(e, ERR_NO_PROFILE, "profile %s has no revision", r->dev.profile);
	if (profile_parse(body, strlen(body), &r->profile, e) < 0)
		return err_wrap(e, r->dev.profile);
	return profile_secret_read(db, r->revision_id, r->secrets, &r->nsecrets, e);
}

static int
split_fqdn(struct run *r, struct err *e)
{
	const char *dot = strchr(r->dev.fqdn, '.');

	if (!fqdn_valid(r->dev.fqdn) || dot == NULL)
		return err_set(e, ERR_FQDN, "\"%s\" is not an FQDN", r->dev.fqdn);
	if ((size_t)(dot - r->dev.fqdn) >= sizeof(r->host) || !text_copy(r->domain, sizeof(r->domain), dot + 1))
		return err_set(e, ERR_FQDN, "%s: AMT takes 63 characters of host name and 191 of domain", r->dev.fqdn);
	memcpy(r->host, r->dev.fqdn, (size_t)(dot - r->dev.fqdn));
	return 0;
}

static int
load(struct run *r, struct err *e)
{
	struct db *db = NULL;
	int rc = db_borrow(r->en->pool, &db, e);

	if (rc == 0 && job_device(db, &r->hold, &r->dev, e) < 0)
		rc = -1;
	r->known = r->dev.known || r->dev.kind != JOB_CONFIGURE;
	if (rc == 0 && r->dev.kind != JOB_UNPROVISION)
		rc = load_profile(r, db, e);
	db_return(r->en->pool, db);
	if (rc < 0 || run_load_credentials(r, e) < 0)
		return -1;
	if (!uuid_parse(r->dev.uuid, &r->uuid))
		return err_set(e, ERR_DB, "\"%s\" is not a UUID", r->dev.uuid);
	return split_fqdn(r, e);
}

/* Choosing the certificate before connecting: a refusal here costs the device nothing. */
static int
pick_cert(struct run *r, struct err *e)
{
	SCOPED(mem) struct hello_hash *hashes = calloc(HELLO_MAX_HASHES, sizeof(*hashes));

	if (hashes == NULL)
		return err_set(e, ERR_MEMORY, "root hashes");
	size_t n = hello_hashes(r->dev.hashes, r->dev.hashes_len, hashes, HELLO_MAX_HASHES);
	if (engine_pick_cert(r->en, hashes, n, r->domain, &r->identity, r->cert_cn, e) < 0)
		return -1;
	run_log(r, EVENT_VERBOSE, 0, "Setup certificate for %s chosen", r->cert_cn);
	return 0;
}

/* The title with its words in braces filled in. */
static void
expand(const struct run *r, const char *title, char *out, size_t size)
{
	const struct {
		const char *word, *value;
	} words[] = { { "{host}", r->host }, { "{domain}", r->domain }, { "{uuid}", r->dev.uuid }, { "{address}", r->dev.address } };
	SCOPED(buf) struct buf b = { 0 };

	while (*title != '\0') {
		size_t i = 0;

		while (i < ARRAY_LEN(words) && strncmp(title, words[i].word, strlen(words[i].word)) != 0)
			i++;
		if (i < ARRAY_LEN(words)) {
			buf_puts(&b, words[i].value);
			title += strlen(words[i].word);
		} else {
			buf_add(&b, title++, 1);
		}
	}
	(void)text_copy(out, size, buf_str(&b));
}

static const char *const outcome_words[] = {
	[OUTCOME_DONE] = "done",
	[OUTCOME_SKIPPED] = "skipped",
	[OUTCOME_FAILED] = "failed",
	[OUTCOME_UNKNOWN_END] = "unknown",
};

static void
record(struct run *r, const struct step *s, const char *title, enum outcome out, const struct err *e, int64_t started_us,
    int64_t took_ms)
{
	struct step_line line = { .job_id = r->hold.job_id, .attempt = r->hold.attempt, .seq = ++r->seq,
		.started_us = started_us, .took_ms = (int)took_ms };

	(void)text_copy(line.step, sizeof(line.step), s->id);
	(void)text_copy(line.title, sizeof(line.title), title);
	(void)text_copy(line.outcome, sizeof(line.outcome), outcome_words[out]);
	if (out == OUTCOME_FAILED || out == OUTCOME_UNKNOWN_END) {
		line.code = (int)e->code;
		(void)text_copy(line.detail, sizeof(line.detail), e->text);
	} else {
		(void)text_copy(line.detail, sizeof(line.detail), r->note);
	}
	logw_step(r->en->logw, &line);
}

/*
 * Applies a step; what is harmless to repeat is repeated once after a lost answer. With r->again all steps are,
 * from the first one that sets something, and this one when its turn comes.
 */
static int
apply(struct run *r, const struct step *s, struct err *e)
{
	r->step_until_ms = clock_ms() + (int64_t)s->timeout_s * 1000;
	int rc = run_check(r, e);
	if (rc == 0)
		rc = s->apply(r, e);
	if (rc < 0 && e->code == ERR_STOPPED)
		rc = run_check(r, e) < 0 ? -1 : err_set(e, ERR_STOPPED, "given up"); /* the reason behind it */
	if (rc < 0 && (s->flags & STEP_REPEAT) != 0 && err_next(e->code) == NEXT_LOOK) {
		run_log(r, EVENT_WARNING, (int)e->code, "%s; connecting again", e->text);
		r->again = false;
		rc = run_reconnect(r, e);
		if (rc == 0 && (s->flags & STEP_ALWAYS) != 0)
			r->again = false;
		if (rc == 0 && !r->again)
			rc = s->apply(r, e);
		else if (rc == 0)
			(void)text_copy(r->note, sizeof(r->note), "the device may have restarted: all that is not committed is set once more");
	}
	r->step_until_ms = 0;
	return rc;
}

static int
do_step(struct run *r, const struct step *s, struct err *e)
{
	int64_t started = clock_wall_us(), from = clock_ms();
	const struct plan_step *plan = plan_step(s->id);
	const struct plan_case c = run_case(r);
	const char *why = r->committed && (s->flags & STEP_ALWAYS) == 0 ? "done by an earlier attempt" : plan_skip(plan, &c);
	char title[120];

	r->note[0] = '\0';
	expand(r, plan->title, title, sizeof(title));
	if (why != NULL) {
		(void)text_copy(r->note, sizeof(r->note), why);
		run_log(r, EVENT_VERBOSE, 0, "Skipped: %s (%s)", title, why);
		record(r, s, title, OUTCOME_SKIPPED, e, started, 0);
		return 0;
	}
	run_log(r, EVENT_INFO, 0, "%s", title);
	if (apply(r, s, e) == 0) {
		if (r->note[0] != '\0')
			run_log(r, EVENT_WARNING, 0, "%s: %s", title, r->note);
		record(r, s, title, OUTCOME_DONE, e, started, clock_ms() - from);
		return 0;
	}
	enum outcome out = err_next(e->code) == NEXT_LOOK ? OUTCOME_UNKNOWN_END : OUTCOME_FAILED;
	record(r, s, title, out, e, started, clock_ms() - from);
	run_log(r, EVENT_ERROR, (int)e->code, "%s failed: %s", title, e->text);
	return -1;
}

static int
configure(struct run *r, struct err *e)
{
	int rc = load(r, e);
	bool retire = r->dev.kind == JOB_UNPROVISION;
	run_log(r, EVENT_INFO, 0, "%s Intel* AMT device UUID: %s", retire ? "Unprovisioning" : "Provisioning", r->dev.uuid);
	if (rc < 0 || (!r->known && pick_cert(r, e) < 0)) {
		run_log(r, EVENT_ERROR, (int)e->code, "Not started: %s", e->text);
		return -1;
	}
	const struct step *steps = retire ? unprovision_steps : configure_steps;
	int again = 0;
	for (const struct step *s = steps; s->id != NULL; s++) {
		if (do_step(r, s, e) < 0)
			return -1;
		if (!r->again)
			continue;
		r->again = false;
		if (++again > AGAIN_MAX)
			return err_set(e, ERR_LOST, "the connection was lost %d times", again);
		for (s = steps; (s[1].flags & STEP_ALWAYS) != 0; s++)
			;
	}
	return 0;
}

static void
plan_end(struct run *r, int rc, const struct err *e, struct job_end *end)
{
	*end = (struct job_end){ .outcome = "done", .text = "", .revision_id = r->revision_id,
		.tls = r->profile.tls != TLS_NONE };
	if (rc == 0)
		return;
	end->code = (int)e->code;
	end->text = e->text;
	if (e->code == ERR_STOPPED) {
		end->outcome = "back";
		return;
	}
	if (err_next(e->code) == NEXT_STOP) {
		end->outcome = "failed";
		end->state = e->code == ERR_FOREIGN || r->dev.kind == JOB_TAKE_OVER ? "detected" : "failed";
		return;
	}
	int step = r->hold.attempt - 1 < r->set.nretry ? r->hold.attempt - 1 : r->set.nretry - 1;
	int64_t wait_us = (int64_t)r->set.retry_min[step] * MINUTE_US;
	if (e->code == ERR_FLASH && wait_us < (int64_t)FLASH_WAIT_MIN * MINUTE_US)
		wait_us = (int64_t)FLASH_WAIT_MIN * MINUTE_US; /* source: wsman.md 6.3 */
	if (e->code == ERR_LOGIN_WAIT && wait_us < (int64_t)r->set.login_spacing_s * 1000000)
		wait_us = (int64_t)r->set.login_spacing_s * 1000000;
	end->outcome = "retry";
	end->run_at_us = clock_wall_us() + wait_us;
}

/* The outcome is worth waiting for, as long as the job is ours. */
static void
settle(struct run *r, const struct job_end *end)
{
	struct err e;

	for (;;) {
		struct db *db = NULL;
		int rc = db_borrow(r->en->pool, &db, &e);

		if (rc == 0)
			rc = job_end(db, &r->hold, end, &e);
		db_return(r->en->pool, db);
		if (rc == 0)
			return;
		log_err(LOG_WARNING, "outcome of a run not stored", &e);
		if (!db_passes(&e) || clock_ms() >= atomic_load(&r->lease_until_ms))
			return; /* whoever takes the job over looks at the device first */
		clock_sleep_ms(END_RETRY_MS);
	}
}

static void
run_free(struct run *r)
{
	run_disconnect(r);
	identity_free(&r->identity);
	profile_secrets_free(r->secrets, r->nsecrets);
	credentials_free(r->creds, r->ncreds);
	mask_wipe(&r->mask);
	trace_tail_free(&r->tail);
}

void
run_attempt(struct engine *en, struct run *r)
{
	struct err e = { 0 };
	struct job_end end;
	char minutes[40] = "";

	r->en = en;
	engine_settings(en, &r->set);
	r->deadline_ms = clock_ms() + (int64_t)r->set.run_timeout_s * 1000;
	int rc = configure(r, &e);
	plan_end(r, rc, &e, &end);
	if (strcmp(end.outcome, "retry") == 0) {
		(void)snprintf(minutes, sizeof(minutes), "; next attempt in %d min", (int)((end.run_at_us - clock_wall_us() + MINUTE_US / 2) / MINUTE_US));
		run_log(r, EVENT_WARNING, (int)e.code, "Attempt %d ended without success%s", r->hold.attempt, minutes);
	}
	if (rc < 0 && strcmp(end.outcome, "back") != 0)
		trace_end(r, &e);
	run_log(r, EVENT_INFO, 0, rc == 0 ? "Exit normally processing provisioning worker" : "Exit provisioning worker: %s", end.outcome);
	if (!logw_sync(en->logw, LOG_SYNC_MS))
		log_at(LOG_WARNING, "event log is behind: the database is slow or away");
	settle(r, &end);
	run_free(r);
}
