/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device_actions: approve, reprovision, hold, release, retry, accept, delay, cancel, for one device or many. Each
 * says exactly what will happen to how many devices before it does it. Unprovision is in device_retire.c.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/profile.h"
#include "db/queue.h"
#include "db/retire.h"
#include "ui/device_actions.h"

enum { FIELD_PROFILE, FIELD_FQDN, FIELD_OU };
static const char as_it_is[] = "(as it is)"; /* a choice; no profile can be called so */
enum { DELAY_MAX_MIN = 10080 }; /* a week, as muster.job_delay has it */

struct action action_now;

static const char profiles; /* owner of the request for them */

static const struct {
	enum cmd cmd, undo;
	const char *verb, *title, *object, *what;
} verbs[] = {
	{ CMD_HOLD, CMD_RELEASE, "hold", "Hold", "", "Their jobs leave the queue; they stay held until released." },
	{ CMD_RELEASE, CMD_HOLD, "release", "Release", "", "They wait for approval again." },
	{ CMD_RETRY, CMD_NONE, "retry", "Retry", "", "They are tried again now." },
	{ CMD_CANCEL, CMD_APPROVE, "cancel", "Cancel", "the job of ", "They leave the queue and wait for approval again. What is running now is not cut off (137)." },
	{ CMD_ACCEPT, CMD_NONE, "accept", "Accept again", "", "Their next hello is taken instead of refused (102). For devices that were reset by hand." },
};

const char **
action_uuids(void)
{
	const char **list = calloc(action_now.n, sizeof(*list));

	for (size_t i = 0; list != NULL && i < action_now.n; i++)
		list[i] = action_now.uuids[i];
	return list;
}

/* The states in which the database takes a command: muster.approve and muster.device_command. */
static const struct {
	enum cmd cmd;
	const char *title, *states;
} takes[] = {
	{ CMD_APPROVE, "Approve", " waiting failed setup unprovisioned " },
	{ CMD_HOLD, "Hold", " waiting ready configured failed detected " },
	{ CMD_RELEASE, "Release", " held " },
	{ CMD_RETRY, "Retry", " ready failed " },
	{ CMD_CANCEL, "Cancel", " ready " },
	{ CMD_DELAY, "Delay", " ready " },
	{ CMD_ACCEPT, "Accept again", " configured detected failed " },
	{ CMD_REPROVISION, "Reprovision", " configured " },
	{ CMD_TAKE_OVER, "Take over", " detected waiting failed " },
	{ CMD_UNPROVISION, "Unprovision", " configured failed " },
};

bool
actions_offered(const struct device *d, enum cmd cmd, char *why, size_t size)
{
	char word[24];

	(void)snprintf(word, sizeof(word), " %s ", d->state);
	for (size_t i = 0; i < ARRAY_LEN(takes); i++)
		if (takes[i].cmd == cmd && strstr(takes[i].states, word) == NULL) {
			(void)snprintf(why, size, "%s is not for a device that is %s", takes[i].title, d->state);
			return false;
		}
	/* What failed before it was ever configured is approved or retried instead. */
	if ((cmd == CMD_UNPROVISION || cmd == CMD_ACCEPT) && strcmp(d->state, "failed") == 0 && d->configured_at[0] == '\0') {
		(void)snprintf(why, size, "%s is not for a device that was never configured", cmd == CMD_ACCEPT ? "Accept again" : "Unprovision");
		return false;
	}
	if (cmd == CMD_RETRY && strcmp(d->state, "failed") == 0 && (d->fqdn[0] == '\0' || d->profile[0] == '\0')) {
		(void)snprintf(why, size, "Retry is not for a device without profile or FQDN: approve it");
		return false;
	}
	return true;
}

static void
send_approve(struct dbq *q, const struct bulk_op *op, const char *const *uuids, size_t n, size_t before, dbq_rows_fn *fn, void *arg,
    const void *owner)
{
	device_approve_send(q, uuids, n, op->profile, op->fqdn, op->ou, before, fn, arg, owner);
}

