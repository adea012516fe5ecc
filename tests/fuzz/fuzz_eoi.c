/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_eoi: any bytes as the answer of an old device to each operation, every output read in every way. The
 * first byte chooses the operation.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "amt/eoi.h"

static void
read_all(const struct eoi_answer *a, const char *name)
{
	struct err e;
	char text[64];
	uint8_t bytes[64];
	uint32_t number;
	size_t len;
	bool truth;

	for (size_t i = 0; i < 3; i++) {
		int rc[] = { eoi_get_text(a, name, i, text, sizeof(text), &e), eoi_get_word(a, name, i, text, sizeof(text), &e),
			eoi_get_bytes(a, name, i, bytes, sizeof(bytes), &len, &e), eoi_get_number(a, name, i, 1000, &number, &e),
			eoi_get_bool(a, name, &truth, &e) };

		for (size_t k = 0; k < ARRAY_LEN(rc); k++)
			MUST(rc[k] >= -1 && rc[k] <= 1);
		MUST(len <= sizeof(bytes) && number <= 1000 && memchr(text, '\0', sizeof(text)) != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED(eoi_answer) struct eoi_answer a = { 0 };
	struct err e = { 0 };

	if (size == 0)
		return 0;
	const struct eoi_op *op = &eoi_dialect_builtin()->ops[data[0] % EOI_OPS];
	int rc = eoi_read(op, (const char *)data + 1, size - 1, &a, &e);
	if (rc <= 0) {
		MUST(e.code == (rc == 0 ? ERR_FAULT : ERR_ANSWER) && a.node == NULL);
		return 0;
	}
	for (const struct eoi_field *f = op->response; f->name != NULL; f++)
		read_all(&a, f->name);
	return 0;
}
