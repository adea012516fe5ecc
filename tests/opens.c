/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opens: does the database have the passwords of the devices? Reads the dump of a simulated fleet from
 * standard input, opens what is sealed with the engine's key, and prints for each device its UUID and
 * "admin" and "mebx", each with "opens" or why not. The device's own word decides, not the engine's.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/digest.h"
#include "base/conf.h"
#include "db/job.h"
#include "secret/keyfile.h"

static const struct stmt current = {
	.name = "current",
	.nparams = 2,
	.want = WANT_MAYBE,
	.sql = "SELECT sealed FROM muster.credential JOIN muster.device USING (device_id)"
	       " WHERE uuid = $1::uuid AND kind = $2 AND credential.state = 'current'",
};

/* 1: *out is the current password, 0: there is none, -1. */
static int
password(struct db *db, const struct seal_private *key, const char *uuid, const char *kind, struct secret *out, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(sealed) struct sealed box = { 0 };
	const char *const params[] = { uuid, kind };
	char aad[80];

	if (db_run(db, &current, params, 2, &r, e) < 0)
		return -1;
	if (rows_count(r) == 0)
		return 0;
	box.p = rows_bytes_new(r, 0, 0, &box.len);
	if (box.p == NULL)
		return err_set(e, ERR_MEMORY, "sealed secret");
	credential_aad(aad, sizeof(aad), uuid, kind);
	return seal_open_secret(key, aad, &box, out, e) < 0 ? -1 : 1;
}

static const char *
text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s == NULL ? "" : s;
}

static const char *
admin_opens(const json_t *device, const struct secret *s, struct err *e)
{
	unsigned char ha1[16];
	char hex[33];

	if (digest_ha1(text(device, "admin_user"), text(device, "realm"), s, ha1, e) < 0)
		return e->text;
	for (size_t i = 0; i < sizeof(ha1); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", ha1[i]);
	return strcmp(hex, text(device, "admin_ha1")) == 0 ? "opens" : "is another one";
}

static const char *
look(struct db *db, const struct seal_private *key, const json_t *device, const char *kind, struct err *e)
{
	SCOPED(secret) struct secret s = { 0 };
	int found = password(db, key, text(device, "uuid"), kind, &s, e);

	if (found < 0)
		return e->text;
	if (found == 0)
		return "has none";
	if (strcmp(kind, "admin") == 0)
		return admin_opens(device, &s, e);
	return strcmp(s.s, text(device, "mebx_password")) == 0 ? "opens" : "is another one";
}

int
main(void)
{
	SCOPED(seal_private) struct seal_private key = { 0 };
	SCOPED(db) struct db *db = NULL;
	struct conf conf;
	struct err e;
	json_t *all = json_loadf(stdin, 0, NULL), *device;
	size_t i;

	if (!json_is_array(all) || conf_load(NULL, &conf, &e) < 0 || keyfile_read(conf.key_file, &key, &e) < 0 ||
	    db_open(conf.database, NULL, "opens", &db, &e) < 0) {
		(void)fprintf(stderr, "opens: %s\n", json_is_array(all) ? e.text : "no array of devices");
		json_decref(all);
		return 1;
	}
	json_array_foreach(all, i, device)
	{
		const char *admin = look(db, &key, device, "admin", &e);

		(void)printf("%s admin %s", text(device, "uuid"), admin);
		(void)printf(" mebx %s\n", look(db, &key, device, "mebx", &e));
	}
	json_decref(all);
	return 0;
}
