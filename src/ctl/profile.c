/* SPDX-License-Identifier: Apache-2.0 */
/* profile: musterctl profile list, show, import, export. */
#include "amt/profile.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "db/cert.h"
#include "db/profile.h"

enum { OPT_REVISION, OPT_NAME = 0 };

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

/* Export and show: the revision as stored is what an import takes. */
static int
show(struct ctl *c, struct err *e)
{
	SCOPED(mem) char *body = NULL;
	SCOPED(buf) struct buf out = { 0 };
	struct profile p;
	int id, revision;
	long want = 0; /* the newest */

	if ((c->opt[OPT_REVISION] != NULL && ctl_number(c->opt[OPT_REVISION], "--revision", 1, INT_MAX, &want, e) < 0) || ctl_connect(c, e) < 0)
		return -1;
	int found = profile_body(c->db, c->args[0], (int)want, &body, &id, &revision, e);
	if (found == 0)
		return err_set(e, ERR_DB_NOT_FOUND, "no profile is called \"%s\"%s", c->args[0], want == 0 ? "" : ", or it has no such revision");
	if (found < 0 || profile_parse(body, strlen(body), &p, e) < 0 || profile_write(&p, &out, e) < 0)
		return -1;
	(void)fputs(buf_str(&out), stdout);
	return CTL_OK;
}

/* The passwords of an import, by name; and which of them the profile needs. */
struct wanted {
	json_t *secrets;             /* from the file; may be NULL */
	const struct rows *stored;   /* names that the revision before has */
	const struct seal_public *pub;
	const char *profile;
	struct profile_secret list[PROFILE_SECRETS_MAX];
	size_t n;
	int rc;
	struct err *e;
};

static bool
is_stored(const struct wanted *w, const char *name)
{
	for (size_t i = 0; i < rows_count(w->stored); i++)
		if (strcmp(rows_text(w->stored, i, 0), name) == 0)
			return true;
	return false;
}

static void
seal_wanted(void *arg, const char *name)
{
	struct wanted *w = arg;
	json_t *v = json_object_get(w->secrets, name);
	SCOPED(secret) struct secret s = { 0 };
	char aad[128];

	if (w->rc < 0 || (v == NULL && is_stored(w, name)))
		return;
	if (!json_is_string(v) || !secret_set(&s, json_string_value(v), json_string_length(v))) {
		w->rc = err_set(w->e, ERR_PROFILE, "secrets.%s: the profile needs this password", name);
		return;
	}
	if (password_check(&s, w->e) < 0) {
		w->rc = err_wrap(w->e, name);
		return;
	}
	struct profile_secret *out = &w->list[w->n];
	(void)text_copy(out->name, sizeof(out->name), name);
	profile_aad(aad, sizeof(aad), w->profile, name);
	w->rc = seal_close_secret(w->pub, aad, &s, &out->sealed, w->e);
	if (w->rc == 0)
		w->n++;
}

struct lookup {
	const char *name;
	bool found;
};

static void
is_name(void *arg, const char *name)
{
	struct lookup *l = arg;

	l->found |= strcmp(l->name, name) == 0;
}

/* A password under a name the profile does not know would be lost without a word. */
static int
no_surplus(const struct profile *p, json_t *secrets, struct err *e)
{
	const char *name;
	json_t *v;

	json_object_foreach (secrets, name, v) {
		struct lookup l = { .name = name };

		profile_secrets(p, is_name, &l);
		if (!l.found)
			return err_set(e, ERR_PROFILE, "secrets.%.40s: the profile has no such password", name);
	}
	return 0;
}

static int
save(struct ctl *c, struct profile *p, json_t *secrets, struct err *e)
{
	SCOPED(rows) struct rows *stored = NULL;
	SCOPED(buf) struct buf body = { 0 };
	struct seal_public pub;
	struct wanted w = { .secrets = secrets, .pub = &pub, .profile = p->name, .e = e };
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
		w.rc = no_surplus(p, secrets, e);
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
	struct profile p;
	json_error_t why;

	if (file_read(c->args[0], PROFILE_JSON_MAX, &text, e) < 0)
		return -1;
	json_t *root = json_loadb(buf_str(&text), text.len, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(root)) {
		json_decref(root);
		return root != NULL ? err_set(e, ERR_PROFILE, "%s: want a JSON object", c->args[0])
				    : err_set(e, ERR_PROFILE, "%s, line %d, column %d: %s", c->args[0], why.line, why.column, why.text);
	}
	json_t *secrets = json_incref(json_object_get(root, "secrets"));
	(void)json_object_del(root, "secrets");
	if (c->opt[OPT_NAME] != NULL)
		(void)json_object_set_new(root, "name", json_string(c->opt[OPT_NAME]));
	char *body = json_dumps(root, JSON_COMPACT);
	int rc = body == NULL ? err_set(e, ERR_MEMORY, "profile")
		 : secrets != NULL && !json_is_object(secrets) ? err_set(e, ERR_PROFILE, "secrets: want an object")
							       : profile_parse(body, strlen(body), &p, e);
	free(body);
	rc = rc < 0 ? err_wrap(e, c->args[0]) : save(c, &p, secrets, e);
	json_decref(secrets);
	json_decref(root);
	return rc;
}

static const struct ctl_opt show_opts[] = {
	{ "revision", "N", "An older revision (default: the newest)" },
	{ 0 },
};
static const struct ctl_opt import_opts[] = {
	{ "name", "NAME", "Save under this name, in place of the one in the file" },
	{ 0 },
};

const struct command ctl_profile_commands[] = {
	{ "profile", "list", "", 0, 0, "Show all profiles", NULL, list },
	{ "profile", "show", "NAME", 1, 1, "Show a profile as JSON, without passwords", show_opts, show },
	{ "profile", "export", "NAME", 1, 1, "The same as show: what import takes", show_opts, show },
	{ "profile", "import", "FILE|-", 1, 1, "Save a new revision of a profile from JSON", import_opts, import },
	{ 0 },
};
