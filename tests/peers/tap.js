// SPDX-License-Identifier: Apache-2.0
// tap: lines "ok - FACT" and "not ok - FACT"; tests/peers.sh counts and numbers them.
'use strict';
const { isDeepStrictEqual, inspect } = require('util');

let failed = 0;

const say = (text) => process.stdout.write(text + '\n');

function ok(good, fact, more) {
	if (!good)
		failed++;
	say((good ? 'ok' : 'not ok') + ' - ' + fact);
	if (!good && more !== undefined)
		say(String(more).slice(0, 2000).replace(/^/gm, '# '));
	return good;
}

function is(got, want, fact) {
	return ok(isDeepStrictEqual(got, want), fact, 'got:  ' + inspect(got) + '\nwant: ' + inspect(want));
}

function note(text) {
	say(String(text).replace(/^/gm, '# '));
}

// run MAIN: the process ends with it, whatever timers a stranger left behind.
function run(main) {
	main().catch((e) => ok(false, 'ran to its end', e && e.stack)).finally(() => {
		process.exitCode = failed === 0 ? 0 : 1;
		process.stdout.write('', () => process.exit());
	});
}

module.exports = { ok, is, note, run };
