/* SPDX-License-Identifier: Apache-2.0 */
/* realm: what a device lets a user do; the table of realms with their names and meaning. */
#ifndef MUSTER_AMT_REALM_H
#define MUSTER_AMT_REALM_H

#include <stddef.h>
#include <stdint.h>

struct realm {
	uint32_t number;
	const char *name;       /* as in profiles: "remote-control" */
	unsigned int major;     /* AMT release from which it exists */
	const char *grants;     /* one line for people */
};

/* A set of realms is a mask: bit n stands for realm number n. */
const struct realm *realms(size_t *n);
const struct realm *realm_by_name(const char *name);

/* realms_of: the mask of the realms that AMT release `major` has. */
uint32_t realms_of(unsigned int major);

#endif
