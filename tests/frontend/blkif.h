/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frontend's half of blkif, with control of every field of every slot and
 * of every index. Source of all facts: xen/interface/io/blkif.h.
 */
#ifndef BLKIF_H
#define BLKIF_H

#include "front.h"
#include "ids.h"

#define SECTOR			512u
#define FRAME_SECTORS		8u
#define DIRECT_SEGS		11u
#define INDIRECT_FRAMES		8u
#define MAX_QUEUES		64u
#define SLOT_MAX		112u

enum blk_op { READ, WRITE, BARRIER, FLUSH, RESERVED, DISCARD, INDIRECT };
enum blk_status { OKAY = 0, ERROR = -1, UNSUPPORTED = -2 };

struct blk_seg {
	uint32_t gref;
	uint8_t first;
	uint8_t last;
	uint16_t pad;
};

/* Where the fields of a layout are, in bytes. */
struct blk_layout {
	const char *protocol;
	uint8_t request, response, id, sector, segs, ind_handle, ind_grefs;
};

/* A request of any kind; what its operation does not have is not written. */
struct blk_req {
	uint8_t op;
	/* nr_segments, or the flag of a discard, or the inner operation */
	uint8_t second;
	uint16_t handle;
	uint16_t nr_indirect;
	uint64_t id;
	uint64_t sector;
	uint64_t nr_sectors;
	struct blk_seg segs[DIRECT_SEGS];
	uint32_t grefs[INDIRECT_FRAMES];
};

struct blk_rsp {
	uint64_t id;
	uint8_t op;
	int16_t status;
};

struct blk_ring {
	struct front *front;
	const struct blk_layout *layout;
	struct pages pages;
	volatile struct shared_ring *s;
	evtchn_port_t port;
	uint32_t nr_slots;
	/* our own indices: next request, what was pushed, next response */
	uint32_t prod, pushed, cons;
	/* of requests that were put */
	struct ids ids;
	/* what was in their slots, where a response has unused bytes */
	uint8_t before[IDS_MAX][8];
	/* events that came in while waiting for responses */
	uint64_t events;
};

/* How to connect. */
struct blk_conf {
	/* name of the layout, NULL for the machine's own */
	const char *protocol;
	/* do not write the protocol at all */
	bool silent;
	unsigned int order;
	unsigned int queues;
	bool persistent;
	/* a ring of one page as "ring-ref0" */
	bool numbered;
	/* value of all indices at the beginning */
	uint32_t start;
};

struct blk {
	struct front front;
	const struct blk_layout *layout;
	unsigned int nr_rings;
	struct blk_ring rings[MAX_QUEUES];
	uint64_t sectors;
	uint32_t block_sectors;
};

const struct blk_layout *blk_layout(const char *protocol);
void blk_open(struct blk *blk, unsigned int devid);
void blk_offer_rings(struct blk *blk, const struct blk_conf *conf);
void blk_connect(struct blk *blk, const struct blk_conf *conf);
void blk_close(struct blk *blk);
void blk_free_rings(struct blk *blk);

void *blk_slot(struct blk_ring *ring, uint32_t index);
void blk_encode(const struct blk_layout *layout, const struct blk_req *req,
		uint8_t *slot);
void blk_put(struct blk_ring *ring, const struct blk_req *req);
void blk_push(struct blk_ring *ring);
void blk_notify(struct blk_ring *ring);
bool blk_poll(struct blk_ring *ring, struct blk_rsp *rsp);
void blk_next(struct blk_ring *ring, struct blk_rsp *rsp);
int blk_do(struct blk_ring *ring, const struct blk_req *req);

struct blk_req blk_direct(uint8_t op, uint64_t sector,
			  const struct pages *pages, unsigned int nr_segs);
struct blk_req blk_indirect(uint8_t op, uint64_t sector,
			    const struct pages *frame,
			    const struct pages *pages, unsigned int nr_segs);
void blk_fill(uint8_t *data, uint64_t sector, uint64_t nr, uint32_t seed);
bool blk_same(const uint8_t *data, uint64_t sector, uint64_t nr,
	      uint32_t seed);

/* blk_check.c: these end the program if anything is wrong */
void blk_expect(int status, int want, const char *of);
void blk_round_trip(struct blk_ring *ring, uint64_t sector,
		    unsigned int nr_segs);
void blk_round_trip_indirect(struct blk_ring *ring, uint64_t sector,
			     unsigned int nr_segs);

/* blk_beside.c: cases of blk_conform */
void blk_case_parts(struct blk *blk);
void blk_case_patchwork(struct blk *blk);
void blk_case_discard(struct blk *blk);

/* commands, each in a file of its name */
int blk_conform(unsigned int devid, int argc, char **argv);
int blk_attack(unsigned int devid, int argc, char **argv);
int blk_garbage(unsigned int devid, int argc, char **argv);
int blk_hoard(unsigned int devid, int argc, char **argv);
int blk_load(unsigned int devid, int argc, char **argv);
int blk_profile(unsigned int devid, int argc, char **argv);

#endif /* BLKIF_H */
