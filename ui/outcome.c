/* SPDX-License-Identifier: Apache-2.0 */
/* outcome: the screen of the last bulk action: what came of it for each device. */
#include <stdio.h>
#include <stdlib.h>

#include "ui/app.h"
#include "ui/bulk.h"
#include "ui/widget/picks.h"

struct outcome {
	struct app *app;
	size_t *shown; /* indexes of devices, owned */
	size_t nshown, counted; /* counted: answers there were when they were listed */
	bool all;      /* also those that were done */
	unsigned int of; /* the number of the action that is listed, 0: none */
	struct picks picks;
};

static const struct {
	const char *word;
	enum style style;
} ends[] = {
	[BULK_NOT_SENT] = { "not asked", STYLE_DIM },
	[BULK_SENT] = { "asked", STYLE_NORMAL },
	[BULK_DONE] = { "done", STYLE_GOOD },
	[BULK_REFUSED] = { "refused", STYLE_BAD },
	[BULK_UNKNOWN] = { "not known", STYLE_WARN },
};

/* Lists what is to be shown anew when there is something new. */
static void
list(struct outcome *o)
{
	const struct bulk *b = bulk_of(o->app);
	size_t counted = b == NULL ? 0 : b->done + b->refused + b->unknown + b->sent;

	unsigned int number = b == NULL ? 0 : b->number;

	if (number == o->of && counted == o->counted)
		return;
	o->of = number;
	o->counted = counted;
	o->nshown = 0;
	free(o->shown);
	o->shown = b == NULL ? NULL : calloc(b->n, sizeof(*o->shown));
	for (size_t i = 0; o->shown != NULL && i < b->n; i++)
		if (o->all || b->devices[i].end != BULK_DONE)
			o->shown[o->nshown++] = i;
}

static const struct bulk_device *
current(const struct outcome *o)
{
	const struct bulk *b = bulk_of(o->app);

	if (b == NULL || b->number != o->of || o->nshown == 0 || o->picks.cursor >= (int)o->nshown)
		return NULL;
	return &b->devices[o->shown[o->picks.cursor]];
}

static void *
open_outcome(struct app *a, const char *arg, struct err *e)
{
	struct outcome *o = NULL;

	(void)arg;
	if (bulk_of(a) == NULL)
		(void)err_set(e, ERR_DB_NOT_FOUND, "nothing was done to devices yet");
	else if ((o = calloc(1, sizeof(*o))) == NULL)
		(void)err_set(e, ERR_MEMORY, "outcome");
	if (o != NULL) {
		o->app = a;
		list(o);
	}
	return o;
}

static void
close_outcome(void *model)
{
	struct outcome *o = model;

	free(o->shown);
	free(o);
}

static void
load(void *model)
{
	list(model);
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
	const struct bulk_device *d = current(model);

	return d == NULL ? 0 : NEED_ROW | NEED_UUID | (d->code != 0 ? NEED_CODE : 0U);
}

static bool
offers(const void *model, enum cmd cmd, char *why, size_t size)
{
	const struct bulk *b = bulk_of(((const struct outcome *)model)->app);

	if (cmd != CMD_AGAIN || (b != NULL && !b->running && b->done + b->refused < b->n))
		return true;
	(void)snprintf(why, size, "%s", b != NULL && b->running ? "It still runs" : "Every device has an answer");
	return false;
}

/* What the lines below mean, and what to do; returns the rows used. */
static int
draw_advice(const struct bulk *b, struct canvas *c, struct area area)
{
	if (area.height < 6 || b->running || b->done + b->refused == b->n)
		return 0;
	if (b->unknown > 0) {
		(void)canvas_text(c, area.y, 1, 0, STYLE_WARN, "Not known: one part was under way when the connection was lost. It was done for all or for none.");
		(void)canvas_text(c, area.y + 1, 1, 0, STYLE_NORMAL, "r asks again for what is not known or was not asked: what is done already is refused then, and stays.");
	} else {
		(void)canvas_text(c, area.y, 1, 0, STYLE_WARN, "It was stopped between two parts: what was not asked is as it was.");
		(void)canvas_text(c, area.y + 1, 1, 0, STYLE_NORMAL, "r asks for the rest.");
	}
	return 3;
}

