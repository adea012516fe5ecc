/* SPDX-License-Identifier: Apache-2.0 */
/* wsman: WS-Management operations on the classes of AMT. */
#include "amt/wsman.h"

#include <stdio.h>
#include <string.h>

#include "amt/status.h"
#include "base/text.h"

static const char transfer[] = "http://schemas.xmlsoap.org/ws/2004/09/transfer/";
static const char enumeration[] = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
static const char anonymous[] = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";

enum { PULL_MAX = 64, /* pulls of one enumeration: a device that never ends is refused */ };

static const struct {
	const char *prefix, *ns;
} families[] = {
	{ "AMT_", "http://intel.com/wbem/wscim/1/amt-schema/1/" },
	{ "IPS_", "http://intel.com/wbem/wscim/1/ips-schema/1/" },
	{ "CIM_", "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/" },
};

/* Subcodes that say: this firmware does not have it. Source: protocol/wsman.md 5. */
static const char *const absent[] = { "DestinationUnreachable", "ActionNotSupported" };

void
wsman_ns(struct buf *b, const char *class)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (strncmp(class, families[i].prefix, 4) == 0)
			buf_puts(b, families[i].ns);
	buf_puts(b, class);
}

void
wsman_epr(struct buf *b, const char *name, const char *class, const char *key, const char *value)
{
	buf_printf(b, "<r:%s><a:Address>%s</a:Address><a:ReferenceParameters><w:ResourceURI>", name, anonymous);
	wsman_ns(b, class);
	buf_printf(b, "</w:ResourceURI><w:SelectorSet><w:Selector Name=\"%s\">", key);
	buf_xml(b, value);
	buf_printf(b, "</w:Selector></w:SelectorSet></a:ReferenceParameters></r:%s>", name);
}

bool
wsman_epr_id(const xmlNode *epr, const char *name, char *out, size_t size)
{
	xmlNode *set = xml_child(xml_child(epr, "ReferenceParameters"), "SelectorSet");
	char attr[64];

	for (xmlNode *s = xml_child(set, "Selector"); s != NULL; s = xml_next(s))
		if (xml_attr(s, "Name", attr, sizeof(attr)) && strcmp(attr, name) == 0)
			return xml_text(s, out, size);
	return false;
}

static void
envelope(struct wsman *w, const char *class, const char *action, const struct selector *sel,
    const char *body, struct buf *b)
{
	buf_puts(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
		    "<Envelope xmlns=\"http://www.w3.org/2003/05/soap-envelope\""
		    " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
		    " xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" xmlns:r=\"");
	wsman_ns(b, class);
	buf_printf(b, "\"><Header><a:Action>%s</a:Action><a:To>/wsman</a:To><w:ResourceURI>", action);
	wsman_ns(b, class);
	buf_printf(b, "</w:ResourceURI><a:MessageID>%u</a:MessageID><a:ReplyTo><a:Address>%s</a:Address>"
		      "</a:ReplyTo><w:OperationTimeout>PT60S</w:OperationTimeout>", ++w->message_id, anonymous);
	if (sel != NULL) {
		buf_puts(b, "<w:SelectorSet>");
		for (; sel->name != NULL; sel++) {
			buf_printf(b, "<w:Selector Name=\"%s\">", sel->name);
			buf_xml(b, sel->value);
			buf_puts(b, "</w:Selector>");
		}
		buf_puts(b, "</w:SelectorSet>");
	}
	buf_printf(b, "</Header><Body>%s</Body></Envelope>", body);
}

/* The text after the colon of a qualified name. */
static const char *
local(const char *qname)
{
	const char *colon = strrchr(qname, ':');

	return colon == NULL ? qname : colon + 1;
}

static int
fault(struct wsman *w, const xmlNode *f, const char *what, struct err *e)
{
	char code[96] = "", subcode[96] = "", reason[160] = "";
	const xmlNode *c = xml_child(f, "Code"), *n;

	if ((n = xml_child(c, "Value")) != NULL)
		(void)xml_text(n, code, sizeof(code));
	if ((n = xml_child(xml_child(c, "Subcode"), "Value")) != NULL)
		(void)xml_text(n, subcode, sizeof(subcode));
	if ((n = xml_child(xml_child(f, "Reason"), "Text")) != NULL)
		(void)xml_text(n, reason, sizeof(reason));
	(void)text_copy(w->fault, sizeof(w->fault), local(subcode[0] != '\0' ? subcode : code));
	for (size_t i = 0; i < ARRAY_LEN(absent); i++)
		if (strcmp(w->fault, absent[i]) == 0)
			return err_set(e, ERR_ABSENT, "%s: not on this device (%s)", what, w->fault);
	return err_set(e, ERR_FAULT, "%s: fault %s: %.100s", what, w->fault, reason);
}

