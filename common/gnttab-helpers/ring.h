/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The backend half of a shared ring, for any request and response format.
 *
 * The otherend writes to the ring page whenever it likes. Only ring.c reads
 * or writes it; everybody else works on private copies.
 *
 * A ring belongs to one thread of execution: no function here locks, none
 * sleeps.
 */
#ifndef XGH_RING_H
#define XGH_RING_H

#include <linux/types.h>

struct xgh_ring_page;

/**
 * struct xgh_ring - private side of an attached ring
 */
struct xgh_ring {
	/** @page: the shared memory; nobody but ring.c dereferences it */
	struct xgh_ring_page *page;
	/** @nr_slots: number of slots, a power of two */
	u32 nr_slots;
	/** @slot_size: bytes from one slot to the next */
	u32 slot_size;
	/** @req_cons: index of the next request to consume */
	u32 req_cons;
	/** @rsp_prod: index of the next response to write */
	u32 rsp_prod;
	/** @rsp_pushed: index up to which the otherend may see responses */
	u32 rsp_pushed;
};

int xgh_ring_attach(struct xgh_ring *ring, void *addr, size_t bytes,
		    u32 slot_size);
int xgh_ring_unconsumed(const struct xgh_ring *ring);
void xgh_ring_consume(struct xgh_ring *ring, void *request, size_t bytes);
int xgh_ring_rearm(struct xgh_ring *ring);
int xgh_ring_rearm_for(struct xgh_ring *ring, u32 wanted);
void xgh_ring_respond(struct xgh_ring *ring, const void *response,
		      size_t bytes);
bool xgh_ring_push(struct xgh_ring *ring);

/**
 * xgh_ring_unanswered() - requests consumed and not yet responded to
 * @ring: the ring
 *
 * Context: Any; owner of the ring.
 * Return: a number from 0 to nr_slots.
 */
static inline u32 xgh_ring_unanswered(const struct xgh_ring *ring)
{
	return ring->req_cons - ring->rsp_prod;
}

#endif /* XGH_RING_H */
