/* SPDX-License-Identifier: Apache-2.0 */
/* setup_value: values of setup.bin variables between bytes and text. Source: protocol/setup.md 4.5. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/hello.h"
#include "amt/psk.h"
#include "amt/setup_var.h"
#include "base/text.h"
#include "base/uuid.h"

/* The numbers of bytes that numbers take. */
static const size_t widths[] = { [SETUP_U8] = 1, [SETUP_U16] = 2, [SETUP_U32] = 4 };

/* How a hash is called in the text of one. */
static const struct setup_word hash_words[] = { { HASH_SHA1, "sha1" }, { HASH_SHA256, "sha256" }, { HASH_SHA384, "sha384" }, { 0, NULL } };

static const char *
word_of(const struct setup_word *words, uint32_t number)
{
	for (; words != NULL && words->word != NULL; words++)
		if (words->number == number)
			return words->word;
	return NULL;
}

static bool
number_of(const struct setup_word *words, const char *word, uint32_t *out)
{
	for (; words != NULL && words->word != NULL; words++)
		if (strcmp(words->word, word) == 0) {
			*out = words->number;
			return true;
		}
	return false;
}

static bool
is_number(const struct setup_var *v)
{
	return v->type == SETUP_U8 || v->type == SETUP_U16 || v->type == SETUP_U32;
}

static uint32_t
number_in(const uint8_t *value, size_t width)
{
	uint32_t n = 0;

	for (size_t i = width; i > 0; i--)
		n = n << 8 | value[i - 1];
	return n;
}

/* A PID or PPS as a device takes it: no hyphens, capitals, check characters. */
static int
check_key(const struct setup_var *v, const struct secret *s, struct err *e)
{
	SCOPED(secret) struct secret pps = { 0 };
	char pid[PID_LEN + 1];
	bool same;

	if (v->id == SETUP_AMT_PID) {
		if (pid_parse(s->s, pid, e) < 0)
			return -1;
		same = strcmp(pid, s->s) == 0;
	} else {
		if (pps_parse(s, &pps, e) < 0)
			return -1;
		same = secret_equal(s, &pps);
	}
	return same ? 0 : err_set(e, ERR_PSK, "%s: want capitals and no hyphens", v->title);
}

static int
check_text(const struct setup_var *v, const uint8_t *value, size_t len, struct err *e)
{
	SCOPED(secret) struct secret s = { 0 };

	for (size_t i = 0; i < len; i++)
		if (value[i] < 0x20 || value[i] > 0x7e)
			return err_set(e, ERR_SETUP_BIN, "%s: byte %zu is not printable ASCII", v->title, i + 1);
	if (!secret_set(&s, value, len))
		return err_set(e, ERR_SETUP_BIN, "%s: too long", v->title);
	if (v->module == SETUP_AMT && (v->id == SETUP_AMT_PID || v->id == SETUP_AMT_PPS))
		return check_key(v, &s, e);
	if ((v->flags & SETUP_DNS) && !dns_name_valid(s.s))
		return err_set(e, ERR_SETUP_BIN, "%s: \"%.80s\" is no name of DNS", v->title, s.s);
	return 0;
}

static int
check_hash(const struct setup_var *v, const uint8_t *value, size_t len, struct err *e)
{
	size_t hash = hash_len(value[0]);

	if (hash == 0)
		return err_set(e, ERR_SETUP_BIN, "%s: type %u is not known", v->title, value[0]);
	if (len < hash + 2 || len != hash + 2 + value[1 + hash])
		return err_set(e, ERR_SETUP_BIN, "%s: its length does not fit %s", v->title, hash_name(value[0]));
	if (value[1 + hash] > SETUP_HASH_NAME_MAX)
		return err_set(e, ERR_SETUP_BIN, "%s: its name has %u bytes, want at most %d", v->title, value[1 + hash], SETUP_HASH_NAME_MAX);
	for (size_t i = hash + 2; i < len; i++)
		if (value[i] < 0x20 || value[i] > 0x7e)
			return err_set(e, ERR_SETUP_BIN, "%s: its name is not printable ASCII", v->title);
	return 0;
}

