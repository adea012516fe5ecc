/* SPDX-License-Identifier: Apache-2.0 */
/* picks: the cursor of a short list that is in memory as a whole. */
#include "ui/widget/picks.h"

#include "base/macros.h"

static void
clamp(struct picks *p)
{
	if (p->cursor >= p->n)
		p->cursor = p->n - 1;
	if (p->cursor < 0)
		p->cursor = 0;
}

bool
picks_command(struct picks *p, enum cmd cmd)
{
	static const struct {
		enum cmd cmd;
		int rows, pages, ends;
	} moves[] = { { CMD_UP, -1, 0, 0 }, { CMD_DOWN, 1, 0, 0 }, { CMD_PAGE_UP, 0, -1, 0 }, { CMD_PAGE_DOWN, 0, 1, 0 },
		{ CMD_FIRST, 0, 0, -1 }, { CMD_LAST, 0, 0, 1 } };

	for (size_t i = 0; i < ARRAY_LEN(moves); i++)
		if (moves[i].cmd == cmd) {
			p->cursor += moves[i].rows + moves[i].pages * p->height + moves[i].ends * p->n;
			clamp(p);
			return true;
		}
	return false;
}

void
picks_show(struct picks *p, int n, int height)
{
	p->n = n;
	p->height = height < 1 ? 1 : height;
	clamp(p);
	if (p->top > p->cursor)
		p->top = p->cursor;
	if (p->top < p->cursor - p->height + 1)
		p->top = p->cursor - p->height + 1;
}
