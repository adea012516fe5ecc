/* SPDX-License-Identifier: Apache-2.0 */
/* eoi_dialect_file: corrections of the dialect table, read from a text and written as one. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/eoi_dialect.h"

enum { REQUEST, RESPONSE, LISTS };

/* The texts and lists that a file changed. */
struct owned {
	struct eoi_field *lists[EOI_OPS][LISTS];
	char text[];
};

/* The state of reading one file. */
struct parse {
	struct eoi_dialect d;
	struct eoi_service *service; /* the block we are in: one of the two */
	struct eoi_op *op;
	size_t n[LISTS];             /* lines of each list in this block */
	const char *file;
	unsigned int line;
	struct err *e;
};

/* What a value of ours can be written as: types of one class may stand for each other. */
static const struct {
	const char *word;
	enum eoi_type type;
	char class;
	bool has_more;
} types[] = {
	{ "text", EOI_TEXT, 't', false },
	{ "dashed", EOI_DASHED, 't', false },
	{ "base64", EOI_BASE64, 'b', true },
	{ "uint", EOI_UINT, 'n', false },
	{ "bool", EOI_BOOL, 'l', false },
	{ "bit", EOI_BIT, 'l', false },
	{ "ipv4", EOI_IPV4, 'i', false },
	{ "word", EOI_WORD, 'w', true },
	{ "fixed", EOI_FIXED, 'f', true },
};

static const struct {
	const char *word;
	unsigned int bit;
} flags[] = { { "repeat", EOI_REPEAT }, { "careful", EOI_CAREFUL } };

static const char *const list_words[LISTS] = { "request", "response" };

static int wrong(const struct parse *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
static int
wrong(const struct parse *p, const char *fmt, ...)
{
	char why[160];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return err_set(p->e, ERR_CONFIG, "%.60s, line %u: %s", p->file, p->line, why);
}

static bool
only(const char *s, size_t len, const char *others)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && strchr(others, s[i]) == NULL)
			return false;
	return len > 0;
}

static bool
is_element(const char *s, size_t len)
{
	return len < EOI_NAME_MAX && only(s, len, "_.-") && !isdigit((unsigned char)s[0]) && s[0] != '-' && s[0] != '.';
}

/* Elements with '/' between, one of which may end in '*'. */
static bool
is_path(const char *s)
{
	int stars = 0, depth = 0;

	for (;; s++) {
		size_t len = strcspn(s, "/");
		size_t name = len > 0 && s[len - 1] == '*' ? len - 1 : len;

		stars += name < len;
		depth++;
		if (!is_element(s, name) || stars > 1 || depth > EOI_DEPTH_MAX)
			return false;
		s += len;
		if (*s == '\0')
			return true;
	}
}

static bool
is_range(const char *s)
{
	unsigned int a, b, c, d;
	int used = 0, most = (int)strlen(s);

	if (sscanf(s, "%2u.%2u%n", &a, &b, &used) == 2 && (used == most || strcmp(s + used, "-") == 0))
		return true;
	return sscanf(s, "%2u.%2u-%2u.%2u%n", &a, &b, &c, &d, &used) == 4 && used == most && 100 * a + b <= 100 * c + d;
}

/* Every entry of a list is right, and there is one at least. */
static int
check_list(const struct parse *p, const char *list, bool (*right)(const char *s), const char *want)
{
	char one[EOI_PATH_MAX];
	size_t n = eoi_count(list);

	for (size_t i = 0; i < n; i++)
		if (!eoi_nth(list, i, one, sizeof(one)) || !right(one))
			return wrong(p, "entry %zu of \"%.60s\" is not %s", i + 1, list, want);
	return n > 0 ? 0 : wrong(p, "want %s", want);
}

static bool
is_name(const char *s)
{
	return is_element(s, strlen(s));
}

static int
take_grade(const struct parse *p, const char *value, char *grade)
{
	if (strlen(value) != 1 || strchr("ABCD", value[0]) == NULL)
		return wrong(p, "grade is \"%.20s\", want A, B, C or D", value);
	*grade = value[0];
	return 0;
}

static int
take_flags(struct parse *p, const char *value)
{
	char one[16];
	unsigned int bits = 0;

	for (size_t n = 0, count = strcmp(value, "none") == 0 ? 0 : eoi_count(value); n < count; n++) {
		size_t i = 0;

		while (i < ARRAY_LEN(flags) && !(eoi_nth(value, n, one, sizeof(one)) && strcmp(one, flags[i].word) == 0))
			i++;
		if (i == ARRAY_LEN(flags))
			return wrong(p, "flags are repeat, careful or none, not \"%.40s\"", value);
		bits |= flags[i].bit;
	}
	p->op->flags = bits;
	return 0;
}

