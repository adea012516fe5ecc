/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem: allocation for the simulator. It ends the process when memory runs out: a simulated fleet
 * has nothing to save, and no caller would know what else to do.
 */
#ifndef MUSTER_SIM_MEM_H
#define MUSTER_SIM_MEM_H

#include <stddef.h>

#include "base/macros.h"

/* mem_zero: size zeroed bytes. mem_copy: a copy of a string; NULL gives NULL. */
void *mem_zero(size_t size);
char *mem_copy(const char *s);
char *mem_print(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* mem_grow: make room for more entries of the array p, doubling *cap. p may be NULL. */
void *mem_grow(void *p, size_t *cap, size_t entry);

#endif
