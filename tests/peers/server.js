// SPDX-License-Identifier: Apache-2.0
// server: what MeshCentral's AMT modules expect of the server they run in, as small as it gets, and
// the ways in which a test differs from a server: loopback only, no DNS, old TLS allowed, quiet.
'use strict';
const crypto = require('crypto');
const dns = require('dns');
const fs = require('fs');
const net = require('net');
const path = require('path');
const tls = require('tls');
const { format } = require('util');

console.log = console.error = (...text) => process.stdout.write(format(...text).replace(/^/gm, '# ') + '\n');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port) {
	return listen.call(this, { port, host: '127.0.0.1' });
};
dns.reverse = (address, done) => setImmediate(done, new Error('no name'), null);

// OpenSSL 3 speaks no TLS before 1.2 at its default level; operators change openssl.cnf for that.
const connect = tls.connect;
tls.connect = function (port, host, options, done) {
	return connect.call(tls, port, host, { ...options, ciphers: options.ciphers + ':@SECLEVEL=0' }, done);
};

// Its hex_md5 makes what it sends as DigestPassword, which is base64 of 16 bytes and not hex.
const base64 = {
	...crypto,
	createHash: (kind) => {
		const hash = crypto.createHash(kind);

		if (kind === 'md5')
			hash.digest = () => crypto.Hash.prototype.digest.call(hash, 'base64');
		return hash;
	},
};

// The rows of a server's database that the modules ask for.
function database() {
	const rows = new Map();

	return {
		Get: (id, done) => setImmediate(done, null, rows.has(id) ? [rows.get(id)] : []),
		GetHash: (id, done) => setImmediate(done, null, []),
		Set: (row) => rows.set(row._id, row),
		rows,
	};
}

/*
 * Returns a parent for CreateAmtManager and CreateAmtProvisioningServer.
 * dir       the folder of the setup certificate: root.pem, inter.pem, leaf.pem, leaf.key
 * fqdn      the name in the setup certificate
 * password  for the admin of every device
 * said      called with (device, text) for every line the modules would log
 */
function server(dir, fqdn, password, said) {
	const pem = (name) => fs.readFileSync(path.join(dir, name), 'utf8');
	const root = { cert: pem('root.pem'), key: pem('root.key') };
	const domain = { id: '', title: 'muster test', amtmanager: {},
		amtacmactivation: { certs: { own: { certfiles: ['leaf.pem', 'inter.pem', 'root.pem'], keyfile: 'leaf.key' } } } };
	const group = { _id: 'mesh//test', mtype: 1, name: 'test', domain: '', amt: { type: 3, password } };
	const parent = {
		crypto: base64, fs, path, datapath: dir,
		common: require('meshcentral/common.js'),
		config: { settings: {}, domains: { '': domain } },
		certificates: { root },
		webserver: { certificates: { root }, meshes: { [group._id]: group }, CreateMeshDispatchTargets: () => [], CloneSafeNode: (n) => n },
		mpsserver: { server: null },
		taskLimiter: { launch: (work, dev) => setImmediate(work, dev, 1, parent.taskLimiter), completed: () => undefined },
		db: database(),
		debug: (source, device, ...text) => said(device, text.join(' ')),
		AddEventDispatch: () => undefined, DispatchEvent: () => undefined,
		SetConnectivityState: () => undefined, GetConnectivityState: () => null,
	};

	parent.certificateOperations = require('meshcentral/certoperations.js').CertificateOperations(parent);
	parent.certificateOperations.loadIntelAmtAcmCerts(domain.amtacmactivation);
	// 1.1.55 turns the chain round before it gives it to TLS, which wants the leaf first.
	const chain = parent.certificateOperations.getAcmCertChain;
	parent.certificateOperations.getAcmCertChain = function (...of) {
		const c = chain.apply(this, of);

		return c.certs === undefined ? c : { ...c, certs: c.certs.reverse() };
	};
	parent.amtManager = require('meshcentral/amtmanager.js').CreateAmtManager(parent);
	return { parent, group: group._id, errors: domain.amtacmactivation.acmCertErrors };
}

module.exports = { server };
