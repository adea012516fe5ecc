/* SPDX-License-Identifier: Apache-2.0 */
/* release: what each AMT release can do, as one table. */
#ifndef MUSTER_SIM_RELEASE_H
#define MUSTER_SIM_RELEASE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* A release number as one comparable value: 11.8 is REL(11, 8). */
#define REL(major, minor) ((unsigned int)((major)*100 + (minor)))

/* How the CN of a setup certificate may match the domain of a device: bits. */
enum domain_rule {
	DOMAIN_PART = 1,     /* what follows the first label equals the domain */
	DOMAIN_WILDCARD = 2, /* "*." and the domain */
	DOMAIN_EQUAL = 4,    /* the CN is the domain */
	DOMAIN_LABELS = 8,   /* CN cut to its last 2 or 3 labels, then equal or a parent */
	DOMAIN_COM_NET = 16, /* the last two labels are the same, in .com and .net */
	DOMAIN_SERVER = 32,  /* the CN is the FQDN of the setup server, set in MEBx */
	DOMAIN_DHCP = 64,    /* the domain is that of DHCP alone; MEBx has none */
};

/* How a device can be set up: bits. Source: requirements Table 1; protocol/setup.md 2.5. */
enum setup_way {
	WAY_PSK = 1,  /* by PID and PPS */
	WAY_PKI = 2,  /* by certificate */
	WAY_HOST = 4, /* by certificate only once a program on the host has started it */
};

/* What it speaks: bits. Source: protocol/eoi.md 1. */
enum dialect { SPEAKS_EOI = 1, SPEAKS_WSMAN = 2 };

/* From a release on, until the next row. Source: protocol/setup.md 2.5, 3.3, 3.4, 3.7, 3.8, 5.3; protocol/eoi.md 1, 10.1. */
struct release_has {
	unsigned int from;
	int tls_min, tls_max; /* TLS1_VERSION ... */
	const char *ciphers;  /* OpenSSL cipher list */
	int setup_key_bits;   /* of the device's own certificate in setup mode */
	bool setup_cert_sha1;
	unsigned int hash_types;    /* bits 1 << enum hash_type that a trusted root may have */
	unsigned int factory_types; /* bits: types of the factory's list */
	int min_rsa_bits;           /* in the setup chain */
	bool sha1_chain;            /* SHA-1 signatures allowed in the setup chain */
	unsigned int domain_rules;  /* bits of enum domain_rule */
	bool challenge_in_setup;    /* HTTP digest is asked for beside the client certificate */
	bool uuid_realm;            /* realm "Intel(R) AMT (ID:...)" */
	bool plain_port;            /* 16992 exists */
	bool clock_needed;          /* commit wants the clock set */
	bool rng_needed;            /* commit wants the random key set */
	bool mebx_needed;           /* commit wants the MEBx password changed */
	unsigned int max_roots, max_certs, max_keys;
	unsigned int power_set; /* row of the table in ops_power.c */
	unsigned int ways;      /* bits of enum setup_way */
	unsigned int speaks;    /* bits of enum dialect */
};

struct release {
	unsigned int code; /* REL(major, minor) */
	char text[20];     /* "11.8.50" */
	char build[8];     /* "3425" */
	const struct release_has *has;
};

/* release_parse: "11.8" or "11.8.50". Returns 0, or -1 with ERR_INPUT (form, below 2.0). */
MUST_CHECK int release_parse(const char *text, struct release *out, struct err *e);

/* release_has_rows: the table, oldest first. */
const struct release_has *release_has_rows(size_t *n);

#endif
