/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device: one simulated AMT device and everything its firmware remembers. Only the thread of the
 * event loop touches devices.
 */
#ifndef MUSTER_SIM_DEVICE_H
#define MUSTER_SIM_DEVICE_H

#include <netinet/in.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "amt/hello.h"
#include "base/uuid.h"
#include "sim/fault.h"
#include "sim/loop.h"
#include "sim/psk.h"
#include "sim/release.h"
#include "sim/vals.h"

struct fleet;
struct conn;
struct hello_out;
struct pending;

enum {
	HOST_MAX = 64,
	DOMAIN_MAX = 192,
	USER_MAX = 17,     /* 16 characters and NUL */
	PASSWORD_MAX = 33, /* 32 characters and NUL */
	HA1_LEN = 16,
	NONCES = 8, /* nonces a device remembers */
	NONCE_TEXT = 33,
	CONTEXTS = 4, /* enumerations at a time */
	MAX_REALMS = 24,
	SID_MAX = 28,
	LOG_MAX = 2000, /* operations kept per device */
};

/* Numbers as in ProvisioningState. */
enum setup_state { STATE_PRE = 0, STATE_IN = 1, STATE_POST = 2 };

/* When SetMEBxPassword works; set in MEBx. Source: protocol/wsman.md 7.3. */
enum mebx_policy { MEBX_DURING_SETUP, MEBX_DEFAULT_ONLY, MEBX_ANY_TIME };

/* What a device does once a reply is out. */
enum after {
	AFTER_NOTHING,
	AFTER_COMMIT,      /* network stack restarts, pending TLS becomes live */
	AFTER_PARTIAL,     /* un-provisioned to setup mode */
	AFTER_FULL,        /* un-provisioned to factory state */
	AFTER_NETWORK_OFF, /* interface closed until the next power cycle */
	AFTER_REBOOT,
};

/* A root the device trusts for setup. */
struct root {
	unsigned int id; /* InstanceID */
	struct hello_hash hash;
	bool enabled, is_default;
	char name[64];
};

struct cert {
	unsigned int handle;
	bool root;
	X509 *x;
};

struct key {
	unsigned int handle;
	EVP_PKEY *k;
};

/* One login: stored hash, failures, lock. */
struct account {
	char user[USER_MAX];
	uint8_t ha1[HA1_LEN];
	unsigned int failures;
	uint64_t locked_until_ms;
};

struct acl {
	unsigned int handle;
	struct account login; /* user "" for a Kerberos entry */
	uint8_t sid[SID_MAX];
	size_t sid_len;
	unsigned int access; /* 0 local, 1 network, 2 any */
	unsigned int realms[MAX_REALMS];
	size_t nrealms;
	bool enabled;
};

struct nonce {
	char text[NONCE_TEXT];
	uint32_t last_nc;
	unsigned int uses;
	bool sticky; /* ha1 holds: login of this setup session */
	uint8_t ha1[HA1_LEN];
};

/* A value that differs from the factory's. */
struct setting {
	const struct prop *prop;
	unsigned int inst;
	char *text;
};

struct enum_context {
	unsigned int id; /* 0: free */
	const void *cls;
	unsigned int next;
};

struct tls_live {
	bool enabled, mutual, plain;
	X509 *cert;
	EVP_PKEY *key;
	STACK_OF(X509) * chain;
};

/* How the last setup was authorised. */
struct setup_record {
	bool present, secure_dns, time_valid, is_default;
	bool psk; /* by PID and PPS: no root, no certificate */
	struct hello_hash root;
	char cn[128];
	char serial[64];
	char server[INET_ADDRSTRLEN];
	time_t at;
};

/* What a remote control command left for the next start. Source: protocol/eoi.md 8.4. */
struct boot {
	unsigned int command, special, parameter, options, oem;
};

struct op_log {
	const char *op;      /* "Get", "Put", "Invoke", ...; all three strings are static */
	const char *cls;     /* class name */
	const char *method;  /* NULL when not Invoke */
	unsigned int status; /* ReturnValue, or the HTTP status of a fault */
	int64_t at_us;       /* wall clock */
};

struct counters {
	unsigned long connections, handshake_failures, requests, authenticated, logins_failed;
	unsigned long commits, configurations, hellos, unprovisions, reboots;
	unsigned long bytes_in, bytes_out; /* of HTTP: inside TLS */
};

struct listener {
	struct watch watch;
	struct device *d;
	bool tls;
};

