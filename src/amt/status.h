/* SPDX-License-Identifier: Apache-2.0 */
/* status: the status numbers that methods of AMT return (PT_STATUS). */
#ifndef MUSTER_AMT_STATUS_H
#define MUSTER_AMT_STATUS_H

#include <stdint.h>

#include "base/err.h"

/* The ones the engine acts on. Source: protocol/wsman.md 6.1. */
enum {
	PT_SUCCESS = 0,
	PT_NOT_READY = 2,
	PT_NOT_PERMITTED = 16,
	PT_INVALID_INDEX = 35,
	PT_INVALID_PARAMETER = 36,
	PT_FLASH_WRITE_LIMIT = 38,
	PT_INVALID_PID = 42,
	PT_INVALID_PPS = 43,
	PT_BIST_BLOCKED = 44,
	PT_CONNECTION_FAILED = 45,
	PT_CONNECTION_TOO_MANY = 46,
	PT_RNG_IN_PROGRESS = 47,
	PT_RNG_NOT_READY = 48,
	PT_CERTIFICATE_NOT_READY = 49,
	PT_INVALID_HANDLE = 2053,
	PT_DATA_MISSING = 2057,
	PT_DUPLICATE = 2058,
	PT_GENERATING_KEYS = 2061,
	PT_UNSUPPORTED = 2066,
	PT_NOT_FOUND = 2068,
	PT_BLOCKING_COMPONENT = 2076,
	PT_IN_PROGRESS = 2082,
	CIM_JOB_STARTED = 4096,
	CIM_BUSY = 4099,
};

struct pt_status {
	uint32_t number;
	const char *name;    /* "DATA_MISSING" */
	const char *meaning; /* one line for people */
};

/* pt_status: the row of a number, or NULL. pt_statuses: all rows. */
const struct pt_status *pt_status(uint32_t number);
const struct pt_status *pt_statuses(size_t *n);

/*
 * pt_error: a number that is not success as an error: ERR_NOT_READY for those that pass by
 * themselves, ERR_FLASH, else ERR_STATUS, with name and meaning in the text. Returns -1.
 * Source: protocol/wsman.md 6.3.
 */
int pt_error(uint32_t number, const char *what, struct err *e);

#endif
