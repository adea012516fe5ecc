/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eoi_read: answers. Names are compared without their prefixes and in any case; the status is the first child,
 * whatever it is called. Source: protocol/eoi.md 4.1, 4.4.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "amt/eoi.h"
#include "base/text.h"

void
eoi_answer_free(struct eoi_answer *a)
{
	xmlFreeDoc(a->doc);
	buf_free(&a->said.action);
	buf_free(&a->said.request);
	http_reply_free(&a->said.reply);
	*a = (struct eoi_answer){ 0 };
}

static xmlNode *
next_element(xmlNode *n)
{
	while (n != NULL && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

/* Child element number i of that name in any case; name NULL: of any name. */
static xmlNode *
child(const xmlNode *parent, const char *name, size_t i)
{
	for (xmlNode *n = next_element(parent->children); n != NULL; n = next_element(n->next))
		if ((name == NULL || strcasecmp(xml_name(n), name) == 0) && i-- == 0)
			return n;
	return NULL;
}

static void
read_fault(const xmlNode *fault, struct err *e)
{
	char code[64] = "", text[120] = "";
	const xmlNode *n = child(fault, "faultcode", 0);

	if (n != NULL)
		(void)xml_text(n, code, sizeof(code));
	if ((n = child(fault, "faultstring", 0)) != NULL && !xml_text(n, text, sizeof(text)))
		(void)text_copy(text, sizeof(text), "(a long text)");
	(void)err_set(e, ERR_FAULT, "fault %s: %s", code, text);
}

int
eoi_read(const struct eoi_op *op, const char *body, size_t len, struct eoi_answer *out, struct err *e)
{
	static const char response[] = "Response";

	if (xml_parse(body, len, &out->doc, e) < 0)
		return -1;
	const xmlNode *root = xmlDocGetRootElement(out->doc);
	const xmlNode *in = strcmp(xml_name(root), "Envelope") == 0 ? child(root, "Body", 0) : NULL;
	xmlNode *first = in == NULL ? NULL : child(in, NULL, 0);
	if (first == NULL)
		return err_set(e, ERR_ANSWER, "%s: not a SOAP envelope with a body", op->name);
	if (strcmp(xml_name(first), "Fault") == 0) {
		read_fault(first, e);
		return 0;
	}
	size_t n = strlen(xml_name(first)), k = strlen(response);
	if (n <= k || strcasecmp(xml_name(first) + n - k, response) != 0)
		return err_set(e, ERR_ANSWER, "%s: answered with <%.60s>", op->name, xml_name(first));
	const xmlNode *status = child(first, NULL, 0);
	if (status == NULL || !xml_uint(status, UINT32_MAX, &out->status))
		return err_set(e, ERR_ANSWER, "%s: the first element of <%.60s> is not a status", op->name, xml_name(first));
	out->node = first;
	out->op = op;
	return 1;
}

/* Value number i along one path, or NULL. */
static xmlNode *
walk(xmlNode *n, const char *path, size_t i)
{
	bool any = false;

	while (path != NULL && n != NULL) {
		char part[EOI_NAME_MAX];
		bool star;

		path = eoi_step(path, part, &star);
		any |= star;
		n = child(n, part, star ? i : 0);
	}
	return any || i == 0 ? n : NULL;
}

/*
 * Value number i by place: outputs follow the status in the order of the table. Only where all of them are
 * plain elements and just as many came; the last one may be repeated.
 */
static xmlNode *
by_place(const struct eoi_answer *a, const struct eoi_field *f, size_t i)
{
	const struct eoi_field *list = a->op->response;
	size_t fields = 0, came = 0, place = 0;
	bool repeats = false;

	for (; list[fields].name != NULL; fields++) {
		char path[EOI_PATH_MAX], part[EOI_NAME_MAX];

		if (repeats || !eoi_nth(list[fields].paths, 0, path, sizeof(path)) || eoi_step(path, part, &repeats) != NULL)
			return NULL; /* inside something, or after what is repeated */
		if (&list[fields] == f)
			place = fields;
	}
	while (child(a->node, NULL, came + 1) != NULL)
		came++;
	bool last = place + 1 == fields;
	if ((repeats ? came + 1 < fields : came != fields) || (i > 0 && !(last && repeats)))
		return NULL;
	xmlNode *n = child(a->node, NULL, 1 + place + i);
	return n == NULL || child(n, NULL, 0) != NULL ? NULL : n;
}

static xmlNode *
find(const struct eoi_answer *a, const char *name, size_t i, const struct eoi_field **field)
{
	const struct eoi_field *f = a->node == NULL ? NULL : eoi_field(a->op->response, name);
	char path[EOI_PATH_MAX];
	bool seen = false;

	*field = f;
	if (f == NULL)
		return NULL;
	for (size_t k = 0; eoi_nth(f->paths, k, path, sizeof(path)); k++) {
		xmlNode *n = walk(a->node, path, i);

		if (n != NULL)
			return n;
		seen |= walk(a->node, path, 0) != NULL;
	}
	return seen ? NULL : by_place(a, f, i);
}

int
eoi_missing(const struct eoi_answer *a, const char *name, struct err *e)
{
	(void)err_set(e, ERR_FIELD, "%s: the answer has no %s", a->op->name, name);
	eoi_tell(a, e);
	return -1;
}

static int
unreadable(const struct eoi_answer *a, const char *name, const char *want, struct err *e)
{
	(void)err_set(e, ERR_FIELD, "%s: %s is not %s", a->op->name, name, want);
	eoi_tell(a, e);
	return -1;
}

int
eoi_get_text(const struct eoi_answer *a, const char *name, size_t i, char *out, size_t size, struct err *e)
{
	const struct eoi_field *f;
	const xmlNode *n = find(a, name, i, &f);

	out[0] = '\0';
	if (n == NULL)
		return 0;
	return xml_text(n, out, size) ? 1 : unreadable(a, name, "a text of the right length", e);
}

int
eoi_get_word(const struct eoi_answer *a, const char *name, size_t i, char *out, size_t size, struct err *e)
{
	const struct eoi_field *f;
	const xmlNode *n = find(a, name, i, &f);
	char theirs[EOI_NAME_MAX];

	out[0] = '\0';
	if (n == NULL)
		return 0;
	return xml_text(n, theirs, sizeof(theirs)) && eoi_word_in(f, theirs, out, size) ? 1 : unreadable(a, name, "a word of the table", e);
}

int
eoi_get_bytes(const struct eoi_answer *a, const char *name, size_t i, void *out, size_t size, size_t *len, struct err *e)
{
	const struct eoi_field *f;
	const xmlNode *n = find(a, name, i, &f);

	*len = 0;
	if (n == NULL)
		return 0;
	size_t room = 4 * (size / 3 + 2) + 1;
	SCOPED(mem) char *text = malloc(room);
	if (text == NULL)
		return err_set(e, ERR_MEMORY, "%s", name);
	long got = xml_text(n, text, room) ? base64_decode(text, out, size) : -1;
	if (got < 0)
		return unreadable(a, name, "base64 of the right length", e);
	*len = (size_t)got;
	return 1;
}

int
eoi_get_number(const struct eoi_answer *a, const char *name, size_t i, uint32_t max, uint32_t *out, struct err *e)
{
	const struct eoi_field *f;
	const xmlNode *n = find(a, name, i, &f);

	*out = 0;
	if (n == NULL)
		return 0;
	return xml_uint(n, max, out) ? 1 : unreadable(a, name, "a number in its range", e);
}

int
eoi_get_bool(const struct eoi_answer *a, const char *name, bool *out, struct err *e)
{
	static const struct {
		const char *text;
		bool value;
	} words[] = { { "true", true }, { "false", false }, { "1", true }, { "0", false } };
	char text[16];
	int rc = eoi_get_text(a, name, 0, text, sizeof(text), e);

	*out = false;
	for (size_t k = 0; rc == 1 && k < ARRAY_LEN(words); k++)
		if (strcasecmp(text, words[k].text) == 0) {
			*out = words[k].value;
			return 1;
		}
	return rc == 1 ? unreadable(a, name, "true or false", e) : rc;
}
