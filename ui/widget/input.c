/* SPDX-License-Identifier: Apache-2.0 */
/* input: one line of text being typed. */
#include "ui/widget/input.h"

#include <string.h>

#include "base/text.h"
#include "ui/widget/keys.h"

void
input_set(struct input *in, const char *text)
{
	(void)text_copy(in->text, sizeof(in->text), text);
	in->at = strlen(in->text);
}

static size_t
before(const struct input *in)
{
	size_t at = in->at;

	while (at > 0 && ((unsigned char)in->text[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t
after(const struct input *in)
{
	const char *p = in->text + in->at;

	(void)text_next(&p);
	return (size_t)(p - in->text);
}

static void
cut(struct input *in, size_t from, size_t to)
{
	memmove(in->text + from, in->text + to, strlen(in->text + to) + 1);
	in->at = from;
}

static void
insert(struct input *in, int key)
{
	char ch[4];
	size_t n = text_put(ch, (uint32_t)key), len = strlen(in->text);

	if (len + n >= sizeof(in->text))
		return;
	memmove(in->text + in->at + n, in->text + in->at, len - in->at + 1);
	memcpy(in->text + in->at, ch, n);
	in->at += n;
}

bool
input_key(struct input *in, int key)
{
	switch (key) {
	case UK_LEFT:
		in->at = before(in);
		return true;
	case UK_RIGHT:
		in->at = after(in);
		return true;
	case UK_HOME:
		in->at = 0;
		return true;
	case UK_END:
		in->at = strlen(in->text);
		return true;
	case UK_BACKSPACE:
		cut(in, before(in), in->at);
		return true;
	case UK_DELETE:
		cut(in, in->at, after(in));
		return true;
	case 'u' & 0x1f: /* Ctrl-U, as in a shell */
		cut(in, 0, in->at);
		return true;
	default:
		if (key < 0x20 || key == 0x7f || key >= KEY_NONE_)
			return false;
		insert(in, key);
		return true;
	}
}

void
input_draw(const struct input *in, struct canvas *c, int y, int x, int width, bool active)
{
	char head[INPUT_MAX];
	const char *from = in->text;

	memcpy(head, in->text, in->at);
	head[in->at] = '\0';
	const char *start = head;
	while (text_width(start) >= width && *start != '\0')
		(void)text_next(&start);
	from = in->text + (start - head);
	canvas_fill(c, y, x, width, active ? STYLE_MARKED : STYLE_DIM);
	(void)canvas_text(c, y, x, width, active ? STYLE_MARKED : STYLE_NORMAL, from);
	if (active)
		canvas_restyle(c, y, x + text_width(start), 1, STYLE_CURSOR);
}
