/* SPDX-License-Identifier: Apache-2.0 */
/* retire: musterctl device reprovision, take-over, unprovision. */
#include "db/retire.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"
#include "db/cert.h"

enum { OPT_PROFILE, OPT_FQDN, OPT_OU, OPT_ADDRESS };
enum { OPT_FULL, OPT_FORCE, OPT_WHY };

static const char *
option(const struct ctl *c, int i)
{
	return c->opt[i] == NULL ? "" : c->opt[i];
}

static int
check_uuids(const struct ctl *c, struct err *e)
{
	struct uuid u;

	for (int i = 0; i < c->nargs; i++)
		if (!uuid_parse(c->args[i], &u))
			return err_set(e, ERR_INPUT, "\"%s\" is not a UUID", c->args[i]);
	return 0;
}

static int
reprovision(struct ctl *c, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (check_uuids(c, e) < 0 || ctl_connect(c, e) < 0 ||
	    device_reprovision(c->db, (const char *const *)c->args, (size_t)c->nargs, option(c, OPT_PROFILE), option(c, OPT_FQDN),
		option(c, OPT_OU), &r, e) < 0)
		return -1;
	return ctl_outcomes(c, r);
}

static int
unprovision(struct ctl *c, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;

	if (check_uuids(c, e) < 0 || ctl_connect(c, e) < 0 ||
	    device_unprovision(c->db, (const char *const *)c->args, (size_t)c->nargs, c->opt[OPT_FULL] != NULL, c->opt[OPT_FORCE] != NULL,
		option(c, OPT_WHY), &r, e) < 0)
		return -1;
	return ctl_outcomes(c, r);
}

/* One password a line of standard input; empty lines are passed over. */
static int
read_passwords(struct take_over *t, const struct seal_public *pub, struct err *e)
{
	char line[SECRET_MAX];
	int rc = 0;

	while (rc == 0 && fgets(line, sizeof(line), stdin) != NULL) {
		SCOPED(secret) struct secret s = { 0 };
		size_t len = strcspn(line, "\r\n");

		if (len > 0 && (line[len] == '\0' || !secret_set(&s, line, len)))
			rc = err_set(e, ERR_INPUT, "a password of admin has 1 to 32 characters");
		else if (len > 0)
			rc = take_over_add(t, pub, &s, e);
	}
	explicit_bzero(line, sizeof(line));
	if (rc == 0 && ferror(stdin))
		rc = err_errno(e, ERR_FILE, "standard input");
	return rc;
}

static int
take_over(struct ctl *c, struct err *e)
{
	SCOPED(rows) struct rows *r = NULL;
	SCOPED(take_over) struct take_over t = { .profile = option(c, OPT_PROFILE), .fqdn = option(c, OPT_FQDN), .ou = option(c, OPT_OU),
		.address = option(c, OPT_ADDRESS) };
	struct seal_public pub;
	char uuid[UUID_TEXT];
	struct uuid u;

	struct in6_addr ip;

	if (!uuid_parse(c->args[0], &u))
		return err_set(e, ERR_INPUT, "\"%s\" is not a UUID", c->args[0]);
	if (t.address[0] != '\0' && inet_pton(AF_INET, t.address, &ip) != 1 && inet_pton(AF_INET6, t.address, &ip) != 1)
		return err_set(e, ERR_INPUT, "--address: \"%.60s\" is no IP address", t.address);
	uuid_text(&u, uuid); /* as the secrets are bound to it */
	t.uuid = uuid;
	if (ctl_connect(c, e) < 0)
		return -1;
	int found = engine_key_read(c->db, &pub, e);
	if (found <= 0)
		return found < 0 ? -1 : err_set(e, ERR_KEY_MISMATCH, "the database has no engine key: run \"musterctl key init\"");
	if (read_passwords(&t, &pub, e) < 0 || device_take_over(c->db, &t, &r, e) < 0)
		return -1;
	return ctl_outcomes(c, r);
}

static const struct ctl_opt again_opts[] = {
	{ "profile", "NAME", "Profile to configure (default: the one the device has)" },
	{ "fqdn", "FQDN", "FQDN of the device; for several a pattern with {uuid} or {n}" },
	{ "ou", "DN", "Organizational unit of the device" },
	{ 0 },
};
static const struct ctl_opt take_over_opts[] = {
	{ "profile", "NAME", "Profile to configure (default: the one the device has)" },
	{ "fqdn", "FQDN", "FQDN of the device" },
	{ "ou", "DN", "Organizational unit of the device" },
	{ "address", "IP", "Where it is: a configured device says no hello (default: where it was seen)" },
	{ 0 },
};
static const struct ctl_opt unprovision_opts[] = {
	{ "full", NULL, "To the state of the factory (default: partially, back to setup)" },
	{ "force", NULL, "Also when the device would have no way back to setup" },
	{ "why", "TEXT", "Reason, for the audit log" },
	{ 0 },
};

const struct command ctl_retire_commands[] = {
	{ "device", "reprovision", "UUID...", 1, -1, "Configure configured devices again, with another profile or FQDN", again_opts, reprovision },
	{ "device", "take-over", "UUID", 1, 1, "Configure a device of another service; its admin passwords, one a line, on standard input", take_over_opts,
	    take_over },
	{ "device", "unprovision", "UUID...", 1, -1, "Put configured devices back to setup, or to the state of the factory", unprovision_opts,
	    unprovision },
	{ 0 },
};
