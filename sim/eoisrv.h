/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eoisrv: the SOAP that AMT had before WS-Management ("EOI"), as a device answers it. A call is
 * found by path and by the first element of the body, in any case and any spelling of the dialect
 * table; namespaces and SOAPAction are not looked at. Answers have the first spelling, the status
 * first. Source: protocol/eoi.md 2, 4, 5, 6, 8, 13.
 */
#ifndef MUSTER_SIM_EOISRV_H
#define MUSTER_SIM_EOISRV_H

#include <libxml/tree.h>

#include "amt/eoi_dialect.h"
#include "base/buf.h"
#include "sim/fault.h"
#include "sim/schema.h"

/* A value of a request or an answer, under the name the dialect table gives the field. */
struct eoisrv_val {
	const char *name;
	char *text; /* owned; of the field's type in our form: true, a.b.c.d, a word of ours */
};

struct eoisrv_vals {
	struct eoisrv_val *v;
	size_t n, cap;
};

void eoisrv_add(struct eoisrv_vals *l, const char *name, const char *text);
void eoisrv_add_num(struct eoisrv_vals *l, const char *name, unsigned long v);
void eoisrv_vals_free(struct eoisrv_vals *l);

/* eoisrv_text: the nth value (from 0) of this name, or NULL. eoisrv_num: the first, as a number. */
const char *eoisrv_text(const struct eoisrv_vals *l, const char *name, size_t nth);
unsigned long eoisrv_num(const struct eoisrv_vals *l, const char *name, unsigned long missing);
size_t eoisrv_count(const struct eoisrv_vals *l, const char *name);

/* One call while it is carried out. */
struct eoisrv_call {
	struct device *d;
	struct eoisrv_vals in, out;
	enum after after;
};

/* What the simulator does for a row of the dialect table. */
struct eoisrv_row {
	enum eoi_id id;
	unsigned int (*run)(struct eoisrv_call *c); /* gives a PT_STATUS */
	unsigned int flags;
	unsigned int parts; /* enum part that it changes; see sim/pending.h */
	unsigned int realm; /* what a user needs, if not administration; 0: that */
};
enum {
	EOISRV_WAITS =
	    1, /* what it changes waits for the commit, unless the fault at-once says no */
};
enum { EOISRV_ANY = 255 /* realm: any user may */ };

struct eoisrv_family {
	const struct eoisrv_row *rows;
	size_t n;
};
extern const struct eoisrv_family eoisrv_admin, eoisrv_keys, eoisrv_network, eoisrv_setup;

/* eoisrv_row: what is done for an operation, or NULL. */
const struct eoisrv_row *eoisrv_row(enum eoi_id id);

/* A request that was understood so far as to know what it wants, and its answer. */
struct eoisrv {
	xmlDoc *doc;
	const xmlNode *element;  /* of the operation */
	const struct eoi_op *op; /* NULL: no such operation on this device */
	const struct eoisrv_row *row;
	struct fault_where
	    where; /* for faults and the log; class: the service, method: first spelling */
	struct buf body;
	bool is_fault;
	unsigned int status; /* PT_STATUS, or HTTP status of a fault */
	enum after after;
};

/* eoisrv_path: does this device have a service there? */
bool eoisrv_path(const struct device *d, const char *path);

/* eoisrv_read: parse and look up. Returns 0, or -1 when this is no envelope. Free q in all cases.
 */
MUST_CHECK int eoisrv_read(
    struct device *d, const char *path, const char *text, size_t len, struct eoisrv *q);

/* eoisrv_act: check the caller's rights (who NULL: administrator), act, write the answer. */
void eoisrv_act(struct device *d, struct eoisrv *q, const struct acl *who);

void eoisrv_free(struct eoisrv *q);
static inline void
eoisrv_scoped(struct eoisrv *q)
{
	eoisrv_free(q);
}

/*
 * eoisrv_decode: the values in the element of an operation. false: an element that the table does
 * not know there, a value that is not of its type, a second one of what comes once.
 */
bool eoisrv_decode(const struct eoi_op *op, const xmlNode *element, struct eoisrv_vals *out);

/* eoisrv_encode: the values of an answer as elements with this prefix, in the order of the table.
 */
void eoisrv_encode(
    const struct eoi_op *op, const struct eoisrv_vals *v, const char *prefix, struct buf *out);

#endif
