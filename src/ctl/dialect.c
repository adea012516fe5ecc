/* SPDX-License-Identifier: Apache-2.0 */
/* dialect: musterctl dialect: how AMT before 3.2 is spoken to, as it is built in, or with the corrections of a file. */
#include <stdio.h>

#include "amt/eoi_dialect.h"
#include "base/file.h"
#include "ctl/ctl.h"

static json_t *
words_json(const char *list)
{
	json_t *words = json_array();
	char one[EOI_PATH_MAX];

	for (size_t i = 0; eoi_nth(list, i, one, sizeof(one)); i++)
		(void)json_array_append_new(words, json_string(one));
	return words;
}

static json_t *
fields_json(const struct eoi_field *f)
{
	json_t *fields = json_array();

	for (; f->name != NULL; f++) {
		const char grade[2] = { f->grade, '\0' };

		(void)json_array_append_new(fields, json_pack("{s:s, s:s, s:o}", "name", f->name, "grade", grade, "elements", words_json(f->paths)));
	}
	return fields;
}

static void
print_json(const struct eoi_dialect *d)
{
	json_t *all = json_array();

	for (size_t i = 0; i < EOI_OPS; i++) {
		const struct eoi_op *op = &d->ops[i];
		const char grade[2] = { op->grade, '\0' };

		(void)json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:o, s:o, s:b, s:o, s:o}", "operation", op->name, "path",
		    d->services[op->service].path, "grade", grade, "names", words_json(op->names), "releases", words_json(op->releases),
		    "repeat", (op->flags & EOI_REPEAT) != 0, "request", fields_json(op->request), "response", fields_json(op->response)));
	}
	ctl_json(all);
}

static int
dialect(struct ctl *c, struct err *e)
{
	SCOPED(buf) struct buf text = { 0 }, out = { 0 };
	struct eoi_dialect d;
	const char *file = c->nargs > 0 ? c->args[0] : "built in";

	if (c->nargs > 0 && file_read(file, EOI_FILE_MAX, &text, e) < 0)
		return -1;
	if (eoi_dialect_parse(buf_str(&text), text.len, file, &d, e) < 0)
		return -1;
	if (c->json) {
		print_json(&d);
	} else {
		eoi_dialect_write(&d, &out);
		(void)fputs(buf_str(&out), stdout);
	}
	eoi_dialect_free(&d);
	return CTL_OK;
}

const struct command ctl_dialect_commands[] = {
	{ "dialect", "", "[FILE]", 0, 1, "Print how AMT 2.0 to 3.1 is spoken to, with the corrections of FILE", NULL, dialect },
	{ 0 },
};
