/* SPDX-License-Identifier: Apache-2.0 */
/* soap_read: SOAP envelopes as they come in. */
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "sim/mem.h"
#include "sim/soap.h"

static const struct {
	const char *action;
	enum soap_op op;
} actions[] = {
	{ NS_WXF "/Get", SOAP_GET },
	{ NS_WXF "/Put", SOAP_PUT },
	{ NS_WXF "/Create", SOAP_CREATE },
	{ NS_WXF "/Delete", SOAP_DELETE },
	{ NS_WSEN "/Enumerate", SOAP_ENUMERATE },
	{ NS_WSEN "/Pull", SOAP_PULL },
	{ NS_WSEN "/Release", SOAP_RELEASE },
};

bool
soap_is(const xmlNode *n, const char *ns, const char *name)
{
	return n->type == XML_ELEMENT_NODE && n->ns != NULL &&
	       strcmp((const char *)n->ns->href, ns) == 0 &&
	       strcmp((const char *)n->name, name) == 0;
}

xmlNode *
soap_child(const xmlNode *parent, const char *ns, const char *name)
{
	for (xmlNode *n = parent->children; n != NULL; n = n->next)
		if (soap_is(n, ns, name))
			return n;
	return NULL;
}

char *
soap_text(const xmlNode *n)
{
	SCOPED(mem) char *raw = NULL;

	for (const xmlNode *c = n->children; c != NULL; c = c->next)
		if (c->type == XML_ELEMENT_NODE || c->type == XML_ENTITY_REF_NODE)
			return NULL;
	xmlChar *content = xmlNodeGetContent(n);
	if (content == NULL)
		return NULL;
	raw = mem_copy((const char *)content + strspn((const char *)content, " \t\r\n"));
	xmlFree(content);
	size_t len = strlen(raw);
	while (len > 0 && strchr(" \t\r\n", raw[len - 1]) != NULL)
		raw[--len] = '\0';
	return mem_copy(raw);
}

static bool
has_elements(const xmlNode *n)
{
	for (const xmlNode *c = n->children; c != NULL; c = c->next)
		if (c->type == XML_ELEMENT_NODE)
			return true;
	return false;
}

/* Text of one selector inside a reference; references inside references are not kept. */
static bool
ref_add(struct buf *b, const xmlNode *sel)
{
	xmlChar *name = xmlGetNoNsProp(sel, (const xmlChar *)"Name");
	SCOPED(mem) char *value = soap_text(sel);
	bool ok = name != NULL && value != NULL && strpbrk((const char *)name, "\t=") == NULL &&
		  strchr(value, '\t') == NULL;

	if (ok)
		buf_printf(b, "\t%s=%s", (const char *)name, value);
	xmlFree(name);
	return ok;
}

/* An endpoint reference as text; NULL when it is none or has no selectors. */
static char *
ref_of(const xmlNode *n)
{
	const xmlNode *epr = soap_child(n, NS_WSA, "EndpointReference");
	const xmlNode *top = epr == NULL ? n : epr;
	const xmlNode *params = soap_child(top, NS_WSA, "ReferenceParameters");
	const xmlNode *uri = params == NULL ? NULL : soap_child(params, NS_WSMAN, "ResourceURI");
	const xmlNode *set = params == NULL ? NULL : soap_child(params, NS_WSMAN, "SelectorSet");
	SCOPED(buf) struct buf b = { 0 };

	if (soap_child(top, NS_WSA, "Address") == NULL || uri == NULL || set == NULL)
		return NULL;
	SCOPED(mem) char *where = soap_text(uri);
	const char *slash = where == NULL ? NULL : strrchr(where, '/');
	if (slash == NULL)
		return NULL;
	buf_puts(&b, slash + 1);
	size_t nsel = 0;
	for (const xmlNode *s = set->children; s != NULL; s = s->next) {
		if (s->type != XML_ELEMENT_NODE)
			continue;
		if (!soap_is(s, NS_WSMAN, "Selector") || !ref_add(&b, s))
			return NULL;
		nsel++;
	}
	return nsel == 0 ? NULL : mem_copy(buf_str(&b));
}

bool
soap_fields(const xmlNode *parent, const char *ns, struct fields *out)
{
	size_t cap = 0;

	for (const xmlNode *c = parent->children; c != NULL; c = c->next) {
		if (c->type == XML_COMMENT_NODE || (c->type == XML_TEXT_NODE && xmlIsBlankNode(c)))
			continue;
		if (!soap_is(c, ns, (const char *)c->name) || out->n == SOAP_FIELDS)
			return false;
		if (out->n == cap)
			out->v = mem_grow(out->v, &cap, sizeof(*out->v));
		bool deep = has_elements(c);
		/* V_DATE is a wrapped value that nobody writes */
		char *text = deep ? ref_of(c) : soap_text(c);
		if (text == NULL && deep && soap_child(c, NS_COMMON, "Datetime") != NULL) {
			deep = false;
			text = soap_text(soap_child(c, NS_COMMON, "Datetime"));
		}
		if (text == NULL)
			return false;
		out->v[out->n++] = (struct field){ (const char *)c->name, text, deep };
	}
	return true;
}

void
fields_free(struct fields *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->v[i].text);
	free(f->v);
	*f = (struct fields){ 0 };
}

static bool
deeper_than(const xmlNode *n, unsigned int left)
{
	for (; n != NULL; n = n->next)
		if (n->type == XML_ELEMENT_NODE &&
		    (left == 0 || deeper_than(n->children, left - 1)))
			return true;
	return false;
}

