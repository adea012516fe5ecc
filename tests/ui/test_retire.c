/* SPDX-License-Identifier: Apache-2.0 */
/* test_retire: the dialogs that configure devices again, unprovision them, and take one over. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit.h"

#include "tests/ui/console.h"
#include "tests/ui/db.h"

static struct console k;

static int
fresh(void **state)
{
	(void)state;
	(void)sql("SELECT test.reset()");
	return 0;
}

/* On the list of devices, at the first one of a state. */
static void
begin(const char *user, const char *device_state)
{
	console_start(&k, user, 80, 24);
	type(&k, "4");
	for (int i = 0; i < 10 && strstr(row(&k, 1), device_state) == NULL; i++)
		press(&k, 'f');
	assert_has(row(&k, 1), device_state);
	(void)draw(&k);
}

static void
end(void)
{
	console_stop(&k);
}

static const char *
last_job(void)
{
	return sql("SELECT kind || ' ' || full_unprovision || ' ' || forced || ' ' || j.state FROM muster.job j ORDER BY job_id DESC LIMIT 1");
}

static void
an_operator_unprovisions_partially_and_types_how_many(void **state)
{
	(void)state;
	begin("t_operator", "state configured");
	press(&k, 'u');
	picture(&k, "unprovision");
	assert_has(draw(&k), "1 device will no longer be configured.");
	assert_has(draw(&k), "< partial: back to setup >  (1 of 1)");
	type(&k, "\nsold\n\n");
	assert_has(draw(&k), "That is not the number of devices: nothing was done.");
	assert_has(draw(&k), "sold");
	type(&k, "\n\n1\n");
	wait_for(&k, "Unprovision: 1 done");
	assert_string_equal(last_job(), "unprovision false false queued");
	assert_string_equal(sql("SELECT reason FROM muster.device WHERE state = 'ready' AND reason LIKE 'partial%%'"), "partial unprovision by t_operator: sold");
	end();
}

static void
full_and_forced_are_for_administrators(void **state)
{
	(void)state;
	begin("t_admin", "state configured");
	press(&k, 'u');
	press(&k, UK_RIGHT);
	assert_has(draw(&k), "< full: to the state of the factory >  (2 of 3)");
	type(&k, "\n\n 1 \n");
	wait_for(&k, "Unprovision: 1 done");
	assert_string_equal(last_job(), "unprovision true false queued");
	end();
}

static void
many_devices_are_counted_by_thousands(void **state)
{
	(void)state;
	(void)sql("SELECT test.many_devices(1500)");
	(void)sql("SET session_replication_role = replica");
	(void)sql("UPDATE muster.device SET state = 'configured', configured_at = now(), fqdn = 'n' || device_id || '.corp.example' WHERE device_id > 12");
	(void)sql("SET session_replication_role = origin");
	console_start(&k, "t_operator", 100, 30);
	type(&k, "4/000004\n*");
	press(&k, 'u');
	assert_has(draw(&k), "256 devices will no longer be configured.");
	assert_has(draw(&k), "256 devices are asked in parts of 200");
	type(&k, "\n\n25\n");
	assert_has(draw(&k), "nothing was done");
	type(&k, "\n\n256\n");
	wait_for(&k, "Unprovision: 256 done");
	end();
}

static void
a_device_gets_another_name_over_the_network(void **state)
{
	(void)state;
	begin("t_operator", "state configured");
	press(&k, 'c');
	picture(&k, "reprovision");
	assert_has(draw(&k), "is configured again.");
	press(&k, '\n');
	press(&k, 'u' & 0x1f);
	type(&k, "other.corp.example\n\n");
	wait_for(&k, "Reprovision: 1 done");
	assert_string_equal(last_job(), "configure false false queued");
	assert_string_equal(sql("SELECT state FROM muster.device WHERE fqdn = 'other.corp.example'"), "ready");
	end();
}

static void
a_device_of_another_service_is_taken_over(void **state)
{
	(void)state;
	begin("t_admin", "state detected");
	press(&k, 'T');
	assert_has(draw(&k), "becomes ours.");
	press(&k, '\n');
	press(&k, 'u' & 0x1f);
	type(&k, "taken.corp.example\n\nS3cret-Word!");
	assert_has_not(draw(&k), "S3cret");
	picture(&k, "take-over");
	type(&k, "\n10.9.8.7\n");
	wait_for(&k, "Take over: queued as taken.corp.example");
	assert_string_equal(last_job(), "take-over false false queued");
	assert_string_equal(sql("SELECT host(address) FROM muster.device WHERE fqdn = 'taken.corp.example'"), "10.9.8.7");
	assert_string_equal(sql("SELECT string_agg(c.kind || ' ' || c.state || ' ' || c.note, ';') FROM muster.credential c JOIN muster.device USING (device_id) WHERE fqdn = 'taken.corp.example'"), "admin previous given by t_admin");
	end();
}

static void
what_a_role_or_a_state_does_not_allow_is_not_offered(void **state)
{
	(void)state;
	begin("t_operator", "state detected");
	assert_has_not(row(&k, -1), "Take over");
	press(&k, 'T');
	assert_has_not(draw(&k), "becomes ours");
	press(&k, 'u');
	assert_has(row(&k, -2), "Unprovision is not for a device that is detected");
	press(&k, 'c');
	assert_has(row(&k, -2), "Reprovision is not for a device that is detected");
	end();
}

#define FRESH(f) cmocka_unit_test_setup(f, fresh)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FRESH(an_operator_unprovisions_partially_and_types_how_many),
		FRESH(full_and_forced_are_for_administrators),
		FRESH(many_devices_are_counted_by_thousands),
		FRESH(a_device_gets_another_name_over_the_network),
		FRESH(a_device_of_another_service_is_taken_over),
		FRESH(what_a_role_or_a_state_does_not_allow_is_not_offered),
	};

	(void)argc;
	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return 77;
	db_need(argv);
	cmocka_set_test_filter(getenv("MUSTER_TEST")); /* a pattern: these only */
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	sql_close();
	return failed;
}
