// SPDX-License-Identifier: Apache-2.0
// messages: a device set up message by message, each built and sent by a stranger, each answer read
// by its parser; then what the simulator holds is compared with what was sent.
//
//   messages.js STRANGER DIR    STRANGER: mesh or toolkit; DIR: root.pem, setup certificate
//
// A stranger gives: get, list, put, bind, rebind, del, call (all answer { http, body }), has, id, close.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { isDeepStrictEqual } = require('util');
const { ok, is, note, run } = require('./tap.js');
const sim = require('./sim.js');
const certificate = require('./certificate.js');

const stranger = require('./' + process.argv[2] + '.js');
const dir = process.argv[3];
const pem = (name) => fs.readFileSync(path.join(dir, name), 'utf8');
const CHAIN = ['leaf.pem', 'inter.pem', 'root.pem'].map(pem).join(''), KEY = pem('leaf.key');
const CA = { cert: pem('root.pem'), key: pem('root.key') };
const FACTORY = 'admin', ADMIN = 'Adm1n-Peer!42', MEBX = 'M3bx-Peer!42', USER = 'H3lp-Peer!42', RFB = 'Rfb!P4ss';
const REMOTE = 'Intel(r) AMT 802.3 TLS Settings', COLLECTION = 'TLSProtocolEndpoint Instances Collection';
const SETUP = 'AMT_SetupAndConfigurationService', KEYS = 'AMT_PublicKeyManagementService', ACL = 'AMT_AuthorizationService';
const PID = 'HLLQ045Q', PPS = 'B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5';

// What a run of the engine says to a device: src/amt/device_wsman*.c.
const RUN = ['Get AMT_GeneralSettings', 'Put AMT_GeneralSettings', 'Get ' + SETUP, 'Pull CIM_SoftwareIdentity', SETUP + '.GetUuid', 'Get CIM_Chassis',
	'Pull AMT_EthernetPortSettings', SETUP + '.ExtendProvisioningPeriod', 'AMT_TimeSynchronizationService.GetLowAccuracyTimeSynch',
	'AMT_TimeSynchronizationService.SetHighAccuracyTimeSynch', 'Pull AMT_PublicKeyCertificate', 'Pull AMT_PublicPrivateKeyPair',
	'Delete AMT_PublicKeyCertificate', 'Delete AMT_PublicPrivateKeyPair', KEYS + '.GenerateKeyPair', KEYS + '.AddKey', KEYS + '.AddCertificate',
	'Pull AMT_TLSCredentialContext', 'Pull AMT_TLSProtocolEndpointCollection', 'Create AMT_TLSCredentialContext', 'Put AMT_TLSCredentialContext',
	'Get AMT_TLSSettingData', 'Put AMT_TLSSettingData', 'Get AMT_WebUIService', 'AMT_WebUIService.RequestStateChange', 'Get AMT_RedirectionService',
	'AMT_RedirectionService.RequestStateChange', 'Put AMT_RedirectionService', 'Get CIM_KVMRedirectionSAP', 'CIM_KVMRedirectionSAP.RequestStateChange',
	ACL + '.EnumerateUserAclEntries', ACL + '.GetUserAclEntryEx', ACL + '.RemoveUserAclEntry', ACL + '.AddUserAclEntryEx', 'Pull AMT_SystemPowerScheme',
	'Pull CIM_ElementSettingData', 'AMT_SystemPowerScheme.SetPowerScheme', SETUP + '.SetMEBxPassword', ACL + '.SetAdminAclEntryEx', SETUP + '.CommitChanges'];

const md5 = (text, as) => crypto.createHash('md5').update(text).digest(as);
const hash = (user, realm, password) => md5(user + ':' + realm + ':' + password, 'base64');
const many = (v) => (v === undefined ? [] : [].concat(v));
const skipped = new Set(); // messages the stranger has no builder for

