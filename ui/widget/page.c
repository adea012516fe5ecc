/* SPDX-License-Identifier: Apache-2.0 */
/* page: a form as large as a screen. */
#include "ui/widget/page.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/widget/keys.h"

enum { RULE_LINES = 2, WIDE = 64, LABEL_WIDE = 30, LABEL_NARROW = 16, VALUE_WIDE = 26, VALUE_SWITCH = 8, RULE_LEAST = 12 };

void
page_wipe(struct page *p)
{
	explicit_bzero(p, sizeof(*p));
}

int
page_section(struct page *p, const char *title)
{
	if (p->nsections == PAGE_SECTIONS_MAX)
		return PAGE_SECTIONS_MAX - 1;
	p->sections[p->nsections] = title;
	return (int)p->nsections++;
}

struct page_field *
page_add(struct page *p, int section, enum page_kind kind, int id, const char *label, const char *rule)
{
	if (p->n == PAGE_FIELDS_MAX)
		return NULL;
	struct page_field *f = &p->fields[p->n++];
	*f = (struct page_field){ .kind = kind, .section = section, .id = id };
	(void)text_copy(f->label, sizeof(f->label), label);
	(void)text_copy(f->rule, sizeof(f->rule), rule);
	return f;
}

void
page_choice(struct page_field *f, const char *word)
{
	if (f->nchoices < PAGE_CHOICES_MAX)
		f->choices[f->nchoices++] = word;
}

static bool
stops(const struct page *p, size_t i)
{
	return i < p->n && p->fields[i].section == p->section && p->fields[i].kind != PAGE_NOTE;
}

/* The cursor on a field of the section, if it has one. */
static void
settle(struct page *p)
{
	if (stops(p, p->cursor))
		return;
	for (size_t i = p->cursor; i-- > 0;)
		if (stops(p, i)) {
			p->cursor = i;
			return;
		}
	for (p->cursor = 0; p->cursor < p->n && !stops(p, p->cursor);)
		p->cursor++;
}

void
page_drop(struct page *p, int section, enum page_kind kind)
{
	size_t kept = 0, cursor = p->cursor;

	for (size_t i = 0; i < p->n; i++) {
		if (p->fields[i].section == section && p->fields[i].kind == kind)
			continue;
		if (i == p->cursor)
			cursor = kept;
		if (kept != i)
			p->fields[kept] = p->fields[i];
		kept++;
	}
	explicit_bzero(&p->fields[kept], (p->n - kept) * sizeof(p->fields[0]));
	p->n = kept;
	p->cursor = cursor;
}

struct page_field *
page_find(struct page *p, int section, int id)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->fields[i].section == section && p->fields[i].id == id && p->fields[i].kind != PAGE_NOTE)
			return &p->fields[i];
	return NULL;
}

struct page_field *
page_current(struct page *p)
{
	settle(p);
	return stops(p, p->cursor) ? &p->fields[p->cursor] : NULL;
}

void
page_go(struct page *p, int section)
{
	p->typing = false;
	p->section = section;
	p->top = 0;
	p->cursor = 0;
	settle(p);
}

void
page_go_to(struct page *p, const struct page_field *f)
{
	page_go(p, f->section);
	p->cursor = (size_t)(f - p->fields);
}

struct page_field *
page_wrong(struct page *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->fields[i].wrong[0] != '\0')
			return &p->fields[i];
	return NULL;
}

const char *
page_value(const struct page_field *f)
{
	if (f->kind == PAGE_SWITCH)
		return f->on ? "true" : "false";
	return f->kind == PAGE_CHOICE ? (f->nchoices == 0 ? "" : f->choices[f->choice]) : f->input.text;
}

/* Keys while typing. */
static enum page_did
key_typing(struct page *p, struct page_field *f, int key)
{
	if (key == UK_ESC) {
		bool changed = strcmp(f->input.text, p->before.text) != 0;

		f->input = p->before;
		p->typing = false;
		return changed ? PAGE_CHANGED : PAGE_TAKEN;
	}
	if (key == '\n' || key == UK_TAB || key == UK_UP || key == UK_DOWN || key == UK_BACKTAB) {
		p->typing = false;
		explicit_bzero(&p->before, sizeof(p->before));
		if (key != '\n')
			(void)page_key(p, key == UK_TAB ? UK_DOWN : key == UK_BACKTAB ? UK_UP : key);
		return PAGE_TAKEN;
	}
	return input_key(&f->input, key) ? PAGE_CHANGED : PAGE_PASSED;
}

