/* SPDX-License-Identifier: Apache-2.0 */
/* command: the command line: what there is as a table, how it is completed, and what it does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/uuid.h"
#include "ui/app_state.h"

enum { WORD = 32, LIMIT = 12 };

enum argument { ARG_NONE, ARG_DEVICE, ARG_CODE, ARG_SCREEN };

static const char finding; /* owner of the requests for devices */

static void
to_device(void *arg, const struct rows *r, const struct err *e)
{
	struct app *a = arg;

	if (e != NULL)
		app_message(a, STYLE_BAD, "%s (%d)", e->text, (int)e->code);
	else if (rows_count(r) == 1)
		app_open(a, &device_screen, rows_text(r, 0, STARTING_UUID));
	else
		app_message(a, STYLE_WARN, rows_count(r) == 0 ? "No FQDN or UUID starts so" : "More than one starts so: Tab shows them");
}

/* A UUID, or the start of one or of an FQDN when only one device has it. */
static void
run_device(struct app *a, const char *arg)
{
	struct uuid u;

	if (uuid_parse(arg, &u)) {
		app_open(a, &device_screen, arg);
	} else if (arg[0] == '\0') {
		app_message(a, STYLE_WARN, "device UUID, or the start of an FQDN");
	} else {
		dbq_cancel(app_db(a), &finding);
		device_starting_send(app_db(a), arg, 2, to_device, a, &finding);
	}
}

static void
run_explain(struct app *a, const char *arg)
{
	app_explain(a, (int)strtol(arg, NULL, 10));
}

static void
run_help(struct app *a, const char *arg)
{
	char page[WORD + 16];

	(void)snprintf(page, sizeof(page), "screens/%.*s", WORD, arg[0] == '\0' || strchr(arg, '/') != NULL ? "keys" : arg);
	app_open(a, &text_screen, page);
}

static void
run_outcome(struct app *a, const char *arg)
{
	app_open(a, &outcome_screen, arg);
}

static void
run_plain(struct app *a, const char *arg)
{
	(void)arg;
	app_set_plain(a, !app_plain(a));
}

static void
run_quit(struct app *a, const char *arg)
{
	(void)arg;
	app_leave(a, CMD_QUIT);
}

static void
run_undo(struct app *a, const char *arg)
{
	(void)arg;
	actions_undo(a);
}

/* The screens with a number are commands as well. */
static const struct command {
	const char *name, *arg, *what;
	unsigned int need;
	enum argument kind;
	void (*run)(struct app *a, const char *arg);
} commands[] = {
	{ "device", "UUID|FQDN", "open a device; the start of its UUID or FQDN is enough", NEED_OPERATOR, ARG_DEVICE, run_device },
	{ "explain", "CODE", "what a code means, and the fix", 0, ARG_CODE, run_explain },
	{ "help", "[SCREEN]", "keys of all screens, or the page of one", 0, ARG_SCREEN, run_help },
	{ "outcome", "", "what came of the last action on several devices", NEED_OPERATOR, ARG_NONE, run_outcome },
	{ "plain", "", "to copy from: no bars, full values; again: as before", 0, ARG_NONE, run_plain },
	{ "quit", "", "quit; q does too", 0, ARG_NONE, run_quit },
	{ "undo", "", "the opposite of the last hold, release or cancel", NEED_OPERATOR, ARG_NONE, run_undo },
};

static bool
offered(const struct app *a, const struct command *cmd)
{
	return (cmd->need & ~a->rights) == 0;
}

/* A list of words that start with what was typed, and what all of them start with. */
struct words {
	const char *typed;
	char common[INPUT_MAX], shown[CANDIDATES];
	size_t n;
};

static void
add_word(struct words *w, const char *word)
{
	size_t used = strlen(w->shown), same = 0;

	if (strncasecmp(word, w->typed, strlen(w->typed)) != 0)
		return;
	if (w->n++ == 0)
		(void)text_copy(w->common, sizeof(w->common), word);
	while (word[same] != '\0' && strncasecmp(word, w->common, same + 1) == 0)
		same++;
	w->common[same] = '\0';
	(void)snprintf(w->shown + used, sizeof(w->shown) - used, "%s%s", used > 0 ? "  " : "", word);
}

static void
add_commands(const struct app *a, struct words *w)
{
	for (size_t i = 0; i < TABS; i++)
		if (app_tab_offered(a, i))
			add_word(w, app_tabs[i].screen->name);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (offered(a, &commands[i]))
			add_word(w, commands[i].name);
}

static const struct command *
find(const struct app *a, const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (offered(a, &commands[i]) && (strcmp(word, commands[i].name) == 0 || (strcmp(word, "q") == 0 && commands[i].run == run_quit)))
			return &commands[i];
	return NULL;
}

