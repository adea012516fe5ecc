/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect: reaching a device. Which certificate it shows tells how far it is: the self-signed one of
 * setup, or the one issued to it, which it shows only after a commit.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "engine/run.h"
#include "engine/trace.h"

enum {
	LOGIN_TRIES = 2,     /* refusals in one attempt; AMT locks after three. Source: wsman.md 1.5 */
	VERIFY_TRIES = 12,
	RECONNECT_TRIES = 6, /* a device restarts within half a minute */
	VERIFY_SPACING_MS = 5000,
	MODERN_TLS_MAJOR = 12, /* source: setup.md 3.3 */
	OLDEST_TLS_MAJOR = 4,  /* before it, 1.0 and nothing newer is offered; source: eoi.md 10.2 */
};

/* A password to try, and the credential it comes from (NULL: the factory's). */
struct candidate {
	struct secret password;
	const struct db_credential *from;
};

static bool
give_up(void *arg)
{
	struct err ignored; /* asked again by the step, which then reports it */

	return run_check(arg, &ignored) < 0;
}

void
run_disconnect(struct run *r)
{
	amt_free(r->amt);
	http_free(r->http);
	r->amt = NULL;
	r->http = NULL;
}

/*
 * The certificates the device may show. In setup the first one seen becomes the pin, and those issued to it may
 * show that an attempt committed. A device of ours shows one of those; one that is taken over, its own.
 */
static void
set_pins(const struct run *r, struct http_conf *conf)
{
	bool first = !r->dev.has_pin && !r->in_verify && (!r->known || r->dev.kind == JOB_TAKE_OVER);

	if (first)
		return;
	if (r->dev.has_pin)
		memcpy(conf->pins[conf->npins++], r->dev.pin, PIN_LEN);
	for (size_t i = 0; i < r->dev.ncertificates && conf->npins < PIN_MAX; i++)
		memcpy(conf->pins[conf->npins++], r->dev.certificates[i], PIN_LEN);
}

/* The device at the end of r->http, spoken to in this dialect. */
static int
speak(struct run *r, enum amt_dialect dialect, struct err *e)
{
	const struct amt_eoi_with with = { .dialect = &r->en->dialect, .known = r->en->known, .odd = trace_odd, .odd_arg = r };

	amt_free(r->amt);
	r->amt = NULL;
	return dialect == AMT_DIALECT_EOI ? amt_eoi(r->http, &with, &r->amt, e) : amt_wsman(r->http, &r->amt, e);
}

/* A connection that is not made yet; pins as far as they are known. */
static int
prepare(struct run *r, enum run_tls tls, struct err *e)
{
	struct http_conf conf = {
		.address = r->dev.address,
		.port = r->plain ? AMT_PORT : AMT_PORT_TLS,
		.tls = !r->plain,
		.legacy = tls == RUN_TLS_OLD,
		.only_tls10 = tls == RUN_TLS_10,
		.identity = r->in_verify || r->known ? NULL : &r->identity,
		.connect_timeout_s = (unsigned int)r->set.connect_timeout_s,
		.call_timeout_s = (unsigned int)r->set.call_timeout_s,
		.give_up = give_up,
		.give_up_arg = r,
		.trace = trace_exchange,
		.trace_arg = r,
	};

	set_pins(r, &conf);
	run_disconnect(r);
	r->tls = tls;
	if (http_new(&conf, &r->http, e) < 0)
		return -1;
	return speak(r, amt_dialect_of(r->dev.amt_version), e);
}

/*
 * A harmless request that shows whether we are let in. Its answer tells the release, which tells the dialect:
 * when that is the other one, the request is made again in it. A device that does not tell, and knows no
 * WS-Management, may know the older SOAP.
 */
static int
probe(struct run *r, struct err *e)
{
	int rc = r->amt->ops->probe(r->amt, e);
	enum amt_dialect now = r->amt->dialect, told = amt_dialect_of(http_server(r->http));

	if (told == AMT_DIALECT_NONE)
		return err_set(e, ERR_RELEASE, "%s is not served: its network commands are others than those of AMT 2.0", http_server(r->http));
	if (told == AMT_DIALECT_UNTOLD && rc < 0 && e->code == ERR_HTTP && now == AMT_DIALECT_WSMAN)
		told = AMT_DIALECT_EOI;
	if (told == AMT_DIALECT_UNTOLD || told == now)
		return rc;
	return speak(r, told, e) < 0 ? -1 : r->amt->ops->probe(r->amt, e);
}

static unsigned int
known_major(const struct run *r)
{
	unsigned int major = 0;

	return sscanf(r->dev.amt_version, "%u", &major) == 1 ? major : 0;
}

/*
 * Newer TLS first, unless the device is known to be old; old TLS only where the setting allows it, and at last
 * TLS 1.0 alone, since old devices may dislike to be offered more.
 */
