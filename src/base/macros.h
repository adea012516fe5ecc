/* SPDX-License-Identifier: Apache-2.0 */
/* macros: the few macros every folder uses. */
#ifndef MUSTER_BASE_MACROS_H
#define MUSTER_BASE_MACROS_H

#include <stddef.h>

#define MUST_CHECK        __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define ARRAY_LEN(a)      (sizeof(a) / sizeof((a)[0]))

/*
 * SCOPED(x) T v: x_scoped(&v) runs on every way out of the block, so the value is freed, wiped or
 * unlocked without a label. The variable must be initialised where it is declared.
 */
#define SCOPED(kind) __attribute__((cleanup(kind##_scoped)))

/* SCOPED(mem) char *p = NULL: free(p) on the way out. */
void mem_scoped(void *pp);

/* SCOPED(file) FILE *f = NULL: fclose(f) on the way out. */
void file_scoped(void *pp);

/* SCOPED(fd) int fd = -1: close(fd) on the way out. */
void fd_scoped(int *fd);

#endif
