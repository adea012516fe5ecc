/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine: one provisioning engine: what its threads share, and starting and stopping it.
 *
 * Threads: listener (hellos in), intake (hellos into the database), dispatcher (jobs, leases,
 * heartbeat, settings), log writer, workers. Locks are held for moments, never over I/O (but for the
 * files of the debug trace), and never two at once.
 */
#ifndef MUSTER_ENGINE_ENGINE_H
#define MUSTER_ENGINE_ENGINE_H

#include <pthread.h>
#include <stdatomic.h>

#include "amt/eoi.h"
#include "base/conf.h"
#include "base/queue.h"
#include "db/db.h"
#include "db/setting.h"
#include "engine/logw.h"
#include "engine/trace.h"
#include "pki/ca.h"
#include "pki/setup_cert.h"
#include "secret/seal.h"

enum { SETUP_CERTS_MAX = 64 };

/* The setup certificates in use, opened. Replaced as a whole; see engine_certs. */
struct certs {
	struct setup_cert list[SETUP_CERTS_MAX];
	size_t n;
};

struct engine {
	struct conf conf;
	struct db_pool *pool;
	struct seal_private key;
	int node;
	struct ca ca;
	int ca_id;
	struct logw *logw;
	struct trace *trace;
	struct eoi_dialect dialect; /* not changed after the start */
	struct eoi_known *known;

	pthread_rwlock_t lock; /* guards settings and certs */
	struct settings settings;
	struct certs *certs;

	atomic_bool stopping; /* take nothing new */
	atomic_bool abort;    /* give up what is in flight and hand it back */
	atomic_bool reload;   /* SIGHUP: settings and certificates again */
	atomic_int busy;      /* workers with a job */
	atomic_llong hellos, refused; /* since the last heartbeat */
	int wake[2];          /* a pipe: something for the dispatcher to look at */
};

/*
 * engine_open: read the dialect file if one is named, reach the database, check schema and key, sign on, make the CA if there is none, load
 * settings and certificates. ERR_CONFIG, ERR_FILE, ERR_DB*, ERR_KEY_FILE, ERR_KEY_MISMATCH, ERR_SEAL.
 */
MUST_CHECK int engine_open(struct engine *en, const struct conf *conf, struct err *e);
void engine_close(struct engine *en);

/* engine_settings: a copy of the settings in force. Threads: any. */
void engine_settings(struct engine *en, struct settings *out);

/* engine_reload: settings and setup certificates again, after a change or SIGHUP. */
MUST_CHECK int engine_reload(struct engine *en, struct err *e);

/*
 * engine_pick_cert: the setup certificate for a device: *out shares the OpenSSL objects (free with
 * identity_free), cn gets its name. Errors of cert_choose.
 */
MUST_CHECK int engine_pick_cert(struct engine *en, const struct hello_hash *hashes, size_t nhashes,
    const char *domain, struct identity *out, char cn[CERT_NAME_MAX], struct err *e);

/* engine_wake: make the dispatcher look now. Threads: any. */
void engine_wake(struct engine *en);

#endif
