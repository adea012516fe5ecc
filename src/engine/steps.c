/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steps: what a run does to a device, in the order and words of Intel's service (requirements A5).
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "amt/realm.h"
#include "amt/status.h"
#include "base/clock.h"
#include "base/text.h"
#include "engine/run.h"

enum {
	KEY_TRIES = 42, /* of 10 s: a device may need seven minutes. Source: requirements A3 73 */
	KEY_WAIT_MS = 10000,
	RNG_TRIES = 6,
	RNG_WAIT_MS = 5000,
	EXTEND_HOURS = 6,
};

static int
step_connect(struct run *r, struct err *e)
{
	return run_connect(r, e);
}

static int
keep_facts(struct run *r, struct err *e)
{
	const struct amt_facts *f = &r->amt->facts;
	char model[140];
	struct db *db = NULL;

	(void)snprintf(model, sizeof(model), "%s%s%s", f->manufacturer, f->manufacturer[0] != '\0' ? " " : "", f->model);
	struct device_facts facts = { .version = f->version, .build = f->build, .model = model, .serial = f->serial,
		.mac = f->mac, .control_mode = (int)f->control_mode };
	int rc = db_borrow(r->en->pool, &db, e);
	if (rc == 0)
		rc = device_facts(db, &r->hold, &facts, e);
	db_return(r->en->pool, db);
	return rc;
}

/* A configured device: does it have it all, perhaps by an attempt whose end nobody saw? Else what differs is set. */
static int
find_due(struct run *r, struct err *e)
{
	char subject[sizeof(r->dev.tls_subject)];

	(void)snprintf(subject, sizeof(subject), "CN=%s", r->dev.fqdn);
	r->certificate_due = r->profile.tls != TLS_NONE && (!r->ours || strcasecmp(subject, r->dev.tls_subject) != 0);
	if (run_password_due(r, "admin", r->profile.admin_password, &r->admin_due, e) < 0 ||
	    run_password_due(r, "mebx", r->profile.mebx_password, &r->mebx_due, e) < 0)
		return -1;
	*e = (struct err){ 0 };
	r->committed = run_verify(r, e) == 0 && !r->certificate_due && !r->admin_due && !r->mebx_due;
	if (r->committed)
		return 0;
	if (e->code != ERR_NONE && e->code != ERR_VERIFY)
		return -1;
	(void)text_copy(r->note, sizeof(r->note), e->code == ERR_VERIFY ? e->text : "a certificate or a password is due");
	return 0;
}

static int
step_facts(struct run *r, struct err *e)
{
	struct amt_facts *f = &r->amt->facts;
	char theirs[UUID_TEXT];

	if (r->amt->ops->facts(r->amt, f, e) < 0)
		return -1;
	uuid_text(&f->uuid, theirs);
	if (memcmp(f->uuid.b, r->uuid.b, UUID_LEN) != 0)
		return err_set(e, ERR_UUID_MISMATCH, "the device says it is %s", theirs);
	if (r->amt->dialect == AMT_DIALECT_WSMAN && !amt_at_least(f, 3, 2))
		return err_set(e, ERR_RELEASE, "AMT %s is not served over WS-Management", f->version);
	r->amt_old = f->major < 12;
	(void)text_copy(r->dev.amt_version, sizeof(r->dev.amt_version), f->version);
	if (keep_facts(r, e) < 0)
		return -1;
	run_log(r, EVENT_INFO, 0, "Intel AMT %s%s%s, %s", f->version, f->build[0] != '\0' ? " build " : "", f->build, r->plain ? "no TLS" : http_tls_version(r->http));
	if (r->known && f->state != AMT_POST && f->state != AMT_UNTOLD)
		return err_set(e, ERR_NO_LONGER, "the device is in setup, so it was reset by hand: accept it again");
	if (f->state == AMT_POST && !r->post)
		return err_set(e, ERR_FOREIGN, "the device is configured already, and not by this service");
	if (r->post && f->state != AMT_POST && f->state != AMT_UNTOLD)
		return err_set(e, ERR_FIELD, "provisioning state %d behind a certificate of ours", (int)f->state);
	if (!r->post)
		return (f->state == AMT_IN || f->state == AMT_UNTOLD) && r->amt->ops->extend(r->amt, EXTEND_HOURS, e) < 0 && e->code != ERR_STATUS &&
			       e->code != ERR_ABSENT
			   ? -1
			   : 0;
	return find_due(r, e);
}

