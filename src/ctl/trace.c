/* SPDX-License-Identifier: Apache-2.0 */
/* trace: musterctl trace on, all, off, status: the debug trace of engines, switched while they run. */
#include <string.h>

#include "base/buf.h"
#include "base/uuid.h"
#include "ctl/ctl.h"
#include "db/setting.h"

static const char name[] = "trace";

/* The setting as it is, added to *out. */
static int
current(struct ctl *c, struct buf *out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (ctl_connect(c, e) < 0 || setting_list(c->db, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < rows_count(r); i++)
		if (strcmp(rows_text(r, i, SETTING_NAME), name) == 0)
			buf_puts(out, rows_text(r, i, SETTING_VALUE));
	return 0;
}

static int
set(struct ctl *c, const char *value, struct err *e)
{
	if (ctl_connect(c, e) < 0 || setting_set(c->db, name, value, e) < 0)
		return -1;
	ctl_say(c, "%s", value[0] == '\0' ? "debug trace is off" : strcmp(value, "all") == 0 ? "debug trace of all devices is on" : "debug trace is on");
	if (c->json)
		ctl_json(json_pack("{s:s}", "trace", value));
	return CTL_OK;
}

static int
on(struct ctl *c, struct err *e)
{
	SCOPED(buf) struct buf value = { 0 };
	struct uuid u;
	char text[UUID_TEXT];

	for (int i = 0; i < c->nargs; i++)
		if (!uuid_parse(c->args[i], &u))
			return err_set(e, ERR_INPUT, "\"%s\" is not a UUID", c->args[i]);
	if (current(c, &value, e) < 0)
		return -1;
	if (strcmp(buf_str(&value), "all") == 0)
		buf_reset(&value);
	for (int i = 0; i < c->nargs; i++) {
		if (uuid_parse(c->args[i], &u))
			uuid_text(&u, text);
		if (value.len > 0 && strstr(buf_str(&value), text) != NULL)
			continue;
		buf_printf(&value, "%s%s", value.len > 0 ? " " : "", text);
	}
	return value.bad ? err_set(e, ERR_MEMORY, "debug trace") : set(c, buf_str(&value), e);
}

static int
all(struct ctl *c, struct err *e)
{
	return set(c, "all", e);
}

static int
off(struct ctl *c, struct err *e)
{
	return set(c, "", e);
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
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(buf) struct buf value = { 0 };

	if (current(c, &value, e) < 0 || node_list(c->db, &r, e) < 0)
		return -1;
	ctl_say(c, "trace: %s", value.len == 0 ? "off" : buf_str(&value));
	ctl_table(c, r, cols);
	return CTL_OK;
}

const struct command ctl_trace_commands[] = {
	{ "trace", "on", "UUID...", 1, 12, "Write the conversations with these devices to files of the engines", NULL, on },
	{ "trace", "all", "", 0, 0, "Write the conversations with all devices to files: for short periods", NULL, all },
	{ "trace", "off", "", 0, 0, "Write no conversation any more", NULL, off },
	{ "trace", "status", "", 0, 0, "Show which devices are traced, and where engines write how much", NULL, status },
	{ 0 },
};
