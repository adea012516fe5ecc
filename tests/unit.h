/* SPDX-License-Identifier: Apache-2.0 */
/* unit: what every unit test includes: cmocka with its prerequisites, and a few helpers. */
#ifndef MUSTER_TESTS_UNIT_H
#define MUSTER_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

/* A call that must succeed; a failure shows what the error says. */
#define assert_ok(call)                                                                            \
	do {                                                                                       \
		e = (struct err){ 0 };                                                             \
		if ((call) != 0)                                                                   \
			fail_msg("%s: %d %s", #call, (int)e.code, e.text);                         \
	} while (0)

/* A call that must fail with this code, and say something. Both use the local struct err e. */
#define assert_fails(call, want)                                                                   \
	do {                                                                                       \
		e = (struct err){ 0 };                                                             \
		assert_int_equal((call), -1);                                                      \
		if (e.code != (want))                                                              \
			fail_msg("%s: %d (%s), want %d", #call, (int)e.code, e.text, (int)(want)); \
		assert_true(e.text[0] != '\0');                                                    \
	} while (0)

#define assert_has(text, part)                                                                     \
	do {                                                                                       \
		if (strstr((text), (part)) == NULL)                                                \
			fail_msg("\"%s\" is not in \"%s\"", (part), (text));                       \
	} while (0)

#define assert_has_not(text, part)                                                                 \
	do {                                                                                       \
		if (strstr((text), (part)) != NULL)                                                \
			fail_msg("\"%s\" is in \"%s\"", (part), (text));                           \
	} while (0)

#define TEST(f) cmocka_unit_test(f)

/* source_path: a file of the source tree, wherever the build directory is. */
void source_path(char *out, size_t size, const char *name);

/* source_read: its content; the test fails when it cannot be read. */
void source_read(const char *name, struct buf *out);

/* temp_dir: a new private directory below the build directory; temp_drop removes it and its files. */
void temp_dir(char *out, size_t size);
void temp_drop(const char *dir);

/* temp_file: write a file of that mode into dir; its path goes to out. */
void temp_file(const char *dir, const char *name, const void *data, size_t len, unsigned int mode,
    char *out, size_t size);

#endif
