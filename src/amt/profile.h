/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile: what a device shall become, JSON <-> struct. No I/O. The JSON is documented in
 * doc/profile.md; it is what musterctl imports and exports and what a revision stores. Passwords
 * never are in it: they travel beside it, by name ("admin", "mebx", "acl/USER").
 */
#ifndef MUSTER_AMT_PROFILE_H
#define MUSTER_AMT_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	PROFILE_NAME_MAX = 64,
	ACL_USER_MAX = 17, /* 16 characters. Source: protocol/wsman.md 7.13 */
	ACL_MAX = 7,       /* digest entries a device takes. Source: protocol/wsman.md 7.13 */
	PROFILE_JSON_MAX = 64 * 1024,
};

enum password_mode { PASSWORD_KEEP, PASSWORD_FIXED, PASSWORD_RANDOM };
enum tls_mode { TLS_NONE, TLS_SERVER };
enum power_package { POWER_KEEP, POWER_S0, POWER_S0_S3_S5 };
enum acl_access { ACL_LOCAL = 0, ACL_NETWORK = 1, ACL_ANY = 2 };

struct acl_entry {
	char user[ACL_USER_MAX];
	enum acl_access access;
	uint32_t realms; /* mask, see realm.h */
};

struct profile {
	char name[PROFILE_NAME_MAX];
	char description[256];
	enum password_mode admin_password; /* never KEEP */
	enum password_mode mebx_password;
	bool ping, rmcp_ping;
	enum tls_mode tls;
	bool tls_plain; /* leave the ports without TLS open */
	bool web_ui, sol, ider, kvm;
	struct acl_entry acl[ACL_MAX];
	size_t nacl;
	enum power_package power;
	uint32_t idle_timeout_min; /* 0: leave as it is */
};

/* What a field of a profile may hold. */
enum profile_type { PROFILE_BOOL, PROFILE_WORD, PROFILE_NUMBER, PROFILE_TEXT };

struct profile_word {
	const char *word; /* NULL ends a list */
	int value;
};

/*
 * A field of a profile: where it is in the JSON and in the struct, what it may be, and what people are told.
 * The editor, the comparison of revisions and the JSON read the same rows. ACL entries are no fields.
 */
struct profile_field {
	const char *group, *name; /* group NULL: at the top */
	enum profile_type type;
	size_t offset;
	const struct profile_word *words; /* PROFILE_WORD */
	uint32_t max;                     /* PROFILE_NUMBER; PROFILE_TEXT: room */
	const char *title, *rule;
};
const struct profile_field *profile_fields(size_t *n);

/* access_words: the words for enum acl_access. */
const struct profile_word *access_words(void);

/* profile_field_text: a field as one would type it: "true", "server", "5". */
void profile_field_text(const struct profile_field *f, const struct profile *p, char *out, size_t size);

/* profile_field_take: set a field from typed text. ERR_PROFILE says what is wanted; *p is unchanged then. */
MUST_CHECK int profile_field_take(const struct profile_field *f, const char *text, struct profile *p, struct err *e);

/* profile_check: the rules of profile_parse, for a profile that was not read from JSON. */
MUST_CHECK int profile_check(const struct profile *p, struct err *e);

/* acl_user_check: the rule for the name of an ACL entry; n: its place, for the text of the error. */
MUST_CHECK int acl_user_check(const char *user, size_t n, struct err *e);

/* acl_text: an entry on one line: where from, and its realms. */
void acl_text(const struct acl_entry *a, char *out, size_t size);

/*
 * profile_parse: read and check a profile. Keys that are missing take their defaults; unknown keys
 * are an error.
 *
 * text		JSON, at most PROFILE_JSON_MAX bytes
 * *out		set on success only
 * Returns	0, or -1 with ERR_PROFILE: the path of the value and what is wrong with it
 */
MUST_CHECK int profile_parse(const char *text, size_t len, struct profile *out, struct err *e);

/* profile_write: the whole profile as JSON with every default spelt out. ERR_MEMORY. */
MUST_CHECK int profile_write(const struct profile *p, struct buf *out, struct err *e);

/* profile_default: the profile that an empty JSON object stands for. */
void profile_default(struct profile *out);

/*
 * profile_secrets: names of the passwords the profile needs beside it, one call of take() each.
 */
void profile_secrets(const struct profile *p, void (*take)(void *arg, const char *name), void *arg);

#endif
