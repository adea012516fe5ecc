// SPDX-License-Identifier: Apache-2.0
// setupbin: setup.bin files of MeshCentral (amt-setupbin, and what its server hands out) against those of musterctl:
// byte for byte, each read by the other, every format and variable. Where its decoder errs the protocol document
// stands, and the test says how it errs, so that a repaired one is noticed.
//
//   setupbin.js FOLDER    a work folder; musterctl is in the PATH
'use strict';
const fs = require('fs');
const path = require('path');
const { execFileSync, spawnSync } = require('child_process');
const { ok, is, run } = require('./tap.js');
const common = require('meshcentral/common.js');
const stack = require('meshcentral/amt/amt-setupbin.js')();

const work = process.argv[2];
const bin = (buffer) => buffer.toString('latin1'); // its files are strings of bytes
const raw = (text) => Buffer.from(text, 'latin1');
const file = (name) => path.join(work, name);

// Its web page has these as globals; its module does not bring them.
const guid = (hex) => hex.replace(/^(..)(..)(..)(..)(..)(..)(..)(..)(....)(.{12})$/, '$4$3$2$1-$6$5-$8$7-$9-$10');

const HASHES = ['sha1:0123456789abcdef0123456789abcdef01234567:one',
	'sha256:a9598a367b9f517818d807b234fbe803e1c6425b8c46f697b5aa1a17fdfd7a8b:muster CA',
	'sha384:' + '0123456789abcdef'.repeat(6) + ':three'];
const hash = (text) => {
	const [kind, hex, name] = text.split(':');

	return String.fromCharCode({ sha1: 1, sha256: 2, sha384: 3 }[kind]) + bin(Buffer.from(hex, 'hex')) + String.fromCharCode(name.length) + name;
};

// Name, module, variable, first format, as musterctl takes it, as MeshCentral holds it (default: the same).
const VALUES = [
	['current-password', 1, 1, 1, 'admin'],
	['new-password', 1, 2, 1, 'P@ssw0rd1'],
	['manageability', 1, 3, 1, 'amt', 1],
	['local-update', 1, 4, 2.1, 'password', 2],
	['update-qualifier', 1, 5, 2.1, 'never', 1],
	['pid', 2, 1, 1, '0000037M'],
	['pps', 2, 2, 1, 'NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ'],
	['pki-dns-suffix', 2, 3, 2, 'corp.example'],
	['server-fqdn', 2, 4, 2, 'scs.corp.example'],
	['remote-configuration', 2, 5, 2, 'on', 1],
	['factory-hashes', 2, 6, 2, 'off', 0],
	['own-hashes', 2, 7, 2, 'on', 1],
	['own-hash', 2, 8, 2, HASHES[0], hash(HASHES[0])],
	['own-hash', 2, 8, 3, HASHES[1], hash(HASHES[1])],
	['own-hash', 2, 8, 3, HASHES[2], hash(HASHES[2])],
	['sol-ider', 2, 10, 2, 'sol+ider', 3],
	['host-name', 2, 11, 2.1, 'pc-1'],
	['domain-name', 2, 12, 2.1, 'dev.example'],
	['dhcp', 2, 13, 2.1, 'on', 2],
	['secure-update', 2, 14, 2.1, 'on', 1],
	['server-address', 2, 17, 2.1, '192.168.1.20', '\x14\x01\xa8\xc0'],
	['server-port', 2, 18, 2.1, '9971', 9971],
	['shared-fqdn', 2, 23, 3, 'shared', 1],
	['ddns', 2, 24, 3, 'on', 1],
	['kvm', 2, 25, 3, 'off', 0],
	['user-consent', 2, 26, 3, 'all', 255],
	['remote-consent', 2, 27, 3, 'on', 1],
	['hello', 2, 28, 3, 'start', 1],
	['setup-by', 2, 29, 3, 'automated', 0],
	['channel-id', 2, 30, 3, '65535', 65535],
	['channel-text', 2, 31, 3, 'help desk'],
	['account', 2, 32, 3, '4711'],
	['passcode', 2, 33, 3, 'sesame'],
	['service-type', 2, 34, 3, 'one-time', 4],
	['provider-id', 2, 35, 3, '03a85f1c-2b4d-11dc-8e60-0013d4aabbcc', '\x1c\x5f\xa8\x03\x4d\x2b\xdc\x11\x8e\x60\x00\x13\xd4\xaa\xbb\xcc'],
].map(([name, module, variable, since, text, value]) => ({ name, module, variable, since, text, value: value === undefined ? text : value }));

