/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A token bucket: so many bytes in so many microseconds. Pure; the caller
 * brings the time and the lock.
 */
#ifndef XNB_CREDIT_H
#define XNB_CREDIT_H

#include <linux/types.h>

/**
 * struct xnb_credit - a rate and what is left of it
 */
struct xnb_credit {
	/** @bytes: bytes in @usec; 0 for no limit */
	u64 bytes;
	/** @usec: microseconds */
	u64 usec;
	/** @asked_bytes: what was asked for, within bounds or not */
	u64 asked_bytes;
	/** @asked_usec: likewise */
	u64 asked_usec;
	/** @cap: most bytes that can be saved up */
	s64 cap;
	/** @left: bytes that may be sent; negative after a large packet */
	s64 left;
	/** @at: when @left was right, in nanoseconds */
	u64 at;
};

void xnb_credit_set(struct xnb_credit *credit, u64 bytes, u64 usec, u64 now);
u64 xnb_credit_take(struct xnb_credit *credit, unsigned int size, u64 now);

/**
 * xnb_credit_is() - is this the rate already?
 * @credit: the bucket
 * @bytes: as given to xnb_credit_set() …
 * @usec: … likewise
 *
 * Context: Any; the bucket's lock is held.
 * Return: whether setting it would only fill the bucket.
 */
static inline bool xnb_credit_is(const struct xnb_credit *credit, u64 bytes,
				 u64 usec)
{
	return credit->asked_bytes == bytes && credit->asked_usec == usec;
}

/**
 * xnb_credit_is_limited() - is there a limit at all?
 * @credit: the bucket
 *
 * Context: Any; no lock needed.
 * Return: whether xnb_credit_take() has to be asked.
 */
static inline bool xnb_credit_is_limited(const struct xnb_credit *credit)
{
	return credit->bytes;
}

#endif /* XNB_CREDIT_H */
