/* SPDX-License-Identifier: Apache-2.0 */
/*
 * soap: SOAP envelopes of WS-Management. Reading is strict, as firmware is; writing follows the
 * recorded replies in names, namespaces and prefixes. Source: protocol/wsman.md 2 to 5.
 */
#ifndef MUSTER_SIM_SOAP_H
#define MUSTER_SIM_SOAP_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sim/schema.h"

#define NS_SOAP   "http://www.w3.org/2003/05/soap-envelope"
#define NS_WSA    "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define NS_WSMAN  "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define NS_WSEN   "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
#define NS_WXF    "http://schemas.xmlsoap.org/ws/2004/09/transfer"
#define NS_COMMON "http://schemas.dmtf.org/wbem/wscim/1/common"
#define ANONYMOUS NS_WSA "/role/anonymous"

enum {
	SOAP_DEPTH = 24, /* elements inside each other; an EPR in a selector needs 11 */
	SOAP_SELECTORS = 8,
	SOAP_FIELDS = 256,         /* children of one body element */
	SOAP_MIN_ENVELOPE = 50000, /* smaller MaxEnvelopeSize is refused */
};

enum soap_op {
	SOAP_GET,
	SOAP_PUT,
	SOAP_CREATE,
	SOAP_DELETE,
	SOAP_ENUMERATE,
	SOAP_PULL,
	SOAP_RELEASE,
	SOAP_INVOKE,
	SOAP_IDENTIFY,
	SOAP_NO_OP
};

struct soap_req {
	xmlDoc *doc;
	char *action, *uri, *message_id;
	struct selector sel[SOAP_SELECTORS];
	size_t nsel;
	xmlNode *body; /* first element of Body, or NULL */
	enum soap_op op;
	const char *method; /* inside action; SOAP_INVOKE only */
	enum fault fault;   /* what is wrong with the header */
};

/*
 * soap_parse: read an envelope. Returns 0 (look at out->fault), or -1 when it is not one: not
 * well-formed, a document type, too deep, no Header or Body. Free out in both cases.
 */
MUST_CHECK int soap_parse(const char *text, size_t len, struct soap_req *out);
void soap_free(struct soap_req *r);
static inline void
soap_scoped(struct soap_req *r)
{
	soap_free(r);
}

/*
 * soap_doc: a document from strangers, or NULL: not well-formed, a document type, too deep. soap_text:
 * the text of an element without child elements, blanks around it cut off; new, or NULL.
 */
xmlDoc *soap_doc(const char *text, size_t len);
char *soap_text(const xmlNode *n);

struct fields {
	struct field *v;
	size_t n;
};

/* soap_fields: the children of an element, all in namespace ns. false: a stray one. */
bool soap_fields(const xmlNode *parent, const char *ns, struct fields *out);
void fields_free(struct fields *f);
static inline void
fields_scoped(struct fields *f)
{
	fields_free(f);
}

/* soap_is: an element of this name and namespace. soap_child: such a child, or NULL. */
bool soap_is(const xmlNode *n, const char *ns, const char *name);
xmlNode *soap_child(const xmlNode *parent, const char *ns, const char *name);

/* How a reply is written. */
struct soap_style {
	bool odd;       /* other prefixes, blanks after "=" */
	bool no_suffix; /* Action of the request without "Response" */
};

/* soap_reply: write an envelope around body. g, h: namespaces of these prefixes; NULL: none. */
void soap_reply(struct buf *b, const struct soap_req *r, unsigned int message_id,
    const struct soap_style *style, const char *g, const char *h, const struct buf *body);

/* soap_fault: write a fault. r may be half read. */
void soap_fault(struct buf *b, const struct soap_req *r, unsigned int message_id, enum fault fault);

/* soap_fault_named: the fault with this subcode (local part), FAULT_NONE when unknown. */
enum fault soap_fault_named(const char *subcode);

/* soap_op_name: "Get", "Put", ... */
const char *soap_op_name(enum soap_op op);

/* The parts bodies are made of. prefix is that of the class; common that of Datetime. */
void soap_vals(struct buf *b, const struct soap_style *style, const char *prefix,
    const char *common, const struct vals *v);
void soap_open(struct buf *b, const char *prefix, const char *name);
void soap_close(struct buf *b, const char *prefix, const char *name);
void soap_epr(
    struct buf *b, const struct soap_style *style, const char *cls, const struct vals *keys);

#endif
