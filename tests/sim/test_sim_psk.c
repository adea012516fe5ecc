/* SPDX-License-Identifier: Apache-2.0 */
/* test_sim_psk: PID and PPS of a simulated device, its fleet file, and what waits for a commit. */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "sim/fleet.h"
#include "sim/mem.h"
#include "sim/pending.h"

#define PID   "HLLQ045Q"
#define PPS   "B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5"
#define OTHER "0000037M"
#define GUIDE "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"

/* Source of the vectors: protocol/setup.md 2.2. */
static void
pairs_are_held_against_their_check_characters(void **state)
{
	static const struct {
		const char *pid;
		bool ok;
	} pids[] = { { PID, true }, { "HLLQ-045Q", true }, { OTHER, true }, { "0000-037M", true },
		{ "HLLQ045P", false }, { "0000037N", false }, { "HLLQ045", false },
		{ "HLLQ045QQ", false }, { "hllq045q", false }, { "HLL-Q045Q", false },
		{ "", false }, { "HLLQ-045-", false } };
	char out[PPS_CHARS + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pids); i++)
		assert_int_equal(psk_pid(pids[i].pid, out), pids[i].ok);
	assert_true(psk_pps("NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ", out));
	assert_string_equal(out, GUIDE);
	assert_true(psk_pps(PPS, out));
	for (size_t i = 0; i < PPS_CHARS; i++) {
		char wrong[] = GUIDE;

		wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
		assert_false(psk_pps(wrong, out));
	}
	assert_string_equal(out, PPS); /* untouched */
}

static void
hyphens_stand_between_groups_of_four(void **state)
{
	char out[PSK_TEXT];

	(void)state;
	psk_hyphens(PID, out);
	assert_string_equal(out, "HLLQ-045Q");
	psk_hyphens(GUIDE, out);
	assert_string_equal(out, "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ");
}

static void
made_up_pairs_are_valid_and_always_the_same(void **state)
{
	char pid[2][PID_LEN + 1], pps[2][PPS_CHARS + 1], out[PPS_CHARS + 1];
	struct uuid u = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 200; i++) {
		u.b[0] = (uint8_t)i;
		psk_make(7, &u, pid[0], pps[0]);
		psk_make(7, &u, pid[1], pps[1]);
		assert_string_equal(pid[0], pid[1]);
		assert_string_equal(pps[0], pps[1]);
		assert_true(psk_pid(pid[0], out));
		assert_true(psk_pps(pps[0], out));
	}
	psk_make(8, &u, pid[1], pps[1]);
	assert_string_not_equal(pid[0], pid[1]);
}

/* A fleet from a text; the error text is left in e. */
static int
fleet_of(const char *text, struct fleet *f, struct err *e)
{
	char path[] = "/tmp/test_sim_psk.XXXXXX";
	int fd = mkstemp(path);
	size_t n = strlen(text);

	assert_true(fd >= 0 && write(fd, text, n) == (ssize_t)n);
	(void)close(fd);
	*f = (struct fleet){ 0 };
	fleet_options(&f->opt);
	f->opt.fleet_file = path;
	int rc = fleet_build(f, e);
	(void)unlink(path);
	return rc;
}

#define ENTRY(release, more)                                                                       \
	"[{\"uuid\": \"1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f1\", \"release\": \"" release "\"" more  \
	"}]"

static void
fleet_files_hold_pairs_or_have_them_made(void **state)
{
	struct fleet f;
	struct err e;

	(void)state;
	assert_int_equal(
	    fleet_of(ENTRY("2.1", ", \"pid\": \"HLLQ-045Q\", \"pps\": \"" PPS "\""), &f, &e), 0);
	assert_string_equal(f.dev[0].pid, PID);
	assert_string_equal(f.dev[0].pps, PPS);
	assert_string_equal(f.dev[0].mebx_password, "P@ssw0rd");
	assert_true(f.dev[0].mebx_changed);
	fleet_free(&f);
	assert_int_equal(
	    fleet_of(ENTRY("8.1", ", \"psk\": true, \"mebx_password\": \"0ther!Word\""), &f, &e),
	    0);
	assert_true(device_psk(&f.dev[0]));
	assert_string_equal(f.dev[0].mebx_password, "0ther!Word");
	fleet_free(&f);
	assert_int_equal(fleet_of(ENTRY("2.0", ""), &f, &e), 0);
	assert_int_equal(f.dev[0].state, STATE_PRE); /* nobody gave it a pair */
	fleet_free(&f);
}

