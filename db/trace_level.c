/* SPDX-License-Identifier: Apache-2.0 */
/* trace_level: whose debug trace is on, and how much of it. */
#include "db/trace_level.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "db/pq.h"

static const struct stmt set = {
	.name = "trace_set",
	.nparams = 2,
	.want = WANT_ONE,
	.sql = "SELECT muster.trace_set($1::text[], $2)",
};
static const struct stmt list = {
	.name = "trace_list",
	.want = WANT_MANY,
	.sql = "SELECT s.value, n.name, n.trace_dir, n.trace_bytes FROM muster.setting AS s LEFT JOIN muster.engine_node AS n ON n.stopped_at IS NULL"
	       " WHERE s.name = 'trace' ORDER BY n.name",
};

static const struct {
	const char *letter, *name;
} levels[] = {
	[TRACE_OFF] = { "", "off" },
	[TRACE_ERRORS] = { "E", "errors" },
	[TRACE_WARNINGS] = { "W", "warnings and errors" },
	[TRACE_VERBOSE] = { "V", "verbose" },
};

const char *
trace_level_letter(enum trace_level level)
{
	return levels[level].letter;
}

const char *
trace_level_name(enum trace_level level)
{
	return levels[level].name;
}

bool
trace_level_parse(const char *text, enum trace_level *out)
{
	for (enum trace_level l = TRACE_OFF; l <= TRACE_VERBOSE; l++)
		if ((levels[l].letter[0] != '\0' && strcasecmp(text, levels[l].letter) == 0) || strcasecmp(text, levels[l].name) == 0 ||
		    (l == TRACE_WARNINGS && strcasecmp(text, "warnings") == 0)) {
			*out = l;
			return true;
		}
	return false;
}

/* How exactly an entry, which ends at its ':' or its blank, names a device or its engine: 0 not at all. */
static int
names(const char *entry, size_t len, const char *uuid, const char *engine)
{
	static const char prefix[] = "engine=";
	size_t head = sizeof(prefix) - 1;

	if (len > 0 && len == strlen(uuid) && strncasecmp(entry, uuid, len) == 0)
		return 3;
	if (len > head && strncasecmp(entry, prefix, head) == 0 && len - head == strlen(engine) && memcmp(entry + head, engine, len - head) == 0)
		return 2;
	return len == 3 && strncasecmp(entry, "all", len) == 0 ? 1 : 0;
}

/* The next entry from *p on: how long its name is, and its level, which is off when it has none. */
static size_t
next_entry(const char **p, const char **name, enum trace_level *level)
{
	*name = *p + strspn(*p, " ");
	size_t len = strcspn(*name, " "), who = strcspn(*name, " :");
	char letter[2] = { who + 1 < len ? (*name)[who + 1] : 'V', '\0' };

	*p = *name + len;
	if (!trace_level_parse(letter, level))
		*level = TRACE_OFF;
	return who;
}

enum trace_level
trace_level_of(const char *setting, const char *uuid, const char *engine)
{
	enum trace_level level, found = TRACE_OFF;
	const char *name;
	int best = 0;

	for (size_t n; (n = next_entry(&setting, &name, &level)) > 0;) {
		int exact = names(name, n, uuid, engine);

		if (exact > best) {
			best = exact;
			found = level;
		}
	}
	return found;
}

enum trace_level
trace_level_named(const char *setting, const char *word)
{
	enum trace_level level;
	const char *name;

	for (size_t n; (n = next_entry(&setting, &name, &level)) > 0;)
		if (n == strlen(word) && strncasecmp(name, word, n) == 0)
			return level;
	return TRACE_OFF;
}

/* what goes into *array; an empty one is NULL, which is everything. */
static const char *
array_of(const char *const *what, size_t n, struct buf *array)
{
	array_texts(array, what, n);
	return n == 0 ? NULL : buf_str(array);
}

int
trace_set(struct db *db, const char *const *what, size_t n, enum trace_level level, char value[TRACE_SETTING], struct err *e)
{
	SCOPED(buf) struct buf array = { 0 };
	SCOPED(rows) struct rows *r = NULL;
	const char *params[] = { array_of(what, n, &array), trace_level_letter(level) };

	if (array.bad)
		return err_set(e, ERR_MEMORY, "debug trace");
	if (db_run(db, &set, params, ARRAY_LEN(params), &r, e) < 0)
		return -1;
	(void)text_copy(value, TRACE_SETTING, rows_text(r, 0, 0)); /* 500 characters at most */
	return 0;
}

void
trace_set_send(struct dbq *q, const char *const *what, size_t n, enum trace_level level, dbq_rows_fn *fn, void *arg, const void *owner)
{
	SCOPED(buf) struct buf array = { 0 };
	const char *params[] = { array_of(what, n, &array), trace_level_letter(level) };

	dbq_send(q, &set, params, ARRAY_LEN(params), fn, arg, owner);
}

void
trace_list_send(struct dbq *q, dbq_rows_fn *fn, void *arg, const void *owner)
{
	dbq_send(q, &list, NULL, 0, fn, arg, owner);
}
