/* SPDX-License-Identifier: Apache-2.0 */
/* app_state: what app.c and app_draw.c share and no screen sees. */
#ifndef MUSTER_UI_APP_STATE_H
#define MUSTER_UI_APP_STATE_H

#include "base/buf.h"
#include "ui/app.h"
#include "ui/bulk.h"
#include "ui/history.h"

enum { STACK_MAX = 8, TIMERS_MAX = STACK_MAX, HITS_MAX = 40, CANDIDATES = 240, SILENT_MS = 3000 };

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

/* Cells of the head and the foot that a click can press a key with. */
struct hit {
	int y, x, width, key;
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

	struct history history;       /* of the command line */
	char candidates[CANDIDATES];  /* what Tab found, above the command line */
	char completing[INPUT_MAX];   /* the line for which the database is asked */

	struct bulk *bulk; /* the last bulk action, whether it runs or has ended; NULL: none */
	unsigned int bulks; /* how many there were */
	bool leaving;       /* F10 was pressed while one runs */
	bool plain;
	bool pasting;
	int64_t pasted_ms; /* when the last pasted key came */

	struct hit hits[HITS_MAX]; /* as of the last draw */
	size_t nhits;
	int cursor_y; /* the row of the cursor, -1: none */
	int height;
	int click_y;  /* the last click, for double clicks */
	int64_t click_ms;
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

/* app_more: what a screen can do beside, NULL: nothing. */
const struct screen_more *app_more(const struct shown *s);

/*
 * app_stack.c. app_back: the screen on top closes. app_close_all: every screen. app_leave: CMD_BACK, CMD_QUIT or
 * a numbered screen, after a question when something would be lost; app_leave_now: without one. app_offer_again:
 * the role was changed under an open console: a screen it no longer has is left, with the dialog over it.
 */
void app_back(struct app *a);
void app_close_all(struct app *a);
void app_leave(struct app *a, enum cmd cmd);
void app_leave_now(struct app *a, enum cmd cmd);
void app_offer_again(struct app *a);

/* app_offers: does the state of the screen on top allow the command? why: if not. */
bool app_offers(const struct shown *s, enum cmd cmd, char *why, size_t size);

/* command.c: run a line; complete it (Tab); what there is, for the help page. */
void command_run(struct app *a, const char *text);
void command_complete(struct app *a);
void command_help(const struct app *a, struct buf *out);

/* app_current: the screen on top, or NULL. */
struct shown *app_current(struct app *a);

#endif
