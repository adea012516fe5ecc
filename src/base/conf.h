/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf: the configuration file (INI, read by libinih) shared by musterd, musterctl and muster. It
 * holds only what is needed to reach the database and the key; everything else is a setting in the
 * database, so that all engines agree. A line holds 198 characters; a longer value goes on in
 * indented lines, joined by blanks.
 */
#ifndef MUSTER_BASE_CONF_H
#define MUSTER_BASE_CONF_H

#include "base/err.h"

struct conf {
	char database[1024]; /* [database] connection: a libpq connection string, several hosts allowed */
	char engine_user[64]; /* [database] engine_user: the role musterd takes */
	char key_file[512];  /* [engine] key_file */
	char name[64];       /* [engine] name: how this engine is called; default the host's name */
	char trace_dir[512]; /* [engine] trace_dir: where the debug trace is written */
	char eoi_dialect_file[512]; /* [engine] eoi_dialect_file: corrections of the spellings for AMT before 3.2; "": none */
	char listen[256];    /* [engine] listen: hello addresses, separated by blanks; default "*" */
};

/*
 * conf_load: defaults, then the file. path NULL means $MUSTER_CONF, else /etc/muster/muster.conf;
 * only a path that was named must exist. ERR_CONFIG names file, line, and what is wrong there.
 */
MUST_CHECK int conf_load(const char *path, struct conf *out, struct err *e);

#endif
