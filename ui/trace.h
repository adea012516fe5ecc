/* SPDX-License-Identifier: Apache-2.0 */
/* trace: the debug trace in the console: switching it, and where it is. */
#ifndef MUSTER_UI_TRACE_H
#define MUSTER_UI_TRACE_H

#include "ui/app.h"

/* trace_start: the dialog that switches it: of a device, which is called so; uuid "": of all, or of an engine. */
void trace_start(struct app *a, const char *uuid, const char *called);

/* trace_place: rows of trace_list_send as a sentence: the level of this device and where it goes; "" when it is not traced. */
void trace_place(const struct rows *r, const char *uuid, char *out, size_t size);

#endif