static void
send_reprovision(struct dbq *q, const struct bulk_op *op, const char *const *uuids, size_t n, size_t before, dbq_rows_fn *fn, void *arg,
    const void *owner)
{
	device_reprovision_send(q, uuids, n, op->profile, op->fqdn, op->ou, before, fn, arg, owner);
}

static void
send_command(struct dbq *q, const struct bulk_op *op, const char *const *uuids, size_t n, size_t before, dbq_rows_fn *fn, void *arg,
    const void *owner)
{
	(void)before;
	device_command_send(q, uuids, n, op->verb, "", fn, arg, owner);
}

static void
send_delay(struct dbq *q, const struct bulk_op *op, const char *const *uuids, size_t n, size_t before, dbq_rows_fn *fn, void *arg,
    const void *owner)
{
	(void)before;
	job_delay_send(q, uuids, n, op->minutes, fn, arg, owner);
}

void
action_confirmed(void *model)
{
	if (action_now.confirmed != NULL)
		action_now.confirmed(model);
}

static void
take_form(const struct form *f)
{
	const char *profile = form_value(f, FIELD_PROFILE);

	(void)text_copy(action_now.profile, sizeof(action_now.profile), strcmp(profile, as_it_is) == 0 ? "" : profile);
	(void)text_copy(action_now.fqdn, sizeof(action_now.fqdn), form_value(f, FIELD_FQDN));
	(void)text_copy(action_now.ou, sizeof(action_now.ou), form_value(f, FIELD_OU));
}

static void
do_approve(void *model, const struct form *f)
{
	struct bulk_op op = { .title = "Approve", .send = send_approve, .undo = CMD_NONE };
	const char **uuids = action_uuids();

	if (uuids == NULL)
		return;
	action_confirmed(model);
	take_form(f);
	if (action_now.cmd == CMD_REPROVISION) {
		op.title = "Reprovision";
		op.send = send_reprovision;
	}
	(void)text_copy(op.profile, sizeof(op.profile), action_now.profile);
	(void)text_copy(op.fqdn, sizeof(op.fqdn), action_now.fqdn);
	(void)text_copy(op.ou, sizeof(op.ou), action_now.ou);
	bulk_start(action_now.app, &op, uuids, action_now.n);
	free(uuids);
}

/* The actions that ask for a profile, an FQDN and an OU. */
static const struct {
	enum cmd cmd;
	const char *one, *many, *what_one, *what_many;
	void (*done)(void *model, const struct form *f);
} profiled[] = {
	{ CMD_APPROVE, "Approve a device", "Approve devices", "will be configured now.", "devices will be configured now.", do_approve },
	{ CMD_REPROVISION, "Reprovision a device", "Reprovision devices", "is configured again.",
	    "devices are configured again, over the network.", do_approve },
	{ CMD_TAKE_OVER, "Take over a device", "", "becomes ours.", "", take_over_do },
};

static size_t
profiled_at(enum cmd cmd)
{
	size_t i = 0;

	while (i < ARRAY_LEN(profiled) && profiled[i].cmd != cmd)
		i++;
	return i;
}

static void
do_command(void *model, const struct form *f)
{
	const char **uuids = action_uuids();

	(void)f;
	action_confirmed(model);
	for (size_t i = 0; uuids != NULL && i < ARRAY_LEN(verbs); i++)
		if (verbs[i].cmd == action_now.cmd) {
			struct bulk_op op = { .title = verbs[i].title, .send = send_command, .undo = verbs[i].undo, .verb = verbs[i].verb };

			bulk_start(action_now.app, &op, uuids, action_now.n);
		}
	free(uuids);
}

/* A cancelled job goes back into the queue as it was: each device has its profile and its FQDN. */
static void
do_queue_again(void *model, const struct form *f)
{
	struct bulk_op op = { .title = "Approve", .send = send_approve, .undo = CMD_NONE };
	const char **uuids = action_uuids();

	(void)f;
	action_confirmed(model);
	if (uuids != NULL)
		bulk_start(action_now.app, &op, uuids, action_now.n);
	free(uuids);
}

