/* SPDX-License-Identifier: Apache-2.0 */
/* retire: configured devices again: with another profile, taken over from another service, unprovisioned. */
#ifndef MUSTER_DB_RETIRE_H
#define MUSTER_DB_RETIRE_H

#include "db/device.h"
#include "secret/seal.h"

enum { TAKE_OVER_PASSWORDS = 6 /* as muster.device_take_over has it */ };

/*
 * device_reprovision, device_unprovision: see the functions of the same name in the schema; uuids, fqdn, before and
 * the rows as of device_approve. full, force: for Administrators.
 */
MUST_CHECK int device_reprovision(struct db *db, const char *const *uuids, size_t n, const char *profile, const char *fqdn,
    const char *ou, struct rows **out, struct err *e);
void device_reprovision_send(struct dbq *q, const char *const *uuids, size_t n, const char *profile, const char *fqdn,
    const char *ou, size_t before, dbq_rows_fn *fn, void *arg, const void *owner);
MUST_CHECK int device_unprovision(struct db *db, const char *const *uuids, size_t n, bool full, bool force, const char *why,
    struct rows **out, struct err *e);
void device_unprovision_send(struct dbq *q, const char *const *uuids, size_t n, bool full, bool force, const char *why,
    dbq_rows_fn *fn, void *arg, const void *owner);

/* What device_take_over needs. */
struct take_over {
	const char *uuid, *profile, *fqdn, *ou, *address; /* "" keeps what the device has */
	struct sealed passwords[TAKE_OVER_PASSWORDS]; /* of admin, the likeliest first; owned */
	size_t npasswords;
};
void take_over_free(struct take_over *t);
static inline void
take_over_scoped(struct take_over *t)
{
	take_over_free(t);
}

/* take_over_add: seals one more password. ERR_INPUT: there are TAKE_OVER_PASSWORDS, or it has more than 32 characters. */
MUST_CHECK int take_over_add(struct take_over *t, const struct seal_public *pub, const struct secret *s, struct err *e);
MUST_CHECK int device_take_over(struct db *db, const struct take_over *t, struct rows **out, struct err *e);
void device_take_over_send(struct dbq *q, const struct take_over *t, dbq_rows_fn *fn, void *arg, const void *owner);

#endif
