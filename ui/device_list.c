/* SPDX-License-Identifier: Apache-2.0 */
/* device_list: the screens Pending hellos and Devices: one list with two filters. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/app.h"
#include "ui/bulk.h"
#include "ui/selection.h"
#include "ui/style.h"
#include "ui/widget/table.h"

struct list {
	struct app *app;
	const struct screen *screen;
	struct device_filter filter;
	struct feed feed;
	int64_t count; /* -1: not known yet */
	struct selection chosen;
};

/* What the orders are called in the title line. */
static const char *const sorted[ORDER_COUNT] = { "", "sorted by change of state", "sorted by last hello", "sorted by FQDN",
	"sorted by UUID" };

/* States that f steps through on Devices; "" is all. */
static const char *const states[] = { "", "waiting", "ready", "configuring", "configured", "failed", "held", "detected",
	"setup", "unprovisioned" };

static void
cell_uuid(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)text_copy(out, size, ((const struct device *)row)->uuid);
}

static void
cell_fqdn(const void *row, char *out, size_t size, enum style *style)
{
	const struct device *d = row;

	if (d->fqdn[0] == '\0')
		*style = STYLE_DIM;
	(void)text_copy(out, size, d->fqdn[0] != '\0' ? d->fqdn : "(no FQDN)");
}

static void
cell_state(const void *row, char *out, size_t size, enum style *style)
{
	const struct device *d = row;

	*style = style_of_state(d->state);
	(void)text_copy(out, size, d->state);
}

static void
cell_address(const void *row, char *out, size_t size, enum style *style)
{
	(void)style;
	(void)text_copy(out, size, ((const struct device *)row)->address);
}

static void
cell_last(const void *row, char *out, size_t size, enum style *style)
{
	const struct device *d = row;

	(void)style;
	(void)text_copy(out, size, strlen(d->hello_last_at) > 11 ? d->hello_last_at + 5 : d->hello_last_at);
}

static void
cell_hellos(const void *row, char *out, size_t size, enum style *style)
{
	const struct device *d = row;

	(void)style;
	(void)snprintf(out, size, "%" PRId64, d->hello_count);
}

static void
cell_reason(const void *row, char *out, size_t size, enum style *style)
{
	const struct device *d = row;

	(void)style;
	if (strcmp(d->job_state, "queued") == 0 && d->reason_code != 0)
		(void)snprintf(out, size, "%s (%d); next attempt %s", d->reason, d->reason_code, d->job_run_at + 11);
	else if (d->reason_code != 0)
		(void)snprintf(out, size, "%s (%d)", d->reason, d->reason_code);
	else
		(void)text_copy(out, size, d->reason);
}

static void
cell_version(const void *row, char *out, size_t size, enum style *style)
{
	const struct device *d = row;

	(void)style;
	(void)text_copy(out, size, d->amt_version[0] != '\0' ? d->amt_version : d->hello_version == 2 ? "PSK" : "PKI");
}

static const struct column pending_columns[] = {
	{ "UUID", 36, 0, cell_uuid },
	{ "ADDRESS", 15, 0, cell_address },
	{ "LAST HELLO", 14, 100, cell_last },
	{ "HELLOS", 6, 110, cell_hellos },
	{ "KIND", 4, 120, cell_version },
	{ "WAITS FOR", 40, 0, cell_reason },
	{ 0 },
};
static const struct column device_columns[] = {
	{ "FQDN", 28, 0, cell_fqdn },
	{ "STATE", 13, 0, cell_state },
	{ "ADDRESS", 15, 0, cell_address },
	{ "AMT", 9, 96, cell_version },
	{ "UUID", 36, 132, cell_uuid },
	{ "LAST HELLO", 14, 150, cell_last },
	{ "REASON", 40, 0, cell_reason },
	{ 0 },
};

static void
from_row(const struct rows *r, size_t row, void *out)
{
	device_from_row(r, row, out);
}

static int64_t
id_of(const void *element)
{
	return ((const struct device *)element)->id;
}

static void
ask(void *arg, struct dbq *q, const void *from, bool back, int limit, dbq_rows_fn *fn, struct feed *f)
{
	struct list *l = arg;

	device_page_send(q, &l->filter, from, back, limit, fn, f, f);
	app_touch(l->app);
}

static const struct feed_source source = { sizeof(struct device), from_row, id_of, ask };

static void
on_count(void *arg, const struct rows *r, const struct err *e)
{
	struct list *l = arg;

	if (e == NULL)
		l->count = rows_int(r, 0, 0);
	app_touch(l->app);
}

static void
load(void *model)
{
	struct list *l = model;

	if (l->feed.loaded || l->feed.loading != FEED_IDLE)
		feed_reload(&l->feed);
	else
		feed_reset(&l->feed);
	device_count_send(app_db(l->app), &l->filter, on_count, l, l);
}

static void
filter_changed(struct list *l)
{
	l->count = -1;
	feed_reset(&l->feed);
	device_count_send(app_db(l->app), &l->filter, on_count, l, l);
}

