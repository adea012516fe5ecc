/* SPDX-License-Identifier: Apache-2.0 */
/* device_eoi_access: interfaces, Kerberos, 802.1x, ACL and power in the SOAP of AMT 2.0 to 3.1. Source: protocol/eoi.md 8. */
#include <string.h>

#include "amt/device_eoi.h"
#include "amt/digest.h"
#include "amt/power.h"
#include "amt/status.h"
#include "base/text.h"

enum { FEW = 16 /* values of a short list: interfaces, power packages */, GUID_LEN = 16, REALM_MAX = 31 };

static const struct {
	const char *word;
	size_t offset;
} interfaces[] = {
	{ "web", offsetof(struct amt_interfaces, web_ui) },
	{ "sol", offsetof(struct amt_interfaces, sol) },
	{ "ider", offsetof(struct amt_interfaces, ider) },
};

static bool *
switch_of(struct amt_interfaces *i, size_t row)
{
	return (bool *)(void *)((char *)i + interfaces[row].offset);
}

int
de_interfaces_read(struct amt_device *d, struct amt_interfaces *out, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	struct amt_interfaces got = { 0 };
	char word[EOI_NAME_MAX];
	int rc = 0;

	if (eoi_do(&de(d)->w, EOI_GET_ENABLED_IFS, NULL, &a, e) < 0)
		return -1;
	for (size_t i = 0; i < FEW && (rc = eoi_get_word(&a, "interface", i, word, sizeof(word), e)) == 1; i++)
		for (size_t k = 0; k < ARRAY_LEN(interfaces); k++)
			if (strcmp(interfaces[k].word, word) == 0)
				*switch_of(&got, k) = true;
	if (rc < 0)
		return -1;
	*out = got;
	return 0;
}

/* The list names what is on; what it does not name is off. */
int
de_interfaces(struct amt_device *d, const struct amt_interfaces *want, struct err *e)
{
	struct amt_interfaces w = *want;
	struct eoi_values v = { .n = 0 };

	for (size_t i = 0; i < ARRAY_LEN(interfaces); i++)
		if (*switch_of(&w, i))
			eoi_put_text(&v, "interface", interfaces[i].word);
	return eoi_do(&de(d)->w, EOI_SET_ENABLED_IFS, &v, NULL, e);
}

/* An empty realm: no source tells how "off" is written. Source: protocol/eoi.md 8.1, SetKerberosOptions. */
int
de_kerberos_off(struct amt_device *d, struct err *e)
{
	struct eoi_values v = { .n = 0 };

	eoi_put_text(&v, "realm", "");
	return eoi_do(&de(d)->w, EOI_SET_KERBEROS, &v, NULL, e);
}

int
de_wired_off(struct amt_device *d, bool *had, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	uint32_t status;

	*had = false;
	if (eoi_call(&de(d)->w, EOI_REMOVE_8021X, NULL, &status, &a, e) < 0)
		return -1;
	*had = status == PT_SUCCESS;
	/* There is none, or the device has no 802.1x. Source: protocol/eoi.md 9.1, step 11. */
	return *had || status == PT_NOT_FOUND || status == PT_UNSUPPORTED ? 0 : eoi_error(&de(d)->w, EOI_REMOVE_8021X, status, &a, e);
}

static int
read_realms(const struct eoi_answer *a, struct amt_acl *out, struct err *e)
{
	uint32_t realm;
	int rc = 0;

	for (size_t i = 0; i <= REALM_MAX && (rc = eoi_get_number(a, "realm", i, REALM_MAX, &realm, e)) == 1; i++)
		out->realms |= 1U << realm;
	return rc < 0 ? -1 : 0;
}

static int
read_entry(struct amt_device *d, uint32_t handle, struct amt_acl *out, struct err *e)
{
	static const char *const words[] = { [ACL_LOCAL] = "local", [ACL_NETWORK] = "network", [ACL_ANY] = "any" };
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	struct eoi_values v = { .n = 0 };
	struct amt_acl acl = { .handle = handle, .access = ACL_ANY };
	char word[EOI_NAME_MAX];

	eoi_put_number(&v, "handle", handle);
	if (eoi_do(&de(d)->w, EOI_GET_USER, &v, &a, e) < 0 || eoi_get_text(&a, "user", 0, acl.user, sizeof(acl.user), e) < 0 ||
	    eoi_get_word(&a, "access", 0, word, sizeof(word), e) < 0 || read_realms(&a, &acl, e) < 0)
		return -1;
	acl.system = strncmp(acl.user, "$$", 2) == 0;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i], word) == 0)
			acl.access = (enum acl_access)i;
	*out = acl;
	return 0;
}

