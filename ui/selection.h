/* SPDX-License-Identifier: Apache-2.0 */
/* selection: the rows of a list that were chosen with Space or *, each one about a device. */
#ifndef MUSTER_UI_SELECTION_H
#define MUSTER_UI_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/uuid.h"

enum { SELECTED_MAX = 20000 };

struct selection {
	struct selected {
		int64_t id;
		char uuid[UUID_TEXT];
	} *list; /* owned; NULL before the first */
	size_t n;
};

bool selection_has(const struct selection *s, int64_t id);

/* selection_add: false when there are SELECTED_MAX, or no memory. selection_toggle: adds it or takes it away. */
bool selection_add(struct selection *s, int64_t id, const char *uuid);
bool selection_toggle(struct selection *s, int64_t id, const char *uuid);

/* selection_uuids: the UUIDs chosen, or the one of the row under the cursor when none is; free the list. */
const char **selection_uuids(const struct selection *s, const char *current, size_t *n);

void selection_clear(struct selection *s);
void selection_free(struct selection *s);

#endif
