/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device_actions: approve, hold, release, retry, accept, delay, cancel, for one device or many. Each says exactly
 * what will happen to how many devices before it does it.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/profile.h"
#include "db/queue.h"
#include "ui/app.h"

enum { FIELD_PROFILE, FIELD_FQDN, FIELD_OU };
enum { DELAY_MAX_MIN = 10080 }; /* a week, as muster.job_delay has it */

/* What is asked for, while its dialog is open and until its answer has come. */
static struct {
	struct app *app;
	enum cmd cmd;
	char (*uuids)[UUID_TEXT];
	size_t n;
	char fqdn[DB_FQDN], ou[DB_TEXT], profile[64];
	void (*confirmed)(void *model);
	unsigned int place; /* where it was asked for */
} act;

static const char profiles; /* owner of the request for them */

static const struct {
	enum cmd cmd;
	const char *verb, *title, *object, *what;
} verbs[] = {
	{ CMD_HOLD, "hold", "Hold", "", "Their jobs leave the queue; they stay held until released." },
	{ CMD_RELEASE, "release", "Release", "", "They wait for approval again." },
	{ CMD_RETRY, "retry", "Retry", "", "They are tried again now." },
	{ CMD_ACCEPT, "accept", "Accept again", "", "Their next hello is taken instead of refused (102). For devices that were reset by hand." },
	{ CMD_CANCEL, "cancel", "Cancel", "the job of ", "They leave the queue and wait for approval again. What is running now is not cut off (137)." },
};

static const char **
uuid_list(void)
{
	const char **list = calloc(act.n, sizeof(*list));

	for (size_t i = 0; list != NULL && i < act.n; i++)
		list[i] = act.uuids[i];
	return list;
}

static void
on_outcome(void *arg, const struct rows *r, const struct err *e)
{
	const char *what = arg;

	if (e != NULL)
		app_message(act.app, STYLE_BAD, "%s: %s (%d)", what, e->text, (int)e->code);
	else
		app_outcomes(act.app, what, r);
}

static void
confirmed(void *model)
{
	if (act.confirmed != NULL)
		act.confirmed(model);
}

static void
do_approve(void *model, const struct form *f)
{
	static char title[] = "Approve";
	const char **uuids = uuid_list();

	if (uuids == NULL)
		return;
	confirmed(model);
	(void)text_copy(act.profile, sizeof(act.profile), form_value(f, FIELD_PROFILE));
	(void)text_copy(act.fqdn, sizeof(act.fqdn), form_value(f, FIELD_FQDN));
	(void)text_copy(act.ou, sizeof(act.ou), form_value(f, FIELD_OU));
	device_approve_send(app_db(act.app), uuids, act.n, act.profile, act.fqdn, act.ou, on_outcome, title, &act);
	app_message(act.app, STYLE_NORMAL, "Approving %zu devices ...", act.n);
	free(uuids);
}

static void
do_command(void *model, const struct form *f)
{
	const char **uuids = uuid_list();

	(void)f;
	confirmed(model);
	for (size_t i = 0; uuids != NULL && i < ARRAY_LEN(verbs); i++)
		if (verbs[i].cmd == act.cmd)
			device_command_send(app_db(act.app), uuids, act.n, verbs[i].verb, "", on_outcome, (void *)(uintptr_t)verbs[i].title, &act);
	free(uuids);
}

