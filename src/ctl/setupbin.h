/* SPDX-License-Identifier: Apache-2.0 */
/* setupbin: the parts of musterctl setupbin. */
#ifndef MUSTER_CTL_SETUPBIN_H
#define MUSTER_CTL_SETUPBIN_H

#include "ctl/ctl.h"

/* By position in the options of setupbin make. */
enum {
	MAKE_COLUMNS, /* as PSK_OPT_COLUMNS */
	MAKE_LIST,
	MAKE_VALUES,
	MAKE_ROOT,
	MAKE_FORMAT,
	MAKE_REUSE,
	MAKE_SCRAMBLE,
	MAKE_IMAGE,
	MAKE_NO_PARTITION,
};

int setupbin_make(struct ctl *c, struct err *e);

#endif
