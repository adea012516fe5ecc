/* SPDX-License-Identifier: Apache-2.0 */
/* eoi_write: envelopes in the shape that Intel's setup servers sent ("gSOAP shape"). Source: protocol/eoi.md 4. */
#include <stdio.h>
#include <string.h>

#include "amt/eoi.h"

enum { DASH_GROUP = 4 };

static const char envelope_ns[] = "http://schemas.xmlsoap.org/soap/envelope/";

/* Fields whose values are secret, by name of ours: a file may spell the elements as it likes. */
static const char *const secret_names[] = { "password", "pps", "key", "master_key", "otp", "pac", "pac_password" };

struct writer {
	const struct eoi_op *op;
	const char *prefix;
	size_t variant; /* which spelling of the fields */
	const struct eoi_values *v;
	struct buf *out;
	char open[EOI_DEPTH_MAX][EOI_NAME_MAX]; /* containers */
	size_t depth;
	size_t starts[EOI_VALUES_MAX], lens[EOI_VALUES_MAX], nsecrets; /* of secret values in out */
	struct err *e;
};

/* A path in its parts. */
struct path {
	char part[EOI_DEPTH_MAX][EOI_NAME_MAX];
	size_t n, star; /* star: index of the part that is repeated; n: none */
};

static void
put(struct eoi_values *v, const struct eoi_value *one)
{
	if (v->n < EOI_VALUES_MAX)
		v->list[v->n] = *one;
	v->n++; /* one too many is told by eoi_write */
}

void
eoi_put_text(struct eoi_values *v, const char *name, const char *text)
{
	put(v, &(struct eoi_value){ .name = name, .bytes = text, .len = strlen(text) });
}

void
eoi_put_secret(struct eoi_values *v, const char *name, const struct secret *s)
{
	put(v, &(struct eoi_value){ .name = name, .bytes = s->s, .len = s->len });
}

void
eoi_put_bytes(struct eoi_values *v, const char *name, const void *bytes, size_t len)
{
	put(v, &(struct eoi_value){ .name = name, .bytes = bytes, .len = len });
}

void
eoi_put_number(struct eoi_values *v, const char *name, uint32_t number)
{
	put(v, &(struct eoi_value){ .name = name, .number = number });
}

/* Value number i of a name, or NULL. */
static const struct eoi_value *
value_of(const struct eoi_values *v, const char *name, size_t i)
{
	for (size_t k = 0; v != NULL && k < v->n; k++)
		if (strcmp(v->list[k].name, name) == 0 && i-- == 0)
			return &v->list[k];
	return NULL;
}

static size_t
count_of(const struct eoi_values *v, const char *name)
{
	size_t n = 0;

	while (value_of(v, name, n) != NULL)
		n++;
	return n;
}

/* The spelling of a field's path, or its last one. */
static bool
path_of(const struct eoi_field *f, size_t variant, struct path *out)
{
	size_t n = eoi_count(f->paths);
	char text[EOI_PATH_MAX];
	const char *rest = text;

	*out = (struct path){ 0 };
	if (n == 0 || !eoi_nth(f->paths, variant < n ? variant : n - 1, text, sizeof(text)))
		return false;
	bool star, any = false;
	for (; rest != NULL && out->n < EOI_DEPTH_MAX; out->n++) {
		rest = eoi_step(rest, out->part[out->n], &star);
		if (star)
			out->star = out->n;
		any |= star;
	}
	if (!any)
		out->star = out->n;
	return rest == NULL;
}

static void
close_to(struct writer *w, size_t depth)
{
	while (w->depth > depth) {
		w->depth--;
		buf_printf(w->out, "</%s:%s>", w->prefix, w->open[w->depth]);
	}
}

/* Closes and opens containers until those of the path are open. */
static void
open_for(struct writer *w, const struct path *p)
{
	size_t same = 0;

	while (same < w->depth && same + 1 < p->n && strcmp(w->open[same], p->part[same]) == 0)
		same++;
	close_to(w, same);
	for (; w->depth + 1 < p->n; w->depth++) {
		memcpy(w->open[w->depth], p->part[w->depth], EOI_NAME_MAX);
		buf_printf(w->out, "<%s:%s>", w->prefix, p->part[w->depth]);
	}
}

static void
put_dashed(struct buf *out, const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char one[2] = { text[i], '\0' };

		if (text[i] == '-')
			continue;
		if (n > 0 && n % DASH_GROUP == 0)
			buf_puts(out, "-");
		buf_xml(out, one);
		n++;
	}
}

static int
put_word(struct writer *w, const struct eoi_field *f, const char *ours)
{
	char theirs[EOI_NAME_MAX];

	if (!eoi_word_out(f, ours, w->variant, theirs, sizeof(theirs)))
		return err_set(w->e, ERR_CONFIG, "EOI dialect: %s.%s has no word \"%s\"", w->op->name, f->name, ours);
	buf_xml(w->out, theirs);
	return 0;
}

static int
put_value(struct writer *w, const struct eoi_field *f, const struct eoi_value *v)
{
	const char *text = v == NULL || v->bytes == NULL ? "" : v->bytes;

	switch (f->type) {
	case EOI_FIXED:
		buf_xml(w->out, f->more);
		return 0;
	case EOI_TEXT:
		buf_xml(w->out, text);
		return 0;
	case EOI_DASHED:
		put_dashed(w->out, text, v->len);
		return 0;
	case EOI_BASE64:
		base64_encode(w->out, text, v->len);
		return 0;
	case EOI_BOOL:
		buf_puts(w->out, v->number != 0 ? "true" : "false");
		return 0;
	case EOI_UINT:
	case EOI_BIT:
	case EOI_IPV4:
		buf_printf(w->out, "%u", v->number);
		return 0;
	case EOI_WORD:
		return put_word(w, f, text);
	}
	return err_set(w->e, ERR_CONFIG, "EOI dialect: type %d of %s", (int)f->type, f->name);
}

