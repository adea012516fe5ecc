/* SPDX-License-Identifier: Apache-2.0 */
/* trace_mask: bodies of the debug trace without secrets. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "engine/trace.h"

/* Part of the name of every element that holds a secret: Password, DigestPassword, PSKPassPhrase, KeyBlob ... */
static const char *const secret_names[] = { "password", "passphrase", "secret", "privatekey", "keyblob", "masterkey", "psk",
	"pps" };
/* The envelopes of a method's parameters: what is secret in them has a name of its own. */
static const char *const open_ends[] = { "_INPUT", "_OUTPUT" };

enum { SHORT = 4 /* a value this short is found everywhere */ };
static const char hidden[] = "***";

void
mask_wipe(struct mask *m)
{
	explicit_bzero(m, sizeof(*m));
}

static void
remember(struct mask *m, const char *value, size_t len)
{
	struct secret *s = &m->values[m->next];

	if (len < SHORT || len >= SECRET_MAX || memchr(value, '\0', len) != NULL)
		return;
	for (size_t i = 0; i < m->n; i++)
		if (m->values[i].len == len && memcmp(m->values[i].s, value, len) == 0)
			return;
	secret_wipe(s);
	if (!secret_set(s, value, len))
		return;
	m->next = (m->next + 1) % MASK_MAX;
	m->n = m->n < MASK_MAX ? m->n + 1 : MASK_MAX;
}

/* A tag from its '<' on: the part of its name after a colon. */
static size_t
local_name(const char *tag, const char *end, const char **name)
{
	const char *p = tag + 1;

	if (p < end && *p == '/')
		p++;
	*name = p;
	for (; p < end && strchr("/> \t\r\n", *p) == NULL; p++)
		if (*p == ':')
			*name = p + 1;
	return (size_t)(p - *name);
}

static bool
name_is_secret(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(open_ends); i++)
		if (len > strlen(open_ends[i]) && memcmp(name + len - strlen(open_ends[i]), open_ends[i], strlen(open_ends[i])) == 0)
			return false;
	for (size_t i = 0; i < ARRAY_LEN(secret_names); i++) {
		size_t n = strlen(secret_names[i]);

		for (size_t at = 0; at + n <= len; at++)
			if (strncasecmp(name + at, secret_names[i], n) == 0)
				return true;
	}
	return false;
}

/* The end tag of an element from p on; end when there is none. */
static const char *
end_of(const char *p, const char *end, const char *name, size_t len)
{
	for (; (p = memchr(p, '<', (size_t)(end - p))) != NULL; p++) {
		const char *other;

		if (p + 1 < end && p[1] == '/' && local_name(p, end, &other) == len && memcmp(other, name, len) == 0)
			return p;
	}
	return end;
}

/* One character, or as many as a known secret has. */
static const char *
add_next(const struct mask *m, const char *p, const char *end, struct buf *out)
{
	char one[8], shown[8];

	for (size_t i = 0; i < m->n; i++)
		if ((size_t)(end - p) >= m->values[i].len && memcmp(p, m->values[i].s, m->values[i].len) == 0) {
			buf_puts(out, hidden);
			return p + m->values[i].len;
		}
	size_t n = (size_t)(end - p) < 4 ? (size_t)(end - p) : 4;
	const char *at = one;

	memcpy(one, p, n);
	one[n] = '\0';
	(void)text_next(&at); /* a NUL is passed over below */
	n = at == one ? 1 : (size_t)(at - one);
	if (*p == '\n' || *p == '\t') {
		buf_add(out, p, 1);
	} else {
		text_clean(shown, sizeof(shown), p, n);
		buf_puts(out, shown);
	}
	return p + n;
}

void
mask_text(const struct mask *m, const char *text, struct buf *out)
{
	for (const char *p = text, *end = text + strlen(text); p < end;)
		p = add_next(m, p, end, out);
}

/* Is it XML in UTF-8? Of UTF-16, which has zeroes, no name would be found. */
static bool
is_xml(const char *body, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t at = len >= 3 && memcmp(body, mark, 3) == 0 ? 3 : 0;

	while (at < len && (body[at] == ' ' || body[at] == '\t' || body[at] == '\r' || body[at] == '\n'))
		at++;
	return at < len && body[at] == '<' && memchr(body, '\0', len) == NULL;
}

/* An element whose content is secret, from its '<' to its end tag. */
static const char *
hide(struct mask *m, bool collect, const char *p, const char *end, const char *name, size_t n, struct buf *out)
{
	const char *close = memchr(p, '>', (size_t)(end - p));

	if (close == NULL) { /* a tag without its end: nothing after it is shown */
		buf_puts(out, hidden);
		return end;
	}
	bool empty = close[-1] == '/';
	const char *from = close + 1, *to = empty ? from : end_of(from, end, name, n);
	buf_puts(out, "<");
	for (const char *at = name; at < name + n;)
		at = add_next(m, at, name + n, out);
	buf_puts(out, empty ? "/>" : ">");
	if (to > from) {
		if (collect)
			remember(m, from, (size_t)(to - from));
		buf_puts(out, hidden);
	}
	return to;
}

void
mask_xml(struct mask *m, bool collect, const char *body, size_t len, struct buf *out)
{
	const char *p = body, *end = body + len, *name;

	if (len > 0 && !is_xml(body, len)) {
		buf_puts(out, "(no XML: left out)");
		return;
	}
	while (p < end) {
		bool tag = *p == '<' && p + 1 < end && p[1] != '/' && p[1] != '?';
		size_t n = tag ? local_name(p, end, &name) : 0;

		p = tag && name_is_secret(name, n) ? hide(m, collect, p, end, name, n, out) : add_next(m, p, end, out);
	}
}
