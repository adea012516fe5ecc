/* SPDX-License-Identifier: Apache-2.0 */
/* status: the status numbers that methods of AMT return. Source: protocol/wsman.md 6; protocol/eoi.md 5. */
#include "amt/status.h"

static const struct pt_status rows[] = {
	{ 0, "SUCCESS", "done" },
	{ 1, "INTERNAL_ERROR", "the device had an error of its own, or is in the wrong state" },
	{ 2, "NOT_READY", "the device is not far enough initialised" },
	{ 3, "INVALID_PT_MODE", "not in this operating mode" },
	{ 4, "INVALID_MESSAGE_LENGTH", "a length field is wrong" },
	{ 5, "TABLE_FINGERPRINT_NOT_AVAILABLE", "no fingerprint of the table" },
	{ 6, "INTEGRITY_CHECK_FAILED", "a check of integrity failed" },
	{ 7, "UNSUPPORTED_ISVS_VERSION", "not this version of the data store" },
	{ 8, "APPLICATION_NOT_REGISTERED", "the program is not registered with the data store" },
	{ 9, "INVALID_REGISTRATION_DATA", "the data of the registration are not valid" },
	{ 10, "APPLICATION_DOES_NOT_EXIST", "no such program in the data store" },
	{ 11, "NOT_ENOUGH_STORAGE", "the data store is full" },
	{ 12, "INVALID_NAME", "the name is not acceptable" },
	{ 13, "BLOCK_DOES_NOT_EXIST", "no such block in the data store" },
	{ 14, "INVALID_BYTE_OFFSET", "the offset is not valid" },
	{ 15, "INVALID_BYTE_COUNT", "the number of bytes is not valid" },
	{ 16, "NOT_PERMITTED", "not allowed to this user or in this state" },
	{ 17, "NOT_OWNER", "not the owner of the block" },
	{ 18, "BLOCK_LOCKED_BY_OTHER", "somebody else has locked the block" },
	{ 19, "BLOCK_NOT_LOCKED", "the block is not locked" },
	{ 20, "INVALID_GROUP_PERMISSIONS", "the permissions of the group are not valid" },
	{ 21, "GROUP_DOES_NOT_EXIST", "no such group" },
	{ 22, "INVALID_MEMBER_COUNT", "the number of members is not valid" },
	{ 23, "MAX_LIMIT_REACHED", "the table is full (certificates, keys, ACL entries)" },
	{ 24, "INVALID_AUTH_TYPE", "the key algorithm is not valid" },
	{ 25, "AUTHENTICATION_FAILED", "the login was refused" },
	{ 26, "INVALID_DHCP_MODE", "the DHCP mode is not valid" },
	{ 27, "INVALID_IP_ADDRESS", "the address is not valid" },
	{ 28, "INVALID_DOMAIN_NAME", "the domain name is not valid" },
	{ 29, "UNSUPPORTED_VERSION", "this version is not supported" },
	{ 30, "REQUEST_UNEXPECTED", "a request that must come first has not come" },
	{ 31, "INVALID_TABLE_TYPE", "the type of the table is not valid" },
	{ 32, "INVALID_PROVISIONING_STATE", "not in this provisioning state" },
	{ 33, "UNSUPPORTED_OBJECT", "the device does not know this object" },
	{ 34, "INVALID_TIME", "the time is before 2004" },
	{ 35, "INVALID_INDEX", "no entry at this index" },
	{ 36, "INVALID_PARAMETER", "a parameter is not valid" },
	{ 37, "INVALID_NETMASK", "the netmask is not valid" },
	{ 38, "FLASH_WRITE_LIMIT_EXCEEDED", "too many writes to flash: the device wants a pause" },
	{ 39, "INVALID_IMAGE_LENGTH", "the length of the firmware image is wrong" },
	{ 40, "INVALID_IMAGE_SIGNATURE", "the signature of the firmware image is wrong" },
	{ 41, "PROPOSE_ANOTHER_VERSION", "the device wants another version" },
	{ 42, "INVALID_PID_FORMAT", "the PID is not 8 characters A-Z 0-9" },
	{ 43, "INVALID_PPS_FORMAT", "the PPS is not 32 characters A-Z 0-9" },
	{ 44, "BIST_COMMAND_BLOCKED", "the device is testing itself" },
	{ 45, "CONNECTION_FAILED", "the device could not connect" },
	{ 46, "CONNECTION_TOO_MANY", "too many connections to the device" },
	{ 47, "RNG_GENERATION_IN_PROGRESS", "the device is making its random seed" },
	{ 48, "RNG_NOT_READY", "the random generator of the device is not ready" },
	{ 49, "CERTIFICATE_NOT_READY", "the device is making its certificate" },
	{ 512, "REMOTE_ACCESS_NOT_GRANTED", "remote access is not granted" },
	{ 513, "REMOTE_ACCESS_HOST_VPN_IS_DISABLED", "the VPN of the host is off" },
	{ 2048, "NETWORK_IF_ERROR_BASE", "an error of the network interface" },
	{ 2049, "UNSUPPORTED_OEM_NUMBER", "the device does not know this OEM number" },
	{ 2050, "UNSUPPORTED_BOOT_OPTION", "the device does not know this boot option" },
	{ 2051, "INVALID_COMMAND", "the command is not valid" },
	{ 2052, "INVALID_SPECIAL_COMMAND", "the special command is not valid" },
	{ 2053, "INVALID_HANDLE", "no object has this handle" },
	{ 2054, "INVALID_PASSWORD", "the password breaks the device's rule" },
	{ 2055, "INVALID_REALM", "a realm is not valid for this access" },
	{ 2056, "STORAGE_ACL_ENTRY_IN_USE", "the ACL entry is in use" },
	{ 2057, "DATA_MISSING", "something that must be set before is not set" },
	{ 2058, "DUPLICATE", "the same object is there already" },
	{ 2059, "EVENTLOG_FROZEN", "the event log of the device is frozen" },
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

static const uint32_t passing[] = { PT_NOT_READY, PT_BIST_BLOCKED, PT_CONNECTION_FAILED, PT_CONNECTION_TOO_MANY,
	PT_RNG_IN_PROGRESS, PT_RNG_NOT_READY, PT_CERTIFICATE_NOT_READY, PT_GENERATING_KEYS, PT_IN_PROGRESS, CIM_BUSY };

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
