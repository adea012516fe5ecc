/* SPDX-License-Identifier: Apache-2.0 */
/* profile: what a device shall become, JSON <-> struct. */
#include "amt/profile.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "amt/realm.h"
#include "base/text.h"

static const struct profile_word admin_words[] = { { "random", PASSWORD_RANDOM }, { "fixed", PASSWORD_FIXED }, { 0 } };
static const struct profile_word mebx_words[] = { { "random", PASSWORD_RANDOM }, { "fixed", PASSWORD_FIXED },
	{ "keep", PASSWORD_KEEP }, { 0 } };
static const struct profile_word tls_words[] = { { "server", TLS_SERVER }, { "none", TLS_NONE }, { 0 } };
static const struct profile_word power_words[] = { { "s0", POWER_S0 }, { "s0-s3-s5", POWER_S0_S3_S5 },
	{ "keep", POWER_KEEP }, { 0 } };
static const struct profile_word acl_words[] = { { "local", ACL_LOCAL }, { "network", ACL_NETWORK },
	{ "any", ACL_ANY }, { 0 } };

#define NAME_RULE "1 to 63 characters: letters, digits, blank . _ -, the first a letter or digit"

#define AT(member) offsetof(struct profile, member)
static const struct profile_field fields[] = {
	/* clang-format off */
	{ NULL, "name", PROFILE_TEXT, AT(name), NULL, PROFILE_NAME_MAX, "Name", NAME_RULE },
	{ NULL, "description", PROFILE_TEXT, AT(description), NULL, 256, "Description", "For people; at most 255 bytes" },
	{ "passwords", "admin", PROFILE_WORD, AT(admin_password), admin_words, 0, "Password of admin",
	  "random: made for each device; fixed: the same for all" },
	{ "passwords", "mebx", PROFILE_WORD, AT(mebx_password), mebx_words, 0, "Password of the MEBx",
	  "random, fixed, or keep: as it is on the device" },
	{ "network", "ping", PROFILE_BOOL, AT(ping), NULL, 0, "Ping", "Answer ICMP echo requests" },
	{ "network", "rmcp_ping", PROFILE_BOOL, AT(rmcp_ping), NULL, 0, "RMCP ping", "Answer RMCP pings, where the device has that setting" },
	{ "tls", "mode", PROFILE_WORD, AT(tls), tls_words, 0, "TLS",
	  "server: with a certificate of the built-in CA; none: refused from AMT 16.1 on" },
	{ "tls", "plain", PROFILE_BOOL, AT(tls_plain), NULL, 0, "Ports without TLS", "Leave the ports without TLS open too" },
	{ "interfaces", "web_ui", PROFILE_BOOL, AT(web_ui), NULL, 0, "Web UI", "Web pages of the device" },
	{ "interfaces", "sol", PROFILE_BOOL, AT(sol), NULL, 0, "SOL", "Serial over LAN" },
	{ "interfaces", "ider", PROFILE_BOOL, AT(ider), NULL, 0, "IDE-R", "IDE redirection" },
	{ "interfaces", "kvm", PROFILE_BOOL, AT(kvm), NULL, 0, "KVM", "Remote screen and keyboard; AMT 6.0 and later, where the hardware has it" },
	{ "power", "package", PROFILE_WORD, AT(power), power_words, 0, "Power package",
	  "s0: on while the PC is on; s0-s3-s5: also in sleep and off; keep: as it is" },
	{ "power", "idle_timeout_min", PROFILE_NUMBER, AT(idle_timeout_min), NULL, 65535, "Idle timeout",
	  "0 to 65535 minutes without traffic after which AMT may sleep; 0: as it is" },
	/* clang-format on */
};

const struct profile_field *
profile_fields(size_t *n)
{
	*n = ARRAY_LEN(fields);
	return fields;
}

const struct profile_word *
access_words(void)
{
	return acl_words;
}

static void
json_scoped(json_t **j)
{
	json_decref(*j);
}

void
profile_default(struct profile *out)
{
	*out = (struct profile){
		.admin_password = PASSWORD_RANDOM,
		.mebx_password = PASSWORD_RANDOM,
		.ping = true,
		.rmcp_ping = true,
		.tls = TLS_SERVER,
		.web_ui = true,
		.sol = true,
		.ider = true,
		.kvm = true,
		.power = POWER_S0_S3_S5,
	};
}