static void
unknown(struct app *a, const char *word)
{
	struct words w = { .typed = "" };

	add_commands(a, &w);
	app_message(a, STYLE_WARN, "No such command: %s. There are: %s", word, w.shown);
}

void
command_run(struct app *a, const char *text)
{
	char word[WORD] = "", arg[64] = "";

	(void)sscanf(text, "%31s %63s", word, arg);
	if (word[0] == '\0')
		return;
	for (size_t i = 0; i < TABS; i++)
		if (app_tab_offered(a, i) && strcmp(word, app_tabs[i].screen->name) == 0) {
			app_leave(a, (enum cmd)(CMD_TAB1 + (int)i));
			return;
		}
	const struct command *cmd = find(a, word);
	if (cmd != NULL)
		cmd->run(a, arg);
	else
		unknown(a, word);
}

/* What Tab makes of the line: the word grows as far as all agree, and what it may become is shown. */
static void
complete_with(struct app *a, size_t start, struct words *w, bool alone)
{
	char line[INPUT_MAX];

	a->candidates[0] = '\0';
	if (w->n == 0) {
		(void)text_copy(a->candidates, sizeof(a->candidates), "nothing starts so");
		return;
	}
	if (snprintf(line, sizeof(line), "%.*s%s%s", (int)start, a->line.text, w->common, w->n == 1 && !alone ? " " : "") >=
	    (int)sizeof(line))
		return; /* no room for it */
	input_set(&a->line, line);
	if (w->n > 1)
		(void)text_copy(a->candidates, sizeof(a->candidates), w->shown);
	app_touch(a);
}

static size_t
word_start(const char *line)
{
	const char *blank = strrchr(line, ' ');

	return blank == NULL ? 0 : (size_t)(blank - line) + 1;
}

static void
found(void *arg, const struct rows *r, const struct err *e)
{
	struct app *a = arg;
	size_t start = word_start(a->line.text);
	struct words w = { .typed = a->line.text + start };

	if (e != NULL || !a->asking || a->line_done != NULL || strcmp(a->completing, a->line.text) != 0)
		return; /* something else is typed by now */
	for (size_t i = 0; i < rows_count(r); i++) {
		char clean[DB_FQDN];
		const char *fqdn = rows_text(r, i, STARTING_FQDN);
		const char *word = strncasecmp(fqdn, w.typed, strlen(w.typed)) == 0 && fqdn[0] != '\0' ? fqdn : rows_text(r, i, STARTING_UUID);

		text_clean(clean, sizeof(clean), word, strlen(word));
		add_word(&w, clean);
	}
	complete_with(a, start, &w, true);
}

static void
complete_argument(struct app *a, const struct command *cmd, struct words *w)
{
	char code[WORD];
	size_t ncodes;
	const struct err_info *codes = err_rows(&ncodes);

	if (cmd->kind == ARG_SCREEN) {
		for (size_t i = 0; i < TABS; i++)
			if (app_tab_offered(a, i))
				add_word(w, app_tabs[i].screen->name);
	} else if (cmd->kind == ARG_CODE) {
		for (size_t i = 0; i < ncodes; i++) {
			(void)snprintf(code, sizeof(code), "%d", (int)codes[i].code);
			add_word(w, code);
		}
	}
}

void
command_complete(struct app *a)
{
	char word[WORD] = "";
	size_t start = word_start(a->line.text);
	struct words w = { .typed = a->line.text + start };

	a->line.at = strlen(a->line.text);
	if (start == 0) {
		add_commands(a, &w);
		complete_with(a, start, &w, false);
		return;
	}
	(void)sscanf(a->line.text, "%31s", word);
	const struct command *cmd = find(a, word);
	if (cmd == NULL || cmd->kind == ARG_NONE)
		return;
	if (cmd->kind == ARG_DEVICE) {
		(void)text_copy(a->completing, sizeof(a->completing), a->line.text);
		dbq_cancel(app_db(a), &finding);
		device_starting_send(app_db(a), w.typed, LIMIT, found, a, &finding);
		return;
	}
	complete_argument(a, cmd, &w);
	complete_with(a, start, &w, true);
}

void
command_help(const struct app *a, struct buf *out)
{
	buf_puts(out, "\n## Command line\n\n");
	for (size_t i = 0; i < TABS; i++)
		if (app_tab_offered(a, i))
			buf_printf(out, "    :%-18s go to %s\n", app_tabs[i].screen->name, app_tabs[i].screen->title);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (offered(a, &commands[i])) {
			char name[2 * WORD];

			(void)snprintf(name, sizeof(name), "%s %s", commands[i].name, commands[i].arg);
			buf_printf(out, "    :%-18s %s\n", name, commands[i].what);
		}
}
