/* SPDX-License-Identifier: Apache-2.0 */
/* wsman: one WS-Management request to its reply. */
#include "sim/wsman.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/mem.h"

enum { REALM_ADMIN = 3, REALM_INFO = 13, NAME_MAX_LEN = 128 };

int
wsman_read(struct device *d, const char *text, size_t len, struct wsman *w)
{
	*w = (struct wsman){ .where = { "None", "", NULL } };
	if (soap_parse(text, len, &w->req) < 0)
		return -1;
	w->bad = w->req.fault;
	w->where.op = soap_op_name(w->req.op);
	if (w->req.op == SOAP_IDENTIFY || w->req.uri == NULL)
		return 0;
	w->cls = schema_by_uri(w->req.uri, &d->rel);
	if (w->cls == NULL) {
		if (w->bad == FAULT_NONE)
			w->bad = FAULT_DESTINATION_UNREACHABLE;
		return 0;
	}
	w->where.cls = w->cls->name;
	if (w->req.op == SOAP_INVOKE)
		w->method = schema_method(w->cls, w->req.method, &d->rel);
	if (w->method != NULL)
		w->where.method = w->method->name;
	return 0;
}

void
wsman_free(struct wsman *w)
{
	soap_free(&w->req);
	buf_free(&w->body);
}

static const char *
item_name(const struct wclass *k)
{
	return k->item == NULL ? k->name : k->item;
}

static void
class_ns(const char *name, char out[2 * NAME_MAX_LEN])
{
	const char *prefix = schema_namespace(name);

	(void)snprintf(out, 2 * NAME_MAX_LEN, "%s%s", prefix == NULL ? "" : prefix, name);
}

/* Faults that change what a property looks like. */
static void
spoil(struct device *d, const struct wclass *k, struct vals *v)
{
	for (size_t i = 0; i < v->n; i++) {
		const char *name = v->v[i].prop->name;

		if (fault_hit_value(&d->faults, FK_WRONG_TYPE, k->name, name) != NULL) {
			free(v->v[i].text);
			v->v[i].text = mem_copy("not-what-you-expect");
		}
		const struct fault_spec *f = fault_hit_value(&d->faults, FK_VALUE, k->name, name);
		if (f != NULL) {
			free(v->v[i].text);
			v->v[i].text = mem_copy(f->value);
		}
		if (fault_hit_value(&d->faults, FK_MISSING, k->name, name) != NULL) {
			free(v->v[i].text);
			v->n--;
			memmove(&v->v[i], &v->v[i + 1], (v->n - i) * sizeof(*v->v));
			i--;
		}
	}
}

static void
instance(struct device *d, const struct wclass *k, unsigned int inst,
    const struct soap_style *style, const char *prefix, const char *common, struct buf *out)
{
	SCOPED(vals) struct vals v = { 0 };

	schema_read(k, d, inst, &v);
	spoil(d, k, &v);
	soap_open(out, prefix, item_name(k));
	soap_vals(out, style, prefix, common, &v);
	soap_close(out, prefix, item_name(k));
}

struct work {
	struct device *d;
	struct wsman *w;
	struct call call;
	struct soap_style style;
	char ns[2 * NAME_MAX_LEN]; /* of the class */
	const char *g, *h;         /* prefixes of the reply */
	struct buf body;
};

static enum fault
select_one(struct work *k)
{
	return schema_select(k->w->cls, k->d, k->w->req.sel, k->w->req.nsel, &k->call.inst);
}

static enum fault
do_get(struct work *k)
{
	enum fault bad = select_one(k);

	if (bad == FAULT_NONE && k->w->req.body != NULL)
		bad = FAULT_SCHEMA_VALIDATION;
	if (bad == FAULT_NONE)
		instance(k->d, k->w->cls, k->call.inst, &k->style, "g", "h", &k->body);
	return bad;
}

static enum fault
body_fields(struct work *k, const char *name, struct fields *out)
{
	const xmlNode *b = k->w->req.body;

	if (b == NULL || !soap_is(b, k->ns, name) || !soap_fields(b, k->ns, out))
		return FAULT_SCHEMA_VALIDATION;
	return FAULT_NONE;
}

static enum fault
do_put(struct work *k)
{
	SCOPED(fields) struct fields f = { 0 };
	enum fault bad = select_one(k);

	if (bad == FAULT_NONE)
		bad = body_fields(k, k->w->cls->name, &f);
	if (bad == FAULT_SCHEMA_VALIDATION)
		bad = FAULT_INVALID_REPRESENTATION;
	if (bad == FAULT_NONE)
		bad = schema_put(&k->call, f.v, f.n);
	if (bad == FAULT_NONE)
		instance(k->d, k->w->cls, k->call.inst, &k->style, "g", "h", &k->body);
	return bad;
}

