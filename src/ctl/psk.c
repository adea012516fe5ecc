/* SPDX-License-Identifier: Apache-2.0 */
/* psk: musterctl psk check, and reading lists of pre-shared keys. */
#include "ctl/psk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { TYPED_MAX = 64 * 1024, PID_TYPED_MAX = 20, OPT_LIST = 1 };

/* Lists */

static void
refuse(struct psk_list *l, uint64_t line, int code, const char *says)
{
	if (l->refused++ >= PSK_TOLD_MAX)
		return;
	(void)fprintf(stderr, "line %llu: %s (%d)\n", (unsigned long long)line, says, code);
	(void)json_array_append_new(l->errors, json_pack("{s:I, s:i, s:s}", "line", (json_int_t)line, "code", code, "text", says));
}

/* What fn cannot make of a good line is told like a bad one. */
static int
take_line(void *arg, const struct psk_line *line, struct err *e)
{
	struct psk_list *l = arg;

	if (line->code != 0) {
		refuse(l, line->line, line->code, line->says);
		return 0;
	}
	if (l->fn != NULL && l->fn(l->arg, line, e) < 0) {
		if (e->code != ERR_SETUP_BIN)
			return -1;
		refuse(l, line->line, (int)e->code, e->text);
		return 0;
	}
	l->good++;
	l->shared += line->same_as != 0 ? 1 : 0;
	l->used += line->used ? 1 : 0;
	return 0;
}

/* Piece by piece, so that a list of any length takes no more memory. */
static int
feed_all(int fd, const char *path, struct psk_file *f, struct err *e)
{
	char piece[64 * 1024];
	int rc = 0;

	while (rc == 0) {
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = err_errno(e, ERR_FILE, "%s", path);
		else if (n == 0)
			break;
		else if (psk_file_feed(f, piece, (size_t)n, e) < 0)
			rc = -1;
	}
	explicit_bzero(piece, sizeof(piece));
	return rc == 0 ? psk_file_end(f, e) : rc;
}

