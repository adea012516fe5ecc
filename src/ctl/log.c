/* SPDX-License-Identifier: Apache-2.0 */
/* log: musterctl log: the event log, oldest of the shown lines first, and following it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ctl/ctl.h"
#include "db/event.h"

enum { OPT_UUID, OPT_FOLLOW, OPT_LEVEL, OPT_LINES, OPT_SEARCH };
enum { LINES = 50, LINES_MAX = 100000, PAGE = 500, FOLLOW_MS = 2000 };

/* Time, Description, UUID. Source: requirements A5 120. */
static void
print_event(const struct ctl *c, const struct event *v)
{
	static const char marks[] = { [EVENT_ERROR] = 'E', [EVENT_WARNING] = 'W', [EVENT_INFO] = ' ', [EVENT_VERBOSE] = 'v' };

	if (c->json) {
		json_t *j = json_pack("{s:I, s:s, s:s, s:s, s:i, s:I, s:s}", "id", (json_int_t)v->id, "at", v->at, "level",
		    event_level_name(v->level), "uuid", v->uuid, "code", v->code, "job_id", (json_int_t)v->job_id, "text", v->text);
		(void)json_dumpf(j, stdout, JSON_COMPACT | JSON_SORT_KEYS);
		(void)putchar('\n');
		json_decref(j);
		return;
	}
	(void)printf("%s %c %s%s%s", v->at, marks[v->level], v->text, v->uuid[0] != '\0' ? "  " : "", v->uuid);
	if (v->code != 0)
		(void)printf("  (%d)", v->code);
	(void)putchar('\n');
}

/* The newest n lines, printed oldest first. */
static int
print_last(struct ctl *c, const struct event_filter *f, int n, int64_t *at_us, int64_t *id, struct err *e)
{
	struct event *list = calloc((size_t)n, sizeof(*list));
	int have = 0;
	int64_t at = 0, before = 0;

	if (list == NULL)
		return err_set(e, ERR_MEMORY, "event log");
	for (size_t got = PAGE; have < n && got == PAGE;) {
		SCOPED(rows) struct rows *r = NULL;

		if (event_page(c->db, f, at, before, false, PAGE, &r, e) < 0) {
			free(list);
			return -1;
		}
		got = rows_count(r);
		for (size_t i = 0; i < got && have < n; i++) {
			event_from_row(r, i, &list[have]);
			at = list[have].at_us;
			before = list[have].id;
			have++;
		}
	}
	if (have > 0) {
		*at_us = list[0].at_us;
		*id = list[0].id;
	}
	while (have > 0)
		print_event(c, &list[--have]);
	free(list);
	return 0;
}

static int
follow(struct ctl *c, const struct event_filter *f, int64_t at_us, int64_t id, struct err *e)
{
	char channel[32], payload[32];

	if (db_listen(c->db, "muster_change", e) < 0)
		return -1;
	for (;;) {
		SCOPED(rows) struct rows *r = NULL;

		if (event_page(c->db, f, at_us, id, true, PAGE, &r, e) < 0)
			return -1;
		for (size_t i = 0; i < rows_count(r); i++) {
			struct event v;

			event_from_row(r, i, &v);
			print_event(c, &v);
			at_us = v.at_us;
			id = v.id;
		}
		if (fflush(stdout) != 0)
			return 0; /* the reader is gone */
		if (rows_count(r) == PAGE)
			continue;
		if (db_wait(c->db, -1, FOLLOW_MS, e) < 0)
			return -1;
		while (db_notified(c->db, channel, sizeof(channel), payload, sizeof(payload)))
			;
	}
}

static int
show(struct ctl *c, struct err *e)
{
	struct event_filter f = { .level = EVENT_INFO };
	int64_t at_us = 0, id = 0;
	struct uuid u;
	long n = c->opt[OPT_LINES] == NULL ? LINES : strtol(c->opt[OPT_LINES], NULL, 10);

	if (c->opt[OPT_UUID] != NULL && !uuid_parse(c->opt[OPT_UUID], &u))
		return err_set(e, ERR_INPUT, "\"%s\" is not a UUID", c->opt[OPT_UUID]);
	if (c->opt[OPT_UUID] != NULL)
		uuid_text(&u, f.uuid);
	if (c->opt[OPT_LEVEL] != NULL) {
		int level = event_level_of(c->opt[OPT_LEVEL]);

		if (level == 0)
			return err_set(e, ERR_INPUT, "--level: want error, warning, info or verbose");
		f.level = (enum event_level)level;
	}
	if (c->opt[OPT_SEARCH] != NULL && !text_copy(f.search, sizeof(f.search), c->opt[OPT_SEARCH]))
		return err_set(e, ERR_INPUT, "--search: at most %zu bytes", sizeof(f.search) - 1);
	if (n < 1 || n > LINES_MAX)
		return err_set(e, ERR_INPUT, "--lines: want 1 to %d", LINES_MAX);
	if (ctl_connect(c, e) < 0 || print_last(c, &f, (int)n, &at_us, &id, e) < 0)
		return -1;
	return c->opt[OPT_FOLLOW] == NULL ? CTL_OK : follow(c, &f, at_us, id, e);
}

static const struct ctl_opt opts[] = {
	{ "uuid", "UUID", "Only lines about this device" },
	{ "follow", NULL, "Go on with new lines as they come" },
	{ "level", "LEVEL", "Least important lines shown: error, warning, info (default) or verbose" },
	{ "lines", "N", "How many lines (default 50)" },
	{ "search", "TEXT", "Only lines with this text" },
	{ 0 },
};

const struct command ctl_log_commands[] = {
	{ "log", "", "", 0, 0, "Show the event log; with --json one object a line", opts, show },
	{ 0 },
};
