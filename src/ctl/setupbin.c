/* SPDX-License-Identifier: Apache-2.0 */
/* setupbin: musterctl setupbin show, variables, make. */
#include "ctl/setupbin.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "amt/setup_bin.h"
#include "base/file.h"
#include "base/text.h"
#include "ctl/psk.h"

enum { SHOW_SECRETS, SHOW_RECORD };
enum { FOREIGN_MAX = 256 << 20, LINE_MAX_LEN = 1024 };

/* Whether something was written before in a list of JSON, and how many faults there are. */
struct show {
	const struct ctl *c;
	const struct buf *file;
	struct setup_head head;
	bool secrets;
	struct buf out;
	bool more;     /* in the list being written */
	size_t faults;
	uint64_t used; /* records marked so */
};

static const char *const levels[] = { [SETUP_NOTE] = "note", [SETUP_WARNING] = "warning", [SETUP_FAULT] = "fault" };

/* Text from a file that drives no terminal. */
static void
put_clean(struct buf *out, const char *s, size_t len)
{
	char clean[LINE_MAX_LEN];

	text_clean(clean, sizeof(clean), s, len);
	buf_puts(out, clean);
	explicit_bzero(clean, sizeof(clean));
}

static void
put_finding(void *arg, enum setup_level level, const char *text)
{
	struct show *s = arg;

	s->faults += level == SETUP_FAULT ? 1 : 0;
	if (s->c->json) {
		buf_printf(&s->out, "%s{\"level\": \"%s\", \"text\": ", s->more ? ", " : "", levels[level]);
		ctl_json_quote(&s->out, text);
		buf_puts(&s->out, "}");
		s->more = true;
		return;
	}
	buf_printf(&s->out, "  %-7s  %s\n", levels[level], text);
}

static void
put_sentence(void *arg, enum setup_level level, const char *text)
{
	struct show *s = arg;

	(void)level;
	if (s->c->json) {
		buf_puts(&s->out, s->more ? ", " : "");
		ctl_json_quote(&s->out, text);
		s->more = true;
		return;
	}
	buf_printf(&s->out, "  %s\n", text);
}

/* A list of JSON around what is put between these. */
static void
list_begin(struct show *s, const char *name)
{
	if (s->c->json)
		buf_printf(&s->out, ", \"%s\": [", name);
	s->more = false;
}

static void
list_end(struct show *s)
{
	if (s->c->json)
		buf_puts(&s->out, "]");
	s->more = false;
}

/* The value in words; of a secret only its length unless asked for. */
static void
value_text(const struct show *s, const struct setup_var *v, const uint8_t *value, size_t len, struct buf *out)
{
	SCOPED(secret) struct secret secret = { 0 };

	if (v == NULL) {
		for (size_t i = 0; i < len && i < LINE_MAX_LEN / 4; i++)
			buf_printf(out, "%02x", value[i]);
	} else if ((v->flags & SETUP_SECRET) && !s->secrets) {
		bool factory = v->module == SETUP_ME && secret_set(&secret, value, len) && strcmp(secret.s, "admin") == 0;

		buf_printf(out, "(hidden, %zu characters%s)", len, factory ? ": the factory's" : "");
	} else {
		setup_value_text(v, value, len, out);
	}
}

static void
put_entry(struct show *s, const struct setup_entry *entry, const uint8_t *value)
{
	const struct setup_var *v = setup_var(entry->module, entry->var);
	SCOPED(buf) struct buf text = { 0 };

	value_text(s, v, value, entry->len, &text);
	if (s->c->json) {
		buf_printf(&s->out, "%s{\"module\": %u, \"variable\": %u, \"name\": ", s->more ? ", " : "", entry->module, entry->var);
		buf_printf(&s->out, v == NULL ? "null" : "\"%s\"", v == NULL ? "" : v->name);
		buf_printf(&s->out, ", \"bytes\": %u, \"hidden\": %s, \"value\": ", entry->len,
		    v != NULL && v->flags & SETUP_SECRET && !s->secrets ? "true" : "false");
		ctl_json_quote(&s->out, buf_str(&text));
		buf_puts(&s->out, "}");
		s->more = true;
		return;
	}
	buf_printf(&s->out, "  %u/%-3u %-33s ", entry->module, entry->var, v == NULL ? "(not known to muster)" : v->title);
	put_clean(&s->out, buf_str(&text), text.len);
	buf_puts(&s->out, "\n");
	if (v != NULL)
		buf_printf(&s->out, "          %s\n", v->means);
}

static void
put_entries(struct show *s, const struct setup_record *r)
{
	list_begin(s, "variables");
	for (size_t i = 0; i < r->n; i++)
		put_entry(s, &r->entries[i], r->body + r->entries[i].at);
	list_end(s);
}

