// SPDX-License-Identifier: GPL-2.0
/*
 * Attacks with packets that are too large to be copied in one piece. They go to
 * 10.8.0.2, which nobody has.
 */
#include "net_attack.h"
#include "grants.h"

#include <string.h>

#define NO_GREF		0x1ff0u
#define MAD_GREF	0xfffffff0u

/* Packets at once, each of so many slots and whole pages of its own. */
#define PACKETS		30u
#define SLOTS		2u
#define GRANTS		(PACKETS * SLOTS)
/* All of the first page and some of the last. */
#define BYTES		((SLOTS - 1) * FRAME + 1000)

struct burst {
	struct net_queue *queue;
	volatile struct grant *table;
	struct pages pages;
	struct grant saved[GRANTS];
	uint32_t refs[GRANTS];
	/* id of the first slot */
	uint16_t first;
	/* of a packet with a bad grant */
	bool bad[PACKETS];
};

static void burst_init(struct burst *burst, struct net *net)
{
	unsigned int i;

	memset(burst, 0, sizeof(*burst));
	burst->queue = &net->queues[0];
	burst->table = grants_open();
	burst->pages = pages_share(&net->front, GRANTS, true);
	memcpy(burst->refs, burst->pages.refs, sizeof(burst->refs));
	if (burst->table)
		grants_save(burst->table, &burst->pages, burst->saved);
	for (i = 0; i < PACKETS; i++) {
		uint8_t *frame = burst->pages.addr + i * SLOTS * FRAME;

		net_make_echo(frame, BYTES - 42, i);
		net_send_away(frame);
	}
}

static void burst_send(struct burst *burst)
{
	struct net_queue *queue = burst->queue;
	unsigned int i;

	burst->first = queue->tx.prod;
	for (i = 0; i < GRANTS; i++) {
		struct net_tx tx = {
			.gref = burst->refs[i],
			.flags = i % SLOTS + 1 < SLOTS ? MORE_DATA : 0,
			.size = i % SLOTS ? 1000 : BYTES,
		};

		net_put_tx(queue, &tx);
	}
	net_push(queue, &queue->tx);
}

/* How many grants the backend has in use. */
static unsigned int burst_in_use(const struct burst *burst)
{
	unsigned int i, nr = 0;

	for (i = 0; burst->table && i < GRANTS; i++)
		nr += grants_are_used(burst->table, &burst->pages.refs[i], 1);
	return nr;
}

/* Unless it changed them itself, the guest has a packet's grants back. */
static void burst_drain(struct burst *burst, bool changed)
{
	struct net_tx_rsp rsp;
	unsigned int i, nr;

	for (i = 0; i < GRANTS; i++) {
		net_next_tx(burst->queue, &rsp);
		nr = (uint16_t)(rsp.id - burst->first) / SLOTS;
		if (!changed && rsp.status != (burst->bad[nr] ? NET_ERROR :
								NET_OKAY))
			die("packet %u: status %d", nr, rsp.status);
		if (rsp.status > NET_OKAY || rsp.status < NET_DROPPED)
			die("status %d", rsp.status);
		if (!changed && burst->table &&
		    grants_are_used(burst->table,
				    &burst->pages.refs[nr * SLOTS], SLOTS))
			die("packet %u: answered, and its grants are in use",
			    nr);
	}
}

/* Other data, then no grants, or those of others, under the same numbers. */
static void burst_change(struct burst *burst, bool others)
{
	unsigned int i;

	memset(burst->pages.addr, 0xa5, GRANTS * FRAME);
	for (i = 0; burst->table && i < GRANTS; i++) {
		volatile struct grant *grant;

		grant = &burst->table[burst->pages.refs[i]];
		if (others)
			grant->frame = burst->saved[(i + 7) % GRANTS].frame;
		else
			grant->flags = GRANT_NONE;
	}
}

