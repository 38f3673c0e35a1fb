/* SPDX-License-Identifier: GPL-2.0 */
/* Counts of values by their magnitude: slot n has those of n bits. */
#ifndef XGH_HIST_H
#define XGH_HIST_H

#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "counters.h"

#define XGH_HIST_SLOTS	24u

/**
 * struct xgh_hist - a histogram
 */
struct xgh_hist {
	/** @n: values of 0, 1, 2 to 3, 4 to 7 … and of all larger ones */
	u64 n[XGH_HIST_SLOTS];
};

/**
 * xgh_hist_add() - count a value
 * @hist: the histogram
 * @value: the value
 *
 * Context: Any; the histogram's one writer.
 */
static inline void xgh_hist_add(struct xgh_hist *hist, u64 value)
{
	hist->n[min_t(unsigned int, fls64(value), XGH_HIST_SLOTS - 1)]++;
}

/**
 * xgh_hist_floor() - the smallest value that a slot counts
 * @slot: its number, less than XGH_HIST_SLOTS
 *
 * Context: Any.
 * Return: the value.
 */
static inline u64 xgh_hist_floor(unsigned int slot)
{
	return slot ? 1ull << (slot - 1) : 0;
}

/**
 * xgh_hist_sum() - add up one slot of the histograms of several queues
 * @set: the structures that they are in
 * @offset: of the histogram in each, in bytes
 * @slot: which slot, less than XGH_HIST_SLOTS
 *
 * Context: Any; writers go on.
 * Return: the sum.
 */
static inline u64 xgh_hist_sum(const struct xgh_counters *set, size_t offset,
			       unsigned int slot)
{
	return xgh_counters_sum(set, offset + offsetof(struct xgh_hist,
						       n[slot]));
}

#endif /* XGH_HIST_H */
