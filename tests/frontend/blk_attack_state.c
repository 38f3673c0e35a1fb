// SPDX-License-Identifier: GPL-2.0
/* Attacks from beside the ring: states, xenstore, event channels. */
#include "blk_attack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- R3, R10: states in any order, faster than anyone can follow */

static void attack_state_storm(struct blk *blk)
{
	static const char *const values[] = {
		"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "99", "-1",
		"4294967295", "4294967299", "banana", "", "3", "4", "3", "1",
	};
	uint32_t n = 99;
	unsigned int i;

	front_reset(&blk->front);
	blk_offer_rings(blk, &blk_attack_conf);
	for (i = 0; i < often(200); i++) {
		n = n * 1664525 + 1013904223;
		front_storm(&blk->front,
			    values[(n >> 16) % ARRAY_SIZE(values)]);
		if (n >> 28 == 0)
			nap(3000);
	}
	front_state(&blk->front, CLOSED);
	front_wait(&blk->front, 1u << CLOSED);
	blk_free_rings(blk);
}

/* Connect and go away, with requests on their way, without waiting. */
static void attack_toggle(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	unsigned int round, i;

	front_reset(&blk->front);
	blk_offer_rings(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, DIRECT_SEGS, true);
	for (round = 0; round < often(30); round++) {
		front_state(&blk->front, INITIALISED);
		if (round % 3 == 0)
			front_wait(&blk->front, 1u << CONNECTED);
		ring->prod = ring->s->rsp_prod;
		ring->ids.nr = 0;
		for (i = 0; i < ring->nr_slots; i++) {
			struct blk_req req = blk_direct(READ, 0, &pages,
							DIRECT_SEGS);
			blk_put(ring, &req);
		}
		blk_push(ring);
		blk_notify(ring);
		if (round % 2)
			nap(round * 50);
		front_state(&blk->front, CLOSED);
		if (round % 3 == 0)
			front_wait(&blk->front, 1u << CLOSED);
		front_state(&blk->front, INITIALISING);
	}
	front_settle(&blk->front);
	blk_free_rings(blk);
	pages_unshare(&blk->front, &pages);
}

/* Closing, and then anew without having been closed, fast and slowly. */
static void attack_restart(struct blk *blk)
{
	unsigned int i;

	for (i = 0; i < 20; i++) {
		blk_connect(blk, &blk_attack_conf);
		front_state(&blk->front, CLOSING);
		if (i % 2)
			front_wait(&blk->front, 1u << CLOSING);
		if (i % 4 < 2 || only_rules)
			front_state(&blk->front, CLOSED);
		front_state(&blk->front, INITIALISING);
		front_wait(&blk->front, 1u << INITWAIT);
		blk_free_rings(blk);
	}
}

/* The second of two rings is said to be there, without an event channel. */
static void attack_half_told(struct blk *blk)
{
	struct blk_conf conf = blk_attack_conf;

	conf.queues = 2;
	front_reset(&blk->front);
	blk_offer_rings(blk, &conf);
	front_remove(&blk->front, "queue-1/event-channel");
	front_state(&blk->front, INITIALISED);
}

/* From Connected back to states that lie behind it. */
static void attack_backwards(struct blk *blk)
{
	static const enum state states[] = { INITIALISED, CONNECTED, INITWAIT,
					     RECONFIGURING, CONNECTED };
	unsigned int i;

	blk_connect(blk, &blk_attack_conf);
	for (i = 0; i < 50; i++) {
		front_state(&blk->front, states[i % ARRAY_SIZE(states)]);
		if (i % 10 == 0)
			blk_round_trip(&blk->rings[0], 0, 2);
	}
	front_state(&blk->front, CONNECTED);
	blk_round_trip(&blk->rings[0], 0, 2);
}