// One device under the hands of a stranger.
function session(d) {
	const [major, minor] = d.release.split('.').map(Number);
	const what = stranger.name + ', AMT ' + d.release + ': ';
	let peer = stranger.open({ address: d.address, password: FACTORY, cert: CHAIN, key: KEY });

	const can = (cls, method) => {
		if (peer.has(cls, method))
			return true;
		skipped.add(cls + (method === undefined ? '' : '.' + method));
		return false;
	};
	// Of what is right only the number is told, part by part; what is wrong has a line of its own.
	const count = { messages: 0, values: 0, wrong: 0 };
	const took = (right, fact, more) => {
		count.messages++;
		count.wrong += right ? 0 : 1;
		return right || ok(false, what + fact, more);
	};
	const good = (a) => a.http === 200 && (a.body === null || a.body === undefined || a.body.ReturnValue === undefined || a.body.ReturnValue === 0);
	const said = (a) => JSON.stringify(a, null, 1);
	const s = {
		d,
		is(got, want, fact) {
			count.values++;
			count.wrong += isDeepStrictEqual(got, want) ? 0 : 1;
			return isDeepStrictEqual(got, want) || is(got, want, what + fact);
		},
		took,
		async part(title, work) {
			count.messages = count.values = count.wrong = 0;
			const result = await work(s);

			if (count.messages + count.values > 0)
				ok(count.wrong === 0, what + title + ': ' + count.messages + ' messages, ' + count.values + ' values');
			return result;
		},
		since: (ma, mi = 0) => major > ma || (major === ma && minor >= mi),
		async get(cls) {
			if (!can(cls))
				return undefined;
			const a = await peer.get(cls);

			took(good(a) && a.body, 'Get ' + cls, said(a));
			return a.body || {};
		},
		async pick(cls, id) {
			if (stranger.lacks.includes('Get ' + cls))
				return undefined;
			const a = await peer.pick(cls, id);

			took(good(a) && a.body, 'Get ' + cls + ' ' + id, said(a));
			return a.body || {};
		},
		async list(cls) {
			if (!can(cls))
				return undefined;
			const a = await peer.list(cls);

			took(good(a) && Array.isArray(a.body), 'Enumerate and Pull ' + cls, said(a));
			return a.body || [];
		},
		async put(cls, object, select) {
			const a = await peer.put(cls, object, select);

			took(good(a), 'Put ' + cls + (object.InstanceID && select ? ' ' + object.InstanceID : ''), said(a));
		},
		async del(cls, id) {
			took(good(await peer.del(cls, id)), 'Delete ' + cls);
		},
		async call(cls, method, args = {}) {
			if (!can(cls, method))
				return undefined;
			const a = await peer.call(cls, method, args), wrong = (stranger.wrong || {})[cls + '.' + method];

			if (wrong !== undefined)
				ok(a.http === 400, what + cls + '.' + method + ' is refused: ' + wrong, said(a));
			else
				took(good(a) && a.body && a.body.ReturnValue === 0, cls + '.' + method, said(a));
			return a.body || {};
		},
		// A class or method that this release does not have, or a request the documents refuse.
		async refused(why, ask, http, status) {
			const a = await ask(peer);

			ok(a.http === http && (status === undefined || (a.body && a.body.ReturnValue === status)), what + why, said(a));
		},
		can,
		bind: (id) => peer.bind(id),
		id: (reference) => peer.id(reference),
		rebind: (context, id) => peer.rebind(context, id),
		again(password) {
			peer.close();
			peer = stranger.open({ address: d.address, password });
		},
		close: () => peer.close(),
	};
	return s;
}

