/* SPDX-License-Identifier: Apache-2.0 */
/* cert: setup certificates, the built-in CA, engine keys, sealed boxes. */
#include "db/cert.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/pq.h"

#define SETUP_COLUMNS                                                                              \
	"sha256, domain, subject, issuer, extract(epoch FROM not_before)::bigint,"                   \
	" extract(epoch FROM not_after)::bigint, root_sha1, root_sha256, root_sha384, enabled,"       \
	" convert_from(chain, 'UTF8')"

enum { S_SHA256, S_CN, S_SUBJECT, S_ISSUER, S_BEFORE, S_AFTER, S_ROOT1, S_ROOT256, S_ROOT384, S_ENABLED,
	S_CHAIN, S_KEY };

static const struct stmt insert = {
	.name = "setup_cert_insert",
	.nparams = 11,
	.want = WANT_ONE,
	.sql = "SELECT muster.setup_certificate_add($1::bytea, $2, $3, $4, convert_to($5, 'UTF8'), $6::bytea,"
	       " to_timestamp($7::bigint), to_timestamp($8::bigint), $9::bytea, $10::bytea, $11::bytea)",
};
static const struct stmt list = {
	.name = "setup_cert_list",
	.want = WANT_MANY,
	.sql = "SELECT " SETUP_COLUMNS " FROM muster.setup_certificate ORDER BY domain, not_after DESC",
};
static const struct stmt keys = {
	.name = "setup_cert_keys",
	.want = WANT_MANY,
	.sql = "SELECT " SETUP_COLUMNS ", sealed_key FROM muster.setup_certificate WHERE enabled"
	       " ORDER BY not_after DESC",
};
static const struct stmt enable = {
	.name = "setup_cert_enable",
	.nparams = 2,
	.want = WANT_ONE,
	.sql = "SELECT muster.setup_certificate_enable($1::bytea, $2::boolean)",
};
static const struct stmt sets = {
	.name = "hash_sets",
	.want = WANT_MANY,
	.sql = "SELECT s.entries, count(d.device_id) FROM muster.hash_set s LEFT JOIN muster.device d USING (hash_set_id)"
	       " GROUP BY s.hash_set_id ORDER BY 2 DESC",
};
static const struct stmt ca_read = {
	.name = "ca_read",
	.want = WANT_MAYBE,
	.sql = "SELECT ca_id, certificate, sha256, subject, extract(epoch FROM not_after)::bigint FROM muster.ca"
	       " WHERE until_at IS NULL",
};
static const struct stmt ca_read_key = {
	.name = "ca_read_key",
	.want = WANT_MAYBE,
	.sql = "SELECT ca_id, certificate, sha256, subject, extract(epoch FROM not_after)::bigint, sealed_key FROM muster.ca"
	       " WHERE until_at IS NULL",
};
static const struct stmt ca_insert = {
	.name = "ca_insert",
	.nparams = 5,
	.want = WANT_ONE,
	.sql = "SELECT muster.ca_add($1, $2::bytea, $3, $4::bytea, to_timestamp($5::bigint))",
};
static const struct stmt key_read = {
	.name = "engine_key_read",
	.want = WANT_MAYBE,
	.sql = "SELECT public_key FROM muster.engine_key WHERE until_at IS NULL",
};
static const struct stmt key_set = {
	.name = "engine_key_set",
	.nparams = 2,
	.want = WANT_ONE,
	.sql = "SELECT muster.engine_key_set($1, $2::bytea)",
};
static const struct stmt all_sealed = {
	.name = "sealed_all",
	.want = WANT_MANY,
	.sql = "SELECT place, id, name, aad, sealed FROM muster.sealed_all()",
};
static const struct stmt replace = {
	.name = "sealed_replace",
	.nparams = 5,
	.want = WANT_ONE,
	.sql = "SELECT muster.sealed_replace($1, $2::bigint, $3, $4::bytea, $5::bytea)",
};

