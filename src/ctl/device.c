/* SPDX-License-Identifier: Apache-2.0 */
/* device: musterctl device list, show, approve, hold, release, retry, accept, cancel, delay. */
#include "db/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/hello.h"
#include "amt/roots.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "db/job.h"
#include "db/queue.h"

enum { PAGE = 500 };
enum { OPT_STATE, OPT_SEARCH };
enum { OPT_PROFILE, OPT_FQDN, OPT_OU };
enum { OPT_WHY };
enum { OPT_MINUTES };
enum { DELAY_MIN = 60, DELAY_MAX_MIN = 10080 }; /* the usual one, and the most that muster.job_delay takes */

static json_t *
device_json(const struct device *d)
{
	return json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:I, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s}", "uuid", d->uuid,
	    "state", d->state, "state_at", d->state_at, "reason_code", d->reason_code, "reason", d->reason, "fqdn", d->fqdn, "ou",
	    d->ou, "profile", d->profile, "address", d->address, "amt_version", d->amt_version, "hello_version",
	    d->hello_version, "hello_count", (json_int_t)d->hello_count, "hello_first_at", d->hello_first_at, "hello_last_at",
	    d->hello_last_at, "model", d->model, "serial", d->serial, "mac", d->mac, "revision", d->revision, "configured_at",
	    d->configured_at, "next_attempt_at", d->job_run_at);
}

static bool
is_state(const char *name)
{
	static const char *const states[] = { "waiting", "ready", "configuring", "configured", "failed", "held", "detected", "setup",
		"unprovisioned" };

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (strcmp(states[i], name) == 0)
			return true;
	return false;
}

static int
list(struct ctl *c, struct err *e)
{
	struct device_filter f = { 0 };
	struct device last = { 0 };

	if (c->opt[OPT_STATE] != NULL && (!is_state(c->opt[OPT_STATE]) || !text_copy(f.state, sizeof(f.state), c->opt[OPT_STATE])))
		return err_set(e, ERR_INPUT, "--state: no state is called \"%.40s\"", c->opt[OPT_STATE]);
	if (c->opt[OPT_SEARCH] != NULL && !text_copy(f.search, sizeof(f.search), c->opt[OPT_SEARCH]))
		return err_set(e, ERR_INPUT, "--search: at most %zu bytes", sizeof(f.search) - 1);
	json_t *all = json_array();
	int rc = ctl_connect(c, e);
	if (rc == 0)
		ctl_say(c, "%-36s  %-12s %-15s %-28s %s", "UUID", "STATE", "ADDRESS", "FQDN", "REASON");
	for (size_t n = PAGE; rc == 0 && n == PAGE;) {
		SCOPED(rows) struct rows *r = NULL;

		rc = device_page(c->db, &f, last.id == 0 ? NULL : &last, false, PAGE, &r, e);
		n = rc < 0 ? 0 : rows_count(r);
		for (size_t i = 0; i < n; i++) {
			struct device d;

			device_from_row(r, i, &d);
			last = d;
			ctl_say(c, "%-36s  %-12s %-15s %-28s %s", d.uuid, d.state, d.address, d.fqdn, d.reason);
			if (c->json)
				(void)json_array_append_new(all, device_json(&d));
		}
	}
	if (rc == 0 && c->json)
		ctl_json(json_incref(all));
	json_decref(all);
	return rc;
}

static void
say_fact(const struct ctl *c, const char *name, const char *value)
{
	if (value[0] != '\0')
		ctl_say(c, "%-14s %s", name, value);
}

/* The roots the device trusts, as its hello offered them. */
static int
show_hashes(struct ctl *c, const struct device *d, json_t *out, struct err *e)
{
	SCOPED(mem) struct hello_hash *list = calloc(HELLO_MAX_HASHES, sizeof(*list));
	SCOPED(mem) uint8_t *entries = NULL;
	char hex[2 * HELLO_HASH_MAX + 1];
	size_t len;

	if (list == NULL)
		return err_set(e, ERR_MEMORY, "root hashes");
	if (device_hashes(c->db, d->uuid, &entries, &len, e) < 0)
		return -1;
	size_t n = entries == NULL ? 0 : hello_hashes(entries, len, list, HELLO_MAX_HASHES);
	for (size_t i = 0; i < n; i++) {
		const char *name = root_name(list[i].type, list[i].hash, list[i].len);

		hex_encode(hex, list[i].hash, list[i].len);
		ctl_say(c, "%-14s %-7s %.16s...  %s", i == 0 ? "Trusts" : "", hash_name(list[i].type), hex, name == NULL ? "(not a known root)" : name);
		(void)json_array_append_new(out, json_pack("{s:s, s:s, s:s?}", "type", hash_name(list[i].type), "hash", hex, "root", name));
	}
	return 0;
}

