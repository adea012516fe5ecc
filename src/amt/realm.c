/* SPDX-License-Identifier: Apache-2.0 */
/* realm: the table of realms. Source: protocol/wsman.md 7.13. */
#include "amt/realm.h"

#include <string.h>

#include "base/macros.h"

static const struct realm rows[] = {
	{ 2, "redirection", 2, "open serial-over-LAN, IDE redirection and KVM sessions" },
	{ 3, "pt-administration", 2, "everything but the control of the device's audit log" },
	{ 4, "hardware-asset", 2, "read the hardware inventory" },
	{ 5, "remote-control", 2, "switch power on and off, choose how the PC boots" },
	{ 6, "storage", 2, "use the third-party data store" },
	{ 7, "event-manager", 2, "alerts and the event log of the device" },
	{ 8, "storage-administration", 2, "divide up the third-party data store" },
	{ 9, "agent-presence-local", 2, "report the presence of software agents" },
	{ 10, "agent-presence-remote", 2, "define watchdogs for software agents" },
	{ 11, "circuit-breaker", 2, "network filters (System Defense)" },
	{ 12, "network-time", 2, "read and set the clock" },
	{ 13, "general-info", 2, "read basic settings" },
	{ 14, "firmware-update", 2, "update the firmware, from the PC itself only" },
	{ 16, "local-user-notification", 2, "alerts to the user at the PC" },
	{ 17, "endpoint-access-control", 2, "network posture (NAC, NAP)" },
	{ 18, "endpoint-access-control-admin", 2, "settings of network posture" },
	{ 19, "event-log-reader", 2, "read the event log of the device" },
	{ 20, "audit-log", 4, "control the device's audit log (an auditor)" },
	{ 21, "user-access-control", 4, "change ACL entries" },
};

const struct realm *
realms(size_t *n)
{
	*n = ARRAY_LEN(rows);
	return rows;
}

const struct realm *
realm_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

uint32_t
realms_of(unsigned int major)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].major <= major)
			mask |= 1U << rows[i].number;
	return mask;
}
