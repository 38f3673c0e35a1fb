// SPDX-License-Identifier: GPL-2.0
/*
 * Frontends with any number of receive buffers, with and without SG and GSO,
 * events for new buffers and a channel for each ring: at a rate that they can
 * take no packet is lost.
 */
#include "conform.h"
#include "netif.h"

#include <stdio.h>
#include <stdlib.h>

#define WINDOW		16u
#define LARGE		7000u

/* What a number of buffers is tried with. */
enum { NO_SG = 1, NO_NOTIFY = 2, SPLIT = 4, LATE = 8, WAYS = 16 };

static struct pages packets;
static uint16_t number;

/* As many as nobody has taken in yet; replies come in order, each complete. */
static void window(struct net_queue *queue, unsigned int payload,
		   unsigned int nr)
{
	uint16_t first = number + 1;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		struct net_tx tx = { .gref = packets.refs[i] };

		tx.size = net_make_echo(packets.addr + i * FRAME, payload,
					++number);
		net_put_tx(queue, &tx);
	}
	net_push(queue, &queue->tx);
	net_expect_tx(queue, nr, NET_OKAY);
	net_await_echoes(queue, payload, first, nr);
}

/* A packet of three frames needs three buffers at a time. */
static void try_way(struct net *net, unsigned int buffers, unsigned int way)
{
	struct net_conf conf = {
		.buffers = buffers, .no_sg = way & NO_SG,
		.no_notify = way & NO_NOTIFY, .split = way & SPLIT,
		.late = way & LATE,
	};
	struct net_queue *queue = &net->queues[0];

	net_connect(net, &conf);
	window(queue, 1472, WINDOW);
	window(queue, 56, WINDOW);
	window(queue, 400, 1);
	if (!conf.no_sg && buffers >= 3)
		net_echo(queue, LARGE);
	net_close(net);
}

/* The first few in all ways, later ones in a way each. */
int net_buffers(unsigned int devid, int argc, char **argv)
{
	struct net net;
	unsigned int way;
	char name[32];
	int i;

	net_open(&net, devid);
	packets = pages_share(&net.front, WINDOW, true);
	for (i = 0; i < argc; i++) {
		unsigned int buffers = atoi(argv[i]);

		if (!buffers || buffers > NET_SLOTS)
			die("%s is no number of buffers", argv[i]);
		snprintf(name, sizeof(name), "%u buffers", buffers);
		what = name;
		for (way = 0; way < WAYS; way++)
			if (buffers <= 3 || way == buffers * 7 % WAYS)
				try_way(&net, buffers, way);
	}
	say("%d numbers of buffers", argc);
	return 0;
}

/* As boot loaders and kernels have them. */
static const unsigned int numbers[] = { 1, 2, 3, 8, 18, 64, 128, 256 };

static bool get_case(unsigned int nr, struct conform_case *found)
{
	if (nr >= ARRAY_SIZE(numbers))
		return false;
	snprintf(found->name, sizeof(found->name), "buffers-%u", numbers[nr]);
	found->source = "netif.h: rx-ring-ref";
	return true;
}

static void run_case(unsigned int devid, unsigned int nr)
{
	struct net net;
	unsigned int i;

	what = "buffers";
	net_open(&net, devid);
	packets = pages_share(&net.front, WINDOW, true);
	for (i = 0; i < often(2); i++)
		try_way(&net, numbers[nr], (numbers[nr] + 5 * i) % WAYS);
}

const struct suite net_load_suite = { "load", get_case, run_case };
