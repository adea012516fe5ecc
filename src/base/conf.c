/* SPDX-License-Identifier: Apache-2.0 */
/* conf: the configuration file shared by all programs. */
#include "base/conf.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#ifndef MUSTER_SYSCONFDIR
#define MUSTER_SYSCONFDIR "/etc"
#endif
#ifndef MUSTER_LOCALSTATEDIR
#define MUSTER_LOCALSTATEDIR "/var"
#endif

struct load {
	struct conf conf;
	FILE *file;
	bool indented;  /* the line being read goes on with the value of the one before */
	char what[120]; /* why the handler refused the first bad line */
};

/* As fgets, for libinih, noting whether the line goes on. */
static char *
read_line(char *line, int size, void *arg)
{
	struct load *l = arg;
	char *got = fgets(line, size, l->file);

	l->indented = got != NULL && (line[0] == ' ' || line[0] == '\t');
	return got;
}

static const struct {
	const char *section, *name;
	size_t offset, size;
} keys[] = {
	/* clang-format off */
#define KEY(section, name, member) \
	{ section, name, offsetof(struct conf, member), sizeof(((struct conf *)0)->member) }
	KEY("database", "connection", database),
	KEY("database", "engine_user", engine_user),
	KEY("engine", "key_file", key_file),
	KEY("engine", "name", name),
	KEY("engine", "listen", listen),
	KEY("engine", "trace_dir", trace_dir),
	KEY("engine", "eoi_dialect_file", eoi_dialect_file),
#undef KEY
	/* clang-format on */
};

/* libinih goes on after a bad line, but names the first one: so the first reason is kept. */
static void PRINTF_LIKE(2, 3)
refuse(struct load *l, const char *fmt, ...)
{
	va_list ap;

	if (l->what[0] != '\0')
		return;
	va_start(ap, fmt);
	(void)vsnprintf(l->what, sizeof(l->what), fmt, ap);
	va_end(ap);
}

/* An indented line goes on with the value of the line before: libinih names the same key again. */
static bool
put(const struct load *l, char *at, size_t size, const char *value)
{
	size_t used = l->indented ? strlen(at) : 0;

	if (used > 0 && used + 1 < size)
		at[used++] = ' ';
	return text_copy(at + used, size - used, value);
}

static int
take(void *arg, const char *section, const char *name, const char *value)
{
	struct load *l = arg;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (strcmp(section, keys[i].section) != 0 || strcmp(name, keys[i].name) != 0)
			continue;
		if (put(l, (char *)&l->conf + keys[i].offset, keys[i].size, value))
			return 1;
		refuse(l, "value of %.40s is too long", name);
		return 0;
	}
	if (section[0] == '\0')
		refuse(l, "want [section] or key = value: no section before \"%.40s\"", name);
	else
		refuse(l, "[%.40s] has no key \"%.40s\"", section, name);
	return 0;
}

int
conf_load(const char *path, struct conf *out, struct err *e)
{
	struct load l = { .conf = {
		.database = "dbname=muster",
		.engine_user = "muster_engine",
		.key_file = MUSTER_SYSCONFDIR "/muster/engine.key",
		.listen = "*",
		.trace_dir = MUSTER_LOCALSTATEDIR "/lib/muster/trace",
	} };
	const char *named = path != NULL ? path : getenv("MUSTER_CONF");
	const char *file = named != NULL ? named : MUSTER_SYSCONFDIR "/muster/muster.conf";

	if (gethostname(l.conf.name, sizeof(l.conf.name) - 1) < 0)
		(void)text_copy(l.conf.name, sizeof(l.conf.name), "engine");
	SCOPED(file) FILE *f = fopen(file, "re");
	struct stat st;

	if (f == NULL && (named != NULL || errno != ENOENT))
		return err_errno(e, ERR_CONFIG, "%s", file);
	if (f != NULL && fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s is a directory", file);
	l.file = f;
	int line = f == NULL ? 0 : ini_parse_stream(read_line, &l, take, &l);
	if (line > 0)
		return err_set(e, ERR_CONFIG, "%s, line %d: %s", file, line,
		    l.what[0] != '\0' ? l.what : "want [section] or key = value, within 198 characters (go on in an indented line)");
	if (line < 0)
		return err_set(e, ERR_MEMORY, "%s: no memory to read it", file);
	*out = l.conf;
	return 0;
}
