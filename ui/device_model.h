/* SPDX-License-Identifier: Apache-2.0 */
/* device_model: what the files of the Device screen share. */
#ifndef MUSTER_UI_DEVICE_MODEL_H
#define MUSTER_UI_DEVICE_MODEL_H

#include "db/event.h"
#include "secret/seal.h"
#include "ui/app.h"

enum { STEPS_MAX = 128, COMPARE_MAX = 64, CERTS_MAX = 100, CREDS_MAX = 100, LINES_MAX = 100, TRACE_TEXT = 256 };

/* The lower half of the screen is one of these. */
enum part { PART_TIMELINE, PART_FACTS, PART_CERTIFICATES, PART_PASSWORDS, PART_LOG, PART_COUNT };

struct step_row {
	int attempt, code, took_ms, usual_ms; /* usual_ms -1: nothing to compare with */
	char step[32], title[120], outcome[12], detail[256], started[16];
};
struct cert_row {
	char serial[64], subject[128], until[16], issued[24];
	bool in_use, expired;
};
struct cred_row {
	int64_t id;
	char kind[8], state[12], since[24], note[200];
};

/* A password on its way to the screen, and on it. */
enum reveal_state { REVEAL_NONE, REVEAL_ASKED, REVEAL_WAITS, REVEAL_SHOWN };
struct reveal_view {
	enum reveal_state state;
	int64_t id, until_ms;
	unsigned int place; /* where it was asked for: it is shown nowhere else */
	char kind[8], of[12];
	int64_t credential;
	struct seal_private key;
	struct secret secret;
};

struct device_model {
	struct app *app;
	char uuid[UUID_TEXT];
	struct device d;
	bool found, answered;
	struct step_row steps[STEPS_MAX];
	size_t nsteps;
	struct {
		char step[32];
		int ms;
	} usual[COMPARE_MAX];
	size_t nusual;
	char compared_with[12]; /* "last run", "median", "" */
	struct cert_row certs[CERTS_MAX];
	size_t ncerts;
	struct cred_row creds[CREDS_MAX];
	size_t ncreds;
	struct event lines[LINES_MAX];
	size_t nlines;
	char trace[TRACE_TEXT]; /* the level of the debug trace and where it goes; "" when it is off */
	enum part part;
	int top[PART_COUNT], height, cursor; /* the cursor is among the passwords */
	struct err err;
	struct reveal_view reveal;
};

/* device_parts.c: the lower half: its names, and the part that is chosen. */
void device_draw_parts(struct device_model *m, struct canvas *c, struct area area);
size_t device_part_rows(const struct device_model *m);

/* step_is_slow: much longer than usual. Pure. */
bool step_is_slow(int took_ms, int usual_ms);

/*
 * device_reveal.c: shows a password to an Administrator: asks for the reason, asks an engine, shows the answer
 * for half a minute, and wipes it. changed: perhaps the answer is there. end: wipes all.
 */
void reveal_start(struct device_model *m);
void reveal_changed(struct device_model *m);
void reveal_end(struct device_model *m);
void reveal_draw(const struct device_model *m, struct canvas *c, struct area area);

#endif
