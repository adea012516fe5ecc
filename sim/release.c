/* SPDX-License-Identifier: Apache-2.0 */
/* release: what each AMT release can do, as one table. */
#include "sim/release.h"

#include <openssl/ssl.h>
#include <stdio.h>

#include "amt/hello.h"

#define LEGACY_CIPHERS "AES128-SHA:AES256-SHA:@SECLEVEL=0"
#define MIDDLE_CIPHERS                                                                             \
	"ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:AES256-GCM-SHA384:"               \
	"AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA:@SECLEVEL=0"
#define RECENT_CIPHERS                                                                             \
	"ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:AES256-GCM-SHA384:"               \
	"AES128-GCM-SHA256:@SECLEVEL=0"

enum {
	H1 = 1 << HASH_SHA1,
	H2 = 1 << HASH_SHA256,
	H3 = 1 << HASH_SHA384,
	DOMAIN_2_2 = DOMAIN_DHCP | DOMAIN_PART,
	DOMAIN_2_6 = DOMAIN_DHCP | DOMAIN_PART | DOMAIN_WILDCARD | DOMAIN_COM_NET,
	DOMAIN_3_0 = DOMAIN_PART | DOMAIN_SERVER,
	OLD_DOMAIN = DOMAIN_PART | DOMAIN_WILDCARD | DOMAIN_EQUAL | DOMAIN_SERVER,
	ALL_DOMAIN = OLD_DOMAIN | DOMAIN_LABELS,
	PSK = WAY_PSK,
	PKI = WAY_PKI,
	BOTH = PSK | PKI,
	HOST = PSK | PKI | WAY_HOST,
	EOI = SPEAKS_EOI,
	WSMAN = SPEAKS_WSMAN,
	EITHER = EOI | WSMAN,
};