/* What is on its way is revoked or becomes something else. */
static void attack_large_revoked(struct net *net)
{
	unsigned int round, used = 0;

	net_connect(net, &net_plain);
	for (round = 0; round < often(16); round++) {
		unsigned int way = round % 4;
		struct burst burst;

		burst_init(&burst, net);
		burst_send(&burst);
		nap(round / 4 * 30);
		used += burst_in_use(&burst);
		if (way == 1)
			pages_unshare(&net->front, &burst.pages);
		else if (way > 1)
			burst_change(&burst, way == 2);
		burst_drain(&burst, way);
		if (way > 1 && burst.table)
			grants_put_back(burst.table, &burst.pages, burst.saved);
		pages_unshare(&net->front, &burst.pages);
	}
	say("# %u grants were in use meanwhile", used);
}

/* Bad grants in every place, in packets between good ones. */
static void attack_large_bad_grants(struct net *net)
{
	struct pages others;
	unsigned int round, i;

	net_connect(net, &net_plain);
	others = pages_share_with(&net->front, 7, 1);
	for (round = 0; round < often(12); round++) {
		const uint32_t bad[] = { NO_GREF, MAD_GREF, others.refs[0] };
		struct burst burst;

		burst_init(&burst, net);
		for (i = round % 2; i < PACKETS; i += 1 + round % 3) {
			unsigned int place = (i + round) % SLOTS;

			burst.bad[i] = true;
			burst.refs[i * SLOTS + place] = bad[(i + round) % 3];
		}
		burst_send(&burst);
		burst_drain(&burst, false);
		pages_unshare(&net->front, &burst.pages);
	}
	pages_unshare(&net->front, &others);
}

/* ---- segments that are mostly headers */

/* What is in each packet, cut into eight bytes each time. */
#define CUT_SLOTS	4u
#define CUT_PACKETS	8u

static void cut_frame(uint8_t *frame)
{
	static const uint8_t to[] = { 0x02, 0x00, 0x00, 0x00, 0x00, 0x99 };

	net_make_echo(frame, CUT_SLOTS * FRAME - 42, 0);
	net_send_away(frame);
	memcpy(frame, to, sizeof(to));
	/* TCP, with a header of 20 bytes, that acknowledges something. */
	frame[14 + 9] = 6;
	frame[34 + 12] = 0x50;
	frame[34 + 13] = 0x10;
}

static void cut_put(struct net_queue *queue, const struct pages *pages)
{
	struct net_extra_info gso = { .type = EXTRA_GSO, .u = { 8, 0, 1 } };
	unsigned int i;

	for (i = 0; i < CUT_SLOTS; i++) {
		struct net_tx tx = {
			.gref = pages->refs[i],
			.flags = (i ? 0 : CSUM_BLANK | EXTRA_INFO) |
				 (i + 1 < CUT_SLOTS ? MORE_DATA : 0),
			.size = i ? FRAME : CUT_SLOTS * FRAME,
		};

		net_put_tx(queue, &tx);
		if (!i)
			net_put_extra(queue, &gso);
	}
}

/* The sink 02:00:00:00:00:99 has eight times as much of it as was sent. */
static void attack_small_segments(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct net_tx_rsp rsp;
	struct pages pages;
	unsigned int round, i;

	net_connect(net, &net_plain);
	pages = pages_share(&net->front, CUT_SLOTS, true);
	cut_frame(pages.addr);
	for (round = 0; round < often(6); round++) {
		for (i = 0; i < CUT_PACKETS; i++)
			cut_put(queue, &pages);
		net_push(queue, &queue->tx);
		for (i = 0; i < CUT_PACKETS * (CUT_SLOTS + 1); i++) {
			net_next_tx(queue, &rsp);
			if (rsp.status != NET_OKAY && rsp.status != NET_NULL)
				die("TX response with status %d", rsp.status);
		}
	}
	pages_unshare(&net->front, &pages);
}

const struct net_attack net_large_attacks[] = {
	{ "large-revoked", "XSA-396", NET_ANSWERED, attack_large_revoked },
	{ "large-bad-grants", "XSA-361,XSA-362,XSA-367", NET_ANSWERED,
	  attack_large_bad_grants },
	{ "small-segments", "-", NET_ANSWERED, attack_small_segments },
};

const unsigned int net_nr_large_attacks = ARRAY_SIZE(net_large_attacks);
