/* SPDX-License-Identifier: Apache-2.0 */
/* file: whole files in and out. */
#ifndef MUSTER_BASE_FILE_H
#define MUSTER_BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

/*
 * file_read: the whole file into *out, at most max bytes. "-" is standard input. ERR_FILE.
 * Threads: any.
 */
MUST_CHECK int file_read(const char *path, size_t max, struct buf *out, struct err *e);

/*
 * file_write_private: a new file of mode 0600, written whole and synced before it gets its name; an
 * existing file is not replaced unless replace is true. ERR_FILE.
 */
MUST_CHECK int file_write_private(
    const char *path, const void *data, size_t len, bool replace, struct err *e);

/*
 * datadir_path: where a shipped file lies: $MUSTER_DATADIR, else the data directory chosen at
 * build time, then "/name". The answer is cut to size.
 */
void datadir_path(char *out, size_t size, const char *name);

#endif
