// SPDX-License-Identifier: GPL-2.0
/*
 * Owns all access to shared ring memory: indices, slots and the events that
 * go with them. Pure; runs in the context of the ring's one owner.
 */
#include "ring.h"
#include "xgh_internal.h"

struct xgh_ring_example {
	u64 words[14];
};

DEFINE_RING_TYPES(xgh_example, struct xgh_ring_example,
		  struct xgh_ring_example);

static_assert(offsetof(struct xgh_ring_page, req_prod) ==
	      offsetof(struct xgh_example_sring, req_prod));
static_assert(offsetof(struct xgh_ring_page, req_event) ==
	      offsetof(struct xgh_example_sring, req_event));
static_assert(offsetof(struct xgh_ring_page, rsp_prod) ==
	      offsetof(struct xgh_example_sring, rsp_prod));
static_assert(offsetof(struct xgh_ring_page, rsp_event) ==
	      offsetof(struct xgh_example_sring, rsp_event));
static_assert(offsetof(struct xgh_ring_page, slots) ==
	      offsetof(struct xgh_example_sring, ring));

/**
 * xgh_ring_attach() - take over a mapped ring where its last owner left it
 * @ring: filled in
 * @addr: start of the mapped ring, contiguous in virtual memory
 * @bytes: its length
 * @slot_size: bytes of the larger one of request and response
 *
 * Consumption starts at the last response that the otherend was given, so
 * requests that an earlier backend took and never answered are seen again.
 *
 * Context: Any.
 * Return: 0, -EINVAL if not even one slot fits, -EPROTO if the otherend's
 * producer index does not belong to a ring of this size.
 */
int xgh_ring_attach(struct xgh_ring *ring, void *addr, size_t bytes,
		    u32 slot_size)
{
	size_t room;

	if (bytes < sizeof(struct xgh_ring_page) || !slot_size)
		return -EINVAL;
	room = (bytes - sizeof(struct xgh_ring_page)) / slot_size;
	if (!room)
		return -EINVAL;

	ring->page = addr;
	ring->nr_slots = rounddown_pow_of_two(room);
	ring->slot_size = slot_size;
	ring->rsp_prod = READ_ONCE(ring->page->rsp_prod);
	ring->rsp_pushed = ring->rsp_prod;
	ring->req_cons = ring->rsp_prod;

	return min(xgh_ring_unconsumed(ring), 0);
}
EXPORT_SYMBOL_GPL(xgh_ring_attach);

/**
 * xgh_ring_rearm() - ask for an event with the next request
 * @ring: the ring
 *
 * Context: Any; owner of the ring.
 * Return: as xgh_ring_unconsumed(). Only after a 0 may the caller go to
 * sleep: then an event will follow.
 */
int xgh_ring_rearm(struct xgh_ring *ring)
{
	int waiting = xgh_ring_unconsumed(ring);

	if (waiting)
		return waiting;

	WRITE_ONCE(ring->page->req_event, ring->req_cons + 1);
	/* Ask first, then look: pairs with the otherend's push. */
	virt_mb();
	return xgh_ring_unconsumed(ring);
}
EXPORT_SYMBOL_GPL(xgh_ring_rearm);

/**
 * xgh_ring_rearm_for() - ask for an event when several requests are there
 * @ring: the ring
 * @wanted: how many must be waiting, 1 to nr_slots
 *
 * For a ring whose requests are consumed when we have something for them, not
 * when they come.
 *
 * Context: Any; owner of the ring.
 * Return: as xgh_ring_unconsumed(). If it is less than @wanted an event will
 * follow.
 */
int xgh_ring_rearm_for(struct xgh_ring *ring, u32 wanted)
{
	int waiting = xgh_ring_unconsumed(ring);

	if (waiting < 0 || waiting >= wanted)
		return waiting;

	WRITE_ONCE(ring->page->req_event, ring->req_cons + wanted);
	/* Ask first, then look: pairs with the otherend's push. */
	virt_mb();
	return xgh_ring_unconsumed(ring);
}
EXPORT_SYMBOL_GPL(xgh_ring_rearm_for);

/**
 * xgh_ring_push() - show the otherend all responses written so far
 * @ring: the ring
 *
 * Context: Any; owner of the ring.
 * Return: whether the otherend wants an event for them (XSA-391: send none
 * that was not asked for). Never true if there was nothing new.
 */
bool xgh_ring_push(struct xgh_ring *ring)
{
	u32 old = ring->rsp_pushed;
	u32 new = ring->rsp_prod;

	if (old == new)
		return false;

	/* Responses before the index; pairs with the otherend's consumption. */
	virt_wmb();
	WRITE_ONCE(ring->page->rsp_prod, new);
	ring->rsp_pushed = new;
	/* Index before the look at its event; pairs with its final check. */
	virt_mb();
	return new - READ_ONCE(ring->page->rsp_event) < new - old;
}
EXPORT_SYMBOL_GPL(xgh_ring_push);
