/* SPDX-License-Identifier: Apache-2.0 */
/* vals: a list of named values, which is what instances, method inputs and outputs are made of. */
#ifndef MUSTER_SIM_VALS_H
#define MUSTER_SIM_VALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

enum vtype {
	V_BOOL, /* "true" or "false" */
	V_U8,   /* decimal */
	V_U16,
	V_U32,
	V_STR,
	V_B64,  /* standard base64 with padding */
	V_REF,  /* an endpoint reference as text: CLASS TAB NAME=VALUE TAB NAME=VALUE ... */
	V_DATE, /* 2024-01-03T00:44:35Z; wrapped in a Datetime element on the wire */
};

/* What a property or parameter is: bits. */
enum vflag {
	P_RW = 1,      /* a Put may change it */
	P_REQ = 2,     /* must be in a Put, a Create or the method input */
	P_ARRAY = 4,   /* repeated element */
	P_KEY = 8,     /* may be a selector */
	P_WO = 16,     /* accepted, never returned */
	P_ADD = 32,    /* a Put may hold it although Get left it out */
	P_REJECT = 64, /* refused in a Put even when echoed */
};

/* One property of a class, or one parameter of a method. */
struct prop {
	const char *name;
	enum vtype type;
	unsigned int flags;
	unsigned int since; /* REL(), 0: always */
	const char *def;    /* factory value; NULL: absent */
	uint32_t lo, hi;    /* number range or string length; both 0: any */
};

struct val {
	const struct prop *prop;
	char *text; /* owned */
};

struct vals {
	struct val *v;
	size_t n, cap;
};

void vals_add(struct vals *l, const struct prop *p, const char *text);

/* vals_out, vals_outf: add the value of the prop with this name out of a table. */
void vals_out(
    struct vals *l, const struct prop *table, size_t n, const char *name, const char *text);

/* vals_text: first value of this name, or NULL. vals_num, vals_true: the same, typed. */
const char *vals_text(const struct vals *l, const char *name);
uint32_t vals_num(const struct vals *l, const char *name, uint32_t missing);
bool vals_true(const struct vals *l, const char *name);

/* vals_nth: the nth value of this name (from 0), or NULL. */
const char *vals_nth(const struct vals *l, const char *name, size_t nth);

void vals_free(struct vals *l);
static inline void
vals_scoped(struct vals *l)
{
	vals_free(l);
}

/*
 * val_normal: check text against the type and range of p and bring it to its one form (blanks
 * trimmed, "1" to "true"). Returns a new string, or NULL when it does not fit.
 */
char *val_normal(const struct prop *p, const char *text);

/* prop_find: the row of this name, or NULL. */
const struct prop *prop_find(const struct prop *table, size_t n, const char *name);

/*
 * b64_text: standard base64 with NUL, new string. b64_bytes: decode; returns the length, or -1
 * (bad characters or padding, longer than size).
 */
char *b64_text(const void *data, size_t len);
long b64_bytes(const char *text, void *out, size_t size);

/* ref_text: the text of a reference with one selector. ref_class, ref_selector: look into one. */
char *ref_text(const char *class_name, const char *key, const char *value);
bool ref_class(const char *ref, const char *class_name);
char *ref_selector(const char *ref, const char *key);

#endif
