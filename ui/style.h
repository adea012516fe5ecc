/* SPDX-License-Identifier: Apache-2.0 */
/* style: which style a state, a level or an outcome is shown in, the same on every screen. */
#ifndef MUSTER_UI_STYLE_H
#define MUSTER_UI_STYLE_H

#include "db/event.h"
#include "ui/widget/canvas.h"

enum style style_of_state(const char *state);
enum style style_of_level(enum event_level level);
enum style style_of_outcome(const char *outcome);

#endif
