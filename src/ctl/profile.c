/* SPDX-License-Identifier: Apache-2.0 */
/* profile: musterctl profile list, show, import, export, plan. */
#include "amt/plan.h"
#include "amt/profile_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "db/cert.h"
#include "db/profile.h"

enum { OPT_REVISION, OPT_RELEASE, OPT_NAME = 0 };

static int
list(struct ctl *c, struct err *e)
{
	static const struct ctl_col cols[] = {
		{ "PROFILE", "name", PROFILE_NAME, false },
		{ "REVISION", "revision", PROFILE_REVISION, true },
		{ "DEVICES", "devices", PROFILE_DEVICES, true },
		{ "CHANGED", "changed_at", PROFILE_CREATED_AT, false },
		{ "BY", "changed_by", PROFILE_CREATED_BY, false },
		{ 0 },
	};
	SCOPED(rows) struct rows *r = NULL;

	if (ctl_connect(c, e) < 0 || profile_list(c->db, &r, e) < 0)
		return -1;
	ctl_table(c, r, cols);
	return CTL_OK;
}

/* The profile named on the command line, of the revision wanted. */
static int
read_profile(struct ctl *c, struct profile *p, struct err *e)
{
	SCOPED(mem) char *body = NULL;
	int id, revision;
	long want = 0; /* the newest */

	if ((c->opt[OPT_REVISION] != NULL && ctl_number(c->opt[OPT_REVISION], "--revision", 1, INT_MAX, &want, e) < 0) || ctl_connect(c, e) < 0)
		return -1;
	int found = profile_body(c->db, c->args[0], (int)want, &body, &id, &revision, e);
	if (found == 0)
		return err_set(e, ERR_DB_NOT_FOUND, "no profile is called \"%s\"%s", c->args[0], want == 0 ? "" : ", or it has no such revision");
	return found < 0 ? -1 : profile_parse(body, strlen(body), p, e);
}

static int
show(struct ctl *c, struct err *e)
{
	SCOPED(buf) struct buf out = { 0 };
	struct profile p;

	if (read_profile(c, &p, e) < 0 || profile_write(&p, &out, e) < 0)
		return -1;
	(void)fputs(buf_str(&out), stdout);
	return CTL_OK;
}

/* The revision as stored is what an import takes. */
static int
export(struct ctl *c, struct err *e)
{
	const char *path = c->nargs > 1 ? c->args[1] : "-";
	SCOPED(buf) struct buf out = { 0 };
	struct profile p;

	if (read_profile(c, &p, e) < 0 || profile_write(&p, &out, e) < 0 || file_write_new(path, out.p, out.len, e) < 0)
		return -1;
	if (strcmp(path, "-") == 0)
		return CTL_OK;
	ctl_say(c, "profile \"%s\" written to %s, without passwords", p.name, path);
	if (c->json)
		ctl_json(json_pack("{s:s, s:s}", "profile", p.name, "file", path));
	return CTL_OK;
}

static json_t *
calls_json(const struct plan_step *s, const struct plan_case *pc)
{
	json_t *calls = json_array();
	char text[128];

	for (const struct plan_call *call = plan_calls(s, pc); call->class != NULL; call++) {
		if (plan_times(call, pc) == 0)
			continue;
		plan_call_text(call, text, sizeof(text));
		(void)json_array_append_new(calls, json_pack("{s:s, s:i, s:b}", "call", text, "times", (int)plan_times(call, pc), "absent",
		    plan_absent(call, pc)));
	}
	return calls;
}

/* A step as JSON; without calls when it is left out or refused. */
static json_t *
step_json(const struct plan_step *s, const struct plan_case *pc)
{
	const char *skip = plan_skip(s, pc), *refusal = plan_refusal(s, pc), *note = plan_note(s, pc);

	return json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:o}", "step", s->id, "title", s->title, "skipped", skip, "refused", refusal, "note", note,
	    "calls", skip != NULL || refusal != NULL ? json_array() : calls_json(s, pc));
}

static void
say_step(const struct ctl *c, const struct plan_step *s, const struct plan_case *pc)
{
	const char *skip = plan_skip(s, pc), *refusal = plan_refusal(s, pc), *note = plan_note(s, pc);
	char text[128];

	if (skip != NULL)
		ctl_say(c, "%s: skipped, %s", s->title, skip);
	else if (refusal != NULL)
		ctl_say(c, "%s: fails, AMT %u.%u %s (%d)", s->title, pc->major, pc->minor, refusal, ERR_RELEASE);
	else
		ctl_say(c, "%s", s->title);
	if (note != NULL)
		ctl_say(c, "    (%s)", note);
	for (const struct plan_call *call = plan_calls(s, pc); skip == NULL && refusal == NULL && call->class != NULL; call++) {
		unsigned int times = plan_times(call, pc);

		plan_call_text(call, text, sizeof(text));
		if (times > 0)
			ctl_say(c, times == 1 ? "    %s%s" : "    %s%s, %u times", text, plan_absent(call, pc) ? " (not on this release)" : "", times);
	}
}

