/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace_level: whose debug trace is on, and how much of it: the setting "trace", which is a list of "all",
 * "engine=NAME" and UUIDs, each with ":V", ":W", ":E" or nothing, which is ":V".
 */
#ifndef MUSTER_DB_TRACE_LEVEL_H
#define MUSTER_DB_TRACE_LEVEL_H

#include "db/db.h"
#include "db/dbq.h"

/* Each writes what those before it do, and more. */
enum trace_level { TRACE_OFF, TRACE_ERRORS, TRACE_WARNINGS, TRACE_VERBOSE };

enum { TRACE_SETTING = 512 };

/* trace_level_of: of a device that an engine talks to. What names the device counts, else the engine, else all. Pure. */
enum trace_level trace_level_of(const char *setting, const char *uuid, const char *engine);

/* trace_level_named: the level that the setting has for "all", "engine=NAME" or a UUID by itself. Pure. */
enum trace_level trace_level_named(const char *setting, const char *word);

/* trace_level_letter: "" (off), "E", "W", "V". trace_level_name: "off", "errors", "warnings and errors", "verbose". */
const char *trace_level_letter(enum trace_level level);
const char *trace_level_name(enum trace_level level);

/* trace_level_parse: a letter or a name, whatever its case; "warnings" will do. */
bool trace_level_parse(const char *text, enum trace_level *out);

/*
 * trace_set: each of what ("all", "engine=NAME", a UUID) gets the level; n 0: nothing is traced any more. *value is
 * the setting as it is then. ERR_DB_DENIED, ERR_DB_NOT_FOUND (engine), ERR_DB_RULE.
 */
MUST_CHECK int trace_set(struct db *db, const char *const *what, size_t n, enum trace_level level, char value[TRACE_SETTING], struct err *e);
void trace_set_send(struct dbq *q, const char *const *what, size_t n, enum trace_level level, dbq_rows_fn *fn, void *arg, const void *owner);

/* trace_list_send: the setting with each engine; without any engine one row without a name. */
enum { TRACE_COL_SETTING, TRACE_COL_ENGINE, TRACE_COL_DIR, TRACE_COL_BYTES };
void trace_list_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner);

#endif
