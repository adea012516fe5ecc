/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_setup_cert: any bytes as the file with a setup certificate. */
#include "tests/fuzz/fuzz.h"

#include <openssl/err.h>
#include <time.h>

#include "pki/setup_cert.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct secret password = { .len = 6, .s = "secret" };
	SCOPED(buf) struct buf in = { 0 }, pem = { 0 };
	SCOPED(setup_cert) struct setup_cert c = { 0 };
	struct finding findings[FINDINGS_MAX];
	struct err e = { 0 };

	buf_add(&in, data, size);
	if (setup_cert_load(&in, NULL, &password, &c, &e) == 0) {
		MUST(setup_cert_check(&c, time(NULL), findings) <= FINDINGS_MAX);
		MUST(setup_cert_pem(&c, &pem, &e) == 0);
		(void)cert_domain_rank(c.cn, "example.com");
	} else {
		MUST(e.code != ERR_NONE && c.id.leaf == NULL);
	}
	ERR_clear_error();
	return 0;
}
