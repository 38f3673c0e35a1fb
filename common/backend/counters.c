// SPDX-License-Identifier: GPL-2.0
/* Owns how counters are read out. Pure. */
#include "counters.h"
#include "xgh_internal.h"

/**
 * xgh_counters_get() - read a counter
 * @set: the structures
 * @index: of which of them, less than their number
 * @offset: of the u64 in it, in bytes
 *
 * Context: Any; its writer goes on.
 * Return: its value.
 */
u64 xgh_counters_get(const struct xgh_counters *set, unsigned int index,
		     size_t offset)
{
	const void *one = set->first + index * set->bytes;

	return READ_ONCE(*(const u64 *)(one + offset));
}
EXPORT_SYMBOL_GPL(xgh_counters_get);

/**
 * xgh_counters_sum() - add a counter up
 * @set: the structures
 * @offset: of the u64 in each, in bytes
 *
 * Context: Any; writers go on.
 * Return: the sum.
 */
u64 xgh_counters_sum(const struct xgh_counters *set, size_t offset)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < set->nr; i++)
		sum += xgh_counters_get(set, i, offset);
	return sum;
}
EXPORT_SYMBOL_GPL(xgh_counters_sum);
