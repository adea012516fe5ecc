/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eoisrv_admin: who may do what on a device: the administrator, users, passwords, Kerberos, remote
 * control. Source: protocol/eoi.md 8.1, 8.4.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/eoisrv_call.h"
#include "sim/mem.h"
#include "sim/pending.h"

#define AUTH_CLASS "AMT_AuthorizationService"
#define KRB_CLASS  "AMT_KerberosSettingData"

enum { FIRST_LATER_REALM = 20, INTEL_OEM = 343, INTEL_SPECIAL = 193, ENTER_SETUP = 1 };

static const char *const access_words[] = { "local", "network", "any", NULL };

static unsigned int
set_admin(struct eoisrv_call *c)
{
	SCOPED(args) struct args a = { 0 };

	args_add(&a, "Username", eoisrv_text(&c->in, "user", 0));
	args_add(&a, "DigestPassword", eoisrv_text(&c->in, "password", 0));
	return call_method(c, AUTH_CLASS, "SetAdminAclEntryEx", &a, NULL);
}

/* A method without parameters and with one output. */
static unsigned int
one_output(struct eoisrv_call *c, const char *method, const char *output, const char *field)
{
	SCOPED(args) struct args a = { 0 };
	SCOPED(vals) struct vals out = { 0 };
	unsigned int status = call_method(c, AUTH_CLASS, method, &a, &out);

	if (status == PT_SUCCESS)
		eoisrv_add(&c->out, field, vals_text(&out, output));
	return status;
}

static unsigned int
get_admin(struct eoisrv_call *c)
{
	return one_output(c, "GetAdminAclEntry", "Username", "user");
}

static unsigned int
get_admin_status(struct eoisrv_call *c)
{
	return one_output(c, "GetAdminAclEntryStatus", "IsDefault", "default");
}

static unsigned int
get_admin_net_status(struct eoisrv_call *c)
{
	return one_output(c, "GetAdminNetAclEntryStatus", "IsDefault", "default");
}

/* Realms that came with 4.0 and later. */
static bool
realms_known(const struct eoisrv_call *c)
{
	const char *text;

	for (size_t i = 0; (text = eoisrv_text(&c->in, "realm", i)) != NULL; i++)
		if (c->d->rel.code < REL(4, 0) && strtoul(text, NULL, 10) >= FIRST_LATER_REALM)
			return false;
	return true;
}

/* Add and update: the same but for the handle. */
static unsigned int
write_user(struct eoisrv_call *c, const char *method, struct vals *out)
{
	SCOPED(args) struct args a = { 0 };
	int access = word_number(access_words, eoisrv_text(&c->in, "access", 0));
	SCOPED(mem) char *number = access < 0 ? NULL : mem_print("%d", access);

	if (!realms_known(c))
		return PT_INVALID_REALM;
	args_add(&a, "Handle", eoisrv_text(&c->in, "handle", 0));
	args_add(&a, "DigestUsername", eoisrv_text(&c->in, "user", 0));
	args_add(&a, "DigestPassword", eoisrv_text(&c->in, "password", 0));
	args_add(&a, "KerberosUserSid", eoisrv_text(&c->in, "sid", 0));
	args_add(&a, "AccessPermission", number);
	args_all(&a, "Realms", &c->in, "realm");
	return call_method(c, AUTH_CLASS, method, &a, out);
}

static unsigned int
add_user(struct eoisrv_call *c)
{
	SCOPED(vals) struct vals out = { 0 };
	unsigned int status = write_user(c, "AddUserAclEntryEx", &out);

	if (status == PT_SUCCESS)
		eoisrv_add(&c->out, "handle", vals_text(&out, "Handle"));
	return status;
}

static unsigned int
update_user(struct eoisrv_call *c)
{
	return write_user(c, "UpdateUserAclEntryEx", NULL);
}

static unsigned int
enum_users(struct eoisrv_call *c)
{
	SCOPED(args) struct args a = { 0 };
	SCOPED(vals) struct vals out = { 0 };

	args_add(&a, "StartIndex", eoisrv_text(&c->in, "start", 0));
	unsigned int status = call_method(c, AUTH_CLASS, "EnumerateUserAclEntries", &a, &out);
	if (status != PT_SUCCESS)
		return status;
	eoisrv_add(&c->out, "total", vals_text(&out, "TotalCount"));
	for (size_t i = 0; vals_nth(&out, "Handles", i) != NULL; i++)
		eoisrv_add(&c->out, "handle", vals_nth(&out, "Handles", i));
	return status;
}

