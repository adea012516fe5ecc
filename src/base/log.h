/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log: what a program says about itself on standard error, with the priority marks that the systemd
 * journal understands. What happens to devices goes to the event log in the database instead.
 */
#ifndef MUSTER_BASE_LOG_H
#define MUSTER_BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_ERROR = 3, LOG_WARNING = 4, LOG_INFO = 6, LOG_DEBUG = 7 };

/* log_init: the least important level to write. The marks are left out on a terminal. */
void log_init(enum log_level least);

/* log_at: one line; control characters are made harmless. Threads: any. */
void log_at(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* log_err: "what: text (code)" of an error. */
void log_err(enum log_level level, const char *what, const struct err *e);

#endif
