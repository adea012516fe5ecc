/* SPDX-License-Identifier: Apache-2.0 */
/* device: one row per UUID, and what operators do with devices. */
#ifndef MUSTER_DB_DEVICE_H
#define MUSTER_DB_DEVICE_H

#include "base/uuid.h"
#include "db/db.h"
#include "db/dbq.h"

enum { DB_TIME = 40, DB_FQDN = 254, DB_TEXT = 256 };

struct device {
	int64_t id;
	char uuid[UUID_TEXT];
	char state[16], state_at[DB_TIME];
	int reason_code;
	char reason[DB_TEXT];
	char fqdn[DB_FQDN], ou[DB_TEXT], profile[64], mapped_by[64];
	char address[48];
	int hello_version;
	int64_t hello_count, hello_retry;
	char hello_first_at[DB_TIME], hello_last_at[DB_TIME];
	bool hello_admin_set;
	char hello_pid[12];
	int hashes; /* root hashes offered */
	char amt_version[32], amt_build[32], model[64], serial[64], mac[24];
	int control_mode;
	bool tls;
	int revision;         /* profile revision last applied, 0: none */
	int profile_revision; /* newest revision of its profile */
	char configured_at[DB_TIME], verified_at[DB_TIME];
	/* its live job, if any */
	char job_state[12], job_run_at[DB_TIME];
	int job_attempt;
	int64_t job_id; /* its newest job, live or not */
	int64_t state_us, hello_us; /* state_at and hello_last_at in microseconds since 1970; 0: none */
};

/* The orders of a list: first hello (newest first), change of state, last hello, FQDN, UUID. */
enum device_order { ORDER_SEEN, ORDER_CHANGED, ORDER_HELLO, ORDER_FQDN, ORDER_UUID, ORDER_COUNT };
const char *device_order_name(enum device_order order);
enum device_order device_order_of(const char *name); /* ORDER_SEEN for a name that is none */

/* What a list of devices shows. Empty texts do not filter. */
struct device_filter {
	char state[16];   /* "" all */
	char search[128]; /* start of FQDN, UUID, address, serial number or model */
	char profile[64]; /* name of the profile */
	enum device_order order;
};

/* device_from_row: the columns of every statement here that gives devices. */
void device_from_row(const struct rows *r, size_t row, struct device *out);

/* device_by_uuid: 1 found, 0 no such device, -1. */
MUST_CHECK int device_by_uuid(struct db *db, const char *uuid, struct device *out, struct err *e);

/* device_hashes: the hash entries of the device's last hello (see hello_hashes) as memory the caller
 * frees; *len 0 when it offered none. */
MUST_CHECK int device_hashes(struct db *db, const char *uuid, uint8_t **out, size_t *len, struct err *e);

/*
 * device_page: up to limit devices in the order of the filter, those after `from` (NULL: from the start).
 * back: those before it, nearest first. device_page_send: the same for the console.
 */
MUST_CHECK int device_page(struct db *db, const struct device_filter *f, const struct device *from, bool back,
    int limit, struct rows **out, struct err *e);
void device_page_send(struct dbq *q, const struct device_filter *f, const struct device *from, bool back, int limit,
    dbq_rows_fn *fn, void *arg, const void *owner);

/* device_matching_send: device id, UUID and the count of all, for up to limit devices that a filter matches. */
enum { MATCHING_ID, MATCHING_UUID, MATCHING_COUNT };
void device_matching_send(struct dbq *q, const struct device_filter *f, int limit, dbq_rows_fn *fn, void *arg,
    const void *owner);

/* device_starting_send: UUID and FQDN ("" for none) of up to limit devices whose FQDN or UUID starts so. */
enum { STARTING_UUID, STARTING_FQDN };
void device_starting_send(struct dbq *q, const char *text, int limit, dbq_rows_fn *fn, void *arg, const void *owner);

void device_count_send(
    struct dbq *q, const struct device_filter *f, dbq_rows_fn *fn, void *arg, const void *owner);
void device_by_uuid_send(struct dbq *q, const char *uuid, dbq_rows_fn *fn, void *arg, const void *owner);

/*
 * approve, device_command: see the functions of the same name in the schema. The rows have uuid,
 * code, text: one a device. uuids is n texts; fqdn one pattern, "" keeps what each device has. before: devices of
 * the same request that were sent earlier; the running number of the pattern goes on after them.
 */
enum { OUTCOME_UUID, OUTCOME_CODE, OUTCOME_TEXT };
MUST_CHECK int device_approve(struct db *db, const char *const *uuids, size_t n, const char *profile,
    const char *fqdn, const char *ou, struct rows **out, struct err *e);
void device_approve_send(struct dbq *q, const char *const *uuids, size_t n, const char *profile,
    const char *fqdn, const char *ou, size_t before, dbq_rows_fn *fn, void *arg, const void *owner);
MUST_CHECK int device_command(struct db *db, const char *const *uuids, size_t n, const char *command,
    const char *why, struct rows **out, struct err *e);
void device_command_send(struct dbq *q, const char *const *uuids, size_t n, const char *command,
    const char *why, dbq_rows_fn *fn, void *arg, const void *owner);

#endif
