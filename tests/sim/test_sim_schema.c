/* SPDX-License-Identifier: Apache-2.0 */
/* test_sim_schema: the class tables of the simulator hold together, and what they refuse. */
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

#include "sim/fleet.h"
#include "sim/keystore.h"
#include "sim/roots.h"
#include "sim/schema.h"

static struct fleet fleet;

static void
device_of(const char *release, struct device *d)
{
	struct err e;

	*d = (struct device){ .fleet = &fleet };
	assert_int_equal(release_parse(release, &d->rel, &e), 0);
	device_init(d);
	roots_factory(d);
}

static void
classes_are_sorted_unique_and_have_a_namespace(void **state)
{
	size_t n;
	const struct wclass *const *all = schema_rows(&n);

	(void)state;
	assert_true(n > 25);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(schema_namespace(all[i]->name));
		assert_true(all[i]->item == NULL || schema_namespace(all[i]->item) != NULL);
		if (i > 0)
			assert_true(strcmp(all[i - 1]->name, all[i]->name) < 0);
	}
}

static void
properties_are_sorted_unique_and_their_defaults_fit(void **state)
{
	size_t n;
	const struct wclass *const *all = schema_rows(&n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t p = 0; p < all[i]->nprops; p++) {
			const struct prop *row = &all[i]->props[p];

			if (p > 0)
				assert_true(strcmp(row[-1].name, row->name) < 0);
			if (row->def == NULL || row->flags & P_ARRAY)
				continue;
			char *text = val_normal(row, row->def);
			assert_non_null(text);
			assert_string_equal(text, row->def);
			free(text);
		}
}

static void
methods_are_sorted_and_operations_have_functions(void **state)
{
	size_t n;
	const struct wclass *const *all = schema_rows(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t m = 1; m < all[i]->nmethods; m++)
			assert_true(
			    strcmp(all[i]->methods[m - 1].name, all[i]->methods[m].name) < 0);
		assert_int_equal((all[i]->ops & OP_CREATE) != 0, all[i]->create != NULL);
		assert_int_equal((all[i]->ops & OP_DELETE) != 0, all[i]->del != NULL);
		assert_true(all[i]->ops & (all[i]->item == NULL ? OP_GET : OP_ENUM));
	}
}

static void
every_instance_of_every_release_reads(void **state)
{
	static const char *const releases[] = { "3.2", "5.0", "6.2", "8.1", "11.8", "16.1",
		"19.0" };
	size_t n;
	const struct wclass *const *all = schema_rows(&n);

	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(releases); r++) {
		struct device d;

		device_of(releases[r], &d);
		for (size_t i = 0; i < n; i++)
			for (unsigned int k = 0; k < schema_count(all[i], &d); k++) {
				SCOPED(vals) struct vals v = { 0 };

				schema_read(all[i], &d, k, &v);
				assert_true(v.n > 0);
				for (size_t p = 0; p < v.n; p++)
					assert_true(d.rel.code >= v.v[p].prop->since);
			}
		device_free(&d);
	}
}

/* What devices answer to an enumeration of these. Source: protocol/wsman.md 3.6. */
static void
superclasses_show_instances_of_their_subclass(void **state)
{
	static const struct {
		const char *name, *sub;
	} rows[] = {
		{ "CIM_ServiceAvailableToElement", "CIM_AssociatedPowerManagementService" },
		{ "CIM_SystemPackaging", "CIM_ComputerSystemPackage" },
		{ "IPS_ProvisioningAuditRecord", "IPS_TLSProvisioningRecord" },
	};
	size_t n;
	const struct wclass *const *all = schema_rows(&n);

	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		size_t i = 0;

		while (i < n && strcmp(all[i]->name, rows[r].name) != 0)
			i++;
		assert_true(i < n);
		assert_string_equal(all[i]->item, rows[r].sub);
	}
}

static const struct wclass *
class_of(const char *release, const char *uri)
{
	struct release r;
	struct err e;

	assert_int_equal(release_parse(release, &r, &e), 0);
	return schema_by_uri(uri, &r);
}