static void
fleet_files_with_wrong_pairs_are_refused(void **state)
{
	static const char *const wrong[] = {
		ENTRY("2.1", ", \"pid\": \"HLLQ045P\", \"pps\": \"" PPS "\""),
		ENTRY("2.1", ", \"pid\": \"" PID "\""),
		ENTRY("2.1", ", \"pps\": \"" PPS "\""),
		ENTRY("11.8", ", \"psk\": true"),
		ENTRY("11.8", ", \"no_crypto\": true"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct fleet f;
		struct err e;

		assert_int_equal(fleet_of(wrong[i], &f, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		assert_null(strstr(e.text, PPS));
		fleet_free(&f);
	}
}

static struct fleet fleet;

static void
device_of(const char *release, struct device *d)
{
	struct err e;

	*d = (struct device){ .fleet = &fleet };
	assert_int_equal(release_parse(release, &d->rel, &e), 0);
	device_init(d);
	(void)text_copy(d->pid, sizeof(d->pid), PID);
	(void)text_copy(d->pps, sizeof(d->pps), PPS);
	device_set_named(d, "AMT_GeneralSettings", 0, "HostName", "old");
}

/* Everything that can wait, changed. */
static void
change(struct device *d)
{
	pending_begin(d, PART_ADMIN | PART_ACL | PART_PSK | PART_POWER | PART_TLS);
	device_set_named(d, "AMT_GeneralSettings", 0, "HostName", "new");
	device_set_named(d, "AMT_GeneralSettings", 0, "DomainName", "example.com");
	d->admin.ha1[0] ^= 1;
	d->admin_set = true;
	free(d->acls);
	d->acls = mem_zero(sizeof(*d->acls));
	d->acls[d->nacls++].handle = 7;
	d->acl_cap = 1;
	(void)text_copy(d->pid, sizeof(d->pid), OTHER);
	d->power_scheme = 1;
	pending_end(d);
}

static void
what_waits_is_shown_but_not_used(void **state)
{
	struct device d;
	size_t n;

	(void)state;
	device_of("2.5", &d);
	change(&d);
	assert_string_equal(device_named(&d, "AMT_GeneralSettings", 0, "HostName"), "new");
	assert_string_equal(pending_pid(&d), PID);
	assert_string_equal(pending_pps(&d), PPS);
	assert_memory_equal(pending_admin(&d)->ha1, d.mebx_ha1, HA1_LEN);
	assert_false(pending_admin_set(&d));
	(void)pending_acls(&d, &n);
	assert_int_equal(n, 0);
	assert_int_equal(
	    pending_parts(&d, &n), PART_ADMIN | PART_ACL | PART_PSK | PART_POWER | PART_TLS);
	assert_int_equal(n, 2);
	device_free(&d);
}

static void
what_waits_is_dropped_as_a_whole_or_kept(void **state)
{
	struct device d;
	size_t n;

	(void)state;
	device_of("2.5", &d);
	change(&d);
	pending_drop(&d);
	assert_string_equal(device_named(&d, "AMT_GeneralSettings", 0, "HostName"), "old");
	assert_string_equal(device_named(&d, "AMT_GeneralSettings", 0, "DomainName"), "");
	assert_string_equal(d.pid, PID);
	assert_memory_equal(d.admin.ha1, d.mebx_ha1, HA1_LEN);
	assert_false(d.admin_set);
	assert_int_equal(d.nacls, 0);
	assert_int_equal(d.power_scheme, 0);
	change(&d);
	pending_commit(&d);
	pending_drop(&d);
	assert_string_equal(device_named(&d, "AMT_GeneralSettings", 0, "HostName"), "new");
	assert_string_equal(pending_pid(&d), OTHER);
	(void)pending_acls(&d, &n);
	assert_int_equal(n, 1);
	device_free(&d);
}

static void
what_is_changed_in_between_is_stored_at_once(void **state)
{
	struct device d;

	(void)state;
	device_of("2.5", &d);
	pending_begin(&d, 0);
	device_set_named(&d, "AMT_GeneralSettings", 0, "HostName", "new");
	pending_end(&d);
	device_set_named(&d, "AMT_GeneralSettings", 0, "DomainName", "example.com");
	pending_drop(&d);
	assert_string_equal(device_named(&d, "AMT_GeneralSettings", 0, "HostName"), "old");
	assert_string_equal(
	    device_named(&d, "AMT_GeneralSettings", 0, "DomainName"), "example.com");
	device_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pairs_are_held_against_their_check_characters),
		TEST(hyphens_stand_between_groups_of_four),
		TEST(made_up_pairs_are_valid_and_always_the_same),
		TEST(fleet_files_hold_pairs_or_have_them_made),
		TEST(fleet_files_with_wrong_pairs_are_refused),
		TEST(what_waits_is_shown_but_not_used),
		TEST(what_waits_is_dropped_as_a_whole_or_kept),
		TEST(what_is_changed_in_between_is_stored_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
