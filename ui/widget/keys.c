/* SPDX-License-Identifier: Apache-2.0 */
/* keys: what keys do, as tables. */
#include "ui/widget/keys.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/text.h"

const struct key_cmd global_keys[] = {
	{ UK_F1, CMD_HELP, "Help", 0 },
	{ '?', CMD_HELP, "", 0 },
	{ UK_ESC, CMD_BACK, "Back", 0 },
	{ 'q', CMD_BACK, "", 0 },
	{ UK_F5, CMD_REFRESH, "", 0 },
	{ ':', CMD_COMMAND, "Command", 0 },
	{ 'S', CMD_SAVED, "Saved filters", 0 },
	{ 'U', CMD_UNDO, "Undo hold, release or cancel", NEED_OPERATOR },
	{ 'P', CMD_PLAIN, "Plain: to copy from", 0 },
	{ '1', CMD_TAB1, "", 0 },
	{ '2', CMD_TAB2, "", 0 },
	{ '3', CMD_TAB3, "", 0 },
	{ '4', CMD_TAB4, "", 0 },
	{ '5', CMD_TAB5, "", 0 },
	{ '6', CMD_TAB6, "", 0 },
	{ '7', CMD_TAB7, "", 0 },
	{ '8', CMD_TAB8, "", 0 },
	{ '9', CMD_TAB9, "", 0 },
	{ '0', CMD_TAB10, "", 0 },
	{ UK_F10, CMD_QUIT, "Quit", 0 },
	{ 0 },
};

const struct key_cmd list_keys[] = {
	{ UK_UP, CMD_UP, "", 0 },
	{ 'k', CMD_UP, "", 0 },
	{ UK_DOWN, CMD_DOWN, "", 0 },
	{ 'j', CMD_DOWN, "", 0 },
	{ UK_PGUP, CMD_PAGE_UP, "", 0 },
	{ UK_PGDN, CMD_PAGE_DOWN, "", 0 },
	{ UK_HOME, CMD_FIRST, "", 0 },
	{ 'g', CMD_FIRST, "", 0 },
	{ UK_END, CMD_LAST, "", 0 },
	{ 'G', CMD_LAST, "", 0 },
	{ 0 },
};

static const struct {
	int key;
	const char *name;
} names[] = {
	{ '\n', "Enter" }, { ' ', "Space" }, { UK_UP, "Up" }, { UK_DOWN, "Down" }, { UK_LEFT, "Left" },
	{ UK_RIGHT, "Right" }, { UK_PGUP, "PgUp" }, { UK_PGDN, "PgDn" }, { UK_HOME, "Home" }, { UK_END, "End" },
	{ UK_ESC, "Esc" }, { UK_F1, "F1" }, { UK_F5, "F5" }, { UK_F10, "F10" }, { UK_TAB, "Tab" },
	{ UK_BACKSPACE, "Backspace" }, { UK_DELETE, "Delete" }, { UK_BACKTAB, "Shift-Tab" },
};

enum cmd
key_lookup(const struct key_cmd *keys, int key, unsigned int have)
{
	for (; keys != NULL && keys->cmd != CMD_NONE; keys++)
		if (keys->key == key && (keys->need & ~have) == 0)
			return keys->cmd;
	return CMD_NONE;
}

void
key_label(int key, char *out, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].key == key) {
			(void)text_copy(out, size, names[i].name);
			return;
		}
	if (key > 0 && key < ' ') {
		(void)snprintf(out, size, "Ctrl-%c", key + '@');
		return;
	}
	char ch[5] = { 0 };
	(void)text_put(ch, (uint32_t)key);
	(void)text_copy(out, size, ch);
}
