/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: the debug trace: requests and replies of the conversation with a device, in a file of the
 * engine for each device, with secrets masked. Off unless the setting "trace" names the device.
 */
#ifndef MUSTER_ENGINE_TRACE_H
#define MUSTER_ENGINE_TRACE_H

#include "amt/http.h"
#include "base/buf.h"
#include "secret/secret.h"

/* A device's newest lines fill one file; the ones before it are in a second one, which is then replaced. */
enum { TRACE_FILE_MAX = 10 * 1024 * 1024, TRACE_ALL_MAX = 1024 * 1024 * 1024 };

struct trace;

/* trace_new: nothing is made in the folder before the first line. ERR_MEMORY. trace_free takes NULL. */
MUST_CHECK int trace_new(const char *dir, size_t file_max, int64_t all_max, struct trace **out, struct err *e);
void trace_free(struct trace *t);

/* trace_wanted: does the setting name this device? Pure. */
bool trace_wanted(const char *setting, const char *uuid);

/*
 * trace_write: adds to the file of a device (mode 0600, never through a link). When all files are larger than
 * they may be, the oldest are removed. ERR_FILE. Threads: any.
 */
MUST_CHECK int trace_write(struct trace *t, const char *uuid, const char *text, size_t len, struct err *e);

/* trace_bytes: how much all files have, counted anew. Threads: any. */
int64_t trace_bytes(struct trace *t);

/* trace_exchange: for struct http_conf; arg is a struct run. Failing to write is told once in the event log. */
void trace_exchange(void *arg, const struct http_exchange *x);

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

#endif
