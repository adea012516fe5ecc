/* SPDX-License-Identifier: Apache-2.0 */
/* ops_access: the admin account and the access control list. Source: protocol/wsman.md 7.4, 7.13.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sim/keystore.h"
#include "sim/mem.h"
#include "sim/ops.h"

enum {
	DIGEST_ENTRIES = 7, /* protocol/wsman.md 7.13, entry limits */
	KERBEROS_ENTRIES = 32,
	SID_DOMAINS = 4,
	SID_DOMAIN_LEN = 24,
	PAGE = 50, /* handles per EnumerateUserAclEntries */
	LAST_REALM = 24,
};

/* clang-format off */
static const struct prop add_in[] = {
	{ "DigestUsername",   V_STR, 0,               0, NULL, 0, 0 },
	{ "DigestPassword",   V_B64, 0,               0, NULL, 0, 0 },
	{ "KerberosUserSid",  V_B64, 0,               0, NULL, 0, 0 },
	{ "AccessPermission", V_U32, P_REQ,           0, NULL, 0, 0 },
	{ "Realms",           V_U32, P_ARRAY,         0, NULL, 0, 0 },
};
static const struct prop update_in[] = {
	{ "Handle",           V_U32, P_REQ,           0, NULL, 0, 0 },
	{ "DigestUsername",   V_STR, 0,               0, NULL, 0, 0 },
	{ "DigestPassword",   V_B64, 0,               0, NULL, 0, 0 },
	{ "KerberosUserSid",  V_B64, 0,               0, NULL, 0, 0 },
	{ "AccessPermission", V_U32, P_REQ,           0, NULL, 0, 0 },
	{ "Realms",           V_U32, P_ARRAY,         0, NULL, 0, 0 },
};
static const struct prop admin_in[] = {
	{ "Username",         V_STR, P_REQ,           0, NULL, 0, 0 },
	{ "DigestPassword",   V_B64, P_REQ,           0, NULL, 0, 0 },
};
static const struct prop handle_io[] = { { "Handle", V_U32, P_REQ, 0, NULL, 0, 0 } };
static const struct prop start_in[] = { { "StartIndex", V_U32, P_REQ, 0, NULL, 0, 0 } };
static const struct prop enabled_in[] = {
	{ "Handle",           V_U32,  P_REQ,          0, NULL, 0, 0 },
	{ "Enabled",          V_BOOL, P_REQ,          0, NULL, 0, 0 },
};
static const struct prop list_out[] = {
	{ "TotalCount",       V_U32, 0,               0, NULL, 0, 0 },
	{ "HandlesCount",     V_U32, 0,               0, NULL, 0, 0 },
	{ "Handles",          V_U32, P_ARRAY,         0, NULL, 0, 0 },
};
static const struct prop user_out[] = { { "Username", V_STR, 0, 0, NULL, 0, 0 } };
static const struct prop default_out[] = { { "IsDefault", V_BOOL, 0, 0, NULL, 0, 0 } };
static const struct prop enabled_out[] = { { "Enabled", V_BOOL, 0, 0, NULL, 0, 0 } };
/* clang-format on */

static void
out_num(struct call *c, const struct prop *table, size_t n, const char *name, unsigned long v)
{
	SCOPED(mem) char *text = mem_print("%lu", v);

	vals_out(&c->out, table, n, name, text);
}

static struct acl *
by_handle(struct call *c)
{
	for (size_t i = 0; i < c->d->nacls; i++)
		if (c->d->acls[i].handle == vals_num(&c->in, "Handle", 0))
			return &c->d->acls[i];
	return NULL;
}

static bool
name_ok(const char *user)
{
	size_t n = strlen(user);

	for (const char *p = user; *p != '\0'; p++)
		if ((unsigned char)*p > 0x7e || strchr("():\"&<>,", *p) != NULL)
			return false;
	return n >= 1 && n < USER_MAX && strcasecmp(user, "admin") != 0 &&
	       strcasecmp(user, "administrator") != 0 && strncmp(user, "$$", 2) != 0;
}

