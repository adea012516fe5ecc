/* SPDX-License-Identifier: Apache-2.0 */
/* soap_write: SOAP envelopes as they go out, in the words of the recorded replies. */
#include <string.h>

#include "sim/mem.h"
#include "sim/soap.h"

/* Prefix of each namespace in a normal and in an odd reply. */
struct words {
	const char *soap, *wsa, *wsman, *eq;
};
static const struct words normal_words = { "a", "b", "c", "=" };
static const struct words odd_words = { "env", "wsa", "n1", "= " };

#define WSMAN_FAULT "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
#define WSA_FAULT   NS_WSA "/fault"

static const struct {
	enum fault fault;
	const char *subcode, *ns, *action, *reason;
	bool receiver;
} faults[] = {
	/* clang-format off */
	{ FAULT_DESTINATION_UNREACHABLE, "DestinationUnreachable", NS_WSA, WSA_FAULT,
	  "No route can be determined to reach the destination role defined by the WSAddressing To.", false },
	{ FAULT_ACTION_NOT_SUPPORTED, "ActionNotSupported", NS_WSA, WSA_FAULT,
	  "The action is not supported by the service.", false },
	{ FAULT_HEADER_REQUIRED, "MessageInformationHeaderRequired", NS_WSA, WSA_FAULT,
	  "A required header is missing.", false },
	{ FAULT_ACCESS_DENIED, "AccessDenied", NS_WSMAN, WSMAN_FAULT,
	  "The sender was not authorized to access the resource.", false },
	{ FAULT_ALREADY_EXISTS, "AlreadyExists", NS_WSMAN, WSMAN_FAULT,
	  "The sender attempted to create a resource which already exists.", false },
	{ FAULT_INVALID_SELECTORS, "InvalidSelectors", NS_WSMAN, WSMAN_FAULT,
	  "The Selectors for the resource were not valid.", false },
	{ FAULT_INVALID_REPRESENTATION, "InvalidRepresentation", NS_WXF, WSMAN_FAULT,
	  "The XML content was not valid.", false },
	{ FAULT_INVALID_PARAMETER, "InvalidParameter", NS_WSMAN, WSMAN_FAULT,
	  "An operation parameter was not valid.", false },
	{ FAULT_SCHEMA_VALIDATION, "SchemaValidationError", NS_WSMAN, WSMAN_FAULT,
	  "The supplied SOAP violates the corresponding XML schema definition.", false },
	{ FAULT_ENCODING_LIMIT, "EncodingLimit", NS_WSMAN, WSMAN_FAULT,
	  "An internal encoding limit was exceeded in a request or would be violated if the message were processed.", false },
	{ FAULT_INTERNAL_ERROR, "InternalError", NS_WSMAN, WSMAN_FAULT,
	  "The service cannot comply with the request due to internal processing errors.", true },
	{ FAULT_QUOTA_LIMIT, "QuotaLimit", NS_WSMAN, WSMAN_FAULT,
	  "The service is busy servicing other requests.", false },
	{ FAULT_CONCURRENCY, "Concurrency", NS_WSMAN, WSMAN_FAULT,
	  "The action could not be completed due to concurrency or locking problems.", false },
	{ FAULT_TIMED_OUT, "TimedOut", NS_WSMAN, WSMAN_FAULT,
	  "The operation has timed out.", true },
	{ FAULT_INVALID_CONTEXT, "InvalidEnumerationContext", NS_WSEN, WSMAN_FAULT,
	  "The supplied enumeration context is invalid.", true },
	{ FAULT_MUST_UNDERSTAND, NULL, NS_SOAP, WSMAN_FAULT,
	  "A header marked mustUnderstand is not understood.", false },
	/* clang-format on */
};

static const struct words *
words_of(const struct soap_style *style)
{
	return style->odd ? &odd_words : &normal_words;
}

static void
declare(struct buf *b, const struct words *w, const char *prefix, const char *ns)
{
	buf_printf(b, " xmlns:%s%s\"%s\"", prefix, w->eq, ns);
}

