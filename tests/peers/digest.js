// SPDX-License-Identifier: Apache-2.0
// digest: WS-Management messages over HTTPS with HTTP digest, by the client of Node.
'use strict';
const crypto = require('crypto');
const https = require('https');
const { sleep } = require('./sim.js');

const { constants } = crypto;

const md5 = (text) => crypto.createHash('md5').update(text).digest('hex');

function challenge(header) {
	const get = (name) => (new RegExp('\\b' + name + '="([^"]*)"').exec(header) || [])[1];

	return { realm: get('realm'), nonce: get('nonce'), qop: /auth-int/.test(get('qop')) && !/auth\b(?!-)/.test(get('qop')) ? 'auth-int' : 'auth', count: 0 };
}

// connection: send(BODY) gives { status, text }; logs in when asked to, once for each message.
function connection({ address, password, cert, key }) {
	const agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false, cert, key,
		minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0', secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT });
	let login = null;

	function authorization(body) {
		const nc = (++login.count).toString(16).padStart(8, '0'), cnonce = crypto.randomBytes(8).toString('hex');
		const a2 = md5('POST:/wsman' + (login.qop === 'auth-int' ? ':' + md5(body) : ''));
		const response = md5([md5('admin:' + login.realm + ':' + password), login.nonce, nc, cnonce, login.qop, a2].join(':'));

		return 'Digest username="admin", realm="' + login.realm + '", nonce="' + login.nonce + '", uri="/wsman", qop="' + login.qop +
			'", nc="' + nc + '", cnonce="' + cnonce + '", response="' + response + '"';
	}

	function once(body) {
		return new Promise((resolve, reject) => {
			const headers = { 'Content-Type': 'application/soap+xml; charset=utf-8', 'Content-Length': Buffer.byteLength(body) };

			if (login !== null)
				headers.Authorization = authorization(body);
			const req = https.request({ host: address, port: 16993, path: '/wsman', method: 'POST', agent, headers }, (res) => {
				const parts = [];

				res.on('data', (part) => parts.push(part));
				res.on('error', reject);
				res.on('end', () => resolve({ status: res.statusCode, text: Buffer.concat(parts).toString(), asked: res.headers['www-authenticate'] }));
			});
			req.setTimeout(30000, () => req.destroy(new Error('no answer')));
			req.on('error', reject);
			req.end(body);
		});
	}

	// The ports of a device are closed for a moment after a commit.
	async function patient(body) {
		for (let left = 20; ; left--) {
			try {
				return await once(body);
			} catch (e) {
				if (e.code !== 'ECONNREFUSED' || left === 0)
					throw e;
				await sleep(250);
			}
		}
	}

	async function send(body) {
		let answer = await patient(body);

		if (answer.status === 401) {
			login = challenge(answer.asked);
			answer = await patient(body);
		}
		return answer;
	}
	return { send, close: () => agent.destroy() };
}

module.exports = { connection };