/* A method of an entry: its handle, perhaps a switch. */
static unsigned int
with_handle(struct eoisrv_call *c, const char *method, struct vals *out)
{
	SCOPED(args) struct args a = { 0 };

	args_add(&a, "Handle", eoisrv_text(&c->in, "handle", 0));
	args_add(&a, "Enabled", eoisrv_text(&c->in, "enabled", 0));
	return call_method(c, AUTH_CLASS, method, &a, out);
}

static unsigned int
get_user(struct eoisrv_call *c)
{
	SCOPED(vals) struct vals out = { 0 };
	unsigned int status = with_handle(c, "GetUserAclEntryEx", &out);

	if (status != PT_SUCCESS)
		return status;
	if (vals_text(&out, "DigestUsername") != NULL)
		eoisrv_add(&c->out, "user", vals_text(&out, "DigestUsername"));
	if (vals_text(&out, "KerberosUserSid") != NULL)
		eoisrv_add(&c->out, "sid", vals_text(&out, "KerberosUserSid"));
	eoisrv_add(&c->out, "access", access_words[vals_num(&out, "AccessPermission", 0)]);
	for (size_t i = 0; vals_nth(&out, "Realms", i) != NULL; i++)
		eoisrv_add(&c->out, "realm", vals_nth(&out, "Realms", i));
	return status;
}

static unsigned int
remove_user(struct eoisrv_call *c)
{
	return with_handle(c, "RemoveUserAclEntry", NULL);
}

static unsigned int
get_acl_state(struct eoisrv_call *c)
{
	SCOPED(vals) struct vals out = { 0 };
	unsigned int status = with_handle(c, "GetAclEnabledState", &out);

	if (status == PT_SUCCESS)
		eoisrv_add(&c->out, "enabled", vals_text(&out, "Enabled"));
	return status;
}

static unsigned int
set_acl_state(struct eoisrv_call *c)
{
	return with_handle(c, "SetAclEnabledState", NULL);
}

/* Kerberos: a realm switches it on, none switches it off. */

static void
forget_kerberos(struct eoisrv_call *c)
{
	static const char *const props[] = { "EncryptionAlgorithm", "KeyVersion", "KrbEnabled",
		"MasterKey", "MaximumClockTolerance", "RealmName", "ServicePrincipalName",
		"ServicePrincipalProtocol" };

	for (size_t i = 0; i < ARRAY_LEN(props); i++)
		device_set_named(c->d, KRB_CLASS, 0, props[i], NULL);
}

static unsigned int
set_kerberos(struct eoisrv_call *c)
{
	const char *realm = eoisrv_text(&c->in, "realm", 0);
	const struct {
		const char *prop, *field;
	} rows[] = { { "RealmName", "realm" }, { "KeyVersion", "key_version" },
		{ "MasterKey", "master_key" }, { "MaximumClockTolerance", "tolerance" } };
	unsigned long minutes = eoisrv_num(&c->in, "tolerance", 5);

	if (realm == NULL || realm[0] == '\0') {
		forget_kerberos(c);
		return PT_SUCCESS;
	}
	if (eoisrv_text(&c->in, "master_key", 0) == NULL || minutes < 1 || minutes > 5 ||
	    eoisrv_text(&c->in, "key_version", 0) == NULL ||
	    eoisrv_count(&c->in, "spn") != eoisrv_count(&c->in, "protocol"))
		return PT_INVALID_PARAMETER;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		device_set_named(
		    c->d, KRB_CLASS, 0, rows[i].prop, eoisrv_text(&c->in, rows[i].field, 0));
	device_set_named(c->d, KRB_CLASS, 0, "EncryptionAlgorithm", "0");
	device_set_named(c->d, KRB_CLASS, 0, "KrbEnabled", "true");
	call_list(c, KRB_CLASS, "ServicePrincipalName", "spn");
	call_list(c, KRB_CLASS, "ServicePrincipalProtocol", "protocol");
	return PT_SUCCESS;
}

/* A stored list, value by value. */
static void
add_list(struct eoisrv_call *c, const char *field, const char *list)
{
	SCOPED(mem) char *copy = mem_copy(list);
	char *rest = copy;

	for (char *one = strsep(&rest, "\n"); one != NULL && list[0] != '\0';
	     one = strsep(&rest, "\n"))
		eoisrv_add(&c->out, field, one);
}

static unsigned int
get_kerberos(struct eoisrv_call *c)
{
	eoisrv_add(&c->out, "realm", call_setting(c, KRB_CLASS, "RealmName"));
	if (!call_is(c, KRB_CLASS, "KrbEnabled"))
		return PT_SUCCESS;
	add_list(c, "spn", call_setting(c, KRB_CLASS, "ServicePrincipalName"));
	add_list(c, "protocol", call_setting(c, KRB_CLASS, "ServicePrincipalProtocol"));
	eoisrv_add(&c->out, "key_version", call_setting(c, KRB_CLASS, "KeyVersion"));
	eoisrv_add(&c->out, "encryption", "rc4");
	add_list(c, "tolerance", call_setting(c, KRB_CLASS, "MaximumClockTolerance"));
	return PT_SUCCESS;
}

