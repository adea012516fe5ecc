/* SPDX-License-Identifier: Apache-2.0 */
/* trace: the files of the debug trace: two for each device, bounded. */
#include "engine/trace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

struct trace {
	char dir[512];
	size_t file_max;
	int64_t all_max;
	pthread_mutex_t lock; /* guards the files and all below; held while they are written, by traced devices only */
	int64_t bytes;        /* in all files; -1: not counted yet */
	bool failed;          /* told already */
};

static const char *const endings[] = { [TRACE_TALK] = ".txt", [TRACE_FAILED] = ".error.log" };

struct found {
	char name[64];
	int64_t size;
	struct timespec at;
};

int
trace_new(const char *dir, size_t file_max, int64_t all_max, struct trace **out, struct err *e)
{
	struct trace *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return err_set(e, ERR_MEMORY, "debug trace");
	(void)text_copy(t->dir, sizeof(t->dir), dir);
	t->file_max = file_max;
	t->all_max = all_max;
	t->bytes = -1;
	(void)pthread_mutex_init(&t->lock, NULL);
	*out = t;
	return 0;
}

void
trace_free(struct trace *t)
{
	if (t == NULL)
		return;
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

static int
by_age(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->at.tv_sec != y->at.tv_sec)
		return x->at.tv_sec < y->at.tv_sec ? -1 : 1;
	return x->at.tv_nsec < y->at.tv_nsec ? -1 : x->at.tv_nsec > y->at.tv_nsec;
}

static bool
is_ours(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (n > strlen(endings[i]) && strcmp(name + n - strlen(endings[i]), endings[i]) == 0)
			return true;
	return false;
}

/* The files of the folder that are ours, as an array of struct found; their size in all. */
static int64_t
look(const struct trace *t, struct buf *list)
{
	DIR *d = opendir(t->dir);
	int64_t sum = 0;

	for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL;) {
		struct found f = { .size = 0 };
		struct stat st;

		if (!is_ours(entry->d_name) || !text_copy(f.name, sizeof(f.name), entry->d_name) ||
		    fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
			continue;
		f.size = st.st_size;
		f.at = st.st_mtim;
		sum += f.size;
		buf_add(list, &f, sizeof(f));
	}
	if (d != NULL)
		(void)closedir(d);
	return sum;
}

/* Removes the oldest files until a tenth is free again. The lock is held. */
static void
make_room(struct trace *t)
{
	SCOPED(buf) struct buf list = { 0 };
	char path[600];

	t->bytes = look(t, &list);
	if (t->bytes <= t->all_max || list.bad)
		return;
	struct found *f = (struct found *)(void *)list.p;
	size_t n = list.len / sizeof(*f);
	qsort(f, n, sizeof(*f), by_age);
	for (size_t i = 0; i < n && t->bytes > t->all_max - t->all_max / 10; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", t->dir, f[i].name);
		if (unlink(path) == 0)
			t->bytes -= f[i].size;
	}
}

/* The file of a device, open for more; a full one gives way to an empty one. */
static int
open_file(struct trace *t, const char *uuid, enum trace_file which, size_t len, struct err *e)
{
	char path[600], old[600];
	struct stat st;

	if (mkdir(t->dir, 0700) < 0 && errno != EEXIST)
		return err_errno(e, ERR_FILE, "%s", t->dir);
	(void)snprintf(path, sizeof(path), "%s/%s%s", t->dir, uuid, endings[which]);
	(void)snprintf(old, sizeof(old), "%s/%s.old%s", t->dir, uuid, endings[which]);
	if (lstat(path, &st) == 0 && (size_t)st.st_size + len > t->file_max && rename(path, old) < 0)
		return err_errno(e, ERR_FILE, "%s", old);
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? err_errno(e, ERR_FILE, "%s", path) : fd;
}

static int
write_locked(struct trace *t, const char *uuid, enum trace_file which, const char *text, size_t len, struct err *e)
{
	SCOPED(fd) int fd = open_file(t, uuid, which, len, e);
	ssize_t n = 0;

	if (fd < 0)
		return -1;
	for (size_t at = 0; at < len; at += (size_t)n) {
		n = write(fd, text + at, len - at);
		if (n < 0 && errno != EINTR)
			return err_errno(e, ERR_FILE, "%s/%s%s", t->dir, uuid, endings[which]);
		n = n < 0 ? 0 : n;
	}
	t->bytes += t->bytes < 0 ? 0 : (int64_t)len;
	if (t->bytes < 0 || t->bytes > t->all_max)
		make_room(t);
	return 0;
}

int
trace_write(struct trace *t, const char *uuid, enum trace_file which, const char *text, size_t len, struct err *e)
{
	if (len > t->file_max)
		len = t->file_max;
	(void)pthread_mutex_lock(&t->lock);
	int rc = write_locked(t, uuid, which, text, len, e);
	(void)pthread_mutex_unlock(&t->lock);
	return rc;
}

int64_t
trace_bytes(struct trace *t)
{
	SCOPED(buf) struct buf list = { 0 };

	(void)pthread_mutex_lock(&t->lock);
	int64_t n = t->bytes = look(t, &list);
	(void)pthread_mutex_unlock(&t->lock);
	return n;
}

bool
trace_tell(struct trace *t, bool good)
{
	(void)pthread_mutex_lock(&t->lock);
	bool tell = !good && !t->failed;
	t->failed = !good;
	(void)pthread_mutex_unlock(&t->lock);
	return tell;
}
