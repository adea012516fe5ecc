/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recorded: every file of tests/amt/recorded, what answers with it, and what is to be read from it;
 * and the type of every property, by the documents. Source: protocol/wsman.md 2.4, 3, 6, 7, annex A.
 */
#ifndef MUSTER_TESTS_AMT_RECORDED_H
#define MUSTER_TESTS_AMT_RECORDED_H

enum recorded_op { CALL, CREATE, DELETE, ENUMERATE, GET, PULL, PULL_MORE, PUT };

/*
 * expect: parts with | between; ENUMERATE: the context. N/ before a part means item N, from 0.
 *   name=value     the property, as text, of an array its first element
 *   name#n         it is there n times
 *   !name          it is not there
 *   name>sel=value the selector sel of a reference
 */
struct recorded {
	const char *file;
	enum recorded_op op;
	const char *class, *method;
	unsigned int n; /* CALL: ReturnValue; PULL, PULL_MORE: items */
	const char *expect;
};

/* clang-format off */
static const struct recorded recorded[] = {
	{ "amt/auditlog/enumerate", ENUMERATE, "AMT_AuditLog", NULL, 0, "92070000-0000-0000-0000-000000000000" },
	{ "amt/auditlog/get", GET, "AMT_AuditLog", NULL, 0, "Name=Intel(r) AMT:Audit Log|EnabledState=2|StoragePolicy=1" },
	{ "amt/auditlog/readrecords", CALL, "AMT_AuditLog", "ReadRecords", 0,
	  "TotalRecordCount=2|RecordsReturned=2|EventRecords#2|"
	  "EventRecords=ABMAAAI/9M1uAgAQAAwAAAAoBZkADAAAACQFlA==" },
	{ "amt/authorization/enumerate", ENUMERATE, "AMT_AuthorizationService", NULL, 0,
	  "5C000000-0000-0000-0000-000000000000" },
	{ "amt/authorization/get", GET, "AMT_AuthorizationService", NULL, 0,
	  "Name=Intel(r) AMT Authorization Service|AllowHttpQopAuthOnly=1|EnabledState=5|RequestedState=12" },
	{ "amt/authorization/getaclenabledstate", CALL, "AMT_AuthorizationService", "GetAclEnabledState", 0,
	  "Enabled=true" },
	{ "amt/authorization/getadminaclentrystatus", CALL, "AMT_AuthorizationService", "GetAdminAclEntryStatus", 0,
	  "IsDefault=false" },
	{ "amt/authorization/getadminnetaclentrystatus", CALL, "AMT_AuthorizationService", "GetAdminNetAclEntryStatus", 0,
	  "IsDefault=false" },
	{ "amt/authorization/pull", PULL, "AMT_AuthorizationService", NULL, 1,
	  "Name=Intel(r) AMT Authorization Service|AllowHttpQopAuthOnly=1" },
	{ "amt/authorization/removeuseraclentry", CALL, "AMT_AuthorizationService", "RemoveUserAclEntry", 0, "" },
	{ "amt/authorization/setadminaclentryex", CALL, "AMT_AuthorizationService", "SetAdminAclEntryEx", 0, "" },
	{ "amt/boot/capabilities/get", GET, "AMT_BootCapabilities", NULL, 0,
	  "InstanceID=Intel(r) AMT:BootCapabilities 0|IDER=true|SOL=true|ForcePXEBoot=true|SecureErase=false" },
	{ "amt/boot/capabilities/pull", PULL, "AMT_BootCapabilities", NULL, 1,
	  "InstanceID=Intel(r) AMT:BootCapabilities 0|IDER=true|SOL=true" },
	{ "amt/cryptographiccapabilities/enumerate", ENUMERATE, "AMT_CryptographicCapabilities", NULL, 0,
	  "31000000-0000-0000-0000-000000000000" },
	{ "amt/cryptographiccapabilities/get", GET, "AMT_CryptographicCapabilities", NULL, 0, "HardwareAcceleration=1" },
	{ "amt/environmentdetection/enumerate", ENUMERATE, "AMT_EnvironmentDetectionSettingData", NULL, 0,
	  "61000000-0000-0000-0000-000000000000" },
	{ "amt/environmentdetection/pull", PULL, "AMT_EnvironmentDetectionSettingData", NULL, 1,
	  "InstanceID=Intel(r) AMT Environment Detection Settings|DetectionAlgorithm=0|DetectionStrings#1" },
	{ "amt/environmentdetection/put", PUT, "AMT_EnvironmentDetectionSettingData", NULL, 0,
	  "InstanceID=Intel(r) AMT Environment Detection Settings|"
	  "DetectionStrings=2b14eacc-7f20-4a11-99bc-fdc6a162160b.com" },
	{ "amt/ethernetport/get", GET, "AMT_EthernetPortSettings", NULL, 0,
	  "InstanceID=Intel(r) AMT Ethernet Port Settings 0|DHCPEnabled=true|LinkPolicy#2|LinkPolicy=1|"
	  "MACAddress=c8-d9-d2-7a-1e-33|SecondaryDNS=68.105.29.11|!IPAddress|!VLANTag" },
	{ "amt/ethernetport/pull", PULL, "AMT_EthernetPortSettings", NULL, 2,
	  "InstanceID=Intel(r) AMT Ethernet Port Settings 0|MACAddress=00-be-43-d8-22-a4|PhysicalConnectionType=0|"
	  "1/InstanceID=Intel(r) AMT Ethernet Port Settings 1|1/MACAddress=00-00-00-00-00-00|"
	  "1/PhysicalConnectionType=3|1/LinkPolicy#0|1/!IpSyncEnabled" },
	{ "amt/general/enumerate", ENUMERATE, "AMT_GeneralSettings", NULL, 0, "14000000-0000-0000-0000-000000000000" },
	{ "amt/general/get", GET, "AMT_GeneralSettings", NULL, 0,
	  "DigestRealm=Digest:F3EB554784E729164447A89F60B641C5|HostName=Test Host Name|DomainName=Test Domain Name|"
	  "PingResponseEnabled=true|RmcpPingResponseEnabled=true|IdleWakeTimeout=1|SharedFQDN=true|"
	  "WsmanOnlyMode=false|DDNSPeriodicUpdateInterval=1440" },
	{ "amt/ieee8021x/credentialcontext/pull", PULL, "AMT_8021xCredentialContext", NULL, 0, "" },
	{ "amt/ieee8021x/profile/get", GET, "AMT_8021XProfile", NULL, 0,
	  "InstanceID=Intel(r) AMT 802.1x Profile 0|Enabled=false|ActiveInS0=true|PxeTimeout=0|"
	  "!AuthenticationProtocol" },
	{ "amt/ieee8021x/profile/pull", PULL, "AMT_8021XProfile", NULL, 1,
	  "InstanceID=Intel(r) AMT 802.1x Profile 0|Enabled=false" },
	{ "amt/kerberos/enumerate", ENUMERATE, "AMT_KerberosSettingData", NULL, 0, "61080000-0000-0000-0000-000000000000" },
	{ "amt/kerberos/get", GET, "AMT_KerberosSettingData", NULL, 0,
	  "InstanceID=Intel (r) AMT: Kerberos Settings|KrbEnabled=false|SupportedEncryptionAlgorithms#3|"
	  "SupportedEncryptionAlgorithms=0|!RealmName" },
	{ "amt/kerberos/pull", PULL, "AMT_KerberosSettingData", NULL, 1,
	  "InstanceID=Intel (r) AMT: Kerberos Settings|SupportedEncryptionAlgorithms#3" },
	{ "amt/managementpresence/delete", DELETE, "AMT_ManagementPresenceRemoteSAP", NULL, 0, "" },
	{ "amt/managementpresence/get", GET, "AMT_ManagementPresenceRemoteSAP", NULL, 0,
	  "Name=Intel(r) AMT:Management Presence Server 0|InfoFormat=3|Port=4433|AccessInfo=192.168.0.208" },
	{ "amt/managementpresence/pull", PULL, "AMT_ManagementPresenceRemoteSAP", NULL, 1,
	  "Name=Intel(r) AMT:Management Presence Server 0|AccessInfo=192.168.10.196" },
	{ "amt/messagelog/get", GET, "AMT_MessageLog", NULL, 0,
	  "Name=Intel(r) AMT:MessageLog 1|Capabilities#4|MaxNumberOfRecords=390|IsFrozen=false|Status=OK" },
	{ "amt/messagelog/getrecords", CALL, "AMT_MessageLog", "GetRecords", 0,
	  "IterationIdentifier=3|NoMoreRecords=true|RecordArray#3|RecordArray=Y8iYZf8GbwVoEP8mYaoKAAAAAAAA" },
	{ "amt/messagelog/pull", PULL, "AMT_MessageLog", NULL, 1, "Name=Intel(r) AMT:MessageLog 1|Capabilities#4" },
	{ "amt/mps/enumerate", ENUMERATE, "AMT_MPSUsernamePassword", NULL, 0, "19080000-0000-0000-0000-000000000000" },
	{ "amt/mps/get", GET, "AMT_MPSUsernamePassword", NULL, 0,
	  "InstanceID=Intel(r) AMT:MPS Username Password 0|RemoteID=test|!Secret" },
	{ "amt/mps/put", PUT, "AMT_MPSUsernamePassword", NULL, 0, "" },
	{ "amt/publickey/certificate/delete", DELETE, "AMT_PublicKeyCertificate", NULL, 0, "" },
	{ "amt/publickey/certificate/get", GET, "AMT_PublicKeyCertificate", NULL, 0,
	  "InstanceID=Intel(r) AMT Certificate: Handle: 0|TrustedRootCertficate=true|"
	  "Issuer=C=unknown,O=unknown,CN=MPSRoot-0af1d5|!ReadOnlyCertificate" },
	{ "amt/publickey/certificate/pull", PULL, "AMT_PublicKeyCertificate", NULL, 3,
	  "InstanceID=Intel(r) AMT Certificate: Handle: 0|TrustedRootCertficate=true|"
	  "1/InstanceID=Intel(r) AMT Certificate: Handle: 1|1/TrustedRootCertficate=false|"
	  "2/InstanceID=Intel(r) AMT Certificate: Handle: 2" },
	{ "amt/publickey/management/addkey", CALL, "AMT_PublicKeyManagementService", "AddKey", 0,
	  "CreatedKey>InstanceID=Intel(r) AMT Key: Handle: 1" },
	{ "amt/publickey/management/addtrustedrootcertificate", CALL, "AMT_PublicKeyManagementService", "AddTrustedRootCertificate", 0,
	  "CreatedCertificate>InstanceID=Intel(r) AMT Certificate: Handle: 2" },
	{ "amt/publickey/management/enumerate", ENUMERATE, "AMT_PublicKeyManagementService", NULL, 0,
	  "7E000000-0000-0000-0000-000000000000" },
	{ "amt/publickey/management/generatekeypair", CALL, "AMT_PublicKeyManagementService", "GenerateKeyPair", 0,
	  "KeyPair>InstanceID=Intel(r) AMT Key: Handle: 0" },
	{ "amt/publickey/management/get", GET, "AMT_PublicKeyManagementService", NULL, 0,
	  "Name=Intel(r) AMT Public Key Management Service|ElementName=Intel(r) AMT Certificate Store Service" },
	{ "amt/publickey/management/pull", PULL, "AMT_PublicKeyManagementService", NULL, 1,
	  "Name=Intel(r) AMT Public Key Management Service|EnabledDefault=5" },
	{ "amt/publicprivate/delete", DELETE, "AMT_PublicPrivateKeyPair", NULL, 0, "" },
	{ "amt/publicprivate/enumerate", ENUMERATE, "AMT_PublicPrivateKeyPair", NULL, 0,
	  "56080000-0000-0000-0000-000000000000" },
	{ "amt/publicprivate/pull", PULL, "AMT_PublicPrivateKeyPair", NULL, 2,
	  "InstanceID=Intel(r) AMT Key: Handle: 0|ElementName=Intel(r) AMT Key|"
	  "1/InstanceID=Intel(r) AMT Key: Handle: 1" },
	{ "amt/redirectionservice/enumerate", ENUMERATE, "AMT_RedirectionService", NULL, 0,
	  "D3000000-0000-0000-0000-000000000000" },
	{ "amt/redirectionservice/pull", PULL, "AMT_RedirectionService", NULL, 1,
	  "Name=Intel(r) AMT Redirection Service|EnabledState=32771|ListenerEnabled=true" },
	{ "amt/redirectionservice/put", PUT, "AMT_RedirectionService", NULL, 0,
	  "Name=Intel(r) AMT Redirection Service|EnabledState=32771|ListenerEnabled=true" },
	{ "amt/remoteaccess/capabilities/get", GET, "AMT_RemoteAccessCapabilities", NULL, 0,
	  "MaxTotalMpServers=6|MaxTotalPolicies=3|MaxMpsPerPolicy=2" },
	{ "amt/remoteaccess/capabilities/pull", PULL, "AMT_RemoteAccessCapabilities", NULL, 1, "MaxTotalMpServers=6" },
	{ "amt/remoteaccess/policyappliestomps/enumerate", ENUMERATE, "AMT_RemoteAccessPolicyAppliesToMPS", NULL, 0,
	  "CE000000-0000-0000-0000-000000000000" },
	{ "amt/remoteaccess/policyappliestomps/get", GET, "AMT_RemoteAccessPolicyAppliesToMPS", NULL, 0,
	  "MpsType=2|OrderOfAccess=0|ManagedElement>Name=Intel(r) AMT:Management Presence Server 0|"
	  "PolicySet>PolicyRuleName=Periodic" },
	{ "amt/remoteaccess/policyappliestomps/put", PUT, "AMT_RemoteAccessPolicyAppliesToMPS", NULL, 0, "" },
	{ "amt/remoteaccess/policyrule/delete", DELETE, "AMT_RemoteAccessPolicyRule", NULL, 0, "" },
	{ "amt/remoteaccess/policyrule/get", GET, "AMT_RemoteAccessPolicyRule", NULL, 0,
	  "PolicyRuleName=Periodic|Trigger=2|ExtendedData=AAAAAAAAABk=" },
	{ "amt/remoteaccess/policyrule/pull", PULL, "AMT_RemoteAccessPolicyRule", NULL, 1,
	  "PolicyRuleName=Periodic|TunnelLifeTime=0" },
	{ "amt/remoteaccess/service/addremoteaccessservice", CALL, "AMT_RemoteAccessService", "AddRemoteAccessPolicyRule", 0,
	  "PolicyRule>PolicyRuleName=Periodic|PolicyRule>SystemName=Intel(r) AMT" },
	{ "amt/remoteaccess/service/enumerate", ENUMERATE, "AMT_RemoteAccessService", NULL, 0,
	  "92000000-0000-0000-0000-000000000000" },
	{ "amt/remoteaccess/service/pull", PULL, "AMT_RemoteAccessService", NULL, 1,
	  "Name=Intel(r) AMT Remote Access Service|IsRemoteTunnelConnected=false|"
	  "RemoteTunnelKeepAliveTimeout=4294967295" },
	{ "amt/setupandconfiguration/commitchanges", CALL, "AMT_SetupAndConfigurationService", "CommitChanges", 0, "" },
	{ "amt/setupandconfiguration/enumerate", ENUMERATE, "AMT_SetupAndConfigurationService", NULL, 0,
	  "D3000000-0000-0000-0000-000000000000" },
	{ "amt/setupandconfiguration/getuuid-bad", CALL, "AMT_SetupAndConfigurationService", "GetUuid", 0, "UUID=baduuid" },
	{ "amt/setupandconfiguration/getuuid", CALL, "AMT_SetupAndConfigurationService", "GetUuid", 0,
	  "UUID=E67jVdK/u2EXoIiu3XA36g==|!ReturnValue" },
	{ "amt/setupandconfiguration/pull", PULL, "AMT_SetupAndConfigurationService", NULL, 1,
	  "ProvisioningState=2|ProvisioningMode=1|PasswordModel=1|ZeroTouchConfigurationEnabled=true|"
	  "ProvisioningServerOTP=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=|!TrustedDNSSuffix" },
	{ "amt/setupandconfiguration/setmebxpassword", CALL, "AMT_SetupAndConfigurationService", "SetMEBxPassword", 0, "" },
	{ "amt/systempowerscheme/enumerate", ENUMERATE, "AMT_SystemPowerScheme", NULL, 0,
	  "93000000-0000-0000-0000-000000000000" },
	{ "amt/systempowerscheme/pull", PULL, "AMT_SystemPowerScheme", NULL, 2,
	  "InstanceID=SCHEME 0|SchemeGUID=djmXEQtWUEOIcJgS85G1YA==|1/InstanceID=SCHEME 1|"
	  "1/SchemeGUID=MIAN7gnAeEOvKHhootu+Og==" },
	{ "amt/timesynchronization/get", GET, "AMT_TimeSynchronizationService", NULL, 0,
	  "Name=Intel(r) AMT Time Synchronization Service|LocalTimeSyncEnabled=0|TimeSource=0" },
	{ "amt/timesynchronization/getlowaccuracytimesynch", CALL, "AMT_TimeSynchronizationService", "GetLowAccuracyTimeSynch", 0,
	  "Ta0=1704586865" },
	{ "amt/timesynchronization/sethighaccuracytimesynch", CALL, "AMT_TimeSynchronizationService", "SetHighAccuracyTimeSynch", 0, "" },
	{ "amt/tls/credentialcontext/create", CREATE, "AMT_TLSCredentialContext", NULL, 0, "" },
	{ "amt/tls/credentialcontext/enumerate", ENUMERATE, "AMT_TLSCredentialContext", NULL, 0,
	  "6B080000-0000-0000-0000-000000000000" },
	{ "amt/tls/credentialcontext/put", PUT, "AMT_TLSCredentialContext", NULL, 0,
	  "ElementInContext>InstanceID=Intel(r) AMT Certificate: Handle: 4|"
	  "ElementProvidingContext>ElementName=TLSProtocolEndpoint Instances Collection" },
	{ "amt/tls/protocolendpointcollection/enumerate", ENUMERATE, "AMT_TLSProtocolEndpointCollection", NULL, 0,
	  "8B080000-0000-0000-0000-000000000000" },
	{ "amt/tls/protocolendpointcollection/pull", PULL, "AMT_TLSProtocolEndpointCollection", NULL, 1,
	  "ElementName=TLSProtocolEndpoint Instances Collection" },
	{ "amt/tls/settingdata/get", GET, "AMT_TLSSettingData", NULL, 0,
	  "InstanceID=Intel(r) AMT 802.3 TLS Settings|Enabled=false|MutualAuthentication=false|"
	  "AcceptNonSecureConnections=false|!TrustedCN|!NonSecureConnectionsSupported" },
	{ "amt/tls/settingdata/pull", PULL, "AMT_TLSSettingData", NULL, 2,
	  "InstanceID=Intel(r) AMT 802.3 TLS Settings|AcceptNonSecureConnections=false|"
	  "1/InstanceID=Intel(r) AMT LMS TLS Settings|1/AcceptNonSecureConnections=true" },
	{ "amt/userinitiatedconnection/enumerate", ENUMERATE, "AMT_UserInitiatedConnectionService", NULL, 0,
	  "D3000000-0000-0000-0000-000000000000" },
	{ "amt/userinitiatedconnection/get", GET, "AMT_UserInitiatedConnectionService", NULL, 0, "EnabledState=32771" },
	{ "amt/userinitiatedconnection/request", CALL, "AMT_UserInitiatedConnectionService", "RequestStateChange", 0, "" },
	{ "amt/wifiportconfiguration/addwifisettings", CALL, "AMT_WiFiPortConfigurationService", "AddWiFiSettings", 0, "" },
	{ "amt/wifiportconfiguration/get", GET, "AMT_WiFiPortConfigurationService", NULL, 0,
	  "Name=Intel(r) AMT WiFi Port Configuration Service|localProfileSynchronizationEnabled=0|"
	  "LastConnectedSsidUnderMeControl=" },
	{ "amt/wifiportconfiguration/pull", PULL, "AMT_WiFiPortConfigurationService", NULL, 1,
	  "localProfileSynchronizationEnabled=0|UEFIWiFiProfileShareEnabled=false" },
	{ "amt/wifiportconfiguration/putlocalprofilesyncdisabled", PUT, "AMT_WiFiPortConfigurationService", NULL, 0,
	  "localProfileSynchronizationEnabled=0|!UEFIWiFiProfileShareEnabled" },
	{ "amt/wifiportconfiguration/updatewifisettings", CALL, "AMT_WiFiPortConfigurationService", "UpdateWiFiSettings", 0, "" },
	{ "cim/associatedpower/managementservice/get", GET, "CIM_AssociatedPowerManagementService", NULL, 0,
	  "PowerState=2|AvailableRequestedPowerStates#8|AvailableRequestedPowerStates=10|"
	  "UserOfService>Name=ManagedSystem" },
	{ "cim/associatedpower/managementservice/pull", PULL, "CIM_AssociatedPowerManagementService", NULL, 1,
	  "PowerState=2|ServiceProvided>Name=Intel(r) AMT Power Management Service" },
	{ "cim/chassis/enumerate", ENUMERATE, "CIM_Chassis", NULL, 0, "D1020000-0000-0000-0000-000000000000" },
	{ "cim/chassis/get", GET, "CIM_Chassis", NULL, 0,
	  "Manufacturer=Intel(R) Client Systems|Model=NUC9V7QNX|SerialNumber=JRQN0243007J|Tag=CIM_Chassis|"
	  "PackageType=3" },
	{ "cim/computer/systempackage/enumerate", ENUMERATE, "CIM_ComputerSystemPackage", NULL, 0,
	  "16000000-0000-0000-0000-000000000000" },
	{ "cim/computer/systempackage/pull", PULL, "CIM_ComputerSystemPackage", NULL, 1,
	  "PlatformGUID=13AEE355D2BFBB6117A088AEDD7037EA|Antecedent>Tag=CIM_Chassis|Dependent>Name=ManagedSystem" },
	{ "cim/concrete/dependency/pull", PULL, "CIM_ConcreteDependency", NULL, 1,
	  "Antecedent>InstanceID=Intel(r) AMT:$$OsAdmin|Dependent>Name=Intel(r) AMT:$$OsAdmin" },
	{ "cim/credential/context/enumerate", ENUMERATE, "CIM_CredentialContext", NULL, 0,
	  "19000000-0000-0000-0000-000000000000" },
	{ "cim/credential/context/pull", PULL, "CIM_CredentialContext", NULL, 1,
	  "ElementInContext>InstanceID=Intel(r) AMT Certificate: Handle: 0" },
	{ "cim/ethernetport/enumerate", ENUMERATE, "CIM_EthernetPort", NULL, 0, "2E000000-0000-0000-0000-000000000000" },
	{ "cim/ethernetport/pull", PULL, "CIM_EthernetPort", NULL, 1,
	  "DeviceID=Intel(r) AMT Ethernet Port 0|NetworkAddresses=48210b50d8c9|MaxSpeed=2500000000|LinkTechnology=2" },
	{ "cim/ieee8021x/settings/pull", PULL_MORE, "CIM_IEEE8021xSettings", NULL, 1,
	  "InstanceID=Intel(r) AMT:IEEE 802.1x Settings Wifi8021xTLS|AuthenticationProtocol=0|Username=iME$amt16$" },
	{ "cim/kvm/enumerate", ENUMERATE, "CIM_KVMRedirectionSAP", NULL, 0, "CB020000-0000-0000-0000-000000000000" },
	{ "cim/kvm/get", GET, "CIM_KVMRedirectionSAP", NULL, 0,
	  "Name=KVM Redirection Service Access Point|EnabledState=6|RequestedState=2|KVMProtocol=4|"
	  "SystemName=ManagedSystem" },
	{ "cim/power/capabilities/enumerate", ENUMERATE, "CIM_PowerManagementCapabilities", NULL, 0,
	  "2F000000-0000-0000-0000-000000000000" },
	{ "cim/power/capabilities/pull", PULL_MORE, "CIM_PowerManagementCapabilities", NULL, 1,
	  "PowerChangeCapabilities#5|PowerStatesSupported#7|OtherPowerChangeCapabilities=" },
	{ "cim/power/managementservice/get", GET, "CIM_PowerManagementService", NULL, 0,
	  "Name=Intel(r) AMT Power Management Service|EnabledState=5" },
	{ "cim/power/managementservice/pull", PULL, "CIM_PowerManagementService", NULL, 1,
	  "Name=Intel(r) AMT Power Management Service" },
	{ "cim/redirectionservice/enumerate", ENUMERATE, "CIM_RedirectionService", NULL, 0,
	  "30000000-0000-0000-0000-000000000000" },
	{ "cim/redirectionservice/get", GET, "CIM_RedirectionService", NULL, 0,
	  "Name=Intel(r) AMT KVM Redirection Service|EnabledState=3|MaxCurrentEnabledSAPs=1" },
	{ "cim/service/availabletoelement/enumerate", ENUMERATE, "CIM_ServiceAvailableToElement", NULL, 0,
	  "DD020000-0000-0000-0000-000000000000" },
	{ "cim/software/identity/get", GET, "CIM_SoftwareIdentity", NULL, 0,
	  "InstanceID=AMTApps|VersionString=12.0.67|IsEntity=true" },
	{ "cim/software/identity/pull", PULL, "CIM_SoftwareIdentity", NULL, 11,
	  "InstanceID=Flash|3/InstanceID=AMT|3/VersionString=12.0.67|6/InstanceID=Build Number|"
	  "6/VersionString=1579|9/VersionString=False" },
	{ "cim/system/packaging/enumerate", ENUMERATE, "CIM_SystemPackaging", NULL, 0,
	  "E3020000-0000-0000-0000-000000000000" },
	{ "cim/system/packaging/pull", PULL, "CIM_SystemPackaging", NULL, 1,
	  "PlatformGUID=FA4EC1D8F1B1EA11BE6DC6D21730D800|Dependent>CreationClassName=CIM_ComputerSystem" },
	{ "cim/wifi/endpoint/enumerate", ENUMERATE, "CIM_WiFiEndpoint", NULL, 0, "C4020000-0000-0000-0000-000000000000" },
	{ "cim/wifi/endpointcapabilities/pull", PULL, "CIM_WiFiEndpointCapabilities", NULL, 1,
	  "ElementName=CIM_WiFiEndpointCapabilities" },
	{ "cim/wifi/endpointsettings/delete", DELETE, "CIM_WiFiEndpointSettings", NULL, 0, "" },
	{ "cim/wifi/endpointsettings/enumerate", ENUMERATE, "CIM_WiFiEndpointSettings", NULL, 0,
	  "95040000-0000-0000-0000-000000000000" },
	{ "cim/wifi/port/enumerate", ENUMERATE, "CIM_WiFiPort", NULL, 0, "22000000-0000-0000-0000-000000000000" },
	{ "cim/wifi/port/pull", PULL, "CIM_WiFiPort", NULL, 1,
	  "DeviceID=WiFi Port 0|EnabledState=3|PermanentAddress=000000000000|LinkTechnology=11" },
	{ "cim/wifi/port/requeststatechange", CALL, "CIM_WiFiPort", "RequestStateChange", 0, "" },
	{ "cim/wifi/portcapabilities/pull", PULL, "CIM_WiFiPortCapabilities", NULL, 1,
	  "ElementName=CIM_WiFiPortCapabilities" },
	{ "ips/hostbasedsetup/addnextcertinchain", CALL, "IPS_HostBasedSetupService", "AddNextCertInChain", 0, "" },
	{ "ips/hostbasedsetup/adminsetup", CALL, "IPS_HostBasedSetupService", "AdminSetup", 0, "" },
	{ "ips/hostbasedsetup/get", GET, "IPS_HostBasedSetupService", NULL, 0,
	  "CurrentControlMode=2|AllowedControlModes#2|AllowedControlModes=2|"
	  "ConfigurationNonce=4P3sY7swlhjkhJNxDkEBIUcmpHE=|CertChainStatus=0" },
	{ "ips/hostbasedsetup/pull", PULL, "IPS_HostBasedSetupService", NULL, 1,
	  "CurrentControlMode=2|AllowedControlModes#2" },
	{ "ips/hostbasedsetup/upgradeclienttoadmin", CALL, "IPS_HostBasedSetupService", "UpgradeClientToAdmin", 0, "" },
	{ "ips/http/addproxyaccesspoint_2058", CALL, "IPS_HTTPProxyService", "AddProxyAccessPoint", 2058,
	  "ProxyAccessPoint#1" },
	{ "ips/ieee8021x/settings/enumerate", ENUMERATE, "IPS_IEEE8021xSettings", NULL, 0,
	  "9C0A0000-0000-0000-0000-000000000000" },
	{ "ips/ieee8021x/settings/get", GET, "IPS_IEEE8021xSettings", NULL, 0,
	  "InstanceID=Intel(r) AMT: 8021X Settings|Enabled=3|AvailableInS0=false|PxeTimeout=120|!Username" },
	{ "ips/ieee8021x/settings/setcertificates", CALL, "IPS_IEEE8021xSettings", "SetCertificates", 0, "" },
	{ "ips/ipv6portsettings/enumerate", ENUMERATE, "IPS_IPv6PortSettings", NULL, 0,
	  "9C000000-0000-0000-0000-000000000000" },
	{ "ips/ipv6portsettings/pull", PULL, "IPS_IPv6PortSettings", NULL, 1,
	  "InstanceID=Intel(r) IPS IPv6 Settings 0|IPv6Address=::|InterfaceIDType=0" },
	{ "ips/kvmredirection/settings/get", GET, "IPS_KVMRedirectionSettingData", NULL, 0,
	  "EnabledByMEBx=true|Is5900PortEnabled=false|OptInPolicy=true|OptInPolicyTimeout=300|RFBPassword=|"
	  "SessionTimeout=3" },
	{ "ips/kvmredirection/settings/pull", PULL, "IPS_KVMRedirectionSettingData", NULL, 1,
	  "InstanceID=Intel(r) KVM Redirection Settings|DefaultScreen=0|BackToBackFbMode=false" },
	{ "ips/lanendpoint/enumerate", ENUMERATE, "IPS_LANEndpoint", NULL, 0, "9D000000-0000-0000-0000-000000000000" },
	{ "ips/lanendpoint/get", GET, "IPS_LANEndpoint", NULL, 0, "MACAddress=48210b50d8c9|LANType=2" },
	{ "ips/optin/canceloptin", CALL, "IPS_OptInService", "CancelOptIn", 2, "" },
	{ "ips/optin/get", GET, "IPS_OptInService", NULL, 0,
	  "OptInRequired=0|OptInState=0|CanModifyOptInPolicy=1|OptInCodeTimeout=120|OptInDisplayTimeout=300" },
	{ "ips/optin/pull", PULL, "IPS_OptInService", NULL, 1, "OptInRequired=0|OptInState=0" },
	{ "ips/optin/startoptin", CALL, "IPS_OptInService", "StartOptIn", 2, "" },
	{ "ips/power/managementservice/get", GET, "IPS_PowerManagementService", NULL, 0,
	  "OSPowerSavingState=2|EnabledState=5" },
	{ "ips/power/managementservice/pull", PULL, "IPS_PowerManagementService", NULL, 1, "OSPowerSavingState=2" },
	{ "ips/provisioningrecordlog/enumerate", ENUMERATE, "IPS_ProvisioningRecordLog", NULL, 0,
	  "17000000-0000-0000-0000-000000000000" },
	{ "ips/provisioningrecordlog/get", GET, "IPS_ProvisioningRecordLog", NULL, 0,
	  "InstanceID=Intel(r) AMT: RecordLog 1|CurrentNumberOfRecords=1|MaxNumberOfRecords=1|OverwritePolicy=2" },
};

