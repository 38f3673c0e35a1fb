// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP echo by hand: what is sent in a given form must come back complete.
 * The guest is 10.9.<devid>.2, dom0 .1 on the vif, neighbours are static.
 */
#include "netif.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ETHER		14u
#define IP		20u
#define ICMP		8u
#define HEADERS		(ETHER + IP + ICMP)

static uint16_t net_be16(unsigned int value)
{
	return (uint16_t)(value << 8 | (value >> 8 & 0xff));
}

static uint16_t checksum(const uint8_t *data, unsigned int len)
{
	uint32_t sum = 0;
	unsigned int i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? data[i] : data[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return net_be16(~sum & 0xffff);
}

static void put16(uint8_t *at, uint16_t value)
{
	memcpy(at, &value, 2);
}

static uint8_t payload_byte(unsigned int i, uint16_t number)
{
	return i * 7 + number + (i >> 8);
}

static unsigned int subnet(void)
{
	const char *env = getenv("XBFRONT_SUBNET");

	return env ? atoi(env) : 1;
}

static void put_ip(uint8_t *ip, unsigned int len, uint16_t number)
{
	uint8_t from[] = { 10, 9, subnet(), 2 }, to[] = { 10, 9, subnet(), 1 };

	memset(ip, 0, IP);
	ip[0] = 0x45;
	put16(ip + 2, net_be16(len));
	put16(ip + 4, net_be16(number));
	ip[8] = 64;
	ip[9] = 1;
	memcpy(ip + 12, from, 4);
	memcpy(ip + 16, to, 4);
	put16(ip + 10, checksum(ip, IP));
}

/* An echo request with so many bytes of payload; returns its length. */
unsigned int net_make_echo(uint8_t *frame, unsigned int payload,
			   uint16_t number)
{
	static const uint8_t addresses[] = {
		0xfe, 0xff, 0xff, 0xff, 0xff, 0xff,
		0x00, 0x16, 0x3e, 0x00, 0x00, 0x09, 0x08, 0x00,
	};
	uint8_t *icmp = frame + ETHER + IP;
	unsigned int i;

	memcpy(frame, addresses, ETHER);
	put_ip(frame + ETHER, IP + ICMP + payload, number);
	memset(icmp, 0, ICMP);
	icmp[0] = 8;
	put16(icmp + 4, net_be16(0xbf));
	put16(icmp + 6, net_be16(number));
	for (i = 0; i < payload; i++)
		icmp[ICMP + i] = payload_byte(i, number);
	put16(icmp + 2, checksum(icmp, ICMP + payload));
	return HEADERS + payload;
}

void net_send_away(uint8_t *frame)
{
	static const uint8_t to[] = { 10, 8, 0, 2 };
	uint8_t *ip = frame + ETHER;

	memcpy(ip + 16, to, 4);
	put16(ip + 10, 0);
	put16(ip + 10, checksum(ip, IP));
}

/* Is it the reply to that request, and complete? */
static bool is_echo(const uint8_t *frame, unsigned int len,
		    unsigned int payload, uint16_t number)
{
	const uint8_t *icmp = frame + ETHER + IP;
	unsigned int i;

	if (len < HEADERS || frame[ETHER + 9] != 1 || icmp[0] ||
	    icmp[4] || icmp[5] != 0xbf || icmp[6] != number >> 8 ||
	    icmp[7] != (number & 0xff))
		return false;
	if (len < HEADERS + payload)
		die("reply of %u bytes to %u", len, HEADERS + payload);
	for (i = 0; i < payload; i++)
		if (icmp[ICMP + i] != payload_byte(i, number))
			die("byte %u of the reply is wrong", i);
	return true;
}

/* Bytes that an extra info has no field for are zero (XSA-216). */
static void check_unused(const struct net_extra_info *extra)
{
	if (extra->flags & ~1u ||
	    (extra->type == EXTRA_GSO && (extra->u[3] || extra->u[4] ||
					  extra->u[5])))
		die("extra info %u: bytes that are not zero", extra->type);
}

/* Extra infos take slots; the buffers of these have not been used. */
static void skip_extras(struct net_queue *queue)
{
	struct net_extra_info extra = { .flags = 1 };

	while (extra.flags & 1) {
		uint16_t id = queue->rx_ids[queue->rx.cons % NET_SLOTS];

		if (!net_poll_rx(queue, (void *)&extra))
			die("extra info is missing");
		check_unused(&extra);
		net_put_rx(queue, id, queue->buffers.refs[id]);
	}
}

/*
 * A reply that is larger than the peer's MTU comes in fragments, in order. The
 * length of what lies in @frame if that is a whole packet, else 0.
 */
static unsigned int reassemble(uint8_t *frame, unsigned int len)
{
	static uint8_t parts[70000];
	static unsigned int have;
	unsigned int word, at, has = len - ETHER - IP;

	if (len < HEADERS)
		return len;
	word = frame[ETHER + 6] << 8 | frame[ETHER + 7];
	at = (word & 0x1fff) * 8;
	if (!(word & 0x3fff) || frame[ETHER + 9] != 1)
		return len;
	len = (frame[ETHER + 2] << 8 | frame[ETHER + 3]) - IP;
	if ((at && at != have) || len > has || at + len > sizeof(parts))
		return 0;
	memcpy(parts + at, frame + ETHER + IP, len);
	have = at + len;
	if (word & 0x2000)
		return 0;
	memcpy(frame + ETHER + IP, parts, have);
	return ETHER + IP + have;
}

/* Take one packet out of the RX ring, and give its buffers back. */
static unsigned int receive(struct net_queue *queue, uint8_t *frame,
			    unsigned int room)
{
	struct net_rx_rsp rsp;
	unsigned int len = 0;

	do {
		uint16_t id = queue->rx_ids[queue->rx.cons % NET_SLOTS];

		if (!net_poll_rx(queue, &rsp))
			return 0;
		/* A Linux guest takes it for the buffer of that slot. */
		if (rsp.id != id)
			die("buffer %u in the place of %u", rsp.id, id);
		if (rsp.id >= queue->buffers.nr || rsp.status < 0 ||
		    rsp.offset + (unsigned int)rsp.status > FRAME ||
		    len + rsp.status > room)
			die("RX response %u: %d bytes at %u", rsp.id,
			    rsp.status, rsp.offset);
		if (!len)
			queue->headroom = rsp.offset;
		memcpy(frame + len, queue->buffers.addr +
		       rsp.id * FRAME + rsp.offset, rsp.status);
		len += rsp.status;
		net_put_rx(queue, rsp.id, queue->buffers.refs[rsp.id]);
		if (rsp.flags & EXTRA_INFO)
			skip_extras(queue);
	} while (rsp.flags & MORE_DATA);
	net_push_rx(queue);
	return reassemble(frame, len);
}

static unsigned int poll_any(struct net_queue *queues, unsigned int nr,
			     uint8_t *frame, unsigned int room)
{
	unsigned int i, len = 0;

	for (i = 0; i < nr && !len; i++)
		len = receive(&queues[i], frame, room);
	return len;
}

/*
 * A packet of any of these queues; 0 if there is none. One that came before the
 * event for it was asked for must not lie there until something else happens.
 */
static unsigned int receive_any(struct net_queue *queues, unsigned int nr,
				uint8_t *frame, unsigned int room)
{
	unsigned int i, len = poll_any(queues, nr, frame, room);

	if (len)
		return len;
	for (i = 0; i < nr; i++)
		queues[i].rx.s->rsp_event = queues[i].rx.cons + 1;
	mb();
	len = poll_any(queues, nr, frame, room);
	if (!len)
		port_wait(queues[0].front, 20);
	return len;
}

/* Wait for as many replies in order; everything else that comes is dropped. */
static void await(struct net_queue *queues, unsigned int nr_queues,
		  unsigned int payload, uint16_t first, unsigned int nr)
{
	static uint8_t frame[70000];
	uint64_t end = now_us() + patience_s() * 1000000ull;
	unsigned int len, got = 0;

	while (got < nr) {
		len = receive_any(queues, nr_queues, frame, sizeof(frame));
		if (len && is_echo(frame, len, payload, first + got))
			got++;
		if (!len && now_us() > end)
			die("no reply to echo %u with %u bytes", first + got,
			    payload);
	}
}

void net_await_echoes(struct net_queue *queue, unsigned int payload,
		      uint16_t first, unsigned int nr)
{
	await(queue, 1, payload, first, nr);
}

void net_await_any(struct net *net, unsigned int payload, uint16_t first,
		   unsigned int nr)
{
	await(net->queues, net->nr_queues, payload, first, nr);
}

void net_await_echo(struct net_queue *queue, unsigned int payload,
		    uint16_t number)
{
	net_await_echoes(queue, payload, number, 1);
}

/* Take what has come, up to the reply if it is among it. */
bool net_take_echo(struct net_queue *queue, unsigned int payload,
		   uint16_t number)
{
	static uint8_t frame[70000];
	unsigned int len;

	do {
		len = receive(queue, frame, sizeof(frame));
		if (len && is_echo(frame, len, payload, number))
			return true;
	} while (len);
	return false;
}

/* Send what lies in pages as one packet of slots of given sizes. */
void net_send(struct net_queue *queue, const struct pages *pages,
	      const unsigned int *sizes, unsigned int nr, uint16_t flags)
{
	unsigned int i, at = 0, total = 0;

	for (i = 0; i < nr; i++)
		total += sizes[i];
	for (i = 0; i < nr; i++) {
		struct net_tx tx = {
			.gref = pages->refs[at / FRAME % pages->nr],
			.offset = at % FRAME,
			.flags = (i ? 0 : flags) | (i + 1 < nr ? MORE_DATA : 0),
			.size = i ? sizes[i] : total,
		};

		if (tx.offset + sizes[i] > FRAME)
			die("slot %u of the test itself is wrong", i);
		net_put_tx(queue, &tx);
		at += sizes[i];
	}
	net_push(queue, &queue->tx);
}

void net_expect_tx(struct net_queue *queue, unsigned int nr, int status)
{
	struct net_tx_rsp rsp;

	while (nr--) {
		net_next_tx(queue, &rsp);
		if (rsp.status != status)
			die("TX response with status %d, not %d", rsp.status,
			    status);
	}
}

/* An honest packet there and back, in slots of up to a frame. */
void net_echo(struct net_queue *queue, unsigned int payload)
{
	static uint16_t number;
	struct pages pages = pages_share(queue->front, 18, true);
	unsigned int sizes[18], len, nr = 0, left;

	len = net_make_echo(pages.addr, payload, ++number);
	for (left = len; left; left -= sizes[nr++])
		sizes[nr] = left < FRAME ? left : FRAME;
	net_send(queue, &pages, sizes, nr, 0);
	net_expect_tx(queue, nr, NET_OKAY);
	net_await_echo(queue, payload, number);
	pages_unshare(queue->front, &pages);
}
