/* SPDX-License-Identifier: Apache-2.0 */
/* pcap: the hellos in a capture file, read by libpcap. */
#include "ctl/pcap.h"

#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amt/hello.h"

enum { FLOWS_MAX = 4096, IPPROTO_TCP_ = 6, TCP_SYN = 2 };

struct flow {
	char source[64];
	uint8_t key[36]; /* addresses and ports */
	uint32_t next;   /* sequence number expected */
	size_t len;
	uint8_t data[HELLO_MAX_LEN];
};

struct flows {
	struct flow *list[FLOWS_MAX];
	size_t n;
};

/* Bytes before the IP header by link type; -1: not known. */
static const struct {
	int link;
	size_t skip;
} links[] = { { DLT_EN10MB, 14 }, { DLT_LINUX_SLL, 16 }, { DLT_LINUX_SLL2, 20 }, { DLT_RAW, 0 }, { DLT_NULL, 4 }, { DLT_LOOP, 4 } };

static uint32_t
be(const uint8_t *p, int n)
{
	uint32_t v = 0;

	for (int i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

bool
pcap_is(const void *data, size_t len)
{
	static const uint32_t magics[] = { 0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a };

	for (size_t i = 0; len >= 4 && i < ARRAY_LEN(magics); i++)
		if (be(data, 4) == magics[i])
			return true;
	return false;
}

static struct flow *
flow_of(struct flows *all, const uint8_t key[36], int family, const uint8_t *addr, unsigned int port)
{
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < all->n; i++)
		if (memcmp(all->list[i]->key, key, 36) == 0)
			return all->list[i];
	struct flow *f = all->n == FLOWS_MAX ? NULL : calloc(1, sizeof(*f));
	if (f == NULL)
		return NULL;
	memcpy(f->key, key, 36);
	(void)snprintf(f->source, sizeof(f->source), family == AF_INET6 ? "[%s]:%u" : "%s:%u", inet_ntop(family, addr, text, sizeof(text)), port);
	all->list[all->n++] = f;
	return f;
}

static void
on_tcp(struct flows *all, int family, const uint8_t *src, const uint8_t *dst, const uint8_t *p, size_t len)
{
	size_t alen = family == AF_INET6 ? 16 : 4;
	uint8_t key[36] = { 0 };

	if (len < 20 || (size_t)(p[12] >> 4) * 4 > len)
		return;
	size_t head = (size_t)(p[12] >> 4) * 4;
	memcpy(key, src, alen);
	memcpy(key + 16, dst, alen);
	memcpy(key + 32, p, 4);
	struct flow *f = flow_of(all, key, family, src, be(p, 2));
	if (f == NULL)
		return;
	uint32_t seq = be(p + 4, 4);
	if ((p[13] & TCP_SYN) != 0) {
		f->next = seq + 1;
		return;
	}
	size_t n = len - head;
	if (f->len == 0 && f->next == 0)
		f->next = seq; /* the capture began in the middle */
	if (n == 0 || seq != f->next || f->len + n > sizeof(f->data))
		return; /* a repeat, a gap, or no hello */
	memcpy(f->data + f->len, p + head, n);
	f->len += n;
	f->next += (uint32_t)n;
}

static void
on_packet(struct flows *all, const uint8_t *p, size_t len)
{
	if (len >= 20 && p[0] >> 4 == 4) {
		size_t head = (size_t)(p[0] & 15) * 4, total = be(p + 2, 2);

		if (p[9] == IPPROTO_TCP_ && head >= 20 && total >= head && total <= len)
			on_tcp(all, AF_INET, p + 12, p + 16, p + head, total - head);
	} else if (len >= 40 && p[0] >> 4 == 6) {
		size_t total = be(p + 4, 2);

		if (p[6] == IPPROTO_TCP_ && total + 40 <= len)
			on_tcp(all, AF_INET6, p + 8, p + 24, p + 40, total);
	}
}

int
pcap_flows(const char *path, void (*take)(void *arg, const char *source, const void *data, size_t len), void *arg, struct err *e)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *cap = pcap_open_offline(path, why);
	struct flows *all = calloc(1, sizeof(*all));
	struct pcap_pkthdr *head;
	const u_char *data;
	size_t skip = SIZE_MAX;

	for (size_t i = 0; cap != NULL && i < ARRAY_LEN(links); i++)
		if (links[i].link == pcap_datalink(cap))
			skip = links[i].skip;
	int rc = all == NULL ? err_set(e, ERR_MEMORY, "%s", path)
		 : cap == NULL ? err_set(e, ERR_INPUT, "%s: %s", path, why)
		 : skip == SIZE_MAX ? err_set(e, ERR_INPUT, "%s: link type %d is not known", path, pcap_datalink(cap))
				    : 0;
	while (rc == 0 && pcap_next_ex(cap, &head, &data) == 1)
		if (head->caplen > skip)
			on_packet(all, data + skip, head->caplen - skip);
	for (size_t i = 0; rc == 0 && i < all->n; i++)
		if (all->list[i]->len > 0)
			take(arg, all->list[i]->source, all->list[i]->data, all->list[i]->len);
	for (size_t i = 0; all != NULL && i < all->n; i++)
		free(all->list[i]);
	free(all);
	if (cap != NULL)
		pcap_close(cap);
	return rc;
}