/* The frontend's process dies, with requests on their way. */
static void attack_vanish(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	unsigned int i;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, DIRECT_SEGS, true);
	for (i = 0; i < ring->nr_slots; i++) {
		struct blk_req req = blk_direct(i % 2, 0, &pages, DIRECT_SEGS);

		blk_put(ring, &req);
	}
	blk_push(ring);
	say("ended vanish: any");
	exit(0);
}

/* The backend asks for an event for the next request once it has all others. */
static void wait_until_taken(struct blk_ring *ring)
{
	unsigned int i;

	for (i = 0; i < patience_s() * 1000; i++) {
		if (ring->s->req_event == ring->pushed + 1)
			return;
		nap(1000);
	}
	die("the requests are not taken");
}

/* How long the disk takes for a read, in us. */
static uint64_t read_takes(struct blk *blk)
{
	struct pages pages = pages_share(&blk->front, 1, true);
	struct blk_req req = blk_direct(READ, 0, &pages, 1);
	uint64_t begin = now_us();

	blk_expect(blk_do(&blk->rings[0], &req), OKAY, "read");
	pages_unshare(&blk->front, &pages);
	return now_us() - begin;
}

/*
 * Reads of a slow disk are on their way when the frontend goes. Its pages are
 * its own again, and granted for something else under the same numbers, when
 * the disk has the data: it must not be copied to them. When it certainly has
 * them is known from a read before.
 */
static void attack_forsake(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	unsigned int i;
	uint64_t takes;

	blk_connect(blk, &blk_attack_conf);
	takes = read_takes(blk);
	pages = pages_share(&blk->front, ring->nr_slots, true);
	memset(pages.addr, 0xa5, pages.nr * FRAME);
	for (i = 0; i < pages.nr; i++) {
		struct pages one = { .refs = &pages.refs[i], .nr = 1 };
		struct blk_req req = blk_direct(READ, i * FRAME_SECTORS, &one,
						1);

		blk_put(ring, &req);
	}
	blk_push(ring);
	wait_until_taken(ring);
	if (ring->s->rsp_prod != ring->cons)
		unfit("the disk is not slow");
	front_state(&blk->front, CLOSED);
	front_wait(&blk->front, 1u << CLOSED);
	nap(takes + takes / 2);
	for (i = 0; i < pages.nr * FRAME; i++)
		if (pages.addr[i] != 0xa5)
			die("byte %u was written", i);
	blk_free_rings(blk);
	pages_unshare(&blk->front, &pages);
}

/* ---- R9: watches */

static void attack_watch_storm(struct blk *blk)
{
	char key[64];
	unsigned int i;

	blk_connect(blk, &blk_attack_conf);
	for (i = 0; i < often(500); i++) {
		front_state(&blk->front, CONNECTED);
		snprintf(key, sizeof(key), "garbage-%u/%u", i % 5, i % 20);
		if (i % 4 == 0)
			front_write(&blk->front, key, "%0500u", i);
		if (i % 200 == 0)
			blk_round_trip(&blk->rings[0], 0, 1);
	}
	for (i = 0; i < 5; i++) {
		snprintf(key, sizeof(key), "garbage-%u", i);
		front_remove(&blk->front, key);
	}
}

/* ---- R7, R8, R16: event channels */

static void attack_event_storm(struct blk *blk)
{
	unsigned int i;

	blk_connect(blk, &blk_attack_conf);
	for (i = 0; i < often(4000); i++)
		blk_notify(&blk->rings[0]);
}

struct ringer {
	struct blk *blk;
	volatile bool stop;
	volatile bool stopped;
};

static void *ring_bell(void *arg)
{
	struct ringer *ringer = arg;

	while (!ringer->stop) {
		evtchn_port_t port = ringer->blk->rings[0].port;

		if (port)
			xenevtchn_notify(ringer->blk->front.evt, port);
	}
	ringer->stopped = true;
	return NULL;
}