void
action_parts(struct form *f)
{
	char n[32];

	if (action_now.n == 1)
		return;
	form_line(f, "Those whose state does not allow it are refused and listed.");
	number_text(action_now.n, n, sizeof(n));
	if (action_now.n > BULK_PART)
		form_line(f, "%s devices are asked in parts of %d: Esc cancels the rest.", n, BULK_PART);
}

static void
on_profiles(void *arg, const struct rows *r, const struct err *e)
{
	char number[32];

	(void)arg;
	if (!app_is_at(action_now.app, action_now.place))
		return;
	size_t i = profiled_at(action_now.cmd);
	struct form *f = app_form_new(action_now.app, action_now.n == 1 ? profiled[i].one : profiled[i].many);
	if (e != NULL || f == NULL || rows_count(r) == 0) {
		app_message(action_now.app, STYLE_BAD, "%s", e != NULL ? e->text : "There is no profile yet: musterctl profile import (1702)");
		return;
	}
	number_text(action_now.n, number, sizeof(number));
	if (action_now.n == 1)
		form_line(f, "Device %s %s", action_now.uuids[0], profiled[i].what_one);
	else
		form_line(f, "%s %s", number, profiled[i].what_many);
	action_parts(f);
	struct form_field *profile = form_add(f, "Profile", "Left and Right choose", "");
	if (action_now.cmd == CMD_REPROVISION)
		(void)text_copy(profile->choices[profile->nchoices++], sizeof(profile->choices[0]), as_it_is);
	for (size_t k = 0; k < rows_count(r) && profile->nchoices < FORM_CHOICES_MAX; k++) {
		(void)text_copy(profile->choices[profile->nchoices], 64, rows_text(r, k, PROFILE_NAME));
		if (strcmp(profile->choices[profile->nchoices], action_now.profile) == 0)
			profile->choice = profile->nchoices;
		profile->nchoices++;
	}
	(void)form_add(f, "FQDN", action_now.n == 1 ? "Empty keeps the one the device has"
					 : action_now.cmd == CMD_REPROVISION ? "Empty keeps what each has; {uuid}: last 12 digits, {n}: a number"
									     : "{uuid}: last 12 digits, {n}: a running number", action_now.fqdn);
	(void)form_add(f, "OU", "Organizational unit, may stay empty", action_now.ou);
	if (action_now.cmd == CMD_TAKE_OVER) {
		form_add(f, "Password", "Of admin on the device; musterctl takes several", "")->secret = true;
		(void)form_add(f, "Address", "Where it is now; empty: where it was seen", "");
	}
	app_form(action_now.app, profiled[i].done);
}

static void
question(const char *title, const char *object, const char *what, void (*done)(void *model, const struct form *f))
{
	struct form *f = app_form_new(action_now.app, title);
	char n[32];

	if (f == NULL)
		return;
	number_text(action_now.n, n, sizeof(n));
	form_line(f, "%s %s%s %s?", title, object, n, action_now.n == 1 ? "device" : "devices");
	if (action_now.n == 1)
		form_line(f, "%s", action_now.uuids[0]);
	form_line(f, "%s", what);
	action_parts(f);
	app_form(action_now.app, done);
}

static void
confirm(size_t i)
{
	question(verbs[i].title, verbs[i].object, verbs[i].what, do_command);
}

static void ask_delay(const char *minutes, const char *wrong);

static void
do_delay(void *model, const struct form *f)
{
	struct bulk_op op = { .title = "Delay", .send = send_delay, .undo = CMD_RETRY };
	const char *text = form_value(f, 0);
	char *end;
	long minutes = strtol(text, &end, 10);

	if (!isdigit((unsigned char)text[0]) || *end != '\0' || minutes < 1 || minutes > DELAY_MAX_MIN) {
		ask_delay(text, "A delay is a number of minutes from 1 to 10080, which is a week.");
		return;
	}
	const char **uuids = action_uuids();
	if (uuids == NULL)
		return;
	action_confirmed(model);
	op.minutes = (int)minutes;
	bulk_start(action_now.app, &op, uuids, action_now.n);
	free(uuids);
}

