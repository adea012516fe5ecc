/* SPDX-License-Identifier: Apache-2.0 */
/* engine: what the threads share; opening and closing it. */
#include "engine/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/version.h"
#include "db/cert.h"
#include "secret/keyfile.h"

enum { POOL_MAX = 8 };

static void
certs_free(struct certs *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		setup_cert_free(&c->list[i]);
	free(c);
}

void
engine_settings(struct engine *en, struct settings *out)
{
	(void)pthread_rwlock_rdlock(&en->lock);
	*out = en->settings;
	(void)pthread_rwlock_unlock(&en->lock);
}

void
engine_wake(struct engine *en)
{
	ssize_t n = write(en->wake[1], "", 1);

	(void)n; /* a full pipe wakes as well */
}

/* The key file must be the private half of the key that the database seals for. */
static int
check_key(struct engine *en, struct db *db, struct err *e)
{
	struct seal_public mine, theirs;
	char id[2 * SEAL_ID_LEN + 1];

	if (keyfile_read(en->conf.key_file, &en->key, e) < 0 || seal_public_of(&en->key, &mine, e) < 0)
		return -1;
	int found = engine_key_read(db, &theirs, e);
	if (found < 0)
		return -1;
	if (found == 0)
		return err_set(e, ERR_KEY_MISMATCH, "the database has no engine key: run \"musterctl key init\"");
	seal_key_id(&theirs, id);
	if (memcmp(mine.key, theirs.key, SEAL_KEY_LEN) != 0)
		return err_set(e, ERR_KEY_MISMATCH, "%s is not key %s, which the database seals for", en->conf.key_file, id);
	return 0;
}

/* Opens one stored setup certificate. */
static int
open_cert(struct engine *en, const struct db_setup_cert *stored, struct setup_cert *out, struct err *e)
{
	char aad[100] = "setup_certificate/";
	uint8_t key[SEAL_DATA_MAX];
	size_t len = sizeof(key);

	hex_encode(aad + strlen(aad), stored->sha256, sizeof(stored->sha256));
	if (seal_open(&en->key, aad, &stored->key, key, &len, e) < 0)
		return -1;
	int rc = setup_cert_stored(stored->chain, strlen(stored->chain), key, len, out, e);
	explicit_bzero(key, sizeof(key));
	return rc;
}

static int
load_certs(struct engine *en, struct db *db, struct certs **out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	struct certs *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return err_set(e, ERR_MEMORY, "setup certificates");
	int rc = setup_cert_keys(db, &r, e);
	for (size_t i = 0; rc == 0 && i < rows_count(r) && c->n < SETUP_CERTS_MAX; i++) {
		SCOPED(db_setup_cert) struct db_setup_cert stored = { 0 };

		rc = setup_cert_from_row(r, i, true, &stored, e);
		if (rc < 0)
			break;
		if (open_cert(en, &stored, &c->list[c->n], e) < 0)
			log_err(LOG_ERROR, "setup certificate not usable", e); /* the others are */
		else
			c->n++;
	}
	if (rc < 0) {
		certs_free(c);
		return -1;
	}
	*out = c;
	return 0;
}

int
engine_reload(struct engine *en, struct err *e)
{
	struct db *db = NULL;
	struct settings settings;
	struct certs *certs = NULL;
	int rc = db_borrow(en->pool, &db, e);

	if (rc == 0)
		rc = settings_load(db, &settings, e);
	if (rc == 0)
		rc = load_certs(en, db, &certs, e);
	db_return(en->pool, db);
	if (rc < 0)
		return -1;
	(void)pthread_rwlock_wrlock(&en->lock);
	struct certs *old = en->certs;
	en->certs = certs;
	en->settings = settings;
	(void)pthread_rwlock_unlock(&en->lock);
	certs_free(old);
	return 0;
}

int
engine_pick_cert(struct engine *en, const struct hello_hash *hashes, size_t nhashes, const char *domain,
    struct identity *out, char cn[CERT_NAME_MAX], struct err *e)
{
	struct cert_choice choices[SETUP_CERTS_MAX];

	(void)pthread_rwlock_rdlock(&en->lock);
	for (size_t i = 0; i < en->certs->n; i++) {
		const struct setup_cert *c = &en->certs->list[i];

		choices[i] = (struct cert_choice){ .cn = c->cn, .root_sha1 = c->root_sha1, .root_sha256 = c->root_sha256,
			.root_sha384 = c->root_sha384, .not_before = c->not_before, .not_after = c->not_after };
	}
	int i = cert_choose(choices, en->certs->n, hashes, nhashes, domain, time(NULL), e);
	if (i >= 0) {
		const struct identity *id = &en->certs->list[i].id;

		(void)X509_up_ref(id->leaf);
		(void)EVP_PKEY_up_ref(id->key);
		*out = (struct identity){ .leaf = id->leaf, .key = id->key, .chain = X509_chain_up_ref(id->chain) };
		(void)text_copy(cn, CERT_NAME_MAX, en->certs->list[i].cn);
	}
	(void)pthread_rwlock_unlock(&en->lock);
	return i < 0 ? -1 : 0;
}

