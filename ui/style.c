/* SPDX-License-Identifier: Apache-2.0 */
/* style: which style a state, a level or an outcome is shown in. */
#include "ui/style.h"

#include <string.h>

static const struct {
	const char *word;
	enum style style;
} words[] = {
	{ "waiting", STYLE_WARN },
	{ "ready", STYLE_NORMAL },
	{ "configuring", STYLE_NORMAL },
	{ "configured", STYLE_GOOD },
	{ "failed", STYLE_BAD },
	{ "held", STYLE_WARN },
	{ "detected", STYLE_WARN },
	{ "done", STYLE_GOOD },
	{ "skipped", STYLE_DIM },
	{ "unknown", STYLE_WARN },
};

enum style
style_of_state(const char *state)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].word, state) == 0)
			return words[i].style;
	return STYLE_NORMAL;
}

enum style
style_of_outcome(const char *outcome)
{
	return style_of_state(outcome);
}

enum style
style_of_level(enum event_level level)
{
	return level == EVENT_ERROR ? STYLE_BAD : level == EVENT_WARNING ? STYLE_WARN : level == EVENT_VERBOSE ? STYLE_DIM : STYLE_NORMAL;
}
