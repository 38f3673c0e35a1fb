/* SPDX-License-Identifier: GPL-2.0 */
/* Counts of values by their magnitude: slot n has those of n bits. */
#ifndef XBB_HIST_H
#define XBB_HIST_H

#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/types.h>

#define XBB_HIST_SLOTS	24u

/**
 * struct xbb_hist - a histogram
 */
struct xbb_hist {
	/** @n: values of 0, 1, 2 to 3, 4 to 7 … and of all larger ones */
	u64 n[XBB_HIST_SLOTS];
};

/**
 * xbb_hist_add() - count a value
 * @hist: the histogram
 * @value: the value
 *
 * Context: Any; the histogram's one writer.
 */
static inline void xbb_hist_add(struct xbb_hist *hist, u64 value)
{
	hist->n[min_t(unsigned int, fls64(value), XBB_HIST_SLOTS - 1)]++;
}

#endif /* XBB_HIST_H */
