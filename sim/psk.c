/* SPDX-License-Identifier: Apache-2.0 */
/* psk: PID and PPS as a device takes, keeps and shows them. */
#include "sim/psk.h"

#include <openssl/evp.h>
#include <string.h>

#include "sim/mem.h"

enum { GROUP = 4 };

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* The sum of the codes modulo 36. */
static char
check_char(const char *text, size_t n)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (unsigned char)text[i];
	return digits[sum % (sizeof(digits) - 1)];
}

/* Hyphens are either at every fourth place or nowhere. */
static bool
plain(const char *text, size_t want, char *out)
{
	bool hyphens = strlen(text) == want + want / GROUP - 1;
	size_t n = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (hyphens && (p - text) % (GROUP + 1) == GROUP) {
			if (*p != '-')
				return false;
			continue;
		}
		if (n == want || strchr(digits, *p) == NULL)
			return false;
		out[n++] = *p;
	}
	out[n] = '\0';
	return n == want;
}

bool
psk_pid(const char *text, char out[PID_LEN + 1])
{
	char pid[PID_LEN + 1];

	if (!plain(text, PID_LEN, pid) || check_char(pid, PID_LEN - 1) != pid[PID_LEN - 1])
		return false;
	memcpy(out, pid, sizeof(pid));
	return true;
}

bool
psk_pps(const char *text, char out[PPS_CHARS + 1])
{
	char pps[PPS_CHARS + 1];

	if (!plain(text, PPS_CHARS, pps))
		return false;
	for (size_t i = 0; i < PPS_CHARS; i += GROUP)
		if (check_char(pps + i, GROUP - 1) != pps[i + GROUP - 1])
			return false;
	memcpy(out, pps, sizeof(pps));
	return true;
}

void
psk_hyphens(const char *plain_text, char out[PSK_TEXT])
{
	size_t n = 0;

	for (size_t i = 0; i < PPS_CHARS && plain_text[i] != '\0'; i++) {
		if (i > 0 && i % GROUP == 0)
			out[n++] = '-';
		out[n++] = plain_text[i];
	}
	out[n] = '\0';
}

void
psk_make(
    unsigned long seed, const struct uuid *uuid, char pid[PID_LEN + 1], char pps[PPS_CHARS + 1])
{
	SCOPED(mem) char *text = mem_print("muster-sim psk %lu", seed);
	unsigned char md[32];
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	(void)EVP_DigestInit_ex(c, EVP_sha256(), NULL);
	(void)EVP_DigestUpdate(c, text, strlen(text));
	(void)EVP_DigestUpdate(c, uuid->b, UUID_LEN);
	(void)EVP_DigestFinal_ex(c, md, NULL);
	EVP_MD_CTX_free(c);
	for (size_t i = 0; i < PID_LEN - 1; i++)
		pid[i] = digits[md[i] % (sizeof(digits) - 1)];
	pid[PID_LEN - 1] = check_char(pid, PID_LEN - 1);
	pid[PID_LEN] = '\0';
	for (size_t i = 0, from = PID_LEN - 1; i < PPS_CHARS; i++) {
		if (i % GROUP == GROUP - 1)
			pps[i] = check_char(pps + i - (GROUP - 1), GROUP - 1);
		else
			pps[i] = digits[md[from++] % (sizeof(digits) - 1)];
	}
	pps[PPS_CHARS] = '\0';
}