/* Record i, which may be cut off. False: nothing of it is there. */
static bool
load_record(const struct show *s, uint32_t i, struct setup_record *r, struct err *why)
{
	uint64_t at = setup_record_at(&s->head, i), size = setup_record_size(&s->head);

	*why = (struct err){ 0 };
	if (at >= s->file->len)
		return false;
	uint64_t left = s->file->len - at;
	if (setup_record_parse(s->file->p + at, (size_t)(left < size ? left : size), r, why) == 0 && left < size)
		(void)err_set(why, ERR_SETUP_BIN, "the record is cut off after %" PRIu64 " bytes", left);
	return true;
}

static void
put_record(struct show *s, uint32_t i, const struct setup_record *r, const struct err *why)
{
	if (s->c->json)
		buf_printf(&s->out, "%s\n  {\"number\": %" PRIu32 ", \"valid\": %s, \"scrambled\": %s", s->more ? "," : "", r->number,
		    r->flags & SETUP_VALID ? "true" : "false", r->flags & SETUP_SCRAMBLED ? "true" : "false");
	else
		buf_printf(&s->out, "\nRecord %" PRIu32 " of %" PRIu32 ": %s%s\n", i + 1, s->head.records, r->flags & SETUP_VALID ? "valid" : "marked as used",
		    r->flags & SETUP_SCRAMBLED ? ", scrambled" : "");
	put_entries(s, r);
	list_begin(s, "findings");
	if (why->code != ERR_NONE)
		put_finding(s, SETUP_FAULT, why->text);
	setup_record_check(&s->head, r, put_finding, s);
	list_end(s);
	if (s->c->json)
		buf_puts(&s->out, "}");
	s->more = true;
}

/* All records, or the one asked for. Printed one by one, for a file may have many. */
static int
put_records(struct show *s, long only, struct err *e)
{
	SCOPED(setup_record) struct setup_record r = { 0 };
	struct err why;

	s->more = false;
	for (uint32_t i = only > 0 ? (uint32_t)only - 1 : 0; i < s->head.records && load_record(s, i, &r, &why); i++) {
		s->used += r.flags & SETUP_VALID ? 0 : 1;
		put_record(s, i, &r, &why);
		if (ctl_write(&s->out, e) < 0)
			return -1;
		buf_reset(&s->out);
		if (only > 0)
			break;
	}
	s->more = false;
	return 0;
}

static void
put_head(struct show *s)
{
	const struct setup_format_info *f = setup_format_info(s->head.format);
	const struct setup_head *h = &s->head;
	bool reuse = h->flags & SETUP_FILE_REUSE;

	if (s->c->json)
		buf_printf(&s->out, "{\"format\": \"%s\", \"version\": \"%u.%u\", \"consumed_on_use\": %s, \"records\": %" PRIu32 ", \"used\": %" PRIu32
				    ", \"record_bytes\": %zu, \"bytes\": %zu",
		    f->name, h->major, h->minor, reuse ? "false" : "true", h->records, h->consumed, setup_record_size(h), s->file->len);
	else
		buf_printf(&s->out, "setup.bin, format %s (version %u.%u), for %s\n%" PRIu32 " record%s of %zu bytes, %" PRIu32 " used; %s\n", f->name, h->major,
		    h->minor, f->read_by, h->records, h->records == 1 ? "" : "s", setup_record_size(h), h->consumed,
		    reuse ? "each device takes the first (not consumed)" : "each device takes the next");
	list_begin(s, "findings");
	setup_head_check(h, s->file->len, put_finding, s);
	list_end(s);
}

/* What a BIOS would do now. */
static void
put_outcome(struct show *s, long only)
{
	SCOPED(setup_record) struct setup_record r = { 0 };
	int64_t next = setup_next(&s->head, s->file->len);
	struct err why;
	bool have = next >= 0 && load_record(s, (uint32_t)next, &r, &why);

	if (!s->c->json)
		buf_puts(&s->out, "\nStarting a device with it\n");
	list_begin(s, "outcome");
	setup_outcome(&s->head, have ? &r : NULL, put_sentence, s);
	if (s->faults > 0)
		put_sentence(s, SETUP_NOTE, "With the faults above a device may ignore the file or refuse the record.");
	if (only == 0 && s->used != s->head.consumed)
		put_sentence(s, SETUP_NOTE, "The count of used records is not that of the records marked as used: a device goes by the count.");
	list_end(s);
	if (s->c->json)
		buf_puts(&s->out, "}\n");
}

