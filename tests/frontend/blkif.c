// SPDX-License-Identifier: GPL-2.0
/* Owns a connection to a block backend: its rings and what is in them. */
#include "blkif.h"

#include <stdio.h>
#include <string.h>

static const struct blk_layout layouts[] = {
	{ "x86_64-abi", 112, 16, 8, 16, 24, 24, 28 },
	{ "x86_32-abi", 108, 12, 4, 12, 20, 20, 24 },
	{ "arm-abi", 112, 16, 8, 16, 24, 24, 28 },
};

#if defined(__x86_64__)
#define NATIVE		"x86_64-abi"
/* What a frontend has that does not say. */
#define UNNAMED		"x86_32-abi"
#else
#define NATIVE		"arm-abi"
#define UNNAMED		"arm-abi"
#endif

const struct blk_layout *blk_layout(const char *protocol)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(layouts); i++)
		if (!strcmp(layouts[i].protocol, protocol))
			return &layouts[i];
	return NULL;
}

void blk_open(struct blk *blk, unsigned int devid)
{
	memset(blk, 0, sizeof(*blk));
	front_open(&blk->front, "vbd", devid);
}

static uint32_t slots_of(unsigned int pages, uint32_t slot)
{
	uint32_t room = (pages * FRAME - sizeof(struct shared_ring)) / slot;
	uint32_t nr = 1;

	while (nr * 2 <= room)
		nr *= 2;
	return nr;
}

static void ring_init(struct blk *blk, struct blk_ring *ring,
		      const struct blk_conf *conf)
{
	ring->front = &blk->front;
	ring->layout = blk->layout;
	ring->pages = pages_share(&blk->front, 1u << conf->order, true);
	ring->port = port_open(&blk->front);
	ring->nr_slots = slots_of(ring->pages.nr, blk->layout->request);
	ring->s = (void *)ring->pages.addr;
	ring->prod = conf->start;
	ring->pushed = conf->start;
	ring->cons = conf->start;
	ring->s->req_prod = conf->start;
	ring->s->rsp_prod = conf->start;
	ring->s->req_event = conf->start + 1;
	ring->s->rsp_event = conf->start + 1;
}

static void offer_ring(struct blk *blk, const struct blk_conf *conf,
		       unsigned int index)
{
	struct blk_ring *ring = &blk->rings[index];
	char prefix[32] = "", key[64];
	unsigned int i;

	if (blk->nr_rings > 1)
		snprintf(prefix, sizeof(prefix), "queue-%u/", index);
	snprintf(key, sizeof(key), "%sevent-channel", prefix);
	front_write(&blk->front, key, "%u", ring->port);
	snprintf(key, sizeof(key), "%sring-ref", prefix);
	front_remove(&blk->front, key);
	for (i = 0; i < ring->pages.nr; i++) {
		snprintf(key, sizeof(key), "%sring-ref", prefix);
		if (ring->pages.nr > 1 || conf->numbered)
			snprintf(key, sizeof(key), "%sring-ref%u", prefix, i);
		front_write(&blk->front, key, "%u", ring->pages.refs[i]);
	}
}

static void offer_number(struct blk *blk, const char *key, unsigned int value,
			 unsigned int usual)
{
	if (value == usual)
		front_remove(&blk->front, key);
	else
		front_write(&blk->front, key, "%u", value);
}

/* Make rings and publish them, without saying that they are there. */
void blk_offer_rings(struct blk *blk, const struct blk_conf *conf)
{
	const char *name = conf->protocol ? conf->protocol : NATIVE;
	unsigned int i;

	blk->layout = blk_layout(conf->silent ? UNNAMED : name);
	blk->nr_rings = conf->queues ? conf->queues : 1;
	if (conf->silent)
		front_remove(&blk->front, "protocol");
	else
		front_write(&blk->front, "protocol", "%s", name);
	offer_number(blk, "multi-queue-num-queues", blk->nr_rings, 1);
	offer_number(blk, "ring-page-order", conf->order, 0);
	offer_number(blk, "feature-persistent", conf->persistent, 0);
	for (i = 0; i < blk->nr_rings; i++) {
		ring_init(blk, &blk->rings[i], conf);
		offer_ring(blk, conf, i);
	}
}

