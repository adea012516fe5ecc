/* SPDX-License-Identifier: Apache-2.0 */
/* fleet: the options of the simulator, and its devices from a file or made up. */
#ifndef MUSTER_SIM_FLEET_H
#define MUSTER_SIM_FLEET_H

#include <netinet/in.h>

#include "sim/device.h"

struct options {
	const char *fleet_file; /* JSON; NULL: made up */
	unsigned int devices;
	const char *releases; /* "11.8,16.1", taken in turn */
	const char *domain;
	const char *root_file; /* PEM; NULL: only well-known roots */
	unsigned long seed;
	struct in_addr base;       /* address of the first device */
	struct sockaddr_in server; /* where hellos go */
	double time_scale;
	unsigned int hello_spread_ms;
	unsigned int latency_ms, jitter_ms;
	unsigned int commit_down_ms;
	unsigned int lockout_s;
	unsigned int nonce_uses;
	unsigned int idle_s; /* a quiet connection is closed */
	unsigned int key_pool;
	bool fresh_keys, tls13, auth_int;
	bool psk, no_crypto;       /* of made-up devices: a PID and a PPS; no TLS */
	const char *mebx_password; /* of made-up devices; NULL: the factory's */
	const char *control_path, *dump_file;
	int ready_fd;             /* -1: a line on standard output */
	struct fault_list faults; /* every device gets these */
};

struct fleet {
	struct options opt;
	struct loop *loop;
	struct device *dev;
	size_t n;
};

/* fleet_options: the defaults. */
void fleet_options(struct options *o);

/*
 * fleet_build: make the devices that f->opt asks for; f->loop is set. Returns 0, or -1 with
 * ERR_FILE or ERR_INPUT; texts about a file name it and its line.
 */
MUST_CHECK int fleet_build(struct fleet *f, struct err *e);
void fleet_free(struct fleet *f);

/* fleet_find: by UUID text or by address; NULL when there is none. */
struct device *fleet_find(struct fleet *f, const char *name);

#endif
