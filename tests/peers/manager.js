// SPDX-License-Identifier: Apache-2.0
// manager: MeshCentral's manager takes over devices that are configured without TLS, as its user finds
// them, and configures them: key, certificate, TLS, commit, redirection, KVM, user consent.
//
//   manager.js DIR FQDN    DIR: setup certificate
'use strict';
const crypto = require('crypto');
const { ok, is, note, run } = require('./tap.js');
const sim = require('./sim.js');
const { server } = require('./server.js');
const mesh = require('./mesh.js');
const fs = require('fs');
const path = require('path');

const [dir, fqdn] = process.argv.slice(2);
const ADMIN = 'Adm1n-Found!42', SETUP = 'AMT_SetupAndConfigurationService';
const DONE = 'Done.', STOPPED = /^(Failed|Unable|Remove device)/;
const pem = (name) => fs.readFileSync(path.join(dir, name), 'utf8');
const said = new Map(); // device: lines

function keep(device, text) {
	said.set(device, (said.get(device) || []).concat(text));
}

// A name, a clock, an admin password, no TLS.
async function configured(d) {
	const peer = mesh.open({ address: d.address, password: 'admin', cert: ['leaf.pem', 'inter.pem', 'root.pem'].map(pem).join(''), key: pem('leaf.key') });
	const general = (await peer.get('AMT_GeneralSettings')).body, now = Math.round(Date.now() / 1000);
	const hash = crypto.createHash('md5').update('admin:' + d.realm + ':' + ADMIN).digest('base64');

	general.HostName = 'pc-found';
	await peer.put('AMT_GeneralSettings', general);
	await peer.call('AMT_TimeSynchronizationService', 'SetHighAccuracyTimeSynch', { Ta0: now, Tm1: now, Tm2: now });
	await peer.call('AMT_AuthorizationService', 'SetAdminAclEntryEx', { Username: 'admin', DigestPassword: hash });
	await peer.call(SETUP, 'CommitChanges', {});
	peer.close();
	return sim.until(20, async () => (await sim.dump(d.uuid)).provisioning_state === 2);
}

run(async () => {
	const { parent, group } = server(dir, fqdn, ADMIN, keep);
	const fleet = await sim.control('dump');
	const lines = (d) => said.get(d.uuid) || [];

	for (const found of await Promise.all(fleet.map(configured)))
		ok(found, 'a device is configured without TLS');
	await sim.sleep(500); // its ports are closed for a moment
	for (const d of fleet) {
		const id = 'node//' + d.uuid;

		parent.db.Set({ type: 'node', _id: id, meshid: group, name: d.uuid, host: d.address, domain: '', intelamt: { user: 'admin', pass: ADMIN, state: 2, tls: 0 } });
		parent.amtManager.startAmtManagement(id, 3, d.address);
	}
	for (const d of fleet)
		await sim.until(60, () => lines(d).some((l) => l === DONE || STOPPED.test(l)));
	for (const d of await sim.control('dump')) {
		const what = 'MeshCentral takes over AMT ' + d.release + ': ';
		const served = d.certificates.find((c) => c.handle === d.tls.bound_cert) || {};

		ok(lines(d).includes(DONE), what + 'it comes to its end', lines(d).join('\n'));
		is([d.provisioning_state, d.commits, served.has_key], [2, 2, true], what + 'a certificate for a key of the device, and a commit');
		is([d.tls.live_enabled, d.tls.live_plain, d.tls.local_enabled, d.tls.mutual], [true, true, true, false], what + 'TLS beside plain ports');
		is([d.interfaces.sol, d.interfaces.ider, d.interfaces.kvm, d.interfaces.opt_in_required], [true, true, true, '0'], what + 'redirection, KVM, no consent');
	}
	if (process.env.E2E_KEEP)
		for (const [who, text] of said)
			note(who + ':\n  ' + text.join('\n  '));
});
