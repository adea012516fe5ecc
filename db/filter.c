/* SPDX-License-Identifier: Apache-2.0 */
/* filter: filters people gave a name. */
#include "db/filter.h"

#include "base/text.h"

static const struct stmt list = {
	.name = "filter_list",
	.nparams = 1,
	.want = WANT_MANY,
	.sql = "SELECT name, filter ->> 'state', filter ->> 'search', filter ->> 'order', filter ->> 'level', filter ->> 'uuid',"
	       " filter ->> 'who', filter ->> 'what', filter ->> 'object'"
	       " FROM muster.saved_filter WHERE login = session_user AND screen = $1 ORDER BY name",
};
enum { C_NAME, C_STATE, C_SEARCH, C_ORDER, C_LEVEL, C_UUID, C_WHO, C_WHAT, C_OBJECT };
static const struct stmt save = {
	.name = "filter_save",
	.nparams = 10,
	.want = WANT_ONE,
	.sql = "SELECT muster.saved_filter_set($1, $2, jsonb_build_object('state', $3::text, 'search', $4::text, 'order', $5::text,"
	       " 'level', $6::text, 'uuid', $7::text, 'who', $8::text, 'what', $9::text, 'object', $10::text))",
};
static const struct stmt forget = {
	.name = "filter_forget",
	.nparams = 2,
	.want = WANT_ONE,
	.sql = "SELECT muster.saved_filter_set($1, $2, NULL)",
};

void
filter_list_send(struct dbq *q, const char *screen, dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { screen };

	dbq_send(q, &list, params, ARRAY_LEN(params), fn, arg, owner);
}

void
filter_from_row(const struct rows *r, size_t row, struct saved_filter *out)
{
	*out = (struct saved_filter){ 0 };
	(void)text_copy(out->name, sizeof(out->name), rows_text(r, row, C_NAME));
	(void)text_copy(out->state, sizeof(out->state), rows_text(r, row, C_STATE));
	(void)text_copy(out->search, sizeof(out->search), rows_text(r, row, C_SEARCH));
	(void)text_copy(out->order, sizeof(out->order), rows_text(r, row, C_ORDER));
	(void)text_copy(out->level, sizeof(out->level), rows_text(r, row, C_LEVEL));
	(void)text_copy(out->uuid, sizeof(out->uuid), rows_text(r, row, C_UUID));
	(void)text_copy(out->who, sizeof(out->who), rows_text(r, row, C_WHO));
	(void)text_copy(out->what, sizeof(out->what), rows_text(r, row, C_WHAT));
	(void)text_copy(out->object, sizeof(out->object), rows_text(r, row, C_OBJECT));
}

void
filter_save_send(struct dbq *q, const char *screen, const struct saved_filter *f, dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { screen, f->name, f->state, f->search, f->order, f->level, f->uuid,
		f->who, f->what, f->object };

	dbq_send(q, &save, params, ARRAY_LEN(params), fn, arg, owner);
}

void
filter_forget_send(struct dbq *q, const char *screen, const char *name, dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { screen, name };

	dbq_send(q, &forget, params, ARRAY_LEN(params), fn, arg, owner);
}
