/* SPDX-License-Identifier: Apache-2.0 */
/* device_wsman: what the files of the WS-Management dialect share. */
#ifndef MUSTER_AMT_DEVICE_WSMAN_H
#define MUSTER_AMT_DEVICE_WSMAN_H

#include "amt/device.h"
#include "amt/wsman.h"

struct dw {
	struct amt_device base; /* first: a struct amt_device * is a struct dw * */
	struct wsman w;
	/* What was read last, for an operation that follows and would read it again; see dw_just_read. */
	struct inst general;
	struct amt_interfaces interfaces;
	unsigned int general_at, interfaces_at;
};

static inline struct wsman *
dw(struct amt_device *d)
{
	return &((struct dw *)d)->w;
}

/* dw_just_read: nothing was said to the device since message number `at` (0: never), so what was read then still holds. */
static inline bool
dw_just_read(struct amt_device *d, unsigned int at)
{
	return at != 0 && at == dw(d)->message_id;
}

/* device_wsman_tls.c: keys, certificates, TLS */
int dw_store_clean(struct amt_device *d, struct err *e);
int dw_key_bits(struct amt_device *d, int *bits, struct err *e);
int dw_key_make(struct amt_device *d, uint8_t *der, size_t *len, struct err *e);
int dw_key_add(struct amt_device *d, const uint8_t *der, size_t len, struct err *e);
int dw_certificate_add(
    struct amt_device *d, const uint8_t *der, size_t len, char handle[AMT_HANDLE_MAX], struct err *e);
int dw_tls_bind(struct amt_device *d, const char *handle, struct err *e);
int dw_tls_read(struct amt_device *d, struct amt_tls *out, struct err *e);
int dw_tls(struct amt_device *d, const struct amt_tls *want, struct err *e);

/* device_wsman_access.c: interfaces, ACL, power */
int dw_interfaces_read(struct amt_device *d, struct amt_interfaces *out, struct err *e);
int dw_interfaces(struct amt_device *d, const struct amt_interfaces *want, struct err *e);
int dw_acl_read(struct amt_device *d, struct amt_acl out[AMT_ACL_MAX], size_t *n, struct err *e);
int dw_acl_remove(struct amt_device *d, uint32_t handle, struct err *e);
int dw_acl_add(struct amt_device *d, const struct acl_entry *a, const struct secret *s, struct err *e);
int dw_power_read(struct amt_device *d, enum power_package *out, struct err *e);
int dw_power(struct amt_device *d, enum power_package want, bool *absent, struct err *e);

/* device_wsman_retire.c: unprovision */
int dw_way_back(struct amt_device *d, struct amt_way_back *out, struct err *e);
int dw_unprovision(struct amt_device *d, bool full, uint32_t *status, struct err *e);

/*
 * dw_password_hash: base64 of the 16 bytes of MD5(user:realm:password), with the realm of this
 * device. Source: protocol/wsman.md 7.4.
 */
int dw_password_hash(
    const struct amt_device *d, const char *user, const struct secret *s, struct buf *out, struct err *e);

#endif