static json_t *
steps_json(const struct rows *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rows_count(r); i++)
		(void)json_array_append_new(list, json_pack("{s:i, s:s, s:s, s:i, s:s, s:i}", "attempt", (int)rows_int(r, i, STEP_ATTEMPT), "step",
						    rows_text(r, i, STEP_TITLE), "outcome", rows_text(r, i, STEP_OUTCOME), "code",
						    (int)rows_int(r, i, STEP_CODE), "detail", rows_text(r, i, STEP_DETAIL), "took_ms",
						    (int)rows_int(r, i, STEP_TOOK_MS)));
	return list;
}

static int
show_steps(struct ctl *c, const struct device *d, json_t *out, struct err *e)
{
	static const struct ctl_col cols[] = {
		{ "ATTEMPT", "attempt", STEP_ATTEMPT, true },
		{ "STARTED", "started", STEP_STARTED, false },
		{ "MS", "took_ms", STEP_TOOK_MS, true },
		{ "OUTCOME", "outcome", STEP_OUTCOME, false },
		{ "CODE", "code", STEP_CODE, true },
		{ "STEP", "title", STEP_TITLE, false },
		{ "DETAIL", "detail", STEP_DETAIL, false },
		{ 0 },
	};
	SCOPED(rows) struct rows *r = NULL;

	if (d->job_id == 0)
		return CTL_OK;
	if (step_list(c->db, d->job_id, &r, e) < 0)
		return -1;
	(void)json_object_set_new(out, "steps", steps_json(r));
	ctl_say(c, "%s", "");
	if (!c->json)
		ctl_table(c, r, cols);
	return CTL_OK;
}

static int
show_all(struct ctl *c, const struct device *d, json_t *out, struct err *e)
{
	json_t *hashes = json_array();

	(void)json_object_set_new(out, "root_hashes", hashes);
	if (show_hashes(c, d, hashes, e) < 0 || show_steps(c, d, out, e) < 0)
		return -1;
	if (c->json)
		ctl_json(json_incref(out));
	return CTL_OK;
}

static int
show(struct ctl *c, struct err *e)
{
	struct device d;
	char reason[DB_TEXT + 32], hello[160];
	struct uuid u;

	if (!uuid_parse(c->args[0], &u))
		return err_set(e, ERR_INPUT, "\"%s\" is not a UUID", c->args[0]);
	if (ctl_connect(c, e) < 0)
		return -1;
	int found = device_by_uuid(c->db, c->args[0], &d, e);
	if (found <= 0)
		return found < 0 ? -1 : err_set(e, ERR_DB_NOT_FOUND, "no device has UUID %s", c->args[0]);
	(void)snprintf(reason, sizeof(reason), d.reason_code == 0 ? "%s" : "%s (%d)", d.reason, d.reason_code);
	(void)snprintf(hello, sizeof(hello), "%lld, first %s, last %s", (long long)d.hello_count, d.hello_first_at, d.hello_last_at);
	const char *const facts[][2] = { { "UUID", d.uuid }, { "State", d.state }, { "Since", d.state_at }, { "Reason", reason },
		{ "FQDN", d.fqdn }, { "OU", d.ou }, { "Profile", d.profile }, { "Mapped by", d.mapped_by }, { "Address", d.address },
		{ "Hellos", hello }, { "PID", d.hello_pid }, { "AMT", d.amt_version }, { "Model", d.model }, { "Serial", d.serial },
		{ "MAC", d.mac }, { "Configured", d.configured_at }, { "Next attempt", d.job_run_at } };
	for (size_t i = 0; i < ARRAY_LEN(facts); i++)
		say_fact(c, facts[i][0], facts[i][1]);
	json_t *out = device_json(&d);
	int rc = show_all(c, &d, out, e);
	json_decref(out);
	return rc;
}