void
db_setup_cert_free(struct db_setup_cert *c)
{
	free(c->chain);
	sealed_free(&c->key);
	*c = (struct db_setup_cert){ 0 };
}

void
db_ca_free(struct db_ca *c)
{
	free(c->pem);
	sealed_free(&c->key);
	*c = (struct db_ca){ 0 };
}

int
setup_cert_insert(struct db *db, const struct db_setup_cert *c, struct err *e)
{
	SCOPED(buf) struct buf sha = { 0 }, key = { 0 }, r1 = { 0 }, r256 = { 0 }, r384 = { 0 };
	char before[24], after[24];

	bytea_text(&sha, c->sha256, sizeof(c->sha256));
	bytea_text(&key, c->key.p, c->key.len);
	bytea_text(&r1, c->root_sha1, sizeof(c->root_sha1));
	bytea_text(&r256, c->root_sha256, sizeof(c->root_sha256));
	bytea_text(&r384, c->root_sha384, sizeof(c->root_sha384));
	(void)snprintf(before, sizeof(before), "%" PRId64, (int64_t)c->not_before);
	(void)snprintf(after, sizeof(after), "%" PRId64, (int64_t)c->not_after);
	const char *params[] = { buf_str(&sha), c->cn, c->subject, c->issuer, c->chain, buf_str(&key), before,
		after, buf_str(&r1), buf_str(&r256), buf_str(&r384) };
	return db_run(db, &insert, params, ARRAY_LEN(params), NULL, e);
}

int
setup_cert_rows(struct db *db, struct rows **out, struct err *e)
{
	return db_run(db, &list, NULL, 0, out, e);
}

int
setup_cert_keys(struct db *db, struct rows **out, struct err *e)
{
	return db_run(db, &keys, NULL, 0, out, e);
}

int
setup_cert_from_row(const struct rows *r, size_t row, bool with_key, struct db_setup_cert *out, struct err *e)
{
	SCOPED(db_setup_cert) struct db_setup_cert c = { 0 };

	bool ok = rows_bytes(r, row, S_SHA256, c.sha256, sizeof(c.sha256)) == sizeof(c.sha256) &&
		  rows_bytes(r, row, S_ROOT1, c.root_sha1, sizeof(c.root_sha1)) == sizeof(c.root_sha1) &&
		  rows_bytes(r, row, S_ROOT256, c.root_sha256, sizeof(c.root_sha256)) == sizeof(c.root_sha256) &&
		  rows_bytes(r, row, S_ROOT384, c.root_sha384, sizeof(c.root_sha384)) == sizeof(c.root_sha384);
	if (!ok)
		return err_set(e, ERR_DB, "setup certificate: a hash of the wrong length");
	(void)text_copy(c.cn, sizeof(c.cn), rows_text(r, row, S_CN));
	(void)text_copy(c.subject, sizeof(c.subject), rows_text(r, row, S_SUBJECT));
	(void)text_copy(c.issuer, sizeof(c.issuer), rows_text(r, row, S_ISSUER));
	c.not_before = (time_t)rows_int(r, row, S_BEFORE);
	c.not_after = (time_t)rows_int(r, row, S_AFTER);
	c.enabled = rows_bool(r, row, S_ENABLED);
	c.chain = strdup(rows_text(r, row, S_CHAIN));
	if (with_key)
		c.key.p = rows_bytes_new(r, row, S_KEY, &c.key.len);
	if (c.chain == NULL || (with_key && c.key.p == NULL))
		return err_set(e, ERR_MEMORY, "setup certificate");
	*out = c;
	c = (struct db_setup_cert){ 0 };
	return 0;
}

