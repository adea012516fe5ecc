/* SPDX-License-Identifier: Apache-2.0 */
/* log: what a program says about itself on standard error. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

static atomic_int least_level = LOG_INFO;
static atomic_bool marks = true;

void
log_init(enum log_level least)
{
	least_level = (int)least;
	marks = isatty(STDERR_FILENO) == 0;
}

void
log_at(enum log_level level, const char *fmt, ...)
{
	char raw[600], line[600];
	va_list ap;

	if ((int)level > least_level)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(line, sizeof(line), raw, strlen(raw));
	if (marks)
		(void)fprintf(stderr, "<%d>%s\n", (int)level, line);
	else
		(void)fprintf(stderr, "%s\n", line);
}

void
log_err(enum log_level level, const char *what, const struct err *e)
{
	log_at(level, "%s: %s (%d)", what, e->text, (int)e->code);
}
