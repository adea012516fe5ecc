/* SPDX-License-Identifier: Apache-2.0 */
/* report: a text of styled lines that is scrolled. */
#include "ui/widget/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
report_free(struct report *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->list[i].text);
	free(l->list);
	*l = (struct report){ 0 };
}

void
report_add(struct report *l, enum style style, const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;

	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
		struct report_line *more = realloc(l->list, cap * sizeof(*more));

		if (more == NULL)
			return;
		l->list = more;
		l->cap = cap;
	}
	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n >= 0)
		l->list[l->n++] = (struct report_line){ text, style };
}

static void
clamp(struct report *l)
{
	if (l->top > (int)l->n - l->height)
		l->top = (int)l->n - l->height;
	if (l->top < 0)
		l->top = 0;
}

bool
report_command(struct report *l, enum cmd cmd)
{
	int page = l->height > 1 ? l->height - 1 : 1;
	const struct {
		enum cmd cmd;
		int by;
	} moves[] = { { CMD_UP, -1 }, { CMD_DOWN, 1 }, { CMD_PAGE_UP, -page }, { CMD_PAGE_DOWN, page }, { CMD_FIRST, -(int)l->n },
		{ CMD_LAST, (int)l->n } };

	for (size_t i = 0; i < ARRAY_LEN(moves); i++)
		if (moves[i].cmd == cmd) {
			l->top += moves[i].by;
			clamp(l);
			return true;
		}
	return false;
}

void
report_draw(struct report *l, struct canvas *c, int y, int height)
{
	l->height = height;
	clamp(l);
	for (int i = 0; i < height && l->top + i < (int)l->n; i++)
		(void)canvas_text(c, y + i, 1, 0, l->list[l->top + i].style, l->list[l->top + i].text);
}

void
report_status(const struct report *l, char *out, size_t size)
{
	int last = l->top + l->height < (int)l->n ? l->top + l->height : (int)l->n;

	(void)snprintf(out, size, "lines %d to %d of %zu", l->n == 0 ? 0 : l->top + 1, last, l->n);
}
