/* SPDX-License-Identifier: Apache-2.0 */
/* user: logins and the role of muster each of them has. */
#include "db/user.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "db/pq.h"

const struct user_role user_roles[] = {
	{ "log-viewer", "Log Viewer" },
	{ "operator", "Operator" },
	{ "administrator", "Administrator" },
	{ "enterprise-administrator", "Enterprise Administrator" },
};
const size_t user_nroles = ARRAY_LEN(user_roles);

/* muster_log_viewer -> log-viewer */
#define USER_COLUMNS "u.login, replace(substr(u.role, 8), '_', '-'), u.superuser, u.can_login, false"

static const struct stmt list = {
	.name = "user_list",
	.want = WANT_MANY,
	.sql = "SELECT " USER_COLUMNS " FROM muster.user_list() u ORDER BY u.login",
};

/* The pattern is that of muster.user_set: who could not be given a role is not shown as one who may get it. */
#define PAGE(var, cond, order)                                                                     \
	static const struct stmt var = {                                                             \
		.name = #var,                                                                          \
		.nparams = 4,                                                                          \
		.want = WANT_MANY,                                                                     \
		.sql = "WITH have AS (SELECT * FROM muster.user_list())"                               \
		       " SELECT * FROM (SELECT " USER_COLUMNS " FROM have u UNION ALL"          \
		       " SELECT DISTINCT n, '', false, true, true FROM unnest($1::text[]) n"            \
		       " WHERE n ~ '^[a-z_][a-z0-9_.@-]{0,62}$' AND n !~ '^(pg_|muster_|postgres$|public$|none$)'" \
		       " AND NOT EXISTS (SELECT FROM have WHERE have.login = n)) l"                     \
		       " WHERE strpos(l.login, lower($2)) > 0 AND ($3 = '' OR l.login COLLATE \"C\" " cond \
		       " $3) ORDER BY l.login COLLATE \"C\" " order " LIMIT $4::int",                   \
	}
PAGE(user_page_after, ">", "");
PAGE(user_page_before, "<", "DESC");

static const struct stmt set = {
	.name = "user_set",
	.nparams = 2,
	.want = WANT_ONE,
	.sql = "SELECT muster.user_set($1, replace($2, '-', '_'))",
};

const struct user_role *
user_role_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(user_roles); i++)
		if (strcmp(user_roles[i].name, name) == 0)
			return &user_roles[i];
	return NULL;
}

void
user_from_row(const struct rows *r, size_t row, struct user *out)
{
	struct user u = { .superuser = rows_bool(r, row, USER_SUPERUSER), .can_login = rows_bool(r, row, USER_CAN_LOGIN),
		.new_login = rows_bool(r, row, USER_NEW) };

	text_clean(u.login, sizeof(u.login), rows_text(r, row, USER_LOGIN), strlen(rows_text(r, row, USER_LOGIN)));
	(void)text_copy(u.role, sizeof(u.role), rows_text(r, row, USER_ROLE));
	*out = u;
}

int
user_list(struct db *db, struct rows **out, struct err *e)
{
	return db_run(db, &list, NULL, 0, out, e);
}

void
user_page_send(struct dbq *q, const char *const *names, size_t n, const char *search, const char *from, bool back, int limit,
    dbq_rows_fn *fn, void *arg, const void *owner)
{
	SCOPED(buf) struct buf array = { 0 };
	char most[16];

	for (size_t i = 0; i < n; i++)
		array_text(&array, names[i]);
	(void)snprintf(most, sizeof(most), "%d", limit);
	const char *params[] = { array_end(&array), search, from == NULL ? "" : from, most };
	dbq_send(q, back ? &user_page_before : &user_page_after, params, ARRAY_LEN(params), fn, arg, owner);
}

int
user_set(struct db *db, const char *login, const char *role, struct rows **done, struct err *e)
{
	const char *params[] = { login, role };

	return db_run(db, &set, params, ARRAY_LEN(params), done, e);
}

void
user_set_send(struct dbq *q, const char *login, const char *role, dbq_rows_fn *fn, void *arg, const void *owner)
{
	const char *params[] = { login, role };

	dbq_send(q, &set, params, ARRAY_LEN(params), fn, arg, owner);
}