/* Only asked of older devices, which may have to make the seed first. Source: eoi.md 8.1, 9.3. */
static int
step_rng_key(struct run *r, struct err *e)
{
	for (int i = 0; r->amt->ops->old->rng_key(r->amt, e) < 0; i++) {
		if (e->code != ERR_NOT_READY || i == RNG_TRIES)
			return -1;
		run_log(r, i == 0 ? EVENT_INFO : EVENT_VERBOSE, (int)e->code, "The random generator of the device is not ready; waiting");
		if (run_wait(r, RNG_WAIT_MS, e) < 0)
			return -1;
	}
	return 0;
}

/* What the profile does not ask for, and the device does not have or is not understood: a note, and no failure. */
static int
unasked(struct run *r, int rc, const struct err *e)
{
	if (rc == 0 || (e->code != ERR_ABSENT && e->code != ERR_DIALECT && e->code != ERR_FAULT && e->code != ERR_STATUS))
		return rc;
	(void)snprintf(r->note, sizeof(r->note), "left as it is: %.170s", e->text);
	return 0;
}

static int
step_kerberos(struct run *r, struct err *e)
{
	return unasked(r, r->amt->ops->old->kerberos_off(r->amt, e), e);
}

static int
step_wired(struct run *r, struct err *e)
{
	return unasked(r, r->amt->ops->old->wired_off(r->amt, &r->removed_8021x, e), e);
}

static int
step_clock(struct run *r, struct err *e)
{
	int64_t off;

	if (r->amt->ops->clock(r->amt, &off, !r->post, e) < 0)
		return -1;
	run_log(r, EVENT_VERBOSE, 0, "The clock of the device was off by %lld s", (long long)off);
	return 0;
}

/* The general settings with one part changed at a time, each a line of the log. */
static int
set_general(struct run *r, void (*change)(const struct run *r, struct amt_general *g), struct err *e)
{
	struct amt_general g;

	if (r->amt->ops->general_read(r->amt, &g, e) < 0)
		return -1;
	change(r, &g);
	return r->amt->ops->general(r->amt, &g, e);
}

static void
change_domain(const struct run *r, struct amt_general *g)
{
	(void)text_copy(g->domain, sizeof(g->domain), r->domain);
}

static void
change_host(const struct run *r, struct amt_general *g)
{
	(void)text_copy(g->host, sizeof(g->host), r->host);
}

static void
change_ping(const struct run *r, struct amt_general *g)
{
	g->ping = r->profile.ping;
	g->rmcp_ping = r->profile.rmcp_ping;
}

static int
step_domain(struct run *r, struct err *e)
{
	return set_general(r, change_domain, e);
}

static int
step_host(struct run *r, struct err *e)
{
	return set_general(r, change_host, e);
}

static int
step_ping(struct run *r, struct err *e)
{
	return set_general(r, change_ping, e);
}

/* The public key the certificate will be for: made on the device where it can, else here. *bits: what the device takes. */
static int
get_key(struct run *r, uint8_t *der, size_t *len, int *bits, struct err *e)
{
	SCOPED(buf) struct buf priv = { 0 }, pub = { 0 };

	if (r->amt->ops->key_bits(r->amt, bits, e) < 0)
		return -1;
	if (*bits < CA_RSA_BITS)
		(void)snprintf(r->note, sizeof(r->note), "the device takes keys of %d bits only, which are weak", *bits);

	for (int i = 0; amt_at_least(&r->amt->facts, 7, 0); i++) {
		if (r->amt->ops->key_make(r->amt, der, len, e) == 0)
			return 0;
		if (e->code != ERR_NOT_READY || i == KEY_TRIES)
			return -1;
		run_log(r, i == 0 ? EVENT_INFO : EVENT_VERBOSE, (int)e->code, "The device is generating keys; waiting");
		if (run_wait(r, KEY_WAIT_MS, e) < 0)
			return -1;
	}
	if (ca_rsa_key(*bits, &priv, &pub, e) < 0 || r->amt->ops->key_add(r->amt, (const uint8_t *)priv.p, priv.len, e) < 0)
		return -1;
	if (pub.len > AMT_DER_MAX)
		return err_set(e, ERR_CERT_CA, "public key of %zu bytes", pub.len);
	memcpy(der, pub.p, pub.len);
	*len = pub.len;
	return 0;
}

