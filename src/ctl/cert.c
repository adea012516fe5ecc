/* SPDX-License-Identifier: Apache-2.0 */
/* cert: musterctl cert add, list, check, enable, disable, export-ca. */
#include "db/cert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/file.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "pki/setup_cert.h"

enum { FILE_MAX = 1 << 20 };
enum { OPT_KEY, OPT_PASSWORD_FILE };

static int
load(const struct ctl *c, struct setup_cert *out, struct err *e)
{
	SCOPED(buf) struct buf data = { 0 }, key = { 0 }, line = { 0 };
	SCOPED(secret) struct secret password = { 0 };

	if (file_read(c->args[0], FILE_MAX, &data, e) < 0 ||
	    (c->opt[OPT_KEY] != NULL && file_read(c->opt[OPT_KEY], FILE_MAX, &key, e) < 0))
		return -1;
	if (c->opt[OPT_PASSWORD_FILE] != NULL) {
		if (file_read(c->opt[OPT_PASSWORD_FILE], SECRET_MAX, &line, e) < 0)
			return -1;
		if (!secret_set(&password, buf_str(&line), strcspn(buf_str(&line), "\r\n")))
			return err_set(e, ERR_INPUT, "%s: not a password", c->opt[OPT_PASSWORD_FILE]);
	}
	if (setup_cert_load(&data, c->opt[OPT_KEY] != NULL ? &key : NULL, c->opt[OPT_PASSWORD_FILE] != NULL ? &password : NULL, out, e) < 0)
		return err_wrap(e, c->args[0]);
	return 0;
}

static void
date_text(time_t t, char out[16])
{
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || strftime(out, 16, "%Y-%m-%d", &tm) == 0)
		out[0] = '\0';
}

/* Prints the findings for people and gives them as JSON; *worst, all zero before, is the first BAD one. */
static json_t *
print_findings(const struct ctl *c, const struct setup_cert *cert, struct finding *worst)
{
	static const char *const words[] = { [FINDING_OK] = "ok", [FINDING_WARN] = "warning", [FINDING_BAD] = "bad" };
	struct finding list[FINDINGS_MAX];
	size_t n = setup_cert_check(cert, time(NULL), list);
	json_t *rows = json_array();
	char sha256[65], root[65];

	hex_encode(sha256, cert->sha256, 32);
	hex_encode(root, cert->root_sha256, 32);
	ctl_say(c, "subject  %s\nissuer   %s\nsha256   %s\nroot     %s", cert->subject, cert->issuer, sha256, root);
	for (size_t i = 0; i < n; i++) {
		ctl_say(c, "%-8s %-10s %s", words[list[i].level], list[i].rule, list[i].text);
		(void)json_array_append_new(rows, json_pack("{s:s, s:s, s:i, s:s}", "level", words[list[i].level], "rule", list[i].rule,
							 "code", (int)list[i].code, "text", list[i].text));
		if (list[i].level == FINDING_BAD && worst->level != FINDING_BAD)
			*worst = list[i];
	}
	return json_pack("{s:s, s:s, s:s, s:b, s:o}", "subject", cert->subject, "sha256", sha256, "root_sha256", root, "good",
	    worst->level != FINDING_BAD, "findings", rows);
}

static void
print_json(const struct ctl *c, json_t *j)
{
	if (c->json)
		ctl_json(j);
	else
		json_decref(j);
}

