/* SPDX-License-Identifier: Apache-2.0 */
/* eoisrv: one EOI request to its answer. */
#include "sim/eoisrv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/keystore.h"
#include "sim/mem.h"
#include "sim/pending.h"
#include "sim/soap.h"

#define NS_SOAP11 "http://schemas.xmlsoap.org/soap/envelope/"

enum { REALM_ADMIN = 3, HTTP_ERROR = 500 };

static const struct eoisrv_family *const families[] = { &eoisrv_admin, &eoisrv_keys,
	&eoisrv_network, &eoisrv_setup };

const struct eoisrv_row *
eoisrv_row(enum eoi_id id)
{
	static const struct eoisrv_row *by_id[EOI_OPS];

	if (by_id[EOI_GET_CORE_VERSION] == NULL)
		for (size_t f = 0; f < ARRAY_LEN(families); f++)
			for (size_t i = 0; i < families[f]->n; i++)
				by_id[families[f]->rows[i].id] = &families[f]->rows[i];
	return by_id[id];
}

/* The first spelling of each operation, for answers, faults and the log. */
static const char *
first_name(const struct eoi_op *op)
{
	static char names[EOI_OPS][EOI_NAME_MAX];
	char *name = names[op - eoi_dialect_builtin()->ops];

	if (name[0] == '\0')
		(void)eoi_nth(op->names, 0, name, EOI_NAME_MAX);
	return name;
}

bool
eoisrv_path(const struct device *d, const char *path)
{
	const struct eoi_dialect *all = eoi_dialect_builtin();

	for (size_t i = 0; d->rel.has->speaks & SPEAKS_EOI && i < EOI_SERVICES; i++)
		if (strcasecmp(all->services[i].path, path) == 0)
			return true;
	return false;
}

/* The fault only-name:NAME leaves one spelling of the operations that have it. */
static bool
name_known(const struct device *d, const struct eoi_op *op, const char *sent)
{
	char name[EOI_NAME_MAX];

	for (size_t i = 0; i < d->faults.n; i++) {
		const struct fault_spec *f = &d->faults.v[i];

		for (size_t n = 0; f->kind == FK_ONLY_NAME && f->left != 0 &&
				   eoi_nth(op->names, n, name, sizeof(name));
		     n++)
			if (strcmp(name, f->name) == 0)
				return strcmp(sent, name) == 0;
	}
	return true;
}

static const xmlNode *
body_element(const xmlDoc *doc)
{
	const xmlNode *root = xmlDocGetRootElement(doc);
	const xmlNode *body = root != NULL && soap_is(root, NS_SOAP11, "Envelope")
				  ? soap_child(root, NS_SOAP11, "Body")
				  : NULL;

	return body == NULL ? NULL : xmlFirstElementChild((xmlNode *)(uintptr_t)body);
}

int
eoisrv_read(struct device *d, const char *path, const char *text, size_t len, struct eoisrv *q)
{
	*q = (struct eoisrv){ .where = { "None", "", NULL }, .doc = soap_doc(text, len) };
	q->element = q->doc == NULL ? NULL : body_element(q->doc);
	if (q->element == NULL)
		return -1;
	const char *sent = (const char *)q->element->name;
	const struct eoi_dialect *all = eoi_dialect_builtin();
	const struct eoi_op *op = eoi_find(all, path, sent);
	if (op == NULL || !eoi_in_release(op, d->rel.code / 100, d->rel.code % 100) ||
	    !name_known(d, op, sent))
		return 0;
	q->row = eoisrv_row((enum eoi_id)(op - all->ops));
	if (q->row == NULL)
		return 0;
	q->op = op;
	q->where =
	    (struct fault_where){ "Invoke", all->services[op->service].path + 1, first_name(op) };
	return 0;
}

void
eoisrv_free(struct eoisrv *q)
{
	xmlFreeDoc(q->doc);
	buf_free(&q->body);
	*q = (struct eoisrv){ 0 };
}

static bool
permitted(const struct eoisrv_row *row, const struct acl *who)
{
	if (who == NULL || row->realm == EOISRV_ANY)
		return true;
	for (size_t i = 0; i < who->nrealms; i++)
		if (who->realms[i] == REALM_ADMIN ||
		    (row->realm != 0 && who->realms[i] == row->realm))
			return true;
	return false;
}

