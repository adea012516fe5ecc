/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ops_info: what a device tells about itself, its provisioning record, and its clock.
 * Source: protocol/wsman.md 7.1.3 to 7.1.7, 7.5, 8.1, annex A.1.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "sim/keystore.h"
#include "sim/mem.h"
#include "sim/ops.h"

enum { BASELINE_2004 = 1072915200 };

static bool
is(const struct prop *p, const char *name)
{
	return strcmp(p->name, name) == 0;
}

/* CIM_SoftwareIdentity */

static const struct {
	const char *id, *text; /* text NULL: the release; "": the build */
} software[] = {
	{ "Flash", NULL },
	{ "Netstack", NULL },
	{ "AMTApps", NULL },
	{ "AMT", NULL },
	{ "Sku", "16392" },
	{ "VendorID", "8086" },
	{ "Build Number", "" },
	{ "Recovery Version", NULL },
	{ "Recovery Build Num", "" },
	{ "Legacy Mode", "False" },
	{ "AMT FW Core Version", NULL },
};

static unsigned int
software_count(const struct device *d)
{
	(void)d;
	return ARRAY_LEN(software);
}

static bool
software_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	const char *text = software[inst].text;

	if (is(p, "InstanceID"))
		vals_add(out, p, software[inst].id);
	else if (is(p, "VersionString"))
		vals_add(out, p,
		    text == NULL      ? d->rel.text
		    : text[0] == '\0' ? d->rel.build
				      : text);
	else
		return false;
	return true;
}

/* CIM_ComputerSystemPackage, CIM_Chassis */

static bool
package_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	uint8_t raw[UUID_LEN];
	char hex[2 * UUID_LEN + 1];

	(void)inst;
	if (!is(p, "PlatformGUID"))
		return false;
	ops_uuid(d, raw);
	for (size_t i = 0; i < UUID_LEN; i++)
		(void)snprintf(hex + 2 * i, 3, "%02X", raw[i]);
	vals_add(out, p, hex);
	return true;
}

static bool
chassis_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	(void)inst;
	if (!is(p, "SerialNumber"))
		return false;
	SCOPED(mem) char *text = mem_print("SIM%08u", d->index + 1);
	vals_add(out, p, text);
	return true;
}

/* IPS_ProvisioningRecordLog, IPS_ProvisioningAuditRecord */

static unsigned int
record_count(const struct device *d)
{
	return d->record.present ? 1 : 0;
}

static bool
log_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	(void)inst;
	if (!is(p, "CurrentNumberOfRecords"))
		return false;
	vals_add(out, p, d->record.present ? "1" : "0");
	return true;
}

static bool
record_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	const struct setup_record *r = &d->record;
	SCOPED(mem) char *hash = b64_text(r->root.hash, r->root.len);
	SCOPED(mem) char *type = mem_print("%u", r->root.type);
	char at[32] = "";
	struct tm tm;

	(void)inst;
	(void)gmtime_r(&r->at, &tm);
	(void)strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%SZ", &tm);
	const struct {
		const char *name, *text;
	} texts[] = {
		{ "CaCertificateSerials", r->serial },
		{ "CreationTimeStamp", at },
		{ "HashIsOemDefault", r->is_default ? "true" : "false" },
		{ "IsTimeValid", r->time_valid ? "true" : "false" },
		{ "ProvServerFQDN", r->cn },
		{ "ProvServerIP", r->server },
		{ "SecureDNS", r->secure_dns ? "true" : "false" },
		{ "SelectedHashData", hash },
		{ "SelectedHashType", type },
	};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (is(p, texts[i].name)) {
			vals_add(out, p, texts[i].text);
			return true;
		}
	return false;
}

/* AMT_TimeSynchronizationService */

static bool
time_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	(void)inst;
	if (!is(p, "TimeSource"))
		return false;
	vals_add(out, p, d->clock_set ? "1" : "0");
	return true;
}

/* clang-format off */
static const struct prop low_out[] = { { "Ta0", V_U32, 0, 0, NULL, 0, 0 } };
static const struct prop high_in[] = {
	{ "Ta0", V_U32, P_REQ, 0, NULL, 0, 0 },
	{ "Tm1", V_U32, P_REQ, 0, NULL, 0, 0 },
	{ "Tm2", V_U32, P_REQ, 0, NULL, 0, 0 },
};
/* clang-format on */

static unsigned int
get_time(struct call *c)
{
	SCOPED(mem) char *text = mem_print("%lld", (long long)device_clock(c->d));

	vals_out(&c->out, ROWS(low_out), "Ta0", text);
	return PT_SUCCESS;
}

