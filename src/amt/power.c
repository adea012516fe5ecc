/* SPDX-License-Identifier: Apache-2.0 */
/* power: power packages of AMT by their GUID, best first for each choice of a profile. Source: protocol/wsman.md 7.15.1. */
#include "amt/power.h"

#include <string.h>

static const struct {
	enum power_package package;
	const char *guid; /* base64 as on the wire */
} packages[] = {
	{ POWER_S0_S3_S5, "cyJzRiPcQy+pihPTeYLYVQ==" }, /* desktop: S0, ME wake in S3, S4-5 */
	{ POWER_S0_S3_S5, "MIAN7gnAeEOvKHhootu+Og==" }, /* mobile: the same, on AC */
	{ POWER_S0_S3_S5, "coarrJa0SOKbnpt9+Rx/1A==" }, /* desktop: on in S0, S3, S4-5 */
	{ POWER_S0_S3_S5, "Uw4I22wP2Uiy0olY0/EVbg==" }, /* mobile: the same, on AC */
	{ POWER_S0_S3_S5, "1gvj7QTFLEa3ctGAGO4vxA==" }, /* desktop: the first, off after power loss */
	{ POWER_S0_S3_S5, "xRmkum5vjU2yJ1F/fkWV2w==" }, /* desktop: the third, off after power loss */
	{ POWER_S0, "lE+DEvsQT9yWjh4jKwyQZQ==" },       /* desktop: on in S0 */
	{ POWER_S0, "djmXEQtWUEOIcJgS85G1YA==" },       /* mobile: on in S0 */
};

enum power_package
power_of(const char *guid)
{
	for (size_t i = 0; i < ARRAY_LEN(packages); i++)
		if (strcmp(packages[i].guid, guid) == 0)
			return packages[i].package;
	return POWER_KEEP;
}

size_t
power_rank(enum power_package want, const char *guid)
{
	for (size_t i = 0; i < ARRAY_LEN(packages); i++)
		if (packages[i].package == want && strcmp(packages[i].guid, guid) == 0)
			return i;
	return POWER_RANKS;
}