static void
classes_come_and_go_with_releases(void **state)
{
	static const char ips[] = "http://intel.com/wbem/wscim/1/ips-schema/1/IPS_OptInService";
	static const char kvm[] =
	    "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_KVMRedirectionSAP";

	(void)state;
	assert_null(class_of("6.2", ips));
	assert_non_null(class_of("7.0", ips));
	assert_null(class_of("5.0", kvm));
	assert_non_null(class_of("6.0", kvm));
	assert_null(class_of("11.8", "http://example.net/IPS_OptInService"));
	assert_null(class_of("11.8", "IPS_OptInService"));
	assert_null(class_of("11.8", ""));
}

static void
psk_ends_with_release_11_and_key_generation_starts_with_7(void **state)
{
	static const char setup[] =
	    "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_SetupAndConfigurationService";
	static const char keys[] =
	    "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_PublicKeyManagementService";
	static const struct {
		const char *release;
		bool psk, keygen;
	} rows[] = { { "3.2", true, false }, { "6.2", true, false }, { "7.0", true, true },
		{ "10.0", true, true }, { "11.0", false, true }, { "16.1", false, true } };
	struct release r;
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(release_parse(rows[i].release, &r, &e), 0);
		assert_int_equal(
		    schema_method(schema_by_uri(setup, &r), "SetTLSPSK", &r) != NULL, rows[i].psk);
		assert_int_equal(
		    schema_method(schema_by_uri(keys, &r), "GenerateKeyPair", &r) != NULL,
		    rows[i].keygen);
	}
}

static char *
word(const char *s)
{
	static char words[8][80];
	static size_t at;
	char *w = words[at++ % 8];

	strncat(memset(w, 0, 80), s, 79);
	return w;
}

static enum fault
put_general(struct device *d, const char *name, const char *text)
{
	struct call c = { .d = d,
		.cls = class_of(
		    "11.8", "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings") };
	struct field f[] = { { "PingResponseEnabled", word("true"), false },
		{ "WsmanOnlyMode", word("0"), false }, { name, word(text), false } };
	enum fault bad = schema_put(&c, f, name == NULL ? 2 : 3);

	vals_free(&c.in);
	return bad;
}

static void
put_checks_names_types_and_ranges(void **state)
{
	static const struct {
		const char *name, *text;
		enum fault want;
	} rows[] = {
		{ NULL, "", FAULT_NONE },
		{ "HostName", "pc-0042", FAULT_NONE },
		{ "HostOSFQDN", "pc.corp.example", FAULT_NONE }, /* addable */
		{ "PowerSource", "1", FAULT_NONE },              /* read-only: ignored */
		{ "Bogus", "1", FAULT_INVALID_REPRESENTATION },
		{ "OemID", "1", FAULT_INVALID_REPRESENTATION },            /* not in this release */
		{ "WsmanOnlyMode", "true", FAULT_INVALID_REPRESENTATION }, /* twice */
		{ "IdleWakeTimeout", "0", FAULT_INVALID_REPRESENTATION },
		{ "IdleWakeTimeout", "65536", FAULT_INVALID_REPRESENTATION },
		{ "IdleWakeTimeout", "many", FAULT_INVALID_REPRESENTATION },
		{ "SharedFQDN", "yes", FAULT_INVALID_REPRESENTATION },
		{ "DDNSPeriodicUpdateInterval", "19", FAULT_INVALID_REPRESENTATION },
		{ "InstanceID", "other", FAULT_INVALID_REPRESENTATION },
		{ "HostName", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		    FAULT_INVALID_REPRESENTATION },
	};
	struct device d;

	(void)state;
	device_of("11.8", &d);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(put_general(&d, rows[i].name, rows[i].text), rows[i].want);
	assert_string_equal(device_named(&d, "AMT_GeneralSettings", 0, "HostName"), "pc-0042");
	assert_string_equal(device_named(&d, "AMT_GeneralSettings", 0, "PowerSource"), "0");
	device_free(&d);
}

static void
required_properties_must_be_there(void **state)
{
	struct device d;
	struct call c = { .d = &d,
		.cls = class_of(
		    "11.8", "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings") };
	struct field f[] = { { "PingResponseEnabled", word("true"), false } };

	(void)state;
	device_of("11.8", &d);
	assert_int_equal(schema_put(&c, f, 1), FAULT_INVALID_REPRESENTATION);
	vals_free(&c.in);
	device_free(&d);
}

