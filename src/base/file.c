/* SPDX-License-Identifier: Apache-2.0 */
/* file: whole files in and out. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

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

/* What keeps a file from being written, as its owner would say it. */
static int
not_written(struct err *e, const char *path)
{
	static const struct {
		int number;
		const char *text;
	} reasons[] = {
		{ EEXIST, "exists already; muster does not replace it" },
		{ ENOENT, "its folder does not exist" },
		{ ENOTDIR, "its folder is a file" },
		{ EACCES, "you may not write into its folder" },
		{ EPERM, "you may not write into its folder" },
		{ EROFS, "the disk is read-only" },
		{ ENOSPC, "the disk is full" },
		{ EDQUOT, "your share of the disk is used up" },
		{ EFBIG, "larger than you may write (ulimit -f)" },
		{ ENAMETOOLONG, "the name is too long" },
	};
	const char *shown = strlen(path) > 140 ? path + strlen(path) - 140 : path; /* the end says more */

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (errno == reasons[i].number)
			return err_set(e, ERR_FILE, "%s: %s", shown, reasons[i].text);
	return err_errno(e, ERR_FILE, "%s", shown);
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
	return 0;
}

/* How a file without a name is reached, to be given one. */
static void
place_of(int fd, char out[32])
{
	(void)snprintf(out, 32, "/proc/self/fd/%d", fd);
}

/* Whoever kills us leaves nothing behind then. -1: the file system cannot, or there is no /proc. */
static int
open_nameless(const char *path)
{
	char folder[4096], place[32];
	const char *slash = strrchr(path, '/');

	(void)snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1, slash == NULL ? "." : path);
	int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	place_of(fd, place);
	if (access(place, F_OK) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static int
open_part(const char *path, char *part, size_t size)
{
	static const char end[] = ".part";

	if ((size_t)snprintf(part, size, "%s.XXXXXX%s", path, end) >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return mkostemps(part, sizeof(end) - 1, O_CLOEXEC); /* made with mode 0600 */
}

int
file_out_open(struct file_out *o, const char *path, struct err *e)
{
	struct stat st;

	*o = (struct file_out){ .fd = STDOUT_FILENO, .named = strcmp(path, "-") != 0 };
	if (!o->named) {
		(void)text_copy(o->path, sizeof(o->path), "standard output");
		o->open = true;
		return 0;
	}
	if (path[0] == '\0')
		return err_set(e, ERR_FILE, "the file needs a name");
	if (!text_copy(o->path, sizeof(o->path), path)) {
		errno = ENAMETOOLONG;
		return not_written(e, path);
	}
	if (lstat(path, &st) == 0)
		errno = EEXIST;
	if (errno != ENOENT) /* told before the work is done; file_out_close is who refuses */
		return not_written(e, path);
	o->fd = open_nameless(path);
	if (o->fd < 0)
		o->fd = open_part(path, o->part, sizeof(o->part));
	if (o->fd < 0)
		return not_written(e, path);
	o->open = true;
	return 0;
}

int
file_out_write(struct file_out *o, const void *data, size_t len, struct err *e)
{
	return write_all(o->fd, data, len) < 0 ? not_written(e, o->path) : 0;
}

/* Under its name, unless that is taken: by the kernel, in one step. */
static int
give_name(const struct file_out *o)
{
	char place[32];

	if (o->part[0] == '\0') {
		place_of(o->fd, place);
		return linkat(AT_FDCWD, place, AT_FDCWD, o->path, AT_SYMLINK_FOLLOW);
	}
	if (renameat2(AT_FDCWD, o->part, AT_FDCWD, o->path, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS) /* a file system that cannot, such as NFS */
		return -1;
	return link(o->part, o->path) < 0 ? -1 : unlink(o->part);
}

int
file_out_close(struct file_out *o, struct err *e)
{
	int rc = o->named && (fsync(o->fd) < 0 || give_name(o) < 0) ? not_written(e, o->path) : 0;

	if (rc == 0)
		o->part[0] = '\0'; /* it is the file now */
	file_out_abort(o);
	return rc;
}

void
file_out_abort(struct file_out *o)
{
	if (!o->open)
		return;
	if (o->named)
		(void)close(o->fd);
	if (o->part[0] != '\0')
		(void)unlink(o->part);
	o->open = false;
}

int
file_write_new(const char *path, const void *data, size_t len, struct err *e)
{
	SCOPED(file_out) struct file_out o = { 0 };

	return file_out_open(&o, path, e) < 0 || file_out_write(&o, data, len, e) < 0 ? -1 : file_out_close(&o, e);
}

int
file_replace(const char *path, const void *data, size_t len, struct err *e)
{
	char part[4096];
	SCOPED(fd) int fd = open_part(path, part, sizeof(part));

	if (fd < 0)
		return not_written(e, path);
	if (write_all(fd, data, len) < 0 || fsync(fd) < 0 || rename(part, path) < 0) {
		(void)not_written(e, path);
		(void)unlink(part);
		return -1;
	}
	return 0;
}

void
datadir_path(char *out, size_t size, const char *name)
{
	const char *dir = getenv("MUSTER_DATADIR");

	(void)snprintf(out, size, "%s/%s", dir == NULL ? MUSTER_PKGDATADIR : dir, name);
}
