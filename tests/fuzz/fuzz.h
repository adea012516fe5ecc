/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz: what every fuzz target is: one function that takes any bytes and must not crash, leak or
 * hang. Built with --enable-fuzz it is a libFuzzer program; in "make check" run_seeds.c runs it over
 * its seeds, cut at every length and with bytes changed.
 */
#ifndef MUSTER_TESTS_FUZZ_H
#define MUSTER_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What must hold for any input. */
#define MUST(condition)          \
	do {                     \
		if (!(condition)) \
			abort(); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
