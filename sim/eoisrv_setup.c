/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eoisrv_setup: version, setup state, zero-touch, secrets of the setup, clock, commit and the ways
 * back. Source: protocol/eoi.md 6, 8.1, 8.3; requirements 79, 80.
 */
#include <string.h>

#include "sim/eoisrv_call.h"
#include "sim/mem.h"
#include "sim/pending.h"

#define TIME_CLASS "AMT_TimeSynchronizationService"

static const char *const mode_words[] = { "current", "enterprise", "smb", "remote", NULL };

static unsigned int
get_core_version(struct eoisrv_call *c)
{
	eoisrv_add(&c->out, "version", c->d->rel.text);
	return PT_SUCCESS;
}

static unsigned int
get_mode(struct eoisrv_call *c)
{
	size_t mode = (size_t)(call_setting(c, SETUP_CLASS, "ProvisioningMode")[0] - '0');

	eoisrv_add(&c->out, "mode", mode_words[mode < ARRAY_LEN(mode_words) - 1 ? mode : 0]);
	return PT_SUCCESS;
}

/* "current" keeps what is there. */
static unsigned int
set_mode(struct eoisrv_call *c)
{
	int mode = word_number(mode_words, eoisrv_text(&c->in, "mode", 0));
	SCOPED(mem) char *text = mem_print("%d", mode);

	if (mode < 0)
		return PT_INVALID_PARAMETER;
	if (mode > 0)
		device_set_named(c->d, SETUP_CLASS, 0, "ProvisioningMode", text);
	return PT_SUCCESS;
}

static unsigned int
get_state(struct eoisrv_call *c)
{
	static const char *const words[] = { "pre", "in", "post" };

	eoisrv_add(&c->out, "state", words[c->d->state]);
	return PT_SUCCESS;
}

static unsigned int
get_ztc(struct eoisrv_call *c)
{
	eoisrv_add(
	    &c->out, "enabled", call_setting(c, SETUP_CLASS, "ZeroTouchConfigurationEnabled"));
	return PT_SUCCESS;
}

static unsigned int
set_ztc(struct eoisrv_call *c)
{
	const char *enabled = eoisrv_text(&c->in, "enabled", 0);

	if (enabled == NULL)
		return PT_INVALID_PARAMETER;
	if (c->d->state == STATE_IN)
		return PT_NOT_PERMITTED;
	device_set_named(c->d, SETUP_CLASS, 0, "ZeroTouchConfigurationEnabled", enabled);
	return PT_SUCCESS;
}

static unsigned int
get_pid(struct eoisrv_call *c)
{
	eoisrv_add(&c->out, "pid", c->d->pid);
	return PT_SUCCESS;
}

static unsigned int
enum_hashes(struct eoisrv_call *c)
{
	for (size_t i = 0; i < c->d->nroots; i++)
		eoisrv_add_num(&c->out, "handle", c->d->roots[i].id);
	return PT_SUCCESS;
}

static unsigned int
get_hash(struct eoisrv_call *c)
{
	unsigned long id = eoisrv_num(&c->in, "handle", (unsigned long)-1);

	for (size_t i = 0; i < c->d->nroots; i++) {
		const struct root *r = &c->d->roots[i];
		SCOPED(mem) char *hash = b64_text(r->hash.hash, r->hash.len);

		if (r->id != id)
			continue;
		eoisrv_add(&c->out, "default", r->is_default ? "true" : "false");
		eoisrv_add(&c->out, "active", r->enabled ? "true" : "false");
		eoisrv_add(&c->out, "hash", hash);
		eoisrv_add(&c->out, "name", r->name);
		return PT_SUCCESS;
	}
	return PT_INVALID_HANDLE;
}

/* What is in the record is not known, when it is there is. */
static unsigned int
get_record(struct eoisrv_call *c)
{
	return c->d->state == STATE_POST ? PT_SUCCESS : PT_NOT_READY;
}

static unsigned int
get_otp(struct eoisrv_call *c)
{
	const struct device *d = c->d;
	uint8_t none[sizeof(d->otp)] = { 0 };

	if (d->state != STATE_IN)
		return PT_NOT_PERMITTED;
	SCOPED(mem)
	char *text = d->otp_len > 0 ? b64_text(d->otp, d->otp_len) : b64_text(none, sizeof(none));
	eoisrv_add(&c->out, "otp", text);
	return PT_SUCCESS;
}

static unsigned int
get_realm(struct eoisrv_call *c)
{
	eoisrv_add(&c->out, "realm", c->d->realm);
	return PT_SUCCESS;
}

static unsigned int
set_mebx(struct eoisrv_call *c)
{
	SCOPED(args) struct args a = { 0 };

	args_add(&a, "Password", eoisrv_text(&c->in, "password", 0));
	return call_method(c, SETUP_CLASS, "SetMEBxPassword", &a, NULL);
}

static unsigned int
set_rng(struct eoisrv_call *c)
{
	if (eoisrv_text(&c->in, "key", 0) == NULL)
		return PT_INVALID_PARAMETER;
	c->d->rng_set = true;
	return PT_SUCCESS;
}

