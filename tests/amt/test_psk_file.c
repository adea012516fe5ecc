/* SPDX-License-Identifier: Apache-2.0 */
/* test_psk_file: lists of pre-shared keys as they come from makers of PCs, good and bad. */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/psk_file.h"
#include "amt/setup_bin.h"
#include "base/text.h"

#define P1 "0000-037M"
#define K1 "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"
#define P2 "HLLQ045Q"
#define K2 "B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5"

/* What a list gave, one text a line. */
struct got {
	struct buf text;
	size_t good, refused;
};

static int
take(void *arg, const struct psk_line *l, struct err *e)
{
	struct got *g = arg;

	(void)e;
	if (l->code != 0) {
		g->refused++;
		buf_printf(&g->text, "%d: (%d) %s\n", (int)l->line, l->code, l->says);
		return 0;
	}
	g->good++;
	buf_printf(&g->text, "%d: %s %s [%s] [%s] [%s] [%s]%s", (int)l->line, l->key.pid, l->key.pps.s, l->current.s, l->fresh.s, l->uuid, l->mac,
	    l->used ? " used" : "");
	if (l->same_as != 0)
		buf_printf(&g->text, " as %d", (int)l->same_as);
	buf_puts(&g->text, "\n");
	return 0;
}

/* Reads a list in pieces of so many bytes. */
static int
read_pieces(const void *data, size_t len, size_t piece, const char *by_hand, struct got *g, struct psk_file_info *info, struct err *e)
{
	SCOPED(psk_file) struct psk_file *f = NULL;
	static char column[PSK_FIELDS][PSK_NAME_MAX], ignored[240], detail[40];
	struct psk_map map = { 0 };
	const char *p = data;

	*g = (struct got){ 0 };
	if (by_hand != NULL && psk_map_parse(by_hand, &map, e) < 0)
		return -1;
	f = psk_file_new(&map, take, g);
	assert_non_null(f);
	for (size_t at = 0; at < len; at += piece)
		if (psk_file_feed(f, p + at, piece < len - at ? piece : len - at, e) < 0)
			return -1;
	int rc = psk_file_end(f, e);
	if (info != NULL) {
		psk_file_info(f, info);
		for (int i = 0; i < PSK_FIELDS; i++)
			if (info->column[i] != NULL) {
				(void)text_copy(column[i], PSK_NAME_MAX, info->column[i]);
				info->column[i] = column[i];
			}
		(void)text_copy(ignored, sizeof(ignored), info->ignored);
		(void)text_copy(detail, sizeof(detail), info->detail);
		info->ignored = ignored;
		info->detail = detail;
	}
	return rc;
}

static void
assert_list(const void *data, size_t len, const char *by_hand, const char *want)
{
	static const size_t pieces[] = { 1, 2, 3, 7, 16, 64, 513, 100000 };
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		struct got g;

		assert_ok(read_pieces(data, len, pieces[i], by_hand, &g, NULL, &e));
		assert_string_equal(buf_str(&g.text), want);
		buf_free(&g.text);
	}
}

static void
assert_text(const char *list, const char *by_hand, const char *want)
{
	assert_list(list, strlen(list), by_hand, want);
}

static void
assert_unusable(const void *data, size_t len, const char *by_hand, const char *says)
{
	struct got g;
	struct err e;

	assert_fails(read_pieces(data, len, 5, by_hand, &g, NULL, &e), ERR_PSK_LIST);
	assert_has(e.text, says);
	assert_has_not(e.text, "NKL");
	buf_free(&g.text);
}

#define ROW1 "0000037M NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"
#define ROW2 "HLLQ045Q B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5"

static void
our_own_form_is_read(void **state)
{
	(void)state;
	assert_text("pid,pps,factory_password,new_password,uuid,mac\n"
		    P1 "," K1 ",admin,P@ssw0rd1,03A85F1C-2B4D-11DC-8E60-0013D4AABBCC,00:13:d4:aa:bb:cc\n"
		    P2 "," K2 ",,,,\n",
	    NULL,
	    "2: " ROW1 " [admin] [P@ssw0rd1] [03a85f1c-2b4d-11dc-8e60-0013d4aabbcc] [00:13:d4:aa:bb:cc]\n"
	    "3: " ROW2 " [] [] [] []\n");
}