function theirs(format, flags, records, recordFlags) {
	const f = stack.AmtSetupBinCreate(Math.floor(format), flags);

	f.minorVersion = Math.round((format % 1) * 10);
	for (const values of records)
		f.records.push({ typeIdentifier: 1, flags: recordFlags, variables: values.map((v) => ({ moduleid: v.module, varid: v.variable, value: v.value })) });
	return raw(stack.AmtSetupBinEncode(f));
}

// The values of one record by musterctl, all of them from a file.
function ours(name, values, options) {
	fs.rmSync(file(name), { force: true });
	fs.writeFileSync(file('values'), values.map((v) => v.name + '=' + v.text + '\n').join(''));
	execFileSync('musterctl', ['setupbin', 'make', file(name), '--values', file('values'), ...options], { stdio: 'pipe' });
	return fs.readFileSync(file(name));
}

function show(name, bytes) {
	fs.writeFileSync(file(name), bytes);
	const r = spawnSync('musterctl', ['--json', 'setupbin', 'show', file(name), '--show-secrets'], { encoding: 'utf8' });

	return { status: r.status, ...JSON.parse(r.stdout) };
}

const shown = (record) => record.variables.map((v) => [v.name, v.value]);
const named = (values) => values.map((v) => [v.name, v.text]);

// Records of at most 484 bytes that together have every variable of the format; each with the passwords.
function parts(format) {
	const [old, fresh, ...rest] = VALUES.filter((v) => v.since <= format);
	const size = (v) => 8 + Math.ceil((typeof v.value === 'number' ? 4 : v.value.length) / 4) * 4;
	const out = [];
	let part = [], used = 500;

	for (const v of rest) {
		// PID with PPS, own hashes in one record, and a shared FQDN after its host name.
		if (used + size(v) > 360 && !['pps', 'own-hash'].includes(v.name)) {
			part = v.name === 'shared-fqdn' ? [old, fresh, VALUES.find((w) => w.name === 'host-name')] : [old, fresh];
			used = part.reduce((n, w) => n + size(w), 0);
			out.push(part);
		}
		if (v.name === 'shared-fqdn' && !part.some((w) => w.name === 'host-name'))
			part.splice(part.findIndex((w) => w.variable > 11 && w.module === 2), 0, VALUES.find((w) => w.name === 'host-name'));
		part.push(v);
		used += size(v);
	}
	return out;
}

function every_format() {
	for (const format of [1, 2, 2.1, 3, 4])
		for (const [i, part] of parts(format).entries())
			for (const scrambled of [false, true])
				for (const reuse of format === 1 ? [false] : [false, true]) {
					const what = 'format ' + format + ', part ' + (i + 1) + (scrambled ? ', scrambled' : '') + (reuse ? ', not consumed' : '');
					const a = theirs(format, reuse ? 1 : 0, [part], scrambled ? 3 : 1);
					const b = ours('ours.bin', part, ['--format', String(format), ...(scrambled ? ['--scramble'] : []), ...(reuse ? ['--reuse'] : [])]);
					const read = stack.AmtSetupBinDecode(bin(b));
					const seen = show('theirs.bin', a);

					ok(a.equals(b), what + ': musterctl writes what MeshCentral writes', a.toString('hex') + '\n' + b.toString('hex'));
					is(read && read.records[0].variables.map((v) => [v.moduleid, v.varid, v.value]), part.map((v) => [v.module, v.variable, v.value]),
						what + ': MeshCentral reads ours');
					ok(read && raw(stack.AmtSetupBinEncode(read)).equals(b), what + ': and writes it the same again');
					is([seen.format, seen.consumed_on_use, seen.record[0].scrambled, shown(seen.record[0])], [String(format), !reuse, scrambled, named(part)],
						what + ': musterctl reads theirs');
				}
}