async function facts(s) {
	const general = await s.get('AMT_GeneralSettings'), setup = await s.get(SETUP);
	const software = await s.list('CIM_SoftwareIdentity'), ports = await s.list('AMT_EthernetPortSettings');
	const uuid = await s.call(SETUP, 'GetUuid'), box = await s.get('CIM_ComputerSystemPackage');
	const raw = Buffer.from(String(uuid.UUID), 'base64').toString('hex');

	s.is(general.DigestRealm, s.d.realm, 'the realm is read');
	s.is(setup.ProvisioningState, 1, 'so is the state');
	s.is(software.filter((i) => i.InstanceID === 'AMT').map((i) => i.VersionString), [s.d.release], 'and the release');
	s.took(/^([0-9a-f]{2}-){5}[0-9a-f]{2}$/.test(ports[0].MACAddress), 'and the MAC address', ports[0].MACAddress);
	s.is([raw.match(/../g).slice(0, 4).reverse().join(''), raw.slice(20)], [s.d.uuid.slice(0, 8), s.d.uuid.slice(24)], 'and the UUID');
	s.is(String(box.PlatformGUID).toLowerCase(), raw, 'the package has the same UUID');
	s.is((await s.list('CIM_SystemPackaging')).map((p) => p.PlatformGUID), [box.PlatformGUID], 'also as a kind of packaging');
	await s.get('CIM_Chassis');
	await s.get('AMT_BootCapabilities');
	if (s.since(6, 1)) {
		const host = await s.get('IPS_HostBasedSetupService');

		if (host !== undefined)
			s.is([host.CurrentControlMode, many(host.AllowedControlModes)], [0, [2, 1]], 'control modes');
	} else {
		await s.refused('no IPS_HostBasedSetupService before 6.1', (p) => p.get('IPS_HostBasedSetupService'), 400);
	}
	const roots = await s.list('AMT_ProvisioningCertificateHash');
	if (roots !== undefined)
		s.is(roots.length, s.d.roots.length, 'the trusted hashes are read');
	await s.call(SETUP, 'ExtendProvisioningPeriod', { Duration: 6 });
}

async function clock(s) {
	const low = await s.call('AMT_TimeSynchronizationService', 'GetLowAccuracyTimeSynch');
	const now = Math.round(Date.now() / 1000);

	await s.call('AMT_TimeSynchronizationService', 'SetHighAccuracyTimeSynch', { Ta0: low.Ta0, Tm1: now, Tm2: now });
}

async function names(s) {
	const general = await s.get('AMT_GeneralSettings');

	Object.assign(general, { HostName: 'pc-peer', DomainName: 'corp.example', PingResponseEnabled: false, IdleWakeTimeout: 7 });
	if (general.RmcpPingResponseEnabled !== undefined)
		general.RmcpPingResponseEnabled = false;
	await s.put('AMT_GeneralSettings', general);
}

async function network(s) {
	const wired = (await s.list('AMT_EthernetPortSettings')).find((p) => / 0$/.test(p.InstanceID));

	for (const derived of ['DefaultGateway', 'IPAddress', 'PrimaryDNS', 'SecondaryDNS', 'SubnetMask'])
		delete wired[derived];
	wired.LinkPolicy = [1, 14, 16];
	await s.put('AMT_EthernetPortSettings', wired, true);
	const detection = await s.get('AMT_EnvironmentDetectionSettingData');
	detection.DetectionStrings = ['corp.example', 'lab.example'];
	await s.put('AMT_EnvironmentDetectionSettingData', detection, true);
	await s.get('AMT_KerberosSettingData');
	await s.call('AMT_KerberosSettingData', 'GetCredentialCacheState');
	await s.call('AMT_KerberosSettingData', 'SetCredentialCacheState', { Enable: true });
	if (!s.since(8)) {
		await s.refused('no IPS_IEEE8021xSettings before 8.0', (p) => p.get('IPS_IEEE8021xSettings'), 400);
		return;
	}
	const port = await s.get('IPS_IEEE8021xSettings');
	port.Enabled = 2;
	port.AuthenticationProtocol = 2;
	port.Username = 'pc-peer';
	port.Password = USER;
	await s.put('IPS_IEEE8021xSettings', port);
}

// A key of the device's making where it makes keys, else one of ours; its public half.
async function newKey(s) {
	if (s.since(7)) {
		const made = await s.call(KEYS, 'GenerateKeyPair', { KeyAlgorithm: 0, KeyLength: 2048 });
		const id = s.id(made.KeyPair);

		return { id, shown: (await s.list('AMT_PublicPrivateKeyPair')).find((k) => k.InstanceID === id).DERKey };
	}
	const own = certificate.key();
	await s.call(KEYS, 'AddKey', { KeyBlob: own.blob });
	const shown = (await s.list('AMT_PublicPrivateKeyPair')).find((k) => k.DERKey === own.shown);
	s.took(shown, 'the key is shown as it was sent');
	return { id: shown.InstanceID, shown: own.shown };
}

