/* SPDX-License-Identifier: Apache-2.0 */
/* console: the console in memory. */
#include "tests/ui/console.h"

#include <poll.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "tests/ui/db.h"

void
console_start(struct console *k, const char *user, int width, int height)
{
	char info[512];
	struct err e;

	memset(k, 0, sizeof(*k));
	db_conninfo(info, sizeof(info), user);
	assert_ok(app_new(info, &k->a, &e));
	assert_ok(canvas_init(&k->c, width, height, &e));
	work(k);
}

void
console_stop(struct console *k)
{
	app_free(k->a);
	canvas_free(&k->c);
}

void
console_size(struct console *k, int width, int height)
{
	struct err e;

	canvas_free(&k->c);
	assert_ok(canvas_init(&k->c, width, height, &e));
}

/* One round of the loop of ui/muster.c. */
static void
step(struct console *k, int most_ms)
{
	struct pollfd fd = { .fd = app_fd(k->a), .events = app_events(k->a) };
	int wait = app_wait_ms(k->a);

	(void)poll(&fd, 1, wait < most_ms ? wait : most_ms);
	app_work(k->a);
}

void
work(struct console *k)
{
	int64_t end = clock_ms() + WAIT_MS;

	app_work(k->a);
	while (app_busy(k->a)) {
		if (clock_ms() > end)
			fail_msg("no answer within %d ms; on the screen:\n%s", WAIT_MS, draw(k));
		step(k, 20);
	}
}

const char *
draw(struct console *k)
{
	size_t used = 0;

	app_draw(k->a, &k->c);
	for (int y = 0; y < k->c.height; y++) {
		canvas_row(&k->c, y, k->text + used, sizeof(k->text) - used - 2);
		used += strlen(k->text + used);
		k->text[used++] = '\n';
	}
	k->text[used] = '\0';
	return k->text;
}

void
press(struct console *k, int key)
{
	app_key(k->a, key);
	work(k);
	(void)draw(k); /* lists learn their height by being drawn */
}

void
type(struct console *k, const char *text)
{
	for (uint32_t ch; (ch = text_next(&text)) != 0;)
		press(k, (int)ch);
}

static void
wait_until(struct console *k, const char *text, bool there)
{
	int64_t end = clock_ms() + WAIT_MS;

	while ((strstr(draw(k), text) != NULL) != there) {
		if (clock_ms() > end)
			fail_msg("\"%s\" %s; on the screen:\n%s", text, there ? "does not come" : "does not go", k->text);
		step(k, 20);
	}
}

void
wait_for(struct console *k, const char *text)
{
	wait_until(k, text, true);
}

void
wait_gone(struct console *k, const char *text)
{
	wait_until(k, text, false);
}

bool
shows(struct console *k, const char *text)
{
	return strstr(draw(k), text) != NULL;
}

const char *
row(struct console *k, int y)
{
	static char out[4096];

	(void)draw(k);
	canvas_row(&k->c, y < 0 ? k->c.height + y : y, out, sizeof(out));
	return out;
}

int
row_of(struct console *k, const char *text)
{
	for (int y = 0; y < k->c.height; y++)
		if (strstr(row(k, y), text) != NULL)
			return y;
	return -1;
}

const char *
cursor(struct console *k)
{
	(void)draw(k);
	for (int y = 2; y < k->c.height - 2; y++)
		if (k->c.cells[(size_t)y * (size_t)k->c.width].style == STYLE_CURSOR)
			return row(k, y);
	return "";
}

void
run_for(struct console *k, int ms)
{
	for (int64_t end = clock_ms() + ms; clock_ms() < end;)
		step(k, 10);
}

void
go_to(struct console *k, const char *text)
{
	press(k, 'g');
	for (int i = 0; i < 60 && strstr(cursor(k), text) == NULL; i++)
		press(k, 'j');
	assert_has(cursor(k), text);
}

enum style
style_of(struct console *k, const char *text)
{
	(void)draw(k);
	for (int y = 0; y < k->c.height; y++) {
		const char *line = row(k, y), *at = strstr(line, text);

		if (at != NULL) {
			char before[4096];

			(void)snprintf(before, sizeof(before), "%.*s", (int)(at - line), line);
			return k->c.cells[y * k->c.width + text_width(before)].style;
		}
	}
	fail_msg("\"%s\" is not on the screen:\n%s", text, k->text);
	return STYLE_COUNT;
}

/* "beat 1 s ago" -> "beat N s ago"; the socket is in another folder each time. */
static void
normalise(const char *text, struct buf *out)
{
	regex_t re;
	regmatch_t m[3];

	assert_int_equal(regcomp(&re, "(beat|oldest|away|socket|Wiped in) ([0-9]+ s|\"[^\"]*\")", REG_EXTENDED), 0);
	while (regexec(&re, text, ARRAY_LEN(m), m, 0) == 0) {
		buf_add(out, text, (size_t)m[1].rm_eo);
		buf_puts(out, text[m[2].rm_so] == '"' ? " \"...\"" : " N s");
		text += m[0].rm_eo;
	}
	buf_puts(out, text);
	regfree(&re);
}

void
picture(struct console *k, const char *name)
{
	SCOPED(buf) struct buf now = { 0 }, then = { 0 };
	char path[1024], relative[256];
	struct err e;

	normalise(draw(k), &now);
	(void)snprintf(relative, sizeof(relative), "doc/screens/%s.txt", name);
	source_path(path, sizeof(path), relative);
	if (getenv("MUSTER_UPDATE_PICTURES") != NULL) {
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		assert_true(fputs(buf_str(&now), f) >= 0);
		assert_int_equal(fclose(f), 0);
		return;
	}
	assert_ok(file_read(path, CONSOLE_TEXT, &then, &e));
	if (strcmp(buf_str(&now), buf_str(&then)) != 0)
		fail_msg("%s differs (MUSTER_UPDATE_PICTURES=1 makes it anew); on the screen:\n%s", relative, buf_str(&now));
}