static int
take_word(const struct profile_field *f, const json_t *v, int *out, struct err *e)
{
	SCOPED(buf) struct buf known = { 0 };

	for (const struct profile_word *w = f->words; w->word != NULL; w++) {
		if (json_is_string(v) && strcmp(json_string_value(v), w->word) == 0) {
			*out = w->value;
			return 0;
		}
		buf_printf(&known, "%s%s", known.len == 0 ? "" : ", ", w->word);
	}
	return err_set(e, ERR_PROFILE, "%s.%s: want one of %s", f->group, f->name, buf_str(&known));
}

/* The same as the constraint profile_name of the database. */
static bool
name_good(const char *name)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	return name[0] != '\0' && strchr(first, name[0]) != NULL && strlen(name) < PROFILE_NAME_MAX &&
	       name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ._-")] == '\0';
}

static int
take_field(const struct profile_field *f, const json_t *v, struct profile *p, struct err *e)
{
	char *at = (char *)p + f->offset;
	const char *group = f->group == NULL ? "" : f->group, *dot = f->group == NULL ? "" : ".";

	switch (f->type) {
	case PROFILE_BOOL:
		if (!json_is_boolean(v))
			return err_set(e, ERR_PROFILE, "%s%s%s: want true or false", group, dot, f->name);
		*(bool *)at = json_is_true(v);
		return 0;
	case PROFILE_WORD:
		return take_word(f, v, (int *)(void *)at, e);
	case PROFILE_NUMBER:
		if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > f->max)
			return err_set(e, ERR_PROFILE, "%s%s%s: want a whole number from 0 to %u", group, dot, f->name, f->max);
		*(uint32_t *)(void *)at = (uint32_t)json_integer_value(v);
		return 0;
	case PROFILE_TEXT:
		if (!json_is_string(v) || strlen(json_string_value(v)) >= f->max)
			return err_set(e, ERR_PROFILE, "%s: want a text of at most %u bytes", f->name, f->max - 1);
		text_clean(at, f->max, json_string_value(v), strlen(json_string_value(v)));
		return 0;
	}
	return 0;
}

static const struct profile_field *
field_of(const char *group, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		bool same = fields[i].group == group ||
			    (group != NULL && fields[i].group != NULL && strcmp(fields[i].group, group) == 0);

		if (same && strcmp(fields[i].name, name) == 0)
			return &fields[i];
	}
	return NULL;
}

static bool
is_group(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (fields[i].group != NULL && strcmp(fields[i].group, name) == 0)
			return true;
	return false;
}

static int
take_group(const char *group, json_t *v, struct profile *p, struct err *e)
{
	const char *name;
	json_t *value;

	if (!json_is_object(v))
		return err_set(e, ERR_PROFILE, "%s: want an object", group);
	json_object_foreach (v, name, value) {
		const struct profile_field *f = field_of(group, name);

		if (f == NULL)
			return err_set(e, ERR_PROFILE, "%s.%.40s: no such key", group, name);
		if (take_field(f, value, p, e) < 0)
			return -1;
	}
	return 0;
}

/* Source of the rules: protocol/wsman.md 7.13. */
int
acl_user_check(const char *user, size_t n, struct err *e)
{
	if (user[0] == '\0' || strlen(user) >= ACL_USER_MAX)
		return err_set(e, ERR_PROFILE, "acl[%zu].user: want 1 to %d characters", n, ACL_USER_MAX - 1);
	if (strcasecmp(user, "admin") == 0 || strcasecmp(user, "administrator") == 0 || strncmp(user, "$$", 2) == 0)
		return err_set(e, ERR_PROFILE, "acl[%zu].user: \"%s\" is reserved by the device", n, user);
	for (const char *s = user; *s != '\0'; s++)
		if (*s < 0x21 || *s > 0x7e || strchr("():\"&<>,", *s) != NULL)
			return err_set(e, ERR_PROFILE, "acl[%zu].user: a blank, one of ( ) : \" & < > , or a non-ASCII character", n);
	return 0;
}

static int
take_realms(const json_t *list, size_t n, uint32_t *out, struct err *e)
{
	size_t i;
	json_t *v;

	if (!json_is_array(list) || json_array_size(list) == 0)
		return err_set(e, ERR_PROFILE, "acl[%zu].realms: want a list with at least one realm", n);
	json_array_foreach (list, i, v) {
		const struct realm *r = json_is_string(v) ? realm_by_name(json_string_value(v)) : NULL;

		if (r == NULL)
			return err_set(e, ERR_PROFILE, "acl[%zu].realms[%zu]: no realm is called \"%.40s\"", n, i,
			    json_is_string(v) ? json_string_value(v) : "?");
		*out |= 1U << r->number;
	}
	return 0;
}

