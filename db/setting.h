/* SPDX-License-Identifier: Apache-2.0 */
/* setting: what an Administrator may tune, and the engines that follow it. */
#ifndef MUSTER_DB_SETTING_H
#define MUSTER_DB_SETTING_H

#include "db/db.h"
#include "db/dbq.h"
#include "db/trace_level.h"

enum { RETRY_STEPS_MAX = 16 };

/* The settings as an engine needs them. */
struct settings {
	int workers, poll_s, lease_s, connect_timeout_s, call_timeout_s, run_timeout_s, commit_wait_s;
	int retry_min[RETRY_STEPS_MAX], nretry;
	int login_spacing_s, hello_port, hello_rate, hello_unknown_cap, hello_deadline_s, certificate_days;
	bool legacy_tls;
	int log_level; /* enum event_level */
	char trace[TRACE_SETTING]; /* see trace_level.h */
};

/* settings_load: all of them. ERR_DB when one is missing or not a number. */
MUST_CHECK int settings_load(struct db *db, struct settings *out, struct err *e);

/* setting_list: name, value, kind, least, most, standard, unit, description, changed_at, changed_by. */
enum { SETTING_NAME, SETTING_VALUE, SETTING_KIND, SETTING_LEAST, SETTING_MOST, SETTING_STANDARD,
	SETTING_UNIT, SETTING_DESCRIPTION, SETTING_CHANGED_AT, SETTING_CHANGED_BY };
MUST_CHECK int setting_list(struct db *db, struct rows **out, struct err *e);
MUST_CHECK int setting_set(struct db *db, const char *name, const char *value, struct err *e);
void setting_list_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner);
void setting_set_send(struct dbq *q, const char *name, const char *value, dbq_rows_fn *fn, void *arg, const void *owner);

/* Engines: sign on, heartbeat (with what happened since the last one), list. */
MUST_CHECK int node_start(struct db *db, const char *name, const char *version, int *node, struct err *e);
MUST_CHECK int node_beat(struct db *db, int node, int workers, int busy, int64_t hellos, int64_t refused,
    bool stopping, struct err *e);
/* node_trace: where the engine writes its debug trace ("": nowhere now), and how much there is. */
MUST_CHECK int node_trace(struct db *db, int node, const char *dir, int64_t bytes, struct err *e);
enum { NODE_NAME, NODE_VERSION, NODE_STARTED, NODE_BEAT_AGE_S, NODE_WORKERS, NODE_BUSY, NODE_HELLOS,
	NODE_REFUSED, NODE_STATE, NODE_TRACE_DIR, NODE_TRACE_BYTES, NODE_TRACE };
MUST_CHECK int node_list(struct db *db, struct rows **out, struct err *e);
void node_list_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner);

/* role_send: one row: may the caller act as an operator, an administrator, an Enterprise Administrator? */
enum { ROLE_OPERATOR, ROLE_ADMINISTRATOR, ROLE_ENTERPRISE };
void role_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner);

#endif