// A list of keys, one of them used on the way.
function many_records() {
	const keys = [['0000037M', 'NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ'], ['HLLQ045Q', 'B1C2D2E7F3GCH4JIK5LOM6NTP7Q0R8S5']];
	const values = (k) => VALUES.filter((v) => ['current-password', 'new-password'].includes(v.name)).concat(
		{ module: 2, variable: 1, value: k[0] }, { module: 2, variable: 2, value: k[1] });
	const a = theirs(1, 0, keys.map(values), 1);

	fs.writeFileSync(file('keys.csv'), 'pid,pps,new_password\n' + keys.map((k) => k.join(',') + ',P@ssw0rd1\n').join(''));
	fs.rmSync(file('keys.bin'), { force: true });
	execFileSync('musterctl', ['setupbin', 'make', file('keys.bin'), '--list', file('keys.csv')], { stdio: 'pipe' });
	ok(a.equals(fs.readFileSync(file('keys.bin'))), 'two records: musterctl writes what MeshCentral writes');
	const f = stack.AmtSetupBinDecode(bin(a));
	f.dataRecordsConsumed = 1;
	f.records[0].flags = 0;
	const used = show('used.bin', raw(stack.AmtSetupBinEncode(f)));
	is([used.used, used.record.map((r) => r.valid), used.outcome[0]],
		[1, [false, true], 'The next device takes record 2 and marks it as used, also when it then refuses it.'], 'a used record is seen as such');
}

// The two files that its server offers for download.
function of_its_server() {
	const address = '192.168.1.20', parent = { args: {}, common, path, datapath: work,
		config: { settings: { cert: 'mesh.example.com', amtprovisioningserver: { ip: address, trustedfqdn: 'provision.corp.example' } } } };
	const server = require('meshcentral/certoperations.js').CertificateOperations(parent);
	const own = HASHES[1].split(':')[1], acm = { acmmatch: [{ cn: '*', sha256: own }] }, domain = { id: '', dns: 'corp.example' };
	const basic = VALUES.slice(0, 2), root = { name: 'own-hash', text: 'sha256:' + own + ':MeshCentral' };
	const suffix = (text) => ({ name: 'pki-dns-suffix', text });

	const agent = raw(server.GetSetupBinFile(acm, 'admin', 'P@ssw0rd1', domain, { _id: 'u' }));
	ok(agent.equals(ours('agent.bin', [...basic, suffix('corp.example'), root, { name: 'hello', text: 'stop' }], ['--reuse'])),
		'the file for its agent: musterctl writes the same');
	is(show('agent.bin', agent).status, 0, 'and finds no fault in it');
	const metal = raw(server.GetBareMetalSetupBinFile(acm, 'admin', 'P@ssw0rd1', domain, { _id: 'u' }));
	ok(metal.equals(ours('metal.bin', [...basic, suffix('provision.corp.example'), { name: 'server-fqdn', text: 'provision.corp.example' }, root,
		{ name: 'server-address', text: address }, { name: 'server-port', text: '9971' }, { name: 'hello', text: 'start' }], ['--reuse'])),
		'the file for bare metal: musterctl writes the same');
	is(show('metal.bin', metal).status, 0, 'and finds no fault in it');
}

const fails = (f) => {
	try {
		return f() === undefined;
	} catch (e) {
		return true;
	}
};

