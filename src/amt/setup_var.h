/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setup_var: the formats of setup.bin and the table of everything a record can set, with type, limits and
 * meaning; values between bytes and text. No I/O.
 * Source: protocol/setup.md 4.1 and 4.5.
 */
#ifndef MUSTER_AMT_SETUP_VAR_H
#define MUSTER_AMT_SETUP_VAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum setup_format { SETUP_1, SETUP_2, SETUP_2_1, SETUP_3, SETUP_4, SETUP_FORMATS };

enum { SETUP_TYPE_LEN = 16 };

struct setup_format_info {
	const char *name;             /* "2.1" */
	uint8_t type[SETUP_TYPE_LEN]; /* the first bytes of the file */
	uint8_t major, minor;
	const char *read_by;
};

const struct setup_format_info *setup_format_info(enum setup_format f);

/* setup_format_by_name: false when there is none of this name. */
MUST_CHECK bool setup_format_by_name(const char *name, enum setup_format *out);

enum setup_module { SETUP_ME = 1, SETUP_AMT = 2 };

/* The variables that have rules of their own; all are rows of setup_vars(). */
enum {
	SETUP_ME_CURRENT_PASSWORD = 1,
	SETUP_ME_NEW_PASSWORD = 2,
	SETUP_ME_MANAGEABILITY = 3,
	SETUP_AMT_PID = 1,
	SETUP_AMT_PPS = 2,
	SETUP_AMT_DNS_SUFFIX = 3,
	SETUP_AMT_SERVER_FQDN = 4,
	SETUP_AMT_OWN_HASHES = 7,
	SETUP_AMT_OWN_HASH = 8,
	SETUP_AMT_HOST_NAME = 11,
	SETUP_AMT_SERVER_ADDRESS = 17,
	SETUP_AMT_SERVER_PORT = 18,
	SETUP_AMT_SHARED_FQDN = 23,
	SETUP_AMT_HELLO = 28,
};

enum setup_type {
	SETUP_TEXT, /* no terminator */
	SETUP_U8,
	SETUP_U16,  /* little endian */
	SETUP_U32,
	SETUP_GUID, /* the first three groups little endian */
	SETUP_IPV4, /* the last byte first */
	SETUP_HASH, /* type, hash, length of the name, name */
	SETUP_RAW,  /* layout not known */
};

enum {
	SETUP_SECRET = 1,  /* a password: shown only when asked for, given as struct secret */
	SETUP_UNSURE = 2,  /* no source settles its layout or numbers: read, never written */
	SETUP_MANY = 4,    /* may be there up to SETUP_HASHES times */
	SETUP_DNS = 8,     /* a name of DNS */
};

enum { SETUP_HASHES = 3, SETUP_HASH_NAME_MAX = 32, SETUP_VALUE_MAX = 255 };

struct setup_word {
	uint32_t number;
	const char *word;
};

struct setup_var {
	uint16_t module, id;
	const char *name;     /* on the command line and in JSON: "pki-dns-suffix" */
	const char *title;
	enum setup_type type;
	uint32_t least, most; /* of the number, or of the length of a text */
	enum setup_format since;
	unsigned int flags;
	const struct setup_word *words; /* what the numbers stand for, ended by { 0, NULL }; NULL: numbers */
	const char *means;    /* in plain words */
};

const struct setup_var *setup_vars(size_t *n);
const struct setup_var *setup_var(unsigned int module, unsigned int id);   /* NULL: not known */
const struct setup_var *setup_var_by_name(const char *name);               /* NULL: not known */

struct setup_value {
	uint8_t b[SETUP_VALUE_MAX];
	size_t len;
};

/*
 * setup_value_check: type, length and limits of a value as it stands in a file. ERR_SETUP_BIN; never tells
 * of a secret more than what rule it breaks.
 */
MUST_CHECK int setup_value_check(const struct setup_var *v, const uint8_t *value, size_t len, struct err *e);

/*
 * setup_value_text: adds a value as setup_value_parse takes it; one that setup_value_check refuses is added
 * in hex. Adds secrets too: hide them before.
 */
void setup_value_text(const struct setup_var *v, const uint8_t *value, size_t len, struct buf *out);

/*
 * setup_value_parse: a value from text: a word or a number, a text, an IPv4 address, a UUID, or
 * sha1|sha256|sha384:HEX:NAME. Not for secrets. ERR_SETUP_BIN.
 */
MUST_CHECK int setup_value_parse(const struct setup_var *v, const char *text, struct setup_value *out, struct err *e);

#endif
