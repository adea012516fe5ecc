/* SPDX-License-Identifier: Apache-2.0 */
/* schema_write: what a client sends to change a device, held against the tables. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "sim/mem.h"
#include "sim/schema.h"

/* Bring one field to its one form and add it. false: it does not fit the row. */
static bool
take(const struct prop *p, const struct field *f, struct vals *out)
{
	if (f->is_ref != (p->type == V_REF))
		return false;
	if (!(p->flags & P_ARRAY) && vals_text(out, p->name) != NULL)
		return false;
	SCOPED(mem) char *text = val_normal(p, f->text);
	if (text == NULL)
		return false;
	vals_add(out, p, text);
	return true;
}

static bool
shown(const struct call *c, const struct vals *now, const struct prop *p)
{
	return c->d->rel.code >= p->since &&
	       (p->flags & (P_ADD | P_WO) || vals_text(now, p->name) != NULL);
}

/* An empty optional element means the same as none, for types that have no empty value. */
static bool
means_nothing(const struct prop *p, const struct field *f)
{
	return p->type == V_STR && f->text[0] == '\0' && !f->is_ref && p->flags & (P_WO | P_ADD);
}

static bool
take_instance(struct call *c, const struct vals *now, const struct field *f, size_t n)
{
	const struct wclass *k = c->cls;

	for (size_t i = 0; i < n; i++) {
		const struct prop *p = prop_find(k->props, k->nprops, f[i].name);

		if (p == NULL || p->flags & P_REJECT || (now != NULL && !shown(c, now, p)))
			return false;
		if (p->type != V_DATE && !means_nothing(p, &f[i]) && !take(p, &f[i], &c->in))
			return false;
	}
	for (size_t i = 0; i < k->nprops; i++)
		if (k->props[i].flags & P_REQ && c->d->rel.code >= k->props[i].since &&
		    vals_text(&c->in, k->props[i].name) == NULL)
			return false;
	return true;
}

/* Arrays that were left out become empty; scalars stay. */
static void
store(struct call *c)
{
	const struct wclass *k = c->cls;

	for (size_t i = 0; i < k->nprops; i++) {
		const struct prop *p = &k->props[i];
		SCOPED(buf) struct buf all = { 0 };

		if (!(p->flags & P_RW))
			continue;
		if (!(p->flags & P_ARRAY)) {
			if (vals_text(&c->in, p->name) != NULL)
				device_set(c->d, p, c->inst, vals_text(&c->in, p->name));
			continue;
		}
		for (size_t v = 0; vals_nth(&c->in, p->name, v) != NULL; v++)
			buf_printf(&all, "%s%s", v == 0 ? "" : "\n", vals_nth(&c->in, p->name, v));
		device_set(c->d, p, c->inst, all.len == 0 ? NULL : buf_str(&all));
	}
}

enum fault
schema_put(struct call *c, const struct field *f, size_t n)
{
	SCOPED(vals) struct vals now = { 0 };

	schema_read(c->cls, c->d, c->inst, &now);
	if (!take_instance(c, &now, f, n))
		return FAULT_INVALID_REPRESENTATION;
	for (size_t i = 0; i < c->in.n; i++) {
		const struct val *v = &c->in.v[i];
		const char *have = vals_text(&now, v->prop->name);

		if (v->prop->flags & P_KEY && v->prop->type != V_REF && have != NULL &&
		    strcmp(have, v->text) != 0)
			return FAULT_INVALID_REPRESENTATION;
	}
	enum fault bad = c->cls->put == NULL ? FAULT_NONE : c->cls->put(c);
	if (bad == FAULT_NONE)
		store(c);
	return bad;
}

enum fault
schema_create(struct call *c, const struct field *f, size_t n)
{
	if (!take_instance(c, NULL, f, n))
		return FAULT_INVALID_REPRESENTATION;
	return c->cls->create(c);
}

enum fault
schema_invoke(
    struct call *c, const struct method *m, const struct field *f, size_t n, unsigned int *status)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		while (at < m->nin && strcmp(m->in[at].name, f[i].name) != 0)
			at++;
		if (at == m->nin || !take(&m->in[at], &f[i], &c->in))
			return FAULT_SCHEMA_VALIDATION;
	}
	for (size_t i = 0; i < m->nin; i++)
		if (m->in[i].flags & P_REQ && vals_text(&c->in, m->in[i].name) == NULL)
			return FAULT_INVALID_PARAMETER;
	*status = m->run(c);
	return FAULT_NONE;
}
