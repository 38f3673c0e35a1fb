/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads counters out: u64 members of a structure that each queue has one of,
 * told by their offset. Each has one writer, which is not held up.
 */
#ifndef XGH_COUNTERS_H
#define XGH_COUNTERS_H

#include <linux/types.h>

/**
 * struct xgh_counters - an array of structures with counters
 */
struct xgh_counters {
	/** @first: the first of them */
	const void *first;
	/** @bytes: size of one */
	size_t bytes;
	/** @nr: how many there are */
	unsigned int nr;
};

u64 xgh_counters_get(const struct xgh_counters *set, unsigned int index,
		     size_t offset);
u64 xgh_counters_sum(const struct xgh_counters *set, size_t offset);

#endif /* XGH_COUNTERS_H */