async function certificates(s) {
	const spare = await newKey(s);
	const root = await s.call(KEYS, 'AddTrustedRootCertificate', { CertificateBlob: certificate.fromPem(CA.cert) });

	await s.del('AMT_PublicPrivateKeyPair', spare.id);
	await s.del('AMT_PublicKeyCertificate', s.id(root.CreatedCertificate));
	const used = await newKey(s);
	const blob = certificate.issue(used.shown, 'pc-peer.corp.example', CA);
	const added = await s.call(KEYS, 'AddCertificate', { CertificateBlob: blob });
	const id = s.id(added.CreatedCertificate);
	const stored = await s.list('AMT_PublicKeyCertificate');

	s.is(stored.map((c) => [c.InstanceID, c.X509Certificate, c.TrustedRootCertficate]), [[id, blob, false]], 'the certificate is shown as it was sent');
	await s.refused('the same certificate twice is a duplicate (2058)', (p) => p.call(KEYS, 'AddCertificate', { CertificateBlob: blob }), 200, 2058);
	return { id, blob };
}

async function tls(s, id) {
	s.is((await s.list('AMT_TLSCredentialContext')).length, 0, 'no certificate is bound');
	const ends = await s.list('AMT_TLSProtocolEndpointCollection');
	if (ends !== undefined)
		s.is(ends.map((e) => e.ElementName), [COLLECTION], 'where certificates are bound');
	const made = await s.bind(id);
	s.took(made.http === 200, 'Create AMT_TLSCredentialContext', JSON.stringify(made));
	await s.refused('a second AMT_TLSCredentialContext is refused', (p) => p.bind(id), 400);
	const [context] = await s.list('AMT_TLSCredentialContext');
	s.is(s.id(context.ElementInContext), id, 'the certificate is bound');
	if (s.rebind(context, id) !== false)
		await s.put('AMT_TLSCredentialContext', context);
	for (const side of await s.list('AMT_TLSSettingData')) {
		side.Enabled = true;
		side.MutualAuthentication = false;
		if (side.InstanceID === REMOTE)
			side.AcceptNonSecureConnections = false;
		delete side.TrustedCN;
		delete side.NonSecureConnectionsSupported;
		await s.put('AMT_TLSSettingData', side, true);
	}
}

async function interfaces(s) {
	await s.get('AMT_WebUIService');
	await s.call('AMT_WebUIService', 'RequestStateChange', { RequestedState: 3 });
	const redirection = await s.get('AMT_RedirectionService');
	await s.call('AMT_RedirectionService', 'RequestStateChange', { RequestedState: 32771 });
	Object.assign(redirection, { EnabledState: 32771, ListenerEnabled: true });
	await s.put('AMT_RedirectionService', redirection);
	if (s.since(6)) {
		await s.get('CIM_KVMRedirectionSAP');
		await s.call('CIM_KVMRedirectionSAP', 'RequestStateChange', { RequestedState: 2 });
		const kvm = await s.get('IPS_KVMRedirectionSettingData');
		Object.assign(kvm, { Is5900PortEnabled: true, OptInPolicy: false, RFBPassword: RFB });
		await s.put('IPS_KVMRedirectionSettingData', kvm);
	} else {
		await s.refused('no KVM before 6.0', (p) => p.get('CIM_KVMRedirectionSAP'), 400);
	}
	if (s.since(7)) {
		const consent = await s.get('IPS_OptInService');
		consent.OptInRequired = 1;
		await s.put('IPS_OptInService', consent);
	} else {
		await s.refused('no IPS_OptInService before 7.0', (p) => p.get('IPS_OptInService'), 400);
	}
}