struct device {
	struct fleet *fleet;
	unsigned int index;
	struct release rel;
	struct uuid uuid;
	char uuid_text[UUID_TEXT];
	struct in_addr addr;
	char domain[DOMAIN_MAX];         /* DHCP option 15 */
	char trusted_suffix[DOMAIN_MAX]; /* set in MEBx; "" when not */
	uint8_t mac[6];
	uint8_t otp[32];
	size_t otp_len;

	enum setup_state state;
	bool network_off;
	bool auth_int;  /* offers qop auth-int only */
	bool no_crypto; /* built without TLS: set up over the plain port */
	char realm[64];
	char factory_password[PASSWORD_MAX];
	char mebx_password[PASSWORD_MAX];
	bool mebx_changed;
	enum mebx_policy mebx_policy;
	uint8_t mebx_ha1[HA1_LEN];
	bool admin_set;
	struct account admin;
	char pid[PID_LEN + 1];
	char pps[PPS_CHARS + 1];

	struct root *roots;
	size_t nroots, root_cap;
	unsigned int next_root;
	struct setting *settings;
	size_t nsettings, setting_cap;
	struct cert *certs;
	size_t ncerts, cert_cap;
	unsigned int next_cert;
	struct key *keys;
	size_t nkeys, key_cap;
	unsigned int next_key;
	uint64_t keygen_done_ms; /* not 0: a slow key generation runs until then */
	char *crl;               /* addresses of revocation lists, a line each; NULL: none */
	int bound_cert;          /* handle of the TLS context, -1: none; live after commit */
	struct acl *acls;
	size_t nacls, acl_cap;
	unsigned int next_acl;
	int64_t clock_offset_s; /* own clock minus real time */
	bool clock_set;
	bool rng_set; /* the random key of this setup has come */
	unsigned int power_scheme;
	unsigned int power_state; /* 0: S0 to 5: S5 */
	struct boot boot;
	uint8_t config_nonce[20];
	bool krb_cache;

	struct tls_live live;
	X509 *setup_cert; /* made on first use */
	EVP_PKEY *setup_key;
	struct setup_record record, pending_record;

	struct nonce nonces[NONCES];
	unsigned int next_nonce;
	struct enum_context contexts[CONTEXTS];
	unsigned int next_context, message_id;

	struct fault_list faults;
	struct counters count;
	struct op_log *log;
	size_t nlog, log_cap;

	struct listener tls_port, plain_port;
	struct conn *conns;    /* all that are open */
	struct conn *tls_conn; /* the one TLS connection being served */
	struct timer ports_up;
	struct timer hello_due;
	unsigned int hello_retry;
	bool hello_again;        /* not the first window any more */
	struct hello_out *hello; /* one on its way, or NULL */
	struct pending *pending; /* what waits for the commit; NULL: nothing */
};

/* device_init: a device as it leaves the factory with setup mode on. uuid and rel are set. */
void device_init(struct device *d);
void device_free(struct device *d);

/* device_trust: add a root of the factory list, or a custom one. */
void device_trust(struct device *d, const struct hello_hash *h, const char *name, bool is_default);

/* device_psk, device_pki: it asks to be set up by PID and PPS; it could be by certificate. */
bool device_psk(const struct device *d);
bool device_pki(const struct device *d);

/*
 * device_ask: what a device does that is free to ask for setup: state In, or nothing (state Pre) when
 * it has no means, or may not before a program on its host starts it.
 */
void device_ask(struct device *d);

/* device_setting: stored or factory value of a property; NULL when absent. */
const char *device_setting(const struct device *d, const struct prop *p, unsigned int inst);

/* device_set: store a value; NULL or the factory value forgets it. */
void device_set(struct device *d, const struct prop *p, unsigned int inst, const char *text);

/* device_set_named, device_named: the same by class and property name. */
void device_set_named(
    struct device *d, const char *cls, unsigned int inst, const char *prop, const char *text);
const char *device_named(
    const struct device *d, const char *cls, unsigned int inst, const char *prop);

/* device_clock: seconds since 1970 by the device. */
int64_t device_clock(const struct device *d);

/* device_ha1: MD5 of "user:realm:password" with the device's realm. */
void device_ha1(
    const struct device *d, const char *user, const char *password, uint8_t out[HA1_LEN]);

/* device_mebx: set the MEBx password and its hash. */
void device_mebx(struct device *d, const char *password);

/* device_commit: carry out CommitChanges. Returns 0 or 2057, and 0 leaves pending TLS live. */
unsigned int device_commit(struct device *d);

/* device_reset: full or partial un-provision of the stored state; no ports are touched. */
void device_reset(struct device *d, bool full);

/* device_logged: note an operation for the control socket. */
void device_logged(
    struct device *d, const char *op, const char *cls, const char *method, unsigned int status);

#endif
