// SPDX-License-Identifier: Apache-2.0
// toolkit: the messages of Device Management Toolkit behind the interface of messages.js. Answers are
// read with xml2js set as its provisioning server sets it.
'use strict';
const xml2js = require('xml2js');
const { AMT, CIM, IPS } = require('@device-management-toolkit/wsman-messages');
const { connection } = require('./digest.js');

const families = { AMT: new AMT.Messages(), CIM: new CIM.Messages(), IPS: new IPS.Messages() };
const names = { '8021XProfile': 'IEEE8021xProfile' };
const methods = { SetAdminAclEntryEx: 'SetAdminACLEntryEx', SetMEBxPassword: 'SetMEBXPassword' };
const { stripPrefix, parseNumbers, parseBooleans } = xml2js.processors;
const parser = new xml2js.Parser({ ignoreAttrs: false, mergeAttrs: false, explicitArray: false, tagNameProcessors: [stripPrefix],
	valueProcessors: [parseNumbers, parseBooleans] });

// Arguments in the order it takes them, where that is not the order of the method's own.
const order = {
	AddUserAclEntryEx: (a) => [a.AccessPermission, a.Realms, a.DigestUsername, a.DigestPassword],
	UpdateUserAclEntryEx: (a) => [a.Handle, a.AccessPermission, a.Realms, a.DigestUsername, a.DigestPassword],
	AddCertificate: (a) => [a], AddTrustedRootCertificate: (a) => [a], GenerateKeyPair: (a) => [a],
};

function find(cls) {
	const name = cls.slice(4);

	return families[cls.slice(0, 3)][names[name] || name];
}

const copy = (object) => JSON.parse(JSON.stringify(object)); // it renames what it is given

function open(to) {
	const line = connection(to);

	async function ask(message) {
		const answer = await line.send(message);
		const read = /^\s*<\?xml|^\s*</.test(answer.text) && answer.status !== 401 ? await parser.parseStringPromise(answer.text) : null;
		const body = read && read.Envelope ? read.Envelope.Body : null;

		return { http: answer.status, body: body && body[Object.keys(body)[0]], whole: body };
	}

	async function list(cls) {
		const items = [];
		let page = await ask(find(cls).Enumerate());

		if (page.http !== 200)
			return page;
		do {
			page = await ask(find(cls).Pull(page.body.EnumerationContext));
			for (const found of Object.values(page.body.Items || {}))
				items.push(...[].concat(found));
		} while (page.http === 200 && page.body.EnumerationContext !== undefined);
		return { http: page.http, body: items };
	}

	return {
		list,
		get: (cls) => ask(find(cls).Get()),
		pick: (cls, id) => ask(find(cls).Get({ name: 'InstanceID', value: id })),
		put: (cls, object) => ask(find(cls).Put(cls === 'IPS_OptInService' ? { [cls]: copy(object) } : copy(object))),
		bind: (cert) => ask(find('AMT_TLSCredentialContext').Create(cert)),
		del: (cls, id) => ask(find(cls).Delete({ name: 'InstanceID', value: id })),
		call: (cls, method, args) => ask(find(cls)[methods[method] || method](...(order[method] || Object.values)(copy(args)))),
		has: (cls, method) => find(cls) !== undefined && (method === undefined || find(cls)[methods[method] || method] !== undefined),
		id: (reference) => reference.ReferenceParameters.SelectorSet.Selector._,
		rebind: () => false, // it has no Put for a context
		close: line.close,
	};
}

const wrong = { 'AMT_KerberosSettingData.SetCredentialCacheState': 'it carries no parameter' };
const lacks = ['AMT_SetupAndConfigurationService.ExtendProvisioningPeriod', 'Pull AMT_TLSProtocolEndpointCollection', 'Put AMT_TLSCredentialContext',
	'Get AMT_WebUIService', 'AMT_WebUIService.RequestStateChange', 'Pull AMT_SystemPowerScheme', 'Pull CIM_ElementSettingData',
	'AMT_SystemPowerScheme.SetPowerScheme'];

module.exports = { name: 'Device Management Toolkit', open, wrong, lacks };
