/* SPDX-License-Identifier: Apache-2.0 */
/* detail: what the console shows of one device beside its row: comparison of steps, certificates, passwords. */
#ifndef MUSTER_DB_DETAIL_H
#define MUSTER_DB_DETAIL_H

#include "db/dbq.h"

/*
 * step_compare_send: what each step of a job usually takes: as in the last job of this device that worked,
 * else the median of the newest ones that worked with the same profile and AMT release. from: "last run" or
 * "median".
 */
enum { COMPARE_STEP, COMPARE_MS, COMPARE_FROM };
void step_compare_send(struct dbq *q, int64_t job_id, dbq_rows_fn *fn, void *arg, const void *owner);

/* device_certificates_send: issued to the device, newest first. in_use: the device shall show this one. */
enum { DCERT_SERIAL, DCERT_SUBJECT, DCERT_UNTIL, DCERT_ISSUED, DCERT_IN_USE, DCERT_EXPIRED };
void device_certificates_send(struct dbq *q, const char *uuid, dbq_rows_fn *fn, void *arg, const void *owner);

/* device_credentials_send: which passwords there are, never the passwords; the ones in use first. */
enum { DCRED_ID, DCRED_KIND, DCRED_STATE, DCRED_SINCE, DCRED_NOTE };
void device_credentials_send(struct dbq *q, const char *uuid, dbq_rows_fn *fn, void *arg, const void *owner);

#endif