void
soap_open(struct buf *b, const char *prefix, const char *name)
{
	buf_printf(b, "<%s:%s>", prefix, name);
}

void
soap_close(struct buf *b, const char *prefix, const char *name)
{
	buf_printf(b, "</%s:%s>", prefix, name);
}

static void
text_element(struct buf *b, const char *prefix, const char *name, const char *text)
{
	soap_open(b, prefix, name);
	buf_xml(b, text);
	soap_close(b, prefix, name);
}

static void
class_uri(struct buf *b, const struct words *w, const char *cls)
{
	const char *prefix = schema_namespace(cls);

	buf_printf(b, "<%s:ResourceURI>%s%s</%s:ResourceURI>", w->wsman,
	    prefix == NULL ? "" : prefix, cls, w->wsman);
}

static void
selector(struct buf *b, const struct words *w, const char *name, const char *value)
{
	buf_printf(b, "<%s:Selector Name%s\"%s\">", w->wsman, w->eq, name);
	buf_xml(b, value);
	soap_close(b, w->wsman, "Selector");
}

/* A reference from its text: CLASS TAB NAME=VALUE ... */
static void
ref_body(struct buf *b, const struct words *w, const char *ref)
{
	SCOPED(mem) char *copy = mem_copy(ref);
	char *rest = copy;
	const char *cls = strsep(&rest, "\t");

	text_element(b, w->wsa, "Address", ANONYMOUS);
	soap_open(b, w->wsa, "ReferenceParameters");
	class_uri(b, w, cls);
	soap_open(b, w->wsman, "SelectorSet");
	for (char *part = strsep(&rest, "\t"); part != NULL; part = strsep(&rest, "\t")) {
		char *eq = strchr(part, '=');

		if (eq == NULL)
			continue;
		*eq = '\0';
		selector(b, w, part, eq + 1);
	}
	soap_close(b, w->wsman, "SelectorSet");
	soap_close(b, w->wsa, "ReferenceParameters");
}

void
soap_vals(struct buf *b, const struct soap_style *style, const char *prefix, const char *common,
    const struct vals *v)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct prop *p = v->v[i].prop;

		soap_open(b, prefix, p->name);
		if (p->type == V_REF)
			ref_body(b, words_of(style), v->v[i].text);
		else if (p->type == V_DATE)
			text_element(b, common, "Datetime", v->v[i].text);
		else
			buf_xml(b, v->v[i].text);
		soap_close(b, prefix, p->name);
	}
}

void
soap_epr(struct buf *b, const struct soap_style *style, const char *cls, const struct vals *keys)
{
	const struct words *w = words_of(style);

	text_element(b, w->wsa, "Address", ANONYMOUS);
	soap_open(b, w->wsa, "ReferenceParameters");
	class_uri(b, w, cls);
	soap_open(b, w->wsman, "SelectorSet");
	for (size_t i = 0; i < keys->n; i++) {
		const struct prop *p = keys->v[i].prop;

		if (!(p->flags & P_KEY))
			continue;
		if (p->type != V_REF) {
			selector(b, w, p->name, keys->v[i].text);
			continue;
		}
		buf_printf(b, "<%s:Selector Name%s\"%s\">", w->wsman, w->eq, p->name);
		soap_open(b, w->wsa, "EndpointReference");
		ref_body(b, w, keys->v[i].text);
		soap_close(b, w->wsa, "EndpointReference");
		soap_close(b, w->wsman, "Selector");
	}
	soap_close(b, w->wsman, "SelectorSet");
	soap_close(b, w->wsa, "ReferenceParameters");
}

static void
header(struct buf *b, const struct words *w, const struct soap_req *r, const char *action,
    unsigned int message_id)
{
	soap_open(b, w->soap, "Header");
	text_element(b, w->wsa, "To", ANONYMOUS);
	text_element(b, w->wsa, "RelatesTo", r->message_id == NULL ? "" : r->message_id);
	buf_printf(b, "<%s:Action %s:mustUnderstand%s\"true\">", w->wsa, w->soap, w->eq);
	buf_xml(b, action);
	soap_close(b, w->wsa, "Action");
	buf_printf(b, "<%s:MessageID>uuid:00000000-8086-8086-8086-%012X</%s:MessageID>", w->wsa,
	    message_id, w->wsa);
}

