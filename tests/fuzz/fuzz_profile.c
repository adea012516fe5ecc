/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_profile: any text as a profile; one that is taken must be written and taken again. */
#include "tests/fuzz/fuzz.h"

#include "amt/profile.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED(buf) struct buf out = { 0 };
	struct profile p, again;
	struct err e = { 0 };

	if (profile_parse((const char *)data, size, &p, &e) < 0) {
		MUST(e.code == ERR_PROFILE && e.text[0] != '\0');
		return 0;
	}
	MUST(profile_write(&p, &out, &e) == 0);
	MUST(profile_parse(out.p, out.len, &again, &e) == 0);
	MUST(again.nacl == p.nacl && again.power == p.power);
	return 0;
}
