/* SPDX-License-Identifier: Apache-2.0 */
/* keyfile: the engine's private key on disk. */
#include "secret/keyfile.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

static const char head[] = "muster engine key 1\n";
enum { FILE_MAX = 256 };

int
keyfile_read(const char *path, struct seal_private *out, struct err *e)
{
	SCOPED(buf) struct buf text = { .max = FILE_MAX };
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char credential[4096];
	struct stat st;

	if (dir != NULL) {
		(void)snprintf(credential, sizeof(credential), "%s/engine.key", dir);
		if (access(credential, F_OK) == 0)
			path = credential;
	}
	if (stat(path, &st) < 0)
		return err_errno(e, ERR_KEY_FILE, "%s", path);
	if (path != credential && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(e, ERR_KEY_FILE, "%s: mode %03o lets others in, want 600", path,
		    (unsigned int)(st.st_mode & 0777));
	if (file_read(path, FILE_MAX, &text, e) < 0) {
		e->code = ERR_KEY_FILE;
		return -1;
	}
	if (text.len <= sizeof(head) - 1 || strncmp(text.p, head, sizeof(head) - 1) != 0 ||
	    hex_decode(text.p + sizeof(head) - 1, out->key, SEAL_KEY_LEN) != SEAL_KEY_LEN)
		return err_set(e, ERR_KEY_FILE, "%s: not an engine key", path);
	return 0;
}

int
keyfile_write(const char *path, const struct seal_private *key, bool replace, struct err *e)
{
	SCOPED(buf) struct buf text = { .max = FILE_MAX };
	char hex[2 * SEAL_KEY_LEN + 1];

	hex_encode(hex, key->key, SEAL_KEY_LEN);
	buf_puts(&text, head);
	buf_puts(&text, hex);
	buf_puts(&text, "\n");
	OPENSSL_cleanse(hex, sizeof(hex));
	return replace ? file_replace(path, text.p, text.len, e) : file_write_new(path, text.p, text.len, e);
}
