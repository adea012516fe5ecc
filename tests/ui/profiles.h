/* SPDX-License-Identifier: Apache-2.0 */
/* profiles: what the tests of profiles share: a profile "lab", and ways to and in its editor. */
#ifndef MUSTER_TESTS_UI_PROFILES_H
#define MUSTER_TESTS_UI_PROFILES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secret/keyfile.h"
#include "tests/ui/fixture.h"

#define BODY(more)                                                                                                                        \
	"{\"name\": \"lab\", \"description\": \"for the lab\", \"acl\": [{\"user\": \"helpdesk\", \"access\": \"network\", \"realms\":" \
	" [\"redirection\", \"remote-control\"]}]" more "}"

/* "lab" has revision 1, with the password of helpdesk. */
static inline void
at_profiles(const char *user, int width, int height)
{
	(void)db_fresh(NULL);
	(void)sql("SELECT muster.profile_save('lab', '" BODY("") "', ARRAY['acl/helpdesk'], ARRAY['\\x01'::bytea])");
	(void)sql("ALTER TABLE muster.profile_revision DISABLE TRIGGER USER");
	(void)sql("UPDATE muster.profile_revision SET created_at = test.at(0)");
	(void)sql("ALTER TABLE muster.profile_revision ENABLE TRIGGER USER");
	begin(user, width, height);
	press(&k, '6');
}

static inline const char *
newest(const char *what)
{
	return sql("SELECT %s FROM muster.profile_revision r JOIN muster.profile p USING (profile_id) WHERE name = 'lab' ORDER BY revision DESC LIMIT 1", what);
}

static inline void
edit(void)
{
	go_to(&k, "lab");
	press(&k, '\n');
	assert_has(row(&k, 1), "Profile  lab  revision");
}

static inline void
tabs(int n)
{
	for (int i = 0; i < n; i++)
		press(&k, UK_TAB);
}

/* A sealed password as the engine reads it. */
static inline void
assert_sealed(const char *name, const char *want)
{
	char path[1024], hex[4096], aad[128];
	uint8_t bytes[2048];
	SCOPED(seal_private) struct seal_private key = { 0 };
	SCOPED(secret) struct secret s = { 0 };
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/engine.key", getenv("MUSTER_TEST_PG"));
	assert_ok(keyfile_read(path, &key, &e));
	(void)snprintf(hex, sizeof(hex), "%s", sql("SELECT encode(s.sealed, 'hex') FROM muster.profile_secret s JOIN muster.profile_revision r"
		" USING (profile_revision_id) JOIN muster.profile p USING (profile_id) WHERE p.name = 'lab' AND s.name = '%s' ORDER BY revision DESC LIMIT 1", name));
	size_t n = strlen(hex) / 2;
	for (size_t i = 0; i < n; i++) {
		unsigned int v;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &v), 1);
		bytes[i] = (uint8_t)v;
	}
	const struct sealed box = { .p = bytes, .len = n };
	(void)snprintf(aad, sizeof(aad), "profile/lab/%s", name);
	assert_ok(seal_open_secret(&key, aad, &box, &s, &e));
	assert_string_equal(s.s, want);
}

#endif
