/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_seeds: runs a fuzz target over its seed files without a fuzzer: each file as it is, cut
 * short, and with bytes changed. The seeds are in tests/fuzz/seeds/NAME, NAME from the program's
 * own name (fuzz_NAME).
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "tests/fuzz/fuzz.h"

enum { SEED_MAX = 1 << 20, CUTS = 200, FLIPS = 400 };

/* The input in memory of exactly its size, so that the sanitizer sees a byte too far. */
static void
run(const char *data, size_t size)
{
	uint8_t *copy = malloc(size == 0 ? 1 : size);

	if (copy == NULL)
		abort();
	memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void
run_changed(struct buf *b)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };
	size_t cut_step = b->len / CUTS + 1, flip_step = b->len / FLIPS + 1;

	run(b->p, b->len);
	for (size_t n = 0; n < b->len; n += cut_step)
		run(b->p, n);
	for (size_t i = 0; i < b->len; i += flip_step) {
		char kept = b->p[i];

		b->p[i] = (char)(kept ^ (char)changes[i % 3]);
		run(b->p, b->len);
		b->p[i] = kept;
	}
}

int
main(int argc, char **argv)
{
	const char *top = getenv("MUSTER_SRCDIR"), *name = strstr(argv[0], "fuzz_");
	char dir[1024], path[1400];
	int n = 0;

	(void)argc;
	if (name == NULL)
		return 2;
	for (const char *later; (later = strstr(name + 1, "fuzz_")) != NULL;)
		name = later;
	(void)snprintf(dir, sizeof(dir), "%s/tests/fuzz/seeds/%.40s", top == NULL ? "." : top, name + 5);
	DIR *d = opendir(dir);
	if (d == NULL) {
		perror(dir);
		return 2;
	}
	for (const struct dirent *f; (f = readdir(d)) != NULL;) {
		SCOPED(buf) struct buf seed = { 0 };
		struct err e;

		if (f->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, f->d_name);
		if (file_read(path, SEED_MAX, &seed, &e) < 0) {
			(void)fprintf(stderr, "%s\n", e.text);
			return 2;
		}
		run(buf_str(&seed), 0);
		if (seed.len > 0)
			run_changed(&seed);
		n++;
	}
	(void)closedir(d);
	(void)printf("%s: %d seeds\n", name, n);
	return n > 0 ? 0 : 2;
}