/* Gives the status. */
static unsigned int
run(struct eoisrv *q, struct eoisrv_call *c, const struct acl *who)
{
	const struct fault_spec *s = fault_hit_on(&c->d->faults, FK_STATUS, &q->where);

	if (!permitted(q->row, who))
		return PT_NOT_PERMITTED;
	if (!eoisrv_decode(q->op, q->element, &c->in))
		return PT_INVALID_PARAMETER;
	if (s != NULL)
		return (unsigned int)s->n;
	bool waits = q->row->flags & EOISRV_WAITS &&
		     fault_hit_on(&c->d->faults, FK_AT_ONCE, &q->where) == NULL;
	if (waits)
		pending_begin(c->d, q->row->parts);
	unsigned int status = q->row->run(c);
	pending_end(c->d);
	return status;
}

/* How an answer is written. */
struct style {
	const char *soap, *service, *eq, *status;
};

static void
open_envelope(struct buf *b, const struct style *s, const char *ns)
{
	buf_printf(b, "<?xml version%s\"1.0\" encoding%s\"UTF-8\"?><%s:Envelope xmlns:%s%s\"%s\"",
	    s->eq, s->eq, s->soap, s->soap, s->eq, NS_SOAP11);
	if (ns != NULL)
		buf_printf(b, " xmlns:%s%s\"%s\"", s->service, s->eq, ns);
	buf_printf(b, "><%s:Body>", s->soap);
}

static void
close_envelope(struct buf *b, const struct style *s)
{
	buf_printf(b, "</%s:Body></%s:Envelope>", s->soap, s->soap);
}

static void
write_fault(struct eoisrv *q, const struct style *s, const char *text)
{
	q->is_fault = true;
	q->status = HTTP_ERROR;
	open_envelope(&q->body, s, NULL);
	buf_printf(
	    &q->body, "<%s:Fault><faultcode>%s:Client</faultcode><faultstring>", s->soap, s->soap);
	buf_xml(&q->body, text);
	buf_printf(&q->body, "</faultstring></%s:Fault>", s->soap);
	close_envelope(&q->body, s);
}

static void
write_answer(struct eoisrv *q, const struct style *s, const struct eoisrv_call *c)
{
	const struct eoi_service *service = &eoi_dialect_builtin()->services[q->op->service];
	SCOPED(mem) char *name = mem_print("%sResponse", q->where.method);

	open_envelope(&q->body, s, service->ns);
	soap_open(&q->body, s->service, name);
	buf_printf(
	    &q->body, "<%s:%s>%u</%s:%s>", s->service, s->status, q->status, s->service, s->status);
	if (q->status == PT_SUCCESS)
		eoisrv_encode(q->op, &c->out, s->service, &q->body);
	soap_close(&q->body, s->service, name);
	close_envelope(&q->body, s);
}

void
eoisrv_act(struct device *d, struct eoisrv *q, const struct acl *who)
{
	static const struct style usual = { "b", "g", "=", "Status" };
	static const struct style other = { "SOAP-ENV", "sai", " = ", "Status" };
	struct style s = fault_has(&d->faults, FK_ODD_XML) != NULL ? other : usual;
	struct eoisrv_call c = { .d = d };
	const struct fault_spec *f = fault_hit_on(&d->faults, FK_FAULT, &q->where);

	if (fault_hit(&d->faults, FK_STATUS_CODE) != NULL)
		s.status = "StatusCode";
	if (f != NULL)
		write_fault(q, &s, f->value);
	else if (q->op == NULL)
		write_fault(
		    q, &s, "Method not implemented: method name or namespace not recognized");
	else {
		q->status = run(q, &c, who);
		q->after = q->status == PT_SUCCESS ? c.after : AFTER_NOTHING;
		write_answer(q, &s, &c);
	}
	device_logged(d, q->where.op, q->where.cls, q->where.method, q->status);
	eoisrv_vals_free(&c.in);
	eoisrv_vals_free(&c.out);
}
