/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_answer: any bytes as the SOAP answer of a device, read the ways the engine reads one: as an
 * instance that goes back in a Put, as a list with references, as text and numbers.
 */
#include "tests/fuzz/fuzz.h"

#include "amt/wsman.h"
#include "amt/xml.h"

static void
read_element(const xmlNode *n, int depth)
{
	const struct inst one = { .node = (xmlNode *)(uintptr_t)n };
	struct err e;
	char text[96], id[40];
	unsigned char bytes[64];
	uint32_t number;
	bool truth;

	(void)xml_text(n, text, sizeof(text));
	(void)xml_attr(n, "Name", id, sizeof(id));
	(void)inst_text(&one, "InstanceID", id, sizeof(id));
	if (inst_bool(&one, "Enabled", false, &truth, &e) < 0)
		MUST(e.code == ERR_FIELD);
	if (inst_int(&one, "ReturnValue", UINT32_MAX, 0, &number, &e) < 0)
		MUST(e.code == ERR_FIELD);
	(void)wsman_epr_id(n, "InstanceID", id, sizeof(id));
	long got = base64_decode(text, bytes, sizeof(bytes));
	MUST(got <= (long)sizeof(bytes));
	for (const xmlNode *c = xml_first(n); c != NULL && depth < 300; c = xmlNextElementSibling((xmlNode *)(uintptr_t)c))
		read_element(c, depth + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED(inst) struct inst i = { 0 };
	SCOPED(buf) struct buf out = { 0 };
	struct err e = { 0 };

	if (xml_parse(data, size, &i.doc, &e) < 0) {
		MUST(e.code == ERR_ANSWER && i.doc == NULL);
		return 0;
	}
	xmlNode *body = xml_child(xmlDocGetRootElement(i.doc), "Body");
	i.node = xml_first(body) != NULL ? xml_first(body) : xmlDocGetRootElement(i.doc);
	read_element(xmlDocGetRootElement(i.doc), 0);
	(void)inst_set(&i, "Enabled", "<&>");
	inst_drop(&i, "TrustedCN");
	inst_write(&i, &out);
	return 0;
}
