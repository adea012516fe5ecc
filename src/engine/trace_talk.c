/* SPDX-License-Identifier: Apache-2.0 */
/* trace_talk: what of a run goes into the debug trace, and in what form. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "engine/run.h"

/* Switched while devices are spoken to. */
static enum trace_level
wanted(const struct run *r)
{
	struct settings now;

	engine_settings(r->en, &now);
	return r->dev.uuid[0] == '\0' ? TRACE_OFF : trace_level_of(now.trace, r->dev.uuid, r->en->conf.name);
}

void
trace_tail_free(struct trace_tail *t)
{
	buf_free(&t->text);
	t->lost = 0;
}

/* Where an entry begins, from at on: after an empty line. */
static size_t
next_entry(const struct buf *b, size_t at)
{
	const char *p = at < b->len ? strstr(b->p + at, "\n\n") : NULL;

	return p == NULL ? b->len : (size_t)(p - b->p) + 2;
}

void
trace_tail_add(struct trace_tail *t, const char *text, size_t len)
{
	size_t room = len < TRACE_TAIL_MAX ? TRACE_TAIL_MAX - len : 0;

	if (t->text.len > room) {
		size_t gone = next_entry(&t->text, t->text.len - room);

		(void)memmove(t->text.p, t->text.p + gone, t->text.len - gone + 1);
		t->text.len -= gone;
		t->lost += gone;
	}
	if (len > TRACE_TAIL_MAX) { /* the end of it */
		t->lost += len - TRACE_TAIL_MAX;
		text += len - TRACE_TAIL_MAX;
		len = TRACE_TAIL_MAX;
	}
	buf_add(&t->text, text, len);
}

static void
write_to(struct run *r, enum trace_file which, const struct buf *text)
{
	struct err e;
	bool good = text->bad ? err_set(&e, ERR_MEMORY, "no memory for it") == 0
			      : trace_write(r->en->trace, r->dev.uuid, which, buf_str(text), text->len, &e) == 0;

	if (trace_tell(r->en->trace, good)) /* a full disk would else be told with every exchange */
		run_log(r, EVENT_WARNING, (int)e.code, "Debug trace is not written: %s", e.text);
}

/* An entry: to the file, if it matters enough, and to what is kept for a failure. */
static void
add(struct run *r, enum trace_level level, enum trace_level least, const struct buf *entry)
{
	if (!entry->bad)
		trace_tail_add(&r->tail, buf_str(entry), entry->len);
	if (least <= level)
		write_to(r, TRACE_TALK, entry);
}

/* Is there a ReturnValue that is not 0? */
static bool
is_refusal(const char *body)
{
	static const char mark[] = "ReturnValue>";

	for (const char *p = body; (p = strstr(p, mark)) != NULL;) {
		p += sizeof(mark) - 1;
		if (isdigit((unsigned char)p[0]) && (p[0] != '0' || isdigit((unsigned char)p[1])))
			return true;
	}
	return false;
}

enum trace_level
trace_exchange_level(const struct http_exchange *x)
{
	if (x->reply == NULL)
		return TRACE_WARNINGS; /* a device that restarts answers nothing for a while: the attempt says when that is an error */
	if (x->reply->status == 401 && !x->authorized)
		return TRACE_VERBOSE; /* how every login begins */
	return x->reply->status != 200 || is_refusal(buf_str(&x->reply->body)) ? TRACE_WARNINGS : TRACE_VERBOSE;
}

/* The text between two marks: the class and the method of a request. */
static void
between(const char *s, const char *from, const char *to, char *out, size_t size)
{
	const char *start = strstr(s, from), *end = start == NULL ? NULL : strstr(start + strlen(from), to);

	out[0] = '\0';
	if (end == NULL)
		return;
	const char *last = end; /* what stands after the last slash */
	while (last > start + strlen(from) && last[-1] != '/')
		last--;
	text_clean(out, size, last, (size_t)(end - last));
}

