/* SPDX-License-Identifier: Apache-2.0 */
/* psk: what the commands that take a list of pre-shared keys share. */
#ifndef MUSTER_CTL_PSK_H
#define MUSTER_CTL_PSK_H

#include "amt/psk_file.h"
#include "ctl/ctl.h"

/* What became of a list. Free it. */
struct psk_list {
	struct psk_file *file;        /* how it was understood */
	size_t good, refused, shared, used;
	json_t *errors;               /* { line, code, text } of the first PSK_TOLD_MAX refused lines */
	psk_line_fn *fn;              /* gets the good lines and may refuse one with ERR_SETUP_BIN; NULL: nobody */
	void *arg;
};

enum { PSK_TOLD_MAX = 1000 };

/*
 * psk_list_read: a list from a file or, "-", standard input. Refused lines are told on standard error as they
 * come. columns: as psk_map_parse takes it, or NULL. fn and arg of *l are set before.
 */
MUST_CHECK int psk_list_read(const char *path, const char *columns, struct psk_list *l, struct err *e);
void psk_list_free(struct psk_list *l);
static inline void
psk_list_scoped(struct psk_list *l)
{
	psk_list_free(l);
}

/* psk_list_whole: 0, or -1 with ERR_PSK_LIST when a line was refused: for what takes all of a list or nothing. */
MUST_CHECK int psk_list_whole(const struct psk_list *l, const char *path, struct err *e);

/* psk_sheet: musterctl psk sheet. */
int psk_sheet(struct ctl *c, struct err *e);

/* The option --columns is the first of every command that takes a list. */
enum { PSK_OPT_COLUMNS };
#define PSK_COLUMNS_OPT                                                                            \
	{                                                                                          \
		"columns", "MAP", "Which columns hold what: pid=NAME|NUMBER,pps=...; else they are known by their names" \
	}

#endif
