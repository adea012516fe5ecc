/* SPDX-License-Identifier: Apache-2.0 */
/*
 * app: the console without a terminal: screens, keys, the database behind them, and what is drawn on
 * a canvas. ui/muster.c connects it to a terminal; tests feed it keys and read the canvas.
 */
#ifndef MUSTER_UI_APP_H
#define MUSTER_UI_APP_H

#include "db/dbq.h"
#include "db/device.h"
#include "db/filter.h"
#include "ui/widget/canvas.h"
#include "ui/widget/form.h"
#include "ui/widget/keys.h"

struct app;

/* What a screen shows it may use: the lines between head and foot. */
struct area {
	int y, height;
};

struct screen {
	const char *name;  /* as in ":pending" and help/screens/NAME.md */
	const char *title;
	const struct key_cmd *keys; /* beside the global ones; ends with { 0 } */
	bool list;                  /* takes the keys of a list */
	/* arg: a UUID, a code, a name, or "". NULL and *e: no memory. */
	void *(*open)(struct app *a, const char *arg, struct err *e);
	void (*load)(void *model);                       /* asks for rows; no drawing */
	bool (*cares)(const void *model, const char *table); /* does a change of this table matter? */
	unsigned int (*have)(const void *model);         /* NEED_ROW, NEED_CODE, NEED_UUID as they are met */
	void (*draw)(void *model, struct canvas *c, struct area area); /* cells out, no I/O */
	void (*command)(void *model, enum cmd cmd);
	void (*status)(const void *model, char *out, size_t size); /* for the title line */
	void (*close)(void *model);
};

extern const struct screen overview_screen, pending_screen, devices_screen, device_screen, log_screen, text_screen, users_screen,
    audit_screen, audit_row_screen, queue_screen, settings_screen;
extern const struct screen staged_screen, import_screen, profiles_screen, profile_screen, acl_screen, revisions_screen, diff_screen,
    plan_screen, outcome_screen, filters_screen;

/*
 * What a screen may have beside: keys as they are pressed, before they are looked up (true: taken), and what
 * would be lost by leaving it (NULL: nothing), which the operator is asked about first.
 */
struct hooks {
	bool (*key)(void *model, int key);
	const char *(*unsaved)(const void *model);
};

/* What not every screen can do: app.c lists those that can. NULL: not that. */
struct screen_more {
	const struct screen *screen;
	/* May a command be offered? false and a sentence when the state of what the cursor is on forbids it. */
	bool (*offers)(const void *model, enum cmd cmd, char *why, size_t size);
	/* What the list is filtered by, and to filter it so: for filters with a name. */
	void (*filter_get)(const void *model, struct saved_filter *out);
	void (*filter_set)(void *model, const struct saved_filter *f);
};
extern const struct screen_more pending_more, devices_more, device_more, log_more, outcome_more, queue_more, staged_more, audit_more;

/* app_new: conninfo of the database; nothing is waited for. */
MUST_CHECK int app_new(const char *conninfo, struct app **out, struct err *e);
void app_free(struct app *a); /* takes NULL */

/* For poll: see dbq. app_work: after every poll. */
int app_fd(const struct app *a);
short app_events(const struct app *a);
int app_wait_ms(const struct app *a);
void app_work(struct app *a);

/* app_key: a key was pressed. app_draw: everything, onto a canvas of any size. */
void app_key(struct app *a, int key);
void app_mouse(struct app *a, enum mouse what, int y, int x);
void app_draw(struct app *a, struct canvas *c);

bool app_done(const struct app *a);  /* the operator quits */
bool app_dirty(struct app *a);       /* true once after something changed that is seen */
bool app_busy(const struct app *a);  /* answers are awaited */

/* For screens. */
struct dbq *app_db(struct app *a);
unsigned int app_rights(const struct app *a); /* NEED_OPERATOR when the role has it */
void app_open(struct app *a, const struct screen *s, const char *arg);
void app_explain(struct app *a, int code);
bool app_go(struct app *a, const char *name); /* to a numbered screen; false: there is none that this role may have */
void app_message(struct app *a, enum style style, const char *fmt, ...) PRINTF_LIKE(3, 4);
void app_touch(struct app *a); /* something that is seen changed */

/*
 * app_reload_in: the screen that is shown loads again after so many ms, for what changes by time alone. A
 * later call counts, and a load forgets it.
 */
void app_reload_in(struct app *a, int ms);
/* app_hooks: called in open(), for the screen that is being opened. */
void app_hooks(struct app *a, const struct hooks *h);

/*
 * app_wake_at: call fn(arg) once, at a time of clock_ms or soon after; one for each arg, a later one takes its
 * place. app_wake_cancel: it will not be called any more.
 */
void app_wake_at(struct app *a, int64_t at_ms, void (*fn)(void *arg), void *arg);
void app_wake_cancel(struct app *a, const void *arg);

/*
 * app_cover: something lies over the current screen: Esc takes it away and does not go back, and so does
 * whatever else changes the screen: taken is called once. NULL: nothing lies there any more.
 */
void app_cover(struct app *a, void (*taken)(void *arg), void *arg);

/* app_ask: one line below the screen; done is called with the text on Enter. */
void app_ask(struct app *a, const char *label, const char *standard, void (*done)(void *model, const char *text));

/*
 * app_place: which screen is shown now; another number after every change. app_is_at: it is still that
 * one, and neither dialog nor question is over it. Who opens a dialog when an answer comes asks first, for
 * the operator may have gone elsewhere meanwhile.
 */
unsigned int app_place(const struct app *a);
bool app_is_at(const struct app *a, unsigned int place);

/*
 * app_form: a dialog; done is called when it was filled in. The form is the app's until then; start
 * with { 0 } from app_form_new.
 */
struct form *app_form_new(struct app *a, const char *title);
void app_form(struct app *a, void (*done)(void *model, const struct form *f));

/* app_plain: shown for copying: no bars, no colours, values at full length. */
bool app_plain(const struct app *a);
void app_set_plain(struct app *a, bool plain);

/* app_history: keep the commands that were typed in this file; see history.h. */
void app_history(struct app *a, const char *path);

/* app_patience: how long an answer of the database may take before it is called away; for tests. */
void app_patience(struct app *a, int ms);

/* app_filter_now: what the screen on top is filtered by. app_filter_chosen: the screen of filters closes, and the list below it is filtered so. */
void app_filter_now(struct app *a, struct saved_filter *out);
void app_filter_chosen(struct app *a, const struct saved_filter *f);

/*
 * device_actions.c: approve, hold and so on for chosen devices, with their dialogs.
 * confirmed (may be NULL) is called with the screen's model when the operator has said yes.
 */
void actions_start(struct app *a, enum cmd cmd, const char *const *uuids, size_t n, const struct device *first,
    void (*confirmed)(void *model));

/* actions_offered: may the command be done to a device in this state? false: why not. Other commands: true. */
bool actions_offered(const struct device *d, enum cmd cmd, char *why, size_t size);

/* actions_undo: asks whether to do the opposite of the last action to the devices it was done to. */
void actions_undo(struct app *a);
#endif
