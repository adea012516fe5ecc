/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eoisrv_call: EOI calls carried out by what WS-Management does with the same device, so that both
 * dialects show the same facts and refuse the same things.
 */
#ifndef MUSTER_SIM_EOISRV_CALL_H
#define MUSTER_SIM_EOISRV_CALL_H

#include "sim/eoisrv.h"
#include "sim/keystore.h"
#include "sim/ops.h"

#define SETUP_CLASS   "AMT_SetupAndConfigurationService"
#define GENERAL_CLASS "AMT_GeneralSettings"

enum { ARGS_MAX = 48, REALM_REMOTE_CONTROL = 5, REALM_NETWORK_TIME = 12, REALM_GENERAL_INFO = 13 };

/* Parameters of a method, or properties of a Put, in their order. */
struct args {
	struct field v[ARGS_MAX];
	size_t n;
};

/* args_add: one more; text is copied, NULL adds nothing. args_all: each value of an EOI field. */
void args_add(struct args *a, const char *name, const char *text);
void args_all(struct args *a, const char *name, const struct eoisrv_vals *v, const char *field);
void args_free(struct args *a);
static inline void
args_scoped(struct args *a)
{
	args_free(a);
}

/*
 * call_method: run a method. out gets its output parameters; NULL: not wanted. Parameters that do
 * not fit are PT_INVALID_PARAMETER. call_put: the same for a Put on the first instance.
 */
unsigned int call_method(struct eoisrv_call *c, const char *cls, const char *method,
    const struct args *in, struct vals *out);
unsigned int call_put(struct eoisrv_call *c, const char *cls, const struct args *in);

/* call_setting, call_is: a stored value of the first instance, "" when absent; is it "true"? */
const char *call_setting(const struct eoisrv_call *c, const char *cls, const char *prop);
bool call_is(const struct eoisrv_call *c, const char *cls, const char *prop);

/* call_list: store the values of a field as a list; none: as from the factory. */
void call_list(struct eoisrv_call *c, const char *cls, const char *prop, const char *field);

/* word_number: the place of a word in a list that ends with NULL, -1: not in it. */
int word_number(const char *const *words, const char *word);

#endif
