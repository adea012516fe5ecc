/* SPDX-License-Identifier: Apache-2.0 */
/* eoisrv_vals: EOI values to and from elements, by the dialect table. Source: eoi.md 4.4, 7. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "sim/eoisrv.h"
#include "sim/mem.h"
#include "sim/soap.h"

enum { DEPTH = 4, BLOB_MAX = 8192 };

void
eoisrv_add(struct eoisrv_vals *l, const char *name, const char *text)
{
	if (l->n == l->cap)
		l->v = mem_grow(l->v, &l->cap, sizeof(*l->v));
	l->v[l->n++] = (struct eoisrv_val){ name, mem_copy(text) };
}

void
eoisrv_add_num(struct eoisrv_vals *l, const char *name, unsigned long v)
{
	SCOPED(mem) char *text = mem_print("%lu", v);

	eoisrv_add(l, name, text);
}

void
eoisrv_vals_free(struct eoisrv_vals *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i].text);
	free(l->v);
	*l = (struct eoisrv_vals){ 0 };
}

const char *
eoisrv_text(const struct eoisrv_vals *l, const char *name, size_t nth)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].name, name) == 0 && nth-- == 0)
			return l->v[i].text;
	return NULL;
}

unsigned long
eoisrv_num(const struct eoisrv_vals *l, const char *name, unsigned long missing)
{
	const char *text = eoisrv_text(l, name, 0);

	return text == NULL ? missing : strtoul(text, NULL, 10);
}

size_t
eoisrv_count(const struct eoisrv_vals *l, const char *name)
{
	size_t n = 0;

	while (eoisrv_text(l, name, n) != NULL)
		n++;
	return n;
}

/* Reading */

static bool
number(const char *text, uint32_t *out)
{
	char *end;

	errno = 0;
	unsigned long v = strtoul(text, &end, 10);
	*out = (uint32_t)v;
	return isdigit((unsigned char)*text) && errno == 0 && *end == '\0' && v <= UINT32_MAX;
}

static bool
truth(const char *text, bool *out)
{
	*out = strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0;
	return *out || strcasecmp(text, "false") == 0 || strcmp(text, "0") == 0;
}

static bool
blob_ok(const struct eoi_field *f, const char *text)
{
	uint8_t raw[BLOB_MAX];
	long n = b64_bytes(text, raw, sizeof(raw));
	size_t want = eoi_bytes(f);

	explicit_bzero(raw, sizeof(raw));
	return n >= 0 && (want == 0 || (size_t)n == want);
}

/* The text of an element in our form; new, or NULL when it does not fit. */
static char *
value_in(const struct eoi_field *f, const char *text)
{
	char word[EOI_NAME_MAX];
	uint32_t n;
	bool yes;

	switch (f->type) {
	case EOI_TEXT:
	case EOI_DASHED:
	case EOI_FIXED:
		return mem_copy(text);
	case EOI_BASE64:
		return blob_ok(f, text) ? mem_copy(text) : NULL;
	case EOI_UINT:
		return number(text, &n) ? mem_print("%u", n) : NULL;
	case EOI_BOOL:
	case EOI_BIT:
		return truth(text, &yes) ? mem_copy(yes ? "true" : "false") : NULL;
	case EOI_IPV4:
		return number(text, &n)
			   ? mem_print("%u.%u.%u.%u", n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255)
			   : NULL;
	case EOI_WORD:
		return eoi_word_in(f, text, word, sizeof(word)) ? mem_copy(word) : NULL;
	}
	return NULL;
}

/* Does the path of a field say what was sent? Stars and capitals aside; inside: only its beginning.
 */
static bool
same_path(const char *row, const char *sent, bool inside)
{
	for (; *row != '\0'; row++) {
		if (*row == '*')
			continue;
		if (*sent == '\0')
			return inside && *row == '/';
		if (tolower((unsigned char)*row) != tolower((unsigned char)*sent))
			return false;
		sent++;
	}
	return *sent == '\0' && !inside;
}

/* The field with this path. container: one that has this path as a container is enough. */
static const struct eoi_field *
field_at(const struct eoi_field *f, const char *sent, bool container, bool *repeats)
{
	char row[EOI_PATH_MAX];

	for (; f->name != NULL; f++)
		for (size_t n = 0; eoi_nth(f->paths, n, row, sizeof(row)); n++)
			if (same_path(row, sent, container)) {
				*repeats = strchr(row, '*') != NULL;
				return f;
			}
	return NULL;
}

static bool
is_nil(const xmlNode *n)
{
	xmlChar *v = xmlGetNsProp(n, (const xmlChar *)"nil",
	    (const xmlChar *)"http://www.w3.org/2001/XMLSchema-instance");
	bool yes = v != NULL &&
		   (strcmp((const char *)v, "true") == 0 || strcmp((const char *)v, "1") == 0);

	xmlFree(v);
	return yes;
}

