/* SPDX-License-Identifier: Apache-2.0 */
/* vals: a list of named values, which is what instances, method inputs and outputs are made of. */
#include "sim/vals.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "sim/mem.h"

enum { B64_MAX = 64 * 1024 };

void
vals_add(struct vals *l, const struct prop *p, const char *text)
{
	if (l->n == l->cap)
		l->v = mem_grow(l->v, &l->cap, sizeof(*l->v));
	l->v[l->n++] = (struct val){ p, mem_copy(text) };
}

void
vals_out(struct vals *l, const struct prop *table, size_t n, const char *name, const char *text)
{
	const struct prop *p = prop_find(table, n, name);

	if (p != NULL)
		vals_add(l, p, text);
}

const char *
vals_nth(const struct vals *l, const char *name, size_t nth)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].prop->name, name) == 0 && nth-- == 0)
			return l->v[i].text;
	return NULL;
}

const char *
vals_text(const struct vals *l, const char *name)
{
	return vals_nth(l, name, 0);
}

uint32_t
vals_num(const struct vals *l, const char *name, uint32_t missing)
{
	const char *text = vals_text(l, name);

	return text == NULL ? missing : (uint32_t)strtoul(text, NULL, 10);
}

bool
vals_true(const struct vals *l, const char *name)
{
	const char *text = vals_text(l, name);

	return text != NULL && strcmp(text, "true") == 0;
}

void
vals_free(struct vals *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i].text);
	free(l->v);
	*l = (struct vals){ 0 };
}

const struct prop *
prop_find(const struct prop *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

static bool
in_range(const struct prop *p, uint64_t n)
{
	return (p->lo == 0 && p->hi == 0) || (n >= p->lo && n <= p->hi);
}

static char *
normal_bool(const char *text)
{
	static const char *const yes[] = { "true", "1" }, *const no[] = { "false", "0" };

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (strcmp(text, yes[i]) == 0)
			return mem_copy("true");
		if (strcmp(text, no[i]) == 0)
			return mem_copy("false");
	}
	return NULL;
}

static char *
normal_number(const struct prop *p, const char *text)
{
	static const uint64_t top[] = { [V_U8] = 0xff, [V_U16] = 0xffff, [V_U32] = 0xffffffff };
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return NULL;
	errno = 0;
	unsigned long long n = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || n > top[p->type] || !in_range(p, n))
		return NULL;
	return mem_print("%llu", n);
}

static char *
normal_b64(const char *text)
{
	char *bytes = mem_zero(B64_MAX);
	long n = b64_bytes(text, bytes, B64_MAX);

	free(bytes);
	return n < 0 ? NULL : mem_copy(text);
}

static char *
normal_string(const struct prop *p, const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20)
			return NULL;
	return in_range(p, strlen(text)) ? mem_copy(text) : NULL;
}

char *
val_normal(const struct prop *p, const char *text)
{
	SCOPED(mem) char *trimmed = mem_copy(text + strspn(text, " \t\r\n"));
	size_t len = strlen(trimmed);

	while (len > 0 && strchr(" \t\r\n", trimmed[len - 1]) != NULL)
		trimmed[--len] = '\0';
	switch (p->type) {
	case V_BOOL:
		return normal_bool(trimmed);
	case V_U8:
	case V_U16:
	case V_U32:
		return normal_number(p, trimmed);
	case V_B64:
		return normal_b64(trimmed);
	case V_STR:
		return normal_string(p, trimmed);
	case V_REF:
	case V_DATE:
		break;
	}
	return mem_copy(trimmed);
}

char *
b64_text(const void *data, size_t len)
{
	char *out = mem_zero(4 * ((len + 2) / 3) + 1);

	(void)EVP_EncodeBlock((unsigned char *)out, data, (int)len);
	return out;
}

long
b64_bytes(const char *text, void *out, size_t size)
{
	size_t len = strlen(text);
	size_t pad = len > 1 && text[len - 1] == '=' ? (text[len - 2] == '=' ? 2 : 1) : 0;

	if (len % 4 != 0 || len > B64_MAX ||
	    strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "abcdefghijklmnopqrstuvwxyz0123456789+/") != len - pad)
		return -1;
	if (len / 4 * 3 - pad > size)
		return -1;
	unsigned char *tmp = mem_zero(len / 4 * 3 + 1);
	int n = EVP_DecodeBlock(tmp, (const unsigned char *)text, (int)len);
	if (n >= 0)
		memcpy(out, tmp, (size_t)n - pad);
	free(tmp);
	return n < 0 ? -1 : (long)((size_t)n - pad);
}

char *
ref_text(const char *class_name, const char *key, const char *value)
{
	return mem_print("%s\t%s=%s", class_name, key, value);
}

bool
ref_class(const char *ref, const char *class_name)
{
	size_t n = strcspn(ref, "\t");

	return n == strlen(class_name) && strncmp(ref, class_name, n) == 0;
}

char *
ref_selector(const char *ref, const char *key)
{
	size_t n = strlen(key);

	for (const char *p = strchr(ref, '\t'); p != NULL; p = strchr(p, '\t')) {
		p++;
		if (strncmp(p, key, n) == 0 && p[n] == '=') {
			char *out = mem_copy(p + n + 1);

			out[strcspn(out, "\t")] = '\0';
			return out;
		}
	}
	return NULL;
}
