/* SPDX-License-Identifier: Apache-2.0 */
/* xml: answers of devices as trees, and requests written with one escaper. */
#include "amt/xml.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char ns_addressing[] = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
static const char ns_wsman[] = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";

void
inst_free(struct inst *i)
{
	xmlFreeDoc(i->doc);
	*i = (struct inst){ 0 };
}

void
xml_init(void)
{
	xmlInitParser();
}

int
xml_parse(const void *data, size_t len, xmlDoc **out, struct err *e)
{
	/* The encoding is said, not taken from the device: libxml2 tells of unknown ones on standard error. */
	xmlDoc *doc = xmlReadMemory(data, (int)len, "answer", "UTF-8",
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS);

	if (doc == NULL || xmlDocGetRootElement(doc) == NULL) {
		xmlFreeDoc(doc);
		return err_set(e, ERR_ANSWER, "answer of %zu bytes is not XML", len);
	}
	if (doc->intSubset != NULL) {
		xmlFreeDoc(doc);
		return err_set(e, ERR_ANSWER, "answer has a DOCTYPE, which SOAP forbids");
	}
	*out = doc;
	return 0;
}

const char *
xml_name(const xmlNode *node)
{
	return (const char *)node->name;
}

static xmlNode *
element_from(xmlNode *n, const char *name)
{
	for (; n != NULL; n = n->next)
		if (n->type == XML_ELEMENT_NODE && (name == NULL || strcmp(xml_name(n), name) == 0))
			return n;
	return NULL;
}

xmlNode *
xml_child(const xmlNode *node, const char *name)
{
	return node == NULL ? NULL : element_from(node->children, name);
}

xmlNode *
xml_first(const xmlNode *node)
{
	return xml_child(node, NULL);
}

xmlNode *
xml_next(const xmlNode *node)
{
	return element_from(node->next, xml_name(node));
}

bool
xml_text(const xmlNode *node, char *out, size_t size)
{
	size_t used = 0;

	for (const xmlNode *n = node->children; n != NULL; n = n->next) {
		const char *s = (const char *)n->content;
		size_t len;

		if ((n->type != XML_TEXT_NODE && n->type != XML_CDATA_SECTION_NODE) || s == NULL)
			continue;
		if (used == 0)
			while (isspace((unsigned char)*s))
				s++;
		len = strlen(s);
		if (used + len >= size) {
			out[0] = '\0';
			return false;
		}
		memcpy(out + used, s, len);
		used += len;
	}
	while (used > 0 && isspace((unsigned char)out[used - 1]))
		used--;
	out[used] = '\0';
	return true;
}

bool
xml_uint(const xmlNode *node, uint32_t max, uint32_t *out)
{
	char text[24], *end;

	if (!xml_text(node, text, sizeof(text)) || !isdigit((unsigned char)text[0]))
		return false;
	unsigned long v = strtoul(text, &end, 10);
	if (*end != '\0' || v > max)
		return false;
	*out = (uint32_t)v;
	return true;
}

bool
xml_attr(const xmlNode *node, const char *name, char *out, size_t size)
{
	for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
		if (strcmp((const char *)a->name, name) != 0 || a->children == NULL ||
		    a->children->content == NULL)
			continue;
		const char *s = (const char *)a->children->content;
		if (strlen(s) >= size)
			return false;
		memcpy(out, s, strlen(s) + 1);
		return true;
	}
	return false;
}

bool
inst_has(const struct inst *i, const char *name)
{
	return xml_child(i->node, name) != NULL;
}

bool
inst_text(const struct inst *i, const char *name, char *out, size_t size)
{
	const xmlNode *n = xml_child(i->node, name);

	out[0] = '\0';
	return n != NULL && xml_text(n, out, size);
}

int
inst_int(const struct inst *i, const char *name, uint32_t max, uint32_t missing, uint32_t *out, struct err *e)
{
	const xmlNode *n = xml_child(i->node, name);
	char text[48];

	if (n == NULL) {
		*out = missing;
		return 0;
	}
	if (xml_uint(n, max, out))
		return 0;
	(void)inst_text(i, name, text, sizeof(text));
	return err_set(e, ERR_FIELD, "%s.%s is \"%s\", want a number from 0 to %u", xml_name(i->node), name, text, max);
}

