/* SPDX-License-Identifier: Apache-2.0 */
/* musterctl: every console action as a command. */
#include <argp.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "amt/xml.h"
#include "base/log.h"
#include "base/text.h"
#include "base/version.h"
#include "ctl/ctl.h"
#include "secret/secret.h"

static const struct command *const groups[] = { ctl_db_commands, ctl_key_commands, ctl_setting_commands,
	ctl_profile_commands, ctl_cert_commands, ctl_staged_commands, ctl_device_commands, ctl_retire_commands, ctl_password_commands, ctl_log_commands,
	ctl_trace_commands, ctl_hello_commands, ctl_explain_commands, ctl_user_commands, ctl_audit_commands,
	ctl_ready_commands, ctl_dialect_commands, ctl_psk_commands, ctl_setupbin_commands };

const char *argp_program_version = "musterctl " MUSTER_VERSION;

static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Configuration file (default: $MUSTER_CONF, else /etc/muster/muster.conf)", 0 },
	{ "database", 'd', "CONN", 0, "Connection string of the database, in place of the configured one", 0 },
	{ "json", 'j', NULL, 0, "Print JSON for scripts", 0 },
	{ 0 },
};

struct top {
	const char *conf, *database;
	bool json;
	char **argv;
	int argc;
};

static char *
list_commands(int key, const char *text, void *input)
{
	SCOPED(buf) struct buf b = { 0 };

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text;
	buf_puts(&b, "Commands:\n");
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		for (const struct command *c = groups[i]; c->run != NULL; c++)
			buf_printf(&b, "  %s%s%s %s\n      %s\n", c->group, c->verb[0] == '\0' ? "" : " ", c->verb, c->args, c->help);
	buf_puts(&b, "\nExit status: 0 done, 1 failed, 2 usage, 3 not found, 4 not allowed, 5 partly refused,"
		     " 6 database not reachable.");
	return buf_steal(&b);
}

