/* SPDX-License-Identifier: Apache-2.0 */
/* picks: the cursor of a short list that is in memory as a whole. */
#ifndef MUSTER_UI_WIDGET_PICKS_H
#define MUSTER_UI_WIDGET_PICKS_H

#include <stdbool.h>

#include "ui/widget/keys.h"

struct picks {
	int n, cursor, top;
	int height; /* rows shown, as of the last picks_show */
};

/* picks_command: moves the cursor; false when cmd is none of a list's. */
bool picks_command(struct picks *p, enum cmd cmd);

/* picks_show: the list has n rows, and height are shown; moves top so that the cursor is among them. */
void picks_show(struct picks *p, int n, int height);

#endif
