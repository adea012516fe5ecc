/* SPDX-License-Identifier: Apache-2.0 */
/* pcap: the hellos in a capture file. */
#ifndef MUSTER_CTL_PCAP_H
#define MUSTER_CTL_PCAP_H

#include <stddef.h>

#include "base/err.h"

/*
 * pcap_flows: call take() with the bytes of each TCP flow of the capture that carried any, in the
 * order the flows began. Segments are put in order by sequence number; a flow with a gap ends there.
 * source: "192.0.2.1:1234". ERR_INPUT when the file is no capture or of an unknown link type.
 */
MUST_CHECK int pcap_flows(const char *path, void (*take)(void *arg, const char *source, const void *data, size_t len),
    void *arg, struct err *e);

/* pcap_is: whether data starts like a capture file. */
bool pcap_is(const void *data, size_t len);

#endif
