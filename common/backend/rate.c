// SPDX-License-Identifier: GPL-2.0
/* Owns the arithmetic of rate limits. Pure. */
#include "rate.h"
#include "xgh_internal.h"

/* A packet of any size can always be sent at once after a pause … */
#define XGH_RATE_BURST_BYTES	65536
/* … and timers that come late by this do not cost rate. */
#define XGH_RATE_SLACK_NS	20000000ull

#define XGH_RATE_NS_PER_USEC	1000u

/* What an amount costs, in nanoseconds, rounded up. */
static u64 xgh_rate_price(const struct xgh_rate *rate, u32 amount)
{
	u64 price, each, rest;

	if (!amount)
		return 0;
	if (!check_mul_overflow((u64)amount, rate->ns, &price))
		return div64_u64(price - 1, rate->units) + 1;
	/* A period so long has few units: the second product fits. */
	each = div64_u64_rem(rate->ns, rate->units, &rest);
	rest = div64_u64(amount * rest + rate->units - 1, rate->units);
	if (check_mul_overflow((u64)amount, each, &price) ||
	    check_add_overflow(price, rest, &price))
		return U64_MAX;
	return price;
}

/**
 * xgh_rate_set() - set a rate, and start with all of what can be saved
 * @rate: the rate
 * @units: units in @ns, 0 for no limit
 * @ns: the period in nanoseconds; 0 means no limit, too
 * @saved: how much time can be saved up, in nanoseconds
 * @now: the time in nanoseconds
 *
 * Beyond XGH_RATE_MAX units, or 2^32 of them in more than 4 s, it is that.
 *
 * Context: Any; the rate's lock is held.
 */
void xgh_rate_set(struct xgh_rate *rate, u64 units, u64 ns, u64 saved, u64 now)
{
	u64 most = ns > U32_MAX ? U32_MAX : XGH_RATE_MAX;

	WRITE_ONCE(rate->units, ns ? min(units, most) : 0);
	rate->ns = ns;
	rate->saved = saved;
	rate->paid_until = now - min(saved, now);
}
EXPORT_SYMBOL_GPL(xgh_rate_set);

/**
 * xgh_rate_set_bytes() - set a rate as toolstacks write it
 * @rate: the rate
 * @bytes: bytes in @usec, 0 for no limit
 * @usec: microseconds; 0 means no limit, too
 * @now: the time in nanoseconds
 *
 * So many bytes may come at once, too, after a pause: they are what can be
 * saved up, unless that is less than a large packet or a timer's lateness.
 *
 * Context: Any; the rate's lock is held.
 */
void xgh_rate_set_bytes(struct xgh_rate *rate, u64 bytes, u64 usec, u64 now)
{
	u64 ns = min(usec, U64_MAX / XGH_RATE_NS_PER_USEC) *
		 XGH_RATE_NS_PER_USEC;
	u64 saved;

	xgh_rate_set(rate, bytes, ns, 0, now);
	if (!rate->units)
		return;
	saved = max(xgh_rate_price(rate, XGH_RATE_BURST_BYTES),
		    max(ns, XGH_RATE_SLACK_NS));
	xgh_rate_set(rate, bytes, ns, saved, now);
}
EXPORT_SYMBOL_GPL(xgh_rate_set_bytes);

/**
 * xgh_rate_is_bytes() - is this the rate already?
 * @rate: the rate
 * @bytes: as given to xgh_rate_set_bytes() …
 * @usec: … likewise
 *
 * Context: Any; the rate's lock is held.
 * Return: whether setting it would only give back what was used.
 */
bool xgh_rate_is_bytes(const struct xgh_rate *rate, u64 bytes, u64 usec)
{
	struct xgh_rate wanted;

	xgh_rate_set_bytes(&wanted, bytes, usec, 0);
	return wanted.units == rate->units &&
	       (!wanted.units || (wanted.ns == rate->ns &&
				  wanted.saved == rate->saved));
}
EXPORT_SYMBOL_GPL(xgh_rate_is_bytes);

/**
 * xgh_rate_charge() - something is being used
 * @rate: the rate
 * @amount: how many units
 * @now: the time in nanoseconds
 *
 * Context: Any; the rate's lock is held.
 */
void xgh_rate_charge(struct xgh_rate *rate, u32 amount, u64 now)
{
	u64 earliest = now - min(rate->saved, now);

	if (!rate->units)
		return;
	if (check_add_overflow(max(rate->paid_until, earliest),
			       xgh_rate_price(rate, amount), &rate->paid_until))
		rate->paid_until = U64_MAX;
}
EXPORT_SYMBOL_GPL(xgh_rate_charge);

/**
 * xgh_rate_take() - use something if it may be used now
 * @rate: the rate
 * @amount: how many units
 * @now: the time in nanoseconds
 *
 * Context: Any; the rate's lock is held.
 * Return: 0 if it was charged; otherwise nanoseconds after which to ask again.
 */
u64 xgh_rate_take(struct xgh_rate *rate, u32 amount, u64 now)
{
	u64 wait = xgh_rate_wait(rate, now);

	if (!wait)
		xgh_rate_charge(rate, amount, now);
	return wait;
}
EXPORT_SYMBOL_GPL(xgh_rate_take);
