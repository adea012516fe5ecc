/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_verify: musterctl audit verify. The hash of a row is SHA-256 over the hash of the row before it and
 * the row's text, so a row that was edited has another hash, and one that is missing or in another place
 * leaves a row that does not follow the one before it. What is cut off at the end is told by the end that
 * the log keeps, and by a hash that the auditor kept.
 */
#include "ctl/audit.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/audit.h"

enum { PAGE = 500, PROGRESS_MS = 1000 };

struct chain {
	int64_t rows, id; /* so far, and the newest of them */
	uint8_t hash[AUDIT_HASH];
	size_t len; /* of hash: 0 before the first row */
	bool expects, met;
	uint8_t expect[AUDIT_HASH];
	int64_t total, shown_ms; /* about; 0: not known */
	bool progress;
};

static int
hash_of(const void *prev, size_t prev_len, const char *text, uint8_t out[AUDIT_HASH], struct err *e)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 && EVP_DigestUpdate(md, prev, prev_len) == 1 &&
		  EVP_DigestUpdate(md, text, strlen(text)) == 1 && EVP_DigestFinal_ex(md, out, NULL) == 1;

	EVP_MD_CTX_free(md);
	return ok ? 0 : err_set(e, ERR_MEMORY, "SHA-256");
}

static int
breaks(const struct chain *ch, int64_t id, struct err *e)
{
	if (ch->rows == 0)
		return err_set(e, ERR_AUDIT, "row %" PRId64 " is the first one but follows another: rows before it are missing", id);
	return err_set(e, ERR_AUDIT, "row %" PRId64 " does not follow row %" PRId64 ": one of the two was changed, or rows between them are"
	    " missing or in another place", id, ch->id);
}

/* Row i of a page is the next one of the chain. */
static int
follow(struct chain *ch, const struct rows *r, size_t i, struct err *e)
{
	int64_t id = rows_int(r, i, AUDIT_CHAIN_ID);
	uint8_t prev[AUDIT_HASH], hash[AUDIT_HASH], want[AUDIT_HASH];
	long prev_len = rows_bytes(r, i, AUDIT_CHAIN_PREV, prev, sizeof(prev));
	long len = rows_bytes(r, i, AUDIT_CHAIN_HASH, hash, sizeof(hash));

	if (prev_len != (long)ch->len || memcmp(prev, ch->hash, ch->len) != 0)
		return breaks(ch, id, e);
	if (hash_of(prev, ch->len, rows_text(r, i, AUDIT_CHAIN_TEXT), want, e) < 0)
		return -1;
	if (len != AUDIT_HASH || memcmp(hash, want, AUDIT_HASH) != 0 || rows_bool(r, i, AUDIT_CHAIN_ODD))
		return err_set(e, ERR_AUDIT, "row %" PRId64 " was changed: its hash is not that of what it holds", id);
	ch->rows++;
	ch->id = id;
	ch->len = AUDIT_HASH;
	memcpy(ch->hash, hash, AUDIT_HASH);
	ch->met |= ch->expects && memcmp(hash, ch->expect, AUDIT_HASH) == 0;
	return 0;
}

static void
show_progress(struct chain *ch, bool end)
{
	if (!ch->progress || (!end && clock_ms() - ch->shown_ms < PROGRESS_MS))
		return;
	ch->shown_ms = clock_ms();
	if (end)
		(void)fprintf(stderr, "\r\033[K");
	else if (ch->total > ch->rows)
		(void)fprintf(stderr, "\r%" PRId64 " rows, about %d %%\033[K", ch->rows, (int)(100.0 * (double)ch->rows / (double)ch->total));
	else
		(void)fprintf(stderr, "\r%" PRId64 " rows\033[K", ch->rows);
}

static int
walk(struct ctl *c, struct chain *ch, struct err *e)
{
	int64_t after = INT64_MIN;
	int rc = 0;

	for (size_t got = PAGE; rc == 0 && got == PAGE;) {
		SCOPED(rows) struct rows *r = NULL;

		if (audit_chain(c->db, after, PAGE, &r, e) < 0)
			return -1;
		got = rows_count(r);
		for (size_t i = 0; rc == 0 && i < got; i++)
			rc = follow(ch, r, i, e);
		after = ch->id;
		show_progress(ch, false);
	}
	return rc;
}

/* The end the log keeps of itself against the last row there is. */
static int
check_end(struct ctl *c, const struct chain *ch, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	uint8_t hash[AUDIT_HASH];

	if (audit_end(c->db, &r, e) < 0)
		return -1;
	if (rows_count(r) == 0)
		return err_set(e, ERR_AUDIT, "the log keeps no end of itself: somebody took it away");
	int64_t id = rows_int(r, 0, AUDIT_END_ID);
	long len = rows_bytes(r, 0, AUDIT_END_HASH, hash, sizeof(hash));
	if (id > ch->id)
		return err_set(e, ERR_AUDIT, "the log ends with row %" PRId64 ", but row %" PRId64 " was written: rows at its end are missing", ch->id, id);
	if (id < ch->id)
		return err_set(e, ERR_AUDIT, "the log says that row %" PRId64 " is its last, but row %" PRId64 " follows: its end was changed", id, ch->id);
	if (len != (long)ch->len || memcmp(hash, ch->hash, ch->len) != 0)
		return err_set(e, ERR_AUDIT, "row %" PRId64 " is not the one that was written: its hash is not the end the log keeps", id);
	return 0;
}

static int
verify(struct ctl *c, struct chain *ch, struct err *e)
{
	if (ctl_connect(c, e) < 0 || audit_look_begin(c->db, e) < 0 || audit_estimate(c->db, &ch->total, e) < 0)
		return -1;
	int rc = walk(c, ch, e);
	show_progress(ch, true);
	if (rc == 0)
		rc = check_end(c, ch, e);
	if (rc == 0 && ch->expects && !ch->met)
		rc = err_set(e, ERR_AUDIT, "no row has the expected hash: the log was cut off before it, or made anew");
	return rc;
}

int
audit_verify(struct ctl *c, struct err *e)
{
	struct chain ch = { .progress = isatty(STDERR_FILENO) == 1, .shown_ms = clock_ms() };
	const char *expect = c->opt[VERIFY_EXPECT];
	char hash[2 * AUDIT_HASH + 1];

	if (expect != NULL && (strlen(expect) != 2 * (size_t)AUDIT_HASH || hex_decode(expect, ch.expect, sizeof(ch.expect)) != AUDIT_HASH))
		return err_set(e, ERR_INPUT, "--expect: want the %d hex digits that \"audit verify\" printed", 2 * AUDIT_HASH);
	ch.expects = expect != NULL;
	int rc = verify(c, &ch, e);
	if (c->db != NULL)
		db_rollback(c->db);
	if (rc < 0)
		return -1;
	hex_encode(hash, ch.hash, ch.len);
	if (ch.rows == 0)
		ctl_say(c, "whole: no rows");
	else
		ctl_say(c, "whole: %" PRId64 " rows\nnewest: row %" PRId64 ", hash %s", ch.rows, ch.id, hash);
	if (c->json)
		ctl_json(json_pack("{s:b, s:I, s:I, s:s}", "whole", true, "rows", (json_int_t)ch.rows, "newest_id", (json_int_t)ch.id,
		    "newest_hash", hash));
	return CTL_OK;
}
