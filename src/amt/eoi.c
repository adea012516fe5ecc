/* SPDX-License-Identifier: Apache-2.0 */
/* eoi: one operation with a device: spelling after spelling until it is understood. */
#include "amt/eoi.h"

#include <stdio.h>
#include <string.h>

#include "amt/status.h"
#include "base/text.h"

/* HTTP errors that say nothing about the request. */
static const long busy[] = { 408, 429, 503 };

enum reply { UNDERSTOOD, REFUSED, FAILED };

/* What was said, without what the request hides. */
static void
keep(struct eoi_answer *a, const struct http_call *call, const struct buf *request, const struct http_reply *reply)
{
	a->said = (struct eoi_said){ .action.max = EOI_SAID_MAX, .request.max = EOI_SAID_MAX, .reply = { .status = reply->status, .soap = reply->soap } };
	buf_puts(&a->said.action, call->action);
	http_hide(call->hidden, call->nhidden, buf_str(request), request->len, &a->said.request);
	a->said.reply.body.max = EOI_SAID_MAX;
	http_hide(call->hidden, call->nhidden, buf_str(&reply->body), reply->body.len, &a->said.reply.body);
}

void
eoi_tell(const struct eoi_answer *a, const struct err *why)
{
	if (a->from == NULL || a->from->odd == NULL)
		return;
	a->from->odd(a->from->odd_arg, why,
	    &(struct http_exchange){ .path = a->from->dialect->services[a->op->service].path, .action = buf_str(&a->said.action),
		.request = buf_str(&a->said.request), .len = a->said.request.len, .reply = &a->said.reply });
}

/* A reply in hand: understood (an answer in *out), refused (the next spelling may come), or failed. */
static enum reply
judge(const struct eoi_op *op, const struct http_reply *r, struct eoi_answer *out, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(busy); i++)
		if (r->status == busy[i]) {
			(void)err_set(e, ERR_HTTP, "%s: HTTP status %ld", op->name, r->status);
			return FAILED;
		}
	int rc = r->body.len > 0 ? eoi_read(op, r->body.p, r->body.len, out, e)
				 : err_set(e, ERR_ANSWER, "%s: an empty answer", op->name);
	if (rc == 1 && r->status == 200)
		return UNDERSTOOD;
	if (rc == 0 || r->status >= 400) {
		if (rc != 0)
			(void)err_set(e, ERR_HTTP, "HTTP status %ld", r->status);
		return REFUSED;
	}
	if (rc == 1)
		(void)err_set(e, ERR_HTTP, "%s: HTTP status %ld", op->name, r->status);
	return FAILED;
}

/* One spelling, sent and judged. */
static enum reply
try_one(struct eoi *w, enum eoi_id id, size_t attempt, const struct eoi_values *v, struct eoi_answer *a, struct err *e)
{
	SCOPED(buf) struct buf request = { 0 }, action = { 0 };
	SCOPED(http_reply) struct http_reply reply = { 0 };
	struct http_part hidden[EOI_VALUES_MAX];
	const struct eoi_op *op = &w->dialect->ops[id];
	struct http_call call = { .path = w->dialect->services[op->service].path, .type = "text/xml; charset=utf-8", .hidden = hidden };

	eoi_answer_free(a);
	a->from = w;
	a->op = op;
	if (eoi_write(w->dialect, id, attempt, v, &request, &action, hidden, EOI_VALUES_MAX, &call.nhidden, e) < 0)
		return FAILED;
	call.action = buf_str(&action);
	w->calls++;
	if (http_call(w->http, &call, request.p, request.len, &reply, e) < 0)
		return FAILED;
	keep(a, &call, &request, &reply);
	enum reply rc = judge(op, &reply, a, e);
	if (rc != UNDERSTOOD)
		eoi_tell(a, e);
	return rc;
}

/* Is every name of the request known to be right? Then a refusal says nothing about spellings. */
static bool
sure(const struct eoi_op *op)
{
	bool all = op->grade == 'A' && eoi_tries(op) == 1;

	for (const struct eoi_field *f = op->request; f->name != NULL; f++)
		all &= f->grade == 'A';
	return all;
}

/* Every spelling, the known one first. */
static int
try_all(struct eoi *w, enum eoi_id id, const struct eoi_values *v, struct eoi_answer *a, struct err *e)
{
	const struct eoi_op *op = &w->dialect->ops[id];
	size_t n = eoi_tries(op), known = eoi_known_get(w->known, w->version, id);

	known = known < n ? known : 0;
	for (size_t i = 0; i < n; i++) {
		size_t attempt = i == 0 ? known : i <= known ? i - 1 : i;
		enum reply rc = try_one(w, id, attempt, v, a, e);

		if (rc == FAILED)
			return -1;
		if (rc == UNDERSTOOD) {
			eoi_known_set(w->known, w->version, id, attempt);
			return 0;
		}
		if ((op->flags & EOI_CAREFUL) != 0 && !http_alive(w->http))
			break;
	}
	struct err last = *e;
	if (sure(op))
		return err_set(e, last.code, "%s: %.180s", op->name, last.text);
	return err_set(e, ERR_DIALECT, "%s: refused in every spelling (%zu): %.100s", op->name, n, last.text);
}

int
eoi_call(struct eoi *w, enum eoi_id id, const struct eoi_values *v, uint32_t *status, struct eoi_answer *out, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	const struct eoi_op *op = &w->dialect->ops[id];

	if (w->major != 0 && !eoi_in_release(op, w->major, w->minor))
		return err_set(e, ERR_ABSENT, "AMT %u.%u does not have %s", w->major, w->minor, op->name);
	if (try_all(w, id, v, &a, e) < 0)
		return -1;
	*status = a.status;
	if (out != NULL) {
		*out = a;
		a = (struct eoi_answer){ 0 };
	}
	return 0;
}

/* Does the table only guess at a field of the request? */
static bool
guessed(const struct eoi_op *op)
{
	for (const struct eoi_field *f = op->request; f->name != NULL; f++)
		if (f->grade == 'D')
			return true;
	return false;
}

int
eoi_error(struct eoi *w, enum eoi_id id, uint32_t status, const struct eoi_answer *a, struct err *e)
{
	const struct eoi_op *op = &w->dialect->ops[id];
	char what[96];

	(void)snprintf(what, sizeof(what), "%s%s", op->name, status == PT_INVALID_PARAMETER && guessed(op) ? " (dialect?)" : "");
	(void)pt_error(status, what, e);
	eoi_tell(a, e);
	return -1;
}

int
eoi_do(struct eoi *w, enum eoi_id id, const struct eoi_values *v, struct eoi_answer *out, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	uint32_t status;

	if (eoi_call(w, id, v, &status, &a, e) < 0)
		return -1;
	if (status != PT_SUCCESS)
		return eoi_error(w, id, status, &a, e);
	if (out != NULL) {
		*out = a;
		a = (struct eoi_answer){ 0 };
	}
	return 0;
}
