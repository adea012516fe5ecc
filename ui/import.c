/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import: the report on a file of devices to stage: line by line what would be done and what is wrong, before
 * anything is stored. Then all of it is stored or, when the world changed meanwhile, nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "db/staged.h"
#include "ui/app.h"
#include "ui/widget/report.h"

struct import {
	struct app *app;
	char path[256];
	struct staged_file file;
	struct report lines;
	enum { CHECKING, CHECKED, STORING, STORED } state;
	struct err err; /* why there is no report */
};

static void
add_line(struct import *im, const struct staged_line *l)
{
	const char *says = l->says == NULL ? "" : l->says;
	char fqdn[128];

	if (l->code != 0) {
		report_add(&im->lines, STYLE_BAD, "%6zu  %s (%d)", l->line, says, l->code);
		return;
	}
	text_clean(fqdn, sizeof(fqdn), l->value[STAGED_FQDN], strlen(l->value[STAGED_FQDN]));
	report_add(&im->lines, STYLE_NORMAL, "%6zu  %s  %s%s  %s", l->line, fqdn, says, l->queued ? "; waits, will be queued" : "", l->uuid);
}

/* What is wrong first: there it is seen. */
static void
make_report(struct import *im)
{
	struct staged_sum sum = staged_file_sum(&im->file);

	report_free(&im->lines);
	report_add(&im->lines, STYLE_HEAD, "%s: %zu %s", im->path, im->file.n, im->file.n == 1 ? "device" : "devices");
	if (sum.refused > 0)
		report_add(&im->lines, STYLE_BAD, "%zu refused: mend the file, for nothing is stored while a line is wrong", sum.refused);
	else
		report_add(&im->lines, STYLE_GOOD, im->file.n == 0 ? "There is nothing to stage" : "Nothing is wrong; %zu of them wait and will be queued", sum.queued);
	report_add(&im->lines, STYLE_NORMAL, " ");
	report_add(&im->lines, STYLE_HEAD, "%6s  %s", "LINE", "WHAT");
	for (int bad = 1; bad >= 0; bad--)
		for (size_t i = 0; i < im->file.n; i++)
			if ((im->file.lines[i].code != 0) == (bad == 1))
				add_line(im, &im->file.lines[i]);
}

static void
on_checked(void *arg, const struct rows *r, const struct err *e)
{
	struct import *im = arg;

	app_touch(im->app);
	im->state = CHECKED;
	if (e != NULL) {
		im->err = *e;
		return;
	}
	staged_import_rows(&im->file, r);
	make_report(im);
}

static void
on_stored(void *arg, const struct rows *r, const struct err *e)
{
	struct import *im = arg;

	app_touch(im->app);
	im->state = CHECKED;
	if (e != NULL) {
		app_message(im->app, STYLE_BAD, "Nothing was stored: %s (%d)", e->text, (int)e->code);
		return;
	}
	staged_import_rows(&im->file, r);
	make_report(im);
	struct staged_sum sum = staged_file_sum(&im->file);
	if (sum.refused > 0) {
		app_message(im->app, STYLE_BAD, "Nothing was stored: %zu lines are refused now", sum.refused);
		return;
	}
	im->state = STORED;
	app_message(im->app, STYLE_GOOD, "%zu staged, %zu of them queued", sum.good, sum.queued);
}

static void *
open_import(struct app *a, const char *arg, struct err *e)
{
	struct import *im = calloc(1, sizeof(*im));
	SCOPED(buf) struct buf text = { 0 };

	if (im == NULL) {
		(void)err_set(e, ERR_MEMORY, "import");
		return NULL;
	}
	im->app = a;
	text_clean(im->path, sizeof(im->path), arg, strlen(arg));
	if (strcmp(arg, "-") == 0 ? err_set(e, ERR_FILE, "-: want the name of a file") < 0
				  : file_read(arg, STAGED_FILE_MAX, &text, e) < 0 || staged_file_read(&text, im->path, &im->file, e) < 0) {
		staged_file_free(&im->file);
		free(im);
		return NULL;
	}
	report_add(&im->lines, STYLE_DIM, "Checking %zu devices; nothing is stored ...", im->file.n);
	staged_import_send(app_db(a), &im->file, "check", on_checked, im, im);
	return im;
}

static void
close_import(void *model)
{
	struct import *im = model;

	dbq_cancel(app_db(im->app), im);
	staged_file_free(&im->file);
	report_free(&im->lines);
	free(im);
}

static void
load(void *model)
{
	(void)model;
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	(void)table;
	return false;
}

/* Something can be stored: the report is there, and nothing in it is wrong. */
static unsigned int
have(const void *model)
{
	const struct import *im = model;

	return im->state == CHECKED && im->err.code == ERR_NONE && im->file.n > 0 && staged_file_sum(&im->file).refused == 0 ? NEED_ROW : 0;
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct import *im = model;

	if (im->err.code != ERR_NONE)
		(void)canvas_printf(c, area.y, 1, 0, STYLE_BAD, "%s (%d)", im->err.text, (int)im->err.code);
	else
		report_draw(&im->lines, c, area.y, area.height);
}

static void
status(const void *model, char *out, size_t size)
{
	static const char *const words[] = { "checking", "nothing is stored yet", "storing", "stored" };
	const struct import *im = model;
	char lines[64];

	report_status(&im->lines, lines, sizeof(lines));
	(void)snprintf(out, size, "%s   %s", words[im->state], lines);
}

static void
do_store(void *model, const struct form *f)
{
	struct import *im = model;

	(void)f;
	im->state = STORING;
	staged_import_send(app_db(im->app), &im->file, "all", on_stored, im, im);
}

static void
command(void *model, enum cmd cmd)
{
	struct import *im = model;
	struct form *f;

	if (report_command(&im->lines, cmd) || cmd != CMD_SAVE || (f = app_form_new(im->app, "Import")) == NULL)
		return;
	struct staged_sum sum = staged_file_sum(&im->file);
	form_line(f, "Stage %zu %s?", sum.good, sum.good == 1 ? "device" : "devices");
	form_line(f, "%zu of them wait and are configured now.", sum.queued);
	form_line(f, "All are stored, or none.");
	app_form(im->app, do_store);
}

static const struct key_cmd keys[] = {
	{ 's', CMD_SAVE, "Store", NEED_ROW | NEED_OPERATOR },
	{ ' ', CMD_PAGE_DOWN, "Page down", 0 },
	{ 0 },
};

const struct screen import_screen = { "import", "Import of staged devices", keys, true, open_import, load, cares, have, draw, command,
	status, close_import };
