/* SPDX-License-Identifier: Apache-2.0 */
/* file: whole files in and out. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef MUSTER_PKGDATADIR
#define MUSTER_PKGDATADIR "/usr/share/muster"
#endif

int
file_read(const char *path, size_t max, struct buf *out, struct err *e)
{
	char chunk[8192];
	SCOPED(fd) int fd = -1;
	int from = STDIN_FILENO;

	if (strcmp(path, "-") != 0) {
		fd = from = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return err_errno(e, ERR_FILE, "%s", path);
	}
	for (;;) {
		ssize_t n = read(from, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, ERR_FILE, "%s", path);
		if (n == 0)
			break;
		if (out->len + (size_t)n > max)
			return err_set(e, ERR_FILE, "%s: larger than %zu bytes", path, max);
		buf_add(out, chunk, (size_t)n);
	}
	explicit_bzero(chunk, sizeof(chunk));
	return out->bad ? err_set(e, ERR_MEMORY, "%s: no memory to read it", path) : 0;
}

static int
write_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return fsync(fd);
}

int
file_write_private(const char *path, const void *data, size_t len, bool replace, struct err *e)
{
	char temp[4096];
	int fd;

	if ((size_t)snprintf(temp, sizeof(temp), "%s.XXXXXX", path) >= sizeof(temp))
		return err_set(e, ERR_FILE, "%s: name too long", path);
	fd = mkostemp(temp, O_CLOEXEC); /* made with mode 0600 */
	if (fd < 0)
		return err_errno(e, ERR_FILE, "%s", path);
	if (write_all(fd, data, len) < 0 || close(fd) < 0) {
		(void)err_errno(e, ERR_FILE, "%s", path);
		(void)unlink(temp);
		return -1;
	}
	/* link() refuses an existing name, rename() replaces it: both at once for readers. */
	int rc = replace ? rename(temp, path) : link(temp, path);
	if (rc < 0)
		(void)err_errno(e, ERR_FILE, "%s", path);
	if (rc < 0 || !replace)
		(void)unlink(temp);
	return rc;
}

void
datadir_path(char *out, size_t size, const char *name)
{
	const char *dir = getenv("MUSTER_DATADIR");

	(void)snprintf(out, size, "%s/%s", dir == NULL ? MUSTER_PKGDATADIR : dir, name);
}
