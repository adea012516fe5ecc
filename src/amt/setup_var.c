/* SPDX-License-Identifier: Apache-2.0 */
/* setup_var: the formats and variables of setup.bin. Source: protocol/setup.md 4.1, 4.5. */
#include "amt/setup_var.h"

#include <string.h>

#define TYPE_2 { 0x96, 0xb2, 0x81, 0x58, 0xcf, 0x6b, 0x72, 0x4c, 0x8b, 0x91, 0xa1, 0x5e, 0x51, 0x2e, 0x99, 0xc4 }

static const struct setup_format_info formats[SETUP_FORMATS] = {
	[SETUP_1] = { "1", { 0xb5, 0x16, 0xfb, 0x71, 0x87, 0xcb, 0xf9, 0x4a, 0xb4, 0x41, 0xca, 0x7b, 0x38, 0x35, 0x78, 0xf9 }, 1, 0,
	    "AMT 2.0 and later" },
	[SETUP_2] = { "2", TYPE_2, 2, 0, "AMT 3.0 and later" },
	[SETUP_2_1] = { "2.1", TYPE_2, 2, 1, "AMT 4.0 and later" },
	[SETUP_3] = { "3", { 0xa7, 0xf7, 0xf6, 0xc6, 0x89, 0xc4, 0xf6, 0x47, 0x93, 0xed, 0xe2, 0xe5, 0x02, 0x0d, 0xa5, 0x1d }, 3, 0,
	    "AMT 6.0 and later" },
	[SETUP_4] = { "4", { 0xaa, 0xa9, 0x34, 0x52, 0xe1, 0x29, 0xa9, 0x44, 0x8d, 0x4d, 0x08, 0x1c, 0x07, 0xb9, 0x63, 0x53 }, 4, 0,
	    "AMT 11 and later, about" }, /* the first release is not settled: setup.md UNCERTAIN-16 */
};

#define WORDS(name, ...) static const struct setup_word name[] = { __VA_ARGS__, { 0, NULL } }

WORDS(off_on, { 0, "off" }, { 1, "on" });
WORDS(manageability, { 0, "none" }, { 1, "amt" });
WORDS(local_update, { 0, "off" }, { 1, "on" }, { 2, "password" });
WORDS(update_qualifier, { 0, "always" }, { 1, "never" }, { 2, "restricted" });
WORDS(own_hashes, { 0, "off" }, { 1, "on" }, { 2, "delete" });
WORDS(redirection, { 0, "none" }, { 1, "sol" }, { 2, "ider" }, { 3, "sol+ider" }, { 4, "login" }, { 5, "sol+login" },
    { 6, "ider+login" }, { 7, "sol+ider+login" });
WORDS(dhcp, { 1, "off" }, { 2, "on" });
WORDS(fqdn_kind, { 0, "dedicated" }, { 1, "shared" });
WORDS(consent, { 0, "none" }, { 1, "kvm" }, { 255, "all" });
WORDS(hello, { 0, "stop" }, { 1, "start" });
WORDS(setup_by, { 0, "automated" }, { 1, "manual" });
WORDS(service_type, { 1, "reactive" }, { 2, "proactive" }, { 4, "one-time" });

