/* SPDX-License-Identifier: Apache-2.0 */
/* theme: what the styles look like. */
#include "ui/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OWN = -1, BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

/* Colours that a light background can have, as COLORFGBG numbers them. */
enum { LIGHT_GREY = 7, BRIGHT_WHITE = 15 };

/* In "safe" no two meanings differ by red and green alone, and each has an attribute of its own. */
static const struct theme themes[] = {
	{ "dark", "for a dark background", true, {
		[STYLE_NORMAL] = { OWN, OWN, 0 },
		[STYLE_BAR] = { WHITE, BLUE, 0 },
		[STYLE_BAR_ON] = { YELLOW, BLUE, LOOK_BOLD },
		[STYLE_HEAD] = { CYAN, OWN, LOOK_BOLD },
		[STYLE_CURSOR] = { BLACK, CYAN, 0 },
		[STYLE_MARKED] = { YELLOW, OWN, LOOK_BOLD },
		[STYLE_DIM] = { OWN, OWN, LOOK_DIM },
		[STYLE_GOOD] = { GREEN, OWN, 0 },
		[STYLE_WARN] = { YELLOW, OWN, 0 },
		[STYLE_BAD] = { RED, OWN, LOOK_BOLD },
	} },
	{ "light", "for a light background", true, {
		[STYLE_NORMAL] = { OWN, OWN, 0 },
		[STYLE_BAR] = { WHITE, BLUE, 0 },
		[STYLE_BAR_ON] = { BLUE, WHITE, LOOK_BOLD },
		[STYLE_HEAD] = { BLUE, OWN, LOOK_BOLD },
		[STYLE_CURSOR] = { WHITE, BLUE, LOOK_BOLD },
		[STYLE_MARKED] = { BLUE, OWN, LOOK_BOLD | LOOK_UNDERLINE },
		[STYLE_DIM] = { OWN, OWN, LOOK_DIM },
		[STYLE_GOOD] = { GREEN, OWN, 0 },
		[STYLE_WARN] = { MAGENTA, OWN, 0 },
		[STYLE_BAD] = { RED, OWN, LOOK_BOLD },
	} },
	{ "safe", "for eyes that do not tell red from green", true, {
		[STYLE_NORMAL] = { OWN, OWN, 0 },
		[STYLE_BAR] = { WHITE, BLUE, 0 },
		[STYLE_BAR_ON] = { YELLOW, BLUE, LOOK_BOLD },
		[STYLE_HEAD] = { OWN, OWN, LOOK_BOLD },
		[STYLE_CURSOR] = { OWN, OWN, LOOK_REVERSE },
		[STYLE_MARKED] = { OWN, OWN, LOOK_BOLD | LOOK_UNDERLINE },
		[STYLE_DIM] = { OWN, OWN, LOOK_DIM },
		[STYLE_GOOD] = { BLUE, OWN, 0 },
		[STYLE_WARN] = { YELLOW, OWN, LOOK_BOLD },
		[STYLE_BAD] = { YELLOW, OWN, LOOK_REVERSE | LOOK_BOLD },
	} },
	{ "mono", "no colours", false, {
		[STYLE_NORMAL] = { OWN, OWN, 0 },
		[STYLE_BAR] = { OWN, OWN, LOOK_REVERSE },
		[STYLE_BAR_ON] = { OWN, OWN, LOOK_REVERSE | LOOK_BOLD },
		[STYLE_HEAD] = { OWN, OWN, LOOK_BOLD },
		[STYLE_CURSOR] = { OWN, OWN, LOOK_REVERSE },
		[STYLE_MARKED] = { OWN, OWN, LOOK_UNDERLINE },
		[STYLE_DIM] = { OWN, OWN, LOOK_DIM },
		[STYLE_GOOD] = { OWN, OWN, 0 },
		[STYLE_WARN] = { OWN, OWN, LOOK_BOLD },
		[STYLE_BAD] = { OWN, OWN, LOOK_BOLD | LOOK_UNDERLINE },
	} },
};

const struct theme *
theme_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(themes); i++)
		if (strcmp(themes[i].name, name) == 0)
			return &themes[i];
	return NULL;
}

void
theme_names(char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(themes) && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "", themes[i].name);
}

const struct theme *
theme_standard(bool has_colours, const char *colorfgbg)
{
	const char *back = colorfgbg == NULL ? NULL : strrchr(colorfgbg, ';');
	long n = back == NULL || back[1] == '\0' ? 0 : strtol(back + 1, NULL, 10);

	if (!has_colours)
		return theme_of("mono");
	return theme_of(n == LIGHT_GREY || n == BRIGHT_WHITE ? "light" : "dark");
}