async function users(s) {
	const entry = (user, realms, access) => ({ DigestUsername: user, DigestPassword: hash(user, s.d.realm, USER), KerberosUserSid: null,
		AccessPermission: access, Realms: realms });
	const one = await s.call(ACL, 'AddUserAclEntryEx', entry('helpdesk', [2, 5, 13], 1));
	const two = await s.call(ACL, 'AddUserAclEntryEx', entry('gone', [4], 2));
	const all = await s.call(ACL, 'EnumerateUserAclEntries', { StartIndex: 1 });

	s.is([all.TotalCount, many(all.Handles)], [2, [one.Handle, two.Handle]], 'both entries are listed');
	const got = await s.call(ACL, 'GetUserAclEntryEx', { Handle: one.Handle });
	s.is([got.DigestUsername, got.AccessPermission, many(got.Realms)], ['helpdesk', 1, [2, 5, 13]], 'an entry is read');
	await s.call(ACL, 'RemoveUserAclEntry', { Handle: two.Handle });
	await s.call(ACL, 'UpdateUserAclEntryEx', { Handle: one.Handle, ...entry('helpdesk', [2, 13], 2) });
	await s.call(ACL, 'SetAclEnabledState', { Handle: one.Handle, Enabled: false });
	s.is((await s.call(ACL, 'GetAclEnabledState', { Handle: one.Handle })).Enabled, false, 'an entry is disabled');
	s.is((await s.call(ACL, 'GetAdminAclEntry')).Username, 'admin', 'the admin is called admin');
	s.is((await s.call(ACL, 'GetAdminNetAclEntryStatus')).IsDefault, true, 'with the password of the factory');
	await s.call(ACL, 'GetAdminAclEntryStatus');
}

async function power(s) {
	const schemes = await s.list('AMT_SystemPowerScheme');

	s.is((await s.list('CIM_ServiceAvailableToElement')).map((a) => a.PowerState), [2], 'the device is on');
	if (schemes !== undefined)
		await s.call('AMT_SystemPowerScheme', 'SetPowerScheme', { InstanceID: schemes[1].InstanceID });
	const current = (await s.list('CIM_ElementSettingData') || []).find((e) => e.IsCurrent === 1 &&
		/AMT_SystemPowerScheme$/.test(e.SettingData.ReferenceParameters.ResourceURI));
	if (current !== undefined)
		s.is(many(current.SettingData.ReferenceParameters.SelectorSet.Selector).map((x) => x.Value)[0], schemes[1].InstanceID, 'the power package is read back');
	return schemes === undefined ? undefined : schemes[1].SchemeGUID;
}

async function passwords(s) {
	await s.refused('a MEBx password that is too weak is refused (2054)', (p) => p.call(SETUP, 'SetMEBxPassword', { Password: 'weak' }), 200, 2054);
	await s.call(SETUP, 'SetMEBxPassword', { Password: MEBX });
	await s.refused('an admin password in hex, not base64 of 16 bytes, is refused (2054)', (p) => p.call(ACL, 'SetAdminAclEntryEx',
		{ Username: 'admin', DigestPassword: md5('admin:' + s.d.realm + ':' + ADMIN, 'hex') }), 200, 2054);
	await s.call(ACL, 'SetAdminAclEntryEx', { Username: 'admin', DigestPassword: hash('admin', s.d.realm, ADMIN) });
	if (!s.since(11))
		await s.call(SETUP, 'SetTLSPSK', { PID, PPS });
}

async function commit(s) {
	await s.call(SETUP, 'CommitChanges');
	s.took(await sim.until(20, async () => (await sim.dump(s.d.uuid)).provisioning_state === 2), 'the commit takes effect');
}

function holds(d, s, cert, scheme) {
	const served = d.certificates.find((c) => c.handle === d.tls.bound_cert) || {};
	const digest = (raw, kind) => crypto.createHash(kind).update(raw).digest('hex');

	s.is([d.provisioning_state, d.commits, d.clock_set], [2, 1, true], 'the device is configured, its clock set');
	s.is([d.host, d.domain, d.interfaces.ping, d.settings['AMT_GeneralSettings.IdleWakeTimeout']], ['pc-peer', 'corp.example', false, '7'], 'it holds the names and settings');
	s.is(d.interfaces.rmcp_ping, !s.since(6), 'it holds the RMCP ping');
	s.is([d.admin_ha1, d.mebx_password], [md5('admin:' + d.realm + ':' + ADMIN, 'hex'), MEBX], 'it holds the passwords');
	s.is([served.sha256, served.has_key, d.certificates.length, d.keys.length], [digest(Buffer.from(cert.blob, 'base64'), 'sha256'), true, 1, 1], 'it holds the certificate with its key, and no other');
	s.is([d.tls.live_enabled, d.tls.live_plain, d.tls.mutual, d.tls.local_enabled], [true, false, false, true], 'it serves TLS only');
	s.is(d.acl.map((a) => [a.name, a.ha1, a.access, a.realms, a.enabled]), [['helpdesk', md5('helpdesk:' + d.realm + ':' + USER, 'hex'), 2, [2, 13], false]], 'it holds the ACL');
	s.is([d.interfaces.sol, d.interfaces.ider, d.interfaces.listener, d.interfaces.kvm], [true, true, true, s.since(6)], 'it holds the interfaces');
	s.is(d.interfaces.opt_in_required, s.since(7) ? '1' : null, 'it holds the user consent');
	s.is(d.settings['AMT_EnvironmentDetectionSettingData.DetectionStrings'], 'corp.example\nlab.example', 'it holds the home domains');
	s.is(d.settings['AMT_EthernetPortSettings.LinkPolicy'], '1\n14\n16', 'it holds the link policy');
	if (s.since(8))
		s.is([d.settings['IPS_IEEE8021xSettings.Enabled'], d.settings['IPS_IEEE8021xSettings.Username']], ['2', 'pc-peer'], 'it holds 802.1x');
	if (scheme !== undefined)
		s.is(d.power_scheme, scheme, 'it holds the power package');
	if (s.can('AMT_WebUIService'))
		s.is(d.interfaces.webui, false, 'it holds the Web UI');
	if (!s.since(11) && s.can(SETUP, 'SetTLSPSK'))
		s.is([d.pid, d.pps], [PID, PPS], 'it holds the PSK');
}

