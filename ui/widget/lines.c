/* SPDX-License-Identifier: Apache-2.0 */
/* lines: a text to read, line by line. */
#include "ui/widget/lines.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

void
lines_set(struct lines *l, const char *text)
{
	l->text = text;
	l->top = 0;
	l->width = 0;
}

/* How many bytes of a line fit into width columns; at least one character. */
static int
fitting(const char *s, size_t len, int width)
{
	const char *p = s;
	char one[5] = "";
	int used = 0;

	while (p < s + len) {
		const char *next = p;
		uint32_t ch = text_next(&next);

		one[text_put(one, ch)] = '\0';
		used += text_width(one);
		if (used > width && p > s)
			break;
		p = next;
	}
	return (int)(p - s);
}

static void
split(struct lines *l, int width)
{
	const char *s = l->text == NULL ? "" : l->text;

	l->n = 0;
	l->width = width;
	while (*s != '\0' && l->n < LINES_MAX) {
		size_t len = strcspn(s, "\n");
		int take = fitting(s, len, width);

		l->line[l->n].from = s;
		l->line[l->n++].len = take;
		s += take;
		if (*s == '\n')
			s++;
	}
	l->cut = *s != '\0';
}

static void
clamp(struct lines *l)
{
	if (l->top > (int)l->n - l->height)
		l->top = (int)l->n - l->height;
	if (l->top < 0)
		l->top = 0;
}

void
lines_draw(struct lines *l, struct canvas *c, int y, int height)
{
	if (l->width != c->width)
		split(l, c->width - 1 < 1 ? 1 : c->width - 1);
	l->width = c->width;
	l->height = height;
	clamp(l);
	for (int i = 0; i < height && l->top + i < (int)l->n; i++) {
		const char *s = l->line[l->top + i].from;
		int len = l->line[l->top + i].len, marks = 0;

		bool first = s == l->text || s[-1] == '\n'; /* not the rest of one that was wrapped */
		while (first && marks < len && s[marks] == '#')
			marks++;
		int skip = marks > 0 && marks < len && s[marks] == ' ' ? marks + 1 : marks;
		(void)canvas_printf(c, y + i, 1, 0, marks > 0 ? STYLE_HEAD : STYLE_NORMAL, "%.*s", len - skip, s + skip);
	}
}

bool
lines_command(struct lines *l, enum cmd cmd)
{
	static const struct {
		enum cmd cmd;
		int pages, lines;
	} moves[] = { { CMD_UP, 0, -1 }, { CMD_DOWN, 0, 1 }, { CMD_PAGE_UP, -1, 1 }, { CMD_PAGE_DOWN, 1, -1 },
		{ CMD_FIRST, 0, -LINES_MAX }, { CMD_LAST, 0, LINES_MAX } };

	for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
		if (moves[i].cmd != cmd)
			continue;
		l->top += moves[i].pages * l->height + moves[i].lines;
		clamp(l);
		return true;
	}
	return false;
}

void
lines_status(const struct lines *l, char *out, size_t size)
{
	(void)snprintf(out, size, "line %d of %zu%s", l->n == 0 ? 0 : l->top + 1, l->n, l->cut ? ", cut off" : "");
}