int
psk_list_read(const char *path, const char *columns, struct psk_list *l, struct err *e)
{
	SCOPED(fd) int fd = -1;
	struct psk_map map = { 0 };

	if (columns != NULL && psk_map_parse(columns, &map, e) < 0)
		return -1;
	l->errors = json_array();
	l->file = psk_file_new(&map, take_line, l);
	if (l->errors == NULL || l->file == NULL)
		return err_set(e, ERR_MEMORY, "key list");
	if (strcmp(path, "-") != 0 && (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return err_errno(e, ERR_FILE, "%s", path);
	int rc = feed_all(fd < 0 ? STDIN_FILENO : fd, path, l->file, e);
	if (l->refused > PSK_TOLD_MAX)
		(void)fprintf(stderr, "%zu more lines are refused\n", l->refused - PSK_TOLD_MAX);
	return rc < 0 && e->code == ERR_PSK_LIST ? err_wrap(e, path) : rc;
}

void
psk_list_free(struct psk_list *l)
{
	psk_file_free(l->file);
	json_decref(l->errors);
	*l = (struct psk_list){ 0 };
}

int
psk_list_whole(const struct psk_list *l, const char *path, struct err *e)
{
	return l->refused == 0 ? 0 : err_set(e, ERR_PSK_LIST, "%s: %zu of %zu lines are refused, so nothing is made of it", path, l->refused,
	    l->refused + l->good);
}

static int
check_list(const struct ctl *c, const char *path, const char *columns, struct err *e)
{
	SCOPED(psk_list) struct psk_list l = { 0 };
	struct psk_file_info info;
	json_t *found = json_object();

	if (psk_list_read(path, columns, &l, e) < 0) {
		json_decref(found);
		return -1;
	}
	psk_file_info(l.file, &info);
	ctl_say(c, "%s, %s", info.form, info.detail);
	for (int i = 0; i < PSK_FIELDS; i++) {
		if (info.column[i] == NULL)
			continue;
		ctl_say(c, "  %-16s from %s", psk_field_name((enum psk_field)i), info.column[i]);
		(void)json_object_set_new(found, psk_field_name((enum psk_field)i), json_string(info.column[i]));
	}
	if (info.ignored[0] != '\0')
		ctl_say(c, "  %-16s %s", "passed over:", info.ignored);
	ctl_say(c, "%zu good, %zu refused; %zu share their pair with an earlier line, %zu are marked as used", l.good, l.refused, l.shared, l.used);
	if (c->json)
		ctl_json(json_pack("{s:s, s:s, s:O, s:s, s:I, s:I, s:I, s:I, s:O}", "form", info.form, "detail", info.detail, "columns", found, "ignored",
		    info.ignored, "good", (json_int_t)l.good, "refused", (json_int_t)l.refused, "shared", (json_int_t)l.shared, "used",
		    (json_int_t)l.used, "errors", l.errors));
	json_decref(found);
	return l.refused == 0 ? CTL_OK : l.good > 0 ? CTL_PARTLY : CTL_FAILED;
}

/* Typed pairs */

/* One PID or PPS. The text of a PPS is never shown. */
static void
check_one(const struct ctl *c, const struct secret *typed, json_t *items, size_t *bad)
{
	SCOPED(secret) struct secret pps = { 0 };
	bool is_pid = typed->len <= PID_TYPED_MAX;
	char pid[PID_LEN + 1] = "", shown[PID_TEXT] = "";
	struct err why = { 0 };
	int rc = is_pid ? pid_parse(typed->s, pid, &why) : pps_parse(typed, &pps, &why);

	if (is_pid && rc == 0)
		pid_text(pid, shown);
	if (rc == 0)
		ctl_say(c, is_pid ? "PID %s is good" : "PPS is good", shown);
	else
		(void)fprintf(stderr, "%s (%d)\n", why.text, (int)why.code);
	*bad += rc == 0 ? 0 : 1;
	(void)json_array_append_new(items,
	    json_pack("{s:s, s:s, s:b, s:i, s:s}", "kind", is_pid ? "pid" : "pps", "pid", shown, "good", rc == 0, "code", (int)why.code, "text", why.text));
}

static int
check_typed(const struct ctl *c, json_t *items, size_t *bad, struct err *e)
{
	SCOPED(buf) struct buf text = { 0 };
	size_t n = 0;

	if (isatty(STDIN_FILENO) == 1)
		(void)fprintf(stderr, "PID or PPS, one a line; Ctrl-D ends\n");
	if (file_read("-", TYPED_MAX, &text, e) < 0)
		return -1;
	for (const char *p = buf_str(&text); *p != '\0'; n++) {
		SCOPED(secret) struct secret typed = { 0 };
		size_t len = strcspn(p, "\r\n");

		if (len > 0 && !secret_set(&typed, p, len))
			return err_set(e, ERR_INPUT, "line %zu is longer than any key", n + 1);
		if (typed.s[strspn(typed.s, " \t")] != '\0')
			check_one(c, &typed, items, bad);
		p += len + (p[len] == '\0' ? 0 : 1);
	}
	return json_array_size(items) > 0 ? 0 : err_set(e, ERR_INPUT, "want a PID or a PPS on standard input");
}

static int
check(struct ctl *c, struct err *e)
{
	SCOPED(secret) struct secret typed = { 0 };
	size_t bad = 0;

	if (c->opt[OPT_LIST] != NULL)
		return c->nargs > 0 ? err_set(e, ERR_USAGE, "a PID or --list, not both") : check_list(c, c->opt[OPT_LIST], c->opt[PSK_OPT_COLUMNS], e);
	if (c->nargs > 0 && (strlen(c->args[0]) > PID_TYPED_MAX || !secret_set(&typed, c->args[0], strlen(c->args[0]))))
		return err_set(e, ERR_USAGE, "want a PID; a PPS is a secret, and read from standard input");
	json_t *items = json_array();
	int rc = 0;
	if (c->nargs > 0)
		check_one(c, &typed, items, &bad);
	else
		rc = check_typed(c, items, &bad, e);
	if (c->json && rc == 0)
		ctl_json(json_incref(items));
	json_decref(items);
	return rc < 0 ? -1 : bad == 0 ? CTL_OK : CTL_FAILED;
}

static const struct ctl_opt check_opts[] = {
	[PSK_OPT_COLUMNS] = PSK_COLUMNS_OPT,
	[OPT_LIST] = { "list", "FILE|-", "Check a list of keys, CSV or setup.bin, line by line" },
	{ 0 },
};
static const struct ctl_opt sheet_opts[] = { [PSK_OPT_COLUMNS] = PSK_COLUMNS_OPT, { 0 } };

const struct command ctl_psk_commands[] = {
	{ "psk", "check", "[PID]", 0, 1, "Check a PID, keys typed on standard input, or a list of keys", check_opts, check },
	{ "psk", "sheet", "FILE|-", 1, 1, "Print a page for each key of a list: what to type into the MEBx", sheet_opts, psk_sheet },
	{ 0 },
};
