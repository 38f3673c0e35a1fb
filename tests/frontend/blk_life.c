// SPDX-License-Identifier: GPL-2.0
/* A block frontend's part in the table of life cycles: its I/O. */
#include "blkif.h"
#include "life.h"

#include <string.h>

/* Of the one device that this process has. */
static struct blk blk;
static struct pages from, to;
static uint32_t seed;
/* What is on its way, and what came of the write before it. */
static enum { IDLE, WRITING, READING } doing;
static int write_status;

static struct front *life_open(unsigned int devid)
{
	blk_open(&blk, devid);
	seed = devid << 16;
	return &blk.front;
}

static void life_offer(void)
{
	blk_offer_rings(&blk, &(struct blk_conf){});
	from = pages_share(&blk.front, 1, true);
	to = pages_share(&blk.front, 1, true);
}

static void life_free(void)
{
	blk_free_rings(&blk);
	pages_unshare(&blk.front, &from);
	pages_unshare(&blk.front, &to);
	doing = IDLE;
}

static void begin(uint8_t op)
{
	struct blk_req req = blk_direct(op, FRAME_SECTORS,
					op == WRITE ? &from : &to, 1);

	blk_put(&blk.rings[0], &req);
	blk_push(&blk.rings[0]);
	doing = op == WRITE ? WRITING : READING;
}

static const char *outcome(int read_status)
{
	if (read_status)
		return write_status ? "failing" : "unreadable";
	if (write_status)
		return "readonly";
	if (!blk_same(to.addr, FRAME_SECTORS, FRAME_SECTORS, seed))
		return "changed";
	return "served";
}

static const char *take(const struct blk_rsp *rsp)
{
	if (doing == WRITING) {
		write_status = rsp->status;
		begin(READ);
		return NULL;
	}
	doing = IDLE;
	return outcome(rsp->status);
}

static const char *life_attempt(unsigned int ms)
{
	uint64_t end = now_us() + ms * 1000;
	struct blk_ring *ring = &blk.rings[0];
	const char *word = NULL;
	struct blk_rsp rsp;

	if (doing == IDLE) {
		blk_fill(from.addr, FRAME_SECTORS, FRAME_SECTORS, ++seed);
		begin(WRITE);
	}
	while (!word && now_us() < end) {
		if (blk_poll(ring, &rsp))
			word = take(&rsp);
		else
			nap(4000);
	}
	return word;
}

static bool life_pending(void)
{
	return doing != IDLE;
}

/* Reads of a frame that are never looked at again. */
static void life_leave(void)
{
	struct blk_req req;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		req = blk_direct(i % 2 ? READ : WRITE, FRAME_SECTORS,
				 i % 2 ? &to : &from, 1);
		blk_put(&blk.rings[0], &req);
	}
	blk_push(&blk.rings[0]);
}

static void life_vanish(void)
{
	struct blk_ring *ring = &blk.rings[0];

	port_lose(&blk.front, ring->port);
	ring->port = 0;
	blk_free_rings(&blk);
}

int blk_lives(unsigned int devid, int argc, char **argv)
{
	static const struct life_ops ops = {
		.type = "vbd", .ready = INITIALISED,
		.open = life_open, .offer = life_offer, .free = life_free,
		.attempt = life_attempt, .pending = life_pending,
		.leave = life_leave, .vanish = life_vanish,
	};

	return life_play(&ops, devid, argc, argv);
}