/* How many devices seen so far offered the root of this certificate. */
static int
count_devices(struct ctl *c, const struct setup_cert *cert, int64_t *accept, int64_t *all, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	const struct cert_choice choice = { .root_sha1 = cert->root_sha1, .root_sha256 = cert->root_sha256, .root_sha384 = cert->root_sha384 };

	SCOPED(mem) struct hello_hash *hashes = calloc(HELLO_MAX_HASHES, sizeof(*hashes));

	*accept = *all = 0;
	if (hashes == NULL)
		return err_set(e, ERR_MEMORY, "root hashes");
	if (hash_sets(c->db, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < rows_count(r); i++) {
		size_t len;
		SCOPED(mem) uint8_t *p = rows_bytes_new(r, i, 0, &len);
		size_t n = p == NULL ? 0 : hello_hashes(p, len, hashes, HELLO_MAX_HASHES);

		*all += rows_int(r, i, 1);
		*accept += cert_trusts_root(&choice, hashes, n) ? rows_int(r, i, 1) : 0;
	}
	return 0;
}

static void
say_devices(struct ctl *c, const struct setup_cert *cert)
{
	struct err ignored; /* a file can be checked without a database */
	int64_t accept, all;

	if (!c->json && ctl_connect(c, &ignored) == 0 && count_devices(c, cert, &accept, &all, &ignored) == 0)
		ctl_say(c, "%lld of %lld devices seen trust this root", (long long)accept, (long long)all);
}

static int
check_rows(struct ctl *c, const struct rows *r, json_t *out, struct err *e)
{
	bool good = true;

	for (size_t i = 0; i < rows_count(r); i++) {
		SCOPED(db_setup_cert) struct db_setup_cert row = { 0 };
		SCOPED(setup_cert) struct setup_cert cert = { 0 };
		struct finding worst = { 0 };

		if (setup_cert_from_row(r, i, false, &row, e) < 0)
			return -1;
		if (!row.enabled)
			continue;
		if (setup_cert_chain(row.chain, strlen(row.chain), &cert, e) < 0)
			return -1;
		(void)json_array_append_new(out, print_findings(c, &cert, &worst));
		good = good && worst.level != FINDING_BAD;
		say_devices(c, &cert);
		ctl_say(c, "%s", "");
	}
	return good ? CTL_OK : CTL_FAILED;
}

/* Every certificate that is in use, as it is stored. */
static int
check_stored(struct ctl *c, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (ctl_connect(c, e) < 0 || setup_cert_rows(c->db, &r, e) < 0)
		return -1;
	if (rows_count(r) == 0)
		return err_set(e, ERR_CERT_NONE, "there is no setup certificate: musterctl cert add FILE");
	json_t *out = json_array();
	int rc = check_rows(c, r, out, e);
	if (rc < 0)
		json_decref(out);
	else
		print_json(c, out);
	return rc;
}

static int
check(struct ctl *c, struct err *e)
{
	SCOPED(setup_cert) struct setup_cert cert = { 0 };
	struct finding worst = { 0 };

	if (c->nargs == 0)
		return check_stored(c, e);
	if (load(c, &cert, e) < 0)
		return -1;
	print_json(c, print_findings(c, &cert, &worst));
	say_devices(c, &cert);
	return worst.level != FINDING_BAD ? CTL_OK : CTL_FAILED;
}

static int
seal_key(struct ctl *c, const struct setup_cert *cert, struct sealed *out, struct err *e)
{
	SCOPED(buf) struct buf key = { 0 };
	struct seal_public pub;
	char aad[100] = "setup_certificate/";
	int found = engine_key_read(c->db, &pub, e);

	if (found <= 0)
		return found < 0 ? -1 : err_set(e, ERR_KEY_MISMATCH, "the database has no engine key: run \"musterctl key init\"");
	hex_encode(aad + strlen(aad), cert->sha256, sizeof(cert->sha256));
	if (setup_cert_key(cert, &key, e) < 0)
		return -1;
	return seal_close(&pub, aad, key.p, key.len, out, e);
}

static int
store(struct ctl *c, const struct setup_cert *cert, struct err *e)
{
	SCOPED(db_setup_cert) struct db_setup_cert row = { 0 };
	SCOPED(buf) struct buf chain = { 0 };

	if (ctl_connect(c, e) < 0 || setup_cert_pem(cert, &chain, e) < 0 || seal_key(c, cert, &row.key, e) < 0)
		return -1;
	memcpy(row.sha256, cert->sha256, sizeof(row.sha256));
	memcpy(row.root_sha1, cert->root_sha1, sizeof(row.root_sha1));
	memcpy(row.root_sha256, cert->root_sha256, sizeof(row.root_sha256));
	memcpy(row.root_sha384, cert->root_sha384, sizeof(row.root_sha384));
	(void)text_copy(row.cn, sizeof(row.cn), cert->cn);
	(void)text_copy(row.subject, sizeof(row.subject), cert->subject);
	(void)text_copy(row.issuer, sizeof(row.issuer), cert->issuer);
	row.not_before = cert->not_before;
	row.not_after = cert->not_after;
	row.chain = buf_steal(&chain);
	if (row.chain == NULL)
		return err_set(e, ERR_MEMORY, "certificate chain");
	return setup_cert_insert(c->db, &row, e);
}

static int
add(struct ctl *c, struct err *e)
{
	SCOPED(setup_cert) struct setup_cert cert = { 0 };
	struct finding worst = { 0 };

	if (load(c, &cert, e) < 0)
		return -1;
	json_t *found = print_findings(c, &cert, &worst);
	int rc = worst.level == FINDING_BAD ? err_set(e, worst.code, "not added: %s: %s", worst.rule, worst.text) : store(c, &cert, e);
	if (rc < 0) { /* the error alone is the answer to a script */
		json_decref(found);
		return -1;
	}
	print_json(c, found);
	ctl_say(c, "added");
	return CTL_OK;
}

static int
list(struct ctl *c, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	json_t *out = json_array();

	if (ctl_connect(c, e) < 0 || setup_cert_rows(c->db, &r, e) < 0) {
		json_decref(out);
		return -1;
	}
	ctl_say(c, "%-30s %-10s %-8s %s", "CN", "UNTIL", "STATE", "SHA256");
	for (size_t i = 0; i < rows_count(r); i++) {
		SCOPED(db_setup_cert) struct db_setup_cert one = { 0 };
		char until[16], sha256[65];

		if (setup_cert_from_row(r, i, false, &one, e) < 0) {
			json_decref(out);
			return -1;
		}
		const char *state = !one.enabled ? "disabled" : one.not_after <= time(NULL) ? "expired" : "in use";
		date_text(one.not_after, until);
		hex_encode(sha256, one.sha256, 32);
		ctl_say(c, "%-30s %-10s %-8s %.16s", one.cn, until, state, sha256);
		(void)json_array_append_new(out, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "cn", one.cn, "subject", one.subject, "issuer",
							one.issuer, "not_after", until, "state", state, "sha256", sha256));
	}
	if (c->json)
		ctl_json(out);
	else
		json_decref(out);
	return CTL_OK;
}

