/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logw: the log writer. Workers hand it lines and step results; one thread writes them in batches.
 * While the database is away they wait in memory, up to a bound, and then the workers wait.
 */
#ifndef MUSTER_ENGINE_LOGW_H
#define MUSTER_ENGINE_LOGW_H

#include "db/event.h"
#include "db/job.h"

struct logw;

MUST_CHECK int logw_start(struct db_pool *pool, int node, struct logw **out, struct err *e);

/* logw_stop: write what can be written within a few seconds, then end; takes NULL. */
void logw_stop(struct logw *w);

/* logw_event, logw_step: the line is copied. Threads: any. */
void logw_event(struct logw *w, const struct event_line *line);
void logw_step(struct logw *w, const struct step_line *line);

/*
 * logw_sync: wait until all that was handed over before is durable, so that a state change never
 * comes before the lines that explain it. False after wait_ms.
 */
bool logw_sync(struct logw *w, int64_t wait_ms);

#endif
