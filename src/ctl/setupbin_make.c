/* SPDX-License-Identifier: Apache-2.0 */
/* setupbin_make: musterctl setupbin make: a setup.bin from a list of keys and values, or an image with it. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "amt/hello.h"
#include "amt/setup_bin.h"
#include "amt/usb_image.h"
#include "base/file.h"
#include "ctl/psk.h"
#include "ctl/setupbin.h"

enum { VALUES_MAX = 64 * 1024, CERT_MAX = 1 << 20 };

struct make {
	struct setup_record values; /* of every record */
	struct setup_writer w;
	bool format_given;
};

static void
make_scoped(struct make *m)
{
	setup_record_wipe(&m->values);
	setup_writer_scoped(&m->w);
}

static int
set_secret(struct setup_record *r, const char *name, const struct secret *s, struct err *e)
{
	return setup_record_set_secret(r, setup_var_by_name(name), s, e);
}

/* Values */

/* NAME=VALUE. Secrets only from a file: arguments are seen by everybody on the host. */
static int
set_value(struct make *m, const char *name, size_t name_len, const struct secret *value, bool from_file, struct err *e)
{
	char copy[64] = "";

	if (name_len < sizeof(copy))
		memcpy(copy, name, name_len);
	const struct setup_var *v = setup_var_by_name(copy);
	if (v == NULL)
		return err_set(e, ERR_INPUT, "no variable is called \"%.40s\"; see \"musterctl setupbin variables\"", copy);
	enum setup_format since = v->type == SETUP_HASH && strncmp(value->s, "sha1:", 5) != 0 ? SETUP_3 : v->since;
	if (!m->format_given && since > m->w.format)
		m->w.format = since;
	if ((v->flags & SETUP_SECRET) == 0)
		return setup_record_set(&m->values, v, value->s, e);
	if (!from_file)
		return err_set(e, ERR_USAGE, "%s is a secret: give it with --values, not as an argument", v->name);
	return setup_record_set_secret(&m->values, v, value, e);
}

static int
set_arguments(const struct ctl *c, struct make *m, struct err *e)
{
	for (int i = 1; i < c->nargs; i++) {
		SCOPED(secret) struct secret value = { 0 };
		const char *eq = strchr(c->args[i], '=');

		if (eq == NULL || !secret_set(&value, eq + 1, strlen(eq + 1)))
			return err_set(e, ERR_USAGE, "\"%.40s\": want NAME=VALUE of at most %d characters", c->args[i], SECRET_MAX - 1);
		if (set_value(m, c->args[i], (size_t)(eq - c->args[i]), &value, false, e) < 0)
			return -1;
	}
	return 0;
}

static int
read_values(const char *path, struct make *m, struct err *e)
{
	SCOPED(buf) struct buf text = { 0 };

	if (file_read(path, VALUES_MAX, &text, e) < 0)
		return -1;
	const char *p = buf_str(&text);
	for (size_t n = 1; *p != '\0'; n++) {
		SCOPED(secret) struct secret value = { 0 };
		size_t len = strcspn(p, "\r\n"), name = strcspn(p, "=\r\n");

		if (len > 0 && p[0] != '#') {
			if (name == len || !secret_set(&value, p + name + 1, len - name - 1))
				return err_set(e, ERR_INPUT, "%s, line %zu: want NAME=VALUE", path, n);
			if (set_value(m, p, name, &value, true, e) < 0)
				return err_wrap(e, path);
		}
		p += len;
		p += p[0] == '\r' && p[1] == '\n' ? 2 : p[0] == '\0' ? 0 : 1;
	}
	return 0;
}

/* The hash of a certificate as the devices of the format have it: SHA-1 before format 3. */
static int
set_root(const char *path, struct make *m, struct err *e)
{
	SCOPED(buf) struct buf pem = { 0 }, text = { 0 };
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	char name[SETUP_HASH_NAME_MAX + 1] = "";

	if (file_read(path, CERT_MAX, &pem, e) < 0)
		return -1;
	if (!m->format_given && m->w.format < SETUP_3)
		m->w.format = SETUP_3;
	bool old = m->w.format < SETUP_3;
	BIO *bio = BIO_new_mem_buf(buf_str(&pem), (int)pem.len);
	X509 *cert = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
	bool self = cert != NULL && X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert)) == 0;
	bool hashed = self && X509_digest(cert, old ? EVP_sha1() : EVP_sha256(), md, &len) == 1;
	if (hashed)
		(void)X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, name, sizeof(name));
	BIO_free(bio);
	X509_free(cert);
	ERR_clear_error();
	if (!hashed)
		return err_set(e, ERR_CERT_READ, self || cert == NULL ? "%s: no certificate in PEM" : "%s: not a root: it is not its own issuer", path);
	buf_printf(&text, "%s:", old ? "sha1" : "sha256");
	for (unsigned int i = 0; i < len; i++)
		buf_printf(&text, "%02x", md[i]);
	buf_printf(&text, ":%s", name);
	return setup_record_set(&m->values, setup_var_by_name("own-hash"), buf_str(&text), e);
}

