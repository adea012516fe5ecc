/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctl: what the commands of musterctl share: the table of commands, their arguments, and output for
 * people or, with --json, for scripts. One file per group of commands.
 */
#ifndef MUSTER_CTL_CTL_H
#define MUSTER_CTL_CTL_H

#include <jansson.h>

#include "base/buf.h"
#include "base/conf.h"
#include "db/db.h"

/* Exit codes, as the manual page lists them. */
enum ctl_exit {
	CTL_OK = 0,
	CTL_FAILED = 1,
	CTL_USAGE = 2,
	CTL_NOT_FOUND = 3,
	CTL_DENIED = 4,
	CTL_PARTLY = 5, /* some of several were refused; each is told */
	CTL_DATABASE = 6,
};

enum { CTL_ARGS_MAX = 4096, CTL_OPT_MAX = 12 };

struct ctl {
	struct conf conf;
	bool json;
	struct db *db; /* opened by ctl_db */
	/* of the command */
	char **args;
	int nargs;
	const char *opt[CTL_OPT_MAX]; /* by position in the command's options; NULL: not given */
};

/* An option of a command: long name, name of its value (NULL: a switch), what it does. */
struct ctl_opt {
	const char *name, *value, *help;
};

struct command {
	const char *group, *verb;
	const char *args; /* as shown in the usage: "UUID..." */
	int least, most;  /* arguments; most -1: any number */
	const char *help;
	const struct ctl_opt *opts; /* ended by { 0 }; may be NULL */
	int (*run)(struct ctl *c, struct err *e); /* 0 or an exit code with nothing more to say; -1 with *e */
};

/* The commands of one file, ended by { 0 }. */
extern const struct command ctl_db_commands[], ctl_key_commands[], ctl_setting_commands[],
    ctl_profile_commands[], ctl_cert_commands[], ctl_staged_commands[], ctl_device_commands[], ctl_retire_commands[],
    ctl_password_commands[], ctl_log_commands[], ctl_trace_commands[], ctl_hello_commands[], ctl_explain_commands[],
    ctl_user_commands[], ctl_audit_commands[], ctl_ready_commands[], ctl_dialect_commands[], ctl_psk_commands[], ctl_setupbin_commands[];

/* ctl_connect: connect (once) under the caller's own role; ctl_connect_engine: under the engine's. */
MUST_CHECK int ctl_connect(struct ctl *c, struct err *e);
MUST_CHECK int ctl_connect_engine(struct ctl *c, struct err *e);

/* A column of ctl_table: its heading, its key in JSON, its place in the rows, and whether it is a number. */
struct ctl_col {
	const char *head, *key;
	int col;
	bool number;
};

/* ctl_table: rows as an aligned table, or as a JSON array of objects. cols ends with { 0 }. */
void ctl_table(const struct ctl *c, const struct rows *r, const struct ctl_col *cols);

/* ctl_number: a whole number from least to most and nothing after it; what names it in the error. */
MUST_CHECK int ctl_number(const char *text, const char *what, long least, long most, long *out, struct err *e);

/* ctl_json: print a JSON value, so that no text of it drives a terminal, and free it; _line: on one line. */
void ctl_json(json_t *j);
void ctl_json_line(json_t *j);

/*
 * What holds secrets goes past stdio, whose buffer would keep a copy, and past jansson, which would keep others:
 * ctl_json_quote adds a text as a JSON string, ctl_write prints the whole. ERR_FILE, ERR_MEMORY.
 */
void ctl_json_quote(struct buf *b, const char *s);
MUST_CHECK int ctl_write(const struct buf *b, struct err *e);

/* ctl_say: a line for people; nothing under --json. */
void ctl_say(const struct ctl *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* ctl_outcomes: uuid, code, text rows of a bulk command. Returns the exit code. */
int ctl_outcomes(const struct ctl *c, const struct rows *r);

#endif