static struct list *
open_list(struct app *a, const struct screen *screen, const char *state, struct err *e)
{
	struct list *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		(void)err_set(e, ERR_MEMORY, "list of devices");
		return NULL;
	}
	l->app = a;
	l->screen = screen;
	l->count = -1;
	(void)text_copy(l->filter.state, sizeof(l->filter.state), state);
	if (feed_init(&l->feed, &source, l, app_db(a), e) < 0) {
		free(l);
		return NULL;
	}
	return l;
}

static void *
open_pending(struct app *a, const char *arg, struct err *e)
{
	(void)arg;
	return open_list(a, &pending_screen, "waiting", e);
}

/* arg: a state, or "profile:NAME". */
static void *
open_devices(struct app *a, const char *arg, struct err *e)
{
	static const char by_profile[] = "profile:";
	size_t n = sizeof(by_profile) - 1;
	bool profile = strncmp(arg, by_profile, n) == 0;
	struct list *l = open_list(a, &devices_screen, profile ? "" : arg, e);

	if (l != NULL && profile)
		(void)text_copy(l->filter.profile, sizeof(l->filter.profile), arg + n);
	return l;
}

static void
close_list(void *model)
{
	struct list *l = model;

	dbq_cancel(app_db(l->app), l);
	feed_free(&l->feed);
	selection_free(&l->chosen);
	free(l);
}

static bool
cares(const void *model, const char *table)
{
	(void)model;
	return strcmp(table, "device") == 0 || strcmp(table, "job") == 0;
}

static unsigned int
have(const void *model)
{
	const struct device *d = feed_current(&((const struct list *)model)->feed);

	return d == NULL ? 0 : NEED_ROW | NEED_UUID | (d->reason_code != 0 ? NEED_CODE : 0U);
}

static bool
marked(const void *arg, const void *row)
{
	return selection_has(&((const struct list *)arg)->chosen, id_of(row));
}

/* All devices that the filter matches, as far as there is room: the newest ones. */
static void
on_matching(void *arg, const struct rows *r, const struct err *e)
{
	struct list *l = arg;
	char chosen[32], all[32];

	if (e != NULL) {
		app_message(l->app, STYLE_BAD, "%s (%d)", e->text, (int)e->code);
		return;
	}
	int64_t count = rows_count(r) == 0 ? 0 : rows_int(r, 0, MATCHING_COUNT);
	selection_clear(&l->chosen);
	for (size_t i = rows_count(r); i > 0; i--) /* ascending, so that each goes to the end */
		if (!selection_add(&l->chosen, l->app, rows_int(r, i - 1, MATCHING_ID), rows_text(r, i - 1, MATCHING_UUID)))
			return;
	number_text(l->chosen.n, chosen, sizeof(chosen));
	number_text((size_t)count, all, sizeof(all));
	if ((int64_t)l->chosen.n == count)
		app_message(l->app, STYLE_NORMAL, "%s selected: all that the list has", chosen);
	else
		app_message(l->app, STYLE_WARN, "%s selected of the %s that the list has: no more at once", chosen, all);
}

static bool
offers(const void *model, enum cmd cmd, char *why, size_t size)
{
	const struct list *l = model;
	const struct device *d = feed_current(&l->feed);

	/* Selected devices are in many states: the database answers for each. */
	return d == NULL || l->chosen.n > 0 || actions_offered(d, cmd, why, size);
}

static void
filter_get(const void *model, struct saved_filter *out)
{
	const struct list *l = model;

	(void)text_copy(out->state, sizeof(out->state), l->filter.state);
	(void)text_copy(out->search, sizeof(out->search), l->filter.search);
	(void)text_copy(out->order, sizeof(out->order), device_order_name(l->filter.order));
}

static void
filter_set(void *model, const struct saved_filter *f)
{
	struct list *l = model;

	if (l->screen != &pending_screen)
		(void)text_copy(l->filter.state, sizeof(l->filter.state), f->state);
	(void)text_copy(l->filter.search, sizeof(l->filter.search), f->search);
	l->filter.order = device_order_of(f->order);
	filter_changed(l);
}

static void
draw(void *model, struct canvas *c, struct area area)
{
	struct list *l = model;
	bool pending = l->screen == &pending_screen;

	table_draw(&l->feed, pending ? pending_columns : device_columns,
	    pending ? "No device waits. Hellos appear here by themselves." : "No device matches.", marked, l, c, area.y, area.height);
}

static void
status(const void *model, char *out, size_t size)
{
	const struct list *l = model;
	char count[48] = "...", chosen[48];

	if (l->count >= 0)
		(void)snprintf(count, sizeof(count), "%d of %" PRId64, l->feed.n == 0 ? 0 : l->feed.cursor + 1, l->count);
	selection_status(&l->chosen, chosen, sizeof(chosen));
	bool devices = l->screen == &devices_screen;

	(void)snprintf(out, size, "%s%s%s%s%s%s%s%s%s%s", count, l->filter.profile[0] != '\0' ? "  profile " : "", l->filter.profile,
	    devices && l->filter.state[0] != '\0' ? "  state " : "", devices ? l->filter.state : "",
	    l->filter.search[0] != '\0' ? "  /" : "", l->filter.search, l->filter.order != ORDER_SEEN ? "  " : "",
	    sorted[l->filter.order], chosen);
}