int
setup_value_check(const struct setup_var *v, const uint8_t *value, size_t len, struct err *e)
{
	if (is_number(v)) {
		size_t width = widths[v->type];

		if (len != width)
			return err_set(e, ERR_SETUP_BIN, "%s: %zu bytes, want %zu", v->title, len, width);
		uint32_t n = number_in(value, width);
		if (n < v->least || n > v->most || (v->words != NULL && word_of(v->words, n) == NULL))
			return err_set(e, ERR_SETUP_BIN, "%s: %u is no value of it", v->title, n);
		return 0;
	}
	if (len < v->least || len > v->most)
		return v->least == v->most ? err_set(e, ERR_SETUP_BIN, "%s: %zu bytes, want %u", v->title, len, v->least)
					   : err_set(e, ERR_SETUP_BIN, "%s: %zu bytes, want %u to %u", v->title, len, v->least, v->most);
	if (v->type == SETUP_TEXT)
		return check_text(v, value, len, e);
	return v->type == SETUP_HASH ? check_hash(v, value, len, e) : 0;
}

static void
add_hex(struct buf *out, const uint8_t *value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_printf(out, "%02x", value[i]);
}

void
setup_value_text(const struct setup_var *v, const uint8_t *value, size_t len, struct buf *out)
{
	char text[UUID_TEXT];
	struct err why;

	if (v->type == SETUP_RAW || setup_value_check(v, value, len, &why) < 0) {
		add_hex(out, value, len);
	} else if (is_number(v)) {
		uint32_t n = number_in(value, widths[v->type]);
		const char *word = word_of(v->words, n);

		if (word == NULL)
			buf_printf(out, "%u", n);
		else
			buf_puts(out, word);
	} else if (v->type == SETUP_TEXT) {
		buf_add(out, value, len);
	} else if (v->type == SETUP_GUID) {
		struct uuid u;

		memcpy(u.b, value, sizeof(u.b));
		uuid_text(&u, text);
		buf_puts(out, text);
	} else if (v->type == SETUP_IPV4) {
		buf_printf(out, "%u.%u.%u.%u", value[3], value[2], value[1], value[0]);
	} else {
		size_t hash = hash_len(value[0]);

		buf_printf(out, "%s:", word_of(hash_words, value[0]));
		add_hex(out, value + 1, hash);
		buf_puts(out, ":");
		buf_add(out, value + hash + 2, len - hash - 2);
	}
}

static int
parse_number(const struct setup_var *v, const char *text, struct setup_value *out, struct err *e)
{
	uint32_t n;
	char *end;

	if (!number_of(v->words, text, &n)) {
		unsigned long long big = strtoull(text, &end, 10);

		if (text[0] < '0' || text[0] > '9' || *end != '\0' || big > UINT32_MAX)
			return err_set(e, ERR_SETUP_BIN, "%s: \"%.40s\" is no value of it", v->title, text);
		n = (uint32_t)big;
	}
	out->len = widths[v->type];
	if (out->len < sizeof(n) && n >> 8 * out->len != 0)
		return err_set(e, ERR_SETUP_BIN, "%s: %u is too large", v->title, n);
	for (size_t i = 0; i < out->len; i++)
		out->b[i] = (uint8_t)(n >> 8 * i);
	return 0;
}

