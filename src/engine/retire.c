/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retire: the steps that unprovision a device. The request is recorded before it leaves; when its answer is lost,
 * the next attempt looks at the device and does not repeat it blindly.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/status.h"
#include "base/text.h"
#include "engine/run.h"

enum { LOOK_TRIES = 12, LOOK_SPACING_MS = 5000 };

/* Codes that a device gives which is in setup: another certificate, or it wants to see one of ours. */
static bool
in_setup(enum err_code code)
{
	return code == ERR_TLS_PIN || code == ERR_TLS_REFUSED || code == ERR_TLS;
}

static int
step_connect(struct run *r, struct err *e)
{
	if (run_connect(r, e) == 0)
		return 0;
	if (!r->dev.sent || !in_setup(e->code))
		return -1;
	r->committed = true;
	(void)text_copy(r->note, sizeof(r->note), "the device is in setup: it did what it was told, and its answer was lost");
	return 0;
}

static int
step_identity(struct run *r, struct err *e)
{
	struct amt_facts *f = &r->amt->facts;
	char theirs[UUID_TEXT];

	if (r->amt->ops->facts(r->amt, f, e) < 0)
		return -1;
	uuid_text(&f->uuid, theirs);
	if (memcmp(f->uuid.b, r->uuid.b, UUID_LEN) != 0)
		return err_set(e, ERR_UUID_MISMATCH, "the device says it is %s", theirs);
	r->amt_old = f->major < 12;
	if (f->state == AMT_POST || f->state == AMT_UNTOLD) /* which old releases do not tell, but it let us in as configured */
		return 0;
	if (!r->dev.sent)
		return err_set(e, ERR_NO_LONGER, "the device is in setup, so it was reset by hand: accept it again");
	r->committed = true;
	return 0;
}

/* Source: protocol/wsman.md 7.24: a partial unprovision is carried out even when nothing leads back. */
static int
step_way_back(struct run *r, struct err *e)
{
	SCOPED(mem) struct amt_way_back *way = calloc(1, sizeof(*way));
	struct identity fits = { 0 };
	char cn[CERT_NAME_MAX];

	if (way == NULL)
		return err_set(e, ERR_MEMORY, "root hashes");
	if (r->dev.full) {
		(void)text_copy(r->note, sizeof(r->note), "asked for: only setup.bin, MEBx or an agent bring it back");
		return 0;
	}
	if (r->amt->ops->way_back(r->amt, way, e) < 0)
		return -1;
	bool good = way->psk || (way->remote && engine_pick_cert(r->en, way->hashes, way->nhashes, r->domain, &fits, cn, e) == 0);
	identity_free(&fits);
	if (good)
		return 0;
	struct err why;
	(void)err_set(&why, ERR_STRANDED, "%s", !way->remote ? "remote configuration is disabled, and it has no pre-shared key" : e->text);
	if (!r->dev.forced) {
		*e = why;
		return -1;
	}
	(void)snprintf(r->note, sizeof(r->note), "forced, although %.150s", why.text);
	return 0;
}

static int
record_sent(struct run *r, struct err *e)
{
	struct db *db = NULL;
	int rc = db_borrow(r->en->pool, &db, e);

	if (rc == 0)
		rc = job_sent(db, &r->hold, e);
	db_return(r->en->pool, db);
	return rc;
}

static int
step_unprovision(struct run *r, struct err *e)
{
	uint32_t status = 0;

	if (record_sent(r, e) < 0)
		return -1;
	if (r->amt->ops->unprovision(r->amt, r->dev.full, &status, e) < 0) {
		if (err_next(e->code) != NEXT_LOOK)
			return -1;
		(void)snprintf(r->note, sizeof(r->note), "no answer (%.120s); looking at the device", e->text);
		return 0;
	}
	r->answered = status == PT_SUCCESS;
	if (r->answered)
		return 0;
	(void)pt_error(status, r->dev.full ? "Unprovision" : "PartialUnprovision", e);
	if (status == PT_NOT_PERMITTED)
		e->code = ERR_NOT_READY; /* so while the PC starts. Source: protocol/wsman.md 7.24 */
	return -1;
}

/* 1: unprovisioned, 0: cannot be told yet, -1: it goes on as it was, or the run must end. */
static int
look_once(struct run *r, struct err *e)
{
	run_disconnect(r);
	if (run_connect(r, e) < 0)
		return in_setup(e->code) ? 1 : e->code == ERR_CONTACT || e->code == ERR_LOST || e->code == ERR_TIMEOUT ? 0 : -1;
	if (r->amt->ops->facts(r->amt, &r->amt->facts, e) < 0)
		return err_next(e->code) == NEXT_LOOK ? 0 : -1;
	return r->amt->facts.state != AMT_POST && r->amt->facts.state != AMT_UNTOLD ? 1 : err_set(e, ERR_UNKNOWN, "the device is still configured");
}

/*
 * A device that answered closes its ports for a while, or, fully unprovisioned, for good: that it is gone is
 * as expected. One whose answer was lost must be seen in setup before it is believed.
 */
static int
step_look(struct run *r, struct err *e)
{
	int rc = run_wait(r, (int64_t)r->set.commit_wait_s * 1000, e);

	for (int i = 0; rc == 0 && i < LOOK_TRIES; i++) {
		int seen = look_once(r, e);

		if (seen > 0)
			return 0;
		if (seen < 0 && e->code != ERR_UNKNOWN)
			return -1;
		if (seen == 0 && r->answered) {
			(void)text_copy(r->note, sizeof(r->note), "its ports are closed, as those of an unprovisioned device");
			return 0;
		}
		struct err why = *e;
		rc = run_wait(r, r->set.commit_wait_s == 0 ? 200 : LOOK_SPACING_MS, e);
		if (rc == 0)
			*e = why;
	}
	if (rc < 0 || e->code == ERR_UNKNOWN)
		return -1;
	struct err last = *e;
	return err_set(e, ERR_UNKNOWN, "whether it is unprovisioned is not known: %.150s", last.text);
}

const struct step unprovision_steps[] = {
	/* clang-format off */
	{ "connect", step_connect, 120, STEP_ALWAYS },
	{ "identity", step_identity, 180, STEP_REPEAT },
	{ "way-back", step_way_back, 180, STEP_REPEAT },
	{ "unprovision", step_unprovision, 180, 0 },
	{ "look", step_look, 300, 0 },
	{ 0 },
	/* clang-format on */
};
