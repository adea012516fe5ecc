/* SPDX-License-Identifier: Apache-2.0 */
/* fixture: the one console of a test program, begun and ended by each test. */
#ifndef MUSTER_TESTS_UI_FIXTURE_H
#define MUSTER_TESTS_UI_FIXTURE_H

#include "tests/unit.h"

#include "tests/ui/console.h"
#include "tests/ui/db.h"

static struct console k;

/* begin: the first screen, complete and drawn, in the world as it is. */
static inline void
begin(const char *user, int width, int height)
{
	console_start(&k, user, width, height);
	(void)draw(&k);
}

/* begin_fresh: in the world of data.sql, made anew. */
static inline void
begin_fresh(const char *user, int width, int height)
{
	(void)db_fresh(NULL);
	begin(user, width, height);
}

static inline void
end(void)
{
	console_stop(&k);
}

/* A test in a world made anew, which it may change before it begins. */
#define FRESH(f) cmocka_unit_test_setup(f, db_fresh)

#endif
