/* SPDX-License-Identifier: Apache-2.0 */
/* ops_power: power packages and the power state. Source: protocol/wsman.md 7.15, 8.1, annex A.3. */
#include <string.h>

#include "sim/mem.h"
#include "sim/ops.h"

/* Sets by release_has.power_set: a bit per set the package belongs to. */
static const struct {
	unsigned int sets;
	const char *guid, *text;
} packages[] = {
	/* clang-format off */
	{ 1 | 2 | 4, "lE+DEvsQT9yWjh4jKwyQZQ==", "Desktop: ON in S0" },
	{ 1 | 2,     "oYYAq5p/TEKm5rskOildng==", "Desktop: ON in S0, S3" },
	{ 1 | 2,     "coarrJa0SOKbnpt9+Rx/1A==", "Desktop: ON in S0, S3, S4-5" },
	{ 1 | 2,     "ezLNTWu+Q4mmKk172NvQJg==", "Desktop: ON in S0, ME Wake in S3" },
	{ 1 | 2 | 4, "cyJzRiPcQy+pihPTeYLYVQ==", "Desktop: ON in S0, ME Wake in S3, S4-5" },
	{ 1,         "xRmkum5vjU2yJ1F/fkWV2w==", "Desktop: ON in S0, S3, S4-5, OFF After Power Loss" },
	{ 1,         "1gvj7QTFLEa3ctGAGO4vxA==", "Desktop: ON in S0, ME Wake in S3, S4-5, OFF After Power Loss" },
	{ 8,         "djmXEQtWUEOIcJgS85G1YA==", "Mobile: ON in S0" },
	{ 8,         "JtMcdocIx0u7Xzh0QxWl/w==", "Mobile: ON in S0, S3/AC" },
	{ 8,         "Uw4I22wP2Uiy0olY0/EVbg==", "Mobile: ON in S0, S3/AC, S4-5/AC" },
	{ 8,         "BV3Vtkykh02lqLR8FN7aXw==", "Mobile: ON in S0, ME Wake in S3/AC" },
	{ 8,         "MIAN7gnAeEOvKHhootu+Og==", "Mobile: ON in S0, ME Wake in S3/AC, S4-5/AC" },
	/* clang-format on */
};

static bool
offered(const struct device *d, size_t i)
{
	return packages[i].sets & 1U << d->rel.has->power_set;
}

/* Place in packages of the nth package this device offers. */
static size_t
nth_package(const struct device *d, unsigned int n)
{
	for (size_t i = 0; i < ARRAY_LEN(packages); i++)
		if (offered(d, i) && n-- == 0)
			return i;
	return 0;
}

unsigned int
ops_scheme_count(const struct device *d)
{
	unsigned int n = 0;

	for (size_t i = 0; i < ARRAY_LEN(packages); i++)
		n += offered(d, i) ? 1 : 0;
	return n;
}

long
ops_scheme_at(const struct device *d, const char *guid)
{
	for (unsigned int i = 0; i < ops_scheme_count(d); i++)
		if (strcmp(ops_scheme_guid(d, i), guid) == 0)
			return (long)i;
	return -1;
}

const char *
ops_scheme_guid(const struct device *d, unsigned int i)
{
	return packages[nth_package(d, i)].guid;
}

static bool
scheme_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	SCOPED(mem) char *id = mem_print("SCHEME %u", inst);
	size_t at = nth_package(d, inst);

	if (strcmp(p->name, "InstanceID") == 0)
		vals_add(out, p, id);
	else if (strcmp(p->name, "SchemeGUID") == 0)
		vals_add(out, p, packages[at].guid);
	else if (strcmp(p->name, "Description") == 0)
		vals_add(out, p, packages[at].text);
	else
		return false;
	return true;
}

static unsigned int
set_scheme(struct call *c)
{
	c->d->power_scheme = c->inst;
	return 0;
}

/* CIM_ElementSettingData: one item per power package, and one that has nothing to do with power. */

static unsigned int
current_count(const struct device *d)
{
	return ops_scheme_count(d) + 1;
}

