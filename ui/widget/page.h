/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page: a form as large as a screen: sections, each with fields to fill in, the rule beside each field,
 * and what is wrong with its value in place of the rule. Only one section is shown at a time. Fields are
 * moved through with the arrows; Enter begins to type into a field, and ends it.
 */
#ifndef MUSTER_UI_WIDGET_PAGE_H
#define MUSTER_UI_WIDGET_PAGE_H

#include "ui/widget/input.h"

enum { PAGE_FIELDS_MAX = 128, PAGE_SECTIONS_MAX = 16, PAGE_CHOICES_MAX = 16 };

enum page_kind {
	PAGE_TEXT,     /* typed */
	PAGE_PASSWORD, /* typed, shown as * */
	PAGE_CHOICE,   /* one of some words: Left, Right, Space, Enter */
	PAGE_SWITCH,   /* on or off: Space, Enter, Left, Right */
	PAGE_ITEM,     /* a row of a list: Enter opens it; its text is in input */
	PAGE_NOTE,     /* a text the cursor passes over; in label */
};

struct page_field {
	enum page_kind kind;
	int section, id; /* id: the caller's */
	char label[64];
	char rule[200];
	char wrong[200]; /* "": the value is good */
	struct input input;
	const char *choices[PAGE_CHOICES_MAX]; /* of PAGE_CHOICE; not copied */
	size_t nchoices, choice;
	bool on;
};

/* What a key did. */
enum page_did {
	PAGE_PASSED,  /* the key is none of the page's */
	PAGE_TAKEN,   /* the cursor moved, or the like */
	PAGE_CHANGED, /* the value of the field under the cursor changed */
	PAGE_OPENED,  /* Enter on a row of a list */
};

struct page {
	struct page_field fields[PAGE_FIELDS_MAX];
	size_t n;
	const char *sections[PAGE_SECTIONS_MAX]; /* not copied */
	size_t nsections;
	int section;
	size_t cursor;        /* in fields; among those of the section */
	int top;              /* the first row shown of the section */
	bool typing;
	struct input before;  /* of the field being typed into */
};

/* page_wipe: forgets everything, passwords first. */
void page_wipe(struct page *p);

/* page_section: the number of a new section. page_add: a new field at the end; NULL when there is no room. */
int page_section(struct page *p, const char *title);
struct page_field *page_add(struct page *p, int section, enum page_kind kind, int id, const char *label, const char *rule);

/* page_choice: one more word of a choice. page_drop: removes the fields of a section and kind. */
void page_choice(struct page_field *f, const char *word);
void page_drop(struct page *p, int section, enum page_kind kind);

/* page_field: by section and id, or NULL. page_current: the one under the cursor, or NULL. */
struct page_field *page_find(struct page *p, int section, int id);
struct page_field *page_current(struct page *p);

/* page_go: shows a section, the cursor on its first field; or on the field given. */
void page_go(struct page *p, int section);
void page_go_to(struct page *p, const struct page_field *f);

/* page_wrong: the first field whose value is wrong, or NULL. */
struct page_field *page_wrong(struct page *p);

/* page_value: what a field holds as text: typed, chosen, "true" or "false". */
const char *page_value(const struct page_field *f);

enum page_did page_key(struct page *p, int key);

/* page_draw: sections, fields, and the rule of the field under the cursor in full. */
void page_draw(struct page *p, struct canvas *c, int y, int height);

#endif
