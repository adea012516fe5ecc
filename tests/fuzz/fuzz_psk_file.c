/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_psk_file: any bytes as a list of keys, in one piece and in small ones: the same is read of it. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "amt/psk_file.h"

struct sum {
	size_t good, refused;
	uint64_t line, texts;
};

static int
take(void *arg, const struct psk_line *l, struct err *e)
{
	struct sum *s = arg;
	char pid[PID_LEN + 1];

	MUST(l->line > s->line);
	s->line = l->line;
	if (l->code != 0) {
		MUST(l->says[0] != '\0');
		s->refused++;
		s->texts = s->texts * 31 + strlen(l->says);
		return 0;
	}
	MUST(pid_parse(l->key.pid, pid, e) == 0 && l->key.pps.len == PPS_LEN && l->same_as < l->line);
	s->texts = s->texts * 31 + l->same_as + l->current.len;
	s->good++;
	return 0;
}

/* As by musterctl, in pieces of so many bytes. */
static int
read_list(const uint8_t *data, size_t size, size_t piece, struct sum *s, struct err *e)
{
	SCOPED(psk_file) struct psk_file *f = psk_file_new(NULL, take, s);
	struct psk_file_info info;
	int rc = 0;

	MUST(f != NULL);
	*s = (struct sum){ 0 };
	for (size_t at = 0; rc == 0 && at < size; at += piece)
		rc = psk_file_feed(f, data + at, piece < size - at ? piece : size - at, e);
	if (rc == 0)
		rc = psk_file_end(f, e);
	psk_file_info(f, &info);
	MUST(info.form != NULL && info.detail != NULL && info.ignored != NULL);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sum whole, pieces;
	struct err e = { 0 }, again = { 0 };
	int rc = read_list(data, size, size + 1, &whole, &e);

	MUST(rc == 0 || (e.code == ERR_PSK_LIST && e.text[0] != '\0'));
	MUST(read_list(data, size, 3, &pieces, &again) == rc);
	MUST(rc == 0 || strcmp(e.text, again.text) == 0);
	MUST(whole.good == pieces.good && whole.refused == pieces.refused && whole.texts == pieces.texts);
	return 0;
}
