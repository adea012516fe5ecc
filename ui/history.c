/* SPDX-License-Identifier: Apache-2.0 */
/* history: the lines somebody typed, the newest last, kept in a file. */
#include "ui/history.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

/* A file is cut back to HISTORY_MAX lines when it is read, so it grows by one session at most. */
enum { FILE_MAX = 1024 * 1024 };

void
history_default_path(char *out, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	out[0] = '\0';
	if (state != NULL && state[0] == '/')
		(void)snprintf(out, size, "%s/muster/history", state);
	else if (home != NULL && home[0] == '/')
		(void)snprintf(out, size, "%s/.local/state/muster/history", home);
}

static void
keep(struct history *h, const char *line, size_t len)
{
	char text[HISTORY_LINE];

	text_clean(text, sizeof(text), line, len);
	if (h->lines == NULL)
		h->lines = calloc(HISTORY_MAX, sizeof(*h->lines));
	if (h->lines == NULL || text[0] == '\0')
		return;
	if (h->n == HISTORY_MAX) {
		memmove(h->lines[0], h->lines[1], (HISTORY_MAX - 1) * sizeof(h->lines[0]));
		h->n--;
	}
	memcpy(h->lines[h->n++], text, sizeof(text));
	h->at = h->n;
}

/* The folders on the way to the file. */
static void
make_folders(const char *path)
{
	char folder[1024];

	(void)text_copy(folder, sizeof(folder), path);
	for (char *p = folder + 1; (p = strchr(p, '/')) != NULL; *p++ = '/') {
		*p = '\0';
		(void)mkdir(folder, 0700); /* there already, or not to be had: writing tells */
	}
}

void
history_open(struct history *h, const char *path)
{
	SCOPED(buf) struct buf text = { 0 };
	SCOPED(buf) struct buf shorter = { 0 };
	struct stat st;
	struct err ignored; /* there is no history then */
	size_t lines = 0;

	if (!text_copy(h->path, sizeof(h->path), path))
		h->path[0] = '\0';
	if (h->path[0] == '\0' || stat(h->path, &st) < 0 || !S_ISREG(st.st_mode) || file_read(h->path, FILE_MAX, &text, &ignored) < 0)
		return;
	for (const char *p = buf_str(&text), *end; *p != '\0'; p = *end == '\0' ? end : end + 1, lines++) {
		end = strchrnul(p, '\n');
		keep(h, p, (size_t)(end - p));
	}
	if (lines <= HISTORY_MAX)
		return;
	for (size_t i = 0; i < h->n; i++)
		buf_printf(&shorter, "%s\n", h->lines[i]);
	(void)!file_replace(h->path, buf_str(&shorter), strlen(buf_str(&shorter)), &ignored);
}

void
history_free(struct history *h)
{
	free(h->lines);
	*h = (struct history){ 0 };
}

void
history_add(struct history *h, const char *line)
{
	char text[HISTORY_LINE + 1];

	h->at = h->n;
	if (line[0] == '\0' || (h->n > 0 && strcmp(h->lines[h->n - 1], line) == 0))
		return;
	keep(h, line, strlen(line));
	if (h->n == 0 || h->path[0] == '\0')
		return;
	make_folders(h->path);
	int fd = open(h->path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd < 0)
		return; /* it stays in memory */
	int len = snprintf(text, sizeof(text), "%s\n", h->lines[h->n - 1]);
	(void)!write(fd, text, (size_t)len);
	(void)close(fd);
}

const char *
history_step(struct history *h, int step)
{
	if ((step < 0 && h->at == 0) || (step > 0 && h->at >= h->n))
		return NULL;
	h->at = step < 0 ? h->at - 1 : h->at + 1;
	return h->at == h->n ? "" : h->lines[h->at];
}