static void
columns_are_known_by_what_others_call_them(void **state)
{
	(void)state;
	assert_text("Serial;System UUID;Provisioning ID;Provisioning Passphrase;MEBx Password;Old MEBx Password\r\n"
		    "\r\n"
		    "CZC1;03a85f1c2b4d11dc8e600013d4aabbcc;" P1 ";\"" K1 "\";\"a;b\"\"C1\";admin\r\n",
	    NULL, "3: " ROW1 " [admin] [a;b\"C1] [03a85f1c-2b4d-11dc-8e60-0013d4aabbcc] []\n");
	assert_text("\"Key-ID\"\t\"TLS-PSK\"\t\r" P1 "\t" K1 "\r", NULL, "2: " ROW1 " [] [] [] []\n");
}

static void
columns_may_be_given_by_hand(void **state)
{
	(void)state;
	assert_text("Name,Code\n" P1 "," K1 "\n", "pid=1,pps=2", "2: " ROW1 " [] [] [] []\n");
	assert_text("Name,Code,MEBx password,Password\n" P1 "," K1 ",x,y\n", "pid=name,pps=CODE,new_password=Password,factory_password=3",
	    "2: " ROW1 " [x] [y] [] []\n");
	assert_text(P1 "," K1 ",secret\n", "pid=1,pps=2,factory_password=3", "1: " ROW1 " [secret] [] [] []\n");
	assert_unusable("a,b\nc,d\n", 8, "pid=3,pps=2", "no column \"3\" for pid; there are 2");
	assert_unusable("a,b\nc,d\n", 8, "pid=a,pps=c", "no column \"c\" for pps");
}

static void
what_is_given_by_hand_must_make_sense(void **state)
{
	static const char *const bad[] = { "pid", "pid=", "nosuch=1", "=1", "pid=1,,pps=2", "pid=a very long name, of more than fits into the place for one name of a column",
		"uuid=0123456789012345678901234567890123456789012345678901234567890123456789" };
	struct psk_map map;
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_fails(psk_map_parse(bad[i], &map, &e), ERR_USAGE);
	assert_ok(psk_map_parse("", &map, &e));
	assert_ok(psk_map_parse("pid=1,mac=Net 1", &map, &e));
	assert_string_equal(map.column[PSK_MAC], "Net 1");
}

static void
a_list_without_headings_is_known_by_its_keys(void **state)
{
	(void)state;
	assert_text(P1 ";" K1 ";03a85f1c-2b4d-11dc-8e60-0013d4aabbcc\n" P2 ";" K2 ";\n", NULL,
	    "1: " ROW1 " [] [] [03a85f1c-2b4d-11dc-8e60-0013d4aabbcc] []\n2: " ROW2 " [] [] [] []\n");
	/* The first key is mistyped: it is told, not taken for headings. */
	assert_text(P1 ",NKLE-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ\n" P2 "," K2 "\n", NULL,
	    "1: (1901) PPS is mistyped in group 1 (check character D)\n2: " ROW2 " [] [] [] []\n");
}

/* UTF-8 to UTF-16 with a byte order mark. */
static void
utf16(const char *text, bool big, struct buf *out)
{
	buf_add(out, big ? "\xfe\xff" : "\xff\xfe", 2);
	for (uint32_t ch; (ch = text_next(&text)) != 0;) {
		uint32_t units[2] = { ch, 0 };

		if (ch > 0xffff) {
			units[0] = 0xd800 + ((ch - 0x10000) >> 10);
			units[1] = 0xdc00 + ((ch - 0x10000) & 0x3ff);
		}
		for (int i = 0; i < 2 && units[i] != 0; i++) {
			const char bytes[2] = { (char)(big ? units[i] >> 8 : units[i]), (char)(big ? units[i] : units[i] >> 8) };

			buf_add(out, bytes, 2);
		}
	}
}

