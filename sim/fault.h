/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault: what goes wrong with a device, from a small grammar.
 *
 *	SPEC  = NAME [":" ARG] ["*" K]
 *
 * K is how often it happens before it is spent; without it the fault stays. N counts requests
 * from the moment the fault is set, and starts again when it has happened, so that "drop-before:7"
 * hits every seventh request and "drop-before:7*1" the seventh only. WHAT is a method
 * ("CommitChanges"), or an operation and a class ("Put-AMT_TLSSettingData").
 */
#ifndef MUSTER_SIM_FAULT_H
#define MUSTER_SIM_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum fault_kind {
	FK_DROP_BEFORE,
	FK_DROP_AFTER,
	FK_REBOOT_BEFORE,
	FK_REBOOT_AFTER,
	FK_STALL_BEFORE,
	FK_STALL_AFTER,
	FK_DROP_ON,
	FK_STATUS,
	FK_FAULT,
	FK_HTTP,
	FK_SILENT,
	FK_UNAUTHORISED,
	FK_STALE,
	FK_GARBAGE,
	FK_HALF_BODY,
	FK_BIG_BODY,
	FK_SLOW_BYTE,
	FK_XML_BOMB,
	FK_WRONG_TYPE,
	FK_MISSING,
	FK_VALUE,
	FK_REDIRECT,
	FK_BAD_LENGTH,
	FK_CERT_CHANGE,
	FK_KEYGEN_S,
	FK_NO_HELLO,
	FK_FRAGMENT,
	FK_DENY_TLS,
	FK_UUID_MISMATCH,
	FK_TWO_PAGES,
	FK_NO_SUFFIX,
	FK_ODD_XML,
	FK_DELAY_MS,
	FK_PID_HYPHENS,
	FK_PPS_HYPHENS,
	FK_HIDE_IDENTITY,
	FK_RC4_ONLY,
	FK_PKI_HELLO,
	FK_CLOSE_WINDOW,
	FK_RECHALLENGE,
	FK_STATUS_CODE,
	FK_MAC_HYPHENS,
	FK_ONLY_NAME,
	FK_AT_ONCE,
	FK_KINDS
};

enum { FAULT_NAME = 80, FAULT_VALUE = 48 };

struct fault_spec {
	enum fault_kind kind;
	char name[FAULT_NAME];   /* method, class, "Class.Property"; "" where there is none */
	char value[FAULT_VALUE]; /* right of "=" */
	unsigned long n;         /* a number; 0 where there is none */
	long left;               /* times it still happens; -1: for ever */
	unsigned long seen;      /* requests counted so far */
};

struct fault_list {
	struct fault_spec *v;
	size_t n, cap;
};

/* fault_parse: read one SPEC. Returns 0, or -1 with ERR_INPUT. */
MUST_CHECK int fault_parse(const char *spec, struct fault_spec *out, struct err *e);

void fault_add(struct fault_list *l, const struct fault_spec *f);
void fault_clear(struct fault_list *l);

/* fault_hit: a fault of this kind that applies now, used up by one; NULL when there is none. */
const struct fault_spec *fault_hit(struct fault_list *l, enum fault_kind kind);

/* What is being done, for faults that name it. */
struct fault_where {
	const char *op;     /* "Get", "Put", "Invoke", ... */
	const char *cls;    /* class */
	const char *method; /* NULL when not Invoke */
};

/*
 * fault_hit_on: as fault_hit, for kinds that name what they apply to: the method, "Op-Class",
 * "Class.Method", or just the class.
 */
const struct fault_spec *fault_hit_on(
    struct fault_list *l, enum fault_kind kind, const struct fault_where *w);

/* fault_hit_value: as fault_hit, for kinds that name a property. */
const struct fault_spec *fault_hit_value(
    struct fault_list *l, enum fault_kind kind, const char *cls, const char *prop);

/* fault_count: count one request for faults of this kind with N; the one that reached it, or NULL.
 */
const struct fault_spec *fault_count(struct fault_list *l, enum fault_kind kind);

/* fault_has: a fault of this kind is set; nothing is used up. */
const struct fault_spec *fault_has(const struct fault_list *l, enum fault_kind kind);

/* fault_text: the SPEC again, with the rest of K, into out. */
void fault_text(const struct fault_spec *f, char *out, size_t size);

/* fault_help: one line per kind for --help, ends with NULL. */
const char *fault_help(size_t row);

#endif
