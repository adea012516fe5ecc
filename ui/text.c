/* SPDX-License-Identifier: Apache-2.0 */
/* text: the screens Help and Explain: a page of help/ to read, with the keys of the screen it is about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "ui/app_state.h"
#include "ui/widget/lines.h"

enum { PAGE_MAX = 64 * 1024 };

struct page {
	struct app *app;
	char name[48]; /* "errors/1401", "screens/log" */
	struct buf text;
	struct lines lines;
};

static const struct screen *const about[] = { &overview_screen, &pending_screen, &devices_screen, &device_screen, &log_screen,
	&audit_screen, &audit_row_screen, &users_screen, &queue_screen, &settings_screen, &staged_screen, &import_screen, &profiles_screen,
	&profile_screen, &acl_screen, &revisions_screen, &diff_screen, &plan_screen, &outcome_screen, &filters_screen };

/* Whom a key is for, when not for everybody who may see the screen. */
static const char *
role_of(unsigned int need)
{
	static const struct {
		unsigned int need;
		const char *text;
	} roles[] = { { NEED_ENTERPRISE, "  (Enterprise Administrators)" }, { NEED_ADMINISTRATOR, "  (Administrators)" },
		{ NEED_OPERATOR, "  (operators)" } };

	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if ((need & roles[i].need) != 0)
			return roles[i].text;
	return "";
}

static void
add_keys(struct page *p, const char *title, const struct key_cmd *keys)
{
	char name[16];

	buf_printf(&p->text, "\n## %s\n\n", title);
	for (; keys->cmd != CMD_NONE; keys++) {
		if (keys->label[0] == '\0')
			continue;
		key_label(keys->key, name, sizeof(name));
		buf_printf(&p->text, "    %-8s %s%s\n", name, keys->label, role_of(keys->need));
	}
}

/* The keys come from the tables that make them work. */
static void
add_all_keys(struct page *p)
{
	for (size_t i = 0; i < ARRAY_LEN(about); i++) {
		char title[64];

		(void)snprintf(title, sizeof(title), "Keys of %s", about[i]->title);
		if (strncmp(p->name, "screens/", 8) == 0 && (strcmp(p->name + 8, about[i]->name) == 0 || strcmp(p->name + 8, "keys") == 0))
			add_keys(p, title, about[i]->keys);
	}
	if (strncmp(p->name, "screens/", 8) == 0)
		add_keys(p, "Keys of every screen", global_keys);
	if (strncmp(p->name, "screens/", 8) == 0)
		command_help(p->app, &p->text);
}

static void *
open_page(struct app *a, const char *arg, struct err *e)
{
	struct page *p = calloc(1, sizeof(*p));
	char file[80], path[4096];

	if (p == NULL) {
		(void)err_set(e, ERR_MEMORY, "page");
		return NULL;
	}
	p->app = a;
	(void)text_copy(p->name, sizeof(p->name), arg);
	(void)snprintf(file, sizeof(file), "help/%s.md", p->name);
	datadir_path(path, sizeof(path), file);
	if (file_read(path, PAGE_MAX, &p->text, e) < 0) {
		free(p);
		return NULL;
	}
	add_all_keys(p);
	lines_set(&p->lines, buf_str(&p->text));
	return p;
}

static void
close_page(void *model)
{
	struct page *p = model;

	buf_free(&p->text);
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
	struct page *p = model;

	lines_draw(&p->lines, c, area.y, area.height);
}

static void
command(void *model, enum cmd cmd)
{
	struct page *p = model;

	(void)lines_command(&p->lines, cmd);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct page *p = model;

	lines_status(&p->lines, out, size);
}

static const struct key_cmd keys[] = {
	{ ' ', CMD_PAGE_DOWN, "Page down", 0 },
	{ '\n', CMD_BACK, "Back", 0 },
	{ 0 },
};

const struct screen text_screen = { "keys", "Help", keys, true, open_page, load, cares, have, draw, command, status, close_page };
