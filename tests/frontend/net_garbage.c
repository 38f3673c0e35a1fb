// SPDX-License-Identifier: GPL-2.0
/* Garbage in a vif's xenstore; one device for each entry. See blk_garbage.c. */
#include "net_attack.h"

#include <string.h>

enum answer { REFUSED, SERVED, EITHER };

static const struct {
	const char *key;
	const char *value;
	enum answer answer;
} garbage[] = {
	{ "multi-queue-num-queues", "0", REFUSED },
	{ "multi-queue-num-queues", "2", REFUSED },
	{ "multi-queue-num-queues", "4097", REFUSED },
	{ "multi-queue-num-queues", "4294967295", REFUSED },
	{ "multi-queue-num-queues", "banana", EITHER },
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
	{ "feature-sg", "banana", SERVED },
	{ "feature-gso-tcpv4", "4294967295", SERVED },
	{ "xdp-headroom", "4294967295", SERVED },
};

static const char *const answer_names[] = { "refused", "served", "either" };

static void one(struct net *net, unsigned int devid, unsigned int i)
{
	const char *value = garbage[i].value;
	enum answer answer;
	enum state state;

	net_open(net, devid);
	front_reset(&net->front);
	net_offer_rings(net, &net_plain);
	if (value)
		front_write(&net->front, garbage[i].key, "%s", value);
	else
		front_remove(&net->front, garbage[i].key);
	front_state(&net->front, CONNECTED);
	state = front_wait(&net->front, 1u << CONNECTED | 1u << CLOSING |
			   1u << CLOSED);
	answer = state == CONNECTED ? SERVED : REFUSED;
	say("%u %s = %s: %s", devid, garbage[i].key, value ? value : "(none)",
	    answer_names[answer]);
	if (garbage[i].answer != EITHER && garbage[i].answer != answer)
		die("%s = %s: %s", garbage[i].key, value ? value : "(none)",
		    answer_names[answer]);
	front_state(&net->front, CLOSED);
	front_wait(&net->front, 1u << CLOSED);
	net_free_rings(net);
	front_close(&net->front);
}

int net_garbage(unsigned int devid, int argc, char **argv)
{
	struct net net;
	unsigned int i;

	what = "garbage";
	if (argc && !strcmp(argv[0], "count")) {
		say("%zu", ARRAY_SIZE(garbage));
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(garbage); i++)
		one(&net, devid + i, i);
	return 0;
}
