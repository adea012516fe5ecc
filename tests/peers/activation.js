// SPDX-License-Identifier: Apache-2.0
// activation: muster-sim says hello to MeshCentral's own provisioning server, which sets the device up
// and hands it to its manager, which configures it. No message here is ours.
//
//   activation.js DIR PORT FQDN    DIR: setup certificate; hellos come to PORT of loopback
'use strict';
const crypto = require('crypto');
const { ok, is, note, run } = require('./tap.js');
const sim = require('./sim.js');
const { server } = require('./server.js');

const [dir, port, fqdn] = process.argv.slice(2);
const ADMIN = 'Adm1n-Mesh!42', MEBX = 'M3bx-Mesh!42', FACTORY = 'admin';
const DONE = 'Done.', STOPPED = /^(Failed|Unable|Could not|Remove device)/, COMMITTED = /^Intel AMT ACM activation completed/;

const md5 = (text) => crypto.createHash('md5').update(text).digest('hex');
const said = new Map(); // address: lines

function keep(device, text) {
	if (!said.has(device))
		said.set(device, []);
	said.get(device).push(text);
}

function configured(d, row, lines) {
	const what = 'MeshCentral, AMT ' + d.release + ': ';
	const amt = row === undefined ? {} : row.intelamt;
	const served = d.certificates.find((c) => c.handle === d.tls.bound_cert) || {};

	ok(lines.includes(DONE), what + 'activation and configuration run to their end', lines.join('\n'));
	is([d.provisioning_state, d.commits], [2, 1], what + 'committed once, configured');
	is([d.admin_user, d.admin_ha1], ['admin', md5('admin:' + d.realm + ':' + ADMIN)], what + 'the admin password is the one it set');
	is(d.mebx_password, MEBX, what + 'the MEBx password');
	is([d.record.cn, d.record.server], [fqdn, '127.0.0.1'], what + 'who set it up is on record');
	is([d.tls.enabled, d.tls.live_enabled, d.tls.accept_plain, d.tls.mutual], [true, true, true, false], what + 'TLS with a certificate, plain ports open');
	ok(/CN=IntelAMT-/.test(served.subject), what + 'the certificate is for the key the device made', served.subject);
	ok(served.has_key === true, what + 'and its key is in the device');
	is([d.interfaces.sol, d.interfaces.ider, d.interfaces.listener, d.interfaces.kvm], [true, true, true, true], what + 'redirection and KVM on');
	is(d.interfaces.opt_in_required, d.interfaces.opt_in_required === null ? null : '0', what + 'no user consent');
	is([amt.ver, amt.realm, amt.state, amt.tls, amt.flags], [d.release, d.realm, 2, 1, 4], what + 'what MeshCentral read: version, realm, state, TLS, admin control mode');
}

// What the documents refuse, and how far such a run comes: see README.md.
function refused(d, lines, why, sign, mebx, password) {
	const what = 'MeshCentral, AMT ' + d.release + (d.host === null || d.host === '' ? ' without a host name: ' : ': ');

	ok(lines.some((l) => sign.test(l)), what + why, lines.join('\n'));
	is([d.provisioning_state, d.commits], [1, 0], what + 'so nothing is committed');
	is([d.mebx_password, d.admin_ha1], [mebx, md5('admin:' + d.realm + ':' + password)], what + 'what came before was taken');
}

async function judge(d, row, lines) {
	const log = await sim.control('log ' + d.uuid);
	const major = Number.parseInt(d.release, 10);

	if (major < 11)
		refused(d, lines, 'it knows no password to log in with', /^Failed TLS connection, status=401/, FACTORY, FACTORY);
	else if (major >= 16)
		refused(d, lines, 'its TLS settings are refused', /^Failed setup TLS \(400\)/, MEBX, ADMIN);
	else if (!d.host)
		refused(d, ['CommitChanges: ' + log.filter((l) => l.method === 'CommitChanges').map((l) => l.status)],
			'its commit is refused (2057)', /: 2057$/, MEBX, ADMIN);
	else
		configured(d, row, lines);
}

run(async () => {
	const { parent, group, errors } = server(dir, fqdn, ADMIN, keep);
	const start = require('meshcentral/amtprovisioningserver.js').CreateAmtProvisioningServer;
	const rowOf = (d) => [...parent.db.rows.values()].find((r) => r.type === 'node' && r.host === d.address);
	const lines = (d) => [...new Set([d.address, rowOf(d) && rowOf(d).name])].flatMap((k) => said.get(k) || []);
	// Its run on a device that refuses the commit goes on without noticing, until it cannot log in.
	const ended = (d) => lines(d).some((l) => l === DONE || STOPPED.test(l) || (!d.host && COMMITTED.test(l)));

	is(errors, [], 'MeshCentral loads the setup certificate');
	start(parent, { devicegroup: group, newmebxpassword: MEBX, trustedfqdn: fqdn, port: Number(port) });
	await sim.sleep(200);
	await sim.control('hello *');
	for (const d of await sim.control('dump'))
		await sim.until(60, () => ended(d));
	for (const d of await sim.control('dump'))
		await judge(d, rowOf(d), lines(d));
	if (process.env.E2E_KEEP)
		for (const [who, text] of said)
			note(who + ':\n  ' + text.join('\n  '));
});
