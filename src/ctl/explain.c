/* SPDX-License-Identifier: Apache-2.0 */
/* explain: musterctl explain: the page of an error code, or the list of codes. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "amt/status.h"
#include "base/file.h"
#include "ctl/ctl.h"

enum { PAGE_MAX = 64 * 1024 };

static int
list_codes(const struct ctl *c)
{
	size_t n;
	const struct err_info *rows = err_rows(&n);
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++) {
		ctl_say(c, "%5d  %s", (int)rows[i].code, rows[i].title);
		(void)json_array_append_new(all, json_pack("{s:i, s:s}", "code", (int)rows[i].code, "title", rows[i].title));
	}
	if (c->json)
		ctl_json(all);
	else
		json_decref(all);
	return CTL_OK;
}

static int
explain(struct ctl *c, struct err *e)
{
	SCOPED(buf) struct buf text = { 0 };
	char name[64], path[4096];

	if (c->nargs == 0)
		return list_codes(c);
	long code;

	if (ctl_number(c->args[0], "code", 0, INT_MAX, &code, e) < 0)
		return -1;
	const struct err_info *row = err_info((int)code);
	const struct pt_status *status = pt_status((uint32_t)code);
	if (row == NULL && status == NULL)
		return err_set(e, ERR_DB_NOT_FOUND, "no code %s; \"musterctl explain\" lists them", c->args[0]);
	if (row == NULL) {
		ctl_say(c, "AMT status %u %s: %s", status->number, status->name, status->meaning);
		if (c->json)
			ctl_json(json_pack("{s:i, s:s, s:s}", "status", (int)status->number, "name", status->name, "text", status->meaning));
		return CTL_OK;
	}
	(void)snprintf(name, sizeof(name), "help/errors/%ld.md", code);
	datadir_path(path, sizeof(path), name);
	if (file_read(path, PAGE_MAX, &text, e) < 0)
		return -1;
	if (c->json)
		ctl_json(json_pack("{s:i, s:s, s:s}", "code", (int)code, "title", row->title, "text", buf_str(&text)));
	else
		(void)fputs(buf_str(&text), stdout);
	return CTL_OK;
}

const struct command ctl_explain_commands[] = {
	{ "explain", "", "[CODE]", 0, 1, "Explain an error code: causes, checks, fix; without a code list all", NULL, explain },
	{ 0 },
};
