// SPDX-License-Identifier: GPL-2.0
/* A network frontend's part in the table of life cycles: its packets. */
#include "life.h"
#include "netif.h"

#include <stdio.h>
#include <stdlib.h>

#define PAYLOAD		200u
/* How long dom0 has to answer a packet that the backend has taken. */
#define REPLY_US	900000ull

/* Of the one device that this process has. */
static struct net net;
static struct pages packet;
static uint16_t number;
/* What was sent has no reply, or not even a response yet. */
static enum { IDLE, SENT, TAKEN } doing;
static uint64_t since;

static struct front *life_open(unsigned int devid)
{
	char subnet[16];

	snprintf(subnet, sizeof(subnet), "%u", devid);
	setenv("XBFRONT_SUBNET", subnet, 1);
	net_open(&net, devid);
	return &net.front;
}

static void life_offer(void)
{
	struct net_queue *queue = &net.queues[0];
	unsigned int i;

	net_offer_rings(&net, &(struct net_conf){});
	for (i = 0; i < NET_BUFFERS; i++)
		net_put_rx(queue, i, queue->buffers.refs[i]);
	net_push(queue, &queue->rx);
	packet = pages_share(&net.front, 1, true);
}

static void life_free(void)
{
	net_free_rings(&net);
	pages_unshare(&net.front, &packet);
	doing = IDLE;
}

static void begin(void)
{
	unsigned int len = net_make_echo(packet.addr, PAYLOAD, ++number);

	net_send(&net.queues[0], &packet, &len, 1, 0);
	since = now_us();
	doing = SENT;
}

/* The responses to it and to what was left, and the reply. */
static const char *look(void)
{
	struct net_queue *queue = &net.queues[0];
	struct net_tx_rsp rsp;
	bool replied;

	while (net_poll_tx(queue, &rsp)) {
		if (rsp.status != NET_OKAY)
			return "failing";
		doing = TAKEN;
	}
	replied = net_take_echo(queue, PAYLOAD, number);
	if (doing != TAKEN)
		return NULL;
	if (replied)
		return "served";
	return now_us() - since > REPLY_US ? "silent" : NULL;
}

static const char *life_attempt(unsigned int ms)
{
	uint64_t end = now_us() + ms * 1000;
	const char *word = NULL;

	if (doing == IDLE)
		begin();
	while (!word && now_us() < end) {
		word = look();
		if (!word)
			nap(4000);
	}
	if (word)
		doing = IDLE;
	return word;
}

static bool life_pending(void)
{
	return doing != IDLE;
}

/* A few packets; nobody takes the responses, or what comes in. */
static void life_leave(void)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		begin();
}

static void life_vanish(void)
{
	struct net_queue *queue = &net.queues[0];

	port_lose(&net.front, queue->tx.port);
	pages_unshare(&net.front, &queue->tx.pages);
	pages_unshare(&net.front, &queue->rx.pages);
}

int net_lives(unsigned int devid, int argc, char **argv)
{
	static const struct life_ops ops = {
		.type = "vif", .ready = CONNECTED,
		.open = life_open, .offer = life_offer, .free = life_free,
		.attempt = life_attempt, .pending = life_pending,
		.leave = life_leave, .vanish = life_vanish,
	};

	return life_play(&ops, devid, argc, argv);
}
