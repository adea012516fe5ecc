/* SPDX-License-Identifier: Apache-2.0 */
/* selection: the rows of a list that were chosen with Space or *, each one about a device. */
#ifndef MUSTER_UI_SELECTION_H
#define MUSTER_UI_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/uuid.h"
#include "ui/app.h"

enum { SELECTED_MAX = 20000 };

/* Start with { 0 }. */
struct selection {
	struct selected {
		int64_t id;
		char uuid[UUID_TEXT];
	} *list; /* owned, in the order of id; NULL before the first */
	size_t n;
};

bool selection_has(const struct selection *s, int64_t id);

/*
 * selection_add: false when there are SELECTED_MAX, or no memory, which the operator is told. selection_toggle: adds
 * it or takes it away.
 */
bool selection_add(struct selection *s, struct app *a, int64_t id, const char *uuid);
void selection_toggle(struct selection *s, struct app *a, int64_t id, const char *uuid);

/* selection_status: "  3 selected" for the title line, "" when none is. */
void selection_status(const struct selection *s, char *out, size_t size);

/*
 * selection_act: starts the action for what is selected, or for the row under the cursor when nothing is: current is
 * its UUID, NULL when there is none, and first the device as actions_start takes it.
 */
void selection_act(const struct selection *s, struct app *a, enum cmd cmd, const char *current, const struct device *first,
    void (*confirmed)(void *model));

void selection_clear(struct selection *s);
void selection_free(struct selection *s);

#endif