static enum fault
invoke(struct device *d, const struct field *f, size_t n, unsigned int *status)
{
	const struct wclass *k =
	    class_of("11.8", "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_AuthorizationService");
	struct call c = { .d = d, .cls = k };
	enum fault bad =
	    schema_invoke(&c, schema_method(k, "SetAdminAclEntryEx", &d->rel), f, n, status);

	vals_free(&c.in);
	vals_free(&c.out);
	return bad;
}

static void
parameters_have_names_order_and_types(void **state)
{
	struct field user = { "Username", word("admin"), false };
	struct field hash = { "DigestPassword", word("CuCDARuuPYT8SGzkq0SuHQ=="), false };
	struct field hex = { "DigestPassword", word("0ae083011bae3d84fc486ce4ab44ae1d"), false };
	struct field bad = { "DigestPassword", word("***"), false };
	struct device d;
	unsigned int status = 99;

	(void)state;
	device_of("11.8", &d);
	assert_int_equal(invoke(&d, (struct field[]){ user, hash }, 2, &status), FAULT_NONE);
	assert_int_equal(status, PT_SUCCESS);
	assert_int_equal(invoke(&d, (struct field[]){ user, hex }, 2, &status), FAULT_NONE);
	assert_int_equal(status, PT_INVALID_PASSWORD); /* base64 of 24 bytes */
	assert_int_equal(
	    invoke(&d, (struct field[]){ hash, user }, 2, &status), FAULT_SCHEMA_VALIDATION);
	assert_int_equal(
	    invoke(&d, (struct field[]){ user, bad }, 2, &status), FAULT_SCHEMA_VALIDATION);
	assert_int_equal(
	    invoke(&d, (struct field[]){ user, user }, 2, &status), FAULT_SCHEMA_VALIDATION);
	assert_int_equal(invoke(&d, &user, 1, &status), FAULT_INVALID_PARAMETER);
	device_free(&d);
}

static void
selectors_must_be_keys_and_single_out_one(void **state)
{
	const struct wclass *k =
	    class_of("11.8", "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_TLSSettingData");
	struct selector local = { word("InstanceID"), word("Intel(r) AMT LMS TLS Settings") };
	struct selector none = { word("InstanceID"), word("x") };
	struct selector no_key = { word("Enabled"), word("false") };
	struct device d;
	unsigned int inst = 9;

	(void)state;
	device_of("11.8", &d);
	assert_int_equal(schema_select(k, &d, &local, 1, &inst), FAULT_NONE);
	assert_int_equal(inst, 1);
	assert_int_equal(schema_select(k, &d, &none, 1, &inst), FAULT_DESTINATION_UNREACHABLE);
	assert_int_equal(schema_select(k, &d, &no_key, 1, &inst), FAULT_INVALID_SELECTORS);
	assert_int_equal(schema_select(k, &d, NULL, 0, &inst), FAULT_INVALID_SELECTORS);
	device_free(&d);
}

static void
base64_is_strict(void **state)
{
	static const char *const bad[] = { "A", "AA", "AAA", "====", "A===", "AAAA=", "AA=A",
		"A A=", "AA-_" };
	uint8_t out[16];
	char *text;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(b64_bytes(bad[i], out, sizeof(out)), -1);
	assert_int_equal(b64_bytes("E67jVdK/u2EXoIiu3XA36g==", out, sizeof(out)), 16);
	assert_int_equal(b64_bytes("E67jVdK/u2EXoIiu3XA36g==", out, 15), -1);
	assert_int_equal(b64_bytes("", out, sizeof(out)), 0);
	text = b64_text(out, 16);
	assert_string_equal(text, "E67jVdK/u2EXoIiu3XA36g==");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(classes_are_sorted_unique_and_have_a_namespace),
		TEST(properties_are_sorted_unique_and_their_defaults_fit),
		TEST(methods_are_sorted_and_operations_have_functions),
		TEST(every_instance_of_every_release_reads),
		TEST(superclasses_show_instances_of_their_subclass),
		TEST(classes_come_and_go_with_releases),
		TEST(psk_ends_with_release_11_and_key_generation_starts_with_7),
		TEST(put_checks_names_types_and_ranges),
		TEST(required_properties_must_be_there),
		TEST(parameters_have_names_order_and_types),
		TEST(selectors_must_be_keys_and_single_out_one),
		TEST(base64_is_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
