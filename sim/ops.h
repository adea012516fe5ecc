/* SPDX-License-Identifier: Apache-2.0 */
/* ops: what the class families share. */
#ifndef MUSTER_SIM_OPS_H
#define MUSTER_SIM_OPS_H

#include "sim/schema.h"

/* Values of CIM methods. Source: protocol/wsman.md 6.2. */
enum { CIM_DONE = 0, CIM_INVALID_PARAMETER = 5 };

/* ops_done: a method that always works and does nothing. */
unsigned int ops_done(struct call *c);

/* ops_uuid: the UUID the device tells, in wire order; not the real one under uuid-mismatch. */
void ops_uuid(const struct device *d, uint8_t out[UUID_LEN]);

/* ops_cert_ref: the certificate handle a reference names; -1 when it names none there is. */
long ops_cert_ref(const struct device *d, const char *ref);

/* ops_cert_used: TLS or 802.1x needs this certificate; it cannot go. */
bool ops_cert_used(const struct device *d, unsigned int handle);

/* ops_handle: the number in "<prefix>N", or -1. */
long ops_handle(const char *id, const char *prefix);

/* ops_scheme_count, ops_scheme_guid: power packages of a device; base64 of the GUID. */
unsigned int ops_scheme_count(const struct device *d);
const char *ops_scheme_guid(const struct device *d, unsigned int i);

/* ops_scheme_at: which package has this GUID, -1: none. */
long ops_scheme_at(const struct device *d, const char *guid);

/* ops_clock_offset: what to add to the clock; protocol/wsman.md 7.5, halves rounded up. */
int64_t ops_clock_offset(int64_t ta0, int64_t tm1, int64_t tm2, int64_t ta3);

/* ops_now_ms: the loop's clock. */
uint64_t ops_now_ms(const struct device *d);

#define CERT_ID "Intel(r) AMT Certificate: Handle: "
#define KEY_ID  "Intel(r) AMT Key: Handle: "

#endif
