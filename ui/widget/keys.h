/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: what keys do, as tables. A screen's table makes its footer and its part of F1, so neither
 * can say what is not so.
 */
#ifndef MUSTER_UI_WIDGET_KEYS_H
#define MUSTER_UI_WIDGET_KEYS_H

#include <stddef.h>

/* Keys that are no characters. Above all of Unicode. */
enum key {
	KEY_NONE_ = 0x200000,
	UK_UP,
	UK_DOWN,
	UK_LEFT,
	UK_RIGHT,
	UK_PGUP,
	UK_PGDN,
	UK_HOME,
	UK_END,
	UK_BACKSPACE,
	UK_DELETE,
	UK_ESC,
	UK_F1,
	UK_F5,
	UK_F10,
	UK_TAB,
	UK_BACKTAB,
	UK_PASTE, /* what follows is pasted, until UK_PASTE_END */
	UK_PASTE_END,
	UK_MOUSE, /* never in a table: term_mouse tells what happened */
};

/* What a mouse did, at a cell of the screen. */
enum mouse { MOUSE_CLICK, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

enum cmd {
	CMD_NONE,
	/* of every screen */
	CMD_BACK,
	CMD_QUIT,
	CMD_HELP,
	CMD_REFRESH,
	CMD_COMMAND,
	CMD_UNDO,
	CMD_PLAIN,
	CMD_SAVED, /* filters with a name */
	CMD_TAB1, /* the numbered screens; their order is that of app_tabs */
	CMD_TAB2,
	CMD_TAB3,
	CMD_TAB4,
	CMD_TAB5,
	CMD_TAB6,
	CMD_TAB7,
	CMD_TAB8,
	CMD_TAB9,
	CMD_TAB10,
	/* of lists */
	CMD_UP,
	CMD_DOWN,
	CMD_PAGE_UP,
	CMD_PAGE_DOWN,
	CMD_FIRST,
	CMD_LAST,
	CMD_OPEN,
	CMD_SEARCH,
	CMD_FILTER,
	CMD_SORT,
	CMD_SELECT,
	CMD_SELECT_ALL,
	/* on devices */
	CMD_APPROVE,
	CMD_HOLD,
	CMD_RELEASE,
	CMD_RETRY,
	CMD_ACCEPT,
	CMD_DELAY,
	CMD_CANCEL,
	CMD_REPROVISION,
	CMD_TAKE_OVER,
	CMD_UNPROVISION,
	CMD_DEVICE_LOG,
	CMD_OPEN_DEVICE,
	CMD_EXPLAIN,
	/* on staged devices and profiles */
	CMD_ADD,
	CMD_REMOVE,
	CMD_IMPORT,
	CMD_EXPORT,
	CMD_SAVE,
	CMD_COPY,
	CMD_REVISIONS,
	CMD_USED_BY,
	CMD_PLAN,
	CMD_NEXT,
	CMD_PREVIOUS,
	/* on the log */
	CMD_LEVEL,
	CMD_FOLLOW,
	/* on users */
	CMD_USER_ADD,
	CMD_USER_REMOVE,
	/* on settings */
	CMD_DEFAULT,
	/* on a device */
	CMD_NEXT_PART,
	CMD_PREV_PART,
	CMD_REVEAL, /* show a password */
	CMD_TRACE, /* the debug trace; also of engines */
	/* on the ends of a bulk action, and on filters with a name */
	CMD_AGAIN,
	CMD_FORGET,
};

/* What must be so for a key to be offered. */
enum {
	NEED_ROW = 1,      /* a row under the cursor */
	NEED_OPERATOR = 2, /* the role of an operator */
	NEED_CODE = 4,     /* something with an error code */
	NEED_UUID = 8,     /* a row that is about a device */
	NEED_ADMINISTRATOR = 16,
	NEED_ENTERPRISE = 32, /* the role of an Enterprise Administrator */
	NEED_PASSWORD = 0x1000, /* something that has a password */
};

struct key_cmd {
	int key;
	enum cmd cmd;
	const char *label; /* "" keeps it out of the footer: another key for the same */
	unsigned int need;
};

/* The keys every screen has, and those every list has; both end with { 0 }. */
extern const struct key_cmd global_keys[], list_keys[];

/* key_lookup: the command of a key whose needs are among have, else CMD_NONE. Pure. */
enum cmd key_lookup(const struct key_cmd *keys, int key, unsigned int have);

/* key_label: "Enter", "F1", "a". */
void key_label(int key, char *out, size_t size);

#endif
