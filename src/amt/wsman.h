/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wsman: WS-Management operations on the classes of AMT. A class is named as in the documents; its
 * namespace follows from the first letters (AMT_, IPS_, CIM_).
 * Source: protocol/wsman.md 2 to 5.
 */
#ifndef MUSTER_AMT_WSMAN_H
#define MUSTER_AMT_WSMAN_H

#include "amt/http.h"
#include "amt/xml.h"

struct wsman {
	struct http *http;   /* not owned */
	unsigned int message_id;
	char fault[64];      /* local name of the subcode of the last fault, "" after a success */
	unsigned int calls;  /* requests made */
};

/* One selector; a list of them ends with { NULL, NULL }; NULL stands for none. */
struct selector {
	const char *name, *value;
};

/*
 * Errors of all operations: those of http_post; ERR_HTTP (a status without SOAP), ERR_ANSWER (not
 * the answer to this request), ERR_ABSENT (the device has no such class, instance or method),
 * ERR_FAULT (any other fault; w->fault has its name).
 */

/* wsman_get: one instance. */
MUST_CHECK int wsman_get(struct wsman *w, const char *class, const struct selector *sel,
    struct inst *out, struct err *e);

/* wsman_put: send back an instance that wsman_get gave and the caller changed. */
MUST_CHECK int wsman_put(struct wsman *w, const char *class, const struct selector *sel,
    const struct inst *in, struct err *e);

/* wsman_create, wsman_put_body: an instance given as the XML of its properties (see param()). */
MUST_CHECK int wsman_create(struct wsman *w, const char *class, const char *properties, struct err *e);
MUST_CHECK int wsman_put_body(struct wsman *w, const char *class, const struct selector *sel,
    const char *properties, struct err *e);

MUST_CHECK int wsman_delete(
    struct wsman *w, const char *class, const struct selector *sel, struct err *e);

/*
 * wsman_list: every instance of a class: out->node is an element whose children are the instances
 * (subclasses under their own names). Pulls until the end of the sequence.
 */
MUST_CHECK int wsman_list(struct wsman *w, const char *class, struct inst *out, struct err *e);

/*
 * wsman_call: invoke a method; *status gets its ReturnValue (0 when the output has none). The
 * output is in *out (may be NULL). A status that is not 0 is not an error here.
 */
MUST_CHECK int wsman_call(struct wsman *w, const char *class, const char *method,
    const struct selector *sel, const char *params, uint32_t *status, struct inst *out, struct err *e);

/* wsman_do: wsman_call, and any status but 0 is an error (pt_error). */
MUST_CHECK int wsman_do(struct wsman *w, const char *class, const char *method,
    const struct selector *sel, const char *params, struct inst *out, struct err *e);

/* wsman_ns: append the namespace of a class. */
void wsman_ns(struct buf *b, const char *class);

/* wsman_epr: a reference to class.name=value as a parameter or property. Source: wsman.md 4.1. */
void wsman_epr(struct buf *b, const char *param, const char *class, const char *name, const char *value);

/* wsman_epr_id: the selector `name` of a reference in an answer; false when it is not there. */
bool wsman_epr_id(const xmlNode *epr, const char *name, char *out, size_t size);

#endif