static int
probe_any_tls(struct run *r, struct err *e)
{
	unsigned int major = known_major(r);
	bool old = major != 0 && major < MODERN_TLS_MAJOR && r->set.legacy_tls;
	enum run_tls tls = r->plain || !old ? RUN_TLS_NEW : major < OLDEST_TLS_MAJOR ? RUN_TLS_10 : RUN_TLS_OLD;

	for (;; tls++) {
		if (prepare(r, tls, e) < 0)
			return -1;
		if (probe(r, e) == 0)
			return 0;
		if ((e->code != ERR_TLS && e->code != ERR_TLS_CIPHER) || r->plain || tls == RUN_TLS_10 || !r->set.legacy_tls)
			return -1;
		run_log(r, EVENT_VERBOSE, (int)e->code, "%s; trying older TLS", e->text);
	}
}

static int
settle_credential(struct run *r, const struct db_credential *c, struct err *e)
{
	struct db *db = NULL;

	if (c == NULL || strcmp(c->kind, "admin") != 0 || strcmp(c->state, "current") == 0)
		return 0;
	int rc = db_borrow(r->en->pool, &db, e);
	if (rc == 0)
		rc = credential_settle(db, &r->hold, c->id, e);
	db_return(r->en->pool, db);
	if (rc < 0)
		return -1;
	if (!r->in_verify) /* there it is expected */
		run_log(r, EVENT_INFO, 0, "The device opens with the %s admin password", c->state);
	return run_load_credentials(r, e);
}

/*
 * Passwords in the order they are likely: what may have been set last, what was confirmed, what the
 * MEBx was given, the factory's.
 */
static size_t
candidates(struct run *r, struct candidate *out, size_t max, struct err *e)
{
	static const char *const kinds[] = { "admin", "mebx" };
	size_t n = 0;

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
		for (size_t i = 0; i < r->ncreds && n + 1 < max; i++) {
			if (strcmp(r->creds[i].kind, kinds[k]) != 0 || (k == 1 && r->in_verify))
				continue;
			if (run_open_credential(r, &r->creds[i], &out[n].password, e) < 0) {
				run_log(r, EVENT_ERROR, (int)e->code, "%s", e->text);
				continue;
			}
			out[n++].from = &r->creds[i];
		}
	if (!r->in_verify && secret_set(&out[n].password, "admin", 5))
		out[n++].from = NULL;
	return n;
}

/*
 * Tries passwords, at most LOGIN_TRIES in one attempt; the next attempt goes on with the next ones,
 * so a device is never locked out by us.
 */
static int
login(struct run *r, struct err *e)
{
	struct candidate list[2 * CREDENTIALS_MAX + 1] = { 0 };
	size_t n = candidates(r, list, ARRAY_LEN(list), e);
	size_t first = (size_t)r->login_round * LOGIN_TRIES;

	if (first >= n) /* all were tried; perhaps one was set meanwhile: from the start again */
		first = 0;
	int rc = err_set(e, ERR_LOGIN, "there is no password to try");

	for (size_t i = first; i < n && i < first + LOGIN_TRIES; i++) {
		http_login(r->http, "admin", &list[i].password);
		rc = probe(r, e);
		if (rc == 0)
			rc = settle_credential(r, list[i].from, e);
		else if (e->code == ERR_LOGIN)
			run_log(r, EVENT_WARNING, ERR_LOGIN, "Login refused with the %s password",
			    list[i].from == NULL ? "factory" : list[i].from->state);
		if (rc == 0 || e->code != ERR_LOGIN)
			break;
	}
	if (rc < 0 && e->code == ERR_LOGIN)
		rc = err_set(e, ERR_LOGIN, "the device refused every known password (%zu)", n);
	if (rc < 0 && e->code == ERR_LOGIN && first + LOGIN_TRIES < n)
		rc = err_set(e, ERR_LOGIN_WAIT, "%zu more passwords to try later, so that the device does not lock", n - first - LOGIN_TRIES);
	for (size_t i = 0; i < n; i++)
		secret_wipe(&list[i].password);
	return rc;
}

/* What the certificate shown says about the device; the first one of a job is kept. */
static int
look_at_certificate(struct run *r, struct err *e)
{
	uint8_t seen[PIN_LEN];
	struct db *db = NULL;

	if (r->plain) {
		r->post = true;
		return 0;
	}
	if (!http_seen_pin(r->http, seen))
		return err_set(e, ERR_TLS, "the device showed no certificate");
	r->ours = r->dev.has_tls_certificate && memcmp(seen, r->dev.tls_certificate, PIN_LEN) == 0;
	r->post = r->known || r->ours;
	if (r->ours || r->dev.has_pin || (r->known && r->dev.kind != JOB_TAKE_OVER))
		return 0;
	int rc = db_borrow(r->en->pool, &db, e);
	if (rc == 0)
		rc = device_pin(db, &r->hold, seen, e);
	db_return(r->en->pool, db);
	if (rc < 0)
		return -1;
	memcpy(r->dev.pin, seen, PIN_LEN);
	r->dev.has_pin = true;
	return 0;
}

