/* SPDX-License-Identifier: Apache-2.0 */
/* power: power packages of AMT by their GUID, as devices name them. */
#ifndef MUSTER_AMT_POWER_H
#define MUSTER_AMT_POWER_H

#include <stddef.h>

#include "amt/profile.h"

enum { POWER_RANKS = 99 };

/* power_of: what a profile calls the package with this GUID (base64 of 16 bytes); POWER_KEEP: it has no name for it. */
enum power_package power_of(const char *guid);

/* power_rank: how well the package fits what a profile wants: 0 is best, POWER_RANKS: not at all. */
size_t power_rank(enum power_package want, const char *guid);

#endif
