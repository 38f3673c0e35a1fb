// SPDX-License-Identifier: GPL-2.0
/*
 * common/backend/rate.c and rate.h: what is used never costs less than the rate
 * says, and is never given back.
 *
 * No solver multiplies and divides 64 bits for all inputs. So a product
 * and a quotient are any number here, the same for the same arguments, of which
 * only the facts below are used; what is proven so holds for the true ones.
 */
#include "prove.h"
#include "xgh_internal.h"

typedef __uint128_t wide;

static bool opaque_mul(u64 a, u64 b, u64 *product)
{
	bool wraps = __CPROVER_uninterpreted_mul_wraps(a, b);

	*product = __CPROVER_uninterpreted_mul(a, b);
	ASSUME(!wraps || a > U32_MAX || b > U32_MAX);
	ASSUME(wraps || !a || !b || (*product >= a && *product >= b));
	return wraps;
}

static u64 opaque_rem(u64 n, u64 d)
{
	u64 rest = __CPROVER_uninterpreted_rem(n, d);

	ASSUME(rest < d && rest <= n);
	return rest;
}

static u64 opaque_div(u64 n, u64 d)
{
	u64 q = __CPROVER_uninterpreted_div(n, d);

	PROVE(d);
	ASSUME(q <= n);
	return q;
}

#undef check_mul_overflow
#define check_mul_overflow(a, b, d)	opaque_mul(a, b, d)
#undef div64_u64
#define div64_u64(n, d)			opaque_div(n, d)
#undef div64_u64_rem
#define div64_u64_rem(n, d, r) \
	(*(r) = opaque_rem(n, d), opaque_div(n, d))

#include "common/backend/rate.c"

/* Any rate that the setters can make. */
static struct xgh_rate any_rate(void)
{
	struct xgh_rate rate = ANY(struct xgh_rate);

	xgh_rate_set(&rate, ANY(u64), ANY(u64), ANY(u64), ANY(u64));
	rate.paid_until = ANY(u64);
	return rate;
}

void proof_set(void)
{
	u64 units = ANY(u64), ns = ANY(u64), saved = ANY(u64), now = ANY(u64);
	struct xgh_rate rate = ANY(struct xgh_rate);

	xgh_rate_set(&rate, units, ns, saved, now);
	PROVE(rate.units <= units && rate.units <= XGH_RATE_MAX);
	PROVE(!rate.units == (!units || !ns));
	PROVE(rate.ns == ns && rate.saved == saved);
	PROVE(rate.paid_until <= now && now - rate.paid_until <= saved);
}

/*
 * The price is amount * ns / units, rounded up: from the product, or, if that
 * has no room, from ns = units * each + rest. Nothing wraps on the way.
 */
void proof_price(void)
{
	struct xgh_rate rate = any_rate();
	u64 product, each, rest, part, price;
	u32 amount = ANY(u32);

	ASSUME(rate.units);
	price = xgh_rate_price(&rate, amount);
	if (!amount) {
		PROVE(!price);
		return;
	}
	if (!opaque_mul(amount, rate.ns, &product)) {
		PROVE(product);
		PROVE(price == opaque_div(product - 1, rate.units) + 1);
		PROVE(price);
		return;
	}
	each = opaque_div(rate.ns, rate.units);
	rest = opaque_rem(rate.ns, rate.units);
	PROVE(rest <= U32_MAX && rate.units <= U32_MAX);
	PROVE((wide)amount * rest + rate.units - 1 <= U64_MAX);
	part = opaque_div((u64)amount * rest + rate.units - 1, rate.units);
	if (opaque_mul(amount, each, &product))
		PROVE(price == U64_MAX);
	else if ((wide)product + part > U64_MAX)
		PROVE(price == U64_MAX);
	else
		PROVE(price == product + part);
}

/*
 * Nothing is used while something is owed; what is used is owed from then on,
 * or from as long ago as can be saved up. So of what is used from one moment to
 * another all but the last was paid for by the time between, and what was
 * saved.
 */
void proof_take(void)
{
	struct xgh_rate rate = any_rate(), old = rate;
	u64 now = ANY(u64), from, wait, price;
	u32 amount = ANY(u32);

	ASSUME(rate.units);
	wait = xgh_rate_take(&rate, amount, now);
	PROVE(rate.units == old.units && rate.ns == old.ns &&
	      rate.saved == old.saved);
	if (wait) {
		PROVE(rate.paid_until == old.paid_until);
		PROVE(old.paid_until > now && wait == old.paid_until - now);
		return;
	}
	PROVE(old.paid_until <= now);
	from = rate.saved < now ? now - rate.saved : 0;
	from = from < old.paid_until ? old.paid_until : from;
	price = xgh_rate_price(&old, amount);
	PROVE(rate.paid_until == (price > U64_MAX - from ? U64_MAX :
				  from + price));
}

void proof_bytes(void)
{
	struct xgh_rate rate = ANY(struct xgh_rate);
	u64 bytes = ANY(u64), usec = ANY(u64), now = ANY(u64);

	xgh_rate_set_bytes(&rate, bytes, usec, now);
	PROVE(xgh_rate_is_bytes(&rate, bytes, usec));
}