static unsigned int
read_realms(const struct vals *in, struct acl *out)
{
	const char *text;

	for (size_t i = 0; (text = vals_nth(in, "Realms", i)) != NULL; i++) {
		unsigned long r = strtoul(text, NULL, 10);

		if (r < 2 || r > LAST_REALM || r == 22 || r == 23 || out->nrealms == MAX_REALMS)
			return PT_INVALID_REALM;
		for (size_t k = 0; k < out->nrealms; k++)
			if (out->realms[k] == r)
				return PT_INVALID_REALM;
		out->realms[out->nrealms++] = (unsigned int)r;
	}
	return out->nrealms == 0 ? PT_INVALID_REALM : PT_SUCCESS;
}

static unsigned int
read_sid(const char *text, struct acl *out)
{
	long n = b64_bytes(text, out->sid, sizeof(out->sid));

	if (n < 1 || n % 4 != 0 || out->sid[0] != 1 || n != 8 + 4 * out->sid[1])
		return PT_INVALID_PARAMETER;
	out->sid_len = (size_t)n;
	return PT_SUCCESS;
}

/* The entry a request describes; its handle stays 0. */
static unsigned int
read_entry(const struct vals *in, struct acl *out)
{
	const char *user = vals_text(in, "DigestUsername");
	const char *hash = vals_text(in, "DigestPassword");
	const char *sid = vals_text(in, "KerberosUserSid");
	unsigned int status = PT_SUCCESS;

	*out = (struct acl){ .enabled = true };
	out->access = vals_num(in, "AccessPermission", 0);
	if (out->access > 2 || (user != NULL) != (hash != NULL) || (user != NULL) == (sid != NULL))
		return PT_INVALID_PARAMETER;
	if (sid != NULL)
		status = read_sid(sid, out);
	else if (!name_ok(user))
		status = PT_INVALID_NAME;
	else if (b64_bytes(hash, out->login.ha1, HA1_LEN) != HA1_LEN)
		status = PT_INVALID_PASSWORD;
	else
		(void)text_copy(out->login.user, sizeof(out->login.user), user);
	return status != PT_SUCCESS ? status : read_realms(in, out);
}

static bool
same_login(const struct acl *a, const struct acl *b)
{
	return a->sid_len == b->sid_len && strcmp(a->login.user, b->login.user) == 0 &&
	       memcmp(a->sid, b->sid, a->sid_len) == 0;
}

/* SIDs of at most four domains, a domain being the first 24 bytes. */
static bool
domains_full(const struct device *d, const struct acl *a)
{
	const uint8_t *seen[SID_DOMAINS];
	size_t n = 0;

	for (size_t i = 0; i < d->nacls; i++) {
		const struct acl *o = &d->acls[i];
		bool known = false;

		if (o->sid_len <= SID_DOMAIN_LEN)
			continue;
		if (memcmp(o->sid, a->sid, SID_DOMAIN_LEN) == 0)
			return false;
		for (size_t k = 0; k < n; k++)
			known = known || memcmp(seen[k], o->sid, SID_DOMAIN_LEN) == 0;
		if (!known && n < SID_DOMAINS)
			seen[n++] = o->sid;
	}
	return a->sid_len > SID_DOMAIN_LEN && n == SID_DOMAINS;
}

static unsigned int
room_for(const struct device *d, const struct acl *a)
{
	size_t digest = 0, kerberos = 0;

	for (size_t i = 0; i < d->nacls; i++) {
		if (same_login(&d->acls[i], a))
			return PT_DUPLICATE;
		if (d->acls[i].sid_len > 0)
			kerberos++;
		else
			digest++;
	}
	if (a->sid_len > 0 ? kerberos >= KERBEROS_ENTRIES : digest >= DIGEST_ENTRIES)
		return PT_MAX_LIMIT_REACHED;
	return domains_full(d, a) ? PT_MAX_KERB_DOMAIN : PT_SUCCESS;
}