void
soap_reply(struct buf *b, const struct soap_req *r, unsigned int message_id,
    const struct soap_style *style, const char *g, const char *h, const struct buf *body)
{
	const struct words *w = words_of(style);
	bool suffix = !(style->no_suffix && r->op == SOAP_INVOKE);
	SCOPED(mem) char *action = mem_print("%s%s", r->action, suffix ? "Response" : "");

	buf_printf(
	    b, "<?xml version%s\"1.0\" encoding%s\"UTF-8\"?><%s:Envelope", w->eq, w->eq, w->soap);
	declare(b, w, w->soap, NS_SOAP);
	declare(b, w, w->wsa, NS_WSA);
	declare(b, w, w->wsman, NS_WSMAN);
	declare(b, w, "d", "http://schemas.xmlsoap.org/ws/2005/02/trust");
	declare(b, w, "e",
	    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd");
	declare(b, w, "f", "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd");
	if (g != NULL)
		declare(b, w, "g", g);
	if (h != NULL)
		declare(b, w, "h", h);
	if (h != NULL && strcmp(h, NS_COMMON) != 0)
		declare(b, w, "i", NS_COMMON);
	declare(b, w, "xsi", "http://www.w3.org/2001/XMLSchema-instance");
	buf_puts(b, ">");
	header(b, w, r, action, message_id);
	text_element(b, w->wsman, "ResourceURI", r->uri);
	soap_close(b, w->soap, "Header");
	soap_open(b, w->soap, "Body");
	buf_add(b, body->p, body->len);
	soap_close(b, w->soap, "Body");
	soap_close(b, w->soap, "Envelope");
}

void
soap_fault(struct buf *b, const struct soap_req *r, unsigned int message_id, enum fault fault)
{
	const struct words *w = &normal_words;
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(faults) && faults[i].fault != fault)
		i++;
	buf_puts(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a:Envelope");
	declare(b, w, "a", NS_SOAP);
	declare(b, w, "b", NS_WSA);
	declare(b, w, "c", NS_WSMAN);
	declare(b, w, "e", faults[i].ns);
	buf_puts(b, ">");
	header(b, w, r, faults[i].action, message_id);
	buf_puts(b, "</a:Header><a:Body><a:Fault><a:Code>");
	if (faults[i].subcode == NULL)
		buf_puts(b, "<a:Value>a:MustUnderstand</a:Value>");
	else
		buf_printf(b,
		    "<a:Value>a:%s</a:Value><a:Subcode><a:Value>e:%s</a:Value></a:Subcode>",
		    faults[i].receiver ? "Receiver" : "Sender", faults[i].subcode);
	buf_puts(b, "</a:Code><a:Reason><a:Text xml:lang=\"en-US\">");
	buf_puts(b, faults[i].reason);
	buf_puts(b, "</a:Text></a:Reason><a:Detail></a:Detail></a:Fault></a:Body></a:Envelope>");
}

enum fault
soap_fault_named(const char *subcode)
{
	for (size_t i = 0; i < ARRAY_LEN(faults); i++)
		if (faults[i].subcode != NULL && strcmp(faults[i].subcode, subcode) == 0)
			return faults[i].fault;
	return strcmp(subcode, "MustUnderstand") == 0 ? FAULT_MUST_UNDERSTAND : FAULT_NONE;
}

const char *
soap_op_name(enum soap_op op)
{
	static const char *const names[] = { [SOAP_GET] = "Get",
		[SOAP_PUT] = "Put",
		[SOAP_CREATE] = "Create",
		[SOAP_DELETE] = "Delete",
		[SOAP_ENUMERATE] = "Enumerate",
		[SOAP_PULL] = "Pull",
		[SOAP_RELEASE] = "Release",
		[SOAP_INVOKE] = "Invoke",
		[SOAP_IDENTIFY] = "Identify",
		[SOAP_NO_OP] = "None" };

	return names[op];
}