void blk_connect(struct blk *blk, const struct blk_conf *conf)
{
	front_reset(&blk->front);
	blk_offer_rings(blk, conf);
	front_state(&blk->front, INITIALISED);
	front_wait(&blk->front, 1u << CONNECTED);
	blk->sectors = front_offer(&blk->front, "sectors", 0);
	blk->block_sectors = front_offer(&blk->front, "sector-size", 512) /
			     SECTOR;
	front_state(&blk->front, CONNECTED);
}

void blk_free_rings(struct blk *blk)
{
	unsigned int i;

	for (i = 0; i < blk->nr_rings; i++) {
		struct blk_ring *ring = &blk->rings[i];

		if (ring->port)
			xenevtchn_unbind(blk->front.evt, ring->port);
		pages_unshare(&blk->front, &ring->pages);
		memset(ring, 0, sizeof(*ring));
	}
	blk->nr_rings = 0;
}

/* Disconnect as a frontend does, then give everything back. */
void blk_close(struct blk *blk)
{
	front_state(&blk->front, CLOSING);
	front_wait(&blk->front, 1u << CLOSING | 1u << CLOSED);
	front_state(&blk->front, CLOSED);
	front_wait(&blk->front, 1u << CLOSED);
	blk_free_rings(blk);
}

void *blk_slot(struct blk_ring *ring, uint32_t index)
{
	uint32_t slot = index & (ring->nr_slots - 1);

	return ring->pages.addr + sizeof(struct shared_ring) +
	       (size_t)slot * ring->layout->request;
}

static void encode_segs(const struct blk_layout *layout,
			const struct blk_req *req, uint8_t *slot)
{
	memcpy(slot + 2, &req->handle, 2);
	memcpy(slot + layout->segs, req->segs, sizeof(req->segs));
}

void blk_encode(const struct blk_layout *layout, const struct blk_req *req,
		uint8_t *slot)
{
	slot[0] = req->op;
	slot[1] = req->second;
	memcpy(slot + layout->id, &req->id, 8);
	memcpy(slot + layout->sector, &req->sector, 8);
	switch (req->op) {
	case INDIRECT:
		memcpy(slot + 2, &req->nr_indirect, 2);
		memcpy(slot + layout->ind_handle, &req->handle, 2);
		memcpy(slot + layout->ind_grefs, req->grefs,
		       sizeof(req->grefs));
		break;
	case DISCARD:
		memcpy(slot + 2, &req->handle, 2);
		memcpy(slot + layout->segs, &req->nr_sectors, 8);
		break;
	default:
		encode_segs(layout, req, slot);
	}
}

/* Write a request into the next slot; nobody is told yet. */
void blk_put(struct blk_ring *ring, const struct blk_req *req)
{
	uint8_t *slot = blk_slot(ring, ring->prod++);

	memset(slot, 0xee, ring->layout->request);
	blk_encode(ring->layout, req, slot);
	ids_add(&ring->ids, req->id);
}

void blk_notify(struct blk_ring *ring)
{
	xenevtchn_notify(ring->front->evt, ring->port);
}

static uint8_t *before(struct blk_ring *ring, uint32_t index)
{
	return ring->before[index & (ring->nr_slots - 1) & (IDS_MAX - 1)];
}

/*
 * Bytes that no field of a response has are zero (XSA-216). By the rules they
 * may also be the guest's own, as its request has left them.
 */
static void check_unused(struct blk_ring *ring, const uint8_t *slot)
{
	static const uint8_t places[] = { 9, 12, 13, 14, 15 };
	const uint8_t *own = before(ring, ring->cons);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		uint8_t at = places[i], byte = slot[at];

		if (at >= ring->layout->response || !byte)
			continue;
		if (!only_rules || (byte != own[at - 8] && !ring->ids.unknown))
			die("byte %u in a response is %#x", at, byte);
	}
}

/* Show all requests that were put; an event if the backend asked for one. */
void blk_push(struct blk_ring *ring)
{
	uint32_t old = ring->pushed, i;

	for (i = 0; i < ring->nr_slots && old + i != ring->prod; i++)
		memcpy(before(ring, old + i),
		       (uint8_t *)blk_slot(ring, old + i) + 8, 8);
	mb();
	ring->s->req_prod = ring->prod;
	ring->pushed = ring->prod;
	mb();
	if (ring->prod - ring->s->req_event < ring->prod - old)
		blk_notify(ring);
}

