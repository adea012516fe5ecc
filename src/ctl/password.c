/* SPDX-License-Identifier: Apache-2.0 */
/* password: musterctl device password: an engine opens a device's password for the one who asks, with a reason. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "ctl/ctl.h"
#include "db/reveal.h"

enum { OPT_KIND, OPT_STATE, OPT_REASON };
enum { LOOK_MS = 2000, GATHER_MS = 50 };

/* Waits for the answer of an engine and opens it. */
static int
await(struct ctl *c, int64_t id, const struct seal_private *key, struct secret *out, struct err *e)
{
	int64_t until = clock_ms() + REVEAL_WAIT_MS;
	char channel[32], payload[64];

	for (;;) {
		struct reveal_answer a = { 0 };

		if (reveal_read(c->db, id, &a, e) < 0)
			return -1;
		if (strcmp(a.state, "waiting") != 0) {
			int rc = reveal_open(key, id, &a, out, e);

			sealed_free(&a.sealed);
			return rc;
		}
		int64_t left = until - clock_ms();
		if (left <= 0)
			return err_set(e, ERR_NO_ANSWER, "no engine answered within %d s: is one running?", REVEAL_WAIT_MS / 1000);
		if (db_wait(c->db, -1, left < LOOK_MS ? left : LOOK_MS, e) < 0)
			return -1;
		while (db_notified(c->db, channel, sizeof(channel), payload, sizeof(payload)))
			;
		clock_sleep_ms(GATHER_MS); /* a busy engine tells of changes all the time */
	}
}

static int
print(const struct ctl *c, const char *uuid, const char *kind, const char *state, const struct secret *s, struct err *e)
{
	SCOPED(buf) struct buf b = { 0 };

	if (c->json) {
		buf_printf(&b, "{\n  \"kind\": \"%s\",\n  \"password\": ", kind);
		ctl_json_quote(&b, s->s);
		buf_printf(&b, ",\n  \"state\": \"%s\",\n  \"uuid\": \"%s\"\n}\n", state, uuid);
	} else {
		buf_add(&b, s->s, s->len);
		buf_puts(&b, "\n");
	}
	return ctl_write(&b, e);
}

static bool
is_one_of(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static int
password(struct ctl *c, struct err *e)
{
	static const char *const kinds[] = { "admin", "mebx" }, *const states[] = { "current", "pending", "previous" };
	const char *kind = c->opt[OPT_KIND] == NULL ? kinds[0] : c->opt[OPT_KIND];
	const char *state = c->opt[OPT_STATE] == NULL ? states[0] : c->opt[OPT_STATE];
	SCOPED(seal_private) struct seal_private key = { 0 };
	SCOPED(secret) struct secret s = { 0 };
	struct seal_public pub;
	char uuid[UUID_TEXT];
	int64_t credential, id;
	struct uuid u;

	if (!uuid_parse(c->args[0], &u))
		return err_set(e, ERR_INPUT, "\"%s\" is not a UUID", c->args[0]);
	if (!is_one_of(kind, kinds, ARRAY_LEN(kinds)))
		return err_set(e, ERR_INPUT, "--kind: want admin or mebx");
	if (!is_one_of(state, states, ARRAY_LEN(states)))
		return err_set(e, ERR_INPUT, "--state: want current, pending or previous");
	if (c->opt[OPT_REASON] == NULL)
		return err_set(e, ERR_USAGE, "--reason is needed: it goes into the audit log");
	uuid_text(&u, uuid);
	if (ctl_connect(c, e) < 0 || db_listen(c->db, "muster_change", e) < 0)
		return -1;
	int found = credential_find(c->db, uuid, kind, state, &credential, e);
	if (found <= 0)
		return found < 0 ? -1 : err_set(e, ERR_DB_NOT_FOUND, "device %s has no %s %s password", uuid, state, kind);
	if (seal_keypair(&key, &pub, e) < 0 || reveal_ask(c->db, credential, c->opt[OPT_REASON], &pub, &id, e) < 0 ||
	    await(c, id, &key, &s, e) < 0)
		return -1;
	return print(c, uuid, kind, state, &s, e);
}

static const struct ctl_opt opts[] = {
	{ "kind", "KIND", "Which one: admin (default) or mebx" },
	{ "state", "STATE", "current (default), pending, or previous: the newest of these" },
	{ "reason", "TEXT", "Why, for the audit log: 5 to 500 characters" },
	{ 0 },
};

const struct command ctl_password_commands[] = {
	{ "device", "password", "UUID", 1, 1, "Print a password of a device; a running engine opens it", opts, password },
	{ 0 },
};