static bool
has_admin_credential(const struct run *r)
{
	for (size_t i = 0; i < r->ncreds; i++)
		if (strcmp(r->creds[i].kind, "admin") == 0)
			return true;
	return false;
}

/* May a device that does not answer where it is expected be asked at its other port? Never without TLS where it had TLS. */
static bool
other_port(const struct run *r)
{
	if (r->plain)
		return true;
	if (r->dev.kind == JOB_TAKE_OVER)
		return !r->dev.has_pin;
	/* A device that was committed without TLS closes the TLS port. */
	return r->dev.kind == JOB_CONFIGURE && r->profile.tls == TLS_NONE && has_admin_credential(r);
}

int
run_connect(struct run *r, struct err *e)
{
	r->plain = r->known && r->dev.kind != JOB_TAKE_OVER && r->dev.plain;
	r->in_verify = false;
	int rc = probe_any_tls(r, e);
	if (rc < 0 && e->code == ERR_CONTACT && other_port(r)) {
		bool was = r->plain;

		r->plain = !was;
		rc = probe_any_tls(r, e);
		if (rc < 0 && e->code != ERR_LOGIN)
			r->plain = was;
	}
	if (rc < 0 && e->code != ERR_LOGIN)
		return -1;
	if (look_at_certificate(r, e) < 0 || (rc < 0 && login(r, e) < 0))
		return -1;
	run_log(r, EVENT_VERBOSE, 0, "Connected: %s, %s", r->plain ? "no TLS" : http_tls_version(r->http), http_server(r->http));
	return 0;
}

int
run_reconnect(struct run *r, struct err *e)
{
	int rc = -1;

	http_close(r->http);
	/* A device that restarted has forgotten what was not committed. Source: eoi.md 9.3. */
	if (r->amt->dialect == AMT_DIALECT_EOI) {
		const struct amt_facts facts = r->amt->facts;

		if (speak(r, AMT_DIALECT_EOI, e) < 0)
			return -1;
		r->amt->facts = facts;
		r->again = !r->post;
	}
	for (int i = 0; i < RECONNECT_TRIES; i++) {
		rc = probe(r, e);
		if (rc == 0 || (e->code != ERR_CONTACT && e->code != ERR_LOST && e->code != ERR_TIMEOUT))
			break;
		struct err why = *e; /* kept unless the wait itself must end */
		if (i + 1 == RECONNECT_TRIES || run_wait(r, r->set.commit_wait_s == 0 ? 200 : VERIFY_SPACING_MS, e) < 0)
			break;
		*e = why;
	}
	if (rc < 0 && e->code == ERR_LOGIN)
		rc = login(r, e);
	return rc;
}

/* It must show what was issued to it last; ERR_UNKNOWN when it still shows what it had before. */
static int
new_certificate(const struct run *r, struct err *e)
{
	uint8_t seen[PIN_LEN];

	if (r->plain || (http_seen_pin(r->http, seen) && memcmp(seen, r->dev.tls_certificate, PIN_LEN) == 0))
		return 0;
	return err_set(e, ERR_UNKNOWN, "the device shows the certificate it had before: the commit did not happen");
}

/* One look at the device as a management console would have it. */
static int
verify_once(struct run *r, struct err *e)
{
	uint8_t seen[PIN_LEN];

	r->in_verify = true;
	r->plain = r->profile.tls == TLS_NONE;
	if (prepare(r, r->plain || !r->set.legacy_tls || !r->amt_old ? RUN_TLS_NEW : r->tls == RUN_TLS_10 ? RUN_TLS_10 : RUN_TLS_OLD, e) < 0)
		return -1;
	int rc = probe(r, e);
	if (rc == 0)
		return r->plain || !http_seen_pin(r->http, seen) || memcmp(seen, r->dev.tls_certificate, PIN_LEN) == 0
			   ? err_set(e, ERR_VERIFY, "the device answers without asking for a login")
			   : err_set(e, ERR_UNKNOWN, "the device is still in setup mode: the commit did not happen");
	if (e->code == ERR_LOGIN)
		return login(r, e) < 0 ? -1 : new_certificate(r, e);
	if (e->code == ERR_TLS_REFUSED || e->code == ERR_TLS)
		return err_set(e, ERR_UNKNOWN, "the device still asks for a setup certificate: the commit did not happen");
	return -1;
}

int
run_connect_verify(struct run *r, struct err *e)
{
	int rc = run_wait(r, (int64_t)r->set.commit_wait_s * 1000, e);

	for (int i = 0; rc == 0 && i < VERIFY_TRIES; i++) {
		rc = verify_once(r, e);
		if (rc == 0 || (e->code != ERR_CONTACT && e->code != ERR_LOST && e->code != ERR_TIMEOUT && e->code != ERR_UNKNOWN))
			return rc;
		struct err why = *e; /* kept unless the wait itself must end */
		rc = run_wait(r, r->set.commit_wait_s == 0 ? 200 : VERIFY_SPACING_MS, e);
		if (rc == 0 && i + 1 == VERIFY_TRIES) {
			*e = why;
			return -1;
		}
	}
	return rc;
}
