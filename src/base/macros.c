/* SPDX-License-Identifier: Apache-2.0 */
/* macros: the functions behind SCOPED for plain C types. */
#include "base/macros.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void
mem_scoped(void *pp)
{
	free(*(void **)pp);
}

void
file_scoped(void *pp)
{
	FILE *f = *(FILE **)pp;

	if (f != NULL)
		(void)fclose(f); /* reading: nothing to lose; writers close for themselves */
}

void
fd_scoped(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}