static bool
current_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	if (inst == 0) {
		if (strcmp(p->name, "SettingData") == 0)
			vals_add(out, p,
			    "AMT_GeneralSettings\tInstanceID=Intel(r) AMT: General Settings");
		else if (strcmp(p->name, "IsCurrent") == 0)
			vals_add(out, p, "1");
		else
			return false;
		return true;
	}
	unsigned int scheme = inst - 1;
	SCOPED(mem)
	char *ref = mem_print("AMT_SystemPowerScheme\tInstanceID=SCHEME %u\tSchemeGUID=%s", scheme,
	    ops_scheme_guid(d, scheme));
	if (strcmp(p->name, "SettingData") == 0)
		vals_add(out, p, ref);
	else if (strcmp(p->name, "IsCurrent") == 0)
		vals_add(out, p, scheme == d->power_scheme ? "1" : "2");
	else
		return false;
	return true;
}

/* CIM_AssociatedPowerManagementService: the sleep states S0 to S5 in CIM's numbers. */
static bool
state_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	static const char *const states[] = { "2", "3", "3", "4", "7", "8" };

	(void)inst;
	if (strcmp(p->name, "PowerState") != 0)
		return false;
	vals_add(out, p, states[d->power_state]);
	return true;
}

/* clang-format off */
static const struct prop scheme_props[] = {
	{ "Description", V_STR, 0,     0, NULL, 0, 0 },
	{ "ElementName", V_STR, 0,     0, "Intel(r) AMT Power Scheme", 0, 0 },
	{ "InstanceID",  V_STR, P_KEY, 0, NULL, 0, 0 },
	{ "SchemeGUID",  V_B64, P_KEY, 0, NULL, 0, 0 },
};
static const struct method scheme_methods[] = {
	{ "SetPowerScheme", 0, 0, NO_ROWS, NO_ROWS, set_scheme },
};
static const struct prop current_props[] = {
	{ "IsCurrent",      V_U16, 0,     0, NULL, 0, 0 },
	{ "IsDefault",      V_U16, 0,     0, "2",  0, 0 },
	{ "ManagedElement", V_REF, P_KEY, 0, "CIM_ComputerSystem\tCreationClassName=CIM_ComputerSystem\tName=Intel(r) AMT", 0, 0 },
	{ "SettingData",    V_REF, P_KEY, 0, NULL, 0, 0 },
};
static const struct prop power_props[] = {
	{ "AvailableRequestedPowerStates", V_U16, P_ARRAY, REL(7, 0), "8\n5\n10", 0, 0 },
	{ "PowerState",                    V_U16, 0,       0,         NULL,       0, 0 },
	{ "ServiceProvided", V_REF, P_KEY, 0, "CIM_PowerManagementService\tCreationClassName=CIM_PowerManagementService\t"
	  "Name=Intel(r) AMT Power Management Service\tSystemCreationClassName=CIM_ComputerSystem\tSystemName=Intel(r) AMT", 0, 0 },
	{ "UserOfService",   V_REF, P_KEY, 0, "CIM_ComputerSystem\tCreationClassName=CIM_ComputerSystem\tName=ManagedSystem", 0, 0 },
};

static const struct wclass rows[] = {
	{ .name = "AMT_SystemPowerScheme", .ops = OP_GET | OP_ENUM, .props = scheme_props,
	  .nprops = ARRAY_LEN(scheme_props), .methods = scheme_methods,
	  .nmethods = ARRAY_LEN(scheme_methods), .count = ops_scheme_count, .fill = scheme_fill },
	{ .name = "CIM_AssociatedPowerManagementService", .ops = OP_GET | OP_ENUM, .props = power_props,
	  .nprops = ARRAY_LEN(power_props), .fill = state_fill },
	{ .name = "CIM_ElementSettingData", .ops = OP_GET | OP_ENUM, .props = current_props,
	  .nprops = ARRAY_LEN(current_props), .count = current_count, .fill = current_fill },
	{ .name = "CIM_ServiceAvailableToElement", .ops = OP_ENUM, .item = "CIM_AssociatedPowerManagementService",
	  .props = power_props, .nprops = ARRAY_LEN(power_props), .fill = state_fill },
};
/* clang-format on */

const struct family family_power = FAMILY(rows);
