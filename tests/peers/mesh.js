// SPDX-License-Identifier: Apache-2.0
// mesh: MeshCentral's WS-Management stack (amt-wsman-comm, amt-wsman, amt) behind the interface of messages.js.
'use strict';
require('./server.js');
const comm = require('meshcentral/amt/amt-wsman-comm.js');
const wsman = require('meshcentral/amt/amt-wsman.js');
const amt = require('meshcentral/amt/amt.js');

const URI = 'http://intel.com/wbem/wscim/1/amt-schema/1/';

// A reference as its manager writes one into a Create.
const reference = (cls, name, value) => '<a:Address>/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>' + URI + cls +
	'</w:ResourceURI><w:SelectorSet><w:Selector Name="' + name + '">' + value + '</w:Selector></w:SelectorSet></a:ReferenceParameters>';

function open({ address, password, cert, key }) {
	const line = comm(address, 16993, 'admin', password, 1, cert === undefined ? undefined : { cert, key });
	const stack = amt(wsman(line));

	line.xtlsFingerprint = 0;
	const ask = (send) => new Promise((resolve) => send((s, name, response, status) =>
		resolve({ http: status, body: Array.isArray(response) ? response : response && response.Body })));
	// A body that its parser cannot read comes without Body.
	return {
		get: (cls) => ask((done) => stack.Get(cls, done)),
		list: (cls) => ask((done) => stack.Enum(cls, done)),
		put: (cls, object, select) => ask((done) => stack.Put(cls, object, done, 0, 1, select ? object : undefined)),
		bind: (cert) => ask((done) => stack.Create('AMT_TLSCredentialContext', {
			ElementInContext: reference('AMT_PublicKeyCertificate', 'InstanceID', cert),
			ElementProvidingContext: reference('AMT_TLSProtocolEndpointCollection', 'ElementName', 'TLSProtocolEndpointInstances Collection'),
		}, done)),
		del: (cls, id) => ask((done) => stack.Delete(cls, { InstanceID: id }, done)),
		call: (cls, method, args) => ask((done) => {
			const send = stack[cls + '_' + method];

			// Most take their arguments in order and then the callback; a few put the callback first.
			if (method === 'SetPowerScheme')
				send(done, args.InstanceID);
			else if (send.length > Object.keys(args).length + 1 && /^function \(_method_dummy/.test(send.toString()))
				send(null, done);
			else if (/^AMT_WebUI/.test(cls) || /^CIM_KVM/.test(cls))
				send(args.RequestedState, null, done);
			else
				send(...Object.values(args), done);
		}),
		has: (cls, method) => method === undefined || stack[cls + '_' + method] !== undefined,
		id: (reference) => reference.ReferenceParameters.SelectorSet.Selector.Value,
		rebind: (context, cert) => {
			context.ElementInContext.ReferenceParameters.SelectorSet.Selector.Value = cert;
		},
		close: () => stack.CancelAllQueries(999),
	};
}

module.exports = { name: 'MeshCentral', open, lacks: ['Get AMT_TLSSettingData'] /* its Get takes no selector */ };