static enum fault
do_create(struct work *k)
{
	SCOPED(fields) struct fields f = { 0 };
	SCOPED(vals) struct vals keys = { 0 };
	enum fault bad =
	    k->w->req.nsel > 0 ? FAULT_INVALID_SELECTORS : body_fields(k, k->w->cls->name, &f);

	if (bad == FAULT_SCHEMA_VALIDATION)
		bad = FAULT_INVALID_REPRESENTATION;
	if (bad == FAULT_NONE)
		bad = schema_create(&k->call, f.v, f.n);
	if (bad != FAULT_NONE)
		return bad;
	schema_read(k->w->cls, k->d, k->call.inst, &keys);
	soap_open(&k->body, "g", "ResourceCreated");
	soap_epr(&k->body, &k->style, k->w->cls->name, &keys);
	soap_close(&k->body, "g", "ResourceCreated");
	k->g = NS_WXF;
	k->h = NULL;
	return FAULT_NONE;
}

static enum fault
do_delete(struct work *k)
{
	enum fault bad =
	    k->w->req.nsel == 0 && k->w->cls->count != NULL && schema_count(k->w->cls, k->d) > 1
		? FAULT_INVALID_SELECTORS
		: select_one(k);

	k->g = NULL;
	k->h = NULL;
	return bad == FAULT_NONE ? k->w->cls->del(&k->call) : bad;
}

static enum fault
do_enumerate(struct work *k)
{
	struct enum_context *c = &k->d->contexts[k->d->next_context % CONTEXTS];
	const xmlNode *b = k->w->req.body;

	if (b == NULL || !soap_is(b, NS_WSEN, "Enumerate"))
		return FAULT_SCHEMA_VALIDATION;
	*c = (struct enum_context){ .id = k->d->next_context++ % 255 + 1, .cls = k->w->cls };
	soap_open(&k->body, "g", "EnumerateResponse");
	buf_printf(&k->body,
	    "<g:EnumerationContext>%02X000000-0000-0000-0000-000000000000</g:EnumerationContext>",
	    c->id);
	soap_close(&k->body, "g", "EnumerateResponse");
	k->g = NS_WSEN;
	k->h = NULL;
	return FAULT_NONE;
}

static char *
child_text(const xmlNode *parent, const char *name)
{
	const xmlNode *n = soap_child(parent, NS_WSEN, name);
	xmlChar *text = n == NULL ? NULL : xmlNodeGetContent(n);
	char *out = text == NULL
			? NULL
			: mem_copy((const char *)text + strspn((const char *)text, " \r\n\t"));

	xmlFree(text);
	return out;
}

static struct enum_context *
find_context(struct work *k)
{
	SCOPED(mem) char *text = child_text(k->w->req.body, "EnumerationContext");
	char *end = NULL;
	unsigned long id = text == NULL ? 0 : strtoul(text, &end, 16) >> 24;

	/* contexts count up; %02X000000 is the number shifted left by 24 bits */
	for (size_t i = 0; i < CONTEXTS && id != 0; i++)
		if (k->d->contexts[i].id == id && k->d->contexts[i].cls == k->w->cls)
			return &k->d->contexts[i];
	return NULL;
}

static enum fault
do_pull(struct work *k)
{
	const xmlNode *b = k->w->req.body;

	if (b == NULL || !soap_is(b, NS_WSEN, "Pull"))
		return FAULT_SCHEMA_VALIDATION;
	struct enum_context *c = find_context(k);
	if (c == NULL)
		return FAULT_INVALID_CONTEXT;
	SCOPED(mem) char *text = child_text(b, "MaxElements");
	unsigned long most = text == NULL ? 1 : strtoul(text, NULL, 10);
	unsigned int n = schema_count(k->w->cls, k->d), first = c->next;
	if (most == 0)
		return FAULT_SCHEMA_VALIDATION;
	if (fault_has(&k->d->faults, FK_TWO_PAGES) != NULL && most > (n + 1) / 2)
		most = n < 2 ? 1 : (n + 1) / 2;
	unsigned int last = n - first > most ? first + (unsigned int)most : n;
	soap_open(&k->body, "g", "PullResponse");
	if (last < n)
		buf_printf(&k->body,
		    "<g:EnumerationContext>%02X000000-0000-0000-0000-000000000000</"
		    "g:EnumerationContext>",
		    c->id);
	soap_open(&k->body, "g", "Items");
	for (unsigned int i = first; i < last; i++)
		instance(k->d, k->w->cls, i, &k->style, "h", "i", &k->body);
	soap_close(&k->body, "g", "Items");
	if (last == n)
		buf_puts(&k->body, "<g:EndOfSequence></g:EndOfSequence>");
	soap_close(&k->body, "g", "PullResponse");
	c->next = last;
	if (last == n)
		*c = (struct enum_context){ 0 };
	k->g = NS_WSEN;
	class_ns(item_name(k->w->cls), k->ns);
	k->h = k->ns;
	return FAULT_NONE;
}

static enum fault
do_release(struct work *k)
{
	struct enum_context *c = k->w->req.body == NULL ? NULL : find_context(k);

	if (c == NULL)
		return FAULT_INVALID_CONTEXT;
	*c = (struct enum_context){ 0 };
	k->g = NULL;
	k->h = NULL;
	return FAULT_NONE;
}