static enum page_did
key_value(struct page *p, struct page_field *f, int key)
{
	bool turn = key == '\n' || key == ' ' || key == UK_RIGHT || key == UK_LEFT;

	if (f->kind == PAGE_SWITCH && turn) {
		f->on = !f->on;
		return PAGE_CHANGED;
	}
	if (f->kind == PAGE_CHOICE && turn && f->nchoices > 0) {
		f->choice = (f->choice + (key == UK_LEFT ? f->nchoices - 1 : 1)) % f->nchoices;
		return PAGE_CHANGED;
	}
	if ((f->kind == PAGE_TEXT || f->kind == PAGE_PASSWORD) && key == '\n') {
		p->before = f->input;
		p->typing = true;
		return PAGE_TAKEN;
	}
	return f->kind == PAGE_ITEM && key == '\n' ? PAGE_OPENED : PAGE_PASSED;
}

static void
move(struct page *p, bool down)
{
	for (size_t i = p->cursor; down ? i + 1 < p->n : i > 0;) {
		i = down ? i + 1 : i - 1;
		if (stops(p, i)) {
			p->cursor = i;
			return;
		}
	}
}

static void
turn_section(struct page *p, bool next)
{
	int n = (int)p->nsections;

	if (n > 1)
		page_go(p, (p->section + (next ? 1 : n - 1)) % n);
}

enum page_did
page_key(struct page *p, int key)
{
	struct page_field *f = page_current(p);
	enum page_did did = f == NULL ? PAGE_PASSED : p->typing ? key_typing(p, f, key) : key_value(p, f, key);

	if (did != PAGE_PASSED || p->typing)
		return did;
	switch (key) {
	case UK_DOWN:
	case 'j':
		move(p, true);
		return PAGE_TAKEN;
	case UK_UP:
	case 'k':
		move(p, false);
		return PAGE_TAKEN;
	case UK_TAB:
	case UK_PGDN:
		turn_section(p, true);
		return PAGE_TAKEN;
	case UK_BACKTAB:
	case UK_PGUP:
		turn_section(p, false);
		return PAGE_TAKEN;
	default:
		return PAGE_PASSED;
	}
}

static bool
section_wrong(const struct page *p, int section)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->fields[i].section == section && p->fields[i].wrong[0] != '\0')
			return true;
	return false;
}

static void
draw_sections(const struct page *p, struct canvas *c, int y)
{
	int room = 1, x = 1;

	for (size_t i = 0; i < p->nsections; i++)
		room += text_width(p->sections[i]) + 3;
	if (room > c->width) {
		(void)canvas_printf(c, y, 1, 0, STYLE_HEAD, "< %s%s >  (%d of %zu)", p->sections[p->section], section_wrong(p, p->section) ? "!" : "",
		    p->section + 1, p->nsections);
		return;
	}
	for (int i = 0; i < (int)p->nsections; i++) {
		enum style style = i == p->section ? STYLE_CURSOR : section_wrong(p, i) ? STYLE_BAD : STYLE_HEAD;

		x += canvas_printf(c, y, x, 0, style, " %s%s ", p->sections[i], section_wrong(p, i) ? "!" : "");
		x++;
	}
}

static void
draw_typed(const struct page *p, const struct page_field *f, struct canvas *c, int y, int x, int width, bool on)
{
	struct input shown = f->input;

	if (f->kind == PAGE_PASSWORD) {
		for (char *s = shown.text; *s != '\0'; s++)
			*s = '*';
	}
	if (on && p->typing)
		input_draw(&shown, c, y, x, width, true);
	else if (shown.text[0] == '\0')
		(void)canvas_text(c, y, x, width, STYLE_DIM, "-");
	else
		(void)canvas_text(c, y, x, width, STYLE_NORMAL, shown.text);
	explicit_bzero(&shown, sizeof(shown));
}

/* The columns of a section: as wide as its labels want, within limits. */
struct layout {
	int label, value;
};

