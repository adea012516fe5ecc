/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: the debug trace: what is said to a device and back, and what the event log has of it, in files of the
 * engine for each device, with secrets masked. Off unless the setting "trace" says so, which counts at once.
 * UUID.txt is written as it happens, as much of it as the level says. UUID.error.log is written when an attempt
 * failed: what was said last, whatever the level, from memory. What a
 * device of AMT before 3.2 refuses, or answers in a way that is not understood, is written in any case.
 */
#ifndef MUSTER_ENGINE_TRACE_H
#define MUSTER_ENGINE_TRACE_H

#include "amt/http.h"
#include "base/buf.h"
#include "db/event.h"
#include "db/trace_level.h"
#include "secret/secret.h"

/* A device's newest lines fill one file; the ones before it are in a second one, which is then replaced. */
enum { TRACE_FILE_MAX = 10 * 1024 * 1024, TRACE_ALL_MAX = 1024 * 1024 * 1024 };

enum trace_file { TRACE_TALK, TRACE_FAILED };

struct trace;
struct run;

/* trace_new: nothing is made in the folder before the first line. ERR_MEMORY. trace_free takes NULL. */
MUST_CHECK int trace_new(const char *dir, size_t file_max, int64_t all_max, struct trace **out, struct err *e);
void trace_free(struct trace *t);

/*
 * trace_write: adds to a file of a device (mode 0600, never through a link). When all files are larger than
 * they may be, the oldest are removed. ERR_FILE. Threads: any.
 */
MUST_CHECK int trace_write(struct trace *t, const char *uuid, enum trace_file which, const char *text, size_t len, struct err *e);

/* trace_bytes: how much all files have, counted anew. Threads: any. */
int64_t trace_bytes(struct trace *t);

/* trace_tell: how writing went; true when it is the first failure after a success, which is to be told. */
bool trace_tell(struct trace *t, bool good);

/*
 * trace_talk.c: what a run says goes here; failing to write is told once in the event log.
 * trace_exchange: for struct http_conf; arg is a struct run. trace_line: a line of the event log.
 * trace_end: the attempt failed; why is its error.
 */
void trace_exchange(void *arg, const struct http_exchange *x);
void trace_line(struct run *r, enum event_level level, int code, const char *text);
void trace_end(struct run *r, const struct err *why);

/* trace_exchange_level: the least level an exchange is written at: no answer and a refusal are warnings. Pure. */
enum trace_level trace_exchange_level(const struct http_exchange *x);

/* What was said last, for when the attempt fails: whole entries, two thirds of a run of usual length. */
enum { TRACE_TAIL_MAX = 128 * 1024 };
struct trace_tail {
	struct buf text;
	size_t lost; /* bytes before it that were let go */
};
void trace_tail_add(struct trace_tail *t, const char *text, size_t len);
void trace_tail_free(struct trace_tail *t);

/* trace_odd: for struct amt_eoi_with; arg is a struct run. */
void trace_odd(void *arg, const struct err *why, const struct http_exchange *said);

/* The secrets that were seen in requests: replies are searched for them. */
enum { MASK_MAX = 8 };
struct mask {
	struct secret values[MASK_MAX];
	size_t n, next;
};
void mask_wipe(struct mask *m);

/*
 * mask_xml: a body of a request or a reply without what is secret: the content of elements that hold
 * passwords, keys or digests, and every copy of what was such content before. Control characters are made
 * harmless. A body that is no XML is left out: nobody can tell what is secret in it. collect: remember what
 * is masked (of a request).
 */
void mask_xml(struct mask *m, bool collect, const char *body, size_t len, struct buf *out);

/* mask_text: a text without the secrets that are known. */
void mask_text(const struct mask *m, const char *text, struct buf *out);

#endif