int
setup_cert_enable(struct db *db, const uint8_t sha256[32], bool enabled, bool *changed, struct err *e)
{
	SCOPED(buf) struct buf sha = { 0 };
	SCOPED(rows) struct rows *r = NULL;

	bytea_text(&sha, sha256, 32);
	const char *params[] = { buf_str(&sha), enabled ? "t" : "f" };
	if (db_run(db, &enable, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	*changed = rows_bool(r, 0, 0);
	return 0;
}

int
hash_sets(struct db *db, struct rows **out, struct err *e)
{
	return db_run(db, &sets, NULL, 0, out, e);
}

int
db_ca_read(struct db *db, bool with_key, struct db_ca *out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(db_ca) struct db_ca c = { 0 };

	if (db_run(db, with_key ? &ca_read_key : &ca_read, NULL, 0, &r, e) < 0)
		return -1;
	if (rows_count(r) == 0)
		return 0;
	c.id = (int)rows_int(r, 0, 0);
	c.pem = strdup(rows_text(r, 0, 1));
	c.not_after = (time_t)rows_int(r, 0, 4);
	(void)text_copy(c.subject, sizeof(c.subject), rows_text(r, 0, 3));
	if (with_key)
		c.key.p = rows_bytes_new(r, 0, 5, &c.key.len);
	if (c.pem == NULL || (with_key && c.key.p == NULL))
		return err_set(e, ERR_MEMORY, "CA");
	if (rows_bytes(r, 0, 2, c.sha256, sizeof(c.sha256)) != sizeof(c.sha256))
		return err_set(e, ERR_DB, "CA: a hash of the wrong length");
	*out = c;
	c = (struct db_ca){ 0 };
	return 1;
}

int
db_ca_insert(struct db *db, const struct db_ca *c, struct err *e)
{
	SCOPED(buf) struct buf key = { 0 }, sha = { 0 };
	char after[24];

	bytea_text(&key, c->key.p, c->key.len);
	bytea_text(&sha, c->sha256, sizeof(c->sha256));
	(void)snprintf(after, sizeof(after), "%" PRId64, (int64_t)c->not_after);
	const char *params[] = { c->pem, buf_str(&key), c->subject, buf_str(&sha), after };
	return db_run(db, &ca_insert, params, ARRAY_LEN(params), NULL, e);
}

int
engine_key_from_row(const struct rows *r, struct seal_public *out, struct err *e)
{
	if (rows_count(r) == 0)
		return 0;
	return rows_bytes(r, 0, 0, out->key, SEAL_KEY_LEN) == SEAL_KEY_LEN ? 1 : err_set(e, ERR_DB, "engine key of the wrong length");
}

int
engine_key_read(struct db *db, struct seal_public *out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (db_run(db, &key_read, NULL, 0, &r, e) < 0)
		return -1;
	return engine_key_from_row(r, out, e);
}

void
engine_key_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner)
{
	dbq_send(q, &key_read, NULL, 0, fn, arg, owner);
}

int
engine_key_set(struct db *db, const struct seal_public *pub, struct err *e)
{
	SCOPED(buf) struct buf key = { 0 };
	char id[2 * SEAL_ID_LEN + 1];

	seal_key_id(pub, id);
	bytea_text(&key, pub->key, SEAL_KEY_LEN);
	const char *params[] = { id, buf_str(&key) };
	return db_run(db, &key_set, params, ARRAY_LEN(params), NULL, e);
}

int
sealed_all(struct db *db, struct rows **out, struct err *e)
{
	return db_run(db, &all_sealed, NULL, 0, out, e);
}

int
sealed_replace(struct db *db, const char *place, const char *id, const char *name, const struct sealed *old,
    const struct sealed *box, struct err *e)
{
	SCOPED(buf) struct buf before = { 0 }, after = { 0 };

	bytea_text(&before, old->p, old->len);
	bytea_text(&after, box->p, box->len);
	const char *params[] = { place, id, name, buf_str(&before), buf_str(&after) };
	return db_run(db, &replace, params, ARRAY_LEN(params), NULL, e);
}
