/* SPDX-License-Identifier: Apache-2.0 */
/* schema: what every class has in common; the tables of the families made into one. */
#include "sim/schema.h"

#include <stdlib.h>
#include <string.h>

#include "sim/mem.h"

enum { CLASSES_MAX = 96 };

static const struct {
	const char *start, *prefix;
} namespaces[] = {
	{ "AMT_", "http://intel.com/wbem/wscim/1/amt-schema/1/" },
	{ "IPS_", "http://intel.com/wbem/wscim/1/ips-schema/1/" },
	{ "CIM_", "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/" },
};

static const struct family *const families[] = { &family_access, &family_info, &family_keys,
	&family_network, &family_power, &family_redirect, &family_setup, &family_tls };

static int
by_name(const void *a, const void *b)
{
	const struct wclass *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

const struct wclass *const *
schema_rows(size_t *n)
{
	static const struct wclass *all[CLASSES_MAX];
	static size_t count;

	if (count == 0) {
		for (size_t f = 0; f < ARRAY_LEN(families); f++)
			for (size_t i = 0; i < families[f]->n && count < CLASSES_MAX; i++)
				all[count++] = &families[f]->rows[i];
		qsort(all, count, sizeof(all[0]), by_name);
	}
	*n = count;
	return all;
}

const char *
schema_namespace(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(namespaces); i++)
		if (strncmp(name, namespaces[i].start, strlen(namespaces[i].start)) == 0)
			return namespaces[i].prefix;
	return NULL;
}

static bool
in_release(unsigned int since, unsigned int until, const struct release *r)
{
	return r->code >= since && (until == 0 || r->code < until);
}

const struct wclass *
schema_by_uri(const char *uri, const struct release *r)
{
	const char *slash = strrchr(uri, '/');
	const char *prefix = slash == NULL ? NULL : schema_namespace(slash + 1);
	size_t n;
	const struct wclass *const *all = schema_rows(&n);

	if (prefix == NULL || strlen(prefix) != (size_t)(slash + 1 - uri) ||
	    strncmp(uri, prefix, strlen(prefix)) != 0)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i]->name, slash + 1) == 0)
			return in_release(all[i]->since, all[i]->until, r) ? all[i] : NULL;
	return NULL;
}

const struct method *
schema_method(const struct wclass *k, const char *name, const struct release *r)
{
	for (size_t i = 0; i < k->nmethods; i++)
		if (strcmp(k->methods[i].name, name) == 0 &&
		    in_release(k->methods[i].since, k->methods[i].until, r))
			return &k->methods[i];
	return NULL;
}

unsigned int
schema_count(const struct wclass *k, const struct device *d)
{
	return k->count == NULL ? 1 : k->count(d);
}

static void
read_prop(const struct wclass *k, const struct device *d, unsigned int inst, const struct prop *p,
    struct vals *out)
{
	if (d->rel.code < p->since || p->flags & P_WO)
		return;
	if (k->fill != NULL && k->fill(d, inst, p, out))
		return;
	const char *text = device_setting(d, p, inst);
	if (text == NULL)
		return;
	if (!(p->flags & P_ARRAY)) {
		vals_add(out, p, text);
		return;
	}
	SCOPED(mem) char *copy = mem_copy(text);
	char *rest = copy;
	for (char *part = strsep(&rest, "\n"); part != NULL; part = strsep(&rest, "\n"))
		vals_add(out, p, part);
}

void
schema_read(const struct wclass *k, const struct device *d, unsigned int inst, struct vals *out)
{
	for (size_t i = 0; i < k->nprops; i++)
		read_prop(k, d, inst, &k->props[i], out);
}

/* References match by their class and the selectors they have in common. */
static bool
ref_matches(const char *have, const char *want)
{
	size_t n = strcspn(want, "\t");

	if (strncmp(have, want, n) != 0 || (have[n] != '\t' && have[n] != '\0'))
		return false;
	SCOPED(mem) char *copy = mem_copy(want[n] == '\0' ? "" : want + n + 1);
	char *rest = copy;
	for (char *part = strsep(&rest, "\t"); part != NULL && *part != '\0';
	     part = strsep(&rest, "\t")) {
		char *eq = strchr(part, '=');

		if (eq == NULL)
			return false;
		*eq = '\0';
		SCOPED(mem) char *value = ref_selector(have, part);
		if (value == NULL || strcmp(value, eq + 1) != 0)
			return false;
	}
	return true;
}

static bool
matches(const struct wclass *k, const struct device *d, unsigned int inst,
    const struct selector *sel, size_t nsel)
{
	SCOPED(vals) struct vals have = { 0 };

	schema_read(k, d, inst, &have);
	for (size_t i = 0; i < nsel; i++) {
		const char *text = vals_text(&have, sel[i].name);
		const struct prop *p = prop_find(k->props, k->nprops, sel[i].name);

		if (text == NULL || p == NULL)
			return false;
		if (p->type == V_REF ? !ref_matches(text, sel[i].value)
				     : strcmp(text, sel[i].value) != 0)
			return false;
	}
	return true;
}

enum fault
schema_select(const struct wclass *k, const struct device *d, const struct selector *sel,
    size_t nsel, unsigned int *inst)
{
	unsigned int n = schema_count(k, d), found = 0;

	for (size_t i = 0; i < nsel; i++) {
		const struct prop *p = prop_find(k->props, k->nprops, sel[i].name);

		if (p == NULL || !(p->flags & P_KEY))
			return d->rel.code < REL(4, 0) ? FAULT_DESTINATION_UNREACHABLE
						       : FAULT_INVALID_SELECTORS;
	}
	for (unsigned int i = 0; i < n; i++) {
		if (!matches(k, d, i, sel, nsel))
			continue;
		*inst = i;
		found++;
	}
	if (found == 0)
		return FAULT_DESTINATION_UNREACHABLE;
	return found == 1 ? FAULT_NONE : FAULT_INVALID_SELECTORS;
}
