/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much one kind of grant operation was used. Whoever owns a batch may have
 * it counted in a place of his own, which lives longer than the batch.
 */
#ifndef XGH_TALLY_H
#define XGH_TALLY_H

#include <linux/types.h>

/**
 * struct xgh_tally - hypercalls, and what was in them
 */
struct xgh_tally {
	/** @calls: hypercalls, without those the kernel repeats for maps */
	u64 calls;
	/** @ops: operations in them */
	u64 ops;
};

/**
 * xgh_tally_add() - count a hypercall
 * @tally: where, NULL if nobody wants to know
 * @ops: operations in it
 *
 * Context: Any; the one writer of @tally.
 */
static inline void xgh_tally_add(struct xgh_tally *tally, unsigned int ops)
{
	if (!tally)
		return;
	tally->calls++;
	tally->ops += ops;
}

#endif /* XGH_TALLY_H */
