/* SPDX-License-Identifier: Apache-2.0 */
/* selection: the rows of a list that were chosen. */
#include "ui/selection.h"

#include <stdlib.h>

#include "base/text.h"

static size_t
position(const struct selection *s, int64_t id)
{
	size_t i = 0;

	while (i < s->n && s->list[i].id != id)
		i++;
	return i;
}

bool
selection_has(const struct selection *s, int64_t id)
{
	return position(s, id) < s->n;
}

bool
selection_add(struct selection *s, int64_t id, const char *uuid)
{
	if (selection_has(s, id))
		return true;
	if (s->list == NULL)
		s->list = calloc(SELECTED_MAX, sizeof(*s->list));
	if (s->list == NULL || s->n == SELECTED_MAX)
		return false;
	s->list[s->n].id = id;
	(void)text_copy(s->list[s->n++].uuid, UUID_TEXT, uuid);
	return true;
}

bool
selection_toggle(struct selection *s, int64_t id, const char *uuid)
{
	size_t i = position(s, id);

	if (i == s->n)
		return selection_add(s, id, uuid);
	s->list[i] = s->list[--s->n];
	return true;
}

const char **
selection_uuids(const struct selection *s, const char *current, size_t *n)
{
	*n = s->n > 0 ? s->n : 1;
	const char **uuids = calloc(*n, sizeof(*uuids));

	if (uuids == NULL)
		return NULL;
	uuids[0] = current;
	for (size_t i = 0; i < s->n; i++)
		uuids[i] = s->list[i].uuid;
	return uuids;
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