static void
draw_line(const struct bulk_device *d, bool is_cursor, struct canvas *c, int y)
{
	if (is_cursor)
		(void)canvas_text(c, y, 0, 1, STYLE_CURSOR, ">");
	(void)canvas_text(c, y, 2, 36, STYLE_NORMAL, d->uuid);
	(void)canvas_text(c, y, 39, 9, ends[d->end].style, ends[d->end].word);
	if (d->code != 0)
		(void)canvas_printf(c, y, 49, 0, STYLE_NORMAL, "%s (%d)", d->text, d->code);
	if (is_cursor)
		canvas_restyle(c, y, 0, 0, STYLE_CURSOR);
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct outcome *o = model;
	const struct bulk *b = bulk_of(o->app);

	list(o);
	if (b == NULL)
		return;
	int used = draw_advice(b, c, area);
	area.y += used;
	area.height -= used;
	picks_show(&o->picks, (int)o->nshown, area.height - 1);
	(void)canvas_text(c, area.y, 2, 36, STYLE_HEAD, "UUID");
	(void)canvas_text(c, area.y, 39, 9, STYLE_HEAD, "OUTCOME");
	(void)canvas_text(c, area.y, 49, 0, STYLE_HEAD, "REASON");
	for (int i = 0; i < area.height - 1 && o->picks.top + i < (int)o->nshown; i++)
		draw_line(&b->devices[o->shown[o->picks.top + i]], o->picks.top + i == o->picks.cursor, c, area.y + 1 + i);
	if (o->nshown == 0)
		(void)canvas_text(c, area.y + 2, 2, 0, STYLE_DIM, "Every device was done; f shows them.");
}

static void
command(void *model, enum cmd cmd)
{
	struct outcome *o = model;
	const struct bulk_device *d = current(o);

	if (picks_command(&o->picks, cmd))
		return;
	if (cmd == CMD_FILTER) {
		o->all = !o->all;
		o->of = 0;
		list(o);
	} else if (cmd == CMD_AGAIN) {
		bulk_again(o->app);
	} else if (cmd == CMD_OPEN) {
		app_open(o->app, &device_screen, d->uuid);
	} else if (cmd == CMD_DEVICE_LOG) {
		app_open(o->app, &log_screen, d->uuid);
	} else if (cmd == CMD_EXPLAIN) {
		app_explain(o->app, d->code);
	}
}

static void
status(const void *model, char *out, size_t size)
{
	const struct outcome *o = model;
	const struct bulk *b = bulk_of(o->app);
	char done[32], refused[32], all[32];

	out[0] = '\0';
	if (b == NULL)
		return;
	number_text(b->done, done, sizeof(done));
	number_text(b->refused, refused, sizeof(refused));
	number_text(b->n, all, sizeof(all));
	(void)snprintf(out, size, "%s: of %s, %s done, %s refused, %zu not known, %zu not asked%s", b->op.title, all, done, refused,
	    b->unknown, b->n - b->done - b->refused - b->unknown, o->all ? "  all shown" : "");
}

static const struct key_cmd keys[] = {
	{ '\n', CMD_OPEN, "Open", NEED_ROW },
	{ 'e', CMD_EXPLAIN, "Explain", NEED_ROW | NEED_CODE },
	{ 'r', CMD_AGAIN, "Ask again", NEED_OPERATOR },
	{ 'f', CMD_FILTER, "All, or not done", 0 },
	{ 'l', CMD_DEVICE_LOG, "Log", NEED_ROW },
	{ 0 },
};

const struct screen outcome_screen = { "outcome", "Outcome", keys, true, open_outcome, load, cares, have, draw, command, status,
	close_outcome };
const struct screen_more outcome_more = { &outcome_screen, offers, NULL, NULL };
