/* SPDX-License-Identifier: Apache-2.0 */
/* mem: allocation for the simulator; ends the process when memory runs out. */
#include "sim/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 4 };

static void *
checked(void *p)
{
	if (p == NULL) {
		fputs("muster-sim: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *
mem_zero(size_t size)
{
	return checked(calloc(1, size == 0 ? 1 : size));
}

char *
mem_copy(const char *s)
{
	return s == NULL ? NULL : checked(strdup(s));
}

char *
mem_print(const char *fmt, ...)
{
	char *out = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&out, fmt, ap) < 0)
		out = NULL;
	va_end(ap);
	return checked(out);
}

void *
mem_grow(void *p, size_t *cap, size_t entry)
{
	*cap = *cap == 0 ? FIRST_CAP : *cap * 2;
	return checked(reallocarray(p, *cap, entry));
}
