/* SPDX-License-Identifier: Apache-2.0 */
/* fault: what goes wrong with a device, from a small grammar. */
#include "sim/fault.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sim/mem.h"

/* What may follow the colon. */
enum arg {
	ARG_NONE,
	ARG_NUMBER,
	ARG_WHAT,
	ARG_NUMBER_OR_WHAT,
	ARG_WHAT_NUMBER, /* WHAT=NUMBER */
	ARG_WHAT_WORD,   /* WHAT=WORD */
	ARG_PROPERTY,    /* CLASS.PROPERTY */
};

static const struct {
	const char *name;
	enum arg arg;
	const char *help;
} kinds[FK_KINDS] = {
	/* clang-format off */
	[FK_DROP_BEFORE]   = { "drop-before",   ARG_NUMBER_OR_WHAT, "N or WHAT: hang up on receipt, before acting" },
	[FK_DROP_AFTER]    = { "drop-after",    ARG_NUMBER_OR_WHAT, "N or WHAT: act, then hang up without an answer" },
	[FK_REBOOT_BEFORE] = { "reboot-before", ARG_NUMBER_OR_WHAT, "N or WHAT: restart before acting" },
	[FK_REBOOT_AFTER]  = { "reboot-after",  ARG_NUMBER_OR_WHAT, "N or WHAT: act, then restart without an answer" },
	[FK_STALL_BEFORE]  = { "stall-before",  ARG_NUMBER,         "N: wait for command resume, then hang up without acting" },
	[FK_STALL_AFTER]   = { "stall-after",   ARG_NUMBER,         "N: act, and answer only at command resume" },
	[FK_DROP_ON]       = { "drop-on",       ARG_WHAT,           "WHAT: same as drop-before:WHAT" },
	[FK_STATUS]        = { "status",        ARG_WHAT_NUMBER,    "METHOD=NUMBER: answer this ReturnValue, do nothing" },
	[FK_FAULT]         = { "fault",         ARG_WHAT_WORD,      "WHAT=SUBCODE: answer a SOAP fault, e.g. AMT_TLSSettingData=DestinationUnreachable" },
	[FK_HTTP]          = { "http",          ARG_NUMBER,         "STATUS: answer this HTTP status with an HTML page" },
	[FK_SILENT]        = { "silent",        ARG_NONE,           "take the request and never answer" },
	[FK_UNAUTHORISED]  = { "401-forever",   ARG_NONE,           "refuse every login" },
	[FK_STALE]         = { "stale-forever", ARG_NONE,           "call every nonce stale" },
	[FK_GARBAGE]       = { "garbage",       ARG_NONE,           "answer bytes that are not HTTP" },
	[FK_HALF_BODY]     = { "half-body",     ARG_NONE,           "send half of the body, then hang up" },
	[FK_BIG_BODY]      = { "big-body",      ARG_NONE,           "send a body of 16 MB" },
	[FK_SLOW_BYTE]     = { "slow-byte",     ARG_NONE,           "send the reply byte by byte" },
	[FK_XML_BOMB]      = { "xml-bomb",      ARG_NONE,           "answer nested entity definitions" },
	[FK_WRONG_TYPE]    = { "wrong-type",    ARG_PROPERTY,       "CLASS.PROPERTY: show a text of the wrong type" },
	[FK_MISSING]       = { "missing",       ARG_PROPERTY,       "CLASS.PROPERTY: leave it out" },
	[FK_VALUE]         = { "value",         ARG_WHAT_WORD,      "CLASS.PROPERTY=VALUE: show this value" },
	[FK_REDIRECT]      = { "redirect",      ARG_NONE,           "answer 302 to another host" },
	[FK_BAD_LENGTH]    = { "bad-length",    ARG_NONE,           "announce more bytes than are sent" },
	[FK_CERT_CHANGE]   = { "cert-change",   ARG_NONE,           "another setup certificate for each connection" },
	[FK_KEYGEN_S]      = { "keygen-s",      ARG_NUMBER,         "N: making a key takes N seconds; 2061, then 2082 meanwhile" },
	[FK_NO_HELLO]      = { "no-hello",      ARG_NONE,           "send no hello" },
	[FK_FRAGMENT]      = { "fragment",      ARG_NONE,           "send the hello byte by byte" },
	[FK_DENY_TLS]      = { "deny-tls",      ARG_NONE,           "end each TLS handshake with an alert" },
	[FK_UUID_MISMATCH] = { "uuid-mismatch", ARG_NONE,           "GetUuid and PlatformGUID name another device" },
	[FK_TWO_PAGES]     = { "two-pages",     ARG_NONE,           "enumerations come in two or more pages" },
	[FK_NO_SUFFIX]     = { "no-suffix",     ARG_NONE,           "method replies with an Action without Response" },
	[FK_ODD_XML]       = { "odd-xml",       ARG_NONE,           "other prefixes, blanks in attributes, single-byte chunks" },
	[FK_DELAY_MS]      = { "delay-ms",      ARG_NUMBER,         "N: answer N milliseconds later" },
	[FK_PID_HYPHENS]   = { "pid-hyphens",   ARG_NONE,           "the PSK identity is the PID with its hyphen" },
	[FK_PPS_HYPHENS]   = { "pps-hyphens",   ARG_NONE,           "the pre-shared key is the PPS with its hyphens" },
	[FK_HIDE_IDENTITY] = { "hide-identity", ARG_NONE,           "an unknown PSK identity fails as a wrong key does" },
	[FK_RC4_ONLY]      = { "rc4-only",      ARG_NONE,           "firmware with RC4 suites alone: no shared cipher" },
	[FK_PKI_HELLO]     = { "pki-hello",     ARG_NONE,           "ask for setup by certificate although there is a PID" },
	[FK_CLOSE_WINDOW]  = { "close-window",  ARG_NONE,           "close the network interface when the hellos have ended" },
	[FK_RECHALLENGE]   = { "rechallenge",   ARG_NUMBER,         "N: every Nth logged-in request is challenged once more" },
	[FK_STATUS_CODE]   = { "status-code",   ARG_NONE,           "EOI: the status element is called StatusCode" },
	[FK_MAC_HYPHENS]   = { "mac-hyphens",   ARG_NONE,           "EOI: MAC addresses with '-'" },
	[FK_ONLY_NAME]     = { "only-name",     ARG_WHAT,           "NAME: EOI: of this operation only this spelling is known" },
	[FK_AT_ONCE]       = { "at-once",       ARG_WHAT,           "WHAT: EOI: stored at once, does not wait for the commit" },
	/* clang-format on */
};

