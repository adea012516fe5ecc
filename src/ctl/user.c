/* SPDX-License-Identifier: Apache-2.0 */
/* user: musterctl user list, set, remove: logins and their role. */
#include <stdio.h>

#include "ctl/ctl.h"
#include "db/user.h"

static int
list(struct ctl *c, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (ctl_connect(c, e) < 0 || user_list(c->db, &r, e) < 0)
		return -1;
	json_t *all = json_array();
	ctl_say(c, "%-24s  %-24s  %s", "LOGIN", "ROLE", "NOTE");
	for (size_t i = 0; i < rows_count(r); i++) {
		struct user u;

		user_from_row(r, i, &u);
		ctl_say(c, "%-24s  %-24s  %s", u.login, u.role[0] == '\0' ? "-" : u.role,
		    u.superuser ? "superuser of PostgreSQL: bound by no role" : u.can_login ? "" : "may not log in");
		(void)json_array_append_new(all, json_pack("{s:s, s:s?, s:b, s:b}", "login", u.login, "role",
		    u.role[0] == '\0' ? NULL : u.role, "superuser", u.superuser, "can_login", u.can_login));
	}
	if (c->json)
		ctl_json(all);
	else
		json_decref(all);
	return CTL_OK;
}

static int
give(struct ctl *c, const char *role, struct err *e)
{
	SCOPED(rows) struct rows *done = NULL;

	if (ctl_connect(c, e) < 0 || user_set(c->db, c->args[0], role, &done, e) < 0)
		return -1;
	ctl_say(c, "%s: %s", c->args[0], rows_text(done, 0, 0));
	if (c->json)
		ctl_json(json_pack("{s:s, s:s?, s:s}", "login", c->args[0], "role", role, "done", rows_text(done, 0, 0)));
	return CTL_OK;
}

static int
set(struct ctl *c, struct err *e)
{
	if (user_role_of(c->args[1]) == NULL)
		return err_set(e, ERR_INPUT, "no role \"%.40s\": want log-viewer, operator, administrator or enterprise-administrator", c->args[1]);
	return give(c, c->args[1], e);
}

static int
remove_role(struct ctl *c, struct err *e)
{
	return give(c, NULL, e);
}

const struct command ctl_user_commands[] = {
	{ "user", "list", "", 0, 0, "Show the logins that have a role, and superusers", NULL, list },
	{ "user", "set", "LOGIN ROLE", 2, 2, "Give a login exactly this role; makes the login when there is none", NULL, set },
	{ "user", "remove", "LOGIN", 1, 1, "Take a login's role away; the login itself stays", NULL, remove_role },
	{ 0 },
};
