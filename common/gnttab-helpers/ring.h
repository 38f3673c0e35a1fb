/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The backend half of a shared ring, for any request and response format.
 *
 * The otherend writes to the ring page whenever it likes. Only this header and
 * ring.c read or write it; everybody else works on private copies.
 *
 * A ring belongs to one thread of execution: no function here locks, none
 * sleeps.
 */
#ifndef XGH_RING_H
#define XGH_RING_H

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

#include <asm/barrier.h>

/**
 * struct xgh_ring_page - layout of every Xen ring (xen/interface/io/ring.h)
 */
struct xgh_ring_page {
	/** @req_prod: the otherend's: end of its requests */
	u32 req_prod;
	/** @req_event: ours: with which request it is to send an event */
	u32 req_event;
	/** @rsp_prod: ours: end of our responses */
	u32 rsp_prod;
	/** @rsp_event: the otherend's: with which response it wants an event */
	u32 rsp_event;
	/** @pad: nobody's */
	u8 pad[48];
	/** @slots: requests, and responses over them */
	u8 slots[];
};

/**
 * struct xgh_ring - private side of an attached ring
 */
struct xgh_ring {
	/** @page: the shared memory; nobody else dereferences it */
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
int xgh_ring_rearm(struct xgh_ring *ring);
int xgh_ring_rearm_for(struct xgh_ring *ring, u32 wanted);
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

/**
 * xgh_ring_slot() - the shared memory of a slot
 * @ring: the ring
 * @index: of a request or response
 *
 * Context: Only for the functions below.
 * Return: where it begins.
 */
static inline void *xgh_ring_slot(const struct xgh_ring *ring, u32 index)
{
	u32 slot = index & (ring->nr_slots - 1);

	return ring->page->slots + (size_t)slot * ring->slot_size;
}

/**
 * xgh_ring_unconsumed() - how many requests are waiting
 * @ring: the ring
 *
 * Every request holds its slot until its response is written. A producer
 * index that claims more than the free slots, or that went backwards, is a
 * lie: nothing of such a ring can be believed any more (CVE-2010-4247).
 *
 * Context: Any; owner of the ring.
 * Return: the number of requests that may be consumed, at most nr_slots, or
 * -EPROTO for an impossible producer index.
 */
static inline int xgh_ring_unconsumed(const struct xgh_ring *ring)
{
	u32 waiting = READ_ONCE(ring->page->req_prod) - ring->req_cons;

	if (waiting > ring->nr_slots - xgh_ring_unanswered(ring))
		return -EPROTO;

	/* Slots are read after the index; pairs with the otherend's push. */
	virt_rmb();
	return waiting;
}

/**
 * xgh_ring_consume() - copy the next request out of the ring
 * @ring: the ring; xgh_ring_unconsumed() has said that a request is there
 * @request: private memory that takes the copy
 * @bytes: bytes of a request, at most the slot size
 *
 * The one and only read of the slot (XSA-155).
 *
 * Context: Any; owner of the ring.
 */
static inline void xgh_ring_consume(struct xgh_ring *ring, void *request,
				    size_t bytes)
{
	memcpy(request, xgh_ring_slot(ring, ring->req_cons), bytes);
	/* The compiler must not go back to the slot for what it copied. */
	barrier();
	ring->req_cons++;
}

/**
 * xgh_ring_respond() - write the response to one consumed request
 * @ring: the ring
 * @response: the response, every byte of it initialised (XSA-216)
 * @bytes: its length, at most the slot size
 *
 * The otherend sees it after the next xgh_ring_push().
 *
 * Context: Any; owner of the ring.
 */
static inline void xgh_ring_respond(struct xgh_ring *ring,
				    const void *response, size_t bytes)
{
	if (WARN_ON_ONCE(!xgh_ring_unanswered(ring)))
		return;

	memcpy(xgh_ring_slot(ring, ring->rsp_prod), response, bytes);
	ring->rsp_prod++;
}

#endif /* XGH_RING_H */
