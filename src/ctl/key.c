/* SPDX-License-Identifier: Apache-2.0 */
/* key: musterctl key init, check, rotate: the engine's key file and what is sealed for it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/ctl.h"
#include "db/cert.h"
#include "db/setting.h"
#include "secret/keyfile.h"

static int
report_key(const struct ctl *c, const struct seal_public *pub, const char *what)
{
	char id[2 * SEAL_ID_LEN + 1];

	seal_key_id(pub, id);
	ctl_say(c, "%s: key %s in %s", what, id, c->conf.key_file);
	if (c->json)
		ctl_json(json_pack("{s:s, s:s}", "key_id", id, "file", c->conf.key_file));
	return CTL_OK;
}

/* The key of the file, made when there is neither file nor key in the database. */
static int
init(struct ctl *c, struct err *e)
{
	SCOPED(seal_private) struct seal_private priv = { 0 };
	struct seal_public pub, theirs;

	if (ctl_connect_engine(c, e) < 0)
		return -1;
	int found = engine_key_read(c->db, &theirs, e);
	if (found < 0)
		return -1;
	if (found == 1) {
		if (keyfile_read(c->conf.key_file, &priv, e) < 0 || seal_public_of(&priv, &pub, e) < 0)
			return -1;
		if (memcmp(pub.key, theirs.key, SEAL_KEY_LEN) != 0)
			return err_set(e, ERR_KEY_MISMATCH, "%s is not the key this database seals for", c->conf.key_file);
		return report_key(c, &pub, "nothing to do");
	}
	if (access(c->conf.key_file, F_OK) == 0) {
		if (keyfile_read(c->conf.key_file, &priv, e) < 0 || seal_public_of(&priv, &pub, e) < 0)
			return -1;
	} else if (seal_keypair(&priv, &pub, e) < 0 || keyfile_write(c->conf.key_file, &priv, false, e) < 0) {
		return -1;
	}
	if (engine_key_set(c->db, &pub, e) < 0)
		return -1;
	ctl_say(c, "Keep a copy of the key file in a safe place: without it no password in the database can be read.");
	return report_key(c, &pub, "made");
}

/* Opens every box, so that a wrong or damaged one is found before it is needed. */
static int
check(struct ctl *c, struct err *e)
{
	SCOPED(seal_private) struct seal_private priv = { 0 };
	SCOPED(rows) struct rows *r = NULL;
	uint8_t data[SEAL_DATA_MAX];
	size_t bad = 0;

	if (ctl_connect_engine(c, e) < 0 || keyfile_read(c->conf.key_file, &priv, e) < 0 || sealed_all(c->db, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < rows_count(r); i++) {
		SCOPED(sealed) struct sealed box = { 0 };
		size_t len = sizeof(data);
		struct err why = { ERR_MEMORY, "sealed secret" };

		box.p = rows_bytes_new(r, i, SEALED_BOX, &box.len);
		if (box.p != NULL && seal_open(&priv, rows_text(r, i, SEALED_AAD), &box, data, &len, &why) == 0)
			continue;
		(void)fprintf(stderr, "musterctl: %s (%d)\n", why.text, (int)why.code);
		bad++;
	}
	explicit_bzero(data, sizeof(data));
	ctl_say(c, "%zu sealed secrets, %zu cannot be opened", rows_count(r), bad);
	if (c->json)
		ctl_json(json_pack("{s:i, s:i}", "sealed", (int)rows_count(r), "bad", (int)bad));
	return bad == 0 ? CTL_OK : CTL_FAILED;
}

static int
reseal_all(struct ctl *c, const struct seal_private *old, const struct seal_public *pub, size_t *n, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	uint8_t data[SEAL_DATA_MAX];
	int rc = sealed_all(c->db, &r, e);

	*n = 0;
	for (size_t i = 0; rc == 0 && i < rows_count(r); i++) {
		SCOPED(sealed) struct sealed box = { 0 }, again = { 0 };
		const char *aad = rows_text(r, i, SEALED_AAD);
		size_t len = sizeof(data);

		box.p = rows_bytes_new(r, i, SEALED_BOX, &box.len);
		if (box.p == NULL)
			rc = err_set(e, ERR_MEMORY, "sealed secret");
		else if (seal_open(old, aad, &box, data, &len, e) < 0 || seal_close(pub, aad, data, len, &again, e) < 0 ||
			 sealed_replace(c->db, rows_text(r, i, SEALED_PLACE), rows_text(r, i, SEALED_ID), rows_text(r, i, SEALED_NAME), &box, &again, e) < 0)
			rc = -1;
		(*n)++;
	}
	explicit_bzero(data, sizeof(data));
	return rc;
}

/* A running engine holds the old key in memory and would not open what is sealed anew. */
static int
no_engine_runs(struct ctl *c, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (node_list(c->db, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < rows_count(r); i++)
		if (strcmp(rows_text(r, i, NODE_STATE), "running") == 0)
			return err_set(e, ERR_BUSY, "engine %s is running: stop all engines first", rows_text(r, i, NODE_NAME));
	return 0;
}

/*
 * The new key lies beside the old one before anything is sealed for it, and takes its place after
 * the commit; a rotation that was cut off is finished by running it again.
 */
static int
rotate(struct ctl *c, struct err *e)
{
	SCOPED(seal_private) struct seal_private old = { 0 }, fresh = { 0 };
	struct seal_public old_pub, pub, theirs;
	char next[600];
	size_t n = 0;

	(void)snprintf(next, sizeof(next), "%s.new", c->conf.key_file);
	if (ctl_connect_engine(c, e) < 0 || no_engine_runs(c, e) < 0 || keyfile_read(c->conf.key_file, &old, e) < 0 ||
	    seal_public_of(&old, &old_pub, e) < 0)
		return -1;
	int found = engine_key_read(c->db, &theirs, e);
	if (found <= 0)
		return found < 0 ? -1 : err_set(e, ERR_KEY_MISMATCH, "the database has no engine key: run \"musterctl key init\"");
	bool have_next = access(next, F_OK) == 0;
	if (have_next && (keyfile_read(next, &fresh, e) < 0 || seal_public_of(&fresh, &pub, e) < 0))
		return -1;
	if (!have_next && (seal_keypair(&fresh, &pub, e) < 0 || keyfile_write(next, &fresh, false, e) < 0))
		return -1;
	if (!have_next || memcmp(pub.key, theirs.key, SEAL_KEY_LEN) != 0) {
		if (memcmp(old_pub.key, theirs.key, SEAL_KEY_LEN) != 0)
			return err_set(e, ERR_KEY_MISMATCH, "%s is not the key this database seals for", c->conf.key_file);
		if (db_begin(c->db, e) < 0 || reseal_all(c, &old, &pub, &n, e) < 0 || engine_key_set(c->db, &pub, e) < 0 ||
		    db_commit(c->db, e) < 0)
			return -1;
	}
	if (rename(next, c->conf.key_file) < 0)
		return err_errno(e, ERR_FILE, "%s", c->conf.key_file);
	ctl_say(c, "%zu secrets sealed anew", n);
	return report_key(c, &pub, "rotated");
}

const struct command ctl_key_commands[] = {
	{ "key", "init", "", 0, 0, "Make the engine's key file and tell the database its public half", NULL, init },
	{ "key", "check", "", 0, 0, "Open every sealed secret with the key file", NULL, check },
	{ "key", "rotate", "", 0, 0, "Seal every secret for a new key; engines must be stopped", NULL, rotate },
	{ 0 },
};