static void
every_encoding_gives_the_same(void **state)
{
	static const char list[] = "Ger\xc3\xa4t,PID,PPS,MAC\nB\xc3\xbcro \xf0\x9f\x96\xa5," P1 "," K1 ",\xf0\x9f\x96\xa5\n";
	static const char want[] = "2: " ROW1 " [] [] [] [\xf0\x9f\x96\xa5]\n";
	SCOPED(buf) struct buf little = { 0 }, big = { 0 }, mark = { 0 };

	(void)state;
	assert_text(list, NULL, want);
	buf_printf(&mark, "\xef\xbb\xbf%s", list);
	assert_list(mark.p, mark.len, NULL, want);
	utf16(list, false, &little);
	assert_list(little.p, little.len, NULL, want);
	utf16(list, true, &big);
	assert_list(big.p, big.len, NULL, want);
	assert_text("Ger\xe4t,PID,PPS\nB\xfcro," P1 "," K1, NULL, "2: " ROW1 " [] [] [] []\n"); /* Latin-1 */
	assert_unusable(little.p + 2, little.len - 2, NULL, "save the list as UTF-8");
}

static void
each_bad_line_is_told_and_the_others_are_read(void **state)
{
	(void)state;
	assert_text("pid,pps,factory_password,new_password,uuid\n"
		    "0000-037N," K1 ",,,\n"
		    P1 ",NKLD-G5DC,,,\n"
		    P1 "," K1 ",,\n"
		    P1 "," K1 ",,,,,\n"
		    P1 "," K1 ",,,,x\n"
		    P1 "," K1 ",,,not a uuid\n"
		    P1 "," K1 ",,,ffffffff-ffff-ffff-ffff-ffffffffffff\n"
		    "\"" P1 "," K1 ",,,\n"
		    P1 "," K1 ",p\xc3\xa4ss,,\n"
		    P1 "," K1 ",,more-than-thirty-two-characters-1,\n"
		    ",,,,\n"
		    P2 "," K2 ",,,\n",
	    NULL,
	    "2: (1901) PID 0000-037N is mistyped: the check character of its first seven is M\n"
	    "3: (1901) PPS: 8 characters without the hyphens, want 32\n"
	    "4: (1006) 4 columns, want 5\n"
	    "5: " ROW1 " [] [] [] []\n"
	    "6: (1006) 6 columns, want 5\n"
	    "7: (1006) \"not a uuid\" is not a UUID\n"
	    "8: (1306) UUID ffffffff-ffff-ffff-ffff-ffffffffffff is shared by many boards\n"
	    "9: (1006) a quote that is not closed or stands inside a cell\n"
	    "10: (1204) factory_password: character 2 is not printable ASCII\n"
	    "11: (1204) new_password: 33 characters, want at most 32\n"
	    "12: (1901) PID: 0 characters without the hyphen, want 8\n"
	    "13: " ROW2 " [] [] [] []\n");
}

static void
a_pair_that_comes_twice_is_told_and_one_pid_with_two_keys_refused(void **state)
{
	(void)state;
	assert_text("pid,pps,uuid\n"
		    P1 "," K1 ",\n"
		    P2 "," K2 ",\n"
		    P1 "," K1 ",03a85f1c-2b4d-11dc-8e60-0013d4aabbcc\n"
		    P1 "," K2 ",\n",
	    NULL,
	    "2: " ROW1 " [] [] [] []\n3: " ROW2 " [] [] [] []\n"
	    "4: " ROW1 " [] [] [03a85f1c-2b4d-11dc-8e60-0013d4aabbcc] [] as 2\n"
	    "5: (1901) PID 0000-037M has another PPS in line 2\n");
}

static void
lists_that_are_none_are_refused_as_a_whole(void **state)
{
	static const char *const rows[][3] = {
		{ "", NULL, "there is no key in it" },
		{ "\n \r\n\t\n", NULL, "there is no key in it" },
		{ "pid,pps\n", NULL, "there is no key in it" },
		{ "name,password\nx,y\n", NULL, "no column for pid among 2" },
		{ "pid,password\nx,y\n", NULL, "no column for pps among 2; say which by hand" },
		{ "pid,pps,key\nx,y,z\n", NULL, "columns 2 and 3 could both be pps" },
		{ "\"pid,pps\nx,y\n", NULL, "a quote that is not closed" },
		{ "%PDF-1.4\n", NULL, "no column for pid among 1" },
	};
	char binary[] = "PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\n";
	SCOPED(buf) struct buf columns = { 0 }, line = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_unusable(rows[i][0], strlen(rows[i][0]), rows[i][1], rows[i][2]);
	assert_unusable(binary, sizeof(binary) - 1, NULL, "a zero byte");
	for (int i = 0; i < 70; i++)
		buf_puts(&columns, "x,");
	assert_unusable(columns.p, columns.len, NULL, "more than 64 columns");
	for (int i = 0; i < PSK_FILE_LINE_MAX; i++)
		buf_puts(&line, "x");
	assert_unusable(line.p, line.len, NULL, "longer than 4095 bytes");
}

