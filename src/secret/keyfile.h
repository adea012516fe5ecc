/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyfile: the engine's private key on disk: two lines, "muster engine key 1" and 64 hex digits.
 * Only its owner may read it. $CREDENTIALS_DIRECTORY/engine.key (systemd) is taken first.
 */
#ifndef MUSTER_SECRET_KEYFILE_H
#define MUSTER_SECRET_KEYFILE_H

#include "secret/seal.h"

/* keyfile_read: ERR_KEY_FILE when missing, readable by others, or not a key. */
MUST_CHECK int keyfile_read(const char *path, struct seal_private *out, struct err *e);

/* keyfile_write: mode 0600; replaces an existing file only when told. ERR_KEY_FILE, ERR_FILE. */
MUST_CHECK int keyfile_write(
    const char *path, const struct seal_private *key, bool replace, struct err *e);

#endif