static void
describe(struct run *r, const struct http_exchange *x, enum trace_level least, struct buf *out)
{
	char when[CLOCK_TEXT], before[CLOCK_TEXT], method[96], class[96];
	int64_t now = clock_wall_us();

	if (x->action != NULL) { /* SOAP before WS-Management: the request names neither */
		const char *hash = strrchr(x->action, '#');

		text_clean(class, sizeof(class), x->path, strlen(x->path));
		hash = hash == NULL ? x->action : hash + 1;
		text_clean(method, sizeof(method), hash, strlen(hash));
	} else {
		between(x->request, "Action>", "</a:Action>", method, sizeof(method));
		between(x->request, "<w:ResourceURI>", "</w:ResourceURI>", class, sizeof(class));
	}
	clock_text(now, when);
	clock_text(now - x->took_ms * 1000, before);
	buf_printf(out, "%s %s > attempt %d: %s %s, %zu bytes%s\n", before, trace_level_letter(least), r->hold.attempt, method, class, x->len,
	    x->authorized ? ", Authorization: ***" : "");
	mask_xml(&r->mask, true, x->request, x->len, out);
	if (x->reply == NULL) {
		buf_printf(out, "\n%s < no answer after %d ms: ", when, (int)x->took_ms);
		mask_text(&r->mask, x->why->text, out);
		buf_printf(out, " (%d)\n\n", (int)x->why->code);
		return;
	}
	buf_printf(out, "\n%s < HTTP %ld, %zu bytes after %d ms\n", when, x->reply->status, x->reply->body.len, (int)x->took_ms);
	mask_xml(&r->mask, false, buf_str(&x->reply->body), x->reply->body.len, out);
	buf_puts(out, "\n\n");
}

void
trace_exchange(void *arg, const struct http_exchange *x)
{
	struct run *r = arg;
	SCOPED(buf) struct buf entry = { .max = TRACE_FILE_MAX };
	enum trace_level level = wanted(r), least = trace_exchange_level(x);

	if (level == TRACE_OFF) {
		trace_tail_free(&r->tail);
		return;
	}
	describe(r, x, least, &entry);
	add(r, level, least, &entry);
}

void
trace_odd(void *arg, const struct err *why, const struct http_exchange *said)
{
	struct run *r = arg;
	SCOPED(buf) struct buf entry = { .max = TRACE_FILE_MAX };

	if (wanted(r) < trace_exchange_level(said)) {
		describe(r, said, TRACE_ERRORS, &entry);
		write_to(r, TRACE_TALK, &entry);
	}
	run_log(r, EVENT_VERBOSE, (int)why->code, "%s: the debug trace has what was said", why->text);
}

void
trace_line(struct run *r, enum event_level level, int code, const char *text)
{
	SCOPED(buf) struct buf entry = { 0 };
	char when[CLOCK_TEXT];
	enum trace_level now = wanted(r), least = level == EVENT_ERROR ? TRACE_ERRORS : level == EVENT_WARNING ? TRACE_WARNINGS : TRACE_VERBOSE;

	if (now == TRACE_OFF)
		return;
	clock_text(clock_wall_us(), when);
	buf_printf(&entry, "%s %s event: ", when, trace_level_letter(least));
	mask_text(&r->mask, text, &entry);
	if (code != 0)
		buf_printf(&entry, " (%d)", code);
	buf_puts(&entry, "\n\n");
	add(r, now, least, &entry);
}

void
trace_end(struct run *r, const struct err *why)
{
	SCOPED(buf) struct buf text = { 0 };
	char when[CLOCK_TEXT];

	if (wanted(r) == TRACE_OFF || r->tail.text.len == 0)
		return;
	clock_text(clock_wall_us(), when);
	buf_printf(&text, "==== %s attempt %d failed: ", when, r->hold.attempt);
	mask_text(&r->mask, why->text, &text);
	buf_printf(&text, " (%d)\n", (int)why->code);
	if (r->tail.lost > 0)
		buf_printf(&text, "%zu bytes before are left out\n", r->tail.lost);
	buf_puts(&text, "\n");
	buf_add(&text, buf_str(&r->tail.text), r->tail.text.len);
	write_to(r, TRACE_FAILED, &text);
	trace_tail_free(&r->tail);
}
