/* SPDX-License-Identifier: Apache-2.0 */
/* pty: the real console in a pseudo terminal. */
#include "tests/ui/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit.h"

#include "base/clock.h"
#include "base/text.h"
#include "tests/ui/db.h"

static void
run_console(int sync, const char *user, const char *const *env, const char *option)
{
	char program[1024], info[512], fd[32];
	const char *build = getenv("BUILD");

	(void)signal(SIGINT, SIG_DFL); /* a shell ignores it in the background */
	(void)setenv("TERM", "xterm-256color", 1);
	(void)setenv("LC_ALL", "C.UTF-8", 1);
	static const char *const foreign[] = { "NO_COLOR", "COLORFGBG", "MUSTER_THEME", "XDG_STATE_HOME", "HOME" };
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) /* the tester's own; without a home there is no file of the history */
		(void)unsetenv(foreign[i]);
	for (; env != NULL && *env != NULL; env++)
		(void)putenv(strdup(*env));
	(void)snprintf(program, sizeof(program), "%s/muster", build == NULL ? "." : build);
	(void)snprintf(fd, sizeof(fd), "--sync-fd=%d", sync);
	db_conninfo(info, sizeof(info), user);
	(void)execl(program, program, "-d", info, fd, option, (char *)NULL);
	perror(program);
	_exit(126);
}

static void
answer(const char *bytes, size_t len, void *arg)
{
	struct pty *p = arg;

	(void)(write(p->fd, bytes, len) < 0);
}

void
pty_start(struct pty *p, int width, int height, const char *user, const char *const *env, const char *option)
{
	struct winsize size = { .ws_row = (unsigned short)height, .ws_col = (unsigned short)width };
	int sync[2];

	*p = (struct pty){ .width = width, .height = height, .status = -1 };
	assert_int_equal(pipe(sync), 0);
	p->pid = forkpty(&p->fd, NULL, NULL, &size);
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		(void)close(sync[0]);
		run_console(sync[1], user, env, option);
	}
	(void)close(sync[1]);
	p->sync = sync[0];
	(void)fcntl(p->sync, F_SETFL, O_NONBLOCK);
	(void)fcntl(p->fd, F_SETFL, O_NONBLOCK);
	p->vt = vterm_new(height, width);
	vterm_set_utf8(p->vt, 1);
	vterm_output_set_callback(p->vt, answer, p);
	p->screen = vterm_obtain_screen(p->vt);
	vterm_screen_enable_altscreen(p->screen, 1);
	vterm_screen_reset(p->screen, 1);
}

void
pty_begin(struct pty *p, int width, int height, const char *const *env, const char *option)
{
	pty_start(p, width, height, "t_operator", env, option);
	pty_wait(p, "engine one");
	pty_settle(p);
}

void
pty_stop(struct pty *p)
{
	if (p->status == -1) {
		(void)kill(p->pid, SIGKILL);
		(void)waitpid(p->pid, &p->status, 0);
	}
	if (p->fd >= 0)
		(void)close(p->fd);
	(void)close(p->sync);
	vterm_free(p->vt);
}

static void
take(struct pty *p, const char *bytes, size_t n)
{
	p->bytes += n;
	for (size_t i = 0; i < n; i++)
		p->high += (unsigned char)bytes[i] >= 0x80;
	(void)vterm_input_write(p->vt, bytes, n);
	if (p->ntail + n >= PTY_TAIL) {
		size_t drop = p->ntail + n - PTY_TAIL + 1;

		drop = drop > p->ntail ? p->ntail : drop;
		memmove(p->tail, p->tail + drop, p->ntail - drop);
		p->ntail -= drop;
	}
	memcpy(p->tail + p->ntail, bytes, n);
	p->ntail += n;
	p->tail[p->ntail] = '\0';
}

/* Read what has come, waiting at most ms for something. */
static bool
step(struct pty *p, int ms)
{
	struct pollfd fds[] = { { .fd = p->eof ? -1 : p->fd, .events = POLLIN }, { .fd = p->sync, .events = POLLIN } };
	char bytes[4096];
	bool some = false;

	if (poll(fds, ARRAY_LEN(fds), ms) <= 0)
		return false;
	if (fds[0].revents != 0) {
		ssize_t n = read(p->fd, bytes, sizeof(bytes));

		if (n > 0)
			take(p, bytes, (size_t)n);
		else if (n == 0 || errno != EAGAIN)
			p->eof = true;
		some = n > 0;
	}
	if ((fds[1].revents & POLLIN) != 0) {
		ssize_t n = read(p->sync, bytes, sizeof(bytes));

		p->syncs += n > 0 ? (size_t)n : 0;
	} else if (fds[1].revents != 0 && p->eof) {
		clock_sleep_ms(5); /* both ends are closed */
	}
	return some;
}