static void
what_could_be_a_secret_is_not_in_the_error(void **state)
{
	/* A key without headings that nothing makes out. */
	static const char list[] = "Pa55word-of-a-device,NKLD-G5DC-RRNQ-E9YZ-ZIJL\n";
	struct got g;
	struct err e;

	(void)state;
	assert_fails(read_pieces(list, sizeof(list) - 1, 100, NULL, &g, NULL, &e), ERR_PSK_LIST);
	assert_has_not(e.text, "Pa55");
	assert_has_not(e.text, "NKLD");
}

static void
a_long_line_is_one_bad_line(void **state)
{
	SCOPED(buf) struct buf list = { 0 };

	(void)state;
	buf_puts(&list, "pid,pps,note\n");
	for (int i = 0; i < 3 * PSK_FILE_LINE_MAX; i++)
		buf_puts(&list, "x");
	buf_puts(&list, "\n" P1 "," K1 ",\nx\n");
	buf_add(&list, P2 ",\0," K2 "\n", sizeof(P2 ",\0," K2 "\n") - 1);
	assert_list(list.p, list.len, NULL,
	    "2: (1006) longer than 4095 bytes\n3: " ROW1 " [] [] [] []\n4: (1006) 1 columns, want 3\n5: (1006) a zero byte: this is not text\n");
}

static void
how_a_list_was_understood_can_be_told(void **state)
{
	static const char list[] = "Serial;PID;Key;Site\nx;" P1 ";" K1 ";y\n";
	struct psk_file_info info;
	struct got g;
	struct err e;

	(void)state;
	assert_ok(read_pieces(list, sizeof(list) - 1, 10, NULL, &g, &info, &e));
	assert_string_equal(info.form, "CSV");
	assert_string_equal(info.detail, "UTF-8, semicolon");
	assert_string_equal(info.column[PSK_PID], "PID");
	assert_string_equal(info.column[PSK_PPS], "Key");
	assert_null(info.column[PSK_UUID]);
	assert_string_equal(info.ignored, "Serial, Site");
	buf_free(&g.text);
}

/* A file of two records, and perhaps a third without keys. */
static void
make_setup_bin(bool third, struct setup_writer *w)
{
	static const char *const keys[][2] = { { P1, K1 }, { P2, K2 } };
	struct err e;

	*w = (struct setup_writer){ .format = SETUP_3 };
	for (size_t i = 0; i < (third ? 3 : 2); i++) {
		struct setup_record r = { 0 };
		struct secret admin = { .len = 5, .s = "admin" }, fresh = { .len = 9, .s = "P@ssw0rd1" }, pps = { 0 };

		assert_ok(setup_record_set_secret(&r, setup_var_by_name("current-password"), &admin, &e));
		assert_ok(setup_record_set_secret(&r, setup_var_by_name("new-password"), &fresh, &e));
		if (i < 2) {
			assert_true(secret_set(&pps, keys[i][1], strlen(keys[i][1])));
			assert_ok(setup_record_set(&r, setup_var_by_name("pid"), keys[i][0], &e));
			assert_ok(setup_record_set_secret(&r, setup_var_by_name("pps"), &pps, &e));
		}
		assert_ok(setup_writer_add(w, &r, &e));
	}
	assert_ok(setup_writer_end(w, &e));
}

static void
a_setup_bin_is_a_list_too(void **state)
{
	SCOPED(setup_writer) struct setup_writer w;

	(void)state;
	make_setup_bin(true, &w);
	w.out.p[0x20] = 1; /* one is used */
	w.out.p[0x204] = 0;
	buf_puts(&w.out, "more bytes than the header counts");
	assert_list(w.out.p, w.out.len, NULL,
	    "1: " ROW1 " [admin] [P@ssw0rd1] [] [] used\n2: " ROW2 " [admin] [P@ssw0rd1] [] []\n3: (1901) the record has no PID and PPS\n");
}

