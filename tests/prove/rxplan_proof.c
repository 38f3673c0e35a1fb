// SPDX-License-Identifier: GPL-2.0
/*
 * netback/rx/rxplan.c: pieces of any packet, one after another, never cross a
 * frame of the guest or of ours, and take as many slots as were counted.
 */
#include "prove.h"
#include "xnb_internal.h"

#include "netback/rx/rxplan.c"

/* Frames of a piece that is laid out at once; longer ones are several. */
#define PIECES		3

/* A packet with some of its bytes laid out already. */
static struct xnb_rxplan any_plan(void)
{
	struct xnb_rxplan plan = ANY(struct xnb_rxplan);

	plan.dense = ANY_BOOL();
	plan.has_hash = ANY_BOOL();
	ASSUME(plan.headroom <= XEN_PAGE_SIZE - XNB_RX_FIRST_MIN);
	ASSUME(plan.size <= XNB_RX_SIZE_MAX);
	ASSUME(plan.slots >= 1 && plan.used <= XEN_PAGE_SIZE);
	ASSUME(plan.slots > 1 || plan.used >= plan.headroom);
	return plan;
}

/* Bytes of the guest's slots up to the current place. */
static u64 place(const struct xnb_rxplan *plan)
{
	return (u64)(plan->slots - 1) * XEN_PAGE_SIZE + plan->used;
}

void proof_piece(void)
{
	struct xnb_rxplan plan = any_plan();
	unsigned int offset = ANY(unsigned int), len = ANY(unsigned int);
	unsigned int frame = XEN_PAGE_SIZE - offset % XEN_PAGE_SIZE;
	unsigned int piece;

	ASSUME(len);
	piece = xnb_rxplan_piece(&plan, offset, len);
	PROVE(piece <= len);
	PROVE(plan.used + piece <= XEN_PAGE_SIZE);
	if (!plan.dense)
		PROVE(piece <= frame);
	/* A new slot takes something, and a full one is left. */
	if (!piece)
		PROVE(plan.used && (!plan.dense || plan.used == XEN_PAGE_SIZE));
	if (!plan.dense && piece && piece != frame && piece != len)
		PROVE(plan.slots == 1 &&
		      plan.used + piece == XEN_PAGE_SIZE);
	/* The first slot has the headers. */
	if (!piece && plan.slots == 1)
		PROVE(plan.used >= plan.headroom + XNB_RX_FIRST_MIN ||
		      plan.used == XEN_PAGE_SIZE);
}

/* Each byte is counted once; only the ends of slots may be left. */
void proof_add(void)
{
	struct xnb_rxplan plan = any_plan(), old = plan;
	unsigned int offset = ANY(unsigned int), len = ANY(unsigned int);

	ASSUME(len <= PIECES * XEN_PAGE_SIZE && plan.slots < 1000);
	xnb_rxplan_add(&plan, offset, len);
	PROVE(plan.used <= XEN_PAGE_SIZE && plan.slots >= old.slots);
	PROVE(place(&plan) >= place(&old) + len);
	PROVE(!len || plan.used);
	if (plan.dense)
		PROVE(place(&plan) == place(&old) + len);
}

/* What is used has room for all bytes, and is not more than was planned. */
void proof_end(void)
{
	struct xnb_rxplan plan = any_plan();
	unsigned int max_slots = ANY(unsigned int), dense;

	ASSUME(plan.slots <= U32_MAX / 2);
	ASSUME(place(&plan) >= plan.headroom + plan.size);
	ASSUME(max_slots >= xnb_rxplan_max_slots(&plan));
	dense = xnb_rxplan_nr_dense(&plan);
	xnb_rxplan_end(&plan, max_slots);
	PROVE(plan.slots >= 1 && plan.slots <= XNB_RX_DATA_SLOTS);
	PROVE(xnb_rxplan_slots(&plan) <= max_slots);
	PROVE(plan.slots * XEN_PAGE_SIZE >= plan.headroom + plan.size);
	PROVE(!plan.dense || plan.slots == dense);
}

/* A piece that lies in one frame takes one slot more, at most. */
void proof_short(void)
{
	struct xnb_rxplan plan = any_plan(), is_short;
	unsigned int offset = ANY(unsigned int), len = ANY(unsigned int);
	unsigned int max_slots = ANY(unsigned int);
	u32 frames = ANY(u32);

	ASSUME(!plan.dense && frames < 1000 && plan.slots <= frames + 1);
	ASSUME(len && len <= XEN_PAGE_SIZE - offset % XEN_PAGE_SIZE);
	xnb_rxplan_add(&plan, offset, len);
	PROVE(plan.slots <= frames + 2);
	is_short = plan;
	if (!xnb_rxplan_is_short(&is_short, frames + 1, max_slots))
		return;
	PROVE(is_short.slots >= plan.slots);
	PROVE(is_short.slots <= XNB_RX_DATA_SLOTS);
	PROVE(xnb_rxplan_slots(&is_short) <= max_slots);
}
