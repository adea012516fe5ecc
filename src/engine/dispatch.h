/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dispatch: the thread that claims jobs for the workers, keeps their leases, takes over the jobs of
 * engines that are gone, beats, follows settings; and the workers themselves.
 */
#ifndef MUSTER_ENGINE_DISPATCH_H
#define MUSTER_ENGINE_DISPATCH_H

#include "engine/engine.h"

struct dispatch;

MUST_CHECK int dispatch_start(struct engine *en, struct dispatch **out, struct err *e);

/* dispatch_stop: waits until no worker has a job (en->abort hurries them), then ends; takes NULL. */
void dispatch_stop(struct dispatch *d);

#endif
