/* SPDX-License-Identifier: Apache-2.0 */
/* eoi_dialect: the built-in table, and how it is read. Source: protocol/eoi.md 3, 7, 8. */
#include "amt/eoi_dialect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BASE "http://schemas.intel.com/platform/client/"
#define F(name, grade, type, paths) { name, grade, EOI_##type, paths, "" }
#define WORDS(name, grade, paths, words) { name, grade, EOI_WORD, paths, words }
#define BYTES(name, grade, paths, n) { name, grade, EOI_BASE64, paths, n }
#define FIELDS(...) (const struct eoi_field[]){ __VA_ARGS__, { 0 } }
#define NONE (const struct eoi_field[]){ { 0 } }
#define OP(id, name, service, grade, names, releases, flags, request, response) \
	[EOI_##id] = { name, EOI_##service, grade, names, releases, flags, request, response }

/* From which releases: AMT 2.2 and 2.6 are updates of 2.0 and 2.5. Source: eoi.md 1, 8; setup.md 5.3. */
#define ALL "2.0-"
#define REMOTE "2.2 2.6-" /* with remote configuration (PKI) */
#define HANDLES "2.5-"    /* with interface handles, 802.1x and power packages */
#define STORE "2.2-"      /* with a certificate store */

/* Words and fields that several operations share. */
#define MODE_WORDS "current=0|Current,enterprise=1|Enterprise,smb=2|SMB,remote=3|RemoteConnectivity"
#define STATE_WORDS "pre=0|Pre,in=1|In,post=2|Post"
#define ACCESS_WORDS "local=LocalAccessPermission|0,network=NetworkAccessPermission|1,any=AnyAccessPermission|2"
#define TLS_WORDS "off=NoAuthentication|None,server=ServerAuthentication|Server,mutual=MutualAuthentication|Mutual"
#define IF_WORDS "web=WebUI,sol=SerialOverLAN|SOL,ider=IdeRedirection|IDER"
#define USER F("user", 'D', TEXT, "EntryEx/DigestUser/Username DigestUser/Username EntryEx/Username")
#define PASSWORD \
	BYTES("password", 'D', "EntryEx/DigestUser/DigestPassword DigestUser/DigestPassword EntryEx/DigestPassword", "16")
#define SID F("sid", 'D', BASE64, "EntryEx/KerberosUser/Sid KerberosUser/Sid EntryEx/Sid")
#define ACCESS WORDS("access", 'D', "EntryEx/AccessPermission AccessPermission EntryEx/AccessPermission", ACCESS_WORDS)
#define REALMS F("realm", 'D', UINT, "EntryEx/Realms/Realm* Realms/Realm* EntryEx/Realm*")
#define TLS_OPTIONS                                                                                            \
	WORDS("network", 'D', "NetworkInterface/TlsAuthentication Network/TlsAuthentication", TLS_WORDS),      \
	    WORDS("local", 'D', "LocalInterface/TlsAuthentication Local/TlsAuthentication", TLS_WORDS)
#define INTERFACES WORDS("interface", 'D', "EnabledInterfaces* EnabledInterface* EnabledInterfaces/EnabledInterface*", IF_WORDS)
#define PING F("ping", 'D', BOOL, "PingResponse PingResponseEnabled Enabled")
#define HANDLE F("handle", 'A', UINT, "InterfaceHandle")
#define POWER_PACKAGE(paths) BYTES("package", 'D', paths, "16")
#define POLICY F("idle", 'D', UINT, "GlobalPowerPolicy/IdleWakeTimeout IdleWakeTimeout")
#define VLAN F("enabled", 'D', BOOL, "VlanParameters/Enabled"), F("tag", 'D', UINT, "VlanParameters/VlanTag")
#define IPV4(grade, in)                                                                                                  \
	F("address", grade, IPV4, in "LocalAddress"), F("mask", grade, IPV4, in "SubnetMask"),                           \
	    F("gateway", grade, IPV4, in "DefaultGatewayAddress"), F("dns1", grade, IPV4, in "PrimaryDnsAddress"),       \
	    F("dns2", grade, IPV4, in "SecondaryDnsAddress")
#define ADDRESSES IPV4('A', "InterfaceDescriptor/IPv4Parameters/")
#define LINK                                                                                             \
	WORDS("mode", 'A', "InterfaceDescriptor/InterfaceMode", "shared=SHARED_MAC_ADDRESS,separate=SEPARATE_MAC_ADDRESS"), \
	    F("link_policy", 'A', UINT, "InterfaceDescriptor/LinkPolicy")
#define WIRED                                                                                                        \
	F("protocol", 'D', UINT, "Profile/Protocol"), F("user", 'D', TEXT, "Profile/Username"),                      \
	    F("password", 'D', TEXT, "Profile/Password"), F("domain", 'D', TEXT, "Profile/Domain"),                  \
	    F("roaming", 'D', TEXT, "Profile/RoamingIdentity"), F("server", 'D', TEXT, "Profile/ServerCertificateName"), \
	    F("compare", 'D', UINT, "Profile/ServerCertificateNameComparison"),                                      \
	    F("client_cert", 'D', UINT, "Profile/ClientCertificateHandle"), F("root", 'D', UINT, "Profile/TrustedRootHandle"), \
	    F("pac", 'D', BASE64, "Profile/ProtectedAccessCredential"), F("pac_password", 'D', TEXT, "Profile/PACPassword"),   \
	    F("pxe_timeout", 'D', UINT, "Profile/PxeTimeout"), F("active_in_s0", 'D', BOOL, "Profile/ActiveInS0")

static const struct eoi_dialect builtin = {
	/* clang-format off */
	.services = {
		[EOI_SAI] = { "sai", 'A', "/SecurityAdministrationService", BASE "SecurityAdministration/2004/01" },
		[EOI_NET] = { "net", 'A', "/NetworkAdministrationService", BASE "NetworkAdministration/2004/01" },
		[EOI_TIM] = { "tim", 'D', "/NetworkTimeService", BASE "NetworkTime/2004/01" },
		[EOI_RCI] = { "rci", 'A', "/RemoteControlService", BASE "RemoteControl/2004/01" },
		[EOI_INF] = { "inf", 'D', "/GeneralInfoService", BASE "GeneralInfo/2004/01" },
	},
	.ops = {
		OP(GET_CORE_VERSION, "get_core_version", SAI, 'A', "GetCoreVersion", ALL, EOI_REPEAT, NONE, FIELDS(F("version", 'A', TEXT, "Version"))),
		OP(GET_PROVISIONING_MODE, "get_provisioning_mode", SAI, 'D', "GetProvisioningMode", ALL, EOI_REPEAT, NONE,
			FIELDS(WORDS("mode", 'D', "ProvisioningMode", MODE_WORDS))),
		OP(SET_PROVISIONING_MODE, "set_provisioning_mode", SAI, 'D', "SetProvisioningMode", ALL, EOI_REPEAT,
			FIELDS(WORDS("mode", 'D', "ProvisioningMode", MODE_WORDS)), NONE),
		OP(GET_PROVISIONING_STATE, "get_provisioning_state", SAI, 'D', "GetProvisioningState", ALL, EOI_REPEAT, NONE,
			FIELDS(WORDS("state", 'D', "ProvisioningState", STATE_WORDS))),
		OP(GET_ZTC_MODE, "get_ztc_mode", SAI, 'A', "GetZeroTouchConfigurationMode", REMOTE, EOI_REPEAT, NONE,
			FIELDS(F("enabled", 'D', BOOL, "ZeroTouchConfigurationMode IsEnabled Enabled"))),
		OP(SET_ZTC_MODE, "set_ztc_mode", SAI, 'D', "SetZeroTouchConfigurationMode", REMOTE, EOI_REPEAT,
			FIELDS(F("enabled", 'D', BOOL, "ZeroTouchConfigurationMode IsEnabled Enabled")), NONE),
		OP(GET_PROVISIONING_PID, "get_provisioning_pid", SAI, 'A', "GetProvisioningPID GetProvisioningPid", ALL, EOI_REPEAT, NONE,
			FIELDS(F("pid", 'D', TEXT, "PID Pid ProvisioningPID"))),
		OP(ENUM_CERT_HASHES, "enum_cert_hashes", SAI, 'A', "EnumerateCertificateHashEntries", REMOTE, EOI_REPEAT, NONE,
			FIELDS(F("handle", 'D', UINT, "Handle*"))),
		OP(GET_CERT_HASH, "get_cert_hash", SAI, 'A', "GetCertificateHashEntry", REMOTE, EOI_REPEAT, FIELDS(F("handle", 'D', UINT, "Handle")),
			FIELDS(F("default", 'D', BOOL, "Entry/IsDefault"), F("active", 'D', BOOL, "Entry/IsActive"),
				F("hash", 'D', BASE64, "Entry/CertificateHash"), F("name", 'D', TEXT, "Entry/Name"))),
		OP(GET_AUDIT_RECORD, "get_audit_record", SAI, 'A', "GetProvisioningAuditRecord", REMOTE, EOI_REPEAT, NONE, NONE),
		OP(GET_OTP, "get_otp", SAI, 'A', "GetProvisioningServerOTP GetProvisioningServerOtp", REMOTE, EOI_REPEAT, NONE,
			FIELDS(F("otp", 'A', BASE64, "OTP"))),
		OP(GET_PKI_CAPS, "get_pki_caps", SAI, 'A', "GetPkiCapabilities GetPKICapabilities", STORE, EOI_REPEAT, NONE,
			FIELDS(F("crl_store", 'A', UINT, "PkiCaps/CrlStoreSize"), F("root_size", 'A', UINT, "PkiCaps/RootCertMaxSize"),
				F("roots", 'A', UINT, "PkiCaps/RootCertMaxInstances"), F("suffixes", 'A', UINT, "PkiCaps/FqdnSuffixMaxEntries"),
				F("suffix_length", 'A', UINT, "PkiCaps/FqdnSuffixMaxEntryLength"),
				F("chain_size", 'A', UINT, "PkiCaps/CertChainMaxSize"), F("key_bits", 'A', UINT, "PkiCaps/SupportedKeyLengths*"))),
		OP(GET_DIGEST_REALM, "get_digest_realm", SAI, 'A', "GetDigestRealm", ALL, EOI_REPEAT, NONE, FIELDS(F("realm", 'A', TEXT, "DigestRealm"))),
		OP(GET_ADMIN_STATUS, "get_admin_status", SAI, 'A', "GetAdminAclEntryStatus", ALL, EOI_REPEAT, NONE,
			FIELDS(F("default", 'A', BIT, "IsDefault"))),
		OP(GET_ADMIN_NET_STATUS, "get_admin_net_status", SAI, 'C', "GetAdminNetAclEntryStatus", ALL, EOI_REPEAT, NONE,
			FIELDS(F("default", 'C', BIT, "IsDefault"))),
		OP(GET_ADMIN, "get_admin", SAI, 'B', "GetAdminAclEntry", ALL, EOI_REPEAT, NONE, FIELDS(F("user", 'C', TEXT, "Username"))),
		OP(SET_ADMIN, "set_admin", SAI, 'A', "SetAdminAclEntryEx", ALL, EOI_REPEAT,
			FIELDS(F("user", 'A', TEXT, "EntryEx/Username"), BYTES("password", 'A', "EntryEx/DigestPassword", "16")), NONE),
		OP(ADD_USER, "add_user", SAI, 'A', "AddUserAclEntryEx", ALL, 0, FIELDS(USER, PASSWORD, SID, ACCESS, REALMS),
			FIELDS(F("handle", 'A', UINT, "Handle"))),
		OP(UPDATE_USER, "update_user", SAI, 'B', "UpdateUserAclEntryEx", ALL, EOI_REPEAT,
			FIELDS(F("handle", 'A', UINT, "Handle"), USER, PASSWORD, SID, ACCESS, REALMS), NONE),
		OP(ENUM_USERS, "enum_users", SAI, 'B', "EnumerateUserAclEntries", ALL, EOI_REPEAT, FIELDS(F("start", 'C', UINT, "StartIndex")),
			FIELDS(F("total", 'D', UINT, "TotalCount"), F("handle", 'D', UINT, "Handle* Handles/Handle* Handles*"))),
		OP(GET_USER, "get_user", SAI, 'C', "GetUserAclEntryEx", ALL, EOI_REPEAT, FIELDS(F("handle", 'A', UINT, "Handle")),
			FIELDS(USER, SID, ACCESS, REALMS)),
		OP(REMOVE_USER, "remove_user", SAI, 'C', "RemoveUserAclEntry", ALL, 0, FIELDS(F("handle", 'A', UINT, "Handle")), NONE),
		OP(GET_ACL_STATE, "get_acl_state", SAI, 'B', "GetAclEnabledState", ALL, EOI_REPEAT, FIELDS(F("handle", 'A', UINT, "Handle")),
			FIELDS(F("enabled", 'C', BOOL, "Enabled"))),
		OP(SET_ACL_STATE, "set_acl_state", SAI, 'C', "SetAclEnabledState", ALL, EOI_REPEAT,
			FIELDS(F("handle", 'A', UINT, "Handle"), F("enabled", 'C', BOOL, "Enabled")), NONE),
		OP(SET_MEBX_PASSWORD, "set_mebx_password", SAI, 'A', "SetMEBxPassword SetMEBXPassword", REMOTE, 0,
			FIELDS(F("password", 'A', TEXT, "Password")), NONE),
		OP(SET_RNG_KEY, "set_rng_key", SAI, 'D', "SetRngKey SetRNGKey SetRngSeed SetRNGSeed", ALL, EOI_REPEAT,
			FIELDS(BYTES("key", 'D', "RngKey Key Seed RngSeed", "20")), NONE),
		OP(SET_TLS_PSK, "set_tls_psk", SAI, 'B', "SetTLSPSK SetTlsPsk SetTlsPSK", ALL, EOI_REPEAT,
			FIELDS(F("pid", 'C', TEXT, "PID Pid"), F("pps", 'C', TEXT, "PPS Pps")), NONE),
		OP(ADD_CERT, "add_cert", SAI, 'A', "CertStoreAddCertificate", STORE, 0,
			FIELDS(F("certificate", 'D', BASE64, "Certificate CertificateBlob"), F("root", 'D', BOOL, "TrustedRoot")),
			FIELDS(F("handle", 'A', UINT, "CertHandle"))),
		OP(ADD_KEY, "add_key", SAI, 'D', "CertStoreAddKey", STORE, 0, FIELDS(F("key", 'D', BASE64, "Key KeyBlob")),
			FIELDS(F("handle", 'D', UINT, "KeyHandle"))),
		OP(ENUM_CERTS, "enum_certs", SAI, 'D', "CertStoreEnumerateCertificates", STORE, EOI_REPEAT, NONE,
			FIELDS(F("handle", 'D', UINT, "CertHandle* Handle*"))),
		OP(REMOVE_CERT, "remove_cert", SAI, 'D', "CertStoreRemoveCertificate", STORE, 0, FIELDS(F("handle", 'D', UINT, "CertHandle Handle")), NONE),
		OP(SET_TLS_CERT_2X, "set_tls_cert_2x", SAI, 'D', "SetTLSKeyAndCertificate SetTlsKeyAndCertificate", "2.0-2.1", EOI_REPEAT,
			FIELDS(F("key", 'D', BASE64, "Key KeyBlob"), F("certificate", 'D', BASE64, "Certificate CertificateBlob")), NONE),
		OP(SET_TLS_CREDENTIALS, "set_tls_credentials", SAI, 'A', "SetTLSCredentials SetTlsCredentials", STORE, EOI_REPEAT,
			FIELDS(F("handle", 'D', UINT, "CertHandle Handle")), NONE),
		OP(SET_TLS_OPTIONS, "set_tls_options", SAI, 'D', "SetTlsOptions SetTLSOptions SetTlsEnabled SetTLSEnabled", ALL, EOI_REPEAT,
			FIELDS(TLS_OPTIONS), NONE),
		OP(GET_TLS_OPTIONS, "get_tls_options", SAI, 'D', "GetTlsOptions GetTLSOptions GetTlsEnabled GetTLSEnabled", ALL, EOI_REPEAT, NONE,
			FIELDS(TLS_OPTIONS)),
		OP(SET_TRUSTED_FQDN, "set_trusted_fqdn", SAI, 'A', "SetTrustedFqdnCN", STORE, EOI_REPEAT, FIELDS(F("suffix", 'A', TEXT, "FqdnSuffix*")), NONE),
		OP(SET_TRUSTED_ROOT, "set_trusted_root", SAI, 'D', "SetTrustedRootCertificate", STORE, 0,
			FIELDS(F("certificate", 'D', BASE64, "Certificate CertificateBlob")), FIELDS(F("handle", 'D', UINT, "CertHandle"))),
		OP(SET_CRL, "set_crl", SAI, 'A', "SetCRL", STORE, EOI_REPEAT,
			FIELDS(F("url", 'D', TEXT, "Crl*/Url"), F("serial", 'D', BASE64, "Crl*/SerialNumber")), NONE),
		OP(SET_ENABLED_IFS, "set_enabled_ifs", SAI, 'B', "SetEnabledInterfaces", ALL, EOI_REPEAT, FIELDS(INTERFACES), NONE),
		OP(GET_ENABLED_IFS, "get_enabled_ifs", SAI, 'B', "GetEnabledInterfaces", ALL, EOI_REPEAT, NONE, FIELDS(INTERFACES)),
		OP(SET_KERBEROS, "set_kerberos", SAI, 'A', "SetKerberosOptions", ALL, EOI_REPEAT,
			FIELDS(F("realm", 'A', TEXT, "KerberosRealmName"), F("spn", 'D', TEXT, "SpnEntry*/Spn"),
				F("protocol", 'D', UINT, "SpnEntry*/Protocol"), F("key_version", 'A', UINT, "KerberosKeyVersion"),
				WORDS("encryption", 'D', "KerberosEncryption", "rc4=0|RC4-HMAC"),
				BYTES("master_key", 'B', "KerberosMasterKey", "16"), F("tolerance", 'D', UINT, "MaximumClockTolerance")), NONE),
		OP(GET_KERBEROS, "get_kerberos", SAI, 'B', "GetKerberosOptions", ALL, EOI_REPEAT, NONE,
			FIELDS(F("realm", 'A', TEXT, "KerberosRealmName"), F("spn", 'D', TEXT, "SpnEntry*/Spn"),
				F("protocol", 'D', UINT, "SpnEntry*/Protocol"), F("key_version", 'A', UINT, "KerberosKeyVersion"),
				WORDS("encryption", 'D', "KerberosEncryption", "rc4=0|RC4-HMAC"),
				F("tolerance", 'D', UINT, "MaximumClockTolerance"))),
		OP(ENUM_POWER_PKGS, "enum_power_pkgs", SAI, 'B', "EnumeratePowerPackages", HANDLES, EOI_REPEAT, NONE,
			FIELDS(POWER_PACKAGE("PackageId* PowerPackage* PackageIds/PackageId*"))),
		OP(GET_POWER_PKG, "get_power_pkg", SAI, 'B', "GetActivePowerPackage", HANDLES, EOI_REPEAT, NONE, FIELDS(POWER_PACKAGE("PackageId PowerPackage"))),
		OP(SET_POWER_PKG, "set_power_pkg", SAI, 'C', "SetActivePowerPackage", HANDLES, EOI_REPEAT, FIELDS(POWER_PACKAGE("PackageId PowerPackage")), NONE),
		OP(GET_POWER_POLICY, "get_power_policy", SAI, 'D', "GetGlobalPowerPolicy GetPowerSavingOptions", HANDLES, EOI_REPEAT, NONE, FIELDS(POLICY)),
		OP(SET_POWER_POLICY, "set_power_policy", SAI, 'D', "SetGlobalPowerPolicy SetPowerSavingOptions", HANDLES, EOI_REPEAT, FIELDS(POLICY), NONE),
		OP(COMMIT, "commit", SAI, 'A', "CommitChanges", ALL, EOI_CAREFUL, NONE, NONE),
		OP(UNPROVISION, "unprovision", SAI, 'C', "Unprovision", ALL, EOI_CAREFUL, FIELDS(WORDS("mode", 'C', "ProvisioningMode", MODE_WORDS)), NONE),
		OP(PARTIAL_UNPROVISION, "partial_unprovision", SAI, 'A', "PartialUnprovision", ALL, EOI_CAREFUL, NONE, NONE),
		OP(EXTEND_PERIOD, "extend_period", SAI, 'C', "ExtendProvisioningPeriod", REMOTE, EOI_REPEAT, FIELDS(F("hours", 'C', UINT, "Duration")), NONE),
		OP(RESET_FLASH_PROTECTION, "reset_flash_protection", SAI, 'C', "ResetFlashWearOutProtection", ALL, EOI_REPEAT, NONE, NONE),
		OP(GET_HOST_NAME, "get_host_name", NET, 'A', "GetHostName", ALL, EOI_REPEAT, NONE, FIELDS(F("host", 'A', TEXT, "HostName"))),
		OP(SET_HOST_NAME, "set_host_name", NET, 'A', "SetHostName", ALL, EOI_REPEAT, FIELDS(F("host", 'A', TEXT, "HostName")), NONE),
		OP(GET_DOMAIN_NAME, "get_domain_name", NET, 'A', "GetDomainName", ALL, EOI_REPEAT, NONE, FIELDS(F("domain", 'A', TEXT, "DomainName"))),
		OP(SET_DOMAIN_NAME, "set_domain_name", NET, 'A', "SetDomainName", ALL, EOI_REPEAT, FIELDS(F("domain", 'A', TEXT, "DomainName")), NONE),
		OP(GET_PING, "get_ping", NET, 'B', "GetPingResponse", ALL, EOI_REPEAT, NONE, FIELDS(PING)),
		OP(SET_PING, "set_ping", NET, 'B', "SetPingResponse", ALL, EOI_REPEAT, FIELDS(PING), NONE),
		OP(GET_VLAN, "get_vlan", NET, 'B', "GetVlanParameters", ALL, EOI_REPEAT, FIELDS(HANDLE), FIELDS(VLAN)),
		OP(SET_VLAN, "set_vlan", NET, 'B', "SetVlanParameters", ALL, EOI_REPEAT, FIELDS(HANDLE, VLAN), NONE),
		OP(ENUM_IFS, "enum_ifs", NET, 'A', "EnumerateInterfaces", HANDLES, EOI_REPEAT, NONE, FIELDS(F("handle", 'A', UINT, "InterfaceHandle*"))),
		OP(GET_IF, "get_if", NET, 'A', "GetInterfaceSettings", HANDLES, EOI_REPEAT, FIELDS(HANDLE),
			FIELDS(F("description", 'A', TEXT, "InterfaceDescriptor/HardwareAddressDescription"), F("mac", 'A', TEXT, "InterfaceDescriptor/MACAddress"),
				LINK, F("dhcp", 'A', BOOL, "InterfaceDescriptor/DhcpEnabled"), ADDRESSES)),
		OP(SET_IF, "set_if", NET, 'A', "SetInterfaceSettings", HANDLES, EOI_REPEAT, FIELDS(HANDLE, LINK, ADDRESSES), NONE),
		OP(GET_TCPIP, "get_tcpip", NET, 'D', "GetTcpIpParameters", "2.0-2.2", EOI_REPEAT, NONE, FIELDS(F("dhcp", 'D', BOOL, "DhcpEnabled"), IPV4('D', ""))),
		OP(SET_TCPIP, "set_tcpip", NET, 'D', "SetTcpIpParameters", "2.0-2.2", EOI_REPEAT, FIELDS(F("dhcp", 'D', BOOL, "DhcpEnabled"), IPV4('D', "")), NONE),
		OP(SET_8021X, "set_8021x", NET, 'A', "Set8021XWiredProfile", HANDLES, EOI_REPEAT, FIELDS(WIRED), NONE),
		OP(GET_8021X, "get_8021x", NET, 'D', "Get8021XWiredProfile", HANDLES, EOI_REPEAT, NONE, FIELDS(WIRED)),
		OP(REMOVE_8021X, "remove_8021x", NET, 'D', "Remove8021XWiredProfile Delete8021XWiredProfile", HANDLES, EOI_REPEAT, NONE, NONE),
		OP(GET_TIME, "get_time", TIM, 'C', "GetLowAccuracyTimeSynch", ALL, EOI_REPEAT, NONE, FIELDS(F("ta0", 'C', UINT, "Ta0"))),
		OP(SET_TIME, "set_time", TIM, 'C', "SetHighAccuracyTimeSynch", ALL, EOI_REPEAT,
			FIELDS(F("ta0", 'C', UINT, "Ta0"), F("tm1", 'C', UINT, "Tm1"), F("tm2", 'C', UINT, "Tm2")), NONE),
		OP(GET_POWER_STATE, "get_power_state", RCI, 'A', "GetSystemPowerState", ALL, EOI_REPEAT, NONE, FIELDS(F("state", 'A', UINT, "SystemPowerState"))),
		OP(GET_RC_CAPS, "get_rc_caps", RCI, 'A', "GetRemoteControlCapabilities", ALL, EOI_REPEAT, NONE,
			FIELDS(F("oem", 'A', UINT, "IanaOemNumber"), F("oem_caps", 'A', UINT, "OemDefinedCapabilities"),
				F("special", 'A', UINT, "SpecialCommandsSupported"), F("system", 'A', UINT, "SystemCapabilitiesSupported"),
				F("firmware", 'A', UINT, "SystemFirmwareCapabilities"))),
		OP(REMOTE_CONTROL, "remote_control", RCI, 'A', "RemoteControl", ALL, 0,
			FIELDS(F("command", 'A', UINT, "Command"), F("oem", 'A', UINT, "IanaOemNumber"), F("special", 'A', UINT, "SpecialCommand"),
				F("parameter", 'A', UINT, "SpecialCommandParameter"), F("boot", 'A', UINT, "BootOptions"),
				F("oem_parameters", 'A', UINT, "OEMparameters")), NONE),
		OP(GET_CODE_VERSIONS, "get_code_versions", INF, 'B', "GetCodeVersions", ALL, EOI_REPEAT, NONE, NONE),
	},
	/* clang-format on */
};

const struct eoi_dialect *
eoi_dialect_builtin(void)
{
	return &builtin;
}

/* The length of the first word of a list, *list moved to it. */
static size_t
word(const char **list)
{
	*list += strspn(*list, " \t");
	return strcspn(*list, " \t");
}

bool
eoi_nth(const char *list, size_t n, char *out, size_t size)
{
	size_t len;

	for (; (len = word(&list)) > 0 && n > 0; n--)
		list += len;
	if (len == 0 || len >= size)
		return false;
	memcpy(out, list, len);
	out[len] = '\0';
	return true;
}

size_t
eoi_count(const char *list)
{
	size_t n = 0;

	for (size_t len; (len = word(&list)) > 0; list += len)
		n++;
	return n;
}

const char *
eoi_step(const char *path, char part[EOI_NAME_MAX], bool *repeats)
{
	size_t len = strcspn(path, "/");
	size_t name = len > 0 && path[len - 1] == '*' ? len - 1 : len;

	*repeats = name < len;
	(void)snprintf(part, EOI_NAME_MAX, "%.*s", (int)name, path);
	return path[len] == '/' ? path + len + 1 : NULL;
}

const struct eoi_op *
eoi_find(const struct eoi_dialect *d, const char *path, const char *element)
{
	char name[EOI_NAME_MAX];

	for (size_t i = 0; i < EOI_OPS; i++)
		if (strcasecmp(d->services[d->ops[i].service].path, path) == 0)
			for (size_t n = 0; eoi_nth(d->ops[i].names, n, name, sizeof(name)); n++)
				if (strcasecmp(name, element) == 0)
					return &d->ops[i];
	return NULL;
}

bool
eoi_in_release(const struct eoi_op *op, unsigned int major, unsigned int minor)
{
	char range[32];
	unsigned int is = 100 * major + minor, from[2], to[2];

	for (size_t n = 0; eoi_nth(op->releases, n, range, sizeof(range)); n++) {
		int got = sscanf(range, "%u.%u-%u.%u", &from[0], &from[1], &to[0], &to[1]);
		unsigned int least = 100 * from[0] + from[1];
		unsigned int most = got == 4 ? 100 * to[0] + to[1] : strchr(range, '-') != NULL ? UINT32_MAX : least;

		if (got >= 2 && is >= least && is <= most)
			return true;
	}
	return false;
}

const struct eoi_field *
eoi_field(const struct eoi_field *list, const char *name)
{
	for (; list->name != NULL; list++)
		if (strcmp(list->name, name) == 0)
			return list;
	return NULL;
}

/* The spellings of the next word of ours: "web=WebUI|UI,..." from *words on, which is moved past it. */
static bool
next_word(const char **words, const char **ours, size_t *ours_len, const char **theirs, size_t *theirs_len)
{
	if (**words == '\0')
		return false;
	*ours = *words;
	*ours_len = strcspn(*words, "=");
	*theirs = *ours + *ours_len + ((*ours)[*ours_len] == '=' ? 1 : 0);
	*theirs_len = strcspn(*theirs, ",");
	*words = *theirs + *theirs_len + ((*theirs)[*theirs_len] == ',' ? 1 : 0);
	return true;
}

/* A part of a text as a string; false when it does not fit. */
static bool
cut(char *out, size_t size, const char *from, size_t len)
{
	if (len >= size)
		return false;
	memcpy(out, from, len);
	out[len] = '\0';
	return true;
}

bool
eoi_word_out(const struct eoi_field *f, const char *ours, size_t n, char *out, size_t size)
{
	const char *words = f->more, *name, *list;
	size_t name_len, len;

	while (next_word(&words, &name, &name_len, &list, &len)) {
		if (strlen(ours) != name_len || memcmp(ours, name, name_len) != 0)
			continue;
		size_t one = strcspn(list, "|,");

		for (; n > 0 && one < len; n--) {
			list += one + 1;
			len -= one + 1;
			one = strcspn(list, "|,");
		}
		return cut(out, size, list, one);
	}
	return false;
}

bool
eoi_word_in(const struct eoi_field *f, const char *theirs, char *out, size_t size)
{
	const char *words = f->more, *name, *list;
	size_t name_len, len;

	while (next_word(&words, &name, &name_len, &list, &len))
		for (const char *end = list + len; list < end; list += strcspn(list, "|,") + 1) {
			size_t one = strcspn(list, "|,");

			if (one == strlen(theirs) && strncasecmp(list, theirs, one) == 0)
				return cut(out, size, name, name_len);
		}
	return false;
}

size_t
eoi_bytes(const struct eoi_field *f)
{
	return f->type == EOI_BASE64 ? (size_t)strtoul(f->more, NULL, 10) : 0;
}
