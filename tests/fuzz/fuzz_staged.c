/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_staged: any text as a list of devices to stage: each line is good or says what is wrong. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "db/staged_file.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED(staged_file) struct staged_file f = { 0 };
	struct buf text = { 0 };
	struct err e = { 0 };

	buf_add(&text, data, size);
	if (staged_file_read(&text, "the file", &f, &e) < 0) {
		MUST(e.code == ERR_INPUT && e.text[0] != '\0');
		return 0;
	}
	for (size_t i = 0; i < f.n; i++) {
		const struct staged_line *l = &f.lines[i];

		MUST(l->good == (l->code == 0));
		MUST(l->good ? strlen(l->uuid) == UUID_TEXT - 1 : l->says != NULL && l->says[0] != '\0');
		for (size_t k = 0; k < STAGED_FIELDS; k++)
			MUST(l->value[k] != NULL);
	}
	MUST(staged_file_sum(&f).good + staged_file_sum(&f).refused == f.n);
	return 0;
}
