/* SPDX-License-Identifier: Apache-2.0 */
/* db: musterctl db create, upgrade, status. */
#include <stdio.h>
#include <stdlib.h>

#include "ctl/ctl.h"
#include "db/migrate.h"

enum { OPT_GRANT };

static int
create(struct ctl *c, struct err *e)
{
	if (migrate_create(c->conf.database, c->opt[OPT_GRANT], e) < 0)
		return -1;
	ctl_say(c, "database is ready, schema version %d", DB_SCHEMA_VERSION);
	if (c->json)
		ctl_json(json_pack("{s:i}", "schema_version", DB_SCHEMA_VERSION));
	return CTL_OK;
}

static int
upgrade(struct ctl *c, struct err *e)
{
	int n;

	if (db_open(c->conf.database, NULL, "musterctl", &c->db, e) < 0 || migrate_upgrade(c->db, &n, e) < 0)
		return -1;
	ctl_say(c, n == 0 ? "nothing to do: schema version %d" : "upgraded to schema version %d", DB_SCHEMA_VERSION);
	if (c->json)
		ctl_json(json_pack("{s:i, s:i}", "schema_version", DB_SCHEMA_VERSION, "applied", n));
	return CTL_OK;
}

static const char *
state_of(const struct migration *m)
{
	return m->changed ? "changed" : m->applied ? "applied" : "missing";
}

static int
status(struct ctl *c, struct err *e)
{
	SCOPED(mem) struct migration *list = calloc(MIGRATION_MAX, sizeof(*list));
	json_t *rows = json_array();
	bool fits = true, changed = false;
	size_t n;

	if (list == NULL || rows == NULL || db_open(c->conf.database, NULL, "musterctl", &c->db, e) < 0 ||
	    migrate_list(c->db, list, &n, e) < 0) {
		json_decref(rows);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		fits = fits && list[i].applied && !list[i].changed;
		changed = changed || list[i].changed;
		(void)json_array_append_new(rows, json_pack("{s:i, s:s, s:s, s:s}", "version", list[i].version, "name", list[i].name,
							 "state", state_of(&list[i]), "applied_at", list[i].applied_at));
		ctl_say(c, "%04d  %-20s %-8s %s", list[i].version, list[i].name, state_of(&list[i]), list[i].applied_at);
	}
	if (c->json)
		ctl_json(rows);
	else
		json_decref(rows);
	ctl_say(c, "%s", fits ? "the schema fits this program"
			 : changed ? "the schema is that of another version of muster; see \"musterctl explain 1103\""
				   : "run \"musterctl db upgrade\"");
	return fits ? CTL_OK : CTL_FAILED;
}

static const struct ctl_opt create_opts[] = {
	{ "grant", "LOGIN", "Login that becomes the first Enterprise Administrator (default: who runs this)" },
	{ 0 },
};

const struct command ctl_db_commands[] = {
	{ "db", "create", "", 0, 0, "Make the database with its roles and schema; safe to run again", create_opts, create },
	{ "db", "upgrade", "", 0, 0, "Bring the schema up to date", NULL, upgrade },
	{ "db", "status", "", 0, 0, "Show which migrations are applied", NULL, status },
	{ 0 },
};
