/* SPDX-License-Identifier: Apache-2.0 */
/* psk_header: the first line of a key list: its separator, and which column holds what. For psk_file.c. */
#ifndef MUSTER_AMT_PSK_HEADER_H
#define MUSTER_AMT_PSK_HEADER_H

#include "amt/psk_file.h"

struct psk_header {
	char separator;
	int n;                                 /* columns */
	int at[PSK_FIELDS];                    /* the column of a field, from 0; -1: none */
	char heading[PSK_FIELDS][PSK_NAME_MAX];
	char ignored[240];
	bool is_data;                          /* the line names no columns; it is a key */
};

/* psk_header_read: line, without its line end, is not changed. ERR_PSK_LIST, ERR_MEMORY. */
MUST_CHECK int psk_header_read(const char *line, const struct psk_map *map, struct psk_header *out, struct err *e);

#endif
