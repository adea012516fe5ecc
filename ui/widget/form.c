/* SPDX-License-Identifier: Apache-2.0 */
/* form: a dialog with a few lines to fill in, or with a question only. */
#include "ui/widget/form.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/widget/keys.h"

enum { FORM_WIDTH = 72, LABEL_WIDTH = 12 };

void
form_free(struct form *f)
{
	if (f != NULL)
		explicit_bzero(f, sizeof(*f));
	free(f);
}

void
form_line(struct form *f, const char *fmt, ...)
{
	va_list ap;

	if (f->nlines == FORM_LINES_MAX)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(f->lines[f->nlines++], sizeof(f->lines[0]), fmt, ap);
	va_end(ap);
}

struct form_field *
form_add(struct form *f, const char *label, const char *hint, const char *standard)
{
	struct form_field *field = &f->fields[f->nfields++];

	field->label = label;
	field->hint = hint;
	input_set(&field->input, standard);
	return field;
}

const char *
form_value(const struct form *f, size_t field)
{
	const struct form_field *fl = &f->fields[field];

	return fl->nchoices > 0 ? fl->choices[fl->choice] : fl->input.text;
}

static void
choose(struct form_field *fl, int key)
{
	if (key == UK_RIGHT || key == ' ')
		fl->choice = (fl->choice + 1) % fl->nchoices;
	else if (key == UK_LEFT)
		fl->choice = (fl->choice + fl->nchoices - 1) % fl->nchoices;
}

void
form_key(struct form *f, int key)
{
	struct form_field *fl = f->nfields == 0 ? NULL : &f->fields[f->active];

	if (key == UK_ESC) {
		f->state = FORM_CANCELLED;
	} else if (fl == NULL && key >= KEY_NONE_) {
		return; /* a resize, an arrow: no answer */
	} else if (fl == NULL) {
		f->state = key == 'y' || key == 'Y' ? FORM_DONE : FORM_CANCELLED;
	} else if (key == '\n') {
		if (f->active + 1 < f->nfields)
			f->active++;
		else
			f->state = FORM_DONE;
	} else if (key == UK_TAB || key == UK_DOWN) {
		f->active = (f->active + 1) % f->nfields;
	} else if (key == UK_BACKTAB || key == UK_UP) {
		f->active = (f->active + f->nfields - 1) % f->nfields;
	} else if (fl->nchoices > 0) {
		choose(fl, key);
	} else {
		(void)input_key(&fl->input, key);
	}
}

/* As many stars as characters were typed. */
static void
draw_stars(const struct form_field *fl, struct canvas *c, int y, int x, int width, bool active)
{
	struct input stars = { .at = 0 };

	for (const char *p = fl->input.text; *p != '\0'; (void)text_next(&p)) {
		if (p - fl->input.text < (long)fl->input.at)
			stars.at++;
		stars.text[strlen(stars.text)] = '*';
	}
	input_draw(&stars, c, y, x, width, active);
}

static void
draw_field(const struct form_field *fl, struct canvas *c, int y, int x, int width, bool active)
{
	(void)canvas_text(c, y, x, LABEL_WIDTH, STYLE_HEAD, fl->label);
	if (fl->nchoices > 0)
		(void)canvas_printf(c, y, x + LABEL_WIDTH, width - LABEL_WIDTH, active ? STYLE_MARKED : STYLE_NORMAL, "< %s >  (%zu of %zu)",
		    fl->choices[fl->choice], fl->choice + 1, fl->nchoices);
	else if (fl->secret)
		draw_stars(fl, c, y, x + LABEL_WIDTH, width - LABEL_WIDTH, active);
	else
		input_draw(&fl->input, c, y, x + LABEL_WIDTH, width - LABEL_WIDTH, active);
	(void)canvas_text(c, y + 1, x + LABEL_WIDTH, width - LABEL_WIDTH, STYLE_DIM, fl->hint);
}

/* On a small screen: no text above the fields, and only the hint of the active one. */
static void
draw_tight(const struct form *f, struct canvas *c, int x, int width)
{
	int room = c->height - 3, at = 1;
	size_t first = (int)f->active + 2 > room ? f->active + 2 - (size_t)room : 0;

	canvas_box(c, 0, x, c->height, width, f->title);
	for (size_t i = 0; f->nfields == 0 && i < f->nlines && at < c->height - 2; i++)
		(void)canvas_text(c, at++, x + 2, width - 4, STYLE_NORMAL, f->lines[i]);
	for (size_t i = first; i < f->nfields && at < c->height - 2; i++) {
		draw_field(&f->fields[i], c, at, x + 2, width - 4, i == f->active);
		at += i == f->active ? 2 : 1;
	}
	canvas_fill(c, c->height - 2, x + 2, width - 4, STYLE_NORMAL);
	(void)canvas_text(c, c->height - 2, x + 2, width - 4, STYLE_DIM, f->nfields == 0 ? "y yes   any other key: no" : "Enter next   Esc cancel");
}

void
form_draw(const struct form *f, struct canvas *c)
{
	int width = c->width - 4 < FORM_WIDTH ? c->width - 4 : FORM_WIDTH;
	int height = (int)f->nlines + 2 * (int)f->nfields + 4;
	int x = (c->width - width) / 2, y = (c->height - height) / 2;
	int at = y < 0 ? 0 : y;

	if (y < 0) {
		draw_tight(f, c, x, width);
		return;
	}
	canvas_box(c, at, x, height, width, f->title);
	at++;
	for (size_t i = 0; i < f->nlines; i++)
		(void)canvas_text(c, at++, x + 2, width - 4, STYLE_NORMAL, f->lines[i]);
	at += f->nlines > 0 && f->nfields > 0 ? 1 : 0;
	for (size_t i = 0; i < f->nfields; i++, at += 2)
		draw_field(&f->fields[i], c, at, x + 2, width - 4, i == f->active);
	(void)canvas_text(c, at, x + 2, width - 4, STYLE_DIM,
	    f->nfields == 0 ? "y yes   any other key: no" : "Enter next, then do it   Tab other field   Esc cancel");
}
