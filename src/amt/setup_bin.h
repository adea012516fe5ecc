/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setup_bin: the file setup.bin, by which a USB key gives devices their first credentials: read, checked by
 * the rules of devices, and written. No I/O. A record is read by itself, so a file need not be in memory.
 * Source: protocol/setup.md 4.
 */
#ifndef MUSTER_AMT_SETUP_BIN_H
#define MUSTER_AMT_SETUP_BIN_H

#include "amt/setup_var.h"
#include "base/buf.h"
#include "secret/secret.h"

enum {
	SETUP_CHUNK = 512,
	SETUP_RECORD_HEAD = 24,
	SETUP_CHUNKS_MAX = 8,        /* of a record that is read; one is all that is written (UNCERTAIN-17) */
	SETUP_RECORD_MAX = SETUP_CHUNKS_MAX * SETUP_CHUNK,
	SETUP_BODY_MAX = SETUP_RECORD_MAX - SETUP_RECORD_HEAD,
	SETUP_ENTRIES_MAX = SETUP_BODY_MAX / 8,
	SETUP_MODULES_MAX = 8,
	SETUP_RECORDS_MAX = 100000,  /* a BIOS reads through these for 3 minutes (4.7) */
	SETUP_FILE_MAX = (SETUP_RECORDS_MAX + 1) * SETUP_CHUNK,
};

enum { SETUP_FILE_REUSE = 1 };                          /* flags of a file: records are not consumed */
enum { SETUP_VALID = 1, SETUP_SCRAMBLED = 2 };          /* flags of a record; not valid: used */
enum { SETUP_SCRAMBLE_BY = 17 };                        /* added to each byte of a scrambled body */

/* The first record of a file, as it stands there. */
struct setup_head {
	enum setup_format format;
	unsigned int major, minor;
	uint16_t chunks, head_bytes, flags, record_chunks, reserved;
	uint32_t number, records, consumed;
	uint16_t modules[SETUP_MODULES_MAX];
	size_t nmodules;
};

struct setup_entry {
	uint16_t module, var, len, reserved;
	uint16_t at; /* of its value in the body */
};

/* A data record. Its body holds passwords: declare it SCOPED(setup_record). */
struct setup_record {
	uint32_t type, flags, number;
	uint16_t chunks, head_bytes;
	size_t n;
	struct setup_entry entries[SETUP_ENTRIES_MAX]; /* in the order of the file */
	uint8_t body[SETUP_BODY_MAX];                  /* not scrambled */
	size_t used;                                   /* of the body, by entries */
	bool ended;                                    /* there was an end mark after them */
	bool padded;                                   /* and nothing but zeroes after that and between */
};

void setup_record_wipe(struct setup_record *r);
static inline void
setup_record_scoped(struct setup_record *r)
{
	setup_record_wipe(r);
}

/* setup_is: whether these bytes begin as a setup.bin does; SETUP_TYPE_LEN of them are enough. */
bool setup_is(const void *buf, size_t len);

/*
 * setup_head_parse: the first SETUP_CHUNK bytes of a file. A header that a device ignores is read too, and
 * setup_head_check tells so. ERR_SETUP_BIN: too short, of an unknown type, or its records are longer than
 * SETUP_CHUNKS_MAX. Chunk counts of 0 count as 1.
 */
MUST_CHECK int setup_head_parse(const void *buf, size_t len, struct setup_head *out, struct err *e);

/* setup_record_size: bytes of each data record. setup_record_at: where the one of this index (0: first) begins. */
size_t setup_record_size(const struct setup_head *h);
uint64_t setup_record_at(const struct setup_head *h, uint32_t index);

/*
 * setup_record_parse: one data record.
 *
 * bytes, len	at most setup_record_size() of them; not kept
 * *out		also set in part when it fails: the entries before the bad one
 * Returns	0, or -1 with ERR_SETUP_BIN: shorter than its header, or an entry goes past its end
 */
MUST_CHECK int setup_record_parse(const void *bytes, size_t len, struct setup_record *out, struct err *e);

/* setup_find: the first entry of a variable, or NULL. setup_secret: its value, false when there is none that fits. */
const struct setup_entry *setup_find(const struct setup_record *r, unsigned int module, unsigned int var);
bool setup_secret(const struct setup_record *r, unsigned int module, unsigned int var, struct secret *out);

/* What a device makes of something in a file. */
enum setup_level {
	SETUP_NOTE,    /* unusual, without harm */
	SETUP_WARNING, /* works, but perhaps not as meant, or not on each device */
	SETUP_FAULT,   /* a device refuses or ignores it */
};
typedef void setup_say_fn(void *arg, enum setup_level level, const char *text);

/* setup_head_check: what is wrong with a header. len: bytes of the whole file. Source: protocol/setup.md 4.2. */
void setup_head_check(const struct setup_head *h, uint64_t len, setup_say_fn *say, void *arg);

/* setup_record_check: what is wrong with a record in a file with this header. Source: protocol/setup.md 4.3 to 4.6. */
void setup_record_check(const struct setup_head *h, const struct setup_record *r, setup_say_fn *say, void *arg);

/*
 * setup_next: the index of the record the next device takes, or -1: none, all are used or it is not in the
 * file. Source: protocol/setup.md 4.2, 4.8.
 */
int64_t setup_next(const struct setup_head *h, uint64_t len);

/*
 * setup_outcome: says, sentence by sentence, what becomes of the next device that is started with this file.
 * next is the record setup_next() names, NULL when there is none.
 */
void setup_outcome(const struct setup_head *h, const struct setup_record *next, setup_say_fn *say, void *arg);

/*
 * setup_record_set, setup_record_set_secret: give a new record ({ 0 } before) a value, in place of the one it
 * has; of a variable that is SETUP_MANY one more. ERR_SETUP_BIN: not valid, or the record is full.
 */
MUST_CHECK int setup_record_set(struct setup_record *r, const struct setup_var *v, const char *text, struct err *e);
MUST_CHECK int setup_record_set_secret(struct setup_record *r, const struct setup_var *v, const struct secret *s, struct err *e);

/* A file in the making. Set the first three, then add records, then end it: out is the file. */
struct setup_writer {
	enum setup_format format;
	bool reuse;    /* records are not consumed: each device takes the first */
	bool scramble; /* not protection: anybody can undo it */
	uint32_t records;
	bool modules[SETUP_AMT + 1];
	struct buf out;
};

static inline void
setup_writer_scoped(struct setup_writer *w)
{
	buf_free(&w->out);
}

/*
 * setup_writer_add: one more record, its entries in ascending order. ERR_SETUP_BIN with the first fault that
 * setup_record_check finds, ERR_MEMORY.
 * setup_writer_end: ERR_SETUP_BIN: no record; ERR_MEMORY.
 */
MUST_CHECK int setup_writer_add(struct setup_writer *w, const struct setup_record *r, struct err *e);
MUST_CHECK int setup_writer_end(struct setup_writer *w, struct err *e);

#endif
