// SPDX-License-Identifier: GPL-2.0
/* Runs one attack on a block backend and looks how it ended. */
#include "blk_attack.h"

#include <stdlib.h>
#include <string.h>

struct blk_conf blk_attack_conf;

static const char *const outcome_names[] = { "answered", "stopped", "any" };

void blk_refuse(struct blk_ring *ring, const struct blk_req *req,
		const char *of)
{
	int status = blk_do(ring, req);

	if (status != ERROR && status != UNSUPPORTED)
		die("%s: status %d", of, status);
}

void blk_drain(struct blk_ring *ring, uint32_t nr)
{
	struct blk_rsp rsp;

	while (nr--) {
		blk_next(ring, &rsp);
		if (rsp.status > OKAY || rsp.status < UNSUPPORTED)
			die("status %d", rsp.status);
	}
}

static const struct blk_attack *find_in(const struct blk_attack *attacks,
					unsigned int nr, const char *name)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(attacks[i].name, name))
			return &attacks[i];
	return NULL;
}

static const struct blk_attack *find(const char *name)
{
	const struct blk_attack *found;

	found = find_in(blk_ring_attacks, blk_nr_ring_attacks, name);
	if (!found)
		found = find_in(blk_grant_attacks, blk_nr_grant_attacks, name);
	if (!found)
		found = find_in(blk_state_attacks, blk_nr_state_attacks, name);
	if (!found)
		found = find_in(blk_lie_attacks, blk_nr_lie_attacks, name);
	if (!found)
		die("no attack %s", name);
	return found;
}

static void list(const struct blk_attack *attacks, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		say("%s %s %s", attacks[i].name, attacks[i].rule,
		    outcome_names[attacks[i].outcome]);
}

static void still_served(struct blk *blk)
{
	if (!blk->nr_rings)
		blk_connect(blk, &blk_attack_conf);
	blk_round_trip(&blk->rings[0], 0, 4);
	if (front_otherend_state(&blk->front) != CONNECTED)
		die("the backend has left the state Connected");
}

static void check_outcome(struct blk *blk, enum outcome outcome)
{
	if (outcome == ANY)
		return;
	if (outcome == ANSWERED) {
		still_served(blk);
		blk_close(blk);
		return;
	}
	front_wait_stopped(&blk->front);
	front_state(&blk->front, CLOSED);
	front_wait(&blk->front, 1u << CLOSED);
	blk_free_rings(blk);
}

static void options(int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "persistent"))
			blk_attack_conf.persistent = true;
		else
			blk_attack_conf.protocol = argv[i];
	}
}

int blk_attack(unsigned int devid, int argc, char **argv)
{
	const struct blk_attack *attack;
	struct blk blk;

	if (!argc) {
		list(blk_ring_attacks, blk_nr_ring_attacks);
		list(blk_grant_attacks, blk_nr_grant_attacks);
		list(blk_state_attacks, blk_nr_state_attacks);
		list(blk_lie_attacks, blk_nr_lie_attacks);
		return 0;
	}
	what = argv[0];
	attack = find(argv[0]);
	options(argc - 1, argv + 1);
	blk_open(&blk, devid);
	attack->run(&blk);
	check_outcome(&blk, attack->outcome);
	say("ended %s: %s", attack->name, outcome_names[attack->outcome]);
	return 0;
}
