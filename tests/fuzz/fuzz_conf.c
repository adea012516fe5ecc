/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_conf: any text as a configuration file. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/conf.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf c;
	struct err e = { 0 };
	char path[64];
	int fd = memfd_create("conf", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (conf_load(path, &c, &e) < 0)
		MUST(e.code == ERR_CONFIG && e.text[0] != '\0');
	(void)close(fd);
	return 0;
}
