/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml: answers of devices as trees (libxml2), read by local name, and requests written with one
 * escaper. Entities are never expanded and a DOCTYPE is refused: SOAP forbids it.
 */
#ifndef MUSTER_AMT_XML_H
#define MUSTER_AMT_XML_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* An element of a device's answer: a class instance or the output of a method. */
struct inst {
	xmlDoc *doc;   /* owned; NULL: empty */
	xmlNode *node; /* in doc */
};
void inst_free(struct inst *i);
static inline void
inst_scoped(struct inst *i)
{
	inst_free(i);
}

/* xml_init: once per process, before threads start. */
void xml_init(void);

/* xml_parse: ERR_ANSWER when it is not well-formed, nested too deep, or has a DOCTYPE. */
MUST_CHECK int xml_parse(const void *data, size_t len, xmlDoc **out, struct err *e);

/* xml_child: first child element of that local name in any namespace, or NULL. xml_next: the next
 * sibling of the same local name. xml_first: the first child element. */
xmlNode *xml_child(const xmlNode *node, const char *name);
xmlNode *xml_next(const xmlNode *node);
xmlNode *xml_first(const xmlNode *node);
const char *xml_name(const xmlNode *node);

/* xml_text: the text of an element, blanks at both ends removed, into out; false when it is longer. */
bool xml_text(const xmlNode *node, char *out, size_t size);

/* xml_uint: the element as a whole number from 0 to max; false when it is not one. */
MUST_CHECK bool xml_uint(const xmlNode *node, uint32_t max, uint32_t *out);

/* xml_attr: an attribute by local name into out; false when it is missing or too long. */
bool xml_attr(const xmlNode *node, const char *name, char *out, size_t size);

/*
 * Properties of an instance. A missing text reads as "", another property as the value given for that
 * case; inst_has tells. inst_int and inst_bool fail with ERR_FIELD when the property is there and is not
 * a whole number from 0 to max, or not a truth value.
 */
bool inst_has(const struct inst *i, const char *name);
bool inst_text(const struct inst *i, const char *name, char *out, size_t size);
MUST_CHECK int inst_int(
    const struct inst *i, const char *name, uint32_t max, uint32_t missing, uint32_t *out, struct err *e);
MUST_CHECK int inst_bool(const struct inst *i, const char *name, bool missing, bool *out, struct err *e);

/* inst_set: change the text of a property that is there; false when it is not. */
bool inst_set(struct inst *i, const char *name, const char *value);

/* inst_drop: remove every property of that name. */
void inst_drop(struct inst *i, const char *name);

/*
 * inst_write: the instance as the body of a Put: prefix r for its own namespace, a and w for
 * addresses and selectors inside references.
 */
void inst_write(const struct inst *i, struct buf *out);

/* param: <r:name>value</r:name>, the value escaped. param_int: the same of a number. */
void param(struct buf *b, const char *name, const char *value);
void param_int(struct buf *b, const char *name, uint32_t value);

/* base64: standard alphabet with padding. base64_decode returns the length, or -1. */
void base64_encode(struct buf *out, const void *data, size_t len);
long base64_decode(const char *text, void *out, size_t size);

#endif
