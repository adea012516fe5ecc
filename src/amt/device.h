/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device: one connected AMT device. The steps of a run talk to this interface and never know which
 * dialect the device speaks; each dialect fills in a table of operations.
 *
 * All operations: 0, or -1 with the codes of http_post and wsman (http.h, wsman.h) or ERR_STATUS,
 * ERR_NOT_READY, ERR_FLASH, ERR_FIELD. A struct amt_device belongs to one thread.
 */
#ifndef MUSTER_AMT_DEVICE_H
#define MUSTER_AMT_DEVICE_H

#include "amt/eoi.h"
#include "amt/hello.h"
#include "amt/http.h"
#include "amt/profile.h"
#include "base/uuid.h"

enum { AMT_NAME_MAX = 256, AMT_HANDLE_MAX = 96, AMT_DER_MAX = 4100 /* source: wsman.md 7.9 */ };
enum amt_state { AMT_PRE = 0, AMT_IN = 1, AMT_POST = 2, AMT_UNTOLD = 3 /* the device does not say */ };

/* What is spoken: the SOAP of AMT 2.0 to 3.2.0, or WS-Management. Source: protocol/eoi.md 1. */
enum amt_dialect { AMT_DIALECT_WSMAN, AMT_DIALECT_EOI, AMT_DIALECT_NONE /* AMT 1.x */, AMT_DIALECT_UNTOLD };

struct amt_facts {
	unsigned int major, minor;
	char version[32], build[32];
	struct uuid uuid;
	char realm[128];
	enum amt_state state;
	unsigned int control_mode; /* ProvisioningMode: 1 admin, 4 client */
	char manufacturer[64], model[64], serial[64], mac[24];
	char dhcp_suffix[AMT_NAME_MAX], trusted_suffix[AMT_NAME_MAX]; /* "" when not told */
};

struct amt_general {
	char host[64], domain[192];
	bool ping, rmcp_ping;
	bool has_rmcp_ping; /* read: the release has it */
	uint32_t idle_timeout_min; /* 0 in a wish: leave as it is */
	bool has_idle;             /* read: the device tells it */
};

struct amt_tls {
	bool enabled, plain;
	bool has_plain; /* read: the device tells whether its ports without TLS are open */
	char bound[AMT_HANDLE_MAX]; /* read: certificate in use, "" when none */
};

struct amt_interfaces {
	bool web_ui, sol, ider, kvm;
	bool has_kvm; /* read: the device has it */
};

struct amt_acl {
	uint32_t handle;
	char user[64]; /* "" for an entry by SID */
	bool system;   /* belongs to the firmware: never touch */
	enum acl_access access;
	uint32_t realms; /* mask */
};

enum { AMT_ACL_MAX = 64 };

/* What brings a device back to a setup service once it is partially unprovisioned. */
struct amt_way_back {
	bool remote; /* remote configuration by certificate is enabled */
	bool psk;    /* the device tells that it has a PID */
	struct hello_hash hashes[HELLO_MAX_HASHES]; /* roots it trusts and that are enabled */
	size_t nhashes;
};

struct amt_device;

/* What is asked only of devices that speak EOI. */
struct amt_old_ops {
	/* Gives the device fresh random bytes; without them it does not commit. */
	int (*rng_key)(struct amt_device *d, struct err *e);
	int (*kerberos_off)(struct amt_device *d, struct err *e);
	/* Takes the wired 802.1x profile away; *had: there was one. */
	int (*wired_off)(struct amt_device *d, bool *had, struct err *e);
};

