/* SPDX-License-Identifier: Apache-2.0 */
/* hello: musterctl hello decode: every field of a hello named. */
#include "amt/hello.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "amt/roots.h"
#include "base/file.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/pcap.h"
#include "db/job.h"

enum { INPUT_MAX = 256 << 20, REJECTED_MAX = 100 };

struct decode {
	const struct ctl *c;
	json_t *list;
	size_t bad;
};

static json_t *
hash_json(const struct hello_hash *h)
{
	char hex[2 * HELLO_HASH_MAX + 1];
	const char *name = root_name(h->type, h->hash, h->len);

	hex_encode(hex, h->hash, h->len);
	return json_pack("{s:s, s:s, s:s?}", "type", hash_name(h->type), "hash", hex, "root", name);
}

static void
say_hello(const struct ctl *c, const struct hello *h, const char *uuid)
{
	char hex[2 * HELLO_HASH_MAX + 1];

	ctl_say(c, "AdminCredentialsSet  %u%s", h->admin_set, h->admin_set == 1 ? " (the MEBx password was changed before, perhaps)" : "");
	ctl_say(c, "InterfaceVersion     %d (%s)", (int)h->mode, h->mode == HELLO_MODE_PSK ? "PSK" : "PKI");
	ctl_say(c, "RetryCount           %u", h->retries);
	ctl_say(c, "UUID                 %s%s", uuid, uuid_bogus(&h->uuid) ? " (shared by many boards)" : "");
	if (h->mode == HELLO_MODE_PSK)
		ctl_say(c, "PID                  %.4s-%.4s", h->pid, h->pid + 4);
	else
		ctl_say(c, "Root hashes          %u%s", h->nhashes, h->nhashes == 0 ? " (the device trusts nobody)" : "");
	for (unsigned int i = 0; i < h->nhashes; i++) {
		const char *name = root_name(h->hashes[i].type, h->hashes[i].hash, h->hashes[i].len);

		hex_encode(hex, h->hashes[i].hash, h->hashes[i].len);
		ctl_say(c, "  %2u %-7s %s\n             %s", i + 1, hash_name(h->hashes[i].type), name == NULL ? "(not a known root)" : name, hex);
	}
	if (h->nskipped > 0)
		ctl_say(c, "Unknown hash types   %u, passed over", h->nskipped);
	if (h->trailing > 0)
		ctl_say(c, "Bytes after the end  %zu, ignored", h->trailing);
}

static void
decode_one(void *arg, const char *source, const void *data, size_t len)
{
	struct decode *d = arg;
	SCOPED(mem) struct hello *h = malloc(sizeof(*h));
	char uuid[UUID_TEXT];
	struct err e;

	if (h == NULL)
		return;
	if (source != NULL)
		ctl_say(d->c, "From                 %s, %zu bytes", source, len);
	if (hello_parse(data, len, h, &e) < 0) {
		d->bad++;
		ctl_say(d->c, "not a hello: %s (%d)", e.text, (int)e.code);
		(void)json_array_append_new(d->list, json_pack("{s:s?, s:i, s:s}", "source", source, "code", (int)e.code, "text", e.text));
		return;
	}
	uuid_text(&h->uuid, uuid);
	say_hello(d->c, h, uuid);
	json_t *hashes = json_array();
	for (unsigned int i = 0; i < h->nhashes; i++)
		(void)json_array_append_new(hashes, hash_json(&h->hashes[i]));
	(void)json_array_append_new(d->list, json_pack("{s:s?, s:i, s:i, s:I, s:s, s:s, s:o, s:i}", "source", source, "admin_credentials_set",
						  (int)h->admin_set, "interface_version", (int)h->mode, "retry_count", (json_int_t)h->retries,
						  "uuid", uuid, "pid", h->pid, "hashes", hashes, "trailing", (int)h->trailing));
}

/* Hex text, from the command line or a file. False when it is not hex. */
static bool
decode_hex(struct decode *d, const char *text, size_t len)
{
	uint8_t bytes[HELLO_MAX_LEN];

	if (strncmp(text, "\\x", 2) == 0)
		text += 2;
	long n = strlen(text) + 2 < len ? -1 : hex_decode(text, bytes, sizeof(bytes));
	if (n <= 0)
		return false;
	decode_one(d, NULL, bytes, (size_t)n);
	return true;
}

static int
decode_file(struct decode *d, const char *path, struct err *e)
{
	SCOPED(buf) struct buf data = { 0 };

	if (file_read(path, INPUT_MAX, &data, e) < 0)
		return -1;
	if (pcap_is(data.p, data.len))
		return strcmp(path, "-") == 0 ? err_set(e, ERR_INPUT, "a capture must be a file, not standard input")
					      : pcap_flows(path, decode_one, d, e);
	if (!decode_hex(d, buf_str(&data), data.len))
		decode_one(d, NULL, buf_str(&data), data.len);
	return 0;
}

static int
decode(struct ctl *c, struct err *e)
{
	struct decode d = { .c = c, .list = json_array() };
	const char *what = c->args[0];
	int rc = 0;

	if (strcmp(what, "-") == 0 || access(what, F_OK) == 0)
		rc = decode_file(&d, what, e);
	else if (!decode_hex(&d, what, strlen(what)))
		rc = err_set(e, ERR_INPUT, "neither a file nor hex digits: %.60s", what);
	if (rc == 0 && c->json)
		ctl_json(json_incref(d.list));
	json_decref(d.list);
	return rc < 0 ? -1 : d.bad == 0 ? CTL_OK : CTL_FAILED;
}

static int
rejected(struct ctl *c, struct err *e)
{
	static const struct ctl_col cols[] = {
		{ "TIME", "at", REJECTED_AT, false },
		{ "ADDRESS", "address", REJECTED_ADDRESS, false },
		{ "PORT", "port", REJECTED_PORT, true },
		{ "CODE", "code", REJECTED_CODE, true },
		{ "TIMES", "count", REJECTED_COUNT, true },
		{ "REASON", "reason", REJECTED_REASON, false },
		{ "BYTES", "bytes", REJECTED_BYTES, false },
		{ 0 },
	};
	SCOPED(rows) struct rows *r = NULL;

	if (ctl_connect(c, e) < 0 || hello_rejected(c->db, REJECTED_MAX, &r, e) < 0)
		return -1;
	ctl_table(c, r, cols);
	return CTL_OK;
}

const struct command ctl_hello_commands[] = {
	{ "hello", "decode", "HEX|FILE|-", 1, 1, "Explain a hello: hex digits, a file of bytes or hex, or a capture (pcap)", NULL, decode },
	{ "hello", "rejected", "", 0, 0, "Show the connections that brought no usable hello, with their first bytes", NULL, rejected },
	{ 0 },
};
