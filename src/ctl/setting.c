/* SPDX-License-Identifier: Apache-2.0 */
/* setting: musterctl setting list, get, set; engine list. */
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "db/setting.h"

static int
list(struct ctl *c, struct err *e)
{
	static const struct ctl_col cols[] = {
		{ "SETTING", "name", SETTING_NAME, false },
		{ "VALUE", "value", SETTING_VALUE, false },
		{ "UNIT", "unit", SETTING_UNIT, false },
		{ "STANDARD", "standard", SETTING_STANDARD, false },
		{ "CHANGED BY", "changed_by", SETTING_CHANGED_BY, false },
		{ "DESCRIPTION", "description", SETTING_DESCRIPTION, false },
		{ 0 },
	};
	SCOPED(rows) struct rows *r = NULL;

	if (ctl_connect(c, e) < 0 || setting_list(c->db, &r, e) < 0)
		return -1;
	ctl_table(c, r, cols);
	return CTL_OK;
}

static int
get(struct ctl *c, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (ctl_connect(c, e) < 0 || setting_list(c->db, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < rows_count(r); i++) {
		if (strcmp(rows_text(r, i, SETTING_NAME), c->args[0]) != 0)
			continue;
		ctl_say(c, "%s", rows_text(r, i, SETTING_VALUE));
		if (c->json)
			ctl_json(json_pack("{s:s, s:s}", "name", c->args[0], "value", rows_text(r, i, SETTING_VALUE)));
		return CTL_OK;
	}
	return err_set(e, ERR_DB_NOT_FOUND, "no setting is called \"%s\"", c->args[0]);
}

static int
set(struct ctl *c, struct err *e)
{
	if (ctl_connect(c, e) < 0 || setting_set(c->db, c->args[0], c->args[1], e) < 0)
		return -1;
	ctl_say(c, "%s = %s", c->args[0], c->args[1]);
	if (c->json)
		ctl_json(json_pack("{s:s, s:s}", "name", c->args[0], "value", c->args[1]));
	return CTL_OK;
}

static int
engines(struct ctl *c, struct err *e)
{
	static const struct ctl_col cols[] = {
		{ "ENGINE", "name", NODE_NAME, false },
		{ "STATE", "state", NODE_STATE, false },
		{ "VERSION", "version", NODE_VERSION, false },
		{ "STARTED", "started_at", NODE_STARTED, false },
		{ "BEAT", "beat_age_s", NODE_BEAT_AGE_S, true },
		{ "WORKERS", "workers", NODE_WORKERS, true },
		{ "BUSY", "busy", NODE_BUSY, true },
		{ "HELLOS", "hellos", NODE_HELLOS, true },
		{ "REFUSED", "refused", NODE_REFUSED, true },
		{ 0 },
	};
	SCOPED(rows) struct rows *r = NULL;

	if (ctl_connect(c, e) < 0 || node_list(c->db, &r, e) < 0)
		return -1;
	ctl_table(c, r, cols);
	return CTL_OK;
}

const struct command ctl_setting_commands[] = {
	{ "setting", "list", "", 0, 0, "Show all settings", NULL, list },
	{ "setting", "get", "NAME", 1, 1, "Show one setting", NULL, get },
	{ "setting", "set", "NAME VALUE", 2, 2, "Change a setting; engines follow at once", NULL, set },
	{ "engine", "list", "", 0, 0, "Show the engines of this database", NULL, engines },
	{ 0 },
};