// As a console comes back: with the new password, over the new TLS.
async function look(s, cert) {
	s.again(ADMIN);
	s.is((await s.get(SETUP)).ProvisioningState, 2, 'a console reads that it is configured');
	s.is((await s.get('AMT_GeneralSettings')).HostName, 'pc-peer', 'and the name');
	const remote = await s.pick('AMT_TLSSettingData', REMOTE) || (await s.list('AMT_TLSSettingData')).find((t) => t.InstanceID === REMOTE);
	s.is([remote.Enabled, remote.AcceptNonSecureConnections], [true, false], 'and TLS');
	s.is((await s.list('AMT_TLSCredentialContext')).map((c) => s.id(c.ElementInContext)), [cert.id], 'and the certificate');
	if (s.since(6, 1)) {
		const record = await s.list('IPS_ProvisioningAuditRecord');

		if (record !== undefined)
			s.is(record.map((r) => r.ProvServerFQDN), ['provision.corp.example'], 'and who set it up');
	}
}

async function back(s) {
	if (s.can(SETUP, 'PartialUnprovision')) {
		await s.call(SETUP, 'PartialUnprovision');
		s.took(await sim.until(20, async () => (await sim.dump(s.d.uuid)).provisioning_state === 1), 'it is in setup mode again');
	} else {
		await s.call(SETUP, 'Unprovision', { ProvisioningMode: 1 });
		s.took(await sim.until(20, async () => (await sim.dump(s.d.uuid)).counters.unprovisions === 1), 'it is as from the factory again');
	}
}

async function device(d) {
	const s = session(d);

	try {
		await s.part('facts', facts);
		await s.part('clock', clock);
		await s.part('names', names);
		await s.part('network', network);
		const cert = await s.part('certificates', certificates);
		await s.part('TLS', () => tls(s, cert.id));
		await s.part('interfaces', interfaces);
		await s.part('users', users);
		const scheme = await s.part('power', power);
		await s.part('passwords', passwords);
		await s.part('commit', commit);
		await s.part('what the device then holds', async () => holds(await sim.dump(d.uuid), s, cert, scheme));
		await s.part('as a console reads it', () => look(s, cert));
		await s.part('unprovision', back);
	} catch (e) {
		s.took(false, 'ran to its end', e.stack);
	} finally {
		s.close();
	}
}

run(async () => {
	const fleet = await sim.control('dump'), taken = new Set();

	await Promise.all(fleet.map(device));
	for (const d of fleet)
		for (const l of await sim.control('log ' + d.uuid))
			if (l.status === 0)
				taken.add(l.method === null ? l.op + ' ' + l.class : l.class + '.' + l.method);
	is(RUN.filter((m) => !taken.has(m)), stranger.lacks, stranger.name + ': of the messages of a run, these are not tried');
	note(stranger.name + ' builds no message for: ' + ([...skipped].join(', ') || 'nothing that was tried'));
});
