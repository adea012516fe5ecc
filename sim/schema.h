/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema: the WS-Management classes of a device as tables, and what every class has in common:
 * finding instances by selectors, reading them, checking what a client wants to write. What a
 * class does beyond that is in its functions, in the ops_*.c files.
 * Source: protocol/wsman.md 2, 3, 7.
 */
#ifndef MUSTER_SIM_SCHEMA_H
#define MUSTER_SIM_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/device.h"
#include "sim/vals.h"

/* Operations a class takes: bits. Invoke is allowed where a class has methods. */
enum class_ops { OP_GET = 1, OP_PUT = 2, OP_CREATE = 4, OP_DELETE = 8, OP_ENUM = 16 };

/* Faults by what they mean; soap.c has their words on the wire. */
enum fault {
	FAULT_NONE,
	FAULT_DESTINATION_UNREACHABLE,
	FAULT_ACTION_NOT_SUPPORTED,
	FAULT_HEADER_REQUIRED,
	FAULT_ACCESS_DENIED,
	FAULT_ALREADY_EXISTS,
	FAULT_INVALID_SELECTORS,
	FAULT_INVALID_REPRESENTATION,
	FAULT_INVALID_PARAMETER,
	FAULT_SCHEMA_VALIDATION,
	FAULT_ENCODING_LIMIT,
	FAULT_INTERNAL_ERROR,
	FAULT_QUOTA_LIMIT,
	FAULT_CONCURRENCY,
	FAULT_TIMED_OUT,
	FAULT_INVALID_CONTEXT,
	FAULT_MUST_UNDERSTAND,
};

struct wclass;

/* One operation while it is carried out. */
struct call {
	struct device *d;
	const struct wclass *cls;
	unsigned int inst; /* instance the selectors name */
	struct vals in;    /* Put, Create: the properties; Invoke: the parameters */
	struct vals out;   /* Invoke: output parameters; ReturnValue is not among them */
	enum after after;  /* what the device does once the reply is out */
};

struct method {
	const char *name;
	unsigned int since, until; /* REL(), 0: no limit; until is the first release without it */
	const struct prop *in;
	size_t nin;
	const struct prop *out;
	size_t nout;
	unsigned int (*run)(struct call *c); /* gives the ReturnValue */
};

struct wclass {
	const char *name;
	unsigned int since, until;
	unsigned int ops;         /* bits of enum class_ops */
	const struct prop *props; /* in the order of a reply */
	size_t nprops;
	const struct method *methods;
	size_t nmethods;
	const char *item; /* element name of instances where it is a subclass; NULL: name */

	/* Number of instances. NULL: one. */
	unsigned int (*count)(const struct device *d);
	/* Add the value of p, or nothing when absent; false: stored or factory value. NULL: false.
	 */
	bool (*fill)(
	    const struct device *d, unsigned int inst, const struct prop *p, struct vals *out);
	/* More checks and effects of a Put, before c->in is stored. NULL: none. */
	enum fault (*put)(struct call *c);
	/* Create: sets c->inst to the new instance. Delete: removes c->inst. */
	enum fault (*create)(struct call *c);
	enum fault (*del)(struct call *c);
};

/* schema_rows: all classes, sorted by name. */
const struct wclass *const *schema_rows(size_t *n);

/* schema_namespace: ResourceURI prefix of a class name, or NULL when no family is known. */
const char *schema_namespace(const char *name);

/* schema_by_uri: the class a device of this release has under a ResourceURI, or NULL. */
const struct wclass *schema_by_uri(const char *uri, const struct release *r);

/* schema_method: the method, or NULL when this release lacks it. */
const struct method *schema_method(
    const struct wclass *k, const char *name, const struct release *r);

/* schema_count: instances on this device. schema_read: properties of one, in reply order. */
unsigned int schema_count(const struct wclass *k, const struct device *d);
void schema_read(
    const struct wclass *k, const struct device *d, unsigned int inst, struct vals *out);

/* A selector as sent: value is text, or the text of a reference. */
struct selector {
	char *name, *value;
};

/* schema_select: find the one instance; sets *inst. */
enum fault schema_select(const struct wclass *k, const struct device *d, const struct selector *sel,
    size_t nsel, unsigned int *inst);

/* An element of a request body: name, namespace checked by the caller, raw text. */
struct field {
	const char *name;
	char *text;  /* owned by the list it is in */
	bool is_ref; /* text is that of a reference */
};

/* schema_put: check the fields against the class and what Get shows, run put, store. */
enum fault schema_put(struct call *c, const struct field *f, size_t n);

/* schema_create: check the fields, run create. */
enum fault schema_create(struct call *c, const struct field *f, size_t n);

/* schema_invoke: check the parameters (names, order, types), run; sets *status. */
enum fault schema_invoke(
    struct call *c, const struct method *m, const struct field *f, size_t n, unsigned int *status);

/* The families, one table each. */
struct family {
	const struct wclass *rows;
	size_t n;
};
extern const struct family family_access, family_info, family_keys, family_network, family_power,
    family_redirect, family_setup, family_tls;

#define ROWS(a) (a), ARRAY_LEN(a)
#define NO_ROWS NULL, 0
#define FAMILY(a)                                                                                  \
	{                                                                                          \
		(a), ARRAY_LEN(a)                                                                  \
	}

#endif
