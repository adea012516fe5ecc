/* SPDX-License-Identifier: Apache-2.0 */
/* run: what every step of a run needs: its log, its limits, its waits. */
#include "engine/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

void
run_log(struct run *r, enum event_level level, int code, const char *fmt, ...)
{
	struct event_line line = { .at_us = clock_wall_us(), .level = level, .job_id = r->hold.job_id, .code = code };
	char raw[EVENT_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(line.text, sizeof(line.text), raw, strlen(raw));
	trace_line(r, level, code, line.text);
	if ((int)level > r->set.log_level)
		return;
	(void)text_copy(line.uuid, sizeof(line.uuid), r->dev.uuid);
	logw_event(r->en->logw, &line);
}

int
run_check(const struct run *r, struct err *e)
{
	int64_t now = clock_ms();

	if (atomic_load(&r->en->abort))
		return err_set(e, ERR_STOPPED, "engine is stopping");
	if (now >= atomic_load(&r->lease_until_ms))
		return err_set(e, ERR_LEASE, "the lease ran out and could not be renewed");
	if (now >= r->deadline_ms)
		return err_set(e, ERR_RUN_DEADLINE, "not done within %d seconds", r->set.run_timeout_s);
	if (r->step_until_ms != 0 && now >= r->step_until_ms)
		return err_set(e, ERR_TIMEOUT, "the step took too long");
	return 0;
}

int
run_wait(const struct run *r, int64_t ms, struct err *e)
{
	int64_t until = clock_ms() + ms;

	while (clock_ms() < until) {
		int64_t left = until - clock_ms();

		if (run_check(r, e) < 0)
			return -1;
		clock_sleep_ms(left < 200 ? left : 200);
	}
	return run_check(r, e);
}

struct plan_case
run_case(const struct run *r)
{
	struct plan_case c = { .profile = &r->profile, .post = r->post, .admin_due = r->admin_due,
		.mebx_due = r->mebx_due };

	if (r->amt != NULL) {
		c.major = r->amt->facts.major;
		c.minor = r->amt->facts.minor;
		c.eoi = r->amt->dialect == AMT_DIALECT_EOI;
	}
	return c;
}