static void
read_selectors(struct soap_req *r, const xmlNode *set)
{
	for (const xmlNode *s = set->children; s != NULL; s = s->next) {
		if (s->type != XML_ELEMENT_NODE)
			continue;
		xmlChar *name = xmlGetNoNsProp(s, (const xmlChar *)"Name");
		char *value = has_elements(s) ? ref_of(s) : soap_text(s);
		if (!soap_is(s, NS_WSMAN, "Selector") || name == NULL || value == NULL ||
		    r->nsel == SOAP_SELECTORS) {
			r->fault = FAULT_INVALID_SELECTORS;
			free(value);
		} else
			r->sel[r->nsel++] =
			    (struct selector){ mem_copy((const char *)name), value };
		xmlFree(name);
	}
}

static bool
must_understand(const xmlNode *n)
{
	xmlChar *v = xmlGetNsProp(n, (const xmlChar *)"mustUnderstand", (const xmlChar *)NS_SOAP);
	bool yes = v != NULL &&
		   (strcmp((const char *)v, "true") == 0 || strcmp((const char *)v, "1") == 0);

	xmlFree(v);
	return yes;
}

static bool
to_ok(const char *to)
{
	size_t n = strlen(to);

	return strcmp(to, ANONYMOUS) == 0 || (n >= 6 && strcmp(to + n - 6, "/wsman") == 0);
}

/* Once per header block. */
static void
read_header(struct soap_req *r, const xmlNode *h)
{
	SCOPED(mem) char *text = soap_text(h);
	static const char *const known[] = { "ReplyTo", "FaultTo", "From", "OperationTimeout",
		"Locale" };

	if (soap_is(h, NS_WSA, "Action") && r->action == NULL)
		r->action = mem_copy(text);
	else if (soap_is(h, NS_WSMAN, "ResourceURI") && r->uri == NULL)
		r->uri = mem_copy(text);
	else if (soap_is(h, NS_WSA, "MessageID") && r->message_id == NULL)
		r->message_id = mem_copy(text);
	else if (soap_is(h, NS_WSA, "To")) {
		if (text == NULL || !to_ok(text))
			r->fault = FAULT_DESTINATION_UNREACHABLE;
	} else if (soap_is(h, NS_WSMAN, "SelectorSet") && r->nsel == 0)
		read_selectors(r, h);
	else if (soap_is(h, NS_WSMAN, "MaxEnvelopeSize")) {
		if (text == NULL || strtoul(text, NULL, 10) < SOAP_MIN_ENVELOPE)
			r->fault = FAULT_ENCODING_LIMIT;
	} else {
		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			if (strcmp((const char *)h->name, known[i]) == 0)
				return;
		if (must_understand(h))
			r->fault = FAULT_MUST_UNDERSTAND;
	}
}

static void
find_op(struct soap_req *r)
{
	r->op = SOAP_NO_OP;
	if (r->action == NULL || r->uri == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (strcmp(actions[i].action, r->action) == 0)
			r->op = actions[i].op;
	size_t n = strlen(r->uri);
	if (strncmp(r->action, r->uri, n) == 0 && r->action[n] == '/') {
		r->op = SOAP_INVOKE;
		r->method = r->action + n + 1;
	}
}

static int
read_envelope(struct soap_req *r)
{
	const xmlNode *root = xmlDocGetRootElement(r->doc);
	const xmlNode *header, *body;

	if (root == NULL || !soap_is(root, NS_SOAP, "Envelope"))
		return -1;
	header = soap_child(root, NS_SOAP, "Header");
	body = soap_child(root, NS_SOAP, "Body");
	if (header == NULL || body == NULL)
		return -1;
	for (const xmlNode *h = header->children; h != NULL; h = h->next)
		if (h->type == XML_ELEMENT_NODE)
			read_header(r, h);
	for (xmlNode *b = body->children; b != NULL; b = b->next) {
		if (b->type != XML_ELEMENT_NODE)
			continue;
		if (r->body != NULL)
			r->fault = FAULT_SCHEMA_VALIDATION;
		r->body = b;
	}
	find_op(r);
	if (r->body != NULL && strcmp((const char *)r->body->name, "Identify") == 0 &&
	    r->action == NULL)
		r->op = SOAP_IDENTIFY;
	else if (r->action == NULL || r->uri == NULL || r->message_id == NULL)
		r->fault = FAULT_HEADER_REQUIRED;
	return 0;
}

xmlDoc *
soap_doc(const char *text, size_t len)
{
	if (text == NULL || len == 0)
		return NULL;
	if (memmem(text, len, "<!DOCTYPE", 9) != NULL || memmem(text, len, "<!ENTITY", 8) != NULL)
		return NULL;
	xmlDoc *doc = xmlReadMemory(text, (int)len, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	if (doc == NULL || !deeper_than(xmlDocGetRootElement(doc), SOAP_DEPTH))
		return doc;
	xmlFreeDoc(doc);
	return NULL;
}

int
soap_parse(const char *text, size_t len, struct soap_req *out)
{
	*out = (struct soap_req){ .op = SOAP_NO_OP, .doc = soap_doc(text, len) };
	return out->doc == NULL ? -1 : read_envelope(out);
}

void
soap_free(struct soap_req *r)
{
	for (size_t i = 0; i < r->nsel; i++) {
		free(r->sel[i].name);
		free(r->sel[i].value);
	}
	free(r->action);
	free(r->uri);
	free(r->message_id);
	xmlFreeDoc(r->doc);
	*r = (struct soap_req){ 0 };
}
