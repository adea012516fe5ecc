/* SPDX-License-Identifier: Apache-2.0 */
/* trace: musterctl trace on, engine, all, off, status: the debug trace of engines, switched while they run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/uuid.h"
#include "ctl/ctl.h"
#include "db/setting.h"

enum { OPT_LEVEL, WHAT_MAX = 12, WORD = 80 };

/* The setting as it is, added to *out. */
static int
current(struct ctl *c, struct buf *out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (ctl_connect(c, e) < 0 || setting_list(c->db, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < rows_count(r); i++)
		if (strcmp(rows_text(r, i, SETTING_NAME), "trace") == 0)
			buf_puts(out, rows_text(r, i, SETTING_VALUE));
	return 0;
}

static int
set(struct ctl *c, const char *const *what, size_t n, enum trace_level level, struct err *e)
{
	char value[TRACE_SETTING];

	if (ctl_connect(c, e) < 0 || trace_set(c->db, what, n, level, value, e) < 0)
		return -1;
	ctl_say(c, "debug trace: %s", value[0] == '\0' ? "off" : value);
	if (c->json)
		ctl_json(json_pack("{s:s}", "trace", value));
	return CTL_OK;
}

/* The level of --level; without it all that there is. */
static int
read_level(const struct ctl *c, enum trace_level *out, struct err *e)
{
	*out = TRACE_VERBOSE;
	if (c->opt[OPT_LEVEL] != NULL && (!trace_level_parse(c->opt[OPT_LEVEL], out) || *out == TRACE_OFF))
		return err_set(e, ERR_INPUT, "--level: want V (verbose), W (warnings and errors) or E (errors)");
	return 0;
}

/* A UUID as the database has it; false when it is none. */
static bool
uuid_word(const char *arg, char out[WORD])
{
	struct uuid u;

	if (!uuid_parse(arg, &u))
		return false;
	uuid_text(&u, out);
	return true;
}

static void
engine_word(const char *name, char out[WORD])
{
	(void)snprintf(out, WORD, "engine=%s", name);
}

static int
on(struct ctl *c, struct err *e)
{
	char words[WHAT_MAX][WORD];
	const char *what[WHAT_MAX];
	enum trace_level level;

	if (read_level(c, &level, e) < 0)
		return -1;
	for (int i = 0; i < c->nargs; i++) {
		what[i] = words[i];
		if (!uuid_word(c->args[i], words[i]))
			return err_set(e, ERR_INPUT, "\"%s\" is not a UUID", c->args[i]);
	}
	return set(c, what, (size_t)c->nargs, level, e);
}

static int
engine(struct ctl *c, struct err *e)
{
	char words[WHAT_MAX][WORD];
	const char *what[WHAT_MAX];
	enum trace_level level;

	if (read_level(c, &level, e) < 0)
		return -1;
	for (int i = 0; i < c->nargs; i++) {
		what[i] = words[i];
		engine_word(c->args[i], words[i]);
	}
	return set(c, what, (size_t)c->nargs, level, e);
}

static int
all(struct ctl *c, struct err *e)
{
	const char *const what[] = { "all" };
	enum trace_level level;

	return read_level(c, &level, e) < 0 ? -1 : set(c, what, 1, level, e);
}

/* Of what is named: UUIDs, engines, "all"; without a name of everything. */
static int
off(struct ctl *c, struct err *e)
{
	char words[WHAT_MAX][WORD];
	const char *what[WHAT_MAX];

	for (int i = 0; i < c->nargs; i++) {
		what[i] = words[i];
		if (strcmp(c->args[i], "all") == 0)
			what[i] = "all";
		else if (!uuid_word(c->args[i], words[i]))
			engine_word(c->args[i], words[i]);
	}
	return set(c, what, (size_t)c->nargs, TRACE_OFF, e);
}

static int
status(struct ctl *c, struct err *e)
{
	static const struct ctl_col cols[] = {
		{ "ENGINE", "name", NODE_NAME, false },
		{ "STATE", "state", NODE_STATE, false },
		{ "BYTES", "trace_bytes", NODE_TRACE_BYTES, true },
		{ "FOLDER", "trace_dir", NODE_TRACE_DIR, false },
		{ 0 },
	};
	static const struct ctl_col json_cols[] = {
		{ "", "name", NODE_NAME, false },
		{ "", "state", NODE_STATE, false },
		{ "", "trace", NODE_TRACE, false },
		{ "", "trace_bytes", NODE_TRACE_BYTES, true },
		{ "", "trace_dir", NODE_TRACE_DIR, false },
		{ 0 },
	};
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(buf) struct buf value = { 0 };

	if (current(c, &value, e) < 0 || node_list(c->db, &r, e) < 0)
		return -1;
	ctl_say(c, "trace: %s", value.len == 0 ? "off" : buf_str(&value));
	ctl_table(c, r, c->json ? json_cols : cols);
	return CTL_OK;
}

static const struct ctl_opt opts[] = {
	{ "level", "LEVEL", "V: verbose, all there is (default); W: warnings and errors; E: errors" },
	{ 0 },
};

const struct command ctl_trace_commands[] = {
	{ "trace", "on", "UUID...", 1, WHAT_MAX, "Write what is said to these devices to files of the engines", opts, on },
	{ "trace", "engine", "NAME...", 1, WHAT_MAX, "Write what these engines say to devices to files", opts, engine },
	{ "trace", "all", "", 0, 0, "Write what is said to all devices to files: for short periods", opts, all },
	{ "trace", "off", "[UUID|NAME|all...]", 0, WHAT_MAX, "Write nothing any more, or nothing of these devices and engines", NULL, off },
	{ "trace", "status", "", 0, 0, "Show what is traced, and where engines write how much", NULL, status },
	{ 0 },
};