/* The newest of those the device may show. */
static void
remember_certificate(struct run *r, const struct issued *out)
{
	struct job_device *d = &r->dev;

	memcpy(d->tls_certificate, out->sha256, PIN_LEN);
	d->has_tls_certificate = true;
	if (d->ncertificates < JOB_CERTIFICATES_MAX)
		d->ncertificates++;
	memmove(d->certificates[1], d->certificates[0], (d->ncertificates - 1) * sizeof(d->certificates[0]));
	memcpy(d->certificates[0], out->sha256, PIN_LEN);
}

static int
issue(struct run *r, struct issued *out, struct err *e)
{
	uint8_t key[AMT_DER_MAX];
	size_t len;
	int bits;
	struct db *db = NULL;

	if (get_key(r, key, &len, &bits, e) < 0 || ca_issue(&r->en->ca, key, len, bits, r->dev.fqdn, r->set.certificate_days, out, e) < 0)
		return -1;
	struct db_certificate row = { .ca_id = r->en->ca_id, .serial = out->serial, .subject = out->subject,
		.sha256 = out->sha256, .der = out->der, .len = out->len, .not_after = out->not_after };
	int rc = db_borrow(r->en->pool, &db, e);
	if (rc == 0)
		rc = certificate_insert(db, &r->hold, &row, e);
	db_return(r->en->pool, db);
	if (rc < 0)
		return -1;
	remember_certificate(r, out);
	run_log(r, EVENT_INFO, 0, "Certificate %s issued to %s", out->serial, r->dev.fqdn);
	return 0;
}

static int
step_tls(struct run *r, struct err *e)
{
	const struct amt_tls want = { .enabled = r->profile.tls != TLS_NONE, .plain = r->profile.tls_plain };
	struct issued cert;
	char handle[AMT_HANDLE_MAX];

	const struct plan_case c = run_case(r);
	const char *refusal = plan_refusal(plan_step("tls"), &c);

	if (refusal != NULL)
		return err_set(e, ERR_RELEASE, "AMT %s %s", r->amt->facts.version, refusal);
	/* A device that shows the right certificate has it bound: only the settings can differ. */
	if (want.enabled && (!r->post || r->certificate_due) &&
	    (r->amt->ops->store_clean(r->amt, e) < 0 || issue(r, &cert, e) < 0 ||
		r->amt->ops->certificate_add(r->amt, cert.der, cert.len, handle, e) < 0 ||
		r->amt->ops->tls_bind(r->amt, handle, e) < 0))
		return -1;
	return r->amt->ops->tls(r->amt, &want, e);
}

static int
step_interfaces(struct run *r, struct err *e)
{
	const struct amt_interfaces want = { .web_ui = r->profile.web_ui, .sol = r->profile.sol, .ider = r->profile.ider,
		.kvm = r->profile.kvm };
	struct amt_interfaces have;

	if (r->amt->ops->interfaces_read(r->amt, &have, e) < 0)
		return -1;
	if (want.kvm && !have.has_kvm)
		(void)text_copy(r->note, sizeof(r->note), "the device has no KVM");
	return r->amt->ops->interfaces(r->amt, &want, e);
}