/* One page of handles from index start (1 is the first); *total is how many there are, as far as the device says. */
static int
read_handles(struct amt_device *d, uint32_t start, uint32_t *total, uint32_t handles[AMT_ACL_MAX], size_t *n, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	struct eoi_values v = { .n = 0 };
	uint32_t status;
	int rc = 0;

	*n = 0;
	eoi_put_number(&v, "start", start);
	if (eoi_call(&de(d)->w, EOI_ENUM_USERS, &v, &status, &a, e) < 0)
		return -1;
	if (status == PT_INVALID_INDEX || status == PT_NOT_FOUND)
		return 0; /* past the end */
	if (status != PT_SUCCESS)
		return eoi_error(&de(d)->w, EOI_ENUM_USERS, status, &a, e);
	if (eoi_get_number(&a, "total", 0, UINT32_MAX, total, e) < 0)
		return -1;
	while (*n < AMT_ACL_MAX && (rc = eoi_get_number(&a, "handle", *n, UINT32_MAX, &handles[*n], e)) == 1)
		(*n)++;
	return rc < 0 ? -1 : 0;
}

int
de_acl_read(struct amt_device *d, struct amt_acl out[AMT_ACL_MAX], size_t *n, struct err *e)
{
	uint32_t start = 1, total = 0, handles[AMT_ACL_MAX];
	size_t got;

	*n = 0;
	do {
		if (read_handles(d, start, &total, handles, &got, e) < 0)
			return -1;
		for (size_t i = 0; i < got && *n < AMT_ACL_MAX; i++)
			if (read_entry(d, handles[i], &out[(*n)++], e) < 0)
				return -1;
		start += (uint32_t)got;
	} while (got > 0 && start <= total && *n < AMT_ACL_MAX);
	return 0;
}

int
de_acl_remove(struct amt_device *d, uint32_t handle, struct err *e)
{
	struct eoi_values v = { .n = 0 };

	eoi_put_number(&v, "handle", handle);
	return eoi_do(&de(d)->w, EOI_REMOVE_USER, &v, NULL, e);
}

int
de_acl_add(struct amt_device *d, const struct acl_entry *a, const struct secret *s, struct err *e)
{
	static const char *const words[] = { [ACL_LOCAL] = "local", [ACL_NETWORK] = "network", [ACL_ANY] = "any" };
	struct eoi_values v = { .n = 0 };
	unsigned char hash[16];

	if (digest_ha1(a->user, d->facts.realm, s, hash, e) < 0)
		return -1;
	eoi_put_text(&v, "user", a->user);
	eoi_put_bytes(&v, "password", hash, sizeof(hash));
	eoi_put_text(&v, "access", words[a->access]);
	for (uint32_t realm = 0; realm <= REALM_MAX; realm++)
		if ((a->realms & 1U << realm) != 0)
			eoi_put_number(&v, "realm", realm);
	int rc = eoi_do(&de(d)->w, EOI_ADD_USER, &v, NULL, e);
	explicit_bzero(hash, sizeof(hash));
	return rc;
}

/* A package as the table of power.h has it. 1, 0: there is none at i, or -1. */
static int
package_at(const struct eoi_answer *a, size_t i, uint8_t guid[GUID_LEN], struct buf *text, struct err *e)
{
	size_t len;
	int rc = eoi_get_bytes(a, "package", i, guid, GUID_LEN, &len, e);

	buf_reset(text);
	if (rc == 1)
		base64_encode(text, guid, len);
	return rc;
}

int
de_power_read(struct amt_device *d, enum power_package *out, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	SCOPED(buf) struct buf text = { 0 };
	uint8_t guid[GUID_LEN];

	*out = POWER_KEEP;
	if (eoi_do(&de(d)->w, EOI_GET_POWER_PKG, NULL, &a, e) < 0)
		return -1;
	int rc = package_at(&a, 0, guid, &text, e);
	if (rc <= 0)
		return rc < 0 ? -1 : eoi_missing(&a, "package", e);
	*out = power_of(buf_str(&text));
	return 0;
}

int
de_power(struct amt_device *d, enum power_package want, bool *absent, struct err *e)
{
	SCOPED(eoi_answer) struct eoi_answer list = { 0 };
	SCOPED(buf) struct buf text = { 0 };
	struct eoi_values v = { .n = 0 };
	uint8_t guid[GUID_LEN], best[GUID_LEN];
	size_t best_rank = POWER_RANKS;
	int rc = 0;

	*absent = false;
	if (eoi_do(&de(d)->w, EOI_ENUM_POWER_PKGS, NULL, &list, e) < 0)
		return -1;
	for (size_t i = 0; i < FEW && (rc = package_at(&list, i, guid, &text, e)) == 1; i++) {
		size_t rank = power_rank(want, buf_str(&text));

		if (rank < best_rank) {
			best_rank = rank;
			memcpy(best, guid, sizeof(best));
		}
	}
	if (rc < 0)
		return -1;
	*absent = best_rank == POWER_RANKS;
	if (*absent)
		return 0; /* nothing that fits: what is in force stays, and the log says so */
	eoi_put_bytes(&v, "package", best, sizeof(best));
	return eoi_do(&de(d)->w, EOI_SET_POWER_PKG, &v, NULL, e);
}
