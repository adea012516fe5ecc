/* SPDX-License-Identifier: Apache-2.0 */
/* canvas: a rectangle of character cells that screens draw on. */
#include "ui/widget/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/text.h"

/* What is drawn in place of characters that an ASCII terminal does not have. */
static const struct {
	uint32_t ch;
	char ascii;
} fallbacks[] = {
	{ 0x2026, '~' }, { 0x2500, '-' }, { 0x2502, '|' }, { 0x250c, '+' }, { 0x2510, '+' }, { 0x2514, '+' },
	{ 0x2518, '+' }, { 0x2588, '#' }, { 0x2591, '.' }, { 0x2713, '+' }, { 0x2717, 'x' }, { 0x00b7, '.' },
	{ 0x25cf, '*' }, { 0x25cb, 'o' }, { 0x2581, '_' }, { 0x2582, '.' }, { 0x2583, ':' }, { 0x2584, '-' },
	{ 0x2585, '=' }, { 0x2586, '+' }, { 0x2587, '*' },
};

int
canvas_init(struct canvas *c, int width, int height, struct err *e)
{
	*c = (struct canvas){ .width = width < 1 ? 1 : width, .height = height < 1 ? 1 : height };
	c->cells = calloc((size_t)c->width * (size_t)c->height, sizeof(*c->cells));
	if (c->cells == NULL)
		return err_set(e, ERR_MEMORY, "screen of %d by %d", width, height);
	canvas_clear(c);
	return 0;
}

void
canvas_free(struct canvas *c)
{
	if (c->cells != NULL) /* a password may have been shown in them */
		explicit_bzero(c->cells, (size_t)c->width * (size_t)c->height * sizeof(*c->cells));
	free(c->cells);
	c->cells = NULL;
}

static struct cell *
cell_at(struct canvas *c, int y, int x)
{
	return &c->cells[(size_t)y * (size_t)c->width + (size_t)x];
}

void
canvas_clear(struct canvas *c)
{
	for (int y = 0; y < c->height; y++)
		canvas_fill(c, y, 0, 0, STYLE_NORMAL);
}

/* Columns left from x within a wanted width; 0 when nothing may be drawn. */
static int
room(const struct canvas *c, int y, int x, int width)
{
	if (y < 0 || y >= c->height || x < 0 || x >= c->width)
		return 0;
	return width <= 0 || width > c->width - x ? c->width - x : width;
}

static int
char_width(uint32_t ch)
{
	int w = wcwidth((wchar_t)ch);

	return w < 0 ? 1 : w;
}

static uint32_t
shown(const struct canvas *c, uint32_t ch)
{
	if (!c->ascii || ch < 0x80)
		return ch;
	for (size_t i = 0; i < ARRAY_LEN(fallbacks); i++)
		if (fallbacks[i].ch == ch)
			return (uint32_t)fallbacks[i].ascii;
	return '?';
}

int
text_width(const char *text)
{
	uint32_t ch;
	int n = 0;

	while ((ch = text_next(&text)) != 0)
		n += char_width(ch);
	return n;
}

/* A cell that is drawn over may be half of a wide character: its other half becomes a blank. */
static void
set(struct canvas *c, int y, int x, struct cell cell)
{
	struct cell *old = cell_at(c, y, x);

	if (old->ch == 0 && cell.ch != 0 && x > 0)
		cell_at(c, y, x - 1)->ch = ' ';
	if (x + 1 < c->width && cell_at(c, y, x + 1)->ch == 0 && old->ch != 0)
		cell_at(c, y, x + 1)->ch = ' ';
	*old = cell;
}

int
canvas_text(struct canvas *c, int y, int x, int width, enum style style, const char *text)
{
	char clean[1024];
	const char *p = clean;
	int left = room(c, y, x, width), used = 0;
	uint32_t ch;

	if (left == 0)
		return 0;
	text_clean(clean, sizeof(clean), text, strlen(text));
	bool cut = text_width(clean) > left;
	while ((ch = text_next(&p)) != 0) {
		int w = char_width(ch);

		if (w == 0)
			continue; /* combining marks: the base character says enough */
		if (used + w > left - (cut ? 1 : 0)) {
			if (used < left)
				set(c, y, x + used++, (struct cell){ shown(c, 0x2026), style });
			break;
		}
		set(c, y, x + used++, (struct cell){ shown(c, ch), style });
		if (w == 2) { /* after the left half, so that it is not taken for half of what was there */
			*cell_at(c, y, x + used) = (struct cell){ ' ', style };
			set(c, y, x + used, (struct cell){ ' ', style });
			*cell_at(c, y, x + used++) = (struct cell){ c->ascii ? '?' : 0, style };
		}
	}
	return used;
}

