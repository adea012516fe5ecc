/* SPDX-License-Identifier: Apache-2.0 */
/*
 * password: the write-ahead rule. A password is durable as pending before it can leave for a device,
 * and one that may have left is used again rather than replaced.
 */
#include <stdio.h>
#include <string.h>

#include "engine/run.h"

int
run_load_credentials(struct run *r, struct err *e)
{
	struct db *db = NULL;
	int rc = db_borrow(r->en->pool, &db, e);

	credentials_free(r->creds, r->ncreds);
	r->ncreds = 0;
	if (rc == 0)
		rc = credential_list(db, r->dev.device_id, r->creds, &r->ncreds, e);
	db_return(r->en->pool, db);
	return rc;
}

int
run_open_credential(struct run *r, const struct db_credential *c, struct secret *out, struct err *e)
{
	char aad[80];

	credential_aad(aad, sizeof(aad), r->dev.uuid, c->kind);
	return seal_open_secret(&r->en->key, aad, &c->sealed, out, e);
}

int
run_profile_secret(struct run *r, const char *name, struct secret *out, struct err *e)
{
	char aad[128];

	for (size_t i = 0; i < r->nsecrets; i++) {
		if (strcmp(r->secrets[i].name, name) != 0)
			continue;
		profile_aad(aad, sizeof(aad), r->dev.profile, name);
		return seal_open_secret(&r->en->key, aad, &r->secrets[i].sealed, out, e);
	}
	return err_set(e, ERR_PROFILE, "profile %s has no password \"%s\"", r->dev.profile, name);
}

static const struct db_credential *
find(const struct run *r, const char *kind, const char *state)
{
	for (size_t i = 0; i < r->ncreds; i++)
		if (strcmp(r->creds[i].kind, kind) == 0 && strcmp(r->creds[i].state, state) == 0)
			return &r->creds[i];
	return NULL;
}

static int
write_pending(struct run *r, const char *kind, const struct secret *s, struct err *e)
{
	SCOPED(sealed) struct sealed box = { 0 };
	struct seal_public pub;
	struct db *db = NULL;
	int64_t id;
	char aad[80];

	credential_aad(aad, sizeof(aad), r->dev.uuid, kind);
	if (seal_public_of(&r->en->key, &pub, e) < 0 || seal_close_secret(&pub, aad, s, &box, e) < 0)
		return -1;
	int rc = db_borrow(r->en->pool, &db, e);
	if (rc == 0)
		rc = credential_pending(db, &r->hold, kind, &box, &id, e);
	db_return(r->en->pool, db);
	return rc < 0 ? -1 : run_load_credentials(r, e);
}

int
run_new_password(struct run *r, const char *kind, enum password_mode mode, struct secret *out, bool *was_pending, struct err *e)
{
	SCOPED(secret) struct secret wish = { 0 }, have = { 0 };
	const struct db_credential *pending = find(r, kind, "pending"), *current = find(r, kind, "current");

	*was_pending = false;
	if (mode == PASSWORD_FIXED && run_profile_secret(r, kind, &wish, e) < 0)
		return -1;
	if (pending != NULL && run_open_credential(r, pending, &have, e) < 0)
		return -1;
	if (pending != NULL && (mode == PASSWORD_RANDOM || secret_equal(&have, &wish))) {
		*was_pending = true;
		*out = have;
		return 0;
	}
	/* A random one that the device has already need not change, unless somebody else knows it. */
	if (mode == PASSWORD_RANDOM && current != NULL && (r->dev.kind != JOB_TAKE_OVER || current->job_id == r->hold.job_id)) {
		if (run_open_credential(r, current, &have, e) < 0)
			return -1;
		*out = have;
		return 0;
	}
	if (mode == PASSWORD_RANDOM && password_random(&wish, e) < 0)
		return -1;
	if (password_check(&wish, e) < 0 || write_pending(r, kind, &wish, e) < 0)
		return -1;
	*out = wish;
	return 0;
}

int
run_password_due(struct run *r, const char *kind, enum password_mode mode, bool *due, struct err *e)
{
	SCOPED(secret) struct secret wish = { 0 }, have = { 0 };
	const struct db_credential *current = find(r, kind, "current");

	*due = false;
	if (!r->known || mode == PASSWORD_KEEP)
		return 0;
	*due = current == NULL || (r->dev.kind == JOB_TAKE_OVER && current->job_id != r->hold.job_id);
	if (*due || mode != PASSWORD_FIXED)
		return 0;
	if (run_profile_secret(r, kind, &wish, e) < 0 || run_open_credential(r, current, &have, e) < 0)
		return -1;
	*due = !secret_equal(&have, &wish);
	return 0;
}
