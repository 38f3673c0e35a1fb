// SPDX-License-Identifier: GPL-2.0
/* Garbage in a vif's directory. */
#include "net_attack.h"
#include "conform.h"
#include "garbage.h"

static const struct garbage net_entries[] = {
	{ "multi-queue-num-queues", "0", REFUSED },
	{ "multi-queue-num-queues", "2", REFUSED },
	{ "multi-queue-num-queues", "4097", REFUSED },
	{ "multi-queue-num-queues", "4294967295", REFUSED },
	{ "multi-queue-num-queues", "4294967297", STRICT },
	{ "multi-queue-num-queues", "banana", STRICT },
	{ "request-rx-copy", NULL, REFUSED },
	{ "request-rx-copy", "0", REFUSED },
	{ "tx-ring-ref", NULL, REFUSED },
	{ "tx-ring-ref", "8176", REFUSED },
	{ "tx-ring-ref", "4294967295", REFUSED },
	{ "tx-ring-ref", "banana", REFUSED },
	{ "rx-ring-ref", NULL, REFUSED },
	{ "rx-ring-ref", "4294967295", REFUSED },
	{ "event-channel", NULL, REFUSED },
	{ "event-channel", "0", REFUSED },
	{ "event-channel", "1", REFUSED },
	{ "event-channel", "999999", REFUSED },
	{ "event-channel", "banana", REFUSED },
	{ "event-channel-tx", "4095", REFUSED },
	{ "event-channel-tx", "banana", STRICT },
	{ "ctrl-ring-ref", "8176", REFUSED },
	{ "ctrl-ring-ref", "banana", STRICT },
	{ "ctrl-ring-ref", "", STRICT },
	{ "event-channel-ctrl", "4095", SERVED },
	{ "request-multicast-control", "banana", SERVED },
	{ "feature-sg", "banana", SERVED },
	{ "feature-gso-tcpv4", "4294967295", SERVED },
	{ "xdp-headroom", "4294967295", SERVED },
};

static struct net garbage_net;

static struct front *net_garbage_open(unsigned int devid)
{
	net_open(&garbage_net, devid);
	front_reset(&garbage_net.front);
	net_offer_rings(&garbage_net, &net_plain);
	return &garbage_net.front;
}

static void net_garbage_free(void)
{
	net_free_rings(&garbage_net);
}

static const struct garbage_way way = {
	.entries = net_entries,
	.nr = ARRAY_SIZE(net_entries),
	.source = "netif.h",
	.ready = CONNECTED,
	.open = net_garbage_open,
	.free = net_garbage_free,
};

int net_garbage(unsigned int devid, int argc, char **argv)
{
	return garbage_run(&way, devid, argc, argv);
}

static bool get_case(unsigned int nr, struct conform_case *found)
{
	return garbage_get(&way, nr, found);
}

static void run_case(unsigned int devid, unsigned int nr)
{
	garbage_one(&way, devid, nr);
}

const struct suite net_garbage_suite = { "garbage", get_case, run_case };
