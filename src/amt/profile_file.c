/* SPDX-License-Identifier: Apache-2.0 */
/* profile_file: a profile with its passwords, as a file of an import has it. */
#include "amt/profile_file.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void
profile_given_wipe(struct profile_given *g)
{
	explicit_bzero(g, sizeof(*g));
}

const struct secret *
given_find(const struct profile_given *g, const char *name)
{
	for (size_t i = 0; i < g->n; i++)
		if (strcmp(g->list[i].name, name) == 0)
			return &g->list[i].s;
	return NULL;
}

bool
given_set(struct profile_given *g, const char *name, const struct secret *s)
{
	size_t i = 0;

	while (i < g->n && strcmp(g->list[i].name, name) != 0)
		i++;
	if (i == PROFILE_GIVEN_MAX || !text_copy(g->list[i].name, sizeof(g->list[i].name), name))
		return false;
	g->list[i].s = *s;
	g->n += i == g->n ? 1 : 0;
	return true;
}

void
given_drop(struct profile_given *g, const char *name)
{
	for (size_t i = 0; i < g->n; i++)
		if (strcmp(g->list[i].name, name) == 0) {
			g->list[i] = g->list[--g->n];
			explicit_bzero(&g->list[g->n], sizeof(g->list[0]));
			return;
		}
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
take_secrets(const struct profile *p, json_t *secrets, struct profile_given *out, struct err *e)
{
	const char *name;
	json_t *v;

	json_object_foreach (secrets, name, v) {
		SCOPED(secret) struct secret s = { 0 };
		struct lookup l = { .name = name };

		profile_secrets(p, is_name, &l);
		if (!l.found)
			return err_set(e, ERR_PROFILE, "secrets.%.40s: the profile has no such password", name);
		if (!json_is_string(v) || !secret_set(&s, json_string_value(v), json_string_length(v)))
			return err_set(e, ERR_PROFILE, "secrets.%.40s: want a text", name);
		if (password_check(&s, e) < 0)
			return err_wrap(e, name);
		if (!given_set(out, name, &s))
			return err_set(e, ERR_PROFILE, "secrets: too many");
	}
	return 0;
}

int
profile_file_parse(const char *text, size_t len, const char *name, struct profile *p, struct profile_given *given, struct err *e)
{
	SCOPED(profile_given) struct profile_given got = { 0 };
	struct profile read;
	json_error_t why;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);

	if (!json_is_object(root)) {
		json_decref(root);
		return root != NULL ? err_set(e, ERR_PROFILE, "want a JSON object")
				    : err_set(e, ERR_PROFILE, "line %d, column %d: %s", why.line, why.column, why.text);
	}
	json_t *secrets = json_incref(json_object_get(root, "secrets"));
	(void)json_object_del(root, "secrets");
	if (name != NULL)
		(void)json_object_set_new(root, "name", json_string(name));
	char *body = json_dumps(root, JSON_COMPACT);
	int rc = body == NULL ? err_set(e, ERR_MEMORY, "profile")
		 : secrets != NULL && !json_is_object(secrets) ? err_set(e, ERR_PROFILE, "secrets: want an object")
							       : profile_parse(body, strlen(body), &read, e);
	if (rc == 0)
		rc = take_secrets(&read, secrets, &got, e);
	free(body);
	json_decref(secrets);
	json_decref(root);
	if (rc < 0)
		return -1;
	*p = read;
	*given = got;
	return 0;
}
