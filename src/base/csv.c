/* SPDX-License-Identifier: Apache-2.0 */
/* csv: one line of a CSV file into its cells, by libcsv. */
#include "base/csv.h"

#include <csv.h>
#include <stdbool.h>
#include <string.h>

struct split {
	char *free; /* a cell and its NUL take no more than the cell and its separator took */
	char **out;
	int n, max;
	bool bad;
};

static void
cell(void *text, size_t len, void *arg)
{
	struct split *s = arg;

	if (s->n == s->max)
		s->bad = true;
	if (s->bad)
		return;
	if (len > 0)
		memcpy(s->free, text, len);
	s->free[len] = '\0';
	s->out[s->n++] = s->free;
	s->free += len + 1;
}

/* Ended by anything but the end of the text: a line break, which was to be cut off before. */
static void
row(int ended_by, void *arg)
{
	struct split *s = arg;

	s->bad |= ended_by != -1;
}

int
csv_split(char *line, char separator, char **out, int max)
{
	struct split s = { .free = line, .out = out, .max = max };
	struct csv_parser p;
	size_t len = strlen(line);

	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return -1;
	csv_set_delim(&p, (unsigned char)separator);
	csv_set_blk_size(&p, len + 1); /* its buffer, which may hold a secret, never moves */
	if (csv_parse(&p, line, len, cell, row, &s) != len || csv_fini(&p, cell, row, &s) != 0)
		s.bad = true;
	if (p.entry_buf != NULL)
		explicit_bzero(p.entry_buf, p.entry_size);
	csv_free(&p);
	return s.bad ? -1 : s.n;
}
