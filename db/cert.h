/* SPDX-License-Identifier: Apache-2.0 */
/* cert: setup certificates, the built-in CA, engine keys, and every sealed box for a key rotation. */
#ifndef MUSTER_DB_CERT_H
#define MUSTER_DB_CERT_H

#include <time.h>

#include "db/db.h"
#include "db/dbq.h"
#include "secret/seal.h"

/* What is stored of a setup certificate; the key is sealed for "setup_certificate/SHA256HEX". */
struct db_setup_cert {
	uint8_t sha256[32];
	char cn[256], subject[256], issuer[256];
	char *chain; /* PEM, owned */
	struct sealed key;
	time_t not_before, not_after;
	uint8_t root_sha1[20], root_sha256[32], root_sha384[48];
	bool enabled;
};
void db_setup_cert_free(struct db_setup_cert *c);
static inline void
db_setup_cert_scoped(struct db_setup_cert *c)
{
	db_setup_cert_free(c);
}

MUST_CHECK int setup_cert_insert(struct db *db, const struct db_setup_cert *c, struct err *e);

/*
 * setup_cert_rows: sha256, domain (CN), subject, issuer, not_before, not_after (epoch), roots, enabled,
 * chain; without the keys. setup_cert_from_row reads one. setup_cert_keys: with the sealed key as
 * the last column, enabled ones only (engine).
 */
MUST_CHECK int setup_cert_rows(struct db *db, struct rows **out, struct err *e);
MUST_CHECK int setup_cert_keys(struct db *db, struct rows **out, struct err *e);
MUST_CHECK int setup_cert_from_row(
    const struct rows *r, size_t row, bool with_key, struct db_setup_cert *out, struct err *e);
MUST_CHECK int setup_cert_enable(
    struct db *db, const uint8_t sha256[32], bool enabled, bool *changed, struct err *e);

/* What devices offered: one row per set of hashes: entries (bytes), devices with it. */
MUST_CHECK int hash_sets(struct db *db, struct rows **out, struct err *e);

/* The CA in use. db_ca_read: 1 found, 0 none yet. The key is sealed for "ca/SHA256HEX". */
struct db_ca {
	int id;
	char *pem; /* owned */
	struct sealed key;
	uint8_t sha256[32];
	char subject[256];
	time_t not_after;
};
void db_ca_free(struct db_ca *c);
static inline void
db_ca_scoped(struct db_ca *c)
{
	db_ca_free(c);
}
MUST_CHECK int db_ca_read(struct db *db, bool with_key, struct db_ca *out, struct err *e);
MUST_CHECK int db_ca_insert(struct db *db, const struct db_ca *c, struct err *e);

/* The engine key in force. engine_key_read: 1 found, 0 none. */
MUST_CHECK int engine_key_read(struct db *db, struct seal_public *out, struct err *e);
/* engine_key_send, engine_key_from_row: the same for the console. */
void engine_key_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner);
MUST_CHECK int engine_key_from_row(const struct rows *r, struct seal_public *out, struct err *e);
MUST_CHECK int engine_key_set(struct db *db, const struct seal_public *pub, struct err *e);

/* Every sealed box: place, id, name, aad, sealed; and putting one back under another key. */
enum { SEALED_PLACE, SEALED_ID, SEALED_NAME, SEALED_AAD, SEALED_BOX };
MUST_CHECK int sealed_all(struct db *db, struct rows **out, struct err *e);
MUST_CHECK int sealed_replace(struct db *db, const char *place, const char *id, const char *name,
    const struct sealed *old, const struct sealed *box, struct err *e);

#endif
