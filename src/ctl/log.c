/* SPDX-License-Identifier: Apache-2.0 */
/* log: musterctl log: the event log, oldest of the shown lines first, and following it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "db/event.h"

enum { OPT_UUID, OPT_FOLLOW, OPT_LEVEL, OPT_LINES, OPT_SEARCH };
enum { LINES = 50, LINES_MAX = 100000, PAGE = 500, FOLLOW_MS = 2000, GATHER_MS = 200 };

/* Lines are written in batches, so one may come after another that is this much younger. */
enum { LATE_US = 30 * 1000000 };

/* Where following has got to. */
struct place {
	int64_t newest_us, oldest_us; /* of what was shown; none is looked for before oldest_us */
	int64_t *shown;               /* ids of lines within LATE_US of the newest, sorted; owned */
	size_t n;
};

/* Time, Description, UUID. Source: requirements A5 120. */
static void
print_event(const struct ctl *c, const struct event *v)
{
	static const char marks[] = { [EVENT_ERROR] = 'E', [EVENT_WARNING] = 'W', [EVENT_INFO] = ' ', [EVENT_VERBOSE] = 'v' };

	if (c->json) {
		ctl_json_line(json_pack("{s:I, s:s, s:s, s:s, s:i, s:I, s:s}", "id", (json_int_t)v->id, "at", v->at, "level",
		    event_level_name(v->level), "uuid", v->uuid, "code", v->code, "job_id", (json_int_t)v->job_id, "text", v->text));
		return;
	}
	(void)printf("%s %c %s%s%s", v->at, marks[v->level], v->text, v->uuid[0] != '\0' ? "  " : "", v->uuid);
	if (v->code != 0)
		(void)printf("  (%d)", v->code);
	(void)putchar('\n');
}

static int
by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The newest n lines, printed oldest first. */
static int
print_last(struct ctl *c, const struct event_filter *f, int n, struct place *at, struct err *e)
{
	SCOPED(mem) struct event *list = calloc((size_t)n, sizeof(*list));
	int have = 0;
	int64_t before_us = 0, before = 0;

	at->shown = calloc((size_t)n, sizeof(*at->shown));
	if (list == NULL || at->shown == NULL)
		return err_set(e, ERR_MEMORY, "event log");
	for (size_t got = PAGE; have < n && got == PAGE;) {
		SCOPED(rows) struct rows *r = NULL;

		if (event_page(c->db, f, before_us, before, false, PAGE, &r, e) < 0)
			return -1;
		got = rows_count(r);
		for (size_t i = 0; i < got && have < n; i++) {
			event_from_row(r, i, &list[have]);
			before_us = list[have].at_us;
			before = list[have].id;
			have++;
		}
	}
	if (have > 0) {
		at->newest_us = list[0].at_us;
		at->oldest_us = list[have - 1].at_us;
	}
	while (have > 0) {
		at->shown[at->n++] = list[--have].id;
		print_event(c, &list[have]);
	}
	qsort(at->shown, at->n, sizeof(*at->shown), by_value);
	return 0;
}

/* Every line that came since, also one that is older than some that were shown. */
static int
print_new(struct ctl *c, const struct event_filter *f, struct place *at, struct err *e)
{
	int64_t from_us = at->newest_us - LATE_US > at->oldest_us ? at->newest_us - LATE_US : at->oldest_us, from = 0;
	SCOPED(buf) struct buf seen = { 0 };

	for (size_t got = PAGE; got == PAGE;) {
		SCOPED(rows) struct rows *r = NULL;

		if (event_page(c->db, f, from_us, from, true, PAGE, &r, e) < 0)
			return -1;
		got = rows_count(r);
		for (size_t i = 0; i < got; i++) {
			struct event v;

			event_from_row(r, i, &v);
			if (at->n == 0 || bsearch(&v.id, at->shown, at->n, sizeof(v.id), by_value) == NULL)
				print_event(c, &v);
			buf_add(&seen, &v.id, sizeof(v.id));
			from_us = v.at_us;
			from = v.id;
		}
		if (got > 0 && from_us > at->newest_us)
			at->newest_us = from_us;
	}
	if (seen.bad)
		return err_set(e, ERR_MEMORY, "event log");
	free(at->shown);
	at->n = seen.len / sizeof(*at->shown);
	at->shown = (int64_t *)(void *)buf_steal(&seen);
	qsort(at->shown, at->n, sizeof(*at->shown), by_value);
	return 0;
}

static int
follow(struct ctl *c, const struct event_filter *f, struct place *at, struct err *e)
{
	char channel[32], payload[32];

	if (db_listen(c->db, "muster_change", e) < 0)
		return -1;
	for (;;) {
		if (print_new(c, f, at, e) < 0)
			return -1;
		if (fflush(stdout) != 0)
			return 0; /* the reader is gone: told at the end */
		if (db_wait(c->db, -1, FOLLOW_MS, e) < 0)
			return -1;
		while (db_notified(c->db, channel, sizeof(channel), payload, sizeof(payload)))
			;
		clock_sleep_ms(GATHER_MS); /* a busy engine tells of changes all the time */
	}
}

static int
show(struct ctl *c, struct err *e)
{
	struct event_filter f = { .level = EVENT_INFO };
	struct place at = { 0 };
	struct uuid u;
	long n = LINES;

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
	if (c->opt[OPT_LINES] != NULL && ctl_number(c->opt[OPT_LINES], "--lines", 1, LINES_MAX, &n, e) < 0)
		return -1;
	int rc = ctl_connect(c, e);
	if (rc == 0)
		rc = print_last(c, &f, (int)n, &at, e);
	if (rc == 0)
		rc = c->opt[OPT_FOLLOW] == NULL ? CTL_OK : follow(c, &f, &at, e);
	free(at.shown);
	return rc;
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