static int
check_uuids(const struct ctl *c, struct err *e)
{
	struct uuid u;

	for (int i = 0; i < c->nargs; i++)
		if (!uuid_parse(c->args[i], &u))
			return err_set(e, ERR_INPUT, "\"%s\" is not a UUID", c->args[i]);
	return 0;
}

static int
approve(struct ctl *c, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	const char *given[] = { c->opt[OPT_PROFILE], c->opt[OPT_FQDN], c->opt[OPT_OU] };

	for (size_t i = 0; i < ARRAY_LEN(given); i++)
		given[i] = given[i] == NULL ? "" : given[i];
	if (check_uuids(c, e) < 0 || ctl_connect(c, e) < 0 ||
	    device_approve(c->db, (const char *const *)c->args, (size_t)c->nargs, given[0], given[1], given[2], &r, e) < 0)
		return -1;
	return ctl_outcomes(c, r);
}

static int
command(struct ctl *c, const char *verb, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (check_uuids(c, e) < 0 || ctl_connect(c, e) < 0 ||
	    device_command(c->db, (const char *const *)c->args, (size_t)c->nargs, verb, c->opt[OPT_WHY], &r, e) < 0)
		return -1;
	return ctl_outcomes(c, r);
}

static int
hold(struct ctl *c, struct err *e)
{
	return command(c, "hold", e);
}

static int
release(struct ctl *c, struct err *e)
{
	return command(c, "release", e);
}

static int
retry(struct ctl *c, struct err *e)
{
	return command(c, "retry", e);
}

static int
accept_again(struct ctl *c, struct err *e)
{
	return command(c, "accept", e);
}

static int
cancel(struct ctl *c, struct err *e)
{
	return command(c, "cancel", e);
}

static int
delay(struct ctl *c, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	long minutes = DELAY_MIN;

	if (c->opt[OPT_MINUTES] != NULL && ctl_number(c->opt[OPT_MINUTES], "--minutes", 1, DELAY_MAX_MIN, &minutes, e) < 0)
		return -1;
	if (check_uuids(c, e) < 0 || ctl_connect(c, e) < 0 ||
	    job_delay(c->db, (const char *const *)c->args, (size_t)c->nargs, (int)minutes, &r, e) < 0)
		return -1;
	return ctl_outcomes(c, r);
}

static const struct ctl_opt list_opts[] = {
	{ "state", "STATE", "Only devices in this state" },
	{ "search", "TEXT", "Only devices whose FQDN, UUID, address, serial number or model starts so" },
	{ 0 },
};
static const struct ctl_opt approve_opts[] = {
	{ "profile", "NAME", "Profile to configure (default: the one the device has)" },
	{ "fqdn", "FQDN", "FQDN of the device; for several a pattern with {uuid} or {n}" },
	{ "ou", "DN", "Organizational unit of the device" },
	{ 0 },
};
static const struct ctl_opt why_opts[] = {
	{ "why", "TEXT", "Reason, for the audit log" },
	{ 0 },
};

static const struct ctl_opt delay_opts[] = {
	{ "minutes", "N", "Minutes from now to the next attempt, 1 to 10080 (default: 60)" },
	{ 0 },
};

const struct command ctl_device_commands[] = {
	{ "device", "list", "", 0, 0, "Show devices, newest first", list_opts, list },
	{ "device", "show", "UUID", 1, 1, "Show a device with the steps of its last job", NULL, show },
	{ "device", "approve", "UUID...", 1, -1, "Give devices a profile and an FQDN and queue them", approve_opts, approve },
	{ "device", "hold", "UUID...", 1, -1, "Take devices out of the queue until they are released", why_opts, hold },
	{ "device", "release", "UUID...", 1, -1, "Let held devices wait for approval again", why_opts, release },
	{ "device", "retry", "UUID...", 1, -1, "Try failed or delayed devices now", why_opts, retry },
	{ "device", "accept", "UUID...", 1, -1, "Let devices that were reset by hand say hello again (code 102)", why_opts, accept_again },
	{ "device", "cancel", "UUID...", 1, -1, "Take queued devices out of the queue; they wait for approval again", why_opts, cancel },
	{ "device", "delay", "UUID...", 1, -1, "Put off the next attempt at queued devices", delay_opts, delay },
	{ 0 },
};