/* Are all words of ours that the built-in field has in the new one? */
static bool
has_words(const struct eoi_field *built_in, const struct eoi_field *f)
{
	char ours[EOI_NAME_MAX], out[EOI_NAME_MAX];

	for (const char *w = built_in->more; *w != '\0'; w += *w == ',' ? 1 : 0) {
		(void)snprintf(ours, sizeof(ours), "%.*s", (int)strcspn(w, "="), w);
		if (!eoi_word_out(f, ours, 0, out, sizeof(out)) || out[0] == '\0')
			return false;
		w += strcspn(w, ",");
	}
	return true;
}

static char
class_of(enum eoi_type type)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].type == type)
			return types[i].class;
	return '?';
}

/* The type of a field, "base64:20"; the text after the colon stays where it is in the file's text. */
static int
take_type(const struct parse *p, char *value, const struct eoi_field *built_in, struct eoi_field *f)
{
	char *more = value + strcspn(value, ":");
	size_t i = 0;

	if (*more != '\0')
		*more++ = '\0';
	while (i < ARRAY_LEN(types) && strcmp(types[i].word, value) != 0)
		i++;
	if (i == ARRAY_LEN(types) || (*more != '\0' && !types[i].has_more))
		return wrong(p, "\"%.40s\" is not a type", value);
	f->type = types[i].type;
	f->more = more;
	if ((built_in == NULL) != (f->type == EOI_FIXED))
		return wrong(p, "fixed:VALUE goes with the name \"-\", and with no other");
	/* Text may go out as base64 of itself, not the other way round. */
	char was = built_in == NULL ? 'f' : class_of(built_in->type);
	if (types[i].class != was && !(was == 't' && f->type == EOI_BASE64))
		return wrong(p, "%s cannot be written as %s", f->name, value);
	if (f->type == EOI_BASE64 && *more != '\0' && (strspn(more, "0123456789") != strlen(more) || eoi_bytes(f) == 0 || eoi_bytes(f) > 4096))
		return wrong(p, "base64:N wants a number from 1 to 4096");
	if (f->type == EOI_WORD && built_in != NULL && !has_words(built_in, f))
		return wrong(p, "%s wants the words of %.100s", f->name, built_in->more);
	return 0;
}

/* The next word of a line, ended where it ends; "" at the end of the line. */
static char *
next(char **at)
{
	char *from = *at + strspn(*at, " \t"), *end = from + strcspn(from, " \t");

	*at = end + (*end == '\0' ? 0 : 1);
	*end = '\0';
	return from;
}

/* A line of a list: "rng_key D base64:20 RngKey Seed/Key". */
static int
take_field(struct parse *p, int which, char *value)
{
	size_t op = (size_t)(p->op - p->d.ops);
	const struct eoi_op *was = &eoi_dialect_builtin()->ops[op];
	struct owned *own = p->d.owned;
	struct eoi_field *list = own->lists[op][which], f = { 0 };

	if (list == NULL && (list = own->lists[op][which] = calloc(EOI_FIELDS_MAX + 1, sizeof(*list))) == NULL)
		return err_set(p->e, ERR_MEMORY, "dialect");
	*(which == REQUEST ? &p->op->request : &p->op->response) = list;
	if (p->n[which] == 0)
		memset(list, 0, (EOI_FIELDS_MAX + 1) * sizeof(*list));
	if (strcmp(value, "none") == 0)
		return 0;
	if (p->n[which] == EOI_FIELDS_MAX)
		return wrong(p, "more than %d fields", EOI_FIELDS_MAX);
	f.name = next(&value);
	const struct eoi_field *built_in = eoi_field(which == REQUEST ? was->request : was->response, f.name);
	if (built_in == NULL && (strcmp(f.name, "-") != 0 || which == RESPONSE))
		return wrong(p, "%s has no %s field \"%.40s\"", p->op->name, list_words[which], f.name);
	if (built_in != NULL && eoi_field(list, f.name) != NULL)
		return wrong(p, "field %s twice", f.name);
	if (take_grade(p, next(&value), &f.grade) < 0 || take_type(p, next(&value), built_in, &f) < 0)
		return -1;
	f.paths = value;
	if (check_list(p, f.paths, is_path, "an element, or elements with / between and one * at most") < 0)
		return -1;
	list[p->n[which]++] = f;
	return 0;
}

static int
take_service_line(struct parse *p, const char *key, const char *value)
{
	if (strcmp(key, "grade") == 0)
		return take_grade(p, value, &p->service->grade);
	if (strcmp(key, "path") == 0) {
		if (value[0] != '/' || strlen(value) >= EOI_PATH_MAX || !only(value, strlen(value), "/_.-"))
			return wrong(p, "\"%.60s\" is not a path", value);
		p->service->path = value;
		return 0;
	}
	if (strcmp(key, "namespace") == 0) {
		if (strlen(value) >= EOI_PATH_MAX || !only(value, strlen(value), ":/_.-#~"))
			return wrong(p, "\"%.60s\" is not a namespace", value);
		p->service->ns = value;
		return 0;
	}
	return wrong(p, "\"%.40s\" does not belong to a service", key);
}