struct amt_ops {
	/* A request that changes nothing, and shows whether we are let in. */
	int (*probe)(struct amt_device *d, struct err *e);
	/* Everything about the device that decides how it is configured. */
	int (*facts)(struct amt_device *d, struct amt_facts *out, struct err *e);
	/* Keeps the network interface open for so many hours (1 to 24). */
	int (*extend)(struct amt_device *d, unsigned int hours, struct err *e);
	/* *refused: the device's policy does not allow a change. */
	int (*mebx_password)(struct amt_device *d, const struct secret *s, bool *refused, struct err *e);
	int (*admin_password)(struct amt_device *d, const struct secret *s, struct err *e);
	/* The pair for the next setup, without hyphens. ERR_ABSENT: the release knows no pre-shared keys (from 11.0 on). */
	int (*tls_psk)(struct amt_device *d, const char *pid, const struct secret *pps, struct err *e);
	/* *off_s: how far the clock was off. Not set when it is within 10 s, to spare the flash. */
	int (*clock)(struct amt_device *d, int64_t *off_s, bool always, struct err *e);
	int (*general_read)(struct amt_device *d, struct amt_general *out, struct err *e);
	/* Writes only when something differs. */
	int (*general)(struct amt_device *d, const struct amt_general *want, struct err *e);
	/* Removes certificates and keys that nothing uses. */
	int (*store_clean)(struct amt_device *d, struct err *e);
	/* The longest RSA key the device takes, 2048 at most. */
	int (*key_bits)(struct amt_device *d, int *bits, struct err *e);
	/* A key pair on the device, an unused one if there is one: its RSAPublicKey in DER. */
	int (*key_make)(struct amt_device *d, uint8_t *der, size_t *len, struct err *e);
	int (*key_add)(struct amt_device *d, const uint8_t *der, size_t len, struct err *e);
	int (*certificate_add)(
	    struct amt_device *d, const uint8_t *der, size_t len, char handle[AMT_HANDLE_MAX], struct err *e);
	int (*tls_bind)(struct amt_device *d, const char *handle, struct err *e);
	/* ERR_DIALECT: the device is not understood; the connection itself shows whether TLS is on. */
	int (*tls_read)(struct amt_device *d, struct amt_tls *out, struct err *e);
	int (*tls)(struct amt_device *d, const struct amt_tls *want, struct err *e);
	int (*interfaces_read)(struct amt_device *d, struct amt_interfaces *out, struct err *e);
	int (*interfaces)(struct amt_device *d, const struct amt_interfaces *want, struct err *e);
	int (*acl_read)(struct amt_device *d, struct amt_acl out[AMT_ACL_MAX], size_t *n, struct err *e);
	int (*acl_remove)(struct amt_device *d, uint32_t handle, struct err *e);
	int (*acl_add)(struct amt_device *d, const struct acl_entry *a, const struct secret *s, struct err *e);
	/* The package that is in force, as far as a profile can name it. */
	int (*power_read)(struct amt_device *d, enum power_package *out, struct err *e);
	/* *absent: the device has no such package; what is in force stays. */
	int (*power)(struct amt_device *d, enum power_package want, bool *absent, struct err *e);
	/* *status: what the device answered; only 0 means committed. */
	int (*commit)(struct amt_device *d, uint32_t *status, struct err *e);
	int (*way_back)(struct amt_device *d, struct amt_way_back *out, struct err *e);
	/* full: to the state of the factory; else back to setup. *status as for commit. Never repeat it blindly. */
	int (*unprovision)(struct amt_device *d, bool full, uint32_t *status, struct err *e);
	const struct amt_old_ops *old; /* NULL with WS-Management */
	void (*free)(struct amt_device *d);
};

struct amt_device {
	const struct amt_ops *ops;
	enum amt_dialect dialect;
	struct http *http;      /* not owned */
	struct amt_facts facts; /* kept by whoever called ops->facts */
};

/* amt_wsman: a device that speaks WS-Management (AMT 3.2 and later). ERR_MEMORY. Free with ops->free. */
MUST_CHECK int amt_wsman(struct http *http, struct amt_device **out, struct err *e);
void amt_free(struct amt_device *d); /* takes NULL */

/* What a device that speaks EOI is spoken to with; shared by threads, owned by the caller. */
struct amt_eoi_with {
	const struct eoi_dialect *dialect;
	struct eoi_known *known; /* may be NULL */
	void (*odd)(void *arg, const struct err *why, const struct http_exchange *said); /* see eoi.h; may be NULL */
	void *odd_arg;
	bool plain_secrets; /* send passwords and keys also without TLS */
};

/*
 * amt_eoi: a device of AMT 2.0 to 3.1. Its operations also fail with ERR_DIALECT, ERR_RELEASE (AMT 1.x) and, where a
 * secret would go over a connection without TLS, ERR_TLS. ERR_MEMORY. Free with ops->free.
 */
MUST_CHECK int amt_eoi(struct http *http, const struct amt_eoi_with *with, struct amt_device **out, struct err *e);

/*
 * amt_dialect_of: what the release in a text speaks: "3.0.5", or a Server header. A text without a release is
 * AMT_DIALECT_UNTOLD.
 */
enum amt_dialect amt_dialect_of(const char *text);

/* amt_at_least: is the release of the device at least major.minor? */
bool amt_at_least(const struct amt_facts *f, unsigned int major, unsigned int minor);

#endif
