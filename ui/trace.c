/* SPDX-License-Identifier: Apache-2.0 */
/* trace: the debug trace in the console: switching it, and where it is. */
#include "ui/trace.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "db/trace_level.h"

enum { ENGINES_SHOWN = 2, NAME = 64 };

static const char engine_prefix[] = "engine=", everyone[] = "all devices";

/* What is asked for, while its dialog is open and until its answer has come. */
static struct {
	struct app *app;
	unsigned int place;
	char uuid[UUID_TEXT], called[DB_FQDN];
} asked;

void
trace_place(const struct rows *r, const char *uuid, char *out, size_t size)
{
	enum trace_level most = TRACE_OFF;
	size_t engines = 0, last = 0;

	out[0] = '\0';
	for (size_t i = 0; i < rows_count(r); i++) {
		enum trace_level l = trace_level_of(rows_text(r, i, TRACE_COL_SETTING), uuid, rows_text(r, i, TRACE_COL_ENGINE));

		if (l == TRACE_OFF)
			continue;
		most = l > most ? l : most;
		last = i;
		engines++;
	}
	if (engines > 1)
		(void)snprintf(out, size, "%s, in files of %zu engines: Overview says where", trace_level_name(most), engines);
	else if (engines == 1 && rows_text(r, last, TRACE_COL_DIR)[0] != '\0')
		(void)snprintf(out, size, "%s, in %s of engine %s", trace_level_name(most), rows_text(r, last, TRACE_COL_DIR),
		    rows_text(r, last, TRACE_COL_ENGINE));
	else if (engines == 1)
		(void)text_copy(out, size, trace_level_name(most));
}

static void
on_set(void *arg, const struct rows *r, const struct err *e)
{
	struct app *a = arg;

	if (e != NULL)
		app_message(a, STYLE_BAD, "Debug trace as before: %s (%d)", e->text, (int)e->code);
	else if (rows_text(r, 0, 0)[0] == '\0')
		app_message(a, STYLE_GOOD, "Debug trace is off now; engines follow at once");
	else
		app_message(a, STYLE_GOOD, "Debug trace is on: %s; engines follow at once", rows_text(r, 0, 0));
}

static void
on_filled(void *model, const struct form *f)
{
	const char *of = asked.uuid[0] != '\0' ? "" : form_value(f, 0);
	enum trace_level level = TRACE_OFF;
	char word[sizeof(engine_prefix) + NAME];
	const char *what[] = { word };

	(void)model;
	(void)trace_level_parse(form_value(f, f->nfields - 1), &level);
	if (of[0] == '\0')
		(void)text_copy(word, sizeof(word), asked.uuid);
	else if (strcmp(of, everyone) == 0)
		(void)text_copy(word, sizeof(word), "all");
	else
		(void)snprintf(word, sizeof(word), "%s%s", engine_prefix, of);
	trace_set_send(app_db(asked.app), what, ARRAY_LEN(what), level, on_set, asked.app, &asked);
}

/* Could the setting name it? */
static bool
name_fits(const char *name)
{
	size_t n = 0;

	while (isalnum((unsigned char)name[n]) || (name[n] != '\0' && strchr("._-", name[n]) != NULL))
		n++;
	return n > 0 && n < NAME && name[n] == '\0';
}

static void
add_choice(struct form_field *f, const char *text)
{
	if (f->nchoices < FORM_CHOICES_MAX)
		(void)text_copy(f->choices[f->nchoices++], sizeof(f->choices[0]), text);
}

static void
add_places(struct form *f, const struct rows *r)
{
	for (size_t i = 0; i < rows_count(r) && i < ENGINES_SHOWN && rows_text(r, i, TRACE_COL_ENGINE)[0] != '\0'; i++) {
		const char *dir = rows_text(r, i, TRACE_COL_DIR);

		form_line(f, "%s: %" PRId64 " KiB%s%s", rows_text(r, i, TRACE_COL_ENGINE), (rows_int(r, i, TRACE_COL_BYTES) + 1023) / 1024,
		    dir[0] == '\0' ? ", writes none now" : " in ", dir);
	}
	if (rows_count(r) > ENGINES_SHOWN)
		form_line(f, "and %zu more engines: see Overview", rows_count(r) - ENGINES_SHOWN);
}

static void
on_list(void *arg, const struct rows *r, const struct err *e)
{
	struct app *a = arg;
	bool one = asked.uuid[0] != '\0';

	if (!app_is_at(a, asked.place))
		return;
	if (e != NULL) {
		app_message(a, STYLE_BAD, "%s (%d)", e->text, (int)e->code);
		return;
	}
	struct form *f = app_form_new(a, "Debug trace");
	if (f == NULL)
		return;
	const char *setting = rows_text(r, 0, TRACE_COL_SETTING);
	form_line(f, "Engines write what they and %s say to each other", one ? asked.called : "devices");
	form_line(f, "into files, passwords masked: UUID.txt as it happens, by level;");
	form_line(f, "UUID.error.log after a failed attempt, with what was said last.");
	form_line(f, "Now: %s", setting[0] == '\0' ? "off" : setting);
	add_places(f, r);
	if (!one) {
		struct form_field *of = form_add(f, "Of", "Left and Right choose", "");

		add_choice(of, everyone);
		for (size_t i = 0; i < rows_count(r); i++)
			if (name_fits(rows_text(r, i, TRACE_COL_ENGINE)))
				add_choice(of, rows_text(r, i, TRACE_COL_ENGINE));
	}
	struct form_field *level = form_add(f, "Level", "Left and Right choose; verbose for short periods only", "");
	for (enum trace_level l = TRACE_OFF; l <= TRACE_VERBOSE; l++) {
		if (l == trace_level_named(setting, one ? asked.uuid : "all"))
			level->choice = level->nchoices;
		add_choice(level, trace_level_name(l));
	}
	app_form(a, on_filled);
}

void
trace_start(struct app *a, const char *uuid, const char *called)
{
	dbq_cancel(app_db(a), &asked); /* of a question before */
	asked.app = a;
	asked.place = app_place(a);
	(void)text_copy(asked.uuid, sizeof(asked.uuid), uuid);
	(void)text_copy(asked.called, sizeof(asked.called), called);
	trace_list_send(app_db(a), on_list, a, &asked);
}
