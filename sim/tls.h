/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: sessions as the firmware of each release makes them, and its check of the chain a setup
 * server shows. Source: protocol/setup.md 2.4, 3.2 to 3.8, protocol/wsman.md 1.9, protocol/eoi.md 10.
 */
#ifndef MUSTER_SIM_TLS_H
#define MUSTER_SIM_TLS_H

#include <openssl/ssl.h>

#include "sim/device.h"

void tls_close(void);

/* tls_session: a server session for a connection to d, in its present mode. -1 with ERR_SYSTEM. */
MUST_CHECK int tls_session(struct device *d, int fd, bool tls13, SSL **out, struct err *e);

/*
 * tls_check_setup: hold a chain as received (leaf first) against the rules of the release. Returns
 * X509_V_OK and fills *record, or the X509_V_ERR number that makes the fitting alert.
 */
int tls_check_setup(
    const struct device *d, const STACK_OF(X509) * chain, struct setup_record *record);

/* tls_domain_ok: the CN of a setup certificate fits the domain the device is in. */
bool tls_domain_ok(const struct device *d, const char *cn);

/* tls_has_eku: the extended key usage holds this OID. */
bool tls_has_eku(X509 *x, const char *oid);

#endif
