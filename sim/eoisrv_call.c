/* SPDX-License-Identifier: Apache-2.0 */
/* eoisrv_call: EOI calls carried out by what WS-Management does with the same device. */
#include "sim/eoisrv_call.h"

#include <stdlib.h>
#include <string.h>

#include "sim/mem.h"

void
args_add(struct args *a, const char *name, const char *text)
{
	if (text != NULL && a->n < ARGS_MAX)
		a->v[a->n++] = (struct field){ name, mem_copy(text), false };
}

void
args_all(struct args *a, const char *name, const struct eoisrv_vals *v, const char *field)
{
	for (size_t i = 0; eoisrv_text(v, field, i) != NULL; i++)
		args_add(a, name, eoisrv_text(v, field, i));
}

void
args_free(struct args *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i].text);
	a->n = 0;
}

static const struct wclass *
class_named(const char *name)
{
	size_t n;
	const struct wclass *const *all = schema_rows(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}

unsigned int
call_method(struct eoisrv_call *c, const char *cls, const char *method, const struct args *in,
    struct vals *out)
{
	struct call k = { .d = c->d, .cls = class_named(cls) };
	const struct method *m = k.cls == NULL ? NULL : schema_method(k.cls, method, &c->d->rel);
	unsigned int status = PT_UNSUPPORTED;

	if (m == NULL)
		return status;
	if (schema_invoke(&k, m, in->v, in->n, &status) != FAULT_NONE)
		status = PT_INVALID_PARAMETER;
	c->after = k.after;
	vals_free(&k.in);
	if (out != NULL)
		*out = k.out;
	else
		vals_free(&k.out);
	return status;
}

unsigned int
call_put(struct eoisrv_call *c, const char *cls, const struct args *in)
{
	struct call k = { .d = c->d, .cls = class_named(cls) };
	enum fault bad = k.cls == NULL ? FAULT_INTERNAL_ERROR : schema_put(&k, in->v, in->n);

	vals_free(&k.in);
	return bad == FAULT_NONE ? PT_SUCCESS : PT_INVALID_PARAMETER;
}

const char *
call_setting(const struct eoisrv_call *c, const char *cls, const char *prop)
{
	const char *text = device_named(c->d, cls, 0, prop);

	return text == NULL ? "" : text;
}

bool
call_is(const struct eoisrv_call *c, const char *cls, const char *prop)
{
	return strcmp(call_setting(c, cls, prop), "true") == 0;
}

void
call_list(struct eoisrv_call *c, const char *cls, const char *prop, const char *field)
{
	SCOPED(buf) struct buf all = { 0 };

	for (size_t i = 0; eoisrv_text(&c->in, field, i) != NULL; i++)
		buf_printf(&all, "%s%s", i == 0 ? "" : "\n", eoisrv_text(&c->in, field, i));
	device_set_named(c->d, cls, 0, prop, all.len == 0 ? NULL : buf_str(&all));
}

int
word_number(const char *const *words, const char *word)
{
	for (int i = 0; word != NULL && words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}
