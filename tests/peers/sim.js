// SPDX-License-Identifier: Apache-2.0
// sim: the control socket of muster-sim; SIM_SOCKET says where it is.
'use strict';
const net = require('net');

// One command, its answer.
function control(command) {
	return new Promise((resolve, reject) => {
		let text = '';
		const s = net.connect(process.env.SIM_SOCKET, () => s.write(command + '\n'));

		s.setEncoding('utf8');
		s.on('error', reject);
		s.on('close', () => reject(new Error('muster-sim closed on "' + command + '"')));
		s.on('data', (part) => {
			text += part;
			if (!text.includes('\n'))
				return;
			s.destroy();
			resolve(JSON.parse(text));
		});
	});
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// until FACT holds, at most SECONDS; whether it came to hold.
async function until(seconds, fact) {
	for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100))
		if (await fact())
			return true;
	return false;
}

module.exports = { control, dump: (device) => control('dump ' + device), sleep, until };