/* Take a response if there is one. */
bool blk_poll(struct blk_ring *ring, struct blk_rsp *rsp)
{
	const uint8_t *slot = blk_slot(ring, ring->cons);

	if (ring->s->rsp_prod == ring->cons)
		return false;
	if (ring->s->rsp_prod - ring->cons > ring->pushed - ring->cons)
		die("more responses (%u) than requests (%u)",
		    ring->s->rsp_prod, ring->pushed);
	mb();
	memcpy(&rsp->id, slot, 8);
	rsp->op = slot[8];
	memcpy(&rsp->status, slot + 10, 2);
	check_unused(ring, slot);
	ids_take(&ring->ids, rsp->id);
	ring->cons++;
	return true;
}

/* Wait for the next response. */
void blk_next(struct blk_ring *ring, struct blk_rsp *rsp)
{
	uint64_t end = now_us() + patience_s() * 1000000ull;

	while (!blk_poll(ring, rsp)) {
		ring->s->rsp_event = ring->cons + 1;
		mb();
		if (blk_poll(ring, rsp))
			return;
		ring->events += port_wait(ring->front, 1000);
		if (now_us() > end)
			die("no response %u to requests up to %u",
			    ring->cons, ring->pushed);
	}
}

/* One request, with nothing else in the ring: its status. */
int blk_do(struct blk_ring *ring, const struct blk_req *req)
{
	uint8_t op = req->op == INDIRECT ? req->second : req->op;
	struct blk_rsp rsp;

	blk_put(ring, req);
	blk_push(ring);
	blk_next(ring, &rsp);
	if (rsp.id != req->id)
		die("response to %#llx, not to %#llx",
		    (unsigned long long)rsp.id, (unsigned long long)req->id);
	if (rsp.op != op && rsp.op != req->op)
		die("operation %u in the response to %u", rsp.op, op);
	return rsp.status;
}

static uint64_t fresh_id(void)
{
	static uint64_t id;

	return 0xfedcba9800000000 + id++;
}

/* Whole frames, one segment for each page. */
struct blk_req blk_direct(uint8_t op, uint64_t sector,
			  const struct pages *pages, unsigned int nr_segs)
{
	struct blk_req req = { .op = op, .second = nr_segs,
			       .id = fresh_id(), .sector = sector };
	unsigned int i;

	for (i = 0; i < nr_segs && i < DIRECT_SEGS; i++)
		req.segs[i] = (struct blk_seg){ pages->refs[i % pages->nr], 0,
						FRAME_SECTORS - 1 };
	return req;
}

struct blk_req blk_indirect(uint8_t op, uint64_t sector,
			    const struct pages *frame,
			    const struct pages *pages, unsigned int nr_segs)
{
	struct blk_req req = { .op = INDIRECT, .second = op,
			       .nr_indirect = nr_segs, .id = fresh_id(),
			       .sector = sector };
	struct blk_seg *segs = (void *)frame->addr;
	unsigned int i;

	for (i = 0; i < frame->nr && i < INDIRECT_FRAMES; i++)
		req.grefs[i] = frame->refs[i];
	for (i = 0; i < nr_segs && i < frame->nr * FRAME / sizeof(*segs); i++)
		segs[i] = (struct blk_seg){ pages->refs[i % pages->nr], 0,
					    FRAME_SECTORS - 1 };
	return req;
}

static uint64_t word_of(uint64_t sector, unsigned int i, uint32_t seed)
{
	return (sector * 64 + i + 1) * 0x9e3779b97f4a7c15 ^ seed;
}

/* Data that says which sector it belongs to. */
void blk_fill(uint8_t *data, uint64_t sector, uint64_t nr, uint32_t seed)
{
	uint64_t *words = (void *)data;
	uint64_t i;

	for (i = 0; i < nr * 64; i++)
		words[i] = word_of(sector + i / 64, i % 64, seed);
}

bool blk_same(const uint8_t *data, uint64_t sector, uint64_t nr,
	      uint32_t seed)
{
	const uint64_t *words = (const void *)data;
	uint64_t i;

	for (i = 0; i < nr * 64; i++)
		if (words[i] != word_of(sector + i / 64, i % 64, seed))
			return false;
	return true;
}
