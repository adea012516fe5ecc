/* SPDX-License-Identifier: Apache-2.0 */
/* app_state: what app.c and app_draw.c share and no screen sees. */
#ifndef MUSTER_UI_APP_STATE_H
#define MUSTER_UI_APP_STATE_H

#include "ui/app.h"

enum { STACK_MAX = 8, TIMERS_MAX = STACK_MAX };

struct timer {
	int64_t at_ms;
	void (*fn)(void *arg); /* NULL: free */
	void *arg;
};

struct shown {
	const struct screen *screen;
	void *model;
	const struct hooks *hooks; /* NULL: none */
};

struct app {
	struct dbq *q;
	struct shown stack[STACK_MAX];
	size_t depth;
	unsigned int place; /* counts changes of the current screen */
	unsigned int rights;
	bool rights_known, done, dirty, was_up;
	bool down;
	struct err why_down;
	int64_t down_since_ms, reloaded_ms;
	bool reload_due;
	int64_t reload_at_ms; /* 0: no time for it */
	char message[256];
	enum style message_style;

	const struct hooks *hooks_next; /* of the screen being opened */
	enum cmd leave; /* asked for, while its question is open; CMD_NONE: none */
	void (*cover_taken)(void *arg); /* NULL: nothing lies over the screen */
	void *cover_arg;
	struct timer timers[TIMERS_MAX];

	struct input line; /* a question below the screen */
	char line_label[80];
	bool asking;
	void (*line_done)(void *model, const char *text);

	struct form *form; /* a dialog; NULL: none */
	bool form_shown;
	void (*form_done)(void *model, const struct form *f);
};

/*
 * The screens with a number, in the head of every screen: row i has key i + 1, the tenth 0. label is the
 * title as short as it can be; need what the role must have for the screen to be offered.
 */
struct tab {
	const struct screen *screen; /* NULL: no screen has this number */
	const char *label;
	unsigned int need;
};
enum { TABS = 10 };
extern const struct tab app_tabs[TABS];

/* app_tab_offered: is there such a screen, and may this role have it? */
bool app_tab_offered(const struct app *a, size_t tab);

/* app_current: the screen on top, or NULL. */
struct shown *app_current(struct app *a);

#endif
