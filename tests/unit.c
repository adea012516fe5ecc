/* SPDX-License-Identifier: Apache-2.0 */
/* unit: files of the source tree and temporary files, for the unit tests. */
#include "tests/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { SOURCE_MAX = 4 << 20 };

void
source_path(char *out, size_t size, const char *name)
{
	const char *top = getenv("MUSTER_SRCDIR");

	(void)snprintf(out, size, "%s/%s", top == NULL ? "." : top, name);
}

void
source_read(const char *name, struct buf *out)
{
	char path[1024];
	struct err e;

	source_path(path, sizeof(path), name);
	if (file_read(path, SOURCE_MAX, out, &e) < 0)
		fail_msg("%s", e.text);
}

void
temp_dir(char *out, size_t size)
{
	(void)snprintf(out, size, "unit.XXXXXX");
	assert_non_null(mkdtemp(out));
}

void
temp_drop(const char *dir)
{
	DIR *d = opendir(dir);
	char path[1024];

	assert_non_null(d);
	for (const struct dirent *f; (f = readdir(d)) != NULL;) {
		if (f->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, f->d_name);
		(void)unlink(path);
	}
	(void)closedir(d);
	assert_int_equal(rmdir(dir), 0);
}

void
temp_file(const char *dir, const char *name, const void *data, size_t len, unsigned int mode,
    char *out, size_t size)
{
	(void)snprintf(out, size, "%s/%s", dir, name);
	(void)unlink(out); /* an earlier one may be read-only */
	FILE *f = fopen(out, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(out, (mode_t)mode), 0);
}
