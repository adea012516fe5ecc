/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pending: what calls have changed and what waits for CommitChanges. The device shows the new
 * values at once; the old ones are what it logs in with, is set up with, and falls back to when it
 * restarts before the commit. Which calls wait is said by the dialect that carries them out: see
 * sim/eoi.c. Source: protocol/eoi.md 9.3, 13.8.
 */
#ifndef MUSTER_SIM_PENDING_H
#define MUSTER_SIM_PENDING_H

#include "sim/device.h"

/* Parts of a device that a call may change, beside its settings: bits. */
enum part {
	PART_ADMIN = 1, /* the administrator's name and password */
	PART_ACL = 2,
	PART_PSK = 4,   /* PID and PPS */
	PART_POWER = 8, /* the power package */
	PART_TLS = 16,  /* the certificate that is served */
};

/* pending_begin: what is changed from here on waits, until pending_end. */
void pending_begin(struct device *d, unsigned int parts);
void pending_end(struct device *d);

/* pending_setting: this setting is about to change. */
void pending_setting(struct device *d, const struct prop *p, unsigned int inst);

/* pending_commit: the new values are the stored ones. pending_drop: back to the stored ones. */
void pending_commit(struct device *d);
void pending_drop(struct device *d);

/* The stored ones, whatever waits. */
const char *pending_pid(const struct device *d);
const char *pending_pps(const struct device *d);
struct account *pending_admin(struct device *d);
bool pending_admin_set(const struct device *d);
struct acl *pending_acls(struct device *d, size_t *n);

/* pending_parts: bits of enum part that wait; *settings: how many settings. */
unsigned int pending_parts(const struct device *d, size_t *settings);

#endif
