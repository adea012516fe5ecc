/* SPDX-License-Identifier: Apache-2.0 */
/* device_test: a fake and a device over it, set up anew for each test of the device operations. */
#ifndef MUSTER_TESTS_AMT_DEVICE_TEST_H
#define MUSTER_TESTS_AMT_DEVICE_TEST_H

#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "amt/device.h"
#include "amt/xml.h"
#include "base/text.h"
#include "tests/amt/fake.h"

static struct fake *f;
static struct http *h;
static struct amt_device *d;

static int
device_up(void **state)
{
	struct err e;

	(void)state;
	f = fake_start(NULL);
	h = fake_client(f);
	assert_ok(amt_wsman(h, &d, &e));
	(void)text_copy(d->facts.realm, sizeof(d->facts.realm), "Digest:F3EB554784E729164447A89F60B641C5");
	d->facts.major = 12;
	return 0;
}

static int
device_down(void **state)
{
	(void)state;
	amt_free(d);
	http_free(h);
	fake_stop(f);
	return 0;
}

#define EACH(t) cmocka_unit_test_setup_teardown(t, device_up, device_down)

/* An enumeration whose one page is recorded, or holds these instances. */
static inline void
play_list(const char *file)
{
	fake_file(f, "amt/tls/credentialcontext/enumerate");
	fake_file(f, file);
}

static inline void
play_items(const char *items)
{
	SCOPED(buf) struct buf b = { 0 };

	fake_file(f, "amt/tls/credentialcontext/enumerate");
	buf_printf(&b, "<PullResponse><Items>%s</Items><EndOfSequence/></PullResponse>", items);
	fake_text(f, buf_str(&b));
}

/* Everything that was played was asked for; the last request holds this. */
static inline void
assert_last(const char *part)
{
	assert_int_equal(fake_left(f), 0);
	assert_has(fake_body(f, fake_count(f) - 1), part);
}

#endif
