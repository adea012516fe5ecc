/* SPDX-License-Identifier: Apache-2.0 */
/* err: the table of error codes and the functions that fill a struct err. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const struct err_info rows[] = {
#define X(name, number, next, title) { ERR_##name, NEXT_##next, #name, title },
	ERR_LIST(X)
#undef X
};

int
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	char raw[sizeof(e->text)];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(e->text, sizeof(e->text), raw, strlen(raw));
	e->code = code;
	return -1;
}

int
err_errno(struct err *e, enum err_code code, const char *fmt, ...)
{
	char raw[sizeof(e->text)], why[96];
	const char *reason = strerror_r(errno, why, sizeof(why));
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	return err_set(e, code, "%.140s: %s", raw, reason);
}

int
err_wrap(struct err *e, const char *what)
{
	struct err inner = *e;

	return err_set(e, inner.code, "%.80s: %.150s", what, inner.text);
}

const struct err_info *
err_info(int code)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((int)rows[i].code == code)
			return &rows[i];
	return NULL;
}

const struct err_info *
err_rows(size_t *n)
{
	*n = ARRAY_LEN(rows);
	return rows;
}

enum err_next
err_next(enum err_code code)
{
	const struct err_info *row = err_info((int)code);

	return row == NULL ? NEXT_STOP : row->next;
}
