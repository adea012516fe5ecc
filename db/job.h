/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job: what an engine does with the database: take in hellos, hold jobs, write credentials ahead,
 * settle outcomes. Every function of a job carries the engine and the attempt that hold it; when
 * they no longer do, it fails with ERR_LEASE and nothing is changed.
 */
#ifndef MUSTER_DB_JOB_H
#define MUSTER_DB_JOB_H

#include "base/uuid.h"
#include "db/db.h"
#include "db/dbq.h"
#include "secret/seal.h"

enum { JOB_HASHES_MAX = 255 * 66, JOB_CERTIFICATES_MAX = 5 };
enum job_kind { JOB_CONFIGURE, JOB_TAKE_OVER, JOB_UNPROVISION };

/* Who holds a job. */
struct hold {
	int64_t job_id;
	int node;
	int attempt;
};

struct claim {
	int64_t job_id, device_id;
	int attempt;
	int login_round; /* attempts before this one that used up their tries at passwords */
};

MUST_CHECK int job_claim(
    struct db *db, int node, int most, int lease_s, struct claim *out, size_t *n, struct err *e);

/* job_renew: held is n holds of one engine; those still held afterwards are marked true in kept. */
MUST_CHECK int job_renew(
    struct db *db, int node, const struct hold *held, size_t n, int lease_s, bool *kept, struct err *e);

/* job_take_over: jobs of engines that are gone go back into the queue; *n is how many. */
MUST_CHECK int job_take_over(struct db *db, int *n, struct err *e);

/* job_next_ms: milliseconds until the next job is due, -1 when none is queued. */
MUST_CHECK int job_next_ms(struct db *db, int64_t *out, struct err *e);

/* What a run needs to know about its device. */
struct job_device {
	int64_t device_id;
	char uuid[UUID_TEXT];
	char fqdn[254], address[48], profile[64], amt_version[32];
	uint8_t pin[32], tls_certificate[32];
	bool has_pin, has_tls_certificate;
	char tls_subject[260];                 /* of tls_certificate */
	uint8_t certificates[JOB_CERTIFICATES_MAX][32]; /* issued to it and not ended, the newest first */
	size_t ncertificates;
	bool plain;                            /* configured without TLS */
	/* The job it is about. */
	enum job_kind kind;
	bool full, forced, sent; /* unprovision; see the columns in the schema */
	bool known;              /* it was configured by us when it was queued */
	uint8_t hashes[JOB_HASHES_MAX]; /* entries as in the hello */
	size_t hashes_len;
};
MUST_CHECK int job_device(struct db *db, const struct hold *h, struct job_device *out, struct err *e);

/* job_sent: the request to unprovision leaves next; durable when this returns 0. */
MUST_CHECK int job_sent(struct db *db, const struct hold *h, struct err *e);

/* Credentials of a device, the ones to try first: pending, current, previous by age. */
struct db_credential {
	int64_t id;
	char kind[8], state[12];
	int64_t job_id; /* that wrote it; 0: none */
	struct sealed sealed;
};
enum { CREDENTIALS_MAX = 16 };
void credentials_free(struct db_credential *list, size_t n);
MUST_CHECK int credential_list(
    struct db *db, int64_t device_id, struct db_credential out[CREDENTIALS_MAX], size_t *n, struct err *e);

/* credential_aad: the text a credential is sealed for. */
void credential_aad(char *out, size_t size, const char *uuid, const char *kind);

/* credential_pending: the write-ahead: durable when this returns 0. *id names it. */
MUST_CHECK int credential_pending(struct db *db, const struct hold *h, const char *kind,
    const struct sealed *box, int64_t *id, struct err *e);
MUST_CHECK int credential_settle(struct db *db, const struct hold *h, int64_t id, struct err *e);
MUST_CHECK int credential_refused(
    struct db *db, const struct hold *h, const char *kind, const char *note, struct err *e);

MUST_CHECK int device_pin(struct db *db, const struct hold *h, const uint8_t pin[32], struct err *e);

struct device_facts {
	const char *version, *build, *model, *serial, *mac;
	int control_mode;
};
MUST_CHECK int device_facts(
    struct db *db, const struct hold *h, const struct device_facts *f, struct err *e);

struct db_certificate {
	int ca_id;
	const char *serial, *subject;
	const uint8_t *sha256; /* 32 bytes */
	const uint8_t *der;
	size_t len;
	int64_t not_after;
};
MUST_CHECK int certificate_insert(
    struct db *db, const struct hold *h, const struct db_certificate *c, struct err *e);

/* Results of steps. */
struct step_line {
	int64_t job_id;
	int attempt, seq;
	char step[32], title[120], outcome[12];
	int code;
	char detail[256];
	int64_t started_us;
	int took_ms;
};
MUST_CHECK int step_write(struct db *db, const struct step_line *lines, size_t n, struct err *e);

/* How an attempt ended; see muster.job_end in the schema. */
struct job_end {
	const char *outcome; /* "done", "retry", "back", "failed" */
	int code;
	const char *text;
	int64_t run_at_us;   /* retry */
	const char *state;   /* failed: "failed" or "detected" */
	int revision_id;     /* done */
	bool tls;            /* done */
};
MUST_CHECK int job_end(struct db *db, const struct hold *h, const struct job_end *end, struct err *e);

/* Steps of a job for the console: seq, attempt, title, outcome, code, detail, started, took_ms, id. */
enum { STEP_ATTEMPT, STEP_SEQ, STEP_TITLE, STEP_OUTCOME, STEP_CODE, STEP_DETAIL, STEP_STARTED, STEP_TOOK_MS, STEP_ID };
void step_list_send(struct dbq *q, int64_t job_id, dbq_rows_fn *fn, void *arg, const void *owner);
MUST_CHECK int step_list(struct db *db, int64_t job_id, struct rows **out, struct err *e);

/* A hello, as the listener hands it over. */
struct hello_row {
	int64_t at_us;
	char uuid[UUID_TEXT], address[48], pid[12];
	int port, version;
	uint32_t retries;
	bool admin_set;
	int64_t hash_set_id; /* 0: none */
};
MUST_CHECK int hello_batch(struct db *db, int node, const struct hello_row *rows, size_t n, struct err *e);
/* hello_unknown: unknown[i] is true when rows[i] is of a device never seen. */
MUST_CHECK int hello_unknown(
    struct db *db, const struct hello_row *rows, size_t n, bool *unknown, struct err *e);
MUST_CHECK int hash_set_id(struct db *db, const uint8_t digest[32], const void *entries, size_t len,
    int count, int64_t *out, struct err *e);

struct hello_refusal {
	int64_t at_us;
	char address[48];
	int port, code;
	char reason[240];
	uint8_t bytes[256];
	size_t len;
	int64_t count;
};
MUST_CHECK int hello_reject(struct db *db, int node, const struct hello_refusal *r, struct err *e);

/* hello_rejected: the newest refused connections: at, address, port, code, reason, count, bytes (hex). */
enum { REJECTED_AT, REJECTED_ADDRESS, REJECTED_PORT, REJECTED_CODE, REJECTED_REASON, REJECTED_COUNT, REJECTED_BYTES };
MUST_CHECK int hello_rejected(struct db *db, int limit, struct rows **out, struct err *e);

/* waiting_count: devices in state waiting. */
MUST_CHECK int waiting_count(struct db *db, int64_t *out, struct err *e);

#endif