static unsigned int
add_entry(struct call *c)
{
	struct device *d = c->d;
	struct acl a;
	unsigned int status = read_entry(&c->in, &a);

	if (status == PT_SUCCESS)
		status = room_for(d, &a);
	if (status != PT_SUCCESS)
		return status;
	if (d->nacls == d->acl_cap)
		d->acls = mem_grow(d->acls, &d->acl_cap, sizeof(*d->acls));
	a.handle = d->next_acl++;
	d->acls[d->nacls++] = a;
	out_num(c, ROWS(handle_io), "Handle", a.handle);
	return PT_SUCCESS;
}

static unsigned int
update_entry(struct call *c)
{
	struct acl *old = by_handle(c), a;

	if (old == NULL)
		return PT_INVALID_HANDLE;
	unsigned int status = read_entry(&c->in, &a);
	if (status != PT_SUCCESS)
		return status;
	for (size_t i = 0; i < c->d->nacls; i++)
		if (&c->d->acls[i] != old && same_login(&c->d->acls[i], &a))
			return PT_DUPLICATE;
	a.handle = old->handle;
	a.enabled = old->enabled;
	*old = a;
	return PT_SUCCESS;
}

static unsigned int
list_entries(struct call *c)
{
	size_t start = vals_num(&c->in, "StartIndex", 0), n = c->d->nacls;

	if (start == 0 || (start > n && n > 0))
		return PT_INVALID_INDEX;
	size_t left = n == 0 ? 0 : n - (start - 1);
	size_t count = left > PAGE ? PAGE : left;
	out_num(c, ROWS(list_out), "TotalCount", n);
	out_num(c, ROWS(list_out), "HandlesCount", count);
	for (size_t i = 0; i < count; i++)
		out_num(c, ROWS(list_out), "Handles", c->d->acls[start - 1 + i].handle);
	return PT_SUCCESS;
}

static unsigned int
get_entry(struct call *c)
{
	const struct acl *a = by_handle(c);

	if (a == NULL)
		return PT_INVALID_HANDLE;
	if (a->sid_len > 0) {
		SCOPED(mem) char *sid = b64_text(a->sid, a->sid_len);

		vals_out(&c->out, ROWS(add_in), "KerberosUserSid", sid);
	} else
		vals_out(&c->out, ROWS(add_in), "DigestUsername", a->login.user);
	out_num(c, ROWS(add_in), "AccessPermission", a->access);
	for (size_t i = 0; i < a->nrealms; i++)
		out_num(c, ROWS(add_in), "Realms", a->realms[i]);
	return PT_SUCCESS;
}

static unsigned int
remove_entry(struct call *c)
{
	struct device *d = c->d;
	struct acl *a = by_handle(c);

	if (a == NULL)
		return PT_INVALID_HANDLE;
	size_t at = (size_t)(a - d->acls);
	d->nacls--;
	memmove(&d->acls[at], &d->acls[at + 1], (d->nacls - at) * sizeof(*d->acls));
	return PT_SUCCESS;
}

static unsigned int
set_enabled(struct call *c)
{
	struct acl *a = by_handle(c);

	if (a == NULL)
		return PT_INVALID_HANDLE;
	a->enabled = vals_true(&c->in, "Enabled");
	return PT_SUCCESS;
}

static unsigned int
get_enabled(struct call *c)
{
	const struct acl *a = by_handle(c);

	if (a == NULL)
		return PT_INVALID_HANDLE;
	vals_out(&c->out, ROWS(enabled_out), "Enabled", a->enabled ? "true" : "false");
	return PT_SUCCESS;
}

static unsigned int
set_admin(struct call *c)
{
	struct device *d = c->d;
	const char *user = vals_text(&c->in, "Username");
	uint8_t ha1[HA1_LEN];
	size_t n = strlen(user);

	if (n < 1 || n >= USER_MAX || strncmp(user, "$$", 2) == 0)
		return PT_INVALID_NAME;
	if (b64_bytes(vals_text(&c->in, "DigestPassword"), ha1, sizeof(ha1)) != HA1_LEN)
		return PT_INVALID_PASSWORD;
	(void)text_copy(d->admin.user, sizeof(d->admin.user), user);
	memcpy(d->admin.ha1, ha1, HA1_LEN);
	d->admin_set = true;
	return PT_SUCCESS;
}