/* The first element of the reply's body as *out; an empty body leaves *out empty. */
static int
read_reply(struct wsman *w, const struct http_reply *r, const char *what, struct inst *out, struct err *e)
{
	SCOPED(inst) struct inst got = { 0 };
	char related[64], want[16];

	if (r->body.len == 0 || (!r->soap && r->status != 200))
		return err_set(e, ERR_HTTP, "%s: HTTP status %ld without a SOAP answer", what, r->status);
	if (xml_parse(r->body.p, r->body.len, &got.doc, e) < 0)
		return err_wrap(e, what);
	const xmlNode *root = xmlDocGetRootElement(got.doc);
	const xmlNode *body = xml_child(root, "Body");
	if (strcmp(xml_name(root), "Envelope") != 0 || body == NULL)
		return err_set(e, ERR_ANSWER, "%s: not a SOAP envelope", what);
	const xmlNode *relates = xml_child(xml_child(root, "Header"), "RelatesTo");
	(void)snprintf(want, sizeof(want), "%u", w->message_id);
	if (relates != NULL && xml_text(relates, related, sizeof(related)) && strcmp(related, want) != 0)
		return err_set(e, ERR_ANSWER, "%s: answer to message %s, not to %s", what, related, want);
	got.node = xml_first(body);
	if (got.node != NULL && strcmp(xml_name(got.node), "Fault") == 0)
		return fault(w, got.node, what, e);
	if (r->status != 200)
		return err_set(e, ERR_HTTP, "%s: HTTP status %ld", what, r->status);
	*out = got;
	got = (struct inst){ 0 };
	return 0;
}

static int
exchange(struct wsman *w, const char *class, const char *action, const struct selector *sel,
    const char *body, const char *what, struct inst *out, struct err *e)
{
	SCOPED(buf) struct buf request = { 0 };
	SCOPED(http_reply) struct http_reply reply = { 0 };
	SCOPED(inst) struct inst ignored = { 0 };

	envelope(w, class, action, sel, body, &request);
	if (request.bad)
		return err_set(e, ERR_MEMORY, "%s", what);
	w->fault[0] = '\0';
	w->calls++;
	if (http_post(w->http, request.p, request.len, &reply, e) < 0)
		return err_wrap(e, what);
	return read_reply(w, &reply, what, out != NULL ? out : &ignored, e);
}

static int
transfer_op(struct wsman *w, const char *op, const char *class, const struct selector *sel,
    const char *body, struct inst *out, struct err *e)
{
	char action[96], what[96];

	(void)snprintf(action, sizeof(action), "%s%s", transfer, op);
	(void)snprintf(what, sizeof(what), "%s %s", op, class);
	return exchange(w, class, action, sel, body, what, out, e);
}

int
wsman_get(struct wsman *w, const char *class, const struct selector *sel, struct inst *out, struct err *e)
{
	if (transfer_op(w, "Get", class, sel, "", out, e) < 0)
		return -1;
	if (out->node == NULL || strcmp(xml_name(out->node), class) != 0)
		return err_set(e, ERR_ANSWER, "Get %s: no instance in the answer", class);
	return 0;
}

int
wsman_put(struct wsman *w, const char *class, const struct selector *sel, const struct inst *in, struct err *e)
{
	SCOPED(buf) struct buf body = { 0 };

	inst_write(in, &body);
	return transfer_op(w, "Put", class, sel, buf_str(&body), NULL, e);
}

static int
op_with_properties(struct wsman *w, const char *op, const char *class, const struct selector *sel,
    const char *properties, struct err *e)
{
	SCOPED(buf) struct buf body = { 0 };

	buf_printf(&body, "<r:%s>%s</r:%s>", class, properties, class);
	return transfer_op(w, op, class, sel, buf_str(&body), NULL, e);
}

int
wsman_create(struct wsman *w, const char *class, const char *properties, struct err *e)
{
	return op_with_properties(w, "Create", class, NULL, properties, e);
}

int
wsman_put_body(struct wsman *w, const char *class, const struct selector *sel, const char *properties, struct err *e)
{
	return op_with_properties(w, "Put", class, sel, properties, e);
}

int
wsman_delete(struct wsman *w, const char *class, const struct selector *sel, struct err *e)
{
	return transfer_op(w, "Delete", class, sel, "", NULL, e);
}

