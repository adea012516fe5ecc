/* SPDX-License-Identifier: Apache-2.0 */
/* trace: the debug trace: a file for each device, bounded. */
#include "engine/trace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/run.h"

struct trace {
	char dir[512];
	size_t file_max;
	int64_t all_max;
	pthread_mutex_t lock; /* guards the files and all below; held while they are written, by traced devices only */
	int64_t bytes;        /* in all files; -1: not counted yet */
	bool failed;          /* told already */
};

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

bool
trace_wanted(const char *setting, const char *uuid)
{
	size_t n = strlen(uuid);

	if (strcasecmp(setting, "all") == 0)
		return true;
	for (; n > 0 && *setting != '\0'; setting += strcspn(setting, " ")) {
		setting += strspn(setting, " ");
		if (strncasecmp(setting, uuid, n) == 0 && (setting[n] == ' ' || setting[n] == '\0'))
			return true;
	}
	return false;
}

static int
by_age(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->at.tv_sec != y->at.tv_sec)
		return x->at.tv_sec < y->at.tv_sec ? -1 : 1;
	return x->at.tv_nsec < y->at.tv_nsec ? -1 : x->at.tv_nsec > y->at.tv_nsec;
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
		size_t n = strlen(entry->d_name);

		if (n < 4 || strcmp(entry->d_name + n - 4, ".txt") != 0 || !text_copy(f.name, sizeof(f.name), entry->d_name) ||
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
open_file(struct trace *t, const char *uuid, size_t len, struct err *e)
{
	char path[600], old[600];
	struct stat st;

	if (mkdir(t->dir, 0700) < 0 && errno != EEXIST)
		return err_errno(e, ERR_FILE, "%s", t->dir);
	(void)snprintf(path, sizeof(path), "%s/%s.txt", t->dir, uuid);
	(void)snprintf(old, sizeof(old), "%s/%s.old.txt", t->dir, uuid);
	if (lstat(path, &st) == 0 && (size_t)st.st_size + len > t->file_max && rename(path, old) < 0)
		return err_errno(e, ERR_FILE, "%s", old);
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? err_errno(e, ERR_FILE, "%s", path) : fd;
}

static int
write_locked(struct trace *t, const char *uuid, const char *text, size_t len, struct err *e)
{
	SCOPED(fd) int fd = open_file(t, uuid, len, e);
	ssize_t n = 0;

	if (fd < 0)
		return -1;
	for (size_t at = 0; at < len; at += (size_t)n) {
		n = write(fd, text + at, len - at);
		if (n < 0 && errno != EINTR)
			return err_errno(e, ERR_FILE, "%s/%s.txt", t->dir, uuid);
		n = n < 0 ? 0 : n;
	}
	t->bytes += t->bytes < 0 ? 0 : (int64_t)len;
	if (t->bytes < 0 || t->bytes > t->all_max)
		make_room(t);
	return 0;
}

int
trace_write(struct trace *t, const char *uuid, const char *text, size_t len, struct err *e)
{
	if (len > t->file_max)
		len = t->file_max;
	(void)pthread_mutex_lock(&t->lock);
	int rc = write_locked(t, uuid, text, len, e);
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

/* The text between two marks: the class and the method of a request. */
static void
between(const char *s, const char *from, const char *to, char *out, size_t size)
{
	const char *start = strstr(s, from), *end = start == NULL ? NULL : strstr(start + strlen(from), to);

	out[0] = '\0';
	if (end == NULL)
		return;
	const char *last = end; /* what stands after the last slash */
	while (last > start + strlen(from) && last[-1] != '/')
		last--;
	text_clean(out, size, last, (size_t)(end - last));
}

static void
describe(struct run *r, const struct http_exchange *x, struct buf *out)
{
	char when[CLOCK_TEXT], before[CLOCK_TEXT], method[96], class[96];
	int64_t now = clock_wall_us();

	between(x->request, "Action>", "</a:Action>", method, sizeof(method));
	between(x->request, "<w:ResourceURI>", "</w:ResourceURI>", class, sizeof(class));
	clock_text(now, when);
	clock_text(now - x->took_ms * 1000, before);
	buf_printf(out, "%s > attempt %d: %s %s, %zu bytes%s\n", before, r->hold.attempt, method, class, x->len,
	    x->authorized ? ", Authorization: ***" : "");
	mask_xml(&r->mask, true, x->request, x->len, out);
	if (x->reply == NULL) {
		buf_printf(out, "\n%s < no answer after %d ms: %s (%d)\n\n", when, (int)x->took_ms, x->why->text, (int)x->why->code);
		return;
	}
	buf_printf(out, "\n%s < HTTP %ld, %zu bytes after %d ms\n", when, x->reply->status, x->reply->body.len, (int)x->took_ms);
	mask_xml(&r->mask, false, buf_str(&x->reply->body), x->reply->body.len, out);
	buf_puts(out, "\n\n");
}

/* A full disk would else be told with every exchange. */
static void
tell_once(struct run *r, bool good, const struct err *e)
{
	struct trace *t = r->en->trace;

	(void)pthread_mutex_lock(&t->lock);
	bool tell = !good && !t->failed;
	t->failed = !good;
	(void)pthread_mutex_unlock(&t->lock);
	if (tell)
		run_log(r, EVENT_WARNING, (int)e->code, "Debug trace is not written: %s", e->text);
}

void
trace_exchange(void *arg, const struct http_exchange *x)
{
	struct run *r = arg;
	SCOPED(buf) struct buf text = { .max = TRACE_FILE_MAX };
	struct settings now;
	struct err e;

	engine_settings(r->en, &now); /* switched on and off while devices are spoken to */
	if (!trace_wanted(now.trace, r->dev.uuid))
		return;
	describe(r, x, &text);
	bool good = !text.bad ? trace_write(r->en->trace, r->dev.uuid, buf_str(&text), text.len, &e) == 0
			      : err_set(&e, ERR_MEMORY, "an exchange is too large for it") == 0;
	tell_once(r, good, &e);
}