/* Events that come while the backend connects and disconnects. */
static void attack_event_race(struct blk *blk)
{
	struct ringer ringer = { blk };
	unsigned int i;

	thread_start(ring_bell, &ringer);
	for (i = 0; i < 10; i++) {
		blk_connect(blk, &blk_attack_conf);
		if (i % 2)
			blk_round_trip(&blk->rings[0], 0, 1);
		blk_close(blk);
	}
	ringer.stop = true;
	while (!ringer.stopped)
		nap(1000);
}

/* The port that the backend notifies has gone. */
static void attack_port_closed(struct blk *blk)
{
	unsigned int round, i;

	for (round = 0; round < 5; round++) {
		struct blk_ring *ring = &blk->rings[0];
		struct pages pages;
		struct blk_rsp rsp;

		blk_connect(blk, &blk_attack_conf);
		pages = pages_share(&blk->front, DIRECT_SEGS, true);
		for (i = 0; i < 16; i++) {
			struct blk_req req = blk_direct(READ, 0, &pages,
							DIRECT_SEGS);
			blk_put(ring, &req);
		}
		blk_push(ring);
		xenevtchn_unbind(blk->front.evt, ring->port);
		ring->port = 0;
		for (i = 0; i < patience_s() * 1000; i++) {
			if (ring->cons == ring->pushed)
				break;
			if (!blk_poll(ring, &rsp))
				nap(1000);
		}
		if (ring->cons != ring->pushed)
			die("%u responses are missing",
			    ring->pushed - ring->cons);
		pages_unshare(&blk->front, &pages);
		blk_close(blk);
	}
}

struct shaker {
	struct blk_ring *ring;
	volatile bool stop;
	volatile bool stopped;
};

static void *shake_rsp_event(void *arg)
{
	struct shaker *shaker = arg;

	while (!shaker->stop)
		shaker->ring->s->rsp_event = shaker->ring->cons +
					     now_us() % 40;
	shaker->stopped = true;
	return NULL;
}

/* Whatever rsp_event says, there are not more events than responses. */
static void attack_rsp_event(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct shaker shaker = { ring };
	unsigned int round, i, events = 0, responses = 0;
	struct pages pages;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, 1, true);
	while (port_wait(&blk->front, 10))
		;
	thread_start(shake_rsp_event, &shaker);
	for (round = 0; round < often(20); round++) {
		struct blk_rsp rsp;

		for (i = 0; i < ring->nr_slots; i++) {
			struct blk_req req = blk_direct(READ, 0, &pages, 1);

			blk_put(ring, &req);
		}
		blk_push(ring);
		for (i = 0; i < ring->nr_slots; i += blk_poll(ring, &rsp))
			events += port_wait(&blk->front, 0);
		responses += i;
	}
	shaker.stop = true;
	while (!shaker.stopped)
		nap(1000);
	while (port_wait(&blk->front, 20))
		events++;
	if (events > responses)
		die("%u events for %u responses", events, responses);
	pages_unshare(&blk->front, &pages);
}

const struct blk_attack blk_state_attacks[] = {
	{ "restart", "CVE-2010-3699", ANSWERED, attack_restart },
	{ "backwards", "CVE-2010-3699", ANSWERED, attack_backwards },
	{ "half-told", "blkif.h", STOPPED, attack_half_told },
	{ "state-storm", "CVE-2010-3699,XSA-350", ANY, attack_state_storm },
	{ "toggle", "CVE-2010-3699,XSA-350", ANSWERED, attack_toggle },
	{ "vanish", "CVE-2010-3699", ANY, attack_vanish },
	{ "forsake", "CVE-2010-3699", ANSWERED, attack_forsake },
	{ "event-storm", "XSA-332", ANSWERED, attack_event_storm },
	{ "event-race", "XSA-332,XSA-331", ANSWERED, attack_event_race },
	{ "port-closed", "XSA-331", ANSWERED, attack_port_closed },
	{ "watch-storm", "XSA-349", ANSWERED, attack_watch_storm },
	{ "rsp-event", "XSA-391", ANSWERED, attack_rsp_event },
};

const unsigned int blk_nr_state_attacks = ARRAY_SIZE(blk_state_attacks);
