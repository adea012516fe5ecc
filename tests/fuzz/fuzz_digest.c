/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_digest: any text as a WWW-Authenticate header; what is taken must be answered with a header line. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "amt/digest.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct secret password = { .len = 8, .s = "P@ssw0rd" };
	SCOPED(buf) struct buf out = { 0 };
	struct digest d;
	struct err e;
	char value[640]; /* as much as the reader of headers keeps */
	size_t len = size < sizeof(value) ? size : sizeof(value) - 1;

	memcpy(value, data, len);
	value[len] = '\0';
	if (!digest_challenge(value, &d))
		return 0;
	MUST(d.realm[0] != '\0' && d.nonce[0] != '\0');
	MUST(digest_authorize(&d, "admin", &password, "/wsman", "<a/>", 4, NULL, &out, &e) == 0);
	MUST(strpbrk(buf_str(&out), "\r\n") == NULL); /* no line of its own in our request */
	return 0;
}