static struct layout
layout_of(const struct page *p, const struct canvas *c)
{
	bool wide = c->width >= WIDE;
	struct layout l = { .label = 8, .value = wide ? VALUE_SWITCH : c->width };

	for (size_t i = 0; i < p->n; i++) {
		const struct page_field *f = &p->fields[i];

		if (f->section != p->section || f->kind == PAGE_NOTE)
			continue;
		if (text_width(f->label) > l.label)
			l.label = text_width(f->label);
		if (f->kind != PAGE_SWITCH && wide)
			l.value = f->kind == PAGE_ITEM ? c->width : VALUE_WIDE;
	}
	if (l.label > (wide ? LABEL_WIDE : LABEL_NARROW))
		l.label = wide ? LABEL_WIDE : LABEL_NARROW;
	return l;
}

static void
draw_field(const struct page *p, const struct page_field *f, struct canvas *c, int y, bool on)
{
	struct layout l = layout_of(p, c);
	int label = l.label, x = 2 + label + 1;
	int rest = c->width - x, value = l.value < rest ? l.value : rest;

	if (f->kind == PAGE_NOTE) {
		(void)canvas_text(c, y, 2, 0, STYLE_DIM, f->label);
		return;
	}
	(void)canvas_text(c, y, 2, label, STYLE_HEAD, f->label);
	if (f->kind == PAGE_CHOICE)
		(void)canvas_printf(c, y, x, value, STYLE_NORMAL, "< %s >", page_value(f));
	else if (f->kind == PAGE_SWITCH)
		(void)canvas_printf(c, y, x, value, f->on ? STYLE_NORMAL : STYLE_DIM, "[%s] %s", f->on ? "x" : " ", f->on ? "on" : "off");
	else
		draw_typed(p, f, c, y, x, value, on);
	if (on) {
		(void)canvas_text(c, y, 0, 1, STYLE_CURSOR, ">");
		if (!p->typing)
			canvas_restyle(c, y, 0, x + value > c->width ? 0 : x + value - 1, STYLE_CURSOR);
	}
	if (rest - value - 1 >= RULE_LEAST)
		(void)canvas_text(c, y, x + value + 1, 0, f->wrong[0] != '\0' ? STYLE_BAD : STYLE_DIM, f->wrong[0] != '\0' ? f->wrong : f->rule);
	else if (f->wrong[0] != '\0')
		(void)canvas_text(c, y, c->width - 1, 1, STYLE_BAD, "!");
}

/* A text over some lines, broken at blanks. */
static void
draw_wrapped(struct canvas *c, int y, int lines, enum style style, const char *text)
{
	char line[512];

	for (int i = 0; i < lines && *text != '\0'; i++) {
		size_t n = 0, fits = 0;

		while (text[n] != '\0' && n + 1 < sizeof(line)) {
			size_t to = n + 1 + strcspn(text + n + 1, " ");

			if (to >= sizeof(line))
				break;
			(void)snprintf(line, sizeof(line), "%.*s", (int)to, text);
			if (text_width(line) > c->width - 2)
				break;
			n = fits = to;
		}
		if (fits == 0 || i + 1 == lines) /* the last line tells that it is cut */
			fits = strlen(text);
		(void)snprintf(line, sizeof(line), "%.*s", (int)(fits < sizeof(line) ? fits : sizeof(line) - 1), text);
		(void)canvas_text(c, y + i, 1, 0, style, line);
		text += fits;
		text += strspn(text, " ");
	}
}

void
page_draw(struct page *p, struct canvas *c, int y, int height)
{
	const struct page_field *on = page_current(p);
	int rows = height - 1 - (height > RULE_LINES + 2 ? RULE_LINES : 0), at = 0, row = 0;

	draw_sections(p, c, y);
	if (rows < 1)
		return;
	for (size_t i = 0; i < p->n && &p->fields[i] != on; i++)
		at += p->fields[i].section == p->section ? 1 : 0;
	if (on != NULL && at < p->top)
		p->top = at;
	if (on != NULL && at >= p->top + rows)
		p->top = at - rows + 1;
	for (size_t i = 0; i < p->n; i++) {
		if (p->fields[i].section != p->section)
			continue;
		if (row >= p->top && row < p->top + rows)
			draw_field(p, &p->fields[i], c, y + 1 + row - p->top, &p->fields[i] == on);
		row++;
	}
	if (on != NULL && rows < height - 1)
		draw_wrapped(c, y + height - RULE_LINES, RULE_LINES, on->wrong[0] != '\0' ? STYLE_BAD : STYLE_DIM,
		    on->wrong[0] != '\0' ? on->wrong : on->rule);
}
