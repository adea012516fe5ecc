/* SPDX-License-Identifier: Apache-2.0 */
/* theme: what the styles look like; every colour of the console is in the table of theme.c. */
#ifndef MUSTER_UI_THEME_H
#define MUSTER_UI_THEME_H

#include "ui/widget/canvas.h"

/* Attributes of a look; a colour is one of the eight of ANSI, or -1: the terminal's own. */
enum { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_REVERSE = 4, LOOK_UNDERLINE = 8 };

struct look {
	short front, back;
	unsigned int attributes;
};

struct theme {
	const char *name, *what;
	bool colours; /* false: attributes alone tell the styles apart */
	struct look looks[STYLE_COUNT];
};

/* theme_of: by name, NULL: there is none. theme_names: "dark, light, ...". */
const struct theme *theme_of(const char *name);
void theme_names(char *out, size_t size);

/*
 * theme_standard: what fits the terminal: mono without colours; light when COLORFGBG (as the terminal set
 * it, may be NULL) tells of a light background; else dark.
 */
const struct theme *theme_standard(bool has_colours, const char *colorfgbg);

#endif