/* Types: b boolean, 1 2 4 unsigned of so many bytes, x base64, h hex, r reference, d datetime, t text. */
static const struct {
	char type;
	const char *names; /* a blank before and after each; Class.name goes before name */
} recorded_types[] = {
	{ 'b',
	  " AcceptNonSecureConnections ActiveInS0 AvailableInS0 BIOSPause BIOSReflash BIOSSecureBoot BIOSSetup "
	  "BackToBackFbMode ConfigurationDataReset DDNSUpdateByDHCPServerEnabled DDNSUpdateEnabled DHCPEnabled "
	  "Enabled EnabledByMEBx ForceCDorDVDBoot ForceDiagnosticBoot ForceHardDriveBoot "
	  "ForceHardDriveSafeModeBoot ForcePXEBoot ForcedProgressEvents IDER IpSyncEnabled Is5900PortEnabled "
	  "IsDefault IsEntity IsFrozen IsRemoteTunnelConnected KeyboardLock KrbEnabled LinkIsUp ListenerEnabled "
	  "MutualAuthentication NetworkInterfaceEnabled NoMoreRecords OptInPolicy PingResponseEnabled "
	  "PowerButtonLock ResetButtonLock RmcpPingResponseEnabled SOL SecureErase SharedDynamicIP SharedFQDN "
	  "SharedMAC SharedStaticIp SleepButtonLock TrustedRootCertficate UEFIWiFiProfileShareEnabled "
	  "UserPasswordBypass VerbosityQuiet VerbosityScreenBlank VerbosityVerbose WsmanOnlyMode "
	  "ZeroTouchConfigurationEnabled " },
	{ '1',
	  " AllowedControlModes CanModifyOptInPolicy CertChainStatus CurrentControlMode DefaultScreen LinkPolicy "
	  "OptInState PasswordModel PercentageFree PercentageNearFull ProvisioningMode ProvisioningState "
	  "MaxAllowedAuditors " },
	{ '2',
	  " AuditState AuthenticationProtocol AvailableRequestedPowerStates Capabilities CharacterSet "
	  "ChassisPackageType DHCPv6ConfigurationTimeout EnabledDefault EnabledState HealthState InfoFormat "
	  "KVMProtocol LANType LinkTechnology LogState MaxCurrentEnabledSAPs MpsType OSPowerSavingState "
	  "OperationalStatus OptInDisplayTimeout OptInPolicyTimeout OverwritePolicy PackageType Port PortType "
	  "PowerChangeCapabilities PowerState PowerStatesSupported ProtocolType RedirectionServiceType "
	  "RequestedPowerStatesSupported RequestedState SessionTimeout SharingMode StoragePolicy "
	  "SupportedEncryptionAlgorithms Trigger " },
	{ '4',
	  " AMTNetworkEnabled AllowHttpQopAuthOnly ConsoleTcpMaxRetransmissions CurrentNumberOfRecords "
	  "DDNSPeriodicUpdateInterval DDNSTTL DHCPSyncRequiresHostname DetectionAlgorithm HardwareAcceleration "
	  "IPS_IEEE8021xSettings.Enabled IdleWakeTimeout InterfaceIDType IterationIdentifier LastChange "
	  "LinkControl LinkPreference LocalTimeSyncEnabled MaxLogSize MaxMpsPerPolicy MaxNumberOfRecords "
	  "MaxRecordSize MaxSpeed MaxTotalMpServers MaxTotalPolicies MaxTotalProxyEntryPoints "
	  "NoHostCsmeSoftwarePolicy OptInCodeTimeout OptInRequired OrderOfAccess PhysicalConnectionType "
	  "PowerSource PreferredAddressFamily PresenceNotificationInterval PrivacyLevel PxeTimeout RecordsReturned "
	  "RemoteTunnelKeepAliveTimeout ReturnValue SizeOfHeader SizeOfRecordHeader Speed Ta0 "
	  "ThunderboltDockEnabled TimeSource TotalRecordCount TunnelLifeTime WLANLinkProtectionLevel "
	  "localProfileSynchronizationEnabled " },
	{ 'x',
	  " ConfigurationNonce DERKey EventRecords ExtendedData ProvisioningServerOTP RecordArray SchemeGUID UUID "
	  "X509Certificate " },
	{ 'h',
	  " IPS_LANEndpoint.MACAddress ManualInterfaceID NetworkAddresses PermanentAddress PlatformGUID " },
	{ 'r',
	  " Antecedent CreatedCertificate CreatedKey Dependent ElementInContext ElementProvidingContext KeyPair "
	  "ManagedElement PolicyRule PolicySet ProxyAccessPoint ServiceProvided UserOfService " },
	{ 'd',
	  " TimeOfLastRecord " },
	{ 't',
	  " AccessInfo CN CreationClassName CurrentDefaultRouter CurrentPrimaryDNS CurrentSecondaryDNS "
	  "DefaultGateway DefaultRouter Description DetectionStrings DeviceID DigestRealm DomainName ElementName "
	  "HostName HostOSFQDN IPv6Address InstanceID Issuer LastConnectedSsidUnderMeControl MACAddress "
	  "Manufacturer Model Name OtherPowerChangeCapabilities PolicyRuleName PrimaryDNS RFBPassword RemoteID "
	  "SecondaryDNS SerialNumber Status Subject SubnetMask SystemCreationClassName SystemName Tag Username "
	  "Version VersionString " },
};
/* clang-format on */

#endif
