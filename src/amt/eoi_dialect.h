/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eoi_dialect: how the SOAP of AMT 2.0 to 3.1 ("EOI") is spelt, as data: one row an operation, with every
 * spelling that is known or likely, best first. What no source shows is only here (grades B to D), so that a
 * site with real hardware can correct it in a file. No I/O. Source: protocol/eoi.md 3, 7 and 8.
 *
 * Grades: A seen in code or documents that speak EOI; B known to exist, capital letters rebuilt; C taken from
 * its successor in WS-Management; D a guess.
 *
 * The file changes the built-in rows; blank lines and lines that begin with # are passed over:
 *
 *	service tim
 *	path /NetworkTimeService
 *	operation set_rng_key
 *	names SetRngKey SetRNGKey
 *	grade D
 *	releases 2.0 2.2-3.1 3.2-
 *	flags repeat
 *	request rng_key D base64:20 RngKey Seed/Key
 *
 * "request" and "response" lines of an operation replace its whole list, in their order, which is the order
 * on the wire. A line says: logical name, grade, type, then the element, best spelling first: with a / between
 * an element and what is inside it, and a * after the one that is repeated for each value. The name "-" is a
 * value that is always the same (type fixed:VALUE). musterctl prints the whole table in this form.
 */
#ifndef MUSTER_AMT_EOI_DIALECT_H
#define MUSTER_AMT_EOI_DIALECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	EOI_NAME_MAX = 64,     /* room for the name of an element or an operation */
	EOI_PATH_MAX = 160,    /* room for one path of a field */
	EOI_FIELDS_MAX = 24,   /* fields of a request or of an answer */
	EOI_DEPTH_MAX = 8,     /* elements of a path */
	EOI_FILE_MAX = 256 * 1024,
};

enum eoi_service_id { EOI_SAI, EOI_NET, EOI_TIM, EOI_RCI, EOI_INF, EOI_SERVICES };

struct eoi_service {
	const char *name; /* "sai": prefix in documents and in our envelopes */
	char grade;       /* of the path */
	const char *path; /* "/SecurityAdministrationService" */
	const char *ns;
};

/* How a value is written. */
enum eoi_type {
	EOI_TEXT,
	EOI_DASHED, /* text in groups of four with '-' between */
	EOI_BASE64, /* more: how many bytes, "" where it is not said */
	EOI_UINT,
	EOI_BOOL,   /* true, false */
	EOI_BIT,    /* 1, 0 */
	EOI_IPV4,   /* a number, first octet the most significant */
	EOI_WORD,   /* more: "off=NoAuthentication|None,server=ServerAuthentication": ours = theirs, best first */
	EOI_FIXED,  /* more: the value */
};

struct eoi_field {
	const char *name; /* ours; NULL ends a list; "-": EOI_FIXED */
	char grade;       /* of the path, or of the words when that is worse */
	enum eoi_type type;
	const char *paths; /* blanks between */
	const char *more;  /* see enum eoi_type; never NULL */
};

enum {
	EOI_REPEAT = 1,  /* harmless when sent twice */
	EOI_CAREFUL = 2, /* the next spelling only after a plain refusal on a connection that still stands */
};

struct eoi_op {
	const char *name;  /* ours: "set_rng_key" */
	enum eoi_service_id service;
	char grade;
	const char *names;    /* of the operation; blanks between */
	const char *releases; /* "2.2 2.6-3.1": which have it */
	unsigned int flags;
	const struct eoi_field *request, *response; /* the status, which is always first, is not listed */
};