int64_t
ops_clock_offset(int64_t ta0, int64_t tm1, int64_t tm2, int64_t ta3)
{
	int64_t twice = tm1 + tm2 - ta0 - ta3;

	return twice >= 0 ? (twice + 1) / 2 : twice / 2;
}

static unsigned int
set_time(struct call *c)
{
	int64_t ta0 = vals_num(&c->in, "Ta0", 0);
	int64_t tm1 = vals_num(&c->in, "Tm1", 0), tm2 = vals_num(&c->in, "Tm2", 0);

	if (tm1 < BASELINE_2004 || tm2 < BASELINE_2004)
		return PT_INVALID_TIME;
	if (tm2 < tm1)
		return PT_INVALID_PARAMETER;
	c->d->clock_offset_s += ops_clock_offset(ta0, tm1, tm2, device_clock(c->d));
	c->d->clock_set = true;
	return PT_SUCCESS;
}

/* clang-format off */
static const struct prop software_props[] = {
	{ "InstanceID",    V_STR,  P_KEY, 0, NULL,   0, 0 },
	{ "IsEntity",      V_BOOL, 0,     0, "true", 0, 0 },
	{ "VersionString", V_STR,  0,     0, NULL,   0, 0 },
};
static const struct prop package_props[] = {
	{ "Antecedent",   V_REF, P_KEY, 0, "CIM_Chassis\tCreationClassName=CIM_Chassis\tTag=CIM_Chassis", 0, 0 },
	{ "Dependent",    V_REF, P_KEY, 0, "CIM_ComputerSystem\tCreationClassName=CIM_ComputerSystem\tName=ManagedSystem", 0, 0 },
	{ "PlatformGUID", V_STR, 0,     0, NULL, 0, 0 },
};
static const struct prop chassis_props[] = {
	{ "ChassisPackageType", V_U16, 0,     0, "0", 0, 0 },
	{ "CreationClassName",  V_STR, P_KEY, 0, "CIM_Chassis", 0, 0 },
	{ "ElementName",        V_STR, 0,     0, "Managed System Chassis", 0, 0 },
	{ "Manufacturer",       V_STR, 0,     0, "muster-sim", 0, 0 },
	{ "Model",              V_STR, 0,     0, "Simulated desktop", 0, 0 },
	{ "OperationalStatus",  V_U16, P_ARRAY, 0, "0", 0, 0 },
	{ "PackageType",        V_U16, 0,     0, "3", 0, 0 },
	{ "SerialNumber",       V_STR, 0,     0, NULL, 0, 0 },
	{ "Tag",                V_STR, P_KEY, 0, "CIM_Chassis", 0, 0 },
	{ "Version",            V_STR, 0,     0, "1", 0, 0 },
};
static const struct prop log_props[] = {
	{ "CurrentNumberOfRecords", V_U32, 0,     0, NULL, 0, 0 },
	{ "ElementName",            V_STR, 0,     0, "Intel(r) AMT Provisioning Record Log", 0, 0 },
	{ "EnabledState",           V_U16, 0,     0, "2",  0, 0 },
	{ "HealthState",            V_U16, 0,     0, "0",  0, 0 },
	{ "InstanceID",             V_STR, P_KEY, 0, "Intel(r) AMT: RecordLog 1", 0, 0 },
	{ "LogState",               V_U16, 0,     0, "4",  0, 0 },
	{ "MaxNumberOfRecords",     V_U32, 0,     0, "1",  0, 0 },
	{ "Name",                   V_STR, 0,     0, "Intel(r) AMT Provisioning Record Log", 0, 0 },
	{ "OverwritePolicy",        V_U16, 0,     0, "2",  0, 0 },
	{ "RequestedState",         V_U16, 0,     0, "12", 0, 0 },
};
static const struct prop record_props[] = {
	{ "CaCertificateSerials", V_STR,  0,     0, NULL, 0, 0 },
	{ "CreationTimeStamp",    V_DATE, 0,     0, NULL, 0, 0 },
	{ "ElementName",          V_STR,  0,     0, "Intel(r) AMT Provisioning Record", 0, 0 },
	{ "HashIsOemDefault",     V_BOOL, 0,     0, NULL, 0, 0 },
	{ "HostInitiated",        V_BOOL, 0,     0, "false", 0, 0 },
	{ "InstanceID",           V_STR,  P_KEY, 0, "Intel(r) AMT: Record 1", 0, 0 },
	{ "IsTimeValid",          V_BOOL, 0,     0, NULL, 0, 0 },
	{ "ProvServerFQDN",       V_STR,  0,     0, NULL, 0, 0 },
	{ "ProvServerIP",         V_STR,  0,     0, NULL, 0, 0 },
	{ "ProvisioningTLSMode",  V_U8,   0,     0, "1",  0, 0 },
	{ "SecureDNS",            V_BOOL, 0,     0, NULL, 0, 0 },
	{ "SelectedHashData",     V_B64,  0,     0, NULL, 0, 0 },
	{ "SelectedHashType",     V_U8,   0,     0, NULL, 0, 0 },
};
static const struct prop time_props[] = {
	{ "CreationClassName",       V_STR, P_KEY, 0, "AMT_TimeSynchronizationService", 0, 0 },
	{ "ElementName",             V_STR, 0,     0, "Intel(r) AMT Time Synchronization Service", 0, 0 },
	{ "EnabledState",            V_U16, 0,     0, "5",  0, 0 },
	{ "LocalTimeSyncEnabled",    V_U32, 0,     REL(7, 0), "0",  0, 0 },
	{ "Name",                    V_STR, P_KEY, 0, "Intel(r) AMT Time Synchronization Service", 0, 0 },
	{ "RequestedState",          V_U16, 0,     0, "12", 0, 0 },
	{ "SystemCreationClassName", V_STR, P_KEY, 0, "CIM_ComputerSystem", 0, 0 },
	{ "SystemName",              V_STR, P_KEY, 0, "Intel(r) AMT", 0, 0 },
	{ "TimeSource",              V_U32, 0,     REL(7, 0), NULL, 0, 0 },
};
static const struct method time_methods[] = {
	{ "GetLowAccuracyTimeSynch",  0, 0, NO_ROWS,       ROWS(low_out), get_time },
	{ "SetHighAccuracyTimeSynch", 0, 0, ROWS(high_in), NO_ROWS,       set_time },
};
static const struct prop caps_props[] = {
	{ "ElementName",        V_STR,  0,     0, "Intel(r) AMT: Boot Capabilities", 0, 0 },
	{ "ForcePXEBoot",       V_BOOL, 0,     0, "true", 0, 0 },
	{ "IDER",               V_BOOL, 0,     0, "true", 0, 0 },
	{ "InstanceID",         V_STR,  P_KEY, 0, "Intel(r) AMT:BootCapabilities 0", 0, 0 },
	{ "SOL",                V_BOOL, 0,     0, "true", 0, 0 },
};