static int
parse_hash(const struct setup_var *v, const char *text, struct setup_value *out, struct err *e)
{
	const char *hex = strchr(text, ':'), *name = hex == NULL ? NULL : strchr(hex + 1, ':');
	char kind[16] = "", digits[2 * HELLO_HASH_MAX + 1] = "";
	uint32_t type;

	if (name == NULL || (size_t)(hex - text) >= sizeof(kind) || (size_t)(name - hex - 1) >= sizeof(digits))
		return err_set(e, ERR_SETUP_BIN, "%s: want sha1|sha256|sha384:HEX:NAME", v->title);
	memcpy(kind, text, (size_t)(hex - text));
	memcpy(digits, hex + 1, (size_t)(name - hex - 1));
	if (!number_of(hash_words, kind, &type))
		return err_set(e, ERR_SETUP_BIN, "%s: \"%.10s\" is not known; want sha1, sha256 or sha384", v->title, kind);
	size_t hash = hash_len(type), len = strlen(name + 1);
	if (hex_decode(digits, out->b + 1, hash) != (long)hash)
		return err_set(e, ERR_SETUP_BIN, "%s: want %zu hex digits for %s", v->title, 2 * hash, kind);
	if (len > SETUP_HASH_NAME_MAX)
		return err_set(e, ERR_SETUP_BIN, "%s: its name has %zu characters, at most %d fit", v->title, len, SETUP_HASH_NAME_MAX);
	out->b[0] = (uint8_t)type;
	out->b[1 + hash] = (uint8_t)len;
	memcpy(out->b + hash + 2, name + 1, len);
	out->len = hash + 2 + len;
	return 0;
}

static int
parse_ipv4(const struct setup_var *v, const char *text, struct setup_value *out, struct err *e)
{
	struct in_addr a;
	uint8_t b[4];

	if (inet_pton(AF_INET, text, &a) != 1)
		return err_set(e, ERR_SETUP_BIN, "%s: \"%.40s\" is no IPv4 address", v->title, text);
	memcpy(b, &a, sizeof(b));
	for (size_t i = 0; i < sizeof(b); i++)
		out->b[i] = b[sizeof(b) - 1 - i];
	out->len = sizeof(b);
	return 0;
}

static int
parse_guid(const struct setup_var *v, const char *text, struct setup_value *out, struct err *e)
{
	struct uuid u;

	if (!uuid_parse(text, &u))
		return err_set(e, ERR_SETUP_BIN, "%s: \"%.40s\" is no UUID", v->title, text);
	memcpy(out->b, u.b, sizeof(u.b));
	out->len = sizeof(u.b);
	return 0;
}

/* What is typed as a text; a PID may have its hyphen. */
static int
parse_text(const struct setup_var *v, const char *text, struct setup_value *out, struct err *e)
{
	char pid[PID_LEN + 1];

	if (v->module == SETUP_AMT && v->id == SETUP_AMT_PID) {
		if (pid_parse(text, pid, e) < 0)
			return -1;
		text = pid;
	}
	out->len = strlen(text);
	if (out->len > sizeof(out->b))
		return err_set(e, ERR_SETUP_BIN, "%s: %zu bytes, at most %u fit", v->title, out->len, v->most);
	memcpy(out->b, text, out->len);
	return 0;
}

int
setup_value_parse(const struct setup_var *v, const char *text, struct setup_value *out, struct err *e)
{
	static int (*const parsers[])(const struct setup_var *, const char *, struct setup_value *, struct err *) = {
		[SETUP_TEXT] = parse_text,
		[SETUP_U8] = parse_number,
		[SETUP_U16] = parse_number,
		[SETUP_U32] = parse_number,
		[SETUP_GUID] = parse_guid,
		[SETUP_IPV4] = parse_ipv4,
		[SETUP_HASH] = parse_hash,
	};
	struct setup_value made = { 0 };

	if (v->flags & SETUP_SECRET)
		return err_set(e, ERR_SETUP_BIN, "%s is a secret", v->title);
	if (v->type == SETUP_RAW)
		return err_set(e, ERR_SETUP_BIN, "%s: its layout is not known, so it is not written", v->title);
	if (parsers[v->type](v, text, &made, e) < 0 || setup_value_check(v, made.b, made.len, e) < 0)
		return -1;
	*out = made;
	return 0;
}
