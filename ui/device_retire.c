/* SPDX-License-Identifier: Apache-2.0 */
/* device_retire: the dialogs that unprovision devices and take one over from another service. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/cert.h"
#include "db/retire.h"
#include "ui/device_actions.h"

/* Unprovision */

enum { FIELD_HOW, FIELD_WHY, FIELD_NUMBER };

/* What may be chosen; those that are for Administrators are left out for others. */
static const struct {
	const char *choice;
	bool full, force;
	unsigned int need;
} ways[] = {
	{ "partial: back to setup", false, false, NEED_OPERATOR },
	{ "full: to the state of the factory", true, false, NEED_ADMINISTRATOR },
	{ "partial, also without a way back", false, true, NEED_ADMINISTRATOR },
};

static void ask_unprovision(const char *wrong, const char *why);

static void
send_unprovision(struct dbq *q, const struct bulk_op *op, const char *const *uuids, size_t n, size_t before, dbq_rows_fn *fn, void *arg,
    const void *owner)
{
	(void)before;
	device_unprovision_send(q, uuids, n, op->full, op->force, op->why, fn, arg, owner);
}

/* "1,234" and "1234" are the number of devices. */
static bool
is_number(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		if (isdigit((unsigned char)*text) && n < SIZE_MAX / 100)
			n = 10 * n + (size_t)(*text - '0');
		else if (*text != ',' && *text != ' ')
			return false;
	return n == action_now.n;
}

static void
do_unprovision(void *model, const struct form *f)
{
	struct bulk_op op = { .title = "Unprovision", .send = send_unprovision, .undo = CMD_NONE };

	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (strcmp(ways[i].choice, form_value(f, FIELD_HOW)) == 0) {
			op.full = ways[i].full;
			op.force = ways[i].force;
		}
	(void)text_copy(op.why, sizeof(op.why), form_value(f, FIELD_WHY));
	if (!is_number(form_value(f, FIELD_NUMBER))) {
		char why[sizeof(op.why)];

		(void)text_copy(why, sizeof(why), op.why);
		ask_unprovision("That is not the number of devices: nothing was done.", why);
		return;
	}
	const char **uuids = action_uuids();
	if (uuids == NULL)
		return;
	action_confirmed(model);
	bulk_start(action_now.app, &op, uuids, action_now.n);
	free(uuids);
}

static void
ask_unprovision(const char *wrong, const char *why)
{
	struct form *f = app_form_new(action_now.app, "Unprovision");
	char n[32];

	if (f == NULL)
		return;
	number_text(action_now.n, n, sizeof(n));
	form_line(f, "%s %s will no longer be configured.", n, action_now.n == 1 ? "device" : "devices");
	if (action_now.n == 1)
		form_line(f, "%s", action_now.uuids[0]);
	form_line(f, "Partial: admin password and names stay, and it says hello again.");
	form_line(f, "Full: only setup.bin, MEBx or an agent brings it back.");
	action_parts(f);
	if (wrong[0] != '\0')
		form_line(f, "%s", wrong);
	struct form_field *how = form_add(f, "How", "Left and Right choose", "");
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if ((app_rights(action_now.app) & ways[i].need) != 0)
			(void)text_copy(how->choices[how->nchoices++], sizeof(how->choices[0]), ways[i].choice);
	(void)form_add(f, "Reason", "For the audit log, may stay empty", why);
	(void)form_add(f, "Number", "How many devices that are, to confirm it", "");
	app_form(action_now.app, do_unprovision);
}

void
unprovision_start(void)
{
	ask_unprovision("", "");
}

/* Take over */

enum { FIELD_PROFILE, FIELD_FQDN, FIELD_OU, FIELD_PASSWORD, FIELD_ADDRESS };

/* What was typed, until the engine's key has come that it is sealed for. */
static struct {
	char uuid[UUID_TEXT], profile[64], fqdn[DB_FQDN], ou[DB_TEXT], address[48];
	struct secret password;
} wish;
static const char keys; /* owner of the requests */

static void
on_taken(void *arg, const struct rows *r, const struct err *e)
{
	(void)arg;
	if (e != NULL)
		app_message(action_now.app, STYLE_BAD, "Not taken over: %s (%d)", e->text, (int)e->code);
	else if (rows_int(r, 0, OUTCOME_CODE) != 0)
		app_message(action_now.app, STYLE_BAD, "Not taken over: %s (%d)", rows_text(r, 0, OUTCOME_TEXT), (int)rows_int(r, 0, OUTCOME_CODE));
	else
		app_message(action_now.app, STYLE_GOOD, "Take over: %s", rows_text(r, 0, OUTCOME_TEXT));
}

static void
on_key(void *arg, const struct rows *r, const struct err *why)
{
	SCOPED(take_over) struct take_over t = { .uuid = wish.uuid, .profile = wish.profile, .fqdn = wish.fqdn, .ou = wish.ou,
		.address = wish.address };
	struct seal_public pub;
	struct err e;

	(void)arg;
	if (why != NULL)
		e = *why;
	int found = why != NULL ? -1 : engine_key_from_row(r, &pub, &e);
	int rc = found == 0 ? err_set(&e, ERR_KEY_MISMATCH, "the database has no engine key") : found < 0 ? -1 : 0;
	if (rc == 0 && wish.password.len > 0)
		rc = take_over_add(&t, &pub, &wish.password, &e);
	secret_wipe(&wish.password);
	if (rc < 0)
		app_message(action_now.app, STYLE_BAD, "Not taken over: %s (%d)", e.text, (int)e.code);
	else
		device_take_over_send(app_db(action_now.app), &t, on_taken, NULL, &keys);
}

void
take_over_do(void *model, const struct form *f)
{
	const char *password = form_value(f, FIELD_PASSWORD);

	action_confirmed(model);
	(void)text_copy(wish.uuid, sizeof(wish.uuid), action_now.uuids[0]);
	(void)text_copy(wish.profile, sizeof(wish.profile), form_value(f, FIELD_PROFILE));
	(void)text_copy(wish.fqdn, sizeof(wish.fqdn), form_value(f, FIELD_FQDN));
	(void)text_copy(wish.ou, sizeof(wish.ou), form_value(f, FIELD_OU));
	(void)text_copy(wish.address, sizeof(wish.address), form_value(f, FIELD_ADDRESS));
	if (!secret_set(&wish.password, password, strlen(password))) {
		app_message(action_now.app, STYLE_BAD, "A password of admin has 1 to 32 characters (1006)");
		return;
	}
	engine_key_send(app_db(action_now.app), on_key, NULL, &keys);
}