static void
search(void *model, const char *text)
{
	struct list *l = model;

	(void)text_copy(l->filter.search, sizeof(l->filter.search), text);
	filter_changed(l);
}

static void
next_state(struct list *l)
{
	size_t i = 0;

	while (i < ARRAY_LEN(states) && strcmp(states[i], l->filter.state) != 0)
		i++;
	(void)text_copy(l->filter.state, sizeof(l->filter.state), states[(i + 1) % ARRAY_LEN(states)]);
	filter_changed(l);
}

static void
forget_selection(void *model)
{
	selection_clear(&((struct list *)model)->chosen);
}

static void
command(void *model, enum cmd cmd)
{
	struct list *l = model;
	const struct device *d = feed_current(&l->feed);

	if (feed_command(&l->feed, cmd))
		return;
	switch (cmd) {
	case CMD_OPEN:
		app_open(l->app, &device_screen, d->uuid);
		return;
	case CMD_DEVICE_LOG:
		app_open(l->app, &log_screen, d->uuid);
		return;
	case CMD_EXPLAIN:
		app_explain(l->app, d->reason_code);
		return;
	case CMD_SEARCH:
		app_ask(l->app, "Search (start of FQDN, UUID, address, serial, model):", l->filter.search, search);
		return;
	case CMD_FILTER:
		next_state(l);
		return;
	case CMD_SORT:
		l->filter.order = (l->filter.order + 1) % ORDER_COUNT;
		feed_reset(&l->feed);
		return;
	case CMD_SELECT:
		selection_toggle(&l->chosen, l->app, d->id, d->uuid);
		(void)feed_command(&l->feed, CMD_DOWN);
		return;
	case CMD_SELECT_ALL:
		device_matching_send(app_db(l->app), &l->filter, SELECTED_MAX, on_matching, l, l);
		return;
	default:
		selection_act(&l->chosen, l->app, cmd, d == NULL ? NULL : d->uuid, d, forget_selection);
	}
}

static const struct key_cmd pending_keys[] = {
	{ '\n', CMD_OPEN, "Open", NEED_ROW },
	{ 'a', CMD_APPROVE, "Approve", NEED_ROW | NEED_OPERATOR },
	{ ' ', CMD_SELECT, "Select", NEED_ROW },
	{ '*', CMD_SELECT_ALL, "", NEED_ROW },
	{ 'h', CMD_HOLD, "Hold", NEED_ROW | NEED_OPERATOR },
	{ '/', CMD_SEARCH, "Search", 0 },
	{ 'l', CMD_DEVICE_LOG, "Log", NEED_ROW },
	{ 'e', CMD_EXPLAIN, "Explain", NEED_ROW | NEED_CODE },
	{ 's', CMD_SORT, "Sort", 0 },
	{ 0 },
};
static const struct key_cmd devices_keys[] = {
	{ '\n', CMD_OPEN, "Open", NEED_ROW },
	{ '/', CMD_SEARCH, "Search", 0 },
	{ 'f', CMD_FILTER, "State", 0 },
	{ ' ', CMD_SELECT, "Select", NEED_ROW },
	{ '*', CMD_SELECT_ALL, "", NEED_ROW },
	{ 'l', CMD_DEVICE_LOG, "Log", NEED_ROW },
	{ 'r', CMD_RETRY, "Retry", NEED_ROW | NEED_OPERATOR },
	{ 'a', CMD_APPROVE, "Approve", NEED_ROW | NEED_OPERATOR },
	{ 'R', CMD_RELEASE, "Release", NEED_ROW | NEED_OPERATOR },
	{ 'A', CMD_ACCEPT, "Accept again", NEED_ROW | NEED_OPERATOR },
	{ 'e', CMD_EXPLAIN, "Explain", NEED_ROW | NEED_CODE },
	{ 'h', CMD_HOLD, "Hold", NEED_ROW | NEED_OPERATOR },
	{ 'x', CMD_CANCEL, "Cancel job", NEED_ROW | NEED_OPERATOR },
	{ 'c', CMD_REPROVISION, "Reprovision", NEED_ROW | NEED_OPERATOR },
	{ 'u', CMD_UNPROVISION, "Unprovision", NEED_ROW | NEED_OPERATOR },
	{ 'T', CMD_TAKE_OVER, "Take over", NEED_ROW | NEED_ADMINISTRATOR },
	{ 's', CMD_SORT, "Sort", 0 },
	{ 0 },
};

const struct screen pending_screen = { "pending", "Pending hellos", pending_keys, true, open_pending, load, cares, have, draw,
	command, status, close_list };
const struct screen devices_screen = { "devices", "Devices", devices_keys, true, open_devices, load, cares, have, draw, command,
	status, close_list };
const struct screen_more pending_more = { &pending_screen, offers, filter_get, filter_set };
const struct screen_more devices_more = { &devices_screen, offers, filter_get, filter_set };