static int
show(struct ctl *c, struct err *e)
{
	SCOPED(buf) struct buf file = { 0 };
	struct show s = { .c = c, .file = &file, .secrets = c->opt[SHOW_SECRETS] != NULL };
	long only = 0;

	if (c->opt[SHOW_RECORD] != NULL && ctl_number(c->opt[SHOW_RECORD], "--record", 1, UINT32_MAX, &only, e) < 0)
		return -1;
	if (file_read(c->args[0], FOREIGN_MAX, &file, e) < 0)
		return -1;
	if (setup_head_parse(buf_str(&file), file.len, &s.head, e) < 0)
		return err_wrap(e, c->args[0]);
	if (only > (long)s.head.records)
		return err_set(e, ERR_INPUT, "--record: the file has %" PRIu32, s.head.records);
	put_head(&s);
	if (c->json)
		buf_puts(&s.out, ", \"record\": [");
	int rc = put_records(&s, only, e);
	if (c->json)
		buf_puts(&s.out, "]");
	put_outcome(&s, only);
	if (rc == 0)
		rc = ctl_write(&s.out, e);
	buf_free(&s.out);
	return rc < 0 ? -1 : s.faults == 0 ? CTL_OK : CTL_FAILED;
}

/* The table of variables */

static void
put_values(const struct setup_var *v, struct buf *out)
{
	static const char *const types[] = { [SETUP_GUID] = "UUID", [SETUP_IPV4] = "IPv4 address", [SETUP_HASH] = "sha1|sha256|sha384:HEX:NAME",
		[SETUP_RAW] = "(read, not written)" };

	for (const struct setup_word *w = v->words; w != NULL && w->word != NULL; w++)
		buf_printf(out, "%s%s", w == v->words ? "" : "|", w->word);
	if (v->words != NULL)
		return;
	if (v->type == SETUP_TEXT && v->least == v->most)
		buf_printf(out, "%u characters", v->most);
	else if (v->type == SETUP_TEXT)
		buf_printf(out, "%u to %u characters", v->least, v->most);
	else if (types[v->type] == NULL)
		buf_printf(out, "%u to %u", v->least, v->most);
	else
		buf_puts(out, types[v->type]);
}

static int
variables(struct ctl *c, struct err *e)
{
	json_t *list = json_array();
	size_t n;
	const struct setup_var *v = setup_vars(&n);

	(void)e;
	for (size_t i = 0; i < n; i++) {
		SCOPED(buf) struct buf values = { 0 };
		const char *since = setup_format_info(v[i].since)->name;
		bool secret = v[i].flags & SETUP_SECRET;

		put_values(&v[i], &values);
		ctl_say(c, "%-21s %u/%-2u  from format %-3s  %s%s\n    %s: %s", v[i].name, v[i].module, v[i].id, since, buf_str(&values),
		    secret ? " (secret)" : "", v[i].title, v[i].means);
		(void)json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:s, s:s, s:b, s:b, s:s, s:s}", "name", v[i].name, "module", (int)v[i].module,
						      "variable", (int)v[i].id, "since", since, "values", buf_str(&values), "secret", secret, "written",
						      (v[i].flags & SETUP_UNSURE) == 0, "title", v[i].title, "means", v[i].means));
	}
	if (c->json)
		ctl_json(json_incref(list));
	json_decref(list);
	return CTL_OK;
}

static const struct ctl_opt show_opts[] = {
	[SHOW_SECRETS] = { "show-secrets", NULL, "Print passwords and PPS too" },
	[SHOW_RECORD] = { "record", "N", "Only this record, from 1 on" },
	{ 0 },
};
static const struct ctl_opt make_opts[] = {
	[MAKE_COLUMNS] = PSK_COLUMNS_OPT,
	[MAKE_LIST] = { "list", "FILE|-", "A record for each key of this list, CSV or setup.bin" },
	[MAKE_VALUES] = { "values", "FILE|-", "Lines NAME=VALUE for every record; passwords are given here" },
	[MAKE_ROOT] = { "root", "FILE", "A root certificate (PEM) whose hash the devices shall trust" },
	[MAKE_FORMAT] = { "format", "V", "1, 2, 2.1, 3 or 4 (default: the least that has all of it)" },
	[MAKE_REUSE] = { "reuse", NULL, "Records are not consumed: one for every device" },
	[MAKE_SCRAMBLE] = { "scramble", NULL, "Scramble the records, which is no protection" },
	[MAKE_IMAGE] = { "image", NULL, "Write the image of a USB key, FAT16 in a partition" },
	[MAKE_NO_PARTITION] = { "no-partition", NULL, "With --image: FAT16 alone, without a partition table" },
	{ 0 },
};

const struct command ctl_setupbin_commands[] = {
	{ "setupbin", "show", "FILE|-", 1, 1, "Explain a setup.bin record by record, and what a device makes of it", show_opts, show },
	{ "setupbin", "variables", "", 0, 0, "Show everything a setup.bin can set, with its values", NULL, variables },
	{ "setupbin", "make", "FILE|- [NAME=VALUE...]", 1, -1, "Make a setup.bin, or the image of a USB key with it", make_opts, setupbin_make },
	{ 0 },
};
