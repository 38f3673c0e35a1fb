// SPDX-License-Identifier: GPL-2.0
/* Runs one attack on a network backend and looks how it ended. */
#include "net_attack.h"
#include "conform.h"

#include <string.h>

const struct net_conf net_plain;

static const char *const outcome_names[] = { "answered", "stopped", "any" };

/* Of all that there are; NULL behind the last one. */
static const struct net_attack *nth(unsigned int nr)
{
	const struct {
		const struct net_attack *attacks;
		unsigned int nr;
	} all[] = {
		{ net_ring_attacks, net_nr_ring_attacks },
		{ net_state_attacks, net_nr_state_attacks },
		{ net_packet_attacks, net_nr_packet_attacks },
		{ net_ctrl_attacks, net_nr_ctrl_attacks },
		{ net_large_attacks, net_nr_large_attacks },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); nr -= all[i++].nr)
		if (nr < all[i].nr)
			return &all[i].attacks[nr];
	return NULL;
}

/* Without a name: prints what there is. */
static const struct net_attack *find(const char *name)
{
	const struct net_attack *attack;
	unsigned int i;

	for (i = 0; (attack = nth(i)); i++) {
		if (!name)
			say("%s %s %s", attack->name, attack->source,
			    outcome_names[attack->outcome]);
		else if (!strcmp(attack->name, name))
			return attack;
	}
	return NULL;
}

/*
 * It says nothing: then it also does not answer what broke the ring. Where
 * nobody knows what may be answered, it is not all of it.
 */
static void check_silence(const struct net *net)
{
	unsigned int i;

	for (i = 0; i < net->nr_queues; i++) {
		const struct net_queue *queue = &net->queues[i];
		volatile struct shared_ring *s = queue->tx.s;

		if (queue->ids.unknown ? s->rsp_prod == s->req_prod :
					 s->rsp_prod != queue->tx.cons)
			die("it goes on: %u responses, %u were due",
			    s->rsp_prod, queue->tx.cons);
	}
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
	if (!front_stopped(&net->front))
		check_silence(net);
	front_state(&net->front, CLOSED);
	front_wait(&net->front, 1u << CLOSED);
	net_free_rings(net);
}

static void run(const struct net_attack *attack, unsigned int devid)
{
	struct net net;

	what = attack->name;
	net_open(&net, devid);
	attack->run(&net);
	check_outcome(&net, attack->outcome);
}

int net_attack(unsigned int devid, int argc, char **argv)
{
	const char *name = argc ? argv[0] : NULL;
	const struct net_attack *attack = find(name);

	if (!name)
		return 0;
	what = name;
	if (!attack)
		die("no such attack");
	run(attack, devid);
	say("ended %s: %s", name, outcome_names[attack->outcome]);
	return 0;
}

static bool get_case(unsigned int nr, struct conform_case *found)
{
	const struct net_attack *attack = nth(nr);

	if (attack)
		conform_name(found, attack->name, attack->source);
	return attack;
}

static void run_case(unsigned int devid, unsigned int nr)
{
	run(nth(nr), devid);
}

const struct suite net_attack_suite = { "attack", get_case, run_case };
