/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err: one space of error codes. Each row is a number that people see, what the engine does next,
 * and a title; help/errors/NUMBER.md explains it. Numbers are never reused. Those below 1000 are
 * the ones of Intel's service, kept because operators and documents know them.
 */
#ifndef MUSTER_BASE_ERR_H
#define MUSTER_BASE_ERR_H

#include <stdbool.h>

#include "base/macros.h"

/* What a provisioning run does after a code: see err_next(). */
enum err_next {
	NEXT_STOP,  /* an operator must act first */
	NEXT_RETRY, /* try again by the schedule */
	NEXT_LOOK,  /* an answer was lost: reconnect, look, then decide */
};

#define ERR_LIST(X)                                                                                \
	/* Intel's numbers */                                                                      \
	X(PROVISIONED, 102, STOP, "Device already provisioned")                                    \
	X(QUEUED, 103, STOP, "Request already in the queue")                                       \
	X(BUSY, 137, RETRY, "Another process is working on this device")                           \
	X(NO_MAPPING, 913, STOP, "No mapping of UUID to FQDN")                                     \
	/* this host */                                                                            \
	X(MEMORY, 1001, RETRY, "Out of memory")                                                    \
	X(CONFIG, 1002, STOP, "Configuration file not usable")                                     \
	X(FILE, 1003, STOP, "File cannot be read or written")                                      \
	X(USAGE, 1004, STOP, "Command line not understood")                                        \
	X(SYSTEM, 1005, RETRY, "Operating system refused a request")                               \
	X(INPUT, 1006, STOP, "Input not understood")                                               \
	/* database */                                                                             \
	X(DB, 1101, RETRY, "Database request failed")                                              \
	X(DB_DOWN, 1102, RETRY, "Database not reachable")                                          \
	X(DB_VERSION, 1103, STOP, "Database schema version does not fit this program")             \
	X(DB_DENIED, 1104, STOP, "Role does not allow this")                                       \
	X(DB_RULE, 1105, STOP, "Database refused the value")                                       \
	X(DB_NOT_FOUND, 1106, STOP, "No such entry")                                               \
	X(DB_MIGRATION, 1107, STOP, "Migration failed")                                            \
	X(DB_UNABLE, 1108, RETRY, "Database cannot do it now")                                     \
	X(AUDIT, 1109, STOP, "Audit log is not whole")                                             \
	/* secrets */                                                                              \
	X(KEY_FILE, 1201, STOP, "Engine key file not usable")                                      \
	X(KEY_MISMATCH, 1202, STOP, "Engine key is not the one of this database")                  \
	X(SEAL, 1203, STOP, "Sealed secret cannot be opened")                                      \
	X(PASSWORD_RULE, 1204, STOP, "Password breaks the rule of the device")                     \
	X(NO_ANSWER, 1205, RETRY, "No engine answered in time")                                    \
	/* hello */                                                                                \
	X(HELLO, 1301, STOP, "Hello message malformed")                                            \
	X(HELLO_VERSION, 1302, STOP, "Hello version not supported")                                \
	X(HELLO_RATE, 1303, STOP, "Too many hellos from one address")                              \
	X(HELLO_CAP, 1304, STOP, "Too many unknown devices")                                       \
	X(HELLO_NO_ROOTS, 1305, STOP, "Device trusts no root certificate")                         \
	X(HELLO_BOGUS, 1306, STOP, "UUID is not unique to one device")                             \
	X(HELLO_SLOW, 1307, STOP, "Hello not complete in time")                                    \
	X(HELLO_PSK, 1308, STOP, "Device asks for PSK configuration")                              \
	/* reaching the device */                                                                  \
	X(CONTACT, 1401, RETRY, "Cannot contact back AMT")                                         \
	X(TLS, 1402, RETRY, "TLS handshake with the device failed")                                \
	X(TLS_REFUSED, 1403, STOP, "Device refused our setup certificate")                         \
	X(TLS_PIN, 1404, STOP, "Device certificate is not the expected one")                       \
	X(TIMEOUT, 1405, LOOK, "Device did not answer in time")                                    \
	X(LOST, 1406, LOOK, "Connection lost before the answer")                                   \
	X(LOGIN, 1407, STOP, "Device refused every known password")                                \
	X(LOGIN_WAIT, 1408, RETRY, "Login tries used up for now")                                  \
	X(HTTP, 1409, RETRY, "Device answered with an HTTP error")                                 \
	X(BODY_SIZE, 1410, STOP, "Answer of the device too large")                                 \
	X(ANSWER, 1411, RETRY, "Answer of the device not understood")                              \
	X(TLS_CIPHER, 1412, RETRY, "No TLS cipher in common with the device")                      \
	X(PSK_IDENTITY, 1413, STOP, "Device does not know the PID")                                \
	X(PSK_KEY, 1414, STOP, "Device has another PPS")                                           \
	/* the conversation */                                                                     \
	X(FAULT, 1501, STOP, "Device reported a SOAP fault")                                       \
	X(STATUS, 1502, STOP, "Device reported an AMT status")                                     \
	X(FIELD, 1503, STOP, "Field missing or of the wrong type in an answer")                    \
	X(ABSENT, 1504, STOP, "Device does not have this class or method")                         \
	X(NOT_READY, 1505, RETRY, "Device is not ready yet")                                       \
	X(FLASH, 1506, RETRY, "Flash write limit of the device reached")                           \
	X(DIALECT, 1507, STOP, "Device understood no spelling of a request")                       \
	/* certificates */                                                                         \
	X(CERT_NONE, 1601, STOP, "No setup certificate fits this device")                          \
	X(CERT_ROOT, 1602, STOP, "Root of the setup certificate not trusted by the device")        \
	X(CERT_DOMAIN, 1603, STOP, "Setup certificate is for another domain")                      \
	X(CERT_DATE, 1604, STOP, "Setup certificate expired or not yet valid")                     \
	X(CERT_CHAIN, 1605, STOP, "Certificate chain incomplete")                                  \
	X(CERT_KEY, 1606, STOP, "Private key does not belong to the certificate")                  \
	X(CERT_PURPOSE, 1607, STOP, "Certificate is not for Intel AMT setup")                      \
	X(CERT_STRENGTH, 1608, STOP, "Key or signature not accepted by this AMT release")          \
	X(CERT_READ, 1609, STOP, "Certificate or key file cannot be read")                         \
	X(CERT_CA, 1610, STOP, "Built-in CA cannot issue")                                         \
	/* profiles */                                                                             \
	X(PROFILE, 1701, STOP, "Profile not valid")                                                \
	X(NO_PROFILE, 1702, STOP, "No profile assigned")                                           \
	X(FQDN, 1703, STOP, "FQDN not valid")                                                      \
	/* the run */                                                                              \
	X(UUID_MISMATCH, 1801, STOP, "UUID of the device is not that of its hello")                \
	X(FOREIGN, 1802, STOP, "Device is configured by somebody else")                            \
	X(VERIFY, 1803, RETRY, "Device differs from the profile after configuration")              \
	X(RUN_DEADLINE, 1804, RETRY, "Run took too long")                                          \
	X(LEASE, 1805, RETRY, "Engine lost its hold on the job")                                   \
	X(COMMIT, 1806, STOP, "Device refused to commit")                                          \
	X(UNKNOWN, 1807, LOOK, "Outcome not known")                                                \
	X(RELEASE, 1808, STOP, "AMT release not served")                                           \
	X(STOPPED, 1809, RETRY, "Engine stopped; job handed back")                                 \
	X(ATTEMPTS, 1810, STOP, "All attempts used")                                               \
	X(APPROVAL, 1812, STOP, "Waiting for approval")                                            \
	X(HELD, 1813, STOP, "Held by an operator")                                                 \
	X(NO_LONGER, 1814, STOP, "Device is no longer configured")                                 \
	X(STRANDED, 1815, STOP, "Device would have no way back")                                   \
	/* pre-shared keys */                                                                      \
	X(PSK, 1901, STOP, "PID or PPS not valid")                                                 \
	X(SETUP_BIN, 1902, STOP, "setup.bin not valid")                                            \
	X(PSK_LIST, 1903, STOP, "Key list not usable")

enum err_code {
	ERR_NONE = 0,
#define X(name, number, next, title) ERR_##name = number,
	ERR_LIST(X)
#undef X
};

struct err {
	enum err_code code; /* the number people see; help/errors/ has its page */
	char text[240];     /* what happened here: one line, no secrets */
};

/* One row of ERR_LIST. */
struct err_info {
	enum err_code code;
	enum err_next next;
	const char *name; /* "CONTACT" */
	const char *title;
};

/*
 * err_set: fill *e with a code and one line of text; control characters from a device or a file
 * are made harmless. Returns -1, so that "return err_set(...)" reads well. Threads: any.
 */
int err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* err_errno: as err_set, with ": strerror(errno)" after the text. Returns -1. */
int err_errno(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* err_wrap: put "what: " before the text already in *e. Returns -1. */
int err_wrap(struct err *e, const char *what);

/* err_info: the row of a code, or NULL. err_rows: all rows and their number. */
const struct err_info *err_info(int code);
const struct err_info *err_rows(size_t *n);

/* err_next: what a run does after this code. An unlisted code stops. */
enum err_next err_next(enum err_code code);

#endif
