/* SPDX-License-Identifier: Apache-2.0 */
/* filters: the screen of the filters that have a name: use one for the list below, save that list's, forget one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/app.h"
#include "ui/widget/picks.h"

enum { FILTERS_MAX = 100 }; /* as the database has it */

struct filters {
	struct app *app;
	char screen[32];
	struct saved_filter now; /* what the list below is filtered by */
	struct saved_filter list[FILTERS_MAX];
	size_t n;
	bool loaded;
	struct err err;
	struct picks picks;
};

static void
on_list(void *arg, const struct rows *r, const struct err *e)
{
	struct filters *f = arg;

	app_touch(f->app);
	f->err = e == NULL ? (struct err){ 0 } : *e;
	if (e != NULL)
		return;
	f->loaded = true;
	for (f->n = 0; f->n < rows_count(r) && f->n < FILTERS_MAX; f->n++)
		filter_from_row(r, f->n, &f->list[f->n]);
}

static void
load(void *model)
{
	struct filters *f = model;

	filter_list_send(app_db(f->app), f->screen, on_list, f, f);
}

static void *
open_filters(struct app *a, const char *arg, struct err *e)
{
	struct filters *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		(void)err_set(e, ERR_MEMORY, "filters");
		return NULL;
	}
	f->app = a;
	(void)text_copy(f->screen, sizeof(f->screen), arg);
	app_filter_now(a, &f->now);
	return f;
}

static void
close_filters(void *model)
{
	struct filters *f = model;

	dbq_cancel(app_db(f->app), f);
	free(f);
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
	return ((const struct filters *)model)->n > 0 ? NEED_ROW : 0U;
}

static void
in_words(const struct saved_filter *f, char *out, size_t size)
{
	const char *const parts[][2] = { { "state ", f->state }, { "level ", f->level }, { "device ", f->uuid }, { "who ", f->who },
		{ "what ", f->what }, { "object ", f->object }, { "/", f->search },
		{ "sorted by ", strcmp(f->order, "seen") == 0 ? "" : f->order } };
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i][1][0] != '\0' && used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s%s", used > 0 ? "  " : "", parts[i][0], parts[i][1]);
	if (out[0] == '\0')
		(void)text_copy(out, size, "everything");
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct filters *f = model;
	char words[512];

	picks_show(&f->picks, (int)f->n, area.height - 1);
	(void)canvas_text(c, area.y, 2, 40, STYLE_HEAD, "NAME");
	(void)canvas_text(c, area.y, 29, 0, STYLE_HEAD, "FILTER");
	for (int i = 0; i < area.height - 1 && f->picks.top + i < (int)f->n; i++) {
		const struct saved_filter *s = &f->list[f->picks.top + i];
		int y = area.y + 1 + i;

		in_words(s, words, sizeof(words));
		(void)canvas_text(c, y, 2, 26, STYLE_NORMAL, s->name);
		(void)canvas_text(c, y, 29, 0, STYLE_NORMAL, words);
		if (f->picks.top + i == f->picks.cursor) {
			(void)canvas_text(c, y, 0, 1, STYLE_CURSOR, ">");
			canvas_restyle(c, y, 0, 0, STYLE_CURSOR);
		}
	}
	if (f->err.code != ERR_NONE)
		(void)canvas_printf(c, area.y + 2, 2, 0, STYLE_BAD, "%s (%d)", f->err.text, (int)f->err.code);
	else if (f->n == 0)
		(void)canvas_text(c, area.y + 2, 2, 0, STYLE_DIM, f->loaded ? "No filter has a name yet: n gives the present one a name." : "Loading ...");
}

static void
on_changed(void *arg, const struct rows *r, const struct err *e)
{
	struct filters *f = arg;

	(void)r;
	if (e != NULL)
		app_message(f->app, STYLE_BAD, "%s (%d)", e->text, (int)e->code);
	else
		load(f);
}

static void
save(void *model, const char *text)
{
	struct filters *f = model;

	if (text[0] == '\0')
		return;
	if (!text_copy(f->now.name, sizeof(f->now.name), text)) {
		app_message(f->app, STYLE_WARN, "A name has at most 40 characters");
		return;
	}
	filter_save_send(app_db(f->app), f->screen, &f->now, on_changed, f, f);
}

static void
command(void *model, enum cmd cmd)
{
	struct filters *f = model;
	char words[512], label[80];

	if (picks_command(&f->picks, cmd))
		return;
	if (cmd == CMD_OPEN) {
		struct saved_filter chosen = f->list[f->picks.cursor]; /* this screen closes */

		app_filter_chosen(f->app, &chosen);
	} else if (cmd == CMD_FORGET) {
		filter_forget_send(app_db(f->app), f->screen, f->list[f->picks.cursor].name, on_changed, f, f);
	} else if (cmd == CMD_SAVE) {
		in_words(&f->now, words, sizeof(words));
		(void)snprintf(label, sizeof(label), "Name for \"%.40s\":", words);
		app_ask(f->app, label, "", save);
	}
}

static void
status(const void *model, char *out, size_t size)
{
	const struct filters *f = model;

	(void)snprintf(out, size, "of %s: %zu", f->screen, f->n);
}

static const struct key_cmd keys[] = {
	{ '\n', CMD_OPEN, "Use", NEED_ROW },
	{ 'n', CMD_SAVE, "Name the present one", 0 },
	{ 'D', CMD_FORGET, "Forget", NEED_ROW },
	{ 0 },
};

const struct screen filters_screen = { "filters", "Saved filters", keys, true, open_filters, load, cares, have, draw, command,
	status, close_filters };
