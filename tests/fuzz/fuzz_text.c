/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_text: any bytes as text for a terminal: the result holds no character that drives one, ends
 * where told, and is the same when cleaned again.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/text.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t sizes[] = { 1, 2, 3, 4, 5, 17, 240, 4096 };
	static char out[4096], again[4096];

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		text_clean(out, sizes[i], (const char *)data, size);
		MUST(strlen(out) < sizes[i]);
		for (const char *p = out; *p != '\0';) {
			uint32_t ch = text_next(&p);

			MUST(ch >= 0x20 && ch != 0xfffd && !(ch >= 0x7f && ch < 0xa0));
			MUST(!(ch >= 0x202a && ch <= 0x202e) && !(ch >= 0x2066 && ch <= 0x2069));
		}
		text_clean(again, sizeof(again), out, strlen(out));
		MUST(strcmp(out, again) == 0);
	}
	return 0;
}