static const struct wclass rows[] = {
	{ .name = "AMT_BootCapabilities", .ops = OP_GET | OP_ENUM,
	  .props = caps_props, .nprops = ARRAY_LEN(caps_props) },
	{ .name = "AMT_TimeSynchronizationService", .ops = OP_GET | OP_ENUM,
	  .props = time_props, .nprops = ARRAY_LEN(time_props), .methods = time_methods,
	  .nmethods = ARRAY_LEN(time_methods), .fill = time_fill },
	{ .name = "CIM_Chassis", .ops = OP_GET | OP_ENUM,
	  .props = chassis_props, .nprops = ARRAY_LEN(chassis_props), .fill = chassis_fill },
	{ .name = "CIM_ComputerSystemPackage", .ops = OP_GET | OP_ENUM,
	  .props = package_props, .nprops = ARRAY_LEN(package_props), .fill = package_fill },
	{ .name = "CIM_SoftwareIdentity", .ops = OP_GET | OP_ENUM,
	  .props = software_props, .nprops = ARRAY_LEN(software_props), .count = software_count,
	  .fill = software_fill },
	{ .name = "CIM_SystemPackaging", .ops = OP_ENUM, .item = "CIM_ComputerSystemPackage",
	  .props = package_props, .nprops = ARRAY_LEN(package_props), .fill = package_fill },
	{ .name = "IPS_ProvisioningAuditRecord", .since = REL(6, 1), .ops = OP_GET | OP_ENUM,
	  .item = "IPS_TLSProvisioningRecord", .props = record_props, .nprops = ARRAY_LEN(record_props),
	  .count = record_count, .fill = record_fill },
	{ .name = "IPS_ProvisioningRecordLog", .since = REL(6, 1), .ops = OP_GET | OP_ENUM,
	  .props = log_props, .nprops = ARRAY_LEN(log_props), .fill = log_fill },
};
/* clang-format on */

const struct family family_info = FAMILY(rows);
