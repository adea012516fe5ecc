/* SPDX-License-Identifier: Apache-2.0 */
/* device: what both dialects share. */
#include "amt/device.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void
amt_free(struct amt_device *d)
{
	if (d != NULL)
		d->ops->free(d);
}

bool
amt_at_least(const struct amt_facts *f, unsigned int major, unsigned int minor)
{
	return f->major > major || (f->major == major && f->minor >= minor);
}

/* WS-Management is whole from 3.2.1 on. */
enum amt_dialect
amt_dialect_of(const char *text)
{
	const char *last = strrchr(text, ' ');
	unsigned int major, minor, maintenance = 1;

	last = last == NULL ? text : last + 1;
	if (!isdigit((unsigned char)last[0]) || sscanf(last, "%5u.%5u.%5u", &major, &minor, &maintenance) < 2)
		return AMT_DIALECT_UNTOLD;
	if (major < 2)
		return AMT_DIALECT_NONE;
	return major < 3 || (major == 3 && (minor < 2 || (minor == 2 && maintenance < 1))) ? AMT_DIALECT_EOI : AMT_DIALECT_WSMAN;
}