static unsigned int
set_psk(struct eoisrv_call *c)
{
	SCOPED(args) struct args a = { 0 };

	args_add(&a, "PID", eoisrv_text(&c->in, "pid", 0));
	args_add(&a, "PPS", eoisrv_text(&c->in, "pps", 0));
	return call_method(c, SETUP_CLASS, "SetTLSPSK", &a, NULL);
}

static unsigned int
get_time(struct eoisrv_call *c)
{
	SCOPED(args) struct args a = { 0 };
	SCOPED(vals) struct vals out = { 0 };
	unsigned int status = call_method(c, TIME_CLASS, "GetLowAccuracyTimeSynch", &a, &out);

	if (status == PT_SUCCESS)
		eoisrv_add(&c->out, "ta0", vals_text(&out, "Ta0"));
	return status;
}

static unsigned int
set_time(struct eoisrv_call *c)
{
	SCOPED(args) struct args a = { 0 };

	args_add(&a, "Ta0", eoisrv_text(&c->in, "ta0", 0));
	args_add(&a, "Tm1", eoisrv_text(&c->in, "tm1", 0));
	args_add(&a, "Tm2", eoisrv_text(&c->in, "tm2", 0));
	return call_method(c, TIME_CLASS, "SetHighAccuracyTimeSynch", &a, NULL);
}

static unsigned int
commit(struct eoisrv_call *c)
{
	const struct args none = { 0 };

	return call_method(c, SETUP_CLASS, "CommitChanges", &none, NULL);
}

static unsigned int
unprovision(struct eoisrv_call *c)
{
	SCOPED(args) struct args a = { 0 };
	int mode = word_number(mode_words, eoisrv_text(&c->in, "mode", 0));
	SCOPED(mem) char *text = mode < 0 ? NULL : mem_print("%d", mode);

	args_add(&a, "ProvisioningMode", text);
	return call_method(c, SETUP_CLASS, "Unprovision", &a, NULL);
}

static unsigned int
partial(struct eoisrv_call *c)
{
	const struct args none = { 0 };

	return call_method(c, SETUP_CLASS, "PartialUnprovision", &none, NULL);
}

static unsigned int
extend(struct eoisrv_call *c)
{
	SCOPED(args) struct args a = { 0 };

	args_add(&a, "Duration", eoisrv_text(&c->in, "hours", 0));
	return call_method(c, SETUP_CLASS, "ExtendProvisioningPeriod", &a, NULL);
}

static unsigned int
reset_flash(struct eoisrv_call *c)
{
	const struct args none = { 0 };

	return call_method(c, SETUP_CLASS, "ResetFlashWearOutProtection", &none, NULL);
}

/* clang-format off */
static const struct eoisrv_row rows[] = {
	{ EOI_COMMIT,                 commit,           0,            0,        0 },
	{ EOI_ENUM_CERT_HASHES,       enum_hashes,      0,            0,        0 },
	{ EOI_EXTEND_PERIOD,          extend,           0,            0,        0 },
	{ EOI_GET_AUDIT_RECORD,       get_record,       0,            0,        0 },
	{ EOI_GET_CERT_HASH,          get_hash,         0,            0,        0 },
	{ EOI_GET_CORE_VERSION,       get_core_version, 0,            0,        EOISRV_ANY },
	{ EOI_GET_DIGEST_REALM,       get_realm,        0,            0,        EOISRV_ANY },
	{ EOI_GET_OTP,                get_otp,          0,            0,        0 },
	{ EOI_GET_PROVISIONING_MODE,  get_mode,         0,            0,        REALM_GENERAL_INFO },
	{ EOI_GET_PROVISIONING_PID,   get_pid,          0,            0,        0 },
	{ EOI_GET_PROVISIONING_STATE, get_state,        0,            0,        REALM_GENERAL_INFO },
	{ EOI_GET_TIME,               get_time,         0,            0,        REALM_NETWORK_TIME },
	{ EOI_GET_ZTC_MODE,           get_ztc,          0,            0,        0 },
	{ EOI_PARTIAL_UNPROVISION,    partial,          0,            0,        0 },
	{ EOI_RESET_FLASH_PROTECTION, reset_flash,      0,            0,        0 },
	{ EOI_SET_MEBX_PASSWORD,      set_mebx,         0,            0,        0 },
	{ EOI_SET_PROVISIONING_MODE,  set_mode,         EOISRV_WAITS, 0,        0 },
	{ EOI_SET_RNG_KEY,            set_rng,          0,            0,        0 },
	{ EOI_SET_TIME,               set_time,         0,            0,        REALM_NETWORK_TIME },
	{ EOI_SET_TLS_PSK,            set_psk,          EOISRV_WAITS, PART_PSK, 0 },
	{ EOI_SET_ZTC_MODE,           set_ztc,          0,            0,        0 },
	{ EOI_UNPROVISION,            unprovision,      0,            0,        0 },
};
/* clang-format on */

const struct eoisrv_family eoisrv_setup = FAMILY(rows);