static void
on_profiles(void *arg, const struct rows *r, const struct err *e)
{
	(void)arg;
	if (!app_is_at(act.app, act.place))
		return;
	struct form *f = app_form_new(act.app, act.n == 1 ? "Approve a device" : "Approve devices");
	if (e != NULL || f == NULL || rows_count(r) == 0) {
		app_message(act.app, STYLE_BAD, "%s", e != NULL ? e->text : "There is no profile yet: musterctl profile import (1702)");
		return;
	}
	if (act.n == 1)
		form_line(f, "Device %s will be configured now.", act.uuids[0]);
	else
		form_line(f, "%zu devices will be configured now.", act.n);
	struct form_field *profile = form_add(f, "Profile", "Left and Right choose", "");
	for (size_t i = 0; i < rows_count(r) && profile->nchoices < FORM_CHOICES_MAX; i++) {
		(void)text_copy(profile->choices[profile->nchoices], 64, rows_text(r, i, PROFILE_NAME));
		if (strcmp(profile->choices[profile->nchoices], act.profile) == 0)
			profile->choice = profile->nchoices;
		profile->nchoices++;
	}
	(void)form_add(f, "FQDN", act.n == 1 ? "Empty keeps the one the device has" : "{uuid}: last 12 digits, {n}: a running number", act.fqdn);
	(void)form_add(f, "OU", "Organizational unit, may stay empty", act.ou);
	app_form(act.app, do_approve);
}

static void
confirm(size_t i)
{
	struct form *f = app_form_new(act.app, verbs[i].title);

	if (f == NULL)
		return;
	form_line(f, "%s %s%zu %s?", verbs[i].title, verbs[i].object, act.n, act.n == 1 ? "device" : "devices");
	if (act.n == 1)
		form_line(f, "%s", act.uuids[0]);
	form_line(f, "%s", verbs[i].what);
	app_form(act.app, do_command);
}

static void ask_delay(const char *minutes, const char *wrong);

static void
do_delay(void *model, const struct form *f)
{
	static char title[] = "Delay";
	const char *text = form_value(f, 0);
	char *end;
	long minutes = strtol(text, &end, 10);

	if (!isdigit((unsigned char)text[0]) || *end != '\0' || minutes < 1 || minutes > DELAY_MAX_MIN) {
		ask_delay(text, "A delay is a number of minutes from 1 to 10080, which is a week.");
		return;
	}
	const char **uuids = uuid_list();
	if (uuids == NULL)
		return;
	confirmed(model);
	job_delay_send(app_db(act.app), uuids, act.n, (int)minutes, on_outcome, title, &act);
	free(uuids);
}

static void
ask_delay(const char *minutes, const char *wrong)
{
	struct form *f = app_form_new(act.app, "Delay");

	if (f == NULL)
		return;
	form_line(f, "The next attempt at %zu %s will be so many minutes from now.", act.n, act.n == 1 ? "device" : "devices");
	if (act.n == 1)
		form_line(f, "%s", act.uuids[0]);
	form_line(f, "What is running now goes on (1105). \"Run now\" takes a delay back.");
	if (wrong[0] != '\0')
		form_line(f, "%s", wrong);
	(void)form_add(f, "Minutes", "From 1 to 10080, which is a week", minutes);
	app_form(act.app, do_delay);
}

void
actions_start(struct app *a, enum cmd cmd, const char *const *uuids, size_t n, const struct device *first,
    void (*on_confirmed)(void *model))
{
	dbq_cancel(app_db(a), &profiles); /* of an action that did not come to its dialog */
	free(act.uuids);
	act.confirmed = on_confirmed;
	act.place = app_place(a);
	act.app = a;
	act.cmd = cmd;
	act.uuids = calloc(n, sizeof(*act.uuids));
	act.n = act.uuids == NULL ? 0 : n;
	for (size_t i = 0; i < act.n; i++)
		(void)text_copy(act.uuids[i], UUID_TEXT, uuids[i]);
	if (act.n == 0)
		return;
	if (cmd == CMD_APPROVE) {
		/* What the device has; the last pattern may serve again, the last name may not. */
		if (n == 1 && first->fqdn[0] != '\0')
			(void)text_copy(act.fqdn, sizeof(act.fqdn), first->fqdn);
		else if (strchr(act.fqdn, '{') == NULL)
			act.fqdn[0] = '\0';
		if (first->profile[0] != '\0')
			(void)text_copy(act.profile, sizeof(act.profile), first->profile);
		profile_list_send(app_db(a), on_profiles, NULL, &profiles);
		return;
	}
	if (cmd == CMD_DELAY)
		ask_delay("60", "");
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (verbs[i].cmd == cmd)
			confirm(i);
}