/* One Pull: its items move to the list. Returns 1 for more to come, 0 at the end. */
static int
pull(struct wsman *w, const char *class, char context[128], xmlNode *list, struct err *e)
{
	SCOPED(buf) struct buf body = { 0 };
	SCOPED(inst) struct inst page = { 0 };
	char action[96], what[96];

	(void)snprintf(action, sizeof(action), "%s/Pull", enumeration);
	(void)snprintf(what, sizeof(what), "Pull %s", class);
	buf_printf(&body, "<n:Pull xmlns:n=\"%s\"><n:EnumerationContext>", enumeration);
	buf_xml(&body, context);
	buf_puts(&body, "</n:EnumerationContext><n:MaxElements>999</n:MaxElements>"
			"<n:MaxCharacters>99999</n:MaxCharacters></n:Pull>");
	if (exchange(w, class, action, NULL, buf_str(&body), what, &page, e) < 0)
		return -1;
	if (page.node == NULL || strcmp(xml_name(page.node), "PullResponse") != 0)
		return err_set(e, ERR_ANSWER, "%s: no PullResponse", what);
	for (xmlNode *n = xml_first(xml_child(page.node, "Items")); n != NULL;) {
		xmlNode *next = n->next;

		if (n->type == XML_ELEMENT_NODE) {
			xmlNode *copy = xmlDocCopyNode(n, list->doc, 1);

			if (copy == NULL || xmlAddChild(list, copy) == NULL)
				return err_set(e, ERR_MEMORY, "%s", what);
		}
		n = next;
	}
	const xmlNode *more = xml_child(page.node, "EnumerationContext");
	if (xml_child(page.node, "EndOfSequence") != NULL || more == NULL)
		return 0;
	return xml_text(more, context, 128) ? 1 : err_set(e, ERR_ANSWER, "%s: context too long", what);
}

int
wsman_list(struct wsman *w, const char *class, struct inst *out, struct err *e)
{
	SCOPED(buf) struct buf body = { 0 };
	SCOPED(inst) struct inst first = { 0 }, list = { 0 };
	char action[96], what[96], context[128];

	(void)snprintf(action, sizeof(action), "%s/Enumerate", enumeration);
	(void)snprintf(what, sizeof(what), "Enumerate %s", class);
	buf_printf(&body, "<n:Enumerate xmlns:n=\"%s\"/>", enumeration);
	if (exchange(w, class, action, NULL, buf_str(&body), what, &first, e) < 0)
		return -1;
	if (!inst_text(&first, "EnumerationContext", context, sizeof(context)))
		return err_set(e, ERR_ANSWER, "%s: no context", what);
	list.doc = xmlNewDoc((const xmlChar *)"1.0");
	list.node = list.doc == NULL ? NULL : xmlNewDocNode(list.doc, NULL, (const xmlChar *)"list", NULL);
	if (list.node == NULL)
		return err_set(e, ERR_MEMORY, "%s", what);
	(void)xmlDocSetRootElement(list.doc, list.node);
	int more = 1;
	for (int i = 0; more == 1; i++) {
		if (i == PULL_MAX)
			return err_set(e, ERR_ANSWER, "%s: no end after %d pulls", what, PULL_MAX);
		more = pull(w, class, context, list.node, e);
	}
	if (more < 0)
		return -1;
	*out = list;
	list = (struct inst){ 0 };
	return 0;
}

int
wsman_call(struct wsman *w, const char *class, const char *method, const struct selector *sel,
    const char *params, uint32_t *status, struct inst *out, struct err *e)
{
	SCOPED(buf) struct buf action = { 0 }, body = { 0 };
	SCOPED(inst) struct inst got = { 0 };
	char what[96];

	wsman_ns(&action, class);
	buf_printf(&action, "/%s", method);
	buf_printf(&body, "<r:%s_INPUT>%s</r:%s_INPUT>", method, params, method);
	(void)snprintf(what, sizeof(what), "%s.%s", class, method);
	if (exchange(w, class, buf_str(&action), sel, buf_str(&body), what, &got, e) < 0)
		return -1;
	size_t n = strlen(method);
	if (got.node == NULL || strncmp(xml_name(got.node), method, n) != 0 ||
	    strcmp(xml_name(got.node) + n, "_OUTPUT") != 0)
		return err_set(e, ERR_ANSWER, "%s: no output in the answer", what);
	if (inst_int(&got, "ReturnValue", UINT32_MAX, 0, status, e) < 0)
		return -1;
	if (out != NULL) {
		*out = got;
		got = (struct inst){ 0 };
	}
	return 0;
}

int
wsman_do(struct wsman *w, const char *class, const char *method, const struct selector *sel,
    const char *params, struct inst *out, struct err *e)
{
	uint32_t status;
	char what[96];

	if (wsman_call(w, class, method, sel, params, &status, out, e) < 0)
		return -1;
	(void)snprintf(what, sizeof(what), "%s.%s", class, method);
	return status == PT_SUCCESS ? 0 : pt_error(status, what, e);
}
