/* SPDX-License-Identifier: Apache-2.0 */
/* setting: what an Administrator may tune, and the engines that follow it. */
#include "db/setting.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "db/event.h"

static const struct stmt list = {
	.name = "setting_list",
	.want = WANT_MANY,
	.sql = "SELECT name, value, kind, least, most, standard, unit, description,"
	       " to_char(changed_at, 'YYYY-MM-DD HH24:MI'), changed_by FROM muster.setting ORDER BY name",
};
static const struct stmt set = {
	.name = "setting_set",
	.nparams = 2,
	.want = WANT_ONE,
	.sql = "SELECT muster.setting_set($1, $2)",
};
static const struct stmt start = {
	.name = "node_start",
	.nparams = 3,
	.want = WANT_ONE,
	.sql = "SELECT muster.node_start($1, $2, $3::int)",
};
static const struct stmt beat = {
	.name = "node_beat",
	.nparams = 6,
	.want = WANT_ONE,
	.sql = "SELECT muster.node_beat($1::int, $2::int, $3::int, $4::bigint, $5::bigint, $6::boolean)",
};
static const struct stmt trace = {
	.name = "node_trace",
	.nparams = 3,
	.want = WANT_ONE,
	.sql = "SELECT muster.node_trace($1::int, $2, $3::bigint)",
};
static const struct stmt nodes = {
	.name = "node_list",
	.want = WANT_MANY,
	.sql = "SELECT name, version, to_char(started_at, 'YYYY-MM-DD HH24:MI:SS'),"
	       " extract(epoch FROM now() - heartbeat_at)::bigint, workers, busy, hellos, refused,"
	       " CASE WHEN stopped_at IS NOT NULL THEN 'stopped'"
	       " WHEN heartbeat_at < now() - make_interval(secs => muster.setting_number('lease_s')::int)"
	       " THEN 'gone' WHEN heartbeat_at < now() - make_interval(secs => muster.setting_number('lease_s')::int * 0.75)"
	       " THEN 'silent' ELSE 'running' END, trace_dir, trace_bytes, (SELECT value FROM muster.setting WHERE name = 'trace') FROM muster.engine_node ORDER BY name",
};

static const struct stmt roles = {
	.name = "roles",
	.want = WANT_ONE,
	.sql = "SELECT pg_has_role('muster_operator', 'USAGE'), pg_has_role('muster_administrator', 'USAGE'),"
	       " pg_has_role('muster_enterprise_administrator', 'USAGE')",
};

static const struct {
	const char *name;
	size_t offset;
} numbers[] = {
	{ "workers", offsetof(struct settings, workers) },
	{ "poll_s", offsetof(struct settings, poll_s) },
	{ "lease_s", offsetof(struct settings, lease_s) },
	{ "connect_timeout_s", offsetof(struct settings, connect_timeout_s) },
	{ "call_timeout_s", offsetof(struct settings, call_timeout_s) },
	{ "run_timeout_s", offsetof(struct settings, run_timeout_s) },
	{ "commit_wait_s", offsetof(struct settings, commit_wait_s) },
	{ "login_spacing_s", offsetof(struct settings, login_spacing_s) },
	{ "hello_port", offsetof(struct settings, hello_port) },
	{ "hello_rate", offsetof(struct settings, hello_rate) },
	{ "hello_unknown_cap", offsetof(struct settings, hello_unknown_cap) },
	{ "hello_deadline_s", offsetof(struct settings, hello_deadline_s) },
	{ "certificate_days", offsetof(struct settings, certificate_days) },
};

static const char *
value_of(const struct rows *r, const char *name)
{
	for (size_t i = 0; i < rows_count(r); i++)
		if (strcmp(rows_text(r, i, SETTING_NAME), name) == 0)
			return rows_text(r, i, SETTING_VALUE);
	return "";
}

int
settings_load(struct db *db, struct settings *out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	struct settings s = { 0 };

	if (db_run(db, &list, NULL, 0, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		const char *value = value_of(r, numbers[i].name);

		if (value[0] == '\0')
			return err_set(e, ERR_DB, "setting %s is missing", numbers[i].name);
		*(int *)(void *)((char *)&s + numbers[i].offset) = (int)strtol(value, NULL, 10);
	}
	char *p = (char *)(uintptr_t)value_of(r, "retry_minutes"); /* strtol only reads it */
	while (s.nretry < RETRY_STEPS_MAX && *p != '\0')
		s.retry_min[s.nretry++] = (int)strtol(p, &p, 10);
	s.legacy_tls = strcmp(value_of(r, "legacy_tls"), "on") == 0;
	s.log_level = event_level_of(value_of(r, "log_level"));
	(void)text_copy(s.trace, sizeof(s.trace), value_of(r, "trace")); /* 500 characters at most */
	if (s.nretry == 0 || s.log_level == 0)
		return err_set(e, ERR_DB, "setting %s is missing", s.nretry == 0 ? "retry_minutes" : "log_level");
	*out = s;
	return 0;
}

int
setting_list(struct db *db, struct rows **out, struct err *e)
{
	return db_run(db, &list, NULL, 0, out, e);
}

int
setting_set(struct db *db, const char *name, const char *value, struct err *e)
{
	const char *params[] = { name, value };

	return db_run(db, &set, params, ARRAY_LEN(params), NULL, e);
}

void
setting_list_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner)
{
	dbq_send(q, &list, NULL, 0, fn, arg, owner);
}

void
setting_set_send(struct dbq *q, const char *name, const char *value, dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { name, value };

	dbq_send(q, &set, params, ARRAY_LEN(params), fn, arg, owner);
}

int
node_start(struct db *db, const char *name, const char *version, int *node, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	char pid[16];
	const char *params[] = { name, version, pid };

	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (db_run(db, &start, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	*node = (int)rows_int(r, 0, 0);
	return 0;
}

int
node_beat(struct db *db, int node, int workers, int busy, int64_t hellos, int64_t refused, bool stopping, struct err *e)
{
	char id[16], w[16], b[16], h[24], x[24];
	const char *params[] = { id, w, b, h, x, stopping ? "t" : "f" };

	(void)snprintf(id, sizeof(id), "%d", node);
	(void)snprintf(w, sizeof(w), "%d", workers);
	(void)snprintf(b, sizeof(b), "%d", busy);
	(void)snprintf(h, sizeof(h), "%" PRId64, hellos);
	(void)snprintf(x, sizeof(x), "%" PRId64, refused);
	return db_run(db, &beat, params, ARRAY_LEN(params), NULL, e);
}

int
node_trace(struct db *db, int node, const char *dir, int64_t bytes, struct err *e)
{
	char id[16], b[24];
	const char *params[] = { id, dir, b };

	(void)snprintf(id, sizeof(id), "%d", node);
	(void)snprintf(b, sizeof(b), "%" PRId64, bytes);
	return db_run(db, &trace, params, ARRAY_LEN(params), NULL, e);
}

int
node_list(struct db *db, struct rows **out, struct err *e)
{
	return db_run(db, &nodes, NULL, 0, out, e);
}

void
node_list_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner)
{
	dbq_send(q, &nodes, NULL, 0, fn, arg, owner);
}

void
role_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner)
{
	dbq_send(q, &roles, NULL, 0, fn, arg, owner);
}
