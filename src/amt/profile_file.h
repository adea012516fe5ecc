/* SPDX-License-Identifier: Apache-2.0 */
/* profile_file: a profile with its passwords, as a file of an import has it. No I/O. */
#ifndef MUSTER_AMT_PROFILE_FILE_H
#define MUSTER_AMT_PROFILE_FILE_H

#include "amt/profile.h"
#include "secret/secret.h"

enum { PROFILE_GIVEN_MAX = ACL_MAX + 2, PROFILE_GIVEN_NAME = 32 };

/* Passwords of a profile by name: "admin", "mebx", "acl/USER". */
struct profile_given {
	struct {
		char name[PROFILE_GIVEN_NAME];
		struct secret s;
	} list[PROFILE_GIVEN_MAX];
	size_t n;
};
void profile_given_wipe(struct profile_given *g);
static inline void
profile_given_scoped(struct profile_given *g)
{
	profile_given_wipe(g);
}

/*
 * given_find: the password of a name, or NULL. given_set: set or replace it; false when there is no room.
 * given_drop: forget it.
 */
const struct secret *given_find(const struct profile_given *g, const char *name);
MUST_CHECK bool given_set(struct profile_given *g, const char *name, const struct secret *s);
void given_drop(struct profile_given *g, const char *name);

/*
 * profile_file_parse: a profile and the object "secrets" beside it.
 *
 * name		the name to take in place of the one in the file; NULL: that one
 * *p, *given	set on success only; wipe given
 * Returns	0, or -1 with ERR_PROFILE; ERR_PASSWORD_RULE for a password that breaks the rule
 */
MUST_CHECK int profile_file_parse(const char *text, size_t len, const char *name, struct profile *p, struct profile_given *given,
    struct err *e);

#endif
