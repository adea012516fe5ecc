// SPDX-License-Identifier: Apache-2.0
// certificate: what a management console makes for a device's key, with node-forge as both do it.
'use strict';
const crypto = require('crypto');
const forge = require('node-forge');

// From PKCS#1 in base64, the form of DERKey, to a node-forge key. A SubjectPublicKeyInfo is taken too.
function publicKey(base64) {
	return forge.pki.publicKeyFromAsn1(forge.asn1.fromDer(forge.util.decode64(base64)));
}

const der = (cert) => forge.util.encode64(forge.asn1.toDer(forge.pki.certificateToAsn1(cert)).getBytes());

// issue: a certificate in base64 for a public key in base64. ca: { cert, key } in PEM.
function issue(base64, name, ca) {
	const cert = forge.pki.createCertificate();

	cert.publicKey = publicKey(base64);
	cert.serialNumber = '01' + crypto.randomBytes(8).toString('hex');
	cert.validity.notBefore = new Date(Date.now() - 86400000);
	cert.validity.notAfter = new Date(Date.now() + 365 * 86400000);
	cert.setSubject([{ name: 'commonName', value: name }]);
	cert.setIssuer(forge.pki.certificateFromPem(ca.cert).subject.attributes);
	cert.setExtensions([{ name: 'extKeyUsage', serverAuth: true }]);
	cert.sign(forge.pki.privateKeyFromPem(ca.key), forge.md.sha256.create());
	return der(cert);
}

// A key of our own: as KeyBlob, and its public half as DERKey shows it.
function key() {
	const pair = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });

	return {
		blob: pair.privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64'),
		shown: pair.publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64'),
	};
}

const fromPem = (pem) => pem.replace(/-----[^-]*-----|\s/g, '');

module.exports = { issue, key, fromPem };
