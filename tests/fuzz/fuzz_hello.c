/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_hello: any bytes as a hello; what is read must build the same message again. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "amt/hello.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hello h;
	static uint8_t again[25 + 255 * 257];
	struct hello_hash some[4];
	struct err e = { 0 };
	size_t need = hello_need(data, size);

	(void)hello_hashes(data, size, some, 4);
	if (hello_parse(data, size, &h, &e) < 0) {
		MUST(e.code == ERR_HELLO || e.code == ERR_HELLO_VERSION);
		return 0;
	}
	MUST(need == size - h.trailing);
	if (h.nskipped == 0)
		MUST(hello_build(&h, again, sizeof(again)) == need && memcmp(again, data, need) == 0);
	return 0;
}
