/* SPDX-License-Identifier: Apache-2.0 */
/* log: musterctl log: the event log, oldest of the shown lines first, following it, and all of it into a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "db/event_export.h"

enum { X_CSV, X_UUID, X_SINCE, X_UNTIL, X_LEVEL, X_SEARCH };
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

/* When the newest line of all was written: what was looked through up to it need not be looked through again. */
static int
newest_line(struct ctl *c, int64_t *at_us, struct err *e)
{
	static const struct event_filter all = { .level = EVENT_VERBOSE };
	SCOPED(rows) struct rows *r = NULL;
	struct event v = { 0 };

	if (event_page(c->db, &all, 0, 0, false, 1, &r, e) < 0)
		return -1;
	if (rows_count(r) > 0)
		event_from_row(r, 0, &v);
	*at_us = v.at_us;
	return 0;
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
	for (bool more = true; have < n && more;) {
		SCOPED(rows) struct rows *r = NULL;

		if (event_page(c->db, f, before_us, before, false, PAGE, &r, e) < 0)
			return -1;
		size_t got = rows_count(r);

		more = got == PAGE; /* or there is more to search */
		for (size_t i = 0; i < got && have < n; i++) {
			event_from_row(r, i, &list[have]);
			before_us = list[have].at_us;
			before = list[have].id;
			more |= list[have].mark;
			have += list[have].mark ? 0 : 1;
		}
	}
	if (have > 0) {
		at->newest_us = list[0].at_us;
		at->oldest_us = list[have - 1].at_us;
	} else if (newest_line(c, &at->newest_us, e) < 0) {
		return -1;
	}
	while (have > 0) {
		at->shown[at->n++] = list[--have].id;
		print_event(c, &list[have]);
	}
	qsort(at->shown, at->n, sizeof(*at->shown), by_value);
	return 0;
}

/* These were shown now; with `more` beside those before. */
static int
remember(struct place *at, struct buf *seen, bool more, struct err *e)
{
	if (more)
		buf_add(seen, at->shown, at->n * sizeof(*at->shown));
	if (seen->bad)
		return err_set(e, ERR_MEMORY, "event log");
	free(at->shown);
	at->n = seen->len / sizeof(*at->shown);
	at->shown = (int64_t *)(void *)buf_steal(seen);
	qsort(at->shown, at->n, sizeof(*at->shown), by_value);
	return 0;
}

/* Every line that came since, also one that is older than some that were shown. */
static int
print_new(struct ctl *c, const struct event_filter *f, struct place *at, struct err *e)
{
	int64_t from_us = at->newest_us - LATE_US > at->oldest_us ? at->newest_us - LATE_US : at->oldest_us, from = 0;
	SCOPED(buf) struct buf seen = { 0 };
	int64_t newest_us;

	if (newest_line(c, &newest_us, e) < 0)
		return -1;
	for (bool more = true; more;) {
		SCOPED(rows) struct rows *r = NULL;

		if (event_page(c->db, f, from_us, from, true, PAGE, &r, e) < 0) {
			struct err lost; /* that the page failed is told */

			(void)remember(at, &seen, true, &lost);
			return -1;
		}
		size_t got = rows_count(r);

		more = got == PAGE; /* or there is more to search */
		for (size_t i = 0; i < got; i++) {
			struct event v;

			event_from_row(r, i, &v);
			from_us = v.at_us;
			from = v.id;
			more |= v.mark;
			if (v.mark)
				continue;
			if (at->n == 0 || bsearch(&v.id, at->shown, at->n, sizeof(v.id), by_value) == NULL)
				print_event(c, &v);
			buf_add(&seen, &v.id, sizeof(v.id));
		}
	}
	at->newest_us = newest_us > at->newest_us ? newest_us : at->newest_us;
	return remember(at, &seen, false, e);
}

static int
listen_again(struct ctl *c, struct err *e)
{
	return ctl_connect(c, e) < 0 ? -1 : db_listen(c->db, "muster_change", e);
}

/* What came, then until more may have come. 1: the reader is gone, which is told at the end. */
static int
follow_once(struct ctl *c, const struct event_filter *f, struct place *at, struct err *e)
{
	char channel[32], payload[32];

	if (listen_again(c, e) < 0 || print_new(c, f, at, e) < 0)
		return -1;
	if (fflush(stdout) != 0)
		return 1;
	if (db_wait(c->db, -1, FOLLOW_MS, e) < 0)
		return -1;
	while (db_notified(c->db, channel, sizeof(channel), payload, sizeof(payload)))
		;
	clock_sleep_ms(GATHER_MS); /* a busy engine tells of changes all the time */
	return 0;
}