static error_t
parse_top(int key, char *arg, struct argp_state *state)
{
	struct top *t = state->input;

	switch (key) {
	case 'c':
		t->conf = arg;
		return 0;
	case 'd':
		t->database = arg;
		return 0;
	case 'j':
		t->json = true;
		return 0;
	case ARGP_KEY_ARG: /* the rest belongs to the command */
		t->argv = &state->argv[state->next - 1];
		t->argc = state->argc - state->next + 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct command *
find_command(int argc, char **argv, int *used)
{
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		for (const struct command *c = groups[i]; c->run != NULL; c++) {
			if (strcmp(c->group, argv[0]) != 0)
				continue;
			*used = c->verb[0] == '\0' ? 1 : 2;
			if (*used == 1 || (argc > 1 && strcmp(c->verb, argv[1]) == 0))
				return c;
		}
	return NULL;
}

enum { OPT_BASE = 0x100, OPT_JSON = 0x80 };

static error_t
parse_command(int key, char *arg, struct argp_state *state)
{
	struct ctl *c = state->input;

	if (key == OPT_JSON) {
		c->json = true;
		return 0;
	}
	if (key >= OPT_BASE && key < OPT_BASE + CTL_OPT_MAX) {
		c->opt[key - OPT_BASE] = arg == NULL ? "" : arg;
		return 0;
	}
	if (key == ARGP_KEY_ARG && c->nargs < CTL_ARGS_MAX) {
		c->args[c->nargs++] = arg;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* Usage, options and --help of one command come from its row in the table. */
static int
parse_args(struct ctl *c, const struct command *cmd, int argc, char **argv, struct err *e)
{
	struct argp_option opts[CTL_OPT_MAX + 2] = { 0 };
	struct argp argp = { opts, parse_command, cmd->args, cmd->help, NULL, NULL, NULL };
	char name[64];
	int n = 0;

	for (; cmd->opts != NULL && cmd->opts[n].name != NULL; n++)
		opts[n] = (struct argp_option){ .name = cmd->opts[n].name, .key = OPT_BASE + n, .arg = cmd->opts[n].value,
			.doc = cmd->opts[n].help };
	opts[n] = (struct argp_option){ .name = "json", .key = OPT_JSON, .doc = "Print JSON for scripts" };
	(void)snprintf(name, sizeof(name), "musterctl %s%s%s", cmd->group, cmd->verb[0] == '\0' ? "" : " ", cmd->verb);
	argv[0] = name;
	if (argp_parse(&argp, argc, argv, 0, NULL, c) != 0 || c->nargs < cmd->least || (cmd->most >= 0 && c->nargs > cmd->most))
		return err_set(e, ERR_USAGE, "usage: %s %s", name, cmd->args);
	return 0;
}

static int
exit_of(enum err_code code)
{
	static const struct {
		enum err_code code;
		int exit;
	} rows[] = { { ERR_USAGE, CTL_USAGE }, { ERR_INPUT, CTL_USAGE }, { ERR_DB_NOT_FOUND, CTL_NOT_FOUND },
		{ ERR_DB_DENIED, CTL_DENIED }, { ERR_DB_DOWN, CTL_DATABASE },
		{ ERR_DB_UNABLE, CTL_DATABASE }, { ERR_DB_VERSION, CTL_DATABASE } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].code == code)
			return rows[i].exit;
	return CTL_FAILED;
}

static int
report(const struct ctl *c, const struct err *e)
{
	if (c->json)
		ctl_json(json_pack("{s:{s:i, s:s}}", "error", "code", (int)e->code, "text", e->text));
	(void)fprintf(stderr, "musterctl: %s (%d; see \"musterctl explain %d\")\n", e->text, (int)e->code, (int)e->code);
	return exit_of(e->code);
}

/* A closed standard stream stays unusable; else the database's connection could get its number. */
static void
fill_streams(void)
{
	int fd;

	while ((fd = open("/dev/null", O_RDONLY)) >= 0 && fd <= STDERR_FILENO)
		;
	if (fd >= 0)
		(void)close(fd);
}

/* A full disk or a reader that is gone: what was printed is not all there. */
static int
flush_output(struct err *e)
{
	if (fflush(stdout) != 0)
		return err_errno(e, ERR_FILE, "standard output");
	return ferror(stdout) != 0 ? err_set(e, ERR_FILE, "standard output: could not be written in full") : 0;
}

static int
connect_as(struct ctl *c, const char *user, struct err *e)
{
	if (c->db != NULL)
		return 0;
	if (db_open(c->conf.database, user, "musterctl", &c->db, e) < 0)
		return -1;
	return db_check_version(c->db, e);
}

int
ctl_connect(struct ctl *c, struct err *e)
{
	return connect_as(c, NULL, e);
}

int
ctl_connect_engine(struct ctl *c, struct err *e)
{
	return connect_as(c, c->conf.engine_user, e);
}

int
main(int argc, char **argv)
{
	static const struct argp argp = { options, parse_top, "COMMAND [ARGUMENT...]",
		"Everything the muster console does, as commands.\v", NULL, list_commands, NULL };
	static char *args[CTL_ARGS_MAX];
	struct top top = { 0 };
	struct ctl c = { .args = args };
	struct err e = { 0 };
	int used = 0;

	fill_streams();
	(void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error to tell */
	secret_guard_process();
	log_init(LOG_WARNING);
	xml_init();
	argp_err_exit_status = CTL_USAGE;
	(void)argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &top);
	if (top.argc == 0)
		return CTL_USAGE;
	c.json = top.json;
	const struct command *cmd = find_command(top.argc, top.argv, &used);
	if (cmd == NULL)
		return report(&c, (err_set(&e, ERR_USAGE, "no such command: %.60s%s%.60s (see \"musterctl --help\")", top.argv[0],
		    top.argc > 1 ? " " : "", top.argc > 1 ? top.argv[1] : ""), &e));
	if (parse_args(&c, cmd, top.argc - used + 1, top.argv + used - 1, &e) < 0 || conf_load(top.conf, &c.conf, &e) < 0)
		return report(&c, &e);
	if (top.database != NULL && !text_copy(c.conf.database, sizeof(c.conf.database), top.database))
		return report(&c, (err_set(&e, ERR_USAGE, "--database: too long"), &e));
	int rc = cmd->run(&c, &e);
	db_close(c.db);
	if (rc >= 0 && flush_output(&e) < 0)
		rc = -1;
	return rc < 0 ? report(&c, &e) : rc;
}
