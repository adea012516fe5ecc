/* SPDX-License-Identifier: Apache-2.0 */
/* csv: one line of a CSV file into its cells. */
#ifndef MUSTER_BASE_CSV_H
#define MUSTER_BASE_CSV_H

#include "base/macros.h"

/*
 * csv_split: the cells of one line by RFC 4180, without line breaks in them; blanks around a cell that is not
 * quoted are dropped.
 *
 * line		without its line end; changed: the cells lie in it
 * separator	comma, semicolon or tab
 * out, max	where the cells begin
 * Returns	their number, 0 for an empty line, or -1: more than max, a quote that is not closed or stands
 *		inside a cell, a line end, or no memory
 * Threads	any; keeps no copy of a cell
 */
MUST_CHECK int csv_split(char *line, char separator, char **out, int max);

#endif