int
inst_bool(const struct inst *i, const char *name, bool missing, bool *out, struct err *e)
{
	static const struct {
		const char *text;
		bool value;
	} words[] = { { "true", true }, { "false", false }, { "1", true }, { "0", false } };
	char text[48];

	*out = missing;
	bool whole = inst_text(i, name, text, sizeof(text));
	if (text[0] == '\0' && (whole || !inst_has(i, name))) /* an empty element is a value that is not known */
		return 0;
	for (size_t k = 0; k < ARRAY_LEN(words); k++)
		if (strcasecmp(text, words[k].text) == 0) {
			*out = words[k].value;
			return 0;
		}
	return err_set(e, ERR_FIELD, "%s.%s is \"%s\", want true or false", xml_name(i->node), name, text);
}

bool
inst_set(struct inst *i, const char *name, const char *value)
{
	xmlNode *n = xml_child(i->node, name);

	if (n == NULL)
		return false;
	xmlNodeSetContent(n, NULL);
	xmlNodeAddContent(n, (const xmlChar *)value);
	return true;
}

void
inst_drop(struct inst *i, const char *name)
{
	xmlNode *n;

	while ((n = xml_child(i->node, name)) != NULL) {
		xmlUnlinkNode(n);
		xmlFreeNode(n);
	}
}

static const char *
prefix_of(const xmlNode *n, const xmlNode *root)
{
	const char *href = n->ns == NULL ? "" : (const char *)n->ns->href;

	if (root->ns != NULL && strcmp(href, (const char *)root->ns->href) == 0)
		return "r:";
	if (strcmp(href, ns_addressing) == 0)
		return "a:";
	if (strcmp(href, ns_wsman) == 0)
		return "w:";
	return "";
}

/* The depth of what a device sent is bounded by the parser. */
static void
write_node(const xmlNode *n, const xmlNode *root, struct buf *out)
{
	const char *prefix = prefix_of(n, root);
	char name[128];

	buf_printf(out, "<%s%s", prefix, xml_name(n));
	if (prefix[0] == '\0' && n->ns != NULL) {
		buf_puts(out, " xmlns=\"");
		buf_xml(out, (const char *)n->ns->href);
		buf_puts(out, "\"");
	}
	if (xml_attr(n, "Name", name, sizeof(name))) {
		buf_puts(out, " Name=\"");
		buf_xml(out, name);
		buf_puts(out, "\"");
	}
	buf_puts(out, ">");
	for (const xmlNode *c = xml_first(n) == NULL ? n->children : NULL; c != NULL; c = c->next)
		if ((c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE) && c->content != NULL)
			buf_xml(out, (const char *)c->content);
	for (const xmlNode *c = xml_first(n); c != NULL; c = element_from(c->next, NULL))
		write_node(c, root, out);
	buf_printf(out, "</%s%s>", prefix, xml_name(n));
}

void
inst_write(const struct inst *i, struct buf *out)
{
	write_node(i->node, i->node, out);
}

void
param(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "<r:%s>", name);
	buf_xml(b, value);
	buf_printf(b, "</r:%s>", name);
}

void
param_int(struct buf *b, const char *name, uint32_t value)
{
	buf_printf(b, "<r:%s>%u</r:%s>", name, value, name);
}

void
base64_encode(struct buf *out, const void *data, size_t len)
{
	const unsigned char *d = data;

	while (len > 0) {
		unsigned char text[65];
		size_t n = len < 48 ? len : 48;
		int got = EVP_EncodeBlock(text, d, (int)n);

		buf_add(out, text, (size_t)got);
		d += n;
		len -= n;
	}
}

long
base64_decode(const char *text, void *out, size_t size)
{
	size_t len = strlen(text);
	SCOPED(mem) unsigned char *data = malloc(len + 4);
	long n;

	size_t digits = strcspn(text, "=");
	if (data == NULL || len % 4 != 0 || len - digits > 2 || strspn(text + digits, "=") != len - digits)
		return -1;
	n = EVP_DecodeBlock(data, (const unsigned char *)text, (int)len);
	for (size_t k = len; n > 0 && k > 0 && k + 2 > len && text[k - 1] == '='; k--)
		n--;
	if (n < 0 || (size_t)n > size)
		return -1;
	memcpy(out, data, (size_t)n);
	return n;
}