static void
ask_delay(const char *minutes, const char *wrong)
{
	struct form *f = app_form_new(action_now.app, "Delay");

	if (f == NULL)
		return;
	form_line(f, "The next attempt at %zu %s will be so many minutes from now.", action_now.n, action_now.n == 1 ? "device" : "devices");
	if (action_now.n == 1)
		form_line(f, "%s", action_now.uuids[0]);
	form_line(f, "What is running now goes on (1105). \"Run now\" takes a delay back.");
	if (wrong[0] != '\0')
		form_line(f, "%s", wrong);
	(void)form_add(f, "Minutes", "From 1 to 10080, which is a week", minutes);
	app_form(action_now.app, do_delay);
}

/* Whose action it is, for how many devices; what waited for an answer before waits no more. */
static bool
prepare(struct app *a, enum cmd cmd, const char *const *uuids, size_t n, void (*on_confirmed)(void *model))
{
	dbq_cancel(app_db(a), &profiles); /* of an action that did not come to its dialog */
	free(action_now.uuids);
	action_now.confirmed = on_confirmed;
	action_now.place = app_place(a);
	action_now.app = a;
	action_now.cmd = cmd;
	action_now.uuids = calloc(n, sizeof(*action_now.uuids));
	action_now.n = action_now.uuids == NULL ? 0 : n;
	for (size_t i = 0; i < action_now.n; i++)
		(void)text_copy(action_now.uuids[i], UUID_TEXT, uuids[i]);
	return action_now.n > 0;
}

void
actions_undo(struct app *a)
{
	const struct bulk *b = bulk_of(a);
	const char **uuids = b == NULL || b->op.undo == CMD_NONE || b->running || b->done == 0 ? NULL : calloc(b->n, sizeof(*uuids));
	size_t n = 0;

	for (size_t i = 0; uuids != NULL && i < b->n; i++)
		if (b->devices[i].end == BULK_DONE)
			uuids[n++] = b->devices[i].uuid;
	if (n == 0) {
		app_message(a, STYLE_NORMAL, b != NULL && b->running ? "It still runs" : "There is nothing that can be undone");
	} else if (prepare(a, b->op.undo, uuids, n, NULL)) {
		if (action_now.cmd == CMD_APPROVE)
			question("Queue again", "", "They are configured with the profile and the FQDN they have.", do_queue_again);
		for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
			if (verbs[i].cmd == action_now.cmd)
				confirm(i);
	}
	free(uuids);
}

void
actions_start(struct app *a, enum cmd cmd, const char *const *uuids, size_t n, const struct device *first,
    void (*on_confirmed)(void *model))
{
	if (!prepare(a, cmd, uuids, n, on_confirmed))
		return;
	if (cmd == CMD_TAKE_OVER && n > 1) {
		app_message(a, STYLE_NORMAL, "Devices are taken over one by one: each has a password of its own");
		return;
	}
	if (profiled_at(cmd) < ARRAY_LEN(profiled)) {
		/* What the device has; the last pattern may serve again, the last name may not. */
		if (cmd == CMD_REPROVISION)
			action_now.fqdn[0] = action_now.profile[0] = action_now.ou[0] = '\0';
		else if (n == 1 && first->fqdn[0] != '\0')
			(void)text_copy(action_now.fqdn, sizeof(action_now.fqdn), first->fqdn);
		else if (strchr(action_now.fqdn, '{') == NULL)
			action_now.fqdn[0] = '\0';
		if (cmd != CMD_REPROVISION && first->profile[0] != '\0')
			(void)text_copy(action_now.profile, sizeof(action_now.profile), first->profile);
		profile_list_send(app_db(a), on_profiles, NULL, &profiles);
		return;
	}
	if (cmd == CMD_UNPROVISION) {
		unprovision_start();
		return;
	}
	if (cmd == CMD_DELAY) {
		ask_delay("60", "");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (verbs[i].cmd == cmd)
			confirm(i);
}