static int
make_ca(struct engine *en, struct db *db, struct err *e)
{
	SCOPED(ca) struct ca made = { 0 };
	SCOPED(buf) struct buf pem = { 0 }, key = { 0 };
	SCOPED(db_ca) struct db_ca row = { 0 };
	struct seal_public pub;
	char aad[80] = "ca/";

	if (ca_make(&made, e) < 0 || ca_pem(&made, &pem, e) < 0 || ca_key(&made, &key, e) < 0 ||
	    seal_public_of(&en->key, &pub, e) < 0)
		return -1;
	ca_sha256(&made, row.sha256);
	hex_encode(aad + strlen(aad), row.sha256, sizeof(row.sha256));
	if (seal_close(&pub, aad, key.p, key.len, &row.key, e) < 0)
		return -1;
	row.pem = buf_steal(&pem);
	row.not_after = ca_not_after(&made);
	(void)text_copy(row.subject, sizeof(row.subject), "muster CA");
	return db_ca_insert(db, &row, e);
}

static int
load_ca(struct engine *en, struct db *db, struct err *e)
{
	SCOPED(db_ca) struct db_ca row = { 0 };
	char aad[80] = "ca/";
	uint8_t key[SEAL_DATA_MAX];
	size_t len = sizeof(key);
	int found = db_ca_read(db, true, &row, e);

	if (found == 0 && make_ca(en, db, e) == 0)
		found = db_ca_read(db, true, &row, e);
	if (found <= 0)
		return -1;
	hex_encode(aad + strlen(aad), row.sha256, sizeof(row.sha256));
	if (seal_open(&en->key, aad, &row.key, key, &len, e) < 0)
		return -1;
	en->ca_id = row.id;
	int rc = ca_stored(row.pem, key, len, &en->ca, e);
	explicit_bzero(key, sizeof(key));
	return rc;
}

static int
sign_on(struct engine *en, struct err *e)
{
	struct db *db = NULL;
	int dropped;
	int rc = db_borrow(en->pool, &db, e);

	if (rc == 0 && (db_check_version(db, e) < 0 || check_key(en, db, e) < 0 ||
			   node_start(db, en->conf.name, MUSTER_VERSION, &en->node, e) < 0 ||
			   event_maintain(db, &dropped, e) < 0 || load_ca(en, db, e) < 0))
		rc = -1;
	db_return(en->pool, db);
	return rc;
}

/* How AMT before 3.2 is spoken to: the built-in table, with what the site knows better. */
static int
load_dialect(struct engine *en, struct err *e)
{
	SCOPED(buf) struct buf text = { 0 };
	const char *file = en->conf.eoi_dialect_file;

	if (file[0] != '\0' && file_read(file, EOI_FILE_MAX, &text, e) < 0)
		return -1;
	if (eoi_dialect_parse(buf_str(&text), text.len, file, &en->dialect, e) < 0)
		return -1;
	return eoi_known_new(&en->known, e);
}

int
engine_open(struct engine *en, const struct conf *conf, struct err *e)
{
	*en = (struct engine){ .conf = *conf, .wake = { -1, -1 } };
	(void)pthread_rwlock_init(&en->lock, NULL);
	if (pipe2(en->wake, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_errno(e, ERR_SYSTEM, "pipe");
	if (load_dialect(en, e) < 0 || db_pool_new(conf->database, conf->engine_user, "musterd", POOL_MAX, &en->pool, e) < 0 || sign_on(en, e) < 0 ||
	    engine_reload(en, e) < 0 || trace_new(conf->trace_dir, TRACE_FILE_MAX, TRACE_ALL_MAX, &en->trace, e) < 0)
		return -1;
	return logw_start(en->pool, en->node, &en->logw, e);
}

void
engine_close(struct engine *en)
{
	logw_stop(en->logw);
	trace_free(en->trace);
	eoi_known_free(en->known);
	eoi_dialect_free(&en->dialect);
	certs_free(en->certs);
	ca_free(&en->ca);
	seal_private_wipe(&en->key);
	db_pool_free(en->pool);
	for (int i = 0; i < 2; i++)
		if (en->wake[i] >= 0)
			(void)close(en->wake[i]);
	(void)pthread_rwlock_destroy(&en->lock);
}