static int
take_acl_entry(json_t *v, size_t n, struct acl_entry *out, struct err *e)
{
	static const struct profile_field access = { .group = "acl", .name = "access", .type = PROFILE_WORD, .words = acl_words };
	struct acl_entry entry = { .access = ACL_NETWORK };
	const char *name;
	json_t *value;
	int word = ACL_NETWORK;

	if (!json_is_object(v))
		return err_set(e, ERR_PROFILE, "acl[%zu]: want an object", n);
	json_object_foreach (v, name, value) {
		if (strcmp(name, "user") == 0) {
			const char *user = json_is_string(value) ? json_string_value(value) : "";

			if (acl_user_check(user, n, e) < 0)
				return -1;
			(void)text_copy(entry.user, sizeof(entry.user), user);
		} else if (strcmp(name, "access") == 0) {
			if (take_word(&access, value, &word, e) < 0)
				return -1;
		} else if (strcmp(name, "realms") == 0) {
			if (take_realms(value, n, &entry.realms, e) < 0)
				return -1;
		} else {
			return err_set(e, ERR_PROFILE, "acl[%zu].%.40s: no such key", n, name);
		}
	}
	if (entry.user[0] == '\0' || entry.realms == 0)
		return err_set(e, ERR_PROFILE, "acl[%zu]: user and realms are needed", n);
	entry.access = (enum acl_access)word;
	*out = entry;
	return 0;
}

static int
take_acl(json_t *list, struct profile *p, struct err *e)
{
	size_t i;
	json_t *v;

	if (!json_is_array(list) || json_array_size(list) > ACL_MAX)
		return err_set(e, ERR_PROFILE, "acl: want a list of at most %d entries", ACL_MAX);
	json_array_foreach (list, i, v) {
		if (take_acl_entry(v, i, &p->acl[i], e) < 0)
			return -1;
		for (size_t k = 0; k < i; k++)
			if (strcmp(p->acl[k].user, p->acl[i].user) == 0)
				return err_set(e, ERR_PROFILE, "acl[%zu].user: \"%s\" is there twice", i, p->acl[i].user);
	}
	p->nacl = json_array_size(list);
	return 0;
}

static int
take_top(json_t *root, struct profile *p, struct err *e)
{
	const char *name;
	json_t *v;

	json_object_foreach (root, name, v) {
		const struct profile_field *f = field_of(NULL, name);
		int rc;

		if (f != NULL)
			rc = take_field(f, v, p, e);
		else if (is_group(name))
			rc = take_group(name, v, p, e);
		else if (strcmp(name, "acl") == 0)
			rc = take_acl(v, p, e);
		else if (strcmp(name, "muster_profile") == 0)
			rc = json_integer_value(v) == 1 ? 0 : err_set(e, ERR_PROFILE, "muster_profile: want 1");
		else
			rc = err_set(e, ERR_PROFILE, "%.40s: no such key", name);
		if (rc < 0)
			return -1;
	}
	return 0;
}

int
profile_parse(const char *text, size_t len, struct profile *out, struct err *e)
{
	json_error_t why;
	SCOPED(json) json_t *root = len > PROFILE_JSON_MAX ? NULL : json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	struct profile p;

	if (len > PROFILE_JSON_MAX)
		return err_set(e, ERR_PROFILE, "longer than %d bytes", PROFILE_JSON_MAX);
	if (root == NULL)
		return err_set(e, ERR_PROFILE, "line %d, column %d: %s", why.line, why.column, why.text);
	if (!json_is_object(root))
		return err_set(e, ERR_PROFILE, "want a JSON object");
	profile_default(&p);
	if (take_top(root, &p, e) < 0)
		return -1;
	if (p.name[0] == '\0')
		return err_set(e, ERR_PROFILE, "name: missing");
	*out = p;
	return 0;
}

static const char *
word_of(const struct profile_word *words, int value)
{
	for (; words->word != NULL; words++)
		if (words->value == value)
			return words->word;
	return "";
}

