/* SPDX-License-Identifier: Apache-2.0 */
/* service: one HTTP request of a device to the bytes that answer it, faults included. */
#ifndef MUSTER_SIM_SERVICE_H
#define MUSTER_SIM_SERVICE_H

#include "base/buf.h"
#include "sim/device.h"
#include "sim/http.h"

struct reply {
	struct buf out;
	bool close;  /* after the last byte */
	bool silent; /* nothing is sent and the connection stays */
	bool stalled; /* the same until conn_resume, which sends what is there, or hangs up */
	bool byte_by_byte;
	unsigned int delay_ms;
	enum after after; /* once the reply is out, or at once when there is none */
};

/*
 * service_answer: act on a request. tls_setup: it came with an accepted setup certificate.
 * r->out empty and not silent: the device hangs up without a word.
 */
void service_answer(struct device *d, const struct http_req *req, bool tls_setup, struct reply *r);

/* service_bad: the answer to bytes that are no request. */
void service_bad(struct device *d, struct reply *r);

#endif
