// SPDX-License-Identifier: GPL-2.0
/* Runs one attack on a block backend and looks how it ended. */
#include "blk_attack.h"
#include "conform.h"

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

void blk_need_indirect(struct blk *blk, unsigned int segs)
{
	if (front_offer(&blk->front, "feature-max-indirect-segments", 0) < segs)
		unfit("requests of %u segments are not offered", segs);
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

/* Of all that there are; NULL behind the last one. */
static const struct blk_attack *nth(unsigned int nr)
{
	const struct {
		const struct blk_attack *attacks;
		unsigned int nr;
	} all[] = {
		{ blk_ring_attacks, blk_nr_ring_attacks },
		{ blk_grant_attacks, blk_nr_grant_attacks },
		{ blk_state_attacks, blk_nr_state_attacks },
		{ blk_lie_attacks, blk_nr_lie_attacks },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); nr -= all[i++].nr)
		if (nr < all[i].nr)
			return &all[i].attacks[nr];
	return NULL;
}

static const struct blk_attack *find(const char *name)
{
	const struct blk_attack *found;
	unsigned int i;

	for (i = 0; (found = nth(i)); i++)
		if (!strcmp(found->name, name))
			return found;
	die("no attack %s", name);
}

static void list(void)
{
	const struct blk_attack *attack;
	unsigned int i;

	for (i = 0; (attack = nth(i)); i++)
		say("%s %s %s", attack->name, attack->source,
		    outcome_names[attack->outcome]);
}

static void still_served(struct blk *blk)
{
	if (!blk->nr_rings)
		blk_connect(blk, &blk_attack_conf);
	blk_round_trip(&blk->rings[0], 0, 4);
	if (front_otherend_state(&blk->front) != CONNECTED)
		die("the backend has left the state Connected");
}

/* It says nothing: then it also serves nothing that was not asked for. */
static void check_silence(const struct blk *blk)
{
	unsigned int i;

	for (i = 0; i < blk->nr_rings; i++) {
		const struct blk_ring *ring = &blk->rings[i];

		if (!ring->ids.unknown && ring->s->rsp_prod != ring->cons)
			die("%u responses, %u were due", ring->s->rsp_prod,
			    ring->cons);
	}
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
	if (!front_stopped(&blk->front))
		check_silence(blk);
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

static void run(const struct blk_attack *attack, unsigned int devid)
{
	struct blk blk;

	what = attack->name;
	blk_open(&blk, devid);
	attack->run(&blk);
	check_outcome(&blk, attack->outcome);
}

int blk_attack(unsigned int devid, int argc, char **argv)
{
	const struct blk_attack *attack;

	if (!argc) {
		list();
		return 0;
	}
	what = argv[0];
	attack = find(argv[0]);
	options(argc - 1, argv + 1);
	run(attack, devid);
	say("ended %s: %s", attack->name, outcome_names[attack->outcome]);
	return 0;
}

static bool get_case(unsigned int nr, struct conform_case *found)
{
	const struct blk_attack *attack = nth(nr);

	if (attack)
		conform_name(found, attack->name, attack->source);
	return attack;
}

static void run_case(unsigned int devid, unsigned int nr)
{
	run(nth(nr), devid);
}

const struct suite blk_attack_suite = { "attack", get_case, run_case };
