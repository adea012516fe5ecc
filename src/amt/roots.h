/* SPDX-License-Identifier: Apache-2.0 */
/* roots: names of the root certificates whose hashes AMT firmware carries. Display help only. */
#ifndef MUSTER_AMT_ROOTS_H
#define MUSTER_AMT_ROOTS_H

#include <stddef.h>
#include <stdint.h>

/* root_name: the vendor's name of a root by its hash, or NULL. Source: protocol/setup.md 3.9. */
const char *root_name(unsigned int type, const uint8_t *hash, size_t len);

#endif