/* The one certificate whose thumbprint starts with the argument. */
static int
by_prefix(struct ctl *c, uint8_t out[32], struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	int matches = 0;

	if (strlen(c->args[0]) < 8)
		return err_set(e, ERR_INPUT, "give at least 8 digits of the SHA-256");
	if (ctl_connect(c, e) < 0 || setup_cert_rows(c->db, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < rows_count(r); i++) {
		const char *hex = rows_text(r, i, 0) + 2; /* after \x */

		if (strncasecmp(hex, c->args[0], strlen(c->args[0])) == 0 && hex_decode(hex, out, 32) == 32)
			matches++;
	}
	if (matches != 1)
		return err_set(e, matches == 0 ? ERR_DB_NOT_FOUND : ERR_INPUT, "%d setup certificates start with %s", matches, c->args[0]);
	return 0;
}

static int
switch_to(struct ctl *c, bool enabled, struct err *e)
{
	uint8_t sha256[32];
	bool changed;

	if (by_prefix(c, sha256, e) < 0 || setup_cert_enable(c->db, sha256, enabled, &changed, e) < 0)
		return -1;
	ctl_say(c, changed ? "done" : "nothing to do");
	if (c->json)
		ctl_json(json_pack("{s:b}", "changed", changed));
	return CTL_OK;
}

static int
enable(struct ctl *c, struct err *e)
{
	return switch_to(c, true, e);
}

static int
disable(struct ctl *c, struct err *e)
{
	return switch_to(c, false, e);
}

static int
export_ca(struct ctl *c, struct err *e)
{
	SCOPED(db_ca) struct db_ca ca = { 0 };

	if (ctl_connect(c, e) < 0)
		return -1;
	int found = db_ca_read(c->db, false, &ca, e);
	if (found < 0)
		return -1;
	if (found == 0)
		return err_set(e, ERR_DB_NOT_FOUND, "there is no CA yet: the first engine that starts makes it");
	if (c->json)
		ctl_json(json_pack("{s:s, s:s}", "subject", ca.subject, "pem", ca.pem));
	else
		(void)fputs(ca.pem, stdout);
	return CTL_OK;
}

static const struct ctl_opt file_opts[] = {
	{ "key", "FILE", "File with the private key, when FILE does not hold it" },
	{ "password-file", "FILE", "File whose first line is the password of the key or PKCS#12" },
	{ 0 },
};

const struct command ctl_cert_commands[] = {
	{ "cert", "add", "FILE", 1, 1, "Add a setup certificate with its chain and key (PEM or PKCS#12)", file_opts, add },
	{ "cert", "list", "", 0, 0, "Show the setup certificates", NULL, list },
	{ "cert", "check", "[FILE]", 0, 1, "Check a setup certificate rule by rule: one in a file, or all in use", file_opts, check },
	{ "cert", "enable", "SHA256", 1, 1, "Use a setup certificate again", NULL, enable },
	{ "cert", "disable", "SHA256", 1, 1, "Stop using a setup certificate", NULL, disable },
	{ "cert", "export-ca", "", 0, 0, "Print the certificate of the built-in CA, for management consoles", NULL, export_ca },
	{ 0 },
};
