// SPDX-License-Identifier: GPL-2.0
/* Owns the arithmetic of rate limits. Pure. */
#include "credit.h"
#include "xnb_internal.h"

/* So much can always be saved up: a packet of any size goes after a pause. */
#define XNB_CREDIT_BURST_MIN	65536
/* So much time can be saved up: timers that are late do not lower the rate. */
#define XNB_CREDIT_SLACK_USEC	20000

#define XNB_NSEC_PER_USEC	1000

/**
 * xnb_credit_set() - set a rate and start with a full bucket
 * @credit: the bucket
 * @bytes: bytes in @usec, 0 for no limit
 * @usec: microseconds; 0 means no limit too
 * @now: the time in nanoseconds
 *
 * Context: Any; the bucket's lock is held.
 */
void xnb_credit_set(struct xnb_credit *credit, u64 bytes, u64 usec, u64 now)
{
	credit->asked_bytes = bytes;
	credit->asked_usec = usec;
	/* Products below stay within 64 bits. */
	credit->bytes = usec ? min_t(u64, bytes, S32_MAX) : 0;
	credit->usec = min_t(u64, usec, U32_MAX);
	credit->cap = XNB_CREDIT_BURST_MIN;
	if (credit->bytes) {
		u64 slack = div64_u64(credit->bytes * XNB_CREDIT_SLACK_USEC,
				      credit->usec);

		slack = min_t(u64, max(credit->bytes, slack), S32_MAX);
		credit->cap = max_t(s64, credit->cap, slack);
	}
	credit->left = credit->cap;
	credit->at = now;
}

/* Nanoseconds until so many more bytes have come in, rounded up. */
static u64 xnb_credit_wait(const struct xnb_credit *credit, u64 bytes)
{
	u64 usec = div64_u64(bytes * credit->usec, credit->bytes) + 1;

	return usec * XNB_NSEC_PER_USEC;
}

static void xnb_credit_refill(struct xnb_credit *credit, u64 now)
{
	u64 missing = credit->cap - credit->left;
	u64 usec = div_u64(now - credit->at, XNB_NSEC_PER_USEC);
	u64 came;

	/* After a long pause the bucket is full, whatever the product says. */
	if (usec >= div64_u64(missing * credit->usec, credit->bytes) + 1) {
		credit->left = credit->cap;
		credit->at = now;
		return;
	}
	came = div64_u64(usec * credit->bytes, credit->usec);
	if (!came)
		return;
	credit->left += came;
	/* Time that did not make a whole byte is not lost. */
	credit->at += div64_u64(came * credit->usec, credit->bytes) *
		      XNB_NSEC_PER_USEC;
}

/**
 * xnb_credit_take() - may a packet be sent now?
 * @credit: the bucket; it has a limit
 * @size: bytes of the packet
 * @now: the time in nanoseconds, never less than before
 *
 * A packet may go as soon as there is anything in the bucket, which then owes
 * what was missing. So the rate is exact for packets of any size.
 *
 * Context: Any; the bucket's lock is held.
 * Return: 0 if it may, and its size has been taken; otherwise nanoseconds
 * after which to ask again.
 */
u64 xnb_credit_take(struct xnb_credit *credit, unsigned int size, u64 now)
{
	xnb_credit_refill(credit, now);
	if (credit->left <= 0)
		return xnb_credit_wait(credit, 1 - credit->left);
	credit->left -= size;
	return 0;
}