static bool
is_secret(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(secret_names); i++)
		if (strcmp(secret_names[i], name) == 0)
			return true;
	return false;
}

/* One element with its value, its containers opened. */
static int
put_field(struct writer *w, const struct eoi_field *f, const struct path *p, const struct eoi_value *v)
{
	const char *leaf = p->part[p->n - 1];

	open_for(w, p);
	buf_printf(w->out, "<%s:%s>", w->prefix, leaf);
	size_t start = w->out->len;
	if (put_value(w, f, v) < 0)
		return -1;
	if (is_secret(f->name) && w->nsecrets < EOI_VALUES_MAX) {
		w->starts[w->nsecrets] = start;
		w->lens[w->nsecrets++] = w->out->len - start;
	}
	buf_printf(w->out, "</%s:%s>", w->prefix, leaf);
	return 0;
}

/* Are both inside the same repeated container? */
static bool
same_group(const struct path *a, const struct path *b)
{
	if (a->star + 1 >= a->n || b->star != a->star)
		return false;
	for (size_t i = 0; i <= a->star; i++)
		if (strcmp(a->part[i], b->part[i]) != 0)
			return false;
	return true;
}

/* Fields of one repeated container, from f on: the container once for each value. *past: the first one after them. */
static int
put_group(struct writer *w, const struct eoi_field *f, const struct path *first, const struct eoi_field **past)
{
	const struct eoi_field *end = f;
	struct path p = *first;
	size_t n = 0;

	for (; end->name != NULL && path_of(end, w->variant, &p) && same_group(first, &p); end++) {
		size_t count = count_of(w->v, end->name);

		n = count > n ? count : n;
	}
	for (size_t i = 0; i < n; i++) {
		close_to(w, first->star < w->depth ? first->star : w->depth);
		for (const struct eoi_field *g = f; g < end; g++) {
			const struct eoi_value *v = value_of(w->v, g->name, i);

			if (path_of(g, w->variant, &p) && (v != NULL || g->type == EOI_FIXED) && put_field(w, g, &p, v) < 0)
				return -1;
		}
	}
	*past = end;
	return 0;
}

static int
put_fields(struct writer *w)
{
	const struct eoi_field *f = w->op->request;

	while (f->name != NULL) {
		struct path p;
		const struct eoi_value *v;

		if (!path_of(f, w->variant, &p))
			return err_set(w->e, ERR_CONFIG, "EOI dialect: the path of %s.%s is too long", w->op->name, f->name);
		if (p.star + 1 < p.n) {
			if (put_group(w, f, &p, &f) < 0)
				return -1;
			continue;
		}
		if (f->type == EOI_FIXED && put_field(w, f, &p, NULL) < 0)
			return -1;
		for (size_t i = 0; f->type != EOI_FIXED && (v = value_of(w->v, f->name, i)) != NULL; i++)
			if (put_field(w, f, &p, v) < 0)
				return -1;
		f++;
	}
	close_to(w, 0);
	return 0;
}

/* The most spellings that a word of a field has. */
static size_t
most_words(const struct eoi_field *f)
{
	size_t most = 1, n = 1;

	for (const char *s = f->type == EOI_WORD ? f->more : ""; *s != '\0'; s++) {
		n = *s == ',' ? 1 : n + (*s == '|' ? 1 : 0);
		most = n > most ? n : most;
	}
	return most;
}

size_t
eoi_tries(const struct eoi_op *op)
{
	size_t variants = 1;

	for (const struct eoi_field *f = op->request; f->name != NULL; f++) {
		size_t paths = eoi_count(f->paths), words = most_words(f);

		variants = paths > variants ? paths : variants;
		variants = words > variants ? words : variants;
	}
	size_t n = variants * eoi_count(op->names);
	return n < EOI_TRIES_MAX ? n : EOI_TRIES_MAX;
}

int
eoi_write(const struct eoi_dialect *d, enum eoi_id id, size_t attempt, const struct eoi_values *v, struct buf *out, struct buf *action,
    struct http_part *parts, size_t max, size_t *nparts, struct err *e)
{
	const struct eoi_op *op = &d->ops[id];
	const struct eoi_service *s = &d->services[op->service];
	size_t names = eoi_count(op->names);
	char name[EOI_NAME_MAX];
	struct writer w = { .op = op, .prefix = s->name, .v = v, .out = out, .e = e };

	if (names == 0 || !eoi_nth(op->names, attempt % names, name, sizeof(name)) || (v != NULL && v->n > EOI_VALUES_MAX))
		return err_set(e, ERR_CONFIG, "EOI dialect: %s has no such spelling, or too many values", op->name);
	w.variant = attempt / names;
	buf_printf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"%s\" xmlns:%s=\"%s\">", envelope_ns,
	    s->name, s->ns);
	buf_printf(out, "<SOAP-ENV:Body><%s:%s>", s->name, name);
	if (put_fields(&w) < 0)
		return -1;
	buf_printf(out, "</%s:%s></SOAP-ENV:Body></SOAP-ENV:Envelope>", s->name, name);
	buf_printf(action, "%s#%s", s->ns, name);
	if (out->bad || action->bad)
		return err_set(e, ERR_MEMORY, "request");
	*nparts = 0;
	for (size_t i = 0; i < w.nsecrets && *nparts < max; i++)
		if (w.lens[i] > 0)
			parts[(*nparts)++] = (struct http_part){ out->p + w.starts[i], w.lens[i] };
	return 0;
}