static int
plan(struct ctl *c, struct err *e)
{
	struct profile p;
	struct plan_case pc = { .profile = &p };
	json_t *steps = json_array();

	if (c->opt[OPT_RELEASE] == NULL)
		(void)err_set(e, ERR_USAGE, "--release is needed");
	if (c->opt[OPT_RELEASE] == NULL || plan_release(c->opt[OPT_RELEASE], &pc, e) < 0 || read_profile(c, &p, e) < 0) {
		json_decref(steps);
		return -1;
	}
	bool refused = false;
	for (const struct plan_step *s = plan_steps; s->id != NULL && !refused; s++) {
		say_step(c, s, &pc);
		(void)json_array_append_new(steps, step_json(s, &pc));
		refused = plan_skip(s, &pc) == NULL && plan_refusal(s, &pc) != NULL;
	}
	if (c->json)
		ctl_json(json_incref(steps));
	json_decref(steps);
	return refused ? CTL_FAILED : CTL_OK;
}

/* The passwords to store: those given, and those that must have been before. */
struct wanted {
	const struct profile_given *given;
	const struct rows *stored; /* names that the revision before has */
	const struct seal_public *pub;
	const char *profile;
	struct profile_secret list[PROFILE_SECRETS_MAX];
	size_t n;
	int rc;
	struct err *e;
};

static void
seal_wanted(void *arg, const char *name)
{
	struct wanted *w = arg;
	const struct secret *s = given_find(w->given, name);

	if (w->rc < 0 || (s == NULL && profile_secret_stored(w->stored, name)))
		return;
	w->rc = s == NULL ? err_set(w->e, ERR_PROFILE, "secrets.%s: the profile needs this password", name)
			  : profile_secret_seal(w->pub, w->profile, name, s, &w->list[w->n], w->e);
	if (w->rc == 0)
		w->n++;
}

static int
save(struct ctl *c, struct profile *p, const struct profile_given *given, struct err *e)
{
	SCOPED(rows) struct rows *stored = NULL;
	SCOPED(buf) struct buf body = { 0 };
	struct seal_public pub;
	struct wanted w = { .given = given, .pub = &pub, .profile = p->name, .e = e };
	int revision = 0;

	if (ctl_connect(c, e) < 0)
		return -1;
	int found = engine_key_read(c->db, &pub, e);
	if (found <= 0)
		return found < 0 ? -1 : err_set(e, ERR_KEY_MISMATCH, "the database has no engine key: run \"musterctl key init\"");
	if (profile_secret_names(c->db, p->name, &stored, e) < 0 || profile_write(p, &body, e) < 0)
		return -1;
	w.stored = stored;
	profile_secrets(p, seal_wanted, &w);
	if (w.rc == 0)
		w.rc = profile_save(c->db, p->name, buf_str(&body), w.list, w.n, &revision, e);
	profile_secrets_free(w.list, w.n);
	if (w.rc < 0)
		return -1;
	ctl_say(c, "profile %s is at revision %d", p->name, revision);
	if (c->json)
		ctl_json(json_pack("{s:s, s:i}", "name", p->name, "revision", revision));
	return CTL_OK;
}

static int
import(struct ctl *c, struct err *e)
{
	SCOPED(buf) struct buf text = { 0 };
	SCOPED(profile_given) struct profile_given given = { 0 };
	struct profile p;

	if (file_read(c->args[0], PROFILE_JSON_MAX, &text, e) < 0)
		return -1;
	if (profile_file_parse(buf_str(&text), text.len, c->opt[OPT_NAME], &p, &given, e) < 0)
		return err_wrap(e, c->args[0]);
	return save(c, &p, &given, e);
}

static const struct ctl_opt show_opts[] = {
	{ "revision", "N", "An older revision (default: the newest)" },
	{ 0 },
};
static const struct ctl_opt plan_opts[] = {
	{ "revision", "N", "An older revision (default: the newest)" },
	{ "release", "R", "AMT release of the device, such as 11.8 (needed)" },
	{ 0 },
};
static const struct ctl_opt import_opts[] = {
	{ "name", "NAME", "Save under this name, in place of the one in the file" },
	{ 0 },
};

const struct command ctl_profile_commands[] = {
	{ "profile", "list", "", 0, 0, "Show all profiles", NULL, list },
	{ "profile", "show", "NAME", 1, 1, "Show a profile as JSON, without passwords", show_opts, show },
	{ "profile", "export", "NAME [FILE|-]", 1, 2, "Write a profile to a new file: what import takes", show_opts, export },
	{ "profile", "plan", "NAME", 1, 1, "Show what a configuration would do to a device as from the factory", plan_opts, plan },
	{ "profile", "import", "FILE|-", 1, 1, "Save a new revision of a profile from JSON", import_opts, import },
	{ 0 },
};
