/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eoi: requests and answers of the SOAP of AMT 2.0 to 3.1. Operations and fields have names of ours; how they
 * are spelt is in the dialect table (eoi_dialect.h). Source: protocol/eoi.md 2, 4, 7.
 *
 * The rule for spellings: the best one first. Only when the device has refused a request as a whole, by a SOAP
 * fault or an HTTP error, the next one is sent: every name of the operation, then all of them with the next
 * spelling of the fields, at most EOI_TRIES_MAX requests. An answer with a status, whatever it says, ends it:
 * the device understood. What it understood is kept for its firmware version.
 */
#ifndef MUSTER_AMT_EOI_H
#define MUSTER_AMT_EOI_H

#include "amt/eoi_dialect.h"
#include "amt/http.h"
#include "amt/xml.h"

enum {
	EOI_TRIES_MAX = 24,
	EOI_VALUES_MAX = 48,         /* values of one request: a full ACL entry has 26 */
	EOI_SAID_MAX = 16384,        /* kept of a request, and of its answer */
};

/* Spellings that devices understood, by firmware version; shared by threads. */
struct eoi_known;
MUST_CHECK int eoi_known_new(struct eoi_known **out, struct err *e); /* ERR_MEMORY */
void eoi_known_free(struct eoi_known *k);                            /* takes NULL */

/* eoi_known_get: the try that was understood, 0 when nothing is known. eoi_known_set: the oldest version makes room. */
size_t eoi_known_get(struct eoi_known *k, const char *version, enum eoi_id id);
void eoi_known_set(struct eoi_known *k, const char *version, enum eoi_id id, size_t attempt);

/* A conversation with one device. */
struct eoi {
	struct http *http;                 /* not owned */
	const struct eoi_dialect *dialect; /* not owned */
	struct eoi_known *known;           /* not owned; may be NULL */
	char version[32];                  /* of the firmware, "" while not told */
	unsigned int major, minor;         /* 0: not told; then every operation is tried */
	unsigned int calls;                /* requests made */
	/* Told what was said, secrets left out, whenever a device refuses or is not understood. May be NULL. */
	void (*odd)(void *arg, const struct err *why, const struct http_exchange *said);
	void *odd_arg;
};

/* The values of a request, in any order; several of one name are repeated in theirs. */
struct eoi_value {
	const char *name; /* as in the dialect table */
	const void *bytes; /* text, bytes, or a word of ours; not owned */
	size_t len;
	uint32_t number;  /* EOI_UINT, EOI_IPV4, EOI_BOOL, EOI_BIT */
};
struct eoi_values {
	struct eoi_value list[EOI_VALUES_MAX];
	size_t n;
};
void eoi_put_text(struct eoi_values *v, const char *name, const char *text); /* also words */
void eoi_put_secret(struct eoi_values *v, const char *name, const struct secret *s);
void eoi_put_bytes(struct eoi_values *v, const char *name, const void *bytes, size_t len);
void eoi_put_number(struct eoi_values *v, const char *name, uint32_t number); /* also true and false */

/* What was said, without secrets. */
struct eoi_said {
	struct buf action, request;
	struct http_reply reply;
};

/* An answer: outputs are read by name, or by place where the names do not fit but the number of them does. */
struct eoi_answer {
	xmlDoc *doc;
	xmlNode *node; /* the OPERATIONResponse, in doc */
	const struct eoi *from;
	const struct eoi_op *op;
	uint32_t status;
	struct eoi_said said;
};
void eoi_answer_free(struct eoi_answer *a);
static inline void
eoi_answer_scoped(struct eoi_answer *a)
{
	eoi_answer_free(a);
}

/*
 * eoi_call: one operation; a status that is not 0 is not an error here.
 *
 * v		NULL: no values
 * *out		the answer, also after a status; NULL: not wanted. Free with eoi_answer_free
 * Returns	0, or -1: the errors of http_call; ERR_ABSENT (the release does not have it; nothing was sent),
 *		ERR_DIALECT (refused in every spelling), ERR_FAULT, ERR_HTTP (refused, and the spelling is known
 *		to be right; or the device is busy), ERR_ANSWER
 */
MUST_CHECK int eoi_call(
    struct eoi *w, enum eoi_id id, const struct eoi_values *v, uint32_t *status, struct eoi_answer *out, struct err *e);

/* eoi_do: eoi_call, and any status but 0 is an error (pt_error). */
MUST_CHECK int eoi_do(struct eoi *w, enum eoi_id id, const struct eoi_values *v, struct eoi_answer *out, struct err *e);

/* eoi_tell: tells w->odd of an answer that is not what it should be. */
void eoi_tell(const struct eoi_answer *a, const struct err *why);

/* eoi_error: a status that is not success as an error, told to w->odd. Returns -1. */
int eoi_error(struct eoi *w, enum eoi_id id, uint32_t status, const struct eoi_answer *a, struct err *e);

/*
 * Outputs: value number i (from 0). 1: it is there; 0: it is not; -1 with ERR_FIELD: it is something else.
 * eoi_missing: ERR_FIELD for one that must be there; returns -1.
 */
MUST_CHECK int eoi_get_text(const struct eoi_answer *a, const char *name, size_t i, char *out, size_t size, struct err *e);
MUST_CHECK int eoi_get_word(const struct eoi_answer *a, const char *name, size_t i, char *out, size_t size, struct err *e);
MUST_CHECK int eoi_get_bytes(
    const struct eoi_answer *a, const char *name, size_t i, void *out, size_t size, size_t *len, struct err *e);
MUST_CHECK int eoi_get_number(const struct eoi_answer *a, const char *name, size_t i, uint32_t max, uint32_t *out, struct err *e);
MUST_CHECK int eoi_get_bool(const struct eoi_answer *a, const char *name, bool *out, struct err *e);
int eoi_missing(const struct eoi_answer *a, const char *name, struct err *e);

/* Parts of the above, for tests: pure. */

/* eoi_tries: how many spellings a request has, EOI_TRIES_MAX at most. */
size_t eoi_tries(const struct eoi_op *op);

/*
 * eoi_write: spelling number `attempt` of a request as an envelope; action gets its SOAPAction. parts gets what
 * is secret in it (pointers into out), at most max. ERR_MEMORY, ERR_CONFIG (a value does not fit the table).
 */
MUST_CHECK int eoi_write(const struct eoi_dialect *d, enum eoi_id id, size_t attempt, const struct eoi_values *v, struct buf *out,
    struct buf *action, struct http_part *parts, size_t max, size_t *nparts, struct err *e);

/*
 * eoi_read: the body of a reply. 1: an answer, in *out; 0: a fault, its text in *e (ERR_FAULT); -1 with ERR_ANSWER.
 * *out: doc, node, op and status only; free it in any case.
 */
MUST_CHECK int eoi_read(const struct eoi_op *op, const char *body, size_t len, struct eoi_answer *out, struct err *e);

#endif
