/* SPDX-License-Identifier: Apache-2.0 */
/* plan: the dry run of a profile: steps and calls for a device of a release, as from the factory. */
#include "amt/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/profile_edit.h"
#include "ui/widget/report.h"

struct plan {
	struct app *app;
	struct profile profile;
	size_t release;
	struct report lines;
};

/* For open(). */
static const struct profile *begin_with;

static void
add_step(struct report *l, const struct plan_step *s, const struct plan_case *pc, int n)
{
	const char *skip = plan_skip(s, pc), *refusal = skip == NULL ? plan_refusal(s, pc) : NULL, *note = plan_note(s, pc);
	char text[128], more[40];

	report_add(l, skip != NULL ? STYLE_DIM : refusal != NULL ? STYLE_BAD : STYLE_HEAD, "%2d  %s", n, s->title);
	if (skip != NULL)
		report_add(l, STYLE_DIM, "      skipped: %s", skip);
	else if (refusal != NULL)
		report_add(l, STYLE_BAD, "      fails: AMT %u.%u %s (%d)", pc->major, pc->minor, refusal, ERR_RELEASE);
	else if (note != NULL)
		report_add(l, STYLE_WARN, "      %s", note);
	for (const struct plan_call *call = plan_calls(s, pc); skip == NULL && refusal == NULL && call->class != NULL; call++) {
		unsigned int times = plan_times(call, pc);

		if (times == 0)
			continue;
		plan_call_text(call, text, sizeof(text));
		if (times > 1)
			(void)snprintf(more, sizeof(more), "  %u times", times);
		else
			(void)text_copy(more, sizeof(more), plan_absent(call, pc) ? "  not on this release" : "");
		report_add(l, plan_absent(call, pc) ? STYLE_DIM : STYLE_NORMAL, "      %s%s", text, more);
	}
}

static void
make(struct plan *p)
{
	struct plan_case pc = { .profile = &p->profile };
	struct err e;
	int n = 0;

	report_free(&p->lines);
	if (plan_release(plan_releases[p->release], &pc, &e) < 0) {
		report_add(&p->lines, STYLE_BAD, "%s (%d)", e.text, (int)e.code);
		return;
	}
	report_add(&p->lines, STYLE_DIM, "On a device as from the factory. Reads that are repeated are listed once.");
	for (const struct plan_step *s = plan_steps; s->id != NULL; s++) {
		add_step(&p->lines, s, &pc, ++n);
		if (plan_skip(s, &pc) == NULL && plan_refusal(s, &pc) != NULL)
			break;
	}
}

static void *
open_plan(struct app *a, const char *arg, struct err *e)
{
	struct plan *p = calloc(1, sizeof(*p));

	(void)arg;
	if (p == NULL || begin_with == NULL) {
		(void)err_set(e, ERR_MEMORY, "dry run");
		free(p);
		return NULL;
	}
	p->app = a;
	p->profile = *begin_with;
	while (plan_releases[p->release + 1] != NULL) /* the newest first */
		p->release++;
	make(p);
	return p;
}

void
plan_open(struct app *a, const struct profile *p)
{
	begin_with = p;
	app_open(a, &plan_screen, "");
	begin_with = NULL;
}

static void
close_plan(void *model)
{
	struct plan *p = model;

	report_free(&p->lines);
	free(p);
}

static void
load(void *model)
{
	(void)model;
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	(void)table;
	return false;
}

static unsigned int
have(const void *model)
{
	(void)model;
	return 0;
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct plan *p = model;
	int x = 1;

	for (size_t i = 0; plan_releases[i] != NULL && c->width >= 60; i++)
		x += 1 + canvas_printf(c, area.y, x, 0, i == p->release ? STYLE_CURSOR : STYLE_HEAD, " %s ", plan_releases[i]);
	if (c->width < 60)
		(void)canvas_printf(c, area.y, x, 0, STYLE_HEAD, "< %s >", plan_releases[p->release]);
	report_draw(&p->lines, c, area.y + 1, area.height - 1);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct plan *p = model;
	char lines[64];

	report_status(&p->lines, lines, sizeof(lines));
	(void)snprintf(out, size, "%s  AMT %s   %s", p->profile.name, plan_releases[p->release], lines);
}

static void
command(void *model, enum cmd cmd)
{
	struct plan *p = model;

	if (report_command(&p->lines, cmd) || (cmd != CMD_NEXT && cmd != CMD_PREVIOUS))
		return;
	if (cmd == CMD_NEXT && plan_releases[p->release + 1] != NULL)
		p->release++;
	else if (cmd == CMD_PREVIOUS && p->release > 0)
		p->release--;
	make(p);
}

static const struct key_cmd keys[] = {
	{ UK_LEFT, CMD_PREVIOUS, "Older release", 0 },
	{ UK_RIGHT, CMD_NEXT, "Newer release", 0 },
	{ ' ', CMD_PAGE_DOWN, "Page down", 0 },
	{ 0 },
};

const struct screen plan_screen = { "dry-run", "Dry run", keys, true, open_plan, load, cares, have, draw, command, status, close_plan };