/* Bytes of text that fit in width columns, up to the last blank when there is one. */
static size_t
fits(const char *text, int width)
{
	const char *p = text, *blank = NULL, *end = text;
	uint32_t ch;

	for (int used = 0; (ch = text_next(&p)) != 0; end = p) {
		used += char_width(ch);
		if (used > width)
			return blank != NULL ? (size_t)(blank - text) : end == text ? (size_t)(p - text) : (size_t)(end - text);
		if (ch == ' ')
			blank = p;
	}
	return (size_t)(end - text);
}

int
canvas_wrap(struct canvas *c, int y, int x, int indent, int rows, enum style style, const char *text)
{
	char part[1024];
	int used = 0;

	while (used < rows && (*text != '\0' || used == 0)) {
		size_t n = fits(text, c->width - x);

		(void)snprintf(part, sizeof(part), "%.*s", (int)n, text);
		for (size_t len = strlen(part); len > 0 && part[len - 1] == ' '; len--)
			part[len - 1] = '\0'; /* a blank at the edge is a new row, no more */
		(void)canvas_text(c, y + used++, x, 0, style, part);
		text += n;
		text += strspn(text, " ");
		x = indent;
	}
	return used < 1 ? 1 : used;
}

int
canvas_printf(struct canvas *c, int y, int x, int width, enum style style, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return canvas_text(c, y, x, width, style, text);
}

void
canvas_fill(struct canvas *c, int y, int x, int width, enum style style)
{
	for (int i = 0, n = room(c, y, x, width); i < n; i++)
		set(c, y, x + i, (struct cell){ ' ', style });
}

void
canvas_restyle(struct canvas *c, int y, int x, int width, enum style style)
{
	for (int i = 0, n = room(c, y, x, width); i < n; i++)
		cell_at(c, y, x + i)->style = style;
}

static void
put(struct canvas *c, int y, int x, uint32_t ch)
{
	if (room(c, y, x, 1) > 0)
		set(c, y, x, (struct cell){ shown(c, ch), STYLE_NORMAL });
}

void
canvas_box(struct canvas *c, int y, int x, int height, int width, const char *title)
{
	for (int i = 0; i < height; i++) {
		canvas_fill(c, y + i, x, width, STYLE_NORMAL);
		put(c, y + i, x, 0x2502);
		put(c, y + i, x + width - 1, 0x2502);
	}
	for (int i = 1; i < width - 1; i++) {
		put(c, y, x + i, 0x2500);
		put(c, y + height - 1, x + i, 0x2500);
	}
	put(c, y, x, 0x250c);
	put(c, y, x + width - 1, 0x2510);
	put(c, y + height - 1, x, 0x2514);
	put(c, y + height - 1, x + width - 1, 0x2518);
	if (title[0] != '\0')
		(void)canvas_printf(c, y, x + 2, width - 4, STYLE_HEAD, " %s ", title);
}

void
canvas_bar(struct canvas *c, int y, int x, int width, double share, enum style style)
{
	int n = share <= 0 ? 0 : share >= 1 ? width : (int)(share * width + 0.5);

	if (share > 0 && n == 0)
		n = 1; /* a little is not nothing */
	for (int i = 0; i < n; i++) {
		put(c, y, x + i, 0x2588);
		canvas_restyle(c, y, x + i, 1, style);
	}
}

void
canvas_chart(struct canvas *c, int y, int x, int height, const int64_t *values, size_t n, int64_t most, enum style style)
{
	const int eighths = 8 * height;

	for (size_t i = 0; i < n; i++) {
		int at = x + (int)i;
		int full = most <= 0 || values[i] <= 0 ? 0 : values[i] >= most ? eighths : (int)((double)values[i] * eighths / (double)most + 0.5);

		if (values[i] > 0 && full == 0)
			full = 1;
		for (int row = 0; row < height; row++) { /* from below */
			int part = full - 8 * row > 8 ? 8 : full - 8 * row;

			if (part > 0)
				put(c, y + height - 1 - row, at, 0x2580 + (uint32_t)part);
			else if (row == 0)
				put(c, y + height - 1, at, 0x00b7);
			if (part > 0 || row == 0)
				canvas_restyle(c, y + height - 1 - row, at, 1, part > 0 ? style : STYLE_DIM);
		}
	}
}

void
canvas_row(const struct canvas *c, int y, char *out, size_t size)
{
	size_t used = 0, end = 0;

	for (int x = 0; x < c->width; x++) {
		char ch[4];
		uint32_t v = c->cells[(size_t)y * (size_t)c->width + (size_t)x].ch;

		if (v == 0)
			continue;
		size_t n = text_put(ch, v);
		if (used + n >= size)
			break;
		memcpy(out + used, ch, n);
		used += n;
		if (v != ' ')
			end = used;
	}
	out[end] = '\0';
}