static int
take_op_line(struct parse *p, const char *key, char *value)
{
	for (int i = 0; i < LISTS; i++)
		if (strcmp(key, list_words[i]) == 0)
			return take_field(p, i, value);
	if (strcmp(key, "grade") == 0)
		return take_grade(p, value, &p->op->grade);
	if (strcmp(key, "flags") == 0)
		return take_flags(p, value);
	if (strcmp(key, "names") == 0) {
		p->op->names = value;
		return check_list(p, value, is_name, "the name of an operation");
	}
	if (strcmp(key, "releases") == 0) {
		p->op->releases = value;
		return check_list(p, value, is_range, "a release or a range such as 2.2, 2.0-3.1 or 2.6-");
	}
	return wrong(p, "\"%.40s\" does not belong to an operation", key);
}

/* Enters the block of a service or of an operation. */
static int
begin(struct parse *p, const char *key, const char *name)
{
	p->service = NULL;
	p->op = NULL;
	memset(p->n, 0, sizeof(p->n));
	for (size_t i = 0; i < EOI_SERVICES; i++)
		if (strcmp(key, "service") == 0 && strcmp(p->d.services[i].name, name) == 0)
			p->service = &p->d.services[i];
	for (size_t i = 0; i < EOI_OPS; i++)
		if (strcmp(key, "operation") == 0 && strcmp(p->d.ops[i].name, name) == 0)
			p->op = &p->d.ops[i];
	return p->service != NULL || p->op != NULL ? 0 : wrong(p, "there is no %s \"%.40s\"", key, name);
}

static int
take_line(struct parse *p, char *line)
{
	size_t len = strlen(line);

	while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
		line[--len] = '\0';
	line += strspn(line, " \t");
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	const char *key = next(&line);
	line += strspn(line, " \t");
	if (strcmp(key, "service") == 0 || strcmp(key, "operation") == 0)
		return begin(p, key, line);
	if (p->service != NULL)
		return take_service_line(p, key, line);
	if (p->op != NULL)
		return take_op_line(p, key, line);
	return wrong(p, "want \"service NAME\" or \"operation NAME\" before \"%.40s\"", key);
}

int
eoi_dialect_parse(const char *text, size_t len, const char *file, struct eoi_dialect *out, struct err *e)
{
	struct parse p = { .d = *eoi_dialect_builtin(), .file = file, .e = e };

	if (len > EOI_FILE_MAX)
		return err_set(e, ERR_CONFIG, "%.60s has more than %d bytes", file, EOI_FILE_MAX);
	struct owned *own = calloc(1, sizeof(*own) + len + 1);
	if (own == NULL)
		return err_set(e, ERR_MEMORY, "dialect");
	p.d.owned = own;
	memcpy(own->text, text, len);
	int rc = 0;
	for (char *line = own->text, *end = own->text + len; rc == 0 && line < end;) {
		char *stop = memchr(line, '\n', (size_t)(end - line));

		if (stop == NULL)
			stop = end;
		*stop = '\0';
		p.line++;
		rc = strlen(line) == (size_t)(stop - line) ? take_line(&p, line) : wrong(&p, "a NUL in the line");
		line = stop + 1;
	}
	if (rc < 0) {
		eoi_dialect_free(&p.d);
		return -1;
	}
	*out = p.d;
	return 0;
}

void
eoi_dialect_free(struct eoi_dialect *d)
{
	struct owned *own = d->owned;

	for (size_t i = 0; own != NULL && i < EOI_OPS; i++)
		for (size_t k = 0; k < LISTS; k++)
			free(own->lists[i][k]);
	free(own);
	*d = (struct eoi_dialect){ 0 };
}

static void
write_list(const struct eoi_field *list, const char *word, struct buf *out)
{
	if (list->name == NULL)
		buf_printf(out, "\t%s none\n", word);
	for (; list->name != NULL; list++)
		for (size_t i = 0; i < ARRAY_LEN(types); i++)
			if (types[i].type == list->type)
				buf_printf(out, "\t%s %s %c %s%s%s %s\n", word, list->name, list->grade, types[i].word,
				    list->more[0] != '\0' ? ":" : "", list->more, list->paths);
}

void
eoi_dialect_write(const struct eoi_dialect *d, struct buf *out)
{
	for (size_t i = 0; i < EOI_SERVICES; i++)
		buf_printf(out, "service %s\n\tgrade %c\n\tpath %s\n\tnamespace %s\n", d->services[i].name, d->services[i].grade,
		    d->services[i].path, d->services[i].ns);
	for (size_t i = 0; i < EOI_OPS; i++) {
		const struct eoi_op *op = &d->ops[i];

		buf_printf(out, "operation %s\n\tnames %s\n\tgrade %c\n\treleases %s\n\tflags", op->name, op->names, op->grade, op->releases);
		for (size_t k = 0; k < ARRAY_LEN(flags); k++)
			if ((op->flags & flags[k].bit) != 0)
				buf_printf(out, " %s", flags[k].word);
		buf_puts(out, op->flags == 0 ? " none\n" : "\n");
		write_list(op->request, list_words[REQUEST], out);
		write_list(op->response, list_words[RESPONSE], out);
	}
}