static unsigned int
get_admin(struct call *c)
{
	vals_out(&c->out, ROWS(user_out), "Username", c->d->admin.user);
	return PT_SUCCESS;
}

static unsigned int
admin_status(struct call *c)
{
	bool is_default = !c->d->admin_set && !c->d->mebx_changed;

	vals_out(&c->out, ROWS(default_out), "IsDefault", is_default ? "true" : "false");
	return PT_SUCCESS;
}

static unsigned int
net_admin_status(struct call *c)
{
	vals_out(&c->out, ROWS(default_out), "IsDefault", c->d->admin_set ? "false" : "true");
	return PT_SUCCESS;
}

static bool
access_fill(const struct device *d, unsigned int inst, const struct prop *p, struct vals *out)
{
	(void)inst;
	if (strcmp(p->name, "AllowHttpQopAuthOnly") != 0)
		return false;
	vals_add(out, p, d->auth_int ? "0" : "1");
	return true;
}

/* clang-format off */
static const struct method methods[] = {
	{ "AddUserAclEntryEx",         0, 0, ROWS(add_in),     ROWS(handle_io),   add_entry },
	{ "EnumerateUserAclEntries",   0, 0, ROWS(start_in),   ROWS(list_out),    list_entries },
	{ "GetAclEnabledState",        0, 0, ROWS(handle_io),  ROWS(enabled_out), get_enabled },
	{ "GetAdminAclEntry",          0, 0, NO_ROWS,          ROWS(user_out),    get_admin },
	{ "GetAdminAclEntryStatus",    0, 0, NO_ROWS,          ROWS(default_out), admin_status },
	{ "GetAdminNetAclEntryStatus", 0, 0, NO_ROWS,          ROWS(default_out), net_admin_status },
	{ "GetUserAclEntryEx",         0, 0, ROWS(handle_io),  ROWS(add_in),      get_entry },
	{ "RemoveUserAclEntry",        0, 0, ROWS(handle_io),  NO_ROWS,           remove_entry },
	{ "SetAclEnabledState",        0, 0, ROWS(enabled_in), NO_ROWS,           set_enabled },
	{ "SetAdminAclEntryEx",        0, 0, ROWS(admin_in),   NO_ROWS,           set_admin },
	{ "UpdateUserAclEntryEx",      0, 0, ROWS(update_in),  NO_ROWS,           update_entry },
};
static const struct prop props[] = {
	{ "AllowHttpQopAuthOnly",    V_U32, 0,     REL(5, 0), NULL, 0, 0 },
	{ "CreationClassName",       V_STR, P_KEY, 0, "AMT_AuthorizationService", 0, 0 },
	{ "ElementName",             V_STR, 0,     0, "Intel(r) AMT Authorization Service", 0, 0 },
	{ "EnabledState",            V_U16, 0,     0, "5",  0, 0 },
	{ "Name",                    V_STR, P_KEY, 0, "Intel(r) AMT Authorization Service", 0, 0 },
	{ "RequestedState",          V_U16, 0,     0, "12", 0, 0 },
	{ "SystemCreationClassName", V_STR, P_KEY, 0, "CIM_ComputerSystem", 0, 0 },
	{ "SystemName",              V_STR, P_KEY, 0, "Intel(r) AMT", 0, 0 },
};
static const struct wclass rows[] = {
	{ .name = "AMT_AuthorizationService", .ops = OP_GET | OP_ENUM, .props = props,
	  .nprops = ARRAY_LEN(props), .methods = methods, .nmethods = ARRAY_LEN(methods), .fill = access_fill },
};
/* clang-format on */

const struct family family_access = FAMILY(rows);
