/* SPDX-License-Identifier: Apache-2.0 */
/* text: the screens Help and Explain: a page of help/ to read, with the keys of the screen it is about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "ui/app.h"

enum { PAGE_MAX = 64 * 1024, LINES_MAX = 2000 };

struct page {
	struct app *app;
	char name[48]; /* "errors/1401", "screens/log" */
	struct buf text;
	const char *lines[LINES_MAX];
	size_t nlines;
	int top, height;
};

static const struct screen *const about[] = { &overview_screen, &pending_screen, &devices_screen, &device_screen, &log_screen };

static void
add_keys(struct page *p, const char *title, const struct key_cmd *keys)
{
	char name[16];

	buf_printf(&p->text, "\n## %s\n\n", title);
	for (; keys->cmd != CMD_NONE; keys++) {
		if (keys->label[0] == '\0')
			continue;
		key_label(keys->key, name, sizeof(name));
		buf_printf(&p->text, "    %-8s %s%s\n", name, keys->label, (keys->need & NEED_OPERATOR) != 0 ? "  (operators)" : "");
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
}

static void
split(struct page *p)
{
	char *s = p->text.p;

	while (s != NULL && *s != '\0' && p->nlines < LINES_MAX) {
		char *end = strchr(s, '\n');

		p->lines[p->nlines++] = s;
		if (end != NULL)
			*end++ = '\0';
		s = end;
	}
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
	p->height = 1;
	(void)text_copy(p->name, sizeof(p->name), arg);
	(void)snprintf(file, sizeof(file), "help/%s.md", p->name);
	datadir_path(path, sizeof(path), file);
	if (file_read(path, PAGE_MAX, &p->text, e) < 0) {
		free(p);
		return NULL;
	}
	add_all_keys(p);
	split(p);
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
clamp(struct page *p)
{
	if (p->top > (int)p->nlines - p->height)
		p->top = (int)p->nlines - p->height;
	if (p->top < 0)
		p->top = 0;
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct page *p = model;

	p->height = area.height;
	clamp(p);
	for (int i = 0; i < area.height && p->top + i < (int)p->nlines; i++) {
		const char *s = p->lines[p->top + i];
		size_t marks = strspn(s, "#");

		(void)canvas_text(c, area.y + i, 1, 0, marks > 0 ? STYLE_HEAD : STYLE_NORMAL, marks > 0 ? s + marks + (s[marks] == ' ' ? 1 : 0) : s);
	}
}

static void
command(void *model, enum cmd cmd)
{
	struct page *p = model;
	static const struct {
		enum cmd cmd;
		int pages, lines;
	} moves[] = { { CMD_UP, 0, -1 }, { CMD_DOWN, 0, 1 }, { CMD_PAGE_UP, -1, 1 }, { CMD_PAGE_DOWN, 1, -1 },
		{ CMD_FIRST, 0, -LINES_MAX }, { CMD_LAST, 0, LINES_MAX } };

	for (size_t i = 0; i < ARRAY_LEN(moves); i++)
		if (moves[i].cmd == cmd)
			p->top += moves[i].pages * p->height + moves[i].lines;
	clamp(p);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct page *p = model;

	(void)snprintf(out, size, "line %d of %zu", p->nlines == 0 ? 0 : p->top + 1, p->nlines);
}

static const struct key_cmd keys[] = {
	{ ' ', CMD_PAGE_DOWN, "Page down", 0 },
	{ '\n', CMD_BACK, "Back", 0 },
	{ 0 },
};

const struct screen text_screen = { "keys", "Help", keys, true, open_page, load, cares, have, draw, command, status, close_page };
