/* SPDX-License-Identifier: Apache-2.0 */
/* verify: compares what a device says of itself with what the profile wants, field by field. */
#include <string.h>
#include <strings.h>

#include "amt/realm.h"
#include "engine/run.h"

/* Differences, one after the other, as the operator reads them. */
static void
differ(struct buf *b, const char *what, const char *is, const char *want)
{
	buf_printf(b, "%s%s is %s, want %s", b->len == 0 ? "" : "; ", what, is[0] == '\0' ? "empty" : is, want);
}

static const char *
on_off(bool v)
{
	return v ? "on" : "off";
}

static void
compare_switch(struct buf *b, const char *what, bool is, bool want)
{
	if (is != want)
		differ(b, what, on_off(is), on_off(want));
}

static int
check_general(struct run *r, struct buf *b, struct err *e)
{
	struct amt_general g;

	if (r->amt->ops->general_read(r->amt, &g, e) < 0)
		return -1;
	if (strcasecmp(g.host, r->host) != 0)
		differ(b, "host name", g.host, r->host);
	if (strcasecmp(g.domain, r->domain) != 0)
		differ(b, "domain name", g.domain, r->domain);
	compare_switch(b, "ping response", g.ping, r->profile.ping);
	if (g.has_rmcp_ping)
		compare_switch(b, "RMCP ping response", g.rmcp_ping, r->profile.rmcp_ping);
	if (r->profile.idle_timeout_min != 0 && g.has_idle && g.idle_timeout_min != r->profile.idle_timeout_min)
		buf_printf(b, "%sidle timeout is %u, want %u", b->len == 0 ? "" : "; ", g.idle_timeout_min, r->profile.idle_timeout_min);
	return 0;
}

static int
check_tls(struct run *r, struct buf *b, struct err *e)
{
	struct amt_tls t = { 0 };
	bool want = r->profile.tls != TLS_NONE;

	if (r->amt->ops->tls_read(r->amt, &t, e) < 0)
		return e->code == ERR_DIALECT ? 0 : -1; /* how we are connected shows it */
	compare_switch(b, "TLS", t.enabled, want);
	if (want && t.has_plain)
		compare_switch(b, "ports without TLS", t.plain, r->profile.tls_plain);
	return 0;
}

static int
check_interfaces(struct run *r, struct buf *b, struct err *e)
{
	struct amt_interfaces i;

	if (r->amt->ops->interfaces_read(r->amt, &i, e) < 0)
		return -1;
	compare_switch(b, "Web UI", i.web_ui, r->profile.web_ui);
	compare_switch(b, "SOL", i.sol, r->profile.sol);
	compare_switch(b, "IDE-R", i.ider, r->profile.ider);
	if (i.has_kvm)
		compare_switch(b, "KVM", i.kvm, r->profile.kvm);
	return 0;
}

static const struct amt_acl *
find_user(const struct amt_acl *list, size_t n, const char *user)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].user, user) == 0)
			return &list[i];
	return NULL;
}

static int
check_acl(struct run *r, struct buf *b, struct err *e)
{
	struct amt_acl have[AMT_ACL_MAX];
	size_t n, ours = 0;

	if (r->amt->ops->acl_read(r->amt, have, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		ours += have[i].system ? 0 : 1;
	for (size_t i = 0; i < r->profile.nacl; i++) {
		const struct acl_entry *want = &r->profile.acl[i];
		const struct amt_acl *is = find_user(have, n, want->user);

		if (is == NULL)
			differ(b, "ACL entry", "missing", want->user);
		else if (is->realms != (want->realms & realms_of(r->amt->facts.major)) || is->access != want->access)
			buf_printf(b, "%sACL entry %s has other realms or access", b->len == 0 ? "" : "; ", want->user);
	}
	if (ours > r->profile.nacl)
		buf_printf(b, "%s%zu ACL entries too many", b->len == 0 ? "" : "; ", ours - r->profile.nacl);
	return 0;
}

static int
check_power(struct run *r, struct buf *b, struct err *e)
{
	const struct plan_case c = run_case(r);
	enum power_package is;

	if (r->profile.power == POWER_KEEP || r->power_absent || plan_skip(plan_step("power"), &c) != NULL)
		return 0;
	if (r->amt->ops->power_read(r->amt, &is, e) < 0)
		return -1;
	if (is != r->profile.power)
		differ(b, "power package", "another one", r->profile.power == POWER_S0 ? "s0" : "s0-s3-s5");
	return 0;
}

int
run_verify(struct run *r, struct err *e)
{
	SCOPED(buf) struct buf b = { 0 };

	if (check_general(r, &b, e) < 0 || check_tls(r, &b, e) < 0 || check_interfaces(r, &b, e) < 0 || check_acl(r, &b, e) < 0 ||
	    check_power(r, &b, e) < 0)
		return -1;
	return b.len == 0 ? 0 : err_set(e, ERR_VERIFY, "%s", buf_str(&b));
}