static int
set_flags(const struct ctl *c, struct make *m, struct err *e)
{
	m->w.reuse = c->opt[MAKE_REUSE] != NULL;
	m->w.scramble = c->opt[MAKE_SCRAMBLE] != NULL;
	m->format_given = c->opt[MAKE_FORMAT] != NULL;
	if (m->format_given && !setup_format_by_name(c->opt[MAKE_FORMAT], &m->w.format))
		return err_set(e, ERR_USAGE, "--format: want 1, 2, 2.1, 3 or 4");
	if (m->w.reuse && m->format_given && m->w.format == SETUP_1)
		return err_set(e, ERR_USAGE, "--reuse: format 1 does not know records that are not consumed");
	if (!m->format_given)
		m->w.format = m->w.scramble ? SETUP_4 : m->w.reuse ? SETUP_2 : SETUP_1;
	if (c->opt[MAKE_NO_PARTITION] != NULL && c->opt[MAKE_IMAGE] == NULL)
		return err_set(e, ERR_USAGE, "--no-partition goes with --image");
	if (c->opt[MAKE_LIST] != NULL && c->opt[MAKE_VALUES] != NULL && strcmp(c->opt[MAKE_LIST], "-") == 0 && strcmp(c->opt[MAKE_VALUES], "-") == 0)
		return err_set(e, ERR_USAGE, "only one of --list and --values can be standard input");
	return 0;
}

/* Records */

static int
set_factory(struct setup_record *r, struct err *e)
{
	static const struct secret admin = { .len = 5, .s = "admin" };

	return setup_find(r, SETUP_ME, SETUP_ME_CURRENT_PASSWORD) != NULL ? 0 : set_secret(r, "current-password", &admin, e);
}

static int
add_line(void *arg, const struct psk_line *l, struct err *e)
{
	struct make *m = arg;
	SCOPED(setup_record) struct setup_record r = m->values;

	if (m->w.records == SETUP_RECORDS_MAX)
		return err_set(e, ERR_PSK_LIST, "more than %d keys: a BIOS would search through them for minutes", SETUP_RECORDS_MAX);
	if ((l->current.len > 0 && set_secret(&r, "current-password", &l->current, e) < 0) ||
	    (l->fresh.len > 0 && set_secret(&r, "new-password", &l->fresh, e) < 0) || setup_record_set(&r, setup_var_by_name("pid"), l->key.pid, e) < 0 ||
	    set_secret(&r, "pps", &l->key.pps, e) < 0 || set_factory(&r, e) < 0 || setup_writer_add(&m->w, &r, e) < 0)
		return -1;
	return 0;
}

static int
add_records(const struct ctl *c, struct make *m, struct err *e)
{
	SCOPED(psk_list) struct psk_list l = { .fn = add_line, .arg = m };
	const char *path = c->opt[MAKE_LIST];

	if (path == NULL)
		return set_factory(&m->values, e) < 0 ? -1 : setup_writer_add(&m->w, &m->values, e);
	if (psk_list_read(path, c->opt[MAKE_COLUMNS], &l, e) < 0 || psk_list_whole(&l, path, e) < 0)
		return -1;
	if (l.shared > 0)
		(void)fprintf(stderr, "musterctl: %zu records have the same pair as an earlier one\n", l.shared);
	return 0;
}

static void
warn(void *arg, enum setup_level level, const char *text)
{
	(void)arg;
	if (level != SETUP_NOTE)
		(void)fprintf(stderr, "musterctl: warning: %s\n", text);
}

/* What works, but perhaps not as meant; the first record speaks for all. */
static int
warn_all(const struct buf *file, struct err *e)
{
	SCOPED(setup_record) struct setup_record r = { 0 };
	struct setup_head h;

	if (setup_head_parse(file->p, file->len, &h, e) < 0 || setup_record_parse(file->p + SETUP_CHUNK, SETUP_CHUNK, &r, e) < 0)
		return -1;
	setup_head_check(&h, file->len, warn, NULL);
	setup_record_check(&h, &r, warn, NULL);
	return 0;
}

static int
put_file(const struct ctl *c, const struct make *m, const struct buf *what, struct err *e)
{
	const char *path = c->args[0], *format = setup_format_info(m->w.format)->name;

	if (strcmp(path, "-") == 0)
		return ctl_write(what, e);
	if (file_write_new(path, what->p, what->len, e) < 0)
		return -1;
	ctl_say(c, "%u record%s, format %s, for %s: %s, %zu bytes", m->w.records, m->w.records == 1 ? "" : "s", format,
	    setup_format_info(m->w.format)->read_by, path, what->len);
	if (c->json)
		ctl_json(json_pack("{s:s, s:s, s:i, s:I, s:b}", "file", path, "format", format, "records", (int)m->w.records, "bytes", (json_int_t)what->len,
		    "image", c->opt[MAKE_IMAGE] != NULL));
	return 0;
}

int
setupbin_make(struct ctl *c, struct err *e)
{
	SCOPED(make) struct make m = { 0 };
	SCOPED(buf) struct buf image = { 0 };
	time_t now = time(NULL);
	struct tm when;

	if (strcmp(c->args[0], "-") == 0 && isatty(STDOUT_FILENO) == 1)
		return err_set(e, ERR_USAGE, "standard output is a terminal: name a file");
	if (set_flags(c, &m, e) < 0 || set_arguments(c, &m, e) < 0 || (c->opt[MAKE_VALUES] != NULL && read_values(c->opt[MAKE_VALUES], &m, e) < 0) ||
	    (c->opt[MAKE_ROOT] != NULL && set_root(c->opt[MAKE_ROOT], &m, e) < 0) || add_records(c, &m, e) < 0 || setup_writer_end(&m.w, e) < 0 ||
	    warn_all(&m.w.out, e) < 0)
		return -1;
	if (c->opt[MAKE_IMAGE] == NULL)
		return put_file(c, &m, &m.w.out, e) < 0 ? -1 : CTL_OK;
	if (localtime_r(&now, &when) == NULL)
		return err_set(e, ERR_SYSTEM, "the time of day cannot be told");
	if (usb_image_build(m.w.out.p, m.w.out.len, c->opt[MAKE_NO_PARTITION] != NULL ? USB_PLAIN : USB_PARTITION, &when, &image, e) < 0)
		return -1;
	return put_file(c, &m, &image, e) < 0 ? -1 : CTL_OK;
}