/* Operations by name of ours: EOI_SET_RNG_KEY is the row "set_rng_key". */
#define EOI_OP_LIST(X)                                                                                        \
	X(GET_CORE_VERSION, get_core_version) X(GET_PROVISIONING_MODE, get_provisioning_mode)                 \
	X(SET_PROVISIONING_MODE, set_provisioning_mode) X(GET_PROVISIONING_STATE, get_provisioning_state)     \
	X(GET_ZTC_MODE, get_ztc_mode) X(SET_ZTC_MODE, set_ztc_mode)                                           \
	X(GET_PROVISIONING_PID, get_provisioning_pid) X(ENUM_CERT_HASHES, enum_cert_hashes)                   \
	X(GET_CERT_HASH, get_cert_hash) X(GET_AUDIT_RECORD, get_audit_record) X(GET_OTP, get_otp)             \
	X(GET_PKI_CAPS, get_pki_caps) X(GET_DIGEST_REALM, get_digest_realm)                                   \
	X(GET_ADMIN_STATUS, get_admin_status) X(GET_ADMIN_NET_STATUS, get_admin_net_status)                   \
	X(GET_ADMIN, get_admin) X(SET_ADMIN, set_admin) X(ADD_USER, add_user)                                 \
	X(UPDATE_USER, update_user) X(ENUM_USERS, enum_users)                                                 \
	X(GET_USER, get_user) X(REMOVE_USER, remove_user) X(GET_ACL_STATE, get_acl_state)                     \
	X(SET_ACL_STATE, set_acl_state) X(SET_MEBX_PASSWORD, set_mebx_password) X(SET_RNG_KEY, set_rng_key)   \
	X(SET_TLS_PSK, set_tls_psk) X(ADD_CERT, add_cert) X(ADD_KEY, add_key) X(ENUM_CERTS, enum_certs)       \
	X(REMOVE_CERT, remove_cert) X(SET_TLS_CERT_2X, set_tls_cert_2x)                                       \
	X(SET_TLS_CREDENTIALS, set_tls_credentials) X(SET_TLS_OPTIONS, set_tls_options)                       \
	X(GET_TLS_OPTIONS, get_tls_options) X(SET_TRUSTED_FQDN, set_trusted_fqdn)                             \
	X(SET_TRUSTED_ROOT, set_trusted_root) X(SET_CRL, set_crl) X(SET_ENABLED_IFS, set_enabled_ifs)         \
	X(GET_ENABLED_IFS, get_enabled_ifs) X(SET_KERBEROS, set_kerberos) X(GET_KERBEROS, get_kerberos)       \
	X(ENUM_POWER_PKGS, enum_power_pkgs) X(GET_POWER_PKG, get_power_pkg) X(SET_POWER_PKG, set_power_pkg)   \
	X(GET_POWER_POLICY, get_power_policy) X(SET_POWER_POLICY, set_power_policy) X(COMMIT, commit)         \
	X(UNPROVISION, unprovision) X(PARTIAL_UNPROVISION, partial_unprovision)                               \
	X(EXTEND_PERIOD, extend_period) X(RESET_FLASH_PROTECTION, reset_flash_protection)                     \
	X(GET_HOST_NAME, get_host_name) X(SET_HOST_NAME, set_host_name) X(GET_DOMAIN_NAME, get_domain_name)   \
	X(SET_DOMAIN_NAME, set_domain_name) X(GET_PING, get_ping) X(SET_PING, set_ping)                       \
	X(GET_VLAN, get_vlan) X(SET_VLAN, set_vlan) X(ENUM_IFS, enum_ifs) X(GET_IF, get_if) X(SET_IF, set_if) \
	X(GET_TCPIP, get_tcpip) X(SET_TCPIP, set_tcpip) X(SET_8021X, set_8021x) X(GET_8021X, get_8021x)       \
	X(REMOVE_8021X, remove_8021x) X(GET_TIME, get_time) X(SET_TIME, set_time)                             \
	X(GET_POWER_STATE, get_power_state) X(GET_RC_CAPS, get_rc_caps) X(REMOTE_CONTROL, remote_control)     \
	X(GET_CODE_VERSIONS, get_code_versions)
enum eoi_id {
#define X(id, name) EOI_##id,
	EOI_OP_LIST(X)
#undef X
	EOI_OPS
};

struct eoi_dialect {
	struct eoi_service services[EOI_SERVICES];
	struct eoi_op ops[EOI_OPS];
	void *owned; /* what a file changed; NULL in the built-in one */
};

/* eoi_dialect_builtin: the table as it is shipped. Threads: any. */
const struct eoi_dialect *eoi_dialect_builtin(void);

/*
 * eoi_dialect_parse: the built-in table with the changes of a file.
 *
 * text, len	at most EOI_FILE_MAX bytes; not kept
 * file		its name, for the text of an error
 * *out		set on success only; free with eoi_dialect_free. Not changed afterwards: threads may share it
 * Returns	0, or -1 with ERR_CONFIG (file, line, and what is wrong there) or ERR_MEMORY
 */
MUST_CHECK int eoi_dialect_parse(const char *text, size_t len, const char *file, struct eoi_dialect *out, struct err *e);
void eoi_dialect_free(struct eoi_dialect *d);

/* eoi_dialect_write: the whole table in the form of the file. */
void eoi_dialect_write(const struct eoi_dialect *d, struct buf *out);

/* eoi_find: the row of a request: its path, and the local name of the first element of its body, in any case; NULL: none. */
const struct eoi_op *eoi_find(const struct eoi_dialect *d, const char *path, const char *element);

/* eoi_in_release: does AMT major.minor have this operation? */
bool eoi_in_release(const struct eoi_op *op, unsigned int major, unsigned int minor);

/* eoi_nth: spelling number n (from 0) of a list with blanks; false: there are fewer. eoi_count: how many. */
bool eoi_nth(const char *list, size_t n, char *out, size_t size);
size_t eoi_count(const char *list);

/*
 * eoi_step: the first element of a path, into part; *repeats: it has a star. Returns the rest of the path,
 * NULL after its last element.
 */
const char *eoi_step(const char *path, char part[EOI_NAME_MAX], bool *repeats);

/* eoi_field: a field of a list by its name, or NULL. */
const struct eoi_field *eoi_field(const struct eoi_field *list, const char *name);

/*
 * eoi_word_out: what a word of ours is called on the wire, spelling number n or the last one there is; false:
 * the field has no such word. eoi_word_in: the reverse, in any case, of any spelling.
 */
bool eoi_word_out(const struct eoi_field *f, const char *ours, size_t n, char *out, size_t size);
bool eoi_word_in(const struct eoi_field *f, const char *theirs, char *out, size_t size);

/* eoi_bytes: how many bytes an EOI_BASE64 field wants; 0: not said. */
size_t eoi_bytes(const struct eoi_field *f);

#endif
