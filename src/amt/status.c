/* SPDX-License-Identifier: Apache-2.0 */
/* status: the status numbers that methods of AMT return. Source: protocol/wsman.md 6. */
#include "amt/status.h"

static const struct pt_status rows[] = {
	{ 0, "SUCCESS", "done" },
	{ 1, "INTERNAL_ERROR", "the device had an error of its own, or is in the wrong state" },
	{ 2, "NOT_READY", "the device is not far enough initialised" },
	{ 3, "INVALID_PT_MODE", "not in this operating mode" },
	{ 4, "INVALID_MESSAGE_LENGTH", "a length field is wrong" },
	{ 12, "INVALID_NAME", "the name is not acceptable" },
	{ 16, "NOT_PERMITTED", "not allowed to this user or in this state" },
	{ 23, "MAX_LIMIT_REACHED", "the table is full (certificates, keys, ACL entries)" },
	{ 24, "INVALID_AUTH_TYPE", "the key algorithm is not valid" },
	{ 26, "INVALID_DHCP_MODE", "the DHCP mode is not valid" },
	{ 27, "INVALID_IP_ADDRESS", "the address is not valid" },
	{ 28, "INVALID_DOMAIN_NAME", "the domain name is not valid" },
	{ 30, "REQUEST_UNEXPECTED", "a request that must come first has not come" },
	{ 32, "INVALID_PROVISIONING_STATE", "not in this provisioning state" },
	{ 34, "INVALID_TIME", "the time is before 2004" },
	{ 35, "INVALID_INDEX", "no entry at this index" },
	{ 36, "INVALID_PARAMETER", "a parameter is not valid" },
	{ 37, "INVALID_NETMASK", "the netmask is not valid" },
	{ 38, "FLASH_WRITE_LIMIT_EXCEEDED", "too many writes to flash: the device wants a pause" },
	{ 42, "INVALID_PID_FORMAT", "the PID is not 8 characters A-Z 0-9" },
	{ 43, "INVALID_PPS_FORMAT", "the PPS is not 32 characters A-Z 0-9" },
	{ 47, "RNG_GENERATION_IN_PROGRESS", "the device is making its random seed" },
	{ 48, "RNG_NOT_READY", "the random generator of the device is not ready" },
	{ 49, "CERTIFICATE_NOT_READY", "the device is making its certificate" },
	{ 2053, "INVALID_HANDLE", "no object has this handle" },
	{ 2054, "INVALID_PASSWORD", "the password breaks the device's rule" },
	{ 2055, "INVALID_REALM", "a realm is not valid for this access" },
	{ 2057, "DATA_MISSING", "something that must be set before is not set" },
	{ 2058, "DUPLICATE", "the same object is there already" },
	{ 2060, "PKI_MISSING_KEYS", "the key pair is missing" },
	{ 2061, "PKI_GENERATING_KEYS", "the device is making a key pair" },
	{ 2062, "INVALID_KEY", "the key is not valid" },
	{ 2063, "INVALID_CERT", "the certificate or its handle is not valid" },
	{ 2064, "CERT_KEY_NOT_MATCH", "certificate and key do not belong together" },
	{ 2065, "MAX_KERB_DOMAIN_REACHED", "too many different domains among the SIDs" },
	{ 2066, "UNSUPPORTED", "this device does not do that" },
	{ 2067, "INVALID_PRIORITY", "the priority is not valid" },
	{ 2068, "NOT_FOUND", "not found" },
	{ 2069, "INVALID_CREDENTIALS", "the credentials are not valid" },
	{ 2070, "INVALID_PASSPHRASE", "the passphrase is not valid" },
	{ 2072, "NO_ASSOCIATION", "no key pair is associated" },
	{ 2075, "AUDIT_FAIL", "the device's own audit log could not record it, so nothing was done" },
	{ 2076, "BLOCKING_COMPONENT", "the auditor of the device blocks it" },
	{ 2081, "USER_CONSENT_REQUIRED", "the user at the PC must agree" },
	{ 2082, "OPERATION_IN_PROGRESS", "the device is still busy with an earlier request" },
	{ 4096, "JOB_STARTED", "started; look at the state later" },
	{ 4097, "INVALID_STATE_TRANSITION", "not possible from the present state" },
	{ 4099, "BUSY", "the device is busy" },
};

static const uint32_t passing[] = { PT_NOT_READY, PT_RNG_IN_PROGRESS, PT_RNG_NOT_READY,
	PT_CERTIFICATE_NOT_READY, PT_GENERATING_KEYS, PT_IN_PROGRESS, CIM_BUSY };

const struct pt_status *
pt_status(uint32_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].number == number)
			return &rows[i];
	return NULL;
}

const struct pt_status *
pt_statuses(size_t *n)
{
	*n = ARRAY_LEN(rows);
	return rows;
}

int
pt_error(uint32_t number, const char *what, struct err *e)
{
	const struct pt_status *row = pt_status(number);
	enum err_code code = number == PT_FLASH_WRITE_LIMIT ? ERR_FLASH : ERR_STATUS;

	for (size_t i = 0; i < ARRAY_LEN(passing); i++)
		if (passing[i] == number)
			code = ERR_NOT_READY;
	if (row == NULL)
		return err_set(e, code, "%s: AMT status %u", what, number);
	return err_set(e, code, "%s: AMT status %u %s: %s", what, number, row->name, row->meaning);
}
