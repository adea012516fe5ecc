/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan: what a configuration does to a device of a release, without a device: the steps in order, why one
 * is left out, and the calls of each, in WS-Management or in the SOAP of AMT before 3.2. The engine takes titles and reasons from the same rows;
 * tests/e2e/plan.sh holds the calls against those of a real run. Pure: no I/O.
 */
#ifndef MUSTER_AMT_PLAN_H
#define MUSTER_AMT_PLAN_H

#include "amt/eoi_dialect.h"
#include "amt/profile.h"

/* What decides: the release, the profile, and whether the device was configured by an earlier attempt. */
struct plan_case {
	unsigned int major, minor;
	const struct profile *profile;
	bool post;
	bool admin_due, mebx_due; /* the password is changed although it is configured */
	bool eoi; /* the SOAP of AMT before 3.2 is spoken */
};

struct plan_call {
	const char *op, *class, *method; /* "Get", "Put", "Enumerate", "Create", "Invoke"; method of Invoke only; class NULL ends a list */
	/* How often it is made on a device as from the factory. NULL: once. */
	unsigned int (*times)(const struct plan_case *c);
	unsigned int since; /* of WS-Management: 100 * major + minor from which devices have the class; earlier ones answer that they have not */
	unsigned int eoi; /* 1 + enum eoi_id: a call of the SOAP before 3.2; 0: of WS-Management */
};

struct plan_step {
	const char *id;    /* stored in step_result; never renamed */
	const char *title; /* as the operator reads it; {host} {domain} {uuid} {address} are filled in */
	const char *(*skip)(const struct plan_case *c);    /* why the step is left out, or NULL; may be NULL */
	const char *(*refusal)(const struct plan_case *c); /* why the step fails, or NULL; may be NULL */
	const char *(*note)(const struct plan_case *c);    /* what else there is to say, or NULL; may be NULL */
	const struct plan_call *calls; /* of WS-Management; see plan_calls */
};

/* The steps in order, of configuring and of unprovisioning; the last has no id. plan_step: by id; NULL: there is none. */
extern const struct plan_step plan_steps[], plan_unprovision_steps[];
const struct plan_step *plan_step(const char *id);

/* plan_skip, plan_refusal, plan_note: what the step says in this case, or NULL. */
const char *plan_skip(const struct plan_step *s, const struct plan_case *c);
const char *plan_refusal(const struct plan_step *s, const struct plan_case *c);
const char *plan_note(const struct plan_step *s, const struct plan_case *c);

/* plan_calls: what the step says to a device in this case. */
const struct plan_call *plan_calls(const struct plan_step *s, const struct plan_case *c);

/* plan_times: how often a call is made. plan_absent: the device answers that it has no such class. */
unsigned int plan_times(const struct plan_call *call, const struct plan_case *c);
bool plan_absent(const struct plan_call *call, const struct plan_case *c);

/* plan_call_text: "Invoke AMT_X.Method"; before 3.2 service and operation, in the best spelling of the built-in table. */
void plan_call_text(const struct plan_call *call, char *out, size_t size);

/* plan_releases: releases to choose from, one of each kind; the last is NULL. */
extern const char *const plan_releases[];

/* plan_release: the release of a text such as "11.8" or "16.1.30". ERR_INPUT, ERR_RELEASE (before 2.0). */
MUST_CHECK int plan_release(const char *text, struct plan_case *out, struct err *e);

#endif
