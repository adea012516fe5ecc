/* SPDX-License-Identifier: Apache-2.0 */
/* selection: the rows of a list that were chosen. */
#include "ui/selection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Where a row is among the selected ones, or would be. */
static size_t
position(const struct selection *s, int64_t id)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->list[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_at(const struct selection *s, size_t i, int64_t id)
{
	return i < s->n && s->list[i].id == id;
}

bool
selection_has(const struct selection *s, int64_t id)
{
	return is_at(s, position(s, id), id);
}

bool
selection_add(struct selection *s, struct app *a, int64_t id, const char *uuid)
{
	size_t i = position(s, id);

	if (is_at(s, i, id))
		return true;
	if (s->list == NULL)
		s->list = calloc(SELECTED_MAX, sizeof(*s->list));
	if (s->list == NULL || s->n == SELECTED_MAX) {
		app_message(a, STYLE_WARN, "No more than %d devices can be selected", SELECTED_MAX);
		return false;
	}
	memmove(&s->list[i + 1], &s->list[i], (s->n++ - i) * sizeof(*s->list));
	s->list[i].id = id;
	(void)text_copy(s->list[i].uuid, UUID_TEXT, uuid);
	return true;
}

void
selection_toggle(struct selection *s, struct app *a, int64_t id, const char *uuid)
{
	size_t i = position(s, id);

	if (is_at(s, i, id))
		memmove(&s->list[i], &s->list[i + 1], (--s->n - i) * sizeof(*s->list));
	else
		(void)selection_add(s, a, id, uuid);
}

void
selection_status(const struct selection *s, char *out, size_t size)
{
	out[0] = '\0';
	if (s->n > 0)
		(void)snprintf(out, size, "  %zu selected", s->n);
}

void
selection_act(const struct selection *s, struct app *a, enum cmd cmd, const char *current, const struct device *first,
    void (*confirmed)(void *model))
{
	size_t n = s->n > 0 ? s->n : 1;
	const char **uuids = current == NULL ? NULL : calloc(n, sizeof(*uuids));

	if (uuids == NULL)
		return;
	uuids[0] = current;
	for (size_t i = 0; i < s->n; i++)
		uuids[i] = s->list[i].uuid;
	actions_start(a, cmd, uuids, n, first, confirmed);
	free(uuids);
}

void
selection_clear(struct selection *s)
{
	s->n = 0;
}

void
selection_free(struct selection *s)
{
	free(s->list);
	*s = (struct selection){ 0 };
}