/* Numbers 15, 16 and 19 to 22 of module 2: setup.md UNCERTAIN-18 and -19. */
static const struct setup_var vars[] = {
	/* clang-format off */
	{ 1, 1, "current-password", "Current MEBx password", SETUP_TEXT, 1, 32, SETUP_1, SETUP_SECRET, NULL,
	    "must be the device's own, from the factory admin; else nothing is applied" },
	{ 1, 2, "new-password", "New MEBx password", SETUP_TEXT, 8, 32, SETUP_1, SETUP_SECRET, NULL,
	    "becomes the MEBx password, and in a PSK session that of admin" },
	{ 1, 3, "manageability", "Manageability feature selection", SETUP_U8, 0, 1, SETUP_1, 0, manageability,
	    "amt switches Intel AMT on, none off" },
	{ 1, 4, "local-update", "Firmware local update", SETUP_U8, 0, 2, SETUP_2_1, 0, local_update,
	    "whether the firmware may be updated from the PC itself" },
	{ 1, 5, "update-qualifier", "Firmware update qualifier", SETUP_U8, 0, 2, SETUP_2_1, 0, update_qualifier,
	    "when such an update is allowed" },
	{ 1, 6, "power-package", "Power package", SETUP_GUID, 16, 16, SETUP_2_1, 0, NULL,
	    "in which sleep states the ME is on" },
	{ 2, 1, "pid", "PID", SETUP_TEXT, 8, 8, SETUP_1, 0, NULL,
	    "the name of the pre-shared key, which the device says in its hello" },
	{ 2, 2, "pps", "PPS", SETUP_TEXT, 32, 32, SETUP_1, SETUP_SECRET, NULL,
	    "the pre-shared key" },
	{ 2, 3, "pki-dns-suffix", "PKI DNS suffix", SETUP_TEXT, 1, 255, SETUP_2, SETUP_DNS, NULL,
	    "the domain the setup certificate must have, in place of DHCP option 15" },
	{ 2, 4, "server-fqdn", "Configuration server FQDN", SETUP_TEXT, 1, 255, SETUP_2, SETUP_DNS, NULL,
	    "where hellos go, in place of ProvisionServer" },
	{ 2, 5, "remote-configuration", "Remote configuration", SETUP_U8, 0, 1, SETUP_2, 0, off_on,
	    "whether the device takes configuration by certificate" },
	{ 2, 6, "factory-hashes", "Pre-installed certificate hashes", SETUP_U8, 0, 1, SETUP_2, 0, off_on,
	    "whether the root hashes from the factory count" },
	{ 2, 7, "own-hashes", "User-defined certificate hashes", SETUP_U8, 0, 2, SETUP_2, 0, own_hashes,
	    "whether root hashes added later count; delete removes them" },
	{ 2, 8, "own-hash", "User-defined certificate hash", SETUP_HASH, 22, 82, SETUP_2, SETUP_MANY, NULL,
	    "a root the device shall trust: its hash and a name" },
	{ 2, 10, "sol-ider", "SOL and IDE-R", SETUP_U8, 0, 7, SETUP_2, 0, redirection,
	    "serial-over-LAN, IDE redirection, and login to them by user and password" },
	{ 2, 11, "host-name", "Host name", SETUP_TEXT, 1, 63, SETUP_2_1, SETUP_DNS, NULL,
	    "the name of the device" },
	{ 2, 12, "domain-name", "Domain name", SETUP_TEXT, 1, 255, SETUP_2_1, SETUP_DNS, NULL,
	    "the domain of the device" },
	{ 2, 13, "dhcp", "DHCP", SETUP_U8, 1, 2, SETUP_2_1, 0, dhcp,
	    "whether the device gets its address by DHCP" },
	{ 2, 14, "secure-update", "Secure firmware update", SETUP_U8, 0, 1, SETUP_2_1, 0, off_on,
	    "whether firmware may be updated over the network" },
	{ 2, 15, "idle-timeout", "Idle timeout", SETUP_RAW, 0, 255, SETUP_2_1, SETUP_UNSURE, NULL,
	    "how long the ME stays on unused, most likely in minutes" },
	{ 2, 16, "provisioning-mode", "Provisioning mode", SETUP_RAW, 0, 255, SETUP_2_1, SETUP_UNSURE, NULL,
	    "enterprise or small business; sources differ on the numbers" },
	{ 2, 17, "server-address", "Provisioning server address", SETUP_IPV4, 4, 4, SETUP_2_1, 0, NULL,
	    "where hellos go, without asking DNS" },
	{ 2, 18, "server-port", "Provisioning server port", SETUP_U16, 1, 65535, SETUP_2_1, 0, NULL,
	    "the TCP port hellos go to" },
	{ 2, 19, "static-ipv4", "Static IPv4 parameters", SETUP_RAW, 0, 255, SETUP_2_1, SETUP_UNSURE, NULL,
	    "address, mask, gateway and two DNS servers; the layout is not known" },
	{ 2, 20, "vlan", "VLAN", SETUP_RAW, 0, 255, SETUP_2_1, SETUP_UNSURE, NULL,
	    "the VLAN of the ME; the layout is not known" },
	{ 2, 21, "password-policy", "Password policy flag", SETUP_RAW, 0, 255, SETUP_2_1, SETUP_UNSURE, NULL,
	    "when the MEBx password may be set over the network; the numbers are not known" },
	{ 2, 22, "ipv6", "IPv6", SETUP_RAW, 0, 255, SETUP_3, SETUP_UNSURE, NULL,
	    "IPv6 settings, 84 bytes or in an older form 204; the layout is not known" },
	{ 2, 23, "shared-fqdn", "Shared or dedicated FQDN", SETUP_U8, 0, 1, SETUP_3, 0, fqdn_kind,
	    "whether the ME has the name of the operating system; only together with a host name" },
	{ 2, 24, "ddns", "Dynamic DNS update", SETUP_U8, 0, 1, SETUP_3, 0, off_on,
	    "whether the ME enters its name into DNS" },
	{ 2, 25, "kvm", "KVM", SETUP_U8, 0, 1, SETUP_3, 0, off_on,
	    "remote desktop" },
	{ 2, 26, "user-consent", "User consent", SETUP_U8, 0, 255, SETUP_3, 0, consent,
	    "for which sessions the user at the PC is asked" },
	{ 2, 27, "remote-consent", "Remote change of user consent", SETUP_U8, 0, 1, SETUP_3, 0, off_on,
	    "whether user consent may be changed over the network" },
	{ 2, 28, "hello", "ME provisioning halt or activate", SETUP_U8, 0, 1, SETUP_3, 0, hello,
	    "start: the device says hello; stop: it waits for an agent on the PC" },
	{ 2, 29, "setup-by", "Manual setup and configuration", SETUP_U8, 0, 1, SETUP_3, 0, setup_by,
	    "manual: configured from the MEBx alone; reported not to work on recent firmware" },
	{ 2, 30, "channel-id", "Support channel identifier", SETUP_U32, 1, 65535, SETUP_3, 0, NULL,
	    "number of a support channel" },
	{ 2, 31, "channel-text", "Support channel description", SETUP_TEXT, 1, 60, SETUP_3, 0, NULL,
	    "name of that support channel" },
	{ 2, 32, "account", "Service account number", SETUP_TEXT, 1, 32, SETUP_3, 0, NULL,
	    "the customer's number at a service provider" },
	{ 2, 33, "passcode", "Enrollment passcode", SETUP_TEXT, 1, 32, SETUP_3, SETUP_SECRET, NULL,
	    "secret for enrolling with a service provider" },
	{ 2, 34, "service-type", "Service type", SETUP_U32, 1, 4, SETUP_3, 0, service_type,
	    "what the service provider does" },
	{ 2, 35, "provider-id", "Service provider identifier", SETUP_GUID, 16, 16, SETUP_3, 0, NULL,
	    "UUID of a service provider" },
	/* clang-format on */
};

const struct setup_format_info *
setup_format_info(enum setup_format f)
{
	return &formats[f];
}

bool
setup_format_by_name(const char *name, enum setup_format *out)
{
	for (int i = 0; i < SETUP_FORMATS; i++)
		if (strcmp(formats[i].name, name) == 0) {
			*out = (enum setup_format)i;
			return true;
		}
	return false;
}

const struct setup_var *
setup_vars(size_t *n)
{
	*n = ARRAY_LEN(vars);
	return vars;
}

const struct setup_var *
setup_var(unsigned int module, unsigned int id)
{
	for (size_t i = 0; i < ARRAY_LEN(vars); i++)
		if (vars[i].module == module && vars[i].id == id)
			return &vars[i];
	return NULL;
}

const struct setup_var *
setup_var_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(vars); i++)
		if (strcmp(vars[i].name, name) == 0)
			return &vars[i];
	return NULL;
}