static json_t *
field_json(const struct profile_field *f, const struct profile *p)
{
	const char *at = (const char *)p + f->offset;

	switch (f->type) {
	case PROFILE_BOOL:
		return json_boolean(*(const bool *)at);
	case PROFILE_WORD:
		return json_string(word_of(f->words, *(const int *)(const void *)at));
	case PROFILE_NUMBER:
		return json_integer(*(const uint32_t *)(const void *)at);
	case PROFILE_TEXT:
		return json_string(at);
	}
	return NULL;
}

void
profile_field_text(const struct profile_field *f, const struct profile *p, char *out, size_t size)
{
	const char *at = (const char *)p + f->offset;

	if (f->type == PROFILE_NUMBER)
		(void)snprintf(out, size, "%u", *(const uint32_t *)(const void *)at);
	else if (f->type == PROFILE_BOOL)
		(void)text_copy(out, size, *(const bool *)at ? "true" : "false");
	else
		(void)text_copy(out, size, f->type == PROFILE_TEXT ? at : word_of(f->words, *(const int *)(const void *)at));
}

int
profile_field_take(const struct profile_field *f, const char *text, struct profile *p, struct err *e)
{
	SCOPED(json) json_t *v = NULL;
	char *end = NULL;
	long n = strtol(text, &end, 10);

	if (f->offset == AT(name) && !name_good(text)) /* a name that is read is refused by the database */
		return err_set(e, ERR_PROFILE, "name: want " NAME_RULE);
	if (f->type == PROFILE_BOOL && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0))
		v = json_boolean(text[0] == 't');
	else if (f->type == PROFILE_NUMBER && text[0] >= '0' && text[0] <= '9' && *end == '\0')
		v = json_integer(n);
	else
		v = json_string(text);
	return take_field(f, v, p, e);
}

int
profile_check(const struct profile *p, struct err *e)
{
	SCOPED(buf) struct buf text = { 0 };
	struct profile same;

	return profile_write(p, &text, e) < 0 ? -1 : profile_parse(text.p, text.len, &same, e);
}

void
acl_text(const struct acl_entry *a, char *out, size_t size)
{
	SCOPED(buf) struct buf b = { 0 };
	size_t n;
	const struct realm *r = realms(&n);

	buf_printf(&b, "%s:", word_of(acl_words, (int)a->access));
	for (size_t i = 0; i < n; i++)
		if ((a->realms & 1U << r[i].number) != 0)
			buf_printf(&b, " %s", r[i].name);
	(void)text_copy(out, size, buf_str(&b));
}

static json_t *
acl_json(const struct profile *p)
{
	json_t *list = json_array();
	size_t n;
	const struct realm *r = realms(&n);

	for (size_t i = 0; i < p->nacl; i++) {
		json_t *names = json_array();

		for (size_t k = 0; k < n; k++)
			if ((p->acl[i].realms & 1U << r[k].number) != 0)
				(void)json_array_append_new(names, json_string(r[k].name));
		(void)json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "user", p->acl[i].user, "access",
		    word_of(acl_words, (int)p->acl[i].access), "realms", names));
	}
	return list;
}

int
profile_write(const struct profile *p, struct buf *out, struct err *e)
{
	SCOPED(json) json_t *root = json_pack("{s:i}", "muster_profile", 1);

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const struct profile_field *f = &fields[i];
		json_t *in = f->group == NULL ? root : json_object_get(root, f->group);

		if (in == NULL) {
			in = json_object();
			(void)json_object_set_new(root, f->group, in);
		}
		(void)json_object_set_new(in, f->name, field_json(f, p));
	}
	(void)json_object_set_new(root, "acl", acl_json(p));
	char *text = json_dumps(root, JSON_INDENT(2));
	if (text == NULL)
		return err_set(e, ERR_MEMORY, "profile");
	buf_puts(out, text);
	buf_puts(out, "\n");
	free(text);
	return out->bad ? err_set(e, ERR_MEMORY, "profile") : 0;
}

void
profile_secrets(const struct profile *p, void (*take)(void *arg, const char *name), void *arg)
{
	char name[8 + ACL_USER_MAX];

	if (p->admin_password == PASSWORD_FIXED)
		take(arg, "admin");
	if (p->mebx_password == PASSWORD_FIXED)
		take(arg, "mebx");
	for (size_t i = 0; i < p->nacl; i++) {
		(void)snprintf(name, sizeof(name), "acl/%s", p->acl[i].user);
		take(arg, name);
	}
}