static bool
read_leaf(const struct eoi_op *op, const xmlNode *n, const char *path, struct eoisrv_vals *out)
{
	bool repeats;
	const struct eoi_field *f = field_at(op->request, path, false, &repeats);
	SCOPED(mem) char *text = soap_text(n);

	if (text == NULL)
		return false;
	if (f == NULL) /* an empty container is an empty list */
		return text[0] == '\0' && field_at(op->request, path, true, &repeats) != NULL;
	if (is_nil(n) || (text[0] == '\0' && f->type != EOI_TEXT && f->type != EOI_BASE64))
		return true;
	SCOPED(mem) char *ours = value_in(f, text);
	if (ours == NULL || (!repeats && eoisrv_text(out, f->name, 0) != NULL))
		return false;
	if (f->type != EOI_FIXED)
		eoisrv_add(out, f->name, ours);
	return true;
}

static bool
read_inside(const struct eoi_op *op, const xmlNode *parent, const char *path, unsigned int depth,
    struct eoisrv_vals *out)
{
	for (const xmlNode *n = parent->children; n != NULL; n = n->next) {
		if (n->type != XML_ELEMENT_NODE)
			continue;
		SCOPED(mem)
		char *at =
		    mem_print("%s%s%s", path, path[0] == '\0' ? "" : "/", (const char *)n->name);
		bool ok = xmlFirstElementChild((xmlNode *)(uintptr_t)n) == NULL
			      ? read_leaf(op, n, at, out)
			      : depth < DEPTH && read_inside(op, n, at, depth + 1, out);

		if (!ok)
			return false;
	}
	return true;
}

bool
eoisrv_decode(const struct eoi_op *op, const xmlNode *element, struct eoisrv_vals *out)
{
	return read_inside(op, element, "", 1, out);
}

/* Writing */

/* The containers that are open. */
struct nest {
	struct buf *out;
	const char *prefix;
	char names[DEPTH][EOI_NAME_MAX];
	size_t n;
};

static void
close_to(struct nest *s, size_t n)
{
	while (s->n > n)
		soap_close(s->out, s->prefix, s->names[--s->n]);
}

static void
value_out(struct nest *s, const struct eoi_field *f, const char *text)
{
	char word[EOI_NAME_MAX];
	struct in_addr a;

	if (f->type == EOI_WORD && eoi_word_out(f, text, 0, word, sizeof(word)))
		buf_xml(s->out, word);
	else if (f->type == EOI_BIT)
		buf_puts(s->out, strcmp(text, "true") == 0 ? "1" : "0");
	else if (f->type == EOI_IPV4)
		buf_printf(s->out, "%u", inet_pton(AF_INET, text, &a) == 1 ? ntohl(a.s_addr) : 0);
	else
		buf_xml(s->out, text);
}

/* One value in its containers; again: not in the repeated one that is open. */
static void
write_value(struct nest *s, const struct eoi_field *f, const char *text, bool again)
{
	char path[EOI_PATH_MAX], part[EOI_NAME_MAX];
	const char *rest = path;
	size_t level = 0;
	bool star;

	if (!eoi_nth(f->paths, 0, path, sizeof(path)))
		return;
	while ((rest = eoi_step(rest, part, &star)) != NULL && level < DEPTH) {
		if (level >= s->n || strcmp(s->names[level], part) != 0 || (star && again)) {
			close_to(s, level);
			soap_open(s->out, s->prefix, part);
			(void)text_copy(s->names[s->n++], EOI_NAME_MAX, part);
		}
		level++;
	}
	close_to(s, level);
	soap_open(s->out, s->prefix, part);
	value_out(s, f, text);
	soap_close(s->out, s->prefix, part);
}

/* Length of the first spelling up to the repeated container; 0: none is repeated. */
static size_t
repeated_container(const struct eoi_field *f)
{
	const char *star = strstr(f->paths, "*/");
	size_t n = strcspn(f->paths, " ");

	return star == NULL || (size_t)(star - f->paths) > n ? 0 : (size_t)(star - f->paths) + 1;
}

void
eoisrv_encode(
    const struct eoi_op *op, const struct eoisrv_vals *v, const char *prefix, struct buf *out)
{
	struct nest s = { .out = out, .prefix = prefix };
	const struct eoi_field *f = op->response, *end;
	const char *text;

	for (; f->name != NULL; f = end) {
		size_t same = repeated_container(f);

		for (end = f + 1;
		     same > 0 && end->name != NULL && strncmp(end->paths, f->paths, same) == 0;)
			end++;
		/* side by side: the first of each, then the second of each */
		for (size_t i = 0; same > 0 && eoisrv_text(v, f->name, i) != NULL; i++)
			for (const struct eoi_field *k = f; k < end; k++)
				if ((text = eoisrv_text(v, k->name, i)) != NULL)
					write_value(&s, k, text, k == f);
		for (size_t i = 0; same == 0 && (text = eoisrv_text(v, f->name, i)) != NULL; i++)
			write_value(&s, f, text, false);
	}
	close_to(&s, 0);
}
