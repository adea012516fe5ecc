/* SPDX-License-Identifier: Apache-2.0 */
/* user: logins and the role of muster each of them has. */
#ifndef MUSTER_DB_USER_H
#define MUSTER_DB_USER_H

#include "db/db.h"
#include "db/dbq.h"

enum { USER_TEXT = 64 };

/* A role that people may have: as it is typed, and as it is read. From least to most. */
struct user_role {
	const char *name, *title;
};
extern const struct user_role user_roles[];
extern const size_t user_nroles;

/* user_role_of: the role that is typed so, or NULL. */
const struct user_role *user_role_of(const char *name);

struct user {
	char login[USER_TEXT];
	char role[USER_TEXT]; /* as it is typed; "" none */
	bool superuser, can_login;
	bool new_login; /* a user of this host who is no login of the database that has a role */
};
void user_from_row(const struct rows *r, size_t row, struct user *out);

/* user_list: all logins with a role of muster, and superusers, by name. ERR_DB_DENIED, ERR_DB. */
enum { USER_LOGIN, USER_ROLE, USER_SUPERUSER, USER_CAN_LOGIN, USER_NEW };
MUST_CHECK int user_list(struct db *db, struct rows **out, struct err *e);

/*
 * user_page_send: up to limit logins after this one by name (before it, nearest first, when back is set;
 * NULL: from that end), those of user_list and, with new_login, those of names[] that are not among them
 * and could be made a login. search: a part of the login, "" for all.
 */
void user_page_send(struct dbq *q, const char *const *names, size_t n, const char *search, const char *from, bool back, int limit,
    dbq_rows_fn *fn, void *arg, const void *owner);

/*
 * user_set: give a login exactly this role (as it is typed; NULL: none), and make the login when there is
 * none. One row: what was done. ERR_DB_RULE (not a login of a person, a superuser, the last Enterprise
 * Administrator), ERR_DB_NOT_FOUND, ERR_DB_DENIED.
 */
MUST_CHECK int user_set(struct db *db, const char *login, const char *role, struct rows **done, struct err *e);
void user_set_send(struct dbq *q, const char *login, const char *role, dbq_rows_fn *fn, void *arg, const void *owner);

#endif
