/* SPDX-License-Identifier: Apache-2.0 */
/* form: a dialog with a few lines to fill in, or with a question only. Every field has a default. */
#ifndef MUSTER_UI_WIDGET_FORM_H
#define MUSTER_UI_WIDGET_FORM_H

#include "ui/widget/input.h"

enum { FORM_FIELDS_MAX = 5, FORM_LINES_MAX = 8, FORM_CHOICES_MAX = 64 };

struct form_field {
	const char *label, *hint;
	struct input input;
	bool secret; /* shown as stars */
	/* A field with choices is stepped through with the arrows instead of typed. */
	char choices[FORM_CHOICES_MAX][64];
	size_t nchoices, choice;
};

enum form_state { FORM_OPEN, FORM_DONE, FORM_CANCELLED };

struct form {
	char title[64];
	char lines[FORM_LINES_MAX][160]; /* what it is about, above the fields */
	size_t nlines;
	struct form_field fields[FORM_FIELDS_MAX];
	size_t nfields, active;
	enum form_state state;
};

/* form_free: passwords may have been typed, so it is wiped first. Takes NULL. */
void form_free(struct form *f);

void form_line(struct form *f, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct form_field *form_add(struct form *f, const char *label, const char *hint, const char *standard);

/* form_value: what a field holds. */
const char *form_value(const struct form *f, size_t field);

/* form_key: Enter goes to the next field and, on the last, is done; Esc cancels. */
void form_key(struct form *f, int key);
void form_draw(const struct form *f, struct canvas *c);

#endif