static bool
word_ok(const char *s, const char *also)
{
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++)
		if (!isalnum((unsigned char)*s) && *s != '_' && strchr(also, *s) == NULL)
			return false;
	return true;
}

static bool
number(const char *s, unsigned long *out)
{
	char *end;

	errno = 0;
	if (!isdigit((unsigned char)*s))
		return false;
	*out = strtoul(s, &end, 10);
	return errno == 0 && *end == '\0';
}

/* Split "WHAT=VALUE" into name and value. */
static bool
split_value(const char *arg, struct fault_spec *f)
{
	size_t n = strcspn(arg, "=");

	if (arg[n] == '\0' || n >= sizeof(f->name))
		return false;
	memcpy(f->name, arg, n);
	f->name[n] = '\0';
	return word_ok(f->name, "-.") && text_copy(f->value, sizeof(f->value), arg + n + 1);
}

static bool
arg_read(enum arg want, const char *arg, struct fault_spec *f)
{
	if (arg == NULL)
		return want == ARG_NONE;
	switch (want) {
	case ARG_NONE:
		return false;
	case ARG_NUMBER:
		return number(arg, &f->n);
	case ARG_NUMBER_OR_WHAT:
		if (number(arg, &f->n))
			return f->n > 0;
		/* fallthrough */
	case ARG_WHAT:
		return text_copy(f->name, sizeof(f->name), arg) && word_ok(f->name, "-.");
	case ARG_PROPERTY:
		return text_copy(f->name, sizeof(f->name), arg) && word_ok(f->name, ".") &&
		       strchr(f->name, '.') != NULL;
	case ARG_WHAT_NUMBER:
		return split_value(arg, f) && number(f->value, &f->n);
	case ARG_WHAT_WORD:
		return split_value(arg, f) && word_ok(f->value, "");
	}
	return false;
}

