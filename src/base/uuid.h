/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uuid: the UUID of a device. Kept as the 16 bytes of the SMBIOS type 1 record, which is how AMT
 * sends it; the text form has the first three groups turned round.
 * Source: protocol/setup.md 1.5.
 */
#ifndef MUSTER_BASE_UUID_H
#define MUSTER_BASE_UUID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"

enum { UUID_LEN = 16, UUID_TEXT = 37 };

struct uuid {
	uint8_t b[UUID_LEN]; /* wire order */
};

/* uuid_text: lower-case 8-4-4-4-12 with NUL. */
void uuid_text(const struct uuid *u, char out[UUID_TEXT]);

/* uuid_parse: text of either case, with or without hyphens; false when it is not a UUID. */
MUST_CHECK bool uuid_parse(const char *text, struct uuid *out);

/*
 * uuid_bogus: true for values that many boards share (all zero, all FF, placeholders of firmware
 * vendors), which must never be the key of a device.
 */
bool uuid_bogus(const struct uuid *u);

#endif