/* Remote control */

static unsigned int
get_power_state(struct eoisrv_call *c)
{
	eoisrv_add_num(&c->out, "state", c->d->power_state);
	return PT_SUCCESS;
}

static unsigned int
get_rc_caps(struct eoisrv_call *c)
{
	eoisrv_add_num(&c->out, "oem", INTEL_OEM);
	eoisrv_add_num(&c->out, "oem_caps", 0x1b);  /* IDE-R, SOL, BIOS setup and pause */
	eoisrv_add_num(&c->out, "special", 0x1f00); /* every device to boot from */
	eoisrv_add_num(&c->out, "system", 0x0f);    /* cycle, down, up, reset */
	eoisrv_add_num(&c->out, "firmware", 0);
	return PT_SUCCESS;
}

/* Commands, the sleep states they start from (bits) and the one they lead to. */
static const struct {
	unsigned int command, from, to;
} commands[] = {
	{ 16, 1, 0 },    /* reset */
	{ 17, 0x3e, 0 }, /* power up */
	{ 18, 0x1f, 5 }, /* power down */
	{ 19, 0x1f, 0 }, /* power cycle */
};
enum { SET_BOOT_OPTIONS = 33, LAST_SPECIAL = 5 };

static unsigned int
remote_control(struct eoisrv_call *c)
{
	struct boot b = {
		.command = (unsigned int)eoisrv_num(&c->in, "command", 0),
		.special = (unsigned int)eoisrv_num(&c->in, "special", 0),
		.parameter = (unsigned int)eoisrv_num(&c->in, "parameter", 0),
		.options = (unsigned int)eoisrv_num(&c->in, "boot", 0),
		.oem = (unsigned int)eoisrv_num(&c->in, "oem_parameters", 0),
	};
	size_t i = 0;

	if (eoisrv_num(&c->in, "oem", 0) != INTEL_OEM)
		return PT_UNSUPPORTED_OEM;
	if (b.special > LAST_SPECIAL && (b.special != INTEL_SPECIAL || b.oem != ENTER_SETUP))
		return PT_INVALID_SPECIAL;
	while (i < ARRAY_LEN(commands) && commands[i].command != b.command)
		i++;
	if (i == ARRAY_LEN(commands) && b.command != SET_BOOT_OPTIONS)
		return PT_INVALID_COMMAND;
	if (i < ARRAY_LEN(commands)) {
		if (!(commands[i].from & 1U << c->d->power_state))
			return PT_NOT_PERMITTED;
		c->d->power_state = commands[i].to;
	}
	c->d->boot = b;
	return PT_SUCCESS;
}

/* clang-format off */
static const struct eoisrv_row rows[] = {
	{ EOI_ADD_USER,             add_user,             EOISRV_WAITS, PART_ACL,   0 },
	{ EOI_ENUM_USERS,           enum_users,           0,            0,          0 },
	{ EOI_GET_ACL_STATE,        get_acl_state,        0,            0,          0 },
	{ EOI_GET_ADMIN,            get_admin,            0,            0,          0 },
	{ EOI_GET_ADMIN_NET_STATUS, get_admin_net_status, 0,            0,          0 },
	{ EOI_GET_ADMIN_STATUS,     get_admin_status,     0,            0,          0 },
	{ EOI_GET_KERBEROS,         get_kerberos,         0,            0,          0 },
	{ EOI_GET_POWER_STATE,      get_power_state,      0,            0,          REALM_REMOTE_CONTROL },
	{ EOI_GET_RC_CAPS,          get_rc_caps,          0,            0,          REALM_REMOTE_CONTROL },
	{ EOI_GET_USER,             get_user,             0,            0,          0 },
	{ EOI_REMOTE_CONTROL,       remote_control,       0,            0,          REALM_REMOTE_CONTROL },
	{ EOI_REMOVE_USER,          remove_user,          EOISRV_WAITS, PART_ACL,   0 },
	{ EOI_SET_ACL_STATE,        set_acl_state,        EOISRV_WAITS, PART_ACL,   0 },
	{ EOI_SET_ADMIN,            set_admin,            EOISRV_WAITS, PART_ADMIN, 0 },
	{ EOI_SET_KERBEROS,         set_kerberos,         EOISRV_WAITS, 0,          0 },
	{ EOI_UPDATE_USER,          update_user,          EOISRV_WAITS, PART_ACL,   0 },
};
/* clang-format on */

const struct eoisrv_family eoisrv_admin = FAMILY(rows);
