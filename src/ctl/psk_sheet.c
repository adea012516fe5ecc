/* SPDX-License-Identifier: Apache-2.0 */
/* psk_sheet: musterctl psk sheet: pages of 80 columns, one a device, with what to type into its MEBx. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ctl/psk.h"

enum { PAGES_MAX = 10000, PAGE_WIDTH = 78, GROUP = 4, ROW_GROUPS = 4, VALUE_AT = 26 };

struct sheet {
	const struct ctl *c;
	struct buf out;
	size_t pages;
};

static void
rule(struct buf *b)
{
	for (int i = 0; i < PAGE_WIDTH; i++)
		buf_puts(b, "=");
	buf_puts(b, "\n\n");
}

/* Below a text: which of its characters are digits, since 0 and O, 1 and I look alike. */
static void
mark_digits(struct buf *b, const char *s, int at)
{
	size_t last = 0;

	for (size_t i = 0; s[i] != '\0'; i++)
		last = isdigit((unsigned char)s[i]) ? i + 1 : last;
	buf_printf(b, "%*s", last == 0 ? 0 : at, "");
	for (size_t i = 0; i < last; i++)
		buf_puts(b, isdigit((unsigned char)s[i]) ? "#" : " ");
	buf_puts(b, "\n");
}

static void
value(struct buf *b, const char *name, const char *s, const char *none)
{
	buf_printf(b, "  %-*s%s\n", VALUE_AT - 2, name, s[0] == '\0' ? none : s);
	mark_digits(b, s, VALUE_AT);
}

/* Two rows of four numbered groups. */
static void
put_pps(struct buf *b, const struct secret *pps)
{
	for (int row = 0; row < PPS_GROUPS; row += ROW_GROUPS) {
		SCOPED(secret) struct secret line = { 0 };

		buf_printf(b, "  %-*s", VALUE_AT - 2, row == 0 ? "PPS" : "");
		for (int g = row; g < row + ROW_GROUPS; g++) {
			buf_printf(b, "%d: %.4s%s", g + 1, pps->s + g * GROUP, g == PPS_GROUPS - 1 ? "\n" : g == row + ROW_GROUPS - 1 ? "  -\n" : "  -  ");
			(void)snprintf(line.s + strlen(line.s), sizeof(line.s) - strlen(line.s), "   %.4s     ", pps->s + g * GROUP);
		}
		mark_digits(b, line.s, VALUE_AT);
	}
}

static const char steps[] =
    "  # marks a digit above it: 0 and 1 with it, the letters O and I without.\n"
    "\n"
    "  1  Switch the PC on and press Ctrl-P until the MEBx opens.\n"
    "  2  Log in with the current MEBx password. Type the new one when it asks.\n"
    "  3  Switch Intel AMT on, if there is such a choice (manageability).\n"
    "  4  In the settings for setup and configuration, at TLS PSK, enter PID and\n"
    "     PPS. The MEBx refuses a mistyped group: its last character checks the\n"
    "     others.\n"
    "  5  Leave the MEBx. With network and power the device says hello.\n"
    "\n"
    "  Done   [ ]     by ______________________     on ______________________\n"
    "\n"
    "  Whoever has this sheet can take the device over. Destroy it when the\n"
    "  device is configured; it has other keys and passwords then.\n";

static void
put_page(struct sheet *s, const struct psk_line *l)
{
	char pid[PID_TEXT], title[64];

	pid_text(l->key.pid, pid);
	(void)snprintf(title, sizeof(title), "line %llu of the list", (unsigned long long)l->line);
	if (s->pages > 0)
		buf_puts(&s->out, "\f");
	buf_printf(&s->out, "  %-46s%28s\n", "Setup of Intel AMT by hand", title);
	rule(&s->out);
	if (l->uuid[0] != '\0')
		buf_printf(&s->out, "  %-*s%s\n", VALUE_AT - 2, "UUID of the device", l->uuid);
	if (l->mac[0] != '\0')
		buf_printf(&s->out, "  %-*s%.50s\n", VALUE_AT - 2, "MAC address", l->mac);
	if (l->same_as != 0)
		buf_printf(&s->out, "  %-*sthe same as of line %llu\n", VALUE_AT - 2, "Keys", (unsigned long long)l->same_as);
	buf_puts(&s->out, "\n");
	value(&s->out, "Current MEBx password", l->current.s, "(from the factory: admin)");
	value(&s->out, "New MEBx password", l->fresh.s, "______________________________");
	value(&s->out, "PID", pid, "");
	put_pps(&s->out, &l->key.pps);
	buf_puts(&s->out, steps);
}

static void
put_json(struct sheet *s, const struct psk_line *l)
{
	buf_printf(&s->out, "%s\n  {\"line\": %llu, \"pid\": \"%s\", \"pps\": \"%s\", \"factory_password\": ", s->pages == 0 ? "[" : ",",
	    (unsigned long long)l->line, l->key.pid, l->key.pps.s);
	ctl_json_quote(&s->out, l->current.s);
	buf_puts(&s->out, ", \"new_password\": ");
	ctl_json_quote(&s->out, l->fresh.s);
	buf_printf(&s->out, ", \"uuid\": \"%s\", \"mac\": ", l->uuid);
	ctl_json_quote(&s->out, l->mac);
	buf_puts(&s->out, "}");
}

static int
take(void *arg, const struct psk_line *l, struct err *e)
{
	struct sheet *s = arg;

	if (s->pages == PAGES_MAX)
		return err_set(e, ERR_PSK_LIST, "more than %d keys: print a list of that length in parts", PAGES_MAX);
	if (s->c->json)
		put_json(s, l);
	else
		put_page(s, l);
	s->pages++;
	return s->out.bad ? err_set(e, ERR_MEMORY, "sheets") : 0;
}

int
psk_sheet(struct ctl *c, struct err *e)
{
	struct sheet s = { .c = c };
	SCOPED(psk_list) struct psk_list l = { .fn = take, .arg = &s };
	int rc = psk_list_read(c->args[0], c->opt[PSK_OPT_COLUMNS], &l, e);

	if (rc == 0)
		rc = psk_list_whole(&l, c->args[0], e);
	if (rc == 0 && c->json)
		buf_puts(&s.out, "\n]\n");
	if (rc == 0)
		rc = ctl_write(&s.out, e);
	buf_free(&s.out);
	return rc < 0 ? -1 : CTL_OK;
}
