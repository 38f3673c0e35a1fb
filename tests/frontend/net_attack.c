// SPDX-License-Identifier: GPL-2.0
/* Runs one attack on a network backend and looks how it ended. */
#include "net_attack.h"

#include <string.h>

const struct net_conf net_plain;

static const char *const outcome_names[] = { "answered", "stopped", "any" };

static const struct net_attack *find_in(const struct net_attack *attacks,
					unsigned int nr, const char *name)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!name)
			say("%s %s %s", attacks[i].name, attacks[i].advisory,
			    outcome_names[attacks[i].outcome]);
		else if (!strcmp(attacks[i].name, name))
			return &attacks[i];
	}
	return NULL;
}

static void check_outcome(struct net *net, enum net_outcome outcome)
{
	if (outcome == NET_ANY)
		return;
	if (outcome == NET_ANSWERED) {
		if (!net->nr_queues)
			net_connect(net, &net_plain);
		net_echo(&net->queues[0], 1000);
		if (front_otherend_state(&net->front) != CONNECTED)
			die("the backend has left the state Connected");
		net_close(net);
		return;
	}
	front_wait_stopped(&net->front);
	front_state(&net->front, CLOSED);
	front_wait(&net->front, 1u << CLOSED);
	net_free_rings(net);
}

/* Without a name: prints what there is. */
int net_attack(unsigned int devid, int argc, char **argv)
{
	const char *name = argc ? argv[0] : NULL;
	const struct net_attack *attack;
	struct net net;

	attack = find_in(net_ring_attacks, net_nr_ring_attacks, name);
	if (!attack)
		attack = find_in(net_state_attacks, net_nr_state_attacks, name);
	if (!attack)
		attack = find_in(net_packet_attacks, net_nr_packet_attacks,
				 name);
	if (!attack)
		attack = find_in(net_ctrl_attacks, net_nr_ctrl_attacks, name);
	if (!attack)
		attack = find_in(net_large_attacks, net_nr_large_attacks, name);
	if (!name)
		return 0;
	what = name;
	if (!attack)
		die("no such attack");
	net_open(&net, devid);
	attack->run(&net);
	check_outcome(&net, attack->outcome);
	say("ended %s: %s", name, outcome_names[attack->outcome]);
	return 0;
}