/* Passwords cannot be read back, so entries of ours are made anew; the firmware's own stay. */
static int
step_acl(struct run *r, struct err *e)
{
	struct amt_acl have[AMT_ACL_MAX];
	size_t n;

	if (r->amt->ops->acl_read(r->amt, have, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!have[i].system && r->amt->ops->acl_remove(r->amt, have[i].handle, e) < 0)
			return -1;
	for (size_t i = 0; i < r->profile.nacl; i++) {
		SCOPED(secret) struct secret password = { 0 };
		struct acl_entry entry = r->profile.acl[i];
		char name[8 + ACL_USER_MAX];

		entry.realms &= realms_of(r->amt->facts.major);
		if (entry.realms != r->profile.acl[i].realms)
			(void)snprintf(r->note, sizeof(r->note), "entry %s without the realms this release does not have", entry.user);
		(void)snprintf(name, sizeof(name), "acl/%s", entry.user);
		if (run_profile_secret(r, name, &password, e) < 0 || r->amt->ops->acl_add(r->amt, &entry, &password, e) < 0)
			return -1;
	}
	if (r->removed_8021x) /* Intel's service says it here */
		run_log(r, EVENT_INFO, 0, "Successfully removed existing 802.1x wired profile");
	return 0;
}

static void
change_idle(const struct run *r, struct amt_general *g)
{
	g->idle_timeout_min = r->profile.idle_timeout_min;
}

static int
step_power(struct run *r, struct err *e)
{
	bool absent = false;

	if (r->profile.power != POWER_KEEP && r->amt->ops->power(r->amt, r->profile.power, &absent, e) < 0)
		return -1;
	r->power_absent = absent;
	if (absent)
		(void)text_copy(r->note, sizeof(r->note), "the device does not offer this power package; what was set stays");
	return r->profile.idle_timeout_min == 0 ? 0 : set_general(r, change_idle, e);
}

static int
step_mebx(struct run *r, struct err *e)
{
	SCOPED(secret) struct secret password = { 0 };
	bool was_pending, refused;
	struct db *db = NULL;

	if (run_new_password(r, "mebx", r->profile.mebx_password, &password, &was_pending, e) < 0 ||
	    r->amt->ops->mebx_password(r->amt, &password, &refused, e) < 0)
		return -1;
	/* Until the commit an older device may log in by it, from the next challenge on. */
	if (!refused && r->amt->dialect == AMT_DIALECT_EOI)
		http_login_next(r->http, "admin", &password);
	if (!refused)
		return 0;
	if (was_pending) {
		(void)text_copy(r->note, sizeof(r->note), "not changed again: an earlier attempt may have set it");
		return 0;
	}
	(void)text_copy(r->note, sizeof(r->note), "refused by the device's policy (16): the MEBx password was changed before");
	int rc = db_borrow(r->en->pool, &db, e);
	if (rc == 0)
		rc = credential_refused(db, &r->hold, "mebx", r->note, e);
	db_return(r->en->pool, db);
	return rc;
}

static int
step_admin(struct run *r, struct err *e)
{
	SCOPED(secret) struct secret password = { 0 };
	bool was_pending;

	if (run_new_password(r, "admin", r->profile.admin_password, &password, &was_pending, e) < 0 ||
	    r->amt->ops->admin_password(r->amt, &password, e) < 0)
		return -1;
	/* No source tells whether older devices take it at once or with the commit: the old one goes on until it is refused. */
	if (r->amt->dialect == AMT_DIALECT_EOI)
		http_login_next(r->http, "admin", &password);
	else
		http_login(r->http, "admin", &password);
	return 0;
}

static int
step_commit(struct run *r, struct err *e)
{
	uint32_t status = 0;

	if (r->amt->ops->commit(r->amt, &status, e) < 0) {
		if (err_next(e->code) != NEXT_LOOK)
			return -1;
		/* The device restarts its network while it commits: the next step looks what happened. */
		(void)snprintf(r->note, sizeof(r->note), "no answer (%.120s); looking at the device", e->text);
		return 0;
	}
	if (status == PT_SUCCESS)
		return 0;
	(void)pt_error(status, "CommitChanges", e);
	if (status == PT_DATA_MISSING)
		e->code = ERR_COMMIT;
	return -1;
}

static int
step_verify(struct run *r, struct err *e)
{
	if (run_connect_verify(r, e) < 0 || r->amt->ops->facts(r->amt, &r->amt->facts, e) < 0)
		return -1;
	if (r->amt->facts.state != AMT_POST && r->amt->facts.state != AMT_UNTOLD)
		return err_set(e, ERR_UNKNOWN, "the device is not in state configured: the commit did not happen");
	if (run_verify(r, e) < 0)
		return -1;
	return r->profile.tls == TLS_NONE ? 0 : r->amt->ops->store_clean(r->amt, e);
}

const struct step configure_steps[] = {
	/* clang-format off */
	{ "connect", step_connect, 120, STEP_ALWAYS },
	{ "facts", step_facts, 180, STEP_REPEAT | STEP_ALWAYS },
	{ "rng-key", step_rng_key, 120, STEP_REPEAT },
	{ "clock", step_clock, 120, STEP_REPEAT },
	{ "domain-name", step_domain, 120, STEP_REPEAT },
	{ "host-name", step_host, 120, STEP_REPEAT },
	{ "ping", step_ping, 120, STEP_REPEAT },
	{ "tls", step_tls, 600, STEP_REPEAT },
	{ "interfaces", step_interfaces, 180, STEP_REPEAT },
	{ "kerberos", step_kerberos, 120, STEP_REPEAT },
	{ "wired-profile", step_wired, 120, STEP_REPEAT },
	{ "acl", step_acl, 300, STEP_REPEAT },
	{ "power", step_power, 180, STEP_REPEAT },
	{ "mebx-password", step_mebx, 120, STEP_REPEAT },
	{ "admin-password", step_admin, 120, STEP_REPEAT },
	{ "commit", step_commit, 180, 0 },
	{ "verify", step_verify, 300, 0 },
	{ 0 },
	/* clang-format on */
};
