/* SPDX-License-Identifier: Apache-2.0 */
/* device_eoi: what the files of the older SOAP dialect share. Source: protocol/eoi.md 8, 9. */
#ifndef MUSTER_AMT_DEVICE_EOI_H
#define MUSTER_AMT_DEVICE_EOI_H

#include "amt/device.h"

struct de {
	struct amt_device base; /* first: a struct amt_device * is a struct de * */
	struct eoi w;
	bool plain_secrets;
	struct amt_general general; /* as read, and as written since */
	bool has_general;
	struct buf key;             /* AMT 2.0, 2.1: the private key, which goes out together with its certificate */
	char bound[AMT_HANDLE_MAX]; /* certificate bound in this conversation, "": none */
	bool in_use;                /* the store has a certificate that was bound before, and could not be removed */
	uint32_t chain_max;         /* bytes of a certificate that the device takes; 0: not told */
};

static inline struct de *
de(struct amt_device *d)
{
	return (struct de *)d;
}

/* de_secret: may a secret go out? ERR_TLS: not without TLS. Source: protocol/eoi.md 10.3. */
MUST_CHECK int de_secret(struct amt_device *d, const char *what, struct err *e);

/* de_optional: 0 instead of an error that says that the device does not have or not understand something. */
MUST_CHECK int de_optional(int rc, const struct err *e);

/* device_eoi_tls.c: keys, certificates, TLS */
int de_store_clean(struct amt_device *d, struct err *e);
int de_key_bits(struct amt_device *d, int *bits, struct err *e);
int de_key_make(struct amt_device *d, uint8_t *der, size_t *len, struct err *e);
int de_key_add(struct amt_device *d, const uint8_t *der, size_t len, struct err *e);
int de_certificate_add(
    struct amt_device *d, const uint8_t *der, size_t len, char handle[AMT_HANDLE_MAX], struct err *e);
int de_tls_bind(struct amt_device *d, const char *handle, struct err *e);
int de_tls_read(struct amt_device *d, struct amt_tls *out, struct err *e);
int de_tls(struct amt_device *d, const struct amt_tls *want, struct err *e);
int de_tls_psk(struct amt_device *d, const char *pid, const struct secret *pps, struct err *e);

/* device_eoi_access.c: interfaces, Kerberos, 802.1x, ACL, power */
int de_interfaces_read(struct amt_device *d, struct amt_interfaces *out, struct err *e);
int de_interfaces(struct amt_device *d, const struct amt_interfaces *want, struct err *e);
int de_kerberos_off(struct amt_device *d, struct err *e);
int de_wired_off(struct amt_device *d, bool *had, struct err *e);
int de_acl_read(struct amt_device *d, struct amt_acl out[AMT_ACL_MAX], size_t *n, struct err *e);
int de_acl_remove(struct amt_device *d, uint32_t handle, struct err *e);
int de_acl_add(struct amt_device *d, const struct acl_entry *a, const struct secret *s, struct err *e);
int de_power_read(struct amt_device *d, enum power_package *out, struct err *e);
int de_power(struct amt_device *d, enum power_package want, bool *absent, struct err *e);

/* device_eoi_retire.c: unprovision */
int de_way_back(struct amt_device *d, struct amt_way_back *out, struct err *e);
int de_unprovision(struct amt_device *d, bool full, uint32_t *status, struct err *e);

#endif
