/* SPDX-License-Identifier: GPL-2.0 */
/* Attacks on a network backend, of two kinds as those on a block backend. */
#ifndef NET_ATTACK_H
#define NET_ATTACK_H

#include "netif.h"

/* See blk_attack.h. */
enum net_outcome { NET_ANSWERED, NET_STOPPED, NET_ANY };

struct net_attack {
	const char *name;
	/* the advisory that it is an example of; "-": a promise of ours */
	const char *source;
	enum net_outcome outcome;
	void (*run)(struct net *net);
};

extern const struct net_conf net_plain;

/* net_attack_ring.c, net_attack_state.c */
extern const struct net_attack net_ring_attacks[];
extern const unsigned int net_nr_ring_attacks;
extern const struct net_attack net_state_attacks[];
extern const unsigned int net_nr_state_attacks;
/* net_attack_packet.c, net_attack_ctrl.c */
extern const struct net_attack net_packet_attacks[];
extern const unsigned int net_nr_packet_attacks;
extern const struct net_attack net_ctrl_attacks[];
extern const unsigned int net_nr_ctrl_attacks;
/* net_attack_large.c */
extern const struct net_attack net_large_attacks[];
extern const unsigned int net_nr_large_attacks;

#endif /* NET_ATTACK_H */
