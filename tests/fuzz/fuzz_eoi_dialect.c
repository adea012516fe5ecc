/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_eoi_dialect: any text as a file of EOI spellings; what was read writes itself and reads back. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "amt/eoi_dialect.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED(buf) struct buf first = { 0 }, second = { 0 };
	struct eoi_dialect d, again;
	struct err e = { 0 };

	if (eoi_dialect_parse((const char *)data, size, "seed", &d, &e) < 0) {
		MUST((e.code == ERR_CONFIG || e.code == ERR_MEMORY) && e.text[0] != '\0');
		return 0;
	}
	eoi_dialect_write(&d, &first);
	MUST(eoi_dialect_parse(buf_str(&first), first.len, "again", &again, &e) == 0);
	eoi_dialect_write(&again, &second);
	MUST(first.len == second.len && memcmp(first.p, second.p, first.len) == 0);
	eoi_dialect_free(&again);
	eoi_dialect_free(&d);
	return 0;
}