// Where it errs, by protocol/setup.md 4.3 and 4.5.
function where_the_document_stands() {
	const passwords = VALUES.slice(0, 2), good = theirs(3, 0, [[...passwords, VALUES.find((v) => v.name === 'kvm')]], 1);
	const edit = (bytes, ...edits) => {
		const b = Buffer.from(bytes);

		edits.forEach(([at, byte]) => (b[at] = byte));
		return b;
	};
	let b = edit(good, [512 + 24 + 16 + 20 + 2, 77]); // 2/25 becomes 2/77

	ok(fails(() => stack.AmtSetupBinDecode(bin(b))), 'an unknown variable: MeshCentral gives up');
	is(shown(show('odd.bin', b).record[0])[2], [null, '00'], 'musterctl passes over it');
	b = edit(good, [512 + 24 + 16 + 20, 5]);
	ok(fails(() => stack.AmtSetupBinDecode(bin(b))), 'an unknown module: MeshCentral gives up');
	is(show('odd.bin', b).record[0].variables[2].module, 5, 'musterctl passes over it');
	is(stack.AmtSetupBinDecode(bin(good)).records[0].number, 0, 'the number of a record: MeshCentral reads reserved bytes');
	is(show('odd.bin', good).record[0].number, 1, 'musterctl reads the number');
	b = Buffer.concat([edit(good, [36, 2], [512 + 16, 2]), Buffer.alloc(512)]);
	ok(fails(() => stack.AmtSetupBinDecode(bin(b))), 'a record of two chunks: MeshCentral gives up');
	is(show('odd.bin', b).record[0].variables.length, 3, 'musterctl reads it');
	b = edit(Buffer.from(good).fill(0, 512 + 24));
	for (let at = 512 + 24; at < 1024; at += 8)
		b[at] = 2, b[at + 2] = 3;
	ok(fails(() => stack.AmtSetupBinDecode(bin(b))), 'a record without end mark: MeshCentral gives up');
	is(show('odd.bin', b).record[0].variables.length, 61, 'musterctl reads it');
	b = Buffer.concat([good, Buffer.alloc(512)]);
	ok(fails(() => stack.AmtSetupBinDecode(bin(b))), 'more bytes than records: MeshCentral gives up');
	is(show('odd.bin', b).status, 0, 'musterctl reads the records that are counted');
	b = theirs(3, 0, [[VALUES[0], VALUES.find((v) => v.name === 'kvm')]], 1);
	is(show('odd.bin', b).record[0].findings.map((f) => f.level), ['fault'], 'no new password: MeshCentral writes it, musterctl tells that a device refuses it');
	b = edit(good, [512 + 24 + 2, 2], [512 + 24 + 16 + 2, 1]); // new password first
	is(stack.AmtSetupBinDecode(bin(b)).records[0].variables.map((v) => v.varid), [1, 2, 25], 'a wrong order: MeshCentral sorts it away');
	is(show('odd.bin', b).record[0].variables.map((v) => v.variable), [2, 1, 25], 'musterctl shows the order of the file');
	ok(show('odd.bin', b).record[0].findings.some((f) => /must be the first entry/.test(f.text)), 'and that a device refuses it');
	b = theirs(3, 0, [[...passwords, { module: 2, variable: 1, value: '0000-037M' }, { module: 2, variable: 2, value: 'short' }]], 1);
	is(show('odd.bin', b).status, 1, 'a PID with its hyphen, half a PPS: MeshCentral writes them, musterctl tells');
	const text = '46732273-dc23-2f43-a98a-13d37982d855', withPackage = () => theirs(3, 0, [[...passwords, { module: 1, variable: 6, value: text }]], 1);

	ok(fails(withPackage), 'a power package: MeshCentral lacks the functions for it');
	Object.assign(global, { guidToStr: guid, rstr2hex: common.rstr2hex, hex2rstr: common.hex2rstr });
	b = ours('package.bin', [...passwords, { name: 'power-package', text }], ['--format', '3']);
	ok(withPackage().equals(b), 'with those of its web page it writes what musterctl writes');
	is(stack.AmtSetupBinDecode(bin(b)).records[0].variables[2].value.toLowerCase(), text, 'and reads it');
}

function every_variable() {
	const all = JSON.parse(execFileSync('musterctl', ['--json', 'setupbin', 'variables']));

	is([...new Set(VALUES.map((v) => v.name)), 'power-package'].sort(), all.filter((v) => v.written).map((v) => v.name).sort(),
		'every variable that musterctl writes is tried');
}

run(async () => {
	every_variable();
	every_format();
	many_records();
	of_its_server();
	where_the_document_stands();
});
