/* SPDX-License-Identifier: Apache-2.0 */
/* psk: PID and PPS: check characters, generated, read as typed, written with hyphens. */
#include "amt/psk.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { GROUP = 4 };

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

char
psk_check_char(const char *chars, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (unsigned char)chars[i];
	return alphabet[sum % (sizeof(alphabet) - 1)];
}

/* A check character after each `every` - 1 free ones. */
static int
generate(char *out, size_t len, size_t every, struct err *e)
{
	for (size_t i = 0; i < len; i++) {
		size_t k;

		if (i % every == every - 1) {
			out[i] = psk_check_char(out + i + 1 - every, every - 1);
			continue;
		}
		if (secret_draw(sizeof(alphabet) - 1, &k, e) < 0)
			return -1;
		out[i] = alphabet[k];
	}
	out[len] = '\0';
	return 0;
}

int
psk_generate(struct psk *out, struct err *e)
{
	SCOPED(psk) struct psk made = { .pps.len = PPS_LEN };

	if (generate(made.pid, PID_LEN, PID_LEN, e) < 0 || generate(made.pps.s, PPS_LEN, GROUP, e) < 0)
		return -1;
	*out = made;
	return 0;
}

/* Hyphens as word processors write them. */
static bool
passed_over(uint32_t ch)
{
	return ch == '-' || ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n' || ch == 0xa0 || (ch >= 0x2010 && ch <= 0x2015);
}

/* The characters of a key. What does not fit is counted. what: "PID" or "PPS". */
static int
gather(const char *typed, const char *what, char *out, size_t max, size_t *n, struct err *e)
{
	const char *p = typed;
	uint32_t ch;

	for (*n = 0; (ch = text_next(&p)) != 0;) {
		if (passed_over(ch))
			continue;
		if (ch >= 'a' && ch <= 'z')
			ch -= 'a' - 'A';
		if (ch > 'Z' || strchr(alphabet, (int)ch) == NULL)
			return err_set(e, ERR_PSK, "%s, group %zu: character %zu is not a letter A to Z or a digit", what, *n / GROUP + 1,
			    *n % GROUP + 1);
		if (*n < max)
			out[*n] = (char)ch;
		++*n;
	}
	return 0;
}

int
pid_parse(const char *typed, char out[PID_LEN + 1], struct err *e)
{
	char pid[PID_LEN + 1] = "", text[PID_TEXT];
	size_t n;

	if (gather(typed, "PID", pid, PID_LEN, &n, e) < 0)
		return -1;
	if (n != PID_LEN)
		return err_set(e, ERR_PSK, "PID: %zu characters without the hyphen, want %d", n, PID_LEN);
	char check = psk_check_char(pid, PID_LEN - 1);
	pid_text(pid, text);
	if (pid[PID_LEN - 1] != check)
		return err_set(e, ERR_PSK, "PID %s is mistyped: the check character of its first seven is %c", text, check);
	memcpy(out, pid, sizeof(pid));
	return 0;
}

/* "group 3 (check character Q), group 5 (check character L)", "" when all is well. */
static void
mistyped_groups(const char *pps, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (int g = 0; g < PPS_GROUPS; g++) {
		const char *group = pps + g * GROUP;
		char check = psk_check_char(group, GROUP - 1);

		if (group[GROUP - 1] == check)
			continue;
		int n = snprintf(out + used, size - used, "%sgroup %d (check character %c)", used == 0 ? "" : ", ", g + 1, check);
		used += n > 0 && (size_t)n < size - used ? (size_t)n : 0;
	}
}

int
pps_parse(const struct secret *typed, struct secret *out, struct err *e)
{
	SCOPED(secret) struct secret pps = { .len = PPS_LEN };
	char groups[300];
	size_t n;

	if (gather(typed->s, "PPS", pps.s, PPS_LEN, &n, e) < 0)
		return -1;
	if (n != PPS_LEN)
		return err_set(e, ERR_PSK, "PPS: %zu characters without the hyphens, want %d", n, PPS_LEN);
	mistyped_groups(pps.s, groups, sizeof(groups));
	if (groups[0] != '\0')
		return err_set(e, ERR_PSK, "PPS is mistyped in %s", groups);
	*out = pps;
	return 0;
}

/* A hyphen before each group of four but the first. */
static size_t
with_hyphens(const char *chars, size_t len, char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < len && used + 1 < size; i++) {
		if (i > 0 && i % GROUP == 0)
			out[used++] = '-';
		if (used + 1 < size)
			out[used++] = chars[i];
	}
	out[used] = '\0';
	return used;
}

void
pid_text(const char *pid, char out[PID_TEXT])
{
	if (strlen(pid) == PID_LEN)
		(void)with_hyphens(pid, PID_LEN, out, PID_TEXT);
	else
		(void)text_copy(out, PID_TEXT, pid);
}

void
pps_text(const struct secret *pps, struct secret *out)
{
	struct secret made = *pps;

	if (pps->len == PPS_LEN)
		made.len = with_hyphens(pps->s, PPS_LEN, made.s, sizeof(made.s));
	*out = made;
	secret_wipe(&made);
}