int
fault_parse(const char *spec, struct fault_spec *out, struct err *e)
{
	struct fault_spec f = { .left = -1 };
	char text[FAULT_NAME + FAULT_VALUE + 40];
	unsigned long k = 0;

	if (!text_copy(text, sizeof(text), spec))
		return err_set(e, ERR_INPUT, "fault '%.40s...': too long", spec);
	char *star = strrchr(text, '*');
	if (star != NULL) {
		*star = '\0';
		if (!number(star + 1, &k) || k == 0 || k > 1000000)
			return err_set(e, ERR_INPUT, "fault '%s': want a number after '*'", spec);
		f.left = (long)k;
	}
	char *arg = strchr(text, ':');
	if (arg != NULL)
		*arg++ = '\0';
	for (size_t i = 0; i < FK_KINDS; i++) {
		if (strcmp(kinds[i].name, text) != 0)
			continue;
		f.kind = (enum fault_kind)i;
		if (!arg_read(kinds[i].arg, arg, &f))
			return err_set(e, ERR_INPUT, "fault '%s': want %s", spec, kinds[i].help);
		*out = f;
		return 0;
	}
	return err_set(e, ERR_INPUT, "fault '%s': no such kind of fault", spec);
}

void
fault_add(struct fault_list *l, const struct fault_spec *f)
{
	if (l->n == l->cap)
		l->v = mem_grow(l->v, &l->cap, sizeof(*l->v));
	l->v[l->n++] = *f;
}

void
fault_clear(struct fault_list *l)
{
	free(l->v);
	*l = (struct fault_list){ 0 };
}

static const struct fault_spec *
use(struct fault_spec *f)
{
	if (f->left > 0)
		f->left--;
	return f;
}

const struct fault_spec *
fault_has(const struct fault_list *l, enum fault_kind kind)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == kind && l->v[i].left != 0)
			return &l->v[i];
	return NULL;
}

const struct fault_spec *
fault_hit(struct fault_list *l, enum fault_kind kind)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == kind && l->v[i].left != 0)
			return use(&l->v[i]);
	return NULL;
}

static bool
names(const char *name, const struct fault_where *w)
{
	char both[2 * FAULT_NAME];

	if (name[0] == '\0')
		return false;
	if (strcmp(name, w->cls) == 0 || (w->method != NULL && strcmp(name, w->method) == 0))
		return true;
	(void)snprintf(both, sizeof(both), "%s-%s", w->op, w->cls);
	if (strcmp(name, both) == 0)
		return true;
	(void)snprintf(both, sizeof(both), "%s.%s", w->cls, w->method == NULL ? "" : w->method);
	return strcmp(name, both) == 0;
}

const struct fault_spec *
fault_hit_on(struct fault_list *l, enum fault_kind kind, const struct fault_where *w)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == kind && l->v[i].left != 0 && names(l->v[i].name, w))
			return use(&l->v[i]);
	return NULL;
}

const struct fault_spec *
fault_hit_value(struct fault_list *l, enum fault_kind kind, const char *cls, const char *prop)
{
	char both[2 * FAULT_NAME];

	(void)snprintf(both, sizeof(both), "%s.%s", cls, prop);
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == kind && l->v[i].left != 0 && strcmp(l->v[i].name, both) == 0)
			return use(&l->v[i]);
	return NULL;
}

const struct fault_spec *
fault_count(struct fault_list *l, enum fault_kind kind)
{
	const struct fault_spec *hit = NULL;

	for (size_t i = 0; i < l->n; i++) {
		struct fault_spec *f = &l->v[i];

		if (f->kind != kind || f->left == 0 || f->n == 0 || f->name[0] != '\0')
			continue;
		if (++f->seen < f->n)
			continue;
		f->seen = 0;
		hit = use(f);
	}
	return hit;
}

void
fault_text(const struct fault_spec *f, char *out, size_t size)
{
	int n = snprintf(out, size, "%s", kinds[f->kind].name);
	size_t used = n < 0 ? 0 : (size_t)n;

	if (f->name[0] != '\0' && used < size)
		used += (size_t)snprintf(out + used, size - used, ":%s%s%s", f->name,
		    f->value[0] == '\0' ? "" : "=", f->value);
	else if (f->n != 0 && used < size)
		used += (size_t)snprintf(out + used, size - used, ":%lu", f->n);
	if (f->left >= 0 && used < size)
		(void)snprintf(out + used, size - used, "*%ld", f->left);
}

const char *
fault_help(size_t row)
{
	static char line[160];

	if (row >= FK_KINDS)
		return NULL;
	(void)snprintf(line, sizeof(line), "  %-14s %s", kinds[row].name, kinds[row].help);
	return line;
}