static void
a_setup_bin_that_is_cut_is_refused_as_a_whole(void **state)
{
	SCOPED(setup_writer) struct setup_writer w;

	(void)state;
	make_setup_bin(false, &w);
	assert_unusable(w.out.p, w.out.len - 1, NULL, "cut off: the setup.bin counts 2 records, 1 are there");
	assert_unusable(w.out.p, 511, NULL, "shorter than its header");
	assert_unusable(w.out.p, 16, NULL, "shorter than its header");
	w.out.p[0x218 + 4] = (char)0xff; /* an entry longer than its record */
	w.out.p[0x218 + 5] = (char)0xff;
	assert_list(w.out.p, w.out.len, NULL,
	    "1: (1902) entry 1 (1/1) goes past the end of the record: 65535 bytes announced\n2: " ROW2 " [admin] [P@ssw0rd1] [] []\n");
}

static int
stop(void *arg, const struct psk_line *l, struct err *e)
{
	int *n = arg;

	(void)l;
	return ++*n == 2 ? err_set(e, ERR_DB, "enough") : 0;
}

static void
who_takes_the_lines_can_stop(void **state)
{
	static const char list[] = "pid,pps\nx,y\nx,y\nx,y\n";
	SCOPED(psk_file) struct psk_file *f = NULL;
	struct err e;
	int n = 0;

	(void)state;
	f = psk_file_new(NULL, stop, &n);
	assert_fails(psk_file_feed(f, list, sizeof(list) - 1, &e), ERR_DB);
	assert_int_equal(n, 2);
}

static int
count(void *arg, const struct psk_line *l, struct err *e)
{
	size_t *n = arg;

	(void)e;
	n[l->code == 0 ? 0 : 1]++;
	return 0;
}

/* PIDs in order, all with one PPS. */
static void
a_million_keys_are_read_and_one_more_is_refused(void **state)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	SCOPED(psk_file) struct psk_file *f = NULL;
	size_t n[2] = { 0 };
	struct err e;

	(void)state;
	f = psk_file_new(NULL, count, n);
	assert_ok(psk_file_feed(f, "pid,pps\n", 8, &e));
	for (size_t i = 0; i <= PSK_FILE_KEYS_MAX; i++) {
		char line[64], pid[PID_LEN] = "000";
		size_t left = i;

		for (size_t k = PID_LEN - 1; k > 2; left /= 36)
			pid[--k] = digits[left % 36];
		pid[PID_LEN - 1] = psk_check_char(pid, PID_LEN - 1);
		int len = snprintf(line, sizeof(line), "%.8s," K2 "\n", pid);
		if (i == PSK_FILE_KEYS_MAX) {
			assert_fails(psk_file_feed(f, line, (size_t)len, &e), ERR_PSK_LIST);
			assert_has(e.text, "more than 1000000 keys in one list: split it");
		} else {
			assert_ok(psk_file_feed(f, line, (size_t)len, &e));
		}
	}
	assert_int_equal(n[0], PSK_FILE_KEYS_MAX);
	assert_int_equal(n[1], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(our_own_form_is_read),
		TEST(columns_are_known_by_what_others_call_them),
		TEST(columns_may_be_given_by_hand),
		TEST(what_is_given_by_hand_must_make_sense),
		TEST(a_list_without_headings_is_known_by_its_keys),
		TEST(every_encoding_gives_the_same),
		TEST(each_bad_line_is_told_and_the_others_are_read),
		TEST(a_pair_that_comes_twice_is_told_and_one_pid_with_two_keys_refused),
		TEST(lists_that_are_none_are_refused_as_a_whole),
		TEST(what_could_be_a_secret_is_not_in_the_error),
		TEST(a_long_line_is_one_bad_line),
		TEST(how_a_list_was_understood_can_be_told),
		TEST(a_setup_bin_is_a_list_too),
		TEST(a_setup_bin_that_is_cut_is_refused_as_a_whole),
		TEST(who_takes_the_lines_can_stop),
		TEST(a_million_keys_are_read_and_one_more_is_refused),
	};

	return cmocka_run_group_tests_name("psk_file", tests, NULL, NULL);
}
