/* SPDX-License-Identifier: Apache-2.0 */
/* reveal: an engine's answers to Administrators who ask for a password. */
#ifndef MUSTER_ENGINE_REVEAL_H
#define MUSTER_ENGINE_REVEAL_H

#include "engine/engine.h"

/*
 * reveal_serve: answers all that is asked for: each password is opened with the engine's key and sealed for
 * the key of who asked; what cannot be opened or sealed is answered with code and text. Fails only as the
 * database fails. Threads: the dispatcher's.
 */
MUST_CHECK int reveal_serve(struct engine *en, struct db *db, struct err *e);

#endif