/* A database that goes away is waited for, and what was written meanwhile is shown. */
static int
follow(struct ctl *c, const struct event_filter *f, struct place *at, struct err *e)
{
	bool away = false;

	for (;;) {
		int rc = follow_once(c, f, at, e);

		if (rc > 0)
			return 0;
		if (rc < 0 && !db_passes(e))
			return -1;
		if (rc < 0 && !away)
			(void)fprintf(stderr, "musterctl: %s (%d); trying again\n", e->text, (int)e->code);
		away = rc < 0;
		if (away) {
			db_close(c->db);
			c->db = NULL;
			clock_sleep_ms(FOLLOW_MS / 2);
		}
	}
}

/* What the options of show and of export_log say alike. */
static int
read_filter(const struct ctl *c, int uuid, int level, int search, struct event_filter *f, struct err *e)
{
	struct uuid u;

	f->level = EVENT_INFO;
	if (c->opt[uuid] != NULL && !uuid_parse(c->opt[uuid], &u))
		return err_set(e, ERR_INPUT, "\"%s\" is not a UUID", c->opt[uuid]);
	if (c->opt[uuid] != NULL)
		uuid_text(&u, f->uuid);
	int least = c->opt[level] == NULL ? EVENT_INFO : event_level_of(c->opt[level]);
	if (least == 0)
		return err_set(e, ERR_INPUT, "--level: want error, warning, info or verbose");
	f->level = (enum event_level)least;
	if (c->opt[search] != NULL && !text_copy(f->search, sizeof(f->search), c->opt[search]))
		return err_set(e, ERR_INPUT, "--search: at most %zu bytes", sizeof(f->search) - 1);
	return 0;
}

static int
show(struct ctl *c, struct err *e)
{
	struct event_filter f = { 0 };
	struct place at = { 0 };
	long n = LINES;

	if (read_filter(c, OPT_UUID, OPT_LEVEL, OPT_SEARCH, &f, e) < 0)
		return -1;
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

static int
export_log(struct ctl *c, struct err *e)
{
	struct event_filter f = { 0 };
	struct event_export x;
	bool csv = c->opt[X_CSV] != NULL, json = c->json;

	if (csv == json)
		return err_set(e, ERR_USAGE, "want either --csv or --json");
	if (read_filter(c, X_UUID, X_LEVEL, X_SEARCH, &f, e) < 0)
		return -1;
	if ((c->opt[X_SINCE] != NULL && !text_copy(f.since, sizeof(f.since), c->opt[X_SINCE])) ||
	    (c->opt[X_UNTIL] != NULL && !text_copy(f.until, sizeof(f.until), c->opt[X_UNTIL])))
		return err_set(e, ERR_INPUT, "a time is as 2026-11-24 06:15");
	if (ctl_connect(c, e) < 0 || event_export_open(&x, c->args[0], csv ? EVENT_CSV : EVENT_JSON, &f, e) < 0)
		return -1;
	int rc = 0;
	while (rc == 0 && x.more)
		rc = event_export_page(&x, c->db, e);
	if (rc < 0) {
		event_export_abort(&x);
		return -1;
	}
	if (event_export_close(&x, e) < 0)
		return -1;
	if (x.out.named)
		ctl_say(c, "%lld lines in %s", (long long)x.lines, x.out.path);
	return CTL_OK;
}

static const struct ctl_opt opts[] = {
	{ "uuid", "UUID", "Only lines about this device" },
	{ "follow", NULL, "Go on with new lines as they come" },
	{ "level", "LEVEL", "Least important lines shown: error, warning, info (default) or verbose" },
	{ "lines", "N", "How many lines (default 50)" },
	{ "search", "TEXT", "Only lines with this text" },
	{ 0 },
};

static const struct ctl_opt export_opts[] = {
	{ "csv", NULL, "As CSV, with the names of the columns in the first line" },
	{ "uuid", "UUID", "Only lines about this device" },
	{ "since", "TIME", "Only lines from this time on, for example \"2026-11-24 06:15\"" },
	{ "until", "TIME", "Only lines before this time" },
	{ "level", "LEVEL", "Least important lines: error, warning, info (default) or verbose" },
	{ "search", "TEXT", "Only lines with this text" },
	{ 0 },
};

const struct command ctl_log_commands[] = {
	{ "log", "export", "FILE|-", 1, 1, "Write the event log to a new file, oldest line first; with --json one object a line", export_opts, export_log },
	{ "log", "", "", 0, 0, "Show the event log; with --json one object a line", opts, show },
	{ 0 },
};