static const struct release_has rows[] = {
	/* clang-format off */
	/*  from         TLS                             ciphers         bits  sha1   hash types    factory  rsa   sha1   domain      chall. realm  plain  clock  rng    mebx   roots certs keys power  ways    speaks */
	{ REL(2, 0),  TLS1_VERSION,   TLS1_VERSION,   LEGACY_CIPHERS, 1024, true,  0,            0,       1024, true,  0,          true,  true,  true,  true,  true,  false, 4,    8,    4,   1,     PSK,    EOI },
	{ REL(2, 2),  TLS1_VERSION,   TLS1_VERSION,   LEGACY_CIPHERS, 1024, true,  H1,           H1,      1024, true,  DOMAIN_2_2, true,  true,  true,  true,  true,  true,  4,    8,    4,   1,     HOST,   EOI },
	{ REL(2, 5),  TLS1_VERSION,   TLS1_VERSION,   LEGACY_CIPHERS, 1024, true,  0,            0,       1024, true,  0,          true,  true,  true,  true,  true,  false, 4,    8,    4,   3,     PSK,    EOI },
	{ REL(2, 6),  TLS1_VERSION,   TLS1_VERSION,   LEGACY_CIPHERS, 1024, true,  H1,           H1,      1024, true,  DOMAIN_2_6, true,  true,  true,  true,  true,  true,  4,    8,    4,   3,     HOST,   EOI },
	{ REL(3, 0),  TLS1_VERSION,   TLS1_VERSION,   LEGACY_CIPHERS, 1024, true,  H1,           H1,      1024, true,  DOMAIN_3_0, true,  true,  true,  true,  true,  true,  4,    8,    4,   0,     BOTH,   EOI },
	{ REL(3, 2),  TLS1_VERSION,   TLS1_1_VERSION, LEGACY_CIPHERS, 1024, true,  H1,           H1,      1024, true,  OLD_DOMAIN, true,  true,  true,  true,  false, false, 4,    8,    4,   0,     BOTH,   EITHER },
	{ REL(4, 0),  TLS1_VERSION,   TLS1_1_VERSION, LEGACY_CIPHERS, 2048, true,  H1,           H1,      1024, true,  OLD_DOMAIN, true,  true,  true,  true,  false, false, 4,    8,    4,   1,     BOTH,   EITHER },
	{ REL(6, 0),  TLS1_VERSION,   TLS1_1_VERSION, LEGACY_CIPHERS, 2048, true,  H1 | H2,      H1 | H2, 1024, true,  OLD_DOMAIN, true,  false, true,  false, false, false, 4,    8,    4,   2,     BOTH,   EITHER },
	{ REL(8, 0),  TLS1_VERSION,   TLS1_1_VERSION, LEGACY_CIPHERS, 2048, true,  H1 | H2,      H2,      1024, true,  ALL_DOMAIN, true,  false, true,  false, false, false, 8,    8,    8,   2,     BOTH,   EITHER },
	{ REL(9, 0),  TLS1_VERSION,   TLS1_1_VERSION, LEGACY_CIPHERS, 2048, true,  H1 | H2,      H2,      1024, true,  ALL_DOMAIN, true,  false, true,  false, false, false, 8,    8,    8,   2,     BOTH,   WSMAN },
	{ REL(11, 0), TLS1_VERSION,   TLS1_1_VERSION, LEGACY_CIPHERS, 2048, false, H1 | H2 | H3, H2,      1024, true,  ALL_DOMAIN, false, false, true,  false, false, false, 8,    8,    8,   2,     PKI,    WSMAN },
	{ REL(12, 0), TLS1_1_VERSION, TLS1_2_VERSION, MIDDLE_CIPHERS, 2048, false, H1 | H2 | H3, H2,      1024, true,  ALL_DOMAIN, false, false, true,  false, false, false, 8,    8,    8,   2,     PKI,    WSMAN },
	{ REL(15, 0), TLS1_2_VERSION, TLS1_2_VERSION, RECENT_CIPHERS, 2048, false, H2 | H3,      H2 | H3, 2048, false, ALL_DOMAIN, false, false, true,  false, false, false, 8,    8,    8,   2,     PKI,    WSMAN },
	{ REL(16, 1), TLS1_2_VERSION, TLS1_2_VERSION, RECENT_CIPHERS, 2048, false, H2 | H3,      H2 | H3, 2048, false, ALL_DOMAIN, false, false, false, false, false, false, 8,    8,    8,   2,     PKI,    WSMAN },
	{ REL(19, 0), TLS1_2_VERSION, TLS1_2_VERSION, RECENT_CIPHERS, 2048, false, H2 | H3,      H2 | H3, 2048, false, ALL_DOMAIN, false, false, false, false, false, true,  8,    8,    8,   2,     PKI,    WSMAN },
	/* clang-format on */
};

const struct release_has *
release_has_rows(size_t *n)
{
	*n = ARRAY_LEN(rows);
	return rows;
}

int
release_parse(const char *text, struct release *out, struct err *e)
{
	unsigned int major = 0, minor = 0, maint = 0;
	int used = 0;
	int n = sscanf(text, "%3u.%2u%n.%4u%n", &major, &minor, &used, &maint, &used);

	if (n < 2 || text[used] != '\0')
		return err_set(e, ERR_INPUT, "release '%s': want a number such as 11.8.50", text);
	if (n == 2)
		maint = major >= 12 ? 30 : major >= 11 ? 50 : REL(major, minor) < REL(3, 2) ? 5 : 20;
	out->code = REL(major, minor);
	out->has = NULL;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].from <= out->code)
			out->has = &rows[i];
	if (out->has == NULL)
		return err_set(
		    e, ERR_INPUT, "release %s: the oldest simulated release is 2.0", text);
	(void)snprintf(out->text, sizeof(out->text), "%u.%u.%u", major, minor, maint);
	(void)snprintf(
	    out->build, sizeof(out->build), "%u", 1000 + (major * 97 + minor * 31) % 3000);
	return 0;
}
