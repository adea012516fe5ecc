/* SPDX-License-Identifier: Apache-2.0 */
/* device_actions: what the files of the actions on devices share. */
#ifndef MUSTER_UI_DEVICE_ACTIONS_H
#define MUSTER_UI_DEVICE_ACTIONS_H

#include "ui/bulk.h"

/* What is asked for, while its dialog is open and until its answer has come. */
struct action {
	struct app *app;
	enum cmd cmd;
	char (*uuids)[UUID_TEXT];
	size_t n;
	char fqdn[DB_FQDN], ou[DB_TEXT], profile[64];
	void (*confirmed)(void *model);
	unsigned int place; /* where it was asked for */
};
extern struct action action_now;

/* action_uuids: pointers to them, to be freed. action_confirmed: tells the list that asked. */
const char **action_uuids(void);
void action_confirmed(void *model);

/* action_parts: what is said before many devices are asked. */
void action_parts(struct form *f);

/* device_retire.c: the dialog for unprovision; what is sent for it; and the end of the one for take-over. */
void unprovision_start(void);
void take_over_do(void *model, const struct form *f);

#endif