void
pty_run(struct pty *p, int ms)
{
	int64_t end = clock_ms() + ms;

	for (int64_t now; (now = clock_ms()) < end;)
		(void)step(p, (int)(end - now));
}

void
pty_send(struct pty *p, const char *bytes, size_t len)
{
	int64_t end = clock_ms() + 20000;

	p->synced = p->syncs;
	while (len > 0 && !p->eof) {
		ssize_t n = write(p->fd, bytes, len > 1024 ? 1024 : len);

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (errno != EAGAIN) {
			return;
		}
		(void)step(p, n > 0 ? 0 : 10);
		if (clock_ms() > end)
			fail_msg("the console does not read: %zu bytes are left", len);
	}
}

void
pty_type(struct pty *p, const char *text)
{
	pty_send(p, text, strlen(text));
}

void
pty_size(struct pty *p, int width, int height)
{
	struct winsize size = { .ws_row = (unsigned short)height, .ws_col = (unsigned short)width };

	p->width = width;
	p->height = height;
	vterm_set_size(p->vt, height, width);
	assert_int_equal(ioctl(p->fd, TIOCSWINSZ, &size), 0);
}

void
pty_settle(struct pty *p)
{
	int64_t end = clock_ms() + PTY_WAIT_MS;

	while (p->syncs == p->synced || step(p, 60)) {
		(void)step(p, 10);
		if (clock_ms() > end)
			fail_msg("the console is not up to date within %d ms", PTY_WAIT_MS);
		if (p->eof)
			return;
	}
	p->synced = p->syncs;
}

void
pty_row(struct pty *p, int y, char *out, size_t size)
{
	size_t used = 0, end = 0;

	for (int x = 0; x < p->width && used + 5 < size;) {
		VTermScreenCell cell;
		VTermPos pos = { .row = y, .col = x };

		(void)vterm_screen_get_cell(p->screen, pos, &cell);
		uint32_t ch = cell.chars[0] == 0 ? ' ' : cell.chars[0];
		used += text_put(out + used, ch);
		if (ch != ' ')
			end = used;
		x += cell.width < 1 ? 1 : cell.width;
	}
	out[end] = '\0';
}

bool
pty_shows(struct pty *p, const char *text)
{
	char row[2048];

	for (int y = 0; y < p->height; y++) {
		pty_row(p, y, row, sizeof(row));
		if (strstr(row, text) != NULL)
			return true;
	}
	return false;
}

void
pty_wait(struct pty *p, const char *text)
{
	int64_t end = clock_ms() + PTY_WAIT_MS;

	while (!pty_shows(p, text)) {
		if (clock_ms() > end || p->eof) {
			char row[2048];

			for (int y = 0; y < p->height; y++) {
				pty_row(p, y, row, sizeof(row));
				print_error("|%s\n", row);
			}
			fail_msg("\"%s\" does not come%s", text, p->eof ? ": the console has ended" : "");
		}
		(void)step(p, 20);
	}
}

void
pty_wait_end(struct pty *p, int ms)
{
	int64_t end = clock_ms() + ms;

	while (waitpid(p->pid, &p->status, WNOHANG) != p->pid) {
		if (clock_ms() > end) {
			p->status = -1;
			fail_msg("the console still runs after %d ms", ms);
		}
		(void)step(p, 10);
	}
	pty_run(p, 20); /* what it sent last */
}

bool
pty_sent(const struct pty *p, const char *bytes)
{
	return memmem(p->tail, p->ntail, bytes, strlen(bytes)) != NULL;
}

VTermScreenCell
pty_cell(struct pty *p, const char *text)
{
	VTermScreenCell cell = { 0 };
	char row[2048];

	for (int y = 0; y < p->height; y++) {
		pty_row(p, y, row, sizeof(row));
		char *at = strstr(row, text);
		int x = 0;

		if (at == NULL)
			continue;
		for (const char *s = row; s < at; x++)
			(void)text_next(&s);
		(void)vterm_screen_get_cell(p->screen, (VTermPos){ .row = y, .col = x }, &cell);
		return cell;
	}
	fail_msg("\"%s\" is not on the screen", text);
	return cell;
}
