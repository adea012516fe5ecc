/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intake: takes hellos from the listener and commits them in batches. A hello is acknowledged to
 * nobody, so what is accepted must become durable: while the database is away the batch waits, and
 * when its queue is full the listener stops accepting.
 */
#ifndef MUSTER_ENGINE_INTAKE_H
#define MUSTER_ENGINE_INTAKE_H

#include "engine/engine.h"

enum { INTAKE_BATCH = 500, INTAKE_GATHER_MS = 5, INTAKE_BOUND = 20000 };

struct intake;

MUST_CHECK int intake_start(struct engine *en, struct intake **out, struct err *e);

/* intake_stop: commit what is in the queue (as long as the database answers), then end. */
void intake_stop(struct intake *in);

/*
 * intake_hello: hand over the bytes of one complete hello. False: the queue is full, try later.
 * intake_refuse: hand over something that was no usable hello. When many wait to be written it is only
 * counted, and the count goes with the next one of its code that is. Threads: the listener's.
 */
bool intake_hello(struct intake *in, const struct hello *h, const void *bytes, size_t len,
    const char *address, int port);
void intake_refuse(struct intake *in, const struct hello_refusal *r);

/* intake_full: whether the next intake_hello would be refused. */
bool intake_full(struct intake *in);

#endif
