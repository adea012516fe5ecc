/* SPDX-License-Identifier: Apache-2.0 */
/* pending: what calls have changed and what waits for CommitChanges. */
#include "sim/pending.h"

#include <stdlib.h>
#include <string.h>

#include "sim/keystore.h"
#include "sim/mem.h"

struct pending {
	bool recording;
	unsigned int
	    parts; /* bits of enum part: the fields below hold the stored values of these */
	struct setting *settings; /* text NULL: as from the factory */
	size_t nsettings, setting_cap;
	struct account admin;
	bool admin_set;
	struct acl *acls;
	size_t nacls;
	char pid[PID_LEN + 1];
	char pps[PPS_CHARS + 1];
	unsigned int power_scheme;
	int bound_cert;
};

static void
keep_acls(struct pending *p, const struct device *d)
{
	p->nacls = d->nacls;
	p->acls = mem_zero(d->nacls * sizeof(*d->acls));
	if (d->nacls > 0)
		memcpy(p->acls, d->acls, d->nacls * sizeof(*d->acls));
}

void
pending_begin(struct device *d, unsigned int parts)
{
	if (d->pending == NULL)
		d->pending = mem_zero(sizeof(*d->pending));
	struct pending *p = d->pending;
	unsigned int fresh = parts & ~p->parts;

	p->recording = true;
	p->parts |= parts;
	if (fresh & PART_ADMIN) {
		p->admin = d->admin;
		p->admin_set = d->admin_set;
	}
	if (fresh & PART_ACL)
		keep_acls(p, d);
	if (fresh & PART_PSK) {
		memcpy(p->pid, d->pid, sizeof(p->pid));
		memcpy(p->pps, d->pps, sizeof(p->pps));
	}
	if (fresh & PART_POWER)
		p->power_scheme = d->power_scheme;
	if (fresh & PART_TLS)
		p->bound_cert = d->bound_cert;
}

void
pending_end(struct device *d)
{
	if (d->pending != NULL)
		d->pending->recording = false;
}

void
pending_setting(struct device *d, const struct prop *prop, unsigned int inst)
{
	struct pending *p = d->pending;

	if (p == NULL || !p->recording)
		return;
	for (size_t i = 0; i < p->nsettings; i++)
		if (p->settings[i].prop == prop && p->settings[i].inst == inst)
			return;
	if (p->nsettings == p->setting_cap)
		p->settings = mem_grow(p->settings, &p->setting_cap, sizeof(*p->settings));
	p->settings[p->nsettings++] =
	    (struct setting){ prop, inst, mem_copy(device_setting(d, prop, inst)) };
}

void
pending_commit(struct device *d)
{
	struct pending *p = d->pending;

	if (p == NULL)
		return;
	d->pending = NULL;
	for (size_t i = 0; i < p->nsettings; i++)
		free(p->settings[i].text);
	free(p->settings);
	free(p->acls);
	explicit_bzero(p, sizeof(*p));
	free(p);
}

static void
put_back(struct device *d, struct pending *p)
{
	for (size_t i = 0; i < p->nsettings; i++)
		device_set(d, p->settings[i].prop, p->settings[i].inst, p->settings[i].text);
	if (p->parts & PART_ADMIN) {
		d->admin = p->admin;
		d->admin_set = p->admin_set;
	}
	if (p->parts & PART_ACL) {
		free(d->acls);
		d->acls = p->acls;
		d->nacls = d->acl_cap = p->nacls;
		p->acls = NULL;
	}
	if (p->parts & PART_PSK) {
		memcpy(d->pid, p->pid, sizeof(d->pid));
		memcpy(d->pps, p->pps, sizeof(d->pps));
	}
	if (p->parts & PART_POWER)
		d->power_scheme = p->power_scheme;
	if (p->parts & PART_TLS)
		d->bound_cert =
		    p->bound_cert >= 0 && keystore_cert_at(d, (unsigned int)p->bound_cert) < 0
			? -1
			: p->bound_cert;
}

void
pending_drop(struct device *d)
{
	if (d->pending == NULL)
		return;
	d->pending->recording = false;
	put_back(d, d->pending);
	pending_commit(d);
}

static bool
waits(const struct device *d, enum part part)
{
	return d->pending != NULL && d->pending->parts & part;
}

const char *
pending_pid(const struct device *d)
{
	return waits(d, PART_PSK) ? d->pending->pid : d->pid;
}

const char *
pending_pps(const struct device *d)
{
	return waits(d, PART_PSK) ? d->pending->pps : d->pps;
}

struct account *
pending_admin(struct device *d)
{
	return waits(d, PART_ADMIN) ? &d->pending->admin : &d->admin;
}

bool
pending_admin_set(const struct device *d)
{
	return waits(d, PART_ADMIN) ? d->pending->admin_set : d->admin_set;
}

struct acl *
pending_acls(struct device *d, size_t *n)
{
	*n = waits(d, PART_ACL) ? d->pending->nacls : d->nacls;
	return waits(d, PART_ACL) ? d->pending->acls : d->acls;
}

unsigned int
pending_parts(const struct device *d, size_t *settings)
{
	*settings = d->pending == NULL ? 0 : d->pending->nsettings;
	return d->pending == NULL ? 0 : d->pending->parts;
}