static enum fault
do_invoke(struct work *k)
{
	SCOPED(fields) struct fields f = { 0 };
	const struct method *m = k->w->method;
	char name[NAME_MAX_LEN];

	if (m == NULL)
		return FAULT_ACTION_NOT_SUPPORTED;
	const struct fault_spec *s = fault_hit_on(&k->d->faults, FK_STATUS, &k->w->where);
	enum fault bad =
	    k->w->cls->count != NULL || k->w->req.nsel > 0 ? select_one(k) : FAULT_NONE;
	(void)snprintf(name, sizeof(name), "%s_INPUT", m->name);
	if (bad == FAULT_NONE)
		bad = body_fields(k, name, &f);
	if (bad == FAULT_NONE && s != NULL)
		k->w->status = (unsigned int)s->n;
	else if (bad == FAULT_NONE)
		bad = schema_invoke(&k->call, m, f.v, f.n, &k->w->status);
	if (bad != FAULT_NONE)
		return bad;
	(void)snprintf(name, sizeof(name), "%s_OUTPUT", m->name);
	soap_open(&k->body, "g", name);
	soap_vals(&k->body, &k->style, "g", "h", &k->call.out);
	buf_printf(&k->body, "<g:ReturnValue>%u</g:ReturnValue>", k->w->status);
	soap_close(&k->body, "g", name);
	k->h = NULL;
	return FAULT_NONE;
}

static const struct {
	enum soap_op op;
	unsigned int need; /* bit in wclass.ops; 0: none */
	enum fault (*run)(struct work *k);
	bool write;
} operations[] = {
	{ SOAP_GET, OP_GET, do_get, false },
	{ SOAP_PUT, OP_PUT, do_put, true },
	{ SOAP_CREATE, OP_CREATE, do_create, true },
	{ SOAP_DELETE, OP_DELETE, do_delete, true },
	{ SOAP_ENUMERATE, OP_ENUM, do_enumerate, false },
	{ SOAP_PULL, OP_ENUM, do_pull, false },
	{ SOAP_RELEASE, OP_ENUM, do_release, false },
	{ SOAP_INVOKE, 0, do_invoke, true },
};

/* Users need the administration realm to change things, general information to read. */
static bool
permitted(const struct acl *acl, bool write)
{
	if (acl == NULL)
		return true;
	for (size_t i = 0; i < acl->nrealms; i++)
		if (acl->realms[i] == REALM_ADMIN || (!write && acl->realms[i] == REALM_INFO))
			return true;
	return false;
}

static enum fault
dispatch(struct work *k, const struct acl *acl)
{
	const struct fault_spec *f = fault_hit_on(&k->d->faults, FK_FAULT, &k->w->where);

	if (f != NULL) {
		enum fault named = soap_fault_named(f->value);

		return named == FAULT_NONE ? FAULT_INTERNAL_ERROR : named;
	}
	if (k->w->bad != FAULT_NONE)
		return k->w->bad;
	for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
		if (operations[i].op != k->w->req.op)
			continue;
		if (operations[i].need != 0 && !(k->w->cls->ops & operations[i].need))
			return FAULT_ACTION_NOT_SUPPORTED;
		if (!permitted(acl, operations[i].write))
			return FAULT_ACCESS_DENIED;
		return operations[i].run(k);
	}
	return FAULT_ACTION_NOT_SUPPORTED;
}

static void
identify(const struct device *d, struct buf *out)
{
	buf_printf(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a:Envelope xmlns:a=\"" NS_SOAP "\" "
	    "xmlns:g=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\"><a:Header>"
	    "</a:Header><a:Body><g:IdentifyResponse><g:ProtocolVersion>" NS_WSMAN
	    "</g:ProtocolVersion><g:ProductVendor>Intel(r)</g:ProductVendor><g:ProductVersion>AMT "
	    "%s"
	    "</g:ProductVersion></g:IdentifyResponse></a:Body></a:Envelope>",
	    d->rel.text);
}

void
wsman_act(struct device *d, struct wsman *w, const struct acl *acl)
{
	struct work k = { .d = d, .w = w, .call = { .d = d, .cls = w->cls }, .h = NS_COMMON };

	if (w->req.op == SOAP_IDENTIFY) {
		identify(d, &w->body);
		return;
	}
	k.style.odd = fault_has(&d->faults, FK_ODD_XML) != NULL;
	k.style.no_suffix = fault_has(&d->faults, FK_NO_SUFFIX) != NULL;
	if (w->cls != NULL)
		class_ns(w->cls->name, k.ns);
	k.g = k.ns;
	enum fault bad = dispatch(&k, acl);
	d->message_id++;
	w->is_fault = bad != FAULT_NONE;
	w->after = w->is_fault ? AFTER_NOTHING : k.call.after;
	if (w->is_fault) {
		w->status = 400;
		soap_fault(&w->body, &w->req, d->message_id, bad);
	} else
		soap_reply(&w->body, &w->req, d->message_id, &k.style, k.g, k.h, &k.body);
	device_logged(d, w->where.op, w->where.cls, w->where.method, w->status);
	vals_free(&k.call.in);
	vals_free(&k.call.out);
	buf_free(&k.body);
}
