/* SPDX-License-Identifier: Apache-2.0 */
/* file: whole files in and out. */
#ifndef MUSTER_BASE_FILE_H
#define MUSTER_BASE_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * file_read: the whole file into *out, at most max bytes. "-" is standard input. ERR_FILE.
 * Threads: any.
 */
MUST_CHECK int file_read(const char *path, size_t max, struct buf *out, struct err *e);

/*
 * A file that somebody named, while it is written: it lies in the folder of its name without a name, or where
 * the file system cannot do that as NAME.XXXXXX.part, and gets its name when it is complete. So no reader and
 * no crash ever meets half of it. Mode 0600. Start with { 0 }.
 */
struct file_out {
	bool open;
	bool named; /* no standard output */
	int fd;
	char path[4096];
	char part[4096]; /* "": it has no name yet */
};

/*
 * file_out_open: "-" is standard output. What exists already is never replaced: that is told here, and again
 * by file_out_close, should it have come in between. ERR_FILE, in plain words.
 * file_out_write: all of it; ERR_FILE, and then file_out_abort is next.
 * file_out_close: on the disk and under its name; else ERR_FILE, and nothing is left of it.
 * file_out_abort: nothing is left of it; harmless after the others. SCOPED(file_out) does it on every way out.
 * Threads: any, one at a time.
 */
MUST_CHECK int file_out_open(struct file_out *o, const char *path, struct err *e);
MUST_CHECK int file_out_write(struct file_out *o, const void *data, size_t len, struct err *e);
MUST_CHECK int file_out_close(struct file_out *o, struct err *e);
void file_out_abort(struct file_out *o);
static inline void
file_out_scoped(struct file_out *o)
{
	file_out_abort(o);
}

/* file_write_new: a whole file in one, as by file_out. */
MUST_CHECK int file_write_new(const char *path, const void *data, size_t len, struct err *e);

/* file_replace: a whole file of mode 0600 in the place of what is there, if anything: all of it or nothing. ERR_FILE. */
MUST_CHECK int file_replace(const char *path, const void *data, size_t len, struct err *e);

/*
 * datadir_path: where a shipped file lies: $MUSTER_DATADIR, else the data directory chosen at
 * build time, then "/name". The answer is cut to size.
 */
void datadir_path(char *out, size_t size, const char *name);

#endif
