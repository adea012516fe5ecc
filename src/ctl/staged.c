/* SPDX-License-Identifier: Apache-2.0 */
/* staged: musterctl staged list, add, import, remove. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/uuid.h"
#include "ctl/ctl.h"
#include "db/staged.h"

enum { OPT_PROFILE, OPT_OU, OPT_NOTE };
enum { OPT_CHECK };

static int
list(struct ctl *c, struct err *e)
{
	static const struct ctl_col cols[] = {
		{ "UUID", "uuid", STAGED_COL_UUID, false },
		{ "FQDN", "fqdn", STAGED_COL_FQDN, false },
		{ "PROFILE", "profile", STAGED_COL_PROFILE, false },
		{ "OU", "ou", STAGED_COL_OU, false },
		{ "STAGED", "staged_at", STAGED_COL_AT, false },
		{ "BY", "staged_by", STAGED_COL_BY, false },
		{ "NOTE", "note", STAGED_COL_NOTE, false },
		{ 0 },
	};
	SCOPED(rows) struct rows *r = NULL;

	if (ctl_connect(c, e) < 0 || staged_list(c->db, &r, e) < 0)
		return -1;
	ctl_table(c, r, cols);
	return CTL_OK;
}

static int
add(struct ctl *c, struct err *e)
{
	struct staged_line l = { .value = { c->args[0], c->args[1], c->opt[OPT_PROFILE], c->opt[OPT_OU], c->opt[OPT_NOTE] } };
	bool queued;

	if (c->opt[OPT_PROFILE] == NULL)
		return err_set(e, ERR_USAGE, "--profile is needed");
	for (size_t i = 0; i < STAGED_FIELDS; i++) {
		l.value[i] = l.value[i] == NULL ? "" : l.value[i];
		if (strlen(l.value[i]) >= STAGED_VALUE_MAX)
			return err_set(e, ERR_INPUT, "an argument is longer than %d bytes", STAGED_VALUE_MAX - 1);
	}
	staged_line_check(&l);
	if (!l.good) {
		(void)err_set(e, (enum err_code)l.code, "%s", l.says == NULL ? "" : l.says);
		free(l.says);
		return -1;
	}
	if (ctl_connect(c, e) < 0 || staged_add(c->db, l.uuid, l.value[STAGED_FQDN], l.value[STAGED_PROFILE], l.value[STAGED_OU],
					 l.value[STAGED_NOTE], &queued, e) < 0)
		return -1;
	ctl_say(c, queued ? "was waiting; queued now" : "staged");
	if (c->json)
		ctl_json(json_pack("{s:b}", "queued", queued));
	return CTL_OK;
}

static int
remove_one(struct ctl *c, struct err *e)
{
	bool removed;
	struct uuid u;

	if (!uuid_parse(c->args[0], &u))
		return err_set(e, ERR_INPUT, "\"%s\" is not a UUID", c->args[0]);
	if (ctl_connect(c, e) < 0 || staged_remove(c->db, c->args[0], &removed, e) < 0)
		return -1;
	if (!removed)
		return err_set(e, ERR_DB_NOT_FOUND, "%s is not staged", c->args[0]);
	ctl_say(c, "removed");
	if (c->json)
		ctl_json(json_pack("{s:b}", "removed", removed));
	return CTL_OK;
}

/* What is wrong, to standard error; the same as JSON. */
static json_t *
tell_refused(const struct staged_file *f)
{
	json_t *errors = json_array();

	for (size_t i = 0; i < f->n; i++) {
		const struct staged_line *l = &f->lines[i];
		const char *says = l->says == NULL ? "" : l->says;

		if (l->code == 0)
			continue;
		(void)fprintf(stderr, "line %zu: %s (%d)\n", l->line, says, l->code);
		(void)json_array_append_new(errors, json_pack("{s:i, s:i, s:s}", "line", (int)l->line, "code", l->code, "text", says));
	}
	return errors;
}

/* Line by line what would be done. */
static json_t *
tell_plan(const struct ctl *c, const struct staged_file *f)
{
	json_t *lines = json_array();

	for (size_t i = 0; i < f->n; i++) {
		const struct staged_line *l = &f->lines[i];
		const char *says = l->says == NULL ? "" : l->says;
		char fqdn[STAGED_VALUE_MAX];

		if (l->code != 0)
			continue;
		text_clean(fqdn, sizeof(fqdn), l->value[STAGED_FQDN], strlen(l->value[STAGED_FQDN]));
		ctl_say(c, "line %zu: %s %s: %s%s", l->line, l->uuid, fqdn, says, l->queued ? "; waits, will be queued" : "");
		(void)json_array_append_new(lines, json_pack("{s:i, s:s, s:s, s:s, s:b}", "line", (int)l->line, "uuid", l->uuid, "fqdn", fqdn,
		    "text", says, "queued", l->queued));
	}
	return lines;
}

static int
finish_import(struct ctl *c, const struct staged_file *f, bool check)
{
	struct staged_sum sum = staged_file_sum(f);
	json_t *errors = tell_refused(f), *lines = check ? tell_plan(c, f) : NULL;

	ctl_say(c, check ? "%zu can be staged (%zu of them wait and will be queued), %zu are refused; nothing was stored"
			 : "%zu staged (%zu of them were waiting and are queued), %zu refused",
	    sum.good, sum.queued, sum.refused);
	if (c->json) {
		json_t *out = json_pack("{s:i, s:i, s:i, s:O}", check ? "good" : "staged", (int)sum.good, "queued", (int)sum.queued,
		    "refused", (int)sum.refused, "errors", errors);

		if (lines != NULL)
			(void)json_object_set(out, "lines", lines);
		ctl_json(out);
	}
	json_decref(errors);
	json_decref(lines);
	return sum.refused == 0 ? CTL_OK : sum.good > 0 ? CTL_PARTLY : CTL_FAILED;
}

static int
import(struct ctl *c, struct err *e)
{
	SCOPED(buf) struct buf text = { 0 };
	SCOPED(staged_file) struct staged_file f = { 0 };
	bool check = c->opt[OPT_CHECK] != NULL;

	if (file_read(c->args[0], STAGED_FILE_MAX, &text, e) < 0 || ctl_connect(c, e) < 0 || staged_file_read(&text, c->args[0], &f, e) < 0 ||
	    staged_import(c->db, &f, check ? "check" : "good", e) < 0)
		return -1;
	return finish_import(c, &f, check);
}

static const struct ctl_opt add_opts[] = {
	{ "profile", "NAME", "Profile of the device (needed)" },
	{ "ou", "DN", "Organizational unit of the device" },
	{ "note", "TEXT", "A note for people" },
	{ 0 },
};
static const struct ctl_opt import_opts[] = {
	{ "check", NULL, "Tell what would be done and what is wrong; store nothing" },
	{ 0 },
};

const struct command ctl_staged_commands[] = {
	{ "staged", "list", "", 0, 0, "Show the staged devices", NULL, list },
	{ "staged", "add", "UUID FQDN", 2, 2, "Say what a device shall be, before or after it says hello", add_opts, add },
	{ "staged", "import", "FILE|-", 1, 1, "Stage many devices from CSV or JSON; each refused line is told", import_opts, import },
	{ "staged", "remove", "UUID", 1, 1, "Forget a staged device", NULL, remove_one },
	{ 0 },
};
